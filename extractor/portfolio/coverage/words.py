"""What a service's coverage comes to, in a few words; and its gaps."""

from __future__ import annotations

from collections.abc import Iterator

from extractor.intervals.held import months
from extractor.portfolio.billed import OfService
from extractor.portfolio.coverage.model import HALVES, STATUSES, Cell, Coverage, Gap, Half, OfMeter, Status

OPEN: tuple[Status, ...] = ("missing", "late", "review", "expected", "history", "estimated")
"""What is named month by month; the rest is counted."""


def month(number: int) -> str:
    """Return a month as it is written.

    >>> month(202512)
    '2025-12'
    """
    return f"{number // 100}-{number % 100:02d}"


def open_months(meter: OfMeter) -> Iterator[tuple[Status, str]]:
    """Say which months have what, worst first: months that are so in both halves once."""
    for status in OPEN:
        of = {half: [one.month for one in _read(meter, half) if one.status == status] for half in HALVES}
        both = [one for one in of["delivery"] if one in of["generation"]]
        for said, named in (("", both), *((half, [m for m in of[half] if m not in both]) for half in HALVES)):
            if named:
                yield status, f"{status} {f'{said} ' if said else ''}{_runs(named)}"


def _read(meter: OfMeter, half: Half) -> Iterator[Cell]:
    return (cell for cell in meter.of_half(half) if cell.is_read)


def _runs(named: list[int]) -> str:
    """Return months, those that follow on each other drawn together.

    >>> _runs([202411, 202412, 202501, 202503])
    '2024-11..2025-01, 2025-03'
    """
    runs: list[list[int]] = []
    for one in named:
        if runs and months.following(runs[-1][-1]) == one:
            runs[-1].append(one)
        else:
            runs.append([one])
    return ", ".join(month(run[0]) if len(run) == 1 else f"{month(run[0])}..{month(run[-1])}" for run in runs)


def gap(one: Gap) -> str:
    """Say which days are not billed, or twice, and between which statements."""
    days = f"{one.days} days" if one.days > 1 else "1 day"
    what = f"{one.kind} of {days} of {one.half}, {one.first} to {one.last}"
    if one.before is None and one.after is None:
        return f"{what}: no {one.half} came before or after it"
    return f"{what}: {_statement('after', one.before)}, {_statement('before', one.after)}"


def _statement(side: str, one: OfService | None) -> str:
    if one is None:
        return f"nothing {'before' if side == 'after' else 'after'} it"
    return f"{side} {one.start} to {one.end} (statement {one.bill.statement_date or '-'}, {one.bill.name})"


def counted(found: Coverage, half: Half) -> str:
    """Count a half's months by status, in words, the good ones first."""
    counts = found.counts(half)
    return ", ".join(f"{counts[status]:,} {status}" for status in reversed(tuple(STATUSES)) if counts[status])


def unplaced(found: Coverage) -> Iterator[tuple[str, str]]:
    """Give each document that has no place, and why, once."""
    said = {(one.bill.name, one.why): None for one in found.unplaced}
    yield from said
