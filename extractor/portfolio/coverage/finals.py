"""What a final bill ends: whether days after it are waited for.

A bill that calls itself final ends its own service account on its last day: nothing after it is waited for,
be the meter without a tenant for however long. What speaks against that is, in this order:

- The next bill of the meter is an opening one: the days until then are closed whatever else is said.
- Another number follows the bill's own by an alias `renumbered`: the number ended, the meter goes on.
- The bill has several services, and by the roster another of them ends about then (`ABOUT`) and this one
  does not: the bill is final for that other one.
- The roster gives the meter to the customer, by any of its numbers, from a later day: it goes on from then.
- A row that held on the bill's last day has an end that is long after it (more than `ABOUT`) and is past
  today: it goes on until then. An end to come is a plan, made before the bill.
- The meter has a later bill, and a row with a first or a last day holds in between: it went on all the time.

A row without days, or with no more than a first day before the bill, is no word on what comes after it: it
was written before anybody knew of the bill. Nor is the row of a customer account, which has other meters.
Days that the roster does not hold are in no case waited for (`Sources.away`).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from extractor.portfolio.billed import OfService
from extractor.store.numbers import aliases_that_hold
from extractor.store.plain import plain

DAY = dt.timedelta(days=1)

ABOUT = dt.timedelta(days=31)
"""A roster's day so near to a bill's last is of the same event: roster dates are often ends of months."""

Held = tuple[dt.date, dt.date]
"""First and last day of a row of a service account, both inclusive; the first and last there is are open."""


@dataclass(frozen=True)
class Finals:
    """What tells whether one meter goes on after a final bill; by default nothing does."""

    held: Sequence[Held] = ()
    """Its rows of the roster."""
    followed: frozenset[str] = frozenset()
    """Service accounts, as they are compared, that another number follows."""
    of_others: frozenset[int] = frozenset()
    """Services, by number, whose bill is final for another of its services."""
    today: dt.date = dt.date.max

    def waited_from(self, final: OfService, is_between: bool) -> dt.date | None:
        """Return from which day on days after a final bill's service are waited for; None: closed.

        `is_between` tells whether the meter has a later bill, which is no opening one.
        """
        assert final.end is not None
        if final.id in self.of_others or plain(final.service_account or "") in self.followed:
            return final.end + DAY
        firsts = (max(first, final.end + DAY) for first, _ in self._speaking(final.end, is_between))
        return min(firsts, default=None)

    def _speaking(self, end: dt.date, is_between: bool) -> Iterator[Held]:
        """Give the rows that speak for days after a final bill's last one."""
        for first, last in self.held:
            is_long_after = end + ABOUT < last < self.today
            is_dated = (first, last) != (dt.date.min, dt.date.max)
            if first > end or is_long_after or (is_between and is_dated and last > end):
                yield first, last


def is_final(service: OfService) -> bool:
    """Tell whether a service is of a trusted bill that calls itself final."""
    return service.bill.kind == "final" and service.bill.is_trusted


def is_opening(service: OfService) -> bool:
    """Tell whether a service is of a trusted bill that calls itself an opening one."""
    return service.bill.kind == "opening" and service.bill.is_trusted


def followed(session: Session) -> frozenset[str]:
    """Return the service accounts that another number follows, as they are compared."""
    return frozenset(plain(row.number) for row in aliases_that_hold(session).rows if row.kind == "renumbered")


def of_others(services: Iterable[OfService], held: Mapping[str, Sequence[Held]]) -> frozenset[int]:
    """Return the services whose bill is final for another of its services, by the roster's rows of meters."""
    by_bill: dict[int, list[OfService]] = defaultdict(list)
    for one in services:
        if is_final(one) and one.end is not None and one.known_as is not None:
            by_bill[one.bill.id].append(one)
    found: set[int] = set()
    for of_bill in by_bill.values():
        lasts = {one.id: _last(one, held) for one in of_bill}
        if any(_is_about(one, lasts[one.id]) for one in of_bill):
            found.update(one.id for one in of_bill if _is_after(one, lasts[one.id]))
    return frozenset(found)


def _last(one: OfService, held: Mapping[str, Sequence[Held]]) -> dt.date | None:
    """Return the last day on which the roster has a service's meter."""
    return max((last for _, last in held.get(one.known_as or "", ())), default=None)


def _is_about(one: OfService, last: dt.date | None) -> bool:
    return last is not None and one.end is not None and abs(last - one.end) <= ABOUT


def _is_after(one: OfService, last: dt.date | None) -> bool:
    return last is not None and one.end is not None and last - one.end > ABOUT
