"""tesseract, which a worker process starts for a scan, ends with it and leaves nothing behind."""

from __future__ import annotations

import json
import os
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pypdfium2
import pytest

from extractor.guarded import read_lines
from extractor.settings import ReaderSettings

BILL = Path(__file__).parents[3] / "corpus" / "samples" / "d4-bundled-winter-2025.pdf"


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    """A bill whose pages are pictures."""
    with pypdfium2.PdfDocument(BILL) as document:
        first, *others = [page.render(scale=200 / 72).to_pil().convert("L") for page in document]
    path = tmp_path / "scan.pdf"
    first.save(path, "PDF", resolution=200, save_all=True, append_images=others)
    return path


def _running(folder: Path, name: str) -> Iterator[int]:
    """Give the processes of a name whose temporary files are below the folder."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            mine = f"TMPDIR={folder}/billclerk-".encode() in (process / "environ").read_bytes()
            if mine and (process / "comm").read_text().strip().startswith(name):
                yield int(process.name)
        except OSError:  # it has ended meanwhile
            continue


def _first(found: Callable[[], Iterator[int]], seconds: float) -> int | None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for number in found():
            return number
        time.sleep(0.002)
    return None


def _none_left(found: Callable[[], Iterator[int]], seconds: float) -> bool:
    """Tell whether all have ended within some time; what is killed may still have to be reaped."""
    end = time.monotonic() + seconds
    while any(True for _ in found()):
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def test_it_ends_when_the_worker_is_killed(
    scan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", os.fspath(temporary))
    seen = []

    def kill_the_worker_at_work() -> None:
        seen.append(_first(lambda: _running(temporary, "tesseract"), 60))
        worker = _first(lambda: _running(temporary, "python"), 1)
        if worker:
            os.kill(worker, signal.SIGKILL)

    killer = threading.Thread(target=kill_the_worker_at_work)
    killer.start()
    ((_, (line,)),) = read_lines([scan], 1, ReaderSettings(wall_seconds=60))
    killer.join()
    assert seen[0] is not None
    assert [finding["code"] for finding in json.loads(line)["findings"]] == ["crashed"]
    assert _none_left(lambda: _running(temporary, ""), 1)
    assert list(temporary.iterdir()) == []


def test_it_ends_with_the_documents_time(scan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", os.fspath(temporary))
    began = time.monotonic()
    ((_, (line,)),) = read_lines([scan], 1, ReaderSettings(wall_seconds=0.5))
    assert time.monotonic() - began < 30
    assert [finding["code"] for finding in json.loads(line)["findings"]] == ["too_slow"]
    assert _none_left(lambda: _running(temporary, ""), 1)
    assert list(temporary.iterdir()) == []
