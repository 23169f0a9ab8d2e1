"""How often an authorization was used: requests that went out under it, and those that may have.

A request counts for the authorization that it was under when it went out, be it that it was moved to another
one since. One of which nobody knows whether it arrived may have used it up, until that is settled.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from datarequests.history import under_before
from datarequests.tables import DataRequest, OutgoingMail, RequestEvent
from datarequests.workflow import OUT, Event, State


@dataclass(frozen=True)
class Uses:
    """Other requests under the authorization of one, by number."""

    sent: frozenset[int]
    in_doubt: frozenset[int]
    """Nobody knows whether these arrived, or they are being given to the server."""

    @property
    def any(self) -> bool:
        """Whether it was used, or may have been."""
        return bool(self.sent or self.in_doubt)


def other_uses(session: Session, request: DataRequest) -> Uses:
    """Return by which other requests the authorization of one was used."""
    number = request.authorization_id
    if number is None:
        return Uses(frozenset(), frozenset())
    asked = select(DataRequest).where(
        DataRequest.customer == request.customer,
        DataRequest.counterparty == request.counterparty,
        col(DataRequest.id) != request.id,
    )
    others = {one.id or 0: one for one in session.exec(asked)}
    sent, in_doubt = set[int](), set[int]()
    for each, events in _events(session, others).items():
        went, doubtful = _uses_of(others[each], events, number)
        sent |= {each} if went else set()
        in_doubt |= {each} if doubtful else set()
    given = select(OutgoingMail.request_id).where(
        col(OutgoingMail.request_id).in_(others),
        OutgoingMail.kind == "request",
        OutgoingMail.state == "sending",
        col(OutgoingMail.given_at).is_not(None),
    )
    in_doubt |= {each for each in session.exec(given) if each and others[each].authorization_id == number}
    return Uses(frozenset(sent), frozenset(in_doubt - sent))


def _events(session: Session, requests: Iterable[int]) -> dict[int, list[RequestEvent]]:
    asked = select(RequestEvent).where(col(RequestEvent.request_id).in_(requests))
    found: dict[int, list[RequestEvent]] = {}
    for one in session.exec(asked.order_by(col(RequestEvent.request_id), col(RequestEvent.number))):
        found.setdefault(one.request_id, []).append(one)
    return found


def _uses_of(request: DataRequest, events: Sequence[RequestEvent], authorization: int) -> tuple[bool, bool]:
    """Tell whether a request went out under an authorization, and whether it may have, last of all."""
    went = doubtful = False
    for at, one in enumerate(events):
        is_under = under_before(request, events[at + 1 :]) == authorization
        match Event(one.event):
            case Event.SENT:
                went, doubtful = went or is_under, False
            case Event.SEND_UNKNOWN:
                doubtful = is_under
            case Event.SEND_FAILED | Event.BOUNCED:
                doubtful = False
            case Event.OVERRIDDEN if State(one.detail["state"]) in OUT:
                went, doubtful = went or is_under, False
            case _:
                pass
    return went, doubtful
