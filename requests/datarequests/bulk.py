"""Many requests from one CSV file: each row is a request, all of them are drafted or none.

A row is the same request when the same file has it again: by the file's name and what the row says. So a file
to which rows were added can be drafted once more, and only those are new.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from typing import NamedTuple

from sqlmodel import Session, select

from datarequests.drafting import Drafted, Wanted, draft, new_token
from datarequests.on_roster import HeldOf, nothing_known
from datarequests.tables import DataRequest
from extractor.base.errors import BillclerkError

NEEDED = ("customer", "counterparty")

COLUMNS = (*NEEDED, "authorization", "account", "option", "from", "to", "channel", "manager", "want")
"""Columns of the file; an account, an option and a want may be several with a space between them."""

MOST = 1000
"""Rows of one file."""


class BulkError(BillclerkError):
    """A file of requests says what it cannot; nothing was drafted. The message names each line."""

    exit_code = 2


class Fault(NamedTuple):
    """What is wrong with a row, and on which line of its file it stands."""

    number: int
    said: str


@dataclass(frozen=True)
class Line:
    """A row, and on which line of its file it stands."""

    number: int
    wanted: Wanted


def read(text: str, name: str) -> tuple[Line, ...]:
    """Return the requests of a file.

    Raises:
        BulkError: names each line at fault.
    """
    lines, faults = parsed(text, name)
    _refuse(faults, name)
    return lines


def parsed(text: str, name: str) -> tuple[tuple[Line, ...], tuple[Fault, ...]]:
    """Return the requests of a file, and what is wrong with its other rows.

    Raises:
        BulkError: if it is no such file.
    """
    reader = csv.DictReader(StringIO(text, newline=""), strict=True)
    try:
        rows = [(reader.line_num, row) for row in reader if any(_cells(row).values())]
    except csv.Error as error:
        raise BulkError(f"{name}, line {reader.line_num}: {error}") from None
    columns = reader.fieldnames or ()
    missing = [one for one in NEEDED if one not in columns]
    unknown = [one for one in columns if one not in COLUMNS]
    if missing or unknown:
        raise BulkError(f"{name}: columns missing: {missing}; unknown: {unknown}; known: {list(COLUMNS)}")
    if not rows or len(rows) > MOST:
        raise BulkError(f"{name} has {len(rows)} requests; a file has 1 to {MOST}")
    return _parted([_line(number, row, name) for number, row in rows])


def _refuse(faults: Iterable[Fault], name: str) -> None:
    if told := [f"{name}, line {number}: {said}" for number, said in sorted(faults)]:
        raise BulkError("\n".join(told))


def _line(number: int, row: Mapping[str | None, object], name: str) -> Line | Fault:
    """Return a row as a request, or what is wrong with it."""
    if None in row:
        return Fault(number, "more cells than columns")
    cells = _cells(row)
    empty = [one for one in NEEDED if not cells.get(one)]
    if empty:
        return Fault(number, f"{', '.join(empty)} is empty")
    try:
        first, last = (_day(cells.get(column, "")) for column in ("from", "to"))
    except ValueError as error:
        return Fault(number, str(error))
    authorization = cells.get("authorization", "")
    if authorization and not (authorization.isascii() and authorization.isdigit()):
        return Fault(number, f"{authorization!r} is no number of an authorization")
    wanted = Wanted(
        customer=cells["customer"],
        counterparty=cells["counterparty"],
        authorization=int(authorization) if authorization else None,
        accounts=parts(cells.get("account", "")),
        options=parts(cells.get("option", "")),
        first=first,
        last=last,
        channel=cells.get("channel") or "email",
        manager=cells.get("manager") or None,
        wants=parts(cells.get("want", "")),
        batch=_batch(cells, name),
    )
    return Line(number, wanted)


def parts(text: str) -> tuple[str, ...]:
    """Return several values of one cell or option.

    >>> parts("1, 5"), parts("8000000001 8000000002")
    (('1', '5'), ('8000000001', '8000000002'))
    """
    return tuple(text.replace(",", " ").replace(";", " ").split())


def _cells(row: Mapping[str | None, object]) -> dict[str, str]:
    return {name: value.strip() for name, value in row.items() if name and isinstance(value, str)}


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise ValueError(f"{text!r} is no date; write 2026-11-25") from None


def _batch(cells: Mapping[str, str], name: str) -> str:
    said = json.dumps(sorted((column, value) for column, value in cells.items() if value))
    return f"{name}:{hashlib.sha256(said.encode()).hexdigest()[:16]}"


def _parted(rows: Iterable[Line | Fault]) -> tuple[tuple[Line, ...], tuple[Fault, ...]]:
    every = list(rows)
    faults = [one for one in every if isinstance(one, Fault)]
    good = tuple(one for one in every if isinstance(one, Line))
    first: dict[str | None, int] = {}
    for one in good:
        at = first.setdefault(one.wanted.batch, one.number)
        if at != one.number:
            faults.append(Fault(one.number, f"the same as line {at}"))
    return good, tuple(faults)


def draft_all(
    session: Session,
    lines: Iterable[Line],
    name: str,
    who: str,
    now: dt.datetime,
    faults: Iterable[Fault] = (),
    held_of: HeldOf = nothing_known,
) -> Iterator[tuple[Line, Drafted]]:
    """Draft the requests of a file, giving each line with its request. `held_of` gives what the roster says.

    Raises:
        BulkError: if one cannot be drafted: names each such line, and those that had faults before; then all
            has to be rolled back.
    """
    found, wrong = [], list(faults)
    for line in lines:
        try:
            made = draft(session, line.wanted, who, now, new_token(), held_of)
        except BillclerkError as error:
            wrong.append(Fault(line.number, str(error)))
        else:
            found.append((line, made))
    _refuse(wrong, name)
    yield from found


def drafted(session: Session, lines: Iterable[Line], name: str) -> tuple[DataRequest, ...]:
    """Return the requests that were drafted from a file, in its order.

    Raises:
        BulkError: names each line of which there is none.
    """
    found, wrong = [], []
    for line in lines:
        row = session.exec(select(DataRequest).where(DataRequest.batch == line.wanted.batch)).first()
        if row is None:
            wrong.append(Fault(line.number, f"not drafted; `billclerk request draft --csv {name}` does"))
        else:
            found.append(row)
    _refuse(wrong, name)
    return tuple(found)
