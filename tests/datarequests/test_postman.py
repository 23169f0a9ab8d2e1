"""The outbox worked against a real mail server, on both databases; the moment is an argument."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text, update
from sqlmodel import select

from datarequests.authorization_flow import AuthorizationEvent
from datarequests.claims import Hold, begin, claim, finish, recover
from datarequests.delivery import Outcome, Result
from datarequests.history import Happened, add, add_to_authorization, events_of, request_of
from datarequests.mail_health import mail_health
from datarequests.outbox import Kind, queue, queue_notice
from datarequests.postman import Post, Worked, work_outbox
from datarequests.settings import MailSettings
from datarequests.tables import CounterpartyVersion, OutgoingMail
from datarequests.viewed import viewed
from datarequests.waiting import again, drafts_of, release
from datarequests.workflow import Event, State
from extractor.base.database import opened, reading, writing
from extractor.base.schema import upgrade
from tests.datarequests.made import NOW, WHO, authorization, sent
from tests.datarequests.mailed import COPY, LETTER, OFFICE, history, mail_of, queued, state
from tests.servers import smtp
from tests.servers.postgresql import Postgresql
from tests.servers.smtp import Server, running

MINUTE = dt.timedelta(minutes=1)
TO = "3rdparty@sce.com"
HOLD = Hold("somebody", 300)


@pytest.fixture(name="server")
def _server() -> Iterator[Server]:
    with running() as server:
        yield server


def worked(engine: Engine, home: Path, settings: MailSettings, at: dt.datetime = NOW) -> list[Worked]:
    return list(work_outbox(engine, Post(settings, home, lambda: at)))


def test_what_is_taken_counts_as_sent_from_then_on(desk: Engine, server: Server, tmp_path: Path) -> None:
    number, _ = queued(desk)
    at = NOW + 5 * MINUTE
    (one,) = worked(desk, tmp_path, server.settings(), at)
    assert (one.result, one.request) == (Result.ACCEPTED, number)
    (taken,) = server.taken
    assert taken.recipients == [TO, COPY]
    row = mail_of(desk, number)
    assert (row.state, row.sent_at, row.message_id) == ("sent", at, taken.message_id)
    with reading(desk) as session:
        last = events_of(session, number)[-1]
        assert (last.event, last.occurred_at, last.message_id) == ("sent", at, taken.message_id)
        (kept,) = session.exec(select(CounterpartyVersion)).all()
        assert last.detail == {"counterparty": kept.version, "to": TO, "copies": COPY}
        found = viewed(session, request_of(session, number), at)
        assert found.clock is not None
        assert (found.state, found.clock.started) == (State.SENT, at)
    assert worked(desk, tmp_path, server.settings(), at) == []
    assert len(server.taken) == 1


def test_until_mail_is_live_it_is_written_and_does_not_count(
    desk: Engine, server: Server, tmp_path: Path
) -> None:
    number, _ = queued(desk)
    for settings in (
        MailSettings(),
        MailSettings(
            mail_from="desk@example.com", mail_server="127.0.0.1", mail_port=server.port, mail_tls="none"
        ),
        MailSettings(mail_live=True, mail_from="desk@example.com"),
        MailSettings(mail_live=True, mail_server="127.0.0.1", mail_port=server.port, mail_tls="none"),
    ):
        (one,) = worked(desk, tmp_path, settings)
        assert one.path is not None
        assert (one.result, one.path.parent) == (None, tmp_path / "outbox")
        assert "mail is not live; it takes BILLCLERK_MAIL_" in one.answer
        row = mail_of(desk, number)
        assert (row.state, row.sent_at, state(desk, number)) == ("written", None, State.QUEUED)
        assert one.path.read_bytes() == b"X-Unsent: 1\r\n" + row.message
        assert one.path.stat().st_mode & 0o077 == 0
        with writing(desk) as session:
            session.execute(update(OutgoingMail).values(state="queued"))
    with writing(desk) as session:
        session.execute(update(OutgoingMail).values(state="written"))
    assert worked(desk, tmp_path, server.settings()) == []  # being live sends nothing that lay in a file
    assert server.taken == []
    with writing(desk) as session:
        queue(session, request_of(session, number), LETTER, Kind.REQUEST, OFFICE, WHO, NOW)
    assert len(list((tmp_path / "outbox").iterdir())) == 1
    worked(desk, tmp_path, server.settings())
    assert [one.message_id for one in server.taken] == [row.message_id]
    assert list((tmp_path / "outbox").iterdir()) == []  # nobody is to send it by hand any more
    assert history(desk, number) == ["drafted", "linted", "queued", "sent"]


def test_a_message_of_nobody_is_never_sent(desk: Engine, server: Server, tmp_path: Path) -> None:
    from dataclasses import replace

    from tests.datarequests.mailed import ready

    with writing(desk) as session:
        row = ready(session)
        queue(session, row, LETTER, Kind.REQUEST, replace(OFFICE, settings=MailSettings()), WHO, NOW)
    (one,) = worked(desk, tmp_path, server.settings())
    assert (one.result, server.taken, mail_of(desk, row.id or 0).state) == (None, [], "written")


def test_tries_with_growing_pauses_and_then_it_has_failed(desk: Engine, tmp_path: Path) -> None:
    number, _ = queued(desk)
    dead = MailSettings(
        mail_live=True,
        mail_server="127.0.0.1",
        mail_port=smtp.free_port(),
        mail_tls="none",
        mail_from="desk@example.com",
        mail_attempts=4,
    )
    at, pauses = NOW, []
    for _ in range(3):
        (one,) = worked(desk, tmp_path, dead, at)
        assert one.result is Result.LATER
        row = mail_of(desk, number)
        assert row.next_at is not None
        assert worked(desk, tmp_path, dead, row.next_at - dt.timedelta(seconds=1)) == []
        pauses.append((row.next_at - at) / MINUTE)
        at = row.next_at
    assert pauses == [1, 5, 15]
    worked(desk, tmp_path, dead, at)
    row = mail_of(desk, number)
    assert (row.state, row.attempts, state(desk, number)) == ("failed", 4, State.SEND_FAILED)
    assert history(desk, number)[3:] == ["send_attempted"] * 3 + ["send_failed"]
    assert "mail: 1 messages could not be sent" in [text for _, text in mail_health(desk, dead, tmp_path, at)]
    assert worked(desk, tmp_path, dead, at + 99 * MINUTE) == []


def test_with_a_dead_server_the_others_wait(desk: Engine, server: Server, tmp_path: Path) -> None:
    numbers = [queued(desk, token=token)[0] for token in "abc"]
    server.behaviour.drops = "connect"
    assert len(worked(desk, tmp_path, server.settings())) == 1
    server.behaviour.drops = None
    assert len(worked(desk, tmp_path, server.settings(), NOW + MINUTE)) == 3
    assert [state(desk, one) for one in numbers] == [State.SENT] * 3
    assert len(server.taken) == len({one.message_id for one in server.taken}) == 3


def test_a_message_that_is_refused_does_not_hold_up_others(
    desk: Engine, server: Server, tmp_path: Path
) -> None:
    first, _ = queued(desk, counterparty="cpa", token="a")
    second, _ = queued(desk, token="b")
    server.behaviour.refused = {"customerconfidentiality@cleanpoweralliance.org": "550 5.1.1 no such user"}
    worked(desk, tmp_path, server.settings())
    assert (state(desk, first), state(desk, second)) == (State.SEND_FAILED, State.SENT)
    row = mail_of(desk, first)
    assert (row.refused, row.attempts) == (server.behaviour.refused, 1)
    assert [one.recipients for one in server.taken] == [[TO, COPY]]


def test_a_refused_copy_is_told_and_a_postponed_one_goes_later(
    desk: Engine, server: Server, tmp_path: Path
) -> None:
    number, _ = queued(desk)
    server.behaviour.refused = {COPY: "451 4.2.1 later"}
    worked(desk, tmp_path, server.settings())
    row = mail_of(desk, number)
    assert (state(desk, number), row.state, row.recipients, row.copies) == (State.SENT, "queued", [], [COPY])
    server.behaviour.refused = {COPY: "550 no such user"}
    worked(desk, tmp_path, server.settings(), NOW + MINUTE)
    row = mail_of(desk, number)
    assert (row.state, row.refused) == ("sent", {COPY: "550 no such user"})
    assert [one.recipients for one in server.taken] == [[TO]]
    assert history(desk, number) == ["drafted", "linted", "queued", "sent"]


@pytest.mark.parametrize("drops", ["data", "taken"])
def test_what_may_have_been_taken_is_not_sent_again_by_itself(
    desk: Engine, server: Server, tmp_path: Path, drops: str
) -> None:
    number, _ = queued(desk)
    server.behaviour.drops = drops
    (one,) = worked(desk, tmp_path, server.settings())
    assert one.result is Result.UNKNOWN
    server.behaviour.drops = None
    assert (state(desk, number), mail_of(desk, number).state) == (State.SEND_UNKNOWN, "unknown")
    assert worked(desk, tmp_path, server.settings(), NOW + dt.timedelta(days=9)) == []
    first = mail_of(desk, number).message_id
    with writing(desk) as session:
        again(session, number, WHO, NOW)
    worked(desk, tmp_path, server.settings())
    assert state(desk, number) is State.SENT
    assert [one.message_id for one in server.taken] == [first] * len(server.taken)
    assert len(server.taken) == (2 if drops == "taken" else 1)


def test_two_workers_send_each_message_once(desk: Engine, server: Server, tmp_path: Path) -> None:
    numbers = [queued(desk, token=f"t{at}")[0] for at in range(8)]
    server.behaviour.slow = {"taken": 0.05}
    threads = [threading.Thread(target=worked, args=(desk, tmp_path, server.settings())) for _ in range(3)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert [state(desk, one) for one in numbers] == [State.SENT] * 8
    assert len(server.taken) == 8


def test_on_a_test_system_all_goes_to_one_address(desk: Engine, server: Server, tmp_path: Path) -> None:
    number, _ = queued(desk)
    settings = server.settings(mail_redirect="test@example.com")
    worked(desk, tmp_path, settings)
    (taken,) = server.taken
    assert taken.recipients == ["test@example.com"]
    head = taken.content.partition(b"\r\n\r\n")[0]
    assert b"\r\nX-Original-To: 3rdparty@sce.com\r\n" in head
    assert b"\r\nX-Original-Copies: pat@example.com\r\nTo: test@example.com" in head
    assert b"\r\nTo: 3rdparty@sce.com" not in head
    with reading(desk) as session:
        assert events_of(session, number)[-1].detail["redirected_to"] == "test@example.com"
    concerns = [text for _, text in mail_health(desk, settings, tmp_path, NOW)]
    assert "mail: all of it is redirected to one address (BILLCLERK_MAIL_REDIRECT)" in concerns


def test_on_a_test_system_files_are_for_that_address_too(desk: Engine, tmp_path: Path) -> None:
    queued(desk)
    (one,) = worked(desk, tmp_path, MailSettings(mail_redirect="test@example.com"))
    assert one.path is not None
    head = one.path.read_bytes().partition(b"\r\n\r\n")[0]
    assert b"\r\nX-Original-To: 3rdparty@sce.com\r\n" in head and b"\r\nTo: test@example.com" in head


def test_a_database_that_is_gone_for_a_moment_loses_no_answer(
    postgresql_server: Postgresql, server: Server, tmp_path: Path
) -> None:
    desk = opened(postgresql_server.database())
    upgrade(desk)
    number, _ = queued(desk)
    name = desk.url.database
    others = opened(desk.url.set(database="postgres"))

    def say(*statements: str) -> None:
        with others.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for one in statements:
                connection.execute(text(one))

    def cut(step: str) -> None:
        if step == "taken":
            gone = f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'"
            say(f'alter database "{name}" allow_connections false', gone)
            threading.Timer(1, say, [f'alter database "{name}" allow_connections true']).start()

    server.behaviour.heard = cut
    worked(desk, tmp_path, server.settings())
    assert (state(desk, number), len(server.taken)) == (State.SENT, 1)
    others.dispose()
    desk.dispose()


def test_what_was_cancelled_meanwhile_is_not_sent(desk: Engine, server: Server, tmp_path: Path) -> None:
    number, _ = queued(desk)
    with writing(desk) as session:
        add(session, number, Happened(Event.CANCELLED, NOW, WHO), NOW)
    assert worked(desk, tmp_path, server.settings()) == []
    row = mail_of(desk, number)
    assert (row.state, row.answer, server.taken) == ("cancelled", "the request is cancelled", [])


def test_what_was_sent_by_hand_meanwhile_is_not_sent_again(
    desk: Engine, server: Server, tmp_path: Path
) -> None:
    number, _ = queued(desk)
    with writing(desk) as session:
        add(session, number, Happened(Event.SENT, NOW, WHO), NOW)
    assert worked(desk, tmp_path, server.settings()) == []
    assert (server.taken, mail_of(desk, number).state) == ([], "cancelled")


def test_without_a_valid_authorization_nothing_is_sent(desk: Engine, server: Server, tmp_path: Path) -> None:
    revoked, _ = queued(desk, token="a")
    expired, _ = queued(desk, token="b")
    with writing(desk) as session:
        held = request_of(session, revoked).authorization_id or 0
        add_to_authorization(session, held, AuthorizationEvent.REVOKED, WHO, NOW, NOW)
    worked(desk, tmp_path, server.settings(), NOW + dt.timedelta(days=366))
    assert [state(desk, one) for one in (revoked, expired)] == [State.BLOCKED] * 2
    assert server.taken == []


def test_a_recipient_that_was_put_in_behind_our_back_gets_nothing(
    desk: Engine, server: Server, tmp_path: Path
) -> None:
    number, _ = queued(desk)
    with writing(desk) as session:
        session.execute(update(OutgoingMail).values(recipients=["x@example.com"]))
    worked(desk, tmp_path, server.settings())
    assert (server.taken, state(desk, number)) == ([], State.SEND_FAILED)


def test_a_message_cancelled_while_the_server_listens_is_not_given(
    desk: Engine, server: Server, tmp_path: Path
) -> None:
    number, _ = queued(desk)

    def cancelled(step: str) -> None:
        if step == "rcpt" and state(desk, number) is State.QUEUED:
            with writing(desk) as session:
                add(session, number, Happened(Event.CANCELLED, NOW, WHO), NOW)

    server.behaviour.heard = cancelled
    (one,) = worked(desk, tmp_path, server.settings())
    assert (one.result, server.taken) == (Result.DROPPED, [])
    assert (mail_of(desk, number).state, history(desk, number)[-1]) == ("cancelled", "cancelled")


def test_kinds_are_told_as_what_they_are(desk: Engine, server: Server, tmp_path: Path) -> None:
    number, _ = queued(desk)
    worked(desk, tmp_path, server.settings())
    with writing(desk) as session:
        row = request_of(session, number)
        queue(session, row, LETTER, Kind.RESEND, OFFICE, WHO, NOW)
        queue(session, row, LETTER, Kind.FOLLOW_UP, OFFICE, WHO, NOW, automatic=True)
        queue(session, row, LETTER, Kind.CORRECTED, OFFICE, WHO, NOW)
    later = NOW + dt.timedelta(days=3)
    worked(desk, tmp_path, server.settings(), later)
    with writing(desk) as session:
        add(session, number, Happened(Event.CORRECTION_ASKED, later, WHO), later)
        queue(session, row, LETTER, Kind.CORRECTION, OFFICE, WHO, later)
    worked(desk, tmp_path, server.settings(), later)
    assert history(desk, number)[3:] == [
        "sent",
        "resent",
        "follow_up_sent",
        "corrected",
        "correction_asked",
        "correction_sent",
    ]
    first = server.taken[0].message_id.encode()
    assert all(b"References: " + first in one.content for one in server.taken[1:])
    with reading(desk) as session:
        found = viewed(session, request_of(session, number), later)
        assert found.clock is not None
        assert (found.clock.started, found.clock.restarts) == (later, 1)


def test_a_lease_that_ended_before_anything_was_given_is_tried_again(desk: Engine) -> None:
    number, mail = queued(desk)
    assert claim(desk, mail, HOLD, NOW) is not None
    assert claim(desk, mail, Hold("other", 300), NOW) is None
    assert recover(desk, NOW + 4 * MINUTE, HOLD.lease) == 0
    assert recover(desk, NOW + 6 * MINUTE, HOLD.lease) == 1
    assert (mail_of(desk, number).state, state(desk, number)) == ("queued", State.QUEUED)
    assert not begin(desk, mail, HOLD, NOW + 6 * MINUTE)


def test_a_lease_that_ended_after_it_was_given_leaves_a_doubt(desk: Engine) -> None:
    number, mail = queued(desk)
    claim(desk, mail, HOLD, NOW)
    assert begin(desk, mail, HOLD, NOW + MINUTE)
    assert recover(desk, NOW + 7 * MINUTE, HOLD.lease) == 1
    assert (mail_of(desk, number).state, state(desk, number)) == ("unknown", State.SEND_UNKNOWN)
    # its worker was only slow, and says so in the end
    finish(desk, mail, HOLD, Outcome(Result.ACCEPTED, "250 OK"), MailSettings(), NOW + 8 * MINUTE)
    assert (mail_of(desk, number).state, state(desk, number)) == ("sent", State.SENT)


def test_a_worker_that_lost_its_lease_gives_nothing_and_says_nothing(desk: Engine) -> None:
    number, mail = queued(desk)
    claim(desk, mail, HOLD, NOW)
    assert not begin(desk, mail, HOLD, NOW + 6 * MINUTE)
    recover(desk, NOW + 6 * MINUTE, HOLD.lease)
    other = Hold("other", 300)
    assert claim(desk, mail, other, NOW + 6 * MINUTE) is not None
    assert not begin(desk, mail, HOLD, NOW + 6 * MINUTE)
    finish(desk, mail, HOLD, Outcome(Result.REFUSED, "550"), MailSettings(), NOW + 6 * MINUTE)
    assert (mail_of(desk, number).state, state(desk, number)) == ("sending", State.QUEUED)
    assert begin(desk, mail, other, NOW + 6 * MINUTE)


def test_a_lease_that_ended_unnoticed_is_tried_again_not_cancelled(desk: Engine) -> None:
    number, mail = queued(desk)
    claim(desk, mail, HOLD, NOW)
    assert not begin(desk, mail, HOLD, NOW + 6 * MINUTE)
    finish(desk, mail, HOLD, Outcome(Result.DROPPED, ""), MailSettings(), NOW + 6 * MINUTE)
    assert (mail_of(desk, number).state, state(desk, number)) == ("queued", State.QUEUED)


def test_a_clock_that_goes_back_holds_nothing_up(desk: Engine, server: Server, tmp_path: Path) -> None:
    number, mail = queued(desk)
    later = NOW + dt.timedelta(days=30)
    claim(desk, mail, HOLD, later)
    worked(desk, tmp_path, server.settings())
    assert state(desk, number) is State.SENT
    waits, mail = queued(desk, token="w")
    server.behaviour.refused = {TO: "451 later"}
    worked(desk, tmp_path, server.settings(), later)
    server.behaviour.refused = {}
    worked(desk, tmp_path, server.settings())
    assert state(desk, waits) is State.SENT


def test_what_waits_too_long_or_is_in_doubt_is_a_concern(
    desk: Engine, server: Server, tmp_path: Path
) -> None:
    def said(at: dt.datetime) -> list[tuple[str, str]]:
        return list(mail_health(desk, MailSettings(), tmp_path, at))

    queued(desk)
    assert said(NOW) == []
    assert said(NOW + 61 * MINUTE) == [
        ("warning", "mail: 1 messages wait for more than an hour: no worker took them")
    ]
    server.behaviour.drops = "taken"
    (one,) = worked(desk, tmp_path, server.settings())
    assert said(NOW) == [("warning", "mail: of 1 messages nobody knows whether they arrived")]
    with writing(desk) as session:
        add(session, one.request or 0, Happened(Event.SENT, NOW, WHO), NOW)  # by another way
    assert said(NOW) == []


def test_a_follow_up_that_failed_can_be_released_again(desk: Engine, server: Server, tmp_path: Path) -> None:
    with writing(desk) as session:
        row = sent(session)
        queue(session, row, LETTER, Kind.FOLLOW_UP, OFFICE, WHO, NOW)
    server.behaviour.refused = {TO: "550 no such user"}
    worked(desk, tmp_path, server.settings())
    assert (history(desk, row.id or 0)[-1], state(desk, row.id or 0)) == ("note", State.SENT)
    concerns = list(mail_health(desk, server.settings(), tmp_path, NOW))
    assert concerns == [("warning", "mail: 1 messages could not be sent")]
    server.behaviour.refused = {}
    with writing(desk) as session:
        (held,) = drafts_of(session, row.id or 0)
        release(session, held)
    worked(desk, tmp_path, server.settings())
    assert history(desk, row.id or 0)[-1] == "follow_up_sent"
    assert list(mail_health(desk, server.settings(), tmp_path, NOW)) == []


@pytest.mark.parametrize("kind", [Kind.FOLLOW_UP, Kind.RESEND])
@pytest.mark.parametrize("end", [Event.COMPLETED, Event.REJECTED, Event.CANCELLED, Event.CORRECTION_ASKED])
def test_nobody_is_reminded_of_what_was_answered(
    desk: Engine, server: Server, tmp_path: Path, kind: Kind, end: Event
) -> None:
    with writing(desk) as session:
        row = sent(session)
        queue(session, row, LETTER, kind, OFFICE, WHO, NOW)
        add(session, row.id or 0, Happened(end, NOW, WHO), NOW)
    assert worked(desk, tmp_path, server.settings()) == []
    assert server.taken == []
    found = mail_of(desk, row.id or 0)
    assert found.state == "cancelled"
    assert "the request is" in (found.answer or "")
    assert history(desk, row.id or 0)[-1] == "note"


def test_a_form_that_is_good_once_carries_one_request(desk: Engine, server: Server, tmp_path: Path) -> None:
    with writing(desk) as session:
        once = authorization(session, duration="one_time").id
    first, _ = queued(desk, authorization_id=once, token="first")
    second, _ = queued(desk, authorization_id=once, token="second")
    worked(desk, tmp_path, server.settings())
    assert len(server.taken) == 1
    assert (state(desk, first), state(desk, second)) == (State.SENT, State.BLOCKED)
    assert "good for one request" in (mail_of(desk, second).answer or "")


def test_a_form_that_is_good_once_is_used_up_while_nobody_knows(
    desk: Engine, server: Server, tmp_path: Path
) -> None:
    with writing(desk) as session:
        once = authorization(session, duration="one_time").id
    first, _ = queued(desk, authorization_id=once, token="first")
    server.behaviour.drops = "taken"
    worked(desk, tmp_path, server.settings())
    server.behaviour.drops = None
    second, _ = queued(desk, authorization_id=once, token="second")
    worked(desk, tmp_path, server.settings())
    assert (state(desk, first), state(desk, second)) == (State.SEND_UNKNOWN, State.BLOCKED)
    assert "or may have been" in (mail_of(desk, second).answer or "")


NIGHT = dt.datetime(2026, 3, 7, 4, tzinfo=dt.UTC)
"""A Friday, 20:00 in Los Angeles."""
OPENING = dt.datetime(2026, 3, 9, 15, tzinfo=dt.UTC)
"""The Monday after, 8:00 there: the clocks have gone forward."""


def follow_up(engine: Engine, is_automatic: bool) -> int:
    with writing(engine) as session:
        row = sent(session)
        queue(session, row, LETTER, Kind.FOLLOW_UP, OFFICE, WHO, NOW, automatic=is_automatic)
        return row.id or 0


def test_what_goes_out_by_itself_waits_for_the_office_to_open(
    desk: Engine, server: Server, tmp_path: Path
) -> None:
    number = follow_up(desk, is_automatic=True)
    assert worked(desk, tmp_path, server.settings(), NIGHT) == []
    row = mail_of(desk, number)
    assert (row.state, row.next_at, row.attempts) == ("queued", OPENING, 0)
    assert row.answer == "it waits for the office hours of SCE 3rd Party Authorizations"
    assert worked(desk, tmp_path, server.settings(), OPENING - MINUTE) == []
    assert list(mail_health(desk, server.settings(), tmp_path, OPENING - MINUTE)) == []
    (one,) = worked(desk, tmp_path, server.settings(), OPENING)
    assert one.result is Result.ACCEPTED


def test_what_a_person_releases_goes_at_once_and_is_tried_again_in_office_hours(
    desk: Engine, server: Server, tmp_path: Path
) -> None:
    number = follow_up(desk, is_automatic=False)
    server.behaviour.of_sender = "451 not now"
    assert [one.result for one in worked(desk, tmp_path, server.settings(), NIGHT)] == [Result.LATER]
    assert worked(desk, tmp_path, server.settings(), NIGHT + 2 * MINUTE) == []
    assert mail_of(desk, number).next_at == OPENING
    server.behaviour.of_sender = "250 OK"
    assert [one.result for one in worked(desk, tmp_path, server.settings(), OPENING)] == [Result.ACCEPTED]


def test_a_request_is_tried_again_at_any_hour(desk: Engine, server: Server, tmp_path: Path) -> None:
    queued(desk)
    server.behaviour.of_sender = "451 not now"
    assert [one.result for one in worked(desk, tmp_path, server.settings(), NIGHT)] == [Result.LATER]
    server.behaviour.of_sender = "250 OK"
    (one,) = worked(desk, tmp_path, server.settings(), NIGHT + 2 * MINUTE)
    assert one.result is Result.ACCEPTED


def test_a_calendar_that_ends_holds_a_reminder_back_and_says_so(
    desk: Engine, server: Server, tmp_path: Path
) -> None:
    number = follow_up(desk, is_automatic=True)
    assert worked(desk, tmp_path, server.settings(), NOW + dt.timedelta(days=9000)) == []
    assert "add its closed days of" in (mail_of(desk, number).answer or "")


def test_a_manager_is_not_told_of_what_was_settled_meanwhile(
    desk: Engine, server: Server, tmp_path: Path
) -> None:
    with writing(desk) as session:
        row = sent(session)
        number = row.id or 0
        queue_notice(session, LETTER, Kind.ESCALATION, OFFICE, [COPY], NOW, staff=[COPY], request=number)
        add(session, number, Happened(Event.CORRECTION_ASKED, NOW, WHO, {"reason": "name"}), NOW)
    assert worked(desk, tmp_path, server.settings()) == []
    assert (mail_of(desk, number).state, server.taken) == ("cancelled", [])
    assert history(desk, number)[-1] == "note"
