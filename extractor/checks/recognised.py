"""What recognised pages have to show beyond what text pages do: no value stands on one reading alone.

A cent of rounding hides digits of a rate or of a CCA's kWh, and no sum protects an account
number, a label or a date. So on pages read by OCR every word of a charge line, and every value
that identifies the bill, was read alike twice at different resolutions, is on the word list, is
printed again elsewhere on the document, or was proven by arithmetic; and lines are exact.
"""

from __future__ import annotations

from collections.abc import Iterator

from extractor.checks.compare import Case, Result, charge_at, compare, doubt, services, value_at
from extractor.checks.lines import product
from extractor.model import Evidence, Finding
from extractor.sheet import AGREED

UNCONFIRMED = "unconfirmed"
"""The code of the finding that a value stands on one reading."""

OF_BILL = ("customer_account", "statement_date")
OF_SERVICE = ("service_account", "rate_schedule", "period/start", "period/end")
"""Values that no sum protects; amounts and kWh are protected by theirs."""


def recognised_lines(case: Case) -> Iterator[Result]:
    """Each recognised charge line is exact to the cent, and all its words are confirmed."""
    for index, service in services(case):
        for at, line in enumerate(service.charges):
            if line.evidence.confidence is None:
                continue
            computed = product(line)
            if computed is not None:
                yield from compare(
                    "line_exact",
                    line.amount,
                    computed,
                    [charge_at(index, at, name) for name in ("quantity", "rate", "amount")],
                    what=f"line {line.line} ({line.label}), recognised: quantity x rate",
                    service=index,
                    place=line.evidence,
                )
            if not is_confirmed(line.evidence):
                yield _unconfirmed(f"line {line.line} ({line.label})", line.evidence, index)


def recognised_values(case: Case) -> Iterator[Finding]:
    """Account numbers, dates and schedules of recognised pages are confirmed by a second reading or place.

    A schedule has dashes in it and no spaces around them: `TOU-D - PRIME` is recognition's, whoever agrees.
    """
    named: list[tuple[str, int | None]] = [(f"/bill/{name}", None) for name in OF_BILL]
    for index, _ in services(case):
        named += [(f"/bill/services/{index}/{name}", index) for name in OF_SERVICE]
    named += [(f"/bill/account_lines/{at}/label", None) for at in range(len(case.bill.account_lines))]
    for pointer, service in named:
        place = case.evidence.get(pointer)
        if place is None or place.confidence is None:
            continue
        parted = pointer.endswith("rate_schedule") and " - " in str(value_at(case, pointer))
        if parted or not (is_confirmed(place) or _printed_again(case, pointer)):
            name = pointer.removeprefix("/bill/").replace("/", " ").replace("_", " ")
            yield _unconfirmed(f"the {name}", place, service)


def is_confirmed(place: Evidence) -> bool:
    """Tell whether a value's words are printed text, or recognised and confirmed."""
    return place.confidence is None or place.confidence >= AGREED


def _printed_again(case: Case, pointer: str) -> bool:
    """Tell whether other places of the document print the same value."""
    others = [witness.printed.value for witness in case.aside.witnesses if witness.pointer == pointer]
    return bool(others) and all(other == value_at(case, pointer) for other in others)


def _unconfirmed(what: str, place: Evidence, service: int | None) -> Finding:
    return doubt(UNCONFIRMED, f"{what} was recognised once and is confirmed by nothing", service, place)
