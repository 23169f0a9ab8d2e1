"""What rows of billing history say against each other: what cannot be, and what a person has to know."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal

from extractor.billing_history.rows import Row
from extractor.intervals.given import Problem

FEWEST = 7
"""Days below which most rows are no billing periods, but intervals."""

OVERLAP = 1
"""Days that two periods may have in common: a read day is told with both."""

DEAREST = Decimal(2)
"""USD that a kWh does not cost in most rows."""

NAMED = 5
"""Rows that are named one by one."""


def refused(rows: Sequence[Row]) -> str | None:
    """Say why no row can be taken, for what most of them say."""
    if _most(row.days < FEWEST for row in rows):
        return (
            f"most of its rows have fewer than {FEWEST} days: these are intervals, not billing periods;"
            " `billclerk intervals map FILE`"
        )
    for row in rows:
        if row.kwh is not None and row.kw and row.kwh > (row.kw + 1) * 24 * row.days:
            return (
                f"line {row.line}: {row.kwh:f} kWh in {row.days} days are more than {row.kw:f} kW can be:"
                " are columns swapped, or is one of them in another unit?"
            )
    both = [row for row in rows if (row.kwh or 0) > 0 and (row.kw or 0) > 0]
    if both and _most((row.kwh or 0) < (row.kw or 0) for row in both):
        return "most of its rows have fewer kWh than kW: are the columns swapped?"
    return None


def _most(told: Iterable[bool]) -> bool:
    every = list(told)
    return 2 * sum(every) > len(every)


def concerns(rows: Sequence[Row], differing: Callable[[int, int], list[str]]) -> Iterator[Problem]:
    """Give what a person has to know of rows that are taken.

    `differing` tells in which columns that are not read two rows differ, by their places.
    """
    priced = [row for row in rows if (row.kwh or 0) > 0 and (row.amount or 0) > 0]
    dear = [(row.amount or Decimal(0)) > DEAREST * (row.kwh or Decimal(0)) for row in priced]
    if priced and _most(dear):
        said = f"in most rows a kWh costs more than ${DEAREST}: are kWh and dollars swapped?"
        yield Problem("dear", "warning", said)
    of: dict[str, list[int]] = defaultdict(list)
    for at, row in enumerate(rows):
        of[row.account].append(at)
    found = [one for places in of.values() for one in _beside(rows, places, differing)]
    yield from found[:NAMED]
    if len(found) > NAMED:
        yield Problem("beside", "warning", f"so are {len(found) - NAMED} more pairs of rows")


def _beside(
    rows: Sequence[Row], places: Sequence[int], differing: Callable[[int, int], list[str]]
) -> Iterator[Problem]:
    """Give the rows of one account, by their places, that have days of another one's."""
    reached: Row | None = None
    before = -1
    for at in sorted(places, key=lambda at: (rows[at].first, rows[at].last, rows[at].line)):
        row = rows[at]
        if reached is not None and (reached.first, reached.last) == (row.first, row.last):
            yield _of_same_period(reached, row, differing(before, at))
        elif reached is not None and (reached.last - row.first).days + 1 > OVERLAP:
            said = (
                f"{row.account} has {row.first} to {row.last}, and in line {reached.line}"
                f" {reached.first} to {reached.last}: these overlap"
            )
            yield Problem("overlap", "warning", said, row.line)
        if reached is None or row.last >= reached.last:
            reached, before = row, at


def _of_same_period(one: Row, other: Row, columns: Sequence[str]) -> Problem:
    """Say that two rows have the same days, and in which columns that are not read they differ."""
    days = f"line {other.line}: {other.account} has {other.first} to {other.last} in line {one.line}, too"
    where = f"; it differs in {', '.join(columns)}" if columns else ""
    if one[4:] == other[4:]:
        said = f"{days}, with the same values{where}: both are taken, and neither is compared"
    else:
        said = f"{days}, and says otherwise{where}"
    return Problem("same_period", "warning", said, other.line)
