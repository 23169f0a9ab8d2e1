"""Messages that wait for a person: released, dropped, sent once more, or settled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlmodel import Session, col, select

from datarequests.history import Happened, add
from datarequests.messages import MailError
from datarequests.outbox import Kind, MailState, last_of, make_due, record, record_sent
from datarequests.tables import OutgoingMail
from datarequests.workflow import Event


def in_doubt(session: Session, request: int) -> OutgoingMail | None:
    """Return the message of a request of which nobody knows whether it arrived."""
    return last_of(session, request, (MailState.UNKNOWN,), (Kind.REQUEST,))


def again(session: Session, request: int, who: str, now: dt.datetime) -> OutgoingMail:
    """Send a request once more of which nobody knows whether it arrived: the same bytes, the same Message-ID.

    Raises:
        MailError: if none of its messages is in doubt.
    """
    row = in_doubt(session, request)
    if row is None:
        raise MailError(f"no message of request {request} is in doubt")
    add(session, request, Happened(Event.QUEUED, now, who, message_id=row.message_id), now)
    make_due(row, MailState.QUEUED)
    session.add(row)
    session.flush()
    return row


HELD = (MailState.DRAFT, MailState.WRITTEN, MailState.FAILED)
"""Where a message of a request stands that a person may let go, or drop."""


def drafts_of(session: Session, request: int) -> Sequence[OutgoingMail]:
    """Return a request's other messages that wait for a person, lie in a file or failed."""
    asked = select(OutgoingMail).where(OutgoingMail.request_id == request, col(OutgoingMail.state).in_(HELD))
    rows = session.exec(asked.order_by(col(OutgoingMail.id))).all()
    return [row for row in rows if row.kind != Kind.REQUEST]


def release(session: Session, row: OutgoingMail) -> None:
    """Let a message go out that waits for a person.

    Raises:
        MailError: if it does not.
    """
    if row.state not in HELD:
        raise MailError(f"message {row.id} is {row.state}, not a draft")
    make_due(row, MailState.QUEUED)
    session.add(row)
    session.flush()


def drop(session: Session, mail: int, who: str, now: dt.datetime) -> OutgoingMail:
    """Let a message never go out: a follow-up that is not wanted, say; a request itself is withdrawn instead.

    Raises:
        MailError: if there is none of that number, it is gone or on its way, or is a request.
    """
    row = session.get(OutgoingMail, mail)
    if row is None:
        raise MailError(f"there is no message {mail}; `billclerk mail outbox` shows those there are")
    if row.kind == Kind.REQUEST:
        raise MailError(f"message {mail} is request {row.request_id} itself; withdraw that instead")
    if row.state not in (*HELD, MailState.QUEUED):
        raise MailError(f"message {mail} is {row.state}, it cannot be dropped any more")
    row.state, row.answer = MailState.CANCELLED, f"dropped by {who}"
    session.add(row)
    record(session, row, Event.NOTE, now, who, now, {"what": "dropped", "kind": row.kind})
    session.flush()
    return row


def settle(session: Session, request: int, arrived: bool, who: str, now: dt.datetime) -> OutgoingMail:
    """Say what became of a message of which nobody knew whether the server took it.

    What arrived counts as sent at the moment it was given; what did not can be released again.

    Raises:
        MailError: if no message of the request is in doubt.
    """
    row = last_of(session, request, (MailState.UNKNOWN,))
    if row is None:
        raise MailError(f"no message of request {request} is in doubt")
    kind, at = Kind(row.kind), row.given_at or now
    if arrived:
        row.state, row.sent_at = MailState.SENT, at
        record_sent(session, row, at, who, now, {"settled": "arrived"})
    else:
        row.state = MailState.FAILED if kind is Kind.REQUEST else MailState.DRAFT
        event = Event.SEND_FAILED if kind is Kind.REQUEST else Event.NOTE
        record(session, row, event, now, who, now, {"settled": "not arrived"})
    session.add(row)
    session.flush()
    return row
