"""Rates that verified bills print, and bills that print another than their peers of the same days.

What a rate is for: provider, schedule, product, section, component, season, TOU period, vintage and unit.
Two bills of such a rate whose periods have a day in common are peers: where a period has a rate change in it,
both rates are printed, so each is also on some peer. A rate that is on no peer's bill, though three other
meters' bills could have it, is a finding. One of two rates of a period is of a part of its days, and which is
not known: there three others have to have each day. Of CPA's periods one day in common says nothing, as they
may be printed with the first day of the next (bills.md 7). A meter that differs from its peers each time has
another voltage or option: that is told, and no warning.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlmodel import Session, col

from extractor.model import Component, Status
from extractor.portfolio.collecting import uncollected
from extractor.portfolio.pairing import OVERLAP
from extractor.store.current import COUNTS
from extractor.store.tables import Bill, BillStanding, Charge, CurrentReading, Service, ServiceStanding

OF_CUSTOMERS = (
    Component.UUT,
    Component.MUNICIPAL_SURCHARGE,
    Component.DISCOUNT,
    Component.ADJUSTMENT,
    Component.NON_ENERGY,
    Component.UNKNOWN,
)
"""What differs from city to city and from customer to customer: listed, and not compared."""

FEWEST = 3
"""Other meters whose bills could have a rate, at least, before a bill alone with it is called odd."""


class Key(NamedTuple):
    """What a rate is for."""

    provider: str | None
    schedule: str | None
    product: str | None
    section: str
    component: str
    season: str | None
    tou: str | None
    vintage: str | None
    unit: str | None

    @property
    def said(self) -> str:
        """Say it."""
        parts = (self.season, self.tou, self.component, self.section)
        words = " ".join(part.replace("_", " ") for part in parts if part)
        vintage = f", vintage {self.vintage}" if self.vintage else ""
        product = f", {self.product}" if self.product else ""
        return f"{words} of {self.provider or '?'} {self.schedule or '?'}{product}{vintage}"


class Printed(NamedTuple):
    """A rate as it is printed on the bills of one period."""

    key: Key
    rate: Decimal
    """USD per unit."""
    first: dt.date
    last: dt.date
    """The period; both inclusive."""
    meters: int
    lines: int
    service: int
    """The number of a service that prints it: the one, where it is one meter's."""
    account: str | None
    """Its service account."""


@dataclass(frozen=True)
class Rate:
    """A rate, and on which days' bills it was seen."""

    key: Key
    rate: Decimal
    first: dt.date
    last: dt.date
    meters: int
    """Service accounts on whose bills it was, at most: each period's added up where that is fewer."""
    lines: int


@uncollected()
def printed(session: Session, since: dt.date | None = None) -> list[Printed]:
    """Return the rates on verified bills that count, those of one period together.

    `since` leaves periods out that end before that day.
    """
    keys: tuple[Any, ...] = (
        col(Service.provider),
        col(Service.rate_schedule),
        col(Service.product),
        col(Charge.section),
        col(Charge.component),
        col(Charge.season),
        col(Charge.tou),
        col(Charge.vintage),
        col(Charge.unit),
        col(Charge.rate),
        col(Service.period_start),
        col(Service.period_end),
    )
    account = col(Service.service_account)
    asked = (
        select(
            *keys,
            func.count(account.distinct()),
            func.count(),
            func.min(col(Service.id)),
            func.min(account),
        )
        .join(Service, col(Service.id) == col(Charge.service_id))
        .join(Bill, col(Bill.id) == col(Service.bill_id))
        .join(CurrentReading, col(CurrentReading.effective_id) == col(Bill.reading_id))
        .outerjoin(BillStanding, col(BillStanding.bill_id) == col(Bill.id))
        .outerjoin(ServiceStanding, col(ServiceStanding.service_id) == col(Service.id))
        .where(
            col(Charge.rate).is_not(None),
            col(Service.period_start).is_not(None),
            col(Service.period_end).is_not(None) if since is None else col(Service.period_end) >= since,
            col(Bill.status) == Status.VERIFIED,
            func.coalesce(BillStanding.standing, COUNTS) == COUNTS,
            func.coalesce(ServiceStanding.standing, COUNTS) == COUNTS,
        )
        .group_by(*keys)
    )
    return [Printed._make((Key._make(row[:9]), *row[9:])) for row in session.connection().execute(asked)]


def rates(found: Iterable[Printed]) -> list[Rate]:
    """Return each rate once, by what it is for and the first day that it was seen."""
    of: dict[tuple[Key, Decimal], list[Printed]] = defaultdict(list)
    for one in found:
        of[one.key, one.rate].append(one)
    listed = [
        Rate(
            key,
            rate,
            min(one.first for one in same),
            max(one.last for one in same),
            max(len({one.account for one in same}), *(one.meters for one in same)),
            sum(one.lines for one in same),
        )
        for (key, rate), same in of.items()
    ]
    return sorted(listed, key=lambda one: ([part or "" for part in one.key], one.first, one.rate))


class Alone(NamedTuple):
    """A rate that is on one meter's bill only, though others could have it."""

    printed: Printed
    others: tuple[Decimal, ...]
    """What the peers print."""
    peers: int
    """Other meters' bills that could have it."""
    is_always: bool
    """Whether this meter differs each time."""


def alone(found: Iterable[Printed]) -> Iterator[Alone]:
    """Give the rates that are on one meter's bill and on none of its peers'."""
    by_key: dict[Key, list[Printed]] = defaultdict(list)
    for one in found:
        if one.key.component not in OF_CUSTOMERS and one.key.section != "tax":
            by_key[one.key].append(one)
    for of in by_key.values():
        yield from _alone(of)


def _alone(of: Sequence[Printed]) -> Iterator[Alone]:
    """Give the same of one key."""
    of = sorted(of, key=lambda one: one.first)
    compared: dict[str | None, int] = defaultdict(int)
    odd: dict[str | None, list[Alone]] = defaultdict(list)
    longest = max((one.last - one.first).days for one in of)
    for at, one in enumerate(of):
        if one.meters > 1:
            continue
        near = list(_near(of, at, longest))
        others = [other for other in near if other.account != one.account or other.meters > 1]
        peers = _meters(others)
        if peers < FEWEST or (_is_of_part(one, near) and not _is_beside_each_day(one, others)):
            continue
        compared[one.account] += 1
        if all(other.rate != one.rate for other in others):
            told = tuple(sorted({other.rate for other in others}))
            odd[one.account].append(Alone(one, told, peers, is_always=False))
    for account, found in odd.items():
        always = len(found) >= FEWEST and len(found) == compared[account]
        for each in found:
            yield each._replace(is_always=always)


def _near(of: Sequence[Printed], at: int, longest: int) -> Iterator[Printed]:
    """Give the others whose period has a day in common; `of` is in the order of first days."""
    one = of[at]
    apart = dt.timedelta(0 if one.key.section != "generation" else OVERLAP)
    for step in (-1, 1):
        place = at + step
        while 0 <= place < len(of):
            other = of[place]
            if other.first > one.last or (one.first - other.first).days > longest:
                break
            if min(one.last, other.last) - max(one.first, other.first) >= apart:
                yield other
            place += step


def _is_of_part(one: Printed, near: Iterable[Printed]) -> bool:
    """Tell whether its meter prints another rate for the same period, or may."""
    return any(
        (other.first, other.last) == (one.first, one.last)
        and other.rate != one.rate
        and (other.account == one.account or other.meters > 1)
        for other in near
    )


def _is_beside_each_day(one: Printed, others: Sequence[Printed]) -> bool:
    """Tell whether as many meters' bills as it takes have each day of a period."""
    begins = {one.first, *(other.last + DAY for other in others if one.first <= other.last < one.last)}
    return all(
        _meters(other for other in others if other.first <= day <= other.last) >= FEWEST for day in begins
    )


DAY = dt.timedelta(days=1)


def _meters(found: Iterable[Printed]) -> int:
    """Return how many meters' bills these are, at least."""
    known = list(found)
    single = {one.account for one in known if one.meters == 1}
    return max([len(single), *(one.meters for one in known)], default=0)


def said(one: Alone) -> str:
    """Say what is odd about a rate."""
    others = " or ".join(f"{rate.normalize():f}" for rate in one.others[:MOST])
    return (
        f"{one.printed.key.said}: {one.printed.rate.normalize():f} per {one.printed.key.unit or 'unit'};"
        f" {one.peers} other meters' bills of these days have {others}"
    )


MOST = 4
"""Rates of others that are named."""


def by_service(found: Iterable[Alone]) -> Mapping[int, Sequence[Alone]]:
    """Return what is odd of each service, by its number."""
    of: dict[int, list[Alone]] = defaultdict(list)
    for one in found:
        of[one.printed.service].append(one)
    return of
