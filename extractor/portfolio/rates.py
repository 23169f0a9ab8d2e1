"""Rates that verified bills print.

What a rate is for: provider, schedule, product, section, component, season, TOU period, vintage, unit, and
what else its label says (`rate_labels`: a tier, say).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, col

from extractor.base.columns import Exact, unread
from extractor.model import Status
from extractor.portfolio.rate_labels import wording
from extractor.store.current import COUNTS
from extractor.store.tables import (
    QUANTITY,
    Bill,
    BillStanding,
    Charge,
    CurrentReading,
    Service,
    ServiceStanding,
)

RATE = Exact(QUANTITY)
"""What rates are kept as."""


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
    wording: str | None = None
    """What else the line's label says."""

    @property
    def said(self) -> str:
        """Say it."""
        parts = (self.season, self.tou, self.component, self.section)
        words = " ".join(part.replace("_", " ") for part in parts if part)
        words += f" ({self.wording})" if self.wording else ""
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
    accounts: frozenset[str]
    """The service accounts that print it."""
    lines: int
    service: int
    """The number of a service that prints it: the one, where it is one meter's."""

    @property
    def account(self) -> str | None:
        """The service account, where it is one meter's."""
        return min(self.accounts) if len(self.accounts) == 1 else None


@dataclass(frozen=True)
class Rate:
    """A rate, and on which days' bills it was seen."""

    key: Key
    rate: Decimal
    first: dt.date
    last: dt.date
    meters: int
    """Service accounts on whose bills it was."""
    lines: int


def printed(session: Session, since: dt.date | None = None) -> list[Printed]:
    """Return the rates on verified bills that count, those of one period together.

    `since` leaves periods out that end before that day.
    """
    services = {one.id: one for one in _services(session, since)}
    asked = select(col(Charge.service_id), _line(session), unread(col(Charge.rate))).where(
        col(Charge.rate).is_not(None)
    )
    if since is not None:
        asked = asked.join(Service, col(Service.id) == col(Charge.service_id))
        asked = asked.where(col(Service.period_end) >= since)
    on: dict[tuple[str, Any], list[_Service]] = defaultdict(list)
    for number, line, kept in session.connection().execute(asked).all():
        if (service := services.get(number)) is not None:
            on[line, kept].append(service)
    dialect = session.connection().dialect
    return [
        one
        for (line, kept), printing in on.items()
        if (rate := RATE.process_result_value(kept, dialect)) is not None
        for one in _by_period([part or None for part in line.split(BETWEEN)], rate, printing)
    ]


BETWEEN = "\x1f"
"""Between what is known of a line: a sign that none of it has."""

OF_LINE: tuple[Any, ...] = (
    col(Charge.section),
    col(Charge.component),
    col(Charge.season),
    col(Charge.tou),
    col(Charge.vintage),
    col(Charge.unit),
    col(Charge.heading),
    col(Charge.label),
)


def _line(session: Session) -> ColumnElement[str]:
    """Return what is known of a line as one text; by it many lines are told apart in half the time."""
    as_text = func.printf if session.connection().dialect.name == "sqlite" else func.format
    return as_text(BETWEEN.join(["%s"] * len(OF_LINE)), *OF_LINE)


def _by_period(line: Sequence[Any], rate: Decimal, printing: Iterable[_Service]) -> Iterator[Printed]:
    """Give a rate of a line as the services that print it do, those of one period together."""
    of: dict[int, list[_Service]] = defaultdict(list)
    for one in printing:
        of[id(one.of)].append(one)  # there is one of each
    *known, heading, label = line
    said = wording(heading, label)
    keys: dict[tuple[str | None, ...], Key] = {}
    for same in of.values():
        first, whose = min(same), same[0].of
        terms = whose.provider, whose.schedule, whose.product
        if (key := keys.get(terms)) is None:
            more = None if whose.product and said == whose.product.lower() else said
            key = keys[terms] = Key._make((*terms, *known, more))
        accounts = first.accounts if len(same) == 1 else NOBODY.union(*[one.accounts for one in same])
        yield Printed(key, rate, whose.first, whose.last, accounts, len(same), first.id)


class _For(NamedTuple):
    """What the lines of a service are for, and when."""

    provider: str | None
    schedule: str | None
    product: str | None
    first: dt.date
    last: dt.date


NOBODY: frozenset[str] = frozenset()


class _Service(NamedTuple):
    id: int
    accounts: frozenset[str]
    """Its service account, if it was read."""
    of: _For


def _services(session: Session, since: dt.date | None) -> Iterator[_Service]:
    """Give the services of verified bills that count."""
    columns: tuple[Any, ...] = (
        Service.id,
        Service.service_account,
        Service.provider,
        Service.rate_schedule,
        Service.product,
        Service.period_start,
        Service.period_end,
    )
    asked = (
        select(*columns)
        .join(Bill, col(Bill.id) == col(Service.bill_id))
        .join(CurrentReading, col(CurrentReading.effective_id) == col(Bill.reading_id))
        .outerjoin(BillStanding, col(BillStanding.bill_id) == col(Bill.id))
        .outerjoin(ServiceStanding, col(ServiceStanding.service_id) == col(Service.id))
        .where(
            col(Service.period_start).is_not(None),
            col(Service.period_end).is_not(None) if since is None else col(Service.period_end) >= since,
            col(Bill.status) == Status.VERIFIED,
            func.coalesce(BillStanding.standing, COUNTS) == COUNTS,
            func.coalesce(ServiceStanding.standing, COUNTS) == COUNTS,
        )
    )
    known: dict[_For, _For] = {}
    accounts: dict[str | None, frozenset[str]] = {None: NOBODY}
    for number, account, *rest in session.connection().execute(asked).all():
        of = _For(*rest)
        if account not in accounts:
            accounts[account] = frozenset({account})
        yield _Service(number, accounts[account], known.setdefault(of, of))


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
            len(NOBODY.union(*[one.accounts for one in same])),
            sum(one.lines for one in same),
        )
        for (key, rate), same in of.items()
    ]
    return sorted(listed, key=lambda one: ([part or "" for part in one.key], one.first, one.rate))
