"""An import: all readings of a file are taken in, or none.

The readings are gathered and compared first, then new Parquet files are written, and all of it is on
disk before one transaction names them: that transaction is the import. Killed before it, nothing was
imported; what lies about is cleared away by a later import. The newest import of an interval counts.

    given = format.read(file, name)
    imported = import_(home, engine, given, Source(sha256, format.NAME, format.REVISION, now))
    imported.added, imported.changed, imported.same  # 2880, 0, 96
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from duckdb import DuckDBPyConnection
from sqlalchemy import Engine
from sqlmodel import Session, select

from extractor.base.database import reading, writing
from extractor.home import Home
from extractor.intervals.given import Given, Problem
from extractor.intervals.held import files
from extractor.intervals.held.duck import cursor
from extractor.intervals.held.merge import FRESH, Written, merged, places
from extractor.intervals.held.naming import Made, Source, State, name, state_of
from extractor.intervals.held.proven import proven
from extractor.intervals.held.staged import Staged, bucket_of
from extractor.intervals.held.told import spans
from extractor.store.metered import IntervalImport

__all__ = ["Imported", "Source", "import_"]


@dataclass(frozen=True)
class Imported:
    """What an import did."""

    number: int | None
    """None if nothing was imported, as something is wrong with the file."""
    added: int = 0
    changed: int = 0
    same: int = 0
    contradicted: int = 0
    """Intervals of which the file itself has several values; the last one counts."""
    is_repeat: bool = False
    """Whether the same file was imported before; nothing was changed then."""
    problems: tuple[Problem, ...] = ()


def import_(home: Home, engine: Engine, given: Iterable[Given], source: Source) -> Imported:
    """Import what a reader gives of a file; a file that was imported before is not read.

    Raises:
        OSError: if the disk is full, for one; nothing is imported then.
        DamagedReadingsError: if a file that is to get another in its place is not what was written.
        OvertakenError: if the lock of imports does not hold here, as on some network shares.
    """
    folder = files.folder_of(home)
    with reading(engine) as session:
        if before := _before(session, source):
            return before
    with cursor(folder) as duck:
        staged = Staged(duck)
        staged.gather(given)
        if staged.is_refused:
            return Imported(None, problems=tuple(staged.problems))
        with files.importing(folder) as lock:
            if files.noted(lock):  # the last one was killed
                files.swept(folder, engine, lock)
            with reading(engine) as session:
                if before := _before(session, source):
                    return before
                state = state_of(session, staged)
            done = _imported(folder, engine, staged, state, source, files.begun(lock))
            files.ended(lock)
            if state.superseded >= files.HELD_BACK:
                files.swept(folder, engine, lock)
            return done


def _before(session: Session, source: Source) -> Imported | None:
    """Return what an earlier import of the same file by the same reader did."""
    asked = select(IntervalImport).where(
        IntervalImport.sha256 == source.sha256,
        IntervalImport.format == source.format,
        IntervalImport.revision == source.revision,
    )
    row = session.exec(asked).one_or_none()
    if row is None:
        return None
    return Imported(row.id, same=row.added + row.changed + row.same, is_repeat=True)


def _imported(
    folder: Path, engine: Engine, staged: Staged, state: State, source: Source, mark: str
) -> Imported:
    number = state.imports + 1
    numbers = state.numbered(staged.series)
    _number_readings(staged.duck, staged, numbers)
    told = places(staged.duck)
    total, contradicted = (sum(getattr(one, name) for one in told) for name in ("intervals", "contradicted"))
    before = {one.place: state.held[one.place] for one in told if one.place in state.held}
    held = dict(zip(before, proven(folder, ((one.name, one.sha256) for one in before.values())), strict=True))
    written: list[Written] = []
    try:
        written.extend(merged(staged.duck, folder, [one.place for one in told], held, number, mark))
        files.on_disk([one.path for one in written])
    except BaseException:
        for path in folder.glob(f"*/*-{mark}.parquet"):
            path.unlink(missing_ok=True)
        raise
    added, changed = (sum(getattr(one, name) for one in written) for name in ("added", "changed"))
    same = total - added - changed
    made = Made(number, added, changed, same, numbers, tuple(written), tuple(spans(staged.duck)))
    with writing(engine) as session:
        name(session, folder, state, staged, source, made)
    return Imported(
        number, added, changed, made.same, contradicted=contradicted, problems=tuple(staged.problems)
    )


def _number_readings(duck: DuckDBPyConnection, staged: Staged, numbers: Mapping[str, int]) -> None:
    rows = [(at, numbers[key], bucket_of(series)) for key, (at, series) in staged.series.items()]
    gathered, number, bucket = (np.array([row[at] for row in rows], dtype=np.int32) for at in range(3))
    duck.register("known", {"gathered": gathered, "id": number, "bucket": bucket})
    duck.execute(FRESH)
    duck.unregister("known")
    duck.execute("DROP TABLE given")
