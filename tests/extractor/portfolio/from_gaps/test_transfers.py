"""Requests from gaps of an account that changed hands and kept its number: what one asked is not the other's."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from datarequests.drafting import Wanted, draft, new_token
from datarequests.history import Happened, add
from datarequests.viewed import all_viewed
from datarequests.workflow import Event
from extractor.base.database import writing
from extractor.portfolio.coverage.asked import coverage
from extractor.portfolio.from_gaps.asked import plan
from extractor.portfolio.from_gaps.covered import astray, covered
from extractor.portfolio.from_gaps.drafts import wanted
from extractor.portfolio.from_gaps.model import Line
from extractor.portfolio.roster_days import RosterDays
from tests.extractor.portfolio.from_gaps.arrivals import NOW, authorized
from tests.extractor.portfolio.from_gaps.transferred import (
    NEW,
    NEW_GAP,
    NUMBER,
    OLD,
    OLD_GAP,
    Days,
    bill_of,
    transferred,
)
from tests.extractor.portfolio.made import TODAY

BOTH = Wanted("old", "sce", options=("1",), first=OLD[0][0], last=NEW[-1][1])
"""What asks for days of both."""


def lines(session: Session, customer: str | None = None) -> list[Line]:
    found = plan(session, coverage(session, TODAY, customer=customer), (), NOW, customer)
    return [line for line in found.lines if line.what == "billing_history"]


@pytest.fixture
def shared(kept: Engine) -> Engine:
    with writing(kept) as session:
        transferred(session)
        for customer in ("old", "new"):
            authorized(session, customer, [NUMBER])
    return kept


@pytest.mark.parametrize(("asks", "other"), [("old", "new"), ("new", "old")])
@pytest.mark.parametrize("ends", [None, Event.REJECTED], ids=["open", "ended"])
def test_what_one_customer_asked_is_not_named_to_the_other(
    shared: Engine, asks: str, other: str, ends: Event | None
) -> None:
    with writing(shared) as session:
        row = draft(session, replace(BOTH, customer=asks), "pat", NOW, new_token()).row
        for event in (Event.LINTED, Event.SENT, *([ends] if ends else [])):
            add(session, row.id or 0, Happened(event, NOW, "pat"), NOW)
        every = lines(session)
        assert every == [*lines(session, "new"), *lines(session, "old")]
        gaps = {line.customer: (line.first, line.last) for line in every}
        assert gaps == {"old": OLD_GAP, "new": NEW_GAP}
        said = {line.customer: (line.way, line.request, line.note) for line in every}
        assert said[other] == ("request", None, "")
        own = ("request", None, "request 1 asked for it and is rejected") if ends else ("asked", 1, "sent")
        assert said[asks] == own


GAPS = {"old": OLD_GAP, "new": NEW_GAP}
"""By customer: what each of the two asks for, and what then comes."""


def asks(session: Session, customer: str, days: Days, option: str = "1") -> int:
    given = Wanted(customer, "sce", options=(option,), first=days[0], last=days[1])
    return draft(session, given, "pat", NOW, new_token()).row.id or 0


def here(session: Session, customer: str | None = None) -> list[int]:
    """The requests whose data is here; of readings all are."""
    viewed = all_viewed(session, NOW, [customer] if customer else ())
    found = coverage(session, TODAY, customer=customer)
    return [one.viewed.number for one in covered(viewed, found, lambda *_: True, RosterDays(session))]


def in_vain(session: Session) -> list[tuple[int, str]]:
    return [(one.number, one.words) for one in astray(all_viewed(session, NOW), RosterDays(session))]


@pytest.mark.parametrize(("comes", "other"), [("old", "new"), ("new", "old")])
def test_what_comes_closes_the_item_of_the_customer_whose_days_they_are(
    shared: Engine, comes: str, other: str
) -> None:
    with writing(shared) as session:
        numbers = {customer: asks(session, customer, days) for customer, days in GAPS.items()}
        asks(session, other, GAPS[comes])  # the other one asks for the same days
        assert here(session) == []
        bill_of(session, comes, GAPS[comes])
        assert here(session) == here(session, comes) == [numbers[comes]]
        assert here(session, other) == []


@pytest.mark.parametrize(
    ("customer", "days", "words"),
    [
        ("old", (OLD[0][0], NEW[-1][1]), "2026-04-06 to 2026-11-01"),
        ("new", (OLD[0][0], NEW[-1][1]), "2025-11-07 to 2026-04-05"),
        ("old", NEW[0], "2026-04-06 to 2026-05-05"),
    ],
)
@pytest.mark.parametrize("option", ["1", "5"])
def test_what_waits_for_another_customers_days_is_named_and_never_checked_off(
    shared: Engine, customer: str, days: Days, words: str, option: str
) -> None:
    with writing(shared) as session:
        number = asks(session, customer, days, option)
        for one, gap in GAPS.items():
            bill_of(session, one, gap)
        assert here(session) == []
        assert in_vain(session) == [
            (
                number,
                f"option {option} of {NUMBER}, {days[0]} to {days[1]}: by the roster another customer's from {words}",
            )
        ]
        add(session, number, Happened(Event.CANCELLED, NOW, "pat"), NOW)
        assert in_vain(session) == []


@pytest.mark.parametrize("option", ["1", "5"])
def test_what_waits_for_own_days_is_not_in_vain(shared: Engine, option: str) -> None:
    with writing(shared) as session:
        numbers = [
            asks(session, customer, days[0], option) for customer, days in (("old", OLD), ("new", NEW))
        ]
        assert (here(session), in_vain(session)) == (numbers, [])


def test_what_is_drafted_of_gaps_is_nobody_elses(shared: Engine) -> None:
    with writing(shared) as session:
        for one, _ in wanted(plan(session, coverage(session, TODAY), (), NOW).lines):
            draft(session, one, "pat", NOW, new_token())
        assert [one.request.customer for one in all_viewed(session, NOW)] == ["new", "old"]
        assert in_vain(session) == []
