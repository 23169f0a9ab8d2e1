"""An import is all or nothing, tells what it changed, and keeps what was there before; on both databases."""

from __future__ import annotations

import os
import stat
import subprocess
import threading
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import select

from extractor.base.database import opened, reading, writing
from extractor.home import Home, created
from extractor.intervals.given import Account, Given, Problem, Series
from extractor.intervals.held import files
from extractor.intervals.held.ask import asking, readings
from extractor.intervals.held.duck import SPILL
from extractor.intervals.held.keep import Source, import_
from extractor.store import schema
from extractor.store.mappings import confirm_format, confirmations, undo_confirmation
from extractor.store.metered import IntervalFile, IntervalImport, IntervalSeries
from extractor.store.said import NotKeptError, Saying
from extractor.store.usage_points import answer, standings, undo_answer
from tests.extractor.intervals.held.stored import (
    ACCOUNT,
    ALWAYS,
    MARCH,
    NOW,
    QUARTER,
    SERIES,
    VALIDATED,
    block,
    held,
    run,
)
from tests.extractor.intervals.held.stored import (
    kept as keep,
)


def parquet(home: Home) -> list[str]:
    folder = files.folder_of(home)
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.parquet"))


def rows(engine: Engine) -> list[int]:
    with reading(engine) as session:
        return [
            len(session.exec(select(one)).all()) for one in (IntervalImport, IntervalSeries, IntervalFile)
        ]


def test_an_import_says_what_is_new_changed_and_the_same(home: Home, kept: Engine) -> None:
    first = keep(home, kept, "a", [run(MARCH, 96, 1000)])
    assert (first.number, first.added, first.changed, first.same) == (1, 96, 0, 0)
    second = keep(home, kept, "b", [block({MARCH: 1000, MARCH + QUARTER: 7, MARCH - QUARTER: 5})])
    assert (second.number, second.added, second.changed, second.same) == (2, 1, 1, 1)
    now = held(home, kept)
    assert (len(now), now[MARCH], now[MARCH + QUARTER], now[MARCH - QUARTER]) == (97, 1000, 7, 5)
    before = held(home, kept, as_of=1)
    assert (len(before), before[MARCH + QUARTER]) == (96, 1001)
    assert held(home, kept, as_of=0) == {}


def unread() -> Iterator[Given]:
    raise AssertionError("it is not even read")
    yield


def test_a_file_that_comes_twice_changes_nothing(home: Home, kept: Engine) -> None:
    keep(home, kept, "a", [run(MARCH, 4, 1)])
    keep(home, kept, "b", [run(MARCH, 4, 2)])
    before = (parquet(home), rows(kept), held(home, kept))

    again = keep(home, kept, "a", unread())
    assert (again.number, again.is_repeat, again.same, again.added) == (1, True, 4, 0)
    assert (parquet(home), rows(kept), held(home, kept)) == before


def test_what_says_the_same_by_another_file_writes_no_file(home: Home, kept: Engine) -> None:
    keep(home, kept, "a", [run(MARCH, 4, 1, quality=VALIDATED)])
    before = parquet(home)
    again = keep(home, kept, "b", [run(MARCH, 4, 1)])
    assert (again.number, again.same) == (2, 4)
    assert parquet(home) == before
    found = readings(home, kept, ACCOUNT, *ALWAYS)
    assert set(found.qualities.tolist()) == {VALIDATED}  # the other says nothing of it


def test_a_better_quality_is_a_change(home: Home, kept: Engine) -> None:
    keep(home, kept, "a", [run(MARCH, 4, 1)])
    assert keep(home, kept, "b", [run(MARCH, 4, 1, quality=VALIDATED)]).changed == 4


def test_an_error_in_the_file_means_that_nothing_is_imported(home: Home, kept: Engine) -> None:
    wrong = Problem("count", "error", "there are 95 readings, it says 96", 7)
    done = keep(home, kept, "a", [run(MARCH, 95, 1), wrong])
    assert (done.number, done.added, done.problems) == (None, 0, (wrong,))
    assert (parquet(home), rows(kept)) == ([], [0, 0, 0])
    told = Problem("gap", "warning", "an hour is missing")
    assert keep(home, kept, "a", [run(MARCH, 92, 1), told]).problems == (told,)


@pytest.mark.parametrize("starts", [[-900], [5_000_000_000]])
def test_impossible_instants_are_refused(home: Home, kept: Engine, starts: list[int]) -> None:
    done = keep(home, kept, "a", [block(dict.fromkeys(starts, 1))])
    assert (done.number, done.problems[0].code) == (None, "impossible_interval")


def test_of_an_interval_that_a_file_has_twice_the_later_one_counts(home: Home, kept: Engine) -> None:
    done = keep(home, kept, "a", [block({MARCH: 1}), block({MARCH: 2}), block({MARCH + QUARTER: 3})])
    assert (done.added, done.contradicted) == (2, 1)
    assert held(home, kept) == {MARCH: 2, MARCH + QUARTER: 3}


def test_intervals_of_other_lengths_are_others(home: Home, kept: Engine) -> None:
    keep(home, kept, "a", [block({MARCH: 1}), block({MARCH: 4}, seconds=3600)])
    found = readings(home, kept, ACCOUNT, *ALWAYS)
    assert list(zip(found.seconds.tolist(), found.thousandths.tolist(), strict=True)) == [(900, 1), (3600, 4)]


def test_channels_and_spans_are_asked_for(home: Home, kept: Engine) -> None:
    received = Series("received", service_account="8-000-000-001")
    keep(home, kept, "a", [run(MARCH, 8, 1), run(MARCH, 8, 101, received)])
    found = readings(home, kept, ACCOUNT, MARCH + QUARTER, MARCH + 3 * QUARTER, "received")
    assert found.thousandths.tolist() == [102, 103]
    assert len(readings(home, kept, "9", *ALWAYS)) == 0
    assert len(readings(home, kept, ACCOUNT, MARCH, MARCH)) == 0


def test_files_are_private_and_named_once(home: Home, kept: Engine) -> None:
    keep(home, kept, "a", [run(MARCH, 4, 1)])
    (first,) = parquet(home)
    keep(home, kept, "b", [run(MARCH, 4, 2)])
    assert first in parquet(home)  # a reader may still have it open
    folder = files.folder_of(home)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*") if path.is_file()}
    assert modes == {0o600}
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*") if path.is_dir()} == {0o700}


def test_superseded_files_go_when_nobody_reads(home: Home, kept: Engine) -> None:
    for at in range(3):
        keep(home, kept, str(at), [run(MARCH, 4, 10 * at)])
    assert len(parquet(home)) == 3
    with asking(home, kept) as duck:
        assert files.sweep(home, kept) == 0
        assert duck.execute("SELECT count(*) FROM counted").fetchall() == [(4,)]
    assert files.sweep(home, kept) == 2
    assert (len(parquet(home)), rows(kept)[2]) == (1, 1)
    assert [held(home, kept, as_of=at + 1)[MARCH] for at in range(3)] == [0, 10, 20]


def test_they_go_by_themselves_when_there_are_many(
    home: Home, kept: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "HELD_BACK", 3)
    for at in range(10):
        keep(home, kept, str(at), [run(MARCH, 4, 10 * at)])
    assert len(parquet(home)) <= 4


def test_what_a_process_is_using_beside_its_memory_is_not_swept_away(home: Home, kept: Engine) -> None:
    keep(home, kept, "a", [run(MARCH, 4, 1)])
    ended = subprocess.Popen(["true"])
    ended.wait()
    folder, here = files.folder_of(home), os.uname().nodename
    spills = [folder / f"{SPILL}{here}-{pid}-ab" for pid in (os.getpid(), ended.pid)]
    spills.append(folder / f"{SPILL}another-machine-{ended.pid}-ab")
    for spill in spills:
        spill.mkdir()
    files.sweep(home, kept)
    assert [spill.exists() for spill in spills] == [True, False, True]


def test_an_import_that_breaks_off_leaves_nothing(
    home: Home, kept: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(home, kept, "a", [run(MARCH, 4, 1)])
    before = (parquet(home), rows(kept))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(files, "on_disk", full)
        with pytest.raises(OSError, match="No space"):
            keep(home, kept, "b", [run(MARCH, 4, 2)])
    assert (parquet(home), rows(kept)) == before
    assert keep(home, kept, "b", [run(MARCH, 4, 2)]).changed == 4


def test_two_importers_and_a_reader_at_once(home: Home, kept: Engine) -> None:
    """Each import sets all values of a day to one; a reader never sees two."""
    keep(home, kept, "first", [block({MARCH + at * QUARTER: 0 for at in range(96)})])
    wrong: list[object] = []
    stop = threading.Event()

    def importer(number: int) -> None:
        for at in range(8):
            values = {MARCH + place * QUARTER: number * 100 + at for place in range(96)}
            try:
                assert keep(home, kept, f"{number} {at}", [block(values)]).changed == 96
            except Exception as error:
                wrong.append(error)

    def reader() -> None:
        while not stop.is_set():
            try:
                found = held(home, kept)
                if len(found) != 96 or len(set(found.values())) != 1:
                    wrong.append(found)
                files.sweep(home, kept)
            except Exception as error:
                wrong.append(error)

    importers = [threading.Thread(target=importer, args=(number,)) for number in (1, 2)]
    readers = [threading.Thread(target=reader) for _ in range(2)]
    for thread in (*importers, *readers):
        thread.start()
    for thread in importers:
        thread.join()
    stop.set()
    for thread in readers:
        thread.join()
    assert wrong == []
    assert rows(kept)[0] == 17
    assert len({held(home, kept, as_of=at)[MARCH] for at in range(1, 18)}) == 17


def unsure(start: int) -> Given:
    """Return readings of a format known second-hand."""
    block = run(start, 4, 1)
    return type(block)(SERIES, block.starts, block.seconds, block.thousandths, is_confirmed=False)


def confirmed(engine: Engine) -> list[bool]:
    with reading(engine) as session:
        return list(session.exec(select(IntervalImport.is_confirmed).order_by(IntervalImport.id)))  # type: ignore[arg-type]


def test_a_format_that_a_person_confirms_once_stays_confirmed_until_it_is_taken_back(
    home: Home, kept: Engine
) -> None:
    saying = Saying("Pat", "asked SCE", NOW)
    keep(home, kept, "a", [unsure(MARCH)])
    import_(home, kept, [unsure(MARCH)], Source("b" * 64, "test, account 8000000001", 1, NOW))
    import_(home, kept, [unsure(MARCH)], Source("c" * 64, "other", 1, NOW))
    import_(home, kept, [unsure(MARCH)], Source("d" * 64, "test", 2, NOW))
    assert confirmed(kept) == [False, False, False, False]
    with writing(kept) as session:
        row, count = confirm_format(session, 1, saying)
        assert (row.format, count) == ("test", 2)
    assert confirmed(kept) == [True, True, False, False]
    keep(home, kept, "later", [unsure(MARCH)])
    assert confirmed(kept) == [True, True, False, False, True]
    with writing(kept) as session, pytest.raises(NotKeptError, match="import 5 is confirmed already"):
        confirm_format(session, 5, saying)
    with writing(kept) as session:
        assert undo_confirmation(session, 5, "Pat", NOW)[1] == 3
    keep(home, kept, "last", [unsure(MARCH)])
    assert not any(confirmed(kept))
    with writing(kept) as session, pytest.raises(NotKeptError, match="nobody confirmed"):
        undo_confirmation(session, 1, "Pat", NOW)
    with reading(kept) as session:
        [told] = confirmations(session)
        assert (told.who, told.why, told.at, told.undone_by) == ("Pat", "asked SCE", NOW, "Pat")


def test_who_confirms_says_by_what_and_of_which_import(home: Home, kept: Engine) -> None:
    keep(home, kept, "a", [unsure(MARCH)])
    with writing(kept) as session, pytest.raises(NotKeptError, match="by what you know it"):
        confirm_format(session, 1, Saying("Pat", " ", NOW))
    with writing(kept) as session, pytest.raises(NotKeptError, match="no import 7"):
        confirm_format(session, 7, Saying("Pat", "why", NOW))
    assert confirmed(kept) == [False]


POINT = Series("delivered", usage_point="up-1")


def test_a_usage_point_is_the_account_that_a_feed_names(home: Home, kept: Engine) -> None:
    keep(home, kept, "usage", [run(MARCH, 4, 1, POINT)])
    assert held(home, kept) == {}
    keep(home, kept, "customers", [Account("up-1", "8-000-000-001", meter="m1"), Account("up-2", None)])
    assert len(held(home, kept)) == 4
    with reading(kept) as session:
        known = standings(session)
    assert (known["up-1"].service_account, known["up-1"].meters) == (ACCOUNT, ("m1",))
    assert known["up-2"].service_account is None


def test_a_usage_point_of_two_accounts_is_asked_and_not_guessed(home: Home, kept: Engine) -> None:
    keep(home, kept, "usage", [run(MARCH, 4, 1, POINT), Account("up-1", ACCOUNT)])
    keep(home, kept, "other", [Account("up-1", "8000000002")])
    assert held(home, kept) == held(home, kept, "8000000002") == {}
    with writing(kept) as session:
        assert standings(session)["up-1"].named == (ACCOUNT, "8000000002")
        answer(session, "up-1", "8000000002", Saying("Pat", "by the meter's number on the bill", NOW))
    assert len(held(home, kept, "8000000002")) == 4
    with writing(kept) as session:
        undo_answer(session, 3, "Pat", NOW)
    assert held(home, kept, "8000000002") == {}


def test_of_one_meter_the_newest_of_all_series_counts(home: Home, kept: Engine) -> None:
    """A CSV names the account alone, a feed the usage point: both are of the account's only meter."""
    keep(home, kept, "csv", [run(MARCH, 4, 100)])
    keep(home, kept, "feed", [block({MARCH: 5, MARCH + 4 * QUARTER: 6}, POINT), Account("up-1", ACCOUNT)])
    assert held(home, kept) == {
        **{MARCH + at * QUARTER: 100 + at for at in range(1, 4)},
        MARCH: 5,
        MARCH + 4 * QUARTER: 6,
    }
    assert held(home, kept, 1)[MARCH] == 100  # by its number a series is told alone


def test_of_several_meters_all_count_or_what_is_of_all_of_them(home: Home, kept: Engine) -> None:
    one, two = (Series("delivered", service_account=ACCOUNT, meter=name) for name in ("m1", "m2"))
    keep(home, kept, "meters", [run(MARCH, 2, 10, one), run(MARCH, 2, 20, two)])
    found = readings(home, kept, ACCOUNT, *ALWAYS)
    assert sorted(found.thousandths.tolist()) == [10, 11, 20, 21]
    keep(home, kept, "all", [block({MARCH: 30})])
    found = readings(home, kept, ACCOUNT, *ALWAYS)
    assert sorted(found.thousandths.tolist()) == [11, 21, 30]


STARTS = st.integers(-6, 6).map(lambda at: MARCH + at * QUARTER)
"""Around midnight between two months."""
FILES = st.lists(
    st.lists(
        st.tuples(st.sampled_from(["8000000001", "8000000002"]), STARTS, st.integers(-3, 3)), max_size=12
    ),
    max_size=6,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(FILES)
def test_any_imports_equal_a_dictionary(
    tmp_path_factory: pytest.TempPathFactory, given_files: list[list[tuple[str, int, int]]]
) -> None:
    home = created(tmp_path_factory.mktemp("model") / "home", "")
    engine = opened(home.database)
    schema.upgrade(engine)
    model: dict[tuple[str, int], int] = {}
    states: list[dict[tuple[str, int], int]] = [{}]
    for at, file in enumerate(given_files):
        told = {(account, start): value for account, start, value in file}
        done = keep(
            home,
            engine,
            str(at),
            [block({start: value}, Series("net", service_account=account)) for account, start, value in file],
        )
        added = sum(key not in model for key in told)
        changed = sum(key in model and model[key] != value for key, value in told.items())
        assert (done.added, done.changed, done.same) == (added, changed, len(told) - added - changed)
        model.update(told)
        states.append(dict(model))
    for number, state in enumerate(states):
        for account in ("8000000001", "8000000002"):
            expected = {start: value for (whose, start), value in state.items() if whose == account}
            assert held(home, engine, account, as_of=number) == expected
    engine.dispose()


def test_another_revision_of_the_reader_reads_the_file_again(home: Home, kept: Engine) -> None:
    for revision, value in ((1, 1), (2, 2)):
        import_(home, kept, [run(MARCH, 4, value)], Source("a" * 64, "test", revision, NOW))
    assert held(home, kept)[MARCH] == 2
