"""The tables of data requests. Events are only added; what a request is, is worked out from them.

    counterparty_version        what was known of a counterparty, each version that was ever used
    customer_authorization --< authorization_event
        `--< data_request --< request_item
                   |--< request_event
                   `--< outgoing_mail
    incoming_mail               mail that came, matched to a request or not yet
    mailbox_message             what lies where in a mailbox, and was taken in

Service account numbers and customer and manager keys are those of the store of bills; no foreign key
leads there. Moments are UTC, days are local ones of the counterparty.
"""

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, LargeBinary, MetaData, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from extractor.base.columns import Exact, Utc
from extractor.base.database import NAMING

MONEY = 2
"""Places of amounts in dollars."""


class Table(SQLModel):
    """The root of the tables of requests; the store of bills has its own."""

    metadata = MetaData(naming_convention=NAMING)
    model_config = {"defer_build": True}  # the database checks rows: what would check them is never built


def _parent(table: str) -> Column[int]:
    return Column(ForeignKey(f"{table}.id", ondelete="CASCADE"), nullable=False, index=True)


def _at(nullable: bool = False) -> Column[dt.datetime]:
    return Column(Utc(), nullable=nullable)


class CounterpartyVersion(Table, table=True):
    """What was known of a counterparty, as its file said; of a key the latest taken in counts."""

    __tablename__ = "counterparty_version"
    __table_args__ = (UniqueConstraint("key", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(index=True)
    version: str = Field(max_length=12)
    """The first digits of the file's hash."""
    text: str = Field(sa_column=Column(Text(), nullable=False))
    """The file."""
    recorded_at: dt.datetime = Field(sa_column=_at())
    who: str
    is_taken: bool
    """Whether a firm took it in; else it is what the program brought when something was sent by it."""


class Authorization(Table, table=True):
    """A customer's consent: a form or letter, and once it is signed, the file that nobody may alter."""

    __tablename__ = "customer_authorization"

    id: int | None = Field(default=None, primary_key=True)
    counterparty: str = Field(index=True)
    """The key of whom it is for."""
    customer: str = Field(index=True)
    """The key of the customer."""
    customer_of_record: str
    """The name as on the bill."""
    mailing_address: str
    signatory: str | None = None
    signatory_title: str | None = None
    agent: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    """Whom the customer appoints: name, company, mailing_address, telephone, email."""
    options: list[str] = Field(sa_column=Column(JSON, nullable=False))
    duration: str
    """`one_time`, `one_year` or `until`."""
    until: dt.date | None = None
    """The last day of `until`."""
    release_method: str
    """`email`, `fax` or `mail`."""
    release_to: str
    form_revision: str
    accounts: list[dict[str, str]] = Field(sa_column=Column(JSON, nullable=False))
    """Each with service_account, service_address."""
    signature_kind: str | None = None
    """`wet`, `scan` or `electronic`."""
    executed_on: dt.date | None = None
    signed_sha256: str | None = Field(default=None, max_length=64)
    """Hash of the signed file, which is kept among the originals."""
    signed_name: str | None = None
    supersedes_id: int | None = Field(
        default=None, sa_column=Column(ForeignKey("customer_authorization.id", ondelete="SET NULL"))
    )
    created_at: dt.datetime = Field(sa_column=_at())
    who: str


class AuthorizationEventRow(Table, table=True):
    """Something that happened to an authorization."""

    __tablename__ = "authorization_event"
    __table_args__ = (UniqueConstraint("authorization_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    authorization_id: int = Field(sa_column=_parent("customer_authorization"))
    number: int
    """From 1, without a gap."""
    event: str
    occurred_at: dt.datetime = Field(sa_column=_at())
    recorded_at: dt.datetime = Field(sa_column=_at())
    who: str
    detail: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


class DataRequest(Table, table=True):
    """One written instruction to a counterparty, under an authorization."""

    __tablename__ = "data_request"

    id: int | None = Field(default=None, primary_key=True)
    counterparty: str = Field(index=True)
    authorization_id: int | None = Field(
        default=None,
        sa_column=Column(ForeignKey("customer_authorization.id", ondelete="RESTRICT"), index=True),
    )
    customer: str = Field(index=True)
    manager: str | None = Field(default=None, index=True)
    channel: str
    """`email`, `fax`, `mail` or `portal`."""
    token: str = Field(max_length=16, unique=True)
    """What stands in the subject and the reply address, beside the number."""
    batch: str | None = Field(default=None, index=True)
    """Which file of many it was drafted from: the same file and line again is the same request."""
    created_at: dt.datetime = Field(sa_column=_at())
    who: str


class RequestItem(Table, table=True):
    """What is asked of one service account: an option, over a span of days."""

    __tablename__ = "request_item"

    id: int | None = Field(default=None, primary_key=True)
    request_id: int = Field(sa_column=_parent("data_request"))
    service_account: str = Field(index=True)
    option: str
    """An option of the form, or `generation`."""
    first: dt.date | None = None
    last: dt.date | None = None
    """Local days, both inclusive; None where the option has no period."""
    received_at: dt.datetime | None = Field(default=None, sa_column=_at(nullable=True))
    received_sha256: str | None = Field(default=None, max_length=64)
    """Hash of the file by which it was complete."""


class RequestEvent(Table, table=True):
    """Something that happened to a request; never altered, never taken away."""

    __tablename__ = "request_event"
    __table_args__ = (UniqueConstraint("request_id", "number"), UniqueConstraint("request_id", "once"))

    id: int | None = Field(default=None, primary_key=True)
    request_id: int = Field(sa_column=_parent("data_request"))
    number: int
    """From 1, without a gap: two that happen at once cannot both be the next."""
    event: str = Field(index=True)
    occurred_at: dt.datetime = Field(sa_column=_at())
    recorded_at: dt.datetime = Field(sa_column=_at())
    who: str
    message_id: str | None = Field(default=None, index=True)
    """Of the mail that brought it, or by which it was sent."""
    once: str | None = None
    """What of a request happens only once, as a reminder of a level after a due date."""
    amount: Decimal | None = Field(default=None, sa_column=Column(Exact(MONEY)))
    """Dollars of a fee."""
    detail: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    """What belongs to it: state, calendar, case, promised date, reason, items."""


class OutgoingMail(Table, table=True):
    """A message in the outbox, written in the transaction of the event that it is for."""

    __tablename__ = "outgoing_mail"

    id: int | None = Field(default=None, primary_key=True)
    request_id: int | None = Field(
        default=None, sa_column=Column(ForeignKey("data_request.id", ondelete="CASCADE"), index=True)
    )
    kind: str
    """`request`, `resend`, `correction`, `follow_up`, `escalation`, `report` or `notice`."""
    message_id: str = Field(max_length=80, unique=True)
    """Stays the same however often it is tried."""
    message: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    """As it goes over the wire."""
    recipients: list[str] = Field(sa_column=Column(JSON, nullable=False))
    """Whom it still has to go to."""
    copies: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    """Who still has to get a copy: it never goes to these alone."""
    state: str = Field(index=True)
    """`draft`: waits for a person; `queued`, `sending`, `sent`, `written` (as a file, as mail is not live),
    `failed`, `unknown` or `cancelled`."""
    attempts: int = 0
    next_at: dt.datetime | None = Field(default=None, sa_column=_at(nullable=True))
    """When it may be tried again."""
    lease_by: str | None = None
    """The worker that holds it."""
    lease_until: dt.datetime | None = Field(default=None, sa_column=_at(nullable=True))
    given_at: dt.datetime | None = Field(default=None, sa_column=_at(nullable=True))
    """When its worker began to give the whole of it to the server: if it died then, nobody knows."""
    answer: str | None = None
    """What the server said last."""
    refused: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    """What it said of single recipients."""
    created_at: dt.datetime = Field(sa_column=_at())
    sent_at: dt.datetime | None = Field(default=None, sa_column=_at(nullable=True))


class IncomingMail(Table, table=True):
    """A message that came; its bytes are kept among the originals by their hash."""

    __tablename__ = "incoming_mail"

    id: int | None = Field(default=None, primary_key=True)
    sha256: str = Field(max_length=64, unique=True)
    message_id: str | None = Field(default=None, index=True)
    folder: str | None = None
    """The mailbox it was fetched from, with UIDVALIDITY and UID: `INBOX/1234/56`."""
    sender: str
    subject: str
    body_sha256: str = Field(default="", max_length=64)
    """Hash of all below its headers: the same message by another way has the same."""
    sent_at: dt.datetime | None = Field(default=None, sa_column=_at(nullable=True))
    received_at: dt.datetime = Field(sa_column=_at())
    kind: str
    """`reply`, `bounce`, `delay`, `receipt`, `auto_reply`, `out_of_office` or `other`."""
    state: str = Field(index=True)
    """`orphan`: nobody knows yet which request it is for; `matched`, `done` or `ignored`."""
    request_id: int | None = Field(
        default=None, sa_column=Column(ForeignKey("data_request.id", ondelete="SET NULL"), index=True)
    )
    matched_by: str | None = None
    """`address`, `thread`, `subject`, `person`, the `embedded` message of a bounce; `own` of our copy."""
    suggested: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    """What it may be: request, event, case, promised date, and by which words."""
    attachments: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    """Each with sha256, name, size, may_be_data; once it was read kind, is_sound, spans, said."""


class MailboxMessage(Table, table=True):
    """What lies at a place of a mailbox, and was taken in: it is not fetched again."""

    __tablename__ = "mailbox_message"

    id: int | None = Field(default=None, primary_key=True)
    place: str = Field(unique=True)
    """Server, user, folder, UIDVALIDITY and UID."""
    sha256: str = Field(max_length=64)
