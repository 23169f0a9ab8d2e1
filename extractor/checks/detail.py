"""The summary of billing detail repeats each service: account, period, rate schedule, total."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from extractor.checks.compare import Case, Result, doubt, services
from extractor.draft import Row
from extractor.model import Service


def detail_rows(case: Case) -> Iterator[Result]:
    """The summary of billing detail has a row for each service, with its account, period and rate."""
    for index, service in services(case):
        rows = [row for row in case.aside.detail if row.amount.value == service.total]
        if not rows or case.aside.services[index].tracked:
            continue
        messages = [_unlike(service, row) for row in rows]
        if all(messages):
            message = f"in the summary of billing detail the service has another {messages[0]}"
            yield doubt(
                "billing_detail_row", message, index, case.evidence.get(f"/bill/services/{index}/total")
            )


def _unlike(service: Service, row: Row) -> str | None:
    """Return what a row says otherwise than its service; what it does not say is no difference."""
    if row.service_account and service.service_account and row.service_account != service.service_account:
        return "service account"
    period = service.period
    if row.period is not None and period is not None and row.period != (period.start, period.end):
        return "billing period"
    if (
        row.rate_schedule
        and service.rate_schedule
        and not begin_alike(row.rate_schedule, service.rate_schedule)
    ):
        return "rate schedule"
    return None


def begin_alike(*rates: str) -> bool:
    """Tell whether one rate begins with the other: a narrow column may cut one short."""
    one, other = ("".join(filter(str.isalnum, rate)).lower() for rate in rates)
    return one.startswith(other) or other.startswith(one)


def accounts_repeated(case: Case) -> Iterator[Result]:
    """The service account of a supplier's part is printed with another part or a row, too."""
    known: Sequence[str | None] = [row.service_account for row in case.aside.detail]
    for index, service in services(case):
        if service.role != "generation" or service.service_account is None or case.bill.issuer != "SCE":
            continue
        others = [other.service_account for at, other in services(case) if at != index]
        if "-" not in service.service_account and service.service_account not in (*known, *others):
            place = case.evidence.get(f"/bill/services/{index}/service_account")
            yield doubt(
                "service_account", "this service account is printed nowhere else on the bill", index, place
            )
