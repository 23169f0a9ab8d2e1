"""Months of one meter: what is billed, what is not there, and what is waited for; both halves apart."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.portfolio.billed import OfService
from extractor.portfolio.coverage.expected import pace
from extractor.portfolio.coverage.finals import Finals
from extractor.portfolio.coverage.laid import FEWEST
from extractor.portfolio.coverage.model import History, OfMeter
from extractor.portfolio.coverage.sources import place_of
from tests.extractor.portfolio.coverage.strips import (
    DAY,
    ENDS,
    TODAY,
    both,
    covered,
    delivery,
    generation,
    period,
    strips,
)
from tests.extractor.portfolio.rows import bill, day, service

ALL = range(1, 7)
REVIEW = {"state": "review"}


def bundled(*months: int) -> list[OfService]:
    return [delivery(month, role="bundled") for month in months]


def shorter(issued: str, kind: str | None) -> OfService:
    """Return a statement of the first weeks of April's period."""
    return service(period(4)[0], "2026-03-25", role="bundled", of=bill(issued, kind=kind))


def without(month: int, role: str) -> list[OfService]:
    return [one for one in both(*ALL) if not (one.role == role and str(one.end) == ENDS[month])]


def history(month: int, role: str | None = None) -> History:
    first, last = map(dt.date.fromisoformat, period(month))
    return History("8000000001", role, first, last, Decimal(300), Decimal("50.00"))


CASES: list[tuple[str, list[OfService], dict[str, Any], str, str]] = [
    ("all is billed", both(*ALL), {}, "vvvvvv", "vvvvvv"),
    ("bundled: nothing of CPA's is missing", bundled(*ALL), {}, "vvvvvv", "bbbbbb"),
    ("a statement without CPA's charges", without(3, "generation"), {}, "vvvvvv", "vvMvvv"),
    ("CPA's own bill without SCE's statement", without(3, "delivery"), {}, "vvMvvv", "vvvvvv"),
    ("a statement that did not come", both(1, 2, 4, 5, 6), {}, "vvMvvv", "vvMvvv"),
    ("two in a row", both(1, 2, 5, 6), {}, "vvMMvv", "vvMMvv"),
    ("a bundled one that did not come", bundled(1, 2, 4, 5, 6), {}, "vvMvvv", "bbbbbb"),
    ("opt-out", [*both(1, 2, 3), *bundled(4, 5, 6)], {}, "vvvvvv", "vvvbbb"),
    ("enrolment", [*bundled(1, 2, 3), *both(4, 5, 6)], {}, "vvvvvv", "bbbvvv"),
    ("late: due on 6 June, five days of grace", both(1, 2, 3, 4, 5), {}, "vvvvvL", "vvvvvL"),
    ("on the last day of grace", both(1, 2, 3, 4, 5), {"today": dt.date(2026, 6, 11)}, "vvvvvx", "vvvvvx"),
    ("a day later", both(1, 2, 3, 4, 5), {"today": dt.date(2026, 6, 12)}, "vvvvvL", "vvvvvL"),
    ("late for months", both(1, 2, 3), {}, "vvvLLL", "vvvLLL"),
    ("in review", [*both(1, 2, 3, 4, 5), delivery(6, of=bill(**REVIEW))], {}, "vvvvvR", "vvvvvR"),
    (
        "the statement of December is in review and CPA's part is not on it",
        [*without(6, "generation")[:-1], delivery(6, of=bill(**REVIEW))],
        {},
        "vvvvvR",
        "vvvvvR",
    ),
    ("accepted", [*both(1, 2, 3, 4, 5), delivery(6, of=bill(state="accepted"))], {}, "vvvvvv", "vvvvvM"),
    (
        "estimated",
        [*bundled(1, 2, 3, 4, 5), delivery(6, role="bundled", estimated=True)],
        {},
        "vvvvve",
        "bbbbbb",
    ),
    (
        "estimated and in review",
        [*bundled(1, 2, 3, 4, 5), delivery(6, role="bundled", estimated=True, of=bill(**REVIEW))],
        {},
        "vvvvvR",
        "bbbbbb",
    ),
    (
        "undecided",
        [*bundled(1, 2, 3, 4, 5), *(delivery(6, role="bundled", standing="undecided") for _ in "ab")],
        {},
        "vvvvvR",
        "bbbbbb",
    ),
    (
        "history with both dollars, of a customer of CPA's",
        both(1, 2, 4, 5, 6),
        {"history": [history(3, "bundled")]},
        "vvhvvv",
        "vvhvvv",
    ),
    (
        "history with both dollars, of a customer of SCE's",
        bundled(1, 2, 4, 5, 6),
        {"history": [history(3, "bundled")]},
        "vvhvvv",
        "bbbbbb",
    ),
    (
        "history with both dollars alone: nobody knows who sells",
        [],
        {"history": [history(month, "bundled") for month in ALL]},
        "hhhhhh",
        "hhhhhh",
    ),
    (
        "another file of a generation that is there",
        both(*ALL),
        {"maybe": [generation(6, of=bill(standing="unplaced", **REVIEW))]},
        "vvvvvv",
        "vvvvvv",
    ),
    (
        "a generation without a place of its own where there is no other",
        without(6, "generation"),
        {"maybe": [generation(6, of=bill(standing="unplaced", **REVIEW))]},
        "vvvvvv",
        "vvvvvR",
    ),
    (
        "a final bill",
        [*bundled(1, 2, 3), delivery(4, role="bundled", of=bill("2026-04-06", kind="final"))],
        {},
        "vvvv  ",
        "bbbb  ",
    ),
    (
        "a final bill of fewer days than an earlier statement has",
        [*bundled(1, 2, 3, 4), shorter("2026-05-01", "final")],
        {},
        "vvv   ",
        "bbb   ",
    ),
    (
        "the same of an earlier statement, or of one that is not final",
        [*bundled(1, 2, 3, 4), shorter("2026-04-01", "final"), shorter("2026-05-01", None)],
        {},
        "vvvvLL",
        "bbbbbb",
    ),
    (
        "a final bill in review ends nothing",
        [*bundled(1, 2, 3), delivery(4, role="bundled", of=bill("2026-04-06", kind="final", **REVIEW))],
        {},
        "vvvRLL",
        "bbbbbb",
    ),
    (
        "back after a final bill",
        [
            *bundled(1),
            delivery(2, role="bundled", of=bill("2026-02-06", kind="final")),
            delivery(5, role="bundled", of=bill("2026-05-06", kind="opening")),
            *bundled(6),
        ],
        {},
        "vv  vv",
        "bb  bb",
    ),
    (
        "managed until a day in mid-cycle: a statement of the days until then is to come",
        bundled(1, 2, 3),
        {"managed": (None, dt.date(2026, 4, 1))},
        "vvvL  ",
        "bbbb  ",
    ),
    (
        "managed until the sixth day of a cycle",
        bundled(1, 2, 3),
        {"managed": (None, dt.date(2026, 3, 11))},
        "vvv   ",
        "bbb   ",
    ),
    (
        "managed until the seventh",
        bundled(1, 2, 3),
        {"managed": (None, dt.date(2026, 3, 12))},
        "vvL   ",
        "bbb   ",
    ),
    (
        "managed since a day before the first bill",
        bundled(4, 5, 6),
        {"managed": (dt.date(2026, 1, 20), None)},
        " MMvvv",
        " bbbbb",
    ),
    (
        "managed since a few days before a cycle that is not there",
        bundled(4, 5, 6),
        {"managed": (dt.date(2026, 1, 30), None)},
        "  Mvvv",
        "  bbbb",
    ),
    (
        "not the customer's for a while after the last bill",
        bundled(1, 2),
        {"away": [(dt.date(2026, 3, 1), dt.date(2026, 5, 3))]},
        "vL   L",
        "bb   b",
    ),
    (
        "a new tenant's first bill",
        [delivery(4, role="bundled", of=bill("2026-04-06", kind="opening")), *bundled(5, 6)],
        {"managed": (dt.date(2026, 1, 20), None)},
        "   vvv",
        "   bbb",
    ),
    ("before the first bill", bundled(4, 5, 6), {}, "   vvv", "   bbb"),
    ("no bill at all, in the roster", [], {"provider": "CPA"}, "MMMMMx", "MMMMMx"),
    ("no bill at all, SCE's by the roster", [], {"provider": "SCE"}, "MMMMMx", "bbbbbb"),
    ("no bill at all, nobody knows whose energy", [], {}, "MMMMMx", "------"),
    (
        "no bill at all, from a day to another",
        [],
        {"provider": "CPA", "managed": (dt.date(2026, 2, 10), dt.date(2026, 5, 20))},
        " MMMM ",
        " MMMM ",
    ),
    (
        "no bill at all, from one of the last days of a month to one of the first of another",
        [],
        {"provider": "SCE", "managed": (dt.date(2026, 2, 25), dt.date(2026, 5, 3))},
        "  MM  ",
        "  bb  ",
    ),
    (
        "no bill at all, eight days of two months",
        [],
        {"provider": "SCE", "managed": (dt.date(2026, 2, 25), dt.date(2026, 3, 4))},
        "  M   ",
        "  b   ",
    ),
    ("history only", both(1, 2, 4, 5, 6), {"history": [history(3)]}, "vvhvvv", "vvMvvv"),
    (
        "history of both halves",
        both(1, 2, 4, 5, 6),
        {"history": [history(3), history(3, "generation")]},
        "vvhvvv",
        "vvhvvv",
    ),
    ("history beside a bill", both(*ALL), {"history": [history(3)]}, "vvvvvv", "vvvvvv"),
    ("bundled by history", bundled(1, 2, 4, 5, 6), {"history": [history(3, "bundled")]}, "vvhvvv", "bbbbbb"),
    (
        "history of both halves in one row says nothing of who sells",
        both(4, 5, 6),
        {"history": [history(3, "bundled")], "managed": (dt.date(2026, 1, 20), None), "provider": "CPA"},
        " Mhvvv",
        " Mhvvv",
    ),
    (
        "history of both halves, and a month before it that is missing",
        both(1, 4, 5, 6),
        {"history": [history(3, "bundled")]},
        "vMhvvv",
        "vMhvvv",
    ),
    (
        "what is not wholly the customer's is not missing",
        bundled(1, 2, 3, 5, 6),
        {"outside": [tuple(map(day, period(4)))]},
        "vvv vv",
        "bbb bb",
    ),
]


@pytest.mark.parametrize(
    ("services", "more", "of_delivery", "of_generation"),
    [case[1:] for case in CASES],
    ids=[case[0] for case in CASES],
)
def test_a_month_is_what_it_is(
    services: list[OfService], more: dict[str, Any], of_delivery: str, of_generation: str
) -> None:
    assert strips(covered(services, **more)) == (of_delivery, of_generation)


def row(first: str | None, last: str | None = None) -> tuple[dt.date, dt.date]:
    return day(first) or dt.date.min, day(last) or dt.date.max


ALWAYS, SINCE_LONG = row(None), row("2025-01-01")
UNTIL_THEN = row(None, "2026-02-05")


@pytest.mark.parametrize(
    ("held", "followed", "more", "after", "between", "before_an_opening"),
    [
        ([], [], {}, "vv    ", "vv  vv", "vv  vv"),  # no roster
        ([ALWAYS], [], {}, "vv    ", "vv  vv", "vv  vv"),  # one without days
        ([SINCE_LONG], [], {}, "vv    ", "vvMMvv", "vv  vv"),  # the bills after it show that it went on
        ([row(None, "2026-06-30")], [], {}, "vv    ", "vvMMvv", "vv  vv"),  # an end to come is a plan
        ([row(None, "2026-03-05")], [], {}, "vv    ", "vvMMvv", "vv  vv"),  # the end of a month
        ([row(None, "2026-06-10")], [], {}, "vvLLLL", "vvMMvv", "vv  vv"),
        ([UNTIL_THEN], [], {}, "vv    ", "vv  vv", "vv  vv"),
        ([UNTIL_THEN, row("2026-03-06")], [], {}, "vv LLL", "vv Mvv", "vv  vv"),
        ([UNTIL_THEN, row("2026-02-06")], [], {}, "vvLLLL", "vvMMvv", "vv  vv"),
        ([ALWAYS, row("2026-02-06")], [], {}, "vvLLLL", "vvMMvv", "vv  vv"),
        ([], ["8000000001"], {}, "vvLLLL", "vvMMvv", "vv  vv"),  # it was renumbered
        ([], ["8000000002"], {}, "vv    ", "vv  vv", "vv  vv"),  # this is the number since then
        ([ALWAYS], [], {"of_others": True}, "vvLLLL", "vvMMvv", "vv  vv"),
    ],
)
def test_what_speaks_for_days_after_a_final_bill(
    held: list[tuple[dt.date, dt.date]],
    followed: list[str],
    more: dict[str, bool],
    after: str,
    between: str,
    before_an_opening: str,
) -> None:
    final = delivery(2, role="bundled", of=bill("2026-02-06", kind="final"))
    opening = delivery(5, role="bundled", of=bill("2026-05-06", kind="opening"))
    others = frozenset({final.id} if more else ())
    finals = Finals(held, frozenset(followed), others, TODAY)
    ended = [*bundled(1), final]
    found = [
        covered(services, finals=finals)
        for services in (ended, [*ended, *bundled(5, 6)], [*ended, opening, *bundled(6)])
    ]
    assert [strips(one)[0] for one in found] == [after, between, before_an_opening]
    assert [sum(gap.days for gap in one.gaps) for one in found] == [
        0,
        {"vvMMvv": 59, "vv Mvv": 31, "vv  vv": 0}[between],
        0,
    ]


def test_history_of_both_halves_leaves_no_gap_of_generation() -> None:
    services = both(1, 2, 4, 5, 6)
    assert [one.half for one in covered(services).gaps] == ["delivery", "generation"]
    found = covered(services, history=[history(3, "bundled")])
    assert (strips(found), list(found.gaps)) == (("vvhvvv", "vvhvvv"), [])


@pytest.mark.parametrize(
    ("severity", "sold", "roster", "letter"),
    [
        ("info", None, None, "-"),  # Direct Access: the supplier bills on its own
        ("info", None, "ESP", "-"),
        ("info", None, "CPA", "-"),  # the statement goes before the roster
        ("info", "CPA", None, "-"),  # it was a CCA's until then
        ("info", "CPA", "ESP", "-"),
        ("info", "ESP", None, "M"),  # charges of this supplier come on SCE's statements
        ("info", "ESP", "ESP", "M"),
        ("warning", None, None, "M"),  # a CCA's customer
        ("warning", None, "CPA", "M"),
        ("warning", None, "ESP", "-"),  # the statement has no word of who sells: the roster says it
        ("warning", "CPA", "ESP", "-"),
        (None, None, None, "M"),  # SCE only delivers, whoever sells the energy
        (None, None, "ESP", "-"),
        (None, "ESP", "ESP", "M"),
    ],
)
def test_who_delivers_only_has_a_supplier_somewhere(
    severity: str | None, sold: str | None, roster: str | None, letter: str
) -> None:
    services = [delivery(6), *([generation(5, provider=sold)] if sold else [])]
    unsupplied = {(services[0].bill.id, 1): severity} if severity else {}
    assert strips(covered(services, unsupplied=unsupplied, provider=roster))[1][-1] == letter


def test_who_left_a_cca_for_direct_access_misses_only_what_was_the_ccas() -> None:
    services = [*both(1, 3), delivery(2), delivery(4), delivery(5), delivery(6)]
    direct = {(one.bill.id, 1): "info" for one in services[-3:]}
    gap = [("2026-01-06", 31)]
    for roster in (None, "CPA", "ESP"):
        found = covered(services, unsupplied=direct, provider=roster)
        assert strips(found) == ("vvvvvv", "vMv---")
        assert [(str(one.first), one.days) for one in found.gaps] == gap
    assert strips(covered(services, provider="ESP"))[1] == "vMv---"


@pytest.mark.parametrize("provider", ["ESP", None])
def test_an_esp_s_charges_on_sces_statements_are_waited_for_from_the_first_on(provider: str | None) -> None:
    services = [delivery(month) for month in ALL] + [generation(month, provider="ESP") for month in (3, 4, 6)]
    direct = {(one.bill.id, 1): "info" for one in services[:6]}
    assert strips(covered(services, unsupplied=direct, provider=provider))[1] == "--vvMv"


def test_a_direct_access_customer_of_the_roster_without_any_bill_waits_for_delivery_alone() -> None:
    assert strips(covered([], provider="ESP")) == ("MMMMMx", "------")


def test_months_with_two_reads_and_with_none() -> None:
    services = [
        service("2025-12-06", "2026-01-02", role="bundled"),
        service("2026-01-03", "2026-01-31", role="bundled"),
        service("2026-02-01", "2026-03-02", role="bundled"),
        service("2026-03-03", "2026-04-01", role="bundled"),
    ]
    found = covered(services, today=dt.date(2026, 4, 20), months=(202601, 202602, 202603, 202604))
    assert strips(found) == ("v>vv", "b>bb")
    assert [found.cells[month, "delivery"].amount for month in (202601, 202602, 202603)] == [
        Decimal("20.00"),
        None,
        Decimal("10.00"),
    ]
    assert found.counts("delivery") == {"verified": 3}
    assert "2026-02-01 to 2026-03-02" in found.cells[202602, "delivery"].why


def test_the_worse_of_two_reads_of_a_month_is_told() -> None:
    services = [
        service("2025-12-06", "2026-01-02", role="bundled"),
        service("2026-01-03", "2026-01-31", role="bundled", of=bill(state="review")),
    ]
    found = covered(services, today=dt.date(2026, 2, 2), months=(202601,))
    assert (strips(found)[0], found.cells[202601, "delivery"].amount) == ("R", Decimal("10.00"))


def test_december_without_cpa_is_filled_by_januarys_statement_once() -> None:
    december, january = bill("2026-01-06"), bill("2026-02-06")
    came = [delivery(1, of=december), delivery(2, of=january)]
    late = [generation(1, of=january), generation(2, of=january)]
    before = covered(came[:1], today=dt.date(2026, 1, 20), months=(202601,))
    assert strips(before) == ("v", "M")
    after = covered([*came, *late], today=dt.date(2026, 2, 10), months=(202601, 202602))
    assert strips(after) == ("vv", "vv")
    assert [after.cells[month, "generation"].here for month in (202601, 202602)] == [(late[0],), (late[1],)]


def test_a_back_billed_period_covers_both_months_and_its_dollars_stand_in_one() -> None:
    back = service(period(2)[0], period(3)[1], role="generation", total=Decimal("77.00"))
    services = [*both(1, 4, 5, 6), delivery(2), delivery(3), back]
    found = covered(services)
    assert strips(found) == ("vvvvvv", "vvvvvv")
    february, march = (found.cells[month, "generation"] for month in (202602, 202603))
    assert (february.amount, march.amount) == (None, Decimal("77.00"))
    assert "at once, its dollars stand in 2026-03" in february.why
    assert "all its dollars stand here" in march.why


def settled(role: str, start: str = "2025-12-06", end: str = ENDS[6], **more: Any) -> OfService:
    return service(
        start, end, role=role, of=bill("2026-06-12", kind="nem_settlement"), total=Decimal("-300.00"), **more
    )


@pytest.mark.parametrize("half", ["delivery", "generation"])
@pytest.mark.parametrize("kwh", [None, Decimal(1500)])
def test_a_settlement_of_many_months_fills_none_and_its_dollars_stand_in_its_last(
    half: str, kwh: Decimal | None
) -> None:
    settlement = settled(half, kwh=kwh)
    services = without(4, half)
    before, after = covered(services), covered([*services, settlement])
    assert strips(after) == strips(before)
    assert strips(after)[half == "generation"] == "vvvMvv"
    assert after.gaps == before.gaps
    cells = {month: cell for (month, of), cell in after.cells.items() if of == half}
    assert [month for month, cell in cells.items() if settlement in cell.here] == [202606]
    assert cells[202606].amount == Decimal("-290.00")
    assert "bills 2025-12-06 to 2026-06-05 at once, all its dollars stand here" in cells[202606].why


def test_a_settlement_ends_no_wait_and_makes_no_overlap() -> None:
    services = [*both(1, 2, 3, 4, 5), settled("delivery", "2025-12-20", "2026-06-10")]
    found = covered(services)
    assert (strips(found), found.gaps) == (("vvvvvL", "vvvvvL"), ())


def test_a_long_period_of_days_that_nothing_else_bills_is_a_cycle() -> None:
    held_up = service("2026-01-06", ENDS[5], role="bundled", kwh=Decimal(1200))
    assert strips(covered([*bundled(1), held_up, *bundled(6)]))[0] == "v>>>vv"
    assert strips(covered([*bundled(1, 2), held_up, *bundled(6)]))[0] == "vv>>vv"
    assert strips(covered([settled("bundled")]))[0] == ">>>>>v"


def test_days_without_any_cycle_after_the_first_are_not_said_to_be_before_it() -> None:
    final = delivery(2, role="bundled", of=bill("2026-02-06", kind="final"))
    services = [*bundled(1), final, delivery(5, role="bundled", of=bill("2026-05-06", kind="opening"))]
    cells = covered(services).cells
    assert cells[202603, "delivery"].why == "nothing is waited for from 2026-02-06 to 2026-04-05"
    early = covered(bundled(4, 5)).cells[202603, "delivery"]
    assert (early.status, early.why) == ("closed", "before the first day, 2026-03-06")


def test_a_month_without_a_read_is_carried_over_a_gap_of_a_few_days() -> None:
    services = [
        service("2026-01-01", "2026-01-30", role="bundled"),
        service("2026-02-03", "2026-03-02", role="bundled"),
    ]
    assert strips(covered(services))[0][:2] == "v>"


@pytest.mark.parametrize("first", [26, 20, 4])
def test_a_generation_period_covers_both_parts_of_a_delivery_that_was_divided(first: int) -> None:
    days = [dt.date.fromisoformat(one) for one in period(4)]
    at = days[0] + dt.timedelta(first)
    parts = [service(f"{days[0]}", f"{at - DAY}"), service(f"{at}", f"{days[1]}")]
    sold = generation(4, total=Decimal("50.00"))
    found = covered([*(one for one in both(*ALL) if str(one.end) != ENDS[4]), *parts, sold])
    assert (strips(found), found.gaps) == (("vvvvvv", "vvvvvv"), ())
    stands = [cycle for cycle in found.cycles if sold in cycle.generation.here]
    assert len(stands) == 1
    amounts = [cell.amount for (_, half), cell in found.cells.items() if half == "generation" and cell.amount]
    assert sum(amounts) == Decimal("100.00")
    (other,) = [one for one in found.cycles if sold in one.generation.services and one not in stands]
    assert f"its dollars stand in {stands[0].last:%Y-%m}" in other.generation.why


@pytest.mark.parametrize(
    ("start", "role", "expected"),
    [
        ("2026-03-06", "bundled", []),
        ("2026-03-07", "bundled", [("gap", "delivery", "2026-03-06", 1)]),
        ("2026-03-05", "bundled", [("overlap", "delivery", "2026-03-05", 1)]),
        ("2026-03-05", "generation", []),  # CPA's of 2019
        ("2026-03-04", "generation", [("overlap", "generation", "2026-03-04", 2)]),
        ("2026-03-09", "generation", [("gap", "generation", "2026-03-06", 3)]),
    ],
)
def test_days_between_periods(start: str, role: str, expected: list[tuple[str, str, str, int]]) -> None:
    april = service(start, ENDS[4], role=role)
    if role == "bundled":
        services = [*bundled(1, 2, 3), april, *bundled(5, 6)]
    else:
        services = [*without(4, "generation"), april]
    found = covered(services)
    assert [(one.kind, one.half, str(one.first), one.days) for one in found.gaps] == expected
    assert strips(found)[0] == "vvvvvv"
    for one in found.gaps:
        assert (str(one.before and one.before.end), one.after) == (ENDS[3], april)


def test_half_of_a_generation_period_that_is_not_there_is_missing() -> None:
    half = service(period(4)[0], "2026-03-20", role="generation")
    found = covered([*without(4, "generation"), half])
    assert strips(found)[1] == "vvvMvv"
    assert found.cells[202604, "generation"].amount == Decimal("10.00")
    assert [(str(one.first), one.days) for one in found.gaps] == [("2026-03-21", 16)]


@pytest.mark.parametrize(
    ("printed", "expected", "is_assumed"),
    [
        ("2026-06-09", "2026-06-10", False),  # as the bill says, and the statement a day later
        (None, "2026-06-06", True),  # as long as its own cycles usually are, 31 days
        ("2026-05-01", "2026-06-06", True),  # misread: it lies before
        ("2027-05-01", "2026-06-06", True),
    ],
)
def test_when_a_statement_is_expected(printed: str | None, expected: str, is_assumed: bool) -> None:
    last = bill("2026-05-06", next_cycle_end=day(printed))
    services = [
        *(
            delivery(at, role="bundled", of=bill(f"{dt.date.fromisoformat(ENDS[at]) + dt.timedelta(1)}"))
            for at in (1, 2, 3, 4)
        ),
        delivery(5, role="bundled", of=last),
    ]
    cell = covered(services, today=dt.date(2026, 5, 20)).cells[202606, "delivery"]
    (part,) = cell.parts
    assert (cell.status, str(part.expected), part.is_assumed) == ("expected", expected, is_assumed)
    assert part.late == dt.date.fromisoformat(expected) + dt.timedelta(days=6)


@pytest.mark.parametrize(
    ("services", "expected"),
    [
        ([delivery(4, of=bill("2026-04-08"))], (31, 3, False)),
        ([delivery(month, of=bill("2026-04-08")) for month in (3, 4)], (28, 3, False)),  # the other's is late
        ([delivery(4, of=bill("2026-09-01"))], (31, 1, True)),  # a rebill months later tells no usual lag
        ([generation(4, of=bill("2026-04-08"))], (30, 1, True)),
        ([delivery(4, of=bill("2026-04-08", **REVIEW))], (30, 1, True)),
        ([delivery(4, of=bill("2026-04-08"), standing="replaced")], (30, 1, True)),
        ([service("2026-01-06", "2026-04-05", of=bill("2026-04-08"))], (30, 3, False)),  # no usual cycle
    ],
)
def test_how_bills_follow_on_each_other(services: list[OfService], expected: tuple[int, int, bool]) -> None:
    assert pace(services) == expected


@pytest.mark.parametrize(
    ("fields", "of_bill", "place"),
    [
        ({}, {}, "placed"),
        ({"standing": "duplicate"}, {}, "elsewhere"),
        ({"standing": "replaced"}, {}, "elsewhere"),
        ({"standing": "same"}, {"standing": "same"}, "elsewhere"),
        ({"standing": "asked"}, {"standing": "asked"}, "placed"),
        ({"known_as": None}, {}, "unplaced"),
        ({"start": None}, {}, "unplaced"),
        ({"role": None}, {}, "unplaced"),
        ({"standing": "unplaced"}, {"state": "review", "standing": "unplaced"}, "maybe"),
        ({"start": dt.date(2019, 1, 1)}, {"state": "review"}, "unplaced"),  # a misread year bills nothing
        ({"end": dt.date(2026, 12, 1)}, {"state": "review"}, "unplaced"),
    ],
)
def test_what_has_a_place(fields: dict[str, Any], of_bill: dict[str, Any], place: str) -> None:
    one = delivery(3, of=bill(**of_bill))._replace(**fields)
    assert place_of(one, TODAY)[0] == place


def test_a_bill_without_a_place_is_looked_at_only_where_nothing_else_is() -> None:
    maybe = [
        delivery(month, standing="unplaced", of=bill(state="review", standing="unplaced")) for month in (2, 3)
    ]
    found = covered(both(1, 2, 4, 5, 6), maybe=maybe)
    assert strips(found) == ("vvRvvv", "vvRvvv")


# --- laws ------------------------------------------------------------------------------------------------

LENGTHS = (0, 3, 12, 28, 29, 30, 31, 45, 60, 91)
STANDINGS = st.sampled_from(("counts", "counts", "counts", "undecided"))


@st.composite
def pieces(draw: st.DrawFn, lengths: tuple[int, ...] = LENGTHS) -> list[OfService]:
    """Services of one meter, wherever they are."""
    found = []
    for _ in range(draw(st.integers(1, 12))):
        first = dt.date(2025, 12, 6) + dt.timedelta(draw(st.integers(0, 180)))
        last = first + dt.timedelta(draw(st.sampled_from(lengths)))
        role = draw(st.sampled_from(("delivery", "bundled", "generation")))
        state = draw(st.sampled_from(("verified", "verified", "accepted", "review")))
        kind = draw(st.sampled_from((None, None, None, "final", "opening")))
        on = bill(f"{last}", state=state, kind=kind)
        cents = Decimal(draw(st.integers(-500, 50_000))) / 100
        found.append(service(f"{first}", f"{last}", role=role, of=on, standing=draw(STANDINGS), total=cents))
    return found


def whole(services: list[OfService]) -> OfMeter:
    months = [year * 100 + month for year in (2025, 2026) for month in range(1, 13)]
    return covered(services, today=dt.date(2026, 12, 20), months=months)


@given(pieces((*LENGTHS, 120, 181, 200)))
def test_no_service_and_no_dollar_stands_twice_or_nowhere(services: list[OfService]) -> None:
    found = whole(services)
    here = [one.id for cell in found.cells.values() for one in cell.here]
    assert sorted(here) == sorted(one.id for one in services)
    amounts = sum((cell.amount or Decimal(0) for cell in found.cells.values()), Decimal(0))
    assert amounts == sum((one.total or Decimal(0) for one in services if one.counts), Decimal(0))


@given(pieces((*LENGTHS, 120, 181, 200)))
def test_what_counts_is_seen_in_its_own_half_and_nothing_else_is_called_verified(
    services: list[OfService],
) -> None:
    found = whole(services)
    for (_, half), cell in found.cells.items():
        billing = [one for part in cell.parts for one in part.services]
        assert all(one.is_generation == (half == "generation") for one in billing)
        if cell.status in ("verified", "estimated"):
            assert billing
            assert all(one.counts for one in billing)


@given(pieces())
def test_a_cycle_ends_in_one_month_and_days_are_billed_or_said_to_be_open(services: list[OfService]) -> None:
    found = whole(services)
    for cycle in found.cycles:
        cells = [cell for cell in found.cells.values() if cell.is_read and cycle in cell.cycles]
        assert {cell.month for cell in cells} == {cycle.month} or not cells
    days = {at for one in found.cycles for at in range(one.first.toordinal(), one.last.toordinal() + 1)}
    for one in services:
        assert one.start is not None
        assert one.end is not None
        if not one.is_generation:
            own = set(range(one.start.toordinal(), one.end.toordinal() + 1))
            assert len(own - days) < FEWEST


@given(pieces(), st.integers(0, 200), st.integers(6, 300))
def test_all_days_of_the_roster_are_billed_or_waited_for_but_a_few(
    services: list[OfService], since: int, days: int
) -> None:
    first = dt.date(2025, 12, 1) + since * DAY
    last = first + days * DAY
    away = [(dt.date.min, first - DAY), (last + DAY, dt.date.max)]
    his = [
        one._replace(bill=one.bill._replace(kind=None))
        for one in services
        if not one.is_generation and one.start and one.end and first <= one.start and one.end <= last
    ]
    months = [year * 100 + month for year in (2025, 2026) for month in range(1, 13)]
    found = covered(
        his, today=dt.date(2026, 12, 20), months=months, provider="CPA", managed=(first, last), away=away
    )
    told = {at for one in found.cycles for at in range(one.first.toordinal(), one.last.toordinal() + 1)}
    run = 0
    for at in range(first.toordinal(), min(last, dt.date(2026, 12, 31)).toordinal() + 1):
        run = 0 if at in told else run + 1
        assert run < FEWEST
    assert told <= set(range(first.toordinal(), last.toordinal() + 1))
