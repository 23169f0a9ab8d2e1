"""The tables of billing history: rows of tables that others keep of bills, never called verified.

document --< history_import --< history_row

Rows of an import that is taken back count nowhere; they are kept, so that it is known of whom they are. Of
several imports that have rows for the same account, part and days the latest counts.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Column, Text, delete, func
from sqlalchemy import select as sql_select
from sqlmodel import Field, Session, col, select

from extractor.base.columns import Exact, Utc
from extractor.base.database import add_many, table_of
from extractor.store.neighbours import parts
from extractor.store.said import NotKeptError
from extractor.store.tables import MONEY, QUANTITY, Document, Table, parent


class HistoryImport(Table, table=True):
    """A table of billing history taken in, by the columns that a person confirmed."""

    __tablename__ = "history_import"

    id: int | None = Field(default=None, primary_key=True)
    document_id: int = Field(sa_column=parent("document"))
    mapping_id: int | None = None
    """Number of the mapping that it was read by."""
    mapping: str = Field(sa_column=Column(Text(), nullable=False))
    """What its columns meant, as JSON."""
    who: str
    at: dt.datetime = Field(sa_column=Column(Utc(), nullable=False))
    undone_at: dt.datetime | None = Field(default=None, sa_column=Column(Utc(), nullable=True))
    undone_by: str | None = None


class HistoryRow(Table, table=True):
    """What a table says that was billed to a service account for a period; both days inclusive."""

    __tablename__ = "history_row"

    id: int | None = Field(default=None, primary_key=True)
    import_id: int = Field(sa_column=parent("history_import"))
    line: int
    """In the file, from 1."""
    service_account: str = Field(index=True)
    """Without hyphens."""
    role: str | None = None
    """`bundled`, `delivery` or `generation`, where that is known."""
    period_start: dt.date
    period_end: dt.date
    kwh: Decimal | None = Field(default=None, sa_column=Column(Exact(QUANTITY)))
    kw: Decimal | None = Field(default=None, sa_column=Column(Exact(QUANTITY)))
    amount: Decimal | None = Field(default=None, sa_column=Column(Exact(MONEY)))
    """USD; in no total."""


class Billed(NamedTuple):
    """A row to be kept; days inclusive, USD."""

    line: int
    account: str
    first: dt.date
    last: dt.date
    kwh: Decimal | None
    kw: Decimal | None
    amount: Decimal | None


@dataclass(frozen=True)
class Source:
    """By which mapping rows were read, and who takes them."""

    mapping_id: int
    mapping: str
    """JSON."""
    role: str | None
    who: str


def live_import(session: Session, sha256: str) -> HistoryImport | None:
    """Return the import of a file that was not taken back; None if there is none."""
    asked = (
        select(HistoryImport)
        .join(Document, col(Document.id) == col(HistoryImport.document_id))
        .where(Document.sha256 == sha256, col(HistoryImport.undone_at).is_(None))
        .order_by(col(HistoryImport.id).desc())
    )
    return session.exec(asked).first()


def add_history(
    session: Session, document_id: int, source: Source, rows: Iterable[Billed], at: dt.datetime
) -> int:
    """Keep the rows of a document; return the number of the import."""
    row = HistoryImport(
        document_id=document_id,
        mapping_id=source.mapping_id,
        mapping=source.mapping,
        who=source.who,
        at=at,
    )
    session.add(row)
    session.flush()
    assert row.id is not None
    add_many(session, HistoryRow, [_values(row.id, source.role, one) for one in rows])
    return row.id


def _values(number: int, role: str | None, row: Billed) -> dict[str, Any]:
    return {
        "import_id": number,
        "line": row.line,
        "service_account": row.account,
        "role": role,
        "period_start": row.first,
        "period_end": row.last,
        "kwh": row.kwh,
        "kw": row.kw,
        "amount": row.amount,
    }


def undo_history(session: Session, number: int, who: str, at: dt.datetime) -> int:
    """Take an import back; return how many rows count no more.

    Raises:
        NotKeptError: if there is none of that number, or it was taken back before.
    """
    row = session.get(HistoryImport, number)
    if row is None:
        raise NotKeptError(f"there is no import {number}; `billclerk billing-history list` lists them")
    if row.undone_at is not None:
        raise NotKeptError(f"import {number} was taken back on {row.undone_at:%Y-%m-%d} by {row.undone_by}")
    row.undone_at, row.undone_by = at, who
    of = col(HistoryRow.import_id) == number
    session.flush()
    return session.exec(select(func.count()).select_from(HistoryRow).where(of)).one()


class Counted(NamedTuple):
    """A row that counts, as `HistoryRow` keeps it."""

    import_id: int
    line: int
    service_account: str
    role: str | None
    period_start: dt.date
    period_end: dt.date
    kwh: Decimal | None
    kw: Decimal | None
    amount: Decimal | None

    @property
    def key(self) -> tuple[str, str | None, dt.date, dt.date]:
        """What a later import's row takes the place of another one's by."""
        return self[2:6]


def rows_that_count(session: Session, accounts: Collection[str] | None = None) -> list[Counted]:
    """Return the rows of history, of the latest import of each account, part and period; the oldest first."""
    asked = (
        sql_select(*(getattr(HistoryRow, name) for name in Counted._fields))
        .join(HistoryImport, col(HistoryImport.id) == col(HistoryRow.import_id))
        .where(col(HistoryImport.undone_at).is_(None))
        .order_by(col(HistoryRow.id))
    )
    account = col(HistoryRow.service_account)
    every = (
        [asked] if accounts is None else [asked.where(account.in_(part)) for part in parts(sorted(accounts))]
    )
    found = [Counted(*row) for one in every for row in session.execute(one)]
    latest: dict[tuple[object, ...], int] = {}
    for row in found:
        latest[row.key] = max(row.import_id, latest.get(row.key, 0))
    return [row for row in found if latest[row.key] == row.import_id]


def digits(value: Decimal | None) -> Decimal | None:
    """Return kWh or kW without the zeros that a column keeps behind them.

    >>> digits(Decimal("1200.00000000"))
    Decimal('1200')
    """
    return None if value is None else Decimal(f"{value.normalize():f}")


# --- a customer's --------------------------------------------------------------------------------------


class Tables(NamedTuple):
    """Documents that have billing history of some accounts."""

    documents: tuple[Document, ...]
    """Those that have nobody else's."""
    shared: tuple[Document, ...]
    """Those that have others', too."""


def tables_of(session: Session, accounts: Collection[str]) -> Tables:
    """Return the documents that have rows of some service accounts; numbers without hyphens."""
    asked = (
        select(HistoryImport.document_id, HistoryRow.service_account)
        .join(HistoryImport, col(HistoryImport.id) == col(HistoryRow.import_id))
        .distinct()
    )
    of: dict[int, set[str]] = defaultdict(set)
    for number, account in session.exec(asked):
        of[number].add(account)
    his = [number for number, found in sorted(of.items()) if found & set(accounts)]
    alone = [number for number in his if of[number] <= set(accounts)]
    return Tables(
        tuple(session.get_one(Document, number) for number in alone),
        tuple(session.get_one(Document, number) for number in his if number not in alone),
    )


def rows_of(session: Session, accounts: Collection[str]) -> Iterator[tuple[Counted, str]]:
    """Give the rows of some service accounts that count, each with the hash of its document."""
    asked = select(HistoryImport.id, Document.sha256).join(
        Document, col(Document.id) == col(HistoryImport.document_id)
    )
    hashes = dict(session.exec(asked).all())
    for row in rows_that_count(session, accounts):
        yield row, hashes[row.import_id]


def erase_rows(session: Session, accounts: Collection[str]) -> None:
    """Erase the rows of some service accounts, in tables of others, too."""
    for part in parts(sorted(accounts)):
        session.execute(delete(HistoryRow).where(col(HistoryRow.service_account).in_(part)))


# --- what is said of an import -------------------------------------------------------------------------


class Imported(NamedTuple):
    """An import, with what it has."""

    row: HistoryImport
    file: str
    sha256: str
    rows: int
    accounts: int
    first: dt.date | None
    last: dt.date | None
    role: str | None


def imports(session: Session, undone: bool = False) -> Iterator[Imported]:
    """Give the imports that hold, the oldest first; with `undone` all of them."""
    counted = (
        sql_select(
            HistoryImport,
            col(Document.name),
            col(Document.sha256),
            func.count(col(HistoryRow.id)),
            func.count(func.distinct(col(HistoryRow.service_account))),
            func.min(col(HistoryRow.period_start)),
            func.max(col(HistoryRow.period_end)),
            func.max(col(HistoryRow.role)),
        )
        .join(Document, col(Document.id) == col(HistoryImport.document_id))
        .outerjoin(HistoryRow, col(HistoryRow.import_id) == col(HistoryImport.id))
        .group_by(*table_of(HistoryImport).columns, col(Document.name), col(Document.sha256))
        .order_by(col(HistoryImport.id))
    )
    for found in session.execute(counted):
        if undone or found[0].undone_at is None:
            yield Imported(*found)
