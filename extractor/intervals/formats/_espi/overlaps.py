"""Readings that a feed gives more than once: repeated, changed, or of two lengths for one time.

A block of SCE's takes the first reading of the next day with it, so blocks overlap by one; PG&E
sends 5- and 15-minute readings of the same time. What has the same start and length is one
reading, the last in the file; of readings that contain shorter ones the shorter are kept.
Everything is done on columns and keeps the order of the file.

>>> starts, seconds, values = np.array([0, 900, 900, 1800]), np.full(4, 900), np.array([1, 2, 2, 3])
>>> repeated(starts, seconds, values)
Repeated(kept=array([ True, False,  True,  True]), same=1, changed=array([], dtype=int64))
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Mask = NDArray[np.bool_]


class Repeated(NamedTuple):
    """Which readings are kept of those that have the same start and length."""

    kept: Mask
    same: int
    """How many were left out that say the same as the one kept."""
    changed: Numbers
    """Starts at which another value was left out."""


def repeated(starts: Numbers, seconds: Numbers, values: Numbers) -> Repeated:
    """Find repeated readings, of which the last in the file is kept."""
    everything = np.ones(len(starts), dtype=np.bool_)
    if len(starts) < 2 or (np.diff(starts) > 0).all() or (np.diff(starts) < 0).all():
        return Repeated(everything, 0, starts[:0])
    order = np.lexsort((seconds, starts))  # stable: the last in the file is the last of its group
    again = (np.diff(starts[order]) == 0) & (np.diff(seconds[order]) == 0)
    if not again.any():
        return Repeated(everything, 0, starts[:0])
    group = np.concatenate(([0], np.cumsum(~again)))
    last = np.append(np.flatnonzero(~again), len(order) - 1)
    differs = values[order] != values[order][last][group]
    everything[order[:-1][again]] = False
    changed = np.unique(starts[order][differs])
    return Repeated(everything, int(again.sum() - differs.sum()), changed)


class Covered(NamedTuple):
    """Which readings are kept where longer ones contain shorter ones."""

    kept: Mask
    partly: int
    """How many were left out although the shorter ones do not fill them."""


def covered(starts: Numbers, seconds: Numbers) -> Covered:
    """Find the readings that contain the start of a shorter one."""
    kept = np.ones(len(starts), dtype=np.bool_)
    partly = 0
    if not overlap(starts, seconds):
        return Covered(kept, partly)
    for length in np.unique(seconds)[1:]:
        shorter = np.flatnonzero(kept & (seconds < length))
        shorter = shorter[np.argsort(starts[shorter])]
        filled = np.concatenate(([0], np.cumsum(seconds[shorter])))
        these = np.flatnonzero(seconds == length)
        first = np.searchsorted(starts[shorter], starts[these])
        end = np.searchsorted(starts[shorter], starts[these] + length)
        inside = end > first
        partly += int((inside & (filled[end] - filled[first] < length)).sum())
        kept[these[inside]] = False
    return Covered(kept, partly)


def overlap(starts: Numbers, seconds: Numbers) -> int:
    """Count the readings that begin before one that began earlier is over."""
    order = np.argsort(starts, kind="stable")
    ends = np.maximum.accumulate((starts + seconds)[order])
    return int((starts[order][1:] < ends[:-1]).sum())
