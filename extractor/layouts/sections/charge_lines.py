"""One printed charge line -> its label, arithmetic and amount.

SCE prints `Facilities rel demand 62 kW x $13.77000 x 27/30 days $768.37`, a city
`Anytown UUT $2,450.00 x 5.00000% $122.50`; a CCA prints `Lean Power - Mid-Peak - Winter
161.14 kWh @ 0.2106 $33.94` and may leave the dollar sign away. A line is either one of these
forms as a whole, or a label and an amount without any arithmetic (`Customer charge $237.85`).
Half an arithmetic is neither: such a line is not read.

>>> parse("Mid peak 3,499 kWh x $0.07527 $263.37").quantity
Decimal('3499')
>>> parse("Mid peak 3,499 kWh x $0.O7527 $263.37") is None
True
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from extractor.paper import Line, Printed, printed
from extractor.values import DIGITS, MINUS, USD, UnreadableValueError, number, usd

_QUANTITY = rf"(?=[{MINUS}$ ]*[\d.])[{MINUS}]?(?:\$\s?)?[{MINUS}]?(?:{DIGITS})?(?:\.\d+)?"
_BASE = rf"{USD}(?=\s*[xX\u00d7@]\s*[\d.]+\s?%)"  # of a percentage
_ARITHMETIC = re.compile(
    rf"(?P<label>.*?\S)\s+(?P<quantity>{_BASE}|{_QUANTITY}|\(\$?{DIGITS}(?:\.\d+)?\))"
    rf"\s*(?P<unit>[A-Za-z][A-Za-z/-]*)?"
    rf"\s*[xX\u00d7@]\s*(?P<rate>(?=[{MINUS}$]*[\d.])[{MINUS}]?\$?[{MINUS}]?(?:{DIGITS})?(?:\.\d+)?)\s?(?P<percent>%?)"
    rf"(?:\s+[xX\u00d7]\s+(?P<days>\d+)\s?/\s?(?P<of>\d+)\s+days?)?"
    rf"\s*=?\s+(?P<amount>{USD})"
)
_USD = re.compile(USD)
_TIMES = "xX@\u00d7"
_LAST = frozenset(f"0123456789){MINUS}rR")
"""What an amount ends with: a cent, a bracket, a minus behind it, or CR."""

_FLAT = re.compile(rf"(?P<label>.*?\S)\s+(?P<amount>{USD})")
_LOOSE_MINUS = re.compile(rf"(?:^|\s)[{MINUS}]\s*$")
_AMOUNT_AT_END = re.compile(rf"(?:^|\s)({USD})\s*$")
_COUNTED = re.compile(
    rf"(?P<label>.*?\S)\s+(?P<quantity>{_QUANTITY})\s*(?P<unit>kWh|kW|kVarh?|kVAR|days)\s+(?P<amount>{USD})"
)
_DEBRIS = re.compile(
    rf"[$@=]|\d+\.\d|(?:^|\s)[xX\u00d7]\s*[{MINUS}\d]|\d\s*kWh?\b|\d\s*kVar"
    r"|\d\s*/\s*\d+ days|\s[xX\u00d7](?=\s|$)"
)


class ChargeLine(NamedTuple):
    """The parts of a charge line; `unit` as printed, USD for the base of a percentage."""

    label: str
    quantity: Decimal | None
    unit: str | None
    rate: Decimal | None
    days: tuple[int, int] | None
    amount: Decimal
    label_end: int
    """Where in the line's text the label ends."""


def parse(text: str) -> ChargeLine | None:
    """Return the parts of a charge line, or None if the text is not one as a whole."""
    if text[-1:] not in _LAST:  # a heading, as a rule
        return None
    match = _ARITHMETIC.fullmatch(text) if any(sign in text for sign in _TIMES) else None
    try:
        if match is not None:
            return _computed(match)
        if (match := _COUNTED.fullmatch(text)) is not None and not _DEBRIS.search(match["label"]):
            quantity, amount = number(match["quantity"]), usd(match["amount"])
            return ChargeLine(match["label"], quantity, match["unit"], None, None, amount, match.end("label"))
        match = _FLAT.fullmatch(text)
        if match is None or _DEBRIS.search(match["label"]) or _LOOSE_MINUS.search(match["label"]):
            return None
        return ChargeLine(match["label"], None, None, None, None, usd(match["amount"]), match.end("label"))
    except UnreadableValueError:
        return None


def _computed(match: re.Match[str]) -> ChargeLine | None:
    label = match["label"]
    if _DEBRIS.search(label):
        return None
    unit = "USD" if match["percent"] and not match["unit"] else match["unit"]
    if unit is None or (match["percent"] and unit != "USD") or ("$" in match["quantity"] and unit != "USD"):
        return None
    days = (int(match["days"]), int(match["of"])) if match["days"] else None
    quantity = match["quantity"]
    worth = usd(quantity) if _USD.fullmatch(quantity) else _signed(quantity)
    return ChargeLine(
        label, worth, unit, number(match["rate"]), days, usd(match["amount"]), match.end("label")
    )


def _signed(quantity: str) -> Decimal:
    """Return a quantity, whose minus may be a pair of brackets."""
    return -number(quantity.strip("()")) if quantity.startswith("(") else number(quantity.replace(" ", ""))


def amount_at_end(text: str) -> str | None:
    """Return the amount in dollars and cents that a line ends with, as printed.

    >>> amount_at_end("Subtotal of your new charges $3,987.57")
    '$3,987.57'
    >>> amount_at_end("Payment received - $45.00")  # a minus, or a dash? Nobody knows: not read
    """
    match = _AMOUNT_AT_END.search(text) if text.rstrip()[-1:] in _LAST else None
    return match[1] if match and not _LOOSE_MINUS.search(text[: match.start()]) else None


def amount_of(line: Line) -> Printed[Decimal] | None:
    """Return the amount that a line ends with, and its place."""
    text = amount_at_end(line.text)
    if text is None:
        return None
    start = line.text.rstrip().rfind(text)
    return printed(usd(text), line.between(start, start + len(text)), line.page)


def text_before(line: Line, amount: Printed[Decimal]) -> str:
    """Return what a line says before the amount at its end."""
    return line.text[: line.text.rstrip().rfind(amount.text.split()[0])].rstrip()


def looks_like_charge(text: str) -> bool:
    """Tell whether a line carries an amount or arithmetic, so that it must not be passed over."""
    return amount_at_end(text) is not None or _DEBRIS.search(text) is not None
