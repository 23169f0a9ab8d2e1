"""Statistics of turnaround against cases worked out by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from datarequests.outside import record
from datarequests.received import receive
from datarequests.report_page import chart
from datarequests.turnaround import Turnaround, median, percentile, turnarounds
from datarequests.viewed import all_viewed
from datarequests.workflow import Event
from extractor.base.database import reading, writing
from tests.datarequests.made import authorization, sent
from tests.datarequests.portfolio import at, told

CASES = (
    # days, median, 90th percentile by nearest rank
    ((5,), "5", 5),
    ((4, 7), "5.5", 7),
    ((3, 4, 9), "4", 9),
    ((1, 2, 3, 4, 5, 6, 7, 8, 9, 10), "5.5", 9),  # ceil(9.0) = the ninth
    ((1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), "6", 10),  # ceil(9.9) = the tenth
    ((12, 1, 7), "7", 12),  # in whatever order
)  # fmt: skip


@pytest.mark.parametrize(("days", "middle", "ninth"), CASES)
def test_median_and_percentile(days: tuple[int, ...], middle: str, ninth: int) -> None:
    assert (median(days), percentile(days, 90)) == (Decimal(middle), ninth)


@given(st.lists(st.integers(0, 200), min_size=1, max_size=60))
def test_nine_of_ten_are_within_the_percentile_and_no_smaller_value_holds_them(days: list[int]) -> None:
    ninth = percentile(days, 90)
    assert 10 * sum(day <= ninth for day in days) >= 9 * len(days)
    assert 10 * sum(day < ninth for day in days) < 9 * len(days)
    assert min(days) <= median(days) <= max(days)


def test_what_counts_as_answered_and_as_in_time(desk: Engine) -> None:
    with writing(desk) as session:
        paper = authorization(session, at("2026-01-02")).id or 0

        def out(name: str, day: str = "2026-02-02", key: str = "sce") -> int:
            return sent(session, at(day), authorization_id=paper, token=name, counterparty=key).id or 0

        receive(session, out("in_time"), [1, 2], ["a"], told("2026-02-13"))  # 9 business days
        receive(
            session, out("on_the_last_day"), [1, 2], ["a"], told("2026-02-17")
        )  # 10, over Presidents' Day
        receive(session, out("late"), [1, 2], ["a"], told("2026-02-18"))  # 11
        paused = out("paused")  # 2 until the 4th, 3 from the 11th to the 17th over the holiday
        record(session, paused, Event.CORRECTION_ASKED, told("2026-02-04"), {"reason": "x"})
        record(session, paused, Event.CORRECTION_SENT, told("2026-02-11"))
        receive(session, paused, [1, 2], ["a"], told("2026-02-17"))
        anew = out("anew")  # counts from the corrected one: 4
        record(session, anew, Event.CORRECTED, told("2026-02-20"))
        receive(session, anew, [1, 2], ["a"], told("2026-02-26"))
        after_all = out("after_all")  # given up, and answered in the end: 20
        record(session, after_all, Event.TIMED_OUT, told("2026-02-26"))
        receive(session, after_all, [1, 2], ["a"], told("2026-03-03"))
        record(session, out("gone"), Event.TIMED_OUT, told("2026-02-26"))
        out("past_the_window")
        receive(session, out("a_part"), [1], ["a"], told("2026-02-05"))
        record(session, out("rejected"), Event.REJECTED, told("2026-02-05"), {"reason": "x"})
        out("waits", "2026-03-02")
        out("of_cpa", "2026-03-02", "cpa")
    with reading(desk) as session:
        cpa, sce = turnarounds(all_viewed(session, at("2026-03-04")))
    assert sce.days == (4, 5, 9, 10, 11, 20)
    assert (sce.answered, sce.median, sce.p90) == (6, Decimal("9.5"), 20)
    assert (sce.in_time, sce.decided) == (4, 9)  # late, after_all, gone, past_the_window, a_part were not
    assert sce.share is not None and round(sce.share) == 44
    assert (cpa.answered, cpa.median, cpa.p90, cpa.share, cpa.is_target) == (0, None, None, None, True)


def test_a_chart_has_a_bar_for_each_count_of_days_the_longest_in_the_last() -> None:
    found = chart(Turnaround("sce", "SCE", (4, 4, 9, 90), 3, 4, 5, 10, False))
    assert found is not None
    assert [(bar.x // 8, bar.height, bar.label) for bar in found.bars] == [
        (4, 36.0, "2 in 4 days"),
        (9, 18.0, "1 in 9 days"),
        (40, 18.0, "1 in 40 days"),
    ]
    assert max(bar.x + 8 for bar in found.bars) <= found.width
    assert (found.window_x, found.window_width) == (40, 48)
    assert chart(Turnaround("cpa", "CPA", (), 0, 0, 5, 10, True)) is None
