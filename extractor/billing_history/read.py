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
    day_of,
    days_of,
    is_nothing,
    is_total,
    quantity_of,
)
from extractor.billing_history.mapping import (
    HistoryMapping,
    contradictions,
    history_signature,
    open_points,
)
from extractor.billing_history.rows import Row, Rows
from extractor.billing_history.sound import concerns, refused
from extractor.intervals.formats import UnreadableIntervalsError
from extractor.intervals.formats._sce_text import account_in, damaged
from extractor.intervals.given import Problem
from extractor.intervals.mapped.monthly import BILLING
from extractor.intervals.mapped.tables import Table, tables

ROWS = 200_000
"""Rows that a file may have: of ten thousand accounts twenty months."""

LONGEST = 100
"""Days of the longest period: a row of more is a year's sum, or several periods in one."""

BETWEEN = 45
"""Days between reads that follow on each other: after more a read may be missing, and nothing tells whether
the row is of all these days or of the last ones. SCE reads every 27 to 33 days (Rule 9)."""

DAY = dt.timedelta(days=1)

OTHER_SHEET = "a sheet has a table of another layout and is left out"

LEFT_OUT = {
    "total": "{count} rows of sums are left out",
    "note": "{count} rows without an account and days are left out (notes, sums)",
    "no_date": "{count} rows have no days and are left out",
    "empty": "{count} periods have neither kWh nor kW nor dollars and are left out",
    "long": f"{{count}} rows have more than {LONGEST} days, which is no billing period, and are left out",
    "first_read": "{count} rows are left out, for nothing tells when the period of a first read began",
    "read_missing": f"{{count}} rows are left out, over {BETWEEN} days after the read before: one missing?",
    "again": "{count} rows stand there twice and are taken once",
}
"""What is said of rows that are left out, by why; but for sums, which are no rows, all are warnings."""


def read(file: BinaryIO, name: str, mapping: HistoryMapping) -> Rows:
    """Return the rows of a file's tables of the mapping's layout; the file must be seekable.

    Raises:
        UnreadableIntervalsError: if no table is of that layout, or a row is not what the mapping says.
    """
    if missing := [*open_points(mapping), *contradictions(mapping)]:
        raise UnreadableIntervalsError(f"what its columns mean is not complete: {', '.join(missing)}")
    every = tables(file, BILLING)
    of = [table for table in every if history_signature(table) == mapping.signature]
    if not of:
        raise UnreadableIntervalsError("its heading is not the one that was confirmed; map it again")
    reading = _Reading(mapping, name)
    for table in of:
        reading.add(table)
    problems = [
        Problem(
            "sheet_left_out", "warning", "a sheet has a table of another layout and is left out", table.line
        )
        for table in every
        if table not in of
    ]
    return reading.done(problems)


class _Said(NamedTuple):
    """What a row says of one period, before its first day is known."""

    line: int
    account: str
    first: dt.date | None
    last: dt.date
    kwh: Decimal | None
    kw: Decimal | None
    amount: Decimal | None


@dataclass
class _Reading:
    """One file as it is read."""

    mapping: HistoryMapping
    name: str
    said: list[_Said] = field(default_factory=list)
    left: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    """Lines of rows that are left out, by why."""
    miscounted: list[int] = field(default_factory=list)
    """Lines of rows that count other days than they have."""

    def add(self, table: Table) -> None:
        """Take the rows of a table."""
        account = _account(self.mapping, table, self.name)
        for line, cells in table.rows():
            try:
                self._row(line, cells, account)
            except ValueError as error:
                raise damaged(line, str(error)) from error
            if len(self.said) > ROWS:
                raise damaged(line, f"there are more than {ROWS:,} rows: this is no billing history")

    def _row(self, line: int, cells: Sequence[str], account: str | None) -> None:
        mapping = self.mapping
        told = _cell(cells, mapping.account)
        if self._is_sum(cells, told):
            self.left["total"].append(line)
            return
        dated = [group for group in mapping.groups if _is_dated(cells, group)]
        if not dated:
            self.left["note" if not told and mapping.owner == "column" else "no_date"].append(line)
            return
        if mapping.owner == "column":
            if not told:
                raise ValueError("it has days and no service account; merged cells have to be filled")
            account = account_of(told)
        assert account is not None
        for group in dated:
            if (said := self._period(line, cells, group, account)) is not None:
                self.said.append(said)

    def _is_sum(self, cells: Sequence[str], told: str) -> bool:
        """Tell whether a row is a sum: by its account or a day, or, where it has no account, by any word."""
        if self.mapping.owner == "column" and not told:
            return any(map(is_total, cells))
        days = (
            _cell(cells, at) for group in self.mapping.groups for role, at in group.items() if role in DAYS
        )
        return (
            is_total(told)
            or any(map(is_total, days))
            or (self.mapping.account is None and is_total(cells[0]))
        )

    def _period(
        self, line: int, cells: Sequence[str], group: Mapping[str, int], account: str
    ) -> _Said | None:
        mapping = self.mapping
        assert mapping.order is not None
        assert mapping.decimal is not None
        kwh = quantity_of(_cell(cells, group.get("kwh")), "kwh", mapping.decimal)
        kw = quantity_of(_cell(cells, group.get("kw")), "kw", mapping.decimal)
        amount = amount_of(_cell(cells, group.get("amount")), mapping.decimal)
        first, last = _days(cells, group, mapping)
        told = days_of(_cell(cells, group.get("days")))
        if first is not None and told is not None and (last - first).days + 1 not in (told, told + 1):
            self.miscounted.append(line)
        if kwh is None and kw is None and amount is None:
            self.left["empty"].append(line)
            return None
        return _Said(line, account, first, last, kwh, kw, amount)

    def done(self, problems: Sequence[Problem]) -> Rows:
        """Return the rows, with what is to be said of them."""
        rows = list(self._rows())
        if why := refused(rows):
            raise UnreadableIntervalsError(why)
        if not rows:
            raise UnreadableIntervalsError(f"no row of it is a period of a service account{self._why()}")
        told = [
            Problem(
                code,
                "info" if code == "total" else "warning",
                f"{_counted(said, len(lines))}: {_lines(lines)}",
                lines[0],
            )
            for code, said in LEFT_OUT.items()
            if (lines := self.left.get(code))
        ]
        if self.miscounted:
            said = f"{_lines(self.miscounted)}: the days told are not those from the first to the last"
            told.append(Problem("days", "warning", said, self.miscounted[0]))
        return Rows(tuple(rows), (*problems, *told, *concerns(rows)))

    def _why(self) -> str:
        said = [
            _counted(said, len(self.left[code])) for code, said in LEFT_OUT.items() if self.left.get(code)
        ]
        return f": {'; '.join(said)}" if said else ""

    def _rows(self) -> Iterator[Row]:
        known: dict[tuple[object, ...], int] = {}
        for one in self._begun() if self.mapping.is_by_reads else self.said:
            if one.first is None:
                continue
            row = Row(one.line, one.account, one.first, one.last, one.kwh, one.kw, one.amount)
            if row.days < 1:
                said = f"its period would be {row.first} to {row.last}: are its columns swapped?"
                raise damaged(one.line, said)
            if row.days > LONGEST:
                self.left["long"].append(one.line)
            elif known.setdefault(row[1:], one.line) != one.line:
                self.left["again"].append(one.line)
            else:
                yield row

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
                self.left["first_read"].append(one.line)
            elif (one.last - earlier).days > BETWEEN:
                self.left["read_missing"].append(one.line)
            else:
                yield one._replace(first=earlier + DAY)


DAYS = ("start", "end", "read")


def _account(mapping: HistoryMapping, table: Table, name: str) -> str | None:
    """Return the account that all rows of a table are of, where no column says it.

    Raises:
        UnreadableIntervalsError: if nothing names one for sure.
    """
    if mapping.owner == "column":
        return None
    above = table.accounts_above
    found = account_in(name) if mapping.owner == "name" else above[0] if len(above) == 1 else None
    if found is None:
        where = "the file's name" if mapping.owner == "name" else "what stands above the table"
        raise UnreadableIntervalsError(f"{where} names no service account, or several")
    return account_of(found)


def _days(
    cells: Sequence[str], group: Mapping[str, int], mapping: HistoryMapping
) -> tuple[dt.date | None, dt.date]:
    """Return the first and the last day of a period; no first day where only reads tell it."""
    assert mapping.order is not None
    order = mapping.order

    def day(role: str) -> dt.date | None:
        text = _cell(cells, group.get(role))
        return None if is_nothing(text) else day_of(text, order)

    start, end, days = day("start"), day("end") or day("read"), days_of(_cell(cells, group.get("days")))
    first = start + DAY if start is not None and mapping.bounds == "start" else start
    last = end - DAY if end is not None and mapping.bounds == "end" else end
    if first is not None and last is None and days is not None:
        last = first + (days - 1) * DAY
    if last is None:
        raise ValueError("it does not say when its period ends")
    if first is None and days is not None:
        first = last - (days - 1) * DAY
    if first is None and not mapping.is_by_reads:
        raise ValueError("it does not say when its period begins")
    return first, last


def _is_dated(cells: Sequence[str], group: Mapping[str, int]) -> bool:
    return any(not is_nothing(_cell(cells, group.get(role))) for role in DAYS)


def _cell(cells: Sequence[str], at: int | None) -> str:
    return cells[at].strip() if at is not None and at < len(cells) else ""


NAMED = 10
"""Lines that are named."""


def _lines(lines: Sequence[int]) -> str:
    """Return lines as people write them.

    >>> _lines([4]), _lines([4, 9, 10])
    ('line 4', 'lines 4, 9, 10')
    """
    shown = ", ".join(map(str, lines[:NAMED]))
    if len(lines) > NAMED:
        shown += f" and {len(lines) - NAMED} more"
    return f"{'line' if len(lines) == 1 else 'lines'} {shown}"


def _counted(said: str, count: int) -> str:
    """Return what is said of rows, also of one.

    >>> _counted("{count} rows of sums are left out", 1)
    '1 row of sums is left out'
    """
    text = said.format(count=f"{count:,}")
    if count > 1:
        return text
    for many, one in ONE.items():
        text = text.replace(many, one)
    return text


ONE = {
    "rows": "row",
    "periods": "period",
    " are ": " is ",
    " have ": " has ",
    "stand ": "stands ",
}
"""What is another word of a single row."""
