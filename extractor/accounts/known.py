"""What the store says of accounts: bills, the roster, aliases, usage points."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, true
from sqlalchemy import select as sql_select
from sqlmodel import Session, col

from extractor.store.aliases import aliases
from extractor.store.people import Alias
from extractor.store.plain import plain
from extractor.store.roster import Listed, listed
from extractor.store.tables import Bill, CurrentReading, Service
from extractor.store.usage_points import said_of, standings
from extractor.store.whose import is_of_customer


@dataclass(frozen=True)
class Billed:
    """What bills say of a service account, with the days on which they say so."""

    service_account: str
    provider: str | None
    pod_id: str | None
    meter: str | None
    customer_account: str | None
    issuer: str | None
    first: dt.date | None
    last: dt.date | None


@dataclass(frozen=True)
class Known:
    """All that is known, for one customer or for all."""

    billed: Sequence[Billed]
    listed: Sequence[Listed]
    aliases: Sequence[Alias]
    points: Sequence[tuple[str, str, str]]
    """Codes with their accounts, and by what."""
    spelled: Mapping[str, str]
    """Service accounts as they are shown, by the number without hyphens."""
    by_service: dict[str, list[Billed]] = field(default_factory=lambda: defaultdict(list))
    by_number: dict[str, list[Listed]] = field(default_factory=lambda: defaultdict(list))
    """What is billed and listed, by numbers without hyphens."""

    def __post_init__(self) -> None:
        """Put bills and rows under their numbers."""
        for one in self.billed if not self.by_service else ():
            self.by_service[plain(one.service_account)].append(one)
        for row in self.listed if not self.by_number else ():
            self.by_number[plain(row.account.number)].append(row)


def known(session: Session, customer: str | None) -> Known:
    """Return what is known for one customer, or for all."""
    rows = list(listed(session, customer))
    billed = _billed(session, customer)
    numbers = [one.service_account for one in billed]
    numbers += [one.account.number for one in rows if one.account.kind == "service"]
    held = aliases(session)
    spelled = {plain(one): one for row in held for one in (row.number, row.other)}
    spelled |= {plain(one): one for one in numbers}
    return Known(billed, rows, held, list(_points(session)), spelled)


def _billed(session: Session, customer: str | None) -> list[Billed]:
    days = (func.coalesce(day, Bill.statement_date) for day in (Service.period_start, Service.period_end))
    first, last = days
    keys = (
        col(Service.service_account),
        col(Service.provider),
        col(Service.pod_id),
        col(Service.meter),
        col(Bill.customer_account),
        col(Bill.issuer),
    )
    asked = (
        sql_select(*keys, func.min(first), func.max(last))
        .join(Bill, col(Bill.id) == col(Service.bill_id))
        .join(CurrentReading, col(CurrentReading.effective_id) == col(Bill.reading_id))
        .where(col(Service.service_account).is_not(None))
        .where(true() if customer is None else is_of_customer(customer))
        .group_by(*keys)
        .order_by(*keys)
    )
    return [Billed(*row) for row in session.execute(asked)]


def _points(session: Session) -> Iterator[tuple[str, str, str]]:
    """Give each usage point whose account is known, and by what."""
    accounts = standings(session)
    for code, rows in said_of(session).items():
        account = accounts[code].service_account
        for row in rows if account else ():
            if row.service_account and plain(row.service_account) == account:
                by = row.evidence if row.who is None else f"{row.who}: {row.evidence}"
                yield code, account, by
