"""The tables of samples: values drawn to be looked at beside their pages, and what people said of them.

    sample --< sample_value --< sample_answer
                    |
    document -------'

A sample keeps how it was drawn, since what it says of all values depends on that; a value what was shown.
"""

import datetime as dt

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field

from extractor.base.columns import Utc
from extractor.store.tables import Table, parent


class Sample(Table, table=True):
    """Values that were drawn at random, at one moment, out of all that were asked for."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    """Its size and seed, `20-7`; a number behind them if there was another of these."""
    size: int
    """How many values were asked for."""
    seed: str
    of: str
    """Out of bills that are `trusted`, `verified`, `review`, or `all`."""
    customer_key: str | None = None
    account: str | None = None
    """Of one customer, or one account, as it was asked for."""
    strata: list[list[str | int]] = Field(sa_column=Column(JSON, nullable=False))
    """Of each group that was drawn from alone its name, how many values it had, and how many of those drawn
    were passed over, being printed nowhere."""
    no_pages: int
    """Values of EDI invoices, which have no pages to look at."""
    at: dt.datetime = Field(sa_column=Column(Utc(), nullable=False))


class SampleValue(Table, table=True):
    """A value as it was shown."""

    __tablename__ = "sample_value"
    __table_args__ = (UniqueConstraint("sample_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    sample_id: int = Field(sa_column=parent("sample"))
    number: int
    """From 1, as on the page."""
    stratum: str
    document_id: int = Field(sa_column=parent("document"))
    position: int
    """Which bill of the document, from 1."""
    target: str
    """The value's JSON pointer in the record."""
    field: str
    """The same as `billclerk correct` names it."""
    what: str
    """The same in words."""
    kind: str
    """`amount`, `energy`, `demand`, `quantity`, `rate`, `date`, `number` or `schedule`."""
    value: str
    values_sha256: str = Field(max_length=64)
    """Hash of what the bill said."""
    state: str
    """The bill's: verified, corrected, accepted, review."""
    source: str
    """`text`, `ocr` or `mixed`."""
    page: int
    box: list[float] = Field(sa_column=Column(JSON, nullable=False))


class SampleAnswer(Table, table=True):
    """What a person said of a value; the latest counts."""

    __tablename__ = "sample_answer"

    id: int | None = Field(default=None, primary_key=True)
    value_id: int = Field(sa_column=parent("sample_value"))
    answer: str
    """`right`, `wrong` or `unclear`."""
    printed: str | None = None
    """What is printed, where that was said."""
    who: str
    at: dt.datetime = Field(sa_column=Column(Utc(), nullable=False))
