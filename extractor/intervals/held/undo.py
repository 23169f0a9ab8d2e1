"""An import taken back: its readings are gone, and what they had replaced counts again.

    undone = undo(home, engine, 12, Saying("Pat", "it is another meter's", now))
    undone.series[0].count.gone, undone.series[0].count.back, undone.series[0].count.stay  # 2784, 96, 0

All is then as if the file had never been imported. Files that hold any of the readings are written anew, and
one transaction names them: that transaction takes the import back. Killed before it, nothing was taken back.
The file itself stays among the originals, and importing it once more is a new import.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from duckdb import DuckDBPyConnection
from sqlalchemy import Engine, delete
from sqlmodel import Session, col, select

from extractor.base.database import reading, writing
from extractor.home import Home
from extractor.intervals import clock
from extractor.intervals.held import files, months
from extractor.intervals.held.duck import cursor
from extractor.intervals.held.unmerge import Count, Rewritten, counted, rewritten, told_later
from extractor.intervals.held.whose import Owned, everything
from extractor.store.mappings import taken_back
from extractor.store.metered import (
    BillingSummary,
    IntervalAgain,
    IntervalFile,
    IntervalImport,
    IntervalSeries,
    IntervalSpan,
    IntervalUndo,
    UsagePointAccount,
)
from extractor.store.neighbours import parts
from extractor.store.said import NotKeptError, Saying


@dataclass(frozen=True)
class OfSeries:
    """What becomes of the readings of one series that the import brought and that count."""

    series: Owned
    count: Count


@dataclass(frozen=True)
class Undone:
    """What taking an import back does, or would do."""

    number: int
    series: tuple[OfSeries, ...]
    links: int
    """Usage points of which it said the service account; that is forgotten."""


@dataclass(frozen=True)
class _Plan:
    """What the database has of an import."""

    row: IntervalImport
    spans: Sequence[IntervalSpan]
    held: Sequence[IntervalFile]
    """Files that may hold any of its readings."""
    owned: dict[int, Owned]
    """Its series, by their numbers."""
    links: int


def undo(home: Home, engine: Engine, number: int, saying: Saying) -> Undone:
    """Take an import back, all of it or nothing.

    Raises:
        NotKeptError: if there is no such import, it was taken back before, or nobody says why.
        OSError: as the system says, the disk being full for one; nothing is taken back then.
    """
    if not saying.who.strip() or not saying.why.strip():
        raise NotKeptError("say --who you are and --why it is taken back: both are kept")
    folder = files.folder_of(home)
    with files.importing(folder) as lock:
        if files.noted(lock):  # the last one was killed
            files.swept(folder, engine, lock)
        with _asked(folder, engine, number) as (duck, plan):
            mark = files.begun(lock)
            try:
                done, new = _rewritten(duck, folder, plan, mark)
                files.on_disk([one.path for one in new if one.path is not None])
            except BaseException:
                for path in folder.glob(f"*/*-{mark}{files.SUFFIX}"):
                    path.unlink(missing_ok=True)
                files.ended(lock)
                raise
        with writing(engine) as session:
            _name(session, folder, plan, new, saying)
        files.ended(lock)
        files.swept(folder, engine, lock)
    return done


def to_be_undone(home: Home, engine: Engine, number: int) -> Undone:
    """Return what taking an import back would do; nothing is changed.

    Raises:
        NotKeptError: if there is no such import, or it was taken back before.
    """
    folder = files.folder_of(home)
    with files.shared(folder), _asked(folder, engine, number) as (duck, plan):
        return _undone(plan, [one for row in plan.held for one in counted(duck, folder, row, number)])


@contextmanager
def _asked(folder: Path, engine: Engine, number: int) -> Iterator[tuple[DuckDBPyConnection, _Plan]]:
    """Give DuckDB, and what the database has of an import."""
    with reading(engine) as session:
        plan = _plan(session, number)
        later = list(_later(session, plan.owned, number))
    with cursor(folder) as duck:
        told_later(duck, later)
        yield duck, plan


def _plan(session: Session, number: int) -> _Plan:
    row = session.get(IntervalImport, number)
    if row is None:
        raise NotKeptError(f"there is no import {number}; `billclerk intervals imports` lists them")
    if before := session.get(IntervalUndo, number):
        on = clock.local(int(before.at.timestamp())).date()
        raise NotKeptError(f"import {number} was taken back on {on} by {before.who}")
    spans = session.exec(select(IntervalSpan).where(IntervalSpan.import_id == number)).all()
    told = {one.series for one in spans}
    owned = {one.stored: one for one in everything(session).series if one.stored in told}
    links = session.exec(select(UsagePointAccount).where(UsagePointAccount.import_id == number)).all()
    return _Plan(row, spans, list(_files(session, owned, spans)), owned, len(links))


def _later(session: Session, series: Iterable[int], number: int) -> Iterator[tuple[int, int, int, int]]:
    """Give the spans of some series that later imports told of."""
    for part in parts(sorted(series)):
        asked = select(IntervalSpan).where(
            col(IntervalSpan.series).in_(part), col(IntervalSpan.import_id) > number
        )
        for one in session.exec(asked):
            yield one.series, one.begin, one.end, one.import_id


def _files(
    session: Session, owned: dict[int, Owned], spans: Iterable[IntervalSpan]
) -> Iterator[IntervalFile]:
    """Give the files that count, of the months of some spans and the buckets of their series."""
    within: set[int] = set()
    for one in spans:
        within.update(months.between(clock.local(one.begin).date(), clock.local(one.end - 1).date()))
    buckets = {one.bucket for one in owned.values()}
    asked = select(IntervalFile).where(
        col(IntervalFile.superseded_by).is_(None), col(IntervalFile.bucket).in_(buckets)
    )
    yield from (row for row in session.exec(asked) if row.month in within)


def _rewritten(
    duck: DuckDBPyConnection, folder: Path, plan: _Plan, mark: str
) -> tuple[Undone, list[Rewritten]]:
    """Write the files that hold any of the import's readings anew without them."""
    found: list[Count] = []
    new: list[Rewritten] = []
    for row in plan.held:
        if counts := counted(duck, folder, row, plan.row.id):
            found += counts
            new.append(rewritten(duck, folder, row, plan.row.id, mark))
    return _undone(plan, found), new


def _undone(plan: _Plan, found: Iterable[Count]) -> Undone:
    """Add up what becomes of each series, file by file."""
    totals: dict[int, Count] = {}
    for one in found:
        so_far = totals.get(one.series, Count(one.series, one.begin, one.end, 0, 0, 0))
        totals[one.series] = Count(
            one.series,
            min(one.begin, so_far.begin),
            max(one.end, so_far.end),
            *(sum(pair) for pair in zip(one[3:], so_far[3:], strict=True)),
        )
    series = (OfSeries(plan.owned[number], count) for number, count in sorted(totals.items()))
    return Undone(plan.row.id, tuple(series), plan.links)


def _name(session: Session, folder: Path, plan: _Plan, new: Iterable[Rewritten], saying: Saying) -> None:
    """Name in the database what was written: the import is taken back, or is not."""
    for one in new:
        _replace(session, folder, one)
    session.execute(delete(IntervalSpan).where(col(IntervalSpan.import_id) == plan.row.id))
    for part in parts(sorted(plan.owned)):
        others = set(session.exec(select(IntervalSpan.series).where(col(IntervalSpan.series).in_(part))))
        session.execute(delete(IntervalSeries).where(col(IntervalSeries.id).in_(set(part) - others)))
    for table in (UsagePointAccount, BillingSummary, IntervalAgain):
        session.execute(delete(table).where(col(table.import_id) == plan.row.id))
    row = session.get_one(IntervalImport, plan.row.id)
    row.format = taken_back(row.format, row.id)
    session.add(_undo_row(plan, saying))


def _replace(session: Session, folder: Path, one: Rewritten) -> None:
    """Have a file superseded by the one without the readings, if anything was left."""
    old = session.get_one(IntervalFile, one.old.id)
    old.superseded_by = old.import_id
    if one.path is not None:
        session.add(
            IntervalFile(
                name=one.path.relative_to(folder).as_posix(),
                month=old.month,
                bucket=old.bucket,
                rows=one.rows,
                sha256=one.sha256,
                import_id=old.import_id,
            )
        )


def _undo_row(plan: _Plan, saying: Saying) -> IntervalUndo:
    accounts = {one.service_account for one in plan.owned.values() if one.service_account}
    return IntervalUndo(
        import_id=plan.row.id,
        accounts=" ".join(sorted(accounts)),
        first=min((one.begin for one in plan.spans), default=None),
        last=max((one.end for one in plan.spans), default=None),
        who=saying.who,
        why=saying.why,
        at=saying.at,
    )
