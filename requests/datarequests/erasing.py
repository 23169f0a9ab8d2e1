"""All of a customer who has left, erased: requests with events and mail, authorizations, and their files.

Files that a request of somebody else names as well stay, and so does mail that no request is known for.
Letters to the house's own people (reports) that name him go whole, with whoever else they name: another can
be made. What is erased is told first; who erases the files among the originals is handed their hashes.
"""

from __future__ import annotations

import html
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from typing import Any

from sqlalchemy import or_
from sqlmodel import Session, col, select

from datarequests.tables import (
    Authorization,
    AuthorizationEventRow,
    DataRequest,
    IncomingMail,
    OutgoingMail,
    RequestEvent,
    RequestItem,
)
from extractor.base.evidence import files_in


@dataclass(frozen=True)
class Belongings:
    """What a customer has here."""

    requests: tuple[DataRequest, ...]
    authorizations: tuple[Authorization, ...]
    mail: tuple[IncomingMail, ...]
    letters: tuple[OutgoingMail, ...]
    """Letters of no request that name him."""
    message_ids: tuple[str, ...]
    """Of mail that went out, or was to."""
    files: frozenset[str]
    """Hashes of files that only this customer's requests name."""
    shared: frozenset[str] = frozenset()
    """Hashes of files that others' requests name, too."""

    def __bool__(self) -> bool:
        """Tell whether there is anything."""
        return bool(self.requests or self.authorizations or self.letters)


def belongings(session: Session, customer: str, names: Collection[str] = ()) -> Belongings:
    """Return what a customer has: requests, authorizations, their mail and files; `names` he goes by."""
    requests = session.exec(select(DataRequest).where(DataRequest.customer == customer)).all()
    numbers = {one.id for one in requests}
    authorizations = session.exec(select(Authorization).where(Authorization.customer == customer)).all()
    mail = session.exec(select(IncomingMail).where(col(IncomingMail.request_id).in_(numbers))).all()
    out = session.exec(select(OutgoingMail.message_id).where(col(OutgoingMail.request_id).in_(numbers)))
    forms = {one.id for one in authorizations}
    letters = _letters(session, {*names, *_names(session, requests, authorizations)})
    his = frozenset(_files(session, numbers, forms, True))
    others = frozenset(_files(session, numbers, forms, False))
    return Belongings(
        tuple(requests),
        tuple(authorizations),
        tuple(mail),
        tuple(letters),
        (*out, *(one.message_id for one in letters)),
        his - others,
        his & others,
    )


def erase(session: Session, what: Belongings) -> None:
    """Erase a customer's rows; events, items and mail that went out go with their request."""
    for rows in (what.mail, what.letters, what.requests, what.authorizations):
        for row in rows:
            session.delete(row)
        session.flush()


def _names(
    session: Session, requests: Collection[DataRequest], authorizations: Collection[Authorization]
) -> Iterator[str]:
    """Give what names a customer in a letter: name of record, service accounts, tokens of requests."""
    yield from (one.customer_of_record for one in authorizations)
    yield from (one["service_account"] for paper in authorizations for one in paper.accounts)
    yield from (one.token for one in requests)
    numbers = [one.id for one in requests]
    asked = select(RequestItem.service_account).where(col(RequestItem.request_id).in_(numbers))
    yield from session.exec(asked)


def _letters(session: Session, names: Collection[str]) -> list[OutgoingMail]:
    """Return the letters of no request in which a name stands, whatever its capitals and line breaks."""
    wanted = {_plain(one) for one in names if one.strip()}
    asked = select(OutgoingMail).where(col(OutgoingMail.request_id).is_(None)).order_by(col(OutgoingMail.id))
    return [row for row in session.exec(asked) if any(one in _plain(_said(row)) for one in wanted)]


def _said(row: OutgoingMail) -> str:
    """Return all that a letter says, its page as it is read."""
    message = message_from_bytes(row.message, policy=default)
    texts = [str(message["Subject"])]
    for part in message.walk():
        if part.get_content_maintype() == "text":
            texts.append(html.unescape(part.get_content()))
    return "\n".join(texts)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _files(
    session: Session, requests: Collection[int | None], forms: Collection[int | None], is_his: bool
) -> Iterator[str]:
    """Give the hashes of files that some requests and authorizations name, or that all others do."""

    def meant(column: Any, among: Collection[int | None]) -> Any:
        return column.in_(among) if is_his else or_(column.is_(None), column.not_in(among))

    signed = col(Authorization.signed_sha256)
    received = col(RequestItem.received_sha256)
    of_mail = select(IncomingMail.sha256).where(meant(col(IncomingMail.request_id), requests))
    of_forms = select(signed).where(meant(col(Authorization.id), forms), signed.is_not(None))
    of_items = select(received).where(meant(col(RequestItem.request_id), requests), received.is_not(None))
    for asked in (of_mail, of_forms, of_items):
        yield from (sha256 for sha256 in session.exec(asked) if sha256)
    of_events = select(RequestEvent.detail).where(meant(col(RequestEvent.request_id), requests))
    number = col(AuthorizationEventRow.authorization_id)
    of_form_events = select(AuthorizationEventRow.detail).where(meant(number, forms))
    of_attachments = select(IncomingMail.attachments).where(meant(col(IncomingMail.request_id), requests))
    for attached in session.exec(of_attachments):
        yield from (one["sha256"] for one in attached)
    for details in (of_events, of_form_events):
        for detail in session.exec(details):
            yield from files_in(detail)
