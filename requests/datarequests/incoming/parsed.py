"""A message as it came, read as far as it can be: what is broken in it costs nothing of the rest.

Nothing here decides anything. Headers are decoded where they can be and are given as they stand where not;
a body without a text has none; an attachment that cannot be decoded is there with what could be. A message
made to keep a parser busy is read by its head alone, and says so.
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

HEAD = 500_000
"""Bytes of headers that are looked at; servers take a tenth of it."""

HEADER = 20_000
"""Letters of one header that are looked at."""

MOST_BOUNDARIES = 5_000
"""Lines that may part a message: the parser takes time for each that grows with their number."""

DEEPEST = 20
"""Parts within parts that are looked at."""

_ID = re.compile(r"<[^<>\s]{1,900}>")
_BREAK = re.compile(r"(?:br|/p|/div|/tr|/li|/h\d)\b", re.IGNORECASE)
_HIDDEN = re.compile(r"(script|style|title)\b", re.IGNORECASE)
_QUOTED = re.compile(r"<(?:blockquote\b|div[^<>]*(?:gmail_quote|divRplyFwdMsg|appendonsend))", re.IGNORECASE)
_ADDRESS = re.compile(r"[^@\s<>()\[\],;:\\\"]+@[^@\s<>()\[\],;:\\\"]+")
"""An address as desks have one; what may be read in two ways is none."""
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_NOT_BARE = re.compile(r'"(?:[^"\\]|\\.)*"|=\?[^?\s]*\?[BbQq]\?[^?\s]*\?=')
"""What of an address header cannot hold an address: quoted names and encoded words."""

_ODD = (MessageError, LookupError, ValueError, TypeError, AttributeError, AssertionError)
"""What the standard library's parser raises on headers that nobody's mail program writes."""


@dataclass(frozen=True)
class Attached:
    """A file that came with a message."""

    name: str
    mime: str
    content: bytes = field(repr=False)
    is_inline: bool = False
    """Whether it stands in the text, as a logo does."""
    within: str | None = None
    """The Message-ID of the message inside this one that it is a file of; empty where that has none."""

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
    """Addresses of From and Sender, small letters; none where it cannot be said for sure which they are."""
    recipients: tuple[str, ...]
    """Addresses of To, Cc, Delivered-To and the like, small letters."""
    subject: str
    sent_at: dt.datetime | None
    answers: tuple[str, ...]
    """Message-IDs of In-Reply-To and References, the nearest first."""
    text: str
    attachments: tuple[Attached, ...]
    is_whole: bool = True
    """Whether all of it was looked at, not its head alone."""

    @property
    def sha256(self) -> str:
        """Its hash."""
        return hashlib.sha256(self.raw).hexdigest()

    @property
    def body_sha256(self) -> str:
        """The hash of all below its headers, however its lines end."""
        end = _END_OF_HEAD.search(self.raw)
        body = self.raw[end.end() :] if end else b""
        return hashlib.sha256(body.replace(b"\r\n", b"\n").strip()).hexdigest()

    @property
    def sender(self) -> str:
        """The address it says it is from, or nothing."""
        return self.senders[0] if self.senders else ""

    def header(self, name: str) -> str:
        """Return a header's text, empty if there is none."""
        return _decoded(self.message.get(name))


def parsed(raw: bytes) -> Incoming:
    """Return a message read from its bytes; there are no bytes that this does not take."""
    message, is_whole = _message(raw)
    ids = _ids(_decoded(message.get("Message-ID")))
    return Incoming(
        raw=raw,
        message=message,
        message_id=ids[0] if ids else None,
        senders=_senders(message),
        recipients=_addresses(message, "To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To"),
        subject=_one_line(_decoded(message.get("Subject"))),
        sent_at=_date(message.get("Date")),
        answers=_answers(message),
        text=_text(message)[:TEXT],
        attachments=tuple(_attached(message)),
        is_whole=is_whole,
    )


def _message(raw: bytes) -> tuple[Message, bool]:
    """Return a message, and whether all of it could be looked at."""
    end = _END_OF_HEAD.search(raw, 0, HEAD)
    if end is not None and raw.count(b"\n--") <= MOST_BOUNDARIES:
        try:
            return message_from_bytes(raw), True
        except (RecursionError, *_ODD):
            pass
    head = raw[: end.start()] if end else raw[:HEAD]
    message = message_from_bytes(head + b"\n\n")
    return message, end is None and len(raw) <= HEAD


def _decoded(value: object) -> str:
    """Return a header as text, as it stands where its encoding is broken."""
    if value is None:
        return ""
    plain = str(value)[:HEADER]
    try:
        return str(make_header(decode_header(plain)))
    except (HeaderParseError, *_ODD):
        return plain


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _addresses(message: Message, *names: str) -> tuple[str, ...]:
    values = [str(value)[:HEADER] for name in names for value in message.get_all(name, [])]
    try:
        listed = getaddresses(values)
    except _ODD:
        return ()
    found = dict.fromkeys(address.strip().lower() for _, address in listed)
    return tuple(address for address in found if "@" in address)


def _senders(message: Message) -> tuple[str, ...]:
    """Return who it says it is from; nobody, where a header has more addresses in it than it gives.

    Names may hold anything, an address too; comments and headers that are cut short do that to deceive.
    """
    found = _addresses(message, "From", "Sender")
    for name in ("From", "Sender"):
        for value in message.get_all(name, []):
            bare = _NOT_BARE.sub("", str(value)[:HEADER])
            named = [one for _, one in getaddresses([str(value)[:HEADER]]) if "@" in one]
            if len(str(value)) > HEADER or bare.count("@") != len(named):
                return ()
    return found if all(_ADDRESS.fullmatch(one) for one in found) else ()


def _answers(message: Message) -> tuple[str, ...]:
    direct = _ids(" ".join(_decoded(value) for value in message.get_all("In-Reply-To", [])))
    thread = _ids(" ".join(_decoded(value) for value in message.get_all("References", [])))
    return tuple(dict.fromkeys([*direct, *reversed(thread)]))


def _ids(text: str) -> list[str]:
    return _ID.findall(text)


def _date(value: object) -> dt.datetime | None:
    try:
        found = parsedate_to_datetime(str(value)[:200])
        return (found if found.tzinfo else found.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def _text(message: Message) -> str:
    """Return the body's text: the plain parts, else those of HTML without their tags and quotes."""
    parts = [part for part, within in _leaves(message) if within is None and _is_body(part)]
    plain = [_content(part) for part in parts if part.get_content_type() != "text/html"]
    if "".join(plain).strip():
        return "\n".join(plain)
    return "\n".join(_shown(_content(part)) for part in parts if part.get_content_type() == "text/html")


def _shown(page: str) -> str:
    quoted = _QUOTED.search(page)
    own = page[: quoted.start()] if quoted else page
    first, *tags = own.split("<")
    shown, until = [first], ""
    for tag in tags:
        head, _, following = tag.partition(">")
        if until:
            if not head.lower().startswith(until):
                continue
            until = ""
        elif hidden := _HIDDEN.match(head):
            until = f"/{hidden[1].lower()}"
            continue
        shown += ["\n" if _BREAK.match(head) else " ", following]
    return html.unescape("".join(shown))


def _is_body(part: Message) -> bool:
    """Tell whether a part is text; one that says it has parts, and has none, is."""
    return part.get_content_maintype() in ("text", "multipart") and not _is_file(part)


def _content(part: Message) -> str:
    content = _bytes(part)[: 4 * TEXT]
    try:
        return content.decode(part.get_content_charset() or "utf-8")
    except (UnicodeError, *_ODD):
        return content.decode("latin-1")


def _bytes(part: Message) -> bytes:
    try:
        payload = part.get_payload(decode=True)
    except _ODD:  # as of a charset that decodes no text
        part.del_param("charset")
        payload = part.get_payload(decode=True)
    if isinstance(payload, bytes):
        return payload
    return str(part.get_payload()).encode("utf-8", "surrogateescape")


def _file_name(part: Message) -> str:
    try:
        return part.get_filename() or ""
    except _ODD:
        return ""


def _disposition(part: Message) -> str:
    try:
        return part.get_content_disposition() or ""
    except _ODD:
        return ""


def _is_file(part: Message) -> bool:
    return _disposition(part) == "attachment" or bool(_file_name(part))


def _attached(message: Message) -> Iterator[Attached]:
    """Give the files of a message, and of the messages that lie in it."""
    for number, (part, within) in enumerate(_leaves(message), 1):
        if part.get_content_maintype() in ("text", "multipart", "message") and not _is_file(part):
            continue
        name = _one_line(_decoded(_file_name(part))).replace("/", "_").replace("\\", "_")[-200:]
        is_inline = _disposition(part) != "attachment" and (
            "Content-ID" in part
            or (_disposition(part) == "inline" and part.get_content_maintype() == "image")
        )
        yield Attached(
            name or f"attachment-{number}", part.get_content_type(), _bytes(part), is_inline, within
        )


def _leaves(
    message: Message, within: str | None = None, depth: int = 0
) -> Iterator[tuple[Message, str | None]]:
    """Give the parts that hold something, each with the message inside this one that it is of."""
    if not message.is_multipart():
        yield message, within
        return
    if depth >= DEEPEST or message.get_content_type() == "message/delivery-status":
        return
    is_message = message.get_content_maintype() == "message"
    for part in parts_of(message):
        ids = _ids(_decoded(part.get("Message-ID"))) if is_message else []
        inner = (ids[0] if ids else "") if is_message else within
        yield from _leaves(part, inner, depth + 1)


def parts_of(part: Message) -> list[Message]:
    """Return the parts of a part, none where it has none or is broken."""
    payload = part.get_payload() if part.is_multipart() else None
    return [one for one in payload if isinstance(one, Message)] if isinstance(payload, list) else []


def plain_of(part: Message) -> str:
    """Return what a part says, be it parsed as a message."""
    inner = parts_of(part)
    return "\n".join(one.as_string() for one in inner) if inner else _content(part)
