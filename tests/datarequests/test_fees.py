"""What a request will cost: the published table, what it leaves open, and the worked examples."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datarequests.counterparties import shipped
from datarequests.fees import FeeError, Used, estimate, used_of

SCE = shipped()["sce"]
ON = dt.date(2026, 3, 2)
TWICE = Used(2, 2)


def asked(options: str, accounts: int) -> list[tuple[str, str]]:
    return [(option, f"800000000{at}") for option in options.split() for at in range(accounts)]


def used(count: Used) -> dict[str, Used]:
    return {f"800000000{at}": count for at in range(9)}


@pytest.mark.parametrize(
    ("options", "accounts", "count", "is_first", "low", "high"),
    [
        (
            "1 5",
            3,
            Used(),
            True,
            "35.10",
            "50.10",
        ),  # 2.10 + 3 x 0 + 3 x 11.00; others may have used the free ones
        ("1", 3, TWICE, True, "17.10", "17.10"),  # the third pull in 12 months: 2.10 + 3 x 5.00
        ("1", 1, Used(1, 1), True, "2.10", "7.10"),  # the second is free, if nobody else used one
        ("1", 1, Used(2, 1), True, "2.10", "7.10"),  # rolling months or a calendar year?
        ("1", 1, TWICE, False, "5.00", "7.10"),  # is the base fee charged for a later pull?
        ("5", 1, Used(), True, "13.10", "13.10"),
        ("6", 1, Used(), True, "27.10", "27.10"),
        ("7", 1, Used(), True, "12.10", "12.10"),
        ("2 4", 1, Used(), True, "7.10", "12.10"),  # each option, or once for the class?
        ("1 3", 1, TWICE, True, "7.10", "12.10"),
        ("3a", 1, Used(), True, "7.10", "7.10"),
        ("8", 2, Used(), True, "12.10", "12.10"),
    ],
)
def test_what_a_request_costs(
    options: str, accounts: int, count: Used, is_first: bool, low: str, high: str
) -> None:
    found = estimate(SCE, asked(options, accounts), ON, used=used(count), is_first=is_first)
    assert (found.low, found.high) == (Decimal(low), Decimal(high))
    assert (found.low != found.high) == (len(found.assumptions) > 1)


def test_another_schedule_counts_where_it_is_named() -> None:
    supplier = estimate(SCE, asked("1 5", 1), ON, "ESP-DSF", used(TWICE))
    assert (supplier.low, supplier.high) == (Decimal("26.10"), Decimal("26.10"))
    second_hand = estimate(SCE, asked("5", 1), dt.date(2026, 7, 1), "seed-2026")
    assert (second_hand.low, second_hand.high) == (Decimal("16.00"), Decimal("44.00"))
    assert estimate(SCE, asked("5", 1), dt.date(2026, 7, 1)).schedule == "CISR-SF"


def test_what_a_schedule_has_no_row_for_may_cost_anything() -> None:
    found = estimate(SCE, asked("6", 1), ON, "ESP-DSF")
    assert found.high is None
    assert any("rate_analysis" in one for one in found.assumptions)


@pytest.mark.parametrize(
    ("schedule", "on"), [("seed-2026", ON), ("CISR-SF", dt.date(2025, 1, 1)), ("other", ON)]
)
def test_a_schedule_that_is_not_there_that_day_is_refused(schedule: str, on: dt.date) -> None:
    with pytest.raises(FeeError):
        estimate(SCE, asked("5", 1), on, schedule)


@pytest.mark.parametrize(
    ("key", "option", "on"), [("cpa", "generation", ON), ("sce", "5", dt.date(2024, 12, 31))]
)
def test_where_no_fee_is_known_nothing_limits_it(key: str, option: str, on: dt.date) -> None:
    found = estimate(shipped()[key], asked(option, 1), on)
    assert (str(found.low), found.high) == ("0.00", None)


@pytest.mark.parametrize(
    ("gone", "schedule"),
    [(("CISR-SF", "ESP-DSF"), "none"), (("CISR-SF",), "ESP-DSF"), (("ESP-DSF",), "CISR-SF")],
)
def test_where_none_is_named_the_only_usual_schedule_counts(gone: tuple[str, ...], schedule: str) -> None:
    kept = tuple(one for one in SCE.known.fees if one.schedule not in gone)
    to = replace(SCE, known=SCE.known.model_copy(update={"fees": kept}))
    assert estimate(to, asked("5", 1), dt.date(2026, 7, 1)).schedule == schedule


def test_of_several_schedules_one_has_to_be_named() -> None:
    others = [one.model_copy(update={"schedule": f"other {one.schedule}"}) for one in SCE.known.fees]
    to = replace(SCE, known=SCE.known.model_copy(update={"fees": tuple(others)}))
    with pytest.raises(FeeError, match="there are: other CISR-SF, other ESP-DSF"):
        estimate(to, asked("5", 1), ON)


@given(
    st.lists(st.tuples(st.sampled_from("12345678"), st.sampled_from("ABC")), unique=True),
    st.integers(0, 4),
    st.integers(0, 4),
    st.booleans(),
)
def test_the_low_end_is_never_above_the_high(
    items: list[tuple[str, str]], rolling: int, calendar: int, is_first: bool
) -> None:
    found = estimate(SCE, items, ON, used=dict.fromkeys("ABC", Used(rolling, calendar)), is_first=is_first)
    assert found.high is not None
    assert found.low <= found.high


def test_fulfilments_are_counted_in_the_twelve_months_before_and_in_the_year() -> None:
    days = [dt.date(2025, 3, 2), dt.date(2025, 3, 3), dt.date(2026, 1, 5), dt.date(2026, 3, 3)]
    assert used_of(days, ON) == Used(rolling=2, calendar=1)
