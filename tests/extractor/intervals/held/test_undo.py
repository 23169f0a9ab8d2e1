"""An import taken back: all is as if the file had never come, whatever came after it and wherever it is killed."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import select

from extractor.base.database import opened, reading, writing
from extractor.home import Home, created
from extractor.intervals.given import Account, Series
from extractor.intervals.held import files
from extractor.intervals.held.erasing import erasing, holdings
from extractor.intervals.held.imports import imports
from extractor.intervals.held.undo import to_be_undone, undo
from extractor.intervals.held.unmerge import Count
from extractor.store import schema
from extractor.store.documents import Arrival, take
from extractor.store.mappings import confirm_format
from extractor.store.metered import IntervalFile, IntervalSeries
from extractor.store.said import NotKeptError, Saying
from extractor.upkeep.backup import verify
from tests.extractor.intervals.held.stored import (
    ACCOUNT,
    ESTIMATED,
    MARCH,
    NOW,
    QUARTER,
    SERIES,
    VALIDATED,
    block,
    held,
    kept,
    run,
)

PAT = Saying("Pat", "another meter's file", NOW)
OTHER = SERIES._replace(service_account="8000000002")
APRIL = MARCH + 31 * 86400


@pytest.fixture
def store(engine: Engine) -> Engine:
    """A store without readings, once on each kind of database."""
    schema.upgrade(engine)
    return engine


def on_disk(home: Home) -> set[str]:
    folder = files.folder_of(home)
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*.parquet")}


def named(engine: Engine) -> set[str]:
    with reading(engine) as session:
        return set(session.exec(select(IntervalFile.name)))


def counts(home: Home, engine: Engine, number: int) -> list[tuple[int, ...]]:
    """Return what would become of an import's readings: gone, back, stay of each series."""
    return [one.count[3:] for one in to_be_undone(home, engine, number).series]


def test_what_it_had_replaced_counts_again_and_nothing_else_changes(home: Home, store: Engine) -> None:
    """The wrong file covers half of the right one, an hour more, and has another account's readings."""
    kept(home, store, "right", [run(MARCH, 100, 1), run(MARCH, 50, 70, OTHER)])
    before = held(home, store), held(home, store, "8000000002")
    kept(home, store, "wrong", [run(MARCH + 50 * QUARTER, 54, 900), run(APRIL, 10, 5)])
    assert counts(home, store, 2) == [(14, 50, 0)]
    assert held(home, store) != before[0]
    done = undo(home, store, 2, PAT)
    assert [one.count for one in done.series] == [
        Count(1, MARCH + 50 * QUARTER, APRIL + 10 * QUARTER, 14, 50, 0)
    ]
    assert (held(home, store), held(home, store, "8000000002")) == before
    assert on_disk(home) == named(store)
    assert verify(home, store).is_sound


def test_the_only_import_leaves_nothing(home: Home, store: Engine) -> None:
    kept(home, store, "wrong", [run(MARCH, 10, 1)])
    undo(home, store, 1, PAT)
    assert (held(home, store), on_disk(home), named(store)) == ({}, set(), set())
    with reading(store) as session:
        assert session.exec(select(IntervalSeries)).all() == []


def test_looking_changes_nothing(home: Home, store: Engine) -> None:
    kept(home, store, "a", [run(MARCH, 10, 1)])
    before = held(home, store), named(store)
    assert counts(home, store, 1) == [(10, 0, 0)]
    assert (held(home, store), named(store)) == before


def test_what_a_later_import_told_again_stays_as_its_own(home: Home, store: Engine) -> None:
    """Told again unchanged, a reading is not written twice: it is the first import's until that is gone."""
    kept(home, store, "first", [run(MARCH, 10, 1)])
    kept(home, store, "wrong", [run(MARCH, 10, 50), run(MARCH + 10 * QUARTER, 6, 60)])
    kept(home, store, "again", [run(MARCH + 8 * QUARTER, 2, 58), run(MARCH + 10 * QUARTER, 6, 60)])
    assert counts(home, store, 2) == [(0, 8, 8)]
    undo(home, store, 2, PAT)
    expected = {MARCH + at * QUARTER: 1 + at for at in range(8)} | {
        MARCH + at * QUARTER: 50 + at for at in range(8, 16)
    }
    assert held(home, store) == expected
    assert held(home, store, as_of=1) == {MARCH + at * QUARTER: 1 + at for at in range(10)}
    undo(home, store, 3, PAT)
    assert held(home, store) == {MARCH + at * QUARTER: 1 + at for at in range(10)}


def test_of_several_lengths_it_is_not_known_what_was_told_again(home: Home, store: Engine) -> None:
    """A later import told of the hour only, and the span does not say so: the quarters go."""
    kept(home, store, "wrong", [run(MARCH, 4, 1)])
    kept(home, store, "hour", [block({MARCH: 10}, seconds=3600)])
    assert counts(home, store, 1) == [(4, 0, 0)]
    undo(home, store, 1, PAT)
    assert held(home, store) == {MARCH: 10}


def test_what_came_between_is_the_versions_of_the_others(home: Home, store: Engine) -> None:
    for at, name in enumerate(("a", "wrong", "c"), 1):
        kept(home, store, name, [run(MARCH, 4, 100 * at)])
    undo(home, store, 2, PAT)
    first = {MARCH + at * QUARTER: 100 + at for at in range(4)}
    third = {MARCH + at * QUARTER: 300 + at for at in range(4)}
    assert (held(home, store), held(home, store, as_of=1), held(home, store, as_of=2)) == (
        third,
        first,
        first,
    )


def test_qualities_come_back_too(home: Home, store: Engine) -> None:
    kept(home, store, "a", [run(MARCH, 4, 1, quality=ESTIMATED)])
    kept(home, store, "wrong", [run(MARCH, 4, 1, quality=VALIDATED)])
    assert counts(home, store, 2) == [(0, 4, 0)]
    undo(home, store, 2, PAT)
    again = kept(home, store, "b", [run(MARCH, 4, 1, quality=ESTIMATED)])
    assert (again.changed, again.same) == (0, 4)


def test_the_same_file_is_a_new_import_then(home: Home, store: Engine) -> None:
    kept(home, store, "file", [run(MARCH, 4, 1)])
    assert kept(home, store, "file", [run(MARCH, 4, 1)]).is_repeat
    undo(home, store, 1, PAT)
    again = kept(home, store, "file", [run(MARCH, 4, 1)])
    assert (again.number, again.added, again.is_repeat) == (2, 4, False)
    undo(home, store, 2, PAT)
    assert held(home, store) == {}


def test_what_a_feed_said_of_usage_points_is_forgotten(home: Home, store: Engine) -> None:
    point = Series("delivered", usage_point="UP/1")
    kept(home, store, "readings", [block({MARCH: 5}, point)])
    kept(home, store, "feed", [Account("UP/1", ACCOUNT)])
    assert held(home, store) == {MARCH: 5}
    assert undo(home, store, 2, PAT).links == 1
    assert held(home, store) == {}
    kept(home, store, "feed", [Account("UP/1", ACCOUNT)])
    assert held(home, store) == {MARCH: 5}


def test_the_list_tells_which_and_by_whom(home: Home, store: Engine) -> None:
    kept(home, store, "a", [run(MARCH, 4, 1)])
    kept(home, store, "b", [run(MARCH, 4, 9, OTHER)])
    undo(home, store, 1, PAT)
    with reading(store) as session:
        found = {one.row.id: one for one in imports(session, undone=True)}
        assert [one.row.id for one in imports(session)] == [2]
        assert [one.row.id for one in imports(session, ACCOUNT)] == []
        assert [one.row.id for one in imports(session, "8-000-000001", undone=True)] == [1]
    assert [(one.owners, one.begin, one.end) for one in found.values()] == [
        ((ACCOUNT,), MARCH, MARCH + 4 * QUARTER),
        (("8000000002",), MARCH, MARCH + 4 * QUARTER),
    ]
    assert found[1].undone and (found[1].undone.who, found[1].undone.why) == ("Pat", "another meter's file")


@pytest.mark.parametrize(
    ("number", "saying", "said"),
    [
        (7, PAT, "there is no import 7"),
        (1, PAT, "import 1 was taken back on 2026-11-25 by Pat"),
        (2, Saying(" ", "why", NOW), "--who"),
        (2, Saying("Pat", "", NOW), "--why"),
    ],
)
def test_what_cannot_be_taken_back_is_refused(
    home: Home, store: Engine, number: int, saying: Saying, said: str
) -> None:
    kept(home, store, "a", [run(MARCH, 4, 1)])
    kept(home, store, "b", [run(MARCH, 4, 9)])
    undo(home, store, 1, PAT)
    before = held(home, store)
    with pytest.raises(NotKeptError, match=said):
        undo(home, store, number, saying)
    assert held(home, store) == before


def test_a_taken_back_import_is_not_confirmed(home: Home, store: Engine) -> None:
    kept(home, store, "a", [run(MARCH, 4, 1)])
    undo(home, store, 1, PAT)
    with writing(store) as session, pytest.raises(NotKeptError, match="was taken back"):
        confirm_format(session, 1, PAT)


def test_its_file_is_still_erased_with_its_account(home: Home, store: Engine) -> None:
    """What a taken-back file told of is known, though none of its readings is held."""
    kept(home, store, "a", [run(MARCH, 4, 1)])
    sha256 = hashlib.sha256(b"a").hexdigest()
    with writing(store) as session:
        take(session, Arrival(sha256, "a.xml", 1, came_by="import", kind="intervals"), NOW)
    undo(home, store, 1, PAT)
    with erasing(home, store) as eraser, writing(store) as session:
        what = holdings(session, [ACCOUNT])
        assert [one.sha256 for one in what.documents] == [sha256]
        assert not holdings(session, ["8000000002"]).documents
        eraser.erase(session, what)
    with reading(store) as session:
        assert [one.owners for one in imports(session, undone=True)] == [()]


KILLED = """
import os, signal, sys
from pathlib import Path
from extractor.base.database import opened
from extractor.home import Home
from extractor.intervals.held import undo
from extractor.store.said import Saying
from tests.extractor.intervals.held.stored import NOW
home, engine, where = Home(Path(sys.argv[1])), opened(sys.argv[2]), sys.argv[3]
def killed(*_):
    os.kill(os.getpid(), signal.SIGKILL)
if where == "before":
    undo._undo_row = killed
else:
    undo.files.ended = killed
undo.undo(home, engine, 2, Saying("Pat", "why", NOW))
"""


@pytest.mark.parametrize("where", ["before", "after"])
def test_killed_it_is_taken_back_or_not(home: Home, store: Engine, address: str, where: str) -> None:
    kept(home, store, "a", [run(MARCH, 10, 1)])
    before = held(home, store)
    kept(home, store, "wrong", [run(MARCH, 10, 50)])
    wrong = held(home, store)
    done = subprocess.run(
        [sys.executable, "-c", KILLED, home.path, address, where],
        check=False,
        cwd=Path(__file__).parents[4],
    )
    assert done.returncode == -9
    assert held(home, store) == (wrong if where == "before" else before)
    kept(home, store, "next", [run(APRIL, 4, 1, OTHER)])
    assert on_disk(home) == named(store)
    assert verify(home, store).is_sound


VALUES = st.dictionaries(st.integers(0, 5), st.integers(0, 2), max_size=6)


@given(st.lists(VALUES, min_size=1, max_size=5), st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_all_is_as_if_it_had_never_been_imported(given_: list[dict[int, int]], data: st.DataObject) -> None:
    """Whatever files of overlapping readings come, and whichever of them is taken back."""
    which = data.draw(st.sets(st.integers(1, len(given_)), min_size=1))
    with tempfile.TemporaryDirectory() as folder:
        home = created(Path(folder) / "bills", "")
        engine = opened(f"sqlite:///{folder}/bills.db")
        schema.upgrade(engine)
        for number, values in enumerate(given_, 1):
            kept(
                home, engine, str(number), [block({MARCH + at * QUARTER: one for at, one in values.items()})]
            )
        for number in sorted(which, key=lambda one: (one * 7) % 5):
            undo(home, engine, number, PAT)
        expected: dict[int, int] = {}
        for number, values in enumerate(given_, 1):
            expected |= {} if number in which else {MARCH + at * QUARTER: one for at, one in values.items()}
            assert held(home, engine, as_of=number) == expected
        assert held(home, engine) == expected
        engine.dispose()
