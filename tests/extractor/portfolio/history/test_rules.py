"""What is odd about a bill beside those before it: each rule by a table of cases."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.portfolio.billed import OfService
from extractor.portfolio.history.balances import balances
from extractor.portfolio.history.changes import Lines, changes
from extractor.portfolio.history.odd import Odd
from extractor.portfolio.history.periods import periods
from extractor.portfolio.history.printed import printed
from extractor.portfolio.history.unusual import Rule, unusual
from extractor.portfolio.pairing import Pair
from tests.extractor.portfolio.rows import bill, service

ONE, TWO = "700200000001", "700200000002"
MONTHS = (
    ("2026-01-05", "2026-02-02"),
    ("2026-02-03", "2026-03-04"),
    ("2026-03-05", "2026-04-03"),
    ("2026-04-04", "2026-05-04"),
)


def codes(found: Any) -> list[str]:
    return [one.code for one in found]


def amounts(*rows: tuple[str, str, str | None]) -> list[Any]:
    return [
        bill(day, amount_due=Decimal(due), previous_balance=None if previous is None else Decimal(previous))
        for day, due, previous in rows
    ]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("2026-05-02", "100.00", "7.00"), ("2026-06-02", "50.00", "100.00")], []),
        (
            [("2026-06-02", "50.00", "100.00"), ("2026-05-02", "100.00", None)],
            [],
        ),  # by date, not as they came
        ([("2026-05-02", "100.00", None), ("2026-06-02", "50.00", None)], []),  # not printed
        (
            [("2026-05-02", "100.00", None), ("2026-06-02", "50.00", "90.00")],
            ["the previous balance is $90.00; the statement of 2026-05-02 asked for $100.00: one in between"],
        ),
        (
            [("2026-05-02", "-5.00", None), ("2026-07-02", "50.00", "90.00")],
            ["statement of 2026-05-02 asked for $-5.00, and one in between is missing"],
        ),
    ],
)
def test_the_previous_balance_is_what_the_last_statement_asked_for(
    rows: list[tuple[str, str, str | None]], said: list[str]
) -> None:
    found = list(balances(amounts(*rows), {}))
    assert codes(found) == ["balance_differs"] * len(said)
    for one, words in zip(found, said, strict=True):
        assert words in one.message


def test_balances_are_compared_within_an_account_and_with_what_may_be_trusted() -> None:
    mine = amounts(("2026-05-02", "100.00", None), ("2026-07-02", "9.00", "60.00"))
    doubtful = bill(
        "2026-06-02", amount_due=Decimal("60.00"), previous_balance=Decimal("1.00"), state="review"
    )
    other = bill("2026-06-02", amount_due=Decimal("60.00"), customer_account=TWO)
    assert codes(balances([*mine, other], {})) == ["balance_differs"]
    assert not list(balances([*mine, doubtful, other], {}))  # what it asked for is not known
    assert not list(balances([*mine, other], {TWO: ONE}))  # the same account, renumbered


@pytest.mark.parametrize(
    ("fields", "changed", "code", "said"),
    [
        ({"rate_schedule": "TOU-GS-1-E"}, {"rate_schedule": "TOU-GS-2-D"}, "schedule_changed", "TOU-GS-2-D"),
        ({"meter": "A-1"}, {"meter": "B-2"}, "meter_changed", "meter B-2; A-1 until 2026-02-02"),
        ({"meter": None}, {"meter": "B-2"}, None, ""),  # not printed before
        (
            {"provider": "CPA", "role": "generation"},
            {"provider": "SCE", "role": "bundled"},
            "supplier_changed",
            "",
        ),
        (
            {"role": "generation", "product": "Lean Power"},
            {"role": "generation", "product": "Clean Power"},
            "product_changed",
            "product Clean Power; Lean Power until",
        ),
        ({"role": "bundled"}, {"role": "bundled"}, None, ""),
    ],
)
def test_what_changed_from_one_period_to_the_next(
    fields: dict[str, Any], changed: dict[str, Any], code: str | None, said: str
) -> None:
    services = [service(*MONTHS[1], **changed), service(*MONTHS[0], **fields)]
    found = list(changes(services, Lines()))
    assert codes(found) == ([code] if code else [])
    assert all(said in one.message and one.service is services[0] for one in found)


def test_a_changed_vintage_and_a_changed_tax_are_found_across_periods_that_print_none() -> None:
    one, two, three = (service(*days) for days in MONTHS[:3])
    lines = Lines(
        vintages={one.id: frozenset({"2017"}), three.id: frozenset({"2018"})},
        uut={
            one.id: frozenset({Decimal("4.5000")}),
            two.id: frozenset({Decimal("4.5")}),
            three.id: frozenset({Decimal("10")}),
        },
    )
    found = list(changes([one, two, three], lines))
    assert [(each.code, each.service) for each in found] == [
        ("vintage_changed", three),
        ("uut_changed", three),
    ]
    assert found[1].message == "UUT percentage 10 %; 4.5 % until 2026-03-04"


@pytest.mark.parametrize(
    ("estimated", "running"), [("ynny", []), ("yynn", ["2nd"]), ("yyyn", ["2nd", "3rd"]), ("nyny", [])]
)
def test_a_second_estimate_running(estimated: str, running: list[str]) -> None:
    services = [service(*days, estimated=mark == "y") for days, mark in zip(MONTHS, estimated, strict=True)]
    found = [one for one in changes(services, Lines()) if one.code == "estimated_again"]
    assert [one.message.split()[3] for one in found] == running


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([*MONTHS], []),
        (
            [MONTHS[0], MONTHS[2]],
            [("period_break", "no bill is kept of 30 days: 2026-02-03 to 2026-03-04")],
        ),
        (
            [MONTHS[0], ("2026-02-01", "2026-03-04")],
            [("period_overlap", "two bills have 2 days: 2026-02-01 to 2026-02-02")],
        ),
        (
            [MONTHS[0], ("2026-02-02", "2026-03-04")],
            [("period_overlap", "two bills have a day: 2026-02-02")],
        ),
        ([MONTHS[0], ("2026-01-20", "2026-02-02")], []),  # a piece
    ],
)
def test_breaks_and_overlaps_of_delivery(rows: list[tuple[str, str]], found: list[tuple[str, str]]) -> None:
    services = [service(*days) for days in reversed(rows)]
    seen = list(periods(services, services))
    assert codes(seen) == [code for code, _ in found]
    for one, (_, said) in zip(seen, found, strict=True):
        assert said in one.message


def test_days_of_a_bill_in_doubt_are_no_break() -> None:
    counting = [service(*MONTHS[0]), service(*MONTHS[2])]
    doubtful = service(*MONTHS[1], of=bill("2026-03-05", state="review"))
    assert not list(periods(counting, [*counting, doubtful]))
    elsewhere = service(*MONTHS[3], of=bill("2026-05-05", state="review"))
    assert codes(periods(counting, [*counting, elsewhere])) == ["period_break"]


@pytest.mark.parametrize(
    ("second", "role", "found"),
    [
        ("2026-02-02", "generation", []),  # CPA's day of overlap
        ("2026-02-01", "generation", ["period_overlap"]),
        ("2026-02-06", "generation", ["period_break"]),  # three days
        ("2026-03-05", "generation", []),  # a month: coverage has it
        ("2026-03-05", "delivery", ["period_break"]),
    ],
)
def test_of_generation_a_day_is_tolerated_and_a_month_is_coverage_s(
    second: str, role: str, found: list[str]
) -> None:
    services = [service(*MONTHS[0], role=role), service(second, "2026-04-03", role=role)]
    assert codes(periods(services, services)) == found


def test_a_final_bill_s_break_is_none() -> None:
    services = [service(*MONTHS[0], of=bill("2026-02-03", kind="final")), service(*MONTHS[2])]
    assert not list(periods(services, services))


def pairs(*kwh: int, kw: tuple[int, ...] = (), total: str = "60.00") -> list[Pair]:
    """Return winter periods with so many kWh of 30 days each, one after the other."""
    found = []
    for at, amount in enumerate(kwh):
        year, month = 2025 + (at // 5), 1 + at % 5
        days = (f"{year}-{month:02d}-01", f"{year}-{month:02d}-28")
        demand = Decimal(kw[at]) if kw else None
        found.append(
            Pair(service(*days, role="bundled", kwh=Decimal(amount), kw=demand, total=Decimal(total)))
        )
    return found


@pytest.mark.parametrize(
    ("kwh", "found"),
    [
        ((300, 310, 290, 305, 300), []),
        ((300, 310, 290, 305, 900), ["usage_unusual"]),
        ((300, 310, 290, 305, 20), ["usage_unusual"]),
        ((300, 310, 900), []),  # too few to compare with
        ((300, 600, 150, 500, 700), []),  # it always scattered
        ((300, 310, 900, 305, 300, 302), []),  # one odd one before moves nothing; here it came too early
    ],
)
def test_use_is_compared_with_the_meter_s_own(kwh: tuple[int, ...], found: list[str]) -> None:
    totals = [
        Pair(pair.delivery._replace(total=pair.delivery.kwh * Decimal("0.2") if pair.delivery.kwh else None))
        for pair in pairs(*kwh)
    ]
    assert codes(unusual(totals)) == found


def test_a_demand_and_a_price_out_of_the_usual_are_found() -> None:
    odd = list(unusual(pairs(300, 300, 300, 300, 300, kw=(50, 52, 49, 51, 95))))
    assert codes(odd) == ["demand_unusual"]
    assert odd[0].message == "95.0 kW; by 4 earlier winter periods 30.3 to 70.7 is usual"
    dear = [*pairs(300, 300, 300, 300), *pairs(300, 300, 300, 300, 300, total="90.00")[4:]]
    assert codes(unusual(dear)) == ["price_unusual"]


def test_what_is_usual_of_one_who_exports_may_be_below_zero() -> None:
    (odd,) = unusual(pairs(-300, -310, -290, -305, -900))
    assert odd.message.endswith("by 4 earlier winter periods -15.1 to -6.4821 is usual")


def test_summer_is_compared_with_summer() -> None:
    winter = pairs(300, 300, 300, 300, 300)
    summer = Pair(service("2026-07-01", "2026-07-30", role="bundled", kwh=Decimal(900), total=Decimal(60)))
    assert not list(unusual([*winter, summer]))


@given(st.lists(st.integers(1, 1000), min_size=4, max_size=20), st.integers(1, 50))
def test_a_scale_does_not_matter(values: list[int], factor: int) -> None:
    lowest, highest = Rule().limits([Decimal(one) for one in values]) or (Decimal(0), Decimal(0))
    scaled = Rule().limits([Decimal(one * factor) for one in values])
    assert scaled == (lowest * factor, highest * factor)


def with_history(*months: tuple[str, str | None], kwh: tuple[int, ...] = (300, 280, 290, 310)) -> list[Odd]:
    delivery: list[OfService] = [
        service(*days, kwh=Decimal(amount)) for days, amount in zip(MONTHS, kwh, strict=True)
    ]
    return list(printed(delivery, [[month, value, 29] for month, value in months]))


@pytest.mark.parametrize(
    ("months", "found"),
    [
        ((("2026-02", "300"), ("2026-03", "280"), ("2026-04", "290"), ("2026-05", "310")), []),
        ((("2026-01", "300"), ("2026-02", "280"), ("2026-03", "290")), []),  # called by the month before
        ((("2026-03", "200"),), ["printed_history_differs"]),
        ((("2026-03", None), ("2025-03", "9")), []),  # missing, and of before the first bill
        ((("2026-05", "999"),), []),  # its own month is the bill's own business
    ],
)
def test_the_printed_history_is_that_of_the_bills(
    months: tuple[tuple[str, str | None], ...], found: list[str]
) -> None:
    assert codes(with_history(*months)) == found


def test_a_month_that_is_printed_and_has_no_bill_is_told() -> None:
    delivery = [service(*days, kwh=Decimal(300)) for days in (MONTHS[0], MONTHS[3])]
    (one,) = printed(delivery, [["2026-03", "777", 30]])
    assert (one.code, one.message) == (
        "printed_month_missing",
        "prints 777 kWh for 2026-03, of which no bill counts",
    )
