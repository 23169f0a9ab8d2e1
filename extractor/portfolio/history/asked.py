"""The one question of history: what is odd about bills beside those before them, and beside their peers."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from extractor.model import Component
from extractor.portfolio import rate_peers, rates
from extractor.portfolio.billed import Billed, OfService
from extractor.portfolio.coverage.finals import Finals
from extractor.portfolio.history.balances import balances
from extractor.portfolio.history.changes import Lines, changes
from extractor.portfolio.history.elsewhere import Elsewhere, elsewhere
from extractor.portfolio.history.finals import finals
from extractor.portfolio.history.odd import Odd
from extractor.portfolio.history.periods import NO_WORD, in_time, periods
from extractor.portfolio.history.printed import printed
from extractor.portfolio.history.tables import tables
from extractor.portfolio.history.unusual import unusual
from extractor.portfolio.owners import Owner
from extractor.portfolio.pairing import Pair, paired
from extractor.portfolio.repeated import repeated
from extractor.portfolio.seen import Seen
from extractor.store.billing_history import rows_that_count
from extractor.store.neighbours import parts
from extractor.store.numbers import customer_accounts_of
from extractor.store.plain import plain_or_none
from extractor.store.tables import Bill, Charge, CurrentReading, Service


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
        if (only is None or one.bill.id in only)
        and (owner := whose.get(one.id))
        and (not mine or owner.manager == manager)
    }
    odd = [
        replace(one, owner=whose.get(one.service.id) if one.service else by_bill.get(one.bill.id))
        for one in _found(session, seen, only)
        if (since is None or one.day >= since) and (only is None or one.bill.id in only)
    ]
    wanted = [one for one in odd if manager is None or _is_of(one.owner, manager)]
    return sorted(wanted, key=lambda one: (-one.day.toordinal(), one.bill.id, one.code))


def _found(session: Session, seen: Seen, only: Collection[int] | None) -> Sequence[Odd]:
    """Return what is odd of some bills, or of all; of the same ones it is looked for once."""
    if only is None:
        return list(_all(session, seen, seen.billed, None))
    asked = frozenset(only)
    if asked not in seen.odd:
        seen.odd[asked] = list(_all(session, seen, *_around(seen.billed, asked)))
    return seen.odd[asked]


def _is_of(owner: Owner | None, manager: str) -> bool:
    return owner is not None and owner.manager == manager


def _around(found: Billed, only: Collection[int]) -> tuple[Billed, dt.date | None]:
    """Return what is billed to the meters and accounts of some bills, and the first day of these."""
    accounts = {plain_or_none(bill.customer_account) for bill in found.bills if bill.id in only}
    meters = {one.known_as for one in found.services if one.bill.id in only}
    bills = [
        bill for bill in found.bills if bill.id in only or plain_or_none(bill.customer_account) in accounts
    ]
    services = [one for one in found.services if one.bill.id in only or one.known_as in meters]
    firsts = [one.start for one in services if one.bill.id in only and one.start is not None]
    return Billed(bills, services, found.same), min(firsts) - EARLIER if firsts else None


FEW = 5_000
"""Services whose lines are asked for by their numbers; those of more are all read through."""

WANTED = (Component.PCIA, Component.UUT)

EARLIER = dt.timedelta(days=124)
"""Days before some bills whose rates are looked at, too: a meter that always differs is told by three."""


def _all(session: Session, seen: Seen, found: Billed, since: dt.date | None) -> Iterator[Odd]:
    yield from balances(found.bills, customer_accounts_of(session))
    yield from _of_meters(session, found, finals(session, seen), elsewhere(session, seen))
    yield from _of_rates(session, found, since)
    yield from tables(found, rows_that_count(session))


def _of_meters(
    session: Session, found: Billed, ended: Mapping[str, Finals], gone: Mapping[str, Sequence[Elsewhere]]
) -> Iterator[Odd]:
    all_of_it = found.by_meter()
    meters = {
        name: [one for one in of if one.counts and one.start is not None and one.end is not None]
        for name, of in all_of_it.items()
    }
    lines = _lines(session, [one.id for of in meters.values() for one in of])
    lasts = {name: _of_last_days(delivery(all_of)) for name, all_of in meters.items()}
    comparisons = _comparisons(session, [one.id for of in lasts.values() for one in of])
    for name, services in meters.items():
        yield from changes(services, lines)
        yield from periods(services, all_of_it[name], ended.get(name, NO_WORD), gone.get(name, ()))
        yield from _unusual(pairs_of(services))
        for last in [one for one in lasts[name] if comparisons.get(one.id)][-1:]:
            yield from printed(delivery(services), last, comparisons[last.id])


def _of_last_days(of: Sequence[OfService]) -> list[OfService]:
    """Return the services of a meter that end last: the bill of its last days, and what adjusts that one."""
    last = max((one.end for one in of if one.end is not None), default=None)
    return [one for one in of if one.end == last]


def _unusual(pairs: Sequence[Pair]) -> Iterator[Odd]:
    deliveries = (pair.delivery for pair in pairs)
    return unusual(pairs, repeated(deliveries, {}))  # which days repeat no quantity tells


def delivery(services: Sequence[OfService]) -> list[OfService]:
    """Return the delivery and bundled periods, in order."""
    found = [one for one in services if not one.is_generation]
    return sorted(found, key=in_time)


def pairs_of(services: Sequence[OfService]) -> Sequence[Pair]:
    """Return the delivery periods of one meter with their generation, in order."""
    return paired(services).pairs


def _of_rates(session: Session, found: Billed, since: dt.date | None) -> Iterator[Odd]:
    """Give rates that no peer has; of a part of the bills only peers of their days are looked at."""
    services = {one.id: one for one in found.services}
    told: set[tuple[str | None, rates.Key]] = set()
    every = rates.printed(session, since)
    may_be_alone = {one.key for one in every if one.service in services and one.account is not None}
    known = [one for one in every if one.key in may_be_alone]
    for one in sorted(rate_peers.alone(known), key=lambda each: each.printed.last, reverse=True):
        service = services.get(one.printed.service)
        if service is None:
            continue
        key = (one.printed.account, one.printed.key)
        if one.is_always and key in told:
            continue  # told of the last bill
        told.add(key)
        code: Any = "rate_apart" if one.is_always else "rate_differs"
        words = rate_peers.said(one)
        said = f"{words}; it differs each time: another voltage or option" if one.is_always else words
        yield Odd(code, service.bill, said, service)


def _lines(session: Session, numbers: Sequence[int]) -> Lines:
    """Return the vintages and UUT percentages that some services print."""
    vintages: dict[int, set[str]] = defaultdict(set)
    uut: dict[int, set[Decimal]] = defaultdict(set)
    columns: tuple[Any, ...] = (Charge.service_id, Charge.component, Charge.vintage, Charge.rate)
    asked = select(*columns)
    if len(numbers) < FEW:
        is_wanted = func.coalesce(col(Charge.component), "").in_(WANTED)  # so that lines are found by service
        by_number = (asked.where(is_wanted, col(Charge.service_id).in_(part)) for part in parts(numbers))
        rows = [row for one in by_number for row in session.execute(one).all()]
    else:
        current = (
            asked.where(col(Charge.component).in_(WANTED))
            .join(Service, col(Service.id) == col(Charge.service_id))
            .join(Bill, col(Bill.id) == col(Service.bill_id))
            .join(CurrentReading, col(CurrentReading.effective_id) == col(Bill.reading_id))
        )
        rows = list(session.execute(current).all())
    for number, component, vintage, rate in rows:
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
