r"""Values as a person reads them on a terminal.

Whatever comes from a document was written by a stranger: characters that would steer the
terminal or hide the order of letters are shown as a box.

>>> money(Decimal("-1234.5")), quantity(Decimal("436.488")), clean("Total\x1b[2J")
('-$1,234.50', '436.488', 'Total\ufffd[2J')
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from extractor.model import Bill, Period

NOTHING = "-"
"""What stands for a value that is not printed, or could not be read."""


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


def duration(seconds: float) -> str:
    """Return a time as a person says it.

    >>> duration(42.4), duration(180), duration(3900)
    ('42 s', '3 min', '1 h 5 min')
    """
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = int(seconds / 60 + 0.5)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def count(number: int, thing: str) -> str:
    """Return a number of things.

    >>> count(1, "finding"), count(30, "day"), count(3, "identity")
    ('1 finding', '30 days', '3 identities')
    """
    if number == 1:
        return f"1 {thing}"
    return f"{number:,} {thing[:-1]}ies" if thing.endswith("ty") else f"{number:,} {thing}s"


def places(pointers: Iterable[str], bill: Bill | None = None) -> str:
    """Say in words which values some JSON pointers name; a single charge line with its label.

    >>> places(["/bill/amount_due", "/bill/services/1/total", "/bill/services/1/usage_kwh"])
    'amount due; service 2: total, usage kwh'
    >>> places(["/bill/account_lines/0/amount"])
    'account lines 1 amount'
    >>> places(f"/bill/services/0/charges/{line}/amount" for line in (0, 1, 2, 13))
    'service 1, lines 1-3, 14: amount'
    """
    fields: dict[tuple[str, ...], list[str]] = {}
    for pointer in pointers:
        owner, field = _split(pointer)
        fields.setdefault(owner, []).append(field)
    owners: dict[tuple[str, str], list[int]] = {}
    for (service, *lines), named in fields.items():
        owners.setdefault((service, ", ".join(filter(None, named))), []).extend(map(int, lines))
    said = ((_owner(service, lines, bill), named) for (service, named), lines in owners.items())
    return "; ".join(": ".join(filter(None, pair)) for pair in said)


def _split(pointer: str) -> tuple[tuple[str, ...], str]:
    """Return whose value a pointer names (the bill's, a service's, a numbered line's), and which."""
    match pointer.removeprefix("/bill/").split("/"):
        case ["services", service, "charges", line, *fields]:
            owner: tuple[str, ...] = (service, line)
        case ["services", service, *fields]:
            owner = (service,)
        case fields:
            owner = ("",)
    words = (str(int(field) + 1) if field.isdigit() else field for field in fields)
    return owner, " ".join(words).replace("_", " ")


def _owner(service: str, lines: Sequence[int], bill: Bill | None) -> str:
    if not service:
        return ""
    name = f"service {int(service) + 1}"
    match lines:
        case []:
            return name
        case [line]:
            label = _label(int(service), line, bill)
            return f"{name}, line {line + 1}" + (f' "{label}"' if label else "")
    return f"{name}, lines {spans(lines)}"


def _label(service: int, line: int, bill: Bill | None) -> str:
    if bill is None or service >= len(bill.services) or line >= len(bill.services[service].charges):
        return ""
    return clean(bill.services[service].charges[line].label)


def spans(indexes: Iterable[int]) -> str:
    """Return indexes (from 0) as the numbers that a person counts, neighbours drawn together.

    >>> spans([0, 1, 2, 7, 9, 8])
    '1-3, 8-10'
    """
    runs: list[list[int]] = []
    for index in sorted(set(indexes)):
        if runs and runs[-1][-1] == index - 1:
            runs[-1].append(index)
        else:
            runs.append([index])
    return ", ".join(f"{run[0] + 1}" if len(run) == 1 else f"{run[0] + 1}-{run[-1] + 1}" for run in runs)
