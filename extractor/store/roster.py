"""Whose bills they are: customers, their sites and accounts, and who looks after them.

A row of the roster is one account, a service account as a rule, on its days. What rows say of the same
customer, site or manager is kept once. How rows of a file become rows of the roster is in
`extractor.store.roster_plan`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from sqlalchemy import func, true
from sqlalchemy import select as sql_select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from extractor.base.errors import BillclerkError
from extractor.store.people import Account, Customer, Manager, Site

Kind = Literal["customer", "service"]


class RosterError(BillclerkError):
    """A row of the roster names what is not there or says two things; the message says which row."""

    exit_code = 2


@dataclass(frozen=True)
class Entry:
    """A row of a roster: an account, whose it is, and where."""

    customer: str
    customer_name: str
    account: str
    kind: str
    """`customer` or `service`."""
    site: str | None = None
    site_name: str | None = None
    address: str | None = None
    manager: str | None = None
    manager_name: str | None = None
    manager_email: str | None = None
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    """The last day, inclusive."""
    customer_account: str | None = None
    """Of a service account: the one that it is billed to."""
    pod_id: str | None = None
    provider: str | None = None
    """Who sells the energy: SCE, CPA, another CCA's short name, ESP."""
    cost_center: str | None = None
    further: Mapping[str, str] = field(default_factory=dict)
    """What the roster says in columns of its own, none of it empty."""

    def shares_days(self, other: Entry) -> bool:
        """Tell whether there is a day on which both hold."""
        first = max(one.valid_from or dt.date.min for one in (self, other))
        return first <= min(one.valid_to or dt.date.max for one in (self, other))


@dataclass(frozen=True)
class Stored:
    """A row that the roster has."""

    id: int
    entry: Entry
    who: str | None = None
    at: dt.datetime | None = None


def stored_rows(session: Session, customer: str | None = None) -> list[Stored]:
    """Return the roster, or a customer's part of it, by customer and account."""
    return [
        Stored(one.account.id or 0, _entry(one), one.account.who, one.account.at)
        for one in listed(session, customer)
    ]


class Listed(NamedTuple):
    """An account of the roster, and whose it is."""

    account: Account
    customer: Customer
    site: Site | None
    manager: Manager | None
    """Its own, or its site's."""


def listed(session: Session, customer: str | None = None) -> Iterator[Listed]:
    """Give the accounts of the roster, or a customer's, by customer and account."""
    at_site = aliased(Manager)
    asked = (
        sql_select(Account, Customer, Site, Manager, at_site)
        .join(Customer, col(Customer.key) == col(Account.customer_key))
        .outerjoin(Site, col(Site.key) == col(Account.site_key))
        .outerjoin(Manager, col(Manager.key) == col(Account.manager_key))
        .outerjoin(at_site, col(at_site.key) == col(Site.manager_key))
        .where(true() if customer is None else col(Customer.key) == customer)
        .order_by(col(Customer.key), col(Account.number), col(Account.id))
    )
    for account, of, site, own, of_site in session.execute(asked):
        yield Listed(account, of, site, own or of_site)


def entries_of(session: Session, customer: str | None = None) -> Iterator[Entry]:
    """Give the roster as rows, by customer and account."""
    return (row.entry for row in stored_rows(session, customer))


def _entry(one: Listed) -> Entry:
    account, customer, site, manager = one
    return Entry(
        customer=customer.key,
        customer_name=customer.name,
        account=account.number,
        kind=account.kind,
        site=site.key if site else None,
        site_name=site.name if site else None,
        address=site.address if site else None,
        manager=manager.key if manager else None,
        manager_name=manager.name if manager else None,
        manager_email=(manager.email or None) if manager else None,
        valid_from=account.valid_from,
        valid_to=account.valid_to,
        customer_account=account.customer_account,
        pod_id=account.pod_id,
        provider=account.provider,
        cost_center=account.cost_center,
        further=account.further or {},
    )


def managers_of(session: Session, customer: str | None = None) -> set[str]:
    """Return the keys of who looks after a customer's accounts, or after anybody's."""
    manager = func.coalesce(Account.manager_key, Site.manager_key)
    asked = select(manager).outerjoin(Site, col(Site.key) == col(Account.site_key)).distinct()
    if customer is not None:
        asked = asked.where(Account.customer_key == customer)
    return {key for key in session.exec(asked) if key is not None}


def manager_named(session: Session, key: str) -> Manager:
    """Return a manager of the roster.

    Raises:
        RosterError: if it has none of this key.
    """
    manager = session.get(Manager, key)
    if manager is None:
        raise RosterError(f"the roster has no manager {key!r}; `billclerk accounts managers` names them")
    return manager
