"""Rows of a table of billing history by a mapping that a person confirmed: all, or none with the reason.

A row of sums, a note, a row that says nothing and one that stands there twice are left out and told. Any
other row that is not what the mapping says refuses the whole file, by its line.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import BinaryIO, NamedTuple

from extractor.billing_history.cells import (
    account_of,
    amount_of,
    days_of,
    is_accounting,
    is_dash,
    is_error,
    is_nothing,
    is_total,
    quantity_of,
)
from extractor.billing_history.left_out import BETWEEN, LONGEST, LeftOut, errors_said, named
from extractor.billing_history.mapping import DAYS, HistoryMapping, contradictions, open_points
from extractor.billing_history.measured import Measures, UnitError
from extractor.billing_history.periods import DAY, cell, days_in, is_dated
from extractor.billing_history.rows import Row, Rows
from extractor.billing_history.sound import concerns, refused
from extractor.billing_history.twice import Beside, Kept
from extractor.billing_history.units import BASE
from extractor.billing_history.whose import account_of_all
from extractor.intervals.formats import UnreadableIntervalsError
from extractor.intervals.formats._sce_text import damaged
from extractor.intervals.given import Problem
from extractor.intervals.mapped.monthly import BILLING, MAP
from extractor.intervals.mapped.tables import Table, tables

ROWS = 200_000
"""Rows that a file may have: of ten thousand accounts twenty months."""

OTHER_SHEET = "a sheet has a table of another layout and is left out"


def read(file: BinaryIO, name: str, mapping: HistoryMapping) -> Rows:
    """Return the rows of a file's tables of the mapping's layout; the file must be seekable.

    Raises:
        UnreadableIntervalsError: if no table is of that layout, or a row is not what the mapping says.
    """
    if missing := [*open_points(mapping), *contradictions(mapping)]:
        raise UnreadableIntervalsError(f"what its columns mean is not complete: {', '.join(missing)}")
    every = tables(file, BILLING)
    of = [table for table in every if table.signature == mapping.signature]
    if not of:
        raise UnreadableIntervalsError("its heading is not the one that was confirmed; map it again")
    reading = _Reading(mapping, name)
    for table in of:
        reading.add(table)
    return reading.done(
        [Problem("sheet_left_out", "warning", OTHER_SHEET, table.line) for table in every if table not in of]
    )


class _Said(NamedTuple):
    """What a row says of one period, before its first day is known."""

    line: int
    account: str
    first: dt.date | None
    last: dt.date
    kwh: Decimal | None
    kw: Decimal | None
    amount: Decimal | None
    beside: Beside
    dash: int | None = None
    """The column of dollars, where it has a dash."""


@dataclass
class _Reading:
    """One file as it is read."""

    mapping: HistoryMapping
    name: str
    said: list[_Said] = field(default_factory=list)
    left: LeftOut = field(default_factory=LeftOut)
    measures: Measures = field(init=False)
    """Of the table that is being read."""
    kept: Kept = field(init=False)
    """What is not read."""
    beside: list[Beside] = field(default_factory=list)
    """The same of each row that is given."""
    accounting: set[int] = field(default_factory=set)
    """Columns of dollars that a spreadsheet's accounting format wrote: a dash is zero there."""
    errors: list[str] = field(default_factory=list)
    """Cells that a spreadsheet could not compute, each with its line and column."""
    error_line: int = 0
    """Of the first one."""
    miscounted: list[int] = field(default_factory=list)
    """Lines of rows that count other days than they have."""

    def __post_init__(self) -> None:
        self.kept = Kept(self.mapping.groups, self.mapping.account)

    def add(self, table: Table) -> None:
        """Take the rows of a table."""
        self.kept.begin(table)
        account = account_of_all(self.mapping, table, self.name)
        try:
            self.measures = Measures(table, self.mapping.groups)
        except UnitError as error:
            raise damaged(table.line, str(error)) from error
        for line, cells in table.rows():
            try:
                self._row(line, cells, account)
            except ValueError as error:
                raise damaged(line, str(error)) from error
            if len(self.said) > ROWS:
                raise damaged(line, f"there are more than {ROWS:,} rows: this is no billing history")

    def _row(self, line: int, cells: Sequence[str], account: str | None) -> None:
        mapping = self.mapping
        told = cell(cells, mapping.account)
        if self._is_sum(cells, told):
            self.left.add("total", line)
            return
        self._note_errors(line, cells)
        dated = [group for group in mapping.groups if is_dated(cells, group)]
        if not dated:
            self.left.add("note" if not told and mapping.owner == "column" else "no_date", line)
            return
        if mapping.owner == "column":
            if not told:
                raise ValueError("it has days and no service account; merged cells have to be filled")
            account = account_of(told)
        assert account is not None
        self.kept.row(cells)
        for group in dated:
            self.said.append(self._period(line, cells, group, account))

    def _note_errors(self, line: int, cells: Sequence[str]) -> None:
        """Keep by line and column what a spreadsheet could not compute: it has no value, which is told."""
        for at in self.kept.read:
            if is_error(text := cell(cells, at)):
                self.error_line = self.error_line or line
                self.errors.append(f"line {line} {text} in {self.kept.column(at)}")

    def _is_sum(self, cells: Sequence[str], told: str) -> bool:
        """Tell whether a row is a sum: by its account or a day, or, where it has no account, by any word."""
        if self.mapping.owner == "column" and not told:
            return any(map(is_total, cells))
        days = (
            cell(cells, at) for group in self.mapping.groups for role, at in group.items() if role in DAYS
        )
        return (
            is_total(told)
            or any(map(is_total, days))
            or (self.mapping.account is None and is_total(cells[0]))
        )

    def _period(self, line: int, cells: Sequence[str], group: Mapping[str, int], account: str) -> _Said:
        mapping = self.mapping
        assert mapping.order is not None
        assert mapping.decimal is not None
        units = {role: self._unit(cells, group, role) for role in BASE if role in group}
        kwh = quantity_of(cell(cells, group.get("kwh")), "kwh", mapping.decimal, units.get("kwh"))
        kw = quantity_of(cell(cells, group.get("kw")), "kw", mapping.decimal, units.get("kw"))
        dollars = cell(cells, at := group.get("amount"))
        amount = amount_of(dollars, mapping.decimal)
        if at is not None and is_accounting(dollars):
            self.accounting.add(at)
        dash = at if is_dash(dollars) else None
        first, last = days_in(cells, group, mapping)
        told = days_of(cell(cells, group.get("days")))
        if first is not None and told is not None and (last - first).days + 1 not in (told, told + 1):
            self.miscounted.append(line)
        return _Said(line, account, first, last, kwh, kw, amount, self.kept.beside(cells, group), dash)

    def _unit(self, cells: Sequence[str], group: Mapping[str, int], role: str) -> str | None:
        """Return the unit of a row's number; None where it has none.

        Raises:
            ValueError: if it is none of those that were confirmed.
        """
        if is_nothing(cell(cells, group[role])):
            return None
        told = self.measures.unit(cells, group, role)
        known = self.mapping.units.get(role, (BASE[role],))
        if told.unit is None and known != (BASE[role],):
            raise ValueError(f"nothing tells the unit of its {role}, and other rows have {', '.join(known)}")
        if (told.unit or BASE[role]) not in known:
            raise ValueError(
                f"its {role} is in {told.unit} by {told.where}, and {', '.join(known)} was confirmed:"
                f" look at it with `{MAP}`"
            )
        return told.unit

    def done(self, problems: Sequence[Problem]) -> Rows:
        """Return the rows, with what is to be said of them."""
        zeros = self._settle()
        rows = list(self._rows())
        if why := refused(rows):
            raise UnreadableIntervalsError(why)
        if not rows:
            why = "; ".join(said for _, said, _ in self.left.told())
            none = "no row of it is a period of a service account"
            raise UnreadableIntervalsError(f"{none}: {why}" if why else none)
        told = list(self.left.problems())
        if self.miscounted:
            said = f"{named(self.miscounted)}: the days told are not those from the first to the last"
            told.append(Problem("days", "warning", said, self.miscounted[0]))
        if self.errors:
            told.append(Problem("error_cell", "warning", errors_said(self.errors), self.error_line))
        if zeros:
            said = f"a dash among dollars in a spreadsheet's accounting format is $0.00: {named(zeros)}"
            told.append(Problem("dash", "info", said, zeros[0]))
        return Rows(tuple(rows), (*problems, *told, *concerns(rows, self._differing)))

    def _settle(self) -> list[int]:
        """Make dashes of accounting columns zero, leave out what says nothing; return the dashes' lines."""
        settled, zeros = [], []
        for one in self.said:
            if one.dash in self.accounting:
                zeros.append(one.line)
                settled.append(one._replace(amount=Decimal(0)))
            elif one.kwh is None and one.kw is None and one.amount is None:
                self.left.add("empty", one.line)
            else:
                settled.append(one)
        self.said = settled
        return zeros

    def _rows(self) -> Iterator[Row]:
        known: dict[tuple[object, ...], list[_Said]] = defaultdict(list)
        for one in self._begun() if self.mapping.is_by_reads else self.said:
            if one.first is None:
                continue
            row = Row(one.line, one.account, one.first, one.last, one.kwh, one.kw, one.amount)
            if row.days < 1:
                said = f"its period would be {row.first} to {row.last}: are its columns swapped?"
                raise damaged(one.line, said)
            if row.days > LONGEST:
                self.left.add("long", one.line)
            elif any(self._is_again(one, other) for other in known[row[1:]]):
                self.left.add("again", one.line)
            else:
                known[row[1:]].append(one)
                self.beside.append(one.beside)
                yield row

    def _is_again(self, one: _Said, other: _Said) -> bool:
        """Tell whether a row says the same as another one in all its cells."""
        return one.line != other.line and not self.kept.differing(one.beside, other.beside)

    def _differing(self, one: int, other: int) -> list[str]:
        """Return where two of the rows that are given differ beside what is read of them."""
        return self.kept.differing(self.beside[one], self.beside[other])

    def _begun(self) -> Iterator[_Said]:
        """Give periods that begin on the day after the read before of the same account."""
        of: dict[str, set[dt.date]] = defaultdict(set)
        for one in self.said:
            of[one.account].add(one.last)
        before = {
            (account, last): earlier
            for account, days in of.items()
            for earlier, last in pairwise(sorted(days))
        }
        for one in self.said:
            earlier = before.get((one.account, one.last))
            if earlier is None:
                self.left.add("first_read", one.line)
            elif (one.last - earlier).days > BETWEEN:
                self.left.add("read_missing", one.line)
            else:
                yield one._replace(first=earlier + DAY)
