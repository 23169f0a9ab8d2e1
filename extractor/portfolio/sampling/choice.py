"""Chance: how many values of each group are drawn, and which.

A group is drawn from alone, so that scans come up beside text however few they are. Half of a sample is
divided evenly among the groups, half by their sizes; what a group has not is drawn from the others.

Which values is told by the seed alone. The values of a group stand in a row, by the hash of their document,
the position of the bill in it and their printed order; the k-th draw is SHA-256 of `seed/group/k`, as a whole
number, modulo the length of the row, and a place that was drawn before is passed over. Each value of a group
so has the same chance, whatever else is in the store, and anybody can draw the same sample again.

>>> shares(20, {"text": 9500, "scans": 500})
{'text': 14, 'scans': 6}
>>> from itertools import islice
>>> list(islice(places("7", "text", 1000), 5))
[217, 991, 769, 111, 444]
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from hashlib import sha256
from itertools import count


def shares(size: int, groups: Mapping[str, int]) -> dict[str, int]:
    """Return how many of `size` values are drawn of each group of so many, fewer if there are no more."""
    size = min(size, sum(groups.values()))
    drawn = dict.fromkeys(groups, 0)
    while left := size - sum(drawn.values()):
        open_groups = {name: values for name, values in groups.items() if values > drawn[name]}
        for name, more in _divided(left, open_groups).items():
            drawn[name] = min(drawn[name] + more, groups[name])
    return drawn


def _divided(size: int, groups: Mapping[str, int]) -> dict[str, int]:
    """Divide half evenly and half by size; what is left of whole numbers goes to the largest remainders."""
    total, even = sum(groups.values()), Fraction(size, 2 * len(groups))
    exact = {name: even + Fraction(size * values, 2 * total) for name, values in groups.items()}
    whole = {name: int(share) for name, share in exact.items()}
    by_remainder = sorted(groups, key=lambda name: (whole[name] - exact[name], name))
    for name in by_remainder[: size - sum(whole.values())]:
        whole[name] += 1
    return whole


def places(seed: str, group: str, length: int) -> Iterator[int]:
    """Give all places of a row from 0 in the order in which they are drawn."""
    seen: set[int] = set()
    for draw in count():
        if len(seen) == length:
            return
        digest = sha256(f"{seed}/{group}/{draw}".encode()).digest()
        place = int.from_bytes(digest) % length
        if place not in seen:
            seen.add(place)
            yield place
