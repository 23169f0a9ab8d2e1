"""The days that a bill bills: from the first to the last of all its services, else that of its statement.

A statement is made days after the last day that it bills, so an account that has changed hands meanwhile
is the earlier customer's on it. These are for statements that have `Bill` among what they select from.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, true
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


def _of_services(day: Day) -> Day:
    asked = select(day).where(col(Service.bill_id) == col(Bill.id)).correlate(Bill).scalar_subquery()
    return func.coalesce(asked, col(Bill.statement_date))


def is_within(first: Day, last: Day, since: dt.date | None, until: dt.date | None) -> ColumnElement[bool]:
    """Tell whether all days from one to another are among some others, both inclusive; None is open."""
    begun = true() if since is None else first >= since
    return and_(begun, true() if until is None else last <= until)
