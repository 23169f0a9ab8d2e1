"""Readings of a service as sorted columns, each interval once: what metering counts on.

Of two readings of a meter's channel that begin at the same instant the later one given wins. Where a
longer reading lies over shorter ones (an hour and its quarters), the shorter ones count: nothing is
counted twice. What is left out is counted. Prepare once per service, then meter any period.

>>> from array import array
>>> from extractor.intervals.given import Readings, Series
>>> columns = (array("q", one) for one in ([0, 900, 900], [900, 900, 900], [1, 2, 5]))
>>> [column] = prepared([Readings(Series("delivered"), *columns)])
>>> column.starts.tolist(), column.thousandths.tolist(), column.repeated
([0, 900], [1, 5], 1)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from extractor.intervals.given import Channel, Quality, Readings

Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.int8]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Column:
    """Energy of one channel of one meter, in the order of time."""

    channel: Channel
    meter: str | None
    starts: Ints
    """Seconds since 1970 in UTC."""
    seconds: Ints
    """Durations."""
    thousandths: Ints
    """Thousandths of Wh."""
    qualities: Bytes
    """`Quality` of each."""
    repeated: int = 0
    """Readings left out, since another one counts for their time."""

    def between(self, begin: int, end: int) -> Column:
        """Return the readings whose middles lie in a span of instants, the end exclusive."""
        candidates = slice(*np.searchsorted(self.starts, (begin - self.longest, end)).tolist())
        middles = self.starts[candidates] + self.seconds[candidates] // 2
        first, last = (np.searchsorted(middles, (begin, end)) + candidates.start).tolist()
        return self._at(slice(first, last))

    @cached_property
    def longest(self) -> int:
        """Return the longest duration, in seconds."""
        return int(self.seconds.max(initial=0))

    @cached_property
    def largest(self) -> int:
        """Return the largest value whatever its sign, in thousandths of Wh."""
        return max(int(self.thousandths.max(initial=0)), -int(self.thousandths.min(initial=0)))

    @cached_property
    def step(self) -> int | None:
        """Return the length of all readings if each begins at another multiple of it; else None."""
        length = self.longest
        is_even = length > 0 and (self.seconds == length).all() and (np.diff(self.starts) > 0).all()
        return length if is_even and not (self.starts % length).any() else None

    def later(self, seconds: int) -> Column:
        """Return the same readings at later instants: what another reading of the clock would have given."""
        return replace(self, starts=self.starts + seconds)

    def _at(self, where: slice | Ints | Bools, left_out: int = 0) -> Column:
        return replace(
            self,
            starts=self.starts[where],
            seconds=self.seconds[where],
            thousandths=self.thousandths[where],
            qualities=self.qualities[where],
            repeated=self.repeated + left_out,
        )


def prepared(readings: Iterable[Readings]) -> tuple[Column, ...]:
    """Return the energy readings of one service by channel and meter, given in the order of their import."""
    blocks: dict[tuple[Channel, str | None], list[Readings]] = {}
    for block in readings:
        if block.series.unit == "Wh":
            blocks.setdefault((block.series.channel, block.series.meter), []).append(block)
    return tuple(_column(channel, meter, of) for (channel, meter), of in blocks.items())


def column(
    channel: Channel,
    meter: str | None,
    starts: Ints,
    seconds: Ints,
    thousandths: Ints,
    qualities: Bytes | None = None,
) -> Column:
    """Return a column of readings in any order; of two that begin at the same instant the later wins."""
    if qualities is None:
        qualities = np.full(len(starts), Quality.UNKNOWN, dtype=np.int8)
    return _each_once(Column(channel, meter, starts, seconds, thousandths, qualities))


def _column(channel: Channel, meter: str | None, blocks: Sequence[Readings]) -> Column:
    qualities = [_qualities(block) for block in blocks]
    starts, seconds, thousandths = (
        np.concatenate([np.frombuffer(getattr(block, name), dtype=np.int64) for block in blocks])
        for name in ("starts", "seconds", "thousandths")
    )
    return column(channel, meter, starts, seconds, thousandths, np.concatenate(qualities))


def _qualities(block: Readings) -> Bytes:
    if block.qualities:
        return np.frombuffer(block.qualities, dtype=np.int8)
    return np.full(len(block), Quality.UNKNOWN, dtype=np.int8)


def _each_once(given: Column) -> Column:
    """Sort by start and leave out what another reading counts for."""
    if (np.diff(given.starts) >= np.maximum(given.seconds[:-1], 1)).all():
        return given
    found = given._at(np.argsort(given.starts, kind="stable"))
    last_of_its_start = np.append(np.diff(found.starts) != 0, True)[: len(found.starts)]
    if not last_of_its_start.all():
        found = found._at(last_of_its_start, int((~last_of_its_start).sum()))
    if (np.diff(found.starts) < found.seconds[:-1]).any():
        found = _without_longer(found)
    return found


def _without_longer(given: Column) -> Column:
    """Leave out the readings that overlap shorter or earlier ones by half the shorter's length or more."""
    kept = given._at(np.zeros(len(given.starts), dtype=np.bool_))
    for length in np.unique(given.seconds).tolist():
        these = _apart(given._at(given.seconds == length), length)
        shortest = int(kept.seconds.min()) if len(kept.seconds) else length
        free = these._at(_covered(kept, these) * 2 < shortest)
        both = np.concatenate((kept.starts, free.starts))
        order = np.argsort(both, kind="stable")
        kept = _joined(kept, free)._at(order)
    return replace(kept, repeated=given.repeated + len(given.starts) - len(kept.starts))


def _apart(these: Column, length: int) -> Column:
    """Leave out readings of one length that begin before more than half of the one before is over."""
    if not (np.diff(these.starts) * 2 <= length).any():
        return these
    kept: list[int] = []
    for at, start in enumerate(these.starts.tolist()):
        if not kept or (start - int(these.starts[kept[-1]])) * 2 > length:
            kept.append(at)
    return these._at(np.array(kept, dtype=np.int64))


def _joined(one: Column, other: Column) -> Column:
    return replace(
        one,
        starts=np.concatenate((one.starts, other.starts)),
        seconds=np.concatenate((one.seconds, other.seconds)),
        thousandths=np.concatenate((one.thousandths, other.thousandths)),
        qualities=np.concatenate((one.qualities, other.qualities)),
    )


def _covered(kept: Column, these: Column) -> Ints:
    """Return how many seconds of each reading lie under readings that are kept already."""
    return _covered_until(kept, these.starts + these.seconds) - _covered_until(kept, these.starts)


def _covered_until(kept: Column, instants: Ints) -> Ints:
    """Return how many seconds before each instant are covered by readings that hardly overlap."""
    if not len(kept.starts):
        return np.zeros(len(instants), dtype=np.int64)
    before = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(kept.seconds)))
    at = np.searchsorted(kept.starts, instants, side="right")
    inside = np.where(at > 0, instants - kept.starts[np.maximum(at, 1) - 1], 0)
    length = np.where(at > 0, kept.seconds[np.maximum(at, 1) - 1], 0)
    covered: Ints = before[np.maximum(at, 1) - 1] + np.minimum(inside, length)
    return covered
