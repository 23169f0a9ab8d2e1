"""The inbox watched: each file is taken when it is whole, and no file and no trouble ends the watch.

A file is whole when it has not changed for two seconds; a PDF that does not end like one yet, when it
has not changed for a minute: copies stall. The folder is looked at again and again, since network
shares send no events. What cannot be kept now (the disk is full, the database gone) stays in the inbox
and is tried again, after a pause that grows.
"""

from __future__ import annotations

import datetime as dt
import os
import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from extractor.home import Home
from extractor.inbox import Filed, ingest
from extractor.settings import ReaderSettings

LOOK_SECONDS = 1.0
"""Seconds between two looks into the inbox."""

WHOLE_SECONDS, UNFINISHED_SECONDS = 2.0, 60.0
"""Seconds without a change from which a file is whole, and a PDF without its end."""

PAUSES = (1.0, 2.0, 5.0, 10.0, 30.0)
"""Seconds to wait after trouble, the first time, the second, ... and then always."""

TAIL, END = 2048, b"%%EOF"
"""Bytes at the end of a PDF in which its end is marked; some programs write a little behind it."""


@dataclass(frozen=True)
class Trouble:
    """Why nothing could be kept for now; all files are still where they were."""

    message: str
    pause: float
    """Seconds until it is tried again."""


@dataclass(frozen=True)
class _Look:
    """What a file was like when it was looked at, and since when."""

    state: tuple[int, int, int]
    since: float


class Watch:
    """Watches the inbox of a home."""

    def __init__(
        self, home: Home, engine: Engine, settings: ReaderSettings, now: Callable[[], dt.datetime]
    ) -> None:
        self._home, self._engine, self._settings, self._now = home, engine, settings, now
        self._seen: dict[Path, _Look] = {}

    def run(self, stop: Event) -> Iterator[Filed | Trouble]:
        """Give each file when it is filed away, and each trouble, until `stop` is set.

        What is being read then is finished, nothing else is begun.
        """
        troubles = 0
        while not stop.is_set():
            try:
                yield from ingest(self._home, self._engine, self._wanted(stop), self._settings, self._now)
                troubles = 0
                stop.wait(LOOK_SECONDS)
            except (OSError, SQLAlchemyError) as error:
                pause = PAUSES[min(troubles, len(PAUSES) - 1)]
                troubles += 1
                yield Trouble(_said(error), pause)
                stop.wait(pause)

    def whole(self, at: float) -> list[Path]:
        """Return the files of the inbox that are whole, the oldest first; `at` is a moment in seconds."""
        looks: dict[Path, _Look] = {}
        for entry in os.scandir(self._home.inbox):
            status = entry.stat(follow_symlinks=False)
            if entry.name.startswith(".") or not stat.S_ISREG(status.st_mode):
                continue
            path = Path(entry.path)
            state = (status.st_ino, status.st_size, status.st_mtime_ns)
            before = self._seen.get(path)
            looks[path] = before if before is not None and before.state == state else _Look(state, at)
        self._seen = looks
        ready = [path for path, look in looks.items() if at - look.since >= _patience(path)]
        return sorted(ready, key=lambda path: (looks[path].state[2], path))

    def _wanted(self, stop: Event) -> Iterator[Path]:
        for path in self.whole(time.monotonic()):
            if stop.is_set():
                return
            yield path


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
