"""What no reading covers: spans of a period in which a meter should have measured and nothing is there.

A meter is expected for the days that a bill says it was there. Where the bill's meters are not those
of the readings, or readings name none, one is expected from its first reading of the period to its
last, and at every time of the period at least one: so a changed meter is not missing after its change.
Less than half an interval is a clock's drift and no gap.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from extractor.intervals import clock
from extractor.intervals.columns import Column, Ints

QUARTER = 900
Span = tuple[dt.date, dt.date]
"""Two local days, both inclusive."""


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


def gaps_of(parts: Sequence[Column], begin: int, end: int, meters: Mapping[str, Span]) -> tuple[Gap, ...]:
    """Return what is missing of one channel, whose readings lie between two instants, by time."""
    found: list[Gap] = []
    named = {part.meter for part in parts if part.meter is not None}
    dated = meters if named & set(meters) and all(part.meter is not None for part in parts) else {}
    usual = _usual_length(parts)
    for meter in sorted(named - set(dated)):
        mine = [part for part in parts if part.meter == meter and len(part.starts)]
        if mine:
            starts, ends = _spans(mine)
            found += _gaps(mine, int(starts[0]), int(ends[-1]), usual, meter)
    for meter, (first, last) in dated.items():
        span = clock.period(first, last)
        mine = [part for part in parts if part.meter == meter]
        found += _gaps(mine, max(begin, span[0]), min(end, span[1]), usual, meter)
    known = {(gap.begin, gap.end) for gap in found}
    found += [
        gap for gap in _gaps(parts, begin, end, usual, None) if not any(_inside(gap, one) for one in known)
    ]
    return tuple(sorted(found, key=by_time))


def by_time(gap: Gap) -> tuple[int, str]:
    """Return by what gaps are sorted."""
    return gap.begin, gap.meter or ""


def missing_days(gaps: Sequence[Gap]) -> tuple[MeterDay, ...]:
    """Return the meter-days with readings missing, in order."""
    found: list[MeterDay] = []
    for gap in gaps:
        length = max(1, (gap.end - gap.begin) // gap.intervals)
        for date in gap.days:
            midnight, next_midnight = clock.day(date)
            begin, end = max(gap.begin, midnight), min(gap.end, next_midnight)
            whole = (begin, end) == (midnight, next_midnight)
            found.append(MeterDay(date, gap.meter, -(-(end - begin) // length), whole))
    return tuple(sorted(found, key=lambda one: (one.date, one.meter or "")))


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
    wide = np.flatnonzero((closings - openings) * 2 >= usual)
    return [
        Gap(opening, closing, max(1, (closing - opening + usual // 2) // usual), meter)
        for opening, closing in zip(openings[wide].tolist(), closings[wide].tolist(), strict=True)
    ]
