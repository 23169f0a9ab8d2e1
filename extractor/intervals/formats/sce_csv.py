r"""SCE Green Button CSV, the layouts with a day's readings under one another.

A preamble, then for each day a heading and its rows. Customers who only take have one block a day,
`Energy consumption time period`; since April 2021 those who also give have two, `Energy Delivered
time period` and `Energy Received time period`, and only the heading tells which. Daily values come
the same way. Before that, the energy of such customers was signed: where a usage is below zero,
all of the file's consumption is net. Sources: facts on interval formats, 1.1 to 1.3;
tests/extractor/intervals/samples/sce_csv.

>>> import io
>>> lines = '''Energy consumption time period,Usage(Real energy in kilowatt-hours),Reading quality
... "2020-05-01 00:00:00\xa0 to 2020-05-01 00:15:00","0.25",""
... '''
>>> block, *said = read(io.BytesIO(lines.encode()), "SCE_Usage_8000000001_05-01-20_to_05-01-20.csv")
>>> [(str(one.start), one.seconds, str(one.value)) for one in block]
[('2020-05-01 07:00:00+00:00', 900, '250.000')]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import BinaryIO

from extractor.intervals.formats._local_days import DAY, Day, Notes, Row, gathered
from extractor.intervals.formats._sce_text import (
    Lines,
    account_in,
    damaged,
    date_of,
    folded,
    has_heading,
    no_account,
    seconds_of,
    thousandths,
)
from extractor.intervals.given import Channel, Given, Problem, Quality, Series

NAME = "SCE Green Button CSV"
REVISION = 1

_HEADING = re.compile(
    r"energy (consumption|delivered|received|net) time period ?, ?"
    r"usage[^,]*\(real energy in kilowatt-hours\) ?, ?reading quality"
)
_CHANNELS: dict[str, Channel] = {
    "consumption": "delivered",
    "delivered": "delivered",
    "received": "received",
    "net": "net",
}
_QUALITIES = {"actual": Quality.UNKNOWN, "estimated": Quality.ESTIMATED, "validated": Quality.VALIDATED}
"""By the names that the preamble has for them; "missing" is the fourth. No file seen uses any."""

_BELOW_ZERO = re.compile(rb',(?:(?<=:\d\d,)|(?<=:\d\d",))\s*"?\s*-[.,0]*[1-9]')
"""A period's end and a negative usage after it."""
_CHUNK = 1 << 20

_Period = tuple[str, int, int]
"""A date, and begin and end in seconds by the clock after the midnight before it."""


def claims(name: str, head: bytes) -> bool:
    """Tell whether a file has the heading of such a day."""
    return has_heading(head, _HEADING.fullmatch)


def read(file: BinaryIO, name: str) -> Iterator[Given]:
    """Give the readings of a file, which must be seekable, a few days at a time.

    Raises:
        UnreadableIntervalsError: if a row is no reading, or what it says cannot be.
    """
    account = account_in(name)
    if account is None:
        yield no_account(name)
    is_signed = _is_below_zero(file)
    channels = _CHANNELS | ({"consumption": "net"} if is_signed else {})
    notes = Notes()
    with Lines(file) as lines:
        found = lines.found(_HEADING.fullmatch)
        days = _days(lines.rows(found.line), _word(found.heading), channels, notes)
        of = {channel: Series(channel, service_account=account) for channel in channels.values()}
        yield from gathered(((word, of[channels[word]], day) for word, day in days), notes, found.days)
    if is_signed and _word(found.heading) == "consumption":
        yield Problem("signed", "info", "a usage is below zero: consumption is net of what was given")


def _is_below_zero(file: BinaryIO) -> bool:
    """Tell whether any value of a file is below zero, and go back to where the file was."""
    place = file.tell()
    try:
        while lines := file.readlines(_CHUNK):
            if _BELOW_ZERO.search(b"".join(lines)):
                return True
        return False
    finally:
        file.seek(place)


def _word(heading: str) -> str:
    match = _HEADING.fullmatch(heading)
    return match[1] if match else ""


def _days(
    rows: Iterator[tuple[int, list[str]]], word: str, channels: dict[str, Channel], notes: Notes
) -> Iterator[tuple[str, Day]]:
    """Gather rows under the word of their heading until the day ends, or its block."""
    date, day = "", list[Row]()
    for line, row in rows:
        if row and row[0].lstrip()[:1].isdigit():
            (told, begin, end), value, quality = _reading(row, line)
            if told != date:
                if day:
                    yield word, Day(date_of(date), day)
                date, day = told, []
            if value is None:
                notes.add("no_value", channels[word], line)
            elif value < 0 and channels[word] != "net":
                raise damaged(line, f"{channels[word]} energy cannot be below zero")
            else:
                day.append((begin, end, value, line, _quality(quality, line, notes) if quality else 0))
        elif text := folded(",".join(row)):
            if day:
                yield word, Day(date_of(date), day)
            word, date, day = _word_after(text, word, line), "", []
    if day:
        yield word, Day(date_of(date), day)


def _word_after(text: str, word: str, line: int) -> str:
    """Return the word of the heading that holds after a row, which is a heading or the title of a day."""
    if match := _HEADING.fullmatch(text):
        return match[1]
    if text.startswith("data for period starting:"):
        return word
    raise damaged(line, "this row is neither a reading nor a heading")


def _reading(row: list[str], line: int) -> tuple[_Period, int | None, str]:
    """Return the period of a row, its value and the name of its quality."""
    if len(row) != 3 and (len(row) < 3 or any(map(str.strip, row[3:]))):
        raise damaged(line, "this row does not have a period, a usage and a quality")
    try:
        period = _period(row[0])
    except ValueError:
        raise damaged(line, "its period is not two dates and times") from None
    try:
        value = thousandths(row[1])
    except ValueError as error:
        raise damaged(line, f"its usage is {error}") from None
    quality = row[2] and row[2].strip().lower()
    return period, None if quality == "missing" else value, quality


@lru_cache(256)
def _period(text: str) -> _Period:
    """Return a date as told, begin and end; two channels have the same periods after one another.

    Raises:
        ValueError: if it is no period.
    """
    date, begin, to, last, end = text.split()
    day, since, until = date_of(date), seconds_of(begin), seconds_of(end)
    if to != "to":
        raise ValueError("no period")
    if last != date:
        until += DAY * (date_of(last) - day).days
    return date, since, until


def _quality(name: str, line: int, notes: Notes) -> Quality:
    """Return the quality that has a name; none seen in a file has one."""
    if name not in _QUALITIES:
        notes.add("quality_word", "Reading quality", line)
    return _QUALITIES.get(name, Quality.UNKNOWN)
