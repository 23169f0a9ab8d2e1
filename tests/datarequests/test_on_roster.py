"""Days of a customer, of others and of nobody: together they are all days, and none is of two."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datarequests.on_roster import Held
from datarequests.own_days import LeftOut, left_out, own_days
from extractor.base.days import Days

BEGIN = dt.date(2026, 1, 1)


def day(number: int) -> dt.date:
    return BEGIN + dt.timedelta(days=number)


def drawn(most: int) -> st.SearchStrategy[Days]:
    ends = st.tuples(st.integers(0, most), st.integers(0, most)).map(sorted)
    return ends.map(lambda pair: (day(pair[0]), day(pair[1])))


OPEN = st.sampled_from([(dt.date.min, day(9)), (day(12), dt.date.max), (dt.date.min, dt.date.max)])
SPANS = st.lists(drawn(30) | OPEN, max_size=3).map(tuple)


def every(runs: list[Days]) -> list[dt.date]:
    return [first + dt.timedelta(days=at) for first, last in runs for at in range((last - first).days + 1)]


def has(spans: tuple[Days, ...], one: dt.date) -> bool:
    return any(first <= one <= last for first, last in spans)


@given(own=SPANS, others=SPANS, days=drawn(30))
def test_each_day_is_somebodys_or_nobodys_once(
    own: tuple[Days, ...], others: tuple[Days, ...], days: Days
) -> None:
    held = Held(own, others)
    told = [held.of_customer(days), held.of_others(days), held.of_nobody(days)]
    for runs in told:
        assert all((after[0] - before[1]).days > 1 for before, after in pairwise(runs))
    for one in every([days]):
        is_own = has(own, one) if own else not has(others, one)
        wanted = [is_own, not is_own and has(others, one), not is_own and not has(others, one)]
        assert [one in every(runs) for runs in told] == wanted
    assert sum(len(every(runs)) for runs in told) == len(every([days]))


YEAR = (day(0), day(364))
FROM_50, TO_49, TO_20 = (day(50), dt.date.max), (dt.date.min, day(49)), (dt.date.min, day(20))


@pytest.mark.parametrize(
    ("held", "said", "asked"),
    [
        (Held(), "", [YEAR]),
        (Held((FROM_50,)), "", [(day(50), day(364))]),
        (Held((TO_49,)), "", [(day(0), day(49))]),
        (Held((TO_20, FROM_50)), "", [(day(0), day(20)), (day(50), day(364))]),
        (Held((), (TO_49,)), "", [(day(50), day(364))]),
        (Held(((day(400), dt.date.max),)), "", []),
        (Held((FROM_50,)), "first", [YEAR]),
        (Held((TO_49,)), "first", [(day(0), day(49))]),
        (Held((FROM_50,)), "last", [(day(50), day(364))]),
        (Held((TO_49,)), "last", [YEAR]),
        (Held(((day(400), dt.date.max),)), "first", [YEAR]),
        (Held((TO_20, FROM_50)), "first last", [YEAR]),
    ],
)
def test_what_nobody_said_is_cut_and_what_somebody_said_stays(
    held: Held, said: str, asked: list[Days]
) -> None:
    assert own_days(held, YEAR, is_first_said="first" in said, is_last_said="last" in said) == asked


def test_what_is_left_out_is_told_with_whose_it_is() -> None:
    held = Held((FROM_50,), ((day(10), day(49)),))
    assert list(left_out("8000000001", held, YEAR, own_days(held, YEAR))) == [
        LeftOut("8000000001", day(0), day(9), False),
        LeftOut("8000000001", day(10), day(49), True),
    ]
