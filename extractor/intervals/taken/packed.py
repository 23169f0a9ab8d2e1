"""What a reader gives, packed into a file and unpacked by who does not trust it.

Each thing is a line of JSON; behind that of readings stand their columns, as they are in memory: starts,
seconds and values (eight bytes each), qualities (one byte each, or none). Nothing is built from it but
what `extractor.intervals.given` has, and no text is longer than it may be.

>>> import io
>>> held = io.BytesIO()
>>> series = Series("delivered", service_account="8000000001")
>>> pack([Readings(series, array("q", [0]), array("q", [900]), array("q", [480_000]))], held)
>>> _ = held.seek(0)
>>> [block] = unpack(held)
>>> block.series == series, next(iter(block)).value
(True, Decimal('480.000'))
"""

from __future__ import annotations

import datetime as dt
import json
from array import array
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, BinaryIO, get_args

from extractor.intervals.formats import UnreadableIntervalsError
from extractor.intervals.given import (
    Account,
    Channel,
    Cost,
    Given,
    Problem,
    Quality,
    Readings,
    Series,
    Summary,
    Unit,
)

LONGEST_LINE = 1_000_000
"""Bytes of a line of JSON: a summary of a bill has some thousand."""

LONGEST = {"p": 1000}
"""Characters of a text in a thing of a kind; of others `LONGEST_NAME`."""

LONGEST_NAME = 500
"""Characters of a name or number: usage points are addresses of resources."""

MOST_BYTES = 2_000_000_000
"""What a file may be packed to: eighty million readings."""

AT_ONCE = 100_000
"""Readings in one block at most; a longer one is written as several."""

_KINDS: dict[str, type[Account | Summary | Problem]] = {"a": Account, "s": Summary, "p": Problem}


def pack(given: Iterable[Given], out: BinaryIO) -> None:
    """Write what a reader gives.

    Raises:
        UnreadableIntervalsError: if it is more than a file may hold, or what the reader raises.
        OSError: as the system says.
    """
    for one in given:
        if isinstance(one, Readings):
            _pack_readings(one, out)
        else:
            (kind,) = (letter for letter, of in _KINDS.items() if isinstance(one, of))
            out.write(_line(kind, list(one)))
        if out.tell() > MOST_BYTES:
            raise UnreadableIntervalsError("the file holds more readings than any meter has; split it")


def _pack_readings(block: Readings, out: BinaryIO) -> None:
    has_qualities = len(block.qualities) > 0
    for first in range(0, len(block), AT_ONCE):
        part = slice(first, min(first + AT_ONCE, len(block)))
        count = part.stop - part.start
        out.write(_line("r", [list(block.series), count, has_qualities, block.is_confirmed]))
        for column in (block.starts, block.seconds, block.thousandths):
            out.write(column[part].tobytes())
        if has_qualities:
            out.write(block.qualities[part].tobytes())


def _line(kind: str, values: list[Any]) -> bytes:
    return json.dumps([kind, values], default=str).encode() + b"\n"


def unpack(file: BinaryIO) -> Iterator[Given]:
    """Give what was packed.

    Raises:
        UnreadableIntervalsError: if a text of it is longer than it may be, or it is none of ours.
    """
    while line := file.readline(LONGEST_LINE):
        try:
            kind, values = json.loads(line)
            if kind == "r":
                yield _readings(values, file)
            else:
                yield _one(kind, values)
        except (ValueError, TypeError, KeyError, ArithmeticError):
            raise UnreadableIntervalsError("what was read of the file cannot be; report it") from None


def _readings(values: list[Any], file: BinaryIO) -> Readings:
    names, count, has_qualities, is_confirmed = values
    series = Series(*_texts(names, LONGEST_NAME))
    if series.channel not in get_args(Channel) or series.unit not in get_args(Unit):
        raise ValueError("no such series")
    if not 0 <= count <= AT_ONCE:
        raise ValueError("no such block")
    starts, seconds, thousandths = (_column("q", count, file) for _ in range(3))
    qualities = _column("b", count if has_qualities else 0, file)
    if len(qualities) and not Quality.UNKNOWN <= min(qualities) <= max(qualities) <= Quality.REVENUE:
        raise ValueError("no such quality")
    return Readings(series, starts, seconds, thousandths, qualities, bool(is_confirmed))


def _column(typecode: str, count: int, file: BinaryIO) -> array[int]:
    column = array(typecode)
    data = file.read(count * column.itemsize)
    if len(data) != count * column.itemsize:
        raise ValueError("cut short")
    column.frombytes(data)
    return column


def _one(kind: str, values: list[Any]) -> Given:
    values = _texts(values, LONGEST.get(kind, LONGEST_NAME))
    match kind:
        case "a":
            return Account(*values)
        case "p":
            return _problem(*values)
        case "s":
            return _summary(*values)
        case _:
            raise ValueError("no such thing")


def _problem(code: str, severity: str, message: str, line: int | None) -> Problem:
    if severity not in ("info", "warning", "error"):
        raise ValueError("no such severity")
    return Problem(code, severity, message, line)  # type: ignore[arg-type]  # checked above


def _summary(
    usage_point: str | None,
    service_account: str | None,
    first: str,
    last: str,
    total: str | None,
    kwh: str | None,
    rate_schedule: str | None,
    costs: list[list[Any]],
    additional: str | None,
    kwh_since: str | None,
    total_since: str | None,
    currency: str | None,
) -> Summary:
    if currency not in (None, "USD"):
        raise ValueError("no such currency")
    return Summary(
        usage_point,
        service_account,
        dt.date.fromisoformat(first),
        dt.date.fromisoformat(last),
        _number(total),
        _number(kwh),
        rate_schedule,
        tuple(_cost(*_texts(cost, LONGEST_NAME)) for cost in costs),
        _number(additional),
        _number(kwh_since),
        _number(total_since),
        currency,
    )


def _cost(label: str, amount: str | None, kind: str | None, measured: str | None, unit: str | None) -> Cost:
    return Cost(label, _number(amount), kind, _number(measured), unit)


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _texts(values: list[Any], longest: int) -> list[Any]:
    """Return values, of which no text is too long or has what a database does not take.

    Raises:
        UnreadableIntervalsError: if one is.
    """
    for value in values:
        if isinstance(value, str) and len(value) > longest:
            raise UnreadableIntervalsError(f"a text in it has more than {longest} characters; is it damaged?")
    return [value.replace("\0", "\ufffd") if isinstance(value, str) else value for value in values]
