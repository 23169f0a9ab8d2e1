"""Each identity holds on a bill that is right, and fails where one of its values is changed."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest

from extractor import checks
from extractor.checks import account, box, dates, energy, lines, recognised, structure, sums, supply, verdict
from extractor.checks.compare import Case, Result
from extractor.draft import assemble
from extractor.layouts import layout_for
from extractor.model import Bill, Finding, Proof
from extractor.pages import pdfium
from tests.extractor.golden import SAMPLES

Check = Callable[[Case], Iterator[Result]]

BUNDLED = "gs2e-bundled-season-split-rate-change-2025"
RATE_CHANGE = "gs2e-bundled-wildfire-twice-2024"
COMBINED = "gs2e-cpa-lean-season-split-2025"
TWO = "two-services-bundled-2026"


@cache
def case_of(name: str) -> Case:
    """Return a corpus bill as the checks get it."""
    (sample,) = (path for path in SAMPLES if path.stem == name)
    pages = pdfium.read_pages(sample.read_bytes())
    draft, aside = layout_for(pages).read(pages)
    bill, evidence = assemble(draft)
    return Case(bill, aside, evidence)


def altered(case: Case, pointer: str, value: object) -> Case:
    """Return a case whose bill has another value at a JSON pointer below /bill."""
    record: Any = case.bill.model_dump()
    *path, last = [int(part) if part.isdigit() else part for part in pointer.strip("/").split("/")]
    at: Any = record
    for index, part in enumerate(path):
        if isinstance(at[part], tuple):
            at[part] = list(at[part])
        at = at[part]
        assert at is not None, path[: index + 1]
    at[last] = value
    return Case(Bill.model_validate(record), case.aside, case.evidence)


def failing(check: Check, case: Case) -> set[str]:
    """Return the identities, or codes of error findings, that a check complains of."""
    results = list(check(case))
    rows = {row.identity for row in results if isinstance(row, Proof) and not row.holds}
    return rows | {
        found.code for found in results if isinstance(found, Finding) and found.severity == "error"
    }


@pytest.mark.parametrize("name", [BUNDLED, RATE_CHANGE, COMBINED, TWO])
@pytest.mark.parametrize("check", checks.CHECKS, ids=lambda check: check.__name__)
def test_nothing_fails_on_a_bill_that_is_right(check: Check, name: str) -> None:
    assert failing(check, case_of(name)) == set()


@pytest.mark.parametrize(
    ("check", "name", "pointer", "value", "identity"),
    [
        (lines.lines_close, BUNDLED, "services/0/charges/0/amount", "768.39", "line_product"),  # two cents off
        (lines.lines_close, BUNDLED, "services/0/charges/0/days", (26, 30), "line_product"),
        (lines.lines_close, COMBINED, "services/1/charges/0/rate", "0.5", "line_product"),
        (sums.subtotals, BUNDLED, "services/0/charges/0/amount", "768.36", "subtotal"),  # one cent off
        (sums.totals, BUNDLED, "services/0/total", "3992.96", "total"),
        (sums.new_charges, COMBINED, "new_charges", "6884.22", "new_charges"),
        (sums.billing_detail, COMBINED, "services/1/total", "2108.97", "billing_detail_row"),
        (account.account_summary, BUNDLED, "previous_balance", None, ""),  # the rows themselves are the proof
        (account.scan_line, BUNDLED, "amount_due", "3992.96", "scan_line"),
        (account.printed_alike, BUNDLED, "customer_account", "700200000009", "printed_alike"),
        (account.printed_alike, BUNDLED, "statement_date", "2025-06-05", "printed_alike"),
        (account.printed_alike, COMBINED, "services/1/service_account", "8000000009", "printed_alike"),
        (box.cost_boxes, BUNDLED, "services/0/charges/3/amount", "1.00", "cost_box_energy"),
        (box.cost_boxes, BUNDLED, "services/0/charges/0/component", "customer", "cost_box_demand"),
        (energy.own_generation, BUNDLED, "services/0/charges/2/quantity", "3498", "kwh_delivery_generation"),
        (energy.cca_generation, COMBINED, "services/1/charges/0/quantity", "9", "kwh_cca_delivery"),
        (energy.usage_block, BUNDLED, "services/0/usage_kwh", "17923", "kwh_usage"),
        (dates.day_counts, BUNDLED, "services/0/period/days", 31, "day_count"),
        (dates.day_counts, BUNDLED, "services/0/period/start", "2025-05-06", "day_count"),
        (dates.meter_dates, BUNDLED, "services/0/period/end", "2025-06-02", "meter_dates"),
        (dates.dates_in_order, BUNDLED, "due_date", "2025-06-01", "dates"),
        (dates.dates_in_order, BUNDLED, "services/0/period/end", "2025-07-01", "dates"),
        (dates.prorations, BUNDLED, "services/0/charges/0/days", (26, 30), "proration_parts"),
        (dates.prorations, BUNDLED, "services/0/charges/0/days", (27, 31), "proration_days"),
        (structure.seasons, BUNDLED, "services/0/period/end", "2025-05-31", "seasons_of_period"),
        (structure.lines_under_their_headings, BUNDLED, "services/0/charges/2/unit", "kW", "misplaced_line"),
        (structure.lines_under_their_headings, BUNDLED, "services/0/charges/2/group", None, "misplaced_line"),
        (structure.price_periods_in_order, BUNDLED, "services/0/charges/4/tou", "on_peak", "price_periods_in_order"),
        (verdict.missing_fields, BUNDLED, "customer_account", None, "missing_field"),
        (verdict.missing_fields, COMBINED, "services/1/rate_schedule", None, "missing_field"),
        (verdict.missing_fields, COMBINED, "services/1/charges", (), "no_charges"),
        (verdict.missing_fields, COMBINED, "services", (), "no_services"),
    ],
)  # fmt: skip
def test_a_changed_value_is_noticed(
    check: Check, name: str, pointer: str, value: object, identity: str
) -> None:
    case = altered(case_of(name), pointer, value)
    found = failing(check, case)
    assert (identity in found) if identity else not found


def test_headings_out_of_order_are_noticed() -> None:
    case = case_of(BUNDLED)
    aside = copy.deepcopy(case.aside)
    sections = [heading for heading in aside.services[0].headings if heading.kind == "section"]
    aside.services[0].headings = [*sections[1:], sections[0]]
    assert failing(structure.headings, case._replace(aside=aside)) >= {"headings_in_order"}


def test_a_heading_that_was_not_read_is_noticed() -> None:
    case = case_of(BUNDLED)
    aside = copy.deepcopy(case.aside)
    aside.services[0].headings = [h for h in aside.services[0].headings if h.section != "delivery"]
    assert failing(structure.headings, case._replace(aside=aside)) >= {"headings_in_order"}


def test_another_suppliers_name_inside_sces_charges_is_noticed() -> None:
    case = case_of(BUNDLED)
    aside = copy.deepcopy(case.aside)
    (provider,) = (h for h in aside.services[0].headings if h.kind == "provider")
    aside.services[0].headings.append(type(provider)("provider", "CLEAN POWER ALLIANCE", 4, 12))
    assert failing(structure.one_supplier, case._replace(aside=aside)) == {"other_supplier"}


def test_missing_generation_is_told() -> None:
    case = case_of(COMBINED)
    alone = Case(case.bill.model_copy(update={"services": case.bill.services[:1]}), case.aside, case.evidence)
    (found,) = supply.generation_missing(alone)
    assert isinstance(found, Finding)
    assert found.code == "generation_missing"
    assert not list(supply.generation_missing(case))


def test_account_numbers_stay_out_of_messages() -> None:
    case = altered(case_of(BUNDLED), "customer_account", "700200000009")
    messages = [found.message for found in account.printed_alike(case) if isinstance(found, Finding)]
    assert messages
    assert not any("7002" in message for message in messages)


def test_one_doubtful_service_does_not_hide_the_other() -> None:
    case = altered(case_of(TWO), "services/0/charges/0/amount", "1.00")
    bill, status, _, _ = checks.proven(case.bill, case.aside, case.evidence)
    assert status == "review"
    assert [service.status for service in bill.services] == ["review", "verified"]


@pytest.mark.parametrize(
    ("service", "quantity", "rate", "amount", "complains"),
    [
        (1, "13.5", "3.67", "49.54", False),  # $49.545, as CPA printed it
        (1, "13.5", "3.67", "49.55", False),
        (1, "13.5", "3.67", "49.53", True),
        (1, "13.5", "3.68", "49.67", True),  # $49.68: nothing to round
        (1, "13.4", "3.67", "49.17", True),  # $49.178
        (1, "-13.5", "3.67", "-49.54", False),
        (0, "13.5", "3.67", "49.54", True),  # SCE rounds half up
        (0, "13.5", "3.67", "49.55", False),
    ],
)
def test_a_recognised_line_is_exact_to_the_cent_and_a_ccas_half_cent_goes_either_way(
    service: int, quantity: str, rate: str, amount: str, complains: bool
) -> None:
    case = case_of("d4-cpa-lean-winter-2024")
    line = f"services/{service}/charges/0"
    for name, value in (
        ("quantity", quantity),
        ("rate", rate),
        ("amount", amount),
        ("days", None),
        ("unit", "kW"),
    ):
        case = altered(case, f"{line}/{name}", value)
    case = altered(case, f"{line}/evidence/confidence", 1.0)
    assert case.bill.services[service].provider == ("CPA" if service else "SCE")
    assert failing(recognised.recognised_lines, case) == ({"line_exact"} if complains else set())
