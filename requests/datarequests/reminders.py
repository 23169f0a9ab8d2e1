"""When somebody is reminded of a request, each level on its business day after the window.

The levels count from the latest day of the window, or from a promised day that lies after it. Each happens
once for a start of the clock, and once more for a promised day that passed; the name of what happened says
which (`RequestEvent.once`). While the clock stands still, or somebody else than the counterparty has the
turn, there is none.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from datarequests.business_days import ONE_DAY, add_business_days, is_business_day, on_or_after
from datarequests.counterparties import Counterparty
from datarequests.viewed import Viewed
from datarequests.workflow import OPEN, Event


class Level(StrEnum):
    """How far a request has been taken."""

    FOLLOW_UP = "follow_up"
    """A letter to the counterparty."""
    ESCALATION = "escalation"
    """A letter to the manager."""
    TIME_OUT = "time_out"
    """A person is asked whether it has timed out."""


EVENTS = {
    Level.FOLLOW_UP: Event.FOLLOW_UP_DRAFTED,
    Level.ESCALATION: Event.ESCALATED,
    Level.TIME_OUT: Event.TIME_OUT_PROPOSED,
}


@dataclass(frozen=True)
class Rules:
    """When what is due, in business days of the counterparty after its window."""

    follow_up_days: int = 1
    escalate_days: int = 3
    time_out_days: int = 10
    expiry_notice_days: int = 30
    """Days before the last one of an authorization."""
    opens: int = 8
    closes: int = 17
    """Hours of the counterparty's day in which anybody is reminded."""

    def days(self, level: Level) -> int:
        """Return the business days of a level."""
        days = {
            Level.FOLLOW_UP: self.follow_up_days,
            Level.ESCALATION: self.escalate_days,
            Level.TIME_OUT: self.time_out_days,
        }
        return days[level]


@dataclass(frozen=True)
class Reminder:
    """A level of a request, its day, and what it is called so that it happens once."""

    level: Level
    day: dt.date
    once: str

    @property
    def event(self) -> Event:
        """What is recorded of it."""
        return EVENTS[self.level]


def reminders(one: Viewed, rules: Rules) -> tuple[Reminder, ...]:
    """Return the levels of a request that have not been yet, in the order of their days.

    Raises:
        CalendarEndsError: if the counterparty's calendar does not reach that far.
    """
    latest = one.clock.latest if one.clock is not None else None
    if one.state not in OPEN or one.clock is None or one.clock.stopped is not None or latest is None:
        return ()
    promised = one.promised
    is_held = promised is not None and promised > latest
    base = promised if is_held and promised is not None else latest
    suffix = f" promised {promised}" if is_held else ""
    had = {event.once for event in one.events}
    found = [
        Reminder(
            level,
            max(base + ONE_DAY, add_business_days(base, rules.days(level), one.counterparty.calendar)),
            f"{level} {one.starts}{suffix}",
        )
        for level in Level
    ]
    return tuple(sorted((each for each in found if each.once not in had), key=lambda each: each.day))


def in_hours(counterparty: Counterparty, rules: Rules, now: dt.datetime) -> bool:
    """Tell whether a counterparty's office works at a moment.

    Raises:
        CalendarEndsError: if its calendar does not reach that day.
    """
    local = now.astimezone(counterparty.zone)
    is_open = rules.opens <= local.hour < rules.closes
    return is_open and is_business_day(local.date(), counterparty.calendar)


def next_opening(counterparty: Counterparty, rules: Rules, now: dt.datetime) -> dt.datetime | None:
    """Return when a counterparty's office works next; None where it does now.

    Raises:
        CalendarEndsError: if its calendar does not reach that day.
    """
    if in_hours(counterparty, rules, now):
        return None
    local = now.astimezone(counterparty.zone)
    day = local.date() if local.hour < rules.opens else local.date() + ONE_DAY
    opens = dt.datetime.combine(
        on_or_after(day, counterparty.calendar), dt.time(rules.opens), counterparty.zone
    )
    return opens.astimezone(dt.UTC)
