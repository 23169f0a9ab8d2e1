"""The made portfolio's people: its roster, what they said of numbers and of bills, and tables they took in."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from decimal import Decimal

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from corpus.pricing.rounding import cents
from extractor.base.database import writing
from extractor.store.billing_history import HistoryImport, HistoryRow
from extractor.store.documents import Arrival, take_new
from extractor.store.people import Acceptance, Account, Alias, Customer, Manager, Site
from extractor.store.standing import settle
from extractor.store.tables import Bill, Reading
from tests.extractor.portfolio.life import Life
from tests.extractor.portfolio.places import CUSTOMERS, MANAGERS, SITES, Held, customer_key, manager_key
from tests.extractor.portfolio.priced import metered

WHO = "made"
PER_KWH = Decimal("0.24")
"""Dollars per kWh that tables of billing history say."""


def morning(day: dt.date) -> dt.datetime:
    """Return eight in the morning in Los Angeles, in winter."""
    return dt.datetime.combine(day, dt.time(16), dt.UTC)


def add_roster(session: Session, held: Iterable[Held]) -> None:
    """Add customers, managers, sites, and a row for each customer account and service account."""
    for name in MANAGERS:
        key = name.split()[0].lower()
        session.add(Manager(key=key, name=name, email=f"{key}@example.com"))
    for at, name in enumerate(CUSTOMERS):
        session.add(Customer(key=customer_key(at), name=name))
    session.flush()
    for at, name in enumerate(CUSTOMERS):
        for site in range(1, SITES + 1):
            session.add(
                Site(
                    key=f"{customer_key(at)}-{site}",
                    customer_key=customer_key(at),
                    manager_key=manager_key(at),
                    name=f"{name} {site}",
                )
            )
    session.flush()
    accounts: set[str] = set()
    for one in held:
        if one.place.customer_account not in accounts:
            accounts.add(one.place.customer_account)
            session.add(_customer_row(one))
        session.add(_service_row(one))


def _customer_row(held: Held) -> Account:
    return Account(
        kind="customer",
        number=held.place.customer_account,
        customer_key=customer_key(held.place.customer),
        valid_from=held.since,
        valid_to=held.until,
    )


def _service_row(held: Held) -> Account:
    one = held.place
    return Account(
        kind="service",
        number=one.service_account,
        customer_key=customer_key(one.customer),
        site_key=one.site,
        valid_from=held.since,
        valid_to=held.until,
        customer_account=one.customer_account,
        pod_id=one.pod_id,
        provider="CPA" if one.product else "SCE",
        cost_center=one.cost_center,
        further={"Floor area": f"{900 + 10 * one.number} sq ft"},
    )


def add_aliases(session: Session, cases: Iterable[Life], at: dt.datetime) -> None:
    """Add that numbers are one meter's, as cases say."""
    for life in cases:
        for kind, number, other in life.aliases:
            evidence = f"POD-ID {life.place.pod_id}"
            session.add(Alias(kind=kind, number=number, other=other, evidence=evidence, who=WHO, at=at))


def add_history(session: Session, cases: Iterable[Life], at: dt.datetime) -> None:
    """Add a table of billing history for each case that is told of by one."""
    for life in cases:
        for part in life.told_elsewhere:
            account = part.place.service_account
            sha256 = hashlib.sha256(f"history {account}".encode()).hexdigest()
            document = take_new(session, Arrival(sha256, "history.csv", 100, kind="other"), at)
            taken = HistoryImport(document_id=document.id or 0, mapping="{}", who=WHO, at=at)
            session.add(taken)
            session.flush()
            kwh = Decimal(metered(part).kwh)
            session.add(
                HistoryRow(
                    import_id=taken.id or 0,
                    line=2,
                    service_account=account,
                    role="bundled",
                    period_start=part.start,
                    period_end=part.end,
                    kwh=kwh,
                    kw=Decimal(metered(part).max_kw),
                    amount=cents(kwh * PER_KWH),
                )
            )


def accept(engine: Engine, cases: Iterable[Life], at: dt.datetime) -> None:
    """Accept what is in review of the cases in which a person did."""
    for life in cases:
        if not life.is_accepted:
            continue
        with writing(engine) as session:
            asked = (
                select(Reading.document_id, Bill.position, Bill.values_sha256)
                .join(Bill, col(Bill.reading_id) == col(Reading.id))
                .where(Bill.status == "review", Bill.customer_account == life.place.customer_account)
            )
            for document_id, position, values in session.exec(asked).all():
                session.add(
                    Acceptance(
                        document_id=document_id,
                        position=position,
                        values_sha256=values,
                        who=WHO,
                        why="called SCE",
                        at=at,
                    )
                )
                session.flush()
                settle(session, [document_id])
