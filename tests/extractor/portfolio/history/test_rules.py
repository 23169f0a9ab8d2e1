"""What is odd about a bill beside those before it: each rule by a table of cases."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.portfolio.billed import OfService
from extractor.portfolio.history.balances import balances
from extractor.portfolio.history.changes import Lines, changes
from extractor.portfolio.history.elsewhere import Elsewhere
from extractor.portfolio.history.odd import Odd
from extractor.portfolio.history.periods import periods
from extractor.portfolio.history.printed import printed
from extractor.portfolio.history.unusual import Rule, unusual
from extractor.portfolio.pairing import Pair
from extractor.portfolio.repeated import repeated
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
            ["statement of 2026-05-02 asked for $-5.00, and one in between seems to be missing"],
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
    ("rows", "said"),
    [
        (["1 05-02 50 -", "2 06-02 80 0"], None),  # begins at zero; the final bill is open still
        (["1 05-02 50 -", "2 06-02 80 50"], None),  # carries it
        (["1 05-02 50 -", "2 06-02 80 7"], None),  # of what that is nothing is known
        (["1 05-02 50 -", "2 06-02 80 0", "2 07-02 9 80"], None),
        (["1 05-02 50 -", "2 06-02 80 0", "2 07-02 9 50"], None),  # carries it a month later
        (
            ["1 05-02 50 -", "2 06-02 80 0", "2 07-02 9 70"],
            "$70.00; the statement of 2026-06-02 asked for $80",
        ),
        (["1 05-02 0 -", "2 06-02 80 0", "2 07-02 9 0"], "$0.00; the statement of 2026-06-02 asked for $80"),
        (
            ["1 05-02 50 -", "1 06-02 90 50", "2 07-02 9 50"],
            "$50.00; the statement of 2026-06-02 asked for $90",
        ),
        (["1 05-02 50 -", "2 05-20 80 0", "1 06-02 90 50", "2 06-20 9 80"], None),  # both go on
    ],
)
def test_another_number_begins_anew_unless_it_carries_an_amount(rows: list[str], said: str | None) -> None:
    found = [
        bill(
            f"2026-{day}",
            customer_account={"1": ONE, "2": "7002-0000-0002"}[number],
            amount_due=Decimal(due),
            previous_balance=None if previous == "-" else Decimal(previous),
        )
        for number, day, due, previous in map(str.split, rows)
    ]
    odd = list(balances(found, {TWO: ONE, ONE: ONE}))
    assert len(odd) == (said is not None)
    assert all(said in one.message for one in odd if said)


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
    ("later", "said", "estimated"),
    [
        ([("A", "B"), ("B", "A")], [], 2),  # in whatever order they are printed
        ([("A", "B"), ("A", "C")], ["meter A and C; A and B until 2026-03-04"], 1),
        ([("A",), ("A", "B")], ["meter A; A and B until 2026-02-02", "meter A and B; A until 2026-03-04"], 0),
        ([("A", None), ("A", "B")], [], 0),  # one of them is not printed
    ],
)
def test_services_that_a_bill_has_of_the_same_days_change_together(
    later: list[tuple[str | None, ...]], said: list[str], estimated: int
) -> None:
    services = [
        service(*days, of=of, meter=meter, estimated=meter == "B")
        for days, meters in zip(MONTHS, [("A", "B"), *later], strict=False)
        for of in [bill(days[1])]
        for meter in meters
    ]
    found = list(changes(services, Lines()))
    assert [one.message for one in found if one.code == "meter_changed"] == said
    assert codes(found).count("estimated_again") == estimated


@pytest.mark.parametrize(
    ("estimated", "running"), [("ynny", []), ("yynn", ["2nd"]), ("yyyn", ["2nd", "3rd"]), ("nyny", [])]
)
def test_a_second_estimate_running(estimated: str, running: list[str]) -> None:
    services = [service(*days, estimated=mark == "y") for days, mark in zip(MONTHS, estimated, strict=True)]
    found = [one for one in changes(services, Lines()) if one.code == "estimated_again"]
    assert [one.message.split()[3] for one in found] == running


@pytest.mark.parametrize(
    ("rows", "running"),
    [
        (["0 y 02-03", "0 y 06-01"], 0),  # taken back and rebilled on the same read
        (["0 y 02-03", "0 n 06-01", "1 y 03-05"], 0),  # rebilled on a true read
        (["0 n 02-03", "0 y 06-01", "1 y 03-05"], 1),  # and on an estimate
        (["0 y 02-03", "0 ? 06-01", "1 y 03-05"], 1),  # an adjustment without a usage block
        (["0 y 02-03", "2 y 04-04"], 0),  # nothing is kept of the month between
        (["0 y 02-03", "1 y 03-05", "1a y 06-01", "2 y 04-04"], 2),  # a rebill of some of the days
        (["0 y 02-03", "1b y 03-05"], 1),  # begins some days late
        (["0 y 02-03", "0+1 y 06-01"], 0),  # a rebill of two months has the first in it
        (["0 y 02-03", "1 y 03-05", "year y 12-12"], 1),  # a settlement of the year
    ],
)
def test_estimates_are_running_where_periods_follow_on_each_other(rows: list[str], running: int) -> None:
    days = {
        **{str(at): month for at, month in enumerate(MONTHS)},
        "1a": ("2026-02-20", "2026-03-04"),
        "1b": ("2026-02-08", "2026-03-04"),
        "0+1": ("2026-01-05", "2026-03-04"),
        "year": ("2025-03-05", "2026-03-04"),
    }
    marks = {"y": True, "n": False, "?": None}
    services = [
        service(*days[name], of=bill(f"2026-{issued}"), estimated=marks[mark])
        for name, mark, issued in map(str.split, rows)
    ]
    assert codes(changes(services, Lines())).count("estimated_again") == running


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        # a rebill on another schedule: it changed with the days' first, not on their last
        (["0 A 02-03", "1 A 03-05", "1 B 06-01"], ["schedule B; A until 2026-02-02"]),
        (["0 A 02-03", "1 B 03-05", "1 A 06-01"], []),  # taken back
        (["0 A 02-03", "1 B 03-05", "1 - 06-01"], ["schedule B; A until 2026-02-02"]),  # prints none
        (
            ["0 A 02-03", "3 B 05-05"],
            ["schedule B; A until 2026-02-02, from then to 2026-04-04 it is not known"],
        ),
    ],
)
def test_a_later_statement_of_the_same_days_says_what_changed(rows: list[str], said: list[str]) -> None:
    services = [
        service(*MONTHS[int(at)], of=bill(f"2026-{issued}"), rate_schedule=None if name == "-" else name)
        for at, name, issued in map(str.split, rows)
    ]
    assert [one.message for one in changes(services, Lines())] == said


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


def test_services_of_one_bill_are_no_two_bills_of_their_days() -> None:
    first, second = bill("2026-02-03"), bill("2026-03-05")
    services = [
        service(*days, of=of) for days, of in zip(MONTHS[:2], (first, second), strict=True) for _ in "ab"
    ]
    assert not list(periods(services, services))
    shorter = service("2026-02-03", "2026-02-25", of=second)  # a meter that was taken away
    assert not list(periods([*services, shorter], services))
    twice = service(*MONTHS[1], of=bill("2026-03-09"))
    assert codes(periods([*services, twice], services)) == ["period_overlap"]
    after = service("2026-03-06", "2026-04-03")
    (one,) = periods([*services, shorter, after], services)
    assert (one.code, one.message) == ("period_break", "no bill is kept of a day: 2026-03-05 to 2026-03-05")


@pytest.mark.parametrize("role", ["delivery", "generation"])
def test_a_settlement_of_a_year_overlaps_nothing_and_fills_no_break(role: str) -> None:
    months = [(f"2025-{month:02d}-05", f"2025-{month + 1:02d}-04") for month in range(1, 12)]
    services = [service(*days, role=role) for days in months]
    settled = service("2025-01-05", "2025-12-04", role=role, of=bill("2025-12-12", kind="nem_settlement"))
    assert not list(periods([*services, settled], [*services, settled]))
    late = service("2025-05-08", "2025-06-04", role=role)
    broken = [*(one for one in services if str(one.start) != "2025-05-05"), late, settled]
    (one,) = periods(broken, broken)
    assert (one.code, one.message) == ("period_break", "no bill is kept of 3 days: 2025-05-05 to 2025-05-07")


def test_a_long_bill_over_days_that_others_bill_is_an_overlap_still() -> None:
    long = service("2026-01-05", "2026-05-04", kwh=Decimal(4000), of=bill("2026-05-05"))
    services = [service(*MONTHS[0], kwh=Decimal(1000)), long]
    assert codes(periods(services, services)) == ["period_overlap"]


def test_days_of_a_bill_in_doubt_are_no_break() -> None:
    counting = [service(*MONTHS[0]), service(*MONTHS[2])]
    doubtful = service(*MONTHS[1], of=bill("2026-03-05", state="review"))
    assert not list(periods(counting, [*counting, doubtful]))
    elsewhere = service(*MONTHS[3], of=bill("2026-05-05", state="review"))
    assert codes(periods(counting, [*counting, elsewhere])) == ["period_break"]


@pytest.mark.parametrize(
    ("doubtful", "said"),
    [
        ([], "60 days: 2026-02-03 to 2026-04-03"),
        ([MONTHS[1]], "30 days: 2026-03-05 to 2026-04-03"),
        ([MONTHS[2]], "30 days: 2026-02-03 to 2026-03-04"),
        ([("2026-02-08", "2026-03-02")], "32 days: 2026-03-03 to 2026-04-03"),  # its days are in doubt, too
        ([("2026-02-20", "2026-03-20")], "31 days: 2026-02-03 to 2026-02-19, 2026-03-21 to 2026-04-03"),
        ([("2026-03-10", "2026-03-02"), ("2026-06-01", "2026-06-30")], "60 days: 2026-02-03 to 2026-04-03"),
        ([("2026-02-03", "2027-03-04")], "60 days: 2026-02-03 to 2026-04-03"),  # rather a misread date
        ([MONTHS[2], MONTHS[1]], None),
    ],
)
def test_a_break_has_the_days_that_no_bill_in_doubt_has(
    doubtful: list[tuple[str, str]], said: str | None
) -> None:
    counting = [service(*MONTHS[0]), service(*MONTHS[3])]
    beside = [service(*days, of=bill("2026-05-05", state="review")) for days in doubtful]
    found = [one.message for one in periods(counting, [*counting, *beside])]
    assert found == ([] if said is None else [f"no bill is kept of {said}"])


@pytest.mark.parametrize(
    ("gone", "said"),
    [
        ([Elsewhere(dt.date.min, dt.date.max)], None),
        ([Elsewhere(dt.date(2026, 2, 3), dt.date(2026, 4, 3), False)], None),
        ([Elsewhere(dt.date(2026, 2, 3), dt.date(2026, 4, 3), True)], "60 days: 2026-02-03 to 2026-04-03"),
        (
            [
                Elsewhere(dt.date(2026, 2, 5), dt.date(2026, 4, 1)),
                Elsewhere(dt.date(2026, 2, 9), dt.date(2026, 3, 1)),
            ],
            "4 days: 2026-02-03 to 2026-02-04, 2026-04-02 to 2026-04-03",
        ),
    ],
)
def test_days_of_another_customer_are_no_break(gone: list[Elsewhere], said: str | None) -> None:
    counting = [service(*MONTHS[0]), service(*MONTHS[3])]
    found = [one.message for one in periods(counting, counting, gone=gone)]
    assert found == ([] if said is None else [f"no bill is kept of {said}"])


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


def with_generation(pair: Pair, first: str, last: str) -> Pair:
    """Return a pair of which SCE delivers and CPA sells from one day of its month to another, for $30."""
    start = f"{pair.delivery.start:%Y-%m}"
    part = service(f"{start}-{first}", f"{start}-{last}", role="generation", total=Decimal(30))
    return Pair(pair.delivery._replace(role="delivery", total=Decimal(30)), (part,))


@pytest.mark.parametrize(
    ("days", "total", "found"),
    [
        (("01", "28"), "30.00", []),
        (("01", "28"), "70.00", ["price_unusual"]),
        (("01", "08"), "6.00", []),  # CPA billed eight days of the month
        (("02", "27"), "70.00", ["price_unusual"]),  # its periods may differ by a day at either end
    ],
)
def test_a_price_is_that_of_all_that_its_kwh_cost(
    days: tuple[str, str], total: str, found: list[str]
) -> None:
    *earlier, last = pairs(300, 300, 300, 300, 300)
    bought = [with_generation(pair, "01", "28") for pair in earlier]
    odd = with_generation(last, *days)
    (part,) = odd.generation
    assert codes(unusual([*bought, Pair(odd.delivery, (part._replace(total=Decimal(total)),))])) == found


def test_bills_that_share_their_days_have_no_price_of_their_own() -> None:
    usual = pairs(300, 300, 300, 300, 300)
    adjusted = Pair(usual[-1].delivery._replace(id=0, bill=bill("2025-08-01"), total=Decimal("-3.00")))
    both = [*usual, adjusted]
    assert codes(unusual(both)) == ["price_unusual"]
    assert not list(unusual(both, repeated([pair.delivery for pair in both], {})))


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
    return list(printed(delivery, delivery[-1], [[month, value, 29] for month, value in months]))


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


def test_a_month_that_is_billed_with_the_next_one_is_not_missing() -> None:
    both = service("2026-02-03", "2026-04-03", kwh=Decimal(600))
    delivery = [service(*MONTHS[0], kwh=Decimal(300)), both, service(*MONTHS[3], kwh=Decimal(300))]
    assert not list(printed(delivery, delivery[-1], [["2026-03", "280", 30]]))
    (one,) = printed([delivery[1], delivery[2]], delivery[2], [["2026-04", "280", 30]])
    assert one.code == "printed_history_differs"


def test_neither_the_month_in_which_two_begin_nor_a_settlement_s_year_is_billed_with_them() -> None:
    before = service("2025-11-07", "2025-12-08", kwh=Decimal(300))
    both = service("2026-02-05", "2026-04-05", kwh=Decimal(600))  # the one before, to 02-04, is not there
    delivery = [before, both, service("2026-04-06", "2026-05-05", kwh=Decimal(300))]
    found = printed(delivery, delivery[-1], [["2026-02", "777", 30], ["2026-03", "280", 30]])
    assert [one.message for one in found] == ["prints 777 kWh for 2026-02, of which no bill counts"]
    months = [service(*days, kwh=Decimal(300)) for days in (MONTHS[0], MONTHS[1], MONTHS[3])]
    settled = service("2025-05-05", "2026-05-04", kwh=None, of=bill("2026-05-09", kind="nem_settlement"))
    late = printed([*months, settled], months[-1], [["2026-04", "777", 30]])
    assert codes(late) == ["printed_month_missing"]


def test_a_month_that_is_printed_and_has_no_bill_is_told() -> None:
    delivery = [service(*days, kwh=Decimal(300)) for days in (MONTHS[0], MONTHS[3])]
    (one,) = printed(delivery, delivery[-1], [["2026-03", "777", 30]])
    assert (one.code, one.message) == (
        "printed_month_missing",
        "prints 777 kWh for 2026-03, of which no bill counts",
    )


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"standing": "undecided"}, []),  # in doubt, it may bill the days
        ({"standing": "same"}, ["period_break"]),  # another file of what counts
        ({"standing": "replaced"}, ["period_break"]),
        ({"standing": "undecided", "role": "generation"}, ["period_break"]),  # the other half
    ],
)
def test_only_what_is_in_doubt_in_the_same_half_may_bill_the_days_of_a_break(
    other: dict[str, Any], told: list[str]
) -> None:
    counting = [service(*MONTHS[0]), service(*MONTHS[2])]
    beside = service(MONTHS[1][0], MONTHS[2][1], **other)
    assert codes(periods(counting, [*counting, beside])) == told


def test_an_overlap_is_the_later_statement_s_in_whatever_order_the_files_came() -> None:
    later = service(*MONTHS[0], of=bill("2026-06-01"))
    first = service(*MONTHS[0], of=bill("2026-02-03"))
    for services in ([first, later], [later, first]):
        (one,) = periods(services, services)
        assert (one.code, one.service) == ("period_overlap", later)
