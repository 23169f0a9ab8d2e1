"""How a home is: whether a watch is alive, what waits, what is left of the disk, how old the backup is.

critical   nobody watches though files wait; nothing can be kept; less than 1 GB is left on the disk
warning    files wait for more than a quarter of an hour; less than 5 GB is left; no backup for 26 hours
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Engine, func
from sqlmodel import col, select

from extractor.base.database import reading
from extractor.home import Home
from extractor.intake.watch import files_in
from extractor.store.account_questions import account_questions
from extractor.store.questions import questions
from extractor.store.tables import Bill, CurrentReading, Document
from extractor.upkeep.heartbeat import Beat, last_beat

Level = Literal["ok", "warning", "critical"]
LEVELS: tuple[Level, ...] = ("ok", "warning", "critical")
"""Each one's place is the exit status of `status --check`."""

DEAD_SECONDS = 120.0
"""Without a sign of life for so long a watch is taken for dead; it beats every ten seconds."""

LATE_SECONDS = 900.0
SCARCE_BYTES, FEW_BYTES = 5_000_000_000, 1_000_000_000
OLD_BACKUP = dt.timedelta(hours=26)


@dataclass(frozen=True)
class Health:
    """What is known of a home at a moment."""

    at: dt.datetime
    beat: Beat | None
    waiting: int
    """Files in the inbox."""
    oldest_seconds: float
    """Age of the oldest of them."""
    free_bytes: int
    documents: int
    states: dict[str, int]
    """Current bills by what the program says of them."""
    questions: int
    last_taken_at: dt.datetime | None
    backup_at: dt.datetime | None
    since_backup: int = 0
    """Documents that were taken after the last backup: a lost disk would take them."""
    others: tuple[tuple[Level, str], ...] = ()
    """What other parts say that somebody should look at."""

    @property
    def is_watched(self) -> bool:
        """Whether a watch was alive lately."""
        return self.beat is not None and (self.at - self.beat.at).total_seconds() < DEAD_SECONDS

    def concerns(self) -> Iterator[tuple[Level, str]]:
        """Give what somebody should look at."""
        if not self.is_watched:
            level: Level = "critical" if self.waiting else "warning"
            yield level, f"nobody watches the inbox, {self.waiting} files wait"
        if self.is_watched and self.beat is not None and self.beat.trouble:
            yield "critical", f"nothing can be kept: {self.beat.trouble}"
        if self.is_watched and self.waiting and self.oldest_seconds > LATE_SECONDS:
            yield "warning", f"{self.waiting} files wait, the oldest for {self.oldest_seconds / 60:.0f} min"
        if self.free_bytes < SCARCE_BYTES:
            level = "critical" if self.free_bytes < FEW_BYTES else "warning"
            yield level, f"{self.free_bytes / 1e9:.1f} GB are left on the disk"
        if self.backup_at is None:
            yield "warning", "there is no backup"
        elif self.at - self.backup_at > OLD_BACKUP:
            hours = (self.at - self.backup_at).total_seconds() / 3600
            yield "warning", f"the last backup is {hours:.0f} hours old"
        yield from self.others

    @property
    def level(self) -> Level:
        """The worst of all concerns."""
        return max((level for level, _ in self.concerns()), key=LEVELS.index, default="ok")


def health(home: Home, engine: Engine, at: dt.datetime, with_questions: bool = True) -> Health:
    """Return how a home is at a moment; questions cost more than all else, and no concern is about them."""
    backup_at = last_backup(home)
    ages = [at.timestamp() - state[2] / 1e9 for _, state in files_in(home.inbox)]
    with reading(engine) as session:
        documents, last = session.execute(select(func.count(), func.max(Document.taken_at))).one()
        counted = session.execute(
            select(Bill.status, func.count())
            .join(CurrentReading, col(CurrentReading.effective_id) == col(Bill.reading_id))
            .group_by(Bill.status)
        )
        states = {str(status): count for status, count in counted}
        newer = [] if backup_at is None else [col(Document.taken_at) > backup_at]
        since = session.execute(select(func.count()).select_from(Document).where(*newer)).scalar_one()
        asking = (questions, account_questions) if with_questions else ()
        asked = sum(1 for each in asking for _ in each(session))
    return Health(
        at=at,
        beat=last_beat(home),
        waiting=len(ages),
        oldest_seconds=max(ages, default=0.0),
        free_bytes=shutil.disk_usage(home.path).free,
        documents=documents,
        states=states,
        questions=asked,
        last_taken_at=last,
        backup_at=backup_at,
        since_backup=since,
    )


def last_backup(home: Home) -> dt.datetime | None:
    """Return when a home was last backed up, None if it never was."""
    try:
        said = json.loads((home.last_backup).read_text("utf-8"))
        return dt.datetime.fromisoformat(said["at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
