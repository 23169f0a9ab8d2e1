"""From when to when each quantity of a loop counts.

A quantity with DTM 150 and 151 of its own says so itself. One with an end alone (DTM 582, "the date/time of
the end of the interval", or 151) began one interval before; how long intervals are stands in REF MT (`KH015`:
15 minutes), else it is what most ends of the loop lie apart; ends that lie closer than REF MT says are of no
known length. One without any date follows the one before it, the first at the loop's DTM 150; then there must
be as many as fit before the loop's DTM 151. What is longer than a day or has only dates is a period, not an
interval; so is all of a loop without dates of its own where each quantity is of another kind or time of use.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from extractor.intervals.formats import UnreadableIntervalsError
from extractor.intervals.formats._edi_loops import Loop, Quantity
from extractor.intervals.formats._edi_times import DAY, Clock, NoSuchTimeError, UnknownClockError, When
from extractor.intervals.formats._stamps import DRIFT, settled
from extractor.intervals.formats._tally import Tally

LONGEST = DAY + 3600
"""Seconds of the longest interval: a day on which clocks go back."""

_METERING = re.compile(r"([A-Z0-9]{2})(\d{3})(CG)?", re.ASCII)


class Span(NamedTuple):
    """An interval in seconds since 1970."""

    quantity: Quantity
    start: int
    end: int


class Period(NamedTuple):
    """Days, both inclusive as printed; `end` has a time if the file gives one."""

    quantity: Quantity
    begin: When
    end: When


def metering(loop: Loop) -> tuple[str, int | None, bool]:
    """Return the unit, the seconds of an interval and whether it is co-generation, as REF MT says.

    >>> metering(Loop(1, "PM", "EL", {"metering type": "KH015CG"}))
    ('KH', 900, True)
    """
    match = _METERING.fullmatch(loop.names.get("metering type", ""))
    if match is None or int(match[2]) == 0:
        return loop.names.get("metering type", "")[:2], None, False
    return match[1], 60 * int(match[2]), match[3] is not None


def spans(loop: Loop, clock: Clock, tally: Tally) -> Iterator[Span | Period]:
    """Give each quantity of a loop with its interval or period; what has neither is told.

    Raises:
        UnreadableIntervalsError: if quantities without dates do not fill the loop's time.
    """
    groups: dict[tuple[str, str], list[Quantity]] = {}
    usual = _usual_unit(loop)
    for quantity in loop.quantities:
        groups.setdefault((_direction(quantity.kind), quantity.unit or usual), []).append(quantity)
    for group in groups.values():
        yield from _Walk(loop, clock, tally, metering(loop)[1]).spans(group)


def _usual_unit(loop: Loop) -> str:
    """Return the unit of quantities that name none, as those without a value: the loop's, or its only one."""
    units = {one.unit for one in loop.quantities if one.unit}
    return metering(loop)[0] or (units.pop() if len(units) == 1 else "")


def _direction(kind: str) -> str:
    """Return what actual and estimated quantities of one direction have in common."""
    return {"KA": "QD", "9H": "87"}.get(kind, kind)


class _Walk:
    """Goes through the quantities of one direction and unit in their order."""

    def __init__(self, loop: Loop, clock: Clock, tally: Tally, seconds: int | None) -> None:
        self._loop, self._clock, self._tally, self._seconds = loop, clock, tally, seconds
        self._at: int | None = None
        """When the quantity before ended."""

    def spans(self, group: Sequence[Quantity]) -> Iterator[Span | Period]:
        if not any(one.begin or one.end for one in group):
            yield from self._undated(group)
            return
        dated = []
        for quantity in group:
            if _is_period(quantity) and quantity.begin and quantity.end:
                yield Period(quantity, quantity.begin, quantity.end)
            else:
                dated.append(quantity)
        ends = [self._end(one) for one in dated]
        seconds = self._seconds or _commonest(ends)
        if is_closer := self._seconds is not None and _least(ends) < self._seconds - 2 * DRIFT:
            self._tally.add("closer", self._loop.number)
        for quantity, end in zip(dated, ends, strict=True):
            if end is not None and not (is_closer and quantity.begin is None):
                yield from self._span(quantity, end, seconds)

    def _undated(self, group: Sequence[Quantity]) -> Iterator[Span | Period]:
        """Give quantities that have no dates but the loop's."""
        begin, end = self._loop.begin, self._loop.end
        if begin is None:
            for quantity in group:
                self._tally.add("register" if quantity.is_register else "undated", quantity.number)
        elif end is not None and _are_different(group) and len(group) != self._room():
            yield from (Period(quantity, begin, end) for quantity in group)
        elif self._seconds is None:
            self._tally.add("no_length", group[0].number)
        else:
            yield from self._row(group, self._bound(begin), self._seconds)

    def _room(self) -> int | None:
        """Return how many intervals fit into the loop's time; None if it does not say."""
        begin, end = self._loop.begin, self._loop.end
        if begin is None or end is None or self._seconds is None:
            return None
        if end.minutes is None:
            end = When(f"{end.day() + dt.timedelta(days=1):%Y%m%d}", 0, end.code)
        return (self._bound(end) - self._bound(begin)) // self._seconds

    def _bound(self, when: When) -> int:
        """Return when the loop begins or ends."""
        try:
            return self._instant(when, self._loop.number)
        except NoSuchTimeError:
            raise UnreadableIntervalsError(
                f"segment {self._loop.number} (PTD): a time that clocks leave out in spring"
            ) from None

    def _row(self, group: Sequence[Quantity], start: int, seconds: int) -> Iterator[Span]:
        room = self._room()
        if room is not None and room != len(group):
            raise UnreadableIntervalsError(
                f"segment {self._loop.number} (PTD): {len(group)} quantities for the time of {room} intervals"
            )
        for at, quantity in enumerate(group):
            yield Span(quantity, start + at * seconds, start + (at + 1) * seconds)

    def _end(self, quantity: Quantity) -> int | None:
        """Return when a quantity's interval ends; None if nothing tells, or the clock never showed that."""
        try:
            end = self._told_end(quantity)
        except NoSuchTimeError:
            self._tally.add("no_such_time", quantity.number)
            return None
        if end is None:
            self._tally.add("undated", quantity.number)
            return None
        self._at = end
        return end

    def _told_end(self, quantity: Quantity) -> int | None:
        seconds = self._seconds
        if quantity.end is not None:
            if quantity.end.minutes is None:
                return None
            return self._settled(self._instant(quantity.end, quantity.number, self._at), quantity)
        if seconds is None:
            return None
        if quantity.begin is not None:
            before = None if self._at is None else self._at - 1
            return self._instant(quantity.begin, quantity.number, before) + seconds
        return None if self._at is None else self._at + seconds

    def _settled(self, end: int, quantity: Quantity) -> int:
        exact = settled(end, self._seconds or 0)
        if exact != end:
            self._tally.add("drift", quantity.number)
        if self._at is not None and exact <= self._at:
            self._tally.add("order", quantity.number)
        return exact

    def _span(self, quantity: Quantity, end: int, seconds: int | None) -> Iterator[Span]:
        start = self._start(quantity, end)
        if start is not None and not 0 < end - start <= LONGEST:
            raise UnreadableIntervalsError(f"segment {quantity.number} (QTY): ends before it begins")
        if start is None and seconds is not None:
            start = end - seconds
        if start is None:
            self._tally.add("no_length", quantity.number)
        else:
            yield Span(quantity, start, end)

    def _start(self, quantity: Quantity, end: int) -> int | None:
        """Return when a quantity's interval begins by its own date: of two passes the last before its end."""
        if quantity.begin is None or quantity.end is None:
            return None
        try:
            first = self._instant(quantity.begin, quantity.number)
            second = self._instant(quantity.begin, quantity.number, first)
        except NoSuchTimeError:
            return None
        return second if second < end else first

    def _instant(self, when: When, number: int, after: int | None = None) -> int:
        try:
            return self._clock.instant(when, after)
        except UnknownClockError as error:
            raise UnreadableIntervalsError(f"segment {number}: {error}; add it to the rules") from None


def _is_period(quantity: Quantity) -> bool:
    """Tell whether a quantity counts for days rather than for an interval."""
    begin, end = quantity.begin, quantity.end
    if begin is None or end is None:
        return False
    return begin.minutes is None or end.minutes is None or (end.day() - begin.day()).days > 1


def _are_different(group: Sequence[Quantity]) -> bool:
    return len({(one.kind, one.time_of_use) for one in group}) == len(group)


def _least(ends: Sequence[int | None]) -> int:
    """Return how close together two ends lie, in seconds."""
    known = [end for end in ends if end is not None]
    return min((step for earlier, later in pairwise(known) if (step := later - earlier) > 0), default=LONGEST)


def _commonest(ends: Sequence[int | None]) -> int | None:
    """Return what most ends lie apart, in seconds."""
    known = [end for end in ends if end is not None]
    apart = Counter(later - earlier for earlier, later in pairwise(known))
    found = [seconds for seconds, _ in apart.most_common() if 0 < seconds <= LONGEST]
    return found[0] if found else None
