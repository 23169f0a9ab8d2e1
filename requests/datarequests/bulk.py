"""Many requests from one CSV file: each row is a request, all of them are drafted or none.

A row is the same request when the same file has it again: by the file's name and what the row says. So a file
to which rows were added can be drafted once more, and only those are new.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import StringIO

from sqlmodel import Session

from datarequests.drafting import Wanted, draft, new_token
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
    return _checked([_line(number, row, name) for number, row in rows], name)


def _line(number: int, row: Mapping[str | None, object], name: str) -> Line | str:
    """Return a row as a request, or what is wrong with it."""
    if None in row:
        return f"line {number}: more cells than columns"
    cells = _cells(row)
    empty = [one for one in NEEDED if not cells.get(one)]
    if empty:
        return f"line {number}: {', '.join(empty)} is empty"
    try:
        first, last = (_day(cells.get(column, "")) for column in ("from", "to"))
    except ValueError as error:
        return f"line {number}: {error}"
    authorization = cells.get("authorization", "")
    if authorization and not (authorization.isascii() and authorization.isdigit()):
        return f"line {number}: {authorization!r} is no number of an authorization"
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


def _checked(lines: list[Line | str], name: str) -> tuple[Line, ...]:
    faults = [one for one in lines if isinstance(one, str)]
    good = [one for one in lines if isinstance(one, Line)]
    first: dict[str | None, int] = {}
    for one in good:
        at = first.setdefault(one.wanted.batch, one.number)
        if at != one.number:
            faults.append(f"line {one.number}: the same as line {at}")
    if faults:
        raise BulkError("\n".join(f"{name}, {fault}" for fault in faults))
    return tuple(good)


def draft_all(
    session: Session, lines: tuple[Line, ...], name: str, who: str, now: dt.datetime
) -> Iterator[tuple[Line, DataRequest, bool]]:
    """Draft the requests of a file, giving each line with its request, and whether that is new.

    Raises:
        BulkError: if one cannot be drafted: names each such line, and all has to be rolled back.
    """
    faults, found = [], []
    for line in lines:
        try:
            row, is_new = draft(session, line.wanted, who, now, new_token())
        except BillclerkError as error:
            faults.append(f"{name}, line {line.number}: {error}")
        else:
            found.append((line, row, is_new))
    if faults:
        raise BulkError("\n".join(faults))
    yield from found
