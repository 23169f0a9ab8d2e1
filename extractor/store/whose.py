"""Whose a bill is, by the roster: the customer's who has its account on all days that it bills.

An account may pass from one customer to another. A bill of days on both sides of that is shown to neither,
and one whose days were not read only to a customer who never shared the account with another.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col, select

from extractor.store.days import Day, first_day, last_day
from extractor.store.people import Account, Customer
from extractor.store.tables import Bill

Key = str | Mapped[str]
"""A customer's key, or the column that has it."""


def is_of_customer(key: Key) -> ColumnElement[bool]:
    """Tell whether a bill is a customer's; for statements that have `Bill` among what they select from."""
    mine = col(Account.customer_key) == key
    others = _has_account(col(Account.customer_key) != key, _holds_between())
    on_both = (_has_account(mine, _holds_on(day)) for day in (first_day(), last_day()))
    return and_(*on_both, ~others)


def is_partly_of_customer(key: Key) -> ColumnElement[bool]:
    """Tell whether days of a bill are or may be a customer's, and others are or may be somebody else's."""
    mine = col(Account.customer_key) == key
    return and_(_has_account(mine, _holds_between()), ~is_of_customer(key))


def _has_account(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    of_bill = and_(col(Account.kind) == "customer", col(Account.number) == col(Bill.customer_account))
    return exists().where(of_bill, *conditions)


def _holds_between() -> ColumnElement[bool]:
    """Tell whether a row of the roster holds on a day that a bill bills; if its days are not known it may."""
    first, last = first_day(), last_day()
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
    of_account = (
        select(Account.customer_key)
        .join(Bill, col(Bill.customer_account) == col(Account.number))
        .where(Bill.id == bill_id)
    )
    asked = (
        select(Customer)
        .join(Bill, is_of_customer(col(Customer.key)))
        .where(Bill.id == bill_id, col(Customer.key).in_(of_account))
    )
    return session.exec(asked).one_or_none()
