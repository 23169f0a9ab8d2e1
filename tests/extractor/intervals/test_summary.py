"""Joins in short, and as a person reads them: a lower bound of kW is no figure to compare with."""

from __future__ import annotations

from decimal import Decimal

from extractor.cli.beside import _beside as beside
from extractor.intervals.join import join
from extractor.intervals.summary import highest, in_short, is_lower_bound
from tests.extractor.intervals.test_join import GS2D, around, days, hours, service


def test_hours_tell_no_kw_in_short() -> None:
    bill = service(GS2D)
    quarterly, hourly, daily = (
        join(bill, load) for load in ([around(bill)], hours(around(bill)), days(around(bill)))
    )
    assert (in_short(quarterly, 1).kw, is_lower_bound(quarterly)) == (Decimal(92), False)
    assert (in_short(hourly, 1).kw, is_lower_bound(hourly)) == (None, True)
    assert (in_short(daily, 1).kw, is_lower_bound(daily)) == (None, False)
    assert highest(hourly) == 60  # as exports have it, with `is_lower_bound` beside


def test_a_lower_bound_has_no_difference() -> None:
    bill = service(GS2D)
    table = beside(join(bill, hours(around(bill))))
    rows = list(zip(*(column.cells for column in table.columns), strict=True))
    assert [row[1:4] for row in rows if row[0] == "kW"] == [("92", "at least 60", "-")]
    equal = beside(join(bill, [around(bill)]))
    assert ("kW", "92", "92", "0") in [
        row[:4] for row in zip(*(column.cells for column in equal.columns), strict=True)
    ]
