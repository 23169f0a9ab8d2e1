"""From proof and findings to a status: of each service, and of the bill.

Verified is what was read in full, closes in every gating identity that the document makes
possible, and whose structure is proven; a single error finding makes it review. A doubtful
service does not make the others doubtful, but the bill.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from extractor.checks.compare import Case, doubt, services
from extractor.model import Bill, Finding, Proof, Service, Status

NEEDED_OF_SERVICE = ("provider", "service_account", "rate_schedule", "period", "total")
NEEDED_OF_SCE = ("customer_account", "statement_date", "new_charges", "amount_due")


def missing_fields(case: Case) -> Iterator[Finding]:
    """Every field that a verified bill needs was read."""
    if case.bill.issuer == "SCE":
        for name in NEEDED_OF_SCE:
            if getattr(case.bill, name) is None:
                yield _missing(f"the {name.replace('_', ' ')}", _first_page(case))
    if not case.bill.services:
        yield doubt("no_services", "no charges were found on the bill; a page may be missing")
    for index, service in services(case):
        for name in NEEDED_OF_SERVICE:
            if getattr(service, name) is None and not _is_shared(case, name):
                what = f"the {name.replace('_', ' ')} of the service"
                yield _missing(what, _page_of(case, service, name), index)
        if not service.charges:
            yield doubt("no_charges", "the service has no charge lines", index)


def _is_shared(case: Case, name: str) -> bool:
    """Tell whether services have a value together: an EDI invoice has one total for all of them."""
    return name == "total" and case.aside.edi is not None and len(case.bill.services) > 1


def _missing(what: str, page: int | None, service: int | None = None) -> Finding:
    """Return the finding that a field was not read, with the page on which it is looked for."""
    return doubt("missing_field", f"{what} was not read", service).model_copy(update={"page": page})


def _page_of(case: Case, service: Service, name: str) -> int | None:
    """Return the page for a field of a service: the header's for its account, else that of its charges."""
    if name == "service_account" or not service.charges:
        return _first_page(case)
    return service.charges[0].evidence.page


def _first_page(case: Case) -> int | None:
    return min((place.page for place in case.evidence.values()), default=None)


def judged(bill: Bill, proof: Sequence[Proof], findings: Sequence[Finding]) -> tuple[Bill, Status]:
    """Return the bill with each service's verdict, and the bill's own."""
    doubted = {finding.service for finding in findings if finding.severity == "error"}
    doubted |= {row.service for row in proof if row.gate and not row.holds}
    judged_services = tuple(
        service.model_copy(update={"status": "review" if index in doubted else "verified"})
        for index, service in enumerate(bill.services)
    )
    status = Status.REVIEW if doubted else Status.VERIFIED
    return bill.model_copy(update={"services": judged_services}), status
