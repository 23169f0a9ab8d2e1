"""The days that a bill bills: from the first to the last of all its services, else that of its statement.

A statement is made days after the last day that it bills, so an account that has changed hands meanwhile
is the earlier customer's on it. And it is a statement of its delivery: generation beside it may be of other
months, or begin a day before. These are for statements that have `Bill` among what they select from.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, select, true
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
    """Return the first and the last day that a bill delivers; of one without delivery, that it bills.

    Of a delivery whose days were not read that of its statement: generation beside it may be of other months.
    """
    has_delivery = exists().where(_is_delivery_of(Service)).correlate(Bill)
    first, last = (
        case((has_delivery, func.coalesce(day, col(Bill.statement_date))), else_=of_all)
        for day, of_all in zip(_of_delivery(), (first_day(), last_day()), strict=True)
    )
    return first, last


def days_of_service() -> tuple[Day, Day]:
    """Return the days of a service of a bill; of generation those of its service account's delivery, if any.

    These are for statements that have `Service` and `Bill` among what they select from.
    """
    own = col(Service.period_start), col(Service.period_end)
    is_generation = col(Service.role) == "generation"
    first, last = (
        func.coalesce(case((is_generation, same), else_=None), day, of_bill)
        for same, day, of_bill in zip(_of_delivery(of_service=True), own, days_delivered(), strict=True)
    )
    return first, last


def _of_delivery(of_service: bool = False) -> tuple[Day, Day]:
    """Return the first and the last day that a bill, or just a service account of it, delivers."""
    other = aliased(Service)
    asked = _is_delivery_of(other)
    if of_service:
        asked = and_(asked, col(other.plain_account) == col(Service.plain_account))
    days = func.min(col(other.period_start)), func.max(col(other.period_end))
    outer = (Bill, Service) if of_service else (Bill,)
    first, last = (select(day).where(asked).correlate(*outer).scalar_subquery() for day in days)
    return first, last


def _is_delivery_of(service: type[Service]) -> ColumnElement[bool]:
    """Tell whether a service is one of a bill, and not generation alone."""
    role = func.coalesce(col(service.role), "delivery")
    return and_(col(service.bill_id) == col(Bill.id), role != "generation")


def _of_services(day: Day) -> Day:
    asked = select(day).where(col(Service.bill_id) == col(Bill.id)).correlate(Bill).scalar_subquery()
    return func.coalesce(asked, col(Bill.statement_date))


def is_within(first: Day, last: Day, since: dt.date | None, until: dt.date | None) -> ColumnElement[bool]:
    """Tell whether all days from one to another are among some others, both inclusive; None is open."""
    begun = true() if since is None else first >= since
    return and_(begun, true() if until is None else last <= until)
