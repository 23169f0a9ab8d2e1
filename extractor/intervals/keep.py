"""An import: all readings of a file are taken in, or none.

The readings are gathered and compared first, then new Parquet files are written, and all of it is on
disk before one transaction names them: that transaction is the import. Killed before it, nothing was
imported; what lies about is cleared away by a later import. The newest import of an interval counts.

    given = format.read(file, name)
    imported = import_(home, engine, given, Source(sha256, format.NAME, format.REVISION, now))
    imported.added, imported.changed, imported.same  # 2880, 0, 96
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from duckdb import DuckDBPyConnection
from sqlalchemy import Engine, func, update
from sqlmodel import Session, col, select

from extractor.base.database import add_many, reading, writing
from extractor.base.errors import BillclerkError
from extractor.home import Home
from extractor.intervals import files
from extractor.intervals.duck import cursor
from extractor.intervals.given import Account, Given, Problem, Series
from extractor.intervals.merge import FRESH, Place, Written, merged, places
from extractor.intervals.staged import Staged, bucket_of
from extractor.store.metered import IntervalFile, IntervalImport, IntervalSeries, UsagePointAccount
from extractor.store.usage_points import plain

AT_ONCE = 300
"""Values that one statement asks for."""


class OvertakenError(BillclerkError):
    """Another import came in between though this one held the folder; run it again, nothing was imported."""


@dataclass(frozen=True)
class Source:
    """Which file is imported, and what reads it."""

    sha256: str
    format: str
    """The format's name, and what else its reading depends on: the columns that a person confirmed."""
    revision: int
    at: dt.datetime


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
        OvertakenError: if the lock of imports does not hold here, as on some network shares.
    """
    folder = files.folder_of(home)
    if before := _before(engine, source):
        return before
    with cursor(folder) as duck:
        staged = Staged(duck)
        staged.gather(given)
        if staged.is_refused:
            return Imported(None, problems=tuple(staged.problems))
        with files.importing(folder) as lock:
            _clear(folder, engine, lock)
            mark = files.begun(lock)
            done = _before(engine, source) or _imported(folder, engine, staged, source, mark)
            files.ended(lock)
            return done


def _before(engine: Engine, source: Source) -> Imported | None:
    """Return what an earlier import of the same file by the same reader did."""
    asked = select(IntervalImport).where(
        IntervalImport.sha256 == source.sha256,
        IntervalImport.format == source.format,
        IntervalImport.revision == source.revision,
    )
    with reading(engine) as session:
        row = session.exec(asked).one_or_none()
    if row is None:
        return None
    return Imported(row.id, same=row.added + row.changed + row.same, is_repeat=True)


def _clear(folder: Path, engine: Engine, lock: BinaryIO) -> None:
    """Clear away what a killed import left, and superseded files when there are many."""
    with reading(engine) as session:
        asked = select(func.count()).where(col(IntervalFile.superseded_by).is_not(None))
        superseded = session.exec(asked).one()
    if files.noted(lock) or superseded >= files.HELD_BACK:
        files.swept(folder, engine, lock)


@dataclass(frozen=True)
class _Before:
    """What the database has when an import begins."""

    imports: int
    series: Mapping[str, int]
    """Numbers by key, of those that the file has readings of."""
    most: int
    """The greatest number of a series."""
    held: Mapping[Place, IntervalFile]


def _imported(folder: Path, engine: Engine, staged: Staged, source: Source, mark: str) -> Imported:
    with reading(engine) as session:
        before = _state(session, staged)
    number = before.imports + 1
    numbers = _numbered(staged, before)
    _number_readings(staged.duck, staged, numbers)
    told = places(staged.duck)
    total, contradicted = (sum(getattr(one, name) for one in told) for name in ("intervals", "contradicted"))
    held = {place: folder / file.name for place, file in before.held.items()}
    written: list[Written] = []
    try:
        written.extend(merged(staged.duck, folder, [one.place for one in told], held, number, mark))
        files.on_disk([one.path for one in written])
    except BaseException:
        for path in folder.glob(f"*/*-{mark}.parquet"):
            path.unlink(missing_ok=True)
        raise
    added, changed = (sum(getattr(one, name) for one in written) for name in ("added", "changed"))
    done = Imported(
        number, added, changed, total - added - changed, contradicted, problems=tuple(staged.problems)
    )
    with writing(engine) as session:
        _commit(session, folder, done, before, numbers, staged, source, written)
    return done


def _state(session: Session, staged: Staged) -> _Before:
    keys, series = list(staged.series), dict[str, int]()
    for first in range(0, len(keys), AT_ONCE):
        asked = select(IntervalSeries).where(col(IntervalSeries.key).in_(keys[first : first + AT_ONCE]))
        series.update({row.key: row.id for row in session.exec(asked)})
    return _Before(
        imports=session.exec(select(func.coalesce(func.max(IntervalImport.id), 0))).one(),
        series=series,
        most=session.exec(select(func.coalesce(func.max(IntervalSeries.id), 0))).one(),
        held=_held(session, staged),
    )


def _held(session: Session, staged: Staged) -> dict[Place, IntervalFile]:
    """Return the files that count, of the months and buckets that a file has readings of."""
    buckets = {bucket_of(series) for _, series in staged.series.values()}
    asked = select(IntervalFile).where(
        col(IntervalFile.superseded_by).is_(None),
        col(IntervalFile.month).between(min(staged.months, default=0), max(staged.months, default=0)),
        col(IntervalFile.bucket).in_(buckets),
    )
    return {(row.month, row.bucket): row for row in session.exec(asked)}


def _numbered(staged: Staged, before: _Before) -> dict[str, int]:
    """Return the number of each series, the next ones for those that are new."""
    new = (key for key in staged.series if key not in before.series)
    return {**before.series, **{key: before.most + at for at, key in enumerate(new, 1)}}


def _number_readings(duck: DuckDBPyConnection, staged: Staged, numbers: Mapping[str, int]) -> None:
    rows = [(at, numbers[key], bucket_of(series)) for key, (at, series) in staged.series.items()]
    gathered, number, bucket = (np.array([row[at] for row in rows], dtype=np.int32) for at in range(3))
    duck.register("known", {"gathered": gathered, "id": number, "bucket": bucket})
    duck.execute(FRESH)
    duck.unregister("known")
    duck.execute("DROP TABLE given")


def _commit(
    session: Session,
    folder: Path,
    done: Imported,
    before: _Before,
    numbers: Mapping[str, int],
    staged: Staged,
    source: Source,
    written: Sequence[Written],
) -> None:
    """Name in the database what was written: the import happens, or does not."""
    if session.exec(select(func.coalesce(func.max(IntervalImport.id), 0))).one() != before.imports:
        raise OvertakenError("another import came in between; run it again")
    assert done.number is not None  # it was not refused
    session.add(
        IntervalImport(
            id=done.number,
            sha256=source.sha256,
            format=source.format,
            revision=source.revision,
            at=source.at,
            added=done.added,
            changed=done.changed,
            same=done.same,
            is_confirmed=staged.is_confirmed,
        )
    )
    session.flush()
    _add_series(session, staged, before, numbers)
    _add_links(session, staged.links, done.number, source.at)
    replaced = [before.held[one.place].id for one in written if one.place in before.held]
    for first in range(0, len(replaced), AT_ONCE):
        part = col(IntervalFile.id).in_(replaced[first : first + AT_ONCE])
        session.execute(update(IntervalFile).where(part).values(superseded_by=done.number))
    rows = [
        {
            "name": one.path.relative_to(folder).as_posix(),
            "month": one.place[0],
            "bucket": one.place[1],
            "rows": one.rows,
            "sha256": one.sha256,
            "import_id": done.number,
        }
        for one in written
    ]
    if rows:
        add_many(session, IntervalFile, rows)


def _add_series(session: Session, staged: Staged, before: _Before, numbers: Mapping[str, int]) -> None:
    new = [
        _series_row(numbers[key], key, series)
        for key, (_, series) in staged.series.items()
        if key not in before.series
    ]
    if new:
        add_many(session, IntervalSeries, new)


def _series_row(number: int, key: str, series: Series) -> dict[str, object]:
    return {
        "id": number,
        "key": key,
        "channel": series.channel,
        "unit": series.unit,
        "service_account": plain(series.service_account) if series.service_account else None,
        "usage_point": series.usage_point,
        "meter": series.meter,
        "bucket": bucket_of(series),
    }


def _add_links(session: Session, links: Sequence[Account], number: int, at: dt.datetime) -> None:
    """Keep what a feed says of usage points that no feed said before."""
    for link in dict.fromkeys(links):
        said = select(UsagePointAccount.id).where(
            UsagePointAccount.usage_point == link.usage_point,
            *(
                col(getattr(UsagePointAccount, name)).is_not_distinct_from(getattr(link, name))
                for name in ("service_account", "customer_account", "meter", "address")
            ),
            col(UsagePointAccount.who).is_(None),
        )
        if session.exec(said).first() is None:
            evidence = f"a feed, import {number}"
            session.add(UsagePointAccount(**link._asdict(), evidence=evidence, import_id=number, at=at))
    session.flush()


def confirm(session: Session, number: int) -> None:
    """Keep that a person confirmed what the columns of an import mean."""
    session.get_one(IntervalImport, number).is_confirmed = True
