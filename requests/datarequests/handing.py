"""All that is held of a customer's requests, as tables and files, for whoever hands it over.

Everything is in it: authorizations, requests and their items, every event with notes and fees, mail both ways
with its bytes, signed forms, evidence, and the files that came. A file that somebody else's request names as
well is told apart, and so is one that is gone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlmodel import Session, SQLModel, col, select

from datarequests.erasing import belongings
from datarequests.postman import FOLDER, place_of
from datarequests.tables import (
    Authorization,
    AuthorizationEventRow,
    DataRequest,
    IncomingMail,
    OutgoingMail,
    RequestEvent,
    RequestItem,
)

BINARY = ("message",)
"""Columns that are files of their own."""


@dataclass(frozen=True)
class Sheet:
    """A table."""

    name: str
    columns: tuple[str, ...]
    rows: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Paper:
    """A file: its name, and what is in it, None if it is gone."""

    name: str
    data: bytes | None


def sheets(session: Session, customer: str) -> Iterator[Sheet]:
    """Give the tables of a customer's requests."""
    what = belongings(session, customer)
    requests = [one.id for one in what.requests]
    forms = [one.id for one in what.authorizations]
    of_forms = select(AuthorizationEventRow).where(col(AuthorizationEventRow.authorization_id).in_(forms))
    items = select(RequestItem).where(col(RequestItem.request_id).in_(requests))
    events = select(RequestEvent).where(col(RequestEvent.request_id).in_(requests))
    out = select(OutgoingMail).where(col(OutgoingMail.request_id).in_(requests))
    yield _sheet("authorizations", Authorization, what.authorizations)
    yield _sheet("authorization_events", AuthorizationEventRow, session.exec(of_forms).all())
    yield _sheet("requests", DataRequest, what.requests)
    yield _sheet("request_items", RequestItem, session.exec(items).all())
    yield _sheet("request_events", RequestEvent, session.exec(events).all())
    yield _sheet("mail_out", OutgoingMail, session.exec(out).all())
    yield _sheet("mail_in", IncomingMail, what.mail)


def _sheet(name: str, table: type[SQLModel], rows: Iterable[SQLModel]) -> Sheet:
    columns = tuple(one for one in table.model_fields if one not in BINARY)
    said = [{column: _cell(getattr(row, column)) for column in columns} for row in rows]
    return Sheet(f"{name}.csv", columns, said)


def _cell(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value


def papers(
    session: Session, customer: str, find: Callable[[str], tuple[str, bytes] | None]
) -> Iterator[Paper]:
    """Give the files of a customer's requests alone; `find` gives a file's name and bytes by its hash."""
    what = belongings(session, customer)
    for sha256 in sorted(what.files):
        found = find(sha256)
        yield Paper(f"files/{found[0]}", found[1]) if found else Paper(sha256, None)
    numbers = [one.id for one in what.requests]
    for row in session.exec(select(OutgoingMail).where(col(OutgoingMail.request_id).in_(numbers))):
        yield Paper(f"mail_out/{place_of(Path(FOLDER), row.message_id).name}", row.message)


def shared(session: Session, customer: str) -> tuple[str, ...]:
    """Return the hashes of files that somebody else's requests name as well."""
    return tuple(sorted(belongings(session, customer).shared))
