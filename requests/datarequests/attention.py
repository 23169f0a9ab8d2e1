"""What of a request needs attention, whose turn it is, and what comes next: the order of reports.

First what is ours to do, then the customer's, then what a counterparty has not answered in its window, past a
target of our own, soon due, and what only waits.
"""

from __future__ import annotations

import datetime as dt
from enum import IntEnum
from typing import NamedTuple

from datarequests.reminders import Level, Rules, reminders
from datarequests.tables import RequestEvent
from datarequests.viewed import Viewed
from datarequests.workflow import OPEN, UNAUTHORIZED, Event, Side, State

DUE_SOON = 2
"""Business days that are left of a window at which its end is soon."""


class Attention(IntEnum):
    """What needs attention, the most urgent first."""

    OURS = 0
    CUSTOMERS = 1
    PAST_WINDOW = 2
    PAST_TARGET = 3
    DUE_SOON = 4
    WAITING = 5
    DONE = 6


HEADINGS = {
    Attention.OURS: "Our turn",
    Attention.CUSTOMERS: "The customer's turn",
    Attention.PAST_WINDOW: "Past the expected window",
    Attention.PAST_TARGET: "Past our internal target",
    Attention.DUE_SOON: "Due soon",
    Attention.WAITING: "Waiting",
    Attention.DONE: "Done",
}


class Step(NamedTuple):
    """What comes next, and on which day."""

    words: str
    day: dt.date | None = None


_THEN = {
    Level.FOLLOW_UP: "follow up",
    Level.ESCALATION: "tell the manager",
    Level.TIME_OUT: "propose a time-out",
}

_ANSWERS = frozenset((Event.ACKNOWLEDGED, Event.IN_PROCESS, Event.PROMISED, Event.DATA_RECEIVED))

_GONE = ("dropped", "not sent")
"""What notes say of letters that will not go out."""


def attention(one: Viewed) -> Attention:
    """Return what of a request needs attention.

    Raises:
        CalendarEndsError: if the counterparty's calendar does not reach that far.
    """
    side = whose(one)
    if side is Side.NOBODY:
        return Attention.DONE
    if side is Side.US:
        goes_by_itself = one.state is State.QUEUED and not one.lies_in_a_file
        return Attention.WAITING if goes_by_itself else Attention.OURS
    if side is Side.CUSTOMER:
        return Attention.CUSTOMERS
    if one.is_past:
        return Attention.PAST_WINDOW if one.is_overdue else Attention.PAST_TARGET
    return Attention.DUE_SOON if is_due_soon(one) else Attention.WAITING


def is_due_soon(one: Viewed) -> bool:
    """Tell whether the window ends within two business days."""
    clock = one.clock
    if clock is None or one.state not in OPEN or clock.is_paused or one.is_past:
        return False
    return clock.remaining(one.today) <= DUE_SOON


def whose(one: Viewed) -> Side:
    """Return whose turn it is: a letter that waits for its release, or a proposal, is ours."""
    is_ours = times_out(one) or has_draft(one) or one.has_held_letter
    return Side.US if one.state in OPEN and is_ours else one.side


def times_out(one: Viewed) -> bool:
    """Tell whether a time-out was proposed, and nothing came since."""
    return _since(one, Event.TIME_OUT_PROPOSED)


def has_draft(one: Viewed) -> bool:
    """Tell whether a follow-up was drafted that was neither sent nor dropped, and nothing came since."""
    return _since(one, Event.FOLLOW_UP_DRAFTED, Event.FOLLOW_UP_SENT)


def _since(one: Viewed, event: Event, *ends: Event) -> bool:
    """Tell whether something happened since the clock started, and neither its end nor an answer after it."""
    found = [
        each.event
        for each in one.this_start
        if each.event in {event, *ends, *_ANSWERS}
        or (event is Event.FOLLOW_UP_DRAFTED and each.detail.get("what") in _GONE and _is_follow_up(each))
    ]
    return bool(found) and found[-1] == event


def _is_follow_up(event: RequestEvent) -> bool:
    return event.event == Event.NOTE and event.detail.get("kind") == "follow_up"


def level(one: Viewed) -> int:
    """Return how far a request was taken: 1 followed up, 2 with the manager, 3 a time-out proposed."""
    steps = (Event.FOLLOW_UP_DRAFTED, Event.ESCALATED, Event.TIME_OUT_PROPOSED)
    had = {each.event for each in one.this_start}
    return max((at for at, event in enumerate(steps, 1) if event in had), default=0)


def next_step(one: Viewed, rules: Rules) -> Step:
    """Return what comes next, and on which day.

    Raises:
        CalendarEndsError: if the counterparty's calendar does not reach that far.
    """
    if whose(one) is Side.CUSTOMER and one.state is not State.BLOCKED:
        return Step(UNAUTHORIZED)
    if one.state not in OPEN or one.is_closed:
        return Step(one.next_step)
    if times_out(one):
        return Step("confirm the time-out, or record what they say", one.today)
    if has_draft(one):
        return Step("release the follow-up", one.today)
    if one.has_held_letter:
        return Step("release the letter to the manager, or drop it", one.today)
    coming = reminders(one, rules)
    if not coming:
        return Step("wait")
    words, day = _THEN[coming[0].level], coming[0].day
    return Step(words if day <= one.today else f"wait, then {words}", day)
