"""Chance: shares add up, every value of a group has the same one, and a seed says it all."""

from __future__ import annotations

from collections import Counter
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.portfolio.sampling.choice import places, shares

GROUPS = st.dictionaries(st.sampled_from("abcd"), st.integers(1, 10_000), min_size=1)


@given(st.integers(0, 3000), GROUPS)
def test_shares_add_up_and_no_group_gives_more_than_it_has(size: int, groups: dict[str, int]) -> None:
    drawn = shares(size, groups)
    assert sum(drawn.values()) == min(size, sum(groups.values()))
    assert all(0 <= drawn[name] <= groups[name] for name in groups)


@given(st.integers(8, 500), GROUPS)
def test_each_group_comes_up_with_nearly_its_part_of_the_even_half(size: int, groups: dict[str, int]) -> None:
    drawn = shares(size, groups)
    for name, values in groups.items():
        assert drawn[name] >= min(values, size // (2 * len(groups)))


@pytest.mark.parametrize(
    ("size", "groups", "drawn"),
    [
        (20, {"text": 9500, "scans": 500}, {"text": 14, "scans": 6}),
        (20, {"text": 100}, {"text": 20}),
        (20, {"text": 9000, "scans": 3}, {"text": 17, "scans": 3}),  # what scans have not, text has
        (1, {"text": 10, "scans": 10}, {"text": 0, "scans": 1}),
    ],
)
def test_shares(size: int, groups: dict[str, int], drawn: dict[str, int]) -> None:
    assert shares(size, groups) == drawn


def test_each_place_has_the_same_chance() -> None:
    length, size, seeds = 40, 10, 4000
    counts = Counter(
        place for seed in range(seeds) for place in islice(places(str(seed), "text", length), size)
    )
    expected = seeds * size / length
    chi = sum((counts[place] - expected) ** 2 / expected for place in range(length))
    assert chi < 70  # 39 degrees of freedom: more by chance once in 600 times, and the seeds are fixed


@given(st.text(max_size=5), st.integers(1, 60))
def test_all_places_come_up_once_and_the_same_again(seed: str, length: int) -> None:
    drawn = list(places(seed, "text", length))
    assert sorted(drawn) == list(range(length))
    assert drawn == list(places(seed, "text", length))


def test_groups_and_seeds_are_drawn_by_their_own_chance() -> None:
    first = list(islice(places("7", "text", 1000), 10))
    assert first != list(islice(places("7", "scans", 1000), 10))
    assert first != list(islice(places("8", "text", 1000), 10))
