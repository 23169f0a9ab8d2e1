"""What joining costs: a year of many meters beside their bills, and the same figures by one query of DuckDB.

`JOINED_METERS` says how many meters: a thousand are 35 million readings and 12,000 billing periods. What is
measured runs in a process of its own, whose peak of memory is told.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import subprocess
import sys
import tempfile
import time
from array import array
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from sqlalchemy import Engine
from sqlmodel import select

from extractor.base.database import opened, reading, writing
from extractor.home import Home, created
from extractor.intervals import clock, tou
from extractor.intervals.given import Given, Readings, Series
from extractor.intervals.held.files import folder_of
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
from extractor.store.metered import IntervalSeries, live_files

METERS = int(os.environ.get("JOINED_METERS", "1000"))
FIRST, LAST = dt.date(2025, 1, 1), dt.date(2025, 12, 31)
NOW = dt.datetime(2026, 11, 25, tzinfo=dt.UTC)
SCHEDULE = "TOU-GS-2-D"
GOAL_MEMORY, GOAL_RATIO = 250, 1.3
ROUNDS = 3
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
        yield from compared(small, few, large, METERS)


def compared(small: Path, few: int, large: Path, many: int) -> Iterator[str]:
    """Say how two homes are joined, each in processes of their own that take turns; medians of three."""
    joins, queries, smaller = ([] for _ in range(3))
    for _ in range(ROUNDS):
        joins.append(_apart("joined", large))
        queries.append(_apart("by_hand", large))
        smaller.append(_apart("joined", small))
    join, query, less = (median(one.seconds for one in runs) for runs in (joins, queries, smaller))
    work, query_work = (median(one.work for one in runs) for runs in (joins, queries))
    peak = max(one.peak for one in joins)
    same = (
        "the same kWh and kW"
        if {one.told for one in (*joins, *queries)} == {joins[0].told}
        else "OTHER FIGURES"
    )
    yield f"  joined in {join:.1f} s ({work:.1f} s of work), peak {peak:.0f} MB (goal: {GOAL_MEMORY})"
    yield (
        f"  one query by hand: {query:.1f} s ({query_work:.1f} s of work), {same};"
        f" ratio {join / query:.1f}, of work {work / query_work:.1f} (goal: {GOAL_RATIO})"
    )
    yield f"  growth: {many / few:.0f} times as many take {join / less:.1f} times as long (goal: no more)"


class Run(NamedTuple):
    """What a process of its own tells of its work."""

    seconds: float
    work: float
    """Seconds of all processors."""
    peak: float
    """Memory in MB, all of the process."""
    told: str
    """Hash of the kWh of each price period and of the kW of each billing period."""


def _apart(work: str, home: Path) -> Run:
    """Run a part in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.intervals_joined", work, str(home)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds, busy, peak, told = done.stdout.split()
    return Run(float(seconds), float(busy), float(peak), told)


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


def loads(number: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
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


def _service(
    number: int, first: dt.date, last: dt.date, starts: npt.NDArray[np.int64], values: npt.NDArray[np.int64]
) -> Service:
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


Told = dict[tuple[str, str], tuple[dict[str, int], int]]
"""Thousandths of Wh by bucket, and the highest of 15 minutes, by service account and first day."""


def joined(home: Home, engine: Engine) -> Told:
    """Join all bills with all that a join is."""
    from extractor.intervals.of_bills import of_bills
    from extractor.store.current import current

    found: Told = {}
    with reading(engine) as session:
        for one in of_bills(home, engine, session, current(session)):
            assert one.joined.verdict == "ties_out", one.joined.reason
            measured = one.joined.measured
            assert measured is not None and measured.peak is not None
            buckets = {str(tuple(bucket)): value for bucket, value in measured.by_bucket.items()}
            key = (str(one.joined.service_account), str(one.joined.first))
            found[key] = (buckets, measured.peak.thousandths // 4)
    return found


BY_HAND = """
SELECT period, code, sum(thousandths)::BIGINT, max(thousandths) FROM read_parquet({files}) reading
JOIN periods ON periods.series = reading.series AND start >= begin AND start < over
JOIN hours ON hours.hour = start // 3600
WHERE replaced_by IS NULL GROUP BY ALL
"""
"""The fastest of three ways that were tried: an ASOF join took five times, a table of hours and series twice as long."""


def by_hand(home: Home, engine: Engine) -> Told:
    """Ask for kWh by price period and for kW alone, of periods and of files that are known."""
    import duckdb

    with reading(engine) as session:
        names = live_files(session)
        numbers = {row.service_account: row.id for row in session.exec(select(IntervalSeries))}
    keys = [(account(at), first, last) for at in range(len(numbers)) for first, last in periods(at)]
    spans = [(numbers[whose], *clock.period(first, last)) for whose, first, last in keys]
    columns = np.array([(*span, at) for at, span in enumerate(spans)], dtype=np.int64).T
    codes = tou.period_codes(SCHEDULE, FIRST, LAST)
    hours = np.arange(len(codes)) + clock.midnight(FIRST) // HOUR
    found: Told = {(whose, str(first)): ({}, 0) for whose, first, _ in keys}
    with duckdb.connect(config={"memory_limit": "200MB", "preserve_insertion_order": "false"}) as duck:
        duck.register("given", dict(zip(("series", "begin", "over", "period"), columns, strict=True)))
        duck.execute(
            'CREATE TABLE periods AS SELECT series::INTEGER AS series, "begin", over, period FROM given'
        )
        duck.register("priced", {"hour": hours, "code": codes})
        duck.execute("CREATE TABLE hours AS SELECT * FROM priced")
        paths = [str(folder_of(home) / name) for name in names]
        for period, code, total, highest in duck.execute(BY_HAND.format(files=paths)).fetchall():
            key = (keys[period][0], str(keys[period][1]))
            buckets, before = found[key]
            found[key] = ({**buckets, str(tuple(BUCKETS[code])): total}, max(before, highest))
    return found


def _peak() -> float:
    """Return the peak of this process's memory in MB; getrusage tells of the one that started it as well."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1e6


def _hash(told: Told) -> str:
    plain = sorted((key, sorted(buckets.items()), highest) for key, (buckets, highest) in told.items())
    return hashlib.sha256(repr(plain).encode()).hexdigest()[:12]


if __name__ == "__main__":
    place = Home(Path(sys.argv[2]).resolve())
    opened_at = opened(place.database)
    began, busy = time.perf_counter(), time.process_time()
    told = {"joined": joined, "by_hand": by_hand}[sys.argv[1]](place, opened_at)
    taken = time.perf_counter() - began, time.process_time() - busy
    print(*taken, _peak(), _hash(told))
