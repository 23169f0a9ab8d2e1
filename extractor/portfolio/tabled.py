"""Rows of billing history beside the bills that count, by meter and period: who says what.

Neither side proves the other: billing history is never called verified, and its dollars are in no total. A
row and a bill are of one period where their first and their last days are a day apart at most, for a read
day may be told with either of two periods. Tables round, so kWh and kW may differ by half of one; dollars
may not.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, NamedTuple

from sqlmodel import Session

from extractor.portfolio.billed import Billed, OfService
from extractor.portfolio.history_owners import history_owners, meter_of
from extractor.portfolio.pairing import paired
from extractor.portfolio.seen import Seen
from extractor.store.billing_history import Counted, rows_that_count
from extractor.store.plain import plain

DAY = dt.timedelta(days=1)

APART = 1
"""Days that the ends of a row and of a bill may be apart."""

HALF = Decimal("0.5")
"""kWh and kW that they may differ by."""

TOLERANCE = "kWh and kW may differ by 0.5, days by one, dollars by nothing"
"""What is told as the same, in words."""

BESIDE = 7
"""Days in common by which a row and a bill of other days are told beside each other."""

State = Literal["same", "differs", "history only", "bills only", "unclear"]
"""Unclear: several rows or bills have the days, or there is no value on both sides."""


class Compared(NamedTuple):
    """A row of billing history, or a bill that it should have, and what the other side says."""

    state: State
    account: str
    """Without hyphens."""
    role: str | None
    """Whose charges; None of rows of which nobody knows."""
    first: dt.date
    last: dt.date
    kwh: Decimal | None
    kw: Decimal | None
    amount: Decimal | None
    """USD. These are the row's; the bill's where only bills have it."""
    message: str
    service: OfService | None = None
    """What it is compared with."""
    kwh_more: Decimal | None = None
    """By how much the row's kWh are more than the bill's, where both are told."""
    amount_more: Decimal | None = None
    """The same of dollars, where the row tells whose."""


def compared(session: Session, customer: str | None = None, seen: Seen | None = None) -> list[Compared]:
    """Return rows of billing history beside bills, a customer's or all, by account and day."""
    rows = rows_that_count(session)
    if not rows:
        return []
    seen = seen or Seen(session, customer)
    if customer is not None:
        rows = list(_of_customer(session, rows, customer))
    found = list(beside(seen.billed, rows))
    return sorted(found, key=lambda one: (one.account, one.first, one.last, one.role or ""))


def _of_customer(session: Session, rows: Iterable[Counted], customer: str) -> Iterator[Counted]:
    """Give a customer's rows: whose they are depends on what is billed to others, too."""
    every = Seen(session)
    whose = history_owners(every.billed, every.owned, every.owners)
    for row in rows:
        if whose.customer_of(row.service_account, row.period_start, row.period_end) == customer:
            yield row


def beside(found: Billed, rows: Sequence[Counted]) -> Iterator[Compared]:
    """Give rows of billing history beside what is billed, and bills that they should have."""
    of_meter: dict[str, list[Counted]] = defaultdict(list)
    for row in rows:
        of_meter[meter_of(found, row.service_account)].append(row)
    services: dict[str, list[OfService]] = defaultdict(list)
    for one in found.services:
        if one.known_as is not None and plain(one.known_as) in of_meter and one.start and one.end:
            services[plain(one.known_as)].append(one)
    for meter, told in of_meter.items():
        yield from _of_meter(told, services.get(meter, []))


class _Span(NamedTuple):
    """A period as it is billed."""

    service: OfService
    first: dt.date
    last: dt.date


@dataclass
class _Half:
    """What counts of a meter's delivery, or of its generation."""

    spans: list[_Span] = field(default_factory=list)
    doubtful: list[_Span] = field(default_factory=list)
    """What does not count."""
    by_end: dict[dt.date, list[_Span]] = field(default_factory=lambda: defaultdict(list))

    def add(self, one: OfService) -> None:
        """Add a service with its days."""
        assert one.start is not None
        assert one.end is not None
        span = _Span(one, one.start, one.end)
        if one.counts:
            self.spans.append(span)
            self.by_end[one.end].append(span)
        else:
            self.doubtful.append(span)

    def of_days(self, row: Counted) -> list[_Span]:
        """Return the periods of a row's days: of just these, if there are, else of those a day apart."""
        near = [
            one
            for apart in range(-APART, APART + 1)
            for one in self.by_end.get(row.period_end + apart * DAY, ())
            if abs((one.first - row.period_start).days) <= APART
        ]
        return [one for one in near if one[1:] == (row.period_start, row.period_end)] or near


def _of_meter(rows: Sequence[Counted], services: Sequence[OfService]) -> Iterator[Compared]:
    halves = {False: _Half(), True: _Half()}
    for one in services:
        halves[one.is_generation].add(one)
    supply: Mapping[int, Sequence[OfService]] = {}
    if any(row.role == "bundled" for row in rows):
        counted = [one.service for half in halves.values() for one in half.spans]
        supply = {pair.delivery.id: pair.generation for pair in paired(counted).pairs}
    by_key: dict[tuple[object, ...], list[Counted]] = defaultdict(list)
    for row in rows:
        by_key[row.key].append(row)
    met: set[int] = set()
    for same in by_key.values():
        row = same[0]
        half = halves[row.role == "generation"]
        if len(same) > 1:
            lines = ", ".join(str(one.line) for one in same)
            yield _told(row, "unclear", f"{len(same)} rows have these days, lines {lines}: none is compared")
            continue
        told = _compared(row, half, supply)
        if told.service is not None:
            met.add(told.service.id)
        yield told
    for is_generation, half in halves.items():
        mine = [row for row in rows if (row.role == "generation") == is_generation]
        yield from _only_billed(mine, [one for one in half.spans if one.service.id not in met])


def _compared(row: Counted, half: _Half, supply: Mapping[int, Sequence[OfService]]) -> Compared:
    of_days = half.of_days(row)
    if len(of_days) == 1:
        return _valued(row, of_days[0].service, supply)
    if of_days:
        names = ", ".join(one.service.bill.name for one in of_days)
        return _told(row, "unclear", f"{len(of_days)} bills have these days: {names}")
    near = sorted((one for one in half.spans if _shared(one, row) >= BESIDE), key=lambda one: one.first)
    if near:
        days = "; ".join(f"{one.first} to {one.last} ({one.service.bill.name})" for one in near[:3])
        return _told(row, "differs", f"{_days(row)} here; bills have {days}", near[0].service)
    doubtful = [one for one in half.doubtful if _shared(one, row) >= BESIDE]
    if doubtful:
        bill = doubtful[0].service.bill
        return _told(row, "history only", f"no bill counts; {bill.name} of these days does not: {bill.state}")
    return _told(row, "history only", "no bill of these days is kept")


def _shared(one: _Span, row: Counted) -> int:
    return (min(one.last, row.period_end) - max(one.first, row.period_start)).days + 1


def _days(row: Counted) -> str:
    return f"{row.period_start} to {row.period_end}"


def _valued(row: Counted, service: OfService, supply: Mapping[int, Sequence[OfService]]) -> Compared:
    """Return a row beside the bill of its days, value by value."""
    total, why = _dollars(row, service, supply)
    pairs = [
        ("kWh", row.kwh, service.kwh, HALF),
        ("kW", row.kw, service.kw, HALF),
        ("$", row.amount, total, Decimal(0)),
    ]
    both = [
        (what, mine, other, most)
        for what, mine, other, most in pairs
        if mine is not None and other is not None
    ]
    apart = [
        f"{_said(what, mine)} here, {_said(what, other)} on the bill ({_more(what, mine - other)})"
        for what, mine, other, most in both
        if abs(mine - other) > most
    ]
    on = f"bill of {service.bill.statement_date or 'an unknown day'} ({service.bill.name})"
    same = ", ".join(NAMES[what] for what, *_ in both)
    state: State
    if apart:
        message, state = f"{'; '.join(apart)}: {on}", "differs"
    elif both:
        message, state = f"{same}: as on the {on}", "same"
    else:
        message, state = f"nothing is told on both sides: {on}", "unclear"
    told = _told(row, state, f"{message}{why}", service)
    return told._replace(
        kwh_more=row.kwh - service.kwh if row.kwh is not None and service.kwh is not None else None,
        amount_more=row.amount - total if row.amount is not None and total is not None else None,
    )


NAMES = {"kWh": "kWh", "kW": "kW", "$": "dollars"}


def _said(what: str, value: Decimal) -> str:
    """Return a value with its unit.

    >>> _said("$", Decimal("-12.30")), _said("kWh", Decimal("1200.00000000"))
    ('-$12.30', '1,200 kWh')
    """
    if what == "$":
        return f"{'-' if value < 0 else ''}${abs(value):,.2f}"
    return f"{value.normalize():,f} {what}"


def _more(what: str, by: Decimal) -> str:
    return f"{_said(what, abs(by))} {'more' if by > 0 else 'less'}"


def _dollars(
    row: Counted, service: OfService, supply: Mapping[int, Sequence[OfService]]
) -> tuple[Decimal | None, str]:
    """Return the dollars that a row's are compared with, and why none are if none are."""
    if row.amount is None:
        return None, ""
    if row.role is None:
        return None, "; dollars are not compared, nobody knows whose they are"
    if row.role != "bundled" or service.role == "bundled":
        return service.total, ""
    parts = [service.total, *(one.total for one in supply.get(service.id, ()))]
    if len(parts) == 1 or None in parts:
        return None, "; dollars are not compared, no generation part of these days counts"
    return sum((part for part in parts if part is not None), Decimal(0)), ""


def _told(row: Counted, state: State, message: str, service: OfService | None = None) -> Compared:
    days = row.period_start, row.period_end
    return Compared(
        state, row.service_account, row.role, *days, row.kwh, row.kw, row.amount, message, service
    )


def _only_billed(rows: Sequence[Counted], spans: Sequence[_Span]) -> Iterator[Compared]:
    """Give bills within the days of a table that no row of it has."""
    if not rows:
        return
    first, last = min(row.period_start for row in rows), max(row.period_end for row in rows)
    for one in spans:
        if one.first < first or one.last > last or max(_shared(one, row) for row in rows) > APART:
            continue
        service = one.service
        said = f"no row of these days, though there are rows before and after: {service.bill.name}"
        account, values = plain(service.service_account or ""), (service.kwh, service.kw, service.total)
        yield Compared("bills only", account, service.role, one.first, one.last, *values, said, service)
