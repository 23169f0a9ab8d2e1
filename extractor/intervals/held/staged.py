"""What a file gives, gathered before anything is compared: readings in DuckDB, all else in lists.

Of an interval that a file has twice the later one counts: SCE's blocks overlap by one reading.
"""

from __future__ import annotations

import hashlib
import json
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from duckdb import DuckDBPyConnection

from extractor.intervals import clock
from extractor.intervals.columns import Ints
from extractor.intervals.given import Account, Given, Problem, Quality, Readings, Series, Summary
from extractor.intervals.held import months
from extractor.store.plain import plain

BUCKETS = 64
"""Files a month at most: few enough to open them all, each small enough to be written anew in no time."""

AT_ONCE = 200_000
"""Readings in memory at a time."""

EARLIEST, LATEST = 0, 4_102_444_800
"""Instants that a reading may have: from 1970 to 2100."""

GIVEN = (
    "CREATE TEMP TABLE given (series INTEGER, start BIGINT, seconds BIGINT, thousandths BIGINT,"
    " quality TINYINT, month INTEGER, place BIGINT)"
)


def key_of(series: Series) -> str:
    """Return what tells a series from others."""
    account = plain(series.service_account) if series.service_account else None
    return json.dumps([series.channel, series.unit, account, series.usage_point, series.meter])


def bucket_of(series: Series) -> int:
    """Return which of a month's files a series is in: by a hash of its owner's name.

    >>> bucket_of(Series("delivered", service_account="8000000001"))
    34
    """
    account = plain(series.service_account) if series.service_account else None
    owner = account or series.usage_point or series.meter or ""
    return hashlib.sha256(owner.encode()).digest()[0] % BUCKETS


@dataclass
class Staged:
    """What was gathered of one file."""

    duck: DuckDBPyConnection
    series: dict[str, tuple[int, Series]] = field(default_factory=dict)
    """By key; numbered as they came."""
    links: list[Account] = field(default_factory=list)
    summaries: list[Summary] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    is_confirmed: bool = True
    months: set[int] = field(default_factory=set)
    """In which there are readings."""
    count: int = 0
    _columns: list[array[int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Make the table that readings are gathered in."""
        self.duck.execute(GIVEN)
        self._columns = _empty()

    @property
    def is_refused(self) -> bool:
        """Whether something is so wrong that nothing may be taken."""
        return any(problem.severity == "error" for problem in self.problems)

    def gather(self, given: Iterable[Given]) -> None:
        """Take all that a reader gives."""
        for one in given:
            if isinstance(one, Readings):
                self._take(one)
            elif isinstance(one, Account):
                self.links.append(one)
            elif isinstance(one, Summary):
                self.summaries.append(one)
            elif isinstance(one, Problem):
                self.problems.append(one)
        self._flush()

    def _take(self, block: Readings) -> None:
        if not len(block):
            return
        at, _ = self.series.setdefault(key_of(block.series), (len(self.series), block.series))
        self.is_confirmed = self.is_confirmed and block.is_confirmed
        size = len(block)
        series, starts, seconds, values, qualities = self._columns
        series.extend(array("q", [at]) * size)
        starts.extend(block.starts)
        seconds.extend(block.seconds)
        values.extend(block.thousandths)
        qualities.extend(block.qualities or array("b", [Quality.UNKNOWN]) * size)
        if len(starts) >= AT_ONCE:
            self._flush()

    def _flush(self) -> None:
        series, starts, seconds, values, qualities = (np.asarray(one) for one in self._columns)
        size, self._columns = len(starts), _empty()
        if not size:
            return
        if starts.min() < EARLIEST or starts.max() >= LATEST or seconds.min() <= 0:
            message = "an interval lies before 1970 or after 2100, or does not last"
            self.problems.append(Problem("impossible_interval", "error", message))
            return
        month = _months_of(starts)
        self.months.update(np.unique(month).tolist())
        block = {
            "series": series,
            "start": starts,
            "seconds": seconds,
            "thousandths": values,
            "quality": qualities,
            "month": month,
            "place": np.arange(self.count, self.count + size),
        }
        self.count += size
        self.duck.register("block", block)
        self.duck.execute("INSERT INTO given SELECT * FROM block")
        self.duck.unregister("block")


def _empty() -> list[array[int]]:
    return [*(array("q") for _ in range(4)), array("b")]


def _months_of(starts: Ints) -> Ints:
    """Return the month in which each instant is."""
    first, last = (clock.local(int(one)).date() for one in (starts.min(), starts.max()))
    touched = months.between(first, last)
    begins = np.array([months.bounds(month)[0] for month in touched], dtype=np.int64)
    at: Ints = np.array(touched, dtype=np.int64)[np.searchsorted(begins, starts, side="right") - 1]
    return at
