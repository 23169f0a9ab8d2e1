"""What a person says of a message: which request it is for, what it says, or that it is nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from datarequests.desks import desk
from datarequests.history import Happened, add, events_of, items_of, request_of, state_of
from datarequests.incoming.moves import DONE, MATCHED
from datarequests.incoming.parsed import Incoming
from datarequests.incoming.taken import IGNORED, ORPHAN, assigned
from datarequests.outside import taken_back
from datarequests.received import item_words
from datarequests.tables import IncomingMail, RequestEvent
from datarequests.workflow import Event, State
from extractor.base.errors import BillclerkError

SAID: dict[str, Event] = {
    "acknowledged": Event.ACKNOWLEDGED,
    "in_process": Event.IN_PROCESS,
    "correction": Event.CORRECTION_ASKED,
    "rejected": Event.REJECTED,
    "promised": Event.PROMISED,
    "bounced": Event.BOUNCED,
    "delayed": Event.DELIVERY_DELAYED,
    "auto_reply": Event.AUTO_REPLY,
    "data": Event.DATA_RECEIVED,
    "portal": Event.NOTE,
    "note": Event.NOTE,
}
"""What a message may say, and the event it is."""


class MailError(BillclerkError):
    """That cannot be said of this message; what is missing is said."""

    exit_code = 2


@dataclass(frozen=True)
class Word:
    """What a person says of a message."""

    who: str
    says: str | None = None
    """As in SAID; None: what was suggested."""
    case: str | None = None
    reason: str | None = None
    date: dt.date | None = None
    items: Collection[int] = ()
    """Numbers of the request's items that it brings, from 1."""


def mail_of(session: Session, number: int) -> IncomingMail:
    """Return a message.

    Raises:
        MailError: if there is none of that number.
    """
    found = session.get(IncomingMail, number)
    if found is None:
        raise MailError(f"there is no mail {number}; `billclerk mail list` shows those there are")
    return found


def waiting(session: Session, states: Collection[str] = (ORPHAN, MATCHED)) -> Sequence[IncomingMail]:
    """Return the messages that a person has to look at, as they came."""
    asked = select(IncomingMail).where(col(IncomingMail.state).in_(states))
    return session.exec(asked.order_by(col(IncomingMail.id))).all()


def assign(
    session: Session, mail: IncomingMail, number: int, message: Incoming, now: dt.datetime
) -> tuple[Event, ...]:
    """Say which request a message is for; what is certain by it then happens to that at once.

    Raises:
        MailError: if it is another's already, and did something to that.
        UnknownRequestError: if there is no such request.
    """
    request_of(session, number)
    if mail.request_id not in (None, number) and _did(session, mail):
        raise MailError(f"mail {mail.id} is for request {mail.request_id}, and did something to it already")
    if mail.request_id == number and mail.state == DONE:
        raise MailError(f"mail {mail.id} is for request {number} already")
    mail.request_id = number
    return assigned(session, mail, message, now)


def ignore(session: Session, mail: IncomingMail, who: str) -> None:
    """Say that a message is nothing; it is kept."""
    mail.state = IGNORED
    mail.suggested = mail.suggested | {"ignored_by": who}
    session.add(mail)
    session.flush()


def confirm(session: Session, mail: IncomingMail, word: Word, now: dt.datetime) -> RequestEvent | None:
    """Say what a message says, as it was suggested or otherwise, and add that to its request.

    Raises:
        IllegalMoveError: if that cannot happen in the state that the request is in.
        MailError: if it is for no request yet, or something is missing.
    """
    if mail.request_id is None:
        raise MailError(f"nobody has said which request mail {mail.id} is for: `billclerk mail assign`")
    if mail.state == DONE:
        raise MailError(f"mail {mail.id} is done; `billclerk mail show {mail.id}` tells what it did")
    says = word.says or mail.suggested.get("says") or "unknown"
    if says not in SAID:
        raise MailError(f"nothing is suggested; say by --as what it says: {', '.join(SAID)}")
    event, detail = _event(session, mail, says, word)
    happened = Happened(event, mail.received_at, word.who, {"mail": mail.id} | detail, mail.message_id)
    row = add(session, mail.request_id, happened, now)
    if event is Event.COMPLETED:
        taken_back(session, mail.request_id)
    mail.state = DONE
    mail.suggested = mail.suggested | {"confirmed": says, "confirmed_by": word.who}
    session.add(mail)
    session.flush()
    return row


def _event(session: Session, mail: IncomingMail, says: str, word: Word) -> tuple[Event, dict[str, Any]]:
    """Return the event that it is, and what belongs to it."""
    suggested = mail.suggested if mail.suggested.get("says") == says else {}
    case = word.case or mail.suggested.get("case")
    told: dict[str, Any] = {"case": case, "why": word.reason or suggested.get("words")}
    match says:
        case "promised":
            date = word.date.isoformat() if word.date else mail.suggested.get("promised")
            if date is None:
                raise MailError("say by --date which day was promised")
            told["date"] = _to_come(session, mail, date)
        case "correction" | "rejected":
            if not told["why"]:
                raise MailError("say by --reason what they ask for, or why")
        case "portal":
            told["note"] = "the data lies behind a link: fetch it by hand"
        case "data":
            return _data(session, mail, word)
        case "acknowledged":
            _refuse_step_back(session, mail)
    return SAID[says], {name: value for name, value in told.items() if value}


def _to_come(session: Session, mail: IncomingMail, date: str) -> str:
    """Return a promised day that does not lie before the message.

    Raises:
        MailError: if it does.
    """
    zone = desk(session, request_of(session, mail.request_id or 0).counterparty).zone
    came = mail.received_at.astimezone(zone).date()
    if date < came.isoformat():
        raise MailError(
            f"{date} lies before the message, which came on {came}; say by --date what it promises"
        )
    return date


def _refuse_step_back(session: Session, mail: IncomingMail) -> None:
    """Refuse an acknowledgement of what has been answered in part.

    Raises:
        MailError: if it has.
    """
    if state_of(events_of(session, mail.request_id or 0)) in (State.PARTIAL, State.IN_PROCESS):
        raise MailError("the request is further than acknowledged; use --as note")


def _data(session: Session, mail: IncomingMail, word: Word) -> tuple[Event, dict[str, Any]]:
    """Check off the items that a person says a message brings."""
    items = items_of(session, mail.request_id or 0)
    files = [one["sha256"] for one in mail.attachments if one.get("may_be_data")]
    if not files:
        raise MailError("no file came with it")
    if not word.items:
        raise MailError(
            f"say by --item which items it brings: {'; '.join(_numbered(map(item_words, items)))}"
        )
    if unknown := sorted(set(word.items) - set(range(1, len(items) + 1))):
        raise MailError(f"the request has {len(items)} items, no item {unknown[0]}")
    new = [items[at - 1] for at in sorted(set(word.items)) if items[at - 1].received_at is None]
    for item in new:
        item.received_at, item.received_sha256 = mail.received_at, files[-1]
        session.add(item)
    missing = [item_words(item) for item in items if item.received_at is None]
    detail = {"items": [item.id for item in new], "files": files, "missing": missing, "why": word.reason}
    event = Event.DATA_RECEIVED if missing else Event.COMPLETED
    return event, {name: value for name, value in detail.items() if value}


def _numbered(words: Any) -> list[str]:
    return [f"{at} {word}" for at, word in enumerate(words, 1)]


def _did(session: Session, mail: IncomingMail) -> bool:
    """Tell whether a message did something to the request that it is for."""
    events = events_of(session, mail.request_id or 0)
    return any(one.detail.get("mail") == mail.id for one in events)
