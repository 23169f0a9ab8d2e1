"""Loads that are known: readings made to be what a bill says, and a plain second count of them.

The counting here goes hour by hour over local times, with a calendar of its own, so that it shares
nothing with what it checks.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from extractor.intervals.columns import Column, column
from extractor.intervals.given import Channel
from extractor.model import Evidence, Service

ROOT = Path(__file__).parents[3]
LOCAL = ZoneInfo("America/Los_Angeles")
KWH = 1_000_000
"""Thousandths of Wh."""

NOWHERE = Evidence(page=1, bbox=(0, 0, 1, 1), text="").model_dump()
Key = tuple[str, str]
"""Season and price period."""

HOLIDAYS = {
    *("2024-05-27", "2024-07-04", "2024-09-02", "2025-05-26", "2025-07-04", "2025-09-01"),
    *("2026-05-25", "2026-09-07", "2027-05-31", "2027-07-05", "2027-09-06"),
}
"""Those that could matter: in winter a weekend is like any other day."""


def quarters(first: dt.date, last: dt.date) -> Iterator[int]:
    """Give the instants at which the 15 minutes of some local days begin, both inclusive."""
    at = dt.datetime(first.year, first.month, first.day, tzinfo=LOCAL).timestamp()
    after = last + dt.timedelta(days=1)
    end = dt.datetime(after.year, after.month, after.day, tzinfo=LOCAL).timestamp()
    return iter(range(int(at), int(end), 900))


def price_period(instant: int, early: int = 16, late: int = 21) -> Key:
    """Return season and price period of an instant, of schedules with a peak from 4 to 9 pm."""
    at = dt.datetime.fromtimestamp(instant, LOCAL)
    peak = early <= at.hour < late
    if at.month in (6, 7, 8, 9):
        weekend = at.weekday() > 4 or str(at.date()) in HOLIDAYS
        return "summer", ("mid_peak" if weekend else "on_peak") if peak else "off_peak"
    morning = 8 <= at.hour < early
    return "winter", "mid_peak" if peak else "super_off_peak" if morning else "off_peak"


def made(values: Mapping[int, int], channel: Channel = "delivered", meter: str | None = None) -> Column:
    """Return readings of 15 minutes: thousandths of Wh by the instant at which each begins."""
    starts = np.array(list(values), dtype=np.int64)
    return column(
        channel, meter, starts, np.full(len(starts), 900), np.array(list(values.values()), np.int64)
    )


def values_of(load: Column) -> dict[int, int]:
    """Return the readings of a column by the instant at which each begins."""
    return dict(zip(load.starts.tolist(), load.thousandths.tolist(), strict=True))


def counted(values: Mapping[int, int], key: Callable[[int], Key] = price_period) -> dict[Key, int]:
    """Return thousandths of Wh by season and price period."""
    found: dict[Key, int] = {}
    for instant, value in values.items():
        found[key(instant)] = found.get(key(instant), 0) + value
    return found


def services(*names: str) -> list[Service]:
    """Return the services of sample bills, as their golden records have them; of all without a name."""
    paths = [ROOT / "corpus" / "samples" / f"{name}.json" for name in names]
    found = []
    for path in paths or sorted((ROOT / "corpus" / "samples").glob("*.json")):
        bills = [one["bill"] for one in json.loads(path.read_text()) if one["bill"]]
        found += [_service(one) for bill in bills for one in bill["services"]]
    return found


def _service(golden: Mapping[str, Any]) -> Service:
    charges = [{**charge, "evidence": NOWHERE} for charge in golden["charges"]]
    return Service.model_validate({**golden, "charges": charges})


def billed_by(service: Service, section: str) -> dict[Key, Decimal]:
    """Return the kWh that a section of a service prints by season and price period."""
    found: dict[Key, Decimal] = {}
    for line in service.charges:
        if line.section == section and line.component == "energy" and line.quantity is not None:
            key = (str(line.season), str(line.tou))
            found[key] = found.get(key, Decimal(0)) + line.quantity
    return found


def load_of(service: Service, key: Callable[[int], Key] = price_period) -> dict[int, int] | None:
    """Return readings with a bill's kWh in each price period, and its kW at the third of their intervals.

    None where no load could have them: no hour of a price period in those days, or more kWh than its
    kW can deliver, or fewer than they alone are.
    """
    period = service.period
    if period is None:
        return None
    kw = {(str(one.season), str(one.tou)): one.kw for one in service.demands}
    billed = billed_by(service, "delivery")
    flat = {tou for _, tou in billed} == {"None"}
    at: dict[Key, list[int]] = {}
    for instant in quarters(period.start, period.end):
        season, tou = key(instant)
        at.setdefault((season, "None" if flat else tou), []).append(instant)
    values: dict[int, int] = {}
    for bucket, kwh in billed.items():
        spread = _spread_at(int(kwh * KWH), at.get(bucket, []), kw.get(bucket))
        if spread is None:
            return None
        values.update(spread)
    return {instant: values.get(instant, 0) for instant in quarters(period.start, period.end)}


def _spread_at(total: int, instants: Sequence[int], kw: Decimal | None) -> dict[int, int] | None:
    """Spread kWh as unevenly as the kW allow."""
    found = (_spread(total, instants, kw, least) for least in (2, 9, 99))
    return next((one for one in found if one is not None), None)


def _spread(total: int, instants: Sequence[int], kw: Decimal | None, least: int) -> dict[int, int] | None:
    if len(instants) < 4:
        return None
    top = 0 if kw is None else int(kw * KWH) // 4
    rest, others = total - top, [one for at, one in enumerate(instants) if at != 2 or kw is None]
    shares = np.arange(len(others)) % 3 + least  # not flat: an hour's shift is seen
    weights = int(shares.sum())
    each = [rest * int(share) // weights for share in shares]
    each[0] += rest - sum(each)
    if kw is not None and (min(each) < 0 or max(each) >= top):
        return None
    found = dict(zip(others, each, strict=True))
    return found if kw is None else {**found, instants[2]: top}
