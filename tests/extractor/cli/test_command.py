"""The installed command, from end to end: no file may crash it or stop the others."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SAMPLE = next(iter(sorted((ROOT / "corpus" / "samples").glob("*bundled*.pdf"))))


def billclerk(*arguments: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command: Sequence[str | Path] = (Path(sys.executable).with_name("billclerk"), *arguments)
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=120)


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    """Return a folder of files that are no bills, and one that is, read last."""
    (tmp_path / "empty.pdf").touch()
    (tmp_path / "letter.pdf").write_text("Dear customer, you owe $5.00")
    (tmp_path / "cut.pdf").write_bytes(SAMPLE.read_bytes()[:5000])
    (tmp_path / "dangling.pdf").symlink_to(tmp_path / "nowhere")
    (tmp_path / "new\nline \x1b[2J.pdf").touch()
    os.mkfifo(tmp_path / "pipe.pdf")
    (tmp_path / "z.pdf").symlink_to(SAMPLE)
    return tmp_path


def test_each_bad_file_gives_a_record_and_stops_no_other(bad: Path) -> None:
    done = billclerk("read", bad, bad / "missing.pdf", "--jobs", "2")
    records = [json.loads(line) for line in done.stdout.splitlines()]
    statuses = {Path(record["document"]["path"]).name: record["status"] for record in records}
    assert statuses.pop("z.pdf") == "verified"
    assert set(statuses.values()) == {"unreadable"}
    assert len(records) == 8
    assert all(record["findings"][0]["message"] for record in records if record["status"] == "unreadable")
    assert done.returncode == 3


def test_a_verified_bill_alone_is_status_0_in_every_format() -> None:
    for form, begins in (("json", '{"document":'), ("csv", "file,sha256"), ("table", str(SAMPLE)[:60])):
        done = billclerk("read", SAMPLE, "--format", form)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith(begins)


def test_a_hostile_name_does_not_steer_the_terminal(bad: Path) -> None:
    done = billclerk("read", bad, "--format", "table")
    assert "\x1b" not in done.stdout + done.stderr
    assert "\x1b" not in billclerk("read", bad, "--format", "csv").stderr


def test_pictures_are_drawn_beside_the_records(tmp_path: Path) -> None:
    done = billclerk("read", SAMPLE, "--draw", tmp_path / "out")
    pages = json.loads(done.stdout)["document"]["pages"]
    assert len(list((tmp_path / "out").glob("*-p*.png"))) == pages


def test_what_cannot_be_drawn_is_said_and_stops_nothing(bad: Path, tmp_path: Path) -> None:
    done = billclerk("read", bad / "empty.pdf", bad / "z.pdf", "--draw", tmp_path / "out")
    assert "empty.pdf: not drawn" in done.stderr
    assert list((tmp_path / "out").iterdir())
    assert done.returncode == 3


def test_the_folder_of_bills_cannot_bring_code_along(tmp_path: Path) -> None:
    for name in ("json.py", "pypdfium2.py", "extractor.py"):
        (tmp_path / name).write_text("raise SystemExit('ran code from the folder of bills')")
    (tmp_path / "bill.pdf").symlink_to(SAMPLE)
    done = billclerk("read", "bill.pdf", cwd=tmp_path)
    assert (done.returncode, json.loads(done.stdout)["status"]) == (0, "verified")


def test_a_reader_that_goes_away_is_no_fault() -> None:
    command = f"'{Path(sys.executable).with_name('billclerk')}' read corpus/samples | head -c 10"
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert "Traceback" not in done.stderr
