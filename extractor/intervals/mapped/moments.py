"""Dates and times as people and programs write them, and which of them leave the order of day and month open.

>>> moment("7/4/2025 12:15 AM", "mdy")
Moment(date=datetime.date(2025, 7, 4), seconds=900, offset=None)
>>> moment("2025-07-04T00:15:00-07:00", "mdy").offset
-25200
>>> sorted(orders("02/03/2025")), sorted(orders("13/03/2025")), sorted(orders("04-Jul-2025"))
(['dmy', 'mdy'], ['dmy'], ['dmy', 'mdy', 'ymd'])
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from functools import lru_cache
from typing import Literal, NamedTuple

from extractor.intervals.formats._sce_text import seconds_of

Order = Literal["mdy", "dmy", "ymd"]
ORDERS: tuple[Order, ...] = ("mdy", "dmy", "ymd")

_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_abbr) if number}
_YEAR_FIRST = re.compile(r"((?:19|20)\d\d)([-/.])(\d{1,2})\2(\d{1,2})", re.ASCII)
_DIGITS = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)", re.ASCII)
_THREE = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2((?:19|20)?\d\d)", re.ASCII)
_NAMED = re.compile(r"(\d{1,2})[- ]?([a-z]{3})[a-z]*[-, ]+((?:19|20)?\d\d)", re.ASCII | re.IGNORECASE)
_NAME_FIRST = re.compile(r"([a-z]{3})[a-z]*\.? (\d{1,2}),? ((?:19|20)\d\d)", re.ASCII | re.IGNORECASE)
_DATE = "|".join(
    f"(?:{one})"
    for one in (
        r"\d{4}([-/.])\d{1,2}\2\d{1,2}",
        r"\d{8}",
        r"\d{1,2}([-/.])\d{1,2}\3\d{2,4}",
        r"\d{1,2}[- ]?[A-Za-z]{3,9}[-, ]+\d{2,4}",
        r"[A-Za-z]{3,9}\.? \d{1,2},? \d{4}",
    )
)
_MOMENT = re.compile(
    rf"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? )?(?P<date>{_DATE})"
    r"(?:(?:T| ?,? ?)(?P<time>\d{1,2}:\d\d(?::\d\d)?(?:\.\d+)?(?: ?[AaPp]\.?[Mm]\.?)?|\d{4}(?:\d\d)?)"
    r"(?: ?(?P<zone>Z|UTC|GMT|P[SD]T|[+-]\d\d:?\d\d))?)?",
    re.ASCII,
)
_ZONES = {"Z": 0, "UTC": 0, "GMT": 0, "PST": -28800, "PDT": -25200}


class Moment(NamedTuple):
    """What a cell says of a moment."""

    date: dt.date
    seconds: int | None
    """After midnight by the clock, up to 86400; None where it is a date alone."""
    offset: int | None
    """Seconds from UTC, where it says them."""


@lru_cache(65536)
def moment(text: str, order: Order) -> Moment:
    """Return the moment that a text says.

    Raises:
        ValueError: if it is none.
    """
    match = _MOMENT.fullmatch(" ".join(text.split()))
    if match is None:
        raise ValueError("is no date")
    time, zone = match["time"], match["zone"]
    seconds = None if time is None else clock(time)
    return Moment(date(match["date"], order), seconds, None if zone is None else _offset(zone))


def _offset(zone: str) -> int:
    if zone in _ZONES:
        return _ZONES[zone]
    minutes = int(zone[1:3]) * 60 + int(zone[-2:])
    return (-60 if zone[0] == "-" else 60) * minutes


@lru_cache(8192)
def date(text: str, order: Order) -> dt.date:
    """Return a date; `order` is that of its parts where its year is not first in four digits.

    Raises:
        ValueError: if it is none.
    """
    if match := _YEAR_FIRST.fullmatch(text):
        year, month, day = match[1], match[3], match[4]
    elif match := _DIGITS.fullmatch(text):
        year, month, day = match.groups()
    elif match := _THREE.fullmatch(text):
        parts = match[1], match[3], match[4]
        if order == "ymd" and len(match[4]) == 4:
            raise ValueError("has its year last")
        year, month, day = (parts[order.index(letter)] for letter in "ymd")
    elif match := _NAMED.fullmatch(text):
        year, month, day = match[3], _month(match[2]), match[1]
    elif match := _NAME_FIRST.fullmatch(text):
        year, month, day = match[3], _month(match[1]), match[2]
    else:
        raise ValueError("is no date")
    return dt.date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))


def _month(name: str) -> str:
    try:
        return str(_MONTHS[name.lower()])
    except KeyError:
        raise ValueError("has no month") from None


@lru_cache(8192)
def clock(text: str) -> int:
    """Return how many seconds after midnight a clock's time is; 0015 is a quarter past.

    Raises:
        ValueError: if it is no time of day, or finer than seconds.
    """
    text = text.strip().upper().replace(".M", "M").replace("M.", "M").replace("A.", "A").replace("P.", "P")
    if text.isascii() and text.isdigit():
        if not 3 <= len(text) <= 6 or len(text) == 5:
            raise ValueError("is no time")
        padded = f"{text:0>4}"
        text = ":".join(padded[at : at + 2] for at in range(0, len(padded), 2))
    whole, point, fraction = text.partition(".")
    if point and fraction.strip("0"):
        raise ValueError("is finer than a second")
    return seconds_of(whole)


@lru_cache(8192)
def orders(text: str) -> frozenset[Order]:
    """Return the orders of day, month and year in which a text is a date: all where it leaves none open."""
    found = set()
    for order in ORDERS:
        try:
            moment(text, order)
        except ValueError:
            continue
        found.add(order)
    return frozenset(found)


@lru_cache(8192)
def is_certain(text: str) -> bool:
    """Tell whether a date's order is plain from how it is written: year first, or the month by its name."""
    match = _MOMENT.fullmatch(" ".join(text.split()))
    return match is not None and not _THREE.fullmatch(match["date"])


Kind = Literal["moment", "date", "time", "number", "empty", "text"]


@lru_cache(65536)
def kind_of(text: str) -> Kind:
    """Tell what a cell is.

    >>> [kind_of(one) for one in ("7/4/2025 0:15", "2025-07-04", "0:15", "1,200.5", " ", "HE01")]
    ['moment', 'date', 'time', 'number', 'empty', 'text']
    """
    text = text.strip()
    if not text:
        return "empty"
    if not any(map(str.isdigit, text)):
        return "text"
    if is_number(text):
        return "date" if _DIGITS.fullmatch(text) and orders(text) else "number"
    for order in orders(text):
        return "date" if moment(text, order).seconds is None else "moment"
    try:
        clock(text)
    except ValueError:
        return "text"
    return "time"


_NUMBER = re.compile(r"[+-]?(?=[.,]?\d)(?:\d*|\d{1,3}(?:[.,]\d{3})+)(?:[.,]\d*)?", re.ASCII)


def is_number(text: str) -> bool:
    """Tell whether a text is a number, with whichever points and commas."""
    return _NUMBER.fullmatch(text) is not None
