"""What a message that is matched does to its request by itself: only what is certain.

    a server's report that our request came back, from every address    bounced, if nobody answered
    a server's report that it still tries                               delivery_delayed
    a machine's answer                                                  auto_reply, with a case number
    a person's answer in our thread with a case number, and no more     acknowledged, if it was sent
    any of these, or a receipt, where nobody knew if it was accepted    sent, when it was given

A machine's answer is no acknowledgement: it says that a machine has it. All else is suggested, and a person
confirms it. Nothing is ever answered to a message here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from email.utils import getaddresses
from typing import Any

from sqlmodel import Session, col, select

from datarequests.addressing import reference
from datarequests.desks import desk, used
from datarequests.history import Happened, add, events_of, items_of, request_of, state_of
from datarequests.incoming.arrived import PROGRAM
from datarequests.incoming.classified import Says, suggested
from datarequests.incoming.kinds import Delivery, Kind, delivery_of
from datarequests.incoming.parsed import Incoming, parsed
from datarequests.tables import IncomingMail, OutgoingMail
from datarequests.workflow import Event, IllegalMoveError, State

MATCHED, DONE = "matched", "done"

CARRIERS = ("request", "resend", "correction")
"""Mail without which there is no request."""

IN_THREAD = ("address", "thread", "person")
"""Matches by what only those have who got our mail."""

HARMLESS = (Says.ACKNOWLEDGED, Says.UNKNOWN, Says.DATA)
"""What of a machine's answer nobody has to confirm."""


def moved(session: Session, mail: IncomingMail, message: Incoming, now: dt.datetime) -> list[Event]:
    """Add what is certain by a message to its request, and leave the rest as a suggestion in its row.

    What cannot happen in the state that the request is in waits: it is tried again with the next mail.
    """
    number = mail.request_id or 0
    mail.suggested = {name: value for name, value in mail.suggested.items() if name != "waits"}
    try:
        report = delivery_of(message)
        ids = {*message.answers, *(report.message_ids if report else ())}
        done = settled(session, number, ids, now)
        match mail.kind:
            case Kind.BOUNCE | Kind.DELAY if report is not None:
                done += _delivery(session, mail, report, now)
            case Kind.RECEIPT:
                mail.state = DONE
            case Kind.AUTO_REPLY | Kind.OUT_OF_OFFICE:
                done += _automatic(session, mail, message, now)
            case _:
                done += _reply(session, mail, message, now)
    except IllegalMoveError as error:
        mail.state = MATCHED
        _suggest(mail, {"waits": str(error)})
        return []
    return done


def settled(session: Session, number: int, ids: Collection[str], now: dt.datetime) -> list[Event]:
    """Take a request as sent of which nobody knew: whoever answers it has it.

    It was sent when it was given to the server. Where the same was sent before, only an answer to the very
    message settles it.
    """
    events = events_of(session, number)
    if state_of(events) is not State.SEND_UNKNOWN:
        return []
    asked = select(OutgoingMail).where(
        OutgoingMail.request_id == number, col(OutgoingMail.state) == "unknown"
    )
    rows = session.exec(asked).all()
    proven = [row for row in rows if row.message_id in ids]
    if not proven and any(one.event == Event.SENT for one in events):
        return []
    given = next(one for one in reversed(events) if one.event == Event.SEND_UNKNOWN)
    counterparty = desk(session, request_of(session, number).counterparty, given.detail.get("counterparty"))
    used(session, counterparty, PROGRAM, now)
    detail = {"counterparty": counterparty.version, "why": "it was answered"}
    happened = Happened(Event.SENT, given.occurred_at, PROGRAM, detail, given.message_id)
    add(session, number, happened, now)
    for row in proven or rows:
        row.state, row.sent_at = "sent", given.occurred_at
        row.recipients, row.lease_by, row.lease_until, row.next_at = [], None, None, None
        session.add(row)
    return [Event.SENT]


def _delivery(session: Session, mail: IncomingMail, report: Delivery, now: dt.datetime) -> list[Event]:
    number = mail.request_id or 0
    detail = {"mail": mail.id, "status": report.status, "reason": report.reason}
    if mail.kind == Kind.DELAY and mail.matched_by != "subject":
        _happened(session, mail, Event.DELIVERY_DELAYED, detail, now)
        mail.state = DONE
        return [Event.DELIVERY_DELAYED]
    why_not = _why_not_bounced(session, mail, report)
    if why_not is None and state_of(events_of(session, number)) is State.SENT:
        _happened(session, mail, Event.BOUNCED, detail, now)
        mail.state = DONE
        return [Event.BOUNCED]
    says = "bounced" if mail.kind == Kind.BOUNCE else "delayed"
    if (copies := _copies_that_failed(session, mail, report)) is not None:
        says, why_not = "note", f"it is of the copy to {copies}, the counterparty's did not come back"
    _suggest(mail, {"says": says, "words": report.reason, "why": why_not or "it was answered before"})
    return []


def _why_not_bounced(session: Session, mail: IncomingMail, report: Delivery) -> str | None:
    """Return why it is not certain that a request came back; None if it is."""
    asked = select(OutgoingMail).where(col(OutgoingMail.message_id).in_(report.message_ids))
    rows = [row for row in session.exec(asked) if row.request_id == mail.request_id]
    if not rows:
        return "it does not say which message came back"
    if any(row.kind not in CARRIERS for row in rows):
        return f"a {rows[0].kind.replace('_', '-')} came back, not the request"
    counterparty = desk(session, request_of(session, mail.request_id or 0).counterparty)
    to = _addresses(rows[0]) & set(counterparty.mail_addresses)
    if not to or not to <= set(report.recipients):
        return "it came back from some of those that it went to, not from all"
    if _is_answered(session, mail, rows[0]):
        return "somebody has answered it"
    return None


def _copies_that_failed(session: Session, mail: IncomingMail, report: Delivery) -> str | None:
    """Return to whom copies came back, if nothing else did."""
    events = events_of(session, mail.request_id or 0)
    copied = {
        address
        for one in events
        if one.message_id in report.message_ids
        for address in str(one.detail.get("copies", "")).split(", ")
    }
    failed = set(report.recipients)
    return ", ".join(sorted(failed)) if failed and failed <= copied else None


def _is_answered(session: Session, mail: IncomingMail, sent: OutgoingMail) -> bool:
    """Tell whether the counterparty has written since a message was sent."""
    asked = select(IncomingMail).where(
        IncomingMail.request_id == mail.request_id,
        col(IncomingMail.kind).in_((Kind.REPLY, Kind.AUTO_REPLY, Kind.OUT_OF_OFFICE)),
    )
    return any(one.received_at >= sent.created_at for one in session.exec(asked))


def _addresses(row: OutgoingMail) -> set[str]:
    message = parsed(row.message).message
    listed = getaddresses([str(one) for name in ("To", "Cc") for one in message.get_all(name, [])])
    return {address.lower() for _, address in listed}


def _automatic(session: Session, mail: IncomingMail, message: Incoming, now: dt.datetime) -> list[Event]:
    found = _words(session, mail, message, now)
    detail = {"mail": mail.id, "case": found["case"], "absent": mail.kind == Kind.OUT_OF_OFFICE}
    _happened(session, mail, Event.AUTO_REPLY, detail, now)
    is_harmless = mail.kind == Kind.OUT_OF_OFFICE or (found["says"] in HARMLESS and not found["doubt"])
    mail.state = DONE if is_harmless and not files_to_read(mail) else MATCHED
    _suggest(mail, found)
    return [Event.AUTO_REPLY]


def _reply(session: Session, mail: IncomingMail, message: Incoming, now: dt.datetime) -> list[Event]:
    found = _words(session, mail, message, now)
    is_sent = state_of(events_of(session, mail.request_id or 0)) is State.SENT
    is_clear = mail.matched_by in IN_THREAD and message.is_whole and not files_to_read(mail)
    is_clear = is_clear and not found["doubt"]
    if is_sent and is_clear and found["says"] == Says.ACKNOWLEDGED and found["case"]:
        detail = {"mail": mail.id, "case": found["case"]}
        _happened(session, mail, Event.ACKNOWLEDGED, detail, now)
        mail.state = MATCHED if found["promised"] else DONE
        _suggest(mail, found | ({"says": Says.PROMISED} if found["promised"] else {}))
        return [Event.ACKNOWLEDGED]
    mail.state = MATCHED
    _suggest(mail, found)
    return []


def _words(session: Session, mail: IncomingMail, message: Incoming, now: dt.datetime) -> dict[str, Any]:
    """Return what a message seems to say; no number of ours is a case of theirs."""
    number = mail.request_id or 0
    request = request_of(session, number)
    token, known = request.token, desk(session, request.counterparty).known
    refer = reference(known.form, known.key, number, token)
    accounts = {item.service_account for item in items_of(session, number)}
    ours = {
        *accounts,
        token,
        str(number),
        f"{number:06d}",
        f"{number:06d}-{token}",
        refer,
        refer.rpartition("-")[0],
    }
    found = suggested(message, now, ours, len(files_to_read(mail)))
    promised = found.promised.isoformat() if found.promised else None
    told = {"says": found.says, "words": found.words, "case": found.case, "promised": promised}
    return told | {"doubt": found.doubt}


def files_to_read(mail: IncomingMail) -> list[dict[str, Any]]:
    """Return the files of a message that may be data: not ours come back, not a logo."""
    return [one for one in mail.attachments if one.get("may_be_data")]


def _happened(
    session: Session, mail: IncomingMail, event: Event, detail: dict[str, Any], now: dt.datetime
) -> None:
    told = {name: value for name, value in detail.items() if value}
    happened = Happened(event, mail.received_at, PROGRAM, told, mail.message_id)
    add(session, mail.request_id or 0, happened, now)


def _suggest(mail: IncomingMail, what: dict[str, Any]) -> None:
    mail.suggested = mail.suggested | {name: value for name, value in what.items() if value}
