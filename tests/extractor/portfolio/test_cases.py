"""Each planted case is on the bills as its words say."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from statistics import median

import pytest

from extractor.model import Bill, Component, Service
from extractor.seasons import seasons_of
from tests.extractor.portfolio.cases import CASES, lives
from tests.extractor.portfolio.made import PLANTED, TODAY, months_until
from tests.extractor.portfolio.sent import statements

Bills = Mapping[int, list[Bill]]
"""The statements of each month's delivery, by the month's place among the 24."""

DAY = dt.timedelta(days=1)
NONE = Decimal(0)


@cache
def bills_of(name: str) -> Bills:
    """Return all statements of a case, those that never came too."""
    life = lives(months_until(TODAY))[name]
    found: dict[int, list[Bill]] = defaultdict(list)
    months = {month: at for at, month in enumerate(months_until(TODAY))}
    for sents, is_new in ((life.sents, False), *((other, True) for other in life.others)):
        for sent, result in statements(sents, is_new):
            assert result.bill is not None
            end = sent.parts[0].end
            found[months[end.year, end.month]].append(result.bill)
    return found


def delivery(bills: Bills, month: int, at: int = 0) -> Service:
    """Return SCE's service of a month."""
    return bills[month][at].services[0]


def supplied(bills: Bills, month: int, at: int = 0) -> list[tuple[dt.date, dt.date]]:
    """Return the periods of CPA's services on a month's statement."""
    periods = [one.period for one in bills[month][at].services if one.provider == "CPA"]
    return [(one.start, one.end) for one in periods if one is not None]


def span(one: Service) -> tuple[dt.date, dt.date]:
    """Return a service's first and last day."""
    assert one.period is not None
    return one.period.start, one.period.end


def beside_its_season(bills: Bills, month: int) -> list[Decimal]:
    """Return kWh a day, kW and dollars per kWh of a month as times of those of other months of its season."""
    figures: dict[str, list[tuple[int, list[Decimal]]]] = defaultdict(list)
    for at, found in bills.items():
        one = found[0].services[0]
        kwh = one.usage_kwh or NONE
        days = (span(one)[1] - span(one)[0]).days + 1
        cost = (found[0].new_charges or NONE) / kwh
        season = "and".join(seasons_of(*span(one)))
        figures[season].append((at, [kwh / days, one.max_demand_kw or Decimal(1), cost]))
    (same,) = (found for found in figures.values() if month in dict(found))
    others = zip(*(one for at, one in same if at != month), strict=True)
    mine = dict(same)[month]
    return [round(one / median(column), 1) for one, column in zip(mine, others, strict=True)]


def said(bills: Bills, component: Component) -> dict[int, set[object]]:
    """Return by month what its lines of a component say of vintage or rate."""
    return {
        month: {
            line.vintage or line.rate
            for one in found[0].services
            for line in one.charges
            if line.component == component and line.unit in ("kWh", "USD")
        }
        for month, found in bills.items()
    }


def history(bills: Bills, month: int, of: int) -> Decimal | None:
    """Return the kWh of a month that a later one's statement prints."""
    name = "{}-{:02d}".format(*months_until(TODAY)[of])
    return next(one.kwh for one in delivery(bills, month).usage_history if one.month == name)


TRUE: dict[str, Callable[[Bills], bool]] = {
    "missing half, filled": lambda bills: (
        supplied(bills, 12) == [] and supplied(bills, 13) == [span(delivery(bills, at)) for at in (12, 13)]
    ),
    "missing half, never filled": lambda bills: (
        supplied(bills, 12) == [] and supplied(bills, 13) == [span(delivery(bills, 13))]
    ),
    "back-billed generation": lambda bills: (
        supplied(bills, 10) == []
        and supplied(bills, 11) == [(span(delivery(bills, 10))[0], span(delivery(bills, 11))[1])]
    ),
    "overlap of a day": lambda bills: supplied(bills, 9)[0][1] == supplied(bills, 10)[0][0],
    "rebill, bundled": lambda bills: (
        [one.kind for one in bills[15]] == [None, "corrected"]
        and (delivery(bills, 15, 1).usage_kwh or NONE) < (delivery(bills, 15).usage_kwh or NONE) * 9 / 10
    ),
    "rebill, delivery only": lambda bills: (
        supplied(bills, 15, 1) == [] and bills[15][1].kind == "corrected" and supplied(bills, 15) != []
    ),
    "rebill never received": lambda bills: (
        history(bills, 16, 15) == delivery(bills, 15, 1).usage_kwh != delivery(bills, 15).usage_kwh
        and bills[16][0].previous_balance != bills[15][0].amount_due
    ),
    "undecided pair": lambda bills: (
        len(bills[13]) == 2 and span(delivery(bills, 13)) == span(delivery(bills, 13, 1))
    ),
    "meter change": lambda bills: (
        [len(delivery(bills, at).meters) for at in (13, 14, 15)] == [1, 2, 1]
        and delivery(bills, 14).meters[-1].number == delivery(bills, 15).meter != delivery(bills, 13).meter
    ),
    "renumbered": lambda bills: (
        (
            delivery(bills, 11).service_account,
            delivery(bills, 12).service_account,
        )
        == PLANTED["renumbered"].accounts
    ),
    "own number of CPA": lambda bills: (
        [len({one.service_account for one in bills[at][0].services}) for at in (0, 11, 12)] == [2, 2, 1]
    ),
    "transfer": lambda bills: (
        [one.kind for one in bills[16]] == ["final", "opening"]
        and span(delivery(bills, 16))[1] + DAY == span(delivery(bills, 16, 1))[0]
        and delivery(bills, 16).pod_id == delivery(bills, 16, 1).pod_id
        and bills[16][0].customer_account != bills[16][1].customer_account
        and bills[16][1].previous_balance == 0
        and bills[16][0].next_cycle_end is None
    ),
    "opt-out": lambda bills: [delivery(bills, at).role for at in (15, 16)] == ["delivery", "bundled"],
    "enrolment": lambda bills: [delivery(bills, at).role for at in (11, 12)] == ["bundled", "delivery"],
    "estimated twice": lambda bills: [at for at in bills if delivery(bills, at).estimated] == [17, 18],
    "estimated once": lambda bills: [at for at in bills if delivery(bills, at).estimated] == [8],
    "kWh spike": lambda bills: beside_its_season(bills, 20)[0] > 2,
    "kW spike": lambda bills: (
        (figures := beside_its_season(bills, 20))[1] > 2
        and figures[0] < Decimal("1.3")
        and figures[2] < Decimal("1.5")
    ),
    "cost spike": lambda bills: (
        (figures := beside_its_season(bills, 20))[2] >= Decimal("1.9") and max(figures[:2]) < Decimal("1.3")
    ),
    "wrong vintage": lambda bills: (
        [month for month, one in said(bills, Component.PCIA).items() if one != {"2018"}] == [16]
    ),
    "rate of another vintage": lambda bills: (
        {frozenset(one) for one in said(bills, Component.PCIA).values()} == {frozenset({"2018"})}
    ),
    "changed schedule": lambda bills: (
        [delivery(bills, at).rate_schedule for at in (11, 12)] == ["TOU-GS-2-E", "TOU-GS-2-D"]
    ),
    "changed product": lambda bills: (
        [bills[at][0].services[1].product for at in (11, 12)] == ["Lean Power", "100% Green Power"]
    ),
    "changed UUT": lambda bills: (
        [said(bills, Component.UUT)[at] for at in (13, 14)] == [{Decimal("5.00000")}, {Decimal("7.50000")}]
    ),
    "previous balance": lambda bills: (
        (bills[18][0].previous_balance or NONE) - (bills[17][0].amount_due or NONE) == Decimal("37.10")
        and bills[18][0].balance_forward == Decimal("37.10")
    ),
    "past due": lambda bills: bills[23][0].balance_forward == bills[22][0].amount_due != 0,
    "autopay": lambda bills: all(one.autopay for found in bills.values() for one in found),
    "credit balance": lambda bills: (
        (bills[23][0].amount_due or NONE) < 0
        and bills[23][0].due_date is None
        and (bills[23][0].balance_forward or NONE) < 0
    ),
    "gap of days": lambda bills: (span(delivery(bills, 11))[0] - span(delivery(bills, 10))[1]).days == 4,
    "overlap of days": lambda bills: (span(delivery(bills, 10))[1] - span(delivery(bills, 11))[0]).days == 1,
    "summary bill": lambda bills: (
        {len({one.service_account for one in found[0].services}) for found in bills.values()} == {5}
    ),
    "exports": lambda bills: all((delivery(bills, at).exported_kwh or NONE) > 0 for at in bills),
}
"""What is true of a case's statements."""

ELSEWHERE = {
    "missing statement",
    "history only",
    "late statement",
    "expected statement",
    "duplicate file",
    "own bill of CPA",
    "two versions",
    "in review",
    "accepted",
    "unreadable",
    "wrong rate",
}
"""Cases of documents and standings: `test_made.py` tells of them."""


@pytest.mark.parametrize("name", TRUE)
def test_a_case_is_what_its_words_say(name: str) -> None:
    assert TRUE[name](bills_of(name))


def test_all_cases_are_told_of() -> None:
    assert {case.name for case in CASES} == TRUE.keys() | ELSEWHERE


def test_what_is_to_be_seen_names_its_months() -> None:
    assert PLANTED["estimated twice"].seen.startswith("2026-05 and 2026-06 are estimated")
    assert not [name for name, case in PLANTED.items() if " month 1" in case.seen or "months 1" in case.seen]
