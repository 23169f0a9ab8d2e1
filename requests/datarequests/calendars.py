"""A counterparty's calendar: on which days its office works, and why it does not on others.

The days are dated data with a source (`known/`), never worked out by a library: general libraries move
Saturday's holidays the other way than SCE, and gain new holidays with a new version. A day outside the
dates that a calendar reaches is an error, not a guess.

>>> closed = (Closure(dt.date(2026, 11, 26), "Thanksgiving Day"),)
>>> calendar = Calendar("acme", "1", dt.date(2026, 1, 1), dt.date(2026, 12, 31), closed)
>>> calendar.closed(dt.date(2026, 11, 26)).name, calendar.closed(dt.date(2026, 11, 28)).name
('Thanksgiving Day', 'Saturday')
>>> calendar.closed(dt.date(2027, 1, 1))
Traceback (most recent call last):
datarequests.calendars.CalendarEndsError: the calendar of acme ends on 2026-12-31, 2027-01-01 is asked for; \
add its closed days of 2027 to it
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from extractor.base.errors import BillclerkError


class CalendarEndsError(BillclerkError):
    """A day is asked for that a calendar does not reach; add the closed days of that year to it."""

    exit_code = 2


@dataclass(frozen=True)
class Closure:
    """A day on which an office does not work."""

    date: dt.date
    name: str
    source: str = ""
    """Where it is known from, in words."""
    assumed: bool = False
    """Whether nobody has said so."""


@dataclass(frozen=True)
class Calendar:
    """The days on which a counterparty works."""

    key: str
    version: str
    """Which state of the data it is: a clock that started by it keeps it."""
    first: dt.date
    last: dt.date
    """The days it reaches, both inclusive."""
    closures: tuple[Closure, ...]
    weekdays: frozenset[int] = frozenset((1, 2, 3, 4, 5))
    """Days of the week with work, Monday is 1."""
    weekdays_source: str = ""
    weekdays_assumed: bool = False

    @cached_property
    def _by_date(self) -> dict[dt.date, Closure]:
        return {one.date: one for one in self.closures}

    def closed(self, day: dt.date) -> Closure | None:
        """Return why a day is none of work, None if it is one.

        Raises:
            CalendarEndsError: if the calendar does not reach that day.
        """
        if not self.first <= day <= self.last:
            verb, edge = ("begins", self.first) if day < self.first else ("ends", self.last)
            raise CalendarEndsError(
                f"the calendar of {self.key} {verb} on {edge}, {day} is asked for;"
                f" add its closed days of {day.year} to it"
            )
        if day.isoweekday() not in self.weekdays:
            return Closure(day, f"{day:%A}", self.weekdays_source, self.weekdays_assumed)
        return self._by_date.get(day)
