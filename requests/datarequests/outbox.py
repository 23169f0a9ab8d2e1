"""What goes into the outbox, and how: a message beside the event that it is for, whole or not at all.

A message is made, and gets its Message-ID, before anything is sent; it keeps both however often it is tried.
One that may have been taken (`unknown`) is only ever sent again as it is, when a person says so; one that was
never taken (`failed`, `written` as a file) is made anew under the id it had. Mail to a counterparty goes to
the addresses that are known of it and to nobody else; a copy goes to whom the caller names.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session, col, select

from datarequests.addressing import (
    new_message_id,
    once_id,
    plain_address,
    reference,
    with_reference,
)
from datarequests.desks import desk, used
from datarequests.enclosures import TextOf, enclosable
from datarequests.headings import NOBODY, copy_to, heading_of, new_id, recipients_of
from datarequests.history import Happened, add, authorization_of, events_of, items_of, request_of, state_of
from datarequests.letter import Letter
from datarequests.messages import Heading, MailError, composed
from datarequests.settings import MailSettings
from datarequests.tables import DataRequest, OutgoingMail
from datarequests.workflow import Event, IllegalMoveError, State, after


class Kind(StrEnum):
    """What a message is for."""

    REQUEST = "request"
    RESEND = "resend"
    CORRECTION = "correction"
    """What the counterparty asked for."""
    CORRECTED = "corrected"
    """The whole request, corrected."""
    FOLLOW_UP = "follow_up"
    ESCALATION = "escalation"
    REPORT = "report"
    NOTICE = "notice"


SENT_EVENTS = {
    Kind.REQUEST: Event.SENT,
    Kind.RESEND: Event.RESENT,
    Kind.CORRECTION: Event.CORRECTION_SENT,
    Kind.CORRECTED: Event.CORRECTED,
    Kind.FOLLOW_UP: Event.FOLLOW_UP_SENT,
}
"""What has happened to a request when a message is taken by the server; those of the house are not named."""


class MailState(StrEnum):
    """Where a message is."""

    DRAFT = "draft"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    WRITTEN = "written"
    """It lies in a file, as mail is not live."""
    FAILED = "failed"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Office:
    """How this firm writes."""

    settings: MailSettings
    key: bytes
    """By which reply addresses are signed."""
    text_of: TextOf = lambda _: None


def queue(
    session: Session,
    request: DataRequest,
    letter: Letter,
    kind: Kind,
    office: Office,
    who: str,
    now: dt.datetime,
    *,
    to: Sequence[str] = (),
    copies: Sequence[str] = (),
    may_name: Collection[str] = (),
    automatic: bool = False,
    draft: bool = False,
) -> OutgoingMail:
    """Put a letter to a counterparty into the outbox, in the caller's transaction; a draft stays there.

    Raises:
        MailError: if a recipient is not the counterparty's, or an attachment may not go out.
        IllegalMoveError: if that cannot be sent in the state that the request is in.
    """
    number = request.id or 0
    counterparty = desk(session, request.counterparty)
    state = state_of(events_of(session, number))
    row = _reused(session, number) if kind is Kind.REQUEST else None
    if row is None or state is not State.QUEUED:
        after(state, Event.QUEUED if kind is Kind.REQUEST else SENT_EVENTS[kind])
    recipients = recipients_of(counterparty, to)
    limit = min(counterparty.known.attachment_mb.value, office.settings.mail_attachment_mb)
    checked = enclosable(letter, limit, {*accounts_of(session, request), *may_name}, office.text_of)
    message_id = row.message_id if row else new_id(session, request, office.settings)
    heading = heading_of(
        session, request, office.settings, office.key, recipients, message_id, now, automatic
    )
    refer = reference(counterparty.known.form, counterparty.key, number, request.token)
    subject = with_reference(checked.subject, refer)
    message = composed(Letter(subject, checked.text, checked.attachments, checked.html), heading)
    kept = row or OutgoingMail(
        request_id=number,
        kind=kind,
        message_id=message_id,
        message=b"",
        recipients=[],
        state="",
        created_at=now,
    )
    kept.message, kept.recipients = message, list(recipients)
    kept.copies = sorted({copy_to(one) for one in copies} - set(recipients))
    make_due(kept, MailState.DRAFT if draft else MailState.QUEUED)
    session.add(kept)
    if kind is Kind.REQUEST and state is not State.QUEUED:
        add(session, number, Happened(Event.QUEUED, now, who, message_id=message_id), now)
    session.flush()
    return kept


def queue_notice(
    session: Session,
    letter: Letter,
    kind: Kind,
    office: Office,
    to: Sequence[str],
    now: dt.datetime,
    *,
    staff: Collection[str],
    request: int | None = None,
    once: str | None = None,
    draft: bool = False,
) -> OutgoingMail:
    """Put a message to the house's own people into the outbox; `staff` are the addresses they have.

    A draft stays there until a person releases it. What is there `once` already is not put there again: the
    one that is there is returned.

    Raises:
        MailError: if a recipient is nobody of the house.
    """
    if kind in SENT_EVENTS:
        raise MailError(f"{kind} goes to a counterparty, not to the house")
    known = {plain_address(one) for one in staff}
    recipients = tuple(dict.fromkeys(copy_to(one) for one in to))
    if not recipients or not known.issuperset(recipients):
        raise MailError("a notice goes to managers of the roster only")
    sender = office.settings.mail_from or NOBODY
    if once is not None and (before := had(session, once, office)) is not None:
        return before
    message_id = new_message_id(sender) if once is None else once_id(sender, once, office.key)
    heading = Heading(sender, recipients, message_id, now.astimezone(), automatic=True)
    row = OutgoingMail(
        request_id=request,
        kind=kind,
        message_id=message_id,
        message=composed(letter, heading),
        recipients=list(recipients),
        state="",
        created_at=now,
    )
    make_due(row, MailState.DRAFT if draft else MailState.QUEUED)
    session.add(row)
    session.flush()
    return row


def had(session: Session, once: str, office: Office) -> OutgoingMail | None:
    """Return what was put into the outbox once, whoever it was from by then."""
    begin = once_id(NOBODY, once, office.key).partition("@")[0]
    asked = select(OutgoingMail).where(col(OutgoingMail.message_id).startswith(begin, autoescape=True))
    return session.exec(asked).first()


def accounts_of(session: Session, request: DataRequest) -> set[str]:
    """Return the accounts that may be named: those asked for, and those that the authorization is for."""
    found = {one.service_account for one in items_of(session, request.id or 0)}
    if request.authorization_id is not None:
        found |= {
            one["service_account"] for one in authorization_of(session, request.authorization_id).accounts
        }
    return found


def record_sent(
    session: Session,
    row: OutgoingMail,
    at: dt.datetime,
    who: str,
    now: dt.datetime,
    detail: dict[str, object],
) -> None:
    """Write down that a message was taken; of a request, by which version of a desk its clock counts."""
    event = SENT_EVENTS.get(Kind(row.kind))
    if row.request_id is None or event is None:
        return
    if event in (Event.SENT, Event.CORRECTED):
        counterparty = desk(session, request_of(session, row.request_id).counterparty)
        used(session, counterparty, who, now)
        detail = {"counterparty": counterparty.version, **detail}
    record(session, row, event, at, who, now, detail)


def record(
    session: Session,
    row: OutgoingMail,
    event: Event,
    at: dt.datetime,
    who: str,
    now: dt.datetime,
    detail: dict[str, object],
) -> None:
    """Write down what became of a message; as a note where the request has moved on meanwhile."""
    if row.request_id is None:
        return
    try:
        add(session, row.request_id, Happened(event, at, who, detail, row.message_id), now)
    except IllegalMoveError:
        noted = {
            "what": str(event),
            "kind": row.kind,
            **{k: v for k, v in detail.items() if k != "counterparty"},
        }
        add(session, row.request_id, Happened(Event.NOTE, at, who, noted, row.message_id), now)


def _reused(session: Session, request: int) -> OutgoingMail | None:
    """Return the message of a request that was made, and never taken by any server."""
    last = last_of(session, request, tuple(MailState), (Kind.REQUEST,))
    return last if last is not None and last.state in (MailState.WRITTEN, MailState.FAILED) else None


def last_of(
    session: Session, request: int, states: Sequence[MailState], kinds: Sequence[Kind] = tuple(Kind)
) -> OutgoingMail | None:
    """Return the last message of a request that is in one of some states, and of some kinds."""
    asked = select(OutgoingMail).where(
        OutgoingMail.request_id == request,
        col(OutgoingMail.state).in_(states),
        col(OutgoingMail.kind).in_(kinds),
    )
    return session.exec(asked.order_by(col(OutgoingMail.id).desc())).first()


def make_due(row: OutgoingMail, state: MailState) -> None:
    """Let a message begin anew: as if it had never been tried."""
    row.state, row.attempts, row.answer = state, 0, None
    row.next_at = row.lease_by = row.lease_until = row.given_at = None
    row.refused = {}
