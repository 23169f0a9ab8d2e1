"""What is printed as a sum is the sum of what stands above it, to the cent."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from extractor.checks.compare import ZERO, Case, Result, charge_at, compare, doubt, services


def subtotals(case: Case) -> Iterator[Result]:
    """The subtotal of a service is the sum of the lines printed above it.

    SCE prints it before the taxes; CPA after them, so that they are inside. Its place decides.
    """
    for index, service in services(case):
        above = case.aside.services[index].subtotal_after
        if service.subtotal is None or above is None:
            continue
        pointer = f"/bill/services/{index}/subtotal"
        yield from compare(
            "subtotal",
            service.subtotal,
            sum((line.amount for line in service.charges[:above]), ZERO),
            [pointer, *(charge_at(index, at, "amount") for at in range(above))],
            what="the subtotal of the lines above it",
            service=index,
            place=case.evidence.get(pointer),
        )


def totals(case: Case) -> Iterator[Result]:
    """The total of a service is the sum of all its lines."""
    for index, service in services(case):
        if service.total is None:
            continue
        pointer = f"/bill/services/{index}/total"
        yield from compare(
            "total",
            service.total,
            sum((line.amount for line in service.charges), ZERO),
            [pointer, *(charge_at(index, at, "amount") for at in range(len(service.charges)))],
            what="the total of the service's lines",
            service=index,
            place=case.evidence.get(pointer),
        )


def new_charges(case: Case) -> Iterator[Result]:
    """The new charges of the account are the totals of its services; tracked charges are not among them."""
    billed = [
        (index, service.total)
        for index, service in services(case)
        if not case.aside.services[index].tracked and service.total is not None
    ]
    if case.bill.new_charges is None or not billed:
        return
    yield from compare(
        "new_charges",
        case.bill.new_charges,
        sum((total for _, total in billed), ZERO),
        ["/bill/new_charges", *(f"/bill/services/{index}/total" for index, _ in billed)],
        what="the new charges of all services",
        place=case.evidence.get("/bill/new_charges"),
    )


def billing_detail(case: Case) -> Iterator[Result]:
    """The rows of the summary of billing detail add up to the new charges, and each is a service's total."""
    rows = case.aside.detail
    if not rows:
        return
    printed = case.aside.detail_total.value if case.aside.detail_total else case.bill.new_charges
    if printed is not None:
        yield from compare(
            "billing_detail",
            printed,
            sum((row.amount.value for row in rows), ZERO),
            ["/bill/new_charges"],
            what="the rows of the summary of billing detail",
        )
        if case.bill.new_charges is not None:
            yield from compare(
                "billing_detail_total",
                printed,
                case.bill.new_charges,
                ["/bill/new_charges"],
                what="the total of the summary of billing detail",
            )
    left = [row.amount.value for row in rows]
    for index, service in services(case):
        if service.total is not None and not case.aside.services[index].tracked:
            yield from _detail_row(index, service.total, left)


def _detail_row(index: int, total: Decimal, left: list[Decimal]) -> Iterator[Result]:
    """Find the row that repeats a service's total."""
    nearest = min(left, key=lambda amount: abs(amount - total), default=None)
    if nearest is None:
        yield doubt("billing_detail_row", "the summary of billing detail has no row for this service", index)
        return
    left.remove(nearest)
    yield from compare(
        "billing_detail_row",
        total,
        nearest,
        [f"/bill/services/{index}/total"],
        what="the service's row in the summary of billing detail",
        service=index,
    )
