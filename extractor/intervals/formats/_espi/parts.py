"""The readings of one meter reading: complete, exact, at their instants, each once.

What a block leaves out is filled in from its reading type (a start from the block's own and the
length of an interval), values become thousandths of a Wh, VArh or VAh, exactly. What cannot be
exact, or cannot be at all, is an error: nothing of the file is taken. An interval without a value
is a gap, and told.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from extractor.intervals.clock import local
from extractor.intervals.formats._espi import overlaps, times
from extractor.intervals.formats._espi.collected import Block
from extractor.intervals.formats._espi.columns import MISSING, UNSAID, UNTIMED, Columns
from extractor.intervals.formats._espi.fields import BOUND, say
from extractor.intervals.formats._espi.meters import Usable
from extractor.intervals.formats._espi.names import QUALITIES, quality
from extractor.intervals.formats._espi.times import Numbers
from extractor.intervals.given import Problem, Quality

LONGEST = 400 * times.DAY


class RefusedError(Exception):
    """Nothing of the file may be taken; the problem says why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.problem = say(code, "error", message)


class Part(NamedTuple):
    """Readings as columns."""

    starts: Numbers
    seconds: Numbers
    values: Numbers
    """Thousandths of the unit."""
    qualities: NDArray[np.int8]

    def only(self, kept: NDArray[np.bool_]) -> Part:
        """Return those that are kept."""
        if kept.all():
            return self
        return Part(self.starts[kept], self.seconds[kept], self.values[kept], self.qualities[kept])


def part_of(columns: Columns, meter: Usable, is_local: bool) -> tuple[Part, list[Problem]]:
    """Return the readings of a meter reading, and what had to be mended; by a local clock or as instants.

    Raises:
        RefusedError: if a time or a value is impossible, or a value finer than can be kept.
    """
    rows = _rows(columns, meter, is_local)
    problems = list(_of_gaps(meter, rows))
    rows = rows.only((rows.values != MISSING) & (rows.starts != UNTIMED) & (rows.seconds != 0))
    _check(meter, rows.starts, rows.seconds)
    starts = times.instants(rows.starts, rows.folds) if is_local else rows.starts
    part = Part(starts, rows.seconds, _thousandths(meter, rows.values), _qualities(meter, rows.codes))
    again = overlaps.repeated(part.starts, part.seconds, part.values)
    return part.only(again.kept), [*problems, *_of_repeated(meter, again)]


class _Rows(NamedTuple):
    """What the columns have of a meter reading."""

    starts: Numbers
    seconds: Numbers
    values: Numbers
    codes: NDArray[np.int8]
    folds: Numbers

    def only(self, kept: NDArray[np.bool_]) -> _Rows:
        if kept.all():
            return self
        return _Rows(
            self.starts[kept], self.seconds[kept], self.values[kept], self.codes[kept], self.folds[kept]
        )


def _rows(columns: Columns, meter: Usable, is_local: bool) -> _Rows:
    """Return a meter reading's columns, what its blocks left out filled in."""
    length = meter.type.length or 0
    cut = [slice(block.first, block.end) for block in meter.blocks]
    starts = [_starts(columns, block, length) for block in meter.blocks]
    seconds = np.concatenate([view(columns.seconds)[one] for one in cut])
    seconds[seconds == 0] = length
    return _Rows(
        np.concatenate(starts),
        seconds,
        np.concatenate([view(columns.values)[one] for one in cut]),
        np.concatenate([np.frombuffer(columns.codes, dtype=np.int8)[one] for one in cut]),
        np.concatenate([times.folds(one) for one in starts]) if is_local else seconds,
    )


def view(column: array[int]) -> Numbers:
    """Return a column of 64-bit numbers without copying it."""
    return np.frombuffer(column, dtype=np.int64)


def _starts(columns: Columns, block: Block, length: int) -> Numbers:
    """Return the starts of a block; where it has none, its readings follow each other from its own."""
    starts = view(columns.starts)[block.first : block.end]
    untimed = starts == UNTIMED
    if not untimed.any() or block.begin is None or not length:
        return starts
    following = block.begin + length * np.arange(len(starts), dtype=np.int64)
    return np.where(untimed, following, starts)


def _of_gaps(meter: Usable, rows: _Rows) -> Iterator[Problem]:
    """Tell of intervals without a value, and of readings without a time."""
    if missing := int((rows.values == MISSING).sum()):
        yield say("no_value", "warning", f"{missing} intervals of {meter.where} have no value; they are gaps")
    if untimed := int(((rows.starts == UNTIMED) | (rows.seconds == 0)).sum()):
        reason = "have no start or length, and nothing to take it from; not given"
        yield say("no_time", "warning", f"{untimed} readings of {meter.where} {reason}")


def _check(meter: Usable, starts: Numbers, seconds: Numbers) -> None:
    """Refuse impossible times."""
    wrong = starts[(starts < times.FIRST_START) | (starts >= times.LAST_START)]
    if wrong.size:
        raise RefusedError(
            "impossible_start", f"{meter.where} has {wrong.size} impossible starts, the first {wrong[0]}"
        )
    wrong = seconds[(seconds < 1) | (seconds > LONGEST)]
    if wrong.size:
        raise RefusedError(
            "impossible_length",
            f"{meter.where} has {wrong.size} impossible durations, the first {wrong[0]} s",
        )


def _thousandths(meter: Usable, values: Numbers) -> Numbers:
    """Return values in thousandths of the unit, exactly, or refuse them."""
    multiplier = meter.type.multiplier or 0
    if not values.any():
        return values
    scale: int = 10 ** abs(multiplier + 3)
    if multiplier >= -3:
        if int(np.abs(values).max()) * scale >= BOUND:
            raise RefusedError("impossible_value", f"{meter.where} has values of an impossible size")
        return values * np.int64(scale)
    if (values % scale).any():
        raise RefusedError(
            "too_fine", f"{meter.where} counts finer than thousandths (multiplier {multiplier})"
        )
    return values // np.int64(scale)


def _qualities(meter: Usable, codes: NDArray[np.int8]) -> NDArray[np.int8]:
    """Return qualities; a reading without its own has its type's default."""
    table = np.full(256, Quality.UNKNOWN, dtype=np.int8)
    for code, meaning in QUALITIES.items():
        table[code] = meaning
    table[UNSAID] = quality(meter.type.quality)
    return table[codes]


def _of_repeated(meter: Usable, again: overlaps.Repeated) -> Iterator[Problem]:
    """Tell of readings that came twice."""
    if again.same:
        yield say("repeated", "info", f"{again.same} readings of {meter.where} come twice; given once")
    if count := again.changed.size:
        which = f"{count} intervals of {meter.where} have several values ({named(again.changed)})"
        yield say("changed", "warning", f"{which}; the last in the file is given")


def named(starts: Numbers) -> str:
    """Name intervals by their local starts, the first three."""
    names = ", ".join(f"{local(int(start)):%Y-%m-%d %H:%M %Z}" for start in starts[:3])
    return names + (", ..." if len(starts) > 3 else "")
