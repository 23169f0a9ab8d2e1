"""What is printed as a sum is the sum of what stands above it, to the cent."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from extractor.checks.compare import ZERO, Case, Result, charge_at, compare, doubt, services
from extractor.draft import Row, evidence_of
from extractor.model import Evidence, Service


def subtotals(case: Case) -> Iterator[Result]:
    """The subtotal of a service is the sum of the lines printed above it; so is every one before it.

    SCE prints it before the taxes; CPA after them, so that they are inside. Its place decides.
    The record keeps the last one.
    """
    for index, service in services(case):
        earlier = case.aside.services[index].subtotals[:-1]
        for above, printed in earlier:
            yield from _subtotal(index, service, printed.value, above, [], evidence_of(printed))
        above_last = case.aside.services[index].subtotal_after
        if service.subtotal is not None and above_last is not None:
            pointer = f"/bill/services/{index}/subtotal"
            place = case.evidence.get(pointer)
            yield from _subtotal(index, service, service.subtotal, above_last, [pointer], place)


def _subtotal(
    index: int, service: Service, printed: Decimal, above: int, pointers: list[str], place: Evidence | None
) -> Iterator[Result]:
    yield from compare(
        "subtotal",
        printed,
        sum((line.amount for line in service.charges[:above]), ZERO),
        [*pointers, *(charge_at(index, at, "amount") for at in range(above))],
        what="the subtotal of the lines above it",
        service=index,
        place=place,
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
    """The new charges of the account are the totals of its services; tracked charges are not among them.

    Where all charges are tracked nothing is charged yet, or a page is missing.
    """
    billed = [
        (index, service.total)
        for index, service in services(case)
        if not case.aside.services[index].tracked and service.total is not None
    ]
    tracked = any(case.aside.services[index].tracked for index, _ in services(case))
    if case.bill.new_charges is None or not (billed or tracked):
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
    """The rows of the summary of billing detail add up to the new charges; each is one service's total."""
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
    yield from _rows_of_services(case)


def _rows_of_services(case: Case) -> Iterator[Result]:
    """Find the row of each service, and the service of each row; tracked charges may have one, too."""
    pairs, left = _paired(case)
    for index, service in services(case):
        if service.total is None or case.aside.services[index].tracked:
            continue
        if index not in pairs:
            yield doubt(
                "billing_detail_row", "the summary of billing detail has no row for this service", index
            )
            continue
        yield from compare(
            "billing_detail_row",
            service.total,
            pairs[index].amount.value,
            [f"/bill/services/{index}/total"],
            what="the service's row in the summary of billing detail",
            service=index,
        )
    for row in left:
        if not _of_tracked(case, row):
            message = (
                f"no charges were found for the row of {row.amount.value} in the summary of billing detail"
            )
            yield doubt("billing_detail_row", message, place=evidence_of(row.amount))


def _paired(case: Case) -> tuple[dict[int, Row], list[Row]]:
    """Return the row of each service, by its account first, by its amount second, and the rows left over."""
    rows = case.aside.detail
    billed = [(index, service) for index, service in services(case) if not case.aside.services[index].tracked]
    nearest = sorted(
        (_unlikeness(service, row), index, at) for index, service in billed for at, row in enumerate(rows)
    )
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for _, index, at in nearest:
        if index not in pairs and at not in taken:
            pairs[index] = at
            taken.add(at)
    left = [row for at, row in enumerate(rows) if at not in taken]
    return {index: rows[at] for index, at in pairs.items()}, left


def _unlikeness(service: Service, row: Row) -> tuple[bool, Decimal]:
    other_account = row.service_account is None or row.service_account != service.service_account
    return other_account, ZERO if service.total is None else abs(row.amount.value - service.total)


def _of_tracked(case: Case, row: Row) -> bool:
    """Tell whether a row repeats tracked charges, or says that nothing of them is charged."""
    return any(
        case.aside.services[index].tracked
        and row.service_account == service.service_account
        and row.amount.value in (ZERO, service.total)
        for index, service in services(case)
    )
