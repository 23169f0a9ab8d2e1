"""A service account that two customers have one after the other, under the same number; all is made up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from sqlmodel import Session

from extractor.store.documents import Arrival, Reader, add_reading, make_current, take
from extractor.store.roster import Entry
from extractor.store.standing import settle
from tests.extractor.made_bills import record, service
from tests.extractor.portfolio.from_gaps.arrivals import NOW
from tests.extractor.rosters import take_roster

NUMBER = "8009000001"
ACCOUNTS = {"old": "700900000001", "new": "700900000002"}
PASSES = dt.date(2026, 4, 6)
"""The first day of the next customer."""

Days = tuple[dt.date, dt.date]


def periods(begin: dt.date, count: int) -> Iterator[Days]:
    """Give periods of thirty days."""
    for at in range(count):
        first = begin + dt.timedelta(days=30 * at)
        yield first, first + dt.timedelta(days=29)


OLD, NEW = list(periods(dt.date(2025, 11, 7), 5)), list(periods(PASSES, 7))
OLD_GAP, NEW_GAP = OLD[3], NEW[2]
"""The month that each of them has no bill of."""


def bill_of(session: Session, customer: str, days: Days) -> None:
    """Take in a customer's bill of some days."""
    first, last = days
    result = record(
        str(last + dt.timedelta(days=1)),
        service(str(first), str(last), role="bundled", account=NUMBER),
        account=ACCOUNTS[customer],
    )
    name = f"{customer}{first}".encode().hex().rjust(64, "0")
    document = take(session, Arrival(name, f"{customer}-{first}.pdf", 1), NOW)
    make_current(session, add_reading(session, document, [result], Reader("test", "f" * 64), NOW))
    settle(session, [document.id or 0])


def transferred(session: Session) -> None:
    """Keep the roster and the bills of both, but for a month of each."""
    day_before = PASSES - dt.timedelta(days=1)
    take_roster(
        session,
        [
            Entry("old", "Old", NUMBER, "service", valid_to=day_before, customer_account=ACCOUNTS["old"]),
            Entry("new", "New", NUMBER, "service", valid_from=PASSES, customer_account=ACCOUNTS["new"]),
        ],
    )
    for customer, every, gap in (("old", OLD, OLD_GAP), ("new", NEW, NEW_GAP)):
        for days in every:
            if days != gap:
                bill_of(session, customer, days)
