"""Scripts, programs, links and attached files of a bill are never run, followed or taken out."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from extractor.guarded import Asked, read_lines, request_for
from extractor.pages.child import Child
from extractor.settings import ReaderSettings
from tests.extractor.golden import differences
from tests.extractor.hostile.active import CARRIED, active

SAMPLES = Path(__file__).parents[3] / "corpus" / "samples"
BILL = SAMPLES / "d4-bundled-winter-2025.pdf"


@pytest.fixture
def armed(tmp_path: Path) -> tuple[Path, Path, socket.socket]:
    """A bill with every action, the file that they would make, and the server that they would ask."""
    server = socket.create_server(("127.0.0.1", 0))
    server.setblocking(False)
    path, marker = tmp_path / "active.pdf", tmp_path / "marker"
    url = f"http://127.0.0.1:{server.getsockname()[1]}"
    path.write_bytes(active(BILL.read_bytes(), marker, url))
    return path, marker, server


def test_an_active_bill_is_read_like_any_other(armed: tuple[Path, Path, socket.socket]) -> None:
    ((_, (line,)),) = read_lines([armed[0]], 1, ReaderSettings())
    record = json.loads(line)
    (golden,) = json.loads(BILL.with_suffix(".json").read_text())
    assert record["status"] == "verified"
    assert list(differences(record["bill"], golden["bill"])) == []
    assert CARRIED.encode() not in line


def test_nothing_is_run_asked_or_written(
    armed: tuple[Path, Path, socket.socket], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, marker, server = armed
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    with Child("tests.extractor.hostile.watched:answer_request") as child:
        done, _, records = child.request(request_for(Asked(path), ReaderSettings())).partition(b"\n")
    assert json.loads(records)["status"] == "verified"
    assert json.loads(done) == []
    assert not marker.exists()
    assert list(here.iterdir()) == []
    with pytest.raises(BlockingIOError):
        server.accept()


def test_it_would_be_seen_if_something_were() -> None:
    with Child("tests.extractor.hostile.watched:start_and_write") as child:
        done = json.loads(child.request(b"").partition(b"\n")[0])
    assert "a process was started, and ended" in done
    assert any("open" in entry and "extracted" in entry for entry in done)
    assert any(entry.startswith("left behind") for entry in done)
