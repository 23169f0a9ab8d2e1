"""A value of a record: what it says, where it is printed, and how it is named to a person.

A value that moved in a later reading is found again by its place on the paper, as corrections are: a later
version of the program may count lines or services in another way.

>>> said("amount", "-1234.5"), said("date", "2026-06-05"), said("rate", "0.12345"), said("energy", "2525")
('-$1,234.50', 'June 5, 2026 (2026-06-05)', '0.12345', '2,525 kWh')
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from extractor.corrections import CorrectionError, is_of_one_line, value_at
from extractor.model import BBox, Bill, Charge, Evidence, ReadResult, Service

WORDS = {
    "customer_account": "customer account number",
    "statement_date": "statement date",
    "due_date": "due date",
    "next_cycle_end": "end of the next billing cycle",
    "previous_balance": "previous balance",
    "balance_forward": "balance forward",
    "new_charges": "new charges",
    "amount_due": "amount due",
    "service_account": "service account number",
    "pod_id": "POD-ID",
    "meter": "meter number",
    "rate_schedule": "rate schedule",
    "start": "first day of the billing period",
    "end": "last day of the billing period",
    "usage_kwh": "electricity used",
    "exported_kwh": "electricity exported",
    "max_demand_kw": "maximum demand",
    "total": "total of its charges",
    "kw": "demand",
    "rate": "rate",
    "amount": "amount",
}
"""The last step of a pointer, as a person says it."""

UNITS = {"energy": "kWh", "demand": "kW"}


class Found(NamedTuple):
    """A value of a record that is printed somewhere."""

    value: str
    page: int
    box: BBox
    field: str
    """As `billclerk correct` names it."""
    what: str
    """In words."""


def found(result: ReadResult, target: str) -> Found | None:
    """Return the value that a pointer names, None where it is printed nowhere or is not there."""
    value, place = _value(result, target), _place(result, target)
    if result.bill is None or value is None or place is None or place.bbox is None:
        return None
    return Found(value, place.page, place.bbox, field_of(result.bill, target), what_of(result.bill, target))


def now(result: ReadResult, target: str, page: int, box: BBox) -> str | None:
    """Return what a later reading says where a value was read, None if it reads none there."""
    same = [other for other in _like(result, target) if _is_there(_place(result, other), page, box)]
    return _value(result, same[0]) if len(same) == 1 else None


def said(kind: str, value: str) -> str:
    """Return a value as a person reads it."""
    match kind:
        case "date":
            day = dt.date.fromisoformat(value)
            return f"{day:%B} {day.day}, {day.year} ({value})"
        case "amount":
            amount = Decimal(value)
            places = ",.2f" if amount == round(amount, 2) else ",f"
            return f"{'-' if amount < 0 else ''}${abs(amount):{places}}"
        case "energy" | "demand" | "quantity":
            return f"{Decimal(value):,f} {UNITS.get(kind, '')}".strip()
    return value


def _like(result: ReadResult, target: str) -> Iterator[str]:
    """Give the pointers of all values that differ from one in the numbers of service, line or row alone."""
    if result.bill is None:
        return
    if "/charges/" not in target:
        shape = re.compile(re.sub(r"\d+", r"\\d+", target))
        yield from (pointer for pointer in result.evidence if shape.fullmatch(pointer))
        return
    field = target.rpartition("/")[2]
    for index, service in enumerate(result.bill.services):
        for at in range(len(service.charges)):
            yield f"/bill/services/{index}/charges/{at}/{field}"


def _is_there(place: Evidence | None, page: int, box: BBox) -> bool:
    if place is None or place.bbox is None:
        return False
    across = place.bbox[0] < box[2] and box[0] < place.bbox[2]
    return across and is_of_one_line((page, box), (place.page, place.bbox))


def _value(result: ReadResult, target: str) -> str | None:
    steps = [int(step) if step.isdigit() else step for step in target.split("/")[2:]]
    if result.bill is None:
        return None
    try:
        value = value_at(result.bill, steps)
    except CorrectionError:
        return None
    return None if value is None else f"{value:f}" if isinstance(value, Decimal) else str(value)


def _place(result: ReadResult, target: str) -> Evidence | None:
    """Return where a value is printed; of a charge that is the whole line."""
    steps = target.split("/")
    if "charges" not in steps:
        return result.evidence.get(target)
    lines = _service(result.bill, steps).charges if result.bill else ()
    at = int(steps[5])
    return lines[at].evidence if at < len(lines) else None


def field_of(bill: Bill, target: str) -> str:
    """Return the name by which a value is corrected.

    >>> field_of(Bill(), "/bill/account_lines/2/amount"), field_of(Bill(), "/bill/services/0/period/start")
    ('account_lines.3.amount', '1.period.start')
    """
    match target.split("/")[2:]:
        case ["services", service, "charges", _, field]:
            return f"{int(service) + 1}.{_charge(bill, target).line}.{field}"
        case ["services", *steps] | steps:
            return ".".join(str(int(step) + 1) if step.isdigit() else step for step in steps)
    raise AssertionError(target)


def what_of(bill: Bill, target: str) -> str:
    """Return in words which value of a bill it is."""
    steps = target.split("/")[2:]
    match steps:
        case ["services", _, "charges", _, field]:
            charge = _charge(bill, target)
            word = _measured(charge.unit) if field == "quantity" else WORDS[field]
            return f"{_service_words(bill, target)}, {_line_words(charge)}: {word}"
        case ["services", service, "demands", at, _]:
            row = bill.services[int(service)].demands[int(at)]
            when = _joined(row.season, row.tou)
            return f"{_service_words(bill, target)}: demand" + (f", {when}" if when else "")
        case ["services", *_]:
            return f"{_service_words(bill, target)}: {WORDS[steps[-1]]}"
        case ["account_lines", at, _]:
            return f"account summary, “{bill.account_lines[int(at)].label}”: amount"
    return WORDS[steps[-1]]


def _measured(unit: str | None) -> str:
    """Say of what the quantity of a charge line is."""
    if unit == "USD":
        return "the amount that the percentage is of"
    return f"quantity, {unit}" if unit else "quantity"


def _service_words(bill: Bill, target: str) -> str:
    steps = target.split("/")
    service = _service(bill, steps)
    words = _joined(service.provider, service.role) or "service"
    return words if len(bill.services) == 1 else f"service {int(steps[3]) + 1} ({words})"


def _line_words(charge: Charge) -> str:
    under = f" under “{charge.group}”" if charge.group else ""
    return f"line {charge.line} “{charge.label}”{under}"


def _joined(*words: str | None) -> str:
    return " ".join(word.replace("_", " ") for word in words if word)


def _service(bill: Any, steps: Sequence[str]) -> Service:
    service: Service = bill.services[int(steps[3])]
    return service


def _charge(bill: Bill, target: str) -> Charge:
    steps = target.split("/")
    return _service(bill, steps).charges[int(steps[5])]
