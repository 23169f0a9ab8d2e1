"""What is late or missing: a line for each service, its months in both halves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from sqlmodel import Session

from extractor.portfolio.coverage.asked import coverage
from extractor.portfolio.coverage.model import OfMeter
from extractor.portfolio.seen import Seen
from extractor.portfolio.today.model import Asked, Line


def missing(session: Session, seen: Seen, asked: Asked, months: int, grace: int) -> Iterator[Line]:
    """Give the services of which a statement is late, or a half of a month is missing."""
    everything = seen if asked.customer is None else None
    found = coverage(session, asked.day, months, asked.customer, asked.manager, grace=grace, seen=everything)
    for meter in found.meters:
        if words := _said(meter):
            owner = meter.owner
            whose = f"{owner.customer_name}, " if owner else ""
            yield Line(
                f"{whose}{meter.number}: {words}",
                f"billclerk coverage --account {meter.number}",
                owner.customer if owner else None,
                owner.manager if owner else None,
            )


def _said(meter: OfMeter) -> str:
    """Say which halves of which months; nothing where none is.

    A month of which both halves are missing is its statement.
    """
    halves: dict[tuple[str, int], list[str]] = defaultdict(list)
    for cycle, half in meter.open("late", "missing"):
        halves[cycle.half(half).status, cycle.month].append(half)
    by_words: dict[tuple[str, str], list[str]] = defaultdict(list)
    for (status, month), of in sorted(halves.items()):
        what = "statement" if len(set(of)) == 2 or meter.provider == "SCE" else of[0]
        by_words[status, what].append(f"{month // 100}-{month % 100:02d}")
    said = [f"{what} of {_several(months)} {status}" for (status, what), months in by_words.items()]
    return ", ".join(said)


def _several(months: list[str]) -> str:
    """Name a few months, of many the first and the last.

    >>> _several(["2026-01", "2026-02"]), _several(["2025-11", "2025-12", "2026-01", "2026-02"])
    ('2026-01, 2026-02', '4 months from 2025-11 to 2026-02')
    """
    if len(months) <= 3:
        return ", ".join(months)
    return f"{len(months)} months from {months[0]} to {months[-1]}"
