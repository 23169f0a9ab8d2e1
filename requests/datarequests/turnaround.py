"""How long a counterparty takes: statistics over requests as they stand at a moment.

A request counts as answered when its last item has arrived; its business days run from its last start,
pauses left out, and also past a time-out that was given up too early. The median is the middle value (of two
the mean), the 90th percentile the smallest value that nine of ten do not exceed (nearest rank). In time are
those that were answered by the latest day of their window, out of all of which that is decided: the answered
ones, those still waiting past the window, and those that timed out unanswered.

>>> median((4, 7, 9, 12)), percentile((4, 7, 9, 12), 90)
(Decimal('8'), 12)
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from datarequests.calendars import CalendarEndsError
from datarequests.clock import Clock, Moment, Turn, clock_of
from datarequests.viewed import Viewed
from datarequests.workflow import Event, State

RUNNING = frozenset((Turn.START, Turn.PAUSE, Turn.GO_ON, Turn.RESUME, Turn.RESET))


@dataclass(frozen=True)
class Turnaround:
    """How long one counterparty takes, in business days."""

    key: str
    name: str
    days: tuple[int, ...]
    """Of each answered request, in order."""
    in_time: int
    decided: int
    """Of how many it is known whether they were answered in time."""
    earliest: int
    latest: int
    """The window of the last request."""
    is_target: bool

    @property
    def answered(self) -> int:
        """How many were answered."""
        return len(self.days)

    @property
    def median(self) -> Decimal | None:
        """The median of the business days, None where none was answered."""
        return median(self.days) if self.days else None

    @property
    def p90(self) -> int | None:
        """The 90th percentile of the business days, None where none was answered."""
        return percentile(self.days, 90) if self.days else None

    @property
    def share(self) -> Decimal | None:
        """The share that was answered in time, in percent; None where nothing is decided yet."""
        return Decimal(100 * self.in_time) / self.decided if self.decided else None


def median(days: Sequence[int]) -> Decimal:
    """Return the middle of numbers, of two the mean."""
    ordered, middle = sorted(days), len(days) // 2
    if len(days) % 2:
        return Decimal(ordered[middle])
    return Decimal(ordered[middle - 1] + ordered[middle]) / 2


def percentile(days: Sequence[int], percent: int) -> int:
    """Return the smallest of numbers that so many percent of them do not exceed."""
    return sorted(days)[math.ceil(len(days) * percent / 100) - 1]


def turnarounds(views: Iterable[Viewed]) -> tuple[Turnaround, ...]:
    """Return how long each counterparty takes, by its key."""
    of: dict[str, list[tuple[Viewed, Clock]]] = {}
    for one in views:
        clock = _clock(one)
        if clock is not None:
            of.setdefault(one.counterparty.key, []).append((one, clock))
    return tuple(_of(key, found) for key, found in sorted(of.items()))


def _clock(one: Viewed) -> Clock | None:
    """Return a request's clock, None where it has none or its calendar does not reach as far."""
    try:
        if one.clock is not None:
            one.clock.elapsed(one.today)
            _ = one.is_past
    except CalendarEndsError:
        return None
    return one.clock


def answered_in(one: Viewed, clock: Clock) -> int | None:
    """Return the business days until the last item arrived; None where none is known to have.

    What came another way (`received.found_elsewhere`) is no answer of the counterparty's.
    """
    done = [event for event in one.events if event.event == Event.COMPLETED]
    if one.state is not State.COMPLETED or not done or done[-1].detail.get("elsewhere"):
        return None
    moments = [
        Moment(turn, one.events[at].occurred_at)
        for at, turn in one.turned
        if at < done[-1].number and turn in RUNNING
    ]
    whole = clock_of([*moments, Moment(Turn.STOP, done[-1].occurred_at)], clock.window, clock.calendar)
    return None if whole is None or whole.stopped is None else whole.elapsed(whole.stopped)


def _of(key: str, found: Sequence[tuple[Viewed, Clock]]) -> Turnaround:
    days: list[int] = []
    in_time = late = 0
    for one, clock in found:
        took = answered_in(one, clock)
        if took is not None:
            days.append(took)
            in_time += took <= clock.window.latest
            late += took > clock.window.latest
        else:
            late += one.is_past or one.state is State.TIMED_OUT
    last, clock = found[-1]
    window = clock.window
    return Turnaround(
        key,
        last.counterparty.name,
        tuple(sorted(days)),
        in_time,
        in_time + late,
        window.earliest,
        window.latest,
        window.is_target,
    )
