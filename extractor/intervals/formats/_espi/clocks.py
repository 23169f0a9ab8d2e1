"""How a feed's starts are to be taken, from the day blocks of all its meter readings.

One meter reading whose day blocks begin at midnight UTC, two or more, makes the whole feed one of a
local clock, unless it has labels that no clock shows. Where others, or blocks of the same, begin at
a local midnight, it cannot be told: an error. A feed is never changed on the proof of a single block.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from extractor.intervals.formats._espi import times
from extractor.intervals.formats._espi.collected import Block
from extractor.intervals.formats._espi.columns import UNTIMED, Columns
from extractor.intervals.formats._espi.fields import say
from extractor.intervals.formats._espi.meters import Usable
from extractor.intervals.formats._espi.parts import view
from extractor.intervals.given import Problem

AMBIGUOUS = say(
    "ambiguous_clock",
    "error",
    "some day blocks begin at midnight in California, others at midnight UTC: whether times are UTC "
    "or a local clock's cannot be told; ask who made the file",
)
LOCAL = say(
    "local_clock",
    "warning",
    "day blocks begin at midnight UTC: times are a local clock's written as UTC, and were converted",
)
UTC_DAYS = say(
    "utc_days",
    "info",
    "day blocks begin at midnight UTC, with times that no clock in California shows: taken as UTC",
)
ONE_UTC_DAY = say(
    "unproven_clock",
    "warning",
    "a day block begins at midnight UTC, and one alone does not show whether times are UTC: taken as UTC",
)
UTC_SPAN = say(
    "unproven_clock",
    "warning",
    "blocks of many days begin at midnight UTC, which does not show whether times are UTC or a local clock's:"
    " taken as UTC",
)
OTHER_ZONE = say(
    "other_zone",
    "warning",
    "day blocks begin at no midnight of California: the file may be of another utility",
)


class Clock(NamedTuple):
    """Whether starts are a local clock's labels, and what is to be known of it."""

    is_local: bool
    problems: tuple[Problem, ...] = ()


def clock_of(columns: Columns, found: Iterable[Usable]) -> Clock:
    """Tell whether a feed's starts are instants or a local clock's labels."""
    found = list(found)
    said = [(meter, times.evidence(day_begins(columns, meter.blocks))) for meter in found]
    labelled = [meter for meter, of in said if of.labels > 1 and not of.instants]
    instants = sum(of.instants for _, of in said)
    if any(of.instants and of.labels for _, of in said) or (labelled and instants):
        return Clock(False, (AMBIGUOUS,))
    if labelled:
        return _labelled(columns, labelled)
    if instants:
        return Clock(False)
    long = [begin for meter in found for begin in _long_begins(columns, meter.blocks)]
    return Clock(False, tuple(_unproven([of for _, of in said], times.evidence(long))))


def _labelled(columns: Columns, labelled: Sequence[Usable]) -> Clock:
    """Take starts as labels of a local clock, unless it never shows them."""
    blocks = (block for meter in labelled for block in meter.blocks)
    if any(times.has_skipped(view(columns.starts)[block.first : block.end]) for block in blocks):
        return Clock(False, (UTC_DAYS,))
    return Clock(True, (LOCAL,))


def _unproven(said: Sequence[times.Evidence], long: times.Evidence) -> Iterator[Problem]:
    """Tell where blocks of days do not show that starts are instants of a day in California."""
    if any(of.labels for of in said):
        yield ONE_UTC_DAY
    elif long.labels and not long.instants:
        yield UTC_SPAN
    if any(of.neither for of in said):
        yield OTHER_ZONE


def day_begins(columns: Columns, blocks: Iterable[Block]) -> Iterator[int]:
    """Return when the blocks of a day begin; SCE's carry the first reading of the next day."""
    return (begin for begin, length in _spans(columns, blocks) if length in times.DAYS)


def _long_begins(columns: Columns, blocks: Iterable[Block]) -> Iterator[int]:
    """Return when the blocks of two days and more begin that span whole days, an hour more or less."""
    for begin, length in _spans(columns, blocks):
        if (
            length > times.DAYS[-1]
            and abs((length + times.DAY // 2) % times.DAY - times.DAY // 2) <= times.HOUR
        ):
            yield begin


def _spans(columns: Columns, blocks: Iterable[Block]) -> Iterator[tuple[int, int]]:
    """Return when blocks begin, and how long they last: as they say, else as their readings do."""
    starts, seconds = view(columns.starts), view(columns.seconds)
    for block in blocks:
        here = starts[block.first : block.end]
        if block.begin is not None and block.length is not None:
            begin, length = block.begin, block.length
        elif len(here) and (here != UNTIMED).all():
            begin = int(here.min())
            length = int((here + seconds[block.first : block.end]).max()) - begin
        else:
            continue
        if times.is_possible(begin):
            yield begin, length
