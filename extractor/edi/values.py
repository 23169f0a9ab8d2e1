"""Elements of segments -> exact values, or a refusal: `N2` cents, `R` numbers, dates as CCYYMMDD.

An N2 has two decimals that are not written: `12345` is 123.45 (TDS01, SAC05). An R is written with its
decimal point where it has one (BAL03, TXI02, SAC08, SAC10). Source: X12 4010, data element types.

>>> cents("12345"), cents("-5"), number("-.07"), number("250")
(Decimal('123.45'), Decimal('-0.05'), Decimal('-0.07'), Decimal('250'))
>>> cents("123.45")
Traceback (most recent call last):
...
extractor.edi.values.UnreadableElementError: '123.45' is no amount in cents
"""

from __future__ import annotations

import datetime as dt
import re
from contextlib import suppress
from decimal import Decimal

from extractor.base.errors import BillclerkError

_CENTS = re.compile(r"-?[0-9]{1,14}")
_NUMBER = re.compile(r"-?(?:[0-9]{1,12}(?:\.[0-9]{0,12})?|\.[0-9]{1,12})")
YEARS = range(1990, 2090)
"""The years that printed dates of two digits are of, too."""

_WHOLE = re.compile(r"[0-9]{1,10}")
_DATE = re.compile(r"[0-9]{8}")


class UnreadableElementError(BillclerkError, ValueError):
    """The element is not plainly what it should be; compare the segment with the paper bill."""


def cents(text: str) -> Decimal:
    """Return an N2 in dollars and cents.

    Raises:
        UnreadableElementError: if it is none; one with a decimal point is none, for what it means is a guess.
    """
    if _CENTS.fullmatch(text.strip()) is None:
        raise UnreadableElementError(f"{text[:20]!r} is no amount in cents")
    return Decimal(text.strip()).scaleb(-2)


def number(text: str) -> Decimal:
    """Return an R with its written digits, twelve on either side: products of two are exact to the cent.

    Raises:
        UnreadableElementError: if it is none.
    """
    if _NUMBER.fullmatch(text.strip()) is None:
        raise UnreadableElementError(f"{text[:20]!r} is no number")
    return Decimal(text.strip())


def money(text: str) -> Decimal:
    """Return an R that is an amount in dollars, to the cent.

    >>> money("5"), money("-1.0500")
    (Decimal('5.00'), Decimal('-1.05'))

    Raises:
        UnreadableElementError: if it is none, or finer than a cent.
    """
    amount = number(text)
    if amount != (to_the_cent := amount.quantize(Decimal("0.01"))):
        raise UnreadableElementError(f"{text[:20]!r} is finer than a cent")
    return to_the_cent


def whole(text: str) -> int:
    """Return a count.

    Raises:
        UnreadableElementError: if it is none.
    """
    if _WHOLE.fullmatch(text.strip()) is None:
        raise UnreadableElementError(f"{text[:20]!r} is no count")
    return int(text)


def date(text: str) -> dt.date:
    """Return a date of eight digits.

    >>> date("20251103")
    datetime.date(2025, 11, 3)

    Raises:
        UnreadableElementError: if it is none; six digits do not say the century.
    """
    plain = text.strip()
    if _DATE.fullmatch(plain) is None:
        raise UnreadableElementError(f"{text[:20]!r} is no date")
    if int(plain[:4]) not in YEARS:
        raise UnreadableElementError(f"{text[:20]!r} is of no year that bills are of")
    try:
        return dt.date(int(plain[:4]), int(plain[4:6]), int(plain[6:]))
    except ValueError:
        raise UnreadableElementError(f"{text[:20]!r} is no date of the calendar") from None


def readable(text: str) -> str:
    r"""Return an element's text, which came byte by byte, as what it says; what is no print is replaced.

    >>> readable("Caf\xc3\xa9"), readable("A\x00B"), readable("A\xe9")
    ('Café', 'A�B', 'Aé')
    """
    if not text.isascii():
        with suppress(UnicodeError):
            text = text.encode("latin-1").decode("utf-8")
    return "".join(char if char.isprintable() else "\ufffd" for char in text)
