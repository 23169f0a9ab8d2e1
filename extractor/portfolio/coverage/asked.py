"""The one question of coverage: what is billed, what the roster has, what tables of history say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from sqlmodel import Session, col, select

from extractor.intervals.held import months as of_months
from extractor.portfolio.coverage.finals import followed
from extractor.portfolio.coverage.known import Known
from extractor.portfolio.coverage.meters import Found, Grouped, grouped
from extractor.portfolio.coverage.model import Coverage, History, OfMeter, Unplaced
from extractor.portfolio.coverage.sources import Asked
from extractor.portfolio.coverage.told import of_meter
from extractor.portfolio.seen import Seen
from extractor.store.billing_history import rows_that_count
from extractor.store.numbers import customer_accounts_of, numbers_of
from extractor.store.people import Account
from extractor.store.plain import plain
from extractor.store.tables import Bill, CurrentReading, Finding

GRACE = 5
"""Days after a statement's expected date in which it is not late yet: it is on its way, or not handed on."""


def coverage(
    session: Session,
    today: dt.date,
    months: int = 24,
    customer: str | None = None,
    manager: str | None = None,
    account: str | None = None,
    grace: int = GRACE,
    seen: Seen | None = None,
) -> Coverage:
    """Return what is kept of the last months, today's with them, and what is not.

    Of one customer (and of bills only those that are wholly his), of what somebody looks after, or of one
    customer or service account by any of its numbers. `seen` is all that is billed, if it was asked.
    """
    seen = seen or Seen(session)
    wanted = _last_months(today, months)
    asked = Asked(
        today, of_months.first_day(wanted[0]), of_months.last_day(wanted[-1]), grace, _unsupplied(session)
    )
    groups = _groups(session, seen, today, customer)
    numbers = None if account is None else {plain(one.number) for one in numbers_of(session, account)}
    chosen = [one for one in groups.services.values() if _is_chosen(one, manager, numbers)]
    every = [of_meter(one, wanted, asked) for one in chosen]
    found = sorted((one for one in every if not one.is_closed), key=_order)
    rest = tuple(_unplaced(groups, chosen, manager, numbers))
    return Coverage(today, tuple(wanted), tuple(found), rest, len(every) - len(found))


def _groups(session: Session, seen: Seen, today: dt.date, customer: str | None) -> Grouped:
    """Return all services; of one day and customer they are put together once."""
    if (today, customer) in seen.groups:
        return seen.groups[today, customer]
    known = Known(
        seen.billed,
        seen.owners,
        seen.owned,
        list(session.exec(select(Account).order_by(col(Account.id)))),
        customer_accounts_of(session),
        followed(session),
        list(_history(session)),
        today,
        customer,
    )
    found = seen.groups[today, customer] = grouped(known)
    return found


def _last_months(today: dt.date, count: int) -> list[int]:
    """Return the last months, today's with them.

    >>> _last_months(dt.date(2026, 2, 3), 3)
    [202512, 202601, 202602]
    """
    at = today.year * 12 + today.month - 1
    return [one // 12 * 100 + one % 12 + 1 for one in range(at - count + 1, at + 1)]


def _unsupplied(session: Session) -> dict[tuple[int, int], str]:
    """Return the finding's severity of each delivery service without a supplier's charges beside it."""
    asked = (
        select(Finding.bill_id, Finding.service, Finding.severity)
        .join(Bill, col(Bill.id) == col(Finding.bill_id))
        .join(CurrentReading, col(CurrentReading.effective_id) == col(Bill.reading_id))
        .where(Finding.code == "generation_missing", col(Finding.service).is_not(None))
    )
    return {(bill, (number or 0) + 1): severity for bill, number, severity in session.exec(asked)}


def _history(session: Session) -> Iterator[History]:
    for row in rows_that_count(session):
        if row.period_start <= row.period_end:
            yield History(
                row.service_account, row.role, row.period_start, row.period_end, row.kwh, row.amount
            )


def _is_chosen(one: Found, manager: str | None, numbers: set[str] | None) -> bool:
    if manager is not None and (one.owner is None or one.owner.manager != manager):
        return False
    if numbers is None:
        return True
    return bool(numbers & {plain(number) for number in (*one.numbers, *one.customer_accounts)})


def _unplaced(
    groups: Grouped, chosen: list[Found], manager: str | None, numbers: set[str] | None
) -> Iterator[Unplaced]:
    """Give what has no place; of a part of the services, that which is known to be of it."""
    own = {plain(number) for one in chosen for number in (*one.numbers, *one.customer_accounts)}
    for one in groups.unplaced:
        told = {one.bill.customer_account, one.service.service_account if one.service else None}
        if (manager is None and numbers is None) or {plain(number) for number in told if number} & own:
            yield one


def _order(one: OfMeter) -> tuple[bool, str, str, str]:
    owner = one.owner
    return (
        owner is None,
        owner.customer_name if owner else "",
        (owner.site_name or "") if owner else "",
        one.number,
    )
