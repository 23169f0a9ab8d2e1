"""Readings that come in small pieces of many series are given as blocks of one series each.

The order within a series is the file's. At most `HELD` readings are held back at any time.

>>> blocks = Blocks()
>>> blocks.of(Series("delivered")).starts.append(900)
>>> [(block.series.channel, block.starts) for block in blocks.rest()]
[('delivered', array('q', [900]))]
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator

from extractor.intervals.given import Readings, Series

HELD = 50_000
"""Readings, over all series, after which all that is held is given."""


class Blocks:
    """Collects readings by series, and whether their format is confirmed."""

    def __init__(self) -> None:
        self._open: dict[tuple[Series, bool], Readings] = {}
        self._held = 0

    def of(self, series: Series, is_confirmed: bool = True) -> Readings:
        """Return the block of a series, to which readings may be added."""
        block = self._open.get((series, is_confirmed))
        if block is None:
            block = Readings(series, array("q"), array("q"), array("q"), array("b"), is_confirmed)
            self._open[series, is_confirmed] = block
        return block

    def full(self, added: int) -> Iterator[Readings]:
        """Give all that is held if it is too much now that so many readings were added, else nothing."""
        self._held += added
        if self._held >= HELD:
            yield from self.rest()

    def rest(self) -> Iterator[Readings]:
        """Give all that is held."""
        held, self._open, self._held = self._open, {}, 0
        yield from (block for block in held.values() if len(block))
