"""A roster as a table: CSV with commas, semicolons or tabs, in UTF-8 or UTF-16, or a sheet of a workbook.

Every row that is wrong is told, with its line; what is not wrong but should be looked at is a note. A column
with a heading that is not known is the roster's own and kept as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from extractor.intervals.formats import HEAD, UnreadableIntervalsError
from extractor.intervals.mapped import text, workbook
from extractor.portfolio.roster import cells
from extractor.portfolio.roster.columns import OF_CUSTOMER, OF_SERVICE, role_of
from extractor.store.roster import Entry, RosterError
from extractor.store.roster_plan import Given, Problem

HEADING_WITHIN = 20
"""Rows among which the heading is: some have a title above it."""

FORMULA = ("=", "+", "-", "@")
"""How what a spreadsheet would run begins."""

GUARDED = re.compile(r"'(?='*[=+\-@\t\r])")
"""The apostrophe that our CSV has before what a spreadsheet would run as a formula."""

TEXTS = (
    *("site", "site_name", "address"),
    *("manager", "manager_name", "cost_center"),
)
"""Columns that are taken as they are."""

Numbers = Mapping[str, Container[str]]
"""Numbers that bills or the roster have, by what they are; without hyphens."""


@dataclass
class Roster:
    """What a file says."""

    rows: list[Given] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    own: tuple[str, ...] = ()
    """Columns of its own, as headed."""


class _Sheet(Protocol):
    name: str

    def head(self) -> list[text.Row]: ...

    def after(self, line: int) -> Iterator[text.Row]: ...


@dataclass(frozen=True)
class _Heading:
    """Where the heading is, and what its columns are."""

    sheet: _Sheet
    line: int
    names: Sequence[str]
    roles: Sequence[str | None]


def read_roster(path: Path, known: Numbers) -> Roster:
    """Read a roster.

    Raises:
        RosterError: if it is no table, or its columns are not a roster's.
    """
    try:
        with path.open("rb") as file:
            is_book = file.read(HEAD).startswith((workbook.ZIP, workbook.OLD))
            heading = _heading(path, [*workbook.sheets(file)] if is_book else [*text.of_each_delimiter(file)])
            return _read(heading, known, is_guarded=not is_book)
    except UnreadableIntervalsError as error:
        raise RosterError(f"{path}: {error}") from error


def _heading(path: Path, sheets: Sequence[_Sheet]) -> _Heading:
    found = [one for one in map(_found, sheets) if one]
    most = max((_told(one) for one in found), default=0)
    best = [one for one in found if _told(one) == most]
    if not best:
        raise RosterError(
            f"{path}: columns missing: none of its first rows has a column `customer` and one"
            " `service account` or `customer account`"
        )
    if len(best) > 1:
        names = " and ".join(repr(one.sheet.name) for one in best)
        raise RosterError(f"{path}: the sheets {names} both are rosters; keep one in the file")
    (heading,) = best
    _refuse_unclear(path, heading)
    return heading


def _told(heading: _Heading) -> int:
    return sum(role is not None for role in heading.roles)


def _found(sheet: _Sheet) -> _Heading | None:
    for line, row in sheet.head()[:HEADING_WITHIN]:
        roles = [role_of(cell) for cell in row]
        if "customer" in roles and {OF_SERVICE, OF_CUSTOMER, "account"} & set(roles):
            names = [" ".join(cell.split()) for cell in row]
            return _Heading(sheet, line, names, roles)
    return None


def _refuse_unclear(path: Path, heading: _Heading) -> None:
    """Refuse columns that say one thing twice, or an account of which kind it is not said."""
    columns = [(role or name, name) for role, name in zip(heading.roles, heading.names, strict=True)]
    keys = [key for key, _ in columns if key]
    twice = sorted({name for name in keys if keys.count(name) > 1})
    if twice:
        names = [name for key, name in columns if key in twice]
        raise RosterError(f"{path}: columns that say the same: {', '.join(names)}; keep one of them")
    formulas = [name for name in heading.names if name.startswith(FORMULA)]
    if formulas:
        raise RosterError(f"{path}: columns headed like formulas: {', '.join(formulas)}; name them otherwise")
    if "account" in keys and ("kind" not in keys or {OF_SERVICE, OF_CUSTOMER} & set(keys)):
        raise RosterError(
            f"{path}: columns missing: a column `account` needs one `kind` (customer or service) and none of"
            " `service account` and `customer account`; better head it with what it is"
        )


def _read(heading: _Heading, known: Numbers, is_guarded: bool) -> Roster:
    own = [name for name, role in zip(heading.names, heading.roles, strict=True) if name and role is None]
    found = Roster(own=tuple(own))
    for line, row in heading.sheet.after(heading.line):
        values = [_unguarded(cell.strip()) if is_guarded else cell.strip() for cell in row]
        if any(values):
            _Row(heading, line, values, known, found).take()
    if not found.rows and not found.problems:
        found.problems.append(Problem((heading.line,), "no row is below the heading"))
    return found


def _unguarded(cell: str) -> str:
    return GUARDED.sub("", cell, count=1) if GUARDED.match(cell) else cell


class _Row:
    """Reads one row; what is wrong with it is told, all of it."""

    def __init__(
        self, heading: _Heading, line: int, values: Sequence[str], known: Numbers, found: Roster
    ) -> None:
        self._line, self._known, self._found = line, known, found
        self._heading = heading
        width = len(heading.names)
        self._cells = [*values[:width], *[""] * (width - len(values))]
        self._beyond = [one for one in values[width:] if one]
        self._is_wrong = False

    def take(self) -> None:
        """Add what the row says, or what is wrong with it."""
        roles = zip(self._heading.roles, self._cells, strict=True)
        told = {role: cell for role, cell in roles if role is not None}
        if self._beyond:
            self._wrong(f"{self._beyond[0]!r} stands in no column; a cell with a comma needs quotes")
        for name, role, cell in zip(self._heading.names, self._heading.roles, self._cells, strict=True):
            if cell and not name and role is None:
                self._wrong(f"{cell!r} stands in a column without a heading")
        customer = told.get("customer", "")
        if not customer:
            self._wrong("it has no customer")
        account = self._account(told)
        entry = Entry(customer, told.get("customer_name") or customer, account[1], account[0])
        values: dict[str, Any] = {name: told[name] or None for name in TEXTS if name in told}
        values |= {"customer_name": told["customer_name"] or None} if "customer_name" in told else {}
        if OF_CUSTOMER in told and account[0] == "service":
            number = told[OF_CUSTOMER]
            values["customer_account"] = self._number(number, "customer account") if number else None
        if "pod_id" in told:
            values["pod_id"] = self._number(told["pod_id"], "POD-ID") if told["pod_id"] else None
        if "provider" in told:
            values["provider"] = self._tried(cells.provider_of, told["provider"])
        if "manager_email" in told:
            values["manager_email"] = self._tried(cells.email_of, told["manager_email"])
        for name in ("valid_from", "valid_to"):
            if name in told:
                values[name] = self._day(told[name])
        self._refuse_of_service(account[0], values)
        if self._is_wrong:
            return
        own = self._own()
        said = frozenset({*values, *({"further"} if own else ())})
        made = {**values, "customer_name": values.get("customer_name") or customer, "further": own}
        self._found.rows.append(Given(replace(entry, **made), said, self._line))

    def _own(self) -> dict[str, str]:
        columns = zip(self._heading.names, self._heading.roles, self._cells, strict=True)
        return {name: cell for name, role, cell in columns if name and role is None}

    def _account(self, told: Mapping[str, str]) -> tuple[str, str]:
        """Return the kind of the row's account and its number."""
        if "account" in told:
            kind = told["kind"].casefold()
            if kind not in ("customer", "service"):
                self._wrong(f"kind {told['kind']!r} is none; write customer or service")
            if not told["account"]:
                self._wrong("it has no account")
            return kind, self._tried(
                lambda text: _plain_number(text, f"{kind} account"), told["account"]
            ) or ""
        for role, kind in ((OF_SERVICE, "service"), (OF_CUSTOMER, "customer")):
            if told.get(role):
                return kind, self._number(told[role], f"{kind} account") or ""
        self._wrong("it has neither a service account nor a customer account")
        return "service", ""

    def _refuse_of_service(self, kind: str, values: Mapping[str, Any]) -> None:
        if kind == "customer" and values.get("pod_id"):
            self._wrong("a POD-ID is a service account's, and the row names none")

    def _number(self, cell: str, what: str) -> str | None:
        known = self._known.get(what, ())
        number: str | None = self._tried(lambda text: cells.number_of(text, what, known), cell)
        return number

    def _day(self, cell: str) -> Any:
        read = self._tried(cells.day_of, cell)
        if read is None:
            return None
        day, is_open = read
        if is_open:
            self._found.notes.append(Problem((self._line,), f"{cell} is read as {day}, the month first"))
        return day

    def _tried(self, read: Callable[[str], Any], cell: str) -> Any:
        if not cell:
            return None
        try:
            return read(cell)
        except ValueError as error:
            self._wrong(str(error))
            return None

    def _wrong(self, said: str) -> None:
        self._is_wrong = True
        self._found.problems.append(Problem((self._line,), said))


def _plain_number(cell: str, what: str) -> str:
    """Return a number of the column `account`: it may have any length."""
    return cells.number_of(cell, what, _Any())


class _Any:
    """All numbers."""

    def __contains__(self, number: object) -> bool:
        return True
