"""Usage summaries: what was billed, one for each usage point and period, put together from its pieces.

SCE sends several summaries of a period: one with the total, another with cost lines and the tariff,
some twice. Their fields are merged; null and zero yield to a value, of two different values the
later holds and is told. Money is in hundred-thousandths of a dollar. What a summary calls current
(currentBillingPeriodOverAllConsumption, billToDate) is of the period after the billed one, so far.
Source: NAESB REQ.21, UsageSummary; SCE's bulk feed.

A period begins at a UTC midnight that stands for a date (SCE), or at a local midnight (PG&E): no
instant is both in California, so each start tells which it is. One that is neither is another
utility's, and is told and not given. Periods are half open: the last day is the one before the end.

>>> period(1437609600, 29 * 86400)  # SCE: 2015-07-23T00:00:00Z
(datetime.date(2015, 7, 23), datetime.date(2015, 8, 20))
>>> period(1434006000, 29 * 86400)  # PG&E: 2015-06-11T07:00:00Z
(datetime.date(2015, 6, 11), datetime.date(2015, 7, 9))
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from xml.etree.ElementTree import Element

from extractor.intervals.clock import local
from extractor.intervals.formats._espi.fields import integer, multiplier, say, text
from extractor.intervals.formats._espi.links import Linked
from extractor.intervals.formats._espi.names import (
    ESPI,
    ITEM_KINDS,
    MONEY_DIGITS,
    OTHER_UNITS,
    UNITS,
    US_DOLLAR,
)
from extractor.intervals.formats._espi.times import is_possible
from extractor.intervals.given import Cost, Problem, Summary

SAID = ("total", "kwh", "tariff", "costs", "currency", "additional")
SINCE = ("kwh_since", "total_since")
"""What grows from one summary to the next."""

DAY = 86400
HOUR = 3600
LONGEST = 400  # days


@dataclass(frozen=True)
class Raw(Linked):
    """A summary as a feed has it."""

    begin: int | None
    length: int | None
    total: Decimal | None
    kwh: Decimal | None
    tariff: str | None
    costs: tuple[Cost, ...]
    currency: int | None
    additional: Decimal | None = None
    kwh_since: Decimal | None = None
    total_since: Decimal | None = None


@dataclass
class Merged:
    """What the summaries of one period say together."""

    total: Decimal | None = None
    kwh: Decimal | None = None
    tariff: str | None = None
    costs: tuple[Cost, ...] = ()
    currency: int | None = None
    additional: Decimal | None = None
    kwh_since: Decimal | None = None
    total_since: Decimal | None = None
    contradicts: bool = False

    def add(self, one: Raw) -> None:
        """Add a summary: a value beats null and zero, the later beats the earlier."""
        for name in (*SAID, *SINCE):
            old, new = getattr(self, name), getattr(one, name)
            self.contradicts |= name in SAID and bool(old and new and old != new)
            if new or old is None:
                setattr(self, name, new)


def raw(at: Linked, resource: Element) -> Raw:
    """Read a summary."""
    currency = integer(resource, "currency")
    return Raw(
        at.place,
        at.links,
        begin=integer(resource, "billingPeriod/start"),
        length=integer(resource, "billingPeriod/duration"),
        total=_money(integer(resource, "billLastPeriod")),
        kwh=_kwh(*_measured(resource, "overallConsumptionLastPeriod")),
        tariff=text(resource, "tariffProfile"),
        costs=tuple(map(_cost, resource.iterfind(ESPI + "costAdditionalDetailLastPeriod"))),
        currency=currency,
        additional=_money(integer(resource, "costAdditionalLastPeriod")),
        kwh_since=_kwh(*_measured(resource, "currentBillingPeriodOverAllConsumption")),
        total_since=_money(integer(resource, "billToDate")),
    )


def _money(amount: int | None) -> Decimal | None:
    return None if amount is None else Decimal(amount).scaleb(-MONEY_DIGITS)


def _measured(parent: Element, name: str) -> tuple[Decimal | None, int | None]:
    """Return a measurement and the code of its unit."""
    value, uom = integer(parent, f"{name}/value"), integer(parent, f"{name}/uom")
    power = multiplier(parent, f"{name}/powerOfTenMultiplier") or 0
    return None if value is None else Decimal(value).scaleb(power), uom


def _kwh(value: Decimal | None, uom: int | None) -> Decimal | None:
    """Return an energy in kWh; None for what is no energy."""
    return value.scaleb(-3) if value is not None and UNITS.get(uom or 0) == "Wh" else None


def _cost(line: Element) -> Cost:
    """Read a cost line; one without an amount counts what it measured."""
    measured, uom = _measured(line, "measurement")
    kind = integer(line, "itemKind")
    return Cost(
        label=text(line, "note") or "",
        amount=_money(integer(line, "amount")),
        kind=None if kind is None else ITEM_KINDS.get(kind, str(kind)),
        measured=measured,
        unit=None if measured is None else UNITS.get(uom or 0) or OTHER_UNITS.get(uom or 0),
    )


def period(begin: int, length: int) -> tuple[dt.date, dt.date] | None:
    """Return the first and the last day of a billing period, None if it does not begin at a midnight here."""
    days = (length + HOUR) // DAY  # a period over a change of the clock is an hour off whole days
    if not is_possible(begin) or not 1 <= days <= LONGEST or abs(length - days * DAY) > HOUR:
        return None
    clock = local(begin)
    if begin % DAY == 0:
        first = dt.datetime.fromtimestamp(begin, dt.UTC).date()
    elif (clock.hour, clock.minute, clock.second) == (0, 0, 0):
        first = clock.date()
    else:
        return None
    return first, first + dt.timedelta(days=days - 1)


Key = tuple[str | None, dt.date, dt.date]


def merged(
    raws: Iterable[tuple[Raw, str | None]], accounts: Mapping[str, str | None]
) -> Iterator[Summary | Problem]:
    """Give one summary for each usage point and period; each raw one comes with its usage point."""
    found: dict[Key, Merged] = {}
    for one, point in raws:
        if one.currency not in (None, US_DOLLAR):
            yield say(
                "other_currency", "warning", f"entry {one.place}: a summary in another currency than dollars"
            )
        elif one.begin is None or one.length is None:
            yield say(
                "no_period", "info", f"entry {one.place}: a summary without a billing period is left out"
            )
        elif days := period(one.begin, one.length):
            found.setdefault((point, *days), Merged()).add(one)
        else:
            yield say(
                "other_period",
                "warning",
                f"entry {one.place}: a summary's period begins at no midnight of California, or is not of "
                "whole days; it is left out",
            )
    for (point, first, last), one_period in found.items():
        if one_period.contradicts:
            yield say(
                "summaries_differ",
                "warning",
                f"summaries of {first} to {last} contradict each other; what the later says is taken",
            )
        account = accounts.get(point) if point else None
        yield Summary(
            point,
            account,
            first,
            last,
            one_period.total,
            one_period.kwh,
            one_period.tariff,
            one_period.costs,
            one_period.additional,
            one_period.kwh_since,
            one_period.total_since,
            "USD" if one_period.currency == US_DOLLAR else None,
        )
