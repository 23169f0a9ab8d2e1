"""What is held of each meter and local month, beside what there should be: 92 or 100 quarters on some days.

    for month in coverage(home, engine, "8000000001"):
        month.month, month.held, month.expected, month.gaps
    # 202503, 2968, 2972, (Gap(1741600800, 1741604400),)

A month is told of from the first to the last in which a meter has readings, or all between two days
that are asked for. Intervals of each length are counted on their own; what is missing is missing, never zero.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from duckdb import DuckDBPyConnection
from sqlalchemy import Engine

from extractor.base.database import reading
from extractor.home import Home
from extractor.intervals import clock, months
from extractor.intervals.ask import asking_of
from extractor.intervals.given import Quality
from extractor.intervals.whose import Owned, of_account, owned

SPANS = """
CREATE TEMP TABLE spans AS
SELECT service_account, owner, channel, unit, meter, seconds, month, start, quality,
       max(start + seconds) OVER (
           PARTITION BY service_account, owner, channel, unit, meter, seconds, month ORDER BY start
           ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS ended
FROM counted JOIN series ON series.number = counted.series
WHERE ($begin IS NULL OR start >= $begin) AND ($end IS NULL OR start < $end)
"""

HELD = """
SELECT owner, service_account, channel, unit, meter, seconds, month,
       count(*), count(*) FILTER (quality = $estimated), min(start), max(start + seconds)
FROM spans GROUP BY ALL
"""

BREAKS = """
SELECT owner, service_account, channel, unit, meter, seconds, month, ended, start
FROM spans WHERE start > ended ORDER BY start
"""


class Gap(NamedTuple):
    """A span without readings; instants in seconds, the end exclusive."""

    begin: int
    end: int


class Kind(NamedTuple):
    """What is counted together: the intervals of one length, of a channel of a meter."""

    owner: str
    """The service account; else the usage point or the meter."""
    service_account: str | None
    """None where nobody knows whose it is."""
    channel: str
    unit: str
    meter: str | None
    """None: the file names none, and it is of all of them together."""
    seconds: int


@dataclass(frozen=True)
class MonthHeld:
    """What is held of a local month."""

    kind: Kind
    month: int
    """202503 is March 2025."""
    held: int
    expected: int
    estimated: int
    """Of those that are held, by their quality."""
    gaps: tuple[Gap, ...]

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing."""
        return not self.gaps

    @property
    def estimated_share(self) -> Decimal | None:
        """The share of what is held that is estimated; None where nothing is."""
        return Decimal(self.estimated) / self.held if self.held else None


class _Found(NamedTuple):
    held: int
    estimated: int
    begin: int
    end: int


def coverage(
    home: Home,
    engine: Engine,
    service_account: str | None = None,
    first: dt.date | None = None,
    last: dt.date | None = None,
) -> Iterator[MonthHeld]:
    """Tell what is held of an account's months, or of all; of days between two, both inclusive."""
    with reading(engine) as session:
        every = owned(session) if service_account is None else of_account(session, service_account)
    within = None if first is None or last is None else months.between(first, last)
    span = (clock.midnight(first) if first else None, clock.day(last)[1] if last else None)
    for series in _together(every):
        with asking_of(home, engine, series, within) as duck:
            yield from _months_held(duck, span, within)


def _together(series: Iterable[Owned]) -> Iterator[list[Owned]]:
    """Give the series in parts that can be asked for on their own: an owner's are in one part.

    All that stands in the same buckets is one part, so that no file is read for each account.
    """
    by_owner: dict[tuple[str | None, str], list[Owned]] = defaultdict(list)
    for one in series:
        by_owner[one.service_account, one.owner].append(one)
    by_buckets: dict[frozenset[int], list[Owned]] = defaultdict(list)
    for own in by_owner.values():
        by_buckets[frozenset(one.bucket for one in own)].extend(own)
    yield from by_buckets.values()


def _months_held(
    duck: DuckDBPyConnection, span: tuple[int | None, int | None], within: Sequence[int] | None
) -> Iterator[MonthHeld]:
    duck.execute(SPANS, {"begin": span[0], "end": span[1]})
    found: dict[Kind, dict[int, _Found]] = defaultdict(dict)
    for *kind, month, held, estimated, begin, end in duck.execute(
        HELD, {"estimated": int(Quality.ESTIMATED)}
    ).fetchall():
        found[Kind(*kind)][month] = _Found(held, estimated, begin, end)
    breaks: dict[tuple[Kind, int], list[Gap]] = defaultdict(list)
    for *kind, month, ended, start in duck.execute(BREAKS).fetchall():
        breaks[Kind(*kind), month].append(Gap(ended, start))
    for kind_of, held_of in sorted(found.items(), key=lambda item: [str(part) for part in item[0]]):
        for month in within or _from_to(held_of):
            here = breaks[kind_of, month]
            yield _month_held(kind_of, month, held_of.get(month), here, _clipped(month, span))


def _from_to(held: Collection[int]) -> list[int]:
    return months.between(months.first_day(min(held)), months.first_day(max(held)))


def _clipped(month: int, span: tuple[int | None, int | None]) -> Gap:
    """Return what of a month is asked for."""
    begin, end = months.bounds(month)
    return Gap(
        begin if span[0] is None else max(begin, span[0]), end if span[1] is None else min(end, span[1])
    )


def _month_held(kind: Kind, month: int, found: _Found | None, breaks: Sequence[Gap], whole: Gap) -> MonthHeld:
    expected = max(0, whole.end - whole.begin) // kind.seconds
    if found is None:
        return MonthHeld(kind, month, 0, expected, 0, (whole,) if expected else ())
    ends = [Gap(whole.begin, found.begin), *breaks, Gap(found.end, whole.end)]
    gaps = tuple(gap for gap in ends if gap.end > gap.begin)
    return MonthHeld(kind, month, found.held, expected, found.estimated, gaps)
