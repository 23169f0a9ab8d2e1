"""Readings under another number of an account are the account's, on the local days of the alias."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from extractor.base.database import reading, writing
from extractor.home import Home
from extractor.intervals import clock
from extractor.intervals.given import Account, Series
from extractor.intervals.held.ask import asking
from extractor.intervals.held.coverage import coverage
from extractor.intervals.held.spans import Span, bounds, joined, without
from extractor.intervals.held.whose import Owned, everything, owned
from extractor.store.aliases import AliasKind, add_alias, aliases, undo_alias
from extractor.store.plain import plain
from extractor.store.said import Saying
from tests.extractor.intervals.held.stored import NOW, QUARTER, block, held, run
from tests.extractor.intervals.held.stored import kept as keep

PAT = Saying("Pat", "a letter by SCE", NOW)
OLD, NEW, THIRD, CPA = "3-008-0000-08", "8000000001", "8000000002", "6000000001"

MARCH = [clock.midnight(dt.date(2025, 3, day)) for day in range(1, 32)]
"""The first instant of each day of March 2025; the ninth has 23 hours."""

Told = tuple[AliasKind, str, str, int | None, int | None]
"""A kind, two numbers, the first and the last day of March."""


def tell(engine: Engine, *told: Told) -> None:
    with writing(engine) as session:
        for kind, number, other, *days in told:
            first, last = (None if day is None else dt.date(2025, 3, day) for day in days)
            add_alias(session, kind, number, other, "a letter by SCE", first, last, PAT)


def of(account: str, point: str | None = None, meter: str | None = None) -> Series:
    return Series("delivered", service_account=account, usage_point=point, meter=meter)


@pytest.fixture
def days(home: Home, kept: Engine) -> tuple[Home, Engine]:
    """Midnight's reading of each of ten days, of three numbers: of value 1, 2 and 3."""
    for value, number in enumerate((OLD, THIRD, NEW), 1):
        starts = MARCH[:5] if number == OLD else MARCH[5:8] if number == THIRD else MARCH[8:10]
        keep(home, kept, number, [block(dict.fromkeys(starts, value), of(number))])
    return home, kept


def values(home: Home, engine: Engine, account: str) -> list[int]:
    return [value for _, value in sorted(held(home, engine, account).items())]


@pytest.mark.parametrize(
    ("told", "account", "found"),
    [
        ((), NEW, [3, 3]),
        ((("renumbered", OLD, NEW, None, None),), NEW, [1] * 5 + [3, 3]),
        ((("renumbered", OLD, NEW, None, None),), OLD, [1] * 5 + [3, 3]),  # the other way round as well
        ((("renumbered", plain(OLD), NEW, None, None),), OLD, [1] * 5 + [3, 3]),  # hyphens are no matter
        ((("renumbered", OLD, NEW, 3, None),), NEW, [1] * 3 + [3, 3]),  # the first day is inclusive
        ((("renumbered", OLD, NEW, None, 3),), NEW, [1] * 3 + [3, 3]),  # so is the last
        ((("renumbered", OLD, NEW, None, 3),), OLD, [1] * 5),  # the new one only on those days
        (
            (("renumbered", OLD, THIRD, None, None), ("renumbered", THIRD, NEW, None, None)),
            NEW,
            [1] * 5 + [2] * 3 + [3, 3],
        ),
        (
            (("renumbered", OLD, THIRD, None, 4), ("renumbered", THIRD, NEW, 2, 7)),
            NEW,
            [1] * 3 + [2] * 2 + [3, 3],  # of the first one on the days of both
        ),
        ((("provider", OLD, CPA, None, None),), CPA, [1] * 5),  # CPA's has none of its own
        ((("succession", OLD, NEW, None, None),), NEW, [3, 3]),
        (
            (
                ("succession", OLD, NEW, None, None),
                ("renumbered", OLD, THIRD, None, None),
                ("renumbered", THIRD, NEW, None, None),
            ),
            NEW,
            [2] * 3 + [3, 3],  # nor by a way round
        ),
    ],
)
def test_readings_of_other_numbers_come_along_on_their_days(
    days: tuple[Home, Engine], told: Sequence[Told], account: str, found: list[int]
) -> None:
    tell(days[1], *told)
    assert values(*days, account) == found
    assert all(one.service_account == plain(account) for one in series(days[1], account))


def series(engine: Engine, account: str) -> list[Owned]:
    with reading(engine) as session:
        return list(everything(session).of(account))


def test_days_of_an_alias_are_local_also_where_clocks_go_forward(home: Home, kept: Engine) -> None:
    keep(home, kept, "a", [run(MARCH[8], 4 * 23 + 1, 1, of(OLD))])  # one more than 9 March has
    tell(kept, ("renumbered", OLD, NEW, 9, 9))
    assert len(held(home, kept, NEW)) == 92
    assert len(held(home, kept, OLD)) == 93


def test_an_alias_that_is_taken_back_brings_nothing(days: tuple[Home, Engine]) -> None:
    tell(days[1], ("renumbered", OLD, NEW, None, None))
    with writing(days[1]) as session:
        undo_alias(session, aliases(session)[0].id or 0, "Pat", NOW)
    assert values(*days, NEW) == [3, 3]


def test_of_an_interval_that_two_numbers_have_the_newer_import_counts(home: Home, kept: Engine) -> None:
    tell(kept, ("renumbered", OLD, NEW, None, None))
    at = [MARCH[0] + part * QUARTER for part in range(4)]
    keep(home, kept, "a", [block({at[0]: 10, at[1]: 11, at[2]: 12}, of(NEW))])
    keep(home, kept, "b", [block({at[1]: 21, at[2]: 22}, of(OLD))])
    keep(home, kept, "c", [block({at[2]: 32, at[3]: 33}, of(NEW))])
    for account in (OLD, NEW):
        assert held(home, kept, account) == {at[0]: 10, at[1]: 21, at[2]: 32, at[3]: 33}
    assert held(home, kept, NEW, as_of=2) == {at[0]: 10, at[1]: 21, at[2]: 22}


@pytest.mark.parametrize(
    ("old", "new", "times"),
    [
        ([of(OLD, point="up-1")], [of(NEW, point="up-2")], 1),  # another code of the same meter
        ([of(OLD, meter="M1")], [of(NEW)], 1),
        ([of(OLD, meter="M1")], [of(NEW, meter="M1")], 1),
        ([of(OLD, meter="M1"), of(OLD, meter="M2")], [of(NEW, meter="M1"), of(NEW, meter="M2")], 2),
        ([of(OLD, meter="M1"), of(OLD, meter="M2")], [of(NEW)], 1),  # of both of them together
    ],
)
def test_a_time_that_two_numbers_tell_of_is_counted_once(
    home: Home, kept: Engine, old: list[Series], new: list[Series], times: int
) -> None:
    """As often as there are meters, however they are called."""
    tell(kept, ("renumbered", OLD, NEW, None, None))
    keep(home, kept, "a", [run(MARCH[0], 4, 1, one) for one in old])
    keep(home, kept, "b", [run(MARCH[0], 4, 1, one) for one in new])
    months = list(coverage(home, kept, NEW))
    assert sum(month.held for month in months) == 4 * times


def test_coverage_of_a_month_in_which_a_number_changed_has_no_gap(home: Home, kept: Engine) -> None:
    keep(home, kept, "a", [run(MARCH[0], 4 * 24 * 8, 1, of(OLD))])
    keep(home, kept, "b", [run(MARCH[8], 2972 - 4 * 24 * 8, 1, of(NEW))])
    assert [month.is_complete for month in coverage(home, kept)] == [False, False]
    tell(kept, ("renumbered", OLD, NEW, None, None))
    for asked in (OLD, NEW, None):
        (month,) = coverage(home, kept, asked)
        assert (month.held, month.is_complete) == (2972, True)
        assert month.kind.service_account == (plain(asked) if asked else NEW)


def test_of_everything_each_reading_is_told_once_under_one_account(days: tuple[Home, Engine]) -> None:
    """Under the number that came last, on the days of the alias; else under its own."""
    home, engine = days
    keep(home, engine, "point", [block({MARCH[0]: 9}, Series("delivered", usage_point="up-9"))])
    tell(engine, ("renumbered", OLD, NEW, None, 3), ("provider", NEW, CPA, None, None))
    with asking(home, engine) as duck:
        found = duck.execute(
            "SELECT owner, series.named, thousandths, count(*) FROM counted"
            " JOIN series ON series.number = counted.series GROUP BY ALL ORDER BY ALL"
        ).fetchall()
    assert found == [
        (plain(OLD), plain(OLD), 1, 2),
        (NEW, plain(OLD), 1, 3),
        (NEW, NEW, 3, 2),
        (THIRD, THIRD, 2, 3),
        ("up-9", None, 9, 1),
    ]


def test_a_usage_point_that_a_feed_gives_an_old_number_answers_for_the_new_one(
    home: Home, kept: Engine
) -> None:
    keep(home, kept, "feed", [Account("up-1", OLD, meter="M1", address="1 Main St")])
    keep(home, kept, "usage", [block({MARCH[0]: 7}, Series("delivered", usage_point="up-1"))])
    assert values(home, kept, NEW) == []
    tell(kept, ("renumbered", OLD, NEW, None, None))
    assert values(home, kept, NEW) == [7]


def test_an_address_alone_joins_nothing(home: Home, kept: Engine) -> None:
    """Two usage points at one address, one of them with an account: the other is nobody's."""
    keep(
        home,
        kept,
        "feed",
        [Account("up-1", NEW, address="1 Main St"), Account("up-2", None, address="1 Main St")],
    )
    keep(home, kept, "usage", [block({MARCH[0]: 7}, Series("delivered", usage_point="up-2"))])
    assert values(home, kept, NEW) == []
    with reading(kept) as session:
        assert [(one.service_account, one.owner) for one in owned(session)] == [(None, "up-2")]


span = st.tuples(st.integers(0, 30) | st.none(), st.integers(0, 30) | st.none())


def instants(spans: Iterable[Span]) -> set[int]:
    return {at for at in range(-1, 32) for one in spans if bounds(one)[0] <= at < bounds(one)[1]}


@given(st.lists(span), st.lists(span))
def test_spans_hold_the_instants_that_they_should(some: list[Span], others: list[Span]) -> None:
    assert instants(joined(some)) == instants(some)
    left = without(joined(some), joined(others))
    assert instants(left) == instants(some) - instants(others)
    assert left == joined(left)
