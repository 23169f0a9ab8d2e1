"""What SCE's CSV files have in common: their letters, clock times and numbers, and the account in their name.

Values are kWh with up to three decimals, kept exactly in thousandths of a watt-hour; a finer one is
refused, as is a number that a spreadsheet has shortened (`1.2E-05`), or one whose comma is of decimals
(`0,480`: no thousands begin with 0). Dates are YYYY-MM-DD, or
M/D/YYYY after a spreadsheet; times have 24 hours, or AM and PM. The service account stands in the
name of the file and nowhere else. Source: facts on interval formats, 1.1 to 1.3.

>>> thousandths("0.380"), thousandths("-1,026.5"), thousandths(" ")
(380000, -1026500000, None)
>>> date_of("7/28/2025"), seconds_of("12:15AM"), seconds_of("23:45:00")
(datetime.date(2025, 7, 28), 900, 85500)
>>> account_in("SCE_Usage_8000000001_12-02-22_to_01-02-24.csv")
'8000000001'
"""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import BinaryIO, NamedTuple

from extractor.intervals.formats import UnreadableIntervalsError
from extractor.intervals.given import Problem

LATIN_1 = "billclerk-latin-1"
"""Name of the error handler by which bytes that are no UTF-8 are read as Latin-1."""

_OF_SCE = re.compile(r"SCE_Usage_(3-\d{3}-\d{4}-\d{2}|\d{10})(?!\d)", re.ASCII | re.IGNORECASE)
_ANYWHERE = re.compile(r"(?<![\d-])(3-\d{3}-\d{4}-\d{2}|8\d{9})(?!\d)", re.ASCII)
_DASHED = re.compile(r"((?:19|20)\d\d)-(\d\d)-(\d\d)", re.ASCII)
_SLASHED = re.compile(r"(\d\d?)/(\d\d?)/((?:19|20)\d\d)", re.ASCII)
_CLOCK = re.compile(r"(\d\d?):(\d\d)(?::(\d\d))?\s*([AP]M)?", re.ASCII | re.IGNORECASE)
_NUMBER = re.compile(r"(-?)(?=\.?\d)([1-9]\d{0,2}(?:,\d{3}){1,2}|\d{0,9})(?:\.(\d*))?", re.ASCII)
_POWERS = (10**6, 10**5, 10**4, 10**3, 10**2, 10, 1)
_DAYS = re.compile(r"start date: .* for (\d{1,5}) days", re.ASCII)


def account_in(name: str) -> str | None:
    """Return the service account in the name of a file; None when there is none or more than one."""
    found = set(_OF_SCE.findall(name)) or set(_ANYWHERE.findall(name))
    return found.pop() if len(found) == 1 else None


def no_account(name: str) -> Problem:
    """Return what is said where a file's name does not tell the service account."""
    several = bool(_OF_SCE.search(name) or _ANYWHERE.search(name))
    return Problem(
        "no_account",
        "warning",
        f"the file's name has {'several service accounts' if several else 'no service account'}, "
        "and nothing else of SCE's CSV does; keep the name it was downloaded with",
    )


@lru_cache(4096)
def date_of(text: str) -> dt.date:
    """Return a date.

    Raises:
        ValueError: if it is none, or not of 1900 to 2099.
    """
    if match := _DASHED.fullmatch(text):
        year, month, day = match.groups()
    elif match := _SLASHED.fullmatch(text):
        month, day, year = match.groups()
    else:
        raise ValueError("not a date")
    return dt.date(int(year), int(month), int(day))


@lru_cache(4096)
def seconds_of(text: str) -> int:
    """Return how many seconds after midnight a clock's time is by the clock; 24:00 is the day's end.

    Raises:
        ValueError: if it is no time of day.
    """
    match = _CLOCK.fullmatch(text.strip())
    if match is None:
        raise ValueError("not a time")
    hour, minute, second = (int(part or 0) for part in match.groups()[:3])
    if half := match[4]:
        if not 1 <= hour <= 12:
            raise ValueError("not an hour of half a day")
        hour = hour % 12 + (12 if half.upper() == "PM" else 0)
    if (hour, minute, second) == (24, 0, 0):
        return 86400
    time = dt.time(hour, minute, second)
    return time.hour * 3600 + time.minute * 60 + time.second


@lru_cache(65536)
def thousandths(text: str) -> int | None:
    """Return an amount of kWh in thousandths of a watt-hour; None when nothing is there.

    Raises:
        ValueError: if it is no plain number, is finer, or has more than nine digits before the point.
    """
    whole, _, part = text.partition(".")
    if text.isascii() and len(whole) < 10 and len(part) < 7 and (digits := whole + part).isdigit():
        return int(digits) * _POWERS[len(part)]  # as SCE writes them: the rest would say the same, slower
    text = text.strip()
    if not text:
        return None
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise ValueError("not a number")
    sign, whole, part = match[1], match[2].replace(",", ""), match[3] or ""
    if part[6:].strip("0"):
        raise ValueError("finer than thousandths of a watt-hour")
    return int(f"{sign}{whole}{part[:6]:0<6}")


def spaced(text: str) -> str:
    r"""Return a text with plain spaces for non-breaking ones, also those that were read as Windows' letters.

    >>> spaced("00:00:00\xa0to"), spaced("00:00:00\xc2\xa0to")
    ('00:00:00 to', '00:00:00 to')
    """
    return text.replace("\xc2\xa0", " ").replace("\xa0", " ")


def folded(line: str) -> str:
    r"""Return a line without quotes and padding, in lower case, its spaces of every kind single ones.

    >>> folded('"Energy \xa0Delivered time period",Usage,,')
    'energy delivered time period,usage'
    """
    return " ".join(spaced(line).replace('"', "").split()).rstrip(", ").lower()


def has_heading(head: bytes, is_heading: Callable[[str], object]) -> bool:
    """Tell whether one of a file's first lines is a heading."""
    return any(is_heading(folded(line)) for line in head.decode("utf-8-sig", LATIN_1).splitlines())


class Found(NamedTuple):
    """Where the heading of a file was found, and what the preamble says."""

    heading: str
    """Folded."""
    line: int
    """Its line, from 1."""
    days: int
    """Days that the preamble promises; 0 if it does not."""


class Lines:
    """The text of a file: a preamble up to the heading, then rows of CSV.

    An address in the preamble may have a quote that is never closed, so no CSV reader sees it.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._text = io.TextIOWrapper(file, "utf-8-sig", LATIN_1)

    def __enter__(self) -> Lines:
        """Begin; the file stays its owner's to close."""
        return self

    def __exit__(self, *error: object) -> None:
        """Let go of the file."""
        self._text.detach()

    def found(self, is_heading: Callable[[str], object]) -> Found:
        """Return the heading, having passed over all before it.

        Raises:
            UnreadableIntervalsError: if there is none.
        """
        days = 0
        for number, line in enumerate(self._text, 1):
            line = folded(line)
            if is_heading(line):
                return Found(line, number, days)
            if match := _DAYS.fullmatch(line):
                days = int(match[1])
        raise UnreadableIntervalsError("no heading of readings is in this file; download it again")

    def rows(self, after: int) -> Iterator[tuple[int, list[str]]]:
        """Give each row after the heading, with the line it ends on.

        Raises:
            UnreadableIntervalsError: if a quote is not closed.
        """
        rows = csv.reader(self._text, strict=True)
        try:
            for row in rows:
                yield after + rows.line_num, row
        except csv.Error as error:
            raise damaged(after + rows.line_num, f"this is not CSV: {error}") from error


def damaged(line: int, reason: str) -> UnreadableIntervalsError:
    """Return the error that a line makes its file unreadable."""
    return UnreadableIntervalsError(f"line {line}: {reason}")


def _as_latin_1(error: UnicodeError) -> tuple[str, int]:
    """Read the bytes at fault as Latin-1."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("latin-1"), error.end


codecs.register_error(LATIN_1, _as_latin_1)
