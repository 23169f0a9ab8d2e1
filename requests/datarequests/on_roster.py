"""On which days a roster has a service account as a customer's, and on which as others'; it is handed in.

Without a row of the customer's own all days are his that are nobody else's: nothing is known of them.

>>> import datetime as dt
>>> day = dt.date
>>> held = Held(own=((day(2026, 4, 6), day.max),), others=((day.min, day(2026, 3, 31)),))
>>> year = day(2026, 1, 1), day(2026, 12, 31)
>>> [f"{first} to {last}" for runs in (held.of_others(year), held.of_nobody(year)) for first, last in runs]
['2026-01-01 to 2026-03-31', '2026-04-01 to 2026-04-05']
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from extractor.base.days import Days, outside


@dataclass(frozen=True)
class Held:
    """Whose a service account is by the roster."""

    own: tuple[Days, ...] = ()
    """Days of the customer's rows; none where no row of his names it."""
    others: tuple[Days, ...] = ()
    """Days of other customers' rows."""

    def of_customer(self, days: Days) -> list[Days]:
        """Return the days that are the customer's; without a row of his all that are nobody else's."""
        return outside(days, outside(days, self.own)) if self.own else outside(days, self.others)

    def of_others(self, days: Days) -> list[Days]:
        """Return the days that are another customer's, and not this one's."""
        kept = [*outside(days, self.others), *self.own]
        return outside(days, kept)

    def of_nobody(self, days: Days) -> list[Days]:
        """Return the days outside the customer's rows that no other row has; without a row of his none."""
        return outside(days, (*self.own, *self.others)) if self.own else []


HeldOf = Callable[[str, Iterable[str]], Mapping[str, Held]]
"""Gives for a customer and service accounts whose these are, each by the number as it is asked for."""


def nothing_known(customer: str, accounts: Iterable[str]) -> Mapping[str, Held]:
    """Tell nothing of any account, as of one that no roster names."""
    return {}
