"""How long data can be asked for: until its days are more than so many months back.

>>> day = dt.date
>>> str(leaves(day(2025, 12, 5), 12)), str(leaves(day(2024, 2, 29), 12))
('2026-12-06', '2025-03-01')
"""

from __future__ import annotations

import datetime as dt

from datarequests.validity import months_after

ONE = dt.timedelta(days=1)


def begins(today: dt.date, months: int) -> dt.date:
    """Return the first day of which data can be asked today."""
    return months_after(today, -months)


def leaves(day: dt.date, months: int) -> dt.date:
    """Return the first day on which data of another day can no longer be asked."""
    on = months_after(day, months)
    while begins(on, months) <= day:
        on += ONE
    return on
