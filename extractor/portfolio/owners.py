"""Whose a bill and a service is, and who looks after it, by the roster.

The rules are those that `extractor.store.whose` asks in SQL; of ten thousand bills at once they are faster
here, and a test holds both against each other.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlmodel import Session, col, func, select

from extractor.portfolio.billed import Billed, OfBill, OfService
from extractor.store.people import Account, Customer, Manager, Site
from extractor.store.plain import plain

Day = dt.date | None
Span = tuple[Day, Day]
"""First and last day, both inclusive; None where they are not known."""

Number = tuple[str, str | None]
"""An account's kind, and its number."""


class Owner(NamedTuple):
    """Whose a service is, and who looks after it."""

    customer: str
    """Key of the roster."""
    customer_name: str
    site: str | None = None
    site_name: str | None = None
    manager: str | None = None
    """Key of the roster."""
    manager_name: str | None = None
    cost_center: str | None = None
    further: Mapping[str, str] | None = None
    """What the roster says in columns of its own."""


def told(owner: Owner | None, *names: str) -> dict[str, str | None]:
    """Return what is said of an owner under some names, as an export's columns; of nobody nothing.

    >>> told(Owner("acme", "Acme Inc.", manager="ana"), "customer", "site", "manager")
    {'customer': 'acme', 'site': None, 'manager': 'ana'}
    """
    return {name: None if owner is None else getattr(owner, name) for name in names}


class _Row(NamedTuple):
    """A row of the roster."""

    kind: str
    number: str
    owner: Owner
    first: dt.date
    last: dt.date

    @property
    def is_always(self) -> bool:
        """Whether it holds on all days."""
        return self.first == dt.date.min and self.last == dt.date.max

    def holds(self, day: Day) -> bool:
        """Tell whether it holds on a day; on one that is not known it does."""
        return day is None or self.first <= day <= self.last

    def touches(self, span: Span) -> bool:
        """Tell whether it holds on any of some days; if these are not known it may."""
        first, last = span
        return first is None or last is None or (self.first <= last and first <= self.last)


@dataclass(frozen=True)
class Owners:
    """The roster, ready to be asked of many bills."""

    rows: Sequence[_Row]
    _of: dict[tuple[str, str], list[_Row]] = field(default_factory=lambda: defaultdict(list))
    _customers: dict[tuple[str | None, ...], str | None] = field(default_factory=dict)
    """Whose bills of some numbers are, where the days do not matter."""
    _found: dict[tuple[str | None, tuple[Number, ...]], Owner | None] = field(default_factory=dict)
    """The same of services."""

    def __post_init__(self) -> None:
        """Put each row under its number."""
        for row in self.rows:
            self._of[row.kind, plain(row.number)].append(row)

    def customer_of(self, bill: OfBill, services: Sequence[OfService]) -> str | None:
        """Return the key of the customer whose bill it is; None if the roster does not say."""
        numbers = (bill.customer_account, *(one.service_account for one in services))
        if numbers in self._customers:
            return self._customers[numbers]
        found = self._customer_of(bill, services)
        kinds = ["customer", *("service" for _ in services)]
        if all(row.is_always for pair in zip(kinds, numbers, strict=True) for row in self._rows(*pair)):
            self._customers[numbers] = found
        return found

    def _customer_of(self, bill: OfBill, services: Sequence[OfService]) -> str | None:
        days = _days_of(bill, services)
        of_account = [row for row in self._rows("customer", bill.customer_account) if row.touches(days)]
        of_services = [
            (span, [row for row in self._rows("service", one.service_account) if row.touches(span)])
            for one in services
            for span in [_days_of_service(one, services)]
        ]
        keys = {
            row.owner.customer for rows in (of_account, *(rows for _, rows in of_services)) for row in rows
        }
        if len(keys) != 1:
            return None
        all_of_it = [(days, of_account)] if of_account else of_services
        is_his = all(any(row.holds(day) for row in rows) for span, rows in all_of_it for day in span)
        return keys.pop() if is_his else None

    def owner_of(
        self, service: OfService, customer: str | None, services: Sequence[OfService]
    ) -> Owner | None:
        """Return whose a service of a customer's bill is, with its site and manager on its last day.

        What the row of its service account does not say, that of its customer account does. `services` are
        all of its bill.
        """
        _, last = _days_of_service(service, services)
        found = self._owner(customer, numbers_of(service), last)
        if found is None and service.is_generation:  # of another month, under a number of its supplier's
            found = self._owner(customer, numbers_of(service), _days_of(service.bill, services)[1])
        return found

    def unnamed(self, bill: OfBill, services: Sequence[OfService]) -> tuple[Owner, list[OfService]] | None:
        """Return who has some services of a bill, and the others, where the roster names nobody for these.

        Such a bill is nobody's: it may tell of somebody else. None where it is not so.
        """
        days = _days_of(bill, services)
        if any(row.touches(days) for row in self._rows("customer", bill.customer_account)):
            return None
        named: dict[str, OfService] = {}
        others: list[OfService] = []
        for one in services:
            span = _days_of_service(one, services)
            rows = [row for row in self._rows("service", one.service_account) if row.touches(span)]
            named |= {row.owner.customer: one for row in rows}
            others += [] if rows else [one]
        if len(named) != 1 or not others:
            return None
        ((customer, service),) = named.items()
        owner = self.owner_of(service, customer, services)
        return None if owner is None else (owner, others)

    def owner_of_account(self, bill: OfBill, customer: str | None) -> Owner | None:
        """Return whose a customer's bill without services is, by its customer account."""
        return self._owner(customer, (("customer", bill.customer_account),), bill.statement_date)

    def looks_after(self, customer: str, numbers: tuple[Number, ...], today: dt.date) -> Owner | None:
        """Return who looks after some accounts of a customer today; where no row of them holds, the last."""
        rows = [row for number in numbers for row in self._rows(*number) if row.owner.customer == customer]
        return self._owner(customer, numbers, _day_of_last(rows, today)) if rows else None

    def holders_of(self, service: OfService, services: Sequence[OfService]) -> set[str]:
        """Return who has a service on any of its days; where no row names it, who has its customer account.

        `services` are all of its bill.
        """
        span = _days_of_service(service, services)
        own = (row for number in numbers_of(service)[:-1] for row in self._rows(*number))
        found = {row.owner.customer for row in own if row.touches(span)}
        return found or self.holders_of_account(service.bill, services)

    def holders_of_account(self, bill: OfBill, services: Sequence[OfService]) -> set[str]:
        """Return who has a bill's customer account on any of its days."""
        days = _days_of(bill, services)
        return {
            row.owner.customer for row in self._rows("customer", bill.customer_account) if row.touches(days)
        }

    def _owner(self, customer: str | None, numbers: tuple[Number, ...], day: Day) -> Owner | None:
        if (customer, numbers) in self._found:
            return self._found[customer, numbers]
        rows = [row for number in numbers for row in self._rows(*number) if row.owner.customer == customer]
        owner = None
        for row in rows:
            if row.holds(day):
                owner = row.owner if owner is None else _filled(owner, row.owner)
        if all(row.is_always for row in rows):
            self._found[customer, numbers] = owner
        return owner

    def holders(self, numbers: Iterable[Number], first: dt.date, last: dt.date) -> set[str]:
        """Return who by a row of one of some accounts has it on all days from one to another."""
        rows = (row for number in numbers for row in self._rows(*number))
        return {row.owner.customer for row in rows if row.first <= first and last <= row.last}

    def _rows(self, kind: str, number: str | None) -> Sequence[_Row]:
        return () if number is None else self._of.get((kind, plain(number)), ())


def owners(session: Session) -> Owners:
    """Return the roster."""
    asked = (
        select(Account, Customer, Site, Manager)
        .join(Customer, col(Customer.key) == col(Account.customer_key))
        .outerjoin(Site, col(Site.key) == col(Account.site_key))
        .outerjoin(Manager, col(Manager.key) == func.coalesce(Account.manager_key, Site.manager_key))
        .order_by(col(Account.id))
    )
    return Owners(
        [_row(account, customer, site, manager) for account, customer, site, manager in session.exec(asked)]
    )


def owned(found: Billed, by: Owners) -> dict[int, Owner]:
    """Return whose each service is, by its number; those of which the roster does not say it are left out."""
    customers = {
        bill_id: by.customer_of(services[0].bill, services) for bill_id, services in found.by_bill().items()
    }
    by_bill = found.by_bill()
    whose = (
        (one.id, by.owner_of(one, customers[one.bill.id], by_bill[one.bill.id])) for one in found.services
    )
    return {number: owner for number, owner in whose if owner is not None}


def _row(account: Account, customer: Customer, site: Site | None, manager: Manager | None) -> _Row:
    owner = Owner(
        customer=customer.key,
        customer_name=customer.name,
        site=site.key if site else None,
        site_name=site.name if site else None,
        manager=manager.key if manager else None,
        manager_name=manager.name if manager else None,
        cost_center=account.cost_center,
        further=account.further,
    )
    first, last = account.valid_from or dt.date.min, account.valid_to or dt.date.max
    return _Row(account.kind, account.number, owner, first, last)


def numbers_of(service: OfService) -> tuple[Number, ...]:
    """Return the accounts whose rows say whose a service is, in that order, its customer account last."""
    return (
        ("service", service.service_account),
        ("service", service.known_as),
        ("customer", service.bill.customer_account),
    )


def _day_of_last(rows: Sequence[_Row], today: dt.date) -> dt.date:
    """Return today if a row holds then, else the last day on which one did, else the first to come."""
    if any(row.holds(today) for row in rows):
        return today
    ended = [row.last for row in rows if row.last < today]
    return max(ended) if ended else min(row.first for row in rows)


def _filled(owner: Owner, other: Owner) -> Owner:
    """Return an owner with what another row says where this one says nothing; site and manager together."""
    if owner.site is None:
        owner = owner._replace(
            site=other.site,
            site_name=other.site_name,
            manager=owner.manager or other.manager,
            manager_name=owner.manager_name or other.manager_name,
        )
    return owner._replace(
        cost_center=owner.cost_center or other.cost_center, further=owner.further or other.further
    )


def _days_of(bill: OfBill, services: Sequence[OfService]) -> Span:
    """Return the first and the last day that a bill delivers; of one without delivery, that it bills.

    Where these were not read it is that of its statement.
    """
    delivery = [one for one in services if not one.is_generation]
    first, last = _outer(delivery or services)
    return first or bill.statement_date, last or bill.statement_date


def _days_of_service(service: OfService, services: Sequence[OfService]) -> Span:
    """Return the days of a service; of generation those of its service account's delivery, if any."""
    first, last = service.start, service.end
    if service.is_generation and service.service_account is not None:
        number = plain(service.service_account)
        beside = _outer(
            [one for one in services if not one.is_generation and plain(one.service_account or "") == number]
        )
        first, last = beside[0] or first, beside[1] or last
    if first is None or last is None:
        days = _days_of(service.bill, services)
        first, last = first or days[0], last or days[1]
    return first, last


def _outer(services: Sequence[OfService]) -> Span:
    """Return the first and the last day of some services, as far as they are known."""
    firsts = [one.start for one in services if one.start is not None]
    lasts = [one.end for one in services if one.end is not None]
    return min(firsts, default=None), max(lasts, default=None)
