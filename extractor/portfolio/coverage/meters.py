"""Which services there are: one for each meter and customer, from bills, the roster and tables of history.

A meter goes by the account that stands for all of its numbers. Where the roster gives it to two customers,
one after the other, there are two services: neither is shown what is the other's, or not wholly its own.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from extractor.base.days import outside
from extractor.portfolio.billed import OfService
from extractor.portfolio.coverage.finals import Finals, Held, of_others
from extractor.portfolio.coverage.known import Key, Known
from extractor.portfolio.coverage.model import Unplaced
from extractor.portfolio.coverage.others import add_others_days, add_outside, is_late, others_on_its_days
from extractor.portfolio.coverage.sources import ELSEWHERE, Days, Sources, period_of, place_of
from extractor.portfolio.coverage.taken_over import taken_over, without_services
from extractor.portfolio.history_owners import history_owners, meter_of
from extractor.portfolio.owners import Owner
from extractor.store.numbers import known_as
from extractor.store.people import Account
from extractor.store.plain import plain


@dataclass
class Found:
    """A service before its cycles are told."""

    of: Sources
    owner: Owner | None = None
    """Who has and looks after it today, whoever did when it was billed."""
    numbers: dict[str, dt.date] = field(default_factory=dict)
    """Its service accounts, and when each was seen last."""
    customer_accounts: dict[str, None] = field(default_factory=dict)

    def seen(self, number: str | None, on: dt.date = dt.date.min) -> None:
        """Note a number of it."""
        if number is not None:
            self.numbers[number] = max(on, self.numbers.get(number, dt.date.min))


@dataclass
class Grouped:
    """All services, and what has no place."""

    services: dict[Key, Found] = field(default_factory=dict)
    unplaced: list[Unplaced] = field(default_factory=list)

    def at(self, key: Key) -> Found:
        """Return the service of a key."""
        if key not in self.services:
            self.services[key] = Found(Sources(key[0]))
        return self.services[key]


def grouped(known: Known) -> Grouped:
    """Return all services; of one customer his alone, and of bills only his."""
    found = Grouped()
    whose = known.owned
    listed = _listed(known)
    taken = taken_over(known, {meter for meter, _ in listed})
    customers = _customers(known, whose, (*listed, *taken))
    _add_roster(listed, found)
    _add_taken_over(taken, found)
    for one in known.billed.services:
        _add_service(one, whose.get(one.id), customers, listed, known, found)
    _add_unread(known, whose, found)
    _add_history(known, customers, found)
    _add_accounts(known, found)
    accounts: dict[str | None, list[Account]] = defaultdict(list)
    for row in known.accounts:
        if row.kind == "customer":
            accounts[row.customer_key].append(row)
    held = _held(listed)
    all_held = _by_meter(held)
    others = of_others(known.billed.services, all_held)
    for (meter, customer), service in found.services.items():
        of_meter = held.get((meter, customer), ())
        service.of.finals = Finals(of_meter, known.followed, others, known.today)
        service.of.is_open = customer is not None or not customers.get(meter)
        if customer is not None:
            service.owner = _acting(known, customer, service)
        own = listed.get((meter, customer), ())
        theirs = () if own or customer is None else all_held.get(meter, ())
        _set_managed(service, own, accounts.get(customer, ()), theirs)
        service.of.late = {one.id for one in service.of.services if is_late(one, whose, service.of)}
    add_others_days({key: one.of for key, one in found.services.items()})
    if known.only is not None:
        found.services = {key: one for key, one in found.services.items() if key[1] == known.only}
    return found


def _listed(known: Known) -> dict[Key, list[Account]]:
    """Return the rows of service accounts by service."""
    found: dict[Key, list[Account]] = defaultdict(list)
    for row in known.accounts:
        if row.kind == "service":
            found[meter_of(known.billed, row.number), row.customer_key].append(row)
    return found


def _held(listed: Mapping[Key, Sequence[Account]]) -> dict[Key, list[Held]]:
    """Return the days of the rows of each service."""
    return {
        key: [(row.valid_from or dt.date.min, row.valid_to or dt.date.max) for row in rows]
        for key, rows in listed.items()
    }


def _by_meter(held: Mapping[Key, Sequence[Held]]) -> dict[str, list[Held]]:
    """Return the same of each meter, whoever has it."""
    found: dict[str, list[Held]] = defaultdict(list)
    for (meter, _), days in held.items():
        found[meter] += days
    return found


def _customers(known: Known, whose: Mapping[int, Owner], listed: Iterable[Key]) -> dict[str, set[str]]:
    """Return whose each meter is or was."""
    found: dict[str, set[str]] = defaultdict(set)
    for meter, customer in listed:
        if customer is not None:
            found[meter].add(customer)
    for one in known.billed.services:
        if one.known_as is not None and one.id in whose:
            found[plain(one.known_as)].add(whose[one.id].customer)
    return found


def _add_roster(listed: Mapping[Key, Sequence[Account]], found: Grouped) -> None:
    for key, rows in listed.items():
        service = found.at(key)
        for row in rows:
            service.seen(row.number)
            service.of.provider = row.provider or service.of.provider
            if row.customer_account:
                service.customer_accounts[row.customer_account] = None


def _add_service(
    one: OfService,
    owner: Owner | None,
    customers: Mapping[str, set[str]],
    listed: Mapping[Key, Sequence[Account]],
    known: Known,
    found: Grouped,
) -> None:
    place, why = place_of(one, known.today)
    if place in ("unplaced", "maybe") and (known.only is None or (owner and owner.customer == known.only)):
        found.unplaced.append(Unplaced(one.bill, one, why))
    if place not in ("placed", "maybe") or one.known_as is None:
        return
    meter = plain(one.known_as)
    of_meter = customers.get(meter, set())
    if one.is_generation and place == "placed":
        others = of_meter - {owner.customer} if owner else of_meter
        for customer in others_on_its_days(one, others, known):
            found.at((meter, customer)).of.outside_supply.append(period_of(one)[1:])
    if owner is None and (len(of_meter) > 1 or (of_meter and known.only is not None)):
        for customer in of_meter if place == "placed" else ():
            add_outside(one, listed.get((meter, customer), ()), found.at((meter, customer)).of)
        if known.only is not None:
            return
    only = next(iter(of_meter)) if len(of_meter) == 1 else None
    if owner is None and only and known.owners.holders_of(one, known.billed.by_bill()[one.bill.id]) - {only}:
        if place == "placed":
            add_outside(one, listed.get((meter, only), ()), found.at((meter, only)).of)
        only = None
    service = found.at((meter, owner.customer if owner else only))
    (service.of.services if place == "placed" else service.of.maybe).append(one)
    if one.provider == "SCE" and one.end is not None:
        service.seen(one.service_account, one.end)
    else:
        service.seen(one.service_account)
    if one.bill.customer_account:
        service.customer_accounts[one.bill.customer_account] = None


def _add_unread(known: Known, whose: Mapping[int, Owner], found: Grouped) -> None:
    """Add bills of which no service was read."""
    with_services = {one.bill.id for one in known.billed.services}
    for bill in known.billed.bills:
        if bill.id in with_services or bill.standing in ELSEWHERE:
            continue
        if known.only is None or known.owners.customer_of(bill, ()) == known.only:
            why = "it could not be read" if bill.state == "unreadable" else "no service of it was read"
            found.unplaced.append(Unplaced(bill, None, why))


def _add_history(known: Known, customers: Mapping[str, set[str]], found: Grouped) -> None:
    if not known.history:
        return
    whose = history_owners(known.billed, known.owned, known.owners)
    for row in known.history:
        meter = meter_of(known.billed, row.account)
        of_meter = customers.get(meter, set())
        if len(of_meter) == 1 and known.only is None:
            customer: str | None = next(iter(of_meter))
        else:
            customer = whose.customer_of(row.account, row.first, row.last)
        service = found.at((meter, customer))
        service.of.history.append(row)
        service.seen(row.account if not service.numbers else None)


def _add_taken_over(taken: Mapping[Key, tuple[Account, OfService]], found: Grouped) -> None:
    """Add services of who has a customer account after somebody else, before a bill of his comes."""
    for key, (row, last) in taken.items():
        service = found.at(key)
        service.seen(last.service_account)
        service.customer_accounts[row.number] = None


def _add_accounts(known: Known, found: Grouped) -> None:
    """Add customer accounts of the roster of which their customer has neither a bill nor a service."""
    shown = {
        (known_as(known.same_accounts, number), customer): None
        for (_, customer), one in found.services.items()
        for number in one.customer_accounts
    }
    for row in list(without_services(known, found.services, shown)):
        service = found.at((known_as(known.same_accounts, row.number), row.customer_key))
        service.seen(row.number)
        service.customer_accounts[row.number] = None


def _acting(known: Known, customer: str, one: Found) -> Owner | None:
    """Return who has and looks after a customer's service today, the numbers that were seen last first."""
    services = sorted(one.numbers, key=lambda number: one.numbers[number], reverse=True)
    accounts = (("customer", number) for number in reversed(one.customer_accounts))
    numbers = (*(("service", number) for number in services), *accounts)
    return known.owners.looks_after(customer, numbers, known.today)


def _set_managed(
    one: Found, rows: Sequence[Account], accounts: Sequence[Account], theirs: Sequence[Held]
) -> None:
    """Set the roster's days of a service: of its own rows, else of those of its customer accounts.

    Without rows of its own it is not his on the days of other customers' rows of it.
    """
    rows = rows or [row for row in accounts if row.number in one.customer_accounts]
    one.of.away = [*_without(rows), *theirs]
    if rows:
        firsts, lasts = [row.valid_from for row in rows], [row.valid_to for row in rows]
        one.of.managed = (
            min(day for day in firsts if day) if all(firsts) else None,
            max(day for day in lasts if day) if all(lasts) else None,
        )


def _without(rows: Sequence[Account]) -> list[Days]:
    """Return the days on which none of some rows holds; none where there is no row."""
    held = [(row.valid_from or dt.date.min, row.valid_to or dt.date.max) for row in rows]
    return outside((dt.date.min, dt.date.max), held) if held else []
