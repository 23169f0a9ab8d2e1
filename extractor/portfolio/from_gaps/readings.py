"""Readings for the plan: which days are without, and whether all of some days are there."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import Engine

from extractor.base.database import reading
from extractor.home import Home
from extractor.intervals.held.coverage import coverage
from extractor.intervals.held.refetch import to_fetch
from extractor.intervals.provisional import Again
from extractor.store.metered import has_readings


def without_readings(home: Home, engine: Engine, service_account: str | None = None) -> Sequence[Again]:
    """Return the billed periods of which readings are missing, or were imported before their bill."""
    with reading(engine) as session:
        if not has_readings(session):
            return ()
    return to_fetch(home, engine, service_account)


def are_whole(home: Home, engine: Engine, service_account: str, first: dt.date, last: dt.date) -> bool:
    """Tell whether every meter of an account has all delivered energy of some days, both inclusive.

    Where there are readings of several lengths, those of one have to be whole.
    """
    whole: dict[tuple[str, str | None], dict[tuple[str, int], bool]] = defaultdict(dict)
    for month in coverage(home, engine, service_account, first, last):
        kind = month.kind
        if kind.unit == "Wh" and kind.channel == "delivered":
            lengths = whole[kind.owner, kind.meter]
            key = kind.channel, kind.seconds
            lengths[key] = lengths.get(key, True) and month.is_complete
    return bool(whole) and all(any(lengths.values()) for lengths in whole.values())
