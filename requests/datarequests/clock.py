"""The clock of a data request: when it started, when it stood still, by when an answer is due, and why.

It starts when the counterparty's mail server accepts the complete request (or when a person records that
it went out by fax, post or portal). It stands still while the counterparty waits for a correction from our
side, and goes on with the business days that were left when that is sent. A complete request sent again as
a duplicate does not touch it; a corrected one starts it anew. An answer is late only when the latest day
has passed. All of it is worked out from the moments each time it is asked for, nothing is stored; the day
it is asked for is an argument. Business days are counted as `business_days.py` says.

Moments that were recorded in a wrong order, as by a computer whose clock went back, count by their order:
none of them lies on an earlier day than the one before it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple
from zoneinfo import ZoneInfo

from datarequests.business_days import (
    CUTOFF,
    LOS_ANGELES,
    add_business_days,
    business_days_between,
    received_on,
    skipped_between,
)
from datarequests.calendars import Calendar, Closure


class Turn(StrEnum):
    """What a moment does to the clock."""

    START = "start"
    """A complete request was accepted, or a corrected one."""
    PAUSE = "pause"
    """A correction was asked for."""
    GO_ON = "go_on"
    """What was asked for was sent."""
    STOP = "stop"
    """Everything arrived, or nothing more will."""
    RESUME = "resume"
    """It had not stopped, as a person says: it runs as though it never had, or starts."""
    RESET = "reset"
    """It never went out, as a person says."""


class Moment(NamedTuple):
    """A moment that the clock takes note of."""

    turn: Turn
    at: dt.datetime
    """With its offset."""


@dataclass(frozen=True)
class Window:
    """The business days in which an answer is expected, and how a day is cut."""

    earliest: int
    latest: int
    is_target: bool = False
    """Whether it is a target of our own: past it nothing is overdue."""
    cutoff: dt.time | None = CUTOFF
    zone: ZoneInfo = LOS_ANGELES
    source: str = ""
    assumed: bool = True


class Pause(NamedTuple):
    """Days on which the clock stood still."""

    first: dt.date
    """The day on which the correction was asked for; it counts."""
    last: dt.date | None
    """The business day on which it counts as answered; None while it is not."""


@dataclass(frozen=True)
class Clock:
    """A clock that has started."""

    window: Window
    calendar: Calendar
    started: dt.datetime
    day_zero: dt.date
    pauses: tuple[Pause, ...] = ()
    stopped: dt.date | None = None
    restarts: int = 0
    """How often a corrected request started it anew."""

    @property
    def is_paused(self) -> bool:
        """Whether it stands still, as a correction is waited for from our side."""
        return self.stopped is None and bool(self.pauses) and self.pauses[-1].last is None

    @cached_property
    def earliest(self) -> dt.date | None:
        """The first day on which an answer is expected; None while the clock stands still."""
        return self._due(self.window.earliest)

    @cached_property
    def latest(self) -> dt.date | None:
        """The last day of the window; None while the clock stands still."""
        return self._due(self.window.latest)

    def elapsed(self, today: dt.date) -> int:
        """Return the business days that count, up to and with a day, or until the clock stopped."""
        until = today if self.stopped is None else min(today, self.stopped)
        return sum(
            business_days_between(first, min(last or until, until), self.calendar)
            for first, last in self._running()
        )

    def remaining(self, today: dt.date) -> int:
        """Return the business days that are left of the window; below zero when it has passed."""
        return self.window.latest - self.elapsed(today)

    def is_past(self, today: dt.date) -> bool:
        """Tell whether the window has passed without the clock stopping; on its last day it has not."""
        latest = self.latest
        return self.stopped is None and latest is not None and today > latest

    def days_past(self, today: dt.date) -> int:
        """Return the business days since the latest day; 0 where it has not passed."""
        latest = self.latest
        if latest is None or not self.is_past(today):
            return 0
        return business_days_between(latest, today, self.calendar)

    def skipped(self) -> tuple[Closure, ...]:
        """Return each day without work between day zero and the latest day, while the clock ran."""
        latest = self.latest
        found: list[Closure] = []
        for first, last in self._running():
            until = last or latest
            if until is not None:
                found += skipped_between(first, until, self.calendar)
        return tuple(found)

    def _running(self) -> Iterable[tuple[dt.date, dt.date | None]]:
        """Give the spans in which it ran: after the first day, up to and with the last; one may be open."""
        first = self.day_zero
        for pause in self.pauses:
            yield first, max(first, pause.first)
            if pause.last is None:
                return
            first = pause.last
        yield first, None

    def _due(self, count: int) -> dt.date | None:
        if self.is_paused:
            return None
        *before, (last_start, _) = self._running()
        used = sum(
            business_days_between(first, last, self.calendar) for first, last in before if last is not None
        )
        return add_business_days(last_start, max(0, count - used), self.calendar)


def clock_of(moments: Iterable[Moment], window: Window, calendar: Calendar) -> Clock | None:
    """Return the clock of a request as its moments made it, None if it has not started.

    Raises:
        CalendarEndsError: if the calendar does not reach a day that is counted.
    """
    found: Clock | None = None
    at: dt.datetime | None = None
    for moment in moments:
        at = moment.at if at is None else max(at, moment.at)
        found = _turned(found, Moment(moment.turn, at), window, calendar)
    return found


def _turned(clock: Clock | None, moment: Moment, window: Window, calendar: Calendar) -> Clock | None:
    """Return a clock after a moment; what cannot be (a pause of what has not begun) does nothing."""
    received = received_on(moment.at, window.cutoff, window.zone, calendar)
    if moment.turn is Turn.START:
        restarts = 0 if clock is None else clock.restarts + (clock.stopped is None)
        return Clock(window, calendar, moment.at, received, restarts=restarts)
    if moment.turn is Turn.RESET:
        return None
    if moment.turn is Turn.RESUME:
        return Clock(window, calendar, moment.at, received) if clock is None else replace(clock, stopped=None)
    if clock is None or clock.stopped is not None:
        return clock
    day = moment.at.astimezone(window.zone).date()
    match moment.turn:
        case Turn.PAUSE if not clock.is_paused:
            return replace(clock, pauses=(*clock.pauses, Pause(max(clock.day_zero, day), None)))
        case Turn.GO_ON if clock.is_paused:
            *before, last = clock.pauses
            return replace(clock, pauses=(*before, Pause(last.first, max(last.first, received))))
        case Turn.STOP:
            gone_on = _turned(clock, Moment(Turn.GO_ON, moment.at), window, calendar) or clock
            return replace(gone_on, stopped=max(clock.day_zero, day))
        case _:
            return clock
