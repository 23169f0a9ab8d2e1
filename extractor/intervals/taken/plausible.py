"""Readings that no meter can have counted, whatever their format: kept as they are told, and said.

A power above what any customer of SCE takes is a number that stands for something else, or another unit's;
a reading before there were interval meters, or after the file came, has another date's order or clock;
values that never fall for a day and more are a register's, not what was counted in an interval; and where no
reading begins as the one before ends, how long they last is told wrong, as by minutes for seconds.

>>> from array import array
>>> from extractor.intervals.given import Series
>>> block = Readings(Series("delivered"), *(array("q", [one]) for one in (1753686000, 900, 999_999_000_000)))
>>> [one.message.partition(" are ")[2] for one in plausible([block]) if isinstance(one, Problem)]
['above 500,000 kW: no customer takes so much']
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from extractor.intervals import clock
from extractor.intervals.given import Given, Problem, Readings, Series

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

MOST_KW = 500_000
"""More than any one customer takes: a fiftieth of what all of SCE's took at their peak, 24,345 MW in 2022."""

EARLIEST = 631_152_000
"""1990, before which no utility here read meters by intervals."""

RUN = 96
"""Readings that rise with nobody's load: a day of quarters, or four days of hours."""

RISES = 24
"""How often they have to rise: a constant load does not."""

FEW = 12
"""Readings of which two at least follow each other."""

SAID = {
    "too_much": f"are above {MOST_KW:,} kW: no customer takes so much",
    "too_early": "are before 1990: are their dates right?",
    "too_late": "are after the file came: are the order of day and month, and the clock, right?",
}
"""What is said of readings, by code."""


def plausible(given: Iterable[Given], until: int | None = None) -> Iterator[Given]:
    """Give all of it on, then what of it cannot be; no reading ends after the instant `until`."""
    watch = _Watch(until)
    for one in given:
        if isinstance(one, Readings) and len(one):
            watch.takes(one)
        yield one
    yield from watch.problems()


@dataclass
class _Run:
    """How the values of a series go on in time, whichever way its rows run."""

    last: tuple[int, int, int] | None = None
    """Start, value and seconds of the latest reading."""
    count: int = 0
    joined: int = 0
    """How many begin as the one before ends."""
    rises: int = 0
    falls: int = 0

    def goes_on(self, *columns: Ints) -> None:
        """Take the next readings of the series: their starts, values and seconds."""
        if self.last is not None:
            columns = tuple(np.insert(one, 0, last) for one, last in zip(columns, self.last, strict=True))
        starts, values, seconds = columns
        apart = np.diff(starts)
        self.joined += int(((apart == seconds[:-1]) | (-apart == seconds[1:])).sum())
        steps = np.sign(apart) * np.sign(np.diff(values))
        self.rises += int((steps > 0).sum())
        self.falls += int((steps < 0).sum())
        self.count += len(steps) + (self.last is None)
        self.last = int(starts[-1]), int(values[-1]), int(seconds[-1])

    @property
    def is_registers(self) -> bool:
        """Tell whether the values are those of a register that counts on."""
        return self.falls == 0 and self.count >= RUN and self.rises >= RISES


@dataclass
class _Watch:
    """What was found of what passes by."""

    until: int | None
    found: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    """How many by code and channel, and the start of the first."""
    runs: dict[Series, _Run] = field(default_factory=dict)

    def takes(self, block: Readings) -> None:
        """Look at readings."""
        columns = (block.starts, block.seconds, block.thousandths)
        starts, seconds, values = (np.frombuffer(column, dtype=np.int64) for column in columns)
        channel = block.series.channel
        power = np.abs(values.astype(np.float64)) * 3600 > seconds * (MOST_KW * 1e6)
        self._add("too_much", channel, starts, power)
        self._add("too_early", channel, starts, starts < EARLIEST)
        if self.until is not None:
            self._add("too_late", channel, starts, starts + seconds > self.until)
        self.runs.setdefault(block.series, _Run()).goes_on(starts, values, seconds)

    def _add(self, code: str, channel: str, starts: Ints, wrong: Bools) -> None:
        if count := int(wrong.sum()):
            before, first = self.found.get((code, channel), (0, int(starts[wrong][0])))
            self.found[code, channel] = before + count, first

    def problems(self) -> Iterator[Problem]:
        """Give what was found."""
        for (code, channel), (count, first) in self.found.items():
            which = f"{count} readings of {channel} energy, the first of {clock.local(first):%Y-%m-%d %H:%M},"
            yield Problem(code, "warning", f"{which} {SAID[code]}")
        for series, run in self.runs.items():
            if run.is_registers:
                said = f"the {run.count} values of {series.channel} energy never fall: are they a register's,"
                yield Problem(
                    "register_like", "warning", f"{said} and not what was counted in each interval?"
                )
            if run.count >= FEW and not run.joined:
                said = f"none of the {run.count} readings of {series.channel} energy begins as another ends:"
                yield Problem("never_joined", "warning", f"{said} is their length right?")
