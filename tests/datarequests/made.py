"""Requests and authorizations as tests make them; all names and numbers are made up."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlmodel import Session

from datarequests.authorization_flow import AuthorizationEvent
from datarequests.business_days import LOS_ANGELES
from datarequests.desks import desk
from datarequests.history import Happened, add, add_to_authorization
from datarequests.tables import Authorization, DataRequest, RequestItem
from datarequests.workflow import Event

NOW = dt.datetime(2026, 3, 2, 18, tzinfo=dt.UTC)
"""A Monday, 10:00 in Los Angeles."""

WHO = "pat"


def authorization(session: Session, now: dt.datetime = NOW, **fields: Any) -> Authorization:
    """Keep an authorization that is signed and holds for a year from now."""
    given: dict[str, Any] = {
        "counterparty": "sce",
        "customer": "acme",
        "customer_of_record": "ACME BAKERY LLC",
        "mailing_address": "1 Example St, Los Angeles CA 90001",
        "signatory": "Sam Sample",
        "signatory_title": "Owner",
        "agent": {
            "name": "Pat Example",
            "company": "Example Energy",
            "mailing_address": "2 Example St, Los Angeles CA 90001",
            "telephone": "213-555-0100",
            "email": "pat@example.com",
        },
        "options": ["1", "5"],
        "duration": "one_year",
        "release_method": "email",
        "release_to": "pat@example.com",
        "form_revision": "2016-03",
        "accounts": [
            {"service_account": "8000000001", "service_address": "1 Example St, Los Angeles CA 90001"}
        ],
        "signature_kind": "wet",
        "executed_on": now.astimezone(LOS_ANGELES).date(),
        "signed_sha256": "a" * 64,
        "created_at": now,
        "who": WHO,
    }
    row = Authorization(**(given | fields))
    session.add(row)
    session.flush()
    for event in (AuthorizationEvent.DRAFTED, AuthorizationEvent.SIGNED):
        add_to_authorization(session, row.id or 0, event, WHO, now, now)
    return row


def request(session: Session, now: dt.datetime = NOW, **fields: Any) -> DataRequest:
    """Keep a draft of a request for a year of billing history and of intervals of one account."""
    given: dict[str, Any] = {
        "counterparty": "sce",
        "customer": "acme",
        "manager": WHO,
        "channel": "email",
        "token": f"t{now.timestamp():.0f}",
        "created_at": now,
        "who": WHO,
    }
    if "authorization_id" not in fields:
        given["authorization_id"] = authorization(session, now).id
    row = DataRequest(**(given | fields))
    session.add(row)
    session.flush()
    for option in ("1", "5"):
        session.add(
            RequestItem(
                request_id=row.id or 0,
                service_account="8000000001",
                option=option,
                first=dt.date(2025, 3, 1),
                last=dt.date(2026, 2, 28),
            )
        )
    session.flush()
    add(session, row.id or 0, Happened(Event.DRAFTED, now, WHO), now)
    return row


def sent(session: Session, now: dt.datetime = NOW, **fields: Any) -> DataRequest:
    """Keep a request that was sent."""
    row = request(session, now, **fields)
    version = desk(session, row.counterparty).version
    add(session, row.id or 0, Happened(Event.LINTED, now, WHO), now)
    add(session, row.id or 0, Happened(Event.SENT, now, WHO, {"counterparty": version}), now)
    return row
