"""What the rows of a table of billing history prove: the order of dates, the comma, which days a period has.

That a period has both its days is proven where one begins on the day after the one before ends, or where a
column of days counts both. Where one begins on the day on which the one before ends, that day is of one of
them, and nothing in the table tells of which: a person has to.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise

from extractor.billing_history.cells import days_of, is_total
from extractor.billing_history.mapping import DAYS, HistoryMapping
from extractor.intervals.mapped import moments
from extractor.intervals.mapped.monthly import VALUES
from extractor.intervals.mapped.proof import Proof
from extractor.intervals.mapped.proofs import decimal_of, mistaken_dates, order_of
from extractor.intervals.mapped.sample import Sample

_AROUND = re.compile(r"(?i:US\$|USD)|[$()\s]|CR$|(?i:[kmg]?wh?)$|^[-+\u2212]|[-\u2212]$")


def proofs(sample: Sample, mapping: HistoryMapping) -> dict[str, Proof]:
    """Return what is proven and what is open, by the names of a mapping's fields."""
    order = order_of(_dates(sample, mapping))
    known = mapping.order or order.value
    bounds = _bounds(sample, mapping, known) if known else Proof(None, "dates cannot be read yet")
    return {"order": order, "decimal": decimal_of(set(_numbers(sample, mapping))), "bounds": bounds}


def mistaken(sample: Sample, mapping: HistoryMapping) -> str | None:
    """Return why dates cannot be believed: a spreadsheet took days for months where it could."""
    return mistaken_dates(_dates(sample, mapping))


def _dates(sample: Sample, mapping: HistoryMapping) -> list[str]:
    cells = (
        text
        for group in mapping.groups
        for role in DAYS
        if role in group
        for text in sample.column(group[role])
    )
    return [text for text in dict.fromkeys(cells) if moments.orders(text)]


def _numbers(sample: Sample, mapping: HistoryMapping) -> Iterator[str]:
    for group in mapping.groups:
        for role in VALUES:
            if role in group:
                yield from (_AROUND.sub("", text) for text in sample.column(group[role]))


def _bounds(sample: Sample, mapping: HistoryMapping, order: moments.Order) -> Proof:
    places = mapping.first
    if "start" in places and not {"end", "read"} & set(places):
        return Proof("inclusive", "a period begins on its first day and lasts its days", is_default=True)
    if "start" not in places:
        return Proof(None, "a read day may be the last of its period, or the first of the next: a bill tells")
    counted, steps = _counts(sample, mapping, order)
    for found, one, what in (
        (counted, 1, "days are counted with both of them"),
        (steps, 1, "periods follow each other to the day"),
    ):
        if found and found[one] == found.total():
            return Proof("inclusive", f"in all {found.total()} rows that tell it {what}")
    if (steps and steps[0] == steps.total()) or (counted and counted[0] == counted.total()):
        return Proof(
            None,
            "a period begins on the day on which the one before ends: a bill tells which of them has it",
            excluded=("inclusive",),
        )
    return Proof(None, "rows tell it in several ways" if counted or steps else "no row tells it")


def _counts(
    sample: Sample, mapping: HistoryMapping, order: moments.Order
) -> tuple[Counter[int], Counter[int]]:
    """Return how many days more than between its dates a row counts, and days from a period to the next."""
    counted: Counter[int] = Counter()
    steps: Counter[int] = Counter()
    of: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for group in mapping.groups:
        end = group.get("end", group.get("read"))
        for _, row in sample.rows:
            if mapping.account is not None and is_total("".join(row[mapping.account : mapping.account + 1])):
                continue
            try:
                first, last = (
                    moments.moment(row[at], order).date.toordinal() for at in (group["start"], end or 0)
                )
            except (ValueError, IndexError):
                continue
            of[row[mapping.account] if mapping.account is not None else ""].append((first, last))
            days = _days(row, group.get("days"))
            if days is not None and days - (last - first) in (0, 1):
                counted[days - (last - first)] += 1
    for spans in of.values():
        ordered = sorted(spans)
        for before, after in pairwise(ordered):
            if after[0] - before[1] in (0, 1):
                steps[after[0] - before[1]] += 1
    return counted, steps


def _days(row: list[str], at: int | None) -> int | None:
    try:
        return None if at is None else days_of(row[at])
    except (ValueError, IndexError):
        return None
