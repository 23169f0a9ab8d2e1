r"""SCE Green Button CSV, the layouts with a day's readings under one another.

A preamble, then for each day a heading and its rows. Customers who only take have one block a day,
`Energy consumption time period`; since April 2021 those who also give have two, `Energy Delivered
time period` and `Energy Received time period`, and only the heading tells which. Daily values come
the same way. Before that, the energy of such customers was signed: where a usage is below zero,
all of the file's consumption is net. Sources: facts on interval formats, 1.1 to 1.3;
tests/extractor/intervals/formats/samples/sce_csv.

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

from extractor.intervals.formats._gathering import Part, Row, gathered
from extractor.intervals.formats._local_days import DAY
from extractor.intervals.formats._notes import Notes
from extractor.intervals.formats._sce_text import (
    Lines,
    account_in,
    damaged,
    date_of,
    folded,
    has_heading,
    no_account,
    seconds_of,
    spaced,
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
_TIMES = re.compile(r"\s*(?P<begin>\d[^t]*?)\s*to\s+(?:(?P<last>[\d/-]+)\s)?\s*(?P<end>\d\S*(?: [AP]M)?)\s*")


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
    of = {word: [Series(channel, service_account=account)] for word, channel in channels.items()}
    notes = Notes()
    with Lines(file) as lines:
        found = lines.found(_HEADING.fullmatch)
        parts = _parts(lines.rows(found.line), _word(found.heading), notes)
        yield from gathered(parts, of, notes, found.days)
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


def _parts(rows: Iterator[tuple[int, list[str]]], word: str, notes: Notes) -> Iterator[Part]:
    """Gather rows under the word of their heading until the day ends, or its block."""
    date, part = "", list[Row]()
    for line, row in rows:
        period = spaced(row[0]).lstrip() if row else ""
        if period[:1].isdigit():
            told = period.partition(" ")[0]
            reading = _reading(row, period.replace(told, ""), told, line, notes)
            if told != date:
                if part:
                    yield word, date, part
                date, part = told, []
            part.append(reading)
        elif text := folded(",".join(row)):
            if part:
                yield word, date, part
            word, date, part = _word_after(text, word, line), "", []
    if part:
        yield word, date, part


def _word_after(text: str, word: str, line: int) -> str:
    """Return the word of the heading that holds after a row, which is a heading or the title of a day."""
    if match := _HEADING.fullmatch(text):
        return match[1]
    if text.startswith("data for period starting:"):
        return word
    raise damaged(line, "this row is neither a reading nor a heading")


def _reading(row: list[str], times: str, date: str, line: int, notes: Notes) -> Row:
    """Return what a row says; `times` is its period without its date."""
    if len(row) != 3 and (len(row) < 3 or any(map(str.strip, row[3:]))):
        raise damaged(line, "this row does not have a period, a usage and a quality")
    try:
        begin, end, last = _times(times)
        if last:
            end += DAY * (date_of(last) - date_of(date)).days
    except ValueError:
        raise damaged(line, "its period is not two dates and times") from None
    try:
        value = thousandths(row[1])
    except ValueError as error:
        raise damaged(line, f"its usage is {error}") from None
    if not row[2]:
        return line, 0, begin, end, value
    quality = row[2].strip().lower()
    return line, _quality(quality, line, notes), begin, end, None if quality == "missing" else value


@lru_cache(4096)
def _times(text: str) -> tuple[int, int, str]:
    """Return begin and end of a period without its date, and the date of its end where that is another.

    Raises:
        ValueError: if they are no times.
    """
    match = _TIMES.fullmatch(text)
    if match is None:
        raise ValueError("no period")
    return seconds_of(match["begin"]), seconds_of(match["end"]), match["last"] or ""


def _quality(name: str, line: int, notes: Notes) -> Quality:
    """Return the quality that has a name."""
    if name not in _QUALITIES and name != "missing":
        notes.add("quality_word", "Reading quality", line)
    return _QUALITIES.get(name, Quality.UNKNOWN)
