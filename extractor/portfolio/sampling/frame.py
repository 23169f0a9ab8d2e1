"""What a sample is drawn from: how many values each bill has, and which.

Bills that count, and of these the services that count. The columns of their rows are counted in SQL and named
by one table (`columns.py`), so that the n-th value of all is found without reading any other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlmodel import Session, col

from extractor.model import Status
from extractor.portfolio.sampling.columns import OF_BILL, OF_CHARGE, OF_SERVICE, Slot, of_charge
from extractor.store.current import COUNTS, IS_ACCEPTED, IS_CORRECTED
from extractor.store.numbers import Number, is_of_account, is_service_of, numbers_of
from extractor.store.tables import (
    Bill,
    BillStanding,
    Charge,
    CurrentReading,
    Document,
    Reading,
    Service,
    ServiceStanding,
)
from extractor.store.whose import is_of_customer
from extractor.trust import State, state_of

Of = Literal["trusted", "verified", "review", "all"]
STATES: dict[Of, frozenset[State]] = {
    "trusted": frozenset({"verified", "corrected", "accepted"}),
    "verified": frozenset({"verified"}),
    "review": frozenset({"review"}),
    "all": frozenset({"verified", "corrected", "accepted", "review"}),
}


@dataclass(frozen=True)
class Asked:
    """Whose values are drawn from."""

    of: Of = "trusted"
    customer: str | None = None
    account: str | None = None
    """A customer account or a service account, and its other numbers; of a statement with other services
    their values are left out."""


class Framed(NamedTuple):
    """A bill, and how many values it has."""

    bill_id: int
    document_id: int
    sha256: str
    position: int
    source: str | None
    values_sha256: str
    state: State
    values: int


def framed(session: Session, asked: Asked) -> list[Framed]:
    """Return the bills that are asked for and have values, by hash and position: alike on any database."""
    numbers = _numbers(session, asked)
    values: dict[int, int] = defaultdict(int)
    services = _joined(select(col(Service.bill_id), func.sum(OF_SERVICE.count)))
    charges = _joined(select(col(Service.bill_id), func.sum(OF_CHARGE.count))).join(
        Charge, col(Charge.service_id) == col(Service.id)
    )
    within = (*_of_counting_bills(asked, numbers), *_of_counting_services(numbers))
    for statement in (services, charges):
        for bill_id, count in session.execute(statement.where(*within).group_by(col(Service.bill_id))):
            values[bill_id] += int(count)
    bills = (_framed(row, values[row.id]) for row in session.execute(_heads(asked, numbers)))
    wanted = (bill for bill in bills if bill.state in STATES[asked.of] and bill.values)
    return sorted(wanted, key=lambda bill: (bill.sha256, bill.position))


def slots(session: Session, asked: Asked, bill_id: int) -> list[Slot]:
    """Return the places of a bill's values, as many as it is said to have, in printed order."""
    numbers = _numbers(session, asked)
    own = session.execute(select(*OF_BILL.selected).where(col(Bill.id) == bill_id)).one()
    found = list(OF_BILL.slots("/bill", own))
    columns: list[Any] = [Service.id, Service.position, *OF_SERVICE.selected]
    services = (
        _joined(select(*columns))
        .where(col(Service.bill_id) == bill_id, *_of_counting_services(numbers))
        .order_by(col(Service.position))
    )
    for service_id, position, *cells in session.execute(services):
        above = f"/bill/services/{position - 1}"
        found += OF_SERVICE.slots(above, cells)
        columns = [Charge.unit, *OF_CHARGE.selected]
        charges = select(*columns).where(col(Charge.service_id) == service_id).order_by(col(Charge.line))
        for at, (unit, *of_line) in enumerate(session.execute(charges)):
            found += of_charge(f"{above}/charges/{at}", unit, of_line)
    return found


def _numbers(session: Session, asked: Asked) -> tuple[Number, ...]:
    return () if asked.account is None else tuple(numbers_of(session, asked.account))


def _heads(asked: Asked, numbers: Sequence[Number]) -> Any:
    columns: tuple[Any, ...] = (
        Bill.id,
        Document.id,
        Document.sha256,
        Bill.position,
        Bill.source,
        Bill.values_sha256,
        OF_BILL.count.label("own"),
        Bill.status,
        col(Reading.corrects_id),
        IS_ACCEPTED.label("accepted"),
        IS_CORRECTED.label("corrected"),
    )
    return (
        select(*columns)
        .join(CurrentReading, col(CurrentReading.effective_id) == col(Bill.reading_id))
        .join(Reading, col(Reading.id) == col(CurrentReading.effective_id))
        .join(Document, col(Document.id) == col(CurrentReading.document_id))
        .where(*_of_counting_bills(asked, numbers))
    )


def _joined(statement: Any) -> Any:
    """Join services to their current bills."""
    return (
        statement.select_from(Service)
        .join(Bill, col(Bill.id) == col(Service.bill_id))
        .join(CurrentReading, col(CurrentReading.effective_id) == col(Bill.reading_id))
    )


def _of_counting_bills(asked: Asked, numbers: Sequence[Number]) -> Iterator[ColumnElement[bool]]:
    yield _counts(BillStanding, col(BillStanding.bill_id) == col(Bill.id))
    if asked.customer is not None:
        yield is_of_customer(asked.customer)
    if asked.account is not None:
        has_service = (
            exists().where(col(Service.bill_id) == col(Bill.id), is_service_of(numbers)).correlate(Bill)
        )
        yield or_(is_of_account(numbers), has_service)


def _of_counting_services(numbers: Sequence[Number]) -> Iterator[ColumnElement[bool]]:
    yield _counts(ServiceStanding, col(ServiceStanding.service_id) == col(Service.id))
    if numbers:
        yield or_(is_of_account(numbers), is_service_of(numbers))


def _counts(table: Any, of: ColumnElement[bool]) -> ColumnElement[bool]:
    """Tell whether nothing says that a bill or a service does not count."""
    return ~exists().where(and_(of, col(table.standing) != COUNTS))


def _framed(row: Any, further: int) -> Framed:
    state = state_of(Status(row.status), row.corrects_id is not None and row.corrected, row.accepted)
    bill_id, document_id, sha256, position, source, said = row[:6]
    return Framed(bill_id, document_id, sha256, position, source, said, state, row.own + further)
