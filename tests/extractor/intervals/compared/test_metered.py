"""What meters measured: sums by bucket, coverage over daylight saving, the coincident peak."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.intervals import clock
from extractor.intervals.columns import Column, column
from extractor.intervals.compared.gaps import missing_days
from extractor.intervals.compared.metered import Measured, Peak, kwh, measure
from extractor.intervals.given import Channel, Quality
from tests.extractor.intervals.loads import KWH, counted, made, quarters

FIRST, LAST = dt.date(2025, 7, 7), dt.date(2025, 7, 9)
"""Monday to Wednesday: 288 intervals."""


def flat(
    first: dt.date, last: dt.date, value: int = KWH, channel: Channel = "delivered", meter: str | None = None
) -> Column:
    return made(dict.fromkeys(quarters(first, last), value), channel, meter)


def instant(at: str) -> int:
    return clock.instant(dt.datetime.fromisoformat(at))


def without(load: Column, first: int, count: int = 1) -> Column:
    return load._at(np.delete(np.arange(len(load.starts)), range(first, first + count)))


def delivered(
    *load: Column, schedule: str = "TOU-GS-2-E", first: dt.date = FIRST, last: dt.date = LAST
) -> Measured:
    return measure(load, schedule, first, last).channels["delivered"]


@given(st.dates(dt.date(2024, 1, 1), dt.date(2027, 12, 31)), st.integers(0, 40), st.data())
@settings(max_examples=60, deadline=None)
def test_buckets_add_up_to_the_total_and_are_those_of_a_plain_count(
    first: dt.date, days: int, data: st.DataObject
) -> None:
    last = first + dt.timedelta(days=days)
    instants = list(quarters(first, last))
    kept = data.draw(st.lists(st.sampled_from(instants), max_size=200, unique=True))
    values = {at: data.draw(st.integers(-5 * KWH, 50 * KWH)) for at in kept}
    found = measure([made(values)], "TOU-GS-2-E", first, last).channels.get("delivered")
    if found is None:
        assert not values
        return
    assert {(str(one.season), str(one.tou)): value for one, value in found.by_bucket.items()} == counted(
        values
    )
    assert sum(found.by_bucket.values()) == found.thousandths == sum(values.values())
    assert found.present == len(values)
    assert found.expected == clock.expected(first, last, 900) == len(instants)


@pytest.mark.parametrize(
    ("date", "expected", "off_peak"),
    [
        (dt.date(2025, 3, 9), 92, 10),  # 8 hours before 8 am less the one that is not, and 3 after 9 pm
        (dt.date(2025, 3, 10), 96, 11),
        (dt.date(2025, 11, 2), 100, 12),  # the hour after midnight comes twice
    ],
)
def test_days_of_daylight_saving_have_92_and_100_intervals(
    date: dt.date, expected: int, off_peak: int
) -> None:
    found = delivered(flat(date, date, KWH // 4), first=date, last=date)
    assert (found.expected, found.present, found.missing) == (expected, expected, 0)
    assert [kwh(value) for one, value in found.by_bucket.items() if one.tou == "off_peak"] == [off_peak]


@pytest.mark.parametrize("seconds", [300, 900, 1800, 3600])
@pytest.mark.parametrize("date", [dt.date(2025, 3, 9), dt.date(2025, 11, 2), dt.date(2025, 7, 8)])
def test_the_length_of_intervals_changes_no_energy(seconds: int, date: dt.date) -> None:
    starts = np.arange(*clock.day(date), seconds)
    load = column("delivered", None, starts, np.full(len(starts), seconds), np.full(len(starts), seconds * 7))
    found = delivered(load, first=date, last=date)
    assert found.by_bucket == delivered(flat(date, date, 900 * 7), first=date, last=date).by_bucket
    assert found.is_lower_bound is (seconds > 900)


@pytest.mark.parametrize(
    ("exact", "billed"),
    [("61.4999", 61), ("61.5", 62), ("62.0", 62), ("0.4999", 0), ("62.5", 63)],  # the nearest kW
)
def test_billing_kw_is_the_nearest(exact: str, billed: int) -> None:
    values = dict.fromkeys(quarters(FIRST, LAST), 0)
    at = instant("2025-07-08 16:45")
    values[at] = int(Decimal(exact) * KWH / 4)
    peak = delivered(made(values)).peak
    assert peak is not None
    assert (peak.kw, peak.billed_kw, str(peak.at)) == (Decimal(exact), billed, "2025-07-08 16:45:00-07:00")


@given(st.integers(-(10**12), 10**12) | st.integers(-99, 99).map(lambda half: half * 500_000))
def test_billing_kw_is_the_exact_kw_rounded_half_away_from_zero(thousandths: int) -> None:
    peak = Peak(thousandths, 0, 900)
    assert peak.billed_kw == int(peak.kw.quantize(Decimal(1), ROUND_HALF_UP))


def test_each_price_period_has_its_peak_and_the_earliest_of_equals_is_told() -> None:
    values = dict.fromkeys(quarters(FIRST, LAST), KWH)
    for hour in (17, 19):
        values[instant(f"2025-07-08 {hour}:00")] = 3 * KWH
    values[instant("2025-07-09 03:00")] = 2 * KWH
    peaks = {
        one.tou: (peak.billed_kw, f"{peak.at:%m-%d %H:%M}")
        for one, peak in delivered(made(values)).peaks.items()
    }
    assert peaks == {"on_peak": (12, "07-08 17:00"), "off_peak": (8, "07-09 03:00")}


def test_the_peak_of_several_meters_is_coincident() -> None:
    base = dict.fromkeys(quarters(FIRST, LAST), KWH)
    one, other = ({**base, instant(f"2025-07-08 {hour}:00"): 5 * KWH} for hour in (10, 11))
    found = delivered(made(one, meter="1"), made(other, meter="2"))
    assert found.peak is not None
    assert found.peak.billed_kw == 24  # not 20 + 20
    assert found.thousandths == 2 * (288 + 4) * KWH
    assert (found.expected, found.missing) == (2 * 288, 0)


def test_hourly_readings_bound_the_kw_from_below_and_longer_ones_tell_none() -> None:
    hours = np.arange(*clock.period(FIRST, LAST), 3600)
    found = delivered(column("delivered", None, hours, np.full(72, 3600), np.full(72, 8 * KWH)))
    assert found.peak is not None
    assert (found.peak.billed_kw, found.is_lower_bound, found.load_factor) == (8, True, None)
    assert (found.expected, found.missing) == (72, 0)
    days = np.array([clock.midnight(FIRST + dt.timedelta(days=day)) for day in range(3)])
    daily = delivered(column("delivered", None, days, np.full(3, 86_400), np.full(3, 96 * KWH)))
    assert (daily.peak, daily.unsplit, daily.thousandths) == (None, 288 * KWH, 288 * KWH)
    assert (daily.expected, daily.missing, daily.by_bucket) == (3, 0, {})


@pytest.mark.parametrize(
    ("first", "count", "days"),
    [
        (0, 1, [("2025-07-07", 1, False)]),  # the first interval
        (287, 1, [("2025-07-09", 1, False)]),  # the last
        (96, 96, [("2025-07-08", 96, True)]),  # a whole day
        (90, 12, [("2025-07-07", 6, False), ("2025-07-08", 6, False)]),  # over midnight
        (0, 287, [("2025-07-07", 96, True), ("2025-07-08", 96, True), ("2025-07-09", 95, False)]),
    ],
)
def test_what_is_missing_is_told_by_day(first: int, count: int, days: list[tuple[str, int, bool]]) -> None:
    found = delivered(without(flat(FIRST, LAST), first, count))
    assert (found.missing, found.present, found.expected) == (count, 288 - count, 288)
    assert [(str(one.date), one.intervals, one.is_whole) for one in missing_days(found.gaps)] == days


def test_a_day_with_two_gaps_is_told_once() -> None:
    found = delivered(without(without(flat(FIRST, LAST), 20, 4), 10, 2))
    assert [(str(one.date), one.intervals, one.is_whole) for one in missing_days(found.gaps)] == [
        ("2025-07-07", 6, False)
    ]


def test_a_missing_interval_is_not_zero_and_a_zero_is_not_missing() -> None:
    assert delivered(flat(FIRST, LAST, 0)).missing == 0
    assert measure([], "TOU-GS-2-E", FIRST, LAST).channels == {}


def test_a_changed_meter_is_not_missing_after_its_change_and_a_day_between_is() -> None:
    old, new = flat(FIRST, FIRST, meter="1"), flat(LAST, LAST, meter="2")
    middle = FIRST + dt.timedelta(days=1)
    assert delivered(old, flat(middle, LAST, meter="2")).missing == 0
    assert [gap.days for gap in delivered(old, new).gaps] == [(middle,)]


@pytest.mark.parametrize("dates", [{}, dict.fromkeys(("1", "2"), (FIRST, LAST)), dict.fromkeys(("1", "2"))])
@pytest.mark.parametrize(("first", "last", "missing"), [(0, 2, "2025-07-09"), (1, 3, "2025-07-07")])
def test_a_meter_that_lacks_the_first_or_the_last_day_is_named(
    dates: dict[str, tuple[dt.date, dt.date] | None], first: int, last: int, missing: str
) -> None:
    days = [FIRST + dt.timedelta(days=day) for day in range(3)][first:last]
    load = [flat(FIRST, LAST, meter="1"), flat(days[0], days[-1], meter="2")]
    gaps = measure(load, None, FIRST, LAST, dates).channels["delivered"].gaps
    assert [(one.meter, str(one.date), one.is_whole) for one in missing_days(gaps)] == [("2", missing, True)]


MIDDLE = FIRST + dt.timedelta(days=1)


@pytest.mark.parametrize(
    "dates",
    [
        {},
        {"1": (FIRST, MIDDLE), "2": (MIDDLE, LAST)},
        {"1": (FIRST, FIRST), "2": (MIDDLE, LAST)},
        {"1": (FIRST, MIDDLE), "2": (LAST, LAST)},
    ],
)
@pytest.mark.parametrize("lost", [0, 4])  # quarters between the old meter's last and the new one's first
def test_a_meter_changed_at_noon_is_missing_only_while_there_was_none(
    dates: dict[str, tuple[dt.date, dt.date]], lost: int
) -> None:
    noon = instant("2025-07-08 12:00")
    old = flat(FIRST, LAST, meter="1").between(0, noon)
    new = flat(FIRST, LAST, meter="2").between(noon + lost * 900, 2**40)
    gaps = measure([old, new], None, FIRST, LAST, dates).channels["delivered"].gaps
    assert sum(gap.intervals for gap in gaps) == lost
    assert {gap.days for gap in gaps} <= {(MIDDLE,)}


def test_meters_are_not_missing_where_all_of_them_together_are_told() -> None:
    """A file of the account, and one of its meter of two other days."""
    found = delivered(flat(MIDDLE, MIDDLE), without(flat(FIRST, LAST, meter="1"), 96, 96))
    assert (found.missing, found.present) == (0, 288)


def test_a_meter_that_the_bill_says_was_there_is_named_where_it_is_missing() -> None:
    load = [flat(FIRST, LAST, meter="1"), flat(FIRST, FIRST, meter="2")]
    whole = dict.fromkeys(("1", "2", "3"), (FIRST, LAST))
    gaps = measure(load, None, FIRST, LAST, whole).channels["delivered"].gaps
    assert [(one.meter, str(one.date)) for one in missing_days(gaps)] == [
        ("3", "2025-07-07"),  # has no readings at all
        *[(meter, day) for day in ("2025-07-08", "2025-07-09") for meter in ("2", "3")],
    ]


def test_meters_of_other_names_than_the_bills_are_not_held_against_it() -> None:
    load = [flat(FIRST, LAST, meter="OID-9")]
    assert (
        measure(load, None, FIRST, LAST, {"359150-000001": (FIRST, LAST)}).channels["delivered"].missing == 0
    )


def test_a_meters_missing_intervals_are_counted_in_its_own_length() -> None:
    hours = np.arange(*clock.period(FIRST, LAST), 3600)
    hourly = without(column("delivered", "1", hours, np.full(72, 3600), np.full(72, KWH)), 10)
    found = delivered(hourly, flat(FIRST, LAST, meter="2"))
    assert (found.expected, found.present, found.missing) == (72 + 288, 71 + 288, 1)


def test_hours_without_quarters_are_missing_among_days() -> None:
    last = FIRST + dt.timedelta(days=59)
    days = np.array([clock.midnight(FIRST + dt.timedelta(days=day)) for day in range(59)])
    daily = column("delivered", None, days, np.full(59, 86_400), np.full(59, 96 * KWH))
    half = flat(last, last).between(0, clock.midnight(last) + 13 * 3600)
    found = delivered(daily, half, last=last)
    assert [(gap.end - gap.begin, gap.days) for gap in found.gaps] == [(11 * 3600, (last,))]


def test_an_hour_covers_what_the_quarters_of_the_same_meters_do_not() -> None:
    hours = np.arange(*clock.period(FIRST, LAST), 3600)
    hourly = column("delivered", None, hours, np.full(72, 3600), np.full(72, KWH))
    found = delivered(hourly, without(flat(FIRST, LAST), 1, 287))
    assert (found.missing, found.present) == (0, 73)


def test_delivered_and_received_are_kept_apart_and_netted_beside() -> None:
    load = [flat(FIRST, LAST, 3 * KWH), without(flat(FIRST, LAST, 5 * KWH, "received"), 10)]
    found = measure(load, "TOU-D-4", FIRST, LAST).channels
    assert {channel: one.thousandths for channel, one in found.items()} == {
        "delivered": 288 * 3 * KWH,
        "received": 287 * 5 * KWH,
        "net": 288 * 3 * KWH - 287 * 5 * KWH,
    }
    assert [(one.expected, one.missing) for one in found.values()] == [(288, 0), (288, 1), (288, 1)]


def test_only_the_meter_with_a_generator_has_to_measure_what_is_sent_back() -> None:
    both = dict.fromkeys(("1", "2"), (FIRST, LAST))
    load = [*(flat(FIRST, LAST, meter=meter) for meter in both), flat(FIRST, LAST, 1, "received", meter="1")]
    found = measure(load, None, FIRST, LAST, both).channels
    assert {channel: one.missing for channel, one in found.items()} == {
        "delivered": 0,
        "received": 0,
        "net": 0,
    }
    less = [*load[:2], without(load[2], 5)]
    gaps = measure(less, None, FIRST, LAST, both).channels["received"].gaps
    assert [(one.meter, one.intervals) for one in missing_days(gaps)] == [("1", 1)]


def test_what_both_channels_miss_is_missing_of_their_net_once() -> None:
    load = [without(flat(FIRST, LAST), 0, 100), without(flat(FIRST, LAST, channel="received"), 50, 100)]
    net = measure(load, None, FIRST, LAST).channels["net"]
    assert (net.expected, net.missing, [gap.intervals for gap in net.gaps]) == (288, 150, [150])
    assert [(str(one.date), one.intervals) for one in missing_days(net.gaps)] == [
        ("2025-07-07", 96),
        ("2025-07-08", 54),
    ]


def test_net_readings_of_the_file_come_before_computed_ones() -> None:
    load = [flat(FIRST, LAST, 3), flat(FIRST, LAST, 5, "received"), flat(FIRST, LAST, -1, "net")]
    assert measure(load, None, FIRST, LAST).channels["net"].thousandths == -288


def test_the_estimated_share_is_of_the_readings_that_say() -> None:
    qualities = np.array(
        [Quality.ESTIMATED] * 36 + [Quality.VALIDATED] * 108 + [Quality.UNKNOWN] * 144, np.int8
    )
    starts = np.arange(*clock.period(FIRST, LAST), 900)
    load = column("delivered", None, starts, np.full(288, 900), np.full(288, KWH), qualities)
    assert delivered(load).estimated_share == Decimal("0.25")
    assert delivered(flat(FIRST, LAST)).estimated_share is None


def test_load_factor_is_mean_over_peak() -> None:
    values = dict.fromkeys(quarters(FIRST, LAST), KWH)
    values[next(quarters(FIRST, LAST))] = 4 * KWH
    assert delivered(made(values)).load_factor == Decimal("0.2526")  # (287 + 4) / 288 / 4


def test_no_load_factor_where_intervals_are_missing_or_more_came_back() -> None:
    load = flat(FIRST, LAST)
    assert delivered(load).load_factor == 1
    assert delivered(without(load, 100, 144)).load_factor is None  # and not a half
    back = without(flat(FIRST, LAST, KWH // 2, "received"), 3)
    assert measure([load, back], None, FIRST, LAST).channels["net"].load_factor is None
    net = dict.fromkeys(quarters(FIRST, LAST), -KWH) | {instant("2025-07-08 19:00"): KWH}
    assert measure([made(net, "net")], None, FIRST, LAST).channels["net"].load_factor is None


def test_a_drifting_clock_counts_where_the_middle_lies_and_misses_nothing() -> None:
    load = flat(FIRST, LAST)
    found = delivered(load.later(-60))
    assert (found.by_bucket, found.missing) == (delivered(load).by_bucket, 0)


def test_an_hour_that_lies_across_price_periods_is_not_split() -> None:
    starts = np.arange(clock.midnight(FIRST) + 1800, clock.midnight(FIRST) + 86_400 - 3600, 3600)
    load = column("delivered", None, starts, np.full(len(starts), 3600), np.full(len(starts), KWH))
    found = delivered(load, first=FIRST, last=FIRST)
    assert found.unsplit == 2 * KWH  # 3:30 to 4:30 pm, and 8:30 to 9:30 pm
    assert sum(found.by_bucket.values()) + found.unsplit == found.thousandths


def test_impossible_values_overflow_nothing() -> None:
    values = dict.fromkeys(quarters(FIRST, LAST), 2**62)
    assert delivered(made(values)).thousandths == 288 * 2**62


def test_unknown_hours_are_split_by_season_and_said() -> None:
    found = measure([flat(FIRST, LAST)], "TOU-PA-2-D", FIRST, LAST)
    assert {(one.season, one.tou) for one in found.channels["delivered"].by_bucket} == {("summer", None)}
    assert found.unknown_hours == "the TOU hours of TOU-PA-2-D on 2025-07-07 are not known"
