"""A message taken in, once: its row, the request it is for, and what is certain by it, in one transaction.

The same bytes again are the same message. Another message under the same Message-ID is kept and told of: a
copy that came by another way says the same and is done; one that says something else moves nothing until a
person has looked. What our own server sent back (a copy to ourselves) proves that it was accepted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from datarequests.desks import desk
from datarequests.history import request_of
from datarequests.incoming.kinds import Kind, kind_of
from datarequests.incoming.matched import Match, Ours, is_forged, is_from, match, suggestions
from datarequests.incoming.moves import DONE, MATCHED, moved, settled
from datarequests.incoming.parsed import Attached, Incoming, parsed
from datarequests.tables import IncomingMail, MailboxMessage, OutgoingMail
from datarequests.workflow import Event

ORPHAN, IGNORED = "orphan", "ignored"

NO_DATA = frozenset(
    {
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
        "application/pgp-signature",
        "text/calendar",
    }
)
"""Kinds of files that mail programs add."""

TNEF = "application/ms-tnef"
"""What Outlook packs files into for itself: winmail.dat."""

SUBJECT_LENGTH = 500


@dataclass(frozen=True)
class Came:
    """What became of a message."""

    mail: IncomingMail
    events: tuple[Event, ...] = ()
    """What it did to its request."""
    is_new: bool = True


def take(
    session: Session,
    message: Incoming,
    ours: Ours,
    now: dt.datetime,
    came_at: dt.datetime | None = None,
    place: str | None = None,
) -> Came:
    """Take a message in.

    `came_at` is when our own server had it, where that is known; `place` tells where in a mailbox it lies,
    so that it is not fetched again.
    """
    if place is not None:
        seen(session, place, message.sha256)
    there = session.exec(select(IncomingMail).where(IncomingMail.sha256 == message.sha256)).first()
    if there is not None:
        return Came(there, is_new=False)
    twin = _twin(session, message)
    mail = _row(message, now, came_at, place)
    session.add(mail)
    session.flush()
    events = _placed(session, mail, message, ours, twin, now)
    session.add(mail)
    session.flush()
    return Came(mail, tuple(events))


def seen(session: Session, place: str, sha256: str) -> None:
    """Remember that what lies at a place of a mailbox was taken in."""
    if session.exec(select(MailboxMessage).where(MailboxMessage.place == place)).first() is None:
        session.add(MailboxMessage(place=place, sha256=sha256))
        session.flush()


def assigned(session: Session, mail: IncomingMail, message: Incoming, now: dt.datetime) -> tuple[Event, ...]:
    """Match a message to the request that a person says (in its row), and add what is certain by it."""
    mail.matched_by, mail.state = "person", MATCHED
    asked = ("why", "requests", "twin")
    mail.suggested = {name: value for name, value in mail.suggested.items() if name not in asked}
    mail.attachments = _listed(session, message, mail.request_id or 0, Kind(mail.kind))
    session.add(mail)
    session.flush()
    done = tuple(moved(session, mail, message, now))
    session.add(mail)
    session.flush()
    return done


def _placed(
    session: Session,
    mail: IncomingMail,
    message: Incoming,
    ours: Ours,
    twin: IncomingMail | None,
    now: dt.datetime,
) -> list[Event]:
    """Say in a message's row which request it is for, and move that if it may."""
    own = _own(session, message)
    if own is not None and twin is None:
        mail.kind, mail.state, mail.matched_by, mail.request_id = Kind.OTHER, DONE, "own", own
        return settled(session, own, {message.message_id or ""}, now)
    found = match(message, ours)
    why_not = found.why_not or _why_not_theirs(session, message, found, Kind(mail.kind))
    if found.request is None or why_not is not None:
        mail.state = ORPHAN
        mail.attachments = _listed(session, message, None, Kind(mail.kind))
        requests = suggestions(message, ours.accounts or {})
        of = [found.request] if found.request is not None else [*requests]
        mail.suggested = {"why": why_not} | ({"requests": of} if of else {})
        return []
    mail.request_id, mail.matched_by, mail.state = found.request, found.by, MATCHED
    mail.attachments = _listed(session, message, found.request, Kind(mail.kind))
    if twin is None:
        return moved(session, mail, message, now)
    is_same = twin.request_id == found.request and _content(twin) == _content(mail)
    mail.state = DONE if is_same else MATCHED
    says = "says the same" if is_same else "says something else: look at both"
    mail.suggested = {"twin": twin.id, "why": f"mail {twin.id} has the same Message-ID and {says}"}
    return []


def _own(session: Session, message: Incoming) -> int | None:
    """Return the request that a message is our own mail for: of our Message-ID, and from us."""
    asked = select(OutgoingMail).where(OutgoingMail.message_id == (message.message_id or ""))
    row = session.exec(asked).first()
    is_ours = row is not None and message.senders and parsed(row.message).senders == message.senders
    return row.request_id if row is not None and is_ours else None


def _why_not_theirs(session: Session, message: Incoming, found: Match, kind: Kind) -> str | None:
    """Return why a message that carries what is ours moves nothing, None if it may."""
    if found.request is None or kind in (Kind.BOUNCE, Kind.DELAY, Kind.RECEIPT):
        return None  # servers write these, our own too: they count by the Message-ID that they embed
    if is_forged(message):
        return "our mail server found that it is not from whom it says (DMARC)"
    counterparty = desk(session, request_of(session, found.request).counterparty)
    domains = counterparty.known.sender_domains.value
    if is_from(message, domains):
        return None
    if not message.senders:
        return "it does not say for sure whom it is from"
    said = ", ".join(sorted({one.rpartition("@")[2] for one in message.senders}))
    return f"it is from {said}; request {found.request} is answered from {' or '.join(domains)}"


def _twin(session: Session, message: Incoming) -> IncomingMail | None:
    if message.message_id is None:
        return None
    asked = select(IncomingMail).where(IncomingMail.message_id == message.message_id)
    return session.exec(asked.order_by(col(IncomingMail.id))).first()


def _content(mail: IncomingMail) -> tuple[Any, ...]:
    files = sorted(one["sha256"] for one in mail.attachments)
    return mail.sender, mail.subject, mail.body_sha256, files


def _row(message: Incoming, now: dt.datetime, came_at: dt.datetime | None, place: str | None) -> IncomingMail:
    return IncomingMail(
        sha256=message.sha256,
        message_id=message.message_id,
        folder=place,
        sender=message.sender[:SUBJECT_LENGTH],
        subject=_kept(message.subject)[:SUBJECT_LENGTH],
        body_sha256=message.body_sha256,
        sent_at=message.sent_at,
        received_at=min(came_at or now, now),
        kind=kind_of(message),
        state=ORPHAN,
        suggested={},
        attachments=[],
    )


def _kept(text: str) -> str:
    """Return text as every database can hold it."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "")


def _listed(session: Session, message: Incoming, number: int | None, kind: Kind) -> list[dict[str, Any]]:
    """Return the files of a message as its row has them."""
    ids, hashes = _sent_files(session, number)
    is_report = kind in (Kind.BOUNCE, Kind.DELAY, Kind.RECEIPT)
    return [
        {
            "sha256": one.sha256,
            "name": _kept(one.name),
            "size": len(one.content),
            "may_be_data": not is_report and _may_be_data(one, ids, hashes),
        }
        | ({"said": "Outlook packed the files into it for itself; ask for them as ordinary files"}
           if one.mime == TNEF else {})
        for one in message.attachments
    ]  # fmt: skip


def _may_be_data(one: Attached, our_ids: Collection[str], our_files: Collection[str]) -> bool:
    is_ours = one.within in our_ids or one.sha256 in our_files
    return bool(one.content) and not is_ours and not one.is_inline and one.mime not in NO_DATA


def _sent_files(session: Session, number: int | None) -> tuple[set[str], set[str]]:
    """Return the ids of what we sent for a request, and the hashes of the files with it."""
    if number is None:
        return set(), set()
    rows = session.exec(select(OutgoingMail).where(OutgoingMail.request_id == number)).all()
    return {row.message_id for row in rows}, {
        one.sha256 for row in rows for one in parsed(row.message).attachments
    }
