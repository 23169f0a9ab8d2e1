"""A message is taken once, and moves its request only by what is certain."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from datarequests.addressing import reply_address, signed_for
from datarequests.desks import desk as counterparty_of
from datarequests.history import Happened, add, events_of, state_of
from datarequests.incoming.known import ours_of
from datarequests.incoming.moves import moved
from datarequests.incoming.parsed import parsed
from datarequests.incoming.taken import Came, assigned, take
from datarequests.tables import DataRequest, IncomingMail, OutgoingMail, Table
from datarequests.viewed import viewed
from datarequests.workflow import Event, State
from extractor.base.database import opened, writing
from tests.datarequests.incoming.mails import ACKNOWLEDGED, OURS, answer, block, mail, outgoing, report
from tests.datarequests.made import NOW, WHO, request, sent

LATER = NOW + dt.timedelta(days=1)
GONE = block("failed", "5.1.1", said="550 no such user")


def taken(session: Session, raw: bytes, **more: Any) -> Came:
    """Take a message in."""
    return take(session, parsed(raw), ours_of(session), more.pop("now", LATER), **more)


def what(session: Session, one: DataRequest) -> tuple[State, list[str]]:
    """Return what a request is, and what happened after it was sent."""
    events = events_of(session, one.id or 0)
    names = [str(event.event) for event in events]
    return state_of(events), names[names.index("sent") + 1 if "sent" in names else len(names) :]


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[Engine]:
    """A database with our tables alone, quickly made."""
    engine = opened(f"sqlite:///{tmp_path}/requests.db")
    Table.metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def asked(plain: Engine) -> Engine:
    """A database with a request that was sent, and its message."""
    with writing(plain) as session:
        outgoing(session, sent(session))
    return plain


def one_of(session: Session) -> DataRequest:
    """Return the only request."""
    return session.exec(select(DataRequest)).one()


@pytest.mark.parametrize(
    ("raw", "state", "events", "row"),
    [
        # a person's answer in our thread, with a case number, that asks nothing
        (answer(), State.ACKNOWLEDGED, ["acknowledged"], "done"),
        # the same without a number, or only by its subject, or by a machine, or with more to say: no
        (answer("We have received your request."), State.SENT, [], "matched"),
        (answer(Auto_Submitted="auto-replied"), State.SENT, ["auto_reply"], "done"),
        (answer(sender="no-reply@sce.com"), State.SENT, ["auto_reply"], "done"),
        (answer(f"{ACKNOWLEDGED} Please sign the form."), State.SENT, [], "matched"),
        (answer(f"{ACKNOWLEDGED} It was rejected."), State.SENT, [], "matched"),
        (answer(files={"a.csv": b"1"}), State.SENT, [], "matched"),
        # a machine that asks for something is for a person to see
        (answer("Please sign it.", Auto_Submitted="auto-replied"), State.SENT, ["auto_reply"], "matched"),
        (answer("Back on Monday.", subject="Out of office", Precedence="bulk"), State.SENT, ["auto_reply"], "done"),
        # others
        (answer("Your request was denied."), State.SENT, [], "matched"),
        (answer("Hello."), State.SENT, [], "matched"),
        # servers
        (report(GONE), State.BOUNCED, ["bounced"], "done"),
        (report(block("failed", "4.4.7")), State.BOUNCED, ["bounced"], "done"),
        (report(block("delayed", "4.4.1")), State.SENT, ["delivery_delayed"], "done"),
        (report(block("delivered", "2.0.0")), State.SENT, [], "done"),
        (report(block("failed", "5.1.1", "manager@example.com")), State.SENT, [], "matched"),  # a copy's
        # forged
        (answer(sender="evil@example.net"), State.SENT, [], "orphan"),
        (answer(sender='"3rdparty@sce.com" <evil@example.net>'), State.SENT, [], "orphan"),
        (answer(sender="3rdparty@sce.com.example.net"), State.SENT, [], "orphan"),
        (answer(sender="3rdparty@sce.com, evil@example.net"), State.SENT, [], "orphan"),
        (answer(Authentication_Results="mx; dmarc=fail"), State.SENT, [], "orphan"),
        (answer(sender="evil@example.net", Auto_Submitted="auto-replied"), State.SENT, [], "orphan"),
        (report(GONE, embedded="Message-ID: <guessed@example.com>\r\n"), State.SENT, [], "orphan"),
        (mail(), State.SENT, [], "orphan"),
    ],
)  # fmt: skip
def test_what_a_message_does(asked: Engine, raw: bytes, state: State, events: list[str], row: str) -> None:
    with writing(asked) as session:
        came = taken(session, raw)
        assert what(session, one_of(session)) == (state, events)
        assert came.mail.state == row
        assert [str(one) for one in came.events] == events
        assert bool(came.mail.suggested.get("why")) >= (row == "orphan")


def test_an_acknowledgement_by_the_subject_alone_is_only_suggested(asked: Engine) -> None:
    with writing(asked) as session:
        one = one_of(session)
        came = taken(session, mail(subject=f"[CISR-{one.id:06d}-{one.token}] Data request"))
        assert (came.mail.request_id, came.mail.matched_by, came.mail.state) == (one.id, "subject", "matched")
        assert came.mail.suggested["says"] == "acknowledged"
        assert what(session, one)[0] is State.SENT


def test_the_case_number_of_a_machine_is_kept(asked: Engine) -> None:
    with writing(asked) as session:
        taken(session, answer(Auto_Submitted="auto-replied"))
        one = viewed(session, one_of(session), LATER)
        assert (one.case, one.state) == ("0012345", State.SENT)


def test_a_bounce_stops_the_clock(asked: Engine) -> None:
    with writing(asked) as session:
        taken(session, report(GONE))
        clock = viewed(session, one_of(session), LATER).clock
        assert clock is not None
        assert clock.stopped is not None


def test_what_was_answered_has_not_come_back(asked: Engine) -> None:
    with writing(asked) as session:
        taken(session, answer("Hello.", Auto_Submitted="auto-replied"))
        came = taken(session, report(GONE))
        assert (came.events, came.mail.suggested["why"]) == ((), "somebody has answered it")
        assert what(session, one_of(session))[0] is State.SENT


@pytest.mark.parametrize("further", [Event.ACKNOWLEDGED, Event.IN_PROCESS, Event.DATA_RECEIVED])
def test_an_acknowledgement_takes_no_request_back(asked: Engine, further: Event) -> None:
    with writing(asked) as session:
        one = one_of(session)
        add(session, one.id or 0, Happened(further, NOW, WHO), NOW)
        came = taken(session, answer())
        assert (came.events, came.mail.state) == ((), "matched")


def test_a_bounce_of_one_of_two_addresses_is_for_a_person(plain: Engine) -> None:
    with writing(plain) as session:
        outgoing(session, sent(session), to="3rdparty@sce.com, pat@example.com")
        assert taken(session, report(block("failed", "5.1.1", "pat@example.com"))).mail.state == "matched"
        assert taken(session, report(GONE)).mail.state == "matched"  # under the same Message-ID


@pytest.mark.parametrize(
    ("failed", "says"),
    [
        (["pat@example.com"], "note"),
        (["pat@example.com", "3rdparty@sce.com"], None),
        (["somebody@sce.com"], "bounced"),  # whom the desk's own server sends it on to, perhaps
    ],
)
def test_a_copy_that_comes_back_is_not_said_to_be_the_request(
    plain: Engine, failed: list[str], says: str | None
) -> None:
    with writing(plain) as session:
        one = sent(session)
        outgoing(session, one)
        detail = {"to": "3rdparty@sce.com", "copies": "pat@example.com"}
        add(session, one.id or 0, Happened(Event.RESENT, NOW, WHO, detail, message_id=OURS), NOW)
        blocks = "".join(block("failed", "5.1.1", address) for address in failed)
        assert taken(session, report(blocks)).mail.suggested.get("says") == says


@pytest.mark.parametrize("kind", ["follow_up", "escalation"])
def test_a_follow_up_that_comes_back_does_not_bounce_the_request(plain: Engine, kind: str) -> None:
    with writing(plain) as session:
        one = sent(session)
        outgoing(session, one, kind=kind)
        came = taken(session, report(GONE))
        assert (what(session, one)[0], came.mail.suggested["says"]) == (State.SENT, "bounced")


def test_a_bounce_after_an_answer_is_for_a_person(asked: Engine) -> None:
    with writing(asked) as session:
        taken(session, answer())
        came = taken(session, report(GONE))
        assert what(session, one_of(session))[0] is State.ACKNOWLEDGED
        assert came.mail.state == "matched"


def test_the_same_bytes_are_one_message(asked: Engine) -> None:
    with writing(asked) as session:
        first, again = (taken(session, answer(), place=f"INBOX/1/{at}") for at in (1, 2))
        assert (first.is_new, again.is_new, again.events) == (True, False, ())
        assert first.mail.id == again.mail.id
        assert what(session, one_of(session))[1] == ["acknowledged"]


def test_a_copy_by_another_way_is_kept_and_does_nothing(asked: Engine) -> None:
    with writing(asked) as session:
        first = taken(session, answer())
        copy = taken(session, b"Received: by another way\r\n" + answer())
        assert copy.mail.id != first.mail.id
        assert (copy.mail.state, copy.mail.suggested["twin"]) == ("done", first.mail.id)
        assert what(session, one_of(session))[1] == ["acknowledged"]


def test_another_message_under_the_same_id_is_kept_and_told(asked: Engine) -> None:
    with writing(asked) as session:
        first = taken(session, answer("Hello.", Message_ID="<same@sce.com>"))
        other = taken(session, answer(Message_ID="<same@sce.com>"))
        assert (other.mail.state, other.mail.suggested["twin"]) == ("matched", first.mail.id)
        assert "says something else" in other.mail.suggested["why"]
        assert what(session, one_of(session)) == (State.SENT, [])


@pytest.mark.parametrize(
    ("raw", "events", "state"),
    [
        (answer("Hello."), [], State.SENT),
        (answer(), ["acknowledged"], State.ACKNOWLEDGED),
        (answer(Auto_Submitted="auto-replied"), ["auto_reply"], State.SENT),
        (report(GONE), ["bounced"], State.BOUNCED),
        (report(block("delayed", "4.4.1")), ["delivery_delayed"], State.SENT),
        (report(block("delivered", "2.0.0")), [], State.SENT),
        (mail("copy", "desk@example.com", Message_ID=OURS), [], State.SENT),  # our own copy came back
    ],
)
def test_whoever_answers_has_what_nobody_knew_was_accepted(
    plain: Engine, raw: bytes, events: list[str], state: State
) -> None:
    given = NOW + dt.timedelta(hours=1)
    with writing(plain) as session:
        one = unknown(session, given)
        taken(session, raw)
        assert what(session, one) == (state, events)
        settled = next(event for event in events_of(session, one.id or 0) if event.event == Event.SENT)
        assert settled.occurred_at == given  # the clock starts when it was given, not when it was answered
        assert settled.detail["counterparty"] == counterparty_of(session, "sce").version
        assert session.exec(select(OutgoingMail)).one().state == "sent"


def unknown(session: Session, given: dt.datetime) -> DataRequest:
    """Keep a request of which nobody knows whether it was accepted."""
    one = request(session)
    for event in (Event.LINTED, Event.QUEUED, Event.SEND_UNKNOWN):
        add(session, one.id or 0, Happened(event, given, WHO), given)
    outgoing(session, one, state="unknown")
    return one


def test_a_stranger_settles_nothing(plain: Engine) -> None:
    with writing(plain) as session:
        one = unknown(session, NOW)
        taken(session, answer(sender="evil@example.net"))
        assert state_of(events_of(session, one.id or 0)) is State.SEND_UNKNOWN


def test_an_answer_to_the_first_mail_does_not_settle_the_second(asked: Engine) -> None:
    with writing(asked) as session:
        one = one_of(session)
        for event in (Event.TIMED_OUT, Event.QUEUED, Event.SEND_UNKNOWN):
            add(session, one.id or 0, Happened(event, NOW, WHO), NOW)
        outgoing(session, one, "<r1.1.cccccccccc@example.com>", state="unknown")
        taken(session, answer("Hello."))
        assert state_of(events_of(session, one.id or 0)) is State.SEND_UNKNOWN
        taken(session, answer("Hello again.", In_Reply_To="<r1.1.cccccccccc@example.com>"))
        assert state_of(events_of(session, one.id or 0)) is State.SENT


def test_what_cannot_happen_yet_waits_and_is_tried_again(plain: Engine) -> None:
    raw = answer(Auto_Submitted="auto-replied")
    with writing(plain) as session:
        one = request(session)
        outgoing(session, one, state="sending")
        for event in (Event.LINTED, Event.QUEUED):
            add(session, one.id or 0, Happened(event, NOW, WHO), NOW)
        came = taken(session, raw)  # faster than the server's answer to us
        assert (came.events, came.mail.state) == ((), "matched")
        assert "not possible while queued" in came.mail.suggested["waits"]
        version = counterparty_of(session, "sce").version
        add(session, one.id or 0, Happened(Event.SENT, NOW, WHO, {"counterparty": version}), NOW)
        assert moved(session, came.mail, parsed(raw), LATER) == [Event.AUTO_REPLY]
        assert (came.mail.state, "waits" in came.mail.suggested) == ("done", False)


def test_a_stranger_with_our_message_id_is_not_us(plain: Engine) -> None:
    with writing(plain) as session:
        one = unknown(session, NOW)
        came = taken(session, mail("Hello.", "evil@example.net", Message_ID=OURS))
        assert came.mail.state == "orphan"
        assert state_of(events_of(session, one.id or 0)) is State.SEND_UNKNOWN


def test_two_machines_never_make_each_other_write(asked: Engine) -> None:
    with writing(asked) as session:
        before = session.exec(select(func.count()).select_from(OutgoingMail)).one()
        for turn in range(50):
            taken(
                session, answer(f"Thank you for your e-mail, number {turn}.", Auto_Submitted="auto-replied")
            )
            taken(session, answer(f"I am away, {turn}.", subject="Out of office", Precedence="bulk"))
        assert session.exec(select(func.count()).select_from(OutgoingMail)).one() == before
        assert what(session, one_of(session)) == (State.SENT, ["auto_reply"] * 100)


def test_our_own_files_that_come_back_are_no_data(plain: Engine) -> None:
    form = b"%PDF-1.7 signed"
    with writing(plain) as session:
        outgoing(session, sent(session), files={"form.pdf": form})
        came = taken(session, answer(files={"image.pdf": form, "usage.csv": b"1", "smime.p7s": b""}))
        may_be = {one["name"]: one["may_be_data"] for one in came.mail.attachments}
        assert may_be == {"image.pdf": False, "usage.csv": True, "smime.p7s": False}


def test_an_orphan_says_which_request_it_may_be_for(asked: Engine) -> None:
    with writing(asked) as session:
        came = taken(session, mail("About account 8-000-000-001."))
        assert came.mail.suggested == {
            "why": "it carries nothing of ours",
            "requests": [one_of(session).id],
        }
        assert came.mail.request_id is None


@pytest.mark.parametrize(
    ("raw", "events"),
    [
        (mail(Auto_Submitted="auto-replied"), [Event.AUTO_REPLY]),
        (mail(sender="helper@vendor.example"), [Event.ACKNOWLEDGED]),  # a person vouches for it
        (
            report(GONE, embedded="Message-ID: <lost@example.com>\r\n"),
            [],
        ),  # which message came back is not said
    ],
)
def test_an_orphan_that_is_assigned_does_what_is_certain(
    asked: Engine, raw: bytes, events: list[Event]
) -> None:
    with writing(asked) as session:
        came = taken(session, raw)
        assert came.mail.state == "orphan"
        came.mail.request_id = one_of(session).id
        assert list(assigned(session, came.mail, parsed(raw), LATER)) == events
        assert came.mail.matched_by == "person"


def test_when_it_came_is_when_it_happened(asked: Engine) -> None:
    came_at = NOW + dt.timedelta(hours=3)
    with writing(asked) as session:
        taken(session, answer(), came_at=came_at)
        last = events_of(session, one_of(session).id or 0)[-1]
        assert (last.occurred_at, last.recorded_at) == (came_at, LATER)


def test_no_server_can_make_it_come_tomorrow(asked: Engine) -> None:
    with writing(asked) as session:
        came = taken(session, answer(), came_at=LATER + dt.timedelta(days=30))
        assert came.mail.received_at == LATER


def test_odd_text_is_kept_on_every_database(desk: Engine) -> None:
    with writing(desk) as session:
        outgoing(session, sent(session))
    with writing(desk) as session:
        raw = answer().replace(b"Subject: Re:", b"Subject: =?utf-8?q?=00=ED=A0=80?= Re:")
        assert "\x00" not in taken(session, raw).mail.subject
        assert taken(session, raw).is_new is False
    with writing(desk) as session:
        assert what(session, one_of(session)) == (State.ACKNOWLEDGED, ["acknowledged"])
        assert session.exec(select(col(IncomingMail.id))).one()


def test_an_address_signed_for_an_earlier_request_of_the_number_names_none(asked: Engine) -> None:
    with writing(asked) as session:
        request = one_of(session)
        number, token = request.id or 0, request.token
        for of, found in ((token, number), ("forgotten", None)):
            address = reply_address("desk@example.com", number, of, b"key")
            came = take(
                session,
                parsed(mail(f"{of}: a case.", Delivered_To=address)),
                ours_of(session, partial(signed_for, key=b"key")),
                LATER,
            )
            assert came.mail.request_id == found


SAYS_MORE = (
    ("It is on hold pending a valid letter.", "correction"),
    ("We need a signed form before we can proceed.", "correction"),
    ("The authorization has expired.", "correction"),
    ("Request status: DENIED.", "rejected"),
    ("We received your request and have denied it.", "rejected"),
    ("An invoice of $35.10 must be paid before release.", "acknowledged"),
    ("Send it to dataaccess@sce.com instead.", "acknowledged"),
    ("We couldn't find the account.", "acknowledged"),
)


@pytest.mark.parametrize(("more", "says"), SAYS_MORE)
@pytest.mark.parametrize("submitted", ["no", "auto-replied"])
def test_an_acknowledgement_that_says_more_is_read_by_a_person(
    asked: Engine, more: str, says: str, submitted: str
) -> None:
    with writing(asked) as session:
        came = taken(session, answer(f"{ACKNOWLEDGED} {more}", Auto_Submitted=submitted))
        assert (came.mail.state, came.mail.suggested["says"]) == ("matched", says)
        assert came.mail.suggested["doubt"] == more
        assert what(session, one_of(session))[0] is State.SENT


@pytest.mark.parametrize(
    "more",
    [
        "Please allow 10 business days.",
        "If you need help, call us.",
        "Do not hesitate to call.",
        "Please include the case number in your messages.",
        "\n\nLe lun. 2 mars 2026 à 10:00, Pat a écrit :\n\nIt was denied.",
        "\n\nEl lun, 2 mar 2026 a las 10:00, Pat (<desk@example.com>) escribió:\n\nIt was denied.",
    ],
)
def test_courtesies_and_quotations_cast_no_doubt(asked: Engine, more: str) -> None:
    with writing(asked) as session:
        assert taken(session, answer(f"{ACKNOWLEDGED} {more}")).events == (Event.ACKNOWLEDGED,)


def test_our_own_reference_is_no_case_of_theirs(asked: Engine) -> None:
    with writing(asked) as session:
        one = one_of(session)
        for refer in (f"CISR-{one.id:06d}", f"CISR-{one.id:06d}-{one.token}"):
            came = taken(session, answer(f"We have received your request. Reference: {refer}."))
            assert (came.events, came.mail.suggested.get("case")) == ((), None)
