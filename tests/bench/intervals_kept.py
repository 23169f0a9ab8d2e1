"""What keeping interval readings costs: one month of one meter replaced, and how fast files are imported."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import resource
import tempfile
import time
from array import array
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import numpy as np

from extractor.base.database import opened
from extractor.home import created
from extractor.intervals import clock
from extractor.intervals.given import Given, Readings, Series
from extractor.intervals.held import files
from extractor.intervals.held.ask import asking, readings
from extractor.intervals.held.coverage import coverage
from extractor.intervals.held.keep import Source, import_
from extractor.store import schema

METERS = int(os.environ.get("METERS", "100"))
"""Meters whose year of quarters of an hour is imported: a hundred are 3.5 million readings."""

ROUNDS = 15
FIRST, LAST = dt.date(2025, 1, 1), dt.date(2025, 12, 31)
NOW = dt.datetime(2026, 11, 25, tzinfo=dt.UTC)


def keeping() -> Iterator[str]:
    """Say how fast readings are imported, replaced and asked for."""
    with tempfile.TemporaryDirectory() as held:
        home = created(Path(held, "home"), "")
        engine = opened(home.database)
        schema.upgrade(engine)

        def taken(name: str, given: Iterator[Given]) -> float:
            source = Source(hashlib.sha256(name.encode()).hexdigest(), "bench", 1, NOW)
            began = time.perf_counter()
            import_(home, engine, given, source)
            return time.perf_counter() - began

        one = taken("one", _meters(0, 1))
        yield f"interval store: a year of one meter imported in {one:.2f} s, {35_040 / one:,.0f} readings a second"
        many = taken("many", _meters(1, METERS))
        count = 35_040 * (METERS - 1)
        size = sum(path.stat().st_size for path in files.folder_of(home).rglob("*.parquet"))
        yield (
            f"  {count:,} readings of {METERS - 1} meters in one file: {count / many:,.0f} a second,"
            f" {size / (35_040 * METERS):.1f} bytes each"
        )
        began = time.process_time()
        months = [taken(f"month {at}", _month(at)) for at in range(ROUNDS)]
        busy = (time.process_time() - began) / ROUNDS
        yield (
            f"  one month of one meter replaced: {1000 * median(months):.0f} ms (goal: 50),"
            f" of which {1000 * busy:.0f} ms of work"
        )
        began = time.perf_counter()
        found = readings(home, engine, _account(7), *clock.period(FIRST, LAST))
        yield f"  a year of one account asked for: {1000 * (time.perf_counter() - began):.0f} ms ({len(found):,})"
        began = time.perf_counter()
        with asking(home, engine) as duck:
            duck.execute("SELECT series, month, sum(thousandths) FROM counted GROUP BY ALL").fetchall()
        yield f"  sums of all meters and months: {time.perf_counter() - began:.2f} s"
        began = time.perf_counter()
        told = sum(1 for _ in coverage(home, engine))
        yield f"  coverage of {told:,} months: {time.perf_counter() - began:.2f} s"
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
        yield f"  peak memory of all that: {peak:.0f} MB"
        engine.dispose()


def _account(number: int) -> str:
    return f"8{number:09d}"


def _meters(first: int, end: int) -> Iterator[Given]:
    begin, over = clock.period(FIRST, LAST)
    for number in range(first, end):
        yield _quarters(number, begin, over, seed=number)


def _month(seed: int) -> Iterator[Given]:
    begin, over = clock.period(dt.date(2025, 7, 1), dt.date(2025, 7, 31))
    yield _quarters(3, begin, over, seed=1_000_000 + seed)


def _quarters(number: int, begin: int, end: int, seed: int) -> Readings:
    """Return made-up readings: hundredths of a kWh, more by day."""
    starts = np.arange(begin, end, 900)
    by_day = 40 + 30 * np.sin((starts % 86_400) / 86_400 * 2 * np.pi)
    noise = np.random.default_rng(seed).integers(0, 25, len(starts))
    values = (by_day.astype(np.int64) + noise) * 10_000
    begins, seconds, thousandths = (
        array("q", column.astype(np.int64).tobytes())
        for column in (starts, np.full(len(starts), 900), values)
    )
    series = Series("delivered", service_account=_account(number))
    return Readings(series, begins, seconds, thousandths)
