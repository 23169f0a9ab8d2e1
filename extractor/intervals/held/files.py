"""The Parquet files of the store: how they are named, who may write them, and what is cleared away.

A file is written once, under a name that was never used, and is on disk before the database names it.
Imports wait for one another (`.importing` is held alone); readers wait for nobody (`.reading` is held
together) and open only what the database names. An import notes in `.importing` how it names its files,
so that the next one finds what it left when it was killed. A file with another in its place is cleared
away only when nobody reads.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Engine, delete
from sqlmodel import col, select

from extractor.base.database import reading, writing
from extractor.home import Home, synced
from extractor.intervals.held.duck import SPILL, is_left_behind
from extractor.store.metered import IntervalFile

IMPORTING, READING = ".importing", ".reading"
SUFFIX = ".parquet"

HELD_BACK = 100
"""Superseded files that may stand until they are cleared away."""


def folder_of(home: Home) -> Path:
    """Return where the readings of a home are."""
    return home.path / "intervals"


@contextmanager
def importing(folder: Path) -> Iterator[BinaryIO]:
    """Hold the folder alone among imports; what the last one noted is in the file that is given."""
    with _lock(folder / IMPORTING) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock


@contextmanager
def shared(folder: Path) -> Iterator[None]:
    """Hold the folder together with other readers: no file that the database names goes away meanwhile."""
    with _lock(folder / READING) as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Hold the folder without any reader, if there is none; tell whether there is none."""
    with _lock(folder / READING) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def others(folder: Path) -> list[Path]:
    """Return the files in the folder that are none of the store's: what people put there."""
    ours = (IMPORTING, READING)
    found = (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())
    return [path for path in found if path.suffix != SUFFIX and path.name not in ours]


def _lock(path: Path) -> BinaryIO:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b", buffering=0)


def noted(lock: BinaryIO) -> str:
    """Return the mark of an import that did not end, empty if the last one did."""
    lock.seek(0)
    return lock.read().decode("ascii", "replace")


def begun(lock: BinaryIO) -> str:
    """Note that an import begins; return the mark that its files' names have."""
    mark = secrets.token_hex(8)
    lock.seek(0)
    lock.write(mark.encode())
    return mark


def ended(lock: BinaryIO) -> None:
    """Note that an import left nothing."""
    lock.truncate(0)


def new_file(folder: Path, month: int, bucket: int, mark: str) -> Path:
    """Make an empty file for the readings of a month and bucket, for nobody else to read."""
    path = folder / f"{month // 100:04d}-{month % 100:02d}" / f"{bucket:02d}-{mark}{SUFFIX}"
    if not path.parent.is_dir():
        path.parent.mkdir(mode=0o700)
        synced(folder)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    return path


def on_disk(paths: Iterable[Path]) -> None:
    """Have files and their names written to disk."""
    folders = set()
    for path in paths:
        synced(path)
        folders.add(path.parent)
    for folder in folders:
        synced(folder)


def sweep(home: Home, engine: Engine) -> int:
    """Clear away what no import needs: return how many files; waits for an import that is running."""
    folder = folder_of(home)
    with importing(folder) as lock:
        return swept(folder, engine, lock)


def swept(folder: Path, engine: Engine, lock: BinaryIO) -> int:
    """Clear away what a killed import left and, if nobody reads, what was superseded; return how many."""
    count = 0
    if mark := noted(lock):
        count += _unlinked(_unnamed(folder, engine, mark))
        ended(lock)
    with _alone(folder) as is_alone:
        if is_alone:
            count += _forgotten(folder, engine)
    for spill in folder.glob(f"{SPILL}*"):
        if is_left_behind(spill):
            shutil.rmtree(spill, ignore_errors=True)
    return count


def cleared(folder: Path, engine: Engine) -> int:
    """Clear away what was superseded when nobody reads any more, however long that takes; return how many."""
    with _lock(folder / READING) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _forgotten(folder, engine)


def _unnamed(folder: Path, engine: Engine, mark: str) -> list[Path]:
    """Return the files of an import that the database does not name: those of one that did not end."""
    found = sorted(folder.glob(f"*/*-{mark}{SUFFIX}"))
    with reading(engine) as session:
        named = set(session.exec(select(IntervalFile.name).where(col(IntervalFile.name).contains(mark))))
    return [path for path in found if path.relative_to(folder).as_posix() not in named]


def _forgotten(folder: Path, engine: Engine) -> int:
    """Clear away files that were superseded; the database names them until they are gone."""
    superseded = col(IntervalFile.superseded_by).is_not(None)
    with reading(engine) as session:
        names = list(session.exec(select(IntervalFile.name).where(superseded)))
    count = _unlinked([folder / name for name in names])
    if names:
        with writing(engine) as session:
            session.execute(delete(IntervalFile).where(superseded))
    return count


def _unlinked(paths: Iterable[Path]) -> int:
    count = 0
    for path in paths:
        path.unlink(missing_ok=True)
        count += 1
    return count
