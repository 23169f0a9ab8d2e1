"""Whose a bill is, by the roster: the customer's who has its account on all days that it bills.

Its days are those of its delivery: generation of other months beside it, or of a day more, is no reason why
it should be another's. Of a bill without delivery they are all that it bills.

An account may pass from one customer to another. A bill of days on both sides of that is shown to neither,
and one whose days were not read only to a customer who never shared the account with another.

Service accounts that the roster names say more, each on the days of its own period: a bill with a service
that is somebody else's is not shown, whoever has the customer account; and where nobody has that (or CPA's
own bill prints none) it is his who has each of its services.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, func, or_
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col, select

from extractor.store.days import Day, days_delivered, days_of_service
from extractor.store.people import Account, Customer
from extractor.store.tables import Bill, CurrentReading, Service

Key = str | Mapped[str]
"""A customer's key, or the column that has it."""


def is_of_customer(key: Key) -> ColumnElement[bool]:
    """Tell whether a bill is a customer's; for statements that have `Bill` among what they select from."""
    mine, others = col(Account.customer_key) == key, col(Account.customer_key) != key
    first, last = days_delivered()
    has_account = and_(*(_has_account(mine, _holds_on(day)) for day in (first, last)))
    is_nobodys = ~_has_account(_holds_between(first, last))
    has_all = and_(is_nobodys, _has_service(), ~_has_service(~_is_all_days_of(mine)))
    return and_(
        or_(has_account, has_all),
        ~_has_account(others, _holds_between(first, last)),
        ~_has_service(_has_row(others, _holds_between(*days_of_service()))),
    )


def is_partly_of_customer(key: Key) -> ColumnElement[bool]:
    """Tell whether a part of a bill is or may be a customer's, and another is or may be somebody else's."""
    mine = col(Account.customer_key) == key
    has_some = _has_service(_has_row(mine, _holds_between(*days_of_service())))
    of_account = _has_account(mine, _holds_between(*days_delivered()))
    return and_(or_(of_account, has_some), ~is_of_customer(key))


def partly(session: Session, customer: str) -> int:
    """Return how many bills are a customer's in part only, or may be another's: they are not shown as his."""
    asked = (
        select(func.count())
        .select_from(Bill)
        .join(CurrentReading, col(CurrentReading.effective_id) == col(Bill.reading_id))
        .where(is_partly_of_customer(customer))
    )
    return session.exec(asked).one()


def _has_account(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    of_bill = and_(col(Account.kind) == "customer", col(Account.plain) == col(Bill.plain_account))
    return exists().where(of_bill, *conditions)


def _has_service(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Tell whether a bill has a service of which all this is so."""
    return exists().where(col(Service.bill_id) == col(Bill.id), *conditions).correlate(Bill, Customer)


def _has_row(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Tell whether the roster names the service account of a service in a row of which all this is so."""
    is_number = col(Account.plain) == col(Service.plain_account)
    of_service = and_(col(Account.kind) == "service", is_number)
    return exists().where(of_service, *conditions).correlate(Bill, Service, Customer)


def _is_all_days_of(mine: ColumnElement[bool]) -> ColumnElement[bool]:
    """Tell whether the first and the last day of a service are of rows of which this is so."""
    return and_(*(_has_row(mine, _holds_on(day)) for day in days_of_service()))


def _holds_between(first: Day, last: Day) -> ColumnElement[bool]:
    """Tell whether a row of the roster holds on a day from one to another; if these are not known it may."""
    return or_(
        first.is_(None),
        last.is_(None),
        and_(
            or_(col(Account.valid_from).is_(None), col(Account.valid_from) <= last),
            or_(col(Account.valid_to).is_(None), col(Account.valid_to) >= first),
        ),
    )


def _holds_on(day: Day) -> ColumnElement[bool]:
    """Tell whether a row of the roster holds on a day; on one that is not known all of them do."""
    return or_(
        day.is_(None),
        and_(
            or_(col(Account.valid_from).is_(None), col(Account.valid_from) <= day),
            or_(col(Account.valid_to).is_(None), col(Account.valid_to) >= day),
        ),
    )


def customer_of(session: Session, bill_id: int) -> Customer | None:
    """Return the customer whose bill it is; None if the roster does not say."""
    asked = select(Customer).join(Bill, is_of_customer(col(Customer.key))).where(Bill.id == bill_id)
    return session.exec(asked).one_or_none()
