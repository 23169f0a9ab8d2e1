"""Readings of a table by a mapping that a person confirmed: what it does not say is refused with its line.

Empty cells and words for nothing are missing, never zero; kW are counted as energy only where the
mapping says kW; columns are neither netted nor added. A file whose heading is another, or whose rows
come at other times than the mapping says, is not read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import BinaryIO

from extractor.intervals.formats import UnreadableIntervalsError
from extractor.intervals.formats._gathering import Timeline, keep_apart, overlap
from extractor.intervals.formats._local_days import hours_of
from extractor.intervals.formats._notes import Notes
from extractor.intervals.formats._sce_text import account_in, damaged, no_account
from extractor.intervals.formats._tally import Said, Tally
from extractor.intervals.given import Given, Problem, Series
from extractor.intervals.mapped.cells import Cells
from extractor.intervals.mapped.labels import label_of
from extractor.intervals.mapped.lines import Line
from extractor.intervals.mapped.mapping import Mapping, contradictions, open_points
from extractor.intervals.mapped.moments import Moment
from extractor.intervals.mapped.slots import DAY, HOUR
from extractor.intervals.mapped.tables import Table, tables

SERIES = 20_000
"""Series that a table may have."""

SAID: Said = {
    "word_for_nothing": ("warning", "{count} cells have a word where a number would be: no reading"),
    "not_a_reading": ("warning", "{count} rows have no date and time and are left out"),
    "rounded": ("info", "{count} values are finer than thousandths of a watt-hour and were rounded to them"),
    "left_out": ("info", "{count} rows are of a channel or unit that is not to be read"),
}


def read(file: BinaryIO, name: str, mapping: Mapping) -> Iterator[Given]:
    """Give the readings of a file's tables of the mapping's layout; the file must be seekable.

    Raises:
        UnreadableIntervalsError: if no table is of that layout, or a row is not what the mapping says.
    """
    if missing := [*open_points(mapping), *contradictions(mapping)]:
        raise UnreadableIntervalsError(f"what its columns mean is not complete: {', '.join(missing)}")
    every = tables(file)
    of = [table for table in every if table.signature == mapping.signature]
    if not of:
        raise UnreadableIntervalsError("its heading is not the one that was confirmed; map it again")
    for table in every:
        if table not in of:
            said = "a sheet has a table of another layout and is left out: map it by itself"
            yield Problem("sheet_left_out", "warning", said, table.line)
    yield from _Reading(mapping, name).of(of)


class _Reading:
    """One file as it is read."""

    def __init__(self, mapping: Mapping, name: str) -> None:
        self._mapping = mapping
        self._name = name
        self._notes, self._tally = Notes(), Tally(SAID)
        self._lines: dict[tuple[object, ...], Line] = {}
        """By the number of the sheet and what a row and a column say."""
        self._label, self._other = label_of(mapping), label_of(mapping, is_other=True)

    def of(self, every: Sequence[Table]) -> Iterator[Given]:
        if self._mapping.owner == "name" and None in map(self._account, every):
            yield no_account(self._name)
        for sheet, table in enumerate(every):
            yield from self._table(sheet, table)
        for line in self._lines.values():
            yield from line.flushed()
        self._refuse_mixed()
        for line in self._lines.values():
            line.check_step()
            yield from line.timeline.rest()
        yield from self._notes.problems()
        yield from self._tally.problems()
        if not any(line.timeline.line for line in self._lines.values()):
            yield Problem("no_readings", "warning", "there are no readings in this file")

    def _refuse_mixed(self) -> None:
        """Refuse what is one series here and comes under two names, or in two sheets, for the same time."""
        of: dict[Series, dict[object, list[Timeline]]] = {}
        for (sheet, *_), line in self._lines.items():
            of.setdefault(line.timeline.series, {}).setdefault(sheet, []).append(line.timeline)
        for sheets in of.values():
            for timelines in sheets.values():
                keep_apart(timelines, self._notes)
            _follow([one for timelines in sheets.values() for one in timelines], self._notes)

    def _table(self, sheet: int, table: Table) -> Iterator[Given]:
        cells = Cells(self._mapping, table, self._account(table), self._tally)
        for line, row in table.rows():
            label = self._label_of(line, row)
            if label is None:
                self._tally.add("not_a_reading", line)
                continue
            for key, series, quality, found in cells.of(line, row):
                one = self._lines.get((sheet, *key))
                if one is None:
                    if len(self._lines) >= SERIES:
                        raise damaged(line, f"there are more than {SERIES} series; split the file")
                    one = self._lines[sheet, *key] = Line(series, self._mapping, self._notes)
                yield from one.add(line, label, quality, found)

    def _label_of(self, line: int, row: Sequence[str]) -> Moment | None:
        try:
            label = self._label(row)
            other = self._other(row)
        except ValueError as error:
            raise damaged(line, f"its time {error}") from None
        if label is None:
            return None
        if other is not None:
            self._check_length(line, label, other)
        if (label.offset is None) == (self._mapping.zone == "stamped"):
            raise damaged(
                line, "its time has, or lacks, an offset from UTC, unlike those that were confirmed"
            )
        return label

    def _check_length(self, line: int, label: Moment, other: Moment) -> None:
        """Refuse an interval whose other end is not where the mapping says."""
        days = (other.date - label.date).days
        lasting = days * DAY + (other.seconds or 0) - (label.seconds or 0)
        lasting = -lasting if self._mapping.label == "end" else lasting
        wanted = self._mapping.seconds or 0
        fine = {wanted, wanted - 1, wanted - 60}
        if {hours_of(label.date), hours_of(other.date)} != {24}:
            fine |= {one + by for one in fine for by in (HOUR, -HOUR)}
        if lasting not in fine:
            raise damaged(line, f"its interval does not last {wanted // 60} minutes")

    def _account(self, table: Table) -> str | None:
        """Return the service account where no column says it."""
        if self._mapping.owner not in ("name", "preamble"):
            return None
        above, named = table.accounts_above, account_in(self._name)
        if self._mapping.owner == "preamble" and len(above) != 1:
            raise UnreadableIntervalsError("the service account does not stand above the table")
        if above and named is not None and named not in above:
            raise UnreadableIntervalsError(
                "the file's name has another service account than stands above the table: rename the file"
            )
        return above[0] if len(above) == 1 else named


def _follow(timelines: list[Timeline], notes: Notes) -> None:
    """Refuse sheets that have one series for the same time, and note the gaps between them."""
    known = sorted((one for one in timelines if one.first is not None), key=lambda one: one.first or 0)
    for one, other in pairwise(known):
        if overlap(one, other):
            raise damaged(
                max(one.line, other.line),
                f"another sheet has {one.series.channel} energy for the same time, and nothing tells the two"
                " apart: save each sheet as a file of its own, with its service account in the file's name",
            )
        if (other.first or 0) > (one.due or 0):
            notes.add("gap", one.series.channel, other.line)
