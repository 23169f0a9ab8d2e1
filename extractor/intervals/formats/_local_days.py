"""Rows that tell the local time by the clock alone are put on the line of time, a local day after another.

Clocks in California change at two. On the day in spring no row begins between two and three; zeros
there are padding and are left out with a word, anything else says that the clock of the file is not
the local one. On the day in autumn the hour from one comes twice, and the order of the rows tells
which is which: first daylight time, then standard time. Where it comes once it is the first, and
the second is said to be missing; where the order does not tell, the hour is left out and said to
be. Nothing is filled in. Readings that begin before earlier ones have ended are kept, and said.
Source: facts on interval formats, 0 and 1.3.

>>> day = Day(dt.date(2025, 11, 2), [(3600, 7200, 1, 14, 0), (3600, 7200, 2, 15, 0)])
>>> placed(day, Notes())
Placed(starts=[1762070400, 1762074000], seconds=[3600, 3600], kept=[0, 1])
"""

from __future__ import annotations

import datetime as dt
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from operator import sub
from typing import Literal, NamedTuple

from extractor.intervals import clock
from extractor.intervals.formats._sce_text import damaged
from extractor.intervals.given import Given, Problem, Readings, Series

DAY = 86400
HOUR = 3600
ONE, TWO, THREE = HOUR, 2 * HOUR, 3 * HOUR
"""The hours at which clocks change, in seconds after midnight by the clock."""

BLOCK = 4096
"""Readings that are given at a time."""

SAID: dict[str, tuple[Literal["info", "warning"], str]] = {
    "gap": ("warning", "{of}: readings are missing in {count} places, before this line first"),
    "overlap": ("info", "{of}: {count} readings begin before an earlier one has ended, this line's first"),
    "no_value": ("warning", "{of}: {count} rows have no value and give no reading"),
    "autumn_hour_once": (
        "warning",
        "{of}: the hour from 1:00 came twice and is here once, taken as the first; the second is missing",
    ),
    "autumn_hour_unclear": (
        "warning",
        "{of}: the hour from 1:00 came twice, and the order of its {count} rows does not tell "
        "which is which; they are left out",
    ),
    "spring_hour": ("warning", "{of}: the hour from 2:00 did not exist; its {count} zeros are left out"),
    "quality_word": (
        "warning",
        "{of}: {count} rows have a quality of a name not known; it counts as unknown",
    ),
    "mixed_headings": (
        "warning",
        "{of}: from this line on it comes under another heading; their times do not overlap",
    ),
}
"""How bad each thing noted is, and what is said of it."""


Row = tuple[int, int, int, int, int]
"""Begin and end in seconds by the clock after its midnight, thousandths of a watt-hour, line, quality."""


class Day:
    """Rows of one channel that begin on one local day, in the order of the file."""

    def __init__(self, date: dt.date, rows: Sequence[Row]) -> None:
        self.date = date
        columns: Sequence[tuple[int, ...]] = list(zip(*rows, strict=True))
        self.begins, self.ends, self.values, self.lines, self.qualities = columns

    def __len__(self) -> int:
        """Return how many rows there are, at least one."""
        return len(self.begins)


class Placed(NamedTuple):
    """Where the rows of a day lie in time."""

    starts: list[int]
    """Seconds since 1970."""
    seconds: list[int]
    kept: Sequence[int]
    """Which rows these are of."""


class Notes:
    """What is to be said of a file once it is read, each thing with its first line and how often."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], tuple[int, int]] = {}

    def add(self, code: str, of: str, line: int, count: int = 1) -> None:
        """Note that something was found at a line."""
        first, before = self._found.get((code, of), (line, 0))
        self._found[code, of] = first, before + count

    def problems(self) -> Iterator[Problem]:
        """Give what was noted, in the order in which it was found first."""
        for (code, of), (line, count) in self._found.items():
            severity, said = SAID[code]
            yield Problem(code, severity, said.format(of=of, count=count), line)


class Timeline:
    """Readings of one series, gathered day by day and given in blocks."""

    def __init__(self, series: Series, notes: Notes) -> None:
        self.series = series
        self.first: int | None = None
        """When the earliest reading begins."""
        self.due: int | None = None
        """When all readings so far have ended."""
        self.line = 0
        """The line of the first reading."""
        self._notes = notes
        self._clear()

    def _clear(self) -> None:
        self._starts, self._seconds, self._values = array("q"), array("q"), array("q")
        self._qualities = array("b")

    def add(self, day: Day) -> Iterator[Readings]:
        """Take the rows of a day; give a block when enough have come.

        Raises:
            UnreadableIntervalsError: if a row cannot be where it says.
        """
        starts, seconds, kept = placed(day, self._notes)
        self._compare(starts, seconds, day, kept)
        whole = isinstance(kept, range)
        self._starts.extend(starts)
        self._seconds.extend(seconds)
        self._values.extend(day.values if whole else [day.values[at] for at in kept])
        self._qualities.extend(day.qualities if whole else [day.qualities[at] for at in kept])
        if len(self._starts) >= BLOCK:
            yield from self.rest()

    def rest(self) -> Iterator[Readings]:
        """Give what has been taken and not yet given."""
        if self._starts:
            qualities = self._qualities if any(self._qualities) else array("b")
            yield Readings(self.series, self._starts, self._seconds, self._values, qualities)
            self._clear()

    def _compare(self, starts: list[int], seconds: list[int], day: Day, kept: Sequence[int]) -> None:
        """Note gaps and overlaps; where one reading begins as the last ends, as it mostly is, at once."""
        if not starts:
            return
        if self.first is None or self.due is None:
            self.first, self.due, self.line = starts[0], starts[0], day.lines[kept[0]]
        self.first, due = min(self.first, *starts), self.due
        ends = [start + lasting for start, lasting in zip(starts, seconds, strict=True)]
        if starts[0] == due and starts[1:] == ends[:-1]:
            self.due = ends[-1]
            return
        for at, start, end in zip(kept, starts, ends, strict=True):
            if start != due:
                self._notes.add("gap" if start > due else "overlap", self.series.channel, day.lines[at])
            due = max(due, end)
        self.due = due


def gathered(days: Iterable[tuple[str, Series, Day]], notes: Notes, promised: int) -> Iterator[Given]:
    """Give the readings of days, each with its heading and series, then what there is to say of them.

    `promised` is how many days the file says it has, 0 if it does not say.

    Raises:
        UnreadableIntervalsError: if a row cannot be where it says, or a series comes twice.
    """
    timelines: dict[tuple[str, Series], Timeline] = {}
    dates = set()
    for heading, series, day in days:
        timeline = timelines.setdefault((heading, series), Timeline(series, notes))
        yield from timeline.add(day)
        dates.add(day.date)
    _keep_apart(list(timelines.values()), notes)
    for timeline in timelines.values():
        yield from timeline.rest()
    yield from notes.problems()
    if not timelines:
        yield Problem("no_readings", "warning", "there are no readings in this file")
    if len(dates) < promised:
        yield Problem(
            "fewer_days",
            "warning",
            f"readings begin on {len(dates)} days; the file says it is for {promised}",
        )


def _keep_apart(timelines: list[Timeline], notes: Notes) -> None:
    """Refuse a series that comes under two headings for the same time: what it means there is not known."""
    for one, other in combinations(timelines, 2):
        if one.series != other.series or None in (one.first, other.first):
            continue
        line = max(one.line, other.line)
        if _overlap(one, other):
            raise damaged(line, f"{one.series.channel} energy comes under two headings for the same time")
        notes.add("mixed_headings", one.series.channel, line)


def _overlap(one: Timeline, other: Timeline) -> bool:
    return (one.first or 0) < (other.due or 0) and (other.first or 0) < (one.due or 0)


def placed(day: Day, notes: Notes) -> Placed:
    """Return where the rows of a day lie in time.

    Raises:
        UnreadableIntervalsError: if one ends before it begins or after its day, or begins at no time of it.
    """
    begin, end = clock.day(day.date)
    hours = end - begin - DAY
    if hours == 0:
        result = Placed(
            [begin + at for at in day.begins], list(map(sub, day.ends, day.begins)), range(len(day))
        )
    else:
        result = (_in_spring if hours < 0 else _in_autumn)(day, notes)
    if max(day.ends) > DAY or (result.seconds and min(result.seconds) <= 0):
        raise damaged(_at_fault(day, result), "this row ends before it begins, or after its day")
    return result


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
