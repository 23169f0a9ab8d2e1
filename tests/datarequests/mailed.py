"""Requests that are about to be mailed, as tests make them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from datarequests.history import Happened, add, events_of, state_of
from datarequests.letter import Letter
from datarequests.outbox import Kind, Office, queue
from datarequests.settings import MailSettings
from datarequests.tables import DataRequest, OutgoingMail
from datarequests.workflow import Event, State
from extractor.base.database import reading, writing
from tests.datarequests.made import NOW, WHO, request

LETTER = Letter("Data of ACME BAKERY LLC", "Hello,\n\nplease send us data.\n")

SETTINGS = MailSettings(mail_from="Example Energy <desk@example.com>")

OFFICE = Office(SETTINGS, b"key")

COPY = "pat@example.com"


def ready(session: Session, now: dt.datetime = NOW, **fields: Any) -> DataRequest:
    """Keep a request that may be sent."""
    row = request(session, now, **fields)
    add(session, row.id or 0, Happened(Event.LINTED, now, WHO), now)
    return row


def queued(engine: Engine, now: dt.datetime = NOW, **fields: Any) -> tuple[int, int]:
    """Put a request into the outbox, a copy for its manager; return the numbers of request and message."""
    with writing(engine) as session:
        row = ready(session, now, **fields)
        mail = queue(session, row, LETTER, Kind.REQUEST, OFFICE, WHO, now, copies=[COPY])
        return row.id or 0, mail.id or 0


def mail_of(engine: Engine, request: int) -> OutgoingMail:
    """Return the last message of a request."""
    with reading(engine) as session:
        asked = select(OutgoingMail).where(OutgoingMail.request_id == request)
        return session.exec(asked.order_by(col(OutgoingMail.id))).all()[-1]


def history(engine: Engine, request: int) -> list[str]:
    """Return the names of a request's events."""
    with reading(engine) as session:
        return [one.event for one in events_of(session, request)]


def state(engine: Engine, request: int) -> State:
    """Return what a request is."""
    with reading(engine) as session:
        return state_of(events_of(session, request))
