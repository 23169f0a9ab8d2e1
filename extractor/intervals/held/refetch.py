"""Kept bills beside when their readings came: what is provisional, and what is to be downloaded again.

    for one in to_fetch(home, engine, "8000000001"):
        one.first, one.last, one.reason

Of an account's billing periods those are looked at that end after its first reading: what was never
downloaded before that is not downloaded again.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from duckdb import DuckDBPyConnection
from sqlalchemy import Engine, func, select
from sqlmodel import Session, col

from extractor.base.database import reading
from extractor.home import Home
from extractor.intervals.held import months
from extractor.intervals.held.ask import asking_of
from extractor.intervals.held.billed import bills_by_owner
from extractor.intervals.held.coverage import AT_ONCE
from extractor.intervals.held.last_told import LastTold, last_told, posted_at
from extractor.intervals.held.whose import Owned, owned
from extractor.intervals.loads import FINAL
from extractor.intervals.provisional import Again, Arrived, Billed, Span, again
from extractor.store.metered import IntervalFile

BILLED = "CREATE TEMP TABLE billed (number INTEGER, owner VARCHAR, first BIGINT, last BIGINT)"
LATE = "CREATE TEMP TABLE late (billed INTEGER, series INTEGER, since BIGINT, until BIGINT)"
"""Spans of series that were told, also unchanged, when the bill had posted."""

OF_BILLS = """
CREATE TEMP TABLE of_bills AS
SELECT billed.number AS billed, counted.series, start, seconds, quality, import_id, channel, meter
FROM counted JOIN series ON series.number = counted.series
JOIN billed ON billed.owner = series.owner AND start >= billed.first AND start < billed.last
WHERE series.unit = 'Wh' AND series.service_account IS NOT NULL
"""

ARRIVED = f"""
SELECT of_bills.billed, import_id, coalesce(start + seconds <= until, false) OR quality >= {FINAL} AS is_late,
       count(*), min(start), max(start + seconds), min(seconds)
FROM of_bills ASOF LEFT JOIN late
    ON late.billed = of_bills.billed AND late.series = of_bills.series AND late.since <= start
GROUP BY ALL ORDER BY ALL
"""

BREAKS = """
SELECT DISTINCT billed, ended, start FROM (
    SELECT billed, start, seconds,
           max(start + seconds) OVER (PARTITION BY billed, channel, meter ORDER BY start, seconds
                                      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS ended
    FROM of_bills
) WHERE (start - ended) * 2 >= seconds ORDER BY ALL
"""


@dataclass(frozen=True)
class Meter:
    """The billing periods of one owner of readings, and what of them is to be downloaded again."""

    owner: str
    """The service account, as the readings have it."""
    bills: tuple[Billed, ...]
    to_fetch: tuple[Again, ...]


def to_fetch(home: Home, engine: Engine, service_account: str | None = None) -> list[Again]:
    """Return the billing periods of which days are to be downloaded again, by account and day."""
    every = [one for meter in meters(home, engine, service_account) for one in meter.to_fetch]
    return sorted(every, key=lambda one: (one.bill.service_account, one.first, one.last))


def meters(home: Home, engine: Engine, service_account: str | None = None) -> Iterator[Meter]:
    """Give the accounts that have readings and bills, with what of their periods is provisional."""
    with reading(engine) as session:
        bills = bills_by_owner(session, service_account)
        series = [one for one in owned(session) if one.service_account is not None and one.owner in bills]
        since = _since(session, {one.bucket for one in series})
        told = last_told(session, {one.number for one in series})
    by_owner: dict[str, list[Owned]] = defaultdict(list)
    for one in series:
        by_owner[one.owner].append(one)
    for part in _together(by_owner):
        asked = {owner: [bill for bill in bills[owner] if bill.last >= since] for owner in part}
        yield from _of_part(home, engine, part, asked, told)


def _since(session: Session, buckets: Iterable[int]) -> dt.date:
    """Return the first day of which anything may be held."""
    asked = select(func.min(col(IntervalFile.month))).where(
        col(IntervalFile.superseded_by).is_(None), col(IntervalFile.bucket).in_(set(buckets))
    )
    first = session.execute(asked).scalar()
    return dt.date.max if first is None else months.first_day(first)


def _together(by_owner: Mapping[str, Sequence[Owned]]) -> Iterator[dict[str, Sequence[Owned]]]:
    """Give owners in parts that are asked for at once, those of one file of the store beside each other."""
    part: dict[str, Sequence[Owned]] = {}
    count = 0
    for owner in sorted(by_owner, key=lambda owner: (sorted({one.bucket for one in by_owner[owner]}), owner)):
        part[owner] = by_owner[owner]
        count += len(by_owner[owner])
        if count >= AT_ONCE:
            yield part
            part, count = {}, 0
    if part:
        yield part


def _of_part(
    home: Home,
    engine: Engine,
    part: Mapping[str, Sequence[Owned]],
    bills: Mapping[str, Sequence[Billed]],
    told: LastTold,
) -> Iterator[Meter]:
    pairs = [(owner, bill) for owner in part for bill in bills[owner]]
    within = sorted({month for _, bill in pairs for month in months.between(bill.first, bill.last)})
    series = [one for own in part.values() for one in own]
    found: list[Again | None] = []
    if pairs:
        with asking_of(home, engine, series, within) as duck:
            found = _judged(duck, part, pairs, told)
    for owner in part:
        own = [one for (whose, _), one in zip(pairs, found, strict=True) if whose == owner]
        yield Meter(owner, tuple(bills[owner]), tuple(one for one in _after_first(own) if one is not None))


def _after_first(found: Sequence[Again | None]) -> Sequence[Again | None]:
    """Leave out the periods before the first of which anything is held."""
    for at, one in enumerate(found):
        if one is None or one.readings:
            return found[at:]
    return ()


def _judged(
    duck: DuckDBPyConnection,
    part: Mapping[str, Sequence[Owned]],
    pairs: Sequence[tuple[str, Billed]],
    told: LastTold,
) -> list[Again | None]:
    duck.execute(BILLED)
    rows = [(number, owner, *bill.span) for number, (owner, bill) in enumerate(pairs)]
    duck.executemany("INSERT INTO billed VALUES (?, ?, ?, ?)", rows)
    duck.execute(LATE)
    late = [row for number, pair in enumerate(pairs) for row in _late(number, *pair, part, told)]
    if late:
        duck.executemany("INSERT INTO late VALUES (?, ?, ?, ?)", late)
    duck.execute(OF_BILLS)
    arrived: dict[int, list[Arrived]] = defaultdict(list)
    lengths: dict[int, int] = {}
    for number, import_id, is_late, count, begin, end, seconds in duck.execute(ARRIVED).fetchall():
        at = posted_at(pairs[number][1].posted) if is_late else told.imported[import_id]
        arrived[number].append(Arrived(at, count, begin, end))
        lengths[number] = min(seconds, lengths.get(number, seconds))
    breaks: dict[int, list[Span]] = defaultdict(list)
    for number, ended, start in duck.execute(BREAKS).fetchall():
        breaks[number].append(Span(ended, start))
    return [
        again(bill, arrived[number], _gaps(bill, arrived[number], breaks[number], lengths.get(number, 0)))
        for number, (_, bill) in enumerate(pairs)
    ]


def _late(
    number: int, owner: str, bill: Billed, part: Mapping[str, Sequence[Owned]], told: LastTold
) -> Iterator[tuple[int, int, int, int]]:
    """Give the spans of a period's series that were told when the bill had posted, none touching another."""
    for one in part[owner]:
        for begin, end in told.late(one.number, bill.posted):
            yield number, one.number, begin, end


def _gaps(bill: Billed, arrived: Sequence[Arrived], breaks: Sequence[Span], seconds: int) -> tuple[Span, ...]:
    """Return what no reading of a period covers; less than half an interval is a clock's drift."""
    if not arrived:
        return (bill.span,)
    ends = (
        Span(bill.span.begin, min(one.begin for one in arrived)),
        Span(max(one.end for one in arrived), bill.span.end),
    )
    edges = [gap for gap in ends if (gap.end - gap.begin) * 2 >= seconds]
    return tuple(sorted({*edges, *breaks}))
