"""Whether a feed's starts are instants, or a local clock written as if it were UTC.

ESPI's times are seconds of UTC. Some feeds (SDG&E's download of 2019) write the local clock as if
it were UTC, and no field says so: LocalTimeParameters are wrong too often to be used. Blocks of a
day tell: the first reading of a day is at local midnight, so day blocks of one meter reading that
begin at a local midnight are instants, those that begin at midnight of UTC are local clocks (no
instant in California is both). One such block alone, or one cut from a request, is no proof.
Labels of the hour that spring skips prove that they are instants after all.

>>> evidence([1433660400, 1433746800]), evidence([1433635200, 1433721600])
(Evidence(instants=2, labels=0, neither=0), Evidence(instants=0, labels=2, neither=0))
>>> instants(np.array([1433635200, 1433635200 + 900]), np.array([0, 0])) - 1433635200
array([25200, 26100])
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from extractor.intervals.clock import instant, local

Numbers = NDArray[np.int64]

DAY = 86400
HOUR = 3600
DAYS = range(DAY - HOUR, DAY + HOUR + 1)
"""How long a block of a day may be, in seconds."""

FIRST_START, LAST_START = 315532800, 4102444800
"""1980 and 2100: a start beyond them is in milliseconds, or is none."""

_EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001  # a clock's time: it has no zone yet


def is_possible(start: int) -> bool:
    """Tell whether a start can be one.

    >>> is_possible(1440109957), is_possible(1440109957976)
    (True, False)
    """
    return FIRST_START <= start < LAST_START


class Evidence(NamedTuple):
    """How many day blocks begin at a local midnight, at a UTC midnight, at neither."""

    instants: int = 0
    labels: int = 0
    neither: int = 0


def evidence(begins: Iterable[int]) -> Evidence:
    """Count what the beginnings of a meter reading's day blocks say; a repeated one counts once."""
    found = [0, 0, 0]
    for begin in set(begins):
        at = 1 if begin % DAY == 0 else 0 if _is_midnight(begin) else 2
        found[at] += 1
    return Evidence(*found)


def _is_midnight(begin: int) -> bool:
    clock = local(begin)
    return (clock.hour, clock.minute, clock.second) == (0, 0, 0)


@lru_cache(1 << 16)
def _offset(hour: int, fold: int) -> int:
    """Return what is added to the labels of an hour to make them instants."""
    clock = _EPOCH + dt.timedelta(hours=hour)
    return instant(clock, fold) - hour * HOUR


def is_skipped(hour: int) -> bool:
    """Tell whether a local clock never shows an hour, counted in hours since 1970.

    >>> is_skipped(int(dt.datetime(2025, 3, 9, 2, tzinfo=dt.UTC).timestamp()) // 3600)
    True
    """
    clock = _EPOCH + dt.timedelta(hours=hour)
    return local(instant(clock)).replace(tzinfo=None) != clock


def has_skipped(labels: Numbers) -> bool:
    """Tell whether starts are labelled in an hour that the local clock never shows."""
    hours = (int(hour) for hour in np.unique(labels // HOUR))
    return any(is_skipped(hour) for hour in hours if is_possible(hour * HOUR))


def instants(labels: Numbers, folds: Numbers) -> Numbers:
    """Return the instants of labels; of an hour that comes twice the fold says which."""
    hours, at = np.unique(np.stack([labels // HOUR, folds]), axis=1, return_inverse=True)
    offsets = np.array([_offset(int(hour), int(fold)) for hour, fold in hours.T], dtype=np.int64)
    return labels + offsets[at.ravel()] if len(labels) else labels


def folds(labels: Numbers) -> Numbers:
    """Return for each label of a block whether it is the second of its name in time.

    A block that runs backwards has the second first.
    """
    backwards = len(labels) > 1 and labels[0] > labels[-1]
    ordered = labels[::-1] if backwards else labels
    _, first = np.unique(ordered, return_index=True)
    second = np.ones(len(labels), dtype=np.int64)
    second[first] = 0
    return second[::-1] if backwards else second
