"""A request that is not out, or came back, moved to another authorization: a renewed one, say.

It is a draft again, and has to be checked once more. What was sent under the old one stays so in its history.
"""

from __future__ import annotations

import datetime as dt

from sqlmodel import Session

from datarequests.authorization_flow import NEVER_MORE
from datarequests.consents import Seen
from datarequests.desks import desk
from datarequests.drafting import DraftError, Wanted, authorization_for
from datarequests.history import Happened, add, events_of, request_of, state_of
from datarequests.workflow import Event, State


def move(
    session: Session, number: int, authorization: int | None, who: str, now: dt.datetime
) -> tuple[Seen, bool]:
    """Move a request to an authorization, or to the only one that holds; return it, and whether it moved.

    Raises:
        DraftError: if there is no such authorization of the customer, or it does not hold any more.
        IllegalMoveError: if it is out, or has ended for good.
        UnknownRequestError: if there is no such request or authorization.
    """
    request = request_of(session, number)
    wanted = Wanted(request.customer, request.counterparty, authorization)
    to = authorization_for(session, wanted, desk(session, request.counterparty), now)
    if to.validity.state in NEVER_MORE or to.validity.is_expired:
        raise DraftError(f"authorization {to.number} is {to.validity.word}; have a new one signed")
    was = request.authorization_id
    state = state_of(events_of(session, number))
    if was == to.number and state is State.DRAFT:
        return to, False
    event = Event.UNBLOCKED if state is State.BLOCKED else Event.CHANGED
    add(session, number, Happened(event, now, who, {"authorization": to.number, "was": was}), now)
    request.authorization_id = to.number
    session.add(request)
    session.flush()
    return to, True
