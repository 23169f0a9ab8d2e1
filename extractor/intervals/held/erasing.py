"""Readings of some service accounts erased for good: no version of them stays, others' stay as they are.

    with erasing(home, engine) as eraser:
        with writing(engine) as session:
            eraser.erase(session, holdings(session, accounts))

Files hold many accounts' readings: each that holds any of these is written anew without them, named in the
same transaction that forgets the names, and the old one removed as soon as nobody reads it any more.
Imports wait meanwhile. Killed before the transaction, nothing was erased; after it, the next import or
erasing removes what lies about.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from duckdb import DuckDBPyConnection
from sqlalchemy import Engine, delete
from sqlmodel import Session, col, select

from extractor.home import Home
from extractor.intervals.formats import account_in_name
from extractor.intervals.held import files
from extractor.intervals.held.duck import cursor, listed, quoted
from extractor.intervals.held.merge import AS_PARQUET
from extractor.intervals.held.proven import proven
from extractor.intervals.held.whose import Owned, everything
from extractor.store.metered import (
    BillingSummary,
    IntervalFile,
    IntervalImport,
    IntervalSeries,
    IntervalSpan,
    IntervalUndo,
    UsagePointAccount,
)
from extractor.store.neighbours import parts
from extractor.store.plain import plain
from extractor.store.tables import Document
from extractor.store.usage_points import Standing, standings

SAID = " as a person says"
"""What stands in an import's format where a person said whose the file is."""

OTHERS = "SELECT count(*), count(*) FILTER (series NOT IN ({numbers})) FROM {held}"

REST = (
    """
COPY (
    SELECT * FROM {held} WHERE series NOT IN ({numbers}) ORDER BY series, start, seconds, import_id
) TO {path} """
    + AS_PARQUET
)


@dataclass(frozen=True)
class Holdings:
    """What the store has of some service accounts."""

    accounts: frozenset[str]
    """Without hyphens."""
    series: tuple[Owned, ...] = ()
    documents: tuple[Document, ...] = ()
    """Interval files that tell of nobody else."""
    shared: tuple[Document, ...] = ()
    """Interval files that tell of others, too."""
    links: tuple[UsagePointAccount, ...] = ()
    """What is said of their usage points."""
    summaries: tuple[BillingSummary, ...] = ()
    """What feeds say was billed to them."""

    @property
    def metered(self) -> set[str]:
        """Return the accounts of which there are readings."""
        return {one.owner for one in self.series}


def holdings(session: Session, accounts: Iterable[str]) -> Holdings:
    """Return what the store has of some service accounts."""
    names = frozenset(plain(one) for one in accounts)
    series = tuple(one for one in everything(session).series if one.service_account in names)
    points = _points(session, {one.number for one in series})
    every = list(session.exec(select(UsagePointAccount).order_by(col(UsagePointAccount.id))))
    links = tuple(
        row for row in every if plain(row.service_account or "") in names or row.usage_point in points
    )
    billed = list(session.exec(select(BillingSummary).order_by(col(BillingSummary.id))))
    known = standings(session)
    summaries = tuple(row for row in billed if _is_of(row, known, names, points))
    imports = Told(links, every), Told(summaries, billed)
    his, others = _files(session, {one.number for one in series}, imports)
    taken_back, with_others = _taken_back(session, names)
    his, others = his | taken_back, others | with_others
    own, shared = _documents(session, his - others), _documents(session, his & others)
    refused = _refused(session, names)
    return Holdings(names, series, (*own, *refused), shared, links, summaries)


class Told(NamedTuple):
    """What of a table is told of some accounts, and all that is told of anybody."""

    his: Sequence[UsagePointAccount | BillingSummary]
    every: Sequence[UsagePointAccount | BillingSummary]


def _is_of(
    row: BillingSummary, known: Mapping[str, Standing], names: Collection[str], points: Collection[str]
) -> bool:
    """Tell whether a summary is of some accounts, or of what nobody else has and their usage points name."""
    standing = known.get(row.usage_point or "")
    owner = row.service_account or (standing.service_account if standing else None)
    return row.usage_point in points if owner is None else owner in names


def _points(session: Session, numbers: Collection[int]) -> set[str]:
    found: set[str] = set()
    for part in parts(sorted(numbers)):
        asked = select(IntervalSeries.usage_point).where(col(IntervalSeries.id).in_(part))
        found |= {one for one in session.exec(asked) if one}
    return found


def _files(session: Session, numbers: Collection[int], tables: Iterable[Told]) -> tuple[set[str], set[str]]:
    """Return the hashes of files that tell of some series or rows, and of those that tell of more."""
    his: set[int] = set()
    others: set[int] = set()
    for number, series in session.exec(select(IntervalSpan.import_id, IntervalSpan.series)):
        (his if series in numbers else others).add(number)
    for table in tables:
        mine_of = {row.id for row in table.his}
        for row in table.every:
            if row.import_id is not None:
                (his if row.id in mine_of else others).add(row.import_id)
    hashes = dict(session.exec(select(IntervalImport.id, IntervalImport.sha256)).all())
    mine, theirs = ({hashes[number] for number in each} for each in (his, others))
    return mine, theirs


def _taken_back(session: Session, names: frozenset[str]) -> tuple[set[str], set[str]]:
    """Return the hashes of files of some accounts whose imports were taken back, and of those of others.

    Where a person had said whose a file is, taking it back says that it is not.
    """
    his: set[str] = set()
    others: set[str] = set()
    asked = select(IntervalUndo.accounts, IntervalImport.sha256).join(
        IntervalImport, col(IntervalImport.id) == col(IntervalUndo.import_id)
    )
    for accounts, sha256 in session.exec(asked.where(~col(IntervalImport.format).contains(SAID))):
        told = set(accounts.split())
        his |= {sha256} if told & names else set()
        others |= {sha256} if told - names else set()
    return his, others


def _documents(session: Session, hashes: Collection[str]) -> tuple[Document, ...]:
    found: list[Document] = []
    for part in parts(sorted(hashes)):
        found += session.exec(select(Document).where(col(Document.sha256).in_(part)))
    return tuple(found)


def _refused(session: Session, accounts: Collection[str]) -> tuple[Document, ...]:
    """Return interval files that were kept and not imported, and name one of these accounts in their name."""
    imported = select(IntervalImport.sha256)
    asked = select(Document).where(Document.kind == "intervals", col(Document.sha256).not_in(imported))
    return tuple(one for one in session.exec(asked) if plain(account_in_name(one.name) or "") in accounts)


@contextmanager
def erasing(home: Home, engine: Engine) -> Iterator[Eraser]:
    """Hold imports off while readings are erased in a transaction; then remove the files that had them.

    Raises:
        OSError: as the system says; if the transaction was not kept, nothing was erased.
    """
    folder = files.folder_of(home)
    with files.importing(folder) as lock, cursor(folder) as duck:
        if files.noted(lock):  # the last one was killed
            files.swept(folder, engine, lock)
        eraser = Eraser(folder, duck, files.begun(lock))
        try:
            yield eraser
        except BaseException:
            for path in eraser.written:
                path.unlink(missing_ok=True)
            files.ended(lock)
            raise
        files.cleared(folder, engine)
        files.ended(lock)


@dataclass
class Eraser:
    """Erases readings, alone among imports."""

    folder: Path
    duck: DuckDBPyConnection
    mark: str
    written: list[Path] = field(default_factory=list)

    def erase(self, session: Session, what: Holdings) -> None:
        """Erase readings, their series and all that names the accounts; documents are others' to erase."""
        numbers = {one.number for one in what.series}
        buckets = {one.bucket for one in what.series}
        asked = select(IntervalFile).where(
            col(IntervalFile.superseded_by).is_(None), col(IntervalFile.bucket).in_(buckets)
        )
        for row in session.exec(asked).all() if numbers else ():
            self._without(session, row, numbers)
        files.on_disk(self.written)
        for part in parts(sorted(numbers)):
            session.execute(delete(IntervalSpan).where(col(IntervalSpan.series).in_(part)))
            session.execute(delete(IntervalSeries).where(col(IntervalSeries.id).in_(part)))
        for said in (*what.links, *what.summaries):
            session.delete(said)
        _unname(session, what.accounts)
        session.flush()

    def _without(self, session: Session, row: IntervalFile, numbers: Collection[int]) -> None:
        """Write a file's other readings into a new one, if there are any, and have the old one superseded."""
        held = f"read_parquet({listed(proven(self.folder, [(row.name, row.sha256)]))})"
        said = ", ".join(str(number) for number in sorted(numbers))
        counted = self.duck.execute(OTHERS.format(held=held, numbers=said)).fetchall()
        every, others = counted[0]
        if others == every:
            return
        row.superseded_by = row.import_id
        if not others:
            return
        path = files.new_file(self.folder, row.month, row.bucket, self.mark)
        self.written.append(path)
        self.duck.execute(REST.format(held=held, numbers=said, path=quoted(str(path))))
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        session.add(
            IntervalFile(
                name=path.relative_to(self.folder).as_posix(),
                month=row.month,
                bucket=row.bucket,
                rows=others,
                sha256=sha256,
                import_id=row.import_id,
            )
        )


def _unname(session: Session, accounts: frozenset[str]) -> None:
    """Take accounts out of what says how files were read."""
    for row in session.exec(select(IntervalImport).where(col(IntervalImport.format).contains(", account "))):
        base, _, said = row.format.partition(", account ")
        if plain(said.partition(" as ")[0].partition(",")[0]) in accounts:
            row.format = f"{base}, account erased ({row.id})"
    for undone in session.exec(select(IntervalUndo)):
        told = undone.accounts.split()
        if accounts.intersection(told):
            undone.accounts = " ".join(one for one in told if one not in accounts)
