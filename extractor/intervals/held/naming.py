"""The one transaction that an import is: the database names what was written, and it counts from then on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from extractor.base.database import add_many
from extractor.base.errors import BillclerkError
from extractor.intervals.given import Account, Series
from extractor.intervals.held.merge import Place, Written
from extractor.intervals.held.staged import Staged, bucket_of
from extractor.intervals.held.summarised import rows_of
from extractor.intervals.held.told import Told
from extractor.store.mappings import is_confirmed
from extractor.store.metered import (
    IntervalFile,
    IntervalImport,
    IntervalSeries,
    IntervalSpan,
    UsagePointAccount,
)
from extractor.store.neighbours import parts
from extractor.store.plain import plain
from extractor.store.summaries import add_summaries


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
class State:
    """What the database has when an import begins."""

    imports: int
    series: Mapping[str, int]
    """Numbers by key, of those that the file has readings of."""
    most: int
    """The greatest number of a series."""
    held: Mapping[Place, IntervalFile]
    superseded: int
    """Files that have others in their place."""

    def numbered(self, keys: Iterable[str]) -> dict[str, int]:
        """Return the number of each series, the next ones for those that are new."""
        new = (key for key in keys if key not in self.series)
        return {**self.series, **{key: self.most + at for at, key in enumerate(new, 1)}}


@dataclass(frozen=True)
class Made:
    """What an import has written and counted, and not named yet."""

    number: int
    added: int
    changed: int
    same: int
    series: Mapping[str, int]
    """Numbers of its series by key."""
    written: tuple[Written, ...]
    told: tuple[Told, ...]
    """Which spans it tells of, whether they are new or not."""


def state_of(session: Session, staged: Staged) -> State:
    """Return what the database has of what a file tells of."""
    series: dict[str, int] = {}
    for keys in parts(list(staged.series)):
        asked = select(IntervalSeries).where(col(IntervalSeries.key).in_(keys))
        series.update({row.key: row.id for row in session.exec(asked)})
    return State(
        imports=_imports(session),
        series=series,
        most=session.exec(select(func.coalesce(func.max(IntervalSeries.id), 0))).one(),
        held=_held(session, staged),
        superseded=session.exec(
            select(func.count()).where(col(IntervalFile.superseded_by).is_not(None))
        ).one(),
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


def _imports(session: Session) -> int:
    return session.exec(select(func.coalesce(func.max(IntervalImport.id), 0))).one()


def name(session: Session, folder: Path, state: State, staged: Staged, source: Source, made: Made) -> None:
    """Name in the database what was written: the import happens, or does not.

    Raises:
        OvertakenError: if the database is not as it was when the import began.
    """
    if _imports(session) != state.imports:
        raise OvertakenError("another import came in between; run it again")
    is_known = staged.is_confirmed or is_confirmed(session, source.format, source.revision)
    session.add(_import_row(made, source, is_known))
    session.flush()
    _add_series(session, staged, state, made.series)
    if made.told:
        add_many(session, IntervalSpan, [{**one._asdict(), "import_id": made.number} for one in made.told])
    _add_links(session, staged.links, made.number, source.at)
    add_summaries(session, rows_of(staged.summaries, made.number))
    replaced = [state.held[one.place].id for one in made.written if one.place in state.held]
    for part in parts(replaced):
        this = col(IntervalFile.id).in_(part)
        session.execute(update(IntervalFile).where(this).values(superseded_by=made.number))
    if made.written:
        add_many(session, IntervalFile, [_file_row(one, folder, made.number) for one in made.written])


def _import_row(made: Made, source: Source, is_confirmed: bool) -> IntervalImport:
    return IntervalImport(
        id=made.number,
        sha256=source.sha256,
        format=source.format,
        revision=source.revision,
        at=source.at,
        added=made.added,
        changed=made.changed,
        same=made.same,
        is_confirmed=is_confirmed,
    )


def _file_row(one: Written, folder: Path, number: int) -> dict[str, object]:
    return {
        "name": one.path.relative_to(folder).as_posix(),
        "month": one.place[0],
        "bucket": one.place[1],
        "rows": one.rows,
        "sha256": one.sha256,
        "import_id": number,
    }


def _add_series(session: Session, staged: Staged, state: State, numbers: Mapping[str, int]) -> None:
    new = [
        _series_row(numbers[key], key, series)
        for key, (_, series) in staged.series.items()
        if key not in state.series
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
    """Keep what a feed says of usage points that no feed said before, be it that a person took it back."""
    codes = sorted({link.usage_point for link in links})
    said: set[Account] = set()
    for part in parts(codes):
        asked = select(UsagePointAccount).where(
            col(UsagePointAccount.usage_point).in_(part), col(UsagePointAccount.who).is_(None)
        )
        said |= {Account(*(getattr(row, field) for field in Account._fields)) for row in session.exec(asked)}
    evidence = f"a feed, import {number}"
    for link in dict.fromkeys(links):
        if link not in said:
            session.add(UsagePointAccount(**link._asdict(), evidence=evidence, import_id=number, at=at))
    session.flush()
