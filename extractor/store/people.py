"""The tables of what people say of bills: corrections, acceptances, answers, other numbers of one meter.

Each is a record of its own with who, when and why, kept beside the readings and never changed but by
being taken back. None hangs on a reading's rows: it holds for every later reading of the same document.
"""

import datetime as dt
from typing import Any

from sqlalchemy import JSON, Column, Index, String
from sqlmodel import Field

from extractor.base.columns import Utc
from extractor.store.plain import plain
from extractor.store.tables import JSON_OR_NULL, Table, parent


def _at(nullable: bool = False) -> Column[dt.datetime]:
    return Column(Utc(), nullable=nullable)


class Correction(Table, table=True):
    """A value of a bill as a person read it."""

    id: int | None = Field(default=None, primary_key=True)
    document_id: int = Field(sa_column=parent("document"))
    position: int
    """Which bill of the document, from 1."""
    target: str
    """The field's JSON pointer in the record; of a charge line `/charge/` and the field's name."""
    page: int | None = None
    box: list[float] | None = Field(default=None, sa_column=Column(JSON))
    """Where the value is printed; a charge line is found again by it, wherever it stands in a reading."""
    was: str | None = None
    """What was read when the person corrected it."""
    value: str
    who: str
    why: str
    at: dt.datetime = Field(sa_column=_at())
    undone_at: dt.datetime | None = Field(default=None, sa_column=_at(nullable=True))
    undone_by: str | None = None


class Acceptance(Table, table=True):
    """A person took a bill in review as it is: these values, and no others."""

    id: int | None = Field(default=None, primary_key=True)
    document_id: int = Field(sa_column=parent("document"))
    position: int
    values_sha256: str = Field(max_length=64)
    """Hash of what the bill said; a reading that says anything else was not accepted."""
    who: str
    why: str
    at: dt.datetime = Field(sa_column=_at())
    undone_at: dt.datetime | None = Field(default=None, sa_column=_at(nullable=True))
    undone_by: str | None = None


class Answer(Table, table=True):
    """What a person said of two bills of which the program could not tell.

    Of two files of one bill `document` is the one that is right. Of two charge blocks of one meter the
    later one `adds` to the earlier, `replaces` it or is its `duplicate`.
    """

    __table_args__ = (Index("ix_answer_question", "question"),)

    id: int | None = Field(default=None, primary_key=True)
    question: str
    """What both are told by: see `extractor.store.standing`."""
    answer: str
    who: str
    why: str
    at: dt.datetime = Field(sa_column=_at())
    undone_at: dt.datetime | None = Field(default=None, sa_column=_at(nullable=True))
    undone_by: str | None = None


class Alias(Table, table=True):
    """Another number of one meter's service: of CPA beside SCE's, or the old one before the new."""

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    """`provider`: two suppliers' numbers at one time; `renumbered`: one after the other;
    `account`: the same of customer accounts."""
    number: str = Field(index=True)
    other: str = Field(index=True)
    evidence: str
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    """The last day, inclusive."""
    who: str
    at: dt.datetime = Field(sa_column=_at())
    undone_at: dt.datetime | None = Field(default=None, sa_column=_at(nullable=True))
    undone_by: str | None = None


class Customer(Table, table=True):
    """Whose bills they are: nobody is shown another customer's."""

    key: str = Field(primary_key=True)
    name: str


class Manager(Table, table=True):
    """Who looks after customers and is told about their requests."""

    key: str = Field(primary_key=True)
    name: str
    email: str


class Site(Table, table=True):
    """A place of a customer."""

    key: str = Field(primary_key=True)
    customer_key: str = Field(foreign_key="customer.key", index=True)
    manager_key: str | None = Field(default=None, foreign_key="manager.key", index=True)
    name: str
    address: str | None = None


def _plain_number(context: Any) -> str:
    return plain(context.get_current_parameters()["number"])


class Account(Table, table=True):
    """A customer account or a service account, whose it is, and from when to when: a row of the roster."""

    __table_args__ = (Index("ix_account_number", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    """`customer` or `service`."""
    number: str
    """As the roster has it."""
    plain: str | None = Field(
        default=None, sa_column=Column(String(), default=_plain_number, nullable=False, index=True)
    )
    """The number as it is compared; the database fills it in."""
    customer_key: str = Field(foreign_key="customer.key", index=True)
    site_key: str | None = Field(default=None, foreign_key="site.key", index=True)
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    """The last day, inclusive."""
    customer_account: str | None = None
    """Of a service account: the customer account that it is billed to."""
    pod_id: str | None = None
    provider: str | None = None
    """Who sells the energy, as the roster says: CPA, SCE, an ESP."""
    cost_center: str | None = None
    further: dict[str, str] | None = Field(default=None, sa_column=Column(JSON_OR_NULL))
    """What the roster says in columns of its own."""
    manager_key: str | None = Field(default=None, foreign_key="manager.key", index=True)
    """Who looks after this account; where it is null, who looks after its site."""
    who: str | None = None
    """Who changed the row by hand; null where a file said it."""
    at: dt.datetime | None = Field(default=None, sa_column=_at(nullable=True))
    """When it was changed."""


class Tombstone(Table, table=True):
    """A document that was erased for a customer who left: that it was there, and nothing of it."""

    sha256: str = Field(primary_key=True, max_length=64)
    who: str
    why: str
    at: dt.datetime = Field(sa_column=_at())
