"""The one question of history: what is odd about bills beside those before them, and beside their peers."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from extractor.model import Component
from extractor.portfolio import rates
from extractor.portfolio.billed import Billed, OfService
from extractor.portfolio.collecting import uncollected
from extractor.portfolio.history.balances import balances
from extractor.portfolio.history.changes import Lines, changes
from extractor.portfolio.history.odd import Odd
from extractor.portfolio.history.periods import periods
from extractor.portfolio.history.printed import printed
from extractor.portfolio.history.tables import tables
from extractor.portfolio.history.unusual import unusual
from extractor.portfolio.owners import Owner
from extractor.portfolio.pairing import Pair, paired
from extractor.portfolio.seen import Seen
from extractor.store.billing_history import rows_that_count
from extractor.store.neighbours import parts
from extractor.store.numbers import customer_accounts_of
from extractor.store.tables import Bill, Charge, CurrentReading, Service


@uncollected()
def history(
    session: Session,
    customer: str | None = None,
    manager: str | None = None,
    since: dt.date | None = None,
    seen: Seen | None = None,
    only: Collection[int] | None = None,
) -> list[Odd]:
    """Return what is odd of a customer's bills, or of all, the newest statement first.

    `since` is the first statement date that is asked about; what they are compared with may be older. So may
    it be with `only`, the numbers of bills that are asked about. `seen` is what is billed, if it was asked.
    """
    seen = seen or Seen(session, customer)
    found, whose = seen.billed, seen.owned
    by_bill = {
        one.bill.id: owner
        for mine in (False, True)  # of a statement that several look after it is who asks
        for one in found.services
        if (owner := whose.get(one.id)) and (not mine or owner.manager == manager)
    }
    odd = [
        replace(one, owner=whose.get(one.service.id) if one.service else by_bill.get(one.bill.id))
        for one in _all(session, *((found, None) if only is None else _around(found, only)))
        if (since is None or one.day >= since) and (only is None or one.bill.id in only)
    ]
    wanted = [one for one in odd if manager is None or _is_of(one.owner, manager)]
    return sorted(wanted, key=lambda one: (-one.day.toordinal(), one.bill.id, one.code))


def _is_of(owner: Owner | None, manager: str) -> bool:
    return owner is not None and owner.manager == manager


def _around(found: Billed, only: Collection[int]) -> tuple[Billed, dt.date | None]:
    """Return what is billed to the meters and accounts of some bills, and the first day of these."""
    accounts = {bill.customer_account for bill in found.bills if bill.id in only}
    meters = {one.known_as for one in found.services if one.bill.id in only}
    bills = [bill for bill in found.bills if bill.id in only or bill.customer_account in accounts]
    services = [one for one in found.services if one.bill.id in only or one.known_as in meters]
    firsts = [one.start for one in services if one.bill.id in only and one.start is not None]
    return Billed(bills, services, found.same), min(firsts) - EARLIER if firsts else None


EARLIER = dt.timedelta(days=124)
"""Days before some bills whose rates are looked at, too: a meter that always differs is told by three."""


def _all(session: Session, found: Billed, since: dt.date | None) -> Iterator[Odd]:
    yield from balances(found.bills, customer_accounts_of(session))
    yield from _of_meters(session, found)
    yield from _of_rates(session, found, since)
    yield from tables(found, rows_that_count(session))


def _of_meters(session: Session, found: Billed) -> Iterator[Odd]:
    all_of_it = found.by_meter()
    meters = {
        name: [one for one in of if one.counts and one.start is not None and one.end is not None]
        for name, of in all_of_it.items()
    }
    lines = _lines(session)
    lasts = {name: of[-1] for name, all_of in meters.items() if (of := delivery(all_of))}
    comparisons = _comparisons(session, [one.id for one in lasts.values()])
    for name, services in meters.items():
        yield from changes(services, lines)
        yield from periods(services, all_of_it[name])
        yield from unusual(pairs_of(services))
        if name in lasts and (months := comparisons.get(lasts[name].id)):
            yield from printed(delivery(services), months)


def delivery(services: Sequence[OfService]) -> list[OfService]:
    """Return the delivery and bundled periods, in order."""
    found = [one for one in services if not one.is_generation]
    return sorted(found, key=lambda one: (one.start or dt.date.min, one.end or dt.date.min, one.id))


def pairs_of(services: Sequence[OfService]) -> Sequence[Pair]:
    """Return the delivery periods of one meter with their generation, in order."""
    return paired(services).pairs


def _of_rates(session: Session, found: Billed, since: dt.date | None) -> Iterator[Odd]:
    """Give rates that no peer has; of a part of the bills only peers of their days are looked at."""
    services = {one.id: one for one in found.services}
    told: set[tuple[str | None, rates.Key]] = set()
    known = rates.printed(session, since)
    for one in sorted(rates.alone(known), key=lambda each: each.printed.last, reverse=True):
        service = services.get(one.printed.service)
        if service is None:
            continue
        key = (one.printed.account, one.printed.key)
        if one.is_always and key in told:
            continue  # told of the last bill
        told.add(key)
        code: Any = "rate_apart" if one.is_always else "rate_differs"
        words = rates.said(one)
        said = f"{words}; it differs each time: another voltage or option" if one.is_always else words
        yield Odd(code, service.bill, said, service)


def _lines(session: Session) -> Lines:
    """Return the vintages and UUT percentages that current services print."""
    vintages: dict[int, set[str]] = defaultdict(set)
    uut: dict[int, set[Decimal]] = defaultdict(set)
    columns: tuple[Any, ...] = (Charge.service_id, Charge.component, Charge.vintage, Charge.rate)
    asked = (
        select(*columns)
        .join(Service, col(Service.id) == col(Charge.service_id))
        .join(Bill, col(Bill.id) == col(Service.bill_id))
        .join(CurrentReading, col(CurrentReading.effective_id) == col(Bill.reading_id))
        .where(col(Charge.component).in_((Component.PCIA, Component.UUT)))
    )
    for number, component, vintage, rate in session.execute(asked):
        if component == Component.PCIA and vintage is not None:
            vintages[number].add(vintage)
        elif component == Component.UUT and rate is not None:
            uut[number].add(rate)
    return Lines(_frozen(vintages), _frozen(uut))


def _frozen(found: Mapping[int, set[Any]]) -> dict[int, frozenset[Any]]:
    return {number: frozenset(values) for number, values in found.items()}


def _comparisons(session: Session, numbers: Collection[int]) -> dict[int, list[list[str | int | None]]]:
    """Return the printed usage comparisons of some services."""
    columns: tuple[Any, ...] = (Service.id, Service.usage_history)
    found: dict[int, list[list[str | int | None]]] = {}
    for part in parts(numbers):
        asked = select(*columns).where(col(Service.id).in_(part), col(Service.usage_history).is_not(None))
        for number, months in session.execute(asked):
            found[number] = months
    return found
