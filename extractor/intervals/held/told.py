"""Which spans of its series a file tells of: that a reading was told again unchanged is known by this alone.

Readings of the same value are not written again, and count as of the import that told them first. Whether
they were looked at again after their bill had posted is asked of these spans.
"""

from __future__ import annotations

from typing import NamedTuple

from duckdb import DuckDBPyConnection

WHOLE = """
SELECT series, min(start), max(start + seconds),
       min(seconds) = max(seconds) AND min(start % seconds) = max(start % seconds)
       AND sum(seconds) = max(start + seconds) - min(start)
FROM fresh GROUP BY series ORDER BY series
"""

PIECES = """
SELECT series, min(start), max(start + seconds) FROM (
    SELECT series, start, seconds,
           count(*) FILTER (is_apart) OVER (PARTITION BY series ORDER BY start, seconds
                                            ROWS UNBOUNDED PRECEDING) AS piece
    FROM (
        SELECT series, start, seconds,
               start > max(start + seconds) OVER (
                   PARTITION BY series ORDER BY start, seconds
                   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS is_apart
        FROM fresh WHERE list_contains($series, series)
    )
) GROUP BY series, piece ORDER BY ALL
"""


class Told(NamedTuple):
    """A span without a hole; instants in seconds since 1970, the end exclusive."""

    series: int
    begin: int
    end: int


def spans(duck: DuckDBPyConnection) -> list[Told]:
    """Return the spans of each series that a file tells of; only where it has holes are they looked for."""
    found, broken = [], []
    for series, begin, end, is_whole in duck.execute(WHOLE).fetchall():
        if is_whole:
            found.append(Told(series, begin, end))
        else:
            broken.append(series)
    if broken:
        found += [Told(*row) for row in duck.execute(PIECES, {"series": broken}).fetchall()]
    return found
