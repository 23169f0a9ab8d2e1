"""What is held of each meter and local month, beside what there should be: 92 or 100 quarters on some days.

    for month in coverage(home, engine, "8000000001"):
        month.month, month.held, month.expected, month.gaps
    # 202503, 2968, 2972, (Gap(1741600800, 1741604400),)

What goes by several numbers is told under the number that is asked for, else under the latest one. A
month is told of from the first to the last in which a meter has readings, or all between two days
that are asked for. Intervals of each length are counted on their own; what is missing is missing, never zero.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from duckdb import DuckDBPyConnection
from sqlalchemy import Engine

from extractor.base.database import reading
from extractor.home import Home
from extractor.intervals import clock
from extractor.intervals.given import Quality
from extractor.intervals.held import months
from extractor.intervals.held.ask import asking_of
from extractor.intervals.held.whose import Owned, everything

HELD = """
SELECT kind, seconds, month,
       count(*), count(*) FILTER (quality = $estimated), count(*) FILTER (quality <> $unknown),
       min(start), max(start + seconds), min(start % seconds) = max(start % seconds)
FROM counted JOIN kinds ON kinds.series = counted.series
WHERE ($begin IS NULL OR start >= $begin) AND ($end IS NULL OR start < $end)
GROUP BY ALL
"""

BREAKS = """
SELECT kind, seconds, month, ended, start FROM (
    SELECT kind, seconds, month, start,
           max(start + seconds) OVER (PARTITION BY kind, seconds, month ORDER BY start
                                      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS ended
    FROM counted JOIN kinds ON kinds.series = counted.series JOIN broken USING (kind, seconds, month)
    WHERE ($begin IS NULL OR start >= $begin) AND ($end IS NULL OR start < $end)
) WHERE start > ended ORDER BY start
"""

AT_ONCE = 50
"""Series that are asked for at once, about: as many as fit into memory with all their readings."""


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
    is_rated: bool = False
    """Whether any of them says how sure it is: SCE's CSV never does."""

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing."""
        return not self.gaps

    @property
    def estimated_share(self) -> Decimal | None:
        """The share of what is held that is estimated; None where nothing is, or says whether it is."""
        return Decimal(self.estimated) / self.held if self.held and self.is_rated else None


class _Found(NamedTuple):
    held: int
    estimated: int
    rated: int
    begin: int
    end: int
    is_even: bool
    """Whether all starts are whole intervals apart."""


def coverage(
    home: Home,
    engine: Engine,
    service_account: str | None = None,
    first: dt.date | None = None,
    last: dt.date | None = None,
) -> Iterator[MonthHeld]:
    """Tell what is held of an account's months, or of all; of days between two, both inclusive."""
    with reading(engine) as session:
        held = everything(session)
        every = held.each() if service_account is None else held.of(service_account)
    within = None if first is None or last is None else months.between(first, last)
    span = (clock.midnight(first) if first else None, clock.day(last)[1] if last else None)
    for series in _together(every):
        with asking_of(home, engine, series, within) as duck:
            yield from _months_held(duck, series, span, within)


def _together(series: Iterable[Owned]) -> Iterator[list[Owned]]:
    """Give the series in parts that can be asked for on their own: an owner's are in one part.

    What stands in the same buckets is in one part where it can be, so that no file is read for each account.
    """
    by_owner: dict[tuple[str | None, str], list[Owned]] = defaultdict(list)
    for one in series:
        by_owner[one.service_account, one.owner].append(one)
    part: list[Owned] = []
    for own in sorted(by_owner.values(), key=lambda own: sorted({one.bucket for one in own})):
        part.extend(own)
        if len(part) >= AT_ONCE:
            yield part
            part = []
    if part:
        yield part


def _months_held(
    duck: DuckDBPyConnection,
    series: Sequence[Owned],
    span: tuple[int | None, int | None],
    within: Sequence[int] | None,
) -> Iterator[MonthHeld]:
    kinds = _kinds(duck, series)
    days: dict[str, int | None] = {"begin": span[0], "end": span[1]}
    found: dict[tuple[int, int], dict[int, _Found]] = defaultdict(dict)
    for kind, seconds, month, *rest in duck.execute(
        HELD, {"estimated": int(Quality.ESTIMATED), "unknown": int(Quality.UNKNOWN), **days}
    ).fetchall():
        found[kind, seconds][month] = _Found(*rest)
    breaks = _breaks(duck, found, days)
    for (kind, seconds), held_of in sorted(found.items()):
        for month in within or _from_to(held_of):
            here = breaks[kind, seconds, month]
            kind_of = Kind(*kinds[kind], seconds=seconds)
            yield _month_held(kind_of, month, held_of.get(month), here, _clipped(month, span))


def _breaks(
    duck: DuckDBPyConnection,
    found: Mapping[tuple[int, int], Mapping[int, _Found]],
    days: Mapping[str, int | None],
) -> dict[tuple[int, int, int], list[Gap]]:
    """Return the gaps within months; only where readings are too few for their span are they looked for."""
    broken = [
        (kind, seconds, month)
        for (kind, seconds), held_of in found.items()
        for month, one in held_of.items()
        if not one.is_even or one.held * seconds != one.end - one.begin
    ]
    breaks: dict[tuple[int, int, int], list[Gap]] = defaultdict(list)
    if broken:
        duck.execute("CREATE TEMP TABLE broken (kind INTEGER, seconds BIGINT, month INTEGER)")
        duck.executemany("INSERT INTO broken VALUES (?, ?, ?)", broken)
        for *key, ended, start in duck.execute(BREAKS, dict(days)).fetchall():
            breaks[key[0], key[1], key[2]].append(Gap(ended, start))
    return breaks


Told = tuple[str, str | None, str, str, str | None]
"""A kind without its length."""


def _kinds(duck: DuckDBPyConnection, series: Sequence[Owned]) -> list[Told]:
    """Tell DuckDB which series are counted together; return what each number of its kinds is."""
    told: list[Told] = [(one.owner, one.service_account, one.channel, one.unit, one.meter) for one in series]
    kinds = {kind: at for at, kind in enumerate(dict.fromkeys(told))}
    duck.execute("CREATE TEMP TABLE kinds (series INTEGER, kind INTEGER)")
    rows = [(one.number, kinds[kind]) for one, kind in zip(series, told, strict=True)]
    if rows:
        duck.executemany("INSERT INTO kinds VALUES (?, ?)", rows)
    return list(kinds)


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
    return MonthHeld(kind, month, found.held, expected, found.estimated, gaps, found.rated > 0)
