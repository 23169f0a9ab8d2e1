"""A span of instants as a person says it: local days and times, never raw instants.

>>> march = clock.midnight(dt.date(2025, 3, 3))
>>> said(march, march + 86_400), said(march, march + 3 * 86_400)
('2025-03-03', '2025-03-03 to 2025-03-05')
>>> said(march + 3600, march + 7200), said(march + 79_200, march + 86_400), said(march, march + 90_000)
('2025-03-03 01:00 to 02:00', '2025-03-03 22:00 to 24:00', '2025-03-03 00:00 to 2025-03-04 01:00')
>>> back = clock.midnight(dt.date(2025, 11, 2))  # the hour from 1 to 2 comes twice
>>> said(back + 3600, back + 7200)
'2025-11-02 01:00 PDT to 01:00 PST'
"""

from __future__ import annotations

import datetime as dt

from extractor.intervals import clock


def said(begin: int, end: int) -> str:
    """Return the local days of a span, or its days and times where it does not begin and end at midnight."""
    first, last = clock.local(begin), clock.local(end)
    day_before_end = clock.local(end - 1).date()
    if _is_midnight(first) and _is_midnight(last):
        same = first.date() == day_before_end
        return f"{first.date()}" if same else f"{first.date()} to {day_before_end}"
    until = "24:00" if _is_midnight(last) else _time(last)
    day = "" if first.date() == day_before_end else f"{day_before_end} "
    return f"{first.date()} {_time(first)} to {day}{until}"


def _is_midnight(at: dt.datetime) -> bool:
    return (at.hour, at.minute, at.second) == (0, 0, 0)


def _time(at: dt.datetime) -> str:
    """Return a time, with its zone where the clock shows it twice, and with seconds where it has any."""
    clock_time = f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"
    is_twice = at.replace(fold=0).utcoffset() != at.replace(fold=1).utcoffset()
    return f"{clock_time} {at.tzname()}" if is_twice else clock_time
