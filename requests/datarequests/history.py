"""What happened to requests and authorizations: events are added here and nowhere else.

Each event is numbered within its request without a gap, in the transaction that also writes what belongs to
it (a message for the outbox, an item that arrived). Two programs that add at once cannot both be next. What
happens only once in a request's life (a reminder of a level) has a name for that, and is not added again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlmodel import Session, col, select

from datarequests.authorization_flow import AuthorizationEvent, AuthorizationState, authorization_after
from datarequests.tables import Authorization, AuthorizationEventRow, DataRequest, RequestEvent, RequestItem
from datarequests.workflow import Event, State, after
from extractor.base.errors import BillclerkError


class UnknownRequestError(BillclerkError):
    """There is no request or authorization of that number; `billclerk request list` shows those there are."""

    exit_code = 2


class NobodyError(BillclerkError):
    """Every event names who says so; name somebody by --who."""

    exit_code = 2


@dataclass(frozen=True)
class Happened:
    """An event to be added."""

    event: Event
    at: dt.datetime
    """When it happened."""
    who: str
    """A person's name or key, or `billclerk` for what the program does by itself."""
    detail: Mapping[str, Any] = field(default_factory=dict)
    message_id: str | None = None
    once: str | None = None
    amount: Decimal | None = None
    """Dollars."""


def request_of(session: Session, number: int) -> DataRequest:
    """Return a request.

    Raises:
        UnknownRequestError: if there is none of that number.
    """
    found = session.get(DataRequest, number)
    if found is None:
        raise UnknownRequestError(
            f"there is no request {number}; `billclerk request list` shows those there are"
        )
    return found


def authorization_of(session: Session, number: int) -> Authorization:
    """Return an authorization.

    Raises:
        UnknownRequestError: if there is none of that number.
    """
    found = session.get(Authorization, number)
    if found is None:
        raise UnknownRequestError(
            f"there is no authorization {number}; `billclerk authorizations list` shows those there are"
        )
    return found


def events_of(session: Session, request: int) -> Sequence[RequestEvent]:
    """Return the events of a request, in their order."""
    asked = select(RequestEvent).where(RequestEvent.request_id == request)
    return session.exec(asked.order_by(col(RequestEvent.number))).all()


def items_of(session: Session, request: int) -> Sequence[RequestItem]:
    """Return what is asked for, in its order."""
    asked = select(RequestItem).where(RequestItem.request_id == request)
    return session.exec(asked.order_by(col(RequestItem.id))).all()


def state_of(events: Sequence[RequestEvent]) -> State:
    """Return what a request is, by its events."""
    state = State.DRAFT
    for one in events:
        event = Event(one.event)
        if event is Event.OVERRIDDEN:
            state = State(one.detail["state"])
        elif event is not Event.DRAFTED:
            state = after(state, event)
    return state


def is_move(one: RequestEvent) -> bool:
    """Tell whether an event took a request from one authorization to another."""
    return one.event in (Event.CHANGED, Event.UNBLOCKED) and "authorization" in one.detail


def under_before(request: DataRequest, later: Iterable[RequestEvent]) -> int | None:
    """Return under which authorization a request was before events that came later."""
    for one in later:
        if is_move(one):
            was: int | None = one.detail.get("was")
            return was
    return request.authorization_id


def named(who: str) -> str:
    """Return who says something.

    Raises:
        NobodyError: if that is nobody.
    """
    if not who.strip():
        raise NobodyError("say who says so, by --who: every event names somebody")
    return who.strip()


def add(session: Session, request: int, what: Happened, now: dt.datetime) -> RequestEvent | None:
    """Add an event to a request; None if it is one that happens only once, and has.

    Raises:
        IllegalMoveError: if it cannot happen in the state that the request is in.
        NobodyError: if nobody says so.
        UnknownRequestError: if there is no such request.
    """
    request_of(session, request)
    who = named(what.who)
    events = events_of(session, request)
    if what.once is not None and any(one.once == what.once for one in events):
        return None
    if what.event not in (Event.DRAFTED, Event.OVERRIDDEN):
        after(state_of(events), what.event)
    row = RequestEvent(
        request_id=request,
        number=len(events) + 1,
        event=what.event,
        occurred_at=what.at,
        recorded_at=now,
        who=who,
        message_id=what.message_id,
        once=what.once,
        amount=what.amount,
        detail=dict(what.detail),
    )
    session.add(row)
    session.flush()
    return row


def authorization_events_of(session: Session, authorization: int) -> Sequence[AuthorizationEventRow]:
    """Return the events of an authorization, in their order."""
    asked = select(AuthorizationEventRow).where(AuthorizationEventRow.authorization_id == authorization)
    return session.exec(asked.order_by(col(AuthorizationEventRow.number))).all()


def authorization_state_of(events: Sequence[AuthorizationEventRow]) -> AuthorizationState:
    """Return what an authorization is, by its events; whether it has expired depends on the day."""
    state = AuthorizationState.DRAFT
    for one in events:
        event = AuthorizationEvent(one.event)
        if event is not AuthorizationEvent.DRAFTED:
            state = authorization_after(state, event)
    return state


def add_to_authorization(
    session: Session,
    authorization: int,
    event: AuthorizationEvent,
    who: str,
    at: dt.datetime,
    now: dt.datetime,
    detail: Mapping[str, Any] | None = None,
) -> AuthorizationEventRow:
    """Add an event to an authorization.

    Raises:
        IllegalMoveError: if it cannot happen in the state that the authorization is in.
        NobodyError: if nobody says so.
        UnknownRequestError: if there is no such authorization.
    """
    authorization_of(session, authorization)
    events = authorization_events_of(session, authorization)
    if event is not AuthorizationEvent.DRAFTED:
        authorization_after(authorization_state_of(events), event)
    row = AuthorizationEventRow(
        authorization_id=authorization,
        number=len(events) + 1,
        event=event,
        occurred_at=at,
        recorded_at=now,
        who=named(who),
        detail=dict(detail or {}),
    )
    session.add(row)
    session.flush()
    return row
