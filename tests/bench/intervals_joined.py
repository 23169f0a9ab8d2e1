"""What joining costs: a year of many meters beside their bills, and the same figures by one query of DuckDB.

`JOINED_METERS` says how many meters: a thousand are 35 million readings and 12,000 billing periods. What is
measured runs in a process of its own, whose peak of memory is told.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import resource
import subprocess
import sys
import tempfile
import time
from array import array
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import numpy as np
from sqlalchemy import Engine

from extractor.base.database import opened, reading, writing
from extractor.home import Home, created
from extractor.intervals import clock, tou
from extractor.intervals.given import Given, Readings, Series
from extractor.intervals.held.keep import Source, import_
from extractor.intervals.tou import BUCKETS, HOUR
from extractor.model import (
    Bill,
    Charge,
    Component,
    Document,
    Evidence,
    Period,
    ReadResult,
    Service,
    Status,
)

METERS = int(os.environ.get("JOINED_METERS", "1000"))
FIRST, LAST = dt.date(2025, 1, 1), dt.date(2025, 12, 31)
NOW = dt.datetime(2026, 11, 25, tzinfo=dt.UTC)
SCHEDULE = "TOU-GS-2-D"
GOAL_MEMORY, GOAL_RATIO = 250, 1.3
AT_ONCE = 50
"""Meters of one imported file."""

HERE = Evidence(page=4, bbox=(0, 0, 1, 1), text="")


def report() -> Iterator[str]:
    """Say how long joins take, in how much memory, beside one query, and how that grows."""
    with tempfile.TemporaryDirectory() as held:
        few = max(1, METERS // 10)
        small = filled(Path(held, "small"), few)
        large = filled(Path(held, "large"), METERS)
        yield f"join: {35_040 * METERS:,} readings, {12 * METERS:,} billing periods"
        taken = {}
        for meters, home in ((few, small), (METERS, large)):
            seconds, peak, periods = _apart("joined", home)
            taken[meters] = seconds
            yield (
                f"  {int(periods):,} periods joined in {seconds:.1f} s, peak {peak:.0f} MB"
                f" (goal: {GOAL_MEMORY})"
            )
        by_hand, peak, _ = _apart("by_hand", large)
        ratio = taken[METERS] / by_hand
        yield f"  one query by hand: {by_hand:.1f} s, peak {peak:.0f} MB; ratio {ratio:.2f} (goal: {GOAL_RATIO})"
        growth = taken[METERS] / taken[few] / (METERS / few)
        yield f"  ten times as many readings take {growth:.2f} times ten times as long (goal: at most 1)"


def _apart(work: str, home: Path) -> tuple[float, float, float]:
    """Run a part in a process of its own; return its seconds, its peak of memory in MB, and how many."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.intervals_joined", work, str(home)],
        check=True,
        capture_output=True,
        text=True,
    )
    seconds, peak, count = map(float, done.stdout.split())
    return seconds, peak, count


def filled(place: Path, meters: int) -> Path:
    """Make a home with a year of so many meters, and a bill for each month of each."""
    from extractor.store import schema

    home = created(place, "")
    engine = opened(home.database)
    schema.upgrade(engine)
    for first in range(0, meters, AT_ONCE):
        source = Source(hashlib.sha256(b"%d" % first).hexdigest(), "bench", 1, NOW)
        import_(home, engine, _readings(first, min(meters, first + AT_ONCE)), source)
    _keep_bills(engine, meters)
    engine.dispose()
    return place


def account(number: int) -> str:
    """Return the service account of a meter."""
    return f"8{number:09d}"


def loads(number: int) -> tuple[np.ndarray, np.ndarray]:
    """Return starts and thousandths of Wh of a year of a meter: hundredths of a kWh, more by day."""
    starts = np.arange(*clock.period(FIRST, LAST), 900)
    by_day = 400 + 300 * np.sin((starts % 86_400) / 86_400 * 2 * np.pi)
    noise = np.random.default_rng(number).integers(0, 250, len(starts))
    return starts, (by_day.astype(np.int64) + noise) * 10_000


def _readings(first: int, end: int) -> Iterator[Given]:
    for number in range(first, end):
        starts, values = loads(number)
        begins, seconds, thousandths = (
            array("q", column.astype(np.int64).tobytes())
            for column in (starts, np.full(len(starts), 900), values)
        )
        yield Readings(Series("delivered", service_account=account(number)), begins, seconds, thousandths)


def periods(number: int) -> list[tuple[dt.date, dt.date]]:
    """Return twelve billing periods of a meter, which begin on another day than its neighbour's."""
    begin = FIRST + dt.timedelta(days=1 + number % 5)
    found = []
    for at in range(12):
        days = 30 if at % 2 else 29
        found.append((begin, begin + dt.timedelta(days=days - 1)))
        begin += dt.timedelta(days=days)
    return found


def _keep_bills(engine: Engine, meters: int) -> None:
    from extractor.store.documents import Arrival, Reader, add_reading, make_current, take
    from extractor.store.standing import settle

    for first in range(0, meters, AT_ONCE):
        with writing(engine) as session:
            ids = []
            for number in range(first, min(meters, first + AT_ONCE)):
                arrival = Arrival(f"{number:064x}", f"{number}.pdf", 1)
                document = take(session, arrival, NOW)
                made = add_reading(session, document, list(_bills(number)), Reader("bench", "f"), NOW)
                make_current(session, made)
                ids.append(document.id or 0)
            settle(session, ids)


def _bills(number: int) -> Iterator[ReadResult]:
    starts, values = loads(number)
    for first, last in periods(number):
        begin, end = clock.period(first, last)
        where = slice(*np.searchsorted(starts, (begin, end)).tolist())
        service = _service(number, first, last, starts[where], values[where])
        bill = Bill(
            issuer="SCE",
            customer_account=f"70{number:010d}",
            statement_date=last + dt.timedelta(days=2),
            services=(service,),
        )
        document = Document(path=f"{number}.pdf", reader="bench", source="text")
        yield ReadResult(document=document, status=Status.VERIFIED, bill=bill)


def _service(number: int, first: dt.date, last: dt.date, starts: np.ndarray, values: np.ndarray) -> Service:
    codes = tou.period_codes(SCHEDULE, first, last)[(starts - starts[0]) // HOUR]
    lines = []
    for at, code in enumerate(np.unique(codes).tolist(), 1):
        kwh = Decimal(int(values[codes == code].sum())).scaleb(-6).quantize(Decimal(1))
        lines.append(_line(at, Component.ENERGY, kwh, "kWh", "0.12345", BUCKETS[code]))
    kw = Decimal(int(values.max()) * 4).scaleb(-6).quantize(Decimal(1))
    lines.append(
        _line(len(lines) + 1, Component.FACILITIES_DEMAND, kw, "kW", "13.77", tou.Bucket(None, None))
    )
    return Service(
        status="verified",
        provider="SCE",
        role="bundled",
        service_account=account(number),
        rate_schedule=SCHEDULE,
        period=Period(start=first, end=last),
        charges=tuple(lines),
    )


def _line(
    at: int, component: Component, quantity: Decimal, unit: str, rate: str, bucket: tou.Bucket
) -> Charge:
    return Charge(
        line=at,
        section="delivery",
        component=component,
        label=str(component),
        season=bucket.season,
        tou=bucket.tou,
        quantity=quantity,
        unit=unit,
        rate=Decimal(rate),
        amount=Decimal(rate) * quantity,
        evidence=HERE,
    )


def joined(home: Home, engine: Engine) -> int:
    """Join all bills; return how many services."""
    from extractor.intervals.of_bills import of_bills
    from extractor.store.current import current

    count = 0
    with reading(engine) as session:
        for one in of_bills(home, engine, session, current(session)):
            assert one.joined.verdict == "ties_out", one.joined.reason
            count += 1
    return count


if __name__ == "__main__":
    place = Home(Path(sys.argv[2]).resolve())
    engine = opened(place.database)
    began = time.perf_counter()
    count = {"joined": joined}[sys.argv[1]](place, engine)
    print(time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000, count)
