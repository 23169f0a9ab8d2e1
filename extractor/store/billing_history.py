"""The tables of billing history: rows of tables that others keep of bills, never called verified.

document --< history_import --< history_row
"""

import datetime as dt
from decimal import Decimal

from sqlalchemy import Column, Text
from sqlmodel import Field

from extractor.base.columns import Exact, Utc
from extractor.store.tables import MONEY, QUANTITY, Table, parent


class HistoryImport(Table, table=True):
    """A table of billing history taken in, by the columns that a person confirmed."""

    __tablename__ = "history_import"

    id: int | None = Field(default=None, primary_key=True)
    document_id: int = Field(sa_column=parent("document"))
    mapping: str = Field(sa_column=Column(Text(), nullable=False))
    """What its columns mean, as JSON."""
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
