"""Readings of a file beside those that are held: which are new, changed or the same; the new Parquet file.

A file holds all versions of its readings: each row tells which import brought it and which replaced it.
So a file that takes another's place has all that the other had, and what counted after any import is
still told. A reading is the same if it has the same value and no other quality; where a format says
nothing of quality, what was known of it stays.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from duckdb import DuckDBPyConnection

from extractor.intervals.held import files
from extractor.intervals.held.duck import listed, quoted

FRESH = """
CREATE TEMP TABLE fresh AS
SELECT month, known.bucket, known.id AS series, start, seconds,
       arg_max(thousandths, place) AS thousandths, arg_max(quality, place) AS quality,
       min(thousandths) <> max(thousandths) AS is_contradicted
FROM given JOIN known ON known.gathered = given.series
GROUP BY ALL ORDER BY month, known.bucket
"""

TOLD = """
SELECT month, bucket, count(*), count(*) FILTER (is_contradicted) FROM fresh GROUP BY ALL ORDER BY ALL
"""

JUDGED = """
CREATE OR REPLACE TEMP TABLE judged AS
SELECT fresh.*, held.start IS NULL AS is_new
FROM (SELECT * FROM fresh WHERE month = $month AND bucket = $bucket) fresh
LEFT JOIN (SELECT * FROM {held} WHERE replaced_by IS NULL) held USING (series, start, seconds)
WHERE held.start IS NULL OR held.thousandths <> fresh.thousandths
   OR (fresh.quality <> 0 AND held.quality <> fresh.quality)
"""

NOTHING = """
(SELECT NULL::INTEGER AS series, NULL::BIGINT AS start, NULL::BIGINT AS seconds, NULL::BIGINT AS thousandths,
        NULL::TINYINT AS quality, NULL::INTEGER AS import_id, NULL::INTEGER AS replaced_by,
        NULL::INTEGER AS month WHERE false)
"""
"""What is held where there is no file; the columns of all files."""

AS_PARQUET = "(FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION v2, USE_TMP_FILE false)"

MERGED = (
    """
COPY (
    SELECT held.series, held.start, held.seconds, held.thousandths, held.quality, held.import_id,
           coalesce(held.replaced_by, CASE WHEN judged.start IS NOT NULL THEN {number} END)::INTEGER
               AS replaced_by,
           held.month
    FROM {held} held LEFT JOIN judged USING (series, start, seconds)
    UNION ALL
    SELECT series, start, seconds, thousandths, quality, {number}::INTEGER, NULL::INTEGER, month FROM judged
    ORDER BY series, start, seconds, import_id
) TO {path} """
    + AS_PARQUET
)

Place = tuple[int, int]
"""A month and a bucket."""


@dataclass(frozen=True)
class Written:
    """A file that was written, to be named in the database."""

    path: Path
    place: Place
    rows: int
    sha256: str
    added: int
    changed: int


@dataclass(frozen=True)
class Told:
    """How many intervals of a month and bucket a file tells of."""

    place: Place
    intervals: int
    contradicted: int


def places(duck: DuckDBPyConnection) -> list[Told]:
    """Return the months and buckets that a file tells of."""
    return [Told((month, bucket), *counts) for month, bucket, *counts in duck.execute(TOLD).fetchall()]


def merged(
    duck: DuckDBPyConnection,
    folder: Path,
    told: Iterable[Place],
    held: Mapping[Place, Path],
    number: int,
    mark: str,
) -> Iterator[Written]:
    """Write what an import changes, a file for each month and bucket of which it says anything new."""
    for place in told:
        before = held.get(place)
        source = f"read_parquet({listed([before])})" if before else NOTHING
        duck.execute(JUDGED.format(held=source), {"month": place[0], "bucket": place[1]})
        row = duck.execute("SELECT count(*) FILTER (is_new), count(*) FILTER (NOT is_new) FROM judged")
        added, changed = row.fetchall()[0]
        if added or changed:
            path = files.new_file(folder, *place, mark)
            copied = duck.execute(MERGED.format(held=source, number=number, path=quoted(str(path))))
            yield Written(path, place, copied.fetchall()[0][0], _hash(path), added, changed)


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
