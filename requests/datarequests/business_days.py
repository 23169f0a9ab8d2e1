"""Business days, the clock that a data request runs on.

A business day is one on which the counterparty's office works (`calendars.py`). The day on which a
request counts as received is day zero: of five business days the first is the business day after it,
and an answer in time arrives by the end of the fifth. An arrival after the day's cut-off, or on a day
without work, counts as received on the next business day. No counterparty has published a rule; this
is the reading that calls nothing late too early. Source: the practice of request trackers.

>>> from datarequests.calendars import Closure
>>> closed = (Closure(dt.date(2026, 11, 26), "Thanksgiving Day"),)
>>> calendar = Calendar("acme", "1", dt.date(2026, 1, 1), dt.date(2026, 12, 31), closed)
>>> str(add_business_days(dt.date(2026, 11, 20), 5, calendar))  # from a Friday, over Thanksgiving
'2026-11-30'
>>> friday_evening = dt.datetime(2026, 11, 21, 1, 30, tzinfo=dt.UTC)
>>> str(received_on(friday_evening, CUTOFF, LOS_ANGELES, calendar))
'2026-11-23'
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from datarequests.calendars import Calendar, Closure

LOS_ANGELES = ZoneInfo("America/Los_Angeles")
CUTOFF = dt.time(17)
"""The end of an office's day, where none is known."""

ONE_DAY = dt.timedelta(days=1)


def working_day_before(moment: dt.datetime, calendar: Calendar) -> dt.datetime:
    """Return when the working day before began, in Los Angeles: what came since then is news.

    Where the calendar does not reach, each Monday to Friday is taken for one: nothing is passed over by that.

    >>> calendar = Calendar("acme", "1", dt.date(2026, 1, 1), dt.date(2026, 12, 31), ())
    >>> str(working_day_before(dt.datetime(2026, 3, 16, 15, tzinfo=dt.UTC), calendar))  # a Monday
    '2026-03-13 00:00:00-07:00'
    """
    day = moment.astimezone(LOS_ANGELES).date() - ONE_DAY
    while not _is_worked(day, calendar):
        day -= ONE_DAY
    return dt.datetime.combine(day, dt.time(), LOS_ANGELES)


def _is_worked(day: dt.date, calendar: Calendar) -> bool:
    if calendar.first <= day <= calendar.last:
        return is_business_day(day, calendar)
    return day.isoweekday() in calendar.weekdays


def is_business_day(day: dt.date, calendar: Calendar) -> bool:
    """Tell whether the office works on a day."""
    return calendar.closed(day) is None


def on_or_after(day: dt.date, calendar: Calendar) -> dt.date:
    """Return a day if it is a business day, else the next one."""
    while not is_business_day(day, calendar):
        day += ONE_DAY
    return day


def next_business_day(day: dt.date, calendar: Calendar) -> dt.date:
    """Return the first business day after a day."""
    return on_or_after(day + ONE_DAY, calendar)


def add_business_days(start: dt.date, count: int, calendar: Calendar) -> dt.date:
    """Return the last of `count` business days, the first being the one after `start`."""
    for _ in range(count):
        start = next_business_day(start, calendar)
    return start


def business_days_between(start: dt.date, end: dt.date, calendar: Calendar) -> int:
    """Return how many business days there are after `start`, up to and with `end`; 0 if that is earlier."""
    return sum(is_business_day(day, calendar) for day in days_after(start, end))


def skipped_between(start: dt.date, end: dt.date, calendar: Calendar) -> tuple[Closure, ...]:
    """Return the days after `start`, up to and with `end`, that do not count, each with its name."""
    return tuple(closed for day in days_after(start, end) if (closed := calendar.closed(day)))


def days_after(start: dt.date, end: dt.date) -> Iterator[dt.date]:
    """Give the days after `start`, up to and with `end`."""
    for number in range(1, (end - start).days + 1):
        yield start + dt.timedelta(days=number)


def received_on(moment: dt.datetime, cutoff: dt.time | None, zone: ZoneInfo, calendar: Calendar) -> dt.date:
    """Return the business day on which what arrives at a moment counts as received: day zero."""
    local = moment.astimezone(zone)
    is_late = cutoff is not None and local.time() > cutoff
    return on_or_after(local.date() + ONE_DAY if is_late else local.date(), calendar)
