"""The billing periods of kept bills, by the numbers that their readings may have."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import func, or_, select
from sqlmodel import Session, col

from extractor.intervals.provisional import Billed, of_meter
from extractor.model import Status
from extractor.store.current import COUNTS, IS_ACCEPTED
from extractor.store.numbers import numbers_of
from extractor.store.plain import plain
from extractor.store.tables import Bill, CurrentReading, Document, Service, ServiceStanding


def billed(session: Session) -> list[Billed]:
    """Return the billing periods of all services that count and of which the days were read."""
    asked = (
        select(
            col(Service.service_account),
            col(Service.period_start),
            col(Service.period_end),
            col(Bill.statement_date),
            col(Document.sha256),
            col(Service.role),
            or_(col(Bill.status) == Status.VERIFIED, IS_ACCEPTED),
        )
        .join(Bill, col(Bill.id) == col(Service.bill_id))
        .join(CurrentReading, col(CurrentReading.effective_id) == col(Bill.reading_id))
        .join(Document, col(Document.id) == col(CurrentReading.document_id))
        .outerjoin(ServiceStanding, col(ServiceStanding.service_id) == col(Service.id))
        .where(
            func.coalesce(col(ServiceStanding.standing), COUNTS) == COUNTS,
            col(Service.service_account).is_not(None),
            col(Service.period_start) <= col(Service.period_end),
            col(Bill.statement_date).is_not(None),
        )
        .order_by(col(Service.id))
    )
    return [
        Billed(account, first, last, posted, sha256, role == "generation", bool(is_sure))
        for account, first, last, posted, sha256, role, is_sure in session.execute(asked)
    ]


def bills_by_owner(session: Session, service_account: str | None) -> dict[str, list[Billed]]:
    """Return the billing periods by the number that readings may have: any that the account goes by then."""
    found: dict[str, list[Billed]] = defaultdict(list)
    by_account: dict[str, list[Billed]] = defaultdict(list)
    for one in billed(session):
        by_account[one.service_account].append(one)
    wanted = None if service_account is None else _names(session, service_account)
    for account, bills in by_account.items():
        numbers = numbers_of(session, account)
        for one in bills:
            days = {
                plain(number.number)
                for number in numbers
                if (number.since is None or number.since <= one.first)
                and (number.until is None or one.last <= number.until)
            }
            for owner in days if wanted is None or days & wanted else ():
                found[owner].append(one)
    return {owner: of_meter(bills) for owner, bills in found.items()}


def _names(session: Session, service_account: str) -> set[str]:
    return {plain(one.number) for one in numbers_of(session, service_account)}
