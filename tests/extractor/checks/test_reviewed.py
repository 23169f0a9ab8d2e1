"""What a review found the checks to pass over, or to complain of without need; each row says which."""

from __future__ import annotations

import copy
import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from extractor import checks
from extractor.checks import box, dates, detail, energy, fitting, structure, sums
from extractor.checks.compare import Case
from extractor.draft import Aside, Row
from extractor.layouts.sections.billing_detail import read_detail
from extractor.layouts.sections.vocabulary import component_of
from extractor.model import Bill, Component, Finding, Proof
from extractor.paper import Box, Printed
from tests.extractor.bound import plain
from tests.extractor.checks.test_checks import BUNDLED, COMBINED, TWO, altered, case_of, failing

SIX = "six-accounts-summary-statement-2026"
SBP = "prime-sbp-export-credits-cpa-green-2026"
NEM1 = "d4-nem1-negative-kwh-2025"
NEM2 = "d4-nem2-nonbypassable-charges-2026"
OLD = "old-gs2d-cpa-lean-season-split-2019"

FIRST, SECOND, THIRD = "8000000011", "8000000012", "8000000013"
"""The two service accounts of `TWO`, and another one."""


def with_aside(case: Case) -> tuple[Case, Aside]:
    """Return a case whose aside may be changed, and that aside."""
    aside = copy.deepcopy(case.aside)
    return case._replace(aside=aside), aside


def all_altered(case: Case, **values: object) -> Case:
    """Return a case with values at JSON pointers below /bill; `__` stands for the slash."""
    for pointer, value in values.items():
        case = altered(case, pointer.replace("__", "/"), value)
    return case


def dollars(amount: str) -> Printed[Decimal]:
    return Printed(Decimal(amount), amount, 3, Box(500.0, 100.0, 540.0, 110.0))


# --- the summary of billing detail ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "complains"),
    [
        ([(FIRST, "7428.45"), (SECOND, "381.42")], False),  # as printed
        ([(SECOND, "381.42"), (FIRST, "7428.45")], False),  # in another order
        ([(None, "7428.45"), (None, "381.42")], False),  # no accounts printed: by the amounts
        ([(FIRST, "7428.45"), (SECOND, "381.42"), (THIRD, "0.00")], True),  # a service's page is missing
        (
            [(FIRST, "7428.45"), (SECOND, "381.42"), (THIRD, "50.00"), (THIRD, "-50.00")],
            True,  # two are, that cancel
        ),
        ([(FIRST, "381.42"), (SECOND, "7428.45")], True),  # by the account first: the totals are swapped
        ([(FIRST, "7428.45"), (FIRST, "381.42")], False),  # one account read twice: `detail_rows` says so
        ([(FIRST, "7809.87")], True),  # a row is missing
    ],
)
def test_each_service_has_a_row_and_each_row_a_service(
    rows: list[tuple[str | None, str]], complains: bool
) -> None:
    case, aside = with_aside(case_of(TWO))
    aside.detail = [Row("", dollars(amount), service_account=account) for account, amount in rows]
    assert failing(sums.billing_detail, case) == ({"billing_detail_row"} if complains else set())


@pytest.mark.parametrize(
    ("account", "amount", "complains"),
    [
        (SECOND, "381.42", False),  # the tracked charges themselves
        (SECOND, "0.00", False),  # nothing of them is charged
        (SECOND, "12.00", True),  # something is, and its page is missing
        (THIRD, "0.00", True),
    ],
)
def test_tracked_charges_may_have_a_row(account: str, amount: str, complains: bool) -> None:
    case, aside = with_aside(case_of(TWO))
    aside.services[1].tracked = True
    aside.detail = [
        Row("", dollars("7428.45"), service_account=FIRST),
        Row("", dollars(amount), service_account=account),
    ]
    aside.detail_total = None
    assert ("billing_detail_row" in failing(sums.billing_detail, case)) == complains


def test_the_row_without_charges_is_pointed_at_without_its_account() -> None:
    case, aside = with_aside(case_of(TWO))
    aside.detail.append(Row(f"{THIRD} 12 ZERO AVE", dollars("0.00"), service_account=THIRD))
    (found,) = [one for one in sums.billing_detail(case) if isinstance(one, Finding)]
    assert (found.page, found.service) == (3, None)
    assert THIRD not in found.message


@pytest.mark.parametrize(
    ("row", "period"),
    [
        ("8000000011 06/04/26 to 07/02/26 TOU-GS-2-E $7,428.45", ("2026-06-04", "2026-07-02")),
        ("8000000011 6/4/2026 - 7/2/2026 TOU-GS-2-E $7,428.45", ("2026-06-04", "2026-07-02")),
        ("3-045-0000-45 Aug 2 '18 to Aug 31 '18 TOU-GS-2-B (SCE) $1.00", ("2018-08-02", "2018-08-31")),
        ("8000000011 TOU-GS-2-E $7,428.45", None),  # no dates printed
    ],
)
def test_the_period_of_a_row_is_read_in_every_form(row: str, period: tuple[str, str] | None) -> None:
    aside = Aside()
    read_detail([plain(1, ["Summary of your billing detail", row])], aside)
    (read,) = aside.detail
    assert read.period == (tuple(dt.date.fromisoformat(one) for one in period) if period else None)
    assert (read.rate_schedule or "").startswith("TOU-GS-2-")
    assert "SCE" not in (read.rate_schedule or "")
    assert not aside.findings


def test_dates_of_no_calendar_in_a_row_are_told() -> None:
    aside = Aside()
    row = "8000000011 06/04/26 to 06/31/26 TOU-GS-2-E $7,428.45"
    read_detail([plain(1, ["Summary of your billing detail", row])], aside)
    assert [(found.code, found.severity) for found in aside.findings] == [("billing_detail_row", "error")]


@pytest.mark.parametrize("day", [dt.date(2019, 6, 16), dt.date(2019, 6, 18)])
def test_another_period_in_a_row_is_noticed_in_old_bills_too(day: dt.date) -> None:
    case, aside = with_aside(case_of(OLD))
    assert failing(detail.detail_rows, case) == set()
    aside.detail = [
        Row("", row.amount, period=(row.period[0], day)) if row.period else row for row in aside.detail
    ]
    assert failing(detail.detail_rows, case) == {"billing_detail_row"}


# --- sums ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tracked", "new_charges", "complains"),
    [
        ((0, 1), "0.00", False),  # nothing is charged yet
        ((0, 1), "7809.87", True),  # the page of what is charged is missing
        ((0, 1), "-0.01", True),
        ((0,), "381.42", False),  # the other service is charged
        ((0,), "0.00", True),
    ],
)
def test_where_all_charges_are_tracked_nothing_is_new(
    tracked: tuple[int, ...], new_charges: str, complains: bool
) -> None:
    case, aside = with_aside(altered(case_of(TWO), "new_charges", new_charges))
    for index in tracked:
        aside.services[index].tracked = True
    assert failing(sums.new_charges, case) == ({"new_charges"} if complains else set())


@pytest.mark.parametrize(
    ("after", "off", "complains"),
    [
        (3, "0.00", False),  # of the delivery charges, say
        (3, "0.01", True),  # a cent off
        (0, "999.99", True),  # above all lines
    ],
)
def test_every_subtotal_is_the_sum_above_it(after: int, off: str, complains: bool) -> None:
    case, aside = with_aside(case_of(BUNDLED))
    above = sum((line.amount for line in case.bill.services[0].charges[:after]), Decimal(off))
    aside.services[0].subtotals.insert(0, (after, dollars(str(above))))
    assert failing(sums.subtotals, case) == ({"subtotal"} if complains else set())


def test_the_cost_boxs_kwh_of_all_periods_are_those_delivered() -> None:
    case, aside = with_aside(case_of(BUNDLED))
    cost_box = aside.services[0].cost_box
    assert cost_box is not None and cost_box.kwh is not None
    rows = [row for row in box.cost_boxes(case) if isinstance(row, Proof) and row.identity == "cost_box_kwh"]
    assert cost_box.kwh.value in [row.printed for row in rows]
    cost_box.kwh = dollars("99999")
    assert failing(box.cost_boxes, case) == {"cost_box_kwh"}


# --- kWh of a service that sends energy back -----------------------------------------------------


@pytest.mark.parametrize(
    ("name", "used", "complains"),
    [
        (SBP, "682", False),  # delivered, as printed
        (SBP, "982", True),  # a changed digit
        (SBP, "1094", False),  # delivered and exported
        (SBP, "412", False),  # exported
        (NEM1, "-23", False),  # the net of all price periods, as printed
        (NEM1, "119", False),  # imports alone
        (NEM1, "142", False),  # exports alone
        (NEM1, "-32", True),  # two digits swapped
        (NEM1, "23", True),  # the sign lost
        (BUNDLED, "0", True),  # nothing is sent back here: there is but one number
    ],
)
def test_the_kwh_used_are_something_that_the_lines_can_be_counted_as(
    name: str, used: str, complains: bool
) -> None:
    case = altered(case_of(name), "services/0/usage_kwh", used)
    assert failing(energy.usage_block, case) == ({"kwh_usage"} if complains else set())


@pytest.mark.parametrize(
    ("name", "charge", "kwh", "error"),
    [
        (SBP, 4, "682", False),
        (SBP, 4, "628", True),  # two digits of the Wildfire fund charge swapped
        (SBP, 10, "68", True),  # a digit of the Fixed recovery charge lost
        (NEM1, 4, "261", False),  # what is taken and what is given together, as printed
        (NEM1, 4, "216", True),
        (NEM2, 6, "168", False),  # nonbypassable, on each interval's own kWh: nothing to compare with
        (NEM2, 5, "710", True),  # Wildfire fund charge
    ],
)
def test_surcharges_of_who_sends_energy_back_gate(name: str, charge: int, kwh: str, error: bool) -> None:
    case = altered(case_of(name), f"services/0/charges/{charge}/quantity", kwh)
    pointer = f"/bill/services/0/charges/{charge}/quantity"
    rows = [row for row in energy.surcharges(case) if isinstance(row, Proof) and pointer in row.subjects]
    assert rows
    assert any(row.gate and not row.holds for row in rows) == error


# --- which delivery a CCA's part belongs to ------------------------------------------------------

ONE_ACCOUNT = {"services__4__service_account": "8000000501", "services__5__service_account": "8000000501"}
"""Two services of one account and period: 0 and 4 SCE's, 1 and 5 the supplier's."""
ONE_RATE = {f"services__{at}__rate_schedule": "TOU-GS-1-E" for at in (4, 5)}
SWAPPED = {"services__1__charges__0__tou": "mid_peak", "services__1__charges__1__tou": "on_peak"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, set()),
        (ONE_ACCOUNT, set()),  # by the rate schedule
        ({**ONE_ACCOUNT, **SWAPPED}, {"kwh_cca_delivery"}),
        ({**ONE_ACCOUNT, **ONE_RATE}, set()),  # by the kWh
        ({**ONE_ACCOUNT, **ONE_RATE, **SWAPPED}, {"delivery_partner"}),  # by nothing
    ],
)
def test_several_deliveries_of_one_account_are_told_apart(
    changes: dict[str, object], expected: set[str]
) -> None:
    assert failing(energy.cca_generation, all_altered(case_of(SIX), **changes)) == expected


@pytest.mark.parametrize(
    ("start", "end", "compared"),
    [
        ("2025-09-04", "2025-10-02", True),  # as printed
        ("2025-09-03", "2025-10-02", True),  # a day early: both readings' days are counted
        ("2025-09-04", "2025-10-03", True),  # a day late
        ("2025-09-05", "2025-10-02", False),  # a day is missing: another part will have it
        ("2025-09-02", "2025-10-02", False),
        ("2025-09-04", "2025-10-04", False),
    ],
)
def test_a_cca_period_may_overlap_by_a_day(start: str, end: str, compared: bool) -> None:
    case = all_altered(
        case_of(COMBINED), services__1__period__start=dt.date.fromisoformat(start),
        services__1__period__end=dt.date.fromisoformat(end),
    )  # fmt: skip
    rows = list(energy.cca_generation(case))
    assert bool(rows) == compared
    assert all(isinstance(row, Proof) and row.holds for row in rows)


def test_the_period_itself_goes_before_one_that_it_overlaps() -> None:
    case = case_of(COMBINED)
    delivery, part = case.bill.services
    assert delivery.period is not None
    longer = delivery.period.model_copy(update={"start": delivery.period.start + dt.timedelta(1)})
    other = delivery.model_copy(update={"period": longer})
    bill = case.bill.model_copy(update={"services": (other, part, delivery)})
    assert [at for at, _ in energy.deliveries_of(case._replace(bill=bill), 1, part)] == [2]


def test_the_bill_of_2019_whose_cca_ends_a_day_late_is_compared() -> None:
    rows = [row for row in energy.cca_generation(case_of(OLD)) if isinstance(row, Proof)]
    assert rows and all(row.holds for row in rows)


# --- what a line may say -------------------------------------------------------------------------


def with_units(case: Case, spelt: dict[str, str]) -> Case:
    record: Any = case.bill.model_dump()
    for service in record["services"]:
        for line in service["charges"]:
            line["unit"] = spelt.get(line["unit"], line["unit"])
    return case._replace(bill=Bill.model_validate(record))


@pytest.mark.parametrize("spelt", [{"kWh": "KWH", "kW": "KW"}, {"kWh": "kwh", "kW": "kw"}])
@pytest.mark.parametrize("name", [BUNDLED, COMBINED, SIX])
def test_a_unit_is_one_in_whatever_letters(name: str, spelt: dict[str, str]) -> None:
    case = case_of(name)
    other = with_units(case, spelt)
    _, status, proof, _ = checks.proven(other.bill, other.aside, other.evidence)
    assert status == "verified"
    assert proof == checks.proven(case.bill, case.aside, case.evidence)[2]  # no line drops out of a check


@pytest.mark.parametrize(
    ("label", "unit", "component"),
    [
        ("Lean Power - Mid-Peak - Winter", "KWH", Component.ENERGY),
        ("Demand - On-Peak - Summer", "KW", Component.TIME_DEMAND),
        ("On-Peak", "kw", Component.TIME_DEMAND),
    ],
)
def test_a_label_means_the_same_with_a_unit_in_other_letters(
    label: str, unit: str, component: Component
) -> None:
    assert component_of(label, None, unit) == component


def test_a_line_by_the_kw_under_energy_is_noticed_in_whatever_letters() -> None:
    case = altered(case_of(BUNDLED), "services/0/charges/2/unit", "KW")
    assert failing(structure.lines_under_their_headings, case) == {"misplaced_line"}


@pytest.mark.parametrize(
    ("start", "end", "complains"),
    [
        (dt.date(2019, 1, 4), dt.date(2019, 2, 2), False),  # the old price periods: winter had an on-peak
        (dt.date(2019, 2, 28), dt.date(2019, 3, 29), False),  # begun in them
        (dt.date(2019, 3, 1), dt.date(2019, 3, 30), True),
        (dt.date(2026, 1, 4), dt.date(2026, 2, 2), True),
    ],
)
def test_a_winter_on_peak_was_possible_before_march_2019(
    start: dt.date, end: dt.date, complains: bool
) -> None:
    case = all_altered(
        case_of(SIX), services__1__period__start=start, services__1__period__end=end,
        services__1__charges__0__season="winter",
    )  # fmt: skip
    assert failing(fitting.seasons_possible, case) == ({"season"} if complains else set())


@pytest.mark.parametrize(
    ("component", "complains"),
    [
        ("pcia", False),  # how cost responsibility is worded is known second-hand
        ("ctc", False),
        ("state_tax", False),
        ("wildfire_fund", True),  # on every real bill by the kWh
        ("fixed_recovery", True),
        ("facilities_demand", True),
    ],
)
def test_some_charges_may_be_an_amount_alone(component: str, complains: bool) -> None:
    changes = {"component": component, "quantity": None, "unit": None, "rate": None}
    case = case_of(SBP)
    for name, value in changes.items():
        case = altered(case, f"services/0/charges/8/{name}", value)
    assert failing(fitting.units, case) == ({"unit"} if complains else set())


@pytest.mark.parametrize(
    ("end", "prepared", "told"),
    [
        ("2026-02-01", "2026-05-01", False),  # three months to the day
        ("2026-02-01", "2026-05-02", True),  # 90 days
        ("2025-07-01", "2025-10-01", False),  # 92 days
        ("2025-07-01", "2025-10-02", True),
        ("2025-11-30", "2026-02-28", False),  # February ends before the 30th
        ("2025-11-30", "2026-03-01", True),
        ("2025-12-31", "2026-03-31", False),  # over the turn of the year
    ],
)
def test_back_billing_is_over_three_calendar_months(end: str, prepared: str, told: bool) -> None:
    last = dt.date.fromisoformat(end)
    case = all_altered(
        case_of(BUNDLED), statement_date=dt.date.fromisoformat(prepared), due_date=None,
        services__0__period__start=last - dt.timedelta(29), services__0__period__end=last,
    )  # fmt: skip
    codes = [found.code for found in dates.dates_in_order(case) if isinstance(found, Finding)]
    assert codes == (["back_billed"] if told else [])
