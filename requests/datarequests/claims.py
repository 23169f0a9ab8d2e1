"""Who sends which message: taken by one worker at a time, for a while, and what came of it written down.

A worker claims a message by an update that only succeeds while nobody has it, and holds it until its lease
ends. Just before it gives the whole message to the server it writes that down, if it still has it and the
request still wants it. If it dies, the lease ends: what had not been given is tried again, of what had been
nobody knows, and a person decides. What a server took is written down whoever holds the message by then.
Where the computer's clock went back, a lease or a pause longer than any that is given has ended.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, update
from sqlmodel import Session, col, select

from datarequests.delivery import Outcome, Result
from datarequests.desks import desk
from datarequests.history import authorization_events_of, authorization_of, events_of, request_of, state_of
from datarequests.outbox import NOBODY, SENT_EVENTS, Kind, MailState, record, record_sent
from datarequests.settings import MailSettings
from datarequests.tables import OutgoingMail
from datarequests.uses import other_uses
from datarequests.validity import validity
from datarequests.workflow import OPEN, Event, State
from extractor.base.database import reading, writing

PAUSES = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 120, 240, 480))
"""How long to wait after the first failure, the second, ... and then always."""

PROGRAM = "billclerk"
"""Who does what nobody does."""

NEEDS_AUTHORIZATION = frozenset((Kind.REQUEST, Kind.RESEND, Kind.CORRECTED))


@dataclass(frozen=True)
class Hold:
    """How a worker holds messages."""

    worker: str
    seconds: float

    @classmethod
    def of(cls, worker: str, settings: MailSettings) -> Hold:
        """Return one that is longer than a conversation can take, up to the message."""
        return cls(worker, 60 + 20 * settings.mail_timeout_seconds)

    @property
    def lease(self) -> dt.timedelta:
        """For how long."""
        return dt.timedelta(seconds=self.seconds)


def due(engine: Engine, now: dt.datetime) -> Sequence[int]:
    """Return the messages that may be tried now, the oldest first."""
    with reading(engine) as session:
        asked = select(OutgoingMail.id, OutgoingMail.next_at).where(OutgoingMail.state == MailState.QUEUED)
        rows = session.exec(asked).all()
    return sorted(number or 0 for number, at in rows if at is None or not now < at <= now + PAUSES[-1])


def claim(engine: Engine, mail: int, hold: Hold, now: dt.datetime) -> OutgoingMail | None:
    """Take a message for a while; None if somebody else has it, or it is not to go out any more."""
    with writing(engine) as session:
        row = session.get(OutgoingMail, mail)
        if row is None or row.state != MailState.QUEUED:
            return None
        if (why := _unwanted(session, row, now)) is not None:
            _end(session, row, why, now)
            return None
        taken = session.execute(
            update(OutgoingMail)
            .where(col(OutgoingMail.id) == mail, col(OutgoingMail.state) == MailState.QUEUED)
            .values(
                state=MailState.SENDING,
                lease_by=hold.worker,
                lease_until=now + hold.lease,
                given_at=None,
                attempts=col(OutgoingMail.attempts) + 1,
            )
            .returning(col(OutgoingMail.id))
        ).scalar_one_or_none()
        session.refresh(row)
        return None if taken is None else row


def begin(engine: Engine, mail: int, hold: Hold, now: dt.datetime) -> bool:
    """Write down that the whole message is given from now on; tell whether it still may be."""
    with writing(engine) as session:
        row = session.get(OutgoingMail, mail)
        if row is None or not _is_held(row, hold) or (row.lease_until or now) < now:
            return False
        if _unwanted(session, row, now) is not None:
            return False
        row.given_at, row.lease_until = now, now + hold.lease
        session.add(row)
        return True


def recover(engine: Engine, now: dt.datetime, longest: dt.timedelta) -> int:
    """Take messages from workers whose lease has ended; return how many."""
    with writing(engine) as session:
        held = session.exec(select(OutgoingMail).where(OutgoingMail.state == MailState.SENDING)).all()
        ended = [row for row in held if not now <= (row.lease_until or now) <= now + longest]
        for row in ended:
            if row.given_at is None:
                row.state, row.lease_by, row.lease_until, row.next_at = MailState.QUEUED, None, None, None
            else:
                _doubt(session, row, "the program ended while it gave the message to the server", now)
            session.add(row)
        return len(ended)


def written(engine: Engine, mail: int, hold: Hold, why: str) -> bool:
    """Write down that a message lies in a file, and was not sent."""
    with writing(engine) as session:
        row = session.get(OutgoingMail, mail)
        if row is None or not _is_held(row, hold):
            return False
        row.state, row.answer, row.lease_by, row.lease_until = MailState.WRITTEN, why, None, None
        session.add(row)
        return True


def finish(
    engine: Engine, mail: int, hold: Hold, outcome: Outcome, settings: MailSettings, now: dt.datetime
) -> None:
    """Write down what the server made of a message, and what that is for its request."""
    with writing(engine) as session:
        row = session.get(OutgoingMail, mail)
        if row is None:
            return
        if outcome.result is Result.ACCEPTED:
            _accepted(session, row, outcome, settings, now)
        elif _is_held(row, hold):
            _not_accepted(session, row, outcome, settings, now)
        session.add(row)


def _accepted(
    session: Session, row: OutgoingMail, outcome: Outcome, settings: MailSettings, now: dt.datetime
) -> None:
    row.answer, row.refused = outcome.answer, {**row.refused, **outcome.refused}
    row.lease_by = row.lease_until = None
    if row.sent_at is None:
        row.sent_at = now
        detail = _went_to(row, outcome, settings)
        record_sent(session, row, now, PROGRAM, now, detail)
    row.recipients = [one for one in row.recipients if one in outcome.postponed]
    row.copies = [one for one in row.copies if one in outcome.postponed]
    _wait_or(MailState.SENT, row, settings, now, more=bool(row.recipients or row.copies))


def _went_to(row: OutgoingMail, outcome: Outcome, settings: MailSettings) -> dict[str, object]:
    """Return whom a message went to, for its request's history."""
    if settings.mail_redirect:
        return {"redirected_to": settings.mail_redirect}
    left = {*outcome.refused, *outcome.postponed}
    to, copies = ([one for one in those if one not in left] for those in (row.recipients, row.copies))
    said = {"to": ", ".join(to), "copies": ", ".join(copies), "refused": ", ".join(outcome.refused)}
    return {name: value for name, value in said.items() if value}


def _not_accepted(
    session: Session, row: OutgoingMail, outcome: Outcome, settings: MailSettings, now: dt.datetime
) -> None:
    row.answer, row.refused = outcome.answer, {**row.refused, **outcome.refused}
    detail: dict[str, object] = {"answer": outcome.answer, "attempt": row.attempts}
    if row.sent_at is not None:  # only some were left
        _wait_or(MailState.SENT, row, settings, now, more=outcome.result is Result.LATER)
        return
    match outcome.result:
        case Result.UNKNOWN:
            _doubt(session, row, outcome.answer, now)
        case Result.DROPPED if (why := _unwanted(session, row, now)) is not None:
            _end(session, row, why, now)
        case Result.DROPPED:  # its lease had ended before it was given
            row.state, row.lease_by, row.lease_until = MailState.QUEUED, None, None
        case Result.LATER if row.attempts < settings.mail_attempts:
            _wait_or(MailState.FAILED, row, settings, now, more=True)
            record(session, row, Event.SEND_ATTEMPTED, now, PROGRAM, now, detail)
        case _:
            _wait_or(MailState.FAILED, row, settings, now, more=False)
            event = Event.SEND_FAILED if row.kind == Kind.REQUEST else Event.NOTE
            said = detail if row.kind == Kind.REQUEST else {"what": "send_failed", "kind": row.kind, **detail}
            record(session, row, event, now, PROGRAM, now, said)


def _wait_or(end: MailState, row: OutgoingMail, settings: MailSettings, now: dt.datetime, more: bool) -> None:
    """Let a message wait for its next try, or be at its end."""
    row.lease_by = row.lease_until = row.given_at = row.next_at = None
    row.state = end
    if more and row.attempts < settings.mail_attempts:
        row.state, row.next_at = MailState.QUEUED, now + PAUSES[min(row.attempts, len(PAUSES)) - 1]


def _doubt(session: Session, row: OutgoingMail, why: str, now: dt.datetime) -> None:
    """Nobody knows whether the server took it; `lease_by` stays, its worker may still find out."""
    row.answer, row.lease_until = why, None
    if row.sent_at is not None:
        row.state = MailState.SENT
        return
    row.state = MailState.UNKNOWN
    event = Event.SEND_UNKNOWN if row.kind == Kind.REQUEST else Event.NOTE
    detail: dict[str, object] = {"answer": why}
    if event is Event.NOTE:
        detail |= {"what": "send_unknown", "kind": row.kind}
    record(session, row, event, row.given_at or now, PROGRAM, now, detail)


def _end(session: Session, row: OutgoingMail, why: str, now: dt.datetime) -> None:
    """Let a message go no further, as its request does not want it; say so in its history."""
    row.state, row.answer, row.lease_by, row.lease_until = MailState.CANCELLED, why, None, None
    session.add(row)
    if row.kind != Kind.REQUEST:
        said: dict[str, object] = {"what": "not sent", "kind": row.kind, "reason": why}
        record(session, row, Event.NOTE, now, PROGRAM, now, said)
    elif why in (WITHOUT_AUTHORIZATION, USED_UP):
        record(session, row, Event.BLOCKED, now, PROGRAM, now, {"reason": why})
    elif why == NOT_ITS_ADDRESS:
        row.state = MailState.FAILED
        record(session, row, Event.SEND_FAILED, now, PROGRAM, now, {"answer": why})


ONLY_WHILE_OPEN = frozenset((Kind.RESEND, Kind.FOLLOW_UP))
"""What is of no use, and a nuisance, once it was answered."""

WITHOUT_AUTHORIZATION = "its authorization does not hold"
USED_UP = "its authorization is good for one request, and another was sent under it, or may have been"
NOT_ITS_ADDRESS = "a recipient is no address of the counterparty any more"


def _unwanted(session: Session, row: OutgoingMail, now: dt.datetime) -> str | None:
    """Return why a message may not go out now, None if it may."""
    if row.request_id is None or row.sent_at is not None or Kind(row.kind) not in SENT_EVENTS:
        return None
    request = request_of(session, row.request_id)
    state = state_of(events_of(session, row.request_id))
    if row.kind == Kind.REQUEST and state is not State.QUEUED:
        return f"the request is {state}"
    if row.kind in ONLY_WHILE_OPEN and state not in OPEN:
        return f"the request is {state}"
    counterparty = desk(session, request.counterparty)
    if not set(row.recipients) <= set(counterparty.mail_addresses):
        return NOT_ITS_ADDRESS
    if row.kind in NEEDS_AUTHORIZATION and request.authorization_id is not None:
        events = authorization_events_of(session, request.authorization_id)
        today = now.astimezone(counterparty.zone).date()
        paper = authorization_of(session, request.authorization_id)
        if not validity(paper, events, today).holds:
            return WITHOUT_AUTHORIZATION
        if paper.duration == "one_time" and other_uses(session, request).any:
            return USED_UP
    return None


def is_from_nobody(message: bytes) -> bool:
    """Tell whether a message was made before anybody said who it is from."""
    head = message.partition(b"\r\n\r\n")[0]
    return f"From: {NOBODY}".encode() in head.split(b"\r\n")


def _is_held(row: OutgoingMail, hold: Hold) -> bool:
    return row.state == MailState.SENDING and row.lease_by == hold.worker
