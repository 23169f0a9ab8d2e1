"""DTM segments: dates and times of an 867, and the instants that they are.

Three forms: date, time and time code in DTM02 to DTM04; or DTM06 in the format that DTM05 names (D8 a date,
DT a date and time, RD8 and RDT from one to another). A code such as PS or ED is a fixed offset, and tells the
two passes of the hour that clocks go back; PT and the like, or no code at all, are a clock on the wall: of
the hour that comes twice the first pass comes first, so what was before decides.

>>> clock = Clock(Rules())
>>> first = clock.instant(When("20251102", 75, "PD"))
>>> clock.instant(When("20251102", 75, "PS")) - first
3600
>>> clock.instant(When("20251102", 75, ""), after=first) - first
3600
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from extractor.intervals import clock as local
from extractor.intervals.formats._edi_rules import Rules
from extractor.intervals.formats._stamps import day, minutes
from extractor.x12 import Segment

DAY = 86_400


class When(NamedTuple):
    """A date, the minutes since its midnight if it has a time, and the code of its clock."""

    date: str
    minutes: int | None
    code: str

    def day(self) -> dt.date:
        """Return the date."""
        return dt.datetime.fromtimestamp(day(self.date), dt.UTC).date()


class NoSuchTimeError(ValueError):
    """The clock on the wall never showed this time: it lies in the hour that is left out in spring."""


def whens(segment: Segment) -> tuple[When, ...]:
    """Return the one or two times that a DTM segment names.

    Raises:
        UnreadableIntervalsError: if it names none, or in a form that is not known.
    """
    try:
        return _whens(segment)
    except ValueError:
        raise segment.refused("its date or time cannot be read") from None


def _whens(segment: Segment) -> tuple[When, ...]:
    code = segment.element(4).strip()
    if date := segment.element(2):
        return (_when(date + segment.element(3), code),)
    match segment.element(5):
        case "D8" | "DT" | "DTS":
            return (_when(segment.element(6), code),)
        case "RD8" | "RDT":
            begin, end = segment.element(6).split("-")
            return _when(begin, code), _when(end, code)
        case _:
            raise ValueError("is in no known form")


def _when(text: str, code: str) -> When:
    date, time = text[:8], text[8:]
    day(date)
    if len(time) > 4 and time[4:].strip("0"):
        raise ValueError("has seconds")
    return When(date, minutes(time[:4]) if time else None, code)


class UnknownClockError(ValueError):
    """A time code is not in the table of rules; add it there."""


class Clock:
    """Turns what a DTM segment says into an instant, by the rules in force."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._zones: dict[str, int | ZoneInfo] = {}

    def instant(self, when: When, after: int | None = None) -> int:
        """Return the instant, the first one after `after` where the clock showed it twice.

        Raises:
            NoSuchTimeError: if the clock never showed it.
            UnknownClockError: if the time code is not known.
        """
        zone = self._zones.get(when.code)
        if zone is None:
            zone = self._zones[when.code] = self._zone(when.code)
        if isinstance(zone, int):
            return day(when.date) + 60 * (when.minutes or 0) - zone
        begin = _even_day(when.date, zone)
        if begin is not None:
            return begin + 60 * (when.minutes or 0)
        return _uneven(when, zone, after)

    def _zone(self, code: str) -> int | ZoneInfo:
        """Return seconds from UTC, or a zone whose clock changes."""
        meaning = self._rules.meaning("DTM04", code)
        if meaning is None:
            raise UnknownClockError("has a time code that is not known")
        return 3600 * int(meaning) if meaning[0] in "+-" else ZoneInfo(meaning)


@lru_cache(4096)
def _even_day(date: str, zone: ZoneInfo) -> int | None:
    """Return when a day of 24 hours begins; None for the days on which the clock changes."""
    midnight = dt.datetime.strptime(date, "%Y%m%d")  # noqa: DTZ007 - a clock on the wall
    begin = local.instant(midnight, zone=zone)
    is_even = local.instant(midnight + dt.timedelta(days=1), zone=zone) - begin == DAY
    return begin if is_even else None


def _uneven(when: When, zone: ZoneInfo, after: int | None) -> int:
    """Return an instant on a day when the clock changes."""
    shown = dt.datetime.strptime(when.date, "%Y%m%d") + dt.timedelta(minutes=when.minutes or 0)  # noqa: DTZ007 - as above
    first, second = (local.instant(shown, fold, zone) for fold in (0, 1))
    if first > second and _is_left_out(shown, first, zone):
        raise NoSuchTimeError
    return second if after is not None and first <= after < second else first


def _is_left_out(shown: dt.datetime, instant: int, zone: ZoneInfo) -> bool:
    """Tell whether a time is inside the hour left out; the end of the interval before it, 2:00, is not."""
    before = dt.datetime.fromtimestamp(instant - 60, zone)
    return (before + dt.timedelta(minutes=1)).replace(tzinfo=None) != shown
