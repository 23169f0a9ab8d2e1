r"""A letter as it goes over the wire: its headers are safe from folding and from what values bring.

Python's writer encodes ids that are longer than a line, which no mail program reads any more: the headers of
threading are folded at spaces only. What would add a header (a line break in a customer's name) becomes a
space. What the program sends by itself says so: no two programs answer each other for ever (RFC 3834).

>>> at = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
>>> heading = Heading("desk@example.com", ("a@example.com",), "<r1.1.ab@example.com>", at)
>>> b"Subject: Data Bcc: b@example.com" in composed(Letter("Data\r\nBcc: b@example.com", ""), heading)
True
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy, Policy
from email.utils import format_datetime, formataddr, parseaddr
from typing import Any

from datarequests.addressing import MESSAGE_ID, plain_address
from datarequests.letter import Attachment, Letter, one_line
from extractor.base.errors import BillclerkError


class MailError(BillclerkError):
    """A message cannot be made of this, or may not go out; the message says what to mend."""

    exit_code = 2


class MsgIds(UnstructuredHeader, BaseHeader):
    """Ids of messages, folded at spaces and nowhere else."""

    def fold(self, *, policy: Policy[Any]) -> str:
        """Return the header as it is written."""
        return f"{self.name}: {(policy.linesep + ' ').join(str(self).split())}{policy.linesep}"


def _policy() -> EmailPolicy[EmailMessage]:
    registry = HeaderRegistry()
    for name in ("references", "in-reply-to", "message-id"):
        registry.map_to_type(name, MsgIds)
    return SMTP.clone(header_factory=registry, cte_type="7bit")


POLICY = _policy()
"""How messages are written: lines end in CRLF, nothing but ASCII."""

MOST_REFERENCES = 20
"""Ids in References: the first, and the last ones."""

MIME = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]*")


@dataclass(frozen=True)
class Heading:
    """What of a message is not its letter."""

    sender: str
    """An address, or `Name <address>`."""
    to: tuple[str, ...]
    message_id: str
    at: dt.datetime
    reply_to: str | None = None
    follows: tuple[str, ...] = ()
    """Ids of the messages of the same request, the oldest first; the last one is answered."""
    automatic: bool = False
    """Whether the program sends it by itself, without a person releasing it."""


def composed(letter: Letter, heading: Heading) -> bytes:
    """Return a letter as it goes over the wire.

    Raises:
        MailError: if an address cannot be written to, or an attachment has no type.
    """
    message = EmailMessage(policy=POLICY)
    message["From"] = _named(heading.sender)
    message["To"] = ", ".join(_address(one) for one in heading.to)
    message["Subject"] = one_line(letter.subject)
    message["Date"] = format_datetime(heading.at)
    message["Message-ID"] = heading.message_id
    if heading.reply_to:
        message["Reply-To"] = _address(heading.reply_to)
    _thread(message, heading.follows)
    if heading.automatic:
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    message.set_content(letter.text)
    if letter.html is not None:
        message.add_alternative(letter.html, subtype="html")
    for one in letter.attachments:
        _enclose(message, one)
    return message.as_bytes()


def safe_name(name: str) -> str:
    r"""Return a file name without folders and signs that steer other machines.

    >>> safe_name("../../a\r\nb<c>.pdf")
    'a b_c_.pdf'
    """
    last = one_line(name.replace("\\", "/").rpartition("/")[2])
    return re.sub(r"[^\w .()+=,@-]", "_", last).strip(" .") or "attachment"


def _thread(message: EmailMessage, follows: tuple[str, ...]) -> None:
    ids = [one for one in dict.fromkeys(follows) if MESSAGE_ID.fullmatch(one)]
    if len(ids) > MOST_REFERENCES:
        ids = [ids[0], *ids[1 - MOST_REFERENCES :]]
    if ids:
        message["In-Reply-To"] = ids[-1]
        message["References"] = " ".join(ids)


def _enclose(message: EmailMessage, one: Attachment) -> None:
    if not MIME.fullmatch(one.mime):
        raise MailError(f"attachment {safe_name(one.name)}: {one.mime!r} is no type of file")
    main, _, sub = one.mime.partition("/")
    kind: dict[str, Any] = {"maintype": main, "subtype": sub, "filename": safe_name(one.name)}
    if main in ("text", "message", "multipart"):  # as it is: no line of it may change on the way
        kind |= {"maintype": "application", "subtype": "octet-stream"}
    message.add_attachment(one.content, **kind)


def _address(text: str) -> str:
    address = plain_address(text) if one_line(text) == text else ""
    if not address:
        raise MailError(f"{one_line(text)!r} is no address that can be written to")
    return address


def _named(sender: str) -> str:
    return formataddr((one_line(parseaddr(sender)[0]), _address(one_line(sender))))
