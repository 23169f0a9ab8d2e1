"""Interval files for some sample bills, in SCE's two newer Green Button layouts: loads that the bills fit.

A load has, in each price period of a bill, the kWh that the bill prints and, at one interval, its kW.
Three files tie out; one lacks an evening, as files do when a meter did not report; one has two days at
half of what was used, so that the bill differs. Prices have a peak from 4 to 9 pm in all schedules here.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from corpus.dates import season_of, tou_holidays

LOCAL = ZoneInfo("America/Los_Angeles")
QUARTER = 900
SPACE = "\N{NO-BREAK SPACE}"

Load = Mapping[int, int]
"""Watt-hours by the instant at which a quarter of an hour begins."""

PREAMBLE = f"""Energy Usage Information
"For location: {{address}}"

Meter Reading Information
"Type of readings: Electricity"

Summary of Electric Power Usage Information*
"Your download may contain usage data of the following types: actual, estimated, validated or missing. "

Detailed Usage
"Start date: {{first}} 00:00:00{SPACE} for {{days}} days"
"""


@dataclass(frozen=True)
class Case:
    """A sample bill, and the file of its meter."""

    bill: str
    layout: Callable[[Load], Iterator[str]]
    change: Callable[[Load], Load] = dict
    """What is wrong with the readings."""


def by_day(load: Load) -> Iterator[str]:
    """Give the rows of the layout with a block for each day."""
    heading = "Energy consumption time period,Usage(Real energy in kilowatt-hours),Reading quality"
    day = ""
    for instant, wh in load.items():
        begin, end = (_local(at).strftime("%Y-%m-%d %H:%M:%S") for at in (instant, instant + QUARTER))
        if begin[:10] != day:
            day = begin[:10]
            yield from ("", f'"Data for period starting: {day} 00:00:00{SPACE} for 24 hours"', heading)
        yield f'"{begin}{SPACE}to {end}","{_kwh(wh)}",""'


def flat(load: Load) -> Iterator[str]:
    """Give the rows of the layout of 2025, with what is delivered and received beside one another."""
    yield "Date,Energy Consumption time Period Start,Energy Consumption time Period End,Delivered,Received"
    for instant, wh in load.items():
        begin, end = (_local(at).strftime("%m/%d/%Y %I:%M%p") for at in (instant, instant + QUARTER))
        yield f'"{begin[:10]} ","{begin} ","{end} ","{_kwh(wh)}","0.000"'


def without_an_evening(load: Load) -> Load:
    """Leave out the fifteenth evening from four to nine."""
    days = sorted({_local(at).date() for at in load})
    return {
        at: wh for at, wh in load.items() if _local(at).date() != days[14] or not 16 <= _local(at).hour < 21
    }


def two_days_at_half(load: Load) -> Load:
    """Halve what was used on the tenth and the eleventh day."""
    days = sorted({_local(at).date() for at in load})[9:11]
    return {at: wh // 2 if _local(at).date() in days else wh for at, wh in load.items()}


CASES = (
    Case("d4-bundled-winter-2025", by_day),
    Case("d4-cpa-clean-summer-2026", flat),
    Case("gs2d-bundled-summer-2025", by_day),
    Case("gs2e-cpa-clean-summer-2026", by_day, without_an_evening),
    Case("d4-cpa-lean-summer-2025", by_day, two_days_at_half),
)


def make_intervals(samples: Path) -> int:
    """Write the files below the samples, whose golden records are there; return how many."""
    folder = samples / "intervals"
    folder.mkdir(exist_ok=True)
    for case in CASES:
        bill = json.loads((samples / f"{case.bill}.json").read_text())[0]["bill"]
        (folder / name_of(bill["services"][0])).write_text(made(case, bill["services"][0]))
    return len(CASES)


def name_of(service: Mapping[str, Any]) -> str:
    """Return the name that SCE gives the file of a service's days."""
    first, last = (
        dt.date.fromisoformat(service["period"][end]).strftime("%m-%d-%y") for end in ("start", "end")
    )
    return f"SCE_Usage_{service['service_account']}_{first}_to_{last}.csv"


def made(case: Case, service: Mapping[str, Any]) -> str:
    """Return the file of a service's days."""
    load = case.change(load_of(service))
    days = len({_local(at).date() for at in load})
    head = PREAMBLE.format(address="1 EXAMPLE ST", first=service["period"]["start"], days=days)
    return head + "\n".join(case.layout(load)) + "\n"


def load_of(service: Mapping[str, Any]) -> Load:
    """Return a load with a service's kWh in each price period, and its kW at the third interval of each."""
    first, last = (dt.date.fromisoformat(service["period"][end]) for end in ("start", "end"))
    kw = {one["tou"]: int(one["kw"]) for one in service["demands"]}
    instants: dict[str, list[int]] = {}
    for at in quarters(first, last):
        instants.setdefault(price_period(at), []).append(at)
    load: dict[int, int] = {}
    for line in service["charges"]:
        if line["section"] == "delivery" and line["component"] == "energy":
            load |= _spread(int(line["quantity"]) * 1000, instants[line["tou"]], kw.get(line["tou"]))
    return dict(sorted(load.items()))


def quarters(first: dt.date, last: dt.date) -> Iterator[int]:
    """Give the instants at which the quarters of an hour of some days begin, both days inclusive."""
    begin, end = (
        dt.datetime.combine(day, dt.time(), LOCAL).timestamp() for day in (first, last + dt.timedelta(days=1))
    )
    return iter(range(int(begin), int(end), QUARTER))


def price_period(instant: int) -> str:
    """Return the price period of an instant."""
    at = _local(instant)
    is_peak = 16 <= at.hour < 21
    if season_of(at.date()) == "summer":
        is_weekday = at.weekday() < 5 and at.date() not in tou_holidays(at.year)
        return ("on_peak" if is_weekday else "mid_peak") if is_peak else "off_peak"
    return "mid_peak" if is_peak else "super_off_peak" if 8 <= at.hour < 16 else "off_peak"


def _spread(total: int, instants: Sequence[int], kw: int | None) -> dict[int, int]:
    """Spread watt-hours, more in some hours than in others, none above the kW."""
    top = {} if kw is None else {instants[2]: kw * 250}
    others = [at for at in instants if at not in top]
    shares = [9 + _local(at).hour % 4 for at in others]
    rest, whole = total - sum(top.values()), sum(shares)
    found = {at: rest * share // whole for at, share in zip(others, shares, strict=True)}
    for at in others[: rest - sum(found.values())]:
        found[at] += 1
    assert kw is None or max(found.values()) < kw * 250
    return found | top


def _local(instant: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(instant, LOCAL)


def _kwh(wh: int) -> str:
    return f"{wh // 1000}.{wh % 1000:03}"
