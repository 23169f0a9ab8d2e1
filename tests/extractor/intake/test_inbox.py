"""No file is lost and none is kept twice, whatever happens between the inbox and the store."""

from __future__ import annotations

import datetime as dt
import errno
import fcntl
import hashlib
import os
import shutil
import stat
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func
from sqlmodel import select

from extractor import originals
from extractor.base.database import reading
from extractor.home import Home
from extractor.intake import keeping
from extractor.intake.inbox import Filed, Intake, ingest
from extractor.settings import ReaderSettings
from extractor.store import documents
from extractor.store.tables import Bill, CurrentReading, Document, Reading
from tests.extractor.kills import check_all_kept_once, filled, kill_often, started
from tests.extractor.law import SAMPLES

VERIFIED = "d4-bundled-winter-2025"
NAMES = (VERIFIED, "gs2e-cpa-clean-summer-2026", "cpa-only-d4-clean-2026", "domestic-bundled-winter-2026")
SETTINGS = ReaderSettings(jobs=1)


def now() -> dt.datetime:
    return dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


def drop(home: Home, name: str, called: str | None = None) -> Path:
    return Path(shutil.copy(SAMPLES / f"{name}.pdf", home.inbox / (called or f"{name}.pdf")))


def passed(home: Home, engine: Engine) -> list[Filed]:
    return list(ingest(home, engine, sorted(home.inbox.iterdir()), SETTINGS, now))


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def counts(engine: Engine) -> tuple[int, int, int, int]:
    with reading(engine) as session:
        documents, readings, current, bills = (
            session.exec(select(func.count()).select_from(table)).one()
            for table in (Document, Reading, CurrentReading, Bill)
        )
    return documents, readings, current, bills


def test_a_verified_bill_is_kept_and_leaves_the_inbox(home: Home, kept: Engine) -> None:
    path = drop(home, VERIFIED)
    data = path.read_bytes()
    assert passed(home, kept) == [Filed(f"{VERIFIED}.pdf", "verified", True, 1)]
    assert counts(kept) == (1, 1, 1, 1)
    assert (names(home.inbox), names(home.review), names(home.rejected)) == (set(), set(), set())
    (original,) = home.originals.rglob("*.pdf")
    assert original.read_bytes() == data
    assert original.stem == hashlib.sha256(data).hexdigest()
    assert stat.S_IMODE(original.stat().st_mode) == 0o600


def test_what_is_no_bill_is_rejected_with_a_note(home: Home, kept: Engine) -> None:
    (home.inbox / "letter.pdf").write_bytes(b"%PDF-1.7\nno more of it")
    (filed,) = passed(home, kept)
    assert (filed.outcome, filed.bills) == ("rejected", 0)
    assert names(home.rejected) == {"letter.pdf", "letter.pdf.txt"}
    assert len((home.rejected / "letter.pdf.txt").read_text()) > 20
    assert counts(kept) == (1, 1, 1, 1)


def test_a_bill_in_review_says_why_beside_it(home: Home, kept: Engine) -> None:
    data = (SAMPLES / f"{VERIFIED}.pdf").read_bytes()
    import pikepdf

    path = home.inbox / "page missing.pdf"
    with pikepdf.open(SAMPLES / f"{VERIFIED}.pdf") as bill:
        del bill.pages[3]
        bill.save(path)
    assert path.read_bytes() != data
    (filed,) = passed(home, kept)
    assert filed.outcome == "review"
    assert names(home.review) == {"page missing.pdf", "page missing.pdf.txt"}
    assert "page 4 of 4 is missing" in (home.review / "page missing.pdf.txt").read_text()


def test_the_same_bytes_again_change_nothing(home: Home, kept: Engine) -> None:
    drop(home, VERIFIED)
    passed(home, kept)
    drop(home, VERIFIED, "again.pdf")
    assert passed(home, kept) == [Filed("again.pdf", "verified", False, 1)]
    assert counts(kept) == (1, 1, 1, 1)
    assert names(home.inbox) == set()


def test_two_files_of_one_name_in_review_are_both_kept(home: Home, kept: Engine) -> None:
    for text in ("one", "other", "other"):
        (home.inbox / "a.pdf").write_text(text)
        passed(home, kept)
    other = f"a-{hashlib.sha256(b'other').hexdigest()[:12]}.pdf"
    assert names(home.rejected) == {"a.pdf", "a.pdf.txt", other, f"{other}.txt"}


@pytest.mark.parametrize(
    "name", ["a\nb.pdf", "Strom\u00fcberblick \u65e5\u672c.pdf", f"{'x' * 251}.pdf", b"\xff\xfe.pdf"]
)
def test_any_name_is_taken(home: Home, kept: Engine, name: str | bytes) -> None:
    path = home.inbox / os.fsdecode(name)
    path.write_bytes(b"no bill")
    (filed,) = passed(home, kept)
    assert filed.outcome == "rejected"
    assert names(home.inbox) == set()
    assert len(names(home.rejected)) == 2


def test_a_file_that_is_too_large_is_rejected_with_a_note(home: Home, kept: Engine) -> None:
    with (home.inbox / "large.pdf").open("wb") as file:
        file.truncate(2_000_001)
    settings = ReaderSettings(jobs=1, max_file_mb=2)
    (filed,) = ingest(home, kept, sorted(home.inbox.iterdir()), settings, now)
    assert filed == Filed("large.pdf", "rejected", False, 0)
    assert names(home.rejected) == {"large.pdf", "large.pdf.txt"}
    assert "BILLCLERK_MAX_FILE_MB" in (home.rejected / "large.pdf.txt").read_text()
    assert names(home.inbox) == set()


def test_what_is_none_of_ours_stays(home: Home, kept: Engine) -> None:
    (home.inbox / ".hidden.pdf").write_bytes(b"x")
    (home.inbox / "link.pdf").symlink_to(SAMPLES / f"{VERIFIED}.pdf")
    (home.inbox / "folder.pdf").mkdir()
    os.mkfifo(home.inbox / "pipe.pdf")
    before = names(home.inbox)
    assert passed(home, kept) == []
    assert names(home.inbox) == before
    assert counts(kept) == (0, 0, 0, 0)


def test_what_another_program_holds_is_passed_over(home: Home, kept: Engine) -> None:
    path = drop(home, VERIFIED)
    with path.open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        assert passed(home, kept) == []
        assert path.exists()
    assert len(passed(home, kept)) == 1


def test_a_file_that_is_replaced_meanwhile_stays_in_the_inbox(
    home: Home, kept: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = drop(home, VERIFIED)
    keep = Intake._keep

    def replaced(*arguments: Any) -> list[bool]:
        other = home.inbox / ".other"
        shutil.copy(SAMPLES / f"{NAMES[1]}.pdf", other)
        other.replace(path)
        return keep(*arguments)

    monkeypatch.setattr(Intake, "_keep", replaced)
    passed(home, kept)
    monkeypatch.undo()
    assert names(home.inbox) == {path.name}
    passed(home, kept)
    assert names(home.inbox) == set()
    assert counts(kept) == (2, 2, 2, 2)


def test_a_full_disk_loses_nothing(home: Home, kept: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    drop(home, VERIFIED)

    def full(path: Path, content: bytes) -> None:
        path.with_name(f".{path.name}.part").write_bytes(content[:100])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(originals, "written_privately", full)
    with pytest.raises(OSError, match="No space left"):
        passed(home, kept)
    monkeypatch.undo()
    assert names(home.inbox) == {f"{VERIFIED}.pdf"}
    assert len(passed(home, kept)) == 1
    assert counts(kept) == (1, 1, 1, 1)


def test_a_store_that_fails_loses_nothing(home: Home, kept: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    drop(home, VERIFIED)

    def failing(*_: object) -> None:
        raise ConnectionError("the server is gone")

    monkeypatch.setattr(keeping, "take_all", failing)
    with pytest.raises(ConnectionError):
        passed(home, kept)
    monkeypatch.undo()
    assert names(home.inbox) == {f"{VERIFIED}.pdf"}
    assert counts(kept) == (0, 0, 0, 0)
    assert len(passed(home, kept)) == 1


def test_a_file_that_nobody_can_keep_is_left_and_stops_no_other(
    home: Home, kept: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of ours with one document; not one of the disk or the database, which would be tried again."""
    bad = hashlib.sha256(drop(home, NAMES[0]).read_bytes()).hexdigest()
    for name in NAMES[1:]:
        drop(home, name)
    take_all = documents.take_all

    def failing(session: Any, files: Any, *more: Any) -> list[int]:
        if any(file.arrival.sha256 == bad for file in files):
            raise ZeroDivisionError
        return take_all(session, files, *more)

    monkeypatch.setattr(keeping, "take_all", failing)
    filed = {one.name: one.outcome for one in passed(home, kept)}
    assert filed == {f"{name}.pdf": "verified" for name in NAMES[1:]} | {f"{NAMES[0]}.pdf": "left"}
    assert names(home.inbox) == {f"{NAMES[0]}.pdf"}
    assert counts(kept) == (3, 3, 3, 3)
    monkeypatch.undo()
    assert [one.outcome for one in passed(home, kept)] == ["verified"]


def test_a_file_from_another_disk_is_filed_away(
    home: Home, kept: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "stick" / "letter.pdf"
    path.parent.mkdir()
    path.write_bytes(b"no bill")
    link = os.link

    def other_disk(source: Path, target: Path, **more: bool) -> None:
        if source == path:
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
        link(source, target, **more)

    monkeypatch.setattr(os, "link", other_disk)
    (filed,) = ingest(home, kept, [path], SETTINGS, now)
    assert (filed.outcome, path.exists()) == ("rejected", False)
    assert (home.rejected / "letter.pdf").read_bytes() == b"no bill"


def test_a_file_rewritten_in_place_meanwhile_stays_in_the_inbox(
    home: Home, kept: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = home.inbox / "a.pdf"
    path.write_bytes(b"no bill A")
    keep = Intake._keep

    def rewritten(*arguments: Any) -> list[bool]:
        path.write_bytes(b"no bill B")
        return keep(*arguments)

    monkeypatch.setattr(Intake, "_keep", rewritten)
    passed(home, kept)
    assert path.read_bytes() == b"no bill B"
    assert names(home.rejected) == set()


def test_killed_at_any_point_nothing_is_lost_and_nothing_kept_twice(
    home: Home, address: str, kept: Engine
) -> None:
    assert kill_often(home, address, kept, runs=10, seed=20) >= 10


def test_two_programs_in_one_inbox_take_each_file_once(home: Home, address: str, kept: Engine) -> None:
    filled(home)
    both = [started(home, address) for _ in range(2)]
    assert [(process.communicate(timeout=60)[1], process.returncode) for process in both] == [(b"", 0)] * 2
    assert names(home.inbox) == set()
    check_all_kept_once(home, kept)
