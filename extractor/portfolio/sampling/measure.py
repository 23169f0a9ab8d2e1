"""Accuracy that a sample proves: exact intervals, by group and of all values together.

Of one group the interval is Clopper and Pearson's (Biometrika 26, 1934): of `n` values `wrong` are wrong; the
share of wrong ones is no less than the p at which so many or more would be drawn with a chance of 2.5 %, and
no more than the p at which so many or fewer would. It never covers less than 95 %. With none wrong, "at most"
is one-sided: (1 - p)^n = 5 %, so p = 1 - 0.05^(1/n); 13.91 % of 20, and 299 values for 1 %.

    wrong  n    interval of 95 %
    0      20   0        to 0.168433
    1      20   0.001265 to 0.248733
    10     20   0.271958 to 0.728042
    10     100  0.049005 to 0.176223

Groups are drawn from in other shares than they are of all values, so what they say together is weighted by
how many values each has, W. Of several groups the weighted sum of their bounds, each at its part of the 5 %
(Bonferroni), holds whatever the truth is; with none wrong the bound is Buehler's, which is closer: the
largest sum of W x p at which none wrong in all groups still has a chance of 5 %. A group of which nothing is
known may be wrong throughout. That a group is finite is not used: it would make intervals narrower.

>>> [round(bound, 6) for bound in interval(1, 20)], round(most_wrong([Part(1, 20, 0)]), 6)
([0.001265, 0.248733], 0.139108)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

LEVEL = 0.95

STEPS = 100
"""Halvings of an interval: to the last digit of a floating-point number."""

TARGET = 0.01
"""The share of wrong values that a sample might be asked to rule out."""

MOST = 10_000_000


class Part(NamedTuple):
    """A group: its part of all values, how many were looked at, and how many of these are wrong."""

    weight: float
    looked_at: int
    wrong: int


def interval(wrong: int, looked_at: int, level: float = LEVEL) -> tuple[float, float]:
    """Return the two-sided interval of the share of wrong values; from 0 to 1 if none was looked at."""
    tail = (1 - level) / 2
    return _at_least(wrong, looked_at, tail), _at_most(wrong, looked_at, tail)


def combined(parts: Sequence[Part], level: float = LEVEL) -> tuple[float, float]:
    """Return the interval of the share of wrong values in all groups together."""
    tail = (1 - level) / (2 * len(parts))
    low = sum(part.weight * _at_least(part.wrong, part.looked_at, tail) for part in parts)
    high = sum(part.weight * _at_most(part.wrong, part.looked_at, tail) for part in parts)
    return low, min(high, 1.0)


def share_wrong(parts: Sequence[Part]) -> float | None:
    """Return the estimated share of wrong values, None where nothing of a group was looked at."""
    if any(not part.looked_at for part in parts):
        return None
    return sum(part.weight * part.wrong / part.looked_at for part in parts)


def most_wrong(parts: Sequence[Part], level: float = LEVEL) -> float:
    """Return the share of wrong values above which the truth is not, one-sided."""
    if not any(part.wrong for part in parts):
        return _none_wrong(parts, 1 - level)
    tail = (1 - level) / len(parts)
    return min(sum(part.weight * _at_most(part.wrong, part.looked_at, tail) for part in parts), 1.0)


def needed(parts: Sequence[Part], target: float = TARGET) -> int | None:
    """Return how many values in all show that no more than `target` are wrong, if no other wrong one is met.

    They are drawn as these were, so many of each group for one; None where it would be millions.

    >>> needed([Part(1, 20, 0)]), needed([Part(1, 20, 1)])
    (299, 473)
    """
    drawn = sum(part.looked_at for part in parts)
    if any(not part.looked_at for part in parts):
        return None

    def shows(size: int) -> bool:
        grown = [part._replace(looked_at=max(part.looked_at * size // drawn, part.wrong)) for part in parts]
        return most_wrong(grown) <= target

    high = max(drawn, 1)
    while not shows(high):
        high *= 2
        if high > MOST:
            return None
    low = 0
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if shows(middle) else (middle, high)
    return high


def _none_wrong(parts: Sequence[Part], chance: float) -> float:
    """Return the largest share of wrong values of which none is drawn with a chance of this.

    With q = 1 - p of each group: the least sum of W x q under the product of q^n no less than the chance is
    where W x q / n is the same in all groups, but q at most 1 (Lagrange).
    """
    known = [part for part in parts if part.looked_at and part.weight > 0]

    def right(level: float) -> list[float]:
        return [min(1.0, level * part.looked_at / part.weight) for part in known]

    def is_likely(level: float) -> bool:
        logs = (part.looked_at * math.log(q) for part, q in zip(known, right(level), strict=True) if q > 0)
        return level > 0 and sum(logs) >= math.log(chance)

    level = _boundary(is_likely, 0.0, max((part.weight / part.looked_at for part in known), default=0.0))
    return 1 - sum(part.weight * q for part, q in zip(known, right(level), strict=True))


def _at_least(wrong: int, looked_at: int, chance: float) -> float:
    """Return the share at which so many wrong ones, or more, are drawn with this chance."""
    if not wrong:
        return 0.0
    return _boundary(lambda share: 1 - _so_few(wrong - 1, looked_at, share) >= chance, 0.0, 1.0)


def _at_most(wrong: int, looked_at: int, chance: float) -> float:
    """Return the share at which so many wrong ones, or fewer, are drawn with this chance."""
    if wrong >= looked_at:
        return 1.0
    return _boundary(lambda share: _so_few(wrong, looked_at, share) < chance, 0.0, 1.0)


def _boundary(holds: Callable[[float], bool], low: float, high: float) -> float:
    """Return from where on something holds that does not hold at `low` and holds at `high`."""
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


def _so_few(wrong: int, looked_at: int, share: float) -> float:
    """Return the chance that of so many values no more than `wrong` are, each with the chance `share`."""
    if share <= 0 or share >= 1:
        return 1.0 if share <= 0 or wrong >= looked_at else 0.0
    logs = (
        math.lgamma(looked_at + 1)
        - math.lgamma(one + 1)
        - math.lgamma(looked_at - one + 1)
        + one * math.log(share)
        + (looked_at - one) * math.log1p(-share)
        for one in range(wrong + 1)
    )
    return math.fsum(map(math.exp, logs))
