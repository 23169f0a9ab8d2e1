"""A backup is checked without being restored: what a restore would find wrong is found, and what it would not."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from extractor.home import Home, created
from extractor.intake.inbox import ingest
from extractor.settings import ReaderSettings
from extractor.store.opening import store
from extractor.upkeep.archived import verify_file
from extractor.upkeep.backup import BackupError, backup
from tests.extractor.law import SAMPLES
from tests.extractor.upkeep.test_backup import NAMES, NOW

COMMAND = Path(__file__).parents[3] / ".venv" / "bin" / "billclerk"

Members = dict[str, bytes]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A backup of three bills and a letter; and the hash of an original that was gone before."""
    folder = tmp_path_factory.mktemp("archived")
    home = created(folder / "home", "")
    for name in NAMES:
        shutil.copy(SAMPLES / f"{name}.pdf", home.inbox)
    (home.inbox / "letter.pdf").write_bytes(b"no bill")
    with store(home.database, home.path) as engine:
        list(ingest(home, engine, sorted(home.inbox.iterdir()), ReaderSettings(jobs=1), lambda: NOW))
        gone = _an_original(home)
        gone.unlink()
        backup(home, engine, folder / "a.tar", NOW)
    yield folder / "a.tar", gone.stem


def _an_original(home: Home) -> Path:
    return min(home.originals.rglob("*.pdf"))


def members(path: Path) -> Members:
    with tarfile.open(path) as archive:
        return {name: archive.extractfile(name).read() for name in archive.getnames()}  # type: ignore[union-attr]  # files


def written(path: Path, held: Members) -> Path:
    with tarfile.open(path, "w") as archive:
        for name, data in held.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return path


def test_a_sound_backup_is_counted(made: tuple[Path, str]) -> None:
    found = verify_file(made[0])
    assert found.is_sound
    assert (found.documents, found.originals, found.files, found.gone_before) == (4, 3, 2, [made[1]])
    assert found.rows == sum(json.loads(members(made[0])["manifest.json"])["rows"].values())
    assert found.made_at == "2026-11-25T12:00:00+00:00"


def original(held: Members) -> str:
    return next(name for name in held if name.startswith("originals/") and name.endswith(".pdf"))


def alter_original(held: Members) -> None:
    held[original(held)] += b" "


def lose_original(held: Members) -> None:
    del held[original(held)]


def alter_database(held: Members) -> None:
    """An amount is another one; all pages of the database are as whole as before."""
    database = held["database.db"]
    at = database.index(b'"amount_due":"') + len(b'"amount_due":"')
    other = b"1" if database[at : at + 1] != b"1" else b"2"
    held["database.db"] = database[:at] + other + database[at + 1 :]


def damage_database(held: Members) -> None:
    held["database.db"] = held["database.db"][: len(held["database.db"]) // 2]


def spoil_database(held: Members) -> None:
    held["database.db"] = b"x" * 5000


def say_other_rows(held: Members) -> None:
    manifest = json.loads(held["manifest.json"])
    manifest["rows"]["bill"] += 1
    held["manifest.json"] = json.dumps(manifest).encode()


def lose_a_file(held: Members) -> None:
    del held[next(name for name in held if name.startswith("rejected/"))]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (alter_original, "1 altered"),
        (lose_original, "1 missing"),
        (alter_database, "its database is not what it was"),
        (damage_database, "its database is damaged and cannot be restored"),
        (spoil_database, "its database is damaged and cannot be restored"),
        (say_other_rows, "rows of bill"),
        (lose_a_file, "it has 1 other files, it says 2"),
    ],
)
def test_what_is_wrong_with_a_backup_is_told(
    made: tuple[Path, str], tmp_path: Path, spoil: Callable[[Members], None], said: str
) -> None:
    held = members(made[0])
    spoil(held)
    found = verify_file(written(tmp_path / "b.tar", held))
    assert not found.is_sound
    told = [f"{len(found.altered)} altered", f"{len(found.missing)} missing", *found.faults]
    assert any(said in one for one in told), told


@pytest.mark.parametrize("spoil", ["cut", "end cut", "no archive", "outside", "no manifest", "no database"])
def test_what_is_no_whole_backup_is_refused(made: tuple[Path, str], tmp_path: Path, spoil: str) -> None:
    path, held = tmp_path / "b.tar", members(made[0])
    if spoil == "cut":
        path.write_bytes(made[0].read_bytes()[:-30_000])
    elif spoil == "end cut":  # just behind the last member but one
        written(path, {name: data for name, data in held.items() if name != "manifest.json"})
    elif spoil == "no archive":
        path.write_bytes(b"no archive")
    elif spoil == "outside":
        written(path, {"../evil": b"x"} | held)
    elif spoil == "no manifest":
        written(path, held | {"manifest.json": b"{}"})
    else:
        written(path, {name: data for name, data in held.items() if name != "database.db"})
    with pytest.raises(BackupError):
        verify_file(path)


def test_the_command_needs_no_home(made: tuple[Path, str], tmp_path: Path) -> None:
    def verify(path: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [COMMAND, "verify", path], capture_output=True, text=True, check=False, cwd=tmp_path
        )

    done = verify(made[0])
    assert (done.returncode, done.stdout) == (0, "")
    assert "4 documents, 3 originals, 2 other files" in done.stderr
    assert "0 wrong; 1 originals were missing then already" in done.stderr
    held = members(made[0])
    altered = original(held).rpartition("/")[2][:12]
    alter_original(held)
    wrong = verify(written(tmp_path / "b.tar", held))
    assert (wrong.returncode, wrong.stdout) == (1, f"{altered}: altered\n")
    assert verify(tmp_path / "none.tar").returncode == 2
