"""Interval files among what is taken in: kept like bills, their readings imported into the interval store.

The import is done before the document is kept: killed between the two, it is done again, finds that all
readings are there already, and the document is kept then.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session

from extractor.base.database import glancing, writing
from extractor.base.errors import BillclerkError
from extractor.home import Home
from extractor.intake.claims import Look
from extractor.intake.filing import shown
from extractor.intervals.formats import UnreadableIntervalsError
from extractor.intervals.taken.chosen import may_be_a_table, may_be_intervals
from extractor.intervals.taken.reading import Reader
from extractor.intervals.taken.take import File, Taken, asked_again, take
from extractor.intervals.taken.told import concerns
from extractor.model import Status
from extractor.originals import kept, place_by_hash
from extractor.pages.files import file_bytes
from extractor.pages.limits import ChildError, ChildFaultError, ChildTimeoutError, Limits
from extractor.store.documents import Arrival, met
from extractor.store.documents import take as take_document

KIND = "intervals"
"""What documents of interval data are kept as."""

BRIEF_SECONDS, BRIEF_PATIENCE = 60, 120.0
"""Processor and other seconds that a file of the inbox may take, for others wait: 100 MB take fifteen."""


class ErasedError(BillclerkError):
    """The file was erased for a customer who left, and is not taken again."""

    exit_code = 3


def brief(limits: Limits) -> Limits:
    """Return limits for a file that others wait for."""
    return replace(
        limits,
        cpu_seconds=min(limits.cpu_seconds, BRIEF_SECONDS),
        wall_seconds=min(limits.wall_seconds, BRIEF_PATIENCE),
    )


@dataclass(frozen=True)
class IntervalFiles:
    """Claims interval files in the inbox, and imports them."""

    home: Home
    engine: Engine
    reader: Reader
    now: Callable[[], dt.datetime]
    kind: str = KIND

    def claims(self, name: str, head: bytes) -> bool:
        """Tell by its name and its first bytes whether a file is one."""
        return may_be_intervals(name, head) or may_be_a_table(name)

    def claims_whole(self, name: str, data: bytes) -> bool:
        """Tell that a file is one that its name or its first bytes make one."""
        return True

    def look(self, original: Path, arrival: Arrival, changed_at: int | None) -> Look:
        """Import a file."""
        written = None if changed_at is None else written_at(changed_at)
        file = File(original, arrival.name, arrival.sha256, written=written)
        try:
            taken = take(self.home, self.engine, self.reader, file, self.now())
        except ChildTimeoutError:
            said = "it takes longer to read than a file of the inbox may; use `billclerk intervals import`"
            return Look(Status.UNREADABLE, (said,))
        except ChildFaultError:
            raise
        except (UnreadableIntervalsError, ChildError) as error:
            return Look(Status.UNREADABLE, (str(error),))
        return _look(taken)


def _look(taken: Taken) -> Look:
    """Return what a file is; whose it is may be known when the bills are kept that came with it."""
    said = tuple(concerns(taken))
    if taken.is_refused:
        return Look(Status.UNREADABLE, said)
    is_open = bool(taken.unheard or taken.astray)
    again = partial(_look_again, taken) if is_open else None
    return Look(Status.REVIEW if said else Status.VERIFIED, said, again=again)


def _look_again(taken: Taken, session: Session) -> Look:
    return replace(_look(asked_again(session, taken)), again=partial(_look_again, taken))


def written_at(changed_at: int) -> dt.datetime:
    """Return when a file was changed last, from nanoseconds since 1970."""
    return dt.datetime.fromtimestamp(changed_at // 1_000_000_000, dt.UTC)


def _changed(path: Path) -> dt.datetime | None:
    """Return when a file was changed last; None where it is gone meanwhile."""
    try:
        return written_at(path.stat().st_mtime_ns)
    except OSError:
        return None


def take_in_place(
    home: Home,
    engine: Engine,
    reader: Reader,
    path: Path,
    max_bytes: int,
    at: dt.datetime,
    service_account: str | None = None,
) -> Taken:
    """Import a file and keep it, and leave it where it is; one that is refused is not kept.

    Raises:
        UnreadableFileError: if it may not be read, or has more than `max_bytes`.
        UnreadableIntervalsError: if nothing of it may be taken.
        ErasedError: if it was erased before.
        ChildError: if it breaks a limit, or we are at fault.
        OSError: if it cannot be kept, the disk being full for one.
    """
    data = file_bytes(path, max_bytes)
    sha256 = hashlib.sha256(data).hexdigest()
    with glancing(engine) as connection:
        there = met(connection, sha256)
    if there.erased_at is not None:
        raise ErasedError(f"erased on {there.erased_at:%Y-%m-%d}; it is not taken again")
    was_kept = place_by_hash(home.originals, sha256) is not None
    original = kept(home.originals, data)
    arrival = Arrival(sha256, shown(path.name), len(data), came_by="import", kind=KIND)
    del data
    file = File(original, arrival.name, sha256, service_account, _changed(path))
    try:
        taken = take(home, engine, reader, file, at)
    except BillclerkError:
        if not was_kept:
            original.unlink()
        raise
    if not taken.is_refused:
        with writing(engine) as session:
            take_document(session, arrival, at)
    elif not was_kept:
        original.unlink()
    return taken
