"""From services to a bill as issued: dates, account summary, pages.

Prepared the day after the (last) period's end, due 20 days later (bills.md 7). The rows of
the account summary close: previous balance + payments + new charges = amount due (3.2).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from corpus.dates import due_date, slashed
from corpus.model import Bill, Service, Sheet, Style, SummaryRow
from corpus.pricing.rounding import added

NAMES = (
    "EXAMPLE LOGISTICS & STORAGE",
    "SAMPLE, ALEX",
    "EXAMPLE BAKERY LLC",
    "PLACEHOLDER COLD STORAGE INC",
    "DUMMY, ROBIN",
)


@dataclass(frozen=True)
class Payment:
    """A payment row; `label` stands before its date."""

    day: date
    amount: Decimal
    label: str = "Payment Received"


def statement(number: int, services: Sequence[Service], **more: Any) -> Bill:
    """Return a current SCE bill for these services; `more` sets any field of Bill.

    Three more keywords shape the summary: `previous`, `payments` and `extra_rows` (printed
    after the new charges, and part of what is owed).
    """
    prepared = more.pop("prepared", None) or max(service.end for service in services) + timedelta(days=1)
    due = more.pop("due", None) or due_date(prepared)
    new = added(service.total for service in services)
    shape = _pop(more, ("previous", "payments", "extra_rows", "forward"))
    rows = more.pop("rows", None)
    if rows is None:
        rows = summary(prepared, due, new, shape)
    residential = services[0].residential
    given: dict[str, Any] = {
        "style": Style(seed=f"{number}", era="embedded" if prepared >= date(2025, 9, 1) else "base14"),
        "name": NAMES[1 + 3 * (number % 2)] if residential else NAMES[(0, 2, 3)[number % 3]],
        "mailing": ("X000", "1234 N EXAMPLE STRT STE X000", "ANYTOWN CA 90000-0000"),
        "next_cycle_end": _next_cycle_end(services),
        "past_due": Decimal(0),
        **more,
    }
    bill = Bill(
        customer_account=given.pop("customer_account", f"7002{number:08d}"),
        statement_date=prepared,
        due_date=due,
        rows=rows,
        new_charges=new,
        amount_due=owed(rows),
        services=tuple(services),
        sheets=given.pop("sheets", ()),
        residential=residential,
        **given,
    )
    return bill if bill.sheets else replace(bill, sheets=sheets_of(bill))


def _next_cycle_end(services: Sequence[Service]) -> date | None:
    """Return the date that usage blocks announce; without such a block none is printed."""
    if not any(service.usage for service in services):
        return None
    return max(service.end for service in services) + timedelta(days=30)


def _pop(more: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: more.pop(name) for name in names if name in more}


def summary(prepared: date, due: date | None, new: Decimal, shape: dict[str, Any]) -> tuple[SummaryRow, ...]:
    """Return the rows of a current bill."""
    previous = Decimal(shape.get("previous", new * Decimal("0.9") // 1 + Decimal("0.24")))
    payments = shape.get("payments")
    if payments is None:
        payments = [Payment(prepared - timedelta(days=15), -previous)] if previous else []
    rows = [SummaryRow("previous", "Previous Balance", previous), *map(payment_row, payments)]
    balance = previous + added(payment.amount for payment in payments)
    if shape.get("forward", True):
        rows.append(balance_row(balance))
    rows.append(SummaryRow("new", "Your new charges", new))
    rows += shape.get("extra_rows", ())
    total = balance + new + added(row.amount for row in shape.get("extra_rows", ()))
    by = f" by {slashed(due)}" if due else ""
    return (*rows, SummaryRow("owed", f"Total amount you owe{by}", total))


def payment_row(payment: Payment) -> SummaryRow:
    """Return `Payment Received MM/DD/YY -$x`."""
    printed = f"{payment.label} {slashed(payment.day)}"
    return SummaryRow("line", printed, payment.amount, payment.label, payment.day)


def balance_row(balance: Decimal) -> SummaryRow:
    """Return `Balance forward`, or `Credit balance` when it is negative."""
    if balance < 0:
        return SummaryRow("line", "Credit balance", balance, "Credit balance")
    return SummaryRow("balance", "Balance forward", balance)


def owed(rows: Sequence[SummaryRow]) -> Decimal | None:
    """Return the amount of the row that says what is owed."""
    amounts = [row.amount for row in rows if row.kind == "owed"]
    return amounts[0] if len(amounts) == 1 else None


def sheets_of(bill: Bill, inserts: Sequence[str] = ()) -> tuple[Sheet, ...]:
    """Return the usual pages; an even number, as SCE's are."""
    pages = [Sheet("page1"), Sheet("page2")]
    if len(bill.services) > 1:
        pages.append(Sheet("billing_summary"))
    for index, service in enumerate(bill.services):
        pages += _sheets_of_service(index, service)
    pages += [Sheet(kind) for kind in inserts]
    if len(pages) % 2:
        pages.append(Sheet("blank" if len(bill.services) % 2 else "insert_safety"))
    return tuple(pages)


def _sheets_of_service(index: int, service: Service) -> list[Sheet]:
    if service.role == "generation":
        return [Sheet("supply", (index,))]
    pages = [Sheet("details", (index,))]
    if service.usage is not None:
        after = service.rate_schedule.startswith("DOMESTIC")
        pages.insert(1 if after else 0, Sheet("usage", (index,)))
    return pages
