"""What bills of the older formats share: accounts 2-xx-xxx-xxxx, services 3-0xx-xxxx-xx (bills.md 8)."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from corpus.cases.kit import money
from corpus.dates import worded
from corpus.model import Bill, Charge, Meter, Place, Service, Sheet, Style, SummaryRow, Usage
from corpus.pricing.rounding import added
from corpus.statement import statement

ADDRESS = ("12345 N EXAMPLE STRT", "ANYTOWN, CA 90000")


def old_place(number: int) -> Place:
    """Return the dummy place with this number."""
    return Place(f"3-0{number:02d}-0000-{number:02d}", ADDRESS, None, "N001")


def _sheets(services: Sequence[Service]) -> tuple[Sheet, ...]:
    pages = [Sheet("old_page1"), Sheet("page2")]
    if len(services) > 1:
        pages.append(Sheet("billing_summary"))
    for index, service in enumerate(services):
        if service.usage is not None:
            pages.append(Sheet("old_usage", (index,)))
        pages.append(Sheet("supply" if service.role == "generation" else "details", (index,)))
    return tuple(pages if len(pages) % 2 == 0 else [*pages, Sheet("blank")])


def old_bill(
    number: int, services: Sequence[Service], prepared: date, rows: tuple[SummaryRow, ...], **more: Any
) -> Bill:
    """Return an old bill, due 19 days after it was prepared; no scan line."""
    given: dict[str, Any] = {"style": Style(seed=f"old{number}"), "next_cycle_end": None, **more}
    return statement(
        number,
        services,
        prepared=prepared,
        due=given.pop("due", prepared + timedelta(days=19)),
        rows=rows,
        layout="sce_old",
        customer_account=f"2-00-000-00{number:02d}",
        sheets=_sheets(services),
        stub=False,
        **given,
    )


def old_rows(last: str, paid: date, new: Decimal, due: date) -> tuple[SummaryRow, ...]:
    """`Amount of your last bill`, `Payment we received on Apr 14 '08 - thank you`."""
    payment = SummaryRow(
        "line",
        f"Payment we received on {worded(paid)} - thank you",
        -money(last),
        "Payment we received - thank you",
        paid,
    )
    return (
        SummaryRow("previous", "Amount of your last bill", money(last)),
        payment,
        SummaryRow("balance", "Balance forward", money("0.00")),
        SummaryRow("new", "Your new charges", new),
        SummaryRow("owed", f"Total amount you owe by {worded(due)}", new),
    )


def old_service(
    number: int, role: str, rate: str, start: date, end: date, charges: Sequence[Charge], **more: Any
) -> Service:
    """Return a service with given lines and its sums."""
    total = added(charge.amount for charge in charges)
    subtotal = added(charge.amount for charge in charges if charge.section != "tax")
    given: dict[str, Any] = {"provider": "SCE", **more}
    return Service(
        role=role,
        place=old_place(number),
        rate_schedule=rate,
        start=start,
        end=end,
        charges=tuple(charges),
        total=total,
        subtotal=subtotal,
        **given,
    )


def old_usage(kwh: int, start: date, end: date, meter: str) -> Usage:
    """Return a usage block with one meter and no table of months."""
    return Usage(Decimal(kwh), (Meter(meter, start, end, Decimal(kwh)),))
