"""What no meter can have counted is said of every format, and kept; what can be is passed on without a word."""

from __future__ import annotations

import datetime as dt
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from extractor.home import Home
from extractor.intervals import clock
from extractor.intervals.given import Channel, Problem, Readings, Series
from extractor.intervals.taken.plausible import RUN, plausible
from extractor.intervals.taken.take import take
from tests.extractor.intervals.held.stored import NOW
from tests.extractor.intervals.taken.made import DAY, csv, file_of, named, reader

BEGIN = clock.midnight(dt.date(2025, 7, 28))
MWH = 10**9
"""Thousandths of a watt-hour."""


def block(
    values: list[int], begin: int = BEGIN, seconds: int = 900, channel: Channel = "delivered"
) -> Readings:
    starts = array("q", [begin + seconds * at for at in range(len(values))])
    return Readings(Series(channel), starts, array("q", [seconds] * len(values)), array("q", values))


def told(*blocks: Readings, until: int | None = None) -> list[str]:
    """Return the codes; all readings are given on."""
    found = list(plausible(blocks, until))
    assert found[: len(blocks)] == list(blocks)
    return [one.code for one in found[len(blocks) :] if isinstance(one, Problem)]


@pytest.mark.parametrize(
    ("readings", "codes"),
    [
        (block([125 * MWH]), []),  # 500 MW
        (block([125 * MWH + 1]), ["too_much"]),
        (block([-125 * MWH - 1], channel="net"), ["too_much"]),
        (block([500 * MWH], seconds=3600), []),
        (block([12_000 * MWH], seconds=86_400), []),
        (block([-(2**63)]), ["too_much"]),
        (block([1], begin=clock.midnight(dt.date(1989, 12, 31))), ["too_early"]),
        (block([1], begin=clock.midnight(dt.date(1990, 1, 1))), []),
        (block([1] * 5, begin=BEGIN - 4 * 900), ["too_late"]),
        (block([1] * 4, begin=BEGIN - 4 * 900), []),
    ],
)
def test_what_no_meter_counts_is_said(readings: Readings, codes: list[str]) -> None:
    assert (
        told(readings, until=BEGIN + (0 if codes == ["too_late"] or len(readings) == 4 else 90_000)) == codes
    )


RISING = [10**9 + at // 2 * 500 for at in range(2 * RUN)]


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        (RISING, ["register_like"]),
        ([*RISING, RISING[0]], []),  # it fell once: as a load does, or a register that was exchanged
        ([7] * (4 * RUN), []),  # a lamp
        (RISING[: RUN - 1], []),  # the morning of a roof in the sun
        ([0] * (4 * RUN) + list(range(20)), []),
    ],
)
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_values_that_never_fall_are_a_registers(values: list[int], codes: list[str], size: int) -> None:
    """However many blocks they come in, and whichever end of time the file begins at."""
    parts = [block(values[at : at + size], begin=BEGIN + 900 * at) for at in range(0, len(values), size)]
    assert told(*parts) == codes
    turned = [
        Readings(part.series, part.starts[::-1], part.seconds, part.thousandths[::-1]) for part in parts[::-1]
    ]
    assert told(*turned) == codes


@given(st.lists(st.integers(-MWH, MWH), min_size=1, max_size=300))
def test_a_load_that_falls_at_all_is_none(values: list[int]) -> None:
    assert told(block([*values, max(values), min(values) - 1])) == []


@pytest.mark.parametrize("size", [1, 5, 1000])
@pytest.mark.parametrize(
    ("count", "apart", "seconds", "codes"),
    [
        (12, 900, 15, ["never_joined"]),  # minutes where seconds should be
        (12, 3600, 900, ["never_joined"]),
        (12, 900, 3600, ["never_joined"]),
        (11, 900, 15, []),
        (12, 900, 900, []),
    ],
)
def test_readings_of_which_none_follows_another_have_another_length(
    count: int, apart: int, seconds: int, codes: list[str], size: int
) -> None:
    parts = [
        Readings(
            Series("delivered"),
            array("q", [BEGIN + apart * one for one in range(at, min(at + size, count))]),
            array("q", [seconds] * min(size, count - at)),
            array("q", [at % 3] * min(size, count - at)),
        )
        for at in range(0, count, size)
    ]
    assert told(*parts) == codes
    if size == 1:  # the newest first
        assert told(*parts[::-1]) == codes


def test_one_reading_that_follows_another_is_enough() -> None:
    starts = [BEGIN + 3600 * at for at in range(20)]
    starts[7] = starts[6] + 900
    block_of = Readings(Series("delivered"), array("q", starts), array("q", [900] * 20), array("q", [1] * 20))
    assert told(block_of) == []


def test_it_is_said_with_the_import(home: Home, kept: Engine) -> None:
    values = [5] * DAY
    values[40] = 999_999 * 10**6
    file = file_of(home.path / "file", csv(values, first=dt.date(2035, 1, 1)), named())
    found = take(home, kept, reader(), file, NOW)
    assert found.imported.added == DAY
    assert [one.code for one in found.imported.problems] == ["too_much", "too_late"]
    again = take(home, kept, reader(), file, NOW)
    assert (again.imported.is_repeat, again.imported.problems) == (True, found.imported.problems)
