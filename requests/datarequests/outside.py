"""What happened outside our own mail, as a person records it: by fax, post, portal or telephone.

Each record says who, when it happened, and by what that is known (a file kept among the originals, or a
reason). What cannot happen in the state that is, is refused with what can; an override says a state outright.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from datarequests.clock import Turn
from datarequests.desks import desk, used
from datarequests.history import (
    Happened,
    add,
    authorization_events_of,
    authorization_of,
    events_of,
    request_of,
    state_of,
)
from datarequests.tables import DataRequest, OutgoingMail, RequestEvent
from datarequests.uses import other_uses
from datarequests.validity import validity
from datarequests.viewed import viewed
from datarequests.workflow import ENDED, OPEN, OUT, Event, State
from extractor.base.errors import BillclerkError

CHANNELS = ("fax", "mail", "portal", "email")


class RecordError(BillclerkError):
    """That cannot be recorded so; the message says what is missing."""

    exit_code = 2


@dataclass(frozen=True)
class Told:
    """Who says that something happened, when, and by what that is known."""

    who: str
    at: dt.datetime
    now: dt.datetime
    why: str | None = None
    evidence: str | None = None
    """Hash of a file that shows it, kept among the originals."""

    def __post_init__(self) -> None:
        """Refuse what has not happened yet.

        Raises:
            RecordError: if it lies in the future.
        """
        if self.at > self.now:
            raise RecordError(f"{self.at:%Y-%m-%d %H:%M %Z} is still to come; record what has happened")

    def of(self, event: Event, detail: Mapping[str, Any] | None = None) -> Happened:
        """Return an event of it, with what it says."""
        said = {**(detail or {}), "why": self.why, "evidence": self.evidence}
        return Happened(event, self.at, self.who, {name: value for name, value in said.items() if value})


def record(
    session: Session, number: int, event: Event, told: Told, detail: Mapping[str, Any] | None = None
) -> RequestEvent | None:
    """Record that something happened to a request.

    Raises:
        IllegalMoveError: if it cannot happen in the state that it is in.
        RecordError: if that would be on a day before what it answers.
        UnknownRequestError: if there is none of that number.
    """
    refuse_too_early(session, number, event, told)
    return add(session, number, told.of(event, detail), told.now)


_OF_WHAT_IS_OUT = frozenset(
    (
        *(
            Event.ACKNOWLEDGED,
            Event.IN_PROCESS,
            Event.CORRECTION_ASKED,
            Event.CORRECTION_SENT,
            Event.CORRECTED,
        ),
        *(
            Event.PROMISED,
            Event.DATA_RECEIVED,
            Event.COMPLETED,
            Event.REJECTED,
            Event.TIMED_OUT,
            Event.RESENT,
        ),
    )
)
"""What cannot have happened before the request went out."""


def refuse_too_early(session: Session, number: int, event: Event, told: Told) -> None:
    """Refuse a day, if one was said, that lies before the request went out or the correction was asked."""
    if event not in _OF_WHAT_IS_OUT or told.at == told.now:  # now is now, wherever the computer's clock is
        return
    one = viewed(session, request_of(session, number), told.now)
    begun = [one.events[at].occurred_at for at, each in one.turned if each is Turn.START][:1]
    what = "went out"
    if event is Event.CORRECTION_SENT:
        asked = [row.occurred_at for row in one.events if row.event == Event.CORRECTION_ASKED]
        begun, what = (asked[-1:], "was to be corrected") if asked else (begun, what)
    zone = one.counterparty.zone
    day = told.at.astimezone(zone).date()
    for moment in begun:
        if day < (first := moment.astimezone(zone).date()):
            raise RecordError(f"request {number} {what} on {first}; {event} cannot have been on {day}")


def sent(session: Session, number: int, by: str, told: Told) -> Event:
    """Record that a request went out by fax, post or portal, or that a person mailed the file of it.

    Its clock starts, by what is known now.

    One that is out already was sent once more: its clock goes on as it was. Return which of both it was.

    Raises:
        IllegalMoveError: if it was not checked, or cannot go out in the state that it is in.
        RecordError: if its authorization did not hold on that day, or was used up.
        UnknownRequestError: if there is none of that number.
    """
    request = request_of(session, number)
    if by == "email":
        _mailed_by_hand(session, number, told.at)
    if state_of(events_of(session, number)) in OPEN:
        record(session, number, Event.RESENT, told, {"by": by})
        return Event.RESENT
    _refuse_unauthorized(session, request, told)
    one = desk(session, request.counterparty)
    record(session, number, Event.SENT, told, {"by": by, "counterparty": one.version})
    used(session, one, told.who, told.now)
    return Event.SENT


def _refuse_unauthorized(session: Session, request: DataRequest, told: Told) -> None:
    """Refuse what cannot have gone out under a request's authorization, or must not have."""
    if request.authorization_id is None:
        return
    paper = authorization_of(session, request.authorization_id)
    day = told.at.astimezone(desk(session, request.counterparty).zone).date()
    found = validity(paper, authorization_events_of(session, paper.id or 0), day)
    why = None
    if paper.executed_on is not None and day < paper.executed_on:
        why = f"was executed on {paper.executed_on}, after that"
    elif not found.holds:
        why = f"is {found.word}{f' since {found.last}' if found.word == 'expired' else ''}"
    elif paper.duration == "one_time" and other_uses(session, request).any:
        why = "is good for one request, and another went out under it, or may have"
    if why is not None:
        raise RecordError(
            f"request {request.id} cannot have gone out on {day}: its authorization {paper.id} {why};"
            f" what happened all the same is said by `billclerk request override {request.id} sent --why`"
        )


def _mailed_by_hand(session: Session, number: int, at: dt.datetime) -> None:
    """Have a message that lay in a file count as sent: answers to it are found by its Message-ID."""
    asked = select(OutgoingMail).where(
        OutgoingMail.request_id == number, OutgoingMail.kind == "request", OutgoingMail.state == "written"
    )
    for row in session.exec(asked).all():
        row.state, row.sent_at, row.answer = "sent", at, "by hand, as a person says"
        session.add(row)


def promise(session: Session, number: int, date: dt.date, told: Told) -> None:
    """Record the day by which an answer was promised: until it has passed nobody is reminded.

    Raises:
        IllegalMoveError: if the request is not out.
        RecordError: if the day lies before the promise.
        UnknownRequestError: if there is none of that number.
    """
    zone = desk(session, request_of(session, number).counterparty).zone
    if date < told.at.astimezone(zone).date():
        raise RecordError(f"{date} lies before the promise; say the day by which an answer was promised")
    record(session, number, Event.PROMISED, told, {"date": date.isoformat()})


def assign(session: Session, number: int, manager: str, known: Container[str], told: Told) -> None:
    """Give a request to a manager of the roster.

    Raises:
        RecordError: if the roster does not know the manager.
        UnknownRequestError: if there is none of that number.
    """
    if manager not in known:
        raise RecordError(f"the roster has no manager {manager!r}; `billclerk accounts import` takes one in")
    request = request_of(session, number)
    record(session, number, Event.ASSIGNED, told, {"manager": manager, "was": request.manager})
    request.manager = manager
    session.add(request)
    session.flush()


def withdraw(session: Session, number: int, told: Told) -> None:
    """Withdraw a request: what of it waits to go out is taken back.

    Raises:
        IllegalMoveError: if it has ended.
        RecordError: if it is being sent at this moment.
        UnknownRequestError: if there is none of that number.
    """
    record(session, number, Event.CANCELLED, told)
    if not taken_back(session, number):
        raise RecordError(f"request {number} is being sent at this moment; try again in a few minutes")


def taken_back(session: Session, number: int) -> bool:
    """Take back what of a request waits in the outbox; tell whether nothing of it is on its way."""
    asked = select(OutgoingMail).where(
        OutgoingMail.request_id == number, col(OutgoingMail.state).in_(("draft", "queued", "sending"))
    )
    rows = session.exec(asked).all()
    if any(row.state == "sending" for row in rows):
        return False
    for row in rows:
        row.state = "cancelled"
        session.add(row)
    session.flush()
    return True


def time_out(session: Session, number: int, told: Told) -> None:
    """Record that nothing is expected any more: a person confirms what was proposed, or says why.

    Raises:
        IllegalMoveError: if nothing is waited for.
        RecordError: if no time-out was proposed and no reason is given.
        UnknownRequestError: if there is none of that number.
    """
    one = viewed(session, request_of(session, number), told.now)
    if told.why is None and not any(row.event == Event.TIME_OUT_PROPOSED for row in one.this_start):
        raise RecordError(f"no time-out of request {number} was proposed; say by --why why it has timed out")
    record(session, number, Event.TIMED_OUT, told)
    taken_back(session, number)


def override(session: Session, number: int, state: State, told: Told) -> None:
    """Say what a request is, whatever happened; its clock follows (`workflow.turns_of`).

    What is said to be out gets a clock if it has none, by what is known now; what is said to have ended waits
    for nothing more in the outbox.

    Raises:
        RecordError: if no reason is given.
        UnknownRequestError: if there is none of that number.
    """
    if told.why is None:
        raise RecordError("an override needs a reason; say it by --why")
    one = viewed(session, request_of(session, number), told.now)
    detail = {"state": state.value}
    if state in OUT and one.clock is None:
        latest = desk(session, one.counterparty.key)
        used(session, latest, told.who, told.now)
        detail["counterparty"] = latest.version
    record(session, number, Event.OVERRIDDEN, told, detail)
    if state in ENDED:
        taken_back(session, number)


def rebase(session: Session, number: int, told: Told) -> bool:
    """Let a clock count by what is known of the counterparty now; tell whether that is something else.

    Raises:
        IllegalMoveError: if the request is not out.
        UnknownRequestError: if there is none of that number.
    """
    one = viewed(session, request_of(session, number), told.now)
    latest = desk(session, one.counterparty.key)
    if latest.version == one.counterparty.version:
        return False
    detail = {"counterparty": latest.version, "was": one.counterparty.version}
    record(session, number, Event.REBASED, told, detail)
    used(session, latest, told.who, told.now)
    return True


POSSIBLE: Mapping[State, tuple[str, ...]] = {
    State.COMPLETED: ("close it: billclerk request close {0}",),
    State.REJECTED: (
        "send it again under a new authorization: billclerk request move {0} --authorization NUMBER",
        "correct it and draft it again: billclerk request draft",
        "close it: billclerk request close {0}",
    ),
    State.TIMED_OUT: (
        "send it again: billclerk request resend {0}",
        "record that it was sent another way: billclerk request sent {0} --by fax",
        "send it under a new authorization: billclerk request move {0} --authorization NUMBER",
        "correct it and draft it again: billclerk request draft",
        "record what arrives late: billclerk request receive {0} FILE",
        "close it: billclerk request close {0}",
    ),
    State.CANCELLED: (
        "record what arrives all the same: billclerk request receive {0} FILE",
        "close it: billclerk request close {0}",
    ),
    State.BOUNCED: (
        "correct the address and send it again: billclerk request resend {0}",
        "record that it was sent another way: billclerk request sent {0} --by fax",
    ),
    State.CORRECTION_NEEDED: ("record what was sent: billclerk request correct {0} --sent",),
    State.BLOCKED: (
        "move it to an authorization that holds: billclerk request move {0} --authorization NUMBER",
        "withdraw it: billclerk request withdraw {0}",
    ),
}
"""What a state makes possible next, {0} being the request's number."""


def possible(state: State, number: int) -> tuple[str, ...]:
    """Return what can be done of a request in a state, each with its command."""
    return tuple(one.format(number) for one in POSSIBLE.get(state, ()))
