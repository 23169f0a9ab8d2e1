"""Readings erased for good, and nobody else's: whoever reads meanwhile, wherever it is killed."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from extractor.base.database import reading, writing
from extractor.home import Home
from extractor.intervals.given import Account, Series
from extractor.intervals.held import files
from extractor.intervals.held.erasing import Holdings, erasing, holdings
from extractor.intervals.held.staged import bucket_of
from extractor.store import schema
from extractor.store.metered import IntervalFile, IntervalSeries, IntervalSpan, UsagePointAccount
from extractor.upkeep.backup import verify
from tests.extractor.intervals.held.stored import ACCOUNT, MARCH, SERIES, block, held, kept, run


def neighbour() -> str:
    """Return another account whose readings are in the same files."""
    numbers = (f"80000{at:05}" for at in range(2, 9999))
    return next(
        one for one in numbers if bucket_of(SERIES._replace(service_account=one)) == bucket_of(SERIES)
    )


OTHER = neighbour()
THEIRS = SERIES._replace(service_account=OTHER)


def erase(home: Home, engine: Engine, *accounts: str) -> Holdings:
    with erasing(home, engine) as eraser, writing(engine) as session:
        what = holdings(session, accounts)
        eraser.erase(session, what)
    return what


def on_disk(home: Home) -> set[str]:
    folder = files.folder_of(home)
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*.parquet")}


def named(engine: Engine) -> set[str]:
    with reading(engine) as session:
        return set(session.exec(select(IntervalFile.name)))


@pytest.fixture
def two(home: Home, engine: Engine) -> Engine:
    """Two accounts in the same files, one of them with an earlier version of ten readings."""
    schema.upgrade(engine)
    kept(home, engine, "his", [run(MARCH, 3000, 1)])
    kept(home, engine, "both", [run(MARCH, 10, 500), run(MARCH, 3000, 9, THEIRS)])
    files.sweep(home, engine)
    return engine


def test_no_version_stays_and_others_stay_as_they_are(home: Home, two: Engine) -> None:
    before = held(home, two, OTHER)
    earlier = held(home, two, OTHER, as_of=1)
    what = erase(home, two, ACCOUNT)
    assert what.metered == {ACCOUNT}
    assert held(home, two) == held(home, two, as_of=1) == {}
    assert (held(home, two, OTHER), held(home, two, OTHER, as_of=1)) == (before, earlier)
    assert on_disk(home) == named(two)
    assert verify(home, two).is_sound
    with reading(two) as session:
        assert [one.service_account for one in session.exec(select(IntervalSeries))] == [OTHER]
        assert [one.import_id for one in session.exec(select(IntervalSpan))] == [2]
    again = kept(home, two, "again", [run(MARCH, 10, 3)])
    assert (again.added, len(held(home, two)), held(home, two, OTHER)) == (10, 10, before)


def test_all_of_a_store_can_go(home: Home, two: Engine) -> None:
    erase(home, two, ACCOUNT, OTHER)
    assert (on_disk(home), named(two)) == (set(), set())


def test_what_nobody_has_leaves_all_as_it_is(home: Home, two: Engine) -> None:
    before = named(two)
    assert erase(home, two, "8999999999").series == ()
    assert (named(two), on_disk(home)) == (before, before)


def test_usage_points_go_with_their_account(home: Home, two: Engine) -> None:
    point = Series("delivered", usage_point="UP/1")
    kept(home, two, "points", [Account("UP/1", ACCOUNT, address="1 Example St"), block({MARCH: 5}, point)])
    kept(home, two, "others", [Account("UP/2", OTHER)])
    erase(home, two, "8-000-000001")
    with reading(two) as session:
        assert [one.usage_point for one in session.exec(select(UsagePointAccount))] == ["UP/2"]
        assert [one.service_account for one in session.exec(select(IntervalSeries))] == [OTHER]


def test_an_error_on_the_way_erases_nothing(home: Home, two: Engine) -> None:
    before = held(home, two), named(two)
    with pytest.raises(ZeroDivisionError), erasing(home, two) as eraser, writing(two) as session:
        eraser.erase(session, holdings(session, [ACCOUNT]))
        raise ZeroDivisionError
    assert (held(home, two), named(two)) == before
    assert on_disk(home) == named(two)


def test_the_files_go_when_their_readers_have_ended(home: Home, two: Engine) -> None:
    before = on_disk(home)
    with files.shared(files.folder_of(home)):
        thread = Thread(target=erase, args=(home, two, ACCOUNT))
        thread.start()
        until = time.monotonic() + 20
        while held(home, two) and time.monotonic() < until:
            time.sleep(0.05)
        assert held(home, two) == {}
        assert before <= on_disk(home)
    thread.join(20)
    assert not before & on_disk(home)
    assert on_disk(home) == named(two)


KILLED = """
import os, signal, sys
from pathlib import Path
from extractor.base.database import opened, writing
from extractor.home import Home
from extractor.intervals.held import files
from extractor.intervals.held.erasing import Eraser, erasing, holdings
home, engine, where = Home(Path(sys.argv[1])), opened(sys.argv[2]), sys.argv[3]
def killed(*_):
    os.kill(os.getpid(), signal.SIGKILL)
if where == "after":
    files.cleared = killed
with erasing(home, engine) as eraser, writing(engine) as session:
    eraser.erase(session, holdings(session, [sys.argv[4]]))
    if where == "before":
        killed()
"""


@pytest.mark.parametrize("where", ["before", "after"])
def test_killed_before_it_counts_or_after_it_comes_right(
    home: Home, two: Engine, address: str, where: str
) -> None:
    """After the transaction the files still lie about; the next import removes them."""
    before, theirs = held(home, two), held(home, two, OTHER)
    done = subprocess.run(
        [sys.executable, "-c", KILLED, home.path, address, where, ACCOUNT],
        check=False,
        cwd=Path(__file__).parents[4],
    )
    assert done.returncode == -9
    assert held(home, two) == (before if where == "before" else {})
    kept(home, two, "next", [block({MARCH + 90 * 86400: 5}, THEIRS)])
    assert on_disk(home) == named(two)
    assert held(home, two, OTHER).items() >= theirs.items()
    erase(home, two, ACCOUNT)
    assert held(home, two) == {}
