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
from extractor.billing_history.units import BASE, FACTORS, named
from extractor.intervals.mapped import moments
from extractor.intervals.mapped.numbers import NOTHING
from extractor.intervals.mapped.roles import folded

CENTS, PLACES = 2, 8
"""Decimals that dollars and quantities may have; as many are kept."""

MOST = Decimal(10) ** 9
"""kWh, kW or dollars that no row has."""

_ACCOUNT = re.compile(r"\d{6,16}", re.ASCII)
_SHORTENED = re.compile(r"[+-]?\d(?:[.,]\d+)?[eE]\+?\d+", re.ASCII)
_PLAIN = re.compile(
    r"(?=[.]?\d)(?:[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d{0,2}(?:_\d{3})+|\d{0,13})(?:\.\d*)?", re.ASCII
)
_MONEY = r"US\$|\$|USD"
_FORM = re.compile(
    rf"(?P<before>[-+])?(?P<first>{_MONEY})?(?P<after>[-+])?(?P<open>\()?(?P<second>{_MONEY})?"
    rf"(?P<digits>[\d.,_ ]+(?:E\+?\d+)?)"
    rf"(?P<third>{_MONEY})?(?P<close>\))?(?P<fourth>{_MONEY})?(?P<credit>CR|-)?",
    re.ASCII | re.IGNORECASE,
)
"""A number without spaces: one sign, brackets or CR, and the currency on either side."""

_SIDES = (("first", "second"), ("third", "fourth"))

_THOUSANDS = re.compile("(?<=[0-9])[\u00a0\u2007\u2009\u202f](?=[0-9]{3}(?![0-9]))")
"""A space that does not break, between thousands."""

_PLAINER = str.maketrans({"\u2212": "-", "_": "?"})
_ZERO = re.compile(rf"(?:{_MONEY})\s*[-\u2212]|[-\u2212]\s*(?:{_MONEY})", re.IGNORECASE)
_ACCOUNTING = re.compile(r"(?:US)?\$(?:\s*\(|\s*[-\u2212]$|\s+\d)")
_DASHES = ("-", "\u2212")
_SERIAL = re.compile(r"[34]\d{4}(?:\.\d+)?", re.ASCII)
_UNIT = re.compile(r"\s*\b([a-z]+(?:[ ·-](?:h|hrs?|hours?))?)$", re.IGNORECASE | re.ASCII)
_TOGETHER = str.maketrans("", "", ",_")
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
    if _ZERO.fullmatch(text.strip()):
        return Decimal(0)
    value = _number(text, decimal, is_money=True)
    _refuse_beyond(text, value)
    exponent = value.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > CENTS:
        raise ValueError(f"{text.strip()!r} is finer than a cent")
    return value


def quantity_of(
    text: str, unit: Literal["kwh", "kw"], decimal: Decimals, measured: str | None = None
) -> Decimal | None:
    """Return kWh or kW; None where nothing is said.

    `measured` is the unit of its column, where that is another: MWh become kWh exactly.

    Raises:
        ValueError: if it is no number, dollars, or of another unit than its column.
    """
    if is_nothing(text):
        return None
    if "$" in text or "USD" in text.upper():
        raise ValueError(f"{text.strip()!r} is dollars where {unit} should be: are the columns swapped?")
    measured = measured or BASE[unit]
    value = _number(_without_unit(text.strip(), measured), decimal, is_money=False)
    if measured != BASE[unit]:
        value = Decimal(f"{(value * FACTORS[unit][measured]).normalize():f}")
    _refuse_beyond(text, value)
    exponent = value.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > PLACES:
        raise ValueError(f"{text.strip()!r} has more than {PLACES} decimals")
    return value


def _without_unit(text: str, measured: str) -> str:
    match = _UNIT.search(text)
    units = named(match[1]) if match else []
    if match is None or not units:
        return text
    if units != [measured]:
        raise ValueError(f"{text!r} is in {units[0]} where {measured} should be")
    return text[: match.start()]


def _refuse_beyond(text: str, value: Decimal) -> None:
    if abs(value) >= MOST:
        raise ValueError(f"{text.strip()!r} is more than any service has")


def _number(text: str, decimal: Decimals, is_money: bool) -> Decimal:
    match = _FORM.fullmatch(_closed_up(text))
    if match is None or bool(match["open"]) != bool(match["close"]):
        raise ValueError(f"{text.strip()!r} is no number")
    signs = [match[name] for name in ("before", "after", "open", "credit") if match[name]]
    money = [bool(match[one]) + bool(match[other]) for one, other in _SIDES]
    plain = match["digits"].translate(_SWAPPED) if decimal == "comma" else match["digits"]
    if _SHORTENED.fullmatch(plain):
        raise ValueError(f"{text.strip()!r} was shortened by a spreadsheet; get the file as it was sent")
    if _PLAIN.fullmatch(plain) is None or len(signs) > 1 or max(money) > is_money:
        raise ValueError(f"{text.strip()!r} is no number")
    value = Decimal(plain.translate(_TOGETHER))
    return -value if signs and signs != ["+"] and value else value


def _closed_up(text: str) -> str:
    """Return a cell without spaces, but for those between digits; those of thousands become one sign.

    >>> _closed_up("$ (1\u202f212.34)"), _closed_up("\u2212 120"), _closed_up("1 212")
    ('$(1_212.34)', '-120', '1 212')
    """
    pieces = _THOUSANDS.sub("_", text.translate(_PLAINER)).split()
    result = ""
    for piece in pieces:
        is_between = result[-1:].isdigit() and piece[:1].isdigit()
        result += f" {piece}" if is_between else piece
    return result


def is_accounting(text: str) -> bool:
    """Tell whether dollars are written as by a spreadsheet's accounting format, which writes zero as a dash.

    >>> [is_accounting(one) for one in ("$ 12.34", "$(12.34)", "$ -", "$12.34", "($12.34)", "-", "12.34")]
    [True, True, True, False, False, False, False]
    """
    return _ACCOUNTING.match(text.strip()) is not None


def is_dash(text: str) -> bool:
    """Tell whether a cell is a dash and nothing else: nothing, or an accounting format's zero."""
    return text.strip() in _DASHES


def is_nothing(text: str) -> bool:
    """Tell whether a cell says nothing: empty, or a word for it."""
    return not text.strip() or text.strip().lower() in NOTHING or is_dash(text)


_ERRORS = frozenset(word for word in NOTHING if word.startswith("#"))


def is_error(text: str) -> bool:
    """Tell whether a spreadsheet could not compute a cell.

    >>> is_error("#VALUE!"), is_error("N/A")
    (True, False)
    """
    return text.strip().lower() in _ERRORS


_TOTAL = frozenset({"total", "totals", "subtotal", "subtotals", "sum", "grand", "average", "averages", "avg"})


def is_total(text: str) -> bool:
    """Tell whether a cell says that its row is a sum of others.

    >>> is_total("Sub-Total 8000000001"), is_total("Grand Total:"), is_total("8000000001")
    (True, True, False)
    """
    return bool(_TOTAL & set(folded(text).replace("sub total", "subtotal").split()))
