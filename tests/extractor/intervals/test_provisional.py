"""What has to be downloaded again: a table of cases with their reasons, and laws of the rule."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.intervals import clock
from extractor.intervals.provisional import (
    Arrived,
    Billed,
    Span,
    again,
    each_day,
    final_days,
    of_meter,
    provisional,
)

LOCAL = ZoneInfo("America/Los_Angeles")
FIRST, LAST, POSTED = dt.date(2025, 3, 1), dt.date(2025, 3, 30), dt.date(2025, 4, 2)
BILL = Billed("8000000001", FIRST, LAST, POSTED, "0123")


def at(text: str) -> dt.datetime:
    """Return a local time as an instant."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=LOCAL).astimezone(dt.UTC)


def arrived(when: str, begin: str = "2025-03-01", end: str = "2025-03-31", readings: int = 10) -> Arrived:
    return Arrived(at(when), readings, *(int(at(one).timestamp()) for one in (begin, end)))


def gap(begin: str, end: str) -> Span:
    return Span(*(int(at(one).timestamp()) for one in (begin, end)))


EARLY, LATE = "2025-04-01 23:59", "2025-04-02 00:00"


@pytest.mark.parametrize(
    ("held", "gaps", "days", "reason"),
    [
        # the last minute before the statement's local day, though it is that day already in UTC
        ([arrived(EARLY)], [], (FIRST, LAST), "all 10 readings were imported before the bill posted"),
        # the statement's own day counts as after it
        ([arrived(LATE)], [], None, ""),
        # a part came early: only its days
        (
            [arrived(EARLY, "2025-03-20", "2025-03-22 12:00", 7), arrived(LATE, readings=3)],
            [],
            (dt.date(2025, 3, 20), dt.date(2025, 3, 22)),
            "7 of 10 readings were imported before the bill posted",
        ),
        # the clock's change does not move a day
        ([arrived(EARLY, "2025-03-09", "2025-03-10", 92)], [], (dt.date(2025, 3, 9),) * 2, "all 92 readings"),
        # complete and late but for a gap
        (
            [arrived(LATE)],
            [gap("2025-03-05 04:00", "2025-03-05 05:00")],
            (dt.date(2025, 3, 5),) * 2,
            "1 gap: 2025-03-05 04:00 to 05:00",
        ),
        # both: from the first to the last of them
        (
            [arrived(EARLY, "2025-03-20", "2025-03-21", 96), arrived(LATE, readings=4)],
            [gap("2025-03-05", "2025-03-06")],
            (dt.date(2025, 3, 5), dt.date(2025, 3, 20)),
            "96 of 100 readings were imported before the bill posted; 1 gap: 2025-03-05",
        ),
        ([], [BILL.span], (FIRST, LAST), "nothing is held of it"),
        # a reading that ends after the period, by a drifting clock, does not ask for another day
        ([arrived(EARLY, end="2025-03-31 00:01")], [], (FIRST, LAST), "all 10 readings"),
    ],
)
def test_days_are_downloaded_again_for_a_reason(
    held: list[Arrived], gaps: list[Span], days: tuple[dt.date, dt.date] | None, reason: str
) -> None:
    found = again(BILL, held, gaps)
    if days is None:
        assert found is None
        return
    assert found is not None
    assert (found.first, found.last) == days
    assert found.reason.startswith(reason)


def test_many_gaps_are_counted_and_some_named_and_a_doubtful_bill_is_said() -> None:
    gaps = [gap(f"2025-03-0{day} 01:00", f"2025-03-0{day} 02:00") for day in range(1, 6)]
    found = again(BILL._replace(is_sure=False), [arrived(LATE)], gaps)
    assert found is not None
    assert found.reason.startswith("5 gaps: 2025-03-01 01:00 to 02:00, ")
    assert found.reason.endswith("2025-03-03 01:00 to 02:00 and 2 more; the bill itself is in review")


def test_when_the_early_ones_came_is_told() -> None:
    first, second = arrived("2025-03-10 08:00"), arrived("2025-03-28 08:00")
    found = again(BILL, [second, arrived(LATE), first], [])
    assert found is not None
    assert found.imported == (first.at, second.at)
    assert found.early_count == 20
    assert found.readings == 30


instants = st.integers(BILL.span.begin, BILL.span.end - 1).map(lambda second: second // 900 * 900)
spans = st.tuples(instants, st.integers(1, 200)).map(
    lambda pair: Span(pair[0], min(pair[0] + pair[1] * 900, BILL.span.end + 900))
)
imports = st.integers(0, 60 * 24 * 60).map(
    lambda minutes: dt.datetime(2025, 3, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=minutes)
)
arrivals = st.lists(st.builds(lambda when, span: Arrived(when, 1, *span), imports, spans), max_size=5)


@given(arrivals, st.lists(spans, max_size=3))
def test_it_is_asked_for_just_what_came_before_the_bill_or_is_missing(
    held: list[Arrived], gaps: list[Span]
) -> None:
    found = again(BILL, held, gaps)
    early = [one for one in held if one.at.astimezone(LOCAL).date() < POSTED]
    assert (found is None) == (not early and not gaps)
    if found is None:
        return
    assert found.early == tuple(early)
    for begin, end in [*((one.begin, one.end) for one in early), *gaps]:
        touched = {clock.local(begin).date(), clock.local(end - 1).date()}
        assert touched <= {*each_day(found.first, found.last), LAST + dt.timedelta(days=1)}
    assert FIRST <= found.first <= found.last <= LAST


@given(arrivals, st.lists(spans, max_size=3))
def test_downloaded_after_the_bill_nothing_is_left_to_do(held: list[Arrived], gaps: list[Span]) -> None:
    after = at("2025-04-03 12:00")
    assert again(BILL, [one._replace(at=after) for one in held], []) is None
    found = again(BILL, held, gaps)
    final = final_days([BILL], [] if found is None else [found])
    early = {
        day
        for one in (found.early if found else ())
        for day in each_day(clock.local(one.begin).date(), clock.local(one.end - 1).date())
    }
    assert not final & early
    assert final <= set(each_day(FIRST, LAST))


def test_days_without_a_bill_or_with_a_doubtful_one_are_provisional() -> None:
    later = BILL._replace(first=dt.date(2025, 3, 31), last=dt.date(2025, 4, 29), is_sure=False)
    final = final_days([BILL, later], [])
    days = each_day(dt.date(2025, 2, 26), dt.date(2025, 4, 2))
    assert provisional(days, final) == (
        (dt.date(2025, 2, 26), dt.date(2025, 2, 28)),
        (dt.date(2025, 3, 31), dt.date(2025, 4, 2)),
    )
    assert provisional(each_day(FIRST, LAST), final) == ()


def test_a_gap_alone_makes_no_reading_provisional() -> None:
    found = again(BILL, [arrived(LATE)], [gap("2025-03-05", "2025-03-06")])
    assert found is not None
    assert len(final_days([BILL], [found])) == 30


@pytest.mark.parametrize(
    ("bills", "left"),
    [
        # a supplier's part of the same days, a day off as CPA's of 2019, is the delivery's meter
        ([BILL, BILL._replace(first=dt.date(2025, 2, 28), is_generation=True)], [BILL]),
        # where only the supplier's bill is kept, it counts
        ([BILL._replace(is_generation=True)], [BILL._replace(is_generation=True)]),
        # a rebill of the same days is validated anew
        ([BILL._replace(posted=dt.date(2025, 5, 5)), BILL], [BILL._replace(posted=dt.date(2025, 5, 5))]),
    ],
)
def test_a_meters_periods_are_looked_at_once(bills: list[Billed], left: list[Billed]) -> None:
    assert of_meter(bills) == of_meter(reversed(bills)) == left
