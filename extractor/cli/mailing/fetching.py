"""Mail on its way in: kept among the originals, taken in, then marked; then its files are read.

    bytes kept -> document and message, in one transaction -> marked in the mailbox -> its files read

Whatever breaks off, at any point, is done again: what was kept is known by its hash, what was taken in by its
row, and files that were not read yet are found by that.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import exists
from sqlmodel import Session, col, func, select

from datarequests.desks import desks
from datarequests.incoming.known import ours_of
from datarequests.incoming.matched import Ours, is_from
from datarequests.incoming.moves import moved
from datarequests.incoming.parsed import Incoming, parsed
from datarequests.incoming.reading import Read, read_in, unread
from datarequests.incoming.sources import Fetched, TooLarge, imap, maildir
from datarequests.incoming.taken import IGNORED, ORPHAN, Came, seen, take
from datarequests.settings import MailboxSettings
from datarequests.tables import DataRequest, IncomingMail, MailboxMessage
from extractor.base.database import glancing, reading, writing
from extractor.cli.filed import now
from extractor.cli.mailing.files import files_of
from extractor.originals import kept, place_by_hash
from extractor.store.documents import Arrival, met
from extractor.store.documents import take as take_document
from extractor.store.tables import Document

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from extractor.home import Home
    from extractor.settings import ReaderSettings

AT_ONCE = 500
"""Places that one statement asks for."""

Told = Came | Read | TooLarge
"""What a person is told of."""


@dataclass(frozen=True)
class Taking:
    """Takes mail into a home."""

    home: Home
    engine: Engine
    reader: ReaderSettings
    mailbox: MailboxSettings
    reply_address: Callable[[str], tuple[int, str] | None] = lambda _: None
    """Returns the request for which a reply address was signed, and its token."""
    token: Callable[[], str] | None = None
    """Gives what signs in to the mailbox by XOAUTH2."""
    is_dry: bool = False

    def all(self) -> Iterator[Told]:
        """Take in what is new in the mailbox, the maildir and the inbox, and read what came.

        Raises:
            MailboxError: if the mailbox or the maildir cannot be read.
        """
        yield from self.dropped()
        for found in self._fetched():
            if isinstance(found, TooLarge):
                yield found
            else:
                yield from self._taken(found)
        yield from self.again()
        yield from self.files()

    def _fetched(self) -> Iterator[Fetched | TooLarge]:
        most = self.reader.max_file_mb * 1_000_000
        if self.mailbox.maildir is not None:
            yield from maildir(self.mailbox.maildir, most)
        since = self._since()
        if self.mailbox.imap_server is not None and since is not None:
            yield from imap(self.mailbox, since, self._places, most, self.token)

    def _since(self) -> dt.date | None:
        """Return the day of the first request: nothing that came before answers one."""
        with reading(self.engine) as session:
            first = session.exec(select(func.min(DataRequest.created_at))).one()
        return first.date() if first is not None else None

    def _places(self, places: Collection[str]) -> Collection[str]:
        """Return those of some places of a mailbox from which all was taken."""
        listed, found = sorted(places), set[str]()
        with reading(self.engine) as session:
            for first in range(0, len(listed), AT_ONCE):
                of = col(MailboxMessage.place).in_(listed[first : first + AT_ONCE])
                found.update(session.exec(select(MailboxMessage.place).where(of)))
        return found

    def _taken(self, found: Fetched) -> Iterator[Came]:
        message = parsed(found.raw)
        with glancing(self.engine) as connection:
            is_erased = met(connection, message.sha256).erased_at is not None
        if is_erased:
            if not self.is_dry:
                with writing(self.engine) as session:
                    seen(session, found.place, message.sha256)
                found.mark()
            return
        if not self.is_dry:
            kept(self.home.originals, found.raw)
        with writing(self.engine) as session:
            take_document(session, _arrival(message), now())
            came = take(session, message, self._ours(session), now(), found.came_at, found.place)
            session.expunge(came.mail)
            if self.is_dry:
                session.rollback()
        if not self.is_dry:
            found.mark()
        if came.is_new:
            yield came

    def dropped(self) -> Iterator[Came]:
        """Take in the messages that came by the inbox; what is no mail of a request is left out."""
        with reading(self.engine) as session:
            unknown = ~exists().where(col(IncomingMail.sha256) == col(Document.sha256))
            asked = select(Document.sha256, Document.taken_at).where(Document.kind == "message", unknown)
            waiting = session.exec(asked.order_by(col(Document.id))).all()
        for sha256, taken_at in waiting:
            original = place_by_hash(self.home.originals, sha256)
            if original is None:
                continue
            message = parsed(original.read_bytes())
            with writing(self.engine) as session:
                came = take(session, message, self._ours(session), now(), _when(message, taken_at))
                _without_others(session, came, message)
                session.flush()
                session.refresh(came.mail)
                session.expunge(came.mail)
                if self.is_dry:
                    session.rollback()
            if came.mail.state != IGNORED:
                yield came

    def again(self) -> Iterator[Came]:
        """Try again what could not happen in the state that a request was in."""
        with reading(self.engine) as session:
            rows = session.exec(select(IncomingMail).where(IncomingMail.state == "matched")).all()
            numbers = [row.id for row in rows if row.suggested.get("waits")]
        for number in numbers:
            with writing(self.engine) as session:
                mail = session.get(IncomingMail, number)
                original = place_by_hash(self.home.originals, mail.sha256) if mail else None
                if mail is None or original is None:
                    continue
                events = moved(session, mail, parsed(original.read_bytes()), now())
                session.add(mail)
                session.flush()
                session.expunge(mail)
                if self.is_dry:
                    session.rollback()
            if events:
                yield Came(mail, tuple(events))

    def files(self) -> Iterator[Read]:
        """Read the files of messages that are matched, and check off what they bring."""
        if self.is_dry:
            return
        with reading(self.engine) as session:
            waiting = list(unread(session))
            session.expunge_all()
        for mail in waiting:
            found = files_of(self.home, self.engine, self.reader, mail)
            with writing(self.engine) as session:
                read = read_in(session, mail.id or 0, found, now())
                session.expunge(read.mail)
            yield read

    def _ours(self, session: Session) -> Ours:
        return ours_of(session, self.reply_address)


def _arrival(message: Incoming) -> Arrival:
    return Arrival(
        sha256=message.sha256,
        name=f"{message.sha256[:12]}.eml",
        size=len(message.raw),
        came_by="mail",
        kind="message",
        sender=message.sender or None,
        subject=message.subject[:500].replace("\x00", "") or None,
        message_id=message.message_id,
    )


def _when(message: Incoming, taken_at: dt.datetime) -> dt.datetime:
    """Return when a message came that somebody saved: when it was sent, if that can be."""
    sent = message.sent_at
    return sent if sent is not None and sent <= taken_at else taken_at


def _without_others(session: Session, came: Came, message: Incoming) -> None:
    """Leave out what came into the inbox and is no mail of a request: nobody has to assign it."""
    if came.mail.state != ORPHAN or "requests" in came.mail.suggested:
        return
    domains = {one for desk in desks(session).values() for one in desk.known.sender_domains.value}
    if is_from(message, domains):
        return
    came.mail.state, came.mail.sender, came.mail.subject = IGNORED, "", ""
    came.mail.attachments, came.mail.suggested = [], {"why": "no mail of a request"}
    session.add(came.mail)
