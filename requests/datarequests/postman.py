"""The outbox worked: each message that is due is claimed, given to the server, and written down.

Until mail is live, nothing is sent: a message is written as a file into the home's `outbox/`, and its request
does not count as sent. On a test system all mail goes to one address instead; whom it was for stands in its
head. When the server itself is in trouble, the rest waits for the next time.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import re
import secrets
import socket
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from datarequests.addressing import plain_address
from datarequests.claims import Hold, begin, claim, due, finish, is_from_nobody, recover, written
from datarequests.delivery import Outcome, Parcel, Result, give
from datarequests.oauth import Tokens, grant_of
from datarequests.reminders import Rules
from datarequests.settings import MailSettings
from datarequests.tables import OutgoingMail

FOLDER = "outbox"

WRITING_PAUSES = (0.5, 1.0, 2.0, 5.0)
"""Seconds between tries to write down what a server made of a message."""


@dataclass(frozen=True)
class Post:
    """How messages leave this home."""

    settings: MailSettings
    home: Path
    now: Callable[[], dt.datetime]
    rules: Rules = field(default_factory=Rules)
    """In which hours reminders go out."""
    worker: str = field(
        default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
    )

    @property
    def hold(self) -> Hold:
        """How its worker holds messages."""
        return Hold.of(self.worker, self.settings)

    @property
    def tokens(self) -> Tokens | None:
        """Tokens for the server, None where a password is used."""
        grant = grant_of(self.settings)
        return Tokens(grant, self.home, self.now) if grant else None


@dataclass(frozen=True)
class Worked:
    """What came of a message."""

    mail: int
    request: int | None
    kind: str
    result: Result | None
    """None where it was written as a file and not sent."""
    answer: str
    path: Path | None = None


def work_outbox(engine: Engine, post: Post, only: Collection[int] | None = None) -> Iterator[Worked]:
    """Send what is due, or only some messages of it, and give what came of each.

    Raises:
        OSError: if a file cannot be written.
    """
    recover(engine, post.now(), post.hold.lease)
    for mail in due(engine, post.now()):
        if only is not None and mail not in only:
            continue
        row = claim(engine, mail, post.hold, post.now(), post.rules)
        if row is None:
            continue
        done = _sent(engine, post, row) if post.settings.is_live else None
        if done is None:
            yield _put_down(engine, post, row)
            continue
        yield Worked(mail, row.request_id, row.kind, done.result, done.answer)
        if done.is_servers:
            return


def _sent(engine: Engine, post: Post, row: OutgoingMail) -> Outcome | None:
    """Give a message to the server; None if it has to be made anew, as it says nothing of who it is from."""
    if is_from_nobody(row.message):
        return None
    mail, parcel = row.id or 0, _parcel(row, post.settings)
    outcome = asyncio.run(
        give(parcel, post.settings, post.tokens, lambda: begin(engine, mail, post.hold, post.now()))
    )
    if post.settings.mail_redirect and outcome.result is Result.ACCEPTED:
        outcome = Outcome(outcome.result, outcome.answer)
    at = post.now()
    for pause in (*WRITING_PAUSES, None):
        try:
            finish(engine, mail, post.hold, outcome, post.settings, at)
            break
        except OperationalError:
            if pause is None:
                raise
            time.sleep(pause)
    if outcome.result is Result.ACCEPTED:  # nobody is to send it by hand any more
        place_of(post.home / FOLDER, row.message_id).unlink(missing_ok=True)
    return outcome


def _parcel(row: OutgoingMail, settings: MailSettings) -> Parcel:
    sender = plain_address(settings.mail_from or "")
    if settings.mail_redirect is None:
        return Parcel(row.message, sender, row.recipients, row.copies, row.sent_at is not None)
    to = plain_address(settings.mail_redirect)
    return Parcel(redirected(row.message, to, row.copies), sender, [to], [])


def redirected(message: bytes, to: str, copies: Collection[str]) -> bytes:
    r"""Return a message that goes to one address only; whom it was for stands in headers of another name.

    >>> message = b"To: b@x.org,\r\n c@x.org\r\nSubject: s\r\n\r\nTo: d"
    >>> redirected(message, "t@x.org", ["m@x.org"]).splitlines()[:3]
    [b'X-Original-To: b@x.org,', b' c@x.org', b'Subject: s']
    >>> redirected(message, "t@x.org", ["m@x.org"]).splitlines()[3:]
    [b'X-Original-Copies: m@x.org', b'To: t@x.org', b'', b'To: d']
    """
    head, gap, body = message.partition(b"\r\n\r\n")
    renamed = re.sub(rb"(?im)^(to|cc|bcc):", rb"X-Original-\1:", head)
    said = f"X-Original-Copies: {', '.join(copies)}\r\n" if copies else ""
    return renamed + f"\r\n{said}To: {to}".encode() + gap + body


def _put_down(engine: Engine, post: Post, row: OutgoingMail) -> Worked:
    """Write a message as a file that a mail program opens as a draft."""
    to = plain_address(post.settings.mail_redirect or "")
    message = redirected(row.message, to, row.copies) if to else row.message
    path = put_down(post.home / FOLDER, row.message_id, message)
    why = post.settings.why_not_live or "it was made before BILLCLERK_MAIL_FROM was set; make it anew"
    written(engine, row.id or 0, post.hold, why)
    return Worked(row.id or 0, row.request_id, row.kind, None, why, path)


def place_of(folder: Path, message_id: str) -> Path:
    """Return where a message lies in a folder, if it does."""
    return folder / f"{re.sub(r'[^A-Za-z0-9._@-]', '_', message_id.strip('<>'))}.eml"


def put_down(folder: Path, message_id: str, message: bytes) -> Path:
    """Write a message into a folder, private; by X-Unsent mail programs open it as a draft."""
    for place in (folder.parent, folder):
        place.mkdir(mode=0o700, exist_ok=True)
    path = place_of(folder, message_id)
    part = path.with_name(f".{path.name}.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(b"X-Unsent: 1\r\n" + message)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    return path
