"""A backup is one consistent set, taken while others work, and is put back as it was; verify finds what is wrong."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import shutil
import stat
import tarfile
import threading
from pathlib import Path

import pytest
from sqlalchemy import Engine

from datarequests.history import Happened, add
from datarequests.workflow import Event
from extractor.base.database import opened, reading, writing
from extractor.desk import Desk
from extractor.export.files import write_csv
from extractor.export.kept import kept_charges
from extractor.export.rows import CHARGE_COLUMNS
from extractor.home import Home, NoHomeError
from extractor.intake.inbox import ingest
from extractor.originals import kept
from extractor.settings import ReaderSettings
from extractor.store.copying import NotEmptyError, counts_of
from extractor.store.current import current
from extractor.store.documents import Arrival, take
from extractor.store.said import Saying
from extractor.upkeep.backup import BackupError, backup, restore, verify
from tests.datarequests.made import authorization, sent
from tests.extractor.law import SAMPLES

NOW = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)
NAMES = ("d4-bundled-winter-2025", "gs2e-cpa-clean-summer-2026", "cpa-only-d4-clean-2026")


@pytest.fixture
def taken(home: Home, kept: Engine) -> Engine:
    """A store with bills, one of them corrected, and a home with other files."""
    paths = [Path(shutil.copy(SAMPLES / f"{name}.pdf", home.inbox)) for name in NAMES]
    (home.inbox / "letter.pdf").write_bytes(b"no bill")
    paths.append(home.inbox / "letter.pdf")
    list(ingest(home, kept, paths, ReaderSettings(jobs=1), lambda: NOW))
    with reading(kept) as session:
        bill = next(bill for bill in current(session) if bill.state == "verified")
    Desk(home, kept, ReaderSettings(jobs=1)).correct(
        bill.sha256, "due_date", "2026-12-01", Saying("Pat", "paper", NOW)
    )
    return kept


def exported(engine: Engine) -> str:
    out = io.StringIO()
    with reading(engine) as session:
        write_csv(CHARGE_COLUMNS, kept_charges(current(session)), out)
    return out.getvalue()


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_backup_restored_elsewhere_has_the_same_rows_files_and_exports(
    home: Home, taken: Engine, tmp_path: Path, empty_address: str | None
) -> None:
    out = tmp_path / "a.tar"
    made = backup(home, taken, out, NOW)
    assert (made.originals, made.missing) == (4, [])
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    place = tmp_path / "elsewhere" / "home"
    manifest = restore(out, place, empty_address)
    assert manifest["made_at"] == "2026-11-25T12:00:00+00:00"
    there = Home(place.resolve())
    engine = opened(empty_address or there.database)
    try:
        assert counts_of(engine) == counts_of(taken)
        assert exported(engine) == exported(taken)
        assert files(there.originals) == files(home.originals)
        assert files(there.rejected) == files(home.rejected)
        assert verify(there, engine).is_sound
        modes = {stat.S_IMODE(path.stat().st_mode) for path in place.rglob("*") if path.is_file()}
        assert modes == {0o600}
        desk = Desk(there, engine, ReaderSettings(jobs=1))
        with reading(engine) as session:
            bill = next(bill for bill in current(session) if bill.state == "verified")
        desk.correct(bill.sha256, "due_date", "2026-12-02", Saying("Pat", "paper", NOW))  # rows go on
    finally:
        engine.dispose()


def test_files_that_requests_name_are_in_a_backup_and_compared(
    home: Home, taken: Engine, tmp_path: Path
) -> None:
    contents = (b"%PDF- signed", b"slip", b"kwh")
    form, slip, data = (hashlib.sha256(one).hexdigest() for one in contents)
    for one in contents:
        kept(home.originals, one)
    with writing(taken) as session:
        signed = authorization(session, signed_sha256=form)
        number = sent(session, authorization_id=signed.id).id or 0
        for detail in ({"evidence": slip}, {"items": [1], "files": [data]}, {"evidence": None}):
            add(session, number, Happened(Event.NOTE, NOW, "pat", detail), NOW)
    made = backup(home, taken, tmp_path / "a.tar", NOW)
    assert (made.originals, made.missing) == (7, [])
    assert verify(home, taken).is_sound
    with tarfile.open(tmp_path / "a.tar") as archive:
        names = {Path(name).name.partition(".")[0] for name in archive.getnames()}
        assert {form, slip, data} <= names


def test_a_backup_is_of_one_moment_while_others_write(home: Home, taken: Engine, tmp_path: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            with writing(taken) as session:  # a document without its file: never part of a sound backup
                take(session, Arrival(f"{number:064d}", "x.pdf", 1, kind="other"), NOW)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        made = backup(home, taken, tmp_path / "a.tar", NOW)
    finally:
        stop.set()
        thread.join()
    assert made.rows["document"] == made.originals + len(made.missing)
    with tarfile.open(tmp_path / "a.tar") as archive:
        manifest = archive.extractfile("manifest.json")
        assert manifest is not None
        assert json.load(manifest)["rows"] == made.rows


def test_verify_finds_what_is_missing_altered_and_unknown(home: Home, taken: Engine) -> None:
    first, second, *_ = sorted(home.originals.rglob("*.pdf"))
    first.unlink()
    second.write_bytes(second.read_bytes() + b" ")
    (home.originals / "ab").mkdir(exist_ok=True)
    (home.originals / "ab" / f"{'ab' * 32}.pdf").write_bytes(b"x")
    checked = verify(home, taken)
    assert checked.missing == [first.stem]
    assert checked.altered == [second.stem]
    assert checked.unknown == [f"{'ab' * 32}.pdf"]
    assert not checked.is_sound


def test_a_missing_original_is_told_and_the_rest_is_saved(home: Home, taken: Engine, tmp_path: Path) -> None:
    gone = next(home.originals.rglob("*.pdf"))
    gone.unlink()
    made = backup(home, taken, tmp_path / "a.tar", NOW)
    assert (made.missing, made.originals) == ([gone.stem], 3)


def test_nothing_is_left_of_a_backup_that_fails(
    home: Home, taken: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tarfile.TarFile, "add", full)
    with pytest.raises(OSError, match="No space"):
        backup(home, taken, tmp_path / "a.tar", NOW)
    assert list(tmp_path.glob("*.tar*")) == []
    assert list(home.path.glob(".backup-*")) == []


def test_a_home_that_is_in_use_is_not_restored_over(home: Home, taken: Engine, tmp_path: Path) -> None:
    backup(home, taken, tmp_path / "a.tar", NOW)
    other = tmp_path / "full"
    other.mkdir()
    (other / "x").write_text("x")
    with pytest.raises(NoHomeError, match="other files"):
        restore(tmp_path / "a.tar", other, None)
    if taken.dialect.name == "postgresql":
        with pytest.raises(NotEmptyError):
            restore(tmp_path / "a.tar", tmp_path / "new", taken.url.render_as_string(hide_password=False))


@pytest.mark.parametrize("spoil", ["cut", "altered", "outside", "none"])
def test_a_damaged_backup_is_refused(home: Home, taken: Engine, tmp_path: Path, spoil: str) -> None:
    out = tmp_path / "a.tar"
    backup(home, taken, out, NOW)
    data = out.read_bytes()
    if spoil == "cut":
        out.write_bytes(data[: len(data) // 2])
    elif spoil == "altered":
        at = data.index(b"%PDF-")
        out.write_bytes(data[:at] + b"%PDX-" + data[at + 5 :])
    elif spoil == "outside":
        with tarfile.open(out, "a") as archive:
            entry = tarfile.TarInfo("originals/../../evil")
            entry.size = 1
            archive.addfile(entry, io.BytesIO(b"x"))
    else:
        out.write_bytes(b"no archive")
    with pytest.raises(BackupError):
        restore(out, tmp_path / "new", None)
    assert not (tmp_path / "evil").exists()
