"""Which way what is missing can be had: rules alone, without a store."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datarequests.counterparties import shipped
from extractor.intervals.clock import midnight
from extractor.intervals.provisional import Again, Billed, Span
from extractor.portfolio.from_gaps import window
from extractor.portfolio.from_gaps.days import left
from extractor.portfolio.from_gaps.drafts import letters, wanted
from extractor.portfolio.from_gaps.found import _days
from extractor.portfolio.from_gaps.letter import letter
from extractor.portfolio.from_gaps.model import AskedFor, Days, Line, Missing, Paper, Service, What
from extractor.portfolio.from_gaps.ways import Known, ways
from extractor.portfolio.from_gaps.words import note
from extractor.portfolio.owners import Owner

TODAY = dt.date(2026, 11, 30)
OWNER = Owner("acme", "Acme Bakery", site_name="Main shop", manager="kim")
SERVICE = Service("8000000001", ("8000000001", "8000000009"), OWNER)
SCE = Paper(3, "acme", "sce", {"8000000001": "8-000-000-001"}, frozenset(("1", "5")), dt.date(2027, 1, 1))
CPA = replace(SCE, number=4, counterparty="cpa", options=frozenset(("generation",)))


def days(first: str, last: str) -> Days:
    return dt.date.fromisoformat(first), dt.date.fromisoformat(last)


MAY = days("2026-05-02", "2026-06-01")
JUNE = days("2026-06-02", "2026-07-01")


def missing(what: What, span: Days = MAY, seller: str | None = "SCE", service: Service = SERVICE) -> Missing:
    return Missing(service, what, (span[1].year * 100 + span[1].month, span), service.numbers[0], seller)


def known(*papers: Paper, items: tuple[AskedFor, ...] = ()) -> Known:
    return Known(shipped(), papers, items, TODAY)


def asked_for(span: Days, **fields: object) -> AskedFor:
    given = AskedFor(7, "acme", "sent", True, 3, "sce", "8000000009", "1", span)
    return replace(given, **fields)  # type: ignore[arg-type]  # named by tests


CASES: tuple[tuple[str, Missing, tuple[Paper, ...], tuple[object, ...]], ...] = (
    ("history: SCE, option 1", missing("billing_history"), (SCE,), ("request", "sce", "1", 3)),
    ("readings: SCE, option 5", missing("interval"), (SCE,), ("request", "sce", "5", 3)),
    ("generation: CPA", missing("generation", seller="CPA"), (SCE, CPA), ("request", "cpa", "generation", 4)),
    (
        "CPA by its whole name",
        missing("generation", seller="Clean Power Alliance"),
        (CPA,),
        ("request", "cpa", "generation", 4),
    ),
    ("bills: the customer, authorized or not", missing("bill_pdf"), (), ("letter", None, None, None)),
    ("another supplier", missing("generation", seller="LCE"), (CPA,), ("elsewhere", None, None, None)),
    ("SCE sells none by itself", missing("generation"), (SCE,), ("elsewhere", None, None, None)),
    ("nobody knows who sells", missing("generation", seller=None), (CPA,), ("elsewhere", None, None, None)),
    ("no authorization", missing("billing_history"), (CPA,), ("unauthorized", "sce", "1", None)),
    (
        "option not on it",
        missing("interval"),
        (replace(SCE, options=frozenset(("1",))),),
        ("unauthorized", "sce", "5", None),
    ),
    (
        "account not on it",
        missing("interval"),
        (replace(SCE, accounts={"8000000002": "8000000002"}),),
        ("unauthorized", "sce", "5", None),
    ),
    (
        "another customer's",
        missing("interval"),
        (replace(SCE, customer="other"),),
        ("unauthorized", "sce", "5", None),
    ),
    (
        "good for one, and used",
        missing("interval"),
        (replace(SCE, is_used_up=True),),
        ("unauthorized", "sce", "5", None),
    ),
    (
        "the one that holds longest",
        missing("interval"),
        (SCE, replace(SCE, number=9, last=dt.date(2028, 1, 1)), replace(SCE, number=5)),
        ("request", "sce", "5", 9),
    ),
    (
        "another number of the meter is on it",
        missing("interval"),
        (replace(SCE, accounts={"8000000009": "8000000009"}),),
        ("request", "sce", "5", 3),
    ),
    (
        "of no customer",
        missing("interval", service=SERVICE._replace(owner=None)),
        (SCE,),
        ("nobody", "sce", "5", None),
    ),
    (
        "a bill of no customer",
        missing("bill_pdf", service=SERVICE._replace(owner=None)),
        (SCE,),
        ("nobody", None, None, None),
    ),
    (
        "out of the window",
        missing("billing_history", days("2025-10-01", "2025-11-29")),
        (SCE,),
        ("outside", "sce", "1", None),
    ),
    (
        "the last day of it is today",
        missing("billing_history", days("2025-10-01", "2025-11-30")),
        (SCE,),
        ("request", "sce", "1", 3),
    ),
    (
        "a bill has no window",
        missing("bill_pdf", days("2024-10-01", "2024-11-29")),
        (SCE,),
        ("letter", None, None, None),
    ),
)


@pytest.mark.parametrize(
    ("one", "papers", "expected"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_each_goes_the_way_that_can_deliver(
    one: Missing, papers: tuple[Paper, ...], expected: tuple[object, ...]
) -> None:
    (line,) = ways([one], known(*papers))
    assert (line.way, line.counterparty, line.option, line.under) == expected


def test_the_account_is_asked_by_as_the_authorization_has_it() -> None:
    (line,) = ways([missing("interval")], known(SCE))
    assert line.account == "8-000-000-001"


def test_each_month_says_when_it_leaves_the_window_and_that_this_is_assumed() -> None:
    (line,) = ways([missing("billing_history", MAY), missing("billing_history", JUNE)], known(SCE))
    assert line.leaves == ((202606, dt.date(2027, 5, 3)), (202607, dt.date(2027, 6, 3)))
    assert note(line, TODAY) == (
        "2026-05-02 to 2026-07-01; request under authorization 3; leave the window: 2026-06 on 2027-05-03"
        " (in 154 days), 2026-07 on 2027-06-03 (in 185 days) (assumed)"
    )


def test_what_has_partly_left_the_window_is_asked_from_its_first_day_on() -> None:
    (line,) = ways([missing("billing_history", days("2025-11-15", "2025-12-14"))], known(SCE))
    assert (line.first, line.last) == days("2025-11-30", "2025-12-14")
    said = note(line, TODAY)
    assert "leaves the window on 2026-12-01 (in 1 day) (assumed)" in said
    assert "days before 2025-11-30 have left the window" in said


def test_what_left_the_window_is_named_with_the_day() -> None:
    (line,) = ways([missing("generation", days("2025-09-01", "2025-09-30"), "CPA")], known(CPA))
    assert "no longer available this way: it left the window of 12 months on 2026-10-01 (assumed)" in note(
        line, TODAY
    )


def test_what_an_open_request_has_is_named_and_not_asked() -> None:
    one = missing("billing_history")
    (line,) = ways([one], known(SCE, items=(asked_for(MAY),)))
    assert (line.way, line.request) == ("asked", 7)
    assert "request 7 under authorization 3 is sent" in note(line, TODAY)
    both = ways([one, missing("billing_history", JUNE)], known(SCE, items=(asked_for(MAY),)))
    assert [(each.way, each.months[0][0]) for each in both] == [("asked", 202606), ("request", 202607)]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"option": "5"}, None),  # something else of the account
        ({"account": "8000000003"}, None),
        ({"counterparty": "cpa"}, None),
        ({"days": days("2026-01-01", "2026-05-05")}, None),  # four of its days: no month
        ({"days": None}, None),
        ({"customer": "birch"}, None),  # who had the account before, or has it after
        ({"customer": "birch", "is_open": False, "state": "rejected"}, None),
        ({"is_open": False, "state": "rejected"}, "request 7 asked for it and is rejected"),
    ],
)
def test_what_no_open_request_has_is_asked(fields: dict[str, object], words: str | None) -> None:
    item = replace(asked_for(MAY), **fields)  # type: ignore[arg-type]  # named by tests
    lines = ways([missing("billing_history")], known(SCE, items=(item,)))
    asked = [line for line in lines if line.way == "request"]
    assert len(asked) == 1
    assert (asked[0].note or None) == words


def test_of_readings_each_day_counts() -> None:
    item = asked_for(days("2026-05-01", "2026-05-30"), option="5")
    found = ways([missing("interval")], known(SCE, items=(item,)))
    assert [(line.way, line.first, line.last) for line in found] == [
        ("asked", *days("2026-05-02", "2026-05-30")),
        ("request", *days("2026-05-31", "2026-06-01")),
    ]


def test_months_that_follow_on_each_other_are_one_item() -> None:
    august = days("2026-08-02", "2026-09-01")
    found = ways([missing("billing_history", span) for span in (JUNE, august, MAY)], known(SCE))
    assert [(line.first, line.last) for line in found] == [(MAY[0], JUNE[1]), august]
    apart = ways(
        [missing("interval", MAY), missing("interval", days("2026-06-03", "2026-06-04"))], known(SCE)
    )
    assert len(apart) == 2  # a day between: of readings that is another span


def test_a_request_for_each_customer_counterparty_and_authorization() -> None:
    other = SERVICE._replace(known_as="8000000002", numbers=("8000000002",))
    more = replace(SCE, number=8, accounts={"8000000002": "8000000002"})
    lines = ways(
        [
            missing("billing_history"),
            missing("interval"),
            missing("generation", seller="CPA"),
            missing("bill_pdf"),
            missing("interval", service=other),
        ],
        known(SCE, CPA, more),
    )
    found = {one.authorization: one for one, _ in wanted(lines)}
    assert {
        number: [(ask.option, ask.first, ask.last) for ask in one.items] for number, one in found.items()
    } == {
        3: [("1", *MAY), ("5", *MAY)],
        4: [("generation", *MAY)],
        8: [("5", *MAY)],
    }
    assert found[3].wants == ("billing_history", "interval")
    assert {one.manager for one in found.values()} == {"kim"}
    assert [line.what for line in letters(lines)["acme"]] == ["bill_pdf"]


def test_the_letter_names_accounts_and_days_and_says_why() -> None:
    lines: list[Line] = ways([missing("bill_pdf", MAY), missing("bill_pdf", JUNE)], known())
    found = letter(lines, "1 Example St", "Southern California Edison", {"name": "Pat Example", "email": ""})
    assert found.subject == "Electricity bills that we do not have: Acme Bakery"
    assert "Service account 8000000001, Main shop\n    May 2, 2026 to June 1, 2026\n" in found.text
    assert "    June 2, 2026 to July 1, 2026\n" in found.text
    assert "gives copies of bills to its customers only" in found.text
    assert found.text.startswith("To: Acme Bakery\n1 Example St\n")
    assert found.text.endswith("Pat Example\n")


def test_a_period_with_gaps_is_asked_by_its_days_alone() -> None:
    bill = Billed("8000000001", *MAY, dt.date(2026, 6, 3), "0" * 64)
    gaps = (
        Span(midnight(dt.date(2026, 5, 3)), midnight(dt.date(2026, 5, 4))),
        Span(midnight(dt.date(2026, 5, 4)) + 900, midnight(dt.date(2026, 5, 4)) + 1800),
        Span(midnight(dt.date(2026, 5, 20)), midnight(dt.date(2026, 5, 20)) + 900),
    )
    one = Again(bill, *MAY, readings=2000, early=(), gaps=gaps)
    assert list(_days(one)) == [days("2026-05-03", "2026-05-04"), days("2026-05-20", "2026-05-20")]
    assert list(_days(replace(one, readings=0))) == [MAY]
    assert not list(_days(replace(one, gaps=())))  # imported before its bill: it is there


@given(st.dates(dt.date(2020, 1, 1), dt.date(2035, 1, 1)), st.integers(1, 36))
def test_a_day_can_be_asked_until_it_leaves_and_no_longer(day: dt.date, months: int) -> None:
    on = window.leaves(day, months)
    assert window.begins(on, months) > day
    assert window.begins(on - dt.timedelta(1), months) <= day


SPAN = st.tuples(st.integers(0, 40), st.integers(0, 40)).map(
    lambda pair: (
        dt.date(2026, 1, 1) + dt.timedelta(min(pair)),
        dt.date(2026, 1, 1) + dt.timedelta(max(pair)),
    )
)


@given(SPAN, st.lists(SPAN, max_size=6))
def test_what_is_left_is_each_day_that_nothing_takes(whole: Days, taken: list[Days]) -> None:
    def each(span: Days) -> set[dt.date]:
        return {span[0] + dt.timedelta(at) for at in range((span[1] - span[0]).days + 1)}

    found = left(whole, taken, 1)
    assert set().union(*map(each, found)) == each(whole).difference(*map(each, taken))
    assert all(later[0] > earlier[1] + dt.timedelta(1) for earlier, later in pairwise(found))
