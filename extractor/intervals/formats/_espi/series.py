"""Readings of each channel of a usage point, put together from its meter readings.

UtilityAPI has a meter reading for each stretch of time; PG&E has one of 5 and one of 15 minutes.
Where meter readings of one usage point and channel say different things of one time, none of them
is believed.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from extractor.intervals.formats._espi import overlaps
from extractor.intervals.formats._espi.clocks import clock_of
from extractor.intervals.formats._espi.columns import Columns
from extractor.intervals.formats._espi.fields import say
from extractor.intervals.formats._espi.meters import Usable
from extractor.intervals.formats._espi.parts import Part, RefusedError, named, part_of
from extractor.intervals.formats._espi.times import Numbers
from extractor.intervals.given import Problem, Quality, Readings, Series


def series(
    columns: Columns, found: Sequence[Usable], accounts: Mapping[str, str | None]
) -> Iterator[Readings | Problem]:
    """Give the readings of each usage point and channel; `accounts` names the service accounts known."""
    clock = clock_of(columns, found)
    yield from clock.problems
    if any(problem.severity == "error" for problem in clock.problems):
        return
    groups: dict[Series, list[Usable]] = {}
    for meter in found:
        account = accounts.get(meter.point) if meter.point else None
        of = Series(meter.channel, meter.unit, account, meter.point)
        groups.setdefault(of, []).append(meter)
    try:
        for of, members in groups.items():
            yield from _of_series(columns, of, members, clock.is_local)
    except RefusedError as error:
        yield error.problem


def _of_series(
    columns: Columns, of: Series, members: Sequence[Usable], is_local: bool
) -> Iterator[Readings | Problem]:
    """Give the readings of one usage point and channel, each interval once."""
    parts = []
    for meter in members:
        part, problems = part_of(columns, meter, is_local)
        parts.append(part)
        yield from problems
    part = _together(parts)
    again = overlaps.repeated(part.starts, part.seconds, part.values)
    yield from _of_repeated(members, again)
    if again.changed.size:
        return
    part = part.only(again.kept)
    kept = overlaps.covered(part.starts, part.seconds)
    yield from _of_covered(part, kept)
    part = part.only(kept.kept)
    yield from _of_negative(of, members, part)
    if len(part.starts):
        yield _readings(of, part)


def _together(parts: Sequence[Part]) -> Part:
    """Put meter readings one after the other."""
    return Part(
        np.concatenate([part.starts for part in parts]),
        np.concatenate([part.seconds for part in parts]),
        np.concatenate([part.values for part in parts]),
        np.concatenate([part.qualities for part in parts]),
    )


def _of_repeated(members: Sequence[Usable], again: overlaps.Repeated) -> Iterator[Problem]:
    """Tell of intervals that several meter readings have."""
    if count := again.changed.size:
        which = f"{count} intervals of one channel ({named(again.changed)})"
        message = f"the meter readings of {_entries(members)} contradict each other in {which}; none is given"
        yield say("meter_readings_differ", "warning", message)
    elif again.same:
        yield say("repeated", "info", f"{again.same} readings are in several meter readings; given once")


def _of_covered(part: Part, kept: overlaps.Covered) -> Iterator[Problem]:
    """Tell of readings that overlap others."""
    if longer := int((~kept.kept).sum()):
        partly = f", which do not fill {kept.partly} of them" if kept.partly else ""
        yield say(
            "shorter_besides",
            "warning" if kept.partly else "info",
            f"{longer} readings are left out for shorter ones of the same time{partly}",
        )
    rest = part.only(kept.kept)
    if still := overlaps.overlap(rest.starts, rest.seconds):
        yield say("overlapping", "warning", f"{still} readings begin before the one before them ends")


def _of_negative(of: Series, members: Sequence[Usable], part: Part) -> Iterator[Problem]:
    """Tell of values below zero where only a net may have them."""
    below = part.starts[part.values < 0]
    if below.size and of.channel in ("delivered", "received", "total"):
        which = f"{below.size} readings of {_entries(members)} ({named(below)})"
        yield say("below_zero", "warning", f"{which} are below zero")


def _entries(members: Sequence[Usable]) -> str:
    """Name meter readings by their entries, the first three."""
    names = ", ".join(str(one.place) for one in members[:3])
    return ("entry " if len(members) == 1 else "entries ") + names + (", ..." if len(members) > 3 else "")


def _readings(of: Series, part: Part) -> Readings:
    """Turn columns into readings; qualities only where the feed says any."""
    says = bool((part.qualities != Quality.UNKNOWN).any())
    return Readings(
        of,
        _array(part.starts),
        _array(part.seconds),
        _array(part.values),
        array("b", part.qualities.tobytes() if says else b""),
    )


def _array(column: Numbers) -> array[int]:
    """Return a column as an array."""
    found = array("q")
    found.frombytes(column.tobytes())
    return found
