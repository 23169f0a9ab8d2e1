"""E-mail in the inbox: .eml files, and the messages of a maildir.

Each attachment is a file of its own, with the message's sender, subject and Message-ID. A picture that
stands in the message's text (a logo) is kept and not read; nor is the text itself.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from email.errors import MessageError
from email.message import Message
from email.utils import parseaddr

from extractor.intake.claims import CannotUnpackError, Origin, Part

MOST_BOUNDARIES = 5000
"""Lines that may part a message: the parser takes time for each that grows with their number."""

MOST_PARTS = 200
"""Attachments of one message."""

_HEADER = re.compile(rb"(?:From |(?:[!-9;-~]+:[^\n]*\n(?:[ \t][^\n]*\n)*))")
_MAIL = re.compile(
    rb"^(?:Received|Return-Path|Delivered-To|From|Date|Message-ID|MIME-Version|Subject|To|X-[\w-]+|DKIM-Signature"
    rb"|ARC-[\w-]+|Authentication-Results):",
    re.I | re.M,
)
"""Headers that messages have on their way."""

_MAILBOX = re.compile(rb"\n\r?\nFrom [^\n]*\n[!-9;-~]+:")
"""Where the next message of a mailbox begins (RFC 4155)."""

LEAST_HEADERS = 2
"""How many of them make a file without a message's suffix a message."""


class Messages:
    """Claims messages as mail servers keep them (RFC 5322)."""

    kind = "message"

    def claims(self, name: str, head: bytes) -> bool:
        """Tell whether a file begins like a message."""
        plain = head.replace(b"\r\n", b"\n")
        if _HEADER.match(plain) is None:
            return False
        return name.lower().endswith(".eml") or len(_MAIL.findall(plain)) >= LEAST_HEADERS

    def parts(self, data: bytes, origin: Origin) -> Iterator[Part]:
        """Give a message's attachments.

        Raises:
            CannotUnpackError: if it cannot be parsed, or has more than it may.
        """
        if data.count(b"\n--") > MOST_BOUNDARIES:
            raise CannotUnpackError("the message has more parts than any mail program makes")
        if data.startswith(b"From ") and _MAILBOX.search(data):
            raise CannotUnpackError("it is a mailbox of several messages; save each as a file of its own")
        try:
            message = email.message_from_bytes(data, policy=email.policy.default)
            found = list(_attachments(message, _origin(message)))
        except (MessageError, ValueError, LookupError, RecursionError, AttributeError, TypeError):
            raise CannotUnpackError("the message cannot be taken apart") from None
        if len(found) > MOST_PARTS:
            raise CannotUnpackError(f"the message has more than {MOST_PARTS} attachments")
        yield from found


def _origin(message: Message) -> Origin:
    """Return who sent a message, about what; its headers are a stranger's text."""
    return Origin(
        came_by="mail",
        sender=parseaddr(_header(message, "From"))[1] or None,
        subject=_header(message, "Subject") or None,
        message_id=_header(message, "Message-ID") or None,
    )


def _header(message: Message, name: str) -> str:
    try:
        value = str(message.get(name, ""))
    except (
        ValueError,
        LookupError,
        AttributeError,
        TypeError,
    ):  # the parser's own troubles with strange headers
        return ""
    return " ".join(value.split())[:500]


def _attachments(message: Message, origin: Origin) -> Iterator[Part]:
    """Give the files of a message, and of messages that it forwards."""
    for part in message.walk():
        name = part.get_filename() or ""
        if part.is_multipart() or (not name and part.get_content_maintype() == "text"):
            continue
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes) and payload:
            yield Part(name or "attachment", payload, origin, wanted=not _is_inline(part))


def _is_inline(part: Message) -> bool:
    """Tell whether a picture stands in the text of the message."""
    is_picture = part.get_content_maintype() == "image"
    shown = part.get_content_disposition() == "inline" or "Content-ID" in part
    return is_picture and shown and part.get_content_disposition() != "attachment"
