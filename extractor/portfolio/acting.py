"""Who acts on what is billed: who looks after it today, whoever did in its days.

What the roster says of a period is told with the period (`owners.py`). A list of things to do goes by the row
of the bill's customer that holds today, and where none does by the last that did. A statement that is no one
customer's is for each who looks after a part of it, and no customer is named.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import reduce
from typing import NamedTuple

from extractor.portfolio.billed import OfBill, OfService
from extractor.portfolio.owners import Number, Owner, Owners, numbers_of


class Acting(NamedTuple):
    """Who acts on a bill, or on one service of it."""

    owner: Owner | None
    """Whose it is, with the site, manager and cost centre that all of it has; None if no one's alone."""
    parts: Sequence[Owner]
    """Who looks after its parts."""

    @property
    def managers(self) -> Set[str]:
        """Who looks after any part of it."""
        return frozenset(part.manager for part in self.parts if part.manager is not None)

    @property
    def manager(self) -> str | None:
        """Who looks after all of it; None where there are several, or nobody."""
        found = {part.manager for part in self.parts}
        return found.pop() if len(found) == 1 else None

    @property
    def is_shared(self) -> bool:
        """Whether the roster has parts of it, and all of it is no one customer's."""
        return self.owner is None and bool(self.parts)


@dataclass(frozen=True)
class Actors:
    """The roster of a day, ready to be asked who acts."""

    by: Owners
    services: Mapping[int, Sequence[OfService]]
    """Of each bill, by its number."""
    day: dt.date
    """Today."""
    _bills: dict[int, Acting] = field(default_factory=dict)
    _today: dict[tuple[str, tuple[Number, ...]], Owner | None] = field(default_factory=dict)

    def of_bill(self, bill: OfBill) -> Acting:
        """Return who acts on a bill."""
        if bill.id not in self._bills:
            self._bills[bill.id] = self._of_bill(bill, self.services.get(bill.id, ()))
        return self._bills[bill.id]

    def of_service(self, service: OfService) -> Acting:
        """Return who acts on what is about one service of a bill."""
        whole = self.of_bill(service.bill).owner
        if whole is None:
            return Acting(None, self._parts(service))
        owner = self._on_day(whole.customer, numbers_of(service))
        return Acting(owner, [owner] if owner is not None else [])

    def _of_bill(self, bill: OfBill, services: Sequence[OfService]) -> Acting:
        customer = self.by.customer_of(bill, services)
        account = (("customer", bill.customer_account),)
        if customer is None:
            holders = sorted(self.by.holders_of_account(bill, services))
            parts = [part for one in services for part in self._parts(one)]
            parts += [part for one in holders if (part := self._on_day(one, account)) is not None]
            return Acting(None, parts)
        numbers = [numbers_of(one) for one in services] or [account]
        of = [one for each in numbers if (one := self._on_day(customer, each)) is not None]
        return Acting(reduce(_common, of) if of else None, of)

    def _parts(self, service: OfService) -> list[Owner]:
        """Return who looks after a service of a bill that is no one customer's."""
        holders = sorted(self.by.holders_of(service, self.services.get(service.bill.id, ())))
        found = (self._on_day(one, numbers_of(service)) for one in holders)
        return [one for one in found if one is not None]

    def _on_day(self, customer: str, numbers: tuple[Number, ...]) -> Owner | None:
        if (customer, numbers) not in self._today:
            self._today[customer, numbers] = self.by.looks_after(customer, numbers, self.day)
        return self._today[customer, numbers]


def together(of: Sequence[Acting]) -> Acting:
    """Return who acts on what is about several bills; it names a customer where all are his."""
    owners = [one.owner for one in of if one.owner is not None]
    is_one = len(owners) == len(of) and len({owner.customer for owner in owners}) == 1
    return Acting(reduce(_common, owners) if is_one else None, [part for one in of for part in one.parts])


def _common(owner: Owner, other: Owner) -> Owner:
    if owner.site != other.site:
        owner = owner._replace(site=None, site_name=None)
    if owner.manager != other.manager:
        owner = owner._replace(manager=None, manager_name=None)
    return owner if owner.cost_center == other.cost_center else owner._replace(cost_center=None)
