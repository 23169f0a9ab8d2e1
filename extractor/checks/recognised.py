"""What recognised pages have to show beyond what text pages do: no value stands on one reading alone.

A cent of rounding hides digits of a rate or of a CCA's kWh, and no sum protects an account
number, a label or a date. So on pages read by OCR every word of a charge line, and every value
that identifies the bill, was read alike twice at different resolutions, is on the word list, is
printed again elsewhere on the document, or was proven by arithmetic; and lines are exact.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractor.checks.compare import Case, Result, charge_at, compare, doubt, services, value_at
from extractor.checks.lines import nearest_product
from extractor.model import Component, Evidence, Finding
from extractor.sheet import AGREED

UNCONFIRMED = "unconfirmed"
"""The code of the finding that a value stands on one reading."""

OF_BILL = ("customer_account", "statement_date")
OF_SERVICE = ("service_account", "rate_schedule", "period/start", "period/end")
"""Values that no sum protects; amounts and kWh are protected by theirs."""


DEMAND = frozenset(("Demand",))
"""What a CCA's demand lines begin with instead of the product."""

_PRICE_PERIOD = re.compile(r"(?:on|mid|off|super)\b", re.I)

_SCHEDULE = re.compile(r"(?=.*-)[A-Z]{1,4}(?:-[A-Z0-9]{1,8}){1,4}|DOMESTIC|ESP")
"""The code that a schedule is called by: `TOU-GS-2-E`, `LS-1-ALLNITE`, `D-CARE`."""

_IN_A_SCHEDULE = re.compile(
    rf"{_SCHEDULE.pattern}|CPP|RTP|NEM2?|NBT|DA|NON-CON|CARE|FERA|SBP|MED|BL|PRIME|ST|\((?:Direct|Transitional|SCE)\)?"
    r"|Bundled|Access\)|Service\)|\d[A-Z]{2}|[IV]{1,3}"
)
"""What stands beside it."""

_ACCOUNT_ROW = re.compile(
    r"(?:direct |electronic |automatic )?payments?(?: we)? (?:received|credited)(?: - thank you)?"
    r"|late payment charges?|credit balance|past due amount|uut consolidated charges"
    r"|returned (?:check|payment)(?: charge)?"
    r"|(?:interest on )?(?:service |security )?deposit(?: refund| applied| interest)?"
    r"|(?:balance|credit) (?:transfer|transferred|adjustment)(?: (?:from|to) .+)?|adjustments?",
    re.I,
)
"""Rows of the account summary as bills print them."""


def recognised_lines(case: Case) -> Iterator[Result]:
    """Each recognised charge line is exact to the cent, and all its words are confirmed."""
    for index, service in services(case):
        for at, line in enumerate(service.charges):
            if line.evidence.confidence is None:
                continue
            computed = nearest_product(line, service.provider)
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

    Schedules and rows of the account summary are whole ones that bills print, too: ink that is gone, or a
    pen's, is read alike by all readings.
    """
    named: list[tuple[str, int | None]] = [(f"/bill/{name}", None) for name in OF_BILL]
    for index, _ in services(case):
        named += [(f"/bill/services/{index}/{name}", index) for name in OF_SERVICE]
    named += [(f"/bill/account_lines/{at}/label", None) for at in range(len(case.bill.account_lines))]
    for pointer, service in named:
        place = case.evidence.get(pointer)
        if place is None or place.confidence is None:
            continue
        odd = _is_odd(pointer, str(value_at(case, pointer)))
        again = _printed_again(case, pointer) or _named_alike(case, pointer, service)
        if odd or not (is_confirmed(place) or again):
            name = pointer.removeprefix("/bill/").replace("/", " ").replace("_", " ")
            yield _unconfirmed(f"the {name}", place, service)


def recognised_schedules(case: Case) -> Iterator[Finding]:
    """The schedule of a recognised bill with lines of critical peak pricing says so."""
    for index, service in services(case):
        place = case.evidence.get(f"/bill/services/{index}/rate_schedule")
        priced = any(line.component == Component.CPP for line in service.charges)
        if place and place.confidence is not None and priced and "CPP" not in (service.rate_schedule or ""):
            yield _unconfirmed("the rate schedule, which does not say CPP as the lines do,", place, index)


def recognised_alike(case: Case) -> Iterator[Finding]:
    """Recognised lines of a CCA's price periods name one product, or each the same ones; a vintage its year.

    A word that is gone from one label is there on the others. (Season words are not: bills lose them.)
    """
    for index, service in services(case):
        vintages = [line for line in service.charges if "vintage" in line.label.lower()]
        odd = [line for line in vintages if line.vintage is None]
        if service.provider != "SCE":
            timed = [line for line in service.charges if line.tou and line.section == "generation"]
            products = {_product(line.label) for line in timed} - DEMAND
            periods = [
                sorted(line.tou or "" for line in timed if _product(line.label) == each) for each in products
            ]
            odd += timed if any(each != periods[0] for each in periods) else []
        for line in odd:
            if line.evidence.confidence is not None:
                yield _unconfirmed(
                    f"line {line.line} ({line.label}), unlike the others,", line.evidence, index
                )


def _product(label: str) -> str:
    """Return what a label begins with before the price period, nothing if it begins with that."""
    stem = label.partition(" - ")[0]
    return "" if _PRICE_PERIOD.match(stem) else stem


def _is_odd(pointer: str, value: str) -> bool:
    """Tell whether a recognised value is none that bills print whole."""
    if pointer.endswith("rate_schedule"):
        words = value.split()
        return not any(map(_SCHEDULE.fullmatch, words)) or not all(map(_IN_A_SCHEDULE.fullmatch, words))
    return pointer.startswith("/bill/account_lines/") and _ACCOUNT_ROW.fullmatch(value) is None


def is_confirmed(place: Evidence) -> bool:
    """Tell whether a value's words are printed text, or recognised and confirmed."""
    return place.confidence is None or place.confidence >= AGREED


def _printed_again(case: Case, pointer: str) -> bool:
    """Tell whether other places of the document print the same value."""
    others = [witness.printed.value for witness in case.aside.witnesses if witness.pointer == pointer]
    return bool(others) and all(other == value_at(case, pointer) for other in others)


def _named_alike(case: Case, pointer: str, index: int | None) -> bool:
    """Tell whether the charges of another provider at the same service account name the same schedule."""
    if index is None or not pointer.endswith("rate_schedule"):
        return False
    one = case.bill.services[index]
    return any(
        other is not one
        and other.provider != one.provider
        and other.service_account == one.service_account
        and other.rate_schedule == one.rate_schedule
        for other in case.bill.services
    )


def _unconfirmed(what: str, place: Evidence, service: int | None) -> Finding:
    return doubt(UNCONFIRMED, f"{what} was recognised once and is confirmed by nothing", service, place)
