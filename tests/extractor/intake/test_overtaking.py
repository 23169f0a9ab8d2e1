"""Text bills overtake scans; what is not begun when the watch ends stays in the inbox."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import Engine

from corpus.scans import sample, scan
from extractor.guarded import TARGET, Asked, request_for
from extractor.home import Home
from extractor.intake import inbox
from extractor.intake.inbox import Filed, ingest
from extractor.intake.watch import Backlog, Watch, _Progress
from extractor.pages.child import Child
from extractor.pages.frames import IS_SCAN
from extractor.settings import ReaderSettings
from tests.extractor.law import SAMPLES

BILL = SAMPLES / "d4-bundled-winter-2025.pdf"
SETTINGS = ReaderSettings(jobs=1)
NOW = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)


def fax(path: Path, seed: int = 1) -> Path:
    path.write_bytes(scan(sample("cpa-only-d4-clean-2026"), "grey-200", seed))
    return path


def test_text_that_came_later_is_filed_before_a_scan(home: Home, kept: Engine) -> None:
    paths = [fax(home.inbox / "a.pdf"), Path(shutil.copy(BILL, home.inbox / "b.pdf"))]
    filed = list(ingest(home, kept, paths, SETTINGS, lambda: NOW))
    assert [(one.name, one.outcome) for one in filed] == [("b.pdf", "verified"), ("a.pdf", "verified")]


def test_a_bill_with_an_empty_back_is_no_scan() -> None:
    bill = SAMPLES / "d4-bundled-no-usage-page-2026.pdf"  # a rule is all that its last page has
    with Child(TARGET) as child:
        assert child.request(request_for(Asked(bill), SETTINGS, scans=False)) != IS_SCAN


def test_scans_beyond_what_can_be_held_open_wait_for_their_turn(
    home: Home, kept: Engine, monkeypatch: object
) -> None:
    paths = [fax(home.inbox / f"{seed}.pdf", seed) for seed in range(3)]
    original = inbox.AHEAD
    inbox.AHEAD = 1
    try:
        filed = list(ingest(home, kept, paths, SETTINGS, lambda: NOW))
    finally:
        inbox.AHEAD = original
    assert sorted(one.name for one in filed) == ["0.pdf", "1.pdf", "2.pdf"]
    assert list(home.inbox.iterdir()) == []


def test_the_watch_ends_after_what_is_being_read_and_leaves_the_rest(home: Home, kept: Engine) -> None:
    for seed in range(4):
        fax(home.inbox / f"{seed}.pdf", seed)
    watch, stop, seen = Watch(home, kept, SETTINGS, lambda: NOW), Event(), []

    def run() -> None:
        for event in watch.run(stop):
            seen.append(event)
            stop.set()

    thread = Thread(target=run)
    thread.start()
    thread.join(120)
    assert not thread.is_alive()
    filed = [event for event in seen if isinstance(event, Filed)]
    assert 1 <= len(filed) <= 2
    assert len(list(home.inbox.iterdir())) == 4 - len(filed)


def test_a_backlog_tells_now_and_then_how_far_it_is() -> None:
    progress = _Progress()
    assert progress.counted(13_999, 0.0) is None
    assert progress.counted(13_998, 5.0) is None
    assert progress.counted(13_997, 12.0) == Backlog(3, 13_997, 12.0 / 3 * 13_997)
    assert progress.counted(13_996, 13.0) is None


def test_few_files_are_no_backlog() -> None:
    progress = _Progress()
    assert [progress.counted(3 - done, done * 20.0) for done in range(4)] == [None] * 4


def test_a_file_that_is_done_is_not_told_to_wait(
    home: Home, kept: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("extractor.intake.watch.MANY", 1)
    monkeypatch.setattr("extractor.intake.watch.TELL_SECONDS", 0.0)
    watching = Watch(home, kept, SETTINGS, lambda: NOW)
    files = [Filed(f"{number}.pdf", "verified", True, 1) for number in range(3)]
    told = [event for event in watching._counted(iter(files), 3) if isinstance(event, Backlog)]
    assert [(one.done, one.waiting) for one in told] == [(1, 2), (2, 1), (3, 0)]
