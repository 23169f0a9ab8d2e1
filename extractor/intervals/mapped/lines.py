"""The readings of one series of a table, put on the line of time as its rows come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from extractor.intervals import clock
from extractor.intervals.formats._gathering import Columns, Timeline
from extractor.intervals.formats._local_days import Day, begins_of_ends, has_pairs, hours_of, runs_backwards
from extractor.intervals.formats._notes import Notes
from extractor.intervals.formats._sce_text import damaged
from extractor.intervals.given import Readings, Series
from extractor.intervals.mapped.mapping import Mapping
from extractor.intervals.mapped.moments import Moment
from extractor.intervals.mapped.slots import DAY
from extractor.intervals.mapped.spans import (
    ONE,
    PST,
    TWO,
    instant,
    local_begin,
    midnight,
)

ENOUGH = 3
"""Steps between readings after which they have to be as far apart as the mapping says."""

Amounts = Sequence[tuple[int, int | None]]
_Told = tuple[int, int, int, int | None]
"""Line, quality, begin by the clock, thousandths."""


class Line:
    """One series, of which a local day is held back until its last row has come."""

    def __init__(self, series: Series, mapping: Mapping, notes: Notes) -> None:
        self.timeline = Timeline(series, notes)
        self._mapping = mapping
        self._seconds = mapping.seconds or DAY
        self._is_end = mapping.label == "end"
        self._date: dt.date | None = None
        self._day: list[_Told] = []
        self._changed: set[dt.date] = set()
        """Days on which clocks change that were given."""
        self._last: int | None = None
        self._steps, self._least = 0, 0

    def add(self, line: int, label: Moment, quality: int, amounts: Amounts) -> Iterator[Readings]:
        """Take what a row says.

        Raises:
            UnreadableIntervalsError: if it cannot be where it says.
        """
        if self._mapping.slots:
            yield from self._add_slots(line, label.date, quality, amounts)
            return
        if (label.seconds or 0) % self._seconds:
            raise damaged(line, f"its time is none of intervals of {self._seconds // 60} minutes")
        self._count_step(label)
        value = amounts[0][1]
        if self._mapping.zone == "local":
            date, begin = local_begin(label, self._seconds, self._is_end)
            yield from self._begin(date, line)
            self._day.append((line, quality, begin, value))
        else:
            offset = {"utc": 0, "pst": PST}.get(str(self._mapping.zone), label.offset or 0)
            start = instant(label, offset) - (self._seconds if self._is_end else 0)
            yield from self._take([(line, quality, start, value)])

    def _count_step(self, label: Moment) -> None:
        now = midnight(label.date) + (label.seconds or 0)
        if self._last is not None and (step := abs(now - self._last)) > 0:
            self._least = min(step, self._least or step)
            self._steps += 1
        self._last = now

    def check_step(self) -> None:
        """Refuse readings that never follow each other as the mapping says: an hour is no quarter.

        Raises:
            UnreadableIntervalsError: if they do not.
        """
        if self._steps >= ENOUGH and self._least != self._seconds:
            said = f"readings come every {self._least // 60} minutes, not {self._seconds // 60}"
            raise damaged(self.timeline.line, f"{said}; map the file again")

    # --- local days ------------------------------------------------------------------------------------

    def _begin(self, date: dt.date, line: int) -> Iterator[Readings]:
        if date == self._date:
            return
        yield from self.flushed()
        if date in self._changed:
            raise damaged(
                line, f"rows of {date}, when clocks change, do not stand together; sort the file by time"
            )
        self._date = date

    def flushed(self) -> Iterator[Readings]:
        """Give what is complete of the day that is held back, which ends."""
        if not self._day or self._date is None:
            return
        if hours_of(self._date) != 24:
            self._changed.add(self._date)
            self._turn()
        lines, qualities, begins, values = (list(column) for column in zip(*self._day, strict=True))
        if self._is_end and not self._mapping.slots:
            begins = begins_of_ends(self._date, begins, self._seconds)
        ends = [begin + self._seconds for begin in begins]
        self._day = []
        yield from self.timeline.add(Day(self._date, lines, qualities, begins, ends, values))

    def _turn(self) -> None:
        """Put the oldest row of a day on which clocks change first: its ends are told by their order.

        Raises:
            UnreadableIntervalsError: if the newest came first, in pairs of which nothing tells the older.
        """
        begins = [begin for _, _, begin, _ in self._day]
        if not self._is_end or not runs_backwards(begins):
            return
        if has_pairs(begins):
            said = f"rows of {self._date}, when clocks change, begin with the newest, and in pairs"
            raise damaged(self._day[0][0], f"{said}; get the file with its oldest row first")
        self._day.reverse()

    def _take(self, rows: Sequence[_Told]) -> Iterator[Readings]:
        """Take readings at instants."""
        lines, qualities, starts, values = (list(column) for column in zip(*rows, strict=True))
        yield from self.timeline.take(Columns(starts, [self._seconds] * len(rows), values, qualities, lines))

    # --- columns of a day ------------------------------------------------------------------------------

    def _add_slots(self, line: int, date: dt.date, quality: int, amounts: Amounts) -> Iterator[Readings]:
        back = self._seconds if self._is_end else 0
        slots = self._mapping.slots
        told = [(slots[at].seconds - back, slots[at].is_extra, value) for at, value in amounts]
        if self._mapping.zone == "local" and self._mapping.extra == "elapsed":
            begin, end = clock.day(date)
            kept = self._within(line, [(at, begin + at >= end, value) for at, _, value in told])
            yield from self._take([(line, quality, begin + at, value) for at, value in kept])
        elif self._mapping.zone == "local":
            yield from self._begin(date, line)
            self._day += [(line, quality, at, value) for at, value in self._in_order(line, date, told)]
        else:
            begin = midnight(date) - {"utc": 0, "pst": PST}[str(self._mapping.zone)]
            kept = self._within(line, told)
            yield from self._take([(line, quality, begin + at, value) for at, value in kept])

    def _within(
        self, line: int, told: Sequence[tuple[int, bool, int | None]]
    ) -> list[tuple[int, int | None]]:
        """Return the intervals of a day, having refused energy in columns that the day has not."""
        if any(value for _, is_past, value in told if is_past):
            raise damaged(line, "there is energy in a column of an hour that its day has not")
        return [(at, value) for at, is_past, value in told if not is_past]

    def _in_order(
        self, line: int, date: dt.date, told: Sequence[tuple[int, bool, int | None]]
    ) -> list[tuple[int, int | None]]:
        """Return the intervals of a local day in their order, the hour that comes twice in its place."""
        once = sorted((at, value) for at, is_extra, value in told if not is_extra)
        if hours_of(date) != 25:
            self._within(line, told)
            return once
        extra = [(at, value) for at, is_extra, value in told if is_extra]
        if extra and extra[0][0] >= DAY:
            extra = [(ONE + place * self._seconds, value) for place, (_, value) in enumerate(extra)]
        before = [one for one in once if one[0] < TWO]
        return [*before, *extra, *once[len(before) :]]
