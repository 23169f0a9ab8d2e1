"""Seasons, holidays and due dates of an SCE bill.

Summer is Jun 1 to Sep 30, winter the rest (rates.md 1). A bill is due 20 days after it is
prepared, or on the next working day when that falls on a weekend or holiday (bills.md 7).
Only what the generator needs is here; clocks of requests are another matter.

>>> season_of(date(2025, 6, 1)), season_of(date(2025, 5, 31))
('summer', 'winter')
>>> due_date(date(2025, 2, 3))  # day 20 is Sunday, February 23
datetime.date(2025, 2, 24)
"""

from datetime import date, timedelta

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def season_of(day: date) -> str:
    """Return the tariff's season of a day."""
    return "summer" if 6 <= day.month <= 9 else "winter"


def days_of(start: date, end: date) -> tuple[date, ...]:
    """Return every day of a billing period, whose two ends both count."""
    return tuple(start + timedelta(days=n) for n in range((end - start).days + 1))


def tou_holidays(year: int) -> frozenset[date]:
    """Return the eight holidays of the TOU tariffs in one year (rates.md 2).

    >>> date(2027, 7, 5) in tou_holidays(2027)  # Sunday moves to Monday
    True
    """
    fixed = [date(year, 1, 1), date(year, 7, 4), date(year, 11, 11), date(year, 12, 25)]
    moved = [day + timedelta(days=day.weekday() == 6) for day in fixed]
    may31 = date(year, 5, 31)
    floating = [
        _nth(year, 2, 0, 3),
        may31 - timedelta(days=may31.weekday()),
        _nth(year, 9, 0, 1),
        _nth(year, 11, 3, 4),
    ]
    return frozenset(moved + floating)


def _nth(year: int, month: int, weekday: int, count: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (count - 1))


def due_date(prepared: date) -> date:
    """Return the day a bill prepared on `prepared` is due."""
    day = prepared + timedelta(days=20)
    while day.weekday() >= 5 or day in tou_holidays(day.year):
        day += timedelta(days=1)
    return day


def slashed(day: date) -> str:
    """Return MM/DD/YY, as current bills print dates."""
    return day.strftime("%m/%d/%y")


def worded(day: date) -> str:
    """Return the older form, also used by CPP events.

    >>> worded(date(2008, 5, 2))
    "May 2 '08"
    """
    return f"{_MONTHS[day.month - 1]} {day.day} '{day.year % 100:02d}"


def month_label(year: int, month: int) -> str:
    """Return the heading of a month's column, such as Jun '24."""
    return f"{_MONTHS[month - 1]} '{year % 100:02d}"
