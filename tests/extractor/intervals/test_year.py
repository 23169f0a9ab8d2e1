"""A year of one meter: a load that is known hour by hour, and bills one after the other."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal

from extractor.intervals import clock
from extractor.intervals.compared.metered import measure
from extractor.intervals.compared.verdict import Verdict
from extractor.intervals.join import join
from extractor.model import Service
from tests.extractor.intervals.loads import KWH, counted, load_of, made, price_period, quarters, services

START = dt.date(2024, 12, 4)
DAYS = [30, 32, 29, 30, 31, 30, 30, 29, 32, 30, 31, 30]
"""Days of twelve periods: both days of daylight saving, both changes of season, a year's end, all holidays."""


def known(instant: int) -> int:
    """Return a load of each 15 minutes in thousandths of Wh: other by hour, weekday, month and minute."""
    at = clock.local(instant)
    kw = 20 + 3 * at.hour - at.hour * at.hour // 8 + 4 * (at.weekday() < 5) + at.month + (at.minute // 15)
    return kw * KWH // 4 + instant // 900 % 997


def periods() -> list[tuple[dt.date, dt.date]]:
    found, first = [], START
    for days in DAYS:
        found.append((first, first + dt.timedelta(days=days - 1)))
        first += dt.timedelta(days=days)
    return found


def test_a_year_of_a_known_load_gives_its_kwh_kw_and_buckets() -> None:
    last = periods()[-1][1]
    load = made({at: known(at) for at in quarters(START, last)})
    expected = 0
    for first, last in periods():
        values = {at: known(at) for at in quarters(first, last)}
        found = measure([load], "TOU-GS-2-D", first, last).channels["delivered"]
        assert {(str(one.season), str(one.tou)): value for one, value in found.by_bucket.items()} == counted(
            values
        )
        top = max(values.values())
        assert found.peak is not None
        assert found.peak.start == min(at for at, value in values.items() if value == top)
        assert found.peak.billed_kw == int((Decimal(top) * 4 / KWH).quantize(Decimal(1), ROUND_HALF_UP))
        for bucket, peak in found.peaks.items():
            mine = [value for at, value in values.items() if price_period(at) == bucket]
            assert peak.thousandths == 4 * max(mine)
        assert found.missing == 0
        expected += found.expected
    assert expected == sum(DAYS) * 96  # what one day lacks the other has


def test_a_year_of_bills_one_after_the_other_ties_out() -> None:
    bills = _one_after_the_other()
    assert len(bills) >= 8
    load: dict[int, int] = {}
    for bill in bills:
        load |= load_of(bill) or {}
    for bill in bills:
        found = join(bill, [made(load)])
        assert (found.verdict, found.shift) == (Verdict.TIES_OUT, (0, 0, 0)), found.reason
        assert {row.difference for row in found.energy} | {row.difference for row in found.demand} == {0}


def _one_after_the_other() -> list[Service]:
    """Return sample bills of SCE that could be of one meter: their periods do not overlap."""
    fitting = [one for one in services() if one.role != "generation" and one.period and load_of(one)]
    known_hours = [one for one in fitting if str(one.rate_schedule).startswith(("TOU-GS-2-E", "TOU-GS-3D"))]
    found: list[Service] = []
    end = dt.date.min
    for bill in sorted(known_hours, key=lambda one: one.period.end if one.period else end):
        if bill.period and bill.period.start > end:
            found.append(bill)
            end = bill.period.end
    return found
