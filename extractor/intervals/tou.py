"""Which TOU period an hour is in: by schedule, date, season, and weekday or weekend.

Local prevailing time; the season changes at local midnight; holidays are weekends (`holidays`).
The hours are data with dates, sources and what is only assumed: `data/tou.toml`. A schedule or a
date that has no row there is refused with the reason, never guessed.

>>> bucket("TOU-GS-2-E", dt.datetime(2025, 7, 4, 17)), bucket("TOU-D-5", dt.datetime(2025, 7, 7, 17))
(Bucket(season='summer', tou='mid_peak'), Bucket(season='summer', tou='on_peak'))
>>> bucket("TOU-GS-2-B", dt.datetime(2025, 7, 4, 17))
Traceback (most recent call last):
extractor.intervals.tou.UnknownHoursError: the TOU hours of TOU-GS-2-B on 2025-07-04 are not known
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
import numpy.typing as npt

from extractor.base.errors import BillclerkError
from extractor.intervals import clock
from extractor.intervals.holidays import is_weekend
from extractor.model import Season, Tou
from extractor.seasons import SUMMER

Codes = npt.NDArray[np.int64]
"""A bucket for each hour, by its place in `BUCKETS`."""

Days = Literal["weekday", "weekend"]
HOUR = 3600
SEASONS: tuple[Season, ...] = get_args(Season)
KINDS: tuple[Days, ...] = get_args(Days)

DECORATION = re.compile(
    r"^SBP (?=TOU-)"  # the Solar Billing Plan's own line
    r"|\s+(?:CPP|NEM\d?)$"  # critical peak pricing, net energy metering: the hours are the schedule's
    r"|\s*\((?:SCE|Direct Access|Transitional Bundled Service)\)$",
    re.I,
)
"""What is printed around a schedule's name and does not change its hours."""


class UnknownHoursError(BillclerkError):
    """No row of `data/tou.toml` has this schedule on this date; add one, with its source."""

    exit_code = 3


class Bucket(NamedTuple):
    """What energy is priced by: a season and a TOU period; None where a bill or a schedule has none."""

    season: Season | None
    tou: Tou | None


BUCKETS: tuple[Bucket, ...] = tuple(
    Bucket(season, tou) for season in SEASONS for tou in (*get_args(Tou), None)
)


@dataclass(frozen=True)
class Hours:
    """One named run of rules: a bucket for each local hour of a kind of day."""

    name: str
    codes: tuple[tuple[Season, Days, tuple[int, ...]], ...]
    source: str
    grade: str
    assumed: bool


@dataclass(frozen=True)
class Schedule:
    """Schedules that keep some hours, from one day on and before another."""

    pattern: re.Pattern[str]
    hours: Hours
    effective_from: dt.date
    effective_to: dt.date | None
    source: str
    grade: str
    assumed: bool

    def applies(self, name: str, date: dt.date) -> bool:
        """Tell whether a schedule, as `base` names it, keeps these hours on a date."""
        begun = self.effective_from <= date and (self.effective_to is None or date < self.effective_to)
        return begun and self.pattern.fullmatch(name) is not None


def base(schedule: str) -> str:
    """Return a schedule's name without what is printed around it.

    >>> base("SBP TOU-D-PRIME"), base("TOU-GS-3D CPP"), base("TOU-8-D (Direct Access)")
    ('TOU-D-PRIME', 'TOU-GS-3D', 'TOU-8-D')
    """
    name = " ".join(schedule.split())
    while (shorter := DECORATION.sub("", name)) != name:
        name = shorter
    return name.upper()


@lru_cache(4096)
def schedule_on(schedule: str, date: dt.date) -> Schedule:
    """Return the row that has a schedule's hours on a date.

    Raises:
        UnknownHoursError: if none has, or if several do.
    """
    rows = [row for row in schedules() if row.applies(base(schedule), date)]
    match rows:
        case [row]:
            return row
        case [] if not base(schedule):
            raise UnknownHoursError("the rate schedule was not read, so its TOU hours are not known")
        case []:
            raise UnknownHoursError(f"the TOU hours of {schedule} on {date} are not known")
        case _:
            raise UnknownHoursError(f"several rows have TOU hours of {schedule} on {date}")


def season_on(date: dt.date) -> Season:
    """Return the season of a local day."""
    return "summer" if date.month in SUMMER else "winter"


def bucket(schedule: str, at: dt.datetime) -> Bucket:
    """Return the bucket of a local time."""
    hours = schedule_on(schedule, at.date()).hours
    return BUCKETS[_day(hours, season_on(at.date()), is_weekend(at.date()))[at.hour]]


@lru_cache(4096)
def assumptions(schedule: str, first: dt.date, last: dt.date) -> tuple[str, ...]:
    """Return the sources of what is only assumed of a schedule's hours in a period, both dates inclusive."""
    rows = {schedule_on(schedule, date) for date in (first, last)}
    said = [one.source for row in rows for one in (row, row.hours) if one.assumed]
    return tuple(sorted(set(said)))


def period_codes(schedule: str | None, first: dt.date, last: dt.date) -> Codes:
    """Return the bucket of each hour of a period, both local dates inclusive.

    Without a schedule the buckets are the seasons.

    Raises:
        UnknownHoursError: if the hours are not known on one of the days.
    """
    begin, end = clock.period(first, last)
    parts = []
    for year in range(first.year, last.year + 1):
        opening = clock.midnight(dt.date(year, 1, 1))
        codes = _year(_names_on(schedule, year, first, last), year)
        parts.append(codes[max(begin - opening, 0) // HOUR : (end - opening) // HOUR])
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


@lru_cache(4096)
def _names_on(
    schedule: str | None, year: int, first: dt.date, last: dt.date
) -> tuple[tuple[dt.date, Hours], ...]:
    """Return which hours hold from which day of a year on, within a period."""
    if schedule is None:
        return ((dt.date(year, 1, 1), hours_named()["none"]),)
    start, end = max(first, dt.date(year, 1, 1)), min(last, dt.date(year, 12, 31))
    turns = {start, *(row.effective_from for row in schedules() if start < row.effective_from <= end)}
    turns |= {row.effective_to for row in schedules() if row.effective_to and start < row.effective_to <= end}
    found = [(turn, schedule_on(schedule, turn).hours) for turn in sorted(turns)]
    if len({hours.name for _, hours in found}) == 1:  # the usual case: one table for all periods of the year
        return ((dt.date(year, 1, 1), found[0][1]),)
    return tuple(found)


@lru_cache(512)
def _year(turns: Sequence[tuple[dt.date, Hours]], year: int) -> Codes:
    """Return the bucket of each hour of a year, from local midnight to local midnight."""
    codes: list[int] = []
    date = dt.date(year, 1, 1)
    while date.year == year:
        hours = next((hours for turn, hours in reversed(turns) if turn <= date), turns[0][1])
        day = _day(hours, season_on(date), is_weekend(date))
        codes += [day[hour] for hour in _clock_hours(date)]
        date += dt.timedelta(days=1)
    found = np.array(codes, dtype=np.int64)
    found.flags.writeable = False
    return found


def _clock_hours(date: dt.date) -> Sequence[int]:
    """Return what a local clock shows at each hour of a day: no 2 or twice 1 when it is changed."""
    begin, end = clock.day(date)
    if end - begin == 24 * HOUR:
        return range(24)
    return [clock.local(instant).hour for instant in range(begin, end, HOUR)]


@lru_cache(64)
def _day(hours: Hours, season: Season, weekend: bool) -> tuple[int, ...]:
    kind = "weekend" if weekend else "weekday"
    [codes] = [codes for *key, codes in hours.codes if key == [season, kind]]
    return codes


@cache
def schedules() -> tuple[Schedule, ...]:
    """Return the rows of the table that name schedules."""
    return tuple(
        Schedule(
            re.compile(row["pattern"]),
            hours_named()[row["hours"]],
            row["effective_from"],
            row.get("effective_to"),
            row["source"],
            row["grade"],
            row["assumed"],
        )
        for row in _data()["schedule"]
    )


@cache
def hours_named() -> dict[str, Hours]:
    """Return the runs of hours by their names."""
    return {
        row["name"]: Hours(row["name"], _codes(row["rules"]), row["source"], row["grade"], row["assumed"])
        for row in _data()["hours"]
    }


def _codes(rules: Sequence[dict[str, Any]]) -> tuple[tuple[Season, Days, tuple[int, ...]], ...]:
    return tuple((season, kind, _hourly(rules, season, kind)) for season in SEASONS for kind in KINDS)


def _hourly(rules: Sequence[dict[str, Any]], season: Season, kind: Days) -> tuple[int, ...]:
    """Return the bucket of each hour of a kind of day; each is named once, or the table is wrong."""
    codes: list[int] = []
    for hour in range(24):
        [found] = [
            BUCKETS.index(Bucket(season, rule.get("tou")))
            for rule in rules
            for begin, end in rule["hours"]
            if rule["season"] == season and rule["days"] in (kind, "every") and begin <= hour < end
        ]
        codes.append(found)
    return tuple(codes)


def _data() -> dict[str, Any]:
    return tomllib.loads((files("extractor.intervals") / "data" / "tou.toml").read_text(encoding="utf-8"))
