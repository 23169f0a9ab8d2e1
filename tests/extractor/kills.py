"""Programs that take an inbox in, killed at random moments: nothing may be lost, nothing kept twice."""

from __future__ import annotations

import hashlib
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from functools import cache
from threading import Lock

from sqlalchemy import Engine, func
from sqlmodel import select

from extractor.base.database import reading
from extractor.home import Home
from extractor.store.tables import Bill, BillStanding, CurrentReading, Document, Reading
from tests.extractor.intake.test_holders import message, zipped
from tests.extractor.law import SAMPLES

NAMES = (
    "d4-bundled-winter-2025",
    "gs2e-cpa-clean-summer-2026",
    "cpa-only-d4-clean-2026",
    "domestic-bundled-winter-2026",
)
"""Bills that lie in the inbox as they are."""

HELD = ("prime-cpa-green-summer-2026", "gs2d-cpa-clean-winter-2025", "gs2e-cpa-clean-summer-2026")
"""Bills that came in a message, and in an archive in it; one of them lies in the inbox as well."""

INGEST = """
import datetime as dt, sys
from pathlib import Path
from extractor.cli.filed import unpackers
from extractor.home import Home
from extractor.intake.inbox import ingest
from extractor.settings import ReaderSettings
from extractor.store.opening import store
home = Home(Path(sys.argv[1]))
with store(sys.argv[2], Path(sys.argv[1])) as engine:
    paths = sorted(home.inbox.iterdir())
    now = lambda: dt.datetime.now(dt.UTC)
    settings = ReaderSettings(jobs=1)
    list(ingest(home, engine, paths, settings, now, unpackers(settings)))
"""


def bill(name: str, lot: int) -> bytes:
    """Return a bill's file; of each lot it is another one, with a comment behind its end."""
    return (SAMPLES / f"{name}.pdf").read_bytes() + b"%% %d\n" % lot


def mail(lot: int) -> bytes:
    """Return the message of a lot, the same all along and to all threads: made again it has other boundaries."""
    with MAKING:
        return _mail(lot)


MAKING = Lock()


@cache
def _mail(lot: int) -> bytes:
    first, *others = HELD
    return message(
        (f"{first}.pdf", bill(first, lot)),
        ("bills.zip", zipped(*((f"{name}.pdf", bill(name, lot)) for name in others))),
    )


def filled(home: Home, lot: int = 0) -> None:
    """Drop all files of a lot into the inbox."""
    for name in NAMES:
        (home.inbox / f"{name}.pdf").write_bytes(bill(name, lot))
    (home.inbox / "mail.eml").write_bytes(mail(lot))


def wanted(lots: int = 1) -> tuple[set[str], set[str]]:
    """Return the hashes of all bills of so many lots, and of their messages."""
    files = {bill(name, lot) for name in (*NAMES, *HELD) for lot in range(lots)}
    mails = {mail(lot) for lot in range(lots)}
    bills, holders = ({hashlib.sha256(data).hexdigest() for data in each} for each in (files, mails))
    return bills, holders


def started(home: Home, address: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", INGEST, home.path, address], stderr=subprocess.PIPE)


def kill_often(home: Home, address: str, engine: Engine, runs: int, seed: int) -> int:
    """Kill a program at work so often, then let it finish; return how many programs were started for that.

    When a lot is taken in the next one is dropped: a program that knows all files already has little to do.
    Whatever stands in the inbox between two runs is whole, and in the end all is kept once. When to kill is
    chosen within the time that a lot takes here.
    """
    chance = random.Random(seed)
    whole = _seconds_of_one(home, address)
    lots, killed, programs = 1, 0, 0
    while killed < runs and programs < MOST * runs:
        programs += 1
        if not any(home.inbox.iterdir()):
            filled(home, lots)
            lots += 1
        process = started(home, address)
        time.sleep(chance.uniform(0.3, 0.9) * whole)
        killed += process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.wait()
        bills, holders = wanted(lots)
        for path in home.inbox.iterdir():
            assert hashlib.sha256(path.read_bytes()).hexdigest() in bills | holders
    process = started(home, address)
    _, said = process.communicate(timeout=120)
    assert (process.returncode, said) == (0, b""), (
        f"exit {process.returncode}: {said.decode(errors='replace')}"
    )
    assert list(home.inbox.iterdir()) == []
    check_all_kept_once(home, engine, lots)
    assert killed == runs, f"{killed} of {programs} programs were killed at work"
    return programs


MOST = 4
"""Programs started for each that is killed at work, at most: some are done before."""


def _seconds_of_one(home: Home, address: str) -> float:
    filled(home)
    began = time.monotonic()
    started(home, address).communicate(timeout=120)
    return time.monotonic() - began


def check_all_kept_once(home: Home, engine: Engine, lots: int = 1) -> None:
    """Every bill and message is a document with one reading that counts, its original beside it.

    Of the files of one bill, one of each lot, one counts.
    """
    bills, holders = wanted(lots)
    with reading(engine) as session:
        documents = list(session.exec(select(Document)))
        assert sorted(one.sha256 for one in documents) == sorted(bills | holders)
        assert {one.sha256 for one in documents if one.kind == "message"} == holders
        for table in (Reading, CurrentReading, Bill, BillStanding):
            assert session.exec(select(func.count()).select_from(table)).one() == len(bills)
        standings = Counter(session.exec(select(BillStanding.standing)))
        each = len({*NAMES, *HELD})
        assert standings == {"counts": each, **({"same": each * (lots - 1)} if lots > 1 else {})}
    kept = [path for path in home.originals.rglob("*") if path.is_file() and not path.name.startswith(".")]
    assert {hashlib.sha256(path.read_bytes()).hexdigest() for path in kept} == bills | holders
