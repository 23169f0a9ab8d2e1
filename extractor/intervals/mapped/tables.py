"""The tables of a file: its sheets, and in each the heading, found by what it says and never by its line.

A CSV file is one sheet, by whichever delimiter makes a heading of the most columns. Where no heading
has words that are known, the first row of words above rows of dates and numbers is taken, and a
person says what its columns are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from extractor.intervals.formats import HEAD
from extractor.intervals.mapped import text, workbook
from extractor.intervals.mapped.mapping import signature_of
from extractor.intervals.mapped.moments import kind_of
from extractor.intervals.mapped.roles import (
    INTERVALS,
    RoleSet,
    accounts_in,
    folded,
    is_heading,
    is_unclear_unit,
    role_of,
)
from extractor.intervals.mapped.slots import slots
from extractor.intervals.mapped.text import Row

_UNIT = re.compile(r"\b(wh|kwh?|[mgt]wh?|kvarh?|kvah?|therms?|[cmh]cf|[km]?btus?|gallons?)\b")
"""Units of a folded text, those of gas and water among them: a table of theirs is another layout."""

UNCLEAR = "?"
"""Beside units: one that is not clear."""

BELOW = 3
"""Lines right below a heading that may have units and other words of it."""


class Rows(Protocol):
    """A sheet: its name, its first rows, and all after a line."""

    name: str

    def head(self) -> list[Row]:
        """Return the first rows."""

    def after(self, line: int) -> Iterator[Row]:
        """Give each row after a line."""


@dataclass(frozen=True)
class Table:
    """A heading and the rows below it."""

    sheet: Rows
    heading: tuple[str, ...]
    line: int
    """Of the heading."""
    above: tuple[str, ...]
    """What stands above it, cell by cell."""
    below: tuple[str, ...]
    """What stands between it and the first row with a date."""
    is_known: bool
    """Whether its words are known to be a heading's."""
    kind: str
    """Of table: a heading of another kind is another layout."""
    near: tuple[Row, ...] = ()
    """The row right above the heading, and those between it and the first row with a date."""

    @property
    def signature(self) -> str:
        """Return what tells its layout from others."""
        return signature_of(self.heading, self.units_beside, self.kind)

    @property
    def units_beside(self) -> frozenset[str]:
        """Return the units that the sheet's name or a line beside the heading names, in lower case.

        One that is not clear is there, too, so that none is taken for all.
        """
        beside = [folded(cell) for cell in (self.sheet.name, *self.above, *self.below)]
        found = {unit for text in beside for unit in _UNIT.findall(text)}
        return frozenset(found | {UNCLEAR for text in beside if is_unclear_unit(text)})

    @property
    def accounts_above(self) -> list[str]:
        """Return the service accounts that stand above the heading, or in the sheet's name."""
        return accounts_in("\n".join((self.sheet.name, *self.above)))

    def rows(self) -> Iterator[Row]:
        """Give each row with something in it, but the heading again."""
        for line, row in self.sheet.after(self.line):
            cells = [cell.strip() for cell in row]
            if any(cells) and tuple(cells[: len(self.heading)]) != self.heading:
                yield line, cells


def tables(file: BinaryIO, kind: RoleSet = INTERVALS) -> list[Table]:
    """Return the tables of a file, none if it has no heading; the file must be seekable.

    Raises:
        UnreadableIntervalsError: if it is damaged, too large, or a workbook that is not .xlsx.
    """
    file.seek(0)
    head = file.read(HEAD)
    if head.startswith((workbook.ZIP, workbook.OLD)):
        found = [_found(sheet, sheet.head(), kind) for sheet in workbook.sheets(file)]
        known = [table for table in found if table and table.is_known]
        return known or [table for table in found if table]
    if not text.is_text(head):
        return []
    every = [_found(sheet, sheet.head(), kind) for sheet in text.of_each_delimiter(file)]
    best = max((table for table in every if table), key=lambda table: _weight(kind, table), default=None)
    return [best] if best else []


def _weight(kind: RoleSet, table: Table) -> tuple[bool, int, int]:
    told = sum(role_of(kind, cell) is not None for cell in table.heading)
    return table.is_known, told, len(table.heading)


def _found(sheet: Rows, head: Sequence[Row], kind: RoleSet) -> Table | None:
    """Return the table of a sheet: by known words, else by the look of what is below."""
    weights = [_known(kind, row) for _, row in head]
    most = max(weights, default=0)
    at = weights.index(most) if most else _looks(head)
    if at is None:
        return None
    line, cells = head[at]
    heading = list(cells)
    while heading and not heading[-1]:
        heading.pop()
    above = tuple(cell for _, row in head[:at] for cell in row if cell)
    under = list(_below(head[at + 1 :]))
    below = tuple(cell for _, row in under for cell in row if cell)
    near = (*head[max(at - 1, 0) : at], *under)
    return Table(sheet, tuple(heading), line, above, below, bool(most), kind.name, near)


def _below(rows: Sequence[Row]) -> Iterator[Row]:
    """Give the rows below a heading and above the first one with a date: of units, as a rule."""
    for line, row in rows[:BELOW]:
        if {"moment", "date"} & set(map(kind_of, row)):
            return
        yield line, row


def _known(kind: RoleSet, cells: Sequence[str]) -> int:
    """Return how many columns of a row are known, if it is a heading, else 0."""
    if sum(map(bool, cells)) < 2:
        return 0
    found = slots(cells)
    is_wide = found is not None and any(role_of(kind, cell) in ("date", "start", "stamp") for cell in cells)
    if not is_wide and not is_heading(kind, cells):
        return 0
    return sum(role_of(kind, cell) is not None for cell in cells) + (len(found.every) if found else 0)


def _looks(head: Sequence[Row]) -> int | None:
    """Return the first row of nothing but words above two rows with a date and a number in their columns."""
    kinds = [[kind_of(cell) for cell in row] for _, row in head]
    for at, row in enumerate(kinds):
        below = kinds[at + 1 : at + 3]
        words = row.count("text")
        if words < 2 or words + row.count("empty") < len(row) or len(below) < 2:
            continue
        if all({"moment", "date"} & set(one) and "number" in one for one in below):
            return at
    return None
