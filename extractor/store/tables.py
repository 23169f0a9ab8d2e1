"""The tables. A reading keeps each record whole, as JSON; its columns are what people ask for.

    document --< reading --< bill --< service --< charge
        |                      `----< finding
        `--- current_reading

Amounts are exact to the cent, quantities and rates to eight places. What a column cannot hold exactly (an
amount of three places, misread and in review) is null there: the printed digits are in the record.
"""

import datetime as dt
from decimal import Decimal

from sqlalchemy import JSON, Column, ForeignKey, Index, MetaData, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from extractor.base.columns import Exact, Utc
from extractor.base.database import NAMING

MONEY, QUANTITY = 2, 8
"""Places of amounts, and of quantities and rates."""


class Table(SQLModel):
    """The root of the store's tables; requests have tables of their own."""

    metadata = MetaData(naming_convention=NAMING)


def _parent(table: str) -> Column[int]:
    return Column(ForeignKey(f"{table}.id", ondelete="CASCADE"), nullable=False, index=True)


class Document(Table, table=True):
    """A file that was taken, once, however often it came."""

    id: int | None = Field(default=None, primary_key=True)
    sha256: str = Field(max_length=64, unique=True)
    name: str
    """Its name when it came first; it may tell an account."""
    size: int
    """Bytes."""
    taken_at: dt.datetime = Field(sa_column=Column(Utc(), nullable=False))
    came_by: str
    """`inbox` or `mail`."""
    sender: str | None = None
    subject: str | None = None
    message_id: str | None = None


class Reading(Table, table=True):
    """What one version of the program made of a document; never changed."""

    id: int | None = Field(default=None, primary_key=True)
    document_id: int = Field(sa_column=_parent("document"))
    made_at: dt.datetime = Field(sa_column=Column(Utc(), nullable=False))
    reader: str
    """Program and version."""
    fingerprint: str = Field(max_length=64)
    """Hash of all that what is read depends on."""


class CurrentReading(Table, table=True):
    """Which of a document's readings counts."""

    __tablename__ = "current_reading"

    document_id: int = Field(
        sa_column=Column(ForeignKey("document.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    )
    reading_id: int = Field(
        sa_column=Column(ForeignKey("reading.id", ondelete="RESTRICT"), nullable=False, unique=True)
    )


class Bill(Table, table=True):
    """One record of a reading: a bill, or why there is none."""

    __table_args__ = (
        UniqueConstraint("reading_id", "position"),
        Index("ix_bill_customer_account_statement_date", "customer_account", "statement_date"),
    )

    id: int | None = Field(default=None, primary_key=True)
    reading_id: int = Field(sa_column=_parent("reading"))
    position: int
    """Which bill of the document, from 1."""
    status: str = Field(index=True)
    source: str | None = None
    issuer: str | None = None
    kind: str | None = None
    customer_account: str | None = None
    statement_date: dt.date | None = Field(default=None, index=True)
    due_date: dt.date | None = None
    new_charges: Decimal | None = Field(default=None, sa_column=Column(Exact(MONEY)))
    amount_due: Decimal | None = Field(default=None, sa_column=Column(Exact(MONEY)))
    record: str = Field(sa_column=Column(Text, nullable=False))
    """The whole record (contract: ReadResult) as JSON."""


class Service(Table, table=True):
    """What one provider bills for one service account over one period."""

    __table_args__ = (
        UniqueConstraint("bill_id", "position"),
        Index("ix_service_service_account_period_start", "service_account", "period_start"),
    )

    id: int | None = Field(default=None, primary_key=True)
    bill_id: int = Field(sa_column=_parent("bill"))
    position: int
    status: str
    provider: str | None = Field(default=None, index=True)
    role: str | None = None
    service_account: str | None = None
    pod_id: str | None = Field(default=None, index=True)
    meter: str | None = None
    rate_schedule: str | None = Field(default=None, index=True)
    period_start: dt.date | None = None
    period_end: dt.date | None = None
    usage_kwh: Decimal | None = Field(default=None, sa_column=Column(Exact(QUANTITY)))
    total: Decimal | None = Field(default=None, sa_column=Column(Exact(MONEY)))


class Charge(Table, table=True):
    """One printed charge line, and where it is printed."""

    __table_args__ = (UniqueConstraint("service_id", "line"),)

    id: int | None = Field(default=None, primary_key=True)
    service_id: int = Field(sa_column=_parent("service"))
    line: int
    section: str
    component: str = Field(index=True)
    heading: str | None = None
    """The group that the line stands in."""
    label: str
    tou: str | None = None
    season: str | None = None
    quantity: Decimal | None = Field(default=None, sa_column=Column(Exact(QUANTITY)))
    unit: str | None = None
    rate: Decimal | None = Field(default=None, sa_column=Column(Exact(QUANTITY)))
    amount: Decimal | None = Field(default=None, sa_column=Column(Exact(MONEY)))
    page: int
    box: list[float] = Field(sa_column=Column(JSON, nullable=False))
    """x0, top, x1, bottom in points from the top left corner of the page as shown."""
    confidence: float | None = None


class Finding(Table, table=True):
    """Something a person should know about a reading."""

    id: int | None = Field(default=None, primary_key=True)
    bill_id: int = Field(sa_column=_parent("bill"))
    code: str = Field(index=True)
    severity: str
    message: str
    service: int | None = None
    page: int | None = None
