"""What tests of requests from gaps keep: authorizations, and data that comes another way than asked."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from sqlmodel import Session

from datarequests.tables import Authorization
from extractor.store.billing_history import HistoryImport, HistoryRow
from extractor.store.documents import Arrival, take_new
from extractor.store.standing import settle
from tests.datarequests import made as requests_made
from tests.extractor.portfolio.cases import lives
from tests.extractor.portfolio.made import TODAY, _files, _take, months_until
from tests.extractor.portfolio.people import morning

NOW = morning(TODAY)


def authorized(session: Session, customer: str, accounts: Sequence[str], to: str = "sce") -> Authorization:
    """Keep an authorization of a customer of the portfolio that holds."""
    return requests_made.authorization(
        session,
        NOW,
        counterparty=to,
        customer=customer,
        options=["1", "5"] if to == "sce" else ["generation"],
        accounts=[{"service_account": one, "service_address": "1 Example St"} for one in accounts],
        signed_sha256=hashlib.sha256(f"{customer} {to} {accounts}".encode()).hexdigest(),
    )


def bill_comes(session: Session, case: str, month: int) -> None:
    """Take in the statement of a planted case that never came."""
    life = lives(months_until(TODAY))[case]
    at = life.at(month)
    life.put(at, arrives=True)
    numbers = _take(session, list(_files([(life.sents, False)], TODAY))[at : at + 1])
    settle(session, numbers, are_new=True)


def table_comes(session: Session, case: str, month: int, role: str) -> None:
    """Take in a table of billing history with a planted case's month, of delivery or generation."""
    part = lives(months_until(TODAY))[case].part(month)
    sha256 = hashlib.sha256(f"{case} {role}".encode()).hexdigest()
    document = take_new(session, Arrival(sha256, "history.csv", 100, kind="other"), NOW)
    taken = HistoryImport(document_id=document.id or 0, mapping="{}", who="pat", at=NOW)
    session.add(taken)
    session.flush()
    session.add(
        HistoryRow(
            import_id=taken.id or 0,
            line=2,
            service_account=part.place.service_account,
            role=role,
            period_start=part.start,
            period_end=part.end,
        )
    )
    session.flush()
