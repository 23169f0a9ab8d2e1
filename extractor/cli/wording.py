r"""Values as a person reads them on a terminal.

Whatever comes from a document was written by a stranger: characters that would steer the
terminal or hide the order of letters are shown as a box.

>>> money(Decimal("-1234.5")), quantity(Decimal("436.488")), clean("Total\x1b[2J")
('-$1,234.50', '436.488', 'Total\ufffd[2J')
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from extractor.model import Bill, Period

NOTHING = "-"
"""What stands for a value that is not printed, or could not be read."""

ENOUGH = 4
"""So many places are named one by one; of a sum of forty lines the first few tell which sum it is."""


def clean(text: str | None) -> str:
    """Return a document's text with every character that is not print replaced."""
    if text is None:
        return NOTHING
    return "".join(char if char.isprintable() else "\ufffd" for char in text)


def money(amount: Decimal | None) -> str:
    """Return dollars with thousands set apart and at least cents."""
    if amount is None:
        return NOTHING
    sign = "-" if amount < 0 else ""
    return f"{sign}${abs(amount):,.2f}" if amount == round(amount, 2) else f"{sign}${abs(amount):,f}"


def quantity(number: Decimal | None) -> str:
    """Return an energy or a demand with thousands set apart and its printed digits."""
    return NOTHING if number is None else f"{number:,f}"


def day(date: dt.date | None) -> str:
    """Return a date as year-month-day."""
    return NOTHING if date is None else date.isoformat()


def span(period: Period | None) -> str:
    """Return a billing period, both its dates inclusive, with its printed count of days."""
    if period is None:
        return NOTHING
    days = "" if period.days is None else f", {count(period.days, 'day')}"
    return f"{day(period.start)} to {day(period.end)}{days}"


def count(number: int, thing: str) -> str:
    """Return a number of things.

    >>> count(1, "finding"), count(30, "day"), count(3, "identity")
    ('1 finding', '30 days', '3 identities')
    """
    if number == 1:
        return f"1 {thing}"
    return f"{number:,} {thing[:-1]}ies" if thing.endswith("ty") else f"{number:,} {thing}s"


def places(pointers: Iterable[str], bill: Bill | None = None) -> str:
    """Say in words which values some JSON pointers name; charge lines with their labels.

    >>> places(["/bill/amount_due", "/bill/services/1/total"])
    'amount due; service 2: total'
    >>> places(f"/bill/services/0/charges/{line}/{name}" for line in (0, 13) for name in ("rate", "amount"))
    'service 1, line 1: rate, amount; service 1, line 14: rate, amount'
    """
    named = [_split(pointer, bill) for pointer in pointers]
    parts = []
    for owner, fields in groupby(named, key=itemgetter(0)):
        said = ", ".join(field for _, field in fields if field)
        parts.append(": ".join(part for part in (owner, said) if part))
    shown, hidden = parts[:ENOUGH], parts[ENOUGH:]
    return "; ".join([*shown, f"and {len(hidden)} more"] if len(hidden) > 1 else parts)


def _split(pointer: str, bill: Bill | None) -> tuple[str, str]:
    """Return whose value a pointer names, in words, and which."""
    match pointer.removeprefix("/bill/").split("/"):
        case ["services", service, "charges", charge, *fields]:
            owner = f"service {int(service) + 1}, {_line(bill, int(service), int(charge))}"
        case ["services", service, *fields]:
            owner = f"service {int(service) + 1}"
        case fields:
            owner = ""
    return owner, " ".join(fields).replace("_", " ")


def _line(bill: Bill | None, service: int, charge: int) -> str:
    line = f"line {charge + 1}"
    if bill is None or service >= len(bill.services) or charge >= len(bill.services[service].charges):
        return line
    return f'{line} "{clean(bill.services[service].charges[charge].label)}"'
