"""What is billed: current bills and their services as light rows; the question that all of this begins with.

No record is parsed, so ten thousand statements are asked in a fraction of a second. Bills of any state and
standing are given, since what does not count has to be shown as what it is: add up only what `counts`.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, select, true
from sqlmodel import Session, col

from extractor.store.current import COUNTS, IS_ACCEPTED, IS_CORRECTED
from extractor.store.neighbours import parts
from extractor.store.numbers import known_as, meters_of
from extractor.store.plain import plain
from extractor.store.tables import (
    Bill,
    BillStanding,
    CurrentReading,
    Document,
    Reading,
    Service,
    ServiceStanding,
)
from extractor.store.whose import is_of_customer
from extractor.trust import State, state_of

TRUSTED: frozenset[State] = frozenset({"verified", "corrected", "accepted"})
"""States of bills that may be added up."""

SHORT = 12
"""Digits by which a document is shown."""


class OfBill(NamedTuple):
    """A current bill; money in USD."""

    id: int
    document_id: int
    sha256: str
    file: str
    """The name that its file came by."""
    taken_at: dt.datetime
    position: int
    """Which bill of the file, from 1."""
    state: State
    """With people's work: verified, corrected, accepted, review, unreadable."""
    standing: str
    """`counts`, or why not: same, asked, unplaced."""
    source: str | None
    issuer: str | None
    kind: str | None
    customer_account: str | None
    statement_date: dt.date | None
    due_date: dt.date | None
    new_charges: Decimal | None
    amount_due: Decimal | None
    next_cycle_end: dt.date | None
    """About when the next cycle ends, as printed."""
    autopay: bool | None
    previous_balance: Decimal | None
    balance_forward: Decimal | None

    @property
    def is_trusted(self) -> bool:
        """Proven by the checks, or accepted by a person."""
        return self.state in TRUSTED

    @property
    def counts(self) -> bool:
        """Whether it belongs in a total: trusted, and no other file of it counts."""
        return self.is_trusted and self.standing == COUNTS

    @property
    def name(self) -> str:
        """What commands call it by."""
        short = self.sha256[:SHORT]
        return short if self.position == 1 else f"{short}:{self.position}"


class OfService(NamedTuple):
    """A service of a current bill: what one provider charges for a period, both days inclusive."""

    id: int
    bill: OfBill
    number: int
    """Which service of the bill, from 1."""
    standing: str
    """`counts`, or why not: duplicate, replaced, undecided, unplaced, or what its bill is."""
    provider: str | None
    role: str | None
    """`bundled`, `delivery` or `generation`."""
    service_account: str | None
    """As printed."""
    known_as: str | None
    """The one of all service accounts that its meter goes by that stands for them, as it is compared."""
    pod_id: str | None
    meter: str | None
    rate_schedule: str | None
    product: str | None
    start: dt.date | None
    end: dt.date | None
    days: int | None
    """As printed."""
    kwh: Decimal | None
    exported_kwh: Decimal | None
    kw: Decimal | None
    """Maximum demand, as printed."""
    estimated: bool | None
    total: Decimal | None
    """USD."""

    @property
    def counts(self) -> bool:
        """Whether it belongs in a total: trusted, and neither it nor its bill is another's."""
        return self.bill.counts and self.standing == COUNTS

    @property
    def is_generation(self) -> bool:
        """Whether it is a CCA's or an ESP's part alone."""
        return self.role == "generation"


@dataclass(frozen=True)
class Billed:
    """All that is billed, of one customer or of all."""

    bills: Sequence[OfBill]
    """By statement date and as they came; those that could not be read too."""
    services: Sequence[OfService]
    """By bill, in printed order."""
    same: Mapping[str, str] = field(default_factory=dict)
    """By service account, the one that stands for all of its meter's, where it has several."""

    def by_bill(self) -> Mapping[int, Sequence[OfService]]:
        """Return the services of each bill, by its number."""
        return self._by_bill

    def by_meter(self) -> Mapping[str, Sequence[OfService]]:
        """Return the services of each meter, by the number that stands for it; some have none."""
        found = _grouped(self.services, lambda one: one.known_as)
        return {known_as: of for known_as, of in found.items() if known_as is not None}

    @cached_property
    def _by_bill(self) -> Mapping[int, Sequence[OfService]]:
        return _grouped(self.services, lambda one: one.bill.id)


def billed(session: Session, customer: str | None = None) -> Billed:
    """Return what is billed to a customer of the roster, or all that is."""
    whose = true() if customer is None else is_of_customer(customer)
    bills = _bills(session, whose)
    same = meters_of(session)
    known = {bill.id: bill for bill in bills}
    asked = (
        select(*_OF_SERVICE)
        .join(Bill, col(Bill.id) == col(Service.bill_id))
        .join(CurrentReading, col(CurrentReading.effective_id) == col(Bill.reading_id))
        .outerjoin(ServiceStanding, col(ServiceStanding.service_id) == col(Service.id))
        .where(whose)
        .order_by(col(Service.id))
    )
    services = [_service(row, known, same) for row in session.connection().execute(asked).all()]
    order = {bill.id: at for at, bill in enumerate(bills)}
    services.sort(key=lambda one: (order[one.bill.id], one.number))
    return Billed(bills, services, same)


def bills_of_accounts(session: Session, accounts: Iterable[str]) -> list[OfBill]:
    """Return the bills of some customer accounts, whoever has them; numbers are compared as `plain` ones."""
    return [
        bill
        for part in parts(sorted({plain(account) for account in accounts}))
        for bill in _bills(session, col(Bill.plain_account).in_(part))
    ]


def _bills(session: Session, whose: ColumnElement[bool]) -> list[OfBill]:
    asked = (
        select(*_OF_BILL)
        .join(CurrentReading, col(CurrentReading.effective_id) == col(Bill.reading_id))
        .join(Reading, col(Reading.id) == col(CurrentReading.effective_id))
        .join(Document, col(Document.id) == col(CurrentReading.document_id))
        .outerjoin(BillStanding, col(BillStanding.bill_id) == col(Bill.id))
        .where(whose)
        .order_by(col(Bill.statement_date).nulls_first(), col(Document.id), col(Bill.position))
    )
    return [_bill(row) for row in session.connection().execute(asked).all()]


_OF_BILL: tuple[Any, ...] = (
    col(Bill.id),
    col(Document.id),
    col(Document.sha256),
    col(Document.name),
    col(Document.taken_at),
    col(Bill.position),
    col(Bill.status),
    col(Reading.corrects_id),
    IS_CORRECTED,
    IS_ACCEPTED,
    col(BillStanding.standing),
    col(Bill.source),
    col(Bill.issuer),
    col(Bill.kind),
    col(Bill.customer_account),
    col(Bill.statement_date),
    col(Bill.due_date),
    col(Bill.new_charges),
    col(Bill.amount_due),
    col(Bill.next_cycle_end),
    col(Bill.autopay),
    col(Bill.previous_balance),
    col(Bill.balance_forward),
)

_OF_SERVICE: tuple[Any, ...] = (
    col(Service.id),
    col(Service.bill_id),
    col(Service.position),
    col(ServiceStanding.standing),
    col(Service.provider),
    col(Service.role),
    col(Service.service_account),
    col(Service.pod_id),
    col(Service.meter),
    col(Service.rate_schedule),
    col(Service.product),
    col(Service.period_start),
    col(Service.period_end),
    col(Service.period_days),
    col(Service.usage_kwh),
    col(Service.exported_kwh),
    col(Service.max_demand_kw),
    col(Service.estimated),
    col(Service.total),
)


def _bill(row: Sequence[Any]) -> OfBill:
    status, corrects_id, is_corrected, is_accepted, standing = row[6:11]
    state = state_of(status, corrects_id is not None and is_corrected, is_accepted)
    return OfBill._make((*row[:6], state, standing or COUNTS, *row[11:]))


def _service(row: Sequence[Any], bills: Mapping[int, OfBill], same: Mapping[str, str]) -> OfService:
    number, bill_id, position, standing, provider, role, account, *rest = row
    name = None if account is None else known_as(same, account)
    place = (number, bills[bill_id], position, standing or COUNTS)
    return OfService._make((*place, provider, role, account, name, *rest))


def _grouped(services: Iterable[OfService], key: Any) -> dict[Any, list[OfService]]:
    found: dict[Any, list[OfService]] = defaultdict(list)
    for one in services:
        found[key(one)].append(one)
    return found
