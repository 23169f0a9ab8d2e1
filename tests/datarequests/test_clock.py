"""The clock: when it starts, stands still, starts anew; by when an answer is due, and how that is told."""

import datetime as dt

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from datarequests.business_days import add_business_days, is_business_day
from datarequests.clock import Clock, Moment, Turn, Window, clock_of
from datarequests.counterparties import shipped
from datarequests.explained import explained

SCE = shipped()["sce"].calendar
WINDOW = Window(5, 10)
START, PAUSE, GO_ON, STOP = Turn.START, Turn.PAUSE, Turn.GO_ON, Turn.STOP


def at(text: str) -> dt.datetime:
    """Return a moment in Los Angeles; a day alone is its 10:00."""
    from datarequests.business_days import LOS_ANGELES

    moment = dt.datetime.fromisoformat(text if "T" in text else f"{text}T10:00")
    return moment.replace(tzinfo=LOS_ANGELES)


def clock(*moments: tuple[Turn, str]) -> Clock:
    found = clock_of([Moment(turn, at(text)) for turn, text in moments], WINDOW, SCE)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("moments", "earliest", "latest", "why"),
    [
        ([(START, "2026-03-02")], "2026-03-09", "2026-03-16", "no pause"),
        ([(START, "2026-03-06T17:01")], "2026-03-16", "2026-03-23", "after Friday's cut-off: Monday is day zero"),
        ([(START, "2026-03-02"), (PAUSE, "2026-03-04"), (GO_ON, "2026-03-04T12:00")], "2026-03-09", "2026-03-16", "answered on the day it was asked"),
        ([(START, "2026-03-02"), (PAUSE, "2026-03-04"), (GO_ON, "2026-03-06")], "2026-03-11", "2026-03-18", "two business days still"),
        ([(START, "2026-03-02"), (PAUSE, "2026-03-04"), (GO_ON, "2026-03-05T18:00")], "2026-03-11", "2026-03-18", "answered after the cut-off"),
        ([(START, "2026-03-02"), (PAUSE, "2026-03-06"), (GO_ON, "2026-03-09")], "2026-03-10", "2026-03-17", "over a weekend: one business day"),
        ([(START, "2026-03-02"), (PAUSE, "2026-03-03"), (GO_ON, "2026-03-04"), (PAUSE, "2026-03-05"), (GO_ON, "2026-03-06")], "2026-03-11", "2026-03-18", "two pauses of one day"),
        ([(START, "2026-03-02"), (PAUSE, "2026-03-04"), (START, "2026-03-06")], "2026-03-13", "2026-03-20", "a corrected request starts it anew"),
        ([(START, "2026-03-02"), (GO_ON, "2026-03-06")], "2026-03-09", "2026-03-16", "what was not asked for moves nothing"),
        ([(START, "2026-03-04"), (PAUSE, "2026-03-02"), (GO_ON, "2026-03-02")], "2026-03-11", "2026-03-18", "the computer's clock went back: no day is won"),
    ],
)  # fmt: skip
def test_due(moments: list[tuple[Turn, str]], earliest: str, latest: str, why: str) -> None:
    found = clock(*moments)
    assert (str(found.earliest), str(found.latest)) == (earliest, latest), why


def test_nothing_is_due_before_it_starts_or_while_it_stands_still() -> None:
    assert clock_of([Moment(PAUSE, at("2026-03-02"))], WINDOW, SCE) is None
    still = clock((START, "2026-03-02"), (PAUSE, "2026-03-04"))
    assert still.is_paused
    assert (still.earliest, still.latest) == (None, None)
    assert not still.is_past(dt.date(2027, 3, 1))
    assert [still.remaining(dt.date(2026, 3, day)) for day in (3, 4, 30)] == [9, 8, 8]


@pytest.mark.parametrize(
    ("today", "elapsed", "past"),
    [
        ("2026-03-01", 0, 0),
        ("2026-03-02", 0, 0),
        ("2026-03-08", 4, 0),
        ("2026-03-16", 10, 0),
        ("2026-03-17", 11, 1),
        ("2026-03-21", 14, 4),
    ],
)
def test_late_only_after_the_latest_day(today: str, elapsed: int, past: int) -> None:
    found, day = clock((START, "2026-03-02")), dt.date.fromisoformat(today)
    assert (found.elapsed(day), found.days_past(day), found.is_past(day)) == (elapsed, past, past > 0)


def test_it_is_not_late_once_it_stopped() -> None:
    found = clock((START, "2026-03-02"), (STOP, "2026-03-12"))
    assert not found.is_past(dt.date(2026, 4, 1))
    assert found.elapsed(dt.date(2026, 4, 1)) == 8


def test_a_clock_that_stopped_while_it_stood_still_is_no_longer_paused() -> None:
    found = clock((START, "2026-03-02"), (PAUSE, "2026-03-04"), (STOP, "2026-03-12"))
    assert not found.is_paused
    assert found.elapsed(dt.date(2026, 4, 1)) == 2


WORKDAYS = st.dates(dt.date(2024, 2, 1), dt.date(2029, 6, 30)).filter(lambda day: is_business_day(day, SCE))


def ten_o_clock(day: dt.date) -> dt.datetime:
    return at(str(day))


@given(WORKDAYS, st.integers(0, 10), st.integers(0, 20))
def test_standing_still_for_n_business_days_moves_the_due_date_by_n(
    start: dt.date, before: int, still: int
) -> None:
    asked = add_business_days(start, before, SCE)
    answered = add_business_days(asked, still, SCE)
    moments = [Moment(START, ten_o_clock(start))]
    plain = clock_of(moments, WINDOW, SCE)
    paused = clock_of(
        [*moments, Moment(PAUSE, ten_o_clock(asked)), Moment(GO_ON, ten_o_clock(answered))], WINDOW, SCE
    )
    assert plain is not None
    assert plain.latest is not None
    assert paused is not None
    assert paused.latest == add_business_days(plain.latest, still, SCE)


@given(
    WORKDAYS,
    st.lists(
        st.tuples(st.sampled_from([one for one in Turn if one is not Turn.RESET]), st.integers(-3, 9)),
        max_size=8,
    ),
    st.integers(0, 60),
)
def test_days_passed_and_days_left_are_the_window(
    start: dt.date, turns: list[tuple[Turn, int]], later: int
) -> None:
    day, moments = start, [Moment(START, ten_o_clock(start))]
    for turn, days in turns:
        day += dt.timedelta(days=days)
        moments.append(Moment(turn, ten_o_clock(day)))
    found = clock_of(moments, WINDOW, SCE)
    assert found is not None
    today = max(start, day) + dt.timedelta(days=later)
    assert found.elapsed(today) + found.remaining(today) == WINDOW.latest
    assert found.elapsed(today) >= 0
    assume(found.latest is not None and found.stopped is None)
    assert found.latest is not None
    assert found.is_past(today) == (today > found.latest)
    assert found.earliest is not None
    assert found.earliest <= found.latest


def test_every_day_that_does_not_count_is_named_with_the_rule_and_its_source() -> None:
    sce = shipped()["sce"]
    started = Moment(START, dt.datetime(2026, 11, 21, 1, 30, tzinfo=dt.UTC))
    found = clock_of([started], sce.window(dt.date(2026, 11, 20), {"1", "5"}), sce.calendar)
    assert found is not None
    assert list(explained(found, dt.date(2026, 11, 30))) == [
        "started Fri 2026-11-20 17:30 PST",
        "after the cut-off of 17:00*: counts as of the next business day",
        "day zero Mon 2026-11-23",
        "not counted Thu 2026-11-26: Thanksgiving Day*",
        "not counted Sat 2026-11-28: Saturday*",
        "not counted Sun 2026-11-29: Sunday*",
        "not counted Sat 2026-12-05: Saturday*",
        "not counted Sun 2026-12-06: Sunday*",
        "earliest Tue 2026-12-01, latest Tue 2026-12-08",
        "4 of 10 business days passed, 6 left",
        "rule: expected window of 5 to 10 business days*, the day after day zero is the first; late only after the latest day",
        f"calendar: sce, version {sce.version}",
        "source: SCE's TOU holidays, which are about rates; the office is taken to be closed (assumed)",
        "source: no definition of a business day is published; Monday to Friday are taken (assumed)",
        "source: 5 to 10 business days: second-hand, of June 2026; SCE itself wrote in 2014 of five business days where no usage data is asked (assumed)",
    ]


@pytest.mark.parametrize(
    ("moments", "today", "line"),
    [
        ([(START, "2026-03-02")], "2026-03-18", "12 business days passed: past the expected window by 2 business days"),
        ([(START, "2026-03-02")], "2026-03-16", "10 of 10 business days passed, 0 left"),
        ([(START, "2026-03-02"), (PAUSE, "2026-03-04")], "2026-03-20", "2 of 10 business days had passed; 8 are left when it goes on"),
        ([(START, "2026-03-02"), (STOP, "2026-03-03")], "2026-03-20", "stopped Tue 2026-03-03 after 1 business day"),
    ],
)  # fmt: skip
def test_how_far_it_is_told(moments: list[tuple[Turn, str]], today: str, line: str) -> None:
    assert line in list(explained(clock(*moments), dt.date.fromisoformat(today)))
