"""What keeping costs beside reading, how reading again scales, and that memory does not grow with the number.

Bare `read` of the same files in the same run is the floor; ratios are what counts.
"""

import datetime as dt
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from corpus.scans import scan
from extractor.base.database import opened
from extractor.guarded import read_lines
from extractor.home import Home, created
from extractor.intake.inbox import ingest
from extractor.reprocessing.batch import Batch, local
from extractor.reprocessing.cluster import ray_reads
from extractor.reprocessing.report import Accepted, Report
from extractor.settings import ReaderSettings
from extractor.store import schema
from extractor.store.runs import Choice
from tests.bench.scans import SAMPLES, single_bills
from tests.servers import postgresql

COUNT = int(os.environ.get("BILLS", "500"))
"""Bills that are taken in and read again."""

SCANS = 24
"""Scans that are read again: enough that it matters little who reads the last one."""


def report() -> Iterator[str]:
    """Say what keeping costs, on both databases, and how reading again scales."""
    with tempfile.TemporaryDirectory() as held, ExitStack() as stack:
        folder = Path(held)
        server = stack.enter_context(postgresql.running())
        addresses = {
            "SQLite": f"sqlite:///{folder}/billclerk.db",
            "PostgreSQL": server.database().render_as_string(),
        }
        settings = ReaderSettings()
        bills = _bills(folder / "bare", COUNT)
        bare = _seconds_of_reading(bills, settings)
        yield f"{COUNT} bills, {settings.jobs} jobs: bare read {COUNT / bare:.0f} documents a second"
        for name, address in addresses.items():
            home = created(folder / name, "")
            taken = _seconds_of_ingest(home, address, settings)
            yield (
                f"  ingest on {name}: {COUNT / taken:.0f} a second, {taken / bare:.2f} of bare read"
                " (goal: the store costs less than half: 1.5)"
            )
        yield from _again(Home((folder / "SQLite").resolve()), addresses["SQLite"], COUNT, "bills", "1.5")
        home = created(folder / "scans", "")
        address = f"sqlite:///{folder}/scans.db"
        _take_scans(home, address, settings)
        yield from _again(home, address, SCANS, "scans", "1.8")
        yield from _memory()


def _bills(folder: Path, count: int) -> list[Path]:
    """Make so many different files of the samples' bills: each with another comment at its end."""
    folder.mkdir(exist_ok=True)
    samples = sorted(SAMPLES.glob("*.pdf"))
    paths = []
    for number in range(count):
        path = folder / f"{number}.pdf"
        path.write_bytes(samples[number % len(samples)].read_bytes() + b"%% %d\n" % number)
        paths.append(path)
    return paths


def _seconds_of_reading(paths: list[Path], settings: ReaderSettings) -> float:
    began = time.perf_counter()
    for _ in read_lines(paths, settings.jobs, settings):
        pass
    return time.perf_counter() - began


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _seconds_of_ingest(home: Home, address: str, settings: ReaderSettings) -> float:
    engine = opened(address)
    schema.upgrade(engine)
    paths = _bills(home.inbox, COUNT)
    began = time.perf_counter()
    for _ in ingest(home, engine, paths, settings, _now):
        pass
    engine.dispose()
    return time.perf_counter() - began


def _take_scans(home: Home, address: str, settings: ReaderSettings) -> None:
    engine = opened(address)
    schema.upgrade(engine)
    paths = []
    for number, name in enumerate(single_bills()[:SCANS]):
        path = home.inbox / f"{number}.pdf"
        path.write_bytes(scan((SAMPLES / f"{name}.pdf").read_bytes(), "grey-200", number))
        paths.append(path)
    for _ in ingest(home, engine, paths, settings, _now):
        pass
    engine.dispose()


def _again(home: Home, address: str, count: int, what: str, goal: str) -> Iterator[str]:
    """Say how many documents a second are read again with one job and with two, and by a Ray cluster."""
    engine = opened(address)
    taken = {}
    for jobs in (1, 2):
        settings = ReaderSettings(jobs=jobs)
        batch = Batch(home, engine, settings, local(settings, jobs), _now)
        taken[jobs] = _seconds_of(batch)
    yield (
        f"{count} {what} read again: one job {count / taken[1]:.1f} a second,"
        f" two jobs {taken[1] / taken[2]:.2f} times that (goal: {goal})"
    )
    settings = ReaderSettings(jobs=1)
    seconds = _seconds_of(Batch(home, engine, settings, ray_reads(settings, None), _now))
    yield f"  a Ray cluster of this machine {taken[1] / seconds:.2f} times, its start included"
    engine.dispose()


def _seconds_of(batch: Batch) -> float:
    began = time.perf_counter()
    for _ in batch.run(batch.chosen(Choice()), f"bench {began}", Accepted(), Report()):
        pass
    return time.perf_counter() - began


def _memory() -> Iterator[str]:
    """Say how much memory `ingest` takes at most, for some bills and for four times as many."""
    peaks = {}
    for count in (100, 400):
        with tempfile.TemporaryDirectory() as held:
            home = created(Path(held, "home"), "")
            _bills(home.inbox, count)
            program = (
                "import resource, sys\n"
                "from extractor.cli import app\n"
                "try:\n    app(['ingest', '--home', sys.argv[1]])\n"
                "except SystemExit:\n    pass\n"
                "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)\n"
            )
            done = subprocess.run(
                [sys.executable, "-c", program, str(home.path)], capture_output=True, text=True, check=True
            )
            peaks[count] = int(done.stderr.split()[-1]) / 1000
    yield f"peak memory of ingest: {peaks[100]:.0f} MB for 100 bills, {peaks[400]:.0f} MB for 400 (goal: flat)"
