"""What kind of message it is: a bounce, a delay, an automatic answer, an absence, or a reply by somebody.

Bounces and delays by RFC 3464 (multipart/report, message/delivery-status), then by the forms of mail servers
that have no such report (flufl.bounce). Automatic answers by RFC 3834 and by what mail programs add. To none
of those is anything ever answered.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import Message
from enum import StrEnum

from datarequests.incoming.parsed import Incoming

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
    AUTO_REPLY = "auto_reply"
    """A machine's answer, as of a ticket system."""
    OUT_OF_OFFICE = "out_of_office"


@dataclass(frozen=True)
class Delivery:
    """What a report of delivery says."""

    kind: Kind
    recipients: tuple[str, ...] = ()
    message_ids: tuple[str, ...] = ()
    """Of the message that it is about, as it is embedded."""
    status: str = ""
    """`5.1.1` and the like."""
    reason: str = ""


_ABSENT = re.compile(
    r"out of (the )?office|automatic reply|auto(-|matic )?response|on vacation|annual leave|"
    r"away from (the|my) (office|desk)",
    re.IGNORECASE,
)
_TRANSIENT = re.compile(r"4\.\d")
_EMBEDDED_ID = re.compile(r"^Message-ID:\s*(<[^<>\s]+>)", re.IGNORECASE | re.MULTILINE)


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
    if any(message.header(name) for name in MARKS):
        return True
    path = message.message.get("Return-Path")
    return path is not None and str(path).strip() in ("", "<>")


def delivery_of(message: Incoming) -> Delivery | None:
    """Return what a report of delivery says, None if it is none."""
    blocks = [
        block
        for part in message.message.walk()
        if part.get_content_type() == "message/delivery-status"
        for block in _within(part)
    ]
    found = [block for block in blocks if block.get("Action") or block.get("Final-Recipient")]
    ids = _embedded(message)
    if found:
        actions = {str(block.get("Action", "")).strip().lower() for block in found}
        status = next((str(block["Status"]).strip() for block in found if block.get("Status")), "")
        reason = next((str(block["Diagnostic-Code"]) for block in found if block.get("Diagnostic-Code")), "")
        recipients = tuple(
            str(block.get("Final-Recipient", "")).rpartition(";")[2].strip().lower() for block in found
        )
        is_failed = "failed" in actions and not _TRANSIENT.match(status)
        if actions <= {"delivered", "relayed", "expanded"}:
            return None  # it arrived
        kind = Kind.BOUNCE if is_failed else Kind.DELAY
        return Delivery(kind, recipients, ids, status, " ".join(reason.split())[:300])
    return _by_form(message, ids)


def _by_form(message: Incoming, ids: tuple[str, ...]) -> Delivery | None:
    """Return what the reports of servers say that have a form of their own."""
    if not (is_automatic(message) or "mailer-daemon" in message.sender or "postmaster" in message.sender):
        return None
    from flufl.bounce import all_failures

    temporary, permanent = all_failures(message.message)
    failed = permanent or temporary
    if not failed:
        return None
    recipients = tuple(sorted(one.decode("ascii", "replace").lower() for one in failed))
    kind = Kind.BOUNCE if permanent else Kind.DELAY
    return Delivery(kind, recipients, ids or message.answers)


def _embedded(message: Incoming) -> tuple[str, ...]:
    """Return the Message-IDs of what a report embeds: the whole message or its headers."""
    found: list[str] = []
    for part in message.message.walk():
        if part.get_content_type() in ("message/rfc822", "message/global"):
            found += [str(one.get("Message-ID") or "") for one in _within(part)]
        elif part.get_content_type() in ("text/rfc822-headers", "message/rfc822-headers"):
            found += _EMBEDDED_ID.findall(str(part.get_payload()))
    return tuple(one.strip() for one in found if one.strip())


def _within(part: Message) -> list[Message]:
    """Return the messages within a part, none where it is broken."""
    payload = part.get_payload()
    return [one for one in payload if isinstance(one, Message)] if isinstance(payload, list) else []
