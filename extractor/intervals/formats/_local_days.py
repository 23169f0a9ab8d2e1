"""Rows that tell the local time by the clock alone are put on the line of time, a local day after another.

Clocks in California change at two. On the day in spring no row begins between two and three; zeros
there are padding and are left out with a word, anything else says that the clock of the file is not
the local one. On the day in autumn the hour from one comes twice, and the order of the rows tells
which is which: first daylight time, then standard time; rows that begin with the newest are turned
round for it (`forward`). Where it comes once it is the first, and
the second is said to be missing; where the order does not tell, the hour is left out and said to
be. Nothing is filled in.
Source: facts on interval formats, 0 and 1.3.

>>> day = Day(dt.date(2025, 11, 2), [14, 15], [0, 0], [3600, 3600], [7200, 7200], [1, 2])
>>> placed(day, Notes())
Placed(starts=[1762070400, 1762074000], seconds=[3600, 3600], kept=[0, 1])
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from operator import sub
from typing import NamedTuple

from extractor.intervals import clock
from extractor.intervals.formats._notes import Notes
from extractor.intervals.formats._sce_text import damaged

DAY = 86400
HOUR = 3600
ONE, TWO, THREE = HOUR, 2 * HOUR, 3 * HOUR
"""The hours at which clocks change, in seconds after midnight by the clock."""


class Day(NamedTuple):
    """Rows of one channel that begin on one local day, in the order of the file: at least one."""

    date: dt.date
    lines: Sequence[int]
    qualities: Sequence[int]
    begins: Sequence[int]
    """Seconds after midnight by the clock."""
    ends: Sequence[int]
    values: Sequence[int | None]
    """In thousandths of a watt-hour; None where the row has none: its place still tells of the others'."""


class Placed(NamedTuple):
    """Where the rows of a day lie in time."""

    starts: list[int]
    """Seconds since 1970."""
    seconds: list[int]
    kept: Sequence[int]
    """Which rows these are of."""


def placed(day: Day, notes: Notes) -> Placed:
    """Return where the rows of a day lie in time.

    Raises:
        UnreadableIntervalsError: if one ends before it begins or after its day, or begins at no time of it.
    """
    begin, end = clock.day(day.date)
    hours = end - begin - DAY
    if hours == 0:
        result = Placed(
            [begin + at for at in day.begins], list(map(sub, day.ends, day.begins)), range(len(day.begins))
        )
    else:
        result = (_in_spring if hours < 0 else _in_autumn)(day, notes)
    if max(day.ends) > DAY or (result.seconds and min(result.seconds) <= 0):
        raise damaged(_at_fault(day, result), "this row ends before it begins, or after its day")
    return result


@lru_cache(4096)
def hours_of(date: dt.date) -> int:
    """Return how many hours a local day has.

    >>> hours_of(dt.date(2025, 3, 9)), hours_of(dt.date(2025, 11, 2)), hours_of(dt.date(2025, 7, 4))
    (23, 25, 24)
    """
    begin, end = clock.day(date)
    return (end - begin) // HOUR


def forward(day: Day) -> Day:
    """Return a day on which clocks change, oldest row first: order tells of the hour that comes twice.

    Where the newest came first and its rows stand in pairs, which of a pair is the older is not told: a sheet
    that was sorted has the older one first, another the newer one.
    """
    if hours_of(day.date) == 24 or not runs_backwards(day.begins) or has_pairs(day.begins):
        return day
    return Day(
        day.date,
        lines=day.lines[::-1],
        qualities=day.qualities[::-1],
        begins=day.begins[::-1],
        ends=day.ends[::-1],
        values=day.values[::-1],
    )


def runs_backwards(begins: Sequence[int]) -> bool:
    """Tell whether the rows of a day begin with the newest.

    >>> runs_backwards([6300, 5400, 4500, 3600, 6300, 5400]), runs_backwards([6300, 3600, 4500, 5400])
    (True, False)
    """
    steps = [later - earlier for earlier, later in pairwise(begins)]
    return sum(step < 0 for step in steps) > sum(step > 0 for step in steps)


def has_pairs(begins: Sequence[int]) -> bool:
    """Tell whether a row begins at the same time by the clock as the one before."""
    return any(one == other for one, other in pairwise(begins))


def _at_fault(day: Day, result: Placed) -> int:
    """Return the line of the first row that ends when it cannot."""
    wrong = [at for at, lasting in zip(result.kept, result.seconds, strict=True) if lasting <= 0]
    wrong += [at for at, end in enumerate(day.ends) if end > DAY]
    return day.lines[min(wrong)]


def _in_spring(day: Day, notes: Notes) -> Placed:
    """Place the rows of the day with 23 hours."""
    lost = [at for at, begin in enumerate(day.begins) if TWO <= begin < THREE]
    for at in lost:
        if day.values[at]:
            raise damaged(
                day.lines[at],
                f"there was no such hour on {day.date}: the clock of this file is not the local one",
            )
        notes.add("spring_hour", f"{day.date}", day.lines[at])
    kept = [at for at, begin in enumerate(day.begins) if not TWO <= begin < THREE]
    starts = [_instant(day.date, day.begins[at]) for at in kept]
    ends = [_instant(day.date, day.ends[at]) for at in kept]
    return Placed(starts, list(map(sub, ends, starts)), kept)


def _in_autumn(day: Day, notes: Notes) -> Placed:
    """Place the rows of the day with 25 hours."""
    twice = [at for at, begin in enumerate(day.begins) if ONE <= begin < TWO]
    folds = _folds(day, twice)
    if folds is None:
        notes.add("autumn_hour_unclear", f"{day.date}", day.lines[twice[0]], len(twice))
        twice, fold_of = [], {}
    else:
        fold_of = dict(zip(twice, folds, strict=True))
        if folds and not any(folds):
            notes.add("autumn_hour_once", f"{day.date}", day.lines[twice[0]])
    kept = [at for at, begin in enumerate(day.begins) if at in fold_of or not ONE <= begin < TWO]
    start_of = {at: _instant(day.date, day.begins[at], fold_of.get(at, 0)) for at in kept}
    if folds:
        kept.sort(key=start_of.__getitem__)  # where the two hours come row by row
    starts = [start_of[at] for at in kept]
    seconds = [
        _until(day, at, start) if at in fold_of else _instant(day.date, day.ends[at]) - start
        for at, start in zip(kept, starts, strict=True)
    ]
    return Placed(starts, seconds, kept)


def _until(day: Day, at: int, start: int) -> int:
    """Return how long a row of the hour that comes twice lasts: "01:45 to 02:00" or "to 01:00", the same."""
    lasting = (day.ends[at] - day.begins[at], _instant(day.date, day.ends[at], fold=1) - start)
    return min((one for one in lasting if one > 0), default=0)


def _folds(day: Day, twice: list[int]) -> list[int] | None:
    """Tell of each row of the hour that comes twice if it is of the second; None where that is unclear."""
    if not _is_in_order(day.begins):
        return None if twice else []
    begins = [day.begins[at] for at in twice]
    back = [at for at in range(1, len(begins)) if begins[at] <= begins[at - 1]]
    if not back:
        return [0] * len(begins)
    if len(back) == 1 and (begins[back[0]] == ONE or day.ends[twice[back[0] - 1]] in (ONE, TWO)):
        return [int(at >= back[0]) for at in range(len(begins))]
    if begins[::2] == begins[1::2] and begins[::2] == sorted(set(begins)):
        return [at % 2 for at in range(len(begins))]
    return None


def _is_in_order(begins: Sequence[int]) -> bool:
    """Tell whether the rows of a day follow each other, but for the hour that comes twice."""
    once = [begin for begin in begins if not ONE <= begin < TWO]
    parts = [(begin >= ONE) + (begin >= TWO) for begin in begins]
    return once == sorted(set(once)) and parts == sorted(parts)


def _instant(date: dt.date, seconds: int, fold: int = 0) -> int:
    return clock.instant(dt.datetime.combine(date, dt.time()) + dt.timedelta(seconds=seconds), fold)


def begins_of_ends(date: dt.date, begins: Sequence[int], seconds: int) -> list[int]:
    """Return when intervals of a day begin whose ends were told, given what one interval before these is.

    The interval to 2:00 in autumn may be labelled 1:00, and the one to 3:00 in spring begins before 2:00,
    since that is what clocks show then.

    >>> quarters = [2700, 3600, 4500, 5400, 2700, 3600, 4500, 5400, 6300, 7200]
    >>> begins_of_ends(dt.date(2025, 11, 2), quarters, 900) == [2700, 3600, 4500, 5400, 6300, *quarters[5:]]
    True
    >>> begins_of_ends(dt.date(2025, 3, 9), [0, 7200, 10800], 3600)
    [0, 3600, 10800]
    """
    shown = {23: THREE, 25: ONE}.get(hours_of(date))
    found = list(begins)
    if shown is None or seconds > HOUR:
        return found
    for at in range(1, len(found)):
        if begins[at] + seconds == shown and begins[at - 1] + 2 * seconds == TWO:
            found[at] = TWO - seconds
    return found
