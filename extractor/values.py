"""Printed text -> exact value; text that is not plainly one is refused, never guessed.

Money is printed by SCE as `$1,089.62`, `-$0.18` and, by other systems of the trade, as
`$-0.18`, `$12.00-`, `($12.00)` and `$12.00 CR`. Dates are `06/24/25`, `05/05/2025`,
`May 2 '08` or `Jul 9 '25`. Years of two digits are of 1990 to 2089.

>>> usd("-$1,089.62"), usd("$12.00 CR"), usd("(12.00)")
(Decimal('-1089.62'), Decimal('-12.00'), Decimal('-12.00'))
>>> usd("$1,0O9.62")
Traceback (most recent call last):
...
extractor.values.UnreadableValueError: not an amount in dollars and cents: '$1,0O9.62'
>>> day("06/24/25"), day("May 2 '08")
(datetime.date(2025, 6, 24), datetime.date(2008, 5, 2))
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

from extractor.base.errors import BillclerkError

MINUS = "-\u2212\u2013"
"""The characters that bills print for a minus sign."""

DIGITS = r"(?:\d{1,3}(?:,\d{3})+|\d+)"
USD = (
    rf"(?:[{MINUS}]\$?\s?{DIGITS}?\.\d\d|\$?\s?[{MINUS}]{DIGITS}?\.\d\d|\(\s?\$?{DIGITS}?\.\d\d\s?\)"
    rf"|\$?\s?{DIGITS}?\.\d\d(?:\s?CR\b|[{MINUS}](?!\S))?)"
)
"""A pattern for an amount in dollars and cents, in every form a bill prints."""

DATE = r"(?:\d{1,2}/\d{1,2}/(?:\d{4}|\d{2})|[A-Z][a-z]{2}\.? \d{1,2}(?:,? '\d{2}|, \d{4}))"
"""A pattern for a date as bills print it."""

DATE_LOWER = DATE.replace("[A-Z]", "[a-z]")
"""The same for text in lower case."""

_USD = re.compile(USD)
_NUMBER = re.compile(rf"(?=\D*\d)[{MINUS}]?\$?[{MINUS}]?(?:{DIGITS})?(?:\.\d+)?")
_NO_DIGIT = re.compile(r"[^\d.]")
_SIGNS = frozenset(MINUS)
_CREDIT = frozenset(f"{MINUS}(C")
"""What an amount below zero has one of: a minus, brackets, or CR."""
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})")
_NAMED = re.compile(r"([A-Z][a-z]{2})\.? (\d{1,2}),? (?:'(\d{2})|(\d{4}))")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_CENTURY_PIVOT = 90


class UnreadableValueError(BillclerkError, ValueError):
    """The text is not plainly the value it should be; look at the place and correct it by hand."""


def usd(text: str) -> Decimal:
    """Return an amount in dollars and cents, exact.

    Raises:
        UnreadableValueError: if it is not one.
    """
    if _USD.fullmatch(text.strip()) is None:
        raise UnreadableValueError(f"not an amount in dollars and cents: {text!r}")
    amount = Decimal(_NO_DIGIT.sub("", text))
    return amount if _CREDIT.isdisjoint(text) else -amount


def number(text: str) -> Decimal:
    """Return a quantity or a rate, exact, with the digits as printed.

    >>> number("3,499"), number("-$6.85000"), number("436.488")
    (Decimal('3499'), Decimal('-6.85000'), Decimal('436.488'))
    >>> number("1,29")
    Traceback (most recent call last):
    ...
    extractor.values.UnreadableValueError: not a number: '1,29'
    """
    digits = text.strip()
    if _NUMBER.fullmatch(digits) is None:
        raise UnreadableValueError(f"not a number: {text!r}")
    amount = Decimal(_NO_DIGIT.sub("", digits))
    return amount if _SIGNS.isdisjoint(digits) else -amount


def day(text: str) -> dt.date:
    """Return a date.

    Raises:
        UnreadableValueError: if it is none, or none of the calendar.
    """
    printed = text.strip()
    if match := _SLASHED.fullmatch(printed):
        month, date, year = (int(part) for part in match.groups())
    elif match := _NAMED.fullmatch(printed):
        if match[1] not in _MONTHS:
            raise UnreadableValueError(f"not a date: {text!r}")
        month, date, year = _MONTHS.index(match[1]) + 1, int(match[2]), int(match[3] or match[4])
    else:
        raise UnreadableValueError(f"not a date: {text!r}")
    if year < 100:
        year += 1900 if year >= _CENTURY_PIVOT else 2000
    try:
        return dt.date(year, month, date)
    except ValueError as error:
        raise UnreadableValueError(f"not a date of the calendar: {text!r}") from error


def month(text: str) -> str:
    """Return a printed month such as `Jun '24` as `2024-06`.

    >>> month("Jun '24")
    '2024-06'
    """
    name, _, year = text.strip().partition(" ")
    if name[:3] not in _MONTHS or not re.fullmatch(r"'\d{2}", year):
        raise UnreadableValueError(f"not a month: {text!r}")
    return f"20{year[1:]}-{_MONTHS.index(name[:3]) + 1:02d}"
