"""A file of the inbox that is held: open, locked, and what is in it."""

from __future__ import annotations

import errno
import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from extractor.intake.claims import Look, Origin, OtherKind, Unpacker
from extractor.model import ReadResult, Status
from extractor.store.documents import Arrival

State = tuple[int, int, int, int]
"""What tells a file from one that takes its place: device, number, size and time of change."""


@dataclass
class Item:
    """A file that may be a bill: one of the inbox, or one inside it."""

    arrival: Arrival
    original: Path
    results: list[ReadResult] | None = None
    """What is read of it, None as long as it is not."""
    records: list[str] | None = None
    """The same as JSON."""
    unkept: bytes | None = field(default=None, repr=False)
    """Its bytes, if they are yet to be kept."""
    is_known: bool = False
    kind: OtherKind | None = None
    """Who claims it, if it is of another kind than bills."""
    look: Look | None = None
    """What that made of it."""


@dataclass
class Held:
    """A file of the inbox, locked, and what is in it."""

    path: Path
    file: BinaryIO
    arrival: Arrival
    original: Path
    changed_at: int
    """When it was changed last before it was read, in nanoseconds."""
    unkept: bytes | None = field(default=None, repr=False)
    """Its bytes, if they are yet to be kept."""
    unpacker: Unpacker | None = None
    """Who claims it, if it holds others."""
    kind: OtherKind | None = None
    """Who claims it, if it is of another kind than bills."""
    items: list[Item] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def __hash__(self) -> int:
        """Each is its own."""
        return id(self)

    @property
    def is_read(self) -> bool:
        """Whether all in it is read."""
        return all(item.results is not None for item in self.items)

    @property
    def looks(self) -> list[Look]:
        """What was made of all in it that is of another kind than bills."""
        return [item.look for item in self.items if item.look is not None]

    @property
    def statuses(self) -> set[Status]:
        """What became of all in it."""
        return {result.status for result in self.results} | {look.status for look in self.looks}

    @property
    def results(self) -> list[ReadResult]:
        """All that was read in it."""
        return [result for item in self.items for result in item.results or ()]


def arrival_of(name: str, data: bytes, origin: Origin, kind: str) -> Arrival:
    """Return how a file came, with its hash."""
    return Arrival(
        sha256=hashlib.sha256(data).hexdigest(),
        name=name,
        size=len(data),
        came_by=origin.came_by,
        kind=kind,
        sender=origin.sender,
        subject=origin.subject,
        message_id=origin.message_id,
    )


def opened(path: Path) -> BinaryIO | None:
    """Open a file of the inbox; None where there is none, or it is hidden or a link."""
    if path.name.startswith("."):
        return None
    try:
        return os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW), "rb", buffering=0)
    except (FileNotFoundError, IsADirectoryError):
        return None
    except OSError as error:
        if error.errno == errno.ELOOP:  # a link
            return None
        raise


def state_of(path: Path) -> State | None:
    """Return what tells a file now, None where it is gone."""
    try:
        status = path.stat(follow_symlinks=False)
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def is_still(held: Held) -> bool:
    """Tell whether the file in the inbox is the one that was read."""
    try:
        now, then = held.path.stat(), os.fstat(held.file.fileno())
    except FileNotFoundError:
        return False
    same = (now.st_ino, now.st_dev, now.st_mtime_ns) == (then.st_ino, then.st_dev, held.changed_at)
    return same and now.st_size == held.arrival.size
