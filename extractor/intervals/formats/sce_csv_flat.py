"""SCE Green Button CSV of 2025, the flat layout: a row has both what was delivered and what was received.

The heading follows the preamble directly, the rows follow it to the end of the file: a date, when
the interval begins and ends, kWh delivered and kWh received; a customer who only takes may have no
last column. Each column is a channel of its own; both may have energy in one interval, and nothing
is netted. Sources: facts on interval formats, 1.1 to 1.3; tests/extractor/intervals/samples/sce_csv.

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
from typing import BinaryIO

from extractor.intervals.formats._local_days import DAY, Day, Notes, Row, gathered
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
        days = _days(lines.rows(found.line), of, notes)
        yield from gathered((("", series, day) for series, day in days), notes, found.days)


def _is_ended(file: BinaryIO) -> bool:
    """Tell whether the last row is whole: it ends in a quote or with its line."""
    place = file.tell()
    try:
        file.seek(max(place, file.seek(0, os.SEEK_END) - 1))
        return file.read(1) in (b"\n", b"\r", b'"', b",", b"")
    finally:
        file.seek(place)


def _days(
    rows: Iterator[tuple[int, list[str]]], of: list[Series], notes: Notes
) -> Iterator[tuple[Series, Day]]:
    """Gather rows of each series until the day ends."""
    date, days = "", [list[Row]() for _ in of]
    for line, row in rows:
        if not any(map(str.strip, row)):
            continue
        told, begin, end, values = _reading(row, line, len(of))
        if told != date:
            yield from _with_rows(of, date, days)
            date, days = told, [[] for _ in of]
        for series, day, value in zip(of, days, values, strict=True):
            if value is None:
                notes.add("no_value", series.channel, line)
            elif value < 0:
                raise damaged(line, f"{series.channel} energy cannot be below zero")
            else:
                day.append((begin, end, value, line, 0))
    yield from _with_rows(of, date, days)


def _with_rows(of: list[Series], date: str, days: list[list[Row]]) -> Iterator[tuple[Series, Day]]:
    return ((series, Day(date_of(date), day)) for series, day in zip(of, days, strict=True) if day)


def _reading(row: list[str], line: int, count: int) -> tuple[str, int, int, list[int | None]]:
    """Return a row's date, when it begins and ends after its midnight by the clock, and so many values."""
    if len(row) < 3 + count or any(map(str.strip, row[3 + count :])):
        raise damaged(line, "this row does not have what the heading says")
    try:
        (date, begin), (last, end) = row[1].split(None, 1), row[2].split(None, 1)
        since, until = seconds_of(begin), seconds_of(end)
        if last != date:
            until += DAY * (date_of(last) - date_of(date)).days
        if date_of(row[0].strip()) != date_of(date):
            raise damaged(line, "it begins on another date than it is of")
    except ValueError:
        raise damaged(line, "its period is not two dates and times") from None
    try:
        return date, since, until, [thousandths(value) for value in row[3 : 3 + count]]
    except ValueError as error:
        raise damaged(line, f"its usage is {error}") from None
