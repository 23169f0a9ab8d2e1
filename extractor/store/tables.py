"""The tables. A reading keeps each record whole, as JSON; its columns are what people ask for.

    document --< reading --< bill --< service --< charge
        |                      |--< finding
        |--- current_reading   `--- standing
        `--< document (what came in a message or an archive)

What people say stands in `extractor.store.people`, interval data in `extractor.store.metered`.

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

JSON_OR_NULL = JSON(none_as_null=True)
"""What a bill has lists of; null where it prints none."""


class Table(SQLModel):
    """The root of the store's tables; requests have tables of their own."""

    metadata = MetaData(naming_convention=NAMING)
    model_config = {"defer_build": True}  # the database checks rows: what would check them is never built


def parent(table: str) -> Column[int]:
    """Return the column of a row's parent, with which it goes."""
    return Column(ForeignKey(f"{table}.id", ondelete="CASCADE"), nullable=False, index=True)


class Document(Table, table=True):
    """A file that was taken, once, however often it came."""

    __table_args__ = (Index("ix_document_taken_at", "taken_at"),)

    id: int | None = Field(default=None, primary_key=True)
    sha256: str = Field(max_length=64, unique=True)
    name: str
    """Its name when it came first; it may tell an account."""
    size: int
    """Bytes."""
    taken_at: dt.datetime = Field(sa_column=Column(Utc(), nullable=False))
    came_by: str
    """`inbox`, `mail` or `archive`; `import` of what was imported where it lies."""
    kind: str = "bill"
    """What it was taken as: `bill`, `intervals`, `message`, `archive`, or `other`: kept and not read."""
    parent_id: int | None = Field(
        default=None, sa_column=Column(ForeignKey("document.id", ondelete="SET NULL"), index=True)
    )
    """The message or archive that it came in first."""
    sender: str | None = None
    subject: str | None = None
    message_id: str | None = None


class Reading(Table, table=True):
    """What one version of the program made of a document; never changed."""

    id: int | None = Field(default=None, primary_key=True)
    document_id: int = Field(sa_column=parent("document"))
    made_at: dt.datetime = Field(sa_column=Column(Utc(), nullable=False))
    reader: str
    """Program and version."""
    fingerprint: str = Field(max_length=64, index=True)
    """Hash of all that what is read depends on."""
    corrects_id: int | None = Field(
        default=None, sa_column=Column(ForeignKey("reading.id", ondelete="CASCADE"), index=True)
    )
    """The reading that this one is with people's corrections; null for what the program read alone."""


class CurrentReading(Table, table=True):
    """Which of a document's readings counts."""

    __tablename__ = "current_reading"

    document_id: int = Field(
        sa_column=Column(ForeignKey("document.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    )
    reading_id: int = Field(
        sa_column=Column(ForeignKey("reading.id", ondelete="RESTRICT"), nullable=False, unique=True)
    )
    """What the program read."""
    effective_id: int = Field(
        sa_column=Column(ForeignKey("reading.id", ondelete="RESTRICT"), nullable=False, unique=True)
    )
    """The same with people's corrections, where there are any: what is shown and handed out."""


class Bill(Table, table=True):
    """One record of a reading: a bill, or why there is none."""

    __table_args__ = (
        UniqueConstraint("reading_id", "position"),
        Index("ix_bill_plain_account_statement_date", "plain_account", "statement_date"),
    )

    id: int | None = Field(default=None, primary_key=True)
    reading_id: int = Field(sa_column=parent("reading"))
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
    next_cycle_end: dt.date | None = None
    """The day on or about which the next billing cycle ends, as printed."""
    autopay: bool | None = None
    previous_balance: Decimal | None = Field(default=None, sa_column=Column(Exact(MONEY)))
    balance_forward: Decimal | None = Field(default=None, sa_column=Column(Exact(MONEY)))
    account_lines: list[list[str | None]] | None = Field(default=None, sa_column=Column(JSON_OR_NULL))
    """Label, date and amount of each row of the account summary that has no field of its own."""
    plain_account: str | None = None
    """The customer account as it is compared: `customer_account` is as printed."""
    values_sha256: str = Field(default="", max_length=64)
    """Hash of all that the bill says, without where it is printed."""
    record: str = Field(sa_column=Column(Text, nullable=False))
    """The whole record (contract: ReadResult) as JSON."""


class Service(Table, table=True):
    """What one provider bills for one service account over one period."""

    __table_args__ = (
        UniqueConstraint("bill_id", "position"),
        Index("ix_service_plain_account_period_start", "plain_account", "period_start"),
    )

    id: int | None = Field(default=None, primary_key=True)
    bill_id: int = Field(sa_column=parent("bill"))
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
    product: str | None = None
    period_days: int | None = None
    """Days, as printed."""
    exported_kwh: Decimal | None = Field(default=None, sa_column=Column(Exact(QUANTITY)))
    estimated: bool | None = None
    max_demand_kw: Decimal | None = Field(default=None, sa_column=Column(Exact(QUANTITY)))
    demands: list[list[str | None]] | None = Field(default=None, sa_column=Column(JSON_OR_NULL))
    """Season, TOU period and kW of each row of the demand box."""
    meters: list[str] | None = Field(default=None, sa_column=Column(JSON_OR_NULL))
    """Numbers of its meters, where the bill has a list of them."""
    usage_history: list[list[str | int | None]] | None = Field(default=None, sa_column=Column(JSON_OR_NULL))
    """Month (YYYY-MM), kWh and days of each column of the printed usage comparison."""
    plain_account: str | None = None
    """The service account as it is compared: `service_account` is as printed."""


class Charge(Table, table=True):
    """One printed charge line, and where it is printed."""

    __table_args__ = (UniqueConstraint("service_id", "line"),)

    id: int | None = Field(default=None, primary_key=True)
    service_id: int = Field(sa_column=parent("service"))
    line: int
    section: str
    component: str = Field(index=True)
    heading: str | None = None
    """The group that the line stands in."""
    label: str
    tou: str | None = None
    season: str | None = None
    vintage: str | None = None
    quantity: Decimal | None = Field(default=None, sa_column=Column(Exact(QUANTITY)))
    unit: str | None = None
    rate: Decimal | None = Field(default=None, sa_column=Column(Exact(QUANTITY)))
    days: int | None = None
    of_days: int | None = None
    """A printed proration, days of so many."""
    amount: Decimal | None = Field(default=None, sa_column=Column(Exact(MONEY)))
    page: int
    box: list[float] | None = Field(sa_column=Column(JSON, nullable=False))
    """x0, top, x1, bottom in points from the top left corner of the page as shown; JSON's null where there
    are no pages (EDI: `page` is the segment)."""
    confidence: float | None = None


class Finding(Table, table=True):
    """Something a person should know about a reading."""

    id: int | None = Field(default=None, primary_key=True)
    bill_id: int = Field(sa_column=parent("bill"))
    code: str = Field(index=True)
    severity: str
    message: str
    service: int | None = None
    page: int | None = None


class BillStanding(Table, table=True):
    """Whether a bill that is current counts, other files of the same bill considered."""

    __tablename__ = "bill_standing"

    bill_id: int = Field(
        sa_column=Column(ForeignKey("bill.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    )
    standing: str = Field(index=True)
    """`counts`, `same` as another that counts, `asked`: nobody knows yet which of them is right; or
    `unplaced`: in doubt, and its account or date was not read."""
    other_id: int | None = Field(
        default=None, sa_column=Column(ForeignKey("bill.id", ondelete="SET NULL"), index=True)
    )


class ServiceStanding(Table, table=True):
    """Whether a service of a current bill counts, other bills of the same days considered."""

    __tablename__ = "service_standing"

    service_id: int = Field(
        sa_column=Column(ForeignKey("service.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    )
    standing: str = Field(index=True)
    """`counts`, `duplicate`, `replaced` or `undecided`; `unplaced`: in doubt, and its meter or days were not
    read; or its bill's, where that does not count."""
    other_id: int | None = Field(
        default=None, sa_column=Column(ForeignKey("service.id", ondelete="SET NULL"), index=True)
    )


class Confirmation(Table, table=True):
    """Another version of the program reads a document just as a reading has it."""

    reading_id: int = Field(
        sa_column=Column(ForeignKey("reading.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    )
    fingerprint: str = Field(primary_key=True, max_length=64)
    at: dt.datetime = Field(sa_column=Column(Utc(), nullable=False))


class Run(Table, table=True):
    """One reprocessing: documents read again, and pointers moved to what is read now."""

    id: int | None = Field(default=None, primary_key=True)
    began_at: dt.datetime = Field(sa_column=Column(Utc(), nullable=False))
    moved_at: dt.datetime | None = Field(default=None, sa_column=Column(Utc(), nullable=True))
    """When its pointers moved, null for one that was broken off."""
    undone_at: dt.datetime | None = Field(default=None, sa_column=Column(Utc(), nullable=True))
    fingerprint: str = Field(max_length=64)
    asked: str
    """What it was asked for, as options."""


class Change(Table, table=True):
    """What a reprocessing made of one document that it read again."""

    __table_args__ = (UniqueConstraint("run_id", "document_id"),)

    id: int | None = Field(default=None, primary_key=True)
    run_id: int = Field(sa_column=parent("run"))
    document_id: int = Field(sa_column=parent("document"))
    before_id: int = Field(sa_column=parent("reading"))
    after_id: int = Field(sa_column=parent("reading"))
    before_effective_id: int = Field(sa_column=parent("reading"))
    after_effective_id: int = Field(sa_column=parent("reading"))
    kind: str
    """`unchanged`, `changed`, `verified`, `review`, `worse` or `altered` (`extractor.reprocessing.changes`),
    or `missing`, where the original was."""
    moved: bool
    """Whether the run moved the pointer, be it back since; what was held back was not."""
    differences: list[list[str | None]] = Field(sa_column=Column(JSON, nullable=False))
    """Field, old and new value of each field that differs."""
