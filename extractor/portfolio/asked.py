"""Which rows of services are asked for: by the options that all exports have, asked of a whole row.

A row is of the days of its delivery, whatever statement carried its parts; it is of an account, a provider, a
rate schedule or a state if one of its parts is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_
from sqlmodel import Session, col, select

from extractor.portfolio.billed import OfBill, OfService
from extractor.store.current import Wanted
from extractor.store.numbers import is_of_account, is_service_of, numbers_of
from extractor.store.tables import Bill, CurrentReading, Service


@dataclass(frozen=True)
class Asked:
    """What is asked for."""

    wanted: Wanted
    services: frozenset[int] = frozenset()
    """Those of the account, if one is asked for."""
    bills: frozenset[int] = frozenset()
    """Those of the customer account, if one is asked for."""

    @property
    def is_all(self) -> bool:
        """Whether all is asked for that the customer has, or all that there is."""
        return self.wanted == Wanted(customer=self.wanted.customer)

    def holds(self, parts: Sequence[OfService]) -> bool:
        """Tell whether a row of these parts is asked for; the first is its delivery, if it has one."""
        wanted, first = self.wanted, parts[0]
        last_day, first_day = first.end or first.bill.statement_date, first.start or first.bill.statement_date
        return (
            (wanted.account is None or any(one.id in self.services for one in parts))
            and (wanted.since is None or (last_day is not None and last_day >= wanted.since))
            and (wanted.until is None or (first_day is not None and first_day <= wanted.until))
            and (wanted.provider is None or any(one.provider == wanted.provider for one in parts))
            and (wanted.rate is None or any(one.rate_schedule == wanted.rate for one in parts))
            and (wanted.state is None or any(one.bill.state == wanted.state for one in parts))
        )

    def holds_bill(self, bill: OfBill) -> bool:
        """Tell whether a statement is asked for of which no service was read."""
        wanted, day = self.wanted, bill.statement_date
        return (
            (wanted.account is None or bill.id in self.bills)
            and (wanted.since is None or (day is not None and day >= wanted.since))
            and (wanted.until is None or (day is not None and day <= wanted.until))
            and wanted.provider is None
            and wanted.rate is None
            and (wanted.state is None or bill.state == wanted.state)
        )


def asked_by(session: Session, wanted: Wanted) -> Asked:
    """Return what options ask for; an account by all its numbers, each on its days."""
    if wanted.account is None:
        return Asked(wanted)
    numbers = numbers_of(session, wanted.account)
    of_services = (
        select(Service.id)
        .join(Bill, col(Bill.id) == col(Service.bill_id))
        .join(CurrentReading, col(CurrentReading.effective_id) == col(Bill.reading_id))
        .where(or_(is_of_account(numbers), is_service_of(numbers)))
    )
    of_bills = (
        select(Bill.id)
        .join(CurrentReading, col(CurrentReading.effective_id) == col(Bill.reading_id))
        .where(is_of_account(numbers))
    )
    return Asked(
        wanted,
        frozenset(number for number in session.exec(of_services) if number is not None),
        frozenset(number for number in session.exec(of_bills) if number is not None),
    )
