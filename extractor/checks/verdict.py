"""From proof and findings to a status: of each service, and of the bill.

Verified is what was read in full, closes in every gating identity that the document makes
possible, and whose structure is proven; a single error finding makes it review. A doubtful
service does not make the others doubtful, but the bill.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from extractor.checks.compare import Case, doubt, services
from extractor.model import Bill, Finding, Proof, Status

NEEDED_OF_SERVICE = ("provider", "service_account", "rate_schedule", "period", "total")
NEEDED_OF_SCE = ("customer_account", "statement_date", "new_charges", "amount_due")


def missing_fields(case: Case) -> Iterator[Finding]:
    """Every field that a verified bill needs was read."""
    if case.bill.issuer == "SCE":
        for name in NEEDED_OF_SCE:
            if getattr(case.bill, name) is None:
                yield doubt("missing_field", f"the {name.replace('_', ' ')} was not read")
    if not case.bill.services:
        yield doubt("no_services", "no charges were found on the bill; a page may be missing")
    for index, service in services(case):
        for name in NEEDED_OF_SERVICE:
            if getattr(service, name) is None:
                yield doubt(
                    "missing_field", f"the {name.replace('_', ' ')} of the service was not read", index
                )
        if not service.charges:
            yield doubt("no_charges", "the service has no charge lines", index)


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
