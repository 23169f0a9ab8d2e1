"""Cells of billing history as values: exact, or refused with what is wrong.

>>> account_of("3-001-2345-67"), account_of("8000000001.0"), amount_of("$1,234.50 CR", "point")
('3001234567', '8000000001', Decimal('-1234.50'))
>>> day_of("1/5/26", "mdy"), quantity_of("1.200,5 kWh", "kwh", "comma")
(datetime.date(2026, 1, 5), Decimal('1200.5'))
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from extractor.billing_history.mapping import Decimals
from extractor.intervals.mapped import moments
from extractor.intervals.mapped.numbers import NOTHING
from extractor.intervals.mapped.roles import folded

CENTS, PLACES = 2, 8
"""Decimals that dollars and quantities may have; as many are kept."""

MOST = Decimal(10) ** 9
"""kWh, kW or dollars that no row has."""

_ACCOUNT = re.compile(r"\d{6,16}", re.ASCII)
_SHORTENED = re.compile(r"[+-]?\d(?:[.,]\d+)?[eE]\+?\d+", re.ASCII)
_PLAIN = re.compile(r"(?=[.]?\d)(?:[1-9]\d{0,2}(?:,\d{3})+|\d{0,13})(?:\.\d*)?", re.ASCII)
_CREDIT = re.compile(r"(.*\S)\s*(?:CR|-)|\((.*)\)", re.ASCII | re.IGNORECASE)
_SERIAL = re.compile(r"[34]\d{4}(?:\.\d+)?", re.ASCII)
_UNIT = {"kwh": re.compile(r"\s*kwh$", re.IGNORECASE), "kw": re.compile(r"\s*kw$", re.IGNORECASE)}
_SWAPPED = str.maketrans(",.", ".,")


def account_of(text: str) -> str:
    """Return a service account without hyphens.

    Raises:
        ValueError: if it is none, or a spreadsheet shortened it.
    """
    text = text.strip().lstrip("'").strip()
    if _SHORTENED.fullmatch(text):
        raise ValueError(
            f"{text} is a number whose digits a spreadsheet cut off; get the file as it was sent"
        )
    plain = re.sub(r"[\s-]", "", re.sub(r"\.0+$", "", text))
    if _ACCOUNT.fullmatch(plain) is None:
        raise ValueError(f"{text!r} is no service account")
    return plain


@lru_cache(8192)
def day_of(text: str, order: moments.Order) -> dt.date:
    """Return the day that a cell says.

    Raises:
        ValueError: if it says none, or a time of day beside it.
    """
    try:
        found = moments.moment(text, order)
    except ValueError as error:
        if _SERIAL.fullmatch(text.strip()):
            raise ValueError(
                f"{text} may be a spreadsheet's number of a day: save the column as dates"
            ) from None
        raise ValueError(f"{text!r} {error}") from None
    if found.seconds:
        raise ValueError(f"{text!r} has a time of day, as intervals have and billing history has not")
    return found.date


def days_of(text: str) -> int | None:
    """Return how many days a cell says; None where it says nothing.

    Raises:
        ValueError: if it is no number of days.
    """
    text = text.strip()
    if is_nothing(text):
        return None
    whole = re.sub(r"\.0+$", "", text)
    if not (whole.isascii() and whole.isdigit() and len(whole) < 5):
        raise ValueError(f"{text!r} is no number of days")
    return int(whole)


def amount_of(text: str, decimal: Decimals) -> Decimal | None:
    """Return dollars to the cent, credits negative; None where nothing is said.

    Raises:
        ValueError: if it is no amount, or finer than a cent.
    """
    if is_nothing(text):
        return None
    value = _number(text, decimal, "$")
    exponent = value.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > CENTS:
        raise ValueError(f"{text.strip()!r} is finer than a cent")
    return value


def quantity_of(text: str, unit: Literal["kwh", "kw"], decimal: Decimals) -> Decimal | None:
    """Return kWh or kW; None where nothing is said.

    Raises:
        ValueError: if it is no number, or dollars.
    """
    if is_nothing(text):
        return None
    if "$" in text:
        raise ValueError(f"{text.strip()!r} is dollars where {unit} should be: are the columns swapped?")
    value = _number(_UNIT[unit].sub("", text.strip()), decimal, "")
    exponent = value.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > PLACES:
        raise ValueError(f"{text.strip()!r} has more than {PLACES} decimals")
    return value


def _number(text: str, decimal: Decimals, sign: str) -> Decimal:
    plain, is_credit = text.strip(), False
    if match := _CREDIT.fullmatch(plain):
        plain, is_credit = (match[1] or match[2]).strip(), True
    if plain.startswith(("-", "+")):
        is_credit, plain = is_credit != plain.startswith("-"), plain[1:].strip()
    if sign and plain.startswith(sign):
        plain = plain.removeprefix(sign).strip()
        if plain.startswith("-"):
            is_credit, plain = not is_credit, plain[1:]
    elif sign:
        plain = plain.removesuffix(sign).strip()
    plain = plain.translate(_SWAPPED) if decimal == "comma" else plain
    if _SHORTENED.fullmatch(plain):
        raise ValueError(f"{text.strip()!r} was shortened by a spreadsheet; get the file as it was sent")
    if _PLAIN.fullmatch(plain) is None:
        raise ValueError(f"{text.strip()!r} is no number")
    value = Decimal(plain.replace(",", ""))
    if value >= MOST:
        raise ValueError(f"{text.strip()!r} is more than any service has")
    return -value if is_credit and value else value


def is_nothing(text: str) -> bool:
    """Tell whether a cell says nothing: empty, or a word for it."""
    return not text.strip() or text.strip().lower() in NOTHING


_TOTAL = frozenset({"total", "totals", "subtotal", "subtotals", "sum", "grand", "average", "averages", "avg"})


def is_total(text: str) -> bool:
    """Tell whether a cell says that its row is a sum of others.

    >>> is_total("Sub-Total 8000000001"), is_total("Grand Total:"), is_total("8000000001")
    (True, True, False)
    """
    return bool(_TOTAL & set(folded(text).replace("sub total", "subtotal").split()))
