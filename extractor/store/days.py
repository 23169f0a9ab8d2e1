"""The days that a bill bills: from the first to the last of all its services, else that of its statement.

A statement is made days after the last day that it bills, so an account that has changed hands meanwhile
is the earlier customer's on it. And it is a statement of its delivery: generation beside it may be of other
months, or begin a day before. These are for statements that have `Bill` among what they select from.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select, true
from sqlalchemy.orm import aliased
from sqlmodel import col

from extractor.store.tables import Bill, Service

Day = ColumnElement[Any]
"""A date, or null where it is not known."""


def first_day() -> Day:
    """Return the first day that a bill bills."""
    return _of_services(func.min(col(Service.period_start)))


def last_day() -> Day:
    """Return the last day that a bill bills, inclusive."""
    return _of_services(func.max(col(Service.period_end)))


def days_delivered() -> tuple[Day, Day]:
    """Return the first and the last day that a bill delivers; of one without delivery, that it bills."""
    first, last = _of_delivery()
    return func.coalesce(first, first_day()), func.coalesce(last, last_day())


def days_of_service() -> tuple[Day, Day]:
    """Return the days of a service of a bill; of generation those of the delivery that it stands beside.

    That is the delivery of its service account, else of its bill. For statements with `Service` and `Bill`.
    """
    own = col(Service.period_start), col(Service.period_end)
    beside, of_bill = _of_delivery(of_service=True), _of_delivery()
    is_generation = col(Service.role) == "generation"
    first, last = (
        func.coalesce(case((is_generation, func.coalesce(same, any_of_it)), else_=None), day, other)
        for same, any_of_it, day, other in zip(beside, of_bill, own, days_delivered(), strict=True)
    )
    return first, last


def _of_delivery(of_service: bool = False) -> tuple[Day, Day]:
    """Return the first and the last day that a bill, or just a service account of it, delivers."""
    other = aliased(Service)
    is_delivery = and_(
        col(other.bill_id) == col(Bill.id), func.coalesce(other.role, "delivery") != "generation"
    )
    if of_service:
        is_delivery = and_(is_delivery, col(other.plain_account) == col(Service.plain_account))
    days = func.min(col(other.period_start)), func.max(col(other.period_end))
    outer = (Bill, Service) if of_service else (Bill,)
    first, last = (select(day).where(is_delivery).correlate(*outer).scalar_subquery() for day in days)
    return first, last


def _of_services(day: Day) -> Day:
    asked = select(day).where(col(Service.bill_id) == col(Bill.id)).correlate(Bill).scalar_subquery()
    return func.coalesce(asked, col(Bill.statement_date))


def is_within(first: Day, last: Day, since: dt.date | None, until: dt.date | None) -> ColumnElement[bool]:
    """Tell whether all days from one to another are among some others, both inclusive; None is open."""
    begun = true() if since is None else first >= since
    return and_(begun, true() if until is None else last <= until)
