"""What is missing, by the coverage of bills and by that of readings; what is still expected is not.

A delivery half that is late or missing is missing twice: as billing history, which SCE has, and as a bill,
which it gives nobody but the customer. Where a row of billing history is kept, only the bill is.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator

from extractor.intervals import clock
from extractor.intervals.provisional import Again
from extractor.portfolio.billed import OfService
from extractor.portfolio.coverage.model import Coverage, Cycle, Half, OfMeter, Status
from extractor.portfolio.from_gaps.model import Days, Missing, Service, What
from extractor.store.plain import plain

ASKED: frozenset[Status] = frozenset(("missing", "late"))

DELIVERS = "SCE"
"""Who delivers where no bill tells."""


def service_of(meter: OfMeter) -> Service:
    """Return whose service a row of coverage is."""
    return Service(meter.known_as, meter.numbers, meter.owner)


def missing_bills(found: Coverage) -> Iterator[Missing]:
    """Give what is missing of bills in the asked months, by service and day."""
    months = set(found.months)
    for meter in found.meters:
        service = service_of(meter)
        for cycle in meter.cycles:
            if cycle.month in months:
                for half, what in _missing(cycle):
                    account, seller = _who(meter, cycle, half)
                    days = (cycle.month, (cycle.first, cycle.last))
                    yield Missing(service, what, days, account, seller)


def _missing(cycle: Cycle) -> Iterator[tuple[Half, What]]:
    if cycle.delivery.status in ASKED:
        yield "delivery", "billing_history"
    if cycle.delivery.status in ASKED or cycle.delivery.status == "history":
        yield "delivery", "bill_pdf"
    if cycle.generation.status in ASKED:
        yield "generation", "generation"


def _who(meter: OfMeter, cycle: Cycle, half: Half) -> tuple[str, str | None]:
    """Return the service account and the provider of a cycle's half: as billed nearest to it."""
    other: Half = "generation" if half == "delivery" else "delivery"
    near = _nearest(meter, cycle, half) or _nearest(meter, cycle, other)
    account = near.service_account if near and near.service_account else meter.number
    if half == "delivery":
        return account, (near.provider if near and not near.is_generation else None) or DELIVERS
    if near is not None and near.is_generation and near.provider:
        return account, near.provider
    return account, meter.provider


def _nearest(meter: OfMeter, cycle: Cycle, half: Half) -> OfService | None:
    """Return what bills a half of the cycle, of the last before it, else of the first after it."""
    at = bisect_left(meter.cycles, (cycle.last, cycle.first), key=lambda one: (one.last, one.first))
    for one in (*meter.cycles[at::-1], *meter.cycles[at + 1 :]):
        if services := one.half(half).services:
            return services[-1]
    return None


def missing_readings(found: Coverage, again: Iterable[Again]) -> Iterator[Missing]:
    """Give the billed days without readings; what was imported before its bill is there.

    Of a service of which no readings were ever imported, none are missing.
    """
    by_number: dict[str, list[OfMeter]] = defaultdict(list)
    for one_meter in found.meters:
        for number in one_meter.numbers:
            by_number[plain(number)].append(one_meter)
    first = min(found.months)
    for one in again:
        meter = _billed_then(by_number[plain(one.bill.service_account)], (one.bill.first, one.bill.last))
        month = one.bill.last.year * 100 + one.bill.last.month
        if meter is not None and month >= first:
            for days in _days(one):
                yield Missing(
                    service_of(meter), "interval", (month, days), one.bill.service_account, DELIVERS
                )


def _billed_then(meters: Iterable[OfMeter], days: Days) -> OfMeter | None:
    """Return whose service some billed days are: of two customers of one number the one of those days."""
    for meter in meters:
        own = (cycle for cycle in meter.cycles if cycle.delivery.status != "closed")
        if any(cycle.first <= days[1] and days[0] <= cycle.last for cycle in own):
            return meter
    return None


def _days(one: Again) -> Iterator[Days]:
    """Give the local days of a period's gaps, those that touch each other together."""
    if not one.readings:
        yield one.bill.first, one.bill.last
        return
    runs: list[list[dt.date]] = []
    for begin, end in sorted(one.gaps):
        first = max(clock.local(begin).date(), one.bill.first)
        last = min(clock.local(end - 1).date(), one.bill.last)
        if runs and first <= runs[-1][1] + dt.timedelta(days=1):
            runs[-1][1] = max(runs[-1][1], last)
        elif first <= last:
            runs.append([first, last])
    for first, last in runs:
        yield first, last
