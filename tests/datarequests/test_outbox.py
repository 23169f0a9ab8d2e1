"""What goes into the outbox, on both databases: with its event or not at all, to whom it may go and nobody else."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from datarequests.history import Happened, add, events_of
from datarequests.letter import Attachment
from datarequests.messages import MailError
from datarequests.outbox import Kind, Office, queue, queue_notice
from datarequests.tables import IncomingMail, OutgoingMail
from datarequests.waiting import again, drafts_of, drop, release, settle
from datarequests.workflow import Event, IllegalMoveError, State
from extractor.base.database import reading, writing
from tests.datarequests.made import NOW, WHO, request, sent
from tests.datarequests.mailed import COPY, LETTER, OFFICE, SETTINGS, history, mail_of, queued, ready, state


def test_a_message_is_there_with_its_event(desk: Engine) -> None:
    number, _ = queued(desk)
    row = mail_of(desk, number)
    with reading(desk) as session:
        last = events_of(session, number)[-1]
    assert (last.event, last.who, last.message_id) == ("queued", WHO, row.message_id)
    assert (row.state, row.recipients, row.copies) == ("queued", ["3rdparty@sce.com"], [COPY])
    assert re.fullmatch(rf"<r{number}\.1\.[0-9a-f]{{10}}@example\.com>", row.message_id)
    assert f"\r\nMessage-ID: {row.message_id}\r\n".encode() in row.message
    assert re.search(rb"\r\nSubject: \[CISR-%06d-t\d+\] Data of ACME" % number, row.message)
    assert b"Auto-Submitted" not in row.message
    assert COPY.encode() not in row.message


def test_neither_is_there_if_the_transaction_fails(desk: Engine) -> None:
    with writing(desk) as session:
        number = ready(session).id or 0
    with pytest.raises(RuntimeError), writing(desk) as session:
        row = ready(session, token="x")
        queue(session, row, LETTER, Kind.REQUEST, OFFICE, WHO, NOW)
        raise RuntimeError
    with reading(desk) as session:
        assert session.exec(select(OutgoingMail)).all() == []
    assert history(desk, number) == ["drafted", "linted"]


@pytest.mark.parametrize(
    "to",
    [
        ["someone@example.com"],
        ["3rdparty@sce.com", "x@sce.com"],
        ["3rdparty@sce.com.example.com"],
        ["a\r\nb"],
    ],
)
def test_a_recipient_outside_the_counterpartys_list_is_refused(desk: Engine, to: list[str]) -> None:
    with writing(desk) as session:
        row = ready(session)
        with pytest.raises(MailError, match="not an address of SCE 3rd Party Authorizations"):
            queue(session, row, LETTER, Kind.REQUEST, OFFICE, WHO, NOW, to=to)
        assert events_of(session, row.id or 0)[-1].event == "linted"
    with writing(desk) as session:
        assert queue(
            session, row, LETTER, Kind.REQUEST, OFFICE, WHO, NOW, to=["3RDPARTY@sce.com"]
        ).recipients == ["3rdparty@sce.com"]


def test_an_attachment_of_another_account_is_refused(desk: Engine) -> None:
    form = Attachment("form.txt", "text/plain", b"service account 8000000002")
    office = replace(OFFICE, text_of=lambda one: one.content.decode())
    with writing(desk) as session:
        row = ready(session)
        with pytest.raises(MailError, match=r"form\.txt names 8000000002, not of this request"):
            queue(session, row, replace(LETTER, attachments=(form,)), Kind.REQUEST, office, WHO, NOW)
        own = replace(form, content=b"service account 8000000001")
        queue(session, row, replace(LETTER, attachments=(own,)), Kind.REQUEST, office, WHO, NOW)


@pytest.mark.parametrize(("limit", "size"), [(10, 10_000_001), (5, 5_000_001), (90, 50_000_000)])
def test_attachments_keep_to_the_smaller_limit(desk: Engine, limit: int, size: int) -> None:
    large = replace(LETTER, attachments=(Attachment("a.pdf", "application/pdf", bytes(size)),))
    office = Office(SETTINGS.model_copy(update={"mail_attachment_mb": limit}), b"key")
    with writing(desk) as session, pytest.raises(MailError, match="MB may be sent"):
        queue(session, ready(session), large, Kind.REQUEST, office, WHO, NOW)


def test_what_is_not_ready_is_not_queued(desk: Engine) -> None:
    with writing(desk) as session:
        with pytest.raises(IllegalMoveError, match="queued is not possible while draft"):
            queue(session, request(session), LETTER, Kind.REQUEST, OFFICE, WHO, NOW)
        with pytest.raises(IllegalMoveError, match="queued is not possible while sent"):
            queue(session, sent(session, token="s"), LETTER, Kind.REQUEST, OFFICE, WHO, NOW)
        with pytest.raises(IllegalMoveError, match="follow_up_sent is not possible while ready"):
            queue(session, ready(session, token="r"), LETTER, Kind.FOLLOW_UP, OFFICE, WHO, NOW)
        twice = ready(session, token="q")
        queue(session, twice, LETTER, Kind.REQUEST, OFFICE, WHO, NOW)
        with pytest.raises(IllegalMoveError, match="queued is not possible while queued"):
            queue(session, twice, LETTER, Kind.REQUEST, OFFICE, WHO, NOW)


def test_a_follow_up_is_in_the_thread_and_waits_for_a_person(desk: Engine) -> None:
    number, mail = queued(desk)
    with writing(desk) as session:
        first = session.get(OutgoingMail, mail)
        assert first is not None
        first.state, first.sent_at = "sent", NOW
        session.add(first)
        add(session, number, Happened(Event.SENT, NOW, "billclerk"), NOW)
        answer = "<" + "x" * 150 + "@sce.com>"
        came = IncomingMail(
            sha256="b" * 64,
            message_id=answer,
            sender="3rdparty@sce.com",
            subject="Re",
            received_at=NOW + dt.timedelta(days=1),
            kind="reply",
            state="matched",
            request_id=number,
        )
        session.add(came)
        office = Office(SETTINGS.model_copy(update={"mail_reply_to": "desk@example.com"}), b"key")
        from datarequests.history import request_of

        row = queue(
            session,
            request_of(session, number),
            LETTER,
            Kind.FOLLOW_UP,
            office,
            WHO,
            NOW,
            automatic=True,
            draft=True,
        )
        assert row.state == "draft"
        assert row.message_id.startswith(f"<r{number}.2.")
        assert (
            f"\r\nIn-Reply-To: {answer}\r\nReferences: {first.message_id}\r\n {answer}\r\n".encode()
            in row.message
        )
        assert b"\r\nAuto-Submitted: auto-generated\r\n" in row.message
        assert re.search(
            rb"\r\nReply-To:\s+desk\+r%d\.t\d+\.[0-9a-f]{16}@example\.com\r\n" % number, row.message
        )
        assert [one.id for one in drafts_of(session, number)] == [row.id]
        release(session, row)
        assert row.state == "queued"
        with pytest.raises(MailError, match="is queued, not a draft"):
            release(session, row)


def test_what_was_never_taken_is_made_anew_under_its_id(desk: Engine) -> None:
    number, mail = queued(desk)
    before = mail_of(desk, number)
    for now_is, event in (("failed", Event.SEND_FAILED), ("written", None)):
        with writing(desk) as session:
            row = session.get(OutgoingMail, mail)
            assert row is not None
            row.state = now_is
            session.add(row)
            if event:
                add(session, number, Happened(event, NOW, "billclerk"), NOW)
            from datarequests.history import request_of

            other = replace(LETTER, text=f"{now_is}\n")
            made = queue(session, request_of(session, number), other, Kind.REQUEST, OFFICE, WHO, NOW)
            assert (made.id, made.message_id, made.state) == (mail, before.message_id, "queued")
            assert now_is.encode() in made.message
            assert f"\r\nMessage-ID: {before.message_id}\r\n".encode() in made.message
    assert history(desk, number) == ["drafted", "linted", "queued", "send_failed", "queued"]


def in_doubt(desk: Engine) -> tuple[int, OutgoingMail]:
    number, mail = queued(desk)
    with writing(desk) as session:
        row = session.get(OutgoingMail, mail)
        assert row is not None
        row.state, row.given_at = "unknown", NOW + dt.timedelta(minutes=1)
        session.add(row)
        add(session, number, Happened(Event.SEND_UNKNOWN, NOW, "billclerk"), NOW)
    return number, row


def test_what_may_have_arrived_goes_again_as_it_is(desk: Engine) -> None:
    number, row = in_doubt(desk)
    with writing(desk) as session:
        once_more = again(session, number, WHO, NOW)
        assert (once_more.message_id, once_more.message) == (row.message_id, row.message)
        with pytest.raises(MailError, match="no message of request"):
            again(session, number, WHO, NOW)
    assert state(desk, number) is State.QUEUED


def test_a_person_says_that_it_arrived(desk: Engine) -> None:
    number, row = in_doubt(desk)
    with writing(desk) as session:
        settle(session, number, True, WHO, NOW + dt.timedelta(hours=3))
    with reading(desk) as session:
        last = events_of(session, number)[-1]
    assert (last.event, last.who, last.occurred_at) == ("sent", WHO, row.given_at)
    assert set(last.detail) == {"counterparty", "settled"}
    assert mail_of(desk, number).state == "sent"


def test_a_person_says_that_it_did_not(desk: Engine) -> None:
    number, _ = in_doubt(desk)
    with writing(desk) as session:
        settle(session, number, False, WHO, NOW)
        with pytest.raises(MailError, match="is in doubt"):
            settle(session, number, True, WHO, NOW)
    assert (state(desk, number), mail_of(desk, number).state) == (State.SEND_FAILED, "failed")


def test_a_follow_up_in_doubt_is_settled_too(desk: Engine) -> None:
    with writing(desk) as session:
        row = sent(session)
        for arrived in (True, False):
            mail = queue(session, row, LETTER, Kind.FOLLOW_UP, OFFICE, WHO, NOW)
            mail.state, mail.given_at = "unknown", NOW
            session.add(mail)
            assert settle(session, row.id or 0, arrived, WHO, NOW).id == mail.id
            assert mail.state == ("sent" if arrived else "draft")
    assert history(desk, row.id or 0)[3:] == ["follow_up_sent", "note"]


def test_what_is_not_wanted_is_dropped(desk: Engine) -> None:
    number, mail = queued(desk)
    with writing(desk) as session:
        row = sent(session, token="s")
        follow_up = queue(session, row, LETTER, Kind.FOLLOW_UP, OFFICE, WHO, NOW, draft=True)
        assert drop(session, follow_up.id or 0, WHO, NOW).state == "cancelled"
        assert drafts_of(session, row.id or 0) == []
        for wrong, said in (
            (mail, f"is request {number} itself"),
            (follow_up.id or 0, "cannot be dropped"),
            (99, "no message 99"),
        ):
            with pytest.raises(MailError, match=said):
                drop(session, wrong, WHO, NOW)
    assert history(desk, row.id or 0)[-1] == "note"


def test_a_notice_goes_to_the_house_only(desk: Engine) -> None:
    with writing(desk) as session:
        row = queue_notice(session, LETTER, Kind.REPORT, OFFICE, ["Pat <pat@example.com>"], NOW, staff=[COPY])
        assert (row.recipients, row.state, row.request_id) == ([COPY], "queued", None)
        assert b"Auto-Submitted: auto-generated" in row.message
        for to in (["3rdparty@sce.com"], [], [COPY, "x@example.com"]):
            with pytest.raises(MailError, match="managers of the roster only"):
                queue_notice(session, LETTER, Kind.NOTICE, OFFICE, to, NOW, staff=[COPY])
        with pytest.raises(MailError, match="goes to a counterparty"):
            queue_notice(session, LETTER, Kind.REQUEST, OFFICE, [COPY], NOW, staff=[COPY])
