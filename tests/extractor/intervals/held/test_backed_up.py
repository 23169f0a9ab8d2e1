"""Readings go along in a backup as the database of that moment names them, and are looked after like originals."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest
from sqlalchemy import Engine

from extractor.base.database import opened
from extractor.home import Home
from extractor.intervals.given import Account, Series
from extractor.intervals.held import files
from extractor.upkeep.archived import verify_file
from extractor.upkeep.backup import BackupError, backup, restore, verify
from tests.extractor.intervals.held.stored import MARCH, NOW, held, run
from tests.extractor.intervals.held.stored import kept as keep


@pytest.fixture
def imported(home: Home, kept: Engine) -> Engine:
    """A store in which one file took another's place."""
    keep(
        home,
        kept,
        "a",
        [run(MARCH, 4, 1), run(MARCH, 4, 1, Series("net", usage_point="u")), Account("u", "9")],
    )
    keep(home, kept, "b", [run(MARCH, 2, 7)])
    return kept


def live(home: Home) -> Path:
    """Return the youngest file of readings."""
    return max(files.folder_of(home).rglob("*.parquet"), key=lambda path: path.stat().st_mtime_ns)


def test_what_is_restored_has_all_versions_and_goes_on(
    home: Home, imported: Engine, tmp_path: Path, empty_address: str | None
) -> None:
    out = tmp_path / "a.tar"
    assert (backup(home, imported, out, NOW).lost, verify_file(out).faults) == ([], [])
    restore(out, tmp_path / "new", empty_address)
    there = Home((tmp_path / "new").resolve())
    engine = opened(empty_address or there.database)
    try:
        assert verify(there, engine).is_sound
        for as_of in (None, 1, 2):
            assert held(there, engine, as_of=as_of) == held(home, imported, as_of=as_of)
        done = keep(there, engine, "c", [run(MARCH, 4, 1), Account("u", "8")])
        assert (done.number, done.changed, done.same) == (3, 2, 2)
        assert files.sweep(there, engine) >= 1
    finally:
        engine.dispose()


@pytest.mark.parametrize("spoil", ["lost", "altered"])
def test_what_is_wrong_with_readings_is_told(
    home: Home, imported: Engine, tmp_path: Path, spoil: str
) -> None:
    path = live(home)
    name = path.relative_to(files.folder_of(home)).as_posix()
    if spoil == "lost":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert verify(home, imported).lost == [name]
    out = tmp_path / "a.tar"
    assert backup(home, imported, out, NOW).lost == [name]
    assert verify_file(out).faults == []  # it was gone before
    restore(out, tmp_path / "new", None)


def test_a_backup_whose_readings_are_not_what_they_were_is_refused(
    home: Home, imported: Engine, tmp_path: Path
) -> None:
    backup(home, imported, tmp_path / "a.tar", NOW)
    out = tmp_path / "b.tar"
    with tarfile.open(tmp_path / "a.tar") as source, tarfile.open(out, "w") as target:
        for member in source:
            data = source.extractfile(member)
            assert data is not None
            content = data.read()
            if member.name.endswith(".parquet"):
                content = content[:-1] + b"x"
            target.addfile(member, io.BytesIO(content))
    assert any("is missing or altered" in fault for fault in verify_file(out).faults)
    with pytest.raises(BackupError, match="readings"):
        restore(out, tmp_path / "new", None)


def test_what_people_put_beside_the_readings_goes_along(home: Home, imported: Engine, tmp_path: Path) -> None:
    beside = files.folder_of(home) / "from SCE" / "SCE_Usage.csv"
    beside.parent.mkdir()
    beside.write_text("as downloaded")
    (files.folder_of(home) / "2025-03").mkdir(exist_ok=True)
    (files.folder_of(home) / "2025-03" / "00-left.parquet").write_text("of a killed import")
    backup(home, imported, tmp_path / "b.tar", NOW)
    with tarfile.open(tmp_path / "b.tar") as archive:
        names = archive.getnames()
    assert "intervals/from SCE/SCE_Usage.csv" in names
    assert not [name for name in names if "left" in name or name.endswith((".importing", ".reading"))]


def test_a_home_whose_folder_of_readings_is_gone_is_backed_up(
    home: Home, kept: Engine, tmp_path: Path
) -> None:
    files.folder_of(home).rmdir()
    backup(home, kept, tmp_path / "b.tar", NOW)
    assert verify(home, kept).lost == []
