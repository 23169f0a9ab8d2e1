"""The bills that are current: as read or as corrected, what people said of them, and whether they count."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, true
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from extractor.model import ReadResult, Status
from extractor.store.numbers import Number, is_of_account, is_service_of, numbers_of
from extractor.store.people import Acceptance, Correction
from extractor.store.tables import (
    Bill,
    BillStanding,
    CurrentReading,
    Document,
    Reading,
    Service,
    ServiceStanding,
)
from extractor.store.whose import is_of_customer, is_partly_of_customer
from extractor.trust import TRUST, State, Trust, state_of

AT_ONCE = 200
"""Bills in memory at a time."""

COUNTS = "counts"

IS_ACCEPTED: ColumnElement[bool] = exists().where(
    and_(
        col(Acceptance.document_id) == col(Document.id),
        col(Acceptance.position) == col(Bill.position),
        col(Acceptance.values_sha256) == col(Bill.values_sha256),
        col(Acceptance.undone_at).is_(None),
    )
)
"""Whether a person accepted just what a bill says; for statements that join document and bill."""


IS_CORRECTED: ColumnElement[bool] = exists().where(
    and_(
        col(Correction.document_id) == col(Document.id),
        col(Correction.position) == col(Bill.position),
        col(Correction.undone_at).is_(None),
    )
)
"""Whether people corrected just this bill of a document."""


@dataclass(frozen=True)
class Wanted:
    """Which bills are asked for; whatever is None is not asked about. Both dates inclusive."""

    account: str | None = None
    """A customer account or a service account; what goes by its other numbers is asked for as well."""
    since: dt.date | None = None
    until: dt.date | None = None
    """Billing periods with a day between these; of a bill without one its statement date."""
    state: State | None = None
    provider: str | None = None
    rate: str | None = None
    customer: str | None = None
    """A customer's key of the roster."""
    is_partly: bool = False
    """Rather the bills of that customer's accounts that are not his alone, or of which that is not known."""
    sha256: str | None = None
    """How a document's hash begins."""


@dataclass(frozen=True)
class Kept:
    """A current bill."""

    bill_id: int
    document_id: int
    sha256: str
    name: str
    taken_at: dt.datetime
    position: int
    read_status: Status
    """What the program alone says of it."""
    state: State
    standing: str
    services: tuple[str, ...]
    """The standing of each service, in printed order."""
    asked: tuple[bool, ...]
    """Of each service whether it is of the account that was asked for; all are where none was."""
    record: str
    """The record as it counts: with people's corrections, where there are any."""

    @property
    def trust(self) -> Trust:
        """How far it may be trusted."""
        return TRUST[self.state]

    @property
    def result(self) -> ReadResult:
        """The record."""
        return ReadResult.model_validate_json(self.record)


def current(session: Session, wanted: Wanted = Wanted()) -> Iterator[Kept]:
    """Give the current bills that are asked for, by statement date, and as they came."""
    numbers = () if wanted.account is None else tuple(numbers_of(session, wanted.account))
    rows = iter(session.execute(_asked(wanted, numbers).execution_options(yield_per=AT_ONCE)))
    while batch := list(islice(rows, AT_ONCE)):
        services = _services(session, [row.bill_id for row in batch], numbers)
        for row in batch:
            kept = _kept(row, services.get(row.bill_id, ()))
            if wanted.state is None or kept.state == wanted.state:
                yield kept


def _asked(wanted: Wanted, numbers: Sequence[Number]) -> Select[Any]:
    as_read = aliased(Bill)
    columns: tuple[Any, ...] = (
        col(Bill.id).label("bill_id"),
        col(Document.id).label("document_id"),
        col(Document.sha256),
        col(Document.name),
        col(Document.taken_at),
        col(Bill.position),
        col(Bill.status),
        col(Bill.record),
        col(Reading.corrects_id),
        col(as_read.status).label("read_status"),
        IS_ACCEPTED.label("accepted"),
        IS_CORRECTED.label("corrected"),
        col(BillStanding.standing),
    )
    return (
        select(*columns)
        .join(CurrentReading, col(CurrentReading.effective_id) == col(Bill.reading_id))
        .join(Reading, col(Reading.id) == col(CurrentReading.effective_id))
        .join(Document, col(Document.id) == col(CurrentReading.document_id))
        .outerjoin(
            as_read,
            and_(
                col(as_read.reading_id) == col(CurrentReading.reading_id),
                col(as_read.position) == col(Bill.position),
            ),
        )
        .outerjoin(BillStanding, col(BillStanding.bill_id) == col(Bill.id))
        .where(*_conditions(wanted, numbers))
        .order_by(col(Bill.statement_date).nulls_first(), col(Document.id), col(Bill.position))
    )


def _conditions(wanted: Wanted, numbers: Sequence[Number]) -> Iterator[ColumnElement[bool]]:
    if wanted.account is not None:
        yield or_(is_of_account(numbers), _has_service(is_service_of(numbers)))
    if wanted.since is not None:
        yield _is_dated(col(Service.period_end) >= wanted.since, col(Bill.statement_date) >= wanted.since)
    if wanted.until is not None:
        yield _is_dated(col(Service.period_start) <= wanted.until, col(Bill.statement_date) <= wanted.until)
    if wanted.provider is not None:
        yield _has_service(col(Service.provider) == wanted.provider)
    if wanted.rate is not None:
        yield _has_service(col(Service.rate_schedule) == wanted.rate)
    if wanted.sha256 is not None:
        yield col(Document.sha256).startswith(wanted.sha256, autoescape=True)
    if wanted.customer is not None:
        yield (is_partly_of_customer if wanted.is_partly else is_of_customer)(wanted.customer)


def _is_dated(period: ColumnElement[bool], statement: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return a condition on a service's period; of a bill without one, on its statement date."""
    return or_(_has_service(period), and_(~_has_service(col(Service.period_end).is_not(None)), statement))


def _has_service(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(and_(col(Service.bill_id) == col(Bill.id), condition))


def _services(
    session: Session, bill_ids: list[int], numbers: Sequence[Number]
) -> dict[int, tuple[tuple[str, bool], ...]]:
    """Return the standing of each service of some bills, and whether it is asked for, in printed order."""
    is_asked = or_(is_of_account(numbers), is_service_of(numbers)) if numbers else true()
    asked = (
        select(col(Service.bill_id), col(ServiceStanding.standing), is_asked)
        .join(Bill, col(Bill.id) == col(Service.bill_id))
        .outerjoin(ServiceStanding, col(ServiceStanding.service_id) == col(Service.id))
        .where(col(Service.bill_id).in_(bill_ids))
        .order_by(col(Service.bill_id), col(Service.position))
    )
    found: dict[int, list[tuple[str, bool]]] = {}
    for bill_id, standing, is_wanted in session.execute(asked):
        found.setdefault(bill_id, []).append((standing or COUNTS, bool(is_wanted)))
    return {bill_id: tuple(services) for bill_id, services in found.items()}


def _kept(row: Any, services: tuple[tuple[str, bool], ...]) -> Kept:
    status = Status(row.status)
    return Kept(
        bill_id=row.bill_id,
        document_id=row.document_id,
        sha256=row.sha256,
        name=row.name,
        taken_at=row.taken_at,
        position=row.position,
        read_status=Status(row.read_status) if row.read_status else Status.UNREADABLE,
        state=state_of(status, row.corrects_id is not None and row.corrected, row.accepted),
        standing=row.standing or COUNTS,
        services=tuple(standing for standing, _ in services),
        asked=tuple(is_asked for _, is_asked in services),
        record=row.record,
    )
