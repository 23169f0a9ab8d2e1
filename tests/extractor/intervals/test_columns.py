"""Each interval once: the later of two readings, and quarters before the hour that lies over them."""

from __future__ import annotations

import itertools
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.intervals.columns import prepared
from extractor.intervals.given import Quality, Readings, Series

DELIVERED = Series("delivered", meter="1")
Rows = list[tuple[int, int, int]]
"""Start, seconds, value."""


def block(rows: Rows, series: Series = DELIVERED, qualities: list[int] | None = None) -> Readings:
    starts, seconds, values = (
        (array("q", column) for column in zip(*rows, strict=True)) if rows else (array("q"),) * 3
    )
    return Readings(series, starts, seconds, values, array("b", qualities or []))


@pytest.mark.parametrize(
    ("rows", "kept", "repeated"),
    [
        ([(900, 900, 2), (0, 900, 1)], [(0, 900, 1), (900, 900, 2)], 0),  # in the order of time
        ([(0, 900, 1), (0, 900, 3)], [(0, 900, 3)], 1),  # the later one wins
        ([(0, 900, 3), (900, 900, 1), (0, 900, 3)], [(0, 900, 3), (900, 900, 1)], 1),
        (
            [(0, 3600, 9), *[(at, 900, 2) for at in (900, 1800, 2700)]],
            [(at, 900, 2) for at in (900, 1800, 2700)],
            1,
        ),  # an hour over three quarters
        (
            [(0, 3600, 9), *[(at, 900, 2) for at in (0, 900, 1800, 2700)]],
            [(at, 900, 2) for at in (0, 900, 1800, 2700)],
            1,
        ),  # the hour begins with a quarter
        (
            [(0, 3600, 9), (1800, 900, 2)],
            [(1800, 900, 2)],
            1,
        ),  # over one quarter: the rest is missing rather than counted twice
        ([(0, 3600, 9), (3600, 900, 2)], [(0, 3600, 9), (3600, 900, 2)], 0),  # side by side
        ([(0, 900, 1), (840, 900, 2)], [(0, 900, 1), (840, 900, 2)], 0),  # a clock's drift is no overlap
        ([(0, 900, 1), (300, 900, 2), (900, 900, 4)], [(0, 900, 1), (900, 900, 4)], 1),  # but this is
        ([], [], 0),
    ],
)
def test_each_interval_counts_once(rows: Rows, kept: Rows, repeated: int) -> None:
    [column] = prepared([block(rows)])
    assert (
        list(zip(column.starts.tolist(), column.seconds.tolist(), column.thousandths.tolist(), strict=True))
        == kept
    )
    assert column.repeated == repeated


def test_a_later_block_wins_and_keeps_its_quality() -> None:
    first = block([(0, 900, 1), (900, 900, 1)])
    [column] = prepared([first, block([(900, 900, 2)], qualities=[Quality.ESTIMATED])])
    assert column.thousandths.tolist() == [1, 2]
    assert column.qualities.tolist() == [Quality.UNKNOWN, Quality.ESTIMATED]


def test_channels_and_meters_are_columns_of_their_own_and_only_energy_is_taken() -> None:
    series = [
        DELIVERED,
        Series("received", meter="1"),
        Series("delivered", meter="2"),
        Series("delivered", "VArh"),
    ]
    columns = prepared([block([(0, 900, 1)], one) for one in series])
    assert [(one.channel, one.meter) for one in columns] == [
        ("delivered", "1"),
        ("received", "1"),
        ("delivered", "2"),
    ]


@given(st.lists(st.tuples(st.integers(0, 40), st.sampled_from([300, 900, 3600, 86_400]), st.integers(-9, 9))))
def test_no_second_counts_twice(rows: Rows) -> None:
    [column] = prepared([block([(start * 300, seconds, value) for start, seconds, value in rows])])
    spans = list(zip(column.starts.tolist(), column.seconds.tolist(), strict=True))
    for (start, seconds), (following, other) in itertools.combinations(spans, 2):
        assert (start + seconds - following) * 2 < min(seconds, other)
    assert len(rows) == len(spans) + column.repeated
