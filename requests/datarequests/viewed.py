"""A request as it stands on a day: its state, clock, turn and next step, worked out from its events.

Nothing of this is stored. The clock counts by the version of the counterparty's file that the `sent` event
names, until a `rebased` event names another one; so an old report is the same when it is made again, from
what was recorded by then.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlmodel import Session, col, select

from datarequests.clock import Clock, Moment, Turn, clock_of
from datarequests.counterparties import Counterparty
from datarequests.history import state_of, under_before
from datarequests.rows import AT_ONCE, Rows, rows_of
from datarequests.tables import Authorization, DataRequest, RequestEvent, RequestItem
from datarequests.validity import Validity, validity
from datarequests.workflow import (
    ANYTIME,
    ENDED,
    IN_A_FILE,
    NEXT,
    NOT_SENT,
    UNAUTHORIZED,
    Event,
    Side,
    State,
    turn,
    turns_of,
)


@dataclass(frozen=True)
class Viewed:
    """A request on a day."""

    request: DataRequest
    items: Sequence[RequestItem]
    events: Sequence[RequestEvent]
    counterparty: Counterparty
    """As the clock counts by."""
    authorization: Authorization | None
    validity: Validity | None
    now: dt.datetime
    manager: str | None = None
    """The key of who looks after it."""
    is_written: bool = False
    """Whether its message was put into a file, as mail is not live."""
    has_held_letter: bool = False
    """Whether a letter to the manager waits for a person to release it."""

    @property
    def number(self) -> int:
        """The request's number."""
        return self.request.id or 0

    @property
    def today(self) -> dt.date:
        """The day at the counterparty's."""
        return self.now.astimezone(self.counterparty.zone).date()

    @cached_property
    def state(self) -> State:
        """What it is."""
        return state_of(self.events)

    @cached_property
    def clock(self) -> Clock | None:
        """Its clock, None while it has not been sent."""
        moments = [Moment(turn, self.events[at].occurred_at) for at, turn in self.turned]
        if not moments:
            return None
        options = {item.option for item in self.items}
        on = moments[0].at.astimezone(self.counterparty.zone).date()
        return clock_of(moments, self.counterparty.window(on, options), self.counterparty.calendar)

    @cached_property
    def turned(self) -> tuple[tuple[int, Turn], ...]:
        """What turned its clock: places in its events; an override may start one that never ran."""
        found: list[tuple[int, Turn]] = []
        has_one = False
        for at, one in enumerate(self.events):
            to = State(one.detail["state"]) if one.event == Event.OVERRIDDEN else None
            for each in turns_of(Event(one.event), to):
                is_first = each is Turn.RESUME and not has_one
                found.append((at, Turn.START if is_first else each))
                has_one = each is not Turn.RESET and (has_one or each in (Turn.START, Turn.RESUME))
        return tuple(found)

    @property
    def is_authorized(self) -> bool:
        """Whether its authorization holds; where none is needed yet, it does not stand in the way."""
        return self.validity is not None and self.validity.holds

    @property
    def is_closed(self) -> bool:
        """Whether it has ended, and a person said that nothing more is to be done."""
        moving = [one.event for one in self.events if one.event not in ANYTIME]
        return bool(moving) and moving[-1] == Event.CLOSED

    @property
    def side(self) -> Side:
        """Whose turn it is."""
        return Side.NOBODY if self.is_closed else turn(self.state, self.is_authorized)

    @property
    def lies_in_a_file(self) -> bool:
        """Whether it does not go out by itself, as mail is not live."""
        return self.state is State.QUEUED and self.is_written

    @property
    def next_step(self) -> str:
        """What makes it go on."""
        if self.lies_in_a_file:
            return IN_A_FILE
        if self.is_closed:
            return "nothing"
        is_waiting = self.state in NOT_SENT - {State.BLOCKED} and not self.is_authorized
        return UNAUTHORIZED if is_waiting else NEXT[self.state]

    @property
    def is_open(self) -> bool:
        """Whether anything is still to come."""
        return self.state not in ENDED

    @property
    def is_past(self) -> bool:
        """Whether the window has passed without an answer; of a target of our own, that it has."""
        return self.clock is not None and self.is_open and self.clock.is_past(self.today)

    @property
    def is_overdue(self) -> bool:
        """Whether it is past a window that the counterparty can be held to; a target of our own is none."""
        return self.is_past and self.clock is not None and not self.clock.window.is_target

    @property
    def received(self) -> int:
        """How many items have arrived."""
        return sum(item.received_at is not None for item in self.items)

    @property
    def missing(self) -> Sequence[RequestItem]:
        """The items that have not arrived."""
        return [item for item in self.items if item.received_at is None]

    @property
    def starts(self) -> int:
        """How often its clock started."""
        return sum(each is Turn.START for _, each in self.turned)

    @property
    def this_start(self) -> Sequence[RequestEvent]:
        """What happened since its clock started last."""
        at = [i for i, each in self.turned if each is Turn.START]
        return self.events[at[-1] :] if at else ()

    @property
    def promised(self) -> dt.date | None:
        """The day that the counterparty promised last, since the clock started."""
        days = [one.detail.get("date") for one in self.this_start if one.event == Event.PROMISED]
        return dt.date.fromisoformat(days[-1]) if days and days[-1] else None

    @property
    def case(self) -> str | None:
        """The number that the counterparty gave it."""
        numbers = [one.detail.get("case") for one in self.events if one.detail.get("case")]
        return numbers[-1] if numbers else None


def viewed(
    session: Session, request: DataRequest, now: dt.datetime, recorded_by: dt.datetime | None = None
) -> Viewed:
    """Return a request as it stands at a moment, by what was recorded until then, or by all there is."""
    return _viewed(request, rows_of(session, [request]), now, recorded_by)


def all_viewed(
    session: Session,
    now: dt.datetime,
    customers: Iterable[str] = (),
    managers: Iterable[str] = (),
    recorded_by: dt.datetime | None = None,
) -> Iterator[Viewed]:
    """Give requests as they stand at a moment, by number; of some customers or managers, or all."""
    asked = select(DataRequest).order_by(col(DataRequest.id))
    if customers := list(customers):
        asked = asked.where(col(DataRequest.customer).in_(customers))
    managers = list(managers)
    requests = [
        one for one in session.exec(asked).all() if recorded_by is None or one.created_at <= recorded_by
    ]
    for one in each_viewed(session, requests, now, recorded_by):
        if not managers or one.manager in managers:
            yield one


def each_viewed(
    session: Session,
    requests: Sequence[DataRequest],
    now: dt.datetime,
    recorded_by: dt.datetime | None = None,
) -> Iterator[Viewed]:
    """Give some requests as they stand at a moment, in their order."""
    for first in range(0, len(requests), AT_ONCE):
        some = requests[first : first + AT_ONCE]
        rows = rows_of(session, some)
        for request in some:
            yield _viewed(request, rows, now, recorded_by)


def _viewed(request: DataRequest, rows: Rows, now: dt.datetime, recorded_by: dt.datetime | None) -> Viewed:
    number = request.id or 0
    every = rows.events[number]
    events = [one for one in every if recorded_by is None or one.recorded_at <= recorded_by]
    later = every[len(events) :]
    versions = [one.detail["counterparty"] for one in events if one.detail.get("counterparty")]
    counterparty = rows.desk(request.counterparty, versions[-1] if versions else None)
    authorization = found = None
    under = under_before(request, later)
    if under is not None:
        authorization = rows.authorizations[under]
        today = now.astimezone(counterparty.zone).date()
        of_it = rows.authorization_events[under]
        known = [one for one in of_it if recorded_by is None or one.recorded_at <= recorded_by]
        found = validity(authorization, known, today)
    items = [_as_of(item, later, recorded_by) for item in rows.items[number]]
    assigned = [one.detail for one in later if one.event == Event.ASSIGNED and "manager" in one.detail]
    manager = assigned[0].get("was") if assigned else request.manager
    # Of these no event says so, so no old report does.
    is_written = recorded_by is None and number in rows.written
    has_held = recorded_by is None and number in rows.held_letters
    return Viewed(
        request, items, events, counterparty, authorization, found, now, manager, is_written, has_held
    )


def _as_of(item: RequestItem, later: Iterable[RequestEvent], recorded_by: dt.datetime | None) -> RequestItem:
    """Return an item as it was: what checked it off later than that has not."""
    if recorded_by is None or item.received_at is None:
        return item
    is_later = item.received_at > recorded_by or any(item.id in one.detail.get("items", ()) for one in later)
    return (
        RequestItem(**item.model_dump() | {"received_at": None, "received_sha256": None})
        if is_later
        else item
    )
