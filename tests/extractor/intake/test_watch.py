"""The watch takes a file when it is whole, goes on whatever happens, and ends when it is told to."""

from __future__ import annotations

import datetime as dt
import errno
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from extractor.home import Home
from extractor.intake import watch
from extractor.intake.claims import Origin, Part
from extractor.intake.inbox import Filed, ingest
from extractor.intake.mail import Messages
from extractor.intake.watch import Trouble, Watch, files_in
from extractor.settings import ReaderSettings
from tests.extractor.law import SAMPLES

BILL = SAMPLES / "d4-bundled-winter-2025.pdf"
COMMAND = Path(__file__).parents[3] / ".venv" / "bin" / "billclerk"


def now() -> dt.datetime:
    return dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


def watching(home: Home, engine: Engine) -> Watch:
    return Watch(home, engine, ReaderSettings(jobs=1), now)


def test_a_file_is_whole_when_it_has_not_changed_for_a_while(home: Home, kept: Engine) -> None:
    path = home.inbox / "a.pdf"
    shutil.copy(BILL, path)
    looking = watching(home, kept)
    assert looking.whole(0.0) == []
    assert looking.whole(1.9) == []
    assert looking.whole(2.0) == [path]
    with path.open("ab") as file:
        file.write(b"\n")
    assert looking.whole(3.0) == []
    assert looking.whole(5.0) == [path]


def test_a_bill_that_comes_while_mail_is_taken_apart_goes_before_the_rest_of_it(
    home: Home, kept: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        (home.inbox / f"{number}.eml").write_bytes(b"From: a@example.com\n\n")

    class Slow(Messages):
        def parts(self, data: bytes, origin: Origin) -> Iterator[Part]:
            shutil.copy(BILL, home.inbox / "bill.pdf")
            return super().parts(data + b"x", origin)

    monkeypatch.setattr(watch, "PASS_SECONDS", 0.0001)
    monkeypatch.setattr(watch, "WHOLE_SECONDS", 0.0)
    stop = Event()
    told: list[str] = []
    for event in Watch(home, kept, ReaderSettings(jobs=1), now, [Slow()]).run(stop):
        if isinstance(event, Filed):
            told.append(event.name)
            if len(told) >= 4:
                stop.set()
    assert told.index("bill.pdf") < 3


def test_a_pdf_without_its_end_gets_a_minute(home: Home, kept: Engine) -> None:
    path = home.inbox / "a.pdf"
    path.write_bytes(BILL.read_bytes()[:5000])
    looking = watching(home, kept)
    assert looking.whole(0.0) == looking.whole(59.0) == []
    assert looking.whole(60.0) == [path]


def test_the_oldest_pdf_comes_first_and_what_is_none_of_ours_never(home: Home, kept: Engine) -> None:
    files = (("new.pdf", 10), ("old.pdf", 30), ("middle.PDF", 20), (".hidden.pdf", 40), ("mail.eml", 50))
    for name, age in files:
        (home.inbox / name).write_bytes(b"x")
        os.utime(home.inbox / name, (1000 - age, 1000 - age))
    for folder in ("may/west", ".hidden", "mail/cur", "mail/new", "mail/tmp"):
        (home.inbox / folder).mkdir(parents=True)
        (home.inbox / folder / "below").write_bytes(b"x")
        os.utime(home.inbox / folder / "below", (1000, 1000))
    (home.inbox / "may" / "ring").symlink_to(home.inbox)
    (home.inbox / "link.pdf").symlink_to(BILL)
    os.mkfifo(home.inbox / "pipe.pdf")
    looking = watching(home, kept)
    looking.whole(0.0)
    assert [str(path.relative_to(home.inbox)) for path in looking.whole(2.0)] == [
        "old.pdf",
        "middle.PDF",
        "new.pdf",
        "mail.eml",
        "mail/cur/below",
        "mail/new/below",
        "may/west/below",
    ]


def test_files_of_a_folder_dropped_into_the_inbox_are_taken(home: Home, kept: Engine) -> None:
    (home.inbox / "may" / "west").mkdir(parents=True)
    (home.inbox / "may" / "west" / "bill.pdf").write_bytes(BILL.read_bytes())
    (home.inbox / "may" / "no.pdf").write_bytes(b"no bill")
    paths = sorted(path for path, _ in files_in(home.inbox))
    filed = list(ingest(home, kept, paths, ReaderSettings(jobs=1), now))
    assert {(one.name, one.outcome) for one in filed} == {("bill.pdf", "verified"), ("no.pdf", "rejected")}
    assert [path for path in home.inbox.rglob("*") if path.is_file()] == []
    assert {path.name for path in home.rejected.iterdir()} == {"no.pdf", "no.pdf.txt"}


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), "No space left on device"),
        (
            OperationalError("select 700200000143", {}, Exception("gone")),
            "the database cannot be used: OperationalError",
        ),
    ],
)
def test_trouble_is_told_and_tried_again_ever_more_patiently(
    home: Home, kept: Engine, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    def failing(*_: object) -> list[Filed]:
        raise error

    monkeypatch.setattr(Watch, "_pass", failing)
    monkeypatch.setattr(watch, "PAUSES", (0.01, 0.02))
    stop = Event()
    told = []
    for event in watching(home, kept).run(stop):
        told.append(event)
        if len(told) == 3:
            stop.set()
    assert told == [Trouble(said, 0.01), Trouble(said, 0.02), Trouble(said, 0.02)]


def test_the_command_takes_what_is_dropped_and_ends_with_0_when_told(tmp_path: Path) -> None:
    home = tmp_path / "bills"
    subprocess.run([COMMAND, "init", home], check=True, capture_output=True)
    process = subprocess.Popen(
        [COMMAND, "watch", "--home", home], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None and process.stdout is not None
    assert process.stderr.readline() == f"watching {home}/inbox\n"
    (home / "inbox" / "letter.pdf").write_bytes(b"no bill at all")
    shutil.copy(BILL, home / "inbox" / "bill.pdf")
    said = {process.stdout.readline(), process.stdout.readline()}
    assert said == {"bill.pdf: verified\n", "letter.pdf: rejected\n"}
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    assert list((home / "inbox").iterdir()) == []
