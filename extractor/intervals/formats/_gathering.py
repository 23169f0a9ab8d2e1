"""Rows of local days become readings of their series, in blocks, and what there is to say of them.

Readings that begin before earlier ones have ended are kept, for the store to choose from, and said;
gaps are said and not filled. A series comes under one heading at a time: where two headings give it
for the same time, nobody knows what either means, and nothing of the file is taken.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, compress
from operator import add
from typing import Any, NamedTuple

from extractor.intervals.formats._local_days import Day, forward, placed
from extractor.intervals.formats._notes import Notes
from extractor.intervals.formats._sce_text import damaged, date_of
from extractor.intervals.given import Given, Problem, Readings, Series

BLOCK = 4096
"""Readings that are given at a time."""

Row = tuple[int | None, ...]
"""Line, quality, begin and end in seconds by the clock after its midnight, and a value for each channel."""


Part = tuple[str, str, list[Row]]
"""What the heading is known by, a date as told, and rows: at least one."""


class Columns(NamedTuple):
    """Rows that have a place in time, as columns."""

    starts: Sequence[int]
    seconds: Sequence[int]
    values: Sequence[int]
    qualities: Sequence[int]
    lines: Sequence[int]


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
        yield from self.take(_columns(forward(day), self._notes))

    def take(self, columns: Columns) -> Iterator[Readings]:
        """Take rows that have a place in time; give a block when enough have come.

        Raises:
            UnreadableIntervalsError: if one is below zero that cannot be.
        """
        columns = _with_values(columns, self.series, self._notes)
        if not columns.starts:
            return
        _refuse_below_zero(columns, self.series)
        self._compare(columns)
        self._starts.extend(columns.starts)
        self._seconds.extend(columns.seconds)
        self._values.extend(columns.values)
        self._qualities.extend(columns.qualities)
        if len(self._starts) >= BLOCK:
            yield from self.rest()

    def rest(self) -> Iterator[Readings]:
        """Give what has been taken and not yet given."""
        if self._starts:
            qualities = self._qualities if any(self._qualities) else array("b")
            yield Readings(self.series, self._starts, self._seconds, self._values, qualities)
            self._clear()

    def _compare(self, columns: Columns) -> None:
        """Note gaps and overlaps; where one reading begins as the last ends, as it mostly is, at once."""
        starts = columns.starts
        if self.first is None or self.due is None:
            self.first, self.due, self.line = starts[0], starts[0], columns.lines[0]
        self.first, due = min(self.first, *starts), self.due
        ends = list(map(add, starts, columns.seconds))
        if starts[0] == due and starts[1:] == ends[:-1]:
            self.due = ends[-1]
            return
        for start, end, line in zip(starts, ends, columns.lines, strict=True):
            if start != due:
                self._notes.add("gap" if start > due else "overlap", self.series.channel, line)
            due = max(due, end)
        self.due = due


def _columns(day: Day, notes: Notes) -> Columns:
    """Return the rows of a day that have a place in time."""
    starts, seconds, kept = placed(day, notes)
    columns: Sequence[Any] = day.values, day.qualities, day.lines
    if not isinstance(kept, range):
        columns = [[column[at] for at in kept] for column in columns]
    return Columns(starts, seconds, *columns)


def _with_values(columns: Columns, series: Series, notes: Notes) -> Columns:
    """Return the rows that have a value, and note the others."""
    if None not in columns.values:
        return columns
    has = [value is not None for value in columns.values]
    for line in compress(columns.lines, [not one for one in has]):
        notes.add("no_value", series.channel, line)
    return Columns(*(list(compress(column, has)) for column in columns))


def _refuse_below_zero(columns: Columns, series: Series) -> None:
    if series.channel != "net" and min(columns.values) < 0:
        line = next(line for line, value in zip(columns.lines, columns.values, strict=True) if value < 0)
        raise damaged(line, f"{series.channel} energy cannot be below zero")


def gathered(
    parts: Iterable[Part], of: Mapping[str, Sequence[Series]], notes: Notes, promised: int
) -> Iterator[Given]:
    """Give the readings of days, of the series that their heading stands for, then what there is to say.

    `promised` is how many days the file says it has, 0 if it does not say.

    Raises:
        UnreadableIntervalsError: if a row cannot be where it says, or a series comes twice.
    """
    timelines: dict[tuple[str, Series], Timeline] = {}
    dates = set()
    for heading, told, rows in parts:
        for series, day in _days(told, rows, of[heading]):
            timeline = timelines.setdefault((heading, series), Timeline(series, notes))
            yield from timeline.add(day)
            dates.add(day.date)
    keep_apart(list(timelines.values()), notes)
    for timeline in timelines.values():
        yield from timeline.rest()
    yield from notes.problems()
    if not any(timeline.line for timeline in timelines.values()):
        yield Problem("no_readings", "warning", "there are no readings in this file")
    if len(dates) < promised:
        said = f"readings begin on {len(dates)} days; the file says it is for {promised}"
        yield Problem("fewer_days", "warning", said)


def _days(told: str, rows: Sequence[Row], of: Sequence[Series]) -> Iterator[tuple[Series, Day]]:
    """Give for each series a day of rows."""
    columns: Iterator[Any] = zip(*rows, strict=True)
    lines, qualities, begins, ends, *values = columns
    try:
        date = date_of(told)
    except ValueError:
        raise damaged(lines[0], "its period does not begin with a date") from None
    for series, one in zip(of, values, strict=True):
        yield series, Day(date, lines, qualities, begins, ends, one)


def keep_apart(timelines: list[Timeline], notes: Notes) -> None:
    """Refuse a series that comes under two headings for the same time: what it means there is not known."""
    for one, other in combinations(timelines, 2):
        if one.series != other.series or None in (one.first, other.first):
            continue
        line = max(one.line, other.line)
        if overlap(one, other):
            raise damaged(line, f"{one.series.channel} energy comes under two headings for the same time")
        notes.add("mixed_headings", one.series.channel, line)


def overlap(one: Timeline, other: Timeline) -> bool:
    """Tell whether two timelines have a time in common."""
    return (one.first or 0) < (other.due or 0) and (other.first or 0) < (one.due or 0)
