"""Dates, day counts and prorations.

Both printed dates of a period count. SCE prorates demand by days: n of N, N the days of the
period, or 30 where the period is outside 27 to 33 days (Rule 9). The parts of a split add up
to the whole. CPA's periods of 2019 overlapped by one day, so its day count may leave one out.
"""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from extractor.checks.compare import Case, Result, charge_at, compare, doubt, note, services
from extractor.model import Charge, Service
from extractor.seasons import SUMMER

REGULAR_DAYS = range(27, 34)
"""Period lengths that are not prorated on 30 days (SCE Rule 9)."""

BACK_BILLED = 3
"""Calendar months; a period that ended longer ago was billed late (SCE Rule 17.D limits how far back)."""


def day_counts(case: Case) -> Iterator[Result]:
    """The printed days are those from the first date to the last, both counted."""
    for index, service in services(case):
        period = service.period
        if period is None or period.days is None:
            continue
        days = (period.end - period.start).days + 1
        if service.role == "generation" and period.days == days - 1:
            days -= 1
            yield note(
                "period_overlaps",
                "the CCA's period counts the day of one reading only, as its bills of 2019 do",
                index,
            )
        yield from compare(
            "day_count",
            Decimal(period.days),
            Decimal(days),
            [f"/bill/services/{index}/period/{name}" for name in ("start", "end", "days")],
            what="the days of the billing period",
            service=index,
            place=case.evidence.get(f"/bill/services/{index}/period/days"),
        )


def dates_in_order(case: Case) -> Iterator[Result]:
    """A period begins before it ends, ends before the bill is prepared, and the bill is due after that."""
    bill = case.bill
    if bill.statement_date and bill.due_date and bill.due_date < bill.statement_date:
        yield doubt(
            "dates", "the bill is due before it was prepared", place=case.evidence.get("/bill/due_date")
        )
    for index, service in services(case):
        period = service.period
        if period is None:
            continue
        place = case.evidence.get(f"/bill/services/{index}/period/end")
        if period.end < period.start:
            yield doubt("dates", "the billing period ends before it begins", index, place)
        elif bill.statement_date and period.end > bill.statement_date:
            yield doubt("dates", "the billing period ends after the bill was prepared", index, place)
        elif bill.statement_date and bill.statement_date > _months_after(period.end, BACK_BILLED):
            message = f"the period ended {period.end}, over three months ago: Rule 17.D limits back-billing"
            yield note("back_billed", message, index, place.page if place else None)


def _months_after(date: dt.date, months: int) -> dt.date:
    """Return the same day of a later month, or that month's last day.

    >>> _months_after(dt.date(2025, 11, 30), 3)
    datetime.date(2026, 2, 28)
    """
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    return dt.date(year, month + 1, min(date.day, monthrange(year, month + 1)[1]))


def meter_dates(case: Case) -> Iterator[Result]:
    """The meters of a service measured from the first day of its period to the last."""
    for index, service in services(case):
        starts = [meter.start for meter in service.meters if meter.start]
        ends = [meter.end for meter in service.meters if meter.end]
        if service.period is None or not starts or not ends:
            continue
        first, last = _periods_of_account(case, service)
        for name, printed, computed in (("start", first, min(starts)), ("end", last, max(ends))):
            yield from compare(
                "meter_dates",
                _number(printed),
                _number(computed),
                [f"/bill/services/{index}/period/{name}"],
                what=f"the {name} of the billing period and of the meter's dates",
                service=index,
                place=case.evidence.get(f"/bill/services/{index}/period/{name}"),
            )


def _periods_of_account(case: Case, service: Service) -> tuple[dt.date, dt.date]:
    """Return the first and last day of the account's own services that have no usage block of their own."""
    periods = [
        other.period
        for _, other in services(case)
        if other.period is not None
        and (other is service or (not other.meters and other.role != "generation"))
        and other.service_account == service.service_account
    ]
    return min(period.start for period in periods), max(period.end for period in periods)


def _number(date: dt.date) -> Decimal:
    return Decimal(date.strftime("%Y%m%d"))


def prorations(case: Case) -> Iterator[Result]:
    """In `x n/N days` N is the period's days (or 30), and the n of the parts of one charge add up to N.

    Parts in one season add up to the days of that season.
    """
    for index, service in services(case):
        if service.period is None:
            continue
        days = service.period.days or (service.period.end - service.period.start).days + 1
        for at, line in enumerate(service.charges):
            if line.days is not None and not (
                line.days[1] == days or (days not in REGULAR_DAYS and line.days[1] == 30)
            ):
                yield from compare(
                    "proration_days",
                    Decimal(line.days[1]),
                    Decimal(days),
                    [charge_at(index, at, "days")],
                    what=f"line {line.line} ({line.label}): the days of the proration and of the period",
                    service=index,
                    place=line.evidence,
                )
        yield from _parts(index, service, days)


def _parts(index: int, service: Service, days: int) -> Iterator[Result]:
    parts: dict[tuple[str, str | None, str, str | None], list[tuple[int, Charge]]] = defaultdict(list)
    for at, line in enumerate(service.charges):
        if line.days is not None and line.days[1] == days:
            parts[line.section, line.group, line.label, line.season].append((at, line))
    for (_, group, label, season), lines in parts.items():
        whole = days if season is None else _season_days(service, season)
        printed = sum(line.days[0] for _, line in lines if line.days)
        seasonal = season is None and label.lower().startswith("cpp")
        yield from compare(
            "proration_parts",
            Decimal(printed),
            Decimal(whole),
            [charge_at(index, at, "days") for at, _ in lines],
            what=f"the days of the parts of {label}" + (f" under {group}" if group else ""),
            gate=not seasonal,
            service=index,
            place=lines[0][1].evidence,
        )


def _season_days(service: Service, season: str) -> int:
    assert service.period is not None
    dates = (
        service.period.start + dt.timedelta(days=n)
        for n in range((service.period.end - service.period.start).days + 1)
    )
    return sum((date.month in SUMMER) == (season == "summer") for date in dates)
