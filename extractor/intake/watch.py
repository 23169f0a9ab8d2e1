"""The inbox watched: each file is taken when it is whole, and no file and no trouble ends the watch.

A file is whole when it has not changed for two seconds; a PDF that does not end like one yet, when it
has not changed for a minute: copies stall. The folder is looked at again and again, since network
shares send no events; files in folders below it are files of the inbox, and messages of maildirs. What
cannot be kept now (the disk is full, the database gone) stays in the inbox and is tried again, after a
pause that grows.
"""

from __future__ import annotations

import datetime as dt
import os
import stat
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from extractor.home import Home
from extractor.intake.claims import OtherKind, Unpacker
from extractor.intake.inbox import Filed, Intake
from extractor.settings import ReaderSettings

LOOK_SECONDS = 1.0
"""Seconds between two looks into the inbox."""

PASS_SECONDS = 5.0
"""Seconds after which it is looked again, whatever is left to take in: bills that came may go first."""

WHOLE_SECONDS, UNFINISHED_SECONDS = 2.0, 60.0
"""Seconds without a change from which a file is whole, and a PDF without its end."""

PAUSES = (1.0, 2.0, 5.0, 10.0, 30.0)
"""Seconds to wait after trouble, the first time, the second, ... and then always."""

TAIL, END = 2048, b"%%EOF"
"""Bytes at the end of a PDF in which its end is marked; some programs write a little behind it."""

MANY = 20
"""Files in the inbox from which it is told how far they are."""

TELL_SECONDS = 10.0
"""Seconds between two tellings of how far they are."""

MAILDIR = ("cur", "new", "tmp")
"""The folders of a maildir; messages are delivered in `tmp` and moved to `new` when they are whole."""


@dataclass(frozen=True)
class Trouble:
    """Why nothing could be kept for now; all files are still where they were."""

    message: str
    pause: float
    """Seconds until it is tried again."""


@dataclass(frozen=True)
class Backlog:
    """How far the watch is with many files."""

    done: int
    waiting: int
    seconds_left: float
    """At the rate of this backlog so far."""


Happening = Filed | Trouble | Backlog
"""What a watch tells of."""


@dataclass
class _Look:
    """What a file was like when it was looked at, since when, and whether it is whole once it rests."""

    state: tuple[int, int, int]
    since: float
    patience: float | None = None


class Watch:
    """Watches the inbox of a home."""

    def __init__(
        self,
        home: Home,
        engine: Engine,
        settings: ReaderSettings,
        now: Callable[[], dt.datetime],
        unpackers: Sequence[Unpacker] = (),
        kinds: Sequence[OtherKind] = (),
    ) -> None:
        self._home, self._engine, self._settings, self._now = home, engine, settings, now
        self._unpackers, self._kinds = unpackers, kinds
        self._seen: dict[Path, _Look] = {}
        self._backlog = _Progress()

    @property
    def waiting(self) -> int:
        """How many files were in the inbox at the last look."""
        return len(self._seen)

    @property
    def oldest_seconds(self) -> float:
        """For how long the file that came first has been in the inbox, in seconds."""
        first = min((look.since for look in self._seen.values()), default=None)
        return 0.0 if first is None else time.monotonic() - first

    def run(self, stop: Event, alive: Callable[[], None] = lambda: None) -> Iterator[Happening]:
        """Give each file when it is filed away, each trouble, and how far it is with many files.

        When `stop` is set, what is being read is finished and nothing else is begun. `alive` is called
        whenever the watch has looked around, a second apart at most when nothing happens.
        """
        troubles = 0
        with Intake(
            self._home, self._engine, self._settings, self._unpackers, self._now, self._kinds
        ) as intake:
            while not (stop.is_set() and intake.is_idle):
                alive()
                try:
                    for event in self._pass(intake, stop):
                        yield event
                        troubles = 0 if isinstance(event, Filed) else troubles
                except (OSError, SQLAlchemyError) as error:
                    pause = PAUSES[min(troubles, len(PAUSES) - 1)]
                    troubles += 1
                    yield Trouble(_said(error), pause)
                    stop.wait(pause)

    def _pass(self, intake: Intake, stop: Event) -> Iterator[Happening]:
        """Look once, and take in what is whole, until it is time to look again."""
        if stop.is_set():
            intake.leave_the_rest()
            yield from intake.ready(LOOK_SECONDS)
            return
        wanted = deque(path for path in self.whole(time.monotonic()) if path not in intake)
        until = time.monotonic() + PASS_SECONDS
        while wanted and not stop.is_set() and time.monotonic() < until:
            waiting = len(wanted) + intake.waiting
            if intake.is_full:
                yield from self._counted(intake.ready(LOOK_SECONDS), waiting)
            else:
                yield from self._counted(intake.offer(wanted.popleft()), waiting)
        if intake.is_idle and not wanted:
            self._backlog = _Progress()
            stop.wait(LOOK_SECONDS)
        else:
            yield from self._counted(intake.ready(LOOK_SECONDS), len(wanted) + intake.waiting)

    def _counted(self, files: Iterator[Filed], waiting: int) -> Iterator[Happening]:
        """Give each file, and now and then how far all are, with so many waiting before the first is done."""
        for filed in files:
            yield filed
            waiting -= 1
            told = self._backlog.counted(waiting, time.monotonic())
            if told is not None:
                yield told

    def whole(self, at: float) -> list[Path]:
        """Return the files of the inbox that are whole; `at` is a moment in seconds.

        PDFs come first, since messages and archives may take long to be taken apart; of each the oldest.
        """
        looks: dict[Path, _Look] = {}
        for path, state in files_in(self._home.inbox):
            before = self._seen.get(path)
            looks[path] = before if before is not None and before.state == state else _Look(state, at)
        self._seen = looks
        found = []
        for path, look in sorted(looks.items(), key=_turn):
            if at - look.since < WHOLE_SECONDS:
                continue
            if look.patience is None:
                look.patience = _patience(path)
            if at - look.since >= look.patience:
                found.append(path)
        return found


def _turn(seen: tuple[Path, _Look]) -> tuple[bool, int, Path]:
    """Return what files are put in order by."""
    path, look = seen
    return path.suffix.lower() != ".pdf", look.state[2], path


class _Progress:
    """How far a backlog is, told now and then."""

    def __init__(self) -> None:
        self._began: float | None = None
        self._told = 0.0
        self._done = 0

    def counted(self, waiting: int, at: float) -> Backlog | None:
        """Count a file that is done; tell how far all are, if it is time to and there are many."""
        if self._began is None:
            self._began = self._told = at
        self._done += 1
        if self._done + waiting < MANY or at - self._told < TELL_SECONDS:
            return None
        self._told = at
        return Backlog(self._done, waiting, (at - self._began) / self._done * waiting)


def files_in(inbox: Path) -> Iterator[tuple[Path, tuple[int, int, int]]]:
    """Give the files of an inbox and of folders in it, each with what it is like; of maildirs whole messages.

    Raises:
        OSError: if the inbox itself cannot be looked into; folders in it that cannot are passed over.
    """
    entries = list(os.scandir(inbox))
    while entries:
        entry = entries.pop()
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            for folder in _of_mail(Path(entry.path)) or [Path(entry.path)]:
                entries += _entries(folder)
        else:
            yield from _one(entry)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        return list(os.scandir(folder))
    except OSError:  # gone meanwhile, or not ours to see
        return []


def _of_mail(folder: Path) -> list[Path]:
    """Return the folders of whole messages, if a folder is a maildir."""
    is_maildir = all((folder / name).is_dir() for name in MAILDIR)
    return [folder / name for name in MAILDIR if name != "tmp"] if is_maildir else []


def _one(entry: os.DirEntry[str]) -> Iterator[tuple[Path, tuple[int, int, int]]]:
    try:
        status = entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return
    if stat.S_ISREG(status.st_mode):
        yield Path(entry.path), (status.st_ino, status.st_size, status.st_mtime_ns)


def _patience(path: Path) -> float:
    """Return for how long a file has to be unchanged to be whole."""
    try:
        with path.open("rb") as file:
            is_pdf = file.read(5) == b"%PDF-"
            file.seek(max(file.seek(0, os.SEEK_END) - TAIL, 0))
            return UNFINISHED_SECONDS if is_pdf and END not in file.read() else WHOLE_SECONDS
    except OSError:
        return WHOLE_SECONDS


def _said(error: Exception) -> str:
    """Return what is the matter, without what a statement carried."""
    if isinstance(error, OSError):
        return f"{error.strerror or error}"
    return f"the database cannot be used: {type(error).__name__}"
