"""Months of readings of each account."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator

from sqlalchemy import Engine

from extractor.accounts.known import Known
from extractor.home import Home
from extractor.intervals.held import months
from extractor.intervals.held.whose import Everything

MONTHS = """
SELECT series.named, reading.month, count(*) FROM reading JOIN series ON series.number = reading.series
WHERE series.named IS NOT NULL GROUP BY ALL
"""


def months_held(
    home: Home,
    engine: Engine,
    held: Everything,
    wanted: set[str],
    known: Known,
    shared: set[str],
) -> dict[str, list[int]]:
    """Return the months with readings of each account; of one that is shared those that are his whole."""
    series = [one for one in held.series if one.service_account in wanted]
    found: dict[str, list[int]] = defaultdict(list)
    if series:
        from extractor.intervals.held.ask import asking_of  # it takes its time: only where there are any

        with asking_of(home, engine, series) as duck:
            for account, month, _ in duck.execute(MONTHS).fetchall():
                found[account].append(month)
    for account in shared:
        spans = joined_days(_days_of(account, known))
        found[account] = [month for month in found[account] if _is_in(month, spans)]
    return {account: sorted(of) for account, of in found.items()}


def _days_of(account: str, known: Known) -> Iterator[tuple[dt.date, dt.date]]:
    """Give the days on which bills and the roster show an account."""
    for one in known.by_service.get(account, ()):
        if one.first and one.last:
            yield one.first, one.last
    for row in known.by_number.get(account, ()):
        if row.account.kind == "service":
            yield row.account.valid_from or dt.date.min, row.account.valid_to or dt.date.max


def joined_days(days: Iterable[tuple[dt.date, dt.date]]) -> list[tuple[dt.date, dt.date]]:
    """Return spans of days in order, those that follow on each other as one; all days inclusive.

    >>> day = dt.date
    >>> joined_days([(day(2026, 6, 11), day(2026, 7, 9)), (day(2026, 5, 12), day(2026, 6, 10))])
    [(datetime.date(2026, 5, 12), datetime.date(2026, 7, 9))]
    """
    found: list[tuple[dt.date, dt.date]] = []
    for first, last in sorted(days):
        if found and (first - found[-1][1]).days <= 1:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return found


def _is_in(month: int, spans: Iterable[tuple[dt.date, dt.date]]) -> bool:
    first, last = months.first_day(month), months.last_day(month)
    return any(begin <= first and last <= end for begin, end in spans)
