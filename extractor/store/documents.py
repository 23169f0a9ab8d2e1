"""Documents taken, and what is read of them: added, pointed at, asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Executable, String, bindparam, insert
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from extractor.base.database import add_many, table_of
from extractor.model import ReadResult
from extractor.store.people import Tombstone
from extractor.store.record_rows import Placed, bill_row, charge_rows, finding_rows, service_row
from extractor.store.tables import (
    Bill,
    Charge,
    Confirmation,
    CurrentReading,
    Document,
    Finding,
    Reading,
    Service,
)

AT_ONCE = 300
"""Hashes that one statement asks for."""


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


class Met(NamedTuple):
    """What is known of a hash: its document, the reading of it that counts, when it was erased; None: not."""

    document_id: int | None
    reading_id: int | None
    erased_at: dt.datetime | None


def met(connection: Connection, sha256: str) -> Met:
    """Return what is known of a hash, by one question."""
    return Met(*connection.execute(_met(), {"hash": sha256}).one())


@cache
def _met() -> Executable:
    this = sql_select(bindparam("hash", type_=String).label("sha256")).subquery()
    return (
        select(Document.id, CurrentReading.reading_id, Tombstone.at)
        .select_from(this)
        .outerjoin(Document, col(Document.sha256) == this.c.sha256)
        .outerjoin(CurrentReading, col(CurrentReading.document_id) == col(Document.id))
        .outerjoin(Tombstone, col(Tombstone.sha256) == this.c.sha256)
    )


def known_of(session: Session, hashes: Collection[str]) -> dict[str, Document]:
    """Return the documents of some hashes that came before, by hash."""
    found: dict[str, Document] = {}
    listed = sorted(hashes)
    for first in range(0, len(listed), AT_ONCE):
        asked = select(Document).where(col(Document.sha256).in_(listed[first : first + AT_ONCE]))
        found.update({document.sha256: document for document in session.exec(asked)})
    return found


def take(session: Session, arrival: Arrival, at: dt.datetime) -> Document:
    """Return the document of a file: the one that is known by its hash, else a new one."""
    return known(session, arrival.sha256) or take_new(session, arrival, at)


def take_new(session: Session, arrival: Arrival, at: dt.datetime) -> Document:
    """Return a new document of a file that is known not to be there."""
    values = _document(arrival, at)
    (number,) = _added(session, Document, [values])
    return Document(id=number, **values)


def _document(arrival: Arrival, at: dt.datetime) -> dict[str, Any]:
    return {
        "sha256": arrival.sha256,
        "name": arrival.name,
        "size": arrival.size,
        "taken_at": at,
        "came_by": arrival.came_by,
        "kind": arrival.kind,
        "parent_id": arrival.parent_id,
        "sender": arrival.sender,
        "subject": arrival.subject,
        "message_id": arrival.message_id,
    }


@dataclass(frozen=True)
class Taken:
    """A new file and what was read of it, also as JSON."""

    arrival: Arrival
    results: Sequence[ReadResult]
    records: Sequence[str]


def take_all(session: Session, files: Sequence[Taken], reader: Reader, at: dt.datetime) -> list[int]:
    """Add new documents with their first readings, which count; return the documents' numbers."""
    if not files:
        return []
    document_ids = _added(session, Document, [_document(file.arrival, at) for file in files])
    readings = [_reading(number, reader, at, None) for number in document_ids]
    reading_ids = _added(session, Reading, readings)
    pointers = [
        {"document_id": document_id, "reading_id": reading_id, "effective_id": reading_id}
        for document_id, reading_id in zip(document_ids, reading_ids, strict=True)
    ]
    add_many(session, CurrentReading, pointers)
    records = [
        Placed(reading_id, position, result, text)
        for reading_id, file in zip(reading_ids, files, strict=True)
        for position, (result, text) in enumerate(zip(file.results, file.records, strict=True), 1)
    ]
    _add_records(session, records)
    return document_ids


def _reading(document_id: int, reader: Reader, at: dt.datetime, corrects_id: int | None) -> dict[str, Any]:
    return {
        "document_id": document_id,
        "made_at": at,
        "reader": reader.name,
        "fingerprint": reader.fingerprint,
        "corrects_id": corrects_id,
    }


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
    values = _reading(_id(document.id), reader, at, corrects.id if corrects else None)
    (number,) = _added(session, Reading, [values])
    texts = (result.model_dump_json() for result in results)
    pairs = enumerate(zip(results, texts, strict=True), 1)
    _add_records(session, [Placed(number, position, result, text) for position, (result, text) in pairs])
    return Reading(id=number, **values)


def make_current(session: Session, reading: Reading, corrected: Reading | None = None) -> None:
    """Let a reading be the one that counts of its document, as people corrected it if they did."""
    effective_id = _id((corrected or reading).id)
    pointer = session.get(CurrentReading, reading.document_id)
    if pointer is None:
        pointer = CurrentReading(document_id=reading.document_id, reading_id=0, effective_id=0)
        session.add(pointer)
    pointer.reading_id, pointer.effective_id = _id(reading.id), effective_id
    session.flush()


def current_records(session: Session, document_id: int) -> list[ReadResult]:
    """Return the records of a document that count, in the order of its pages."""
    asked = (
        select(Bill.record)
        .join(CurrentReading, col(CurrentReading.effective_id) == col(Bill.reading_id))
        .where(CurrentReading.document_id == document_id)
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


def _add_records(session: Session, records: Sequence[Placed]) -> None:
    """Add records of readings: a statement for all bills, one for all services, and so on."""
    bill_ids = _added(session, Bill, [bill_row(record) for record in records])
    services = [
        (bill_id, number, service)
        for bill_id, record in zip(bill_ids, records, strict=True)
        for number, service in enumerate(record.result.bill.services if record.result.bill else (), 1)
    ]
    service_ids = _added(session, Service, [service_row(*service) for service in services])
    lines = (
        row
        for service_id, (_, _, service) in zip(service_ids, services, strict=True)
        for row in charge_rows(service_id, service.charges)
    )
    _insert(session, Charge, lines)
    findings = (
        row
        for bill_id, record in zip(bill_ids, records, strict=True)
        for row in finding_rows(bill_id, record.result.findings)
    )
    _insert(session, Finding, findings)


def _added(
    session: Session, table: type[Document | Reading | Bill | Service], rows: list[dict[str, Any]]
) -> list[int]:
    """Insert rows; return their numbers, in the order of the rows."""
    if not rows:
        return []
    session.flush()  # what these rows point at
    statement = insert(table_of(table)).returning(table_of(table).c.id, sort_by_parameter_order=True)
    return [_id(number) for number in session.connection().scalars(statement, [_plain(row) for row in rows])]


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row whose texts a database takes: what a stranger wrote may have a NUL in it."""
    return {
        name: value.replace("\0", "\ufffd") if isinstance(value, str) and "\0" in value else value
        for name, value in row.items()
    }


def _insert(session: Session, table: type[Charge | Finding], rows: Iterable[dict[str, object]]) -> None:
    """Insert many rows at once."""
    if listed := [_plain(row) for row in rows]:
        add_many(session, table, listed)


def _id(number: int | None) -> int:
    """Return the number that the database gave a row."""
    if number is None:
        raise RuntimeError("a row was not flushed")
    return number
