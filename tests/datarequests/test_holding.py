"""What happens to an authorization holds at once what is not out, and what is recorded as sent needs one."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import Engine

from datarequests.authorization_flow import AuthorizationEvent
from datarequests.changing import move
from datarequests.drafting import DraftError
from datarequests.history import Happened, add, events_of, request_of
from datarequests.holding import happened
from datarequests.outside import RecordError, Told, sent
from datarequests.tables import OutgoingMail
from datarequests.uses import other_uses
from datarequests.viewed import viewed
from datarequests.workflow import Event, IllegalMoveError, State
from extractor.base.database import reading, writing
from tests.datarequests import made
from tests.datarequests.made import NOW, WHO, authorization

DAY = dt.timedelta(days=1)
ENDS = (AuthorizationEvent.REVOKED, AuthorizationEvent.ALTERED, AuthorizationEvent.REJECTED)


@pytest.mark.parametrize("event", ENDS)
def test_what_is_not_out_is_held_at_once_and_what_is_out_stays(
    desk: Engine, event: AuthorizationEvent
) -> None:
    with writing(desk) as session:
        under = authorization(session)
        draft, ready, out = (
            made.request(session, authorization_id=under.id, token=one).id or 0 for one in "abc"
        )
        for number in (ready, out):
            add(session, number, Happened(Event.LINTED, NOW, WHO), NOW)
        add(session, out, Happened(Event.SENT, NOW, WHO), NOW)
        held = happened(session, under.id or 0, event, "kim", NOW, NOW)
        assert [one.number for one in held] == [draft, ready]
        last = events_of(session, ready)[-1]
        assert (last.event, last.who) == ("blocked_by_authorization", "kim")
        assert last.detail["why"].startswith(f"its authorization {under.id} is ")
        states = [viewed(session, request_of(session, one), NOW).state for one in (draft, ready, out)]
        assert states == [State.BLOCKED, State.BLOCKED, State.SENT]


def test_what_waits_in_the_outbox_is_taken_back_but_not_what_is_being_sent(desk: Engine) -> None:
    with writing(desk) as session:
        under = authorization(session)
        numbers = [made.request(session, authorization_id=under.id, token=one).id or 0 for one in "ab"]
        for number, state in zip(numbers, ("queued", "sending"), strict=True):
            add(session, number, Happened(Event.LINTED, NOW, WHO), NOW)
            add(session, number, Happened(Event.QUEUED, NOW, WHO), NOW)
            session.add(mail(number, state))
        session.flush()
        held = happened(session, under.id or 0, AuthorizationEvent.REVOKED, WHO, NOW, NOW)
        assert [one.number for one in held] == numbers[:1]


def mail(number: int, state: str, **fields: Any) -> OutgoingMail:
    return OutgoingMail(
        request_id=number,
        kind="request",
        message_id=f"<r{number}@example.com>",
        message=b"",
        recipients=[],
        state=state,
        created_at=NOW,
        **fields,
    )


def test_a_held_request_moves_to_the_renewed_authorization_and_is_checked_anew(desk: Engine) -> None:
    with writing(desk) as session:
        old = authorization(session)
        number = made.request(session, authorization_id=old.id).id or 0
        happened(session, old.id or 0, AuthorizationEvent.REVOKED, WHO, NOW, NOW)
        assert "move it there" in viewed(session, request_of(session, number), NOW).next_step
        with pytest.raises(DraftError, match=f"authorization {old.id} is revoked; have a new one signed"):
            move(session, number, old.id, WHO, NOW)
        new = authorization(session, signed_sha256="b" * 64)
        other = authorization(session, signed_sha256="c" * 64, customer="other")
        with pytest.raises(DraftError, match="is other's for sce, not acme's"):
            move(session, number, other.id, WHO, NOW)
        to, is_moved = move(session, number, None, WHO, NOW + DAY)
        assert (to.number, is_moved) == (new.id, True)
        assert move(session, number, new.id, WHO, NOW + DAY)[1] is False
        now = viewed(session, request_of(session, number), NOW + DAY)
        assert (now.state, now.authorization) == (State.DRAFT, new)
        then = viewed(session, request_of(session, number), NOW, recorded_by=NOW)
        assert (then.state, then.authorization) == (State.BLOCKED, old)


def test_what_is_out_does_not_move(desk: Engine) -> None:
    with writing(desk) as session:
        number = made.sent(session).id or 0
        with pytest.raises(IllegalMoveError, match="changed is not possible while sent"):
            move(session, number, authorization(session, signed_sha256="b" * 64).id, WHO, NOW)


USES = (
    ((Event.LINTED, Event.SENT), (1, 0), "it went out"),
    ((Event.LINTED, Event.SENT, Event.BOUNCED), (1, 0), "it went out, though it came back"),
    ((Event.LINTED, Event.QUEUED, Event.SEND_UNKNOWN), (0, 1), "nobody knows"),
    ((Event.LINTED, Event.QUEUED, Event.SEND_UNKNOWN, Event.SENT), (1, 0), "settled: it arrived"),
    ((Event.LINTED, Event.QUEUED, Event.SEND_UNKNOWN, Event.SEND_FAILED), (0, 0), "settled: it did not"),
    ((Event.LINTED, Event.QUEUED), (0, 0), "it waits"),
    ((Event.LINTED, Event.QUEUED, Event.SEND_FAILED), (0, 0), "it never went"),
)


@pytest.mark.parametrize(("events", "counted", "why"), USES)
def test_what_uses_an_authorization_up(
    desk: Engine, events: tuple[Event, ...], counted: tuple[int, int], why: str
) -> None:
    with writing(desk) as session:
        under = authorization(session)
        for each in events:
            if each is events[0]:
                number = made.request(session, authorization_id=under.id, token="a").id or 0
            add(session, number, Happened(each, NOW, WHO), NOW)
        uses = other_uses(session, made.request(session, authorization_id=under.id, token="b"))
        assert (len(uses.sent), len(uses.in_doubt)) == counted, why


def test_a_message_that_is_being_given_may_use_it_up(desk: Engine) -> None:
    with writing(desk) as session:
        under = authorization(session)
        number = made.request(session, authorization_id=under.id, token="a").id or 0
        session.add(row := mail(number, "sending"))
        session.flush()
        other = made.request(session, authorization_id=under.id, token="b")
        assert not other_uses(session, other).any
        row.given_at = NOW
        session.add(row)
        session.flush()
        assert other_uses(session, other).in_doubt == {number}


def test_it_stays_used_up_when_what_used_it_moves_to_another(desk: Engine) -> None:
    with writing(desk) as session:
        old, new = authorization(session), authorization(session, signed_sha256="b" * 64)
        number = made.sent(session, authorization_id=old.id, token="a").id or 0
        add(session, number, Happened(Event.REJECTED, NOW, WHO), NOW)
        move(session, number, new.id, WHO, NOW)
        assert other_uses(session, made.request(session, authorization_id=old.id, token="b")).sent == {number}
        assert not other_uses(session, made.request(session, authorization_id=new.id, token="c")).any


UNDER = (
    ({"executed_on": dt.date(2026, 3, 1)}, None, "it holds"),
    ({"executed_on": dt.date(2026, 3, 3)}, "was executed on 2026-03-03, after that", "signed later"),
    ({"executed_on": dt.date(2025, 3, 1)}, "is expired since 2025-02-28|is expired since 2026-02-28", "past"),
)


@pytest.mark.parametrize(("fields", "words", "why"), UNDER)
def test_what_cannot_have_gone_out_under_a_form_is_not_recorded(
    desk: Engine, fields: dict[str, Any], words: str | None, why: str
) -> None:
    with writing(desk) as session:
        under = authorization(session, **fields)
        number = made.request(session, authorization_id=under.id).id or 0
        add(session, number, Happened(Event.LINTED, NOW, WHO), NOW)
        told = Told(WHO, NOW, NOW + DAY)
        if words is None:
            assert sent(session, number, "fax", told) is Event.SENT
        else:
            with pytest.raises(RecordError, match=f"on 2026-03-02: its authorization {under.id} ({words})"):
                sent(session, number, "fax", told)


def test_a_form_good_for_one_request_sends_no_second_one_by_fax_either(desk: Engine) -> None:
    with writing(desk) as session:
        under = authorization(session, duration="one_time")
        first, second = (made.request(session, authorization_id=under.id, token=one).id or 0 for one in "ab")
        for number in (first, second):
            add(session, number, Happened(Event.LINTED, NOW, WHO), NOW)
        assert sent(session, first, "fax", Told(WHO, NOW, NOW)) is Event.SENT
        assert sent(session, first, "fax", Told(WHO, NOW, NOW)) is Event.RESENT
        with pytest.raises(RecordError, match="is good for one request, and another went out under it"):
            sent(session, second, "fax", Told(WHO, NOW, NOW))


def test_what_waits_for_a_signature_says_so(desk: Engine) -> None:
    with writing(desk) as session:
        number = made.request(session).id or 0
    with reading(desk) as session:
        later = NOW + 400 * DAY
        assert viewed(session, request_of(session, number), NOW).next_step == "check it and release it"
        assert viewed(session, request_of(session, number), later).next_step == "get an authorization signed"
