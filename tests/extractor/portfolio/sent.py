"""Statements as SCE sends them: one after the other, with balances and usage history carried on.

The previous balance is the last amount due; it is paid in full unless a statement says otherwise. Printed
usage history is what the earlier statements billed, and for the months before the first of them made up.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from corpus.dates import due_date
from corpus.pricing.rounding import added, cents
from extractor.model import AccountLine, Bill, Document, Finding, Kind, ReadResult, Status, UsageMonth
from tests.extractor.portfolio.places import Place
from tests.extractor.portfolio.priced import Part, kwh_before, metered, services_of

NONE = Decimal("0.00")
READER = "billclerk made"
DAYS_TO_PAY = 14
"""Days after a statement on which it is paid."""

HISTORY = (24, *range(12, -1, -1))
"""Which months back stand in the printed usage history."""


@dataclass(frozen=True)
class Money:
    """What an account summary says beside the new charges."""

    paid: Decimal = Decimal(1)
    """Times the last amount due."""
    shift: Decimal = NONE
    """Dollars by which the printed previous balance is not the last amount due."""
    is_credited: bool = False
    """Whether what SCE itself charged on the last statement is taken back."""
    late: Decimal | None = None
    """Dollars of a late payment charge."""


Copy = Callable[[ReadResult], ReadResult]
"""What another file of a statement says."""


@dataclass(frozen=True)
class Sent:
    """A statement, before it is priced."""

    day: dt.date
    parts: tuple[Part, ...]
    next_end: dt.date | None = None
    kind: Kind | None = None
    money: Money = Money()
    finding: Finding | None = None
    """Why it is in review, where it is."""
    arrives: bool = True
    """False: it never came to us."""
    copies: tuple[Copy, ...] = ()


def usual(places: Sequence[Place], months: Sequence[tuple[int, int]]) -> list[Sent]:
    """Return a customer account's statements for read months, all as usual; its places are read together."""
    return [_usual(places, year, month) for year, month in months]


def _usual(places: Sequence[Place], year: int, month: int) -> Sent:
    start, end = period(places[0].read_day, year, month)
    _, following = period(places[0].read_day, *later(year, month, 1))
    parts = tuple(Part(place, start, end) for place in places)
    return Sent(working_day(end + dt.timedelta(days=1)), parts, following)


def later(year: int, month: int, count: int) -> tuple[int, int]:
    """Return the month so many after one.

    >>> later(2025, 12, 1), later(2026, 1, -13)
    ((2026, 1), (2024, 12))
    """
    at = year * 12 + month - 1 + count
    return at // 12, at % 12 + 1


def period(read_day: int, year: int, month: int) -> tuple[dt.date, dt.date]:
    """Return the billing period that ends in a month, both days inclusive.

    >>> [str(day) for day in period(29, 2026, 3)]
    ['2026-02-28', '2026-03-28']
    """
    return _read_on(read_day, *later(year, month, -1)), _read_on(read_day, year, month) - dt.timedelta(days=1)


def _read_on(read_day: int, year: int, month: int) -> dt.date:
    return dt.date(year, month, min(read_day, calendar.monthrange(year, month)[1]))


def working_day(day: dt.date) -> dt.date:
    """Return a day, or the Monday after where it is of a weekend."""
    return day + dt.timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


@dataclass
class _Account:
    """What a customer account carries from statement to statement."""

    is_new: bool
    due: Decimal | None = None
    charged: Decimal = NONE
    """By SCE itself."""
    day: dt.date | None = None
    used: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    """By POD-ID and month kWh and days."""
    first: str | None = None
    """The first month of all."""


def statements(sents: Sequence[Sent], is_new: bool = False) -> Iterator[tuple[Sent, ReadResult]]:
    """Give a customer account's statements as they are read; `is_new`: nobody was billed there before."""
    account = _Account(is_new)
    for sent in sents:
        yield sent, _read(sent, _bill(sent, account))


def _bill(sent: Sent, account: _Account) -> Bill:
    account.first = account.first or sent.parts[0].month
    for part in sent.parts:
        account.used[part.place.pod_id, part.month] = metered(part).kwh, part.days
    services = tuple(service for part in sent.parts for service in services_of(part, _history(part, account)))
    charges = added(service.total or NONE for service in services)
    place = sent.parts[0].place
    last = account.due if account.due is not None else NONE if account.is_new else cents(charges * 97 / 100)
    previous, lines = last + sent.money.shift, list(_lines(sent, account, last))
    forward = previous + added(line.amount for line in lines)
    if sent.money.late is not None:
        lines.append(AccountLine(label="Late payment charge", amount=sent.money.late))
    due = forward + charges + (sent.money.late or NONE)
    account.due, account.day = due, sent.day
    account.charged = added(one.total or NONE for one in services if one.provider == "SCE")
    return Bill(
        issuer="SCE",
        kind=sent.kind,
        customer_name=place.name,
        mailing_address=place.address,
        customer_account=place.customer_account,
        statement_date=sent.day,
        due_date=due_date(sent.day) if due > 0 else None,
        next_cycle_end=sent.next_end,
        autopay=True if place.has_autopay else None,
        previous_balance=previous,
        balance_forward=forward,
        account_lines=tuple(lines),
        new_charges=charges,
        amount_due=due,
        services=services,
    )


def _lines(sent: Sent, account: _Account, last: Decimal) -> Iterator[AccountLine]:
    """Give the rows of the account summary between previous balance and balance forward."""
    if paid := cents(last * sent.money.paid):
        day = (account.day or sent.day - dt.timedelta(days=30)) + dt.timedelta(days=DAYS_TO_PAY)
        yield AccountLine(label="Payment Received", date=day, amount=-paid)
    if sent.money.is_credited:
        yield AccountLine(label="Credit for charges billed before", amount=-account.charged)


def _history(part: Part, account: _Account) -> list[UsageMonth]:
    year, month = part.end.year, part.end.month
    return [_month(part.place, account, *later(year, month, -back)) for back in HISTORY]


def _month(place: Place, account: _Account, year: int, month: int) -> UsageMonth:
    name = f"{year}-{month:02d}"
    used = account.used.get((place.pod_id, name))
    if used is None and (account.is_new or name >= (account.first or name)):
        return UsageMonth(month=name)
    kwh, days = used or (kwh_before(place, year, month), 30)
    return UsageMonth(month=name, kwh=Decimal(kwh), days=days)


def _read(sent: Sent, bill: Bill) -> ReadResult:
    status = Status.VERIFIED
    findings: tuple[Finding, ...] = ()
    if sent.finding is not None:
        status, findings = Status.REVIEW, (sent.finding,)
        services = tuple(one.model_copy(update={"status": "review"}) for one in bill.services)
        bill = bill.model_copy(update={"services": services})
    name = f"{bill.customer_account}-{bill.statement_date}.pdf"
    document = Document(
        path=name, pages=6, page_range=(1, 6), source="text", layout="sce_current", reader=READER
    )
    return ReadResult(document=document, status=status, bill=bill, findings=findings)
