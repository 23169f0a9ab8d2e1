"""Requests from gaps on the made portfolio: what is planted is asked, and nothing else; what comes closes it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from datarequests.drafting import draft, new_token
from datarequests.history import Happened, add, events_of, items_of, state_of
from datarequests.on_roster import nothing_known
from datarequests.outside import Told
from datarequests.received import found_elsewhere
from datarequests.turnaround import turnarounds
from datarequests.viewed import all_viewed
from datarequests.workflow import Event, State
from extractor.base.database import reading, writing
from extractor.home import Home
from extractor.intervals import clock
from extractor.intervals.provisional import Again
from extractor.portfolio.coverage.asked import coverage
from extractor.portfolio.from_gaps.asked import plan
from extractor.portfolio.from_gaps.covered import Covered, covered
from extractor.portfolio.from_gaps.drafts import wanted
from extractor.portfolio.from_gaps.model import Plan
from extractor.portfolio.from_gaps.readings import are_whole, without_readings
from extractor.portfolio.from_gaps.words import months
from tests.extractor.intervals.held.stored import run
from tests.extractor.intervals.held.test_refetch import taken
from tests.extractor.made_bills import record, service
from tests.extractor.portfolio.cases import LAST
from tests.extractor.portfolio.from_gaps.arrivals import NOW, authorized, bill_comes, table_comes
from tests.extractor.portfolio.made import PLANTED, TODAY
from tests.extractor.store.test_standing import Kept

LATE, STATEMENT, HALF = (
    PLANTED[name].accounts[0]
    for name in ("late statement", "missing statement", "missing half, never filled")
)


def planned(session: Session, today: dt.date = TODAY, again: Iterable[Again] = ()) -> Plan:
    return plan(session, coverage(session, today), again, NOW)


def told(found: Plan) -> list[tuple[str, str, str, str]]:
    return [(line.account, line.what, months(line), line.way) for line in found.lines]


def drafted(session: Session, found: Plan) -> list[int]:
    return [draft(session, one, "pat", NOW, new_token())[0].id or 0 for one, _ in wanted(found.lines)]


def here(session: Session, today: dt.date = TODAY) -> list[Covered]:
    return list(covered(all_viewed(session, NOW), coverage(session, today), lambda *_: False, nothing_known))


def is_sent(session: Session, number: int) -> None:
    for event in (Event.LINTED, Event.SENT):
        add(session, number, Happened(event, NOW, "pat"), NOW)


def recorded(session: Session, one: Covered) -> Event:
    return found_elsewhere(session, one.viewed.number, one.items, Told("pat", NOW, NOW, "it came")).event


def test_what_is_planted_is_missing_and_nothing_else(small_kept: Engine) -> None:
    with reading(small_kept) as session:
        found = planned(session)
    history = PLANTED["history only"].accounts[0]
    assert sorted(told(found)) == sorted(
        [
            (HALF, "generation", "2025-12", "unauthorized"),
            (STATEMENT, "billing_history", "2025-10", "outside"),
            (STATEMENT, "generation", "2025-10", "outside"),
            (STATEMENT, "bill_pdf", "2025-10", "letter"),
            (history, "bill_pdf", "2025-09", "letter"),
            (LATE, "billing_history", "2026-11", "unauthorized"),
            (LATE, "generation", "2026-11", "unauthorized"),
            (LATE, "bill_pdf", "2026-11", "letter"),
        ]
    )


def test_it_is_drafted_once_and_each_item_by_the_channel_that_can(small_kept: Engine) -> None:
    with writing(small_kept) as session:
        authorized(session, "fern", [LATE])
        authorized(session, "fern", [LATE], "cpa")
        authorized(session, "cedar", [HALF], "cpa")
        numbers = drafted(session, planned(session))
        asked = [[(item.service_account, item.option) for item in items_of(session, n)] for n in numbers]
        assert asked == [[(HALF, "generation")], [(LATE, "generation")], [(LATE, "1")]]
        (item,) = items_of(session, numbers[2])
        assert (str(item.first), str(item.last)) == ("2026-10-03", "2026-11-02")
        again = planned(session)
        assert not list(wanted(again.lines))
        assert {line.request for line in again.of("asked")} == set(numbers)


def test_earlier_both_halves_of_the_missing_statement_could_be_had(small: Engine) -> None:
    with reading(small) as session:
        found = planned(session, dt.date(2026, 6, 30))
    mine = [line for line in found.lines if line.account == STATEMENT]
    assert {(line.what, line.way, line.counterparty) for line in mine} == {
        ("billing_history", "unauthorized", "sce"),
        ("generation", "unauthorized", "cpa"),
        ("bill_pdf", "letter", None),
    }


@pytest.mark.parametrize(
    ("to", "comes", "by"),
    [
        ("sce", lambda session: bill_comes(session, "late statement", LAST), "on bill "),
        ("cpa", lambda session: bill_comes(session, "late statement", LAST), "on bill "),
        (
            "sce",
            lambda session: table_comes(session, "late statement", LAST, "delivery"),
            "in billing history",
        ),
        (
            "cpa",
            lambda session: table_comes(session, "late statement", LAST, "generation"),
            "in billing history",
        ),
    ],
    ids=["bill, history", "bill, generation", "table, history", "table, generation"],
)
def test_what_comes_another_way_closes_what_waits_for_it(
    small_kept: Engine, to: str, comes: object, by: str
) -> None:
    with writing(small_kept) as session:
        authorized(session, "fern", [LATE], to)
        (number,) = drafted(session, planned(session))
        is_sent(session, number)
        assert not here(session)
        comes(session)  # type: ignore[operator]  # one of the functions above
        (one,) = here(session)
        assert (one.viewed.number, one.is_whole, one.can_be_told) == (number, True, True)
        assert by in one.words[0]
        assert recorded(session, one) is Event.COMPLETED
        (item,) = items_of(session, number)
        assert item.received_at == NOW
        assert not here(session)
        (statistics,) = turnarounds(all_viewed(session, NOW))
        assert statistics.days == ()  # nobody answered it


def test_the_other_half_closes_nothing(small_kept: Engine) -> None:
    with writing(small_kept) as session:
        authorized(session, "fern", [LATE])
        drafted(session, planned(session))
        table_comes(session, "late statement", LAST, "generation")
        assert not here(session)


def test_a_draft_is_withdrawn_or_asks_for_what_is_left(small_kept: Engine) -> None:
    with writing(small_kept) as session:
        both = authorized(session, "fern", [LATE])
        both.accounts = [*both.accounts, {"service_account": STATEMENT, "service_address": "2 Example St"}]
        (number,) = drafted(session, planned(session))
        bill_comes(session, "late statement", LAST)
        (one,) = here(session)
        assert recorded(session, one) is Event.CANCELLED
        assert state_of(events_of(session, number)) is State.CANCELLED
        assert not [line for line in planned(session).lines if line.account == LATE]


def kept_readings(home: Home, engine: Engine, count: int) -> None:
    """Keep a bill of March 2025, and so many quarters from its first day on, imported after it."""
    Kept(engine).put(record("2025-04-02", service("2025-03-01", "2025-03-30")))
    after = dt.datetime(2025, 4, 10, tzinfo=dt.UTC)
    taken(home, engine, f"{count}", after, [run(clock.midnight(dt.date(2025, 3, 1)), count, 1)])


def test_readings_that_are_missing_are_asked_by_option_5(home: Home, kept: Engine) -> None:
    today = dt.date(2025, 4, 11)
    kept_readings(home, kept, 96)
    with reading(kept) as session:
        found = planned(session, today, without_readings(home, kept))
    (line,) = [line for line in found.lines if line.what == "interval"]
    assert (str(line.first), str(line.last)) == ("2025-03-02", "2025-03-30")
    assert (line.way, found.without_readings) == ("nobody", 0)  # the roster is empty


def test_readings_close_an_item_when_no_day_is_missing(home: Home, kept: Engine) -> None:
    kept_readings(home, kept, 96 * 10)
    account = "8000000001"
    whole = dt.date(2025, 3, 1), dt.date(2025, 3, 9)
    assert are_whole(home, kept, account, dt.date(2025, 3, 1), dt.date(2025, 3, 7))
    assert not are_whole(home, kept, account, whole[0], dt.date(2025, 3, 12))
    assert not are_whole(home, kept, "8000000002", *whole)


def test_no_readings_at_all_are_counted_and_not_asked(small: Engine, home: Home) -> None:
    with reading(small) as session:
        services = len(coverage(session, TODAY).meters)
        assert planned(session).without_readings == services > 50
    assert not without_readings(home, small)
