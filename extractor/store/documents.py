"""Documents taken, and what is read of them: added, pointed at, asked for."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, col, select

from extractor.base.columns import held
from extractor.model import Bill as PrintedBill
from extractor.model import Charge as PrintedCharge
from extractor.model import ReadResult
from extractor.model import Service as PrintedService
from extractor.store.people import Tombstone
from extractor.store.tables import (
    MONEY,
    QUANTITY,
    Bill,
    Charge,
    Confirmation,
    CurrentReading,
    Document,
    Finding,
    Reading,
    Service,
)

TOLD = {"code", "severity", "message", "service", "page"}
"""What the findings of a reading are asked by."""

NOT_PRINTED = {"status", "evidence"}
"""What of a service and a charge is ours."""


@dataclass(frozen=True)
class Arrival:
    """A file as it came: its hash, name and size, and by which way."""

    sha256: str
    name: str
    size: int
    came_by: str = "inbox"
    kind: str = "bill"
    parent_id: int | None = None
    sender: str | None = None
    subject: str | None = None
    message_id: str | None = None

    def inside(self, parent_id: int | None) -> Arrival:
        """Return the same, come in a message or an archive."""
        return replace(self, parent_id=parent_id)


@dataclass(frozen=True)
class Reader:
    """Which version of the program reads, and the hash of all that what it reads depends on."""

    name: str
    fingerprint: str


def known(session: Session, sha256: str) -> Document | None:
    """Return a document by its hash, None if it never came."""
    return session.exec(select(Document).where(Document.sha256 == sha256)).one_or_none()


def erased_at(session: Session, sha256: str) -> dt.datetime | None:
    """Return when a document was erased for a customer who left, None if it was not."""
    stone = session.get(Tombstone, sha256)
    return stone.at if stone else None


def take(session: Session, arrival: Arrival, at: dt.datetime) -> Document:
    """Return the document of a file: the one that is known by its hash, else a new one."""
    there = known(session, arrival.sha256)
    if there is not None:
        return there
    document = Document(
        sha256=arrival.sha256,
        name=arrival.name,
        size=arrival.size,
        taken_at=at,
        came_by=arrival.came_by,
        kind=arrival.kind,
        parent_id=arrival.parent_id,
        sender=arrival.sender,
        subject=arrival.subject,
        message_id=arrival.message_id,
    )
    session.add(document)
    session.flush()
    return document


def add_reading(
    session: Session,
    document: Document,
    results: Sequence[ReadResult],
    reader: Reader,
    at: dt.datetime,
    corrects: Reading | None = None,
) -> Reading:
    """Add what was read of a document; which reading is current stays as it was.

    `corrects` is the reading that this one is with people's corrections.
    """
    reading = Reading(
        document_id=_id(document.id),
        made_at=at,
        reader=reader.name,
        fingerprint=reader.fingerprint,
        corrects_id=corrects.id if corrects else None,
    )
    session.add(reading)
    session.flush()
    for position, result in enumerate(results, 1):
        _add_bill(session, _id(reading.id), position, result)
    return reading


def make_current(session: Session, reading: Reading, corrected: Reading | None = None) -> None:
    """Let a reading be the one that counts of its document, as people corrected it if they did."""
    effective_id = _id((corrected or reading).id)
    pointer = session.get(CurrentReading, reading.document_id)
    if pointer is None:
        session.add(
            CurrentReading(
                document_id=reading.document_id, reading_id=_id(reading.id), effective_id=effective_id
            )
        )
    else:
        pointer.reading_id, pointer.effective_id = _id(reading.id), effective_id
    session.flush()


def current_records(session: Session, document: Document) -> list[ReadResult]:
    """Return the records of a document that count, in the order of its pages."""
    asked = (
        select(Bill.record)
        .join(CurrentReading, col(CurrentReading.effective_id) == col(Bill.reading_id))
        .where(CurrentReading.document_id == document.id)
        .order_by(col(Bill.position))
    )
    return [ReadResult.model_validate_json(record) for record in session.exec(asked)]


def is_read_by(session: Session, reading: Reading, fingerprint: str) -> bool:
    """Tell whether a version of the program made a reading, or reads the document just so."""
    return (
        reading.fingerprint == fingerprint or session.get(Confirmation, (reading.id, fingerprint)) is not None
    )


def has_reading(session: Session, document: Document) -> bool:
    """Tell whether a document has a reading that counts."""
    return session.get(CurrentReading, document.id) is not None


def values_hash(bill: PrintedBill) -> str:
    """Return the hash of all that a bill says: without where it is printed, and how sure it was read."""
    said = json.dumps(_said(bill.model_dump(mode="json")), sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def _said(value: Any) -> Any:
    """Return what of a record is printed on the bill; fields that are empty are as good as none."""
    if isinstance(value, dict):
        kept = {name: _said(item) for name, item in value.items() if name not in NOT_PRINTED}
        return {name: item for name, item in kept.items() if item not in (None, [], {})}
    return [_said(item) for item in value] if isinstance(value, list) else value


def _add_bill(session: Session, reading_id: int, position: int, result: ReadResult) -> None:
    bill = result.bill or PrintedBill()
    row = Bill(
        reading_id=reading_id,
        position=position,
        status=result.status,
        source=result.document.source,
        issuer=bill.issuer,
        kind=bill.kind,
        customer_account=bill.customer_account,
        statement_date=bill.statement_date,
        due_date=bill.due_date,
        new_charges=held(bill.new_charges, MONEY),
        amount_due=held(bill.amount_due, MONEY),
        values_sha256=values_hash(bill),
        record=result.model_dump_json(),
    )
    session.add(row)
    session.flush()
    bill_id = _id(row.id)
    for number, service in enumerate(bill.services, 1):
        _add_service(session, bill_id, number, service)
    _insert(
        session,
        Finding,
        (found.model_dump(include=TOLD) | {"bill_id": bill_id} for found in result.findings),
    )


def _add_service(session: Session, bill_id: int, position: int, service: PrintedService) -> None:
    start, end = (service.period.start, service.period.end) if service.period else (None, None)
    row = Service(
        bill_id=bill_id,
        position=position,
        status=service.status,
        provider=service.provider,
        role=service.role,
        service_account=service.service_account,
        pod_id=service.pod_id,
        meter=service.meter,
        rate_schedule=service.rate_schedule,
        period_start=start,
        period_end=end,
        usage_kwh=held(service.usage_kwh, QUANTITY),
        total=held(service.total, MONEY),
    )
    session.add(row)
    session.flush()
    _insert(session, Charge, _charges(_id(row.id), service.charges))


def _charges(service_id: int, charges: Iterable[PrintedCharge]) -> Iterator[dict[str, object]]:
    for charge in charges:
        days, of_days = charge.days or (None, None)
        yield {
            "service_id": service_id,
            "line": charge.line,
            "section": charge.section,
            "component": str(charge.component),
            "heading": charge.group,
            "label": charge.label,
            "tou": charge.tou,
            "season": charge.season,
            "vintage": charge.vintage,
            "quantity": held(charge.quantity, QUANTITY),
            "unit": charge.unit,
            "rate": held(charge.rate, QUANTITY),
            "days": days,
            "of_days": of_days,
            "amount": held(charge.amount, MONEY),
            "page": charge.evidence.page,
            "box": list(charge.evidence.bbox),
            "confidence": charge.evidence.confidence,
        }


def _insert(session: Session, table: type[Charge | Finding], rows: Iterable[dict[str, object]]) -> None:
    """Insert many rows at once: one statement for all lines of a service."""
    if listed := list(rows):
        session.execute(insert(table), listed)


def _id(number: int | None) -> int:
    """Return the number that the database gave a row."""
    if number is None:
        raise RuntimeError("a row was not flushed")
    return number
