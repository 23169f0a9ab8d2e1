"""SCE Green Button CSV of 2025, the flat layout: a row has both what was delivered and what was received.

The heading follows the preamble directly, the rows follow it to the end of the file: a date, when
the interval begins and ends, kWh delivered and kWh received; a customer who only takes may have no
last column. Each column is a channel of its own; both may have energy in one interval, and nothing
is netted. Sources: facts on interval formats, 1.1 to 1.3; tests/extractor/intervals/formats/samples/sce_csv.

>>> import io
>>> lines = b'''Date,Energy Consumption time Period Start,Energy Consumption time Period End,Delivered
... "07/28/2025 ","07/28/2025 12:00AM ","07/28/2025 12:15AM ","0.480"
... '''
>>> for block in read(io.BytesIO(lines), "SCE_Usage_8000000001_07-28-25_to_07-28-25.csv"):
...     print(block.series.channel, [(str(one.start), one.seconds, str(one.value)) for one in block])
delivered [('2025-07-28 07:00:00+00:00', 900, '480.000')]
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import BinaryIO

from extractor.intervals.formats._gathering import Part, Row, gathered
from extractor.intervals.formats._local_days import DAY
from extractor.intervals.formats._notes import Notes
from extractor.intervals.formats._sce_text import (
    Lines,
    account_in,
    damaged,
    date_of,
    has_heading,
    no_account,
    seconds_of,
    thousandths,
)
from extractor.intervals.given import Channel, Given, Problem, Series

NAME = "SCE Green Button CSV, flat"
REVISION = 1

_HEADING = re.compile(
    r"date ?, ?energy consumption time period start ?, ?energy consumption time period end ?, ?"
    r"delivered(?: ?, ?(received))?"
)
_CHANNELS: tuple[Channel, ...] = ("delivered", "received")


def claims(name: str, head: bytes) -> bool:
    """Tell whether a file has the heading of this layout."""
    return has_heading(head, _HEADING.fullmatch)


def read(file: BinaryIO, name: str) -> Iterator[Given]:
    """Give the readings of a file, which must be seekable, some days at a time.

    Raises:
        UnreadableIntervalsError: if a row is no reading, or what it says cannot be.
    """
    account = account_in(name)
    if account is None:
        yield no_account(name)
    if not _is_ended(file):
        yield Problem("cut_short", "warning", "the last line has no end: its last number may be cut short")
    notes = Notes()
    with Lines(file) as lines:
        found = lines.found(_HEADING.fullmatch)
        channels = _CHANNELS if found.heading.endswith("received") else _CHANNELS[:1]
        of = [Series(channel, service_account=account) for channel in channels]
        parts = _parts(lines.rows(found.line), len(of))
        yield from gathered(parts, {"": of}, notes, found.days)


def _is_ended(file: BinaryIO) -> bool:
    """Tell whether the last row is whole: it ends in a quote or with its line."""
    place = file.tell()
    try:
        file.seek(max(place, file.seek(0, os.SEEK_END) - 1))
        return file.read(1) in (b"\n", b"\r", b'"', b",", b"")
    finally:
        file.seek(place)


def _parts(rows: Iterator[tuple[int, list[str]]], count: int) -> Iterator[Part]:
    """Gather rows with so many values until the day ends."""
    date, part = "", list[Row]()
    for line, row in rows:
        if not row or not (row[0] or any(map(str.strip, row))):
            continue
        told, reading = _reading(row, line, count)
        if told != date:
            if date and ("/" in told) != ("/" in date):
                raise damaged(
                    line, "dates are written in two ways, as by a spreadsheet that took days for months"
                )
            if part:
                yield "", date, part
            date, part = told, []
        part.append(reading)
    if part:
        yield "", date, part


def _reading(row: list[str], line: int, count: int) -> tuple[str, Row]:
    """Return the date of a row, and what it says."""
    if len(row) != 3 + count and (len(row) < 3 + count or any(map(str.strip, row[3 + count :]))):
        raise damaged(line, "this row does not have what the heading says")
    try:
        (date, begin), (last, end) = _moment(row[1]), _moment(row[2])
        if last != date:
            end += DAY * (date_of(last) - date_of(date)).days
        is_of_its_date = row[0].strip() == date or date_of(row[0].strip()) == date_of(date)
    except ValueError:
        raise damaged(line, "its period is not two dates and times") from None
    if not is_of_its_date:
        raise damaged(line, "it begins on another date than it is of")
    try:
        return date, (line, 0, begin, end, *map(thousandths, row[3 : 3 + count]))
    except ValueError as error:
        raise damaged(line, f"its usage is {error}") from None


@lru_cache(256)
def _moment(text: str) -> tuple[str, int]:
    """Return a date as told, and seconds after its midnight by the clock; most ends are the next row's begin.

    Raises:
        ValueError: if it is no date and time.
    """
    date, time = text.split(None, 1)
    date_of(date)
    return date, seconds_of(time)
