"""What no reading covers: spans of a period in which a meter should have measured and nothing is there.

A meter is expected for the days that a bill says it was there; where the bill's meters are not those of
the readings, for the whole period. A meter that begins where another one's readings have ended has taken
its place: it is not missing before that, nor the other one after it. Meters are changed in the middle of
a day, so that holds on the days that a bill prints, too. What is told of all meters together is told of
each. Less than half of the shortest interval is a clock's drift and no gap.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from extractor.intervals import clock
from extractor.intervals.columns import Column, Ints

QUARTER = 900
A_DAY = 25 * 3600
"""As long as a day may be."""

Span = tuple[dt.date, dt.date]
"""Two local days, both inclusive."""

Dated = Mapping[str, Span | None]
"""A bill's meters, and from when to when each was there; None where the bill does not say when."""


class Gap(NamedTuple):
    """A span without readings; of one meter where it is known which."""

    begin: int
    end: int
    """Instants, the end exclusive."""
    intervals: int
    meter: str | None = None

    @property
    def days(self) -> tuple[dt.date, ...]:
        """The local days that are touched."""
        first, last = clock.local(self.begin).date(), clock.local(self.end - 1).date()
        return tuple(first + dt.timedelta(days=day) for day in range((last - first).days + 1))


class MeterDay(NamedTuple):
    """A local day of a meter with readings missing."""

    date: dt.date
    meter: str | None
    intervals: int
    """How many are missing; a part of one counts as one."""
    is_whole: bool


def gaps_of(parts: Sequence[Column], begin: int, end: int, meters: Dated) -> tuple[Gap, ...]:
    """Return what is missing of one channel, whose readings lie between two instants, by time."""
    found: list[Gap] = []
    usual = _usual_length(parts)
    for meter, days in _meters(parts, meters).items():
        mine = [part for part in parts if part.meter in (meter, None)]
        others = [part for part in parts if part.meter not in (meter, None) and len(part.starts)]
        length = _usual_length(mine) if others and any(len(part.starts) for part in mine) else usual
        found += _gaps(mine, *_expected(mine, others, (begin, end), days, length), length, meter)
    known = {(gap.begin, gap.end) for gap in found}
    found += [
        gap for gap in _gaps(parts, begin, end, usual, None) if not any(_inside(gap, one) for one in known)
    ]
    return tuple(sorted(found, key=by_time))


def _meters(parts: Sequence[Column], meters: Dated) -> dict[str, Span | None]:
    """Return the meters that should have measured, with the days that a bill prints of them.

    Not each of a bill's meters measures what is sent back: there may be no generator behind it.
    """
    named = {part.meter: None for part in parts if part.meter is not None and len(part.starts)}
    is_back = any(part.channel == "received" for part in parts)
    dated = {meter: days for meter, days in meters.items() if meter in named or not is_back}
    is_of_bill = set(dated) & set(named) and all(part.meter is not None for part in parts)
    return dict(sorted({**named, **(dated if is_of_bill else {})}.items()))


def _expected(
    mine: Sequence[Column],
    others: Sequence[Column],
    period: tuple[int, int],
    days: Span | None,
    usual: int,
) -> tuple[int, int]:
    """Return from when to when a meter should have measured, within a period."""
    begin, end = period
    if days is not None:
        span = clock.period(*days)
        begin, end = max(begin, span[0]), min(end, span[1])
    if not others or not any(len(part.starts) for part in mine):
        return begin, end
    starts, ends = _spans(mine)
    first, last = int(starts[0]), int(ends[-1])
    ended = [int((part.starts + part.seconds).max()) for part in others]
    begun = [start for start in (int(part.starts[0]) for part in others) if start > last - usual]
    if any(at < first + usual for at in ended) and (days is None or first - begin < A_DAY):
        begin = max(begin, first)
    if begun and (days is None or end - min(begun) < A_DAY):
        end = min(end, max(last, min(begun)))
    return begin, end


def by_time(gap: Gap) -> tuple[int, str]:
    """Return by what gaps are sorted."""
    return gap.begin, gap.meter or ""


def of_any(several: Iterable[Sequence[Gap]]) -> tuple[Gap, ...]:
    """Return what is missing of any of several channels: each time once for each meter.

    >>> of_any([[Gap(0, 1800, 2)], [Gap(900, 3600, 3, "1")], [Gap(900, 2700, 2)]])
    (Gap(begin=0, end=2700, intervals=3, meter=None), Gap(begin=900, end=3600, intervals=3, meter='1'))
    """
    found: list[Gap] = []
    every = {gap for gaps in several for gap in gaps}
    for gap in sorted(every, key=lambda one: (one.meter or "", one.begin, one.end)):
        before = found[-1] if found else None
        if before is None or before.meter != gap.meter or gap.begin >= before.end:
            found.append(gap)
        elif gap.end > before.end:
            length = (before.end - before.begin) / before.intervals
            intervals = round((gap.end - before.begin) / length)
            found[-1] = before._replace(end=gap.end, intervals=intervals)
    return tuple(sorted(found, key=by_time))


def missing_days(gaps: Sequence[Gap]) -> tuple[MeterDay, ...]:
    """Return the meter-days with readings missing, in order; one that has several gaps once."""
    found: dict[tuple[dt.date, str], MeterDay] = {}
    for gap in gaps:
        length = max(1, (gap.end - gap.begin) // gap.intervals)
        for date in gap.days:
            midnight, next_midnight = clock.day(date)
            begin, end = max(gap.begin, midnight), min(gap.end, next_midnight)
            whole = (begin, end) == (midnight, next_midnight)
            key = (date, gap.meter or "")
            before = found[key].intervals if key in found else 0
            found[key] = MeterDay(date, gap.meter, before - (-(end - begin) // length), whole)
    return tuple(found[key] for key in sorted(found))


def _inside(gap: Gap, known: tuple[int, int]) -> bool:
    return known[0] <= gap.begin and gap.end <= known[1]


def _usual_length(parts: Sequence[Column]) -> int:
    """Return the length that most readings have."""
    longest = max((part.longest for part in parts), default=QUARTER)
    if all((part.seconds == longest).all() for part in parts):
        return longest
    lengths: Counter[int] = Counter()
    for part in parts:
        if len(part.seconds):
            values, counts = np.unique(part.seconds, return_counts=True)
            lengths.update(dict(zip(values.tolist(), counts.tolist(), strict=True)))
    return max(lengths, key=lambda length: (lengths[length], -length), default=QUARTER)


def _spans(parts: Sequence[Column]) -> tuple[Ints, Ints]:
    """Return where readings begin and end, and the ends as far as any reading before reaches, in order."""
    if len(parts) == 1:
        return parts[0].starts, parts[0].starts + parts[0].seconds
    starts = np.concatenate([part.starts for part in parts])
    ends = np.concatenate([part.starts + part.seconds for part in parts])
    order = np.argsort(starts, kind="stable")
    return starts[order], np.maximum.accumulate(ends[order])


def _gaps(parts: Sequence[Column], begin: int, end: int, usual: int, meter: str | None) -> list[Gap]:
    """Return the spans between two instants that no reading of these columns covers."""
    if end <= begin:
        return []
    starts, ends = _spans(parts) if parts else (np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))
    openings = np.concatenate((np.array([begin]), ends))
    closings = np.concatenate((starts, np.array([end])))
    shortest = min((int(part.seconds.min(initial=usual)) for part in parts), default=usual)
    wide = np.flatnonzero((closings - openings) * 2 >= shortest)
    return [
        Gap(opening, closing, max(1, (closing - opening + usual // 2) // usual), meter)
        for opening, closing in zip(openings[wide].tolist(), closings[wide].tolist(), strict=True)
    ]
