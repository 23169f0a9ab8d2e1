"""What is not out yet is held when its authorization does not hold: at once, and by each tick.

What is being given to a server at this moment is not taken back: it is out in a moment.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import NamedTuple

from sqlmodel import Session, col, select

from datarequests.authorization_flow import NEVER_MORE, AuthorizationEvent
from datarequests.history import Happened, add, add_to_authorization, request_of
from datarequests.outside import taken_back
from datarequests.tables import DataRequest
from datarequests.viewed import Viewed, viewed
from datarequests.workflow import NOT_SENT, Event, State


class Held(NamedTuple):
    """A request that may not go, and why."""

    number: int
    why: str


def hold(one: Viewed) -> str | None:
    """Return why a request that is not out yet may not go, None where nothing is against it."""
    if one.state not in NOT_SENT - {State.BLOCKED} or one.validity is None:
        return None
    if one.validity.state in NEVER_MORE or one.validity.is_expired:
        until = f" since {one.validity.last}" if one.validity.word == "expired" else ""
        return f"its authorization {one.request.authorization_id} is {one.validity.word}{until}"
    return None


def held(session: Session, number: int, who: str, now: dt.datetime) -> Held | None:
    """Hold a request if it may not go; None if it may, or is being sent at this moment."""
    why = hold(viewed(session, request_of(session, number), now))
    if why is None or not taken_back(session, number):
        return None
    add(session, number, Happened(Event.BLOCKED, now, who, {"why": why}), now)
    return Held(number, why)


def all_held(session: Session, authorization: int, who: str, now: dt.datetime) -> tuple[Held, ...]:
    """Hold the requests under an authorization that may not go any more."""
    asked = select(DataRequest.id).where(DataRequest.authorization_id == authorization)
    numbers = session.exec(asked.order_by(col(DataRequest.id))).all()
    found = [held(session, number or 0, who, now) for number in numbers]
    return tuple(one for one in found if one is not None)


def happened(
    session: Session,
    authorization: int,
    event: AuthorizationEvent,
    who: str,
    at: dt.datetime,
    now: dt.datetime,
    detail: Mapping[str, str] | None = None,
) -> tuple[Held, ...]:
    """Record that something happened to an authorization; return the requests that are held by it, at once.

    Raises:
        IllegalMoveError: if it cannot happen in the state that the authorization is in.
        UnknownRequestError: if there is no such authorization.
    """
    add_to_authorization(session, authorization, event, who, at, now, detail)
    return all_held(session, authorization, who, now)
