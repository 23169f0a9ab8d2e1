"""A request as one line of a report: what account managers ask of it, each value on its own.

Values that rest on something nobody has published are named with their source, so that a report marks them.
A request whose dates cannot be worked out (a calendar that ends) keeps its line, with the reason as a flag.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from datarequests.attention import Attention, Step, attention, has_draft, level, next_step, times_out, whose
from datarequests.authorization_flow import HOLDS
from datarequests.calendars import CalendarEndsError
from datarequests.clock import Clock
from datarequests.explained import MARK, explained
from datarequests.people import People
from datarequests.received import item_words
from datarequests.reminders import Rules
from datarequests.viewed import Viewed
from datarequests.workflow import Event, Side, State

MESSAGES: Mapping[Event, str] = {
    Event.SENT: "sent",
    Event.RESENT: "sent once more",
    Event.BOUNCED: "came back",
    Event.DELIVERY_DELAYED: "delivery delayed",
    Event.AUTO_REPLY: "automatic reply",
    Event.ACKNOWLEDGED: "acknowledged",
    Event.IN_PROCESS: "in process",
    Event.CORRECTION_ASKED: "correction asked",
    Event.CORRECTION_SENT: "correction sent",
    Event.CORRECTED: "corrected request sent",
    Event.PROMISED: "date promised",
    Event.DATA_RECEIVED: "part received",
    Event.COMPLETED: "last part received",
    Event.REJECTED: "rejected",
    Event.FOLLOW_UP_SENT: "follow-up sent",
}
"""What is said between us and a counterparty."""

OF_ONE = frozenset((State.BOUNCED, State.SEND_UNKNOWN, State.SEND_FAILED))
"""States that are flags of their own."""


@dataclass(frozen=True)
class Line:
    """A request in a report."""

    request: int
    customer: str
    customer_name: str
    counterparty: str
    manager: str
    service_accounts: str
    options: str
    channel: str
    state: str
    turn: str
    received: int
    asked: int
    missing: str
    last_message: str
    last_message_on: dt.date | None
    level: int
    case: str
    promised: dt.date | None
    authorization: str
    authorization_expires: dt.date | None
    fee_low: Decimal | None
    fee_high: Decimal | None
    next_action: str
    next_date: dt.date | None
    attention: Attention
    flags: tuple[str, ...]
    sent: dt.date | None = None
    elapsed: int | None = None
    allowed: int | None = None
    earliest: dt.date | None = None
    latest: dt.date | None = None
    past: int | None = None
    """Business days since the latest day."""
    term: str = ""
    """`expected window` or `internal target`, marked where it is assumed."""
    computed: str = ""
    """How the dates came about, in short."""
    explanation: tuple[str, ...] = ()
    """How, day by day."""
    sources: Mapping[str, bool] | None = None
    """What the dates rest on; True where it is only assumed."""

    @property
    def assumed(self) -> bool:
        """Whether a date rests on something that nobody has published."""
        return any((self.sources or {}).values())


def line_of(one: Viewed, rules: Rules, people: People, pending: Mapping[int, str]) -> Line:
    """Return a request's line; `pending` says what mail waits for a person, by number of request."""
    try:
        step, urgency, flags = next_step(one, rules), attention(one), tuple(_flags(one, pending))
        found = _plain(one, people, step, urgency, flags)
        return found if one.clock is None else _dated(found, one, one.clock)
    except CalendarEndsError as error:
        flags = (str(error),)
        return _plain(one, people, Step("bring the calendar up to date"), Attention.OURS, flags)


def _plain(one: Viewed, people: People, step: Step, urgency: Attention, flags: tuple[str, ...]) -> Line:
    said = [event for event in one.events if Event(event.event) in MESSAGES]
    last = said[-1] if said else None
    by = [event.detail["by"] for event in one.events if event.detail.get("by")]
    low, high = _fees(one)
    found = one.validity
    return Line(
        request=one.number,
        customer=one.request.customer,
        customer_name=people.customer(one.request.customer),
        counterparty=one.counterparty.key.upper(),
        manager=people.manager(one.manager),
        service_accounts=", ".join(dict.fromkeys(item.service_account for item in one.items)),
        options=", ".join(dict.fromkeys(item.option for item in one.items)),
        channel=by[-1] if by else one.request.channel,
        state=str(one.state),
        turn=_turn(one),
        received=one.received,
        asked=len(one.items),
        missing="; ".join(item_words(item) for item in one.missing),
        last_message=MESSAGES[Event(last.event)] if last else "",
        last_message_on=last.occurred_at.astimezone(one.counterparty.zone).date() if last else None,
        level=level(one),
        case=one.case or "",
        promised=one.promised,
        authorization=found.word if found is not None else "none",
        authorization_expires=found.last if found is not None and found.state in HOLDS else None,
        fee_low=low,
        fee_high=high,
        next_action=step.words,
        next_date=step.day,
        attention=urgency,
        flags=flags,
    )


def _turn(one: Viewed) -> str:
    side = whose(one)
    return one.counterparty.key.upper() if side is Side.COUNTERPARTY else str(side)


def _fees(one: Viewed) -> tuple[Decimal | None, Decimal | None]:
    """Return the range of the fees as last estimated, in dollars; an open end is None."""
    found = [event for event in one.events if event.event == Event.FEE_ESTIMATED]
    if not found:
        return None, None
    high = found[-1].detail.get("high")
    return found[-1].amount, None if high is None else Decimal(high)


def _dated(line: Line, one: Viewed, clock: Clock) -> Line:
    """Return a line with the dates of its clock."""
    window = clock.window
    sources = dict(_sources(one, clock))
    term = "internal target" if window.is_target else "expected window"
    return replace(
        line,
        sent=clock.started.astimezone(window.zone).date(),
        elapsed=clock.elapsed(one.today),
        allowed=window.latest,
        earliest=clock.earliest,
        latest=clock.latest,
        past=clock.days_past(one.today) if one.is_past else 0,
        term=f"{term}{MARK if window.assumed else ''}",
        computed=_computed(clock),
        explanation=tuple(explained(clock, one.today)),
        sources=sources,
    )


def _computed(clock: Clock) -> str:
    window = clock.window
    said = f"{window.earliest} to {window.latest} business days after {clock.day_zero}"
    names = Counter(closed.name for closed in clock.skipped())
    weekend = names.pop("Saturday", 0) + names.pop("Sunday", 0)
    without = [*([f"{weekend} weekend days"] if weekend else []), *names]
    paused = "; stands still, a correction is waited for" if clock.is_paused else ""
    return said + (f", without {', '.join(without)}" if without else "") + paused


def _sources(one: Viewed, clock: Clock) -> Iterator[tuple[str, bool]]:
    """Give what the dates rest on, and whether that is only assumed."""
    window, calendar = clock.window, clock.calendar
    if window.source:
        yield window.source, window.assumed
    if window.cutoff is not None:
        cutoff = one.counterparty.known.cutoff.source
        yield cutoff.text, cutoff.assumed
    if calendar.weekdays_source:
        yield calendar.weekdays_source, calendar.weekdays_assumed
    for closed in clock.skipped():
        if closed.source:
            yield closed.source, closed.assumed


def redirected_to(one: Viewed) -> str | None:
    """Return to whom a request's mail went instead of its counterparty, None if it did not."""
    gone = [each for each in one.this_start if each.event in (Event.SENT, Event.RESENT, Event.CORRECTED)]
    return gone[-1].detail.get("redirected_to") if gone else None


def _flags(one: Viewed, pending: Mapping[int, str]) -> Iterator[str]:
    if one.state in OF_ONE:
        yield str(one.state).replace("_", " ")
    if (instead := redirected_to(one)) is not None:
        yield f"went to {instead} instead, as on a test system"
    if times_out(one):
        yield "time-out proposed"
    if has_draft(one):
        yield "follow-up waits for release"
    if one.number in pending:
        yield pending[one.number]
    if one.promised is not None and one.is_open and one.today > one.promised:
        yield f"promised for {one.promised}, not kept"
    found = one.validity
    if found is not None and one.is_open:
        if not found.holds:
            yield f"authorization {found.word}"
        elif found.expires_soon:
            yield f"authorization expires in {found.days_left} days"
    if not one.manager:
        yield "nobody looks after it"
    if one.clock is not None and any(assumed for _, assumed in _sources(one, one.clock)):
        yield "assumed dates"
