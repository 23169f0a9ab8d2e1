"""Coverage of one meter by light rows, as strips of letters: a month each, delivery and generation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from extractor.intervals.held.months import first_day, last_day
from extractor.portfolio.billed import OfService
from extractor.portfolio.coverage.meters import Found
from extractor.portfolio.coverage.model import OfMeter
from extractor.portfolio.coverage.signs import letter
from extractor.portfolio.coverage.sources import Asked, Sources
from extractor.portfolio.coverage.told import of_meter
from tests.extractor.portfolio.rows import bill, service

TODAY = dt.date(2026, 6, 15)
MONTHS = (202601, 202602, 202603, 202604, 202605, 202606)
ENDS = ("2025-12-05", "2026-01-05", "2026-02-05", "2026-03-05", "2026-04-05", "2026-05-05", "2026-06-05")
DAY = dt.timedelta(days=1)


def period(month: int) -> tuple[str, str]:
    """Return the days of a read month's period, 1 is January: it ends on the fifth."""
    return f"{dt.date.fromisoformat(ENDS[month - 1]) + DAY}", ENDS[month]


def delivery(month: int, role: str = "delivery", **more: Any) -> OfService:
    return service(*period(month), role=role, **more)


def generation(month: int, **more: Any) -> OfService:
    return service(*period(month), role="generation", **more)


def both(*months: int) -> list[OfService]:
    """Return delivery and generation of some months, each month on a statement of its own."""
    found = []
    for month in months:
        on = bill(f"{dt.date.fromisoformat(ENDS[month]) + DAY}")
        found += [delivery(month, of=on), generation(month, of=on)]
    return found


def covered(
    services: Iterable[OfService],
    today: dt.date = TODAY,
    months: Sequence[int] = MONTHS,
    unsupplied: dict[tuple[int, int], str] | None = None,
    **more: Any,
) -> OfMeter:
    """Return the coverage of services with places; `more` are other sources."""
    first, last = first_day(months[0]), last_day(months[-1])
    asked = Asked(today, first, last, 5, unsupplied or {})
    return of_meter(Found(Sources("8000000001", list(services), **more)), months, asked)


def strips(found: OfMeter) -> tuple[str, str]:
    """Return the letters of both halves."""
    return "".join(map(letter, found.of_half("delivery"))), "".join(map(letter, found.of_half("generation")))
