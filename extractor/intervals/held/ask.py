"""Questions to the readings: what counts now, or counted after an earlier import.

Of each interval the newest reading counts. Where several series tell of one meter (a file that names
the account beside one that names the meter), it is the newest of all of them; where one series tells of
all meters together, the newer of it and of the meters. Intervals of different lengths are different
intervals: an hour and its four quarters are all given. What an import told again without a change counts
as of the import that told it first.

A service account is asked for by any of its numbers, and the readings of all of them are its own
(`extractor.intervals.held.whose`): where two have readings of one interval, the newest counts.

`asking` gives DuckDB with three relations, of one state of the store:

    series   number, bucket, channel, unit, service_account, owner, meter, is_shared, named
    reading  series, start, seconds, thousandths, quality, import_id, month: all that counts of each series
    counted  the same, and of series that tell of one thing only what counts
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from duckdb import DuckDBPyConnection
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from extractor.base.database import reading
from extractor.home import Home
from extractor.intervals import clock
from extractor.intervals.columns import Ints
from extractor.intervals.given import Channel
from extractor.intervals.held import files, months
from extractor.intervals.held.duck import cursor, listed
from extractor.intervals.held.merge import NOTHING
from extractor.intervals.held.proven import proven
from extractor.intervals.held.spans import ALWAYS, bounds
from extractor.intervals.held.whose import Owned, everything
from extractor.store.metered import IntervalFile

SERIES = (
    "CREATE TEMP TABLE series (number INTEGER, bucket INTEGER, channel VARCHAR, unit VARCHAR,"
    " service_account VARCHAR, owner VARCHAR, meter VARCHAR, is_shared BOOLEAN, named VARCHAR)"
)

LIMITED = "CREATE TEMP TABLE limited (number INTEGER, stored INTEGER, first BIGINT, last BIGINT)"
"""Which spans of a stored series are told as a series of a question, where not all of it is."""

READING = """
CREATE TEMP VIEW reading AS
SELECT series, start, seconds, thousandths, quality, import_id, month FROM {source} WHERE {counts}
"""

READING_WITHIN = """
CREATE TEMP VIEW reading AS
SELECT series, start, seconds, thousandths, quality, import_id, month
FROM {source} ANTI JOIN limited ON limited.stored = series WHERE {counts}
UNION ALL
SELECT limited.number, start, seconds, thousandths, quality, import_id, month
FROM {source} JOIN limited ON limited.stored = series AND start >= limited.first AND start < limited.last
WHERE {counts}
"""

COUNTED = """
CREATE TEMP VIEW counted AS
SELECT reading.* FROM reading SEMI JOIN (SELECT number FROM series WHERE NOT is_shared) alone
    ON alone.number = reading.series
UNION ALL
SELECT series, start, seconds, thousandths, quality, import_id, month FROM (
    SELECT reading.*, series.meter,
           row_number() OVER (PARTITION BY service_account, owner, channel, unit, meter, start, seconds
                              ORDER BY import_id DESC, series DESC) AS place,
           first_value(series.meter IS NULL) OVER (
               PARTITION BY service_account, owner, channel, unit, start, seconds
               ORDER BY import_id DESC, series.meter IS NULL) AS is_of_all
    FROM reading JOIN series ON series.number = reading.series WHERE series.is_shared
) WHERE place = 1 AND (meter IS NULL) = is_of_all
"""

ANSWER = """
SELECT series, start, seconds, thousandths, quality, import_id FROM counted
WHERE start >= $begin AND start < $end
ORDER BY series, start, seconds
"""

ALONE = """
SELECT series, start, seconds, thousandths, quality, import_id FROM {source}
WHERE {counts} AND start >= {begin} AND start < {end} AND series IN ({numbers})
"""

IN_ORDER = ("series", "start", "seconds", "thousandths", "quality", "import_id")
"""Columns of an answer, as those of `Columns`."""


@dataclass(frozen=True)
class Columns:
    """Readings as columns, ordered by series and start."""

    series: Ints
    """Numbers of series."""
    starts: Ints
    """Seconds since 1970."""
    seconds: Ints
    thousandths: Ints
    """Values, in thousandths of the series' unit."""
    qualities: Ints
    imports: Ints
    """Which import told it first."""

    def __len__(self) -> int:
        """Return how many readings there are."""
        return len(self.starts)


def readings(
    home: Home,
    engine: Engine,
    whose: str | int,
    begin: int,
    end: int,
    channel: Channel | None = None,
    as_of: int | None = None,
) -> Columns:
    """Return what counts of a service account, or of a series by its number, from one instant to another.

    `as_of` is the number of the import after which it is asked for.
    """
    with files.shared(files.folder_of(home)), reading(engine) as session:
        held = everything(session)
        every = held.of(whose) if isinstance(whose, str) else held.series
        wanted = [one for one in every if channel in (None, one.channel)]
        if isinstance(whose, int):
            wanted = [replace(one, is_shared=False) for one in wanted if one.number == whose]
        touched = _months(begin, end)
        with _opened(session, files.folder_of(home), wanted, touched, as_of) as duck:
            found = duck.execute(ANSWER, {"begin": begin, "end": end}).fetchnumpy()
    return Columns(*(found[name].astype(np.int64) for name in IN_ORDER))


def _months(begin: int, end: int) -> list[int]:
    if end <= begin:
        return []
    return months.between(clock.local(begin).date(), clock.local(end - 1).date())


@contextmanager
def asking(home: Home, engine: Engine, as_of: int | None = None) -> Iterator[DuckDBPyConnection]:
    """Give DuckDB with all readings, of one state of the store however long it takes."""
    folder = files.folder_of(home)
    with (
        files.shared(folder),
        reading(engine) as session,
        _opened(session, folder, everything(session).each(), None, as_of) as duck,
    ):
        yield duck


@contextmanager
def asking_of(
    home: Home,
    engine: Engine,
    series: Sequence[Owned],
    within: Collection[int] | None = None,
    as_of: int | None = None,
) -> Iterator[DuckDBPyConnection]:
    """Give DuckDB with the readings of some series, of some months."""
    folder = files.folder_of(home)
    with (
        files.shared(folder),
        reading(engine) as session,
        _opened(session, folder, series, within, as_of) as duck,
    ):
        yield duck


def is_alone(one: Owned) -> bool:
    """Tell whether all readings of a series count, as no other tells of its channel, under its own number."""
    return not one.is_shared and one.within == ALWAYS and one.number == one.stored


def alone(
    home: Home, engine: Engine, series: Sequence[Owned], within: Collection[int], begin: int, end: int
) -> dict[str, Any]:
    """Return the readings of series that are alone, in order of the files, with the least ado."""
    folder = files.folder_of(home)
    numbers = ", ".join(str(one.stored) for one in series)
    with files.shared(folder), reading(engine) as session, cursor(folder) as duck:
        paths = _paths(session, folder, series, within)
        form = ALONE.format(
            source=_source(paths), counts=_counts(None), begin=begin, end=end, numbers=numbers
        )
        return duck.sql(form).fetchnumpy()


@contextmanager
def _opened(
    session: Session,
    folder: Path,
    series: Sequence[Owned],
    within: Collection[int] | None,
    as_of: int | None,
) -> Iterator[DuckDBPyConnection]:
    paths = _paths(session, folder, series, within)
    with cursor(folder) as duck:
        duck.execute(SERIES)
        if series:
            _fill(duck, series)
        form = READING_WITHIN if _limit(duck, series) else READING
        duck.execute(form.format(source=_source(paths), counts=_counts(as_of)))
        duck.execute(COUNTED)
        yield duck


def _paths(
    session: Session, folder: Path, series: Sequence[Owned], within: Collection[int] | None
) -> list[Path]:
    """Return the files that have all that counts of some series, of some months; each is as it was written.

    Raises:
        DamagedReadingsError: if one is lost or altered.
    """
    return proven(folder, _named(session, {one.bucket for one in series}, within))


def _named(
    session: Session, buckets: Collection[int], within: Collection[int] | None
) -> list[tuple[str, str]]:
    """Return the names and hashes of the files that count."""
    asked = select(IntervalFile.name, IntervalFile.sha256, IntervalFile.month).where(
        col(IntervalFile.superseded_by).is_(None), col(IntervalFile.bucket).in_(buckets)
    )
    if within is not None:
        low, high = min(within, default=0), max(within, default=0)
        asked = asked.where(col(IntervalFile.month).between(low, high))
    rows = session.exec(asked.order_by(col(IntervalFile.month), col(IntervalFile.bucket)))
    return [(name, sha256) for name, sha256, month in rows if within is None or month in within]


def _fill(duck: DuckDBPyConnection, series: Sequence[Owned]) -> None:
    names = (
        *("number", "bucket", "channel", "unit"),
        *("service_account", "owner", "meter", "is_shared", "named"),
    )
    rows = [tuple(getattr(one, name) for name in names) for one in series]
    duck.executemany("INSERT INTO series VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)


def _limit(duck: DuckDBPyConnection, series: Sequence[Owned]) -> bool:
    """Tell DuckDB which series are told only at times, or in parts; return whether any is."""
    rows = [
        (one.number, one.stored, *bounds(span))
        for one in series
        if one.within != ALWAYS or one.number != one.stored
        for span in one.within
    ]
    if rows:
        duck.execute(LIMITED)
        duck.executemany("INSERT INTO limited VALUES (?, ?, ?, ?)", rows)
    return bool(rows)


def _source(paths: list[Path]) -> str:
    return f"read_parquet({listed(paths)})" if paths else NOTHING


def _counts(as_of: int | None) -> str:
    if as_of is None:
        return "replaced_by IS NULL"
    return f"import_id <= {as_of:d} AND (replaced_by IS NULL OR replaced_by > {as_of:d})"
