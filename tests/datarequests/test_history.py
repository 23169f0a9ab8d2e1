"""Events are added one after the other, on both databases; what a request is follows from them."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from sqlalchemy import Engine

from datarequests import desks
from datarequests.authorization_flow import AuthorizationEvent
from datarequests.counterparties import CounterpartyError, read
from datarequests.history import (
    Happened,
    UnknownRequestError,
    add,
    add_to_authorization,
    events_of,
    request_of,
)
from datarequests.viewed import all_viewed, viewed
from datarequests.workflow import Event, IllegalMoveError, Side, State
from extractor.base.database import reading, writing
from tests.datarequests.made import NOW, WHO, request, sent

DAY = dt.timedelta(days=1)


def test_events_are_numbered_and_an_impossible_one_is_not_added(desk: Engine) -> None:
    with writing(desk) as session:
        number = request(session).id or 0
        add(session, number, Happened(Event.LINTED, NOW, WHO), NOW)
        with pytest.raises(IllegalMoveError, match="completed is not possible while ready"):
            add(session, number, Happened(Event.COMPLETED, NOW, WHO), NOW)
    with reading(desk) as session:
        assert [(one.number, one.event) for one in events_of(session, number)] == [
            (1, "drafted"),
            (2, "linted"),
        ]


def test_what_happens_once_is_not_added_again(desk: Engine) -> None:
    reminder = Happened(Event.FOLLOW_UP_DRAFTED, NOW, "billclerk", once="follow_up 2026-03-16")
    with writing(desk) as session:
        number = sent(session).id or 0
        assert add(session, number, reminder, NOW) is not None
        assert add(session, number, reminder, NOW) is None
        assert len(events_of(session, number)) == 4


def test_programs_that_add_at_once_each_add_one(desk: Engine) -> None:
    with writing(desk) as session:
        number = request(session).id or 0

    def note() -> None:
        for _ in range(5):
            with writing(desk) as session:
                add(session, number, Happened(Event.NOTE, NOW, WHO), NOW)

    threads = [threading.Thread(target=note) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    with reading(desk) as session:
        assert [one.number for one in events_of(session, number)] == list(range(1, 22))


def test_an_unknown_request_is_refused(desk: Engine) -> None:
    with writing(desk) as session, pytest.raises(UnknownRequestError, match="there is no request 7"):
        add(session, 7, Happened(Event.NOTE, NOW, WHO), NOW)


def test_a_request_is_seen_as_it_stands_on_a_day(desk: Engine) -> None:
    with writing(desk) as session:
        number = sent(session).id or 0
        promise = Happened(Event.PROMISED, NOW + DAY, WHO, {"date": "2026-03-20", "case": "C-1"})
        add(session, number, promise, NOW + DAY)
    with reading(desk) as session:
        on = [viewed(session, request_of(session, number), NOW + days * DAY) for days in (0, 14, 15)]
        assert [one.clock.elapsed(one.today) for one in on if one.clock] == [0, 10, 11]
        assert [one.is_overdue for one in on] == [False, False, True]
        last = on[-1]
        assert (last.state, last.side, last.received, len(last.missing)) == (
            State.SENT,
            Side.COUNTERPARTY,
            0,
            2,
        )
        assert (str(last.promised), last.case) == ("2026-03-20", "C-1")


def test_past_a_target_of_our_own_nothing_is_overdue(desk: Engine) -> None:
    with writing(desk) as session:
        number = sent(session, counterparty="cpa").id or 0
    with reading(desk) as session:
        found = viewed(session, request_of(session, number), NOW + 60 * DAY)
        assert (found.is_past, found.is_overdue) == (True, False)


def test_a_clock_keeps_the_calendar_it_started_by_until_it_is_rebased(desk: Engine) -> None:
    with writing(desk) as session:
        number = sent(session).id or 0
        before = desks.desk(session, "sce")
        desks.used(session, before, WHO, NOW)
        closed = 'closed = [\n    { date = 2026-03-04, name = "Storm", source = "federal" },'
        changed = read(before.text.replace("closed = [", closed, 1))
        assert desks.take(session, changed, WHO, NOW)
        assert not desks.take(session, changed, WHO, NOW)
        assert desks.desk(session, "sce").version == changed.version
        as_sent = viewed(session, request_of(session, number), NOW)
        rebase = Happened(Event.REBASED, NOW, WHO, {"counterparty": changed.version})
        add(session, number, rebase, NOW)
        rebased = viewed(session, request_of(session, number), NOW)
        assert [str(one.clock.latest) for one in (as_sent, rebased) if one.clock] == [
            "2026-03-16",
            "2026-03-17",
        ]
        with pytest.raises(CounterpartyError, match="no counterparty 'sce' of version 000 is known"):
            desks.desk(session, "sce", "000")


def test_without_a_valid_authorization_it_is_the_customers_turn(desk: Engine) -> None:
    with writing(desk) as session:
        row = request(session)
        found = viewed(session, row, NOW + 364 * DAY)
        assert found.validity is not None
        assert (found.side, found.validity.word, found.validity.days_left) == (Side.US, "executed", 0)
        assert found.validity.expires_soon
        expired = viewed(session, row, NOW + 366 * DAY)
        assert expired.validity is not None
        assert (expired.side, expired.validity.word) == (Side.CUSTOMER, "expired")
        add_to_authorization(session, row.authorization_id or 0, AuthorizationEvent.REVOKED, WHO, NOW, NOW)
        assert viewed(session, row, NOW).side is Side.CUSTOMER


def test_requests_of_one_manager_or_customer(desk: Engine) -> None:
    with writing(desk) as session:
        sent(session, token="a")
        sent(session, token="b", manager="kim", customer="other")
        assert [
            len(list(all_viewed(session, NOW, customers, managers)))
            for customers, managers in (([], []), ([], ["kim"]), (["acme"], []))
        ] == [2, 1, 1]
