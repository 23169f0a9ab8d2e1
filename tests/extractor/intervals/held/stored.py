"""Readings for tests of the store: made by a few words, kept, and asked for as plain dictionaries."""

from __future__ import annotations

import datetime as dt
import hashlib
from array import array
from collections.abc import Iterable, Mapping

from sqlalchemy import Engine

from extractor.home import Home
from extractor.intervals.given import Given, Quality, Readings, Series
from extractor.intervals.held.ask import readings
from extractor.intervals.held.keep import Imported, Source, import_

NOW = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)
ACCOUNT = "8000000001"
SERIES = Series("delivered", service_account=ACCOUNT)
MARCH = 1_740_816_000
"""Midnight of 1 March 2025 in Los Angeles."""
QUARTER = 900
ALWAYS = (0, 4_000_000_000)


def block(
    values: Mapping[int, int], series: Series = SERIES, seconds: int = QUARTER, quality: int = 0
) -> Readings:
    """Return readings of one series by their starts."""
    size = len(values)
    return Readings(
        series,
        array("q", values),
        array("q", [seconds]) * size,
        array("q", values.values()),
        array("b", [quality]) * size if quality else array("b"),
    )


def run(start: int, count: int, value: int, series: Series = SERIES, quality: int = 0) -> Readings:
    """Return so many quarters of an hour in a row."""
    return block({start + at * QUARTER: value + at for at in range(count)}, series, quality=quality)


def kept(home: Home, engine: Engine, name: str, given: Iterable[Given]) -> Imported:
    """Import a file that is told by its name."""
    return import_(home, engine, given, Source(hashlib.sha256(name.encode()).hexdigest(), "test", 1, NOW))


def held(home: Home, engine: Engine, whose: str | int = ACCOUNT, as_of: int | None = None) -> dict[int, int]:
    """Return values by their starts."""
    found = readings(home, engine, whose, *ALWAYS, as_of=as_of)
    assert len(set(found.starts.tolist())) == len(found)
    return dict(zip(found.starts.tolist(), found.thousandths.tolist(), strict=True))


VALIDATED = int(Quality.VALIDATED)
ESTIMATED = int(Quality.ESTIMATED)
