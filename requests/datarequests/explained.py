"""How a due date came about, in lines for a person: the start, each day that does not count, the rule.

What is only assumed carries a mark, and the sources stand once at the end.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from datarequests.clock import Clock

MARK = "*"
"""Stands after what is assumed."""


def explained(clock: Clock, today: dt.date) -> Iterator[str]:
    """Give the lines of a clock as of a day."""
    zone, window = clock.window.zone, clock.window
    local = clock.started.astimezone(zone)
    sources: dict[str, None] = {}
    yield f"started {local:%a %Y-%m-%d %H:%M} {local:%Z}" + (
        f", anew after {_times(clock.restarts, 'correction')}" if clock.restarts else ""
    )
    if window.cutoff is not None and local.time() > window.cutoff:
        yield f"after the cut-off of {window.cutoff:%H:%M}{MARK}: counts as of the next business day"
    yield f"day zero {clock.day_zero:%a %Y-%m-%d}"
    for pause in clock.pauses:
        until = f"{pause.last:%a %Y-%m-%d}" if pause.last else "today"
        yield f"stood still from {pause.first:%a %Y-%m-%d} to {until}: a correction was asked for"
    for closed in clock.skipped():
        mark = MARK if closed.assumed else ""
        yield f"not counted {closed.date:%a %Y-%m-%d}: {closed.name}{mark}"
        if closed.source:
            sources[f"{closed.source}{' (assumed)' if closed.assumed else ''}"] = None
    yield from _due(clock, today)
    term = "internal target" if window.is_target else "expected window"
    rule = f"{term} of {window.earliest} to {window.latest} business days{MARK if window.assumed else ''}"
    yield f"rule: {rule}, the day after day zero is the first; late only after the latest day"
    if window.source:
        sources[f"{window.source}{' (assumed)' if window.assumed else ''}"] = None
    yield f"calendar: {clock.calendar.key}, version {clock.calendar.version}"
    for source in sources:
        yield f"source: {source}"


def _due(clock: Clock, today: dt.date) -> Iterator[str]:
    elapsed, of = clock.elapsed(today), clock.window.latest
    if clock.is_paused:
        yield f"{elapsed} of {of} business days had passed; {max(0, of - elapsed)} are left when it goes on"
        return
    yield f"earliest {clock.earliest:%a %Y-%m-%d}, latest {clock.latest:%a %Y-%m-%d}"
    if clock.stopped is not None:
        yield f"stopped {clock.stopped:%a %Y-%m-%d} after {_times(elapsed, 'business day')}"
    elif clock.is_past(today):
        past = "past the internal target" if clock.window.is_target else "past the expected window"
        over = _times(clock.days_past(today), "business day")
        yield f"{_times(elapsed, 'business day')} passed: {past} by {over}"
    else:
        yield f"{elapsed} of {of} business days passed, {of - elapsed} left"


def _times(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
