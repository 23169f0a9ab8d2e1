"""Requests drafted: what is asked where nothing says otherwise, under which authorization, and once."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from datarequests.authorization_flow import AuthorizationEvent
from datarequests.consents import draft as draft_authorization
from datarequests.drafting import Ask, DraftError, Wanted, draft, new_token
from datarequests.history import add_to_authorization, events_of, items_of
from datarequests.on_roster import Held
from datarequests.tables import DataRequest
from extractor.base.database import writing
from tests.datarequests import made
from tests.datarequests.made import NOW
from tests.datarequests.test_consents import CONSENT

WANTED = Wanted(customer="acme", counterparty="sce")


def drafted(session: Session, **fields: Any) -> DataRequest:
    return draft(session, replace(WANTED, **fields), "pat", NOW, new_token())[0]


def asked(session: Session, **fields: Any) -> set[tuple[str, str, str, str]]:
    items = items_of(session, drafted(session, **fields).id or 0)
    return {(one.service_account, one.option, str(one.first), str(one.last)) for one in items}


def test_what_nothing_says_is_the_authorizations_and_the_last_twelve_months(desk: Engine) -> None:
    with writing(desk) as session:
        made.authorization(session)
        year = "2025-03-02", "2026-03-01"
        assert asked(session) == {("8000000001", "1", *year), ("8000000001", "5", *year)}
        days = {"first": dt.date(2025, 1, 1), "last": dt.date(2025, 1, 31)}
        assert asked(session, options=("5", "5"), accounts=("8000000002",), **days) == {
            ("8000000002", "5", "2025-01-01", "2025-01-31")
        }
        assert asked(session, options=("7", "8")) == {
            ("8000000001", "7", "None", "None"),
            ("8000000001", "8", "None", "None"),
        }


def test_items_of_their_own_days(desk: Engine) -> None:
    may, june = (dt.date(2025, month, 1) for month in (5, 6))
    items = (
        Ask("8000000001", "1", may, june),
        Ask("8000000001", "5", june, june),
        Ask("8000000001", "1", may, june),
    )
    with writing(desk) as session:
        made.authorization(session)
        assert asked(session, items=items) == {
            ("8000000001", "1", "2025-05-01", "2025-06-01"),
            ("8000000001", "5", "2025-06-01", "2025-06-01"),
        }
        with pytest.raises(DraftError, match="no option '9'"):
            drafted(session, items=(Ask("8000000001", "9", may, june),))
        with pytest.raises(DraftError, match="comes after"):
            drafted(session, items=(Ask("8000000001", "1", june, may),))


def test_a_draft_has_its_event_and_what_was_wanted(desk: Engine) -> None:
    with writing(desk) as session:
        made.authorization(session)
        row = drafted(session, wants=("interval",), manager="pat", channel="fax")
        (event,) = events_of(session, row.id or 0)
        assert (event.event, event.who, event.detail) == ("drafted", "pat", {"wants": ["interval"]})
        assert (row.manager, row.channel, row.customer) == ("pat", "fax", "acme")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"customer": "other"}, "other has no authorization for sce"),
        ({"counterparty": "cpa"}, "acme has no authorization for cpa"),
        ({"authorization": 1, "customer": "other"}, "authorization 1 is acme's for sce"),
        ({"options": ("9",)}, "no option '9'"),
        ({"options": ("generation",)}, "no option 'generation'"),
        ({"first": dt.date(2026, 2, 2), "last": dt.date(2026, 2, 1)}, "comes after"),
        ({"channel": "pigeon"}, "no channel"),
        ({"wants": ("everything",)}, "nothing that can be wanted"),
    ],
)
def test_what_cannot_be_asked_is_refused(desk: Engine, fields: dict[str, Any], words: str) -> None:
    with writing(desk) as session:
        made.authorization(session)
        with pytest.raises(DraftError, match=words):
            drafted(session, **fields)


def test_of_several_authorizations_one_has_to_be_named(desk: Engine) -> None:
    with writing(desk) as session:
        first, second = (made.authorization(session) for _ in range(2))
        with pytest.raises(DraftError, match=rf"\({first.id}, {second.id}\); name one"):
            drafted(session)
        assert drafted(session, authorization=second.id).authorization_id == second.id
        add_to_authorization(session, second.id or 0, AuthorizationEvent.REVOKED, "pat", NOW, NOW)
        assert drafted(session).authorization_id == first.id


def test_one_that_is_still_to_be_signed_is_taken_where_none_holds(desk: Engine) -> None:
    with writing(desk) as session:
        row = draft_authorization(session, CONSENT, "pat", NOW)
        assert drafted(session).authorization_id == row.id
        holding = made.authorization(session)
        assert drafted(session).authorization_id == holding.id


def test_one_that_has_expired_is_none(desk: Engine) -> None:
    with writing(desk) as session:
        made.authorization(session, NOW - dt.timedelta(days=400))
        with pytest.raises(DraftError, match="no authorization"):
            drafted(session)


def test_a_line_of_a_file_is_drafted_once(desk: Engine) -> None:
    with writing(desk) as session:
        made.authorization(session)
        first = draft(session, replace(WANTED, batch="a.csv:1"), "pat", NOW, new_token())
        again = draft(session, replace(WANTED, batch="a.csv:1"), "pat", NOW, new_token())
        assert (first[1], again[1]) == (True, False)
        assert first[0].id == again[0].id
        assert len(session.exec(select(DataRequest)).all()) == 1


PASSES = dt.date(2025, 9, 1)
HELD = {"8000000001": Held(own=((PASSES, dt.date.max),), others=((dt.date.min, dt.date(2025, 8, 31)),))}


@pytest.mark.parametrize(
    ("fields", "first", "last", "left"),
    [
        ({}, "2025-09-01", "2026-03-01", [("2025-03-02", "2025-08-31")]),
        ({"last": dt.date(2026, 1, 31)}, "2025-09-01", "2026-01-31", [("2025-02-01", "2025-08-31")]),
        ({"first": dt.date(2025, 6, 1)}, "2025-06-01", "2026-03-01", []),
        ({"first": dt.date(2025, 6, 1), "last": dt.date(2025, 6, 30)}, "2025-06-01", "2025-06-30", []),
        ({"items": (Ask("8000000001", "1", dt.date(2025, 6, 1), PASSES),)}, "2025-06-01", "2025-09-01", []),
    ],
)
def test_days_of_another_customer_are_left_out_where_nobody_says_days(
    desk: Engine, fields: dict[str, Any], first: str, last: str, left: list[tuple[str, str]]
) -> None:
    with writing(desk) as session:
        made.authorization(session)
        wanted = replace(WANTED, **({"options": ("1",)} | fields))
        found = draft(session, wanted, "pat", NOW, new_token(), lambda *_: HELD)
        (item,) = items_of(session, found.row.id or 0)
        assert (str(item.first), str(item.last)) == (first, last)
        assert [(str(one.first), str(one.last)) for one in found.left_out] == left
        assert all(one.is_anothers for one in found.left_out)


def test_where_no_day_is_left_nothing_is_drafted_but_what_is_of_no_days(desk: Engine) -> None:
    never = {"8000000001": Held(others=((dt.date.min, dt.date.max),))}
    with writing(desk) as session:
        made.authorization(session)
        with pytest.raises(
            DraftError, match="nothing that is asked is acme's on a day from 2025-03-02 to 2026-03-01"
        ):
            draft(session, WANTED, "pat", NOW, new_token(), lambda *_: never)
        assert not session.exec(select(DataRequest)).all()
        found = draft(session, replace(WANTED, options=("1", "7")), "pat", NOW, new_token(), lambda *_: never)
        assert [item.option for item in items_of(session, found.row.id or 0)] == ["7"]
        assert len(found.left_out) == 1


def test_an_account_that_was_away_is_asked_in_parts_and_others_whole(desk: Engine) -> None:
    july = dt.date(2025, 7, 1)
    away = {"8000000002": Held(own=((dt.date.min, july), (PASSES, dt.date.max)))}
    with writing(desk) as session:
        made.authorization(session)
        wanted = replace(WANTED, options=("1",), accounts=("8000000001", "8000000002"))
        found = draft(session, wanted, "pat", NOW, new_token(), lambda *_: away)
        days = [
            (one.service_account[-1], str(one.first), str(one.last))
            for one in items_of(session, found.row.id or 0)
        ]
        assert days == [
            ("1", "2025-03-02", "2026-03-01"),
            ("2", "2025-03-02", "2025-07-01"),
            ("2", "2025-09-01", "2026-03-01"),
        ]
        (left,) = found.left_out
        assert (left.service_account, left.is_anothers) == ("8000000002", False)
