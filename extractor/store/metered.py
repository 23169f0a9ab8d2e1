"""The tables of interval data: what was imported, whose readings they are, and the files that hold them.

The readings themselves are in Parquet files under the home's `intervals/`. A file is there when a row
of `interval_file` names it and nothing has superseded it; what no row names was never imported.
"""

import datetime as dt
from decimal import Decimal

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Text, UniqueConstraint
from sqlmodel import Field, Session, col, select

from extractor.base.columns import Exact, Utc
from extractor.store.tables import Table


class IntervalImport(Table, table=True):
    """One file of readings taken in; numbered in the order in which they count."""

    __tablename__ = "interval_import"
    __table_args__ = (UniqueConstraint("sha256", "format", "revision"),)

    id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    sha256: str = Field(max_length=64)
    """Hash of the file."""
    format: str
    """By which format it was read, and with which columns where a person had to say."""
    revision: int
    """Of the format's reader."""
    at: dt.datetime = Field(sa_column=Column(Utc(), nullable=False))
    added: int
    """Intervals that were not there before."""
    changed: int
    """Intervals of which it says something else than what was there."""
    same: int
    is_confirmed: bool
    """Whether the format is known from real files, or a person confirmed what its columns mean."""


class IntervalSeries(Table, table=True):
    """A channel of a meter, by whichever names a file has for it."""

    __tablename__ = "interval_series"

    id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    key: str = Field(unique=True)
    """All of it that tells it from others, as JSON."""
    channel: str
    unit: str
    service_account: str | None = Field(default=None, index=True)
    """Without hyphens."""
    usage_point: str | None = Field(default=None, index=True)
    meter: str | None = None
    bucket: int
    """Which of a month's files holds it: by its owner's hash, and for ever."""


class IntervalFile(Table, table=True):
    """A Parquet file: readings of one local month, of the series of one bucket, all their versions."""

    __tablename__ = "interval_file"
    __table_args__ = (Index("ix_interval_file_month_bucket", "month", "bucket"),)

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    """Below the home's `intervals/`; never used again."""
    month: int
    """202503 is March 2025, local."""
    bucket: int
    rows: int
    sha256: str = Field(max_length=64)
    import_id: int = Field(
        sa_column=Column(ForeignKey("interval_import.id", ondelete="RESTRICT"), nullable=False, index=True)
    )
    """The import that wrote it."""
    superseded_by: int | None = Field(
        default=None,
        sa_column=Column(ForeignKey("interval_import.id", ondelete="RESTRICT"), index=True),
    )
    """The import that wrote another in its place, with all that is in it."""


class IntervalSpan(Table, table=True):
    """A span of a series that an import told of, be it that nothing in it was new."""

    __tablename__ = "interval_span"

    id: int | None = Field(default=None, primary_key=True)
    series: int = Field(
        sa_column=Column(ForeignKey("interval_series.id", ondelete="CASCADE"), nullable=False, index=True)
    )
    begin: int = Field(sa_column=Column(BigInteger, nullable=False))
    """Seconds since 1970."""
    end: int = Field(sa_column=Column(BigInteger, nullable=False))
    """Exclusive."""
    import_id: int = Field(
        sa_column=Column(ForeignKey("interval_import.id", ondelete="CASCADE"), nullable=False, index=True)
    )


class IntervalUndo(Table, table=True):
    """That a person took an import back: its readings are gone, and those that it replaced count again."""

    __tablename__ = "interval_undo"

    import_id: int = Field(
        sa_column=Column(
            ForeignKey("interval_import.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
        )
    )
    accounts: str
    """Service accounts whose readings they were, without hyphens, a blank between them."""
    first: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    """When the first of them began, in seconds since 1970."""
    last: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    """When the last of them ended."""
    who: str
    why: str
    at: dt.datetime = Field(sa_column=Column(Utc(), nullable=False))


class IntervalAgain(Table, table=True):
    """That a file was downloaded again and had the very same bytes: all that it told is told again."""

    __tablename__ = "interval_again"

    id: int | None = Field(default=None, primary_key=True)
    import_id: int = Field(
        sa_column=Column(ForeignKey("interval_import.id", ondelete="CASCADE"), nullable=False, index=True)
    )
    at: dt.datetime = Field(sa_column=Column(Utc(), nullable=False))
    """When it was written, or imported if it says later."""


def has_readings(session: Session) -> bool:
    """Tell whether anything was ever imported: where nothing was, nothing has to be asked."""
    return session.exec(select(IntervalSeries.id).limit(1)).first() is not None


def live_files(session: Session) -> dict[str, str]:
    """Return the files that count, and their hashes, by name."""
    asked = select(IntervalFile.name, IntervalFile.sha256).where(col(IntervalFile.superseded_by).is_(None))
    return dict(session.exec(asked.order_by(col(IntervalFile.id))).all())


SUMMED = (
    *("kwh", "amount", "additional", "kwh_since", "amount_since", "currency"),
    *("rate_schedule", "costs"),
)
"""What a summary says."""


class BillingSummary(Table, table=True):
    """What a file of an import says was billed for a period: its word beside a bill, never a proof."""

    __tablename__ = "billing_summary"

    id: int | None = Field(default=None, primary_key=True)
    usage_point: str | None = Field(default=None, index=True)
    service_account: str | None = Field(default=None, index=True)
    """Without hyphens."""
    first: dt.date
    last: dt.date
    """Inclusive."""
    kwh: Decimal | None = Field(default=None, sa_column=Column(Exact(8), nullable=True))
    amount: Decimal | None = Field(default=None, sa_column=Column(Exact(5), nullable=True))
    additional: Decimal | None = Field(default=None, sa_column=Column(Exact(5), nullable=True))
    kwh_since: Decimal | None = Field(default=None, sa_column=Column(Exact(8), nullable=True))
    """Of the period after this one, so far."""
    amount_since: Decimal | None = Field(default=None, sa_column=Column(Exact(5), nullable=True))
    currency: str | None = Field(default=None, max_length=3)
    """Null: the file does not say."""
    rate_schedule: str | None = None
    costs: str = Field(sa_column=Column(Text(), nullable=False))
    """Its cost lines, as JSON: label, dollars, kind, what was measured, its unit."""
    import_id: int = Field(
        sa_column=Column(ForeignKey("interval_import.id", ondelete="RESTRICT"), nullable=False, index=True)
    )


class UsagePointAccount(Table, table=True):
    """That a usage point's code stands for a service account, and who says so: a feed, or a person."""

    __tablename__ = "usage_point_account"

    id: int | None = Field(default=None, primary_key=True)
    usage_point: str = Field(index=True)
    service_account: str | None = None
    customer_account: str | None = None
    meter: str | None = None
    address: str | None = None
    evidence: str
    import_id: int | None = Field(
        default=None, sa_column=Column(ForeignKey("interval_import.id", ondelete="RESTRICT"), index=True)
    )
    who: str | None = None
    """Null: a feed says it."""
    at: dt.datetime = Field(sa_column=Column(Utc(), nullable=False))
    undone_at: dt.datetime | None = Field(default=None, sa_column=Column(Utc(), nullable=True))
    undone_by: str | None = None
