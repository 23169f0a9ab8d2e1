"""A message as it came, read as far as it can be: what is broken in it costs nothing of the rest.

Nothing here decides anything. Headers are decoded where they can be and are given as they stand where not;
a body without a text has none; an attachment that cannot be decoded is there with what could be.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.errors import HeaderParseError, MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

TEXT = 200_000
"""Letters of a body that are looked at."""

_ID = re.compile(r"<[^<>\s]+>")
_TAG = re.compile(r"<(script|style)\b.*?</\1\s*>|<[^>]*>", re.DOTALL | re.IGNORECASE)
_BREAK = re.compile(r"<(br|/p|/div|/tr|/li)\b[^>]*>", re.IGNORECASE)


@dataclass(frozen=True)
class Attached:
    """A file that came with a message."""

    name: str
    mime: str
    content: bytes = field(repr=False)

    @property
    def sha256(self) -> str:
        """Its hash."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class Incoming:
    """A message, read."""

    raw: bytes = field(repr=False)
    message: Message = field(repr=False)
    message_id: str | None
    senders: tuple[str, ...]
    """Addresses of From and Sender, small letters."""
    recipients: tuple[str, ...]
    """Addresses of To, Cc, Delivered-To and the like, small letters."""
    subject: str
    sent_at: dt.datetime | None
    answers: tuple[str, ...]
    """Message-IDs of In-Reply-To and References, the nearest first."""
    text: str
    attachments: tuple[Attached, ...]

    @property
    def sha256(self) -> str:
        """Its hash."""
        return hashlib.sha256(self.raw).hexdigest()

    @property
    def sender(self) -> str:
        """The address it says it is from, or nothing."""
        return self.senders[0] if self.senders else ""

    def header(self, name: str) -> str:
        """Return a header's text, empty if there is none."""
        return _decoded(self.message.get(name))


def parsed(raw: bytes) -> Incoming:
    """Return a message read from its bytes; there are no bytes that this does not take."""
    message = message_from_bytes(raw)
    ids = _ids(_decoded(message.get("Message-ID")))
    return Incoming(
        raw=raw,
        message=message,
        message_id=ids[0] if ids else None,
        senders=_addresses(message, "From", "Sender"),
        recipients=_addresses(message, "To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To"),
        subject=_one_line(_decoded(message.get("Subject"))),
        sent_at=_date(message.get("Date")),
        answers=_answers(message),
        text=_text(message)[:TEXT],
        attachments=tuple(_attached(message)),
    )


def _decoded(value: object) -> str:
    """Return a header as text, as it stands where its encoding is broken."""
    if value is None:
        return ""
    plain = str(value)
    try:
        return str(make_header(decode_header(plain)))
    except (HeaderParseError, LookupError, UnicodeError, ValueError):
        return plain


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _addresses(message: Message, *names: str) -> tuple[str, ...]:
    values = [_decoded(value) for name in names for value in message.get_all(name, [])]
    found = dict.fromkeys(address.strip().lower() for _, address in getaddresses(values))
    return tuple(address for address in found if "@" in address)


def _answers(message: Message) -> tuple[str, ...]:
    direct = _ids(_decoded(message.get("In-Reply-To")))
    thread = _ids(" ".join(_decoded(value) for value in message.get_all("References", [])))
    return tuple(dict.fromkeys([*direct, *reversed(thread)]))


def _ids(text: str) -> list[str]:
    return _ID.findall(text)


def _date(value: object) -> dt.datetime | None:
    try:
        found = parsedate_to_datetime(str(value))
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)


def _text(message: Message) -> str:
    """Return the body's text: the plain parts, else those of HTML without their tags."""
    parts = list(_bodies(message))
    plain = [_content(part) for part in parts if part.get_content_type() == "text/plain"]
    if plain:
        return "\n".join(plain)
    pages = [_content(part) for part in parts if part.get_content_type() == "text/html"]
    return "\n".join(html.unescape(_TAG.sub(" ", _BREAK.sub("\n", page))) for page in pages)


def _bodies(message: Message) -> Iterator[Message]:
    for part in message.walk():
        if part.get_content_maintype() == "text" and not _is_file(part):
            yield part


def _content(part: Message) -> str:
    content = _bytes(part)
    try:
        return content.decode(part.get_content_charset() or "utf-8")
    except (LookupError, UnicodeDecodeError):
        return content.decode("latin-1")


def _bytes(part: Message) -> bytes:
    try:
        payload = part.get_payload(decode=True)
    except (MessageError, ValueError, AssertionError):
        payload = None
    if isinstance(payload, bytes):
        return payload
    return str(part.get_payload()).encode("utf-8", "surrogateescape")


def _is_file(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or bool(part.get_filename())


def _attached(message: Message) -> Iterator[Attached]:
    """Give the files of a message; a message within it (as a bounce has) is none of its files."""
    for number, part in enumerate(_leaves(message), 1):
        if part.get_content_maintype() == "text" and not _is_file(part):
            continue
        name = _one_line(_decoded(part.get_filename() or "")).replace("/", "_").replace("\\", "_")
        yield Attached(name or f"attachment-{number}", part.get_content_type(), _bytes(part))


def _leaves(message: Message) -> Iterator[Message]:
    """Give the parts that hold something, those of messages within left out."""
    if message.get_content_maintype() == "message":
        return
    payload = message.get_payload()
    if message.is_multipart() and isinstance(payload, list):
        for part in payload:
            if isinstance(part, Message):
                yield from _leaves(part)
    else:
        yield message
