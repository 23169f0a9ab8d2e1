"""Whose bills they are: customers, their sites and accounts, and who looks after them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlmodel import Session, col, select

from extractor.base.errors import BillclerkError
from extractor.store.people import Account, Customer, Manager, Site


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


def entries_of(session: Session) -> Iterator[Entry]:
    """Give the roster as rows, by customer and account."""
    asked = (
        select(Account, Customer, Site, Manager)
        .join(Customer, col(Customer.key) == col(Account.customer_key))
        .outerjoin(Site, col(Site.key) == col(Account.site_key))
        .outerjoin(Manager, col(Manager.key) == col(Site.manager_key))
        .order_by(col(Customer.key), col(Account.number), col(Account.id))
    )
    for account, customer, site, manager in session.exec(asked):
        yield Entry(
            customer=customer.key,
            customer_name=customer.name,
            account=account.number,
            kind=account.kind,
            site=site.key if site else None,
            site_name=site.name if site else None,
            address=site.address if site else None,
            manager=manager.key if manager else None,
            manager_name=manager.name if manager else None,
            manager_email=manager.email if manager else None,
            valid_from=account.valid_from,
            valid_to=account.valid_to,
        )


def take_roster(session: Session, entries: Iterable[Entry]) -> int:
    """Take the rows of a roster in, over what is there of their customers and sites; return how many.

    Raises:
        RosterError: if two customers would have one account on one day.
    """
    count = 0
    for entry in entries:
        session.merge(Customer(key=entry.customer, name=entry.customer_name))
        if entry.manager:
            name, email = entry.manager_name or entry.manager, entry.manager_email or ""
            session.merge(Manager(key=entry.manager, name=name, email=email))
        if entry.site:
            session.flush()
            session.merge(
                Site(
                    key=entry.site,
                    customer_key=entry.customer,
                    manager_key=entry.manager,
                    name=entry.site_name or entry.site,
                    address=entry.address,
                )
            )
        session.flush()
        _take_account(session, entry)
        count += 1
    return count


def _take_account(session: Session, entry: Entry) -> None:
    there = list(
        session.exec(select(Account).where(Account.number == entry.account, Account.kind == entry.kind))
    )
    for account in there:
        if (account.customer_key, account.valid_from) == (entry.customer, entry.valid_from):
            account.valid_to, account.site_key = entry.valid_to, entry.site
            session.flush()
            return
        if account.customer_key != entry.customer and _share_days(account, entry):
            raise RosterError(
                f"the account of {entry.customer!r} is {account.customer_key!r}'s on some of those days;"
                " give both rows valid_from and valid_to"
            )
    session.add(
        Account(
            kind=entry.kind,
            number=entry.account,
            customer_key=entry.customer,
            site_key=entry.site,
            valid_from=entry.valid_from,
            valid_to=entry.valid_to,
        )
    )
    session.flush()


def _share_days(account: Account, entry: Entry) -> bool:
    first = max(account.valid_from or dt.date.min, entry.valid_from or dt.date.min)
    last = min(account.valid_to or dt.date.max, entry.valid_to or dt.date.max)
    return first <= last
