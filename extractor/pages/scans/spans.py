"""Rows of pixels as spans of ink: a page has a hundred times fewer spans than pixels."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Numbers = NDArray[np.intp]


def quantile(values: NDArray[Any], share: float) -> float:
    """Return the value that `share` of some values do not exceed, between two where it falls between them.

    What numpy's own does, in a tenth of its time for a few of them.

    >>> quantile(np.array([3, 1, 2]), 0.75)
    2.5
    """
    ordered = np.sort(values, axis=None)
    place = share * (ordered.size - 1)
    low = int(place)
    below, above = float(ordered[low]), float(ordered[min(low + 1, ordered.size - 1)])
    return below + (above - below) * (place - low)


class Spans(NamedTuple):
    """Where ink begins and ends in each row, from top to bottom and left to right, the ends exclusive."""

    rows: Numbers
    begins: Numbers
    ends: Numbers

    def which(self, chosen: Mask) -> Spans:
        """Return the chosen spans."""
        return Spans(self.rows[chosen], self.begins[chosen], self.ends[chosen])

    def joined(self, gap: int) -> Spans:
        """Return the spans, those of a row with less white than `gap` pixels between them as one.

        >>> spans_in(np.array([[1, 0, 1, 0, 0, 1]], bool)).joined(2).ends.tolist()
        [3, 6]
        """
        if not len(self.rows):
            return self
        goes_on = (self.rows[1:] == self.rows[:-1]) & (self.begins[1:] - self.ends[:-1] < gap)
        first, last = np.append(True, ~goes_on), np.append(~goes_on, True)
        return Spans(self.rows[first], self.begins[first], self.ends[last])


def spans_in(ink: Mask) -> Spans:
    """Return the spans of a page's ink.

    >>> [part.tolist() for part in spans_in(np.array([[1, 1, 0, 1], [0, 0, 0, 1]], bool))]
    [[0, 0, 1], [0, 3, 3], [2, 4, 4]]
    """
    bordered = np.zeros((ink.shape[0], ink.shape[1] + 1), np.bool_)  # a row ends in white
    bordered[:, :-1] = ink
    edges = np.flatnonzero(np.diff(bordered.ravel(), prepend=False))
    rows, begins = np.divmod(edges[::2], bordered.shape[1])
    return Spans(rows, begins, begins + (edges[1::2] - edges[::2]))


def boxes_of(spans: Spans) -> list[tuple[int, int, int, int]]:
    """Return left, top, right, bottom of what hangs together, right and bottom exclusive.

    >>> boxes_of(spans_in(np.array([[1, 0, 0], [1, 0, 1], [0, 0, 1]], bool)))
    [(0, 0, 1, 2), (2, 1, 3, 3)]
    """
    lines, begins, ends = (numbers.tolist() for numbers in spans)
    parents = list(range(len(lines)))

    def root(at: int) -> int:
        while parents[at] != at:
            parents[at] = parents[parents[at]]
            at = parents[at]
        return at

    above = 0
    for at, row in enumerate(lines):
        while lines[above] < row - 1 or (lines[above] == row - 1 and ends[above] <= begins[at]):
            above += 1
        under = above
        while lines[under] == row - 1 and begins[under] < ends[at]:
            parents[root(at)] = root(under)
            under += 1
    boxes: dict[int, list[int]] = {}
    for at, row in enumerate(lines):
        box = boxes.setdefault(root(at), [begins[at], row, ends[at], row + 1])
        box[0], box[2] = min(box[0], begins[at]), max(box[2], ends[at])
        box[3] = row + 1
    return [(left, top, right, bottom) for left, top, right, bottom in boxes.values()]
