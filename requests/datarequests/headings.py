"""The head of a message to a counterparty: from whom, to whom, in which thread, and where answers go."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlmodel import Session, select

from datarequests.addressing import new_message_id, plain_address, reply_address
from datarequests.counterparties import Counterparty
from datarequests.desks import desk
from datarequests.messages import Heading, MailError
from datarequests.settings import MailSettings
from datarequests.tables import DataRequest, IncomingMail, OutgoingMail

NOBODY = "billclerk@example.com"
"""Who a message is from as long as nobody said so; one of his is never sent."""


def recipients_of(counterparty: Counterparty, to: Sequence[str]) -> tuple[str, ...]:
    """Return whom of a counterparty a message goes to; without a wish to its first address.

    Raises:
        MailError: if one of them is none of its addresses, or it has none.
    """
    known = counterparty.mail_addresses
    wanted = tuple(dict.fromkeys(plain_address(one) or one for one in to)) or known[:1]
    outside = [one for one in wanted if one not in known]
    if outside or not wanted:
        named = ", ".join(outside) or "no address"
        raise MailError(
            f"{named}: not an address of {counterparty.name}; known: {', '.join(known) or 'none'}"
        )
    return wanted


def copy_to(text: str) -> str:
    """Return the address that a copy goes to.

    Raises:
        MailError: if it is none.
    """
    address = plain_address(text)
    if not address:
        raise MailError(f"{text!r} is no address that can be written to")
    return address


def new_id(session: Session, request: DataRequest, settings: MailSettings) -> str:
    """Return the Message-ID of a request's next message."""
    asked = select(OutgoingMail.id).where(OutgoingMail.request_id == request.id)
    count = len(session.exec(asked).all()) + 1
    return new_message_id(settings.mail_from or NOBODY, request.id, count)


def heading_of(
    session: Session,
    request: DataRequest,
    settings: MailSettings,
    key: bytes,
    to: tuple[str, ...],
    message_id: str,
    now: dt.datetime,
    automatic: bool,
) -> Heading:
    """Return the head of a message to a counterparty; `key` signs the address that answers go to."""
    base = settings.mail_reply_to
    reply_to = reply_address(base, request.id or 0, request.token, key) if base else None
    return Heading(
        sender=settings.mail_from or NOBODY,
        to=to,
        message_id=message_id,
        at=now.astimezone(desk(session, request.counterparty).zone),
        reply_to=reply_to,
        follows=tuple(one for one in _thread(session, request.id or 0) if one != message_id),
        automatic=automatic,
    )


def _thread(session: Session, request: int) -> list[str]:
    """Return the ids of what went out and came in for a request, the oldest first."""
    out = select(OutgoingMail).where(OutgoingMail.request_id == request)
    gone = [
        (row.sent_at or row.created_at, row.message_id)
        for row in session.exec(out)
        if row.sent_at is not None or row.state == "unknown"
    ]
    back = select(IncomingMail).where(IncomingMail.request_id == request, IncomingMail.kind == "reply")
    came = [(row.received_at, row.message_id) for row in session.exec(back) if row.message_id]
    return [one for _, one in sorted(gone + came)]
