"""What kind of message it is: a bounce, a delay, a receipt, an automatic answer, an absence, or a reply.

Bounces and delays by RFC 3464 (multipart/report, message/delivery-status), then by the forms of mail servers
that have no such report (flufl.bounce). There the action decides: `failed` says that the server has given up,
whatever the status (a 4.4.7 is a delay that ended). A report that lies inside somebody's letter is not about
that letter. Automatic answers by RFC 3834 and by what mail programs add. Nothing is answered to any of those.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from enum import StrEnum

from datarequests.incoming.parsed import Incoming, parts_of, plain_of
from datarequests.incoming.quoted import own_words

MARKS = (
    "X-Autoreply",
    "X-Autorespond",
    "X-Auto-Response-Suppress",
    "X-Loop",
    "List-Id",
    "List-Unsubscribe",
)
"""Headers that only machines add."""


class Kind(StrEnum):
    """What kind of message came."""

    REPLY = "reply"
    BOUNCE = "bounce"
    """It could not be delivered, for good."""
    DELAY = "delay"
    """It is tried again."""
    RECEIPT = "receipt"
    """It arrived, or was opened; nobody has answered."""
    AUTO_REPLY = "auto_reply"
    """A machine's answer, as of a ticket system."""
    OUT_OF_OFFICE = "out_of_office"
    OTHER = "other"
    """A copy of our own mail."""


@dataclass(frozen=True)
class Delivery:
    """What a report of delivery says."""

    kind: Kind
    recipients: tuple[str, ...] = ()
    """To whom that happened."""
    message_ids: tuple[str, ...] = ()
    """Of the message that it is about, as it is embedded."""
    status: str = ""
    """`5.1.1` and the like."""
    reason: str = ""


_ABSENT = re.compile(
    r"out of (?:the )?office|on (?:vacation|leave|holiday)|(?:annual|parental|sick) leave|"
    r"away from (?:the|my) (?:office|desk)|currently away",
    re.IGNORECASE,
)
_MACHINE = re.compile(
    r"(?:this is an|this) (?:automat\w+|auto-?generated|system[- ]generated)|"
    r"(?:please )?do not (?:reply|respond) to this|"
    r"this (?:mailbox|inbox|address) is (?:not|un)\s?monitored|automat\w+ (?:reply|response|acknowledg\w+)",
    re.IGNORECASE,
)
_NOBODY = re.compile(r"^(?:[\w.+-]*\b)?(?:no|do-?not|donot)[-_.]?reply|^(?:mailer-daemon|postmaster)@")
_EMBEDDED_ID = re.compile(r"^Message-ID:\s*(<[^<>\s]+>)", re.IGNORECASE | re.MULTILINE)
_LOOKED_AT = 5_000
"""Letters of a text in which a machine would say that it is one."""

_REPORT = 50_000
"""Bytes in which a report without a form says what it is about; the message that came back follows."""

_FAILED, _DELAYED = frozenset({"failed"}), frozenset({"delayed"})
_ARRIVED = frozenset({"delivered", "relayed", "expanded"})


def kind_of(message: Incoming) -> Kind:
    """Return what kind of message it is."""
    report = delivery_of(message)
    if report is not None:
        return report.kind
    if not is_automatic(message):
        return Kind.REPLY
    return Kind.OUT_OF_OFFICE if _ABSENT.search(message.subject) else Kind.AUTO_REPLY


def is_automatic(message: Incoming) -> bool:
    """Tell whether a machine sent it: nothing is answered to that, or two machines would go on for ever."""
    submitted = message.header("Auto-Submitted").split(";")[0].strip().lower()
    if submitted and submitted != "no":
        return True
    if message.header("Precedence").strip().lower() in ("bulk", "junk", "list", "auto_reply"):
        return True
    if any(message.header(name) for name in MARKS) or _is_bounced(message):
        return True
    if any(_NOBODY.match(one) for one in message.senders) or _MACHINE.search(message.subject):
        return True
    return _MACHINE.search(own_words(message.text[:_LOOKED_AT])) is not None


def _is_bounced(message: Incoming) -> bool:
    """Tell whether no answer can come back to it, as to a report of a mail server."""
    path = message.message.get("Return-Path")
    return path is not None and str(path).strip() in ("", "<>")


def delivery_of(message: Incoming) -> Delivery | None:
    """Return what a report of delivery says, None if it is none."""
    parts = parts_of(message.message)
    blocks = [
        block
        for part in parts
        if part.get_content_type() == "message/delivery-status"
        for block in parts_of(part)
        if block.get("Action") or block.get("Final-Recipient")
    ]
    ids = _embedded(parts)
    for kind, actions in ((Kind.BOUNCE, _FAILED), (Kind.DELAY, _DELAYED), (Kind.RECEIPT, _ARRIVED)):
        about = [block for block in blocks if _action(block) in actions]
        if about:
            return _said(kind, about, ids)
    if blocks:
        return None  # it says nothing that is known
    opened = [part for part in parts if part.get_content_type() == "message/disposition-notification"]
    if opened:
        found = re.findall(r"^Original-Message-ID:\s*(<[^<>\s]+>)", plain_of(opened[0]), re.I | re.M)
        return Delivery(Kind.RECEIPT, (), tuple(found) or ids)
    return _by_form(message, ids)


def _action(block: Message) -> str:
    """Return what happened to a recipient; where a server does not say, its status does (RFC 3463)."""
    action = str(block.get("Action", "")).strip().lower()
    if action:
        return action
    return {"5": "failed", "4": "delayed", "2": "delivered"}.get(str(block.get("Status", "")).strip()[:1], "")


def _said(kind: Kind, blocks: Sequence[Message], ids: tuple[str, ...]) -> Delivery:
    def first(name: str) -> str:
        return next((" ".join(str(block[name]).split()) for block in blocks if block.get(name)), "")

    recipients = [
        str(block.get("Final-Recipient") or block.get("Original-Recipient") or "") for block in blocks
    ]
    plain = tuple(one.rpartition(";")[2].strip().strip("<>").lower() for one in recipients)
    return Delivery(kind, plain, ids, first("Status")[:20], first("Diagnostic-Code")[:300])


def _by_form(message: Incoming, ids: tuple[str, ...]) -> Delivery | None:
    """Return what the reports of servers say that have a form of their own."""
    sender = message.header("From").lower()
    is_servers = _is_bounced(message) or "mailer-daemon" in sender or "postmaster" in sender
    if not (is_servers or message.header("X-Failed-Recipients")) or not message.is_whole:
        return None
    from flufl.bounce import all_failures

    logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)  # it tells of what it cannot read
    try:
        temporary, permanent = all_failures(message_from_bytes(message.raw[:_REPORT]))
    except (LookupError, ValueError, TypeError, AttributeError, AssertionError, RecursionError):
        return None  # a server's report that is broken says nothing
    failed = permanent or temporary
    if not failed:
        return None
    recipients = tuple(sorted(one.decode("ascii", "replace").lower() for one in failed))
    kind = Kind.BOUNCE if permanent else Kind.DELAY
    return Delivery(kind, recipients, ids or message.answers)


def _embedded(parts: Sequence[Message]) -> tuple[str, ...]:
    """Return the Message-IDs of what a report embeds: the whole message or its headers."""
    found: list[str] = []
    for part in parts:
        if part.get_content_type() in ("message/rfc822", "message/global"):
            found += [str(one.get("Message-ID") or "") for one in parts_of(part)]
        elif part.get_content_type() in ("text/rfc822-headers", "message/rfc822-headers"):
            found += _EMBEDDED_ID.findall(plain_of(part))
    return tuple(one.strip() for one in found if one.strip())
