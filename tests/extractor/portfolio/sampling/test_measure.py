"""Intervals against tables, and what they may never do."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.portfolio.sampling.measure import Part, combined, interval, most_wrong, needed, share_wrong


@pytest.mark.parametrize(
    ("wrong", "looked_at", "low", "high"),
    [  # Clopper and Pearson, 95 %, as printed tables have them
        (0, 10, 0.0, 0.308497),
        (0, 20, 0.0, 0.168433),
        (1, 20, 0.001265, 0.248733),
        (3, 10, 0.066740, 0.652453),
        (5, 10, 0.187086, 0.812914),
        (10, 20, 0.271958, 0.728042),
        (10, 100, 0.049005, 0.176223),
        (20, 20, 0.831567, 1.0),
        (0, 0, 0.0, 1.0),  # nothing looked at, nothing known
    ],
)
def test_interval_of_one_group(wrong: int, looked_at: int, low: float, high: float) -> None:
    assert list(interval(wrong, looked_at)) == pytest.approx([low, high], abs=1e-6)


@pytest.mark.parametrize(
    ("looked_at", "most"),
    [(20, 0.139108), (59, 0.049508), (100, 0.029513), (299, 0.009969), (1, 0.95), (0, 1.0)],
)
def test_none_wrong_is_the_rule_of_three(looked_at: int, most: float) -> None:
    assert most_wrong([Part(1, looked_at, 0)]) == pytest.approx(most, abs=1e-6)


def test_even_groups_of_even_samples_are_as_good_as_one() -> None:
    assert most_wrong([Part(0.5, 10, 0), Part(0.5, 10, 0)]) == pytest.approx(1 - 0.05 ** (1 / 20))


def test_a_group_of_which_nothing_is_known_may_be_wrong_throughout() -> None:
    parts = [Part(0.9, 1000, 0), Part(0.1, 0, 0)]
    assert most_wrong(parts) > 0.1
    assert combined(parts)[1] > 0.1
    assert share_wrong(parts) is None and needed(parts) is None


@pytest.mark.parametrize(("wrong", "values"), [(0, 299), (1, 473), (2, 628)])
def test_how_many_show_99_percent(wrong: int, values: int) -> None:
    assert needed([Part(1, 20, wrong)]) == values


PARTS = st.lists(
    st.tuples(st.integers(1, 50), st.integers(1, 60), st.integers(0, 60)), min_size=1, max_size=4
).map(
    lambda rows: [
        Part(weight / sum(row[0] for row in rows), looked_at, min(wrong, looked_at))
        for weight, looked_at, wrong in rows
    ]
)


@given(PARTS)
def test_what_is_estimated_lies_in_the_interval_and_below_the_most(parts: list[Part]) -> None:
    low, high = combined(parts)
    share = share_wrong(parts)
    assert share is not None
    assert low - 1e-9 <= share <= high + 1e-9
    assert share <= most_wrong(parts) + 1e-9


@given(st.lists(st.tuples(st.integers(1, 20), st.integers(1, 30)), min_size=2, max_size=3), st.data())
def test_no_truth_above_the_bound_lets_none_be_wrong_as_often_as_once_in_20(
    rows: list[tuple[int, int]], data: st.DataObject
) -> None:
    """Whatever the shares of wrong ones in the groups are: above the bound, none wrong is rarer than 5 %."""
    total = sum(weight for weight, _ in rows)
    parts = [Part(weight / total, looked_at, 0) for weight, looked_at in rows]
    truth = [data.draw(st.floats(0, 1)) for _ in parts]
    if sum(part.weight * share for part, share in zip(parts, truth, strict=True)) > most_wrong(parts) + 1e-9:
        assert (
            math.prod((1 - share) ** part.looked_at for part, share in zip(parts, truth, strict=True)) < 0.05
        )


def test_the_interval_of_several_groups_covers_what_it_says() -> None:
    """Of all samples that may be drawn of two groups, those whose interval holds the truth make 95 %."""
    weights, sizes, truth = (0.8, 0.2), (8, 5), (0.1, 0.4)
    share = sum(weight * p for weight, p in zip(weights, truth, strict=True))
    covered = 0.0
    for first in range(sizes[0] + 1):
        for second in range(sizes[1] + 1):
            parts = [Part(weights[0], sizes[0], first), Part(weights[1], sizes[1], second)]
            low, high = combined(parts)
            if low <= share <= high:
                covered += _chance(first, sizes[0], truth[0]) * _chance(second, sizes[1], truth[1])
    assert covered >= 0.95


def _chance(wrong: int, looked_at: int, share: float) -> float:
    return math.comb(looked_at, wrong) * share**wrong * (1 - share) ** (looked_at - wrong)


def test_one_group_together_is_itself_and_of_two_each_has_half_of_the_five_percent() -> None:
    assert combined([Part(1.0, 20, 1)]) == interval(1, 20)
    text, scans = interval(0, 14, level=0.975), interval(1, 6, level=0.975)
    low, high = combined([Part(0.8, 14, 0), Part(0.2, 6, 1)])
    assert low == pytest.approx(0.8 * text[0] + 0.2 * scans[0])
    assert high == pytest.approx(0.8 * text[1] + 0.2 * scans[1])
