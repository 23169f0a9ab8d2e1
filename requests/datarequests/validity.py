"""How long an authorization holds: from the day it was executed to its last day, both inclusive.

One year is twelve months from execution: executed on 2026-03-15 it holds until 2027-03-14. One that is good
for a single request holds for one that was sent under it, and for a year at most. These lengths are assumed
(`known/sce.toml`), as the form's own text was not seen.

>>> str(last_day("one_year", dt.date(2024, 2, 29), None))
'2025-02-28'
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from datarequests.authorization_flow import HOLDS, AuthorizationState
from datarequests.history import authorization_state_of
from datarequests.tables import Authorization, AuthorizationEventRow

NOTICE = 30
"""Days before the last one at which it is said that an authorization expires."""


def months_after(day: dt.date, months: int) -> dt.date:
    """Return the same day of a later month, or the last that month has."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    following = dt.date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return dt.date(year, month + 1, min(day.day, (following - dt.timedelta(days=1)).day))


def last_day(duration: str, executed_on: dt.date | None, until: dt.date | None) -> dt.date | None:
    """Return the last day on which an authorization holds; None while it is not signed."""
    if executed_on is None:
        return None
    if duration == "until":
        return until
    anniversary = months_after(executed_on, 12)
    return anniversary if anniversary.day < executed_on.day else anniversary - dt.timedelta(days=1)


@dataclass(frozen=True)
class Validity:
    """What an authorization is on a day."""

    state: AuthorizationState
    last: dt.date | None
    today: dt.date

    @property
    def is_expired(self) -> bool:
        """Whether its last day has passed."""
        return self.last is not None and self.today > self.last

    @property
    def holds(self) -> bool:
        """Whether a request may be sent under it."""
        return self.state in HOLDS and not self.is_expired

    @property
    def days_left(self) -> int | None:
        """Days until the last one; None where nothing is known of it."""
        return None if self.last is None else (self.last - self.today).days

    @property
    def expires_soon(self) -> bool:
        """Whether it holds, and only for as long as notice is given before."""
        return self.holds and self.days_left is not None and self.days_left <= NOTICE

    @property
    def word(self) -> str:
        """Its state, for people."""
        return "expired" if self.state in HOLDS and self.is_expired else str(self.state)


def validity(
    authorization: Authorization, events: Sequence[AuthorizationEventRow], today: dt.date
) -> Validity:
    """Return what an authorization is on a day."""
    last = last_day(authorization.duration, authorization.executed_on, authorization.until)
    return Validity(authorization_state_of(events), last, today)
