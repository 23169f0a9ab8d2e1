"""What is due is done: reminders drafted, time-outs proposed, what expires named, what may not go held.

What is due is decided by `due`, `hold` and `expiring`, which only look; it is decided once more inside the
transaction that writes it, alone among writers. So two ticks at once do what one does, and so does a second
one, or one by a clock that went back. One request that is at fault does not stop the others.

Letters wait for a person to release them, unless they may go out by themselves. Reminders come in the hours
in which the counterparty works; what may not be sent any more is held at any hour.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from sqlalchemy import Engine, and_, func
from sqlmodel import Session, col, select

from datarequests.authorization_flow import AuthorizationEvent
from datarequests.desks import desk
from datarequests.history import (
    Happened,
    add,
    add_to_authorization,
    authorization_events_of,
    authorization_of,
    request_of,
)
from datarequests.holding import held, hold
from datarequests.notices import Drafter, kept_nowhere, notice_of
from datarequests.people import People
from datarequests.reminders import Reminder, Rules, in_hours, reminders
from datarequests.tables import Authorization, DataRequest, RequestEvent
from datarequests.validity import Validity, validity
from datarequests.viewed import Viewed, each_viewed, viewed
from datarequests.workflow import Event
from extractor.base.database import reading, writing
from extractor.base.errors import BillclerkError

PROGRAM = "billclerk"
"""Who does what the program does by itself."""

_ENDS = tuple(
    one.value for one in (Event.COMPLETED, Event.CANCELLED, Event.TIMED_OUT, Event.REJECTED, Event.CLOSED)
)
"""After one of these a request has ended."""


@dataclass(frozen=True)
class Ways:
    """What a tick goes by, and by what it writes letters."""

    rules: Rules = field(default_factory=Rules)
    people: People = field(default_factory=People)
    draft: Drafter = kept_nowhere
    release: bool = False
    """Whether letters go out without a person releasing them."""
    templates: Path | None = None
    """A firm's own templates."""


@dataclass(frozen=True)
class Done:
    """What a tick did, or would do."""

    what: str
    """`request` or `authorization`."""
    number: int
    event: str
    said: str
    """In words."""


@dataclass(frozen=True)
class Trouble:
    """What a tick could not do, and why."""

    what: str
    number: int
    message: str


def tick(engine: Engine, ways: Ways, now: dt.datetime, dry_run: bool = False) -> Iterator[Done | Trouble]:
    """Do all that is due at a moment, and tell it; a dry run only tells."""
    with reading(engine) as session:
        every = list(each_viewed(session, _live(session), now))
        papers = [one.id or 0 for one in session.exec(select(Authorization).order_by(col(Authorization.id)))]
    for one in every:
        yield from _apart("request", one.number, partial(_of_request, engine, one, ways, now, dry_run))
    for number in papers:
        yield from _apart(
            "authorization", number, partial(_of_authorization, engine, number, ways, now, dry_run)
        )


def _live(session: Session) -> Sequence[DataRequest]:
    """Return the requests but those that ended last of all: of these nothing can be due."""
    last = (
        select(RequestEvent.request_id, func.max(RequestEvent.number).label("number"))
        .group_by(col(RequestEvent.request_id))
        .subquery()
    )
    ended = (
        select(RequestEvent.request_id)
        .join(
            last,
            and_(
                col(RequestEvent.request_id) == last.c.request_id,
                col(RequestEvent.number) == last.c.number,
            ),
        )
        .where(col(RequestEvent.event).in_(_ENDS))
    )
    asked = select(DataRequest).where(col(DataRequest.id).not_in(ended))
    return session.exec(asked.order_by(col(DataRequest.id))).all()


def due(one: Viewed, rules: Rules) -> tuple[Reminder, ...]:
    """Return the reminders of a request that are due at the moment of the view.

    Raises:
        CalendarEndsError: if the counterparty's calendar does not reach that far.
    """
    found = [each for each in reminders(one, rules) if each.day <= one.today]
    return tuple(found) if found and in_hours(one.counterparty, rules, one.now) else ()


def expiring(found: Validity, rules: Rules) -> bool:
    """Tell whether an authorization expires within the days of the notice."""
    return found.holds and found.days_left is not None and found.days_left <= rules.expiry_notice_days


def _apart(what: str, number: int, do: Callable[[], Iterator[Done]]) -> Iterator[Done | Trouble]:
    try:
        yield from do()
    except BillclerkError as error:
        yield Trouble(what, number, str(error))


def _of_request(engine: Engine, one: Viewed, ways: Ways, now: dt.datetime, dry_run: bool) -> Iterator[Done]:
    if (why := hold(one)) is not None:
        if dry_run:
            yield Done("request", one.number, Event.BLOCKED, why)
        else:
            with writing(engine) as session:
                is_held = held(session, one.number, PROGRAM, now)
            if is_held is not None:
                yield Done("request", one.number, Event.BLOCKED, is_held.why)
    for reminder in due(one, ways.rules):
        if dry_run:
            yield _told(one, reminder)
        else:
            with writing(engine) as session:
                done = _reminded(session, one.number, reminder.once, ways, now)
            yield from done


def _reminded(session: Session, number: int, once: str, ways: Ways, now: dt.datetime) -> list[Done]:
    one = viewed(session, request_of(session, number), now)
    for reminder in due(one, ways.rules):
        if reminder.once == once:
            notice = notice_of(one, reminder.level, ways.people, ways.release, ways.templates)
            message_id = ways.draft(session, notice, now) if notice is not None else None
            detail = {"level": str(reminder.level), "due": str(one.clock.latest) if one.clock else ""}
            happened = Happened(reminder.event, now, PROGRAM, detail, message_id=message_id, once=once)
            add(session, number, happened, now)
            return [_told(one, reminder)]
    return []


def _told(one: Viewed, reminder: Reminder) -> Done:
    assert one.clock is not None
    term = "internal target" if one.clock.window.is_target else "expected window"
    if one.promised is not None and one.promised > (one.clock.latest or one.promised):
        term = f"promise of {one.promised}"
    said = f"{one.counterparty.name}: due {reminder.day}, after the {term}"
    return Done("request", one.number, reminder.event, said)


def _of_authorization(
    engine: Engine, number: int, ways: Ways, now: dt.datetime, dry_run: bool
) -> Iterator[Done]:
    with reading(engine) as session:
        found = _expiring(session, number, ways.rules, now)
    if found is not None and not dry_run:
        with writing(engine) as session:
            found = _expiring(session, number, ways.rules, now)
            if found is not None:
                detail = {"last": str(found.last)}
                event = AuthorizationEvent.EXPIRY_NOTICED
                add_to_authorization(session, number, event, PROGRAM, now, now, detail)
    if found is not None:
        said = f"expires on {found.last}, in {found.days_left} days: have a new one signed"
        yield Done("authorization", number, AuthorizationEvent.EXPIRY_NOTICED, said)


def _expiring(session: Session, number: int, rules: Rules, now: dt.datetime) -> Validity | None:
    """Return how an authorization stands that expires soon, and of which that was not said yet."""
    paper = authorization_of(session, number)
    counterparty = desk(session, paper.counterparty)
    events = authorization_events_of(session, number)
    found = validity(paper, events, now.astimezone(counterparty.zone).date())
    said = any(
        one.event == AuthorizationEvent.EXPIRY_NOTICED and one.detail.get("last") == str(found.last)
        for one in events
    )
    if said or not expiring(found, rules):
        return None
    return found if in_hours(counterparty, rules, now) else None
