"""Rows of billing history beside what is known already: accounts of bills and the roster, earlier rows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from sqlmodel import Session, col, select

from extractor.store.billing_history import Billed, Counted, rows_that_count
from extractor.store.people import Account
from extractor.store.plain import plain
from extractor.store.tables import Bill, CurrentReading, Service


def unknown_accounts(session: Session, accounts: Collection[str]) -> list[str]:
    """Return those of some service accounts that are on no bill that is current, and not in the roster."""
    known = _numbers(session, "service")
    return sorted(set(accounts) - known)


def customer_accounts(session: Session, accounts: Collection[str]) -> list[str]:
    """Return those of some numbers that are known as customer accounts, and not as service accounts."""
    return sorted((set(accounts) & _numbers(session, "customer")) - _numbers(session, "service"))


def _numbers(session: Session, kind: str) -> set[str]:
    """Return the numbers of a kind that the bills and the roster have, without hyphens."""
    column = col(Service.service_account) if kind == "service" else col(Bill.customer_account)
    billed = (
        select(column)
        .select_from(Service)
        .join(Bill, col(Bill.id) == col(Service.bill_id))
        .join(CurrentReading, col(CurrentReading.effective_id) == col(Bill.reading_id))
        .distinct()
    )
    listed = select(Account.number).where(Account.kind == kind)
    return {plain(one) for asked in (billed, listed) for one in session.exec(asked) if one}


def told_otherwise(
    session: Session, rows: Sequence[Billed], role: str | None
) -> Iterator[tuple[Billed, Counted]]:
    """Give rows beside those that count now of the same account, part and days and say something else."""
    now = {one.key: one for one in rows_that_count(session, {row.account for row in rows})}
    for row in rows:
        before = now.get((row.account, role, row.first, row.last))
        if before is not None and (before.kwh, before.kw, before.amount) != (row.kwh, row.kw, row.amount):
            yield row, before
