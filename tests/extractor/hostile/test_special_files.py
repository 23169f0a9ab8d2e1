"""What is no ordinary file: refused unopened, or read as what the link leads to. contract: one record each."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from extractor.cli.walk import bills_at
from extractor.guarded import read_lines
from extractor.settings import ReaderSettings

BILL = Path(__file__).parents[3] / "corpus" / "samples" / "d4-bundled-winter-2025.pdf"
SETTINGS = ReaderSettings(wall_seconds=10, max_file_mb=100)


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.fspath(path))


def _link_to_fifo(path: Path) -> None:
    fifo = path.with_suffix(".fifo")
    os.mkfifo(fifo)
    path.symlink_to(fifo)


def _sparse(path: Path) -> None:
    path.touch()
    os.truncate(path, 10**12)


SPECIAL: list[tuple[str, Callable[[Path], object], str]] = [
    ("fifo", os.mkfifo, "no regular file"),  # to open it would wait for ever
    ("device", lambda path: path.symlink_to("/dev/zero"), "no regular file"),  # endless
    ("terminal", lambda path: path.symlink_to("/dev/tty"), "no regular file"),
    ("socket", _socket, "no regular file"),
    ("folder", Path.mkdir, "no regular file"),
    ("link to a folder", lambda path: path.symlink_to(path.parent), "no regular file"),
    (
        "link to a FIFO",
        _link_to_fifo,
        "no regular file",
    ),
    ("link to nothing", lambda path: path.symlink_to("nowhere"), "no such file"),
    ("link to itself", lambda path: path.symlink_to(path), "may not be read"),
    ("a terabyte of holes", _sparse, "larger than 100,000,000 bytes"),
    ("a kernel's file without an end", lambda path: path.symlink_to("/proc/self/pagemap"), "grows"),
    ("missing", lambda path: None, "no such file"),
]


@pytest.mark.parametrize(("make", "says"), [row[1:] for row in SPECIAL], ids=[row[0] for row in SPECIAL])
def test_refused_with_a_record_and_the_next_file_is_read(
    tmp_path: Path, make: Callable[[Path], object], says: str
) -> None:
    path = tmp_path / "x.pdf"
    make(path)
    began = time.monotonic()
    (_, (line,)), (_, (after,)) = read_lines([path, BILL], 1, SETTINGS)
    assert time.monotonic() - began < 5
    record = json.loads(line)
    assert (record["status"], record["bill"]) == ("unreadable", None)
    assert [says in finding["message"] for finding in record["findings"]] == [True]
    assert json.loads(after)["status"] == "verified"


def test_a_link_to_a_file_is_followed(tmp_path: Path) -> None:
    (tmp_path / "x.pdf").symlink_to(BILL)
    ((_, (line,)),) = read_lines([tmp_path / "x.pdf"], 1, SETTINGS)
    record = json.loads(line)
    assert record["status"] == "verified"
    assert record["document"]["sha256"] == sha256(BILL.read_bytes()).hexdigest()


def test_a_folder_named_like_a_bill_is_searched(tmp_path: Path) -> None:
    (tmp_path / "x.pdf").mkdir()
    (tmp_path / "x.pdf" / "bill.pdf").symlink_to(BILL)
    os.mkfifo(tmp_path / "x.pdf" / "fifo.pdf")
    (tmp_path / "x.pdf" / "ring").symlink_to(tmp_path)
    names = [path.name for path in bills_at([tmp_path])]
    assert names == ["bill.pdf", "fifo.pdf"]


def test_a_file_that_grows_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(BILL.read_bytes())
    os.truncate(path, 80_000_000)  # holes: long enough to read
    ended = threading.Event()

    def grow() -> None:
        while not ended.wait(0.0001):
            os.truncate(path, path.stat().st_size + 100)

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        (_, (line,)), (_, (after,)) = read_lines([path, BILL], 1, SETTINGS)
    finally:
        ended.set()
        writer.join()
    record = json.loads(line)
    assert record["status"] == "unreadable"
    assert "grows while it is read" in record["findings"][0]["message"]
    assert json.loads(after)["status"] == "verified"


def test_a_file_cut_short_while_it_is_read_is_one_record(tmp_path: Path) -> None:
    path = tmp_path / "x.pdf"
    whole = BILL.read_bytes()
    ended = threading.Event()

    def rewrite() -> None:
        while not ended.is_set():
            os.truncate(path, len(whole) // 2)
            path.write_bytes(whole)

    path.write_bytes(whole)
    writer = threading.Thread(target=rewrite)
    writer.start()
    try:
        answers = [lines for _, lines in read_lines([path] * 20, 1, SETTINGS)]
    finally:
        ended.set()
        writer.join()
    records = [json.loads(line) for (line,) in answers]
    assert len(records) == 20
    hashes = {record["document"]["sha256"] for record in records if record["status"] == "verified"}
    assert hashes <= {sha256(whole).hexdigest()}
