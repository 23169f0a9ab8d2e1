"""The fast way of metering tells what the plain one does, whatever is done to readings, and is taken where it can be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from extractor.intervals import clock
from extractor.intervals.columns import Column, column
from extractor.intervals.compared.gaps import Span
from extractor.intervals.compared.metered import measure
from extractor.intervals.compared.unbroken import measured, unbroken
from extractor.intervals.given import Channel
from tests.extractor.intervals.loads import KWH

FIRST, LAST = dt.date(2025, 10, 20), dt.date(2025, 11, 10)
"""With a day of 25 hours."""
DAY = dt.timedelta(days=1)
SCHEDULES = ("TOU-GS-2-E", "TOU-GS-2-D", "TOU-D-PRIME", "TOU-UNHEARD", None)
METERS = (None, "1", "2")

Change = Callable[[Column], Column]


def full(channel: Channel, meter: str | None, first: dt.date, last: dt.date, seed: int, top: int) -> Column:
    """Return every quarter hour of some days and of a day before and after, some of equal values."""
    starts = np.arange(*clock.period(first - DAY, last + DAY), 900)
    random = np.random.default_rng(seed)
    values = random.integers(-top // 4, top, len(starts))
    qualities = random.choice([0, 1, 3, 7], len(starts)).astype(np.int8) if seed % 2 else None
    return column(channel, meter, starts, np.full(len(starts), 900), values, qualities)


def unchanged(load: Column) -> Column:
    return load


def without(load: Column) -> Column:
    return load._at(np.delete(np.arange(len(load.starts)), [150, 151, 200]))


def twice(load: Column) -> Column:
    starts, seconds, values = (
        np.concatenate((one, one[100:300])) for one in (load.starts, load.seconds, load.thousandths)
    )
    return column(load.channel, load.meter, starts, seconds, values)


def hourly(load: Column) -> Column:
    return replace(load._at(load.starts % 3600 == 0), seconds=np.full(len(load.starts) // 4, 3600))


def partly_hourly(load: Column) -> Column:
    late = load.starts >= load.starts[len(load.starts) // 2]
    return replace(
        load._at(~late | (load.starts % 3600 == 0)),
        seconds=np.where(late, 3600, 900)[~late | (load.starts % 3600 == 0)],
    )


def drifting(load: Column) -> Column:
    return load.later(7)


def one_moved(load: Column) -> Column:
    starts = load.starts.copy()
    starts[160] += 60
    return replace(load, starts=starts)


def half(load: Column) -> Column:
    return load._at(slice(len(load.starts) // 2, None))


def none_there(load: Column) -> Column:
    return load._at(slice(0, 10))


def huge(load: Column) -> Column:
    return replace(load, thousandths=load.thousandths + 2**53)


CHANGES: tuple[Change, ...] = (
    *(unchanged, without, twice, hourly, partly_hourly),
    *(drifting, one_moved, half, none_there, huge),
)


@st.composite
def loads(draw: st.DrawFn) -> tuple[list[Column], str | None, dt.date, dt.date, Mapping[str, Span]]:
    first = draw(st.dates(dt.date(2024, 2, 1), dt.date(2027, 11, 30)))
    last = first + draw(st.integers(0, 35)) * DAY
    names: tuple[Channel, ...] = ("delivered", "received", "net", "total")
    channels = draw(st.lists(st.sampled_from(names), min_size=1, max_size=3))
    changes = st.just(unchanged) if draw(st.booleans()) else st.sampled_from(CHANGES)
    top = draw(st.sampled_from((2, 5, 50 * KWH)))
    found = [
        draw(changes)(full(one, draw(st.sampled_from(METERS)), first, last, draw(st.integers(0, 99)), top))
        for one in channels
    ]
    numbers = draw(st.lists(st.sampled_from(("1", "2", "3")), unique=True))
    dated = {number: (first, draw(st.sampled_from((first, last)))) for number in numbers}
    return found, draw(st.sampled_from(SCHEDULES)), first, last, dated


@given(loads())
@settings(max_examples=300, deadline=None)
def test_what_is_told_sooner_is_what_is_told_at_length(
    case: tuple[list[Column], str | None, dt.date, dt.date, Mapping[str, Span]],
) -> None:
    load, schedule, first, last, dated = case
    sooner = unbroken(load, schedule, first, last, dated)
    event("at length" if sooner is None else f"sooner: {len(sooner.channels)} channels")
    plain = measure(load, schedule, first, last, dated)
    assert sooner in (None, plain)
    if sooner is not None:
        assert list(sooner.channels) == list(plain.channels)
        assert [list(one.by_bucket) for one in sooner.channels.values()] == [
            list(one.by_bucket) for one in plain.channels.values()
        ]
    assert measured(load, schedule, first, last, dated) == plain


@pytest.mark.parametrize(
    ("change", "is_sooner"),
    [
        (unchanged, True),
        (twice, True),  # each counts once, and how many were left out is told
        (none_there, True),  # then there is no channel at all
        (without, False),
        (hourly, False),
        (partly_hourly, False),
        (drifting, False),
        (one_moved, False),
        (half, False),
        (huge, False),  # the sums of a damaged file do not fit
    ],
)
def test_only_what_is_whole_is_told_sooner(change: Change, is_sooner: bool) -> None:
    load = [change(full("delivered", "1", FIRST, LAST, 4, KWH))]
    found = unbroken(load, "TOU-GS-2-E", FIRST, LAST)
    assert (found is not None) is is_sooner
    assert found in (None, measure(load, "TOU-GS-2-E", FIRST, LAST))


def test_net_is_told_sooner_and_two_meters_of_a_channel_are_not() -> None:
    one, other = full("delivered", "1", FIRST, LAST, 0, KWH), full("received", "1", FIRST, LAST, 1, KWH)
    found = unbroken([one, other], "TOU-GS-2-E", FIRST, LAST)
    assert found is not None and list(found.channels) == ["delivered", "received", "net"]
    assert unbroken([one, replace(one, meter="2")], "TOU-GS-2-E", FIRST, LAST) is None


def test_a_bill_that_names_another_meter_is_told_at_length() -> None:
    load = [full("delivered", "1", FIRST, LAST, 4, KWH)]
    assert unbroken(load, None, FIRST, LAST, {"1": (FIRST, LAST)}) is not None
    both = {"1": (FIRST, LAST), "2": (FIRST, LAST)}
    assert unbroken(load, None, FIRST, LAST, both) is None
    assert measured(load, None, FIRST, LAST, both).channels["delivered"].missing == 100 + 21 * 96
