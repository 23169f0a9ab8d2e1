"""The one question: what is missing, what of it is asked, and what can be; from the store of both halves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from itertools import chain

from sqlmodel import Session, col, select

from datarequests.consents import all_seen
from datarequests.desks import desks
from datarequests.tables import DataRequest
from datarequests.viewed import Viewed, all_viewed
from datarequests.workflow import State
from extractor.intervals.held.whose import owned
from extractor.intervals.provisional import Again
from extractor.portfolio.coverage.model import Coverage
from extractor.portfolio.from_gaps.found import missing_bills, missing_readings
from extractor.portfolio.from_gaps.model import AskedFor, Line, Paper, Plan
from extractor.portfolio.from_gaps.ways import Known, ways
from extractor.store.plain import plain


def plan(
    session: Session,
    found: Coverage,
    again: Iterable[Again],
    now: dt.datetime,
    customer: str | None = None,
    accounts: Collection[str] = (),
) -> Plan:
    """Return what is missing by the coverage of bills and of readings, and what is done of it.

    Of some service accounts, by any of their numbers, or of all that the coverage has.
    """
    viewed = list(all_viewed(session, now, [customer] if customer else ()))
    known = Known(
        desks(session),
        list(_papers(session, now, customer, used=_used(session))),
        list(asked_for(viewed)),
        found.today,
    )
    missing = chain(missing_bills(found), missing_readings(found, again))
    wanted = {plain(number) for number in accounts}
    lines = [line for line in ways(missing, known) if _is_wanted(line, wanted)]
    return Plan(lines, _without_readings(session, found, wanted))


def asked_for(viewed: Iterable[Viewed]) -> Iterator[AskedFor]:
    """Give the items of requests, but of those that were withdrawn."""
    for one in viewed:
        if one.state is State.CANCELLED:
            continue
        for item in one.items:
            yield AskedFor(
                one.number,
                one.request.customer,
                str(one.state),
                one.is_open and not one.is_closed,
                one.request.authorization_id,
                one.request.counterparty,
                plain(item.service_account),
                item.option,
                (item.first, item.last) if item.first and item.last else None,
            )


def _papers(
    session: Session, now: dt.datetime, customer: str | None, used: Collection[int]
) -> Iterator[Paper]:
    for one in all_seen(session, now, customer):
        if one.validity.holds:
            row = one.row
            yield Paper(
                one.number,
                row.customer,
                row.counterparty,
                {plain(each["service_account"]): each["service_account"] for each in row.accounts},
                frozenset(row.options),
                one.validity.last,
                row.duration == "one_time" and one.number in used,
            )


def _used(session: Session) -> set[int]:
    """Return the authorizations that any request names."""
    asked = select(DataRequest.authorization_id).where(col(DataRequest.authorization_id).is_not(None))
    return {number for number in session.exec(asked.distinct()) if number is not None}


def _is_wanted(line: Line, wanted: Collection[str]) -> bool:
    return not wanted or any(plain(number) in wanted for number in (*line.service.numbers, line.account))


def _without_readings(session: Session, found: Coverage, wanted: Collection[str]) -> int:
    """Return of how many services no readings were ever imported under any of their numbers."""
    with_some = {plain(one.service_account) for one in owned(session) if one.service_account is not None}
    return sum(
        not any(plain(number) in with_some for number in meter.numbers)
        for meter in found.meters
        if not wanted or any(plain(number) in wanted for number in meter.numbers)
    )
