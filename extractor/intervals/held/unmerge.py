"""The file of a month and bucket without the readings of one import: what `merge` does, taken back.

A reading that a later import told again without a change was not written twice: it stays, as that import's.
Where a series has intervals of several lengths, it is not known of which of them a later import told, and
such readings go.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from duckdb import DuckDBPyConnection

from extractor.intervals.held import files
from extractor.intervals.held.duck import listed, quoted
from extractor.intervals.held.merge import AS_PARQUET
from extractor.store.metered import IntervalFile

LATER = "CREATE TEMP TABLE later (series INTEGER, first BIGINT, last BIGINT, import_id INTEGER)"
"""Which spans of its series later imports told of."""

OWN = """
CREATE OR REPLACE TEMP TABLE own AS
SELECT held.series, held.start, held.seconds, any_value(held.replaced_by) AS replaced_by,
       min(later.import_id) AS heir
FROM {held} held LEFT JOIN (
    SELECT * FROM later ANTI JOIN (
        SELECT series FROM {held} GROUP BY series HAVING min(seconds) <> max(seconds)
    ) mixed USING (series)
) later
    ON later.series = held.series AND later.first <= held.start AND later.last >= held.start + held.seconds
    AND (held.replaced_by IS NULL OR later.import_id < held.replaced_by)
WHERE held.import_id = {number}
GROUP BY held.series, held.start, held.seconds
"""
"""The import's readings, and the first later import that told them again before another replaced them."""

COUNTED = """
SELECT own.series, min(own.start), max(own.start + own.seconds),
       count(*) FILTER (own.replaced_by IS NULL AND heir IS NULL AND earlier.start IS NULL),
       count(*) FILTER (own.replaced_by IS NULL AND heir IS NULL AND earlier.start IS NOT NULL),
       count(*) FILTER (own.replaced_by IS NULL AND heir IS NOT NULL)
FROM own LEFT JOIN (SELECT series, start, seconds FROM {held} WHERE replaced_by = {number}) earlier
    USING (series, start, seconds)
GROUP BY own.series ORDER BY own.series
"""

REST = (
    """
COPY (
    SELECT held.series, held.start, held.seconds, held.thousandths, held.quality,
           CASE WHEN held.import_id = {number} THEN own.heir ELSE held.import_id END::INTEGER AS import_id,
           CASE WHEN held.replaced_by = {number} THEN coalesce(own.heir, own.replaced_by)
                ELSE held.replaced_by END::INTEGER AS replaced_by,
           held.month
    FROM {held} held LEFT JOIN own USING (series, start, seconds)
    WHERE held.import_id <> {number} OR own.heir IS NOT NULL
    ORDER BY held.series, held.start, held.seconds, import_id
) TO {path} """
    + AS_PARQUET
)


class Count(NamedTuple):
    """What becomes of the readings of one series, in one file or in all."""

    series: int
    begin: int
    """Of the import's readings, in seconds since 1970."""
    end: int
    """Exclusive."""
    gone: int
    """Intervals of which nothing is held any more."""
    back: int
    """Intervals of which the reading before counts again."""
    stay: int
    """Intervals of which a later import told the same."""


class Rewritten(NamedTuple):
    """A file to be named in another's place; without a path nothing was left of it."""

    old: IntervalFile
    path: Path | None
    rows: int = 0
    sha256: str = ""


def told_later(duck: DuckDBPyConnection, spans: Iterable[tuple[int, int, int, int]]) -> None:
    """Let DuckDB know which spans later imports told of: series, from when to when, import."""
    duck.execute(LATER)
    rows = list(spans)
    if rows:
        duck.executemany("INSERT INTO later VALUES (?, ?, ?, ?)", rows)


def counted(duck: DuckDBPyConnection, folder: Path, row: IntervalFile, number: int) -> list[Count]:
    """Return what becomes of an import's readings in a file; nothing if it has none of them."""
    held = _held(folder, row)
    duck.execute(OWN.format(held=held, number=number))
    return [Count(*one) for one in duck.execute(COUNTED.format(held=held, number=number)).fetchall()]


def rewritten(duck: DuckDBPyConnection, folder: Path, row: IntervalFile, number: int, mark: str) -> Rewritten:
    """Write a file anew without the import's readings, after they were counted."""
    path = files.new_file(folder, row.month, row.bucket, mark)
    copy = REST.format(held=_held(folder, row), number=number, path=quoted(str(path)))
    rows = duck.execute(copy).fetchall()[0][0]
    if not rows:
        path.unlink()
        return Rewritten(row, None)
    with path.open("rb") as file:
        return Rewritten(row, path, rows, hashlib.file_digest(file, "sha256").hexdigest())


def _held(folder: Path, row: IntervalFile) -> str:
    return f"read_parquet({listed([folder / row.name])})"
