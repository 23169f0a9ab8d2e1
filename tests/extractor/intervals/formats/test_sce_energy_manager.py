"""SCE's EnergyManager report: known second-hand, so nothing of it is confirmed and what is assumed is asked."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal

import pytest

from extractor.intervals import clock
from extractor.intervals.formats import UnreadableIntervalsError, format_of
from extractor.intervals.given import Problem, Readings

NAME = "usage.csv"
ASKED = ("unit_unknown", "power", "label_unknown")
SAID = {
    "unit_unknown": "does not say if it is kW or kWh",
    "power": "numbers are kW",
    "label_unknown": "a time is taken as",
    "no_value": "no value",
    "gap": "missing",
}
FOURTH = clock.midnight(dt.date(2025, 7, 4))


def report(
    *rows: str, preamble: str = "Basic Usage", heading: str = "Date,Time,8000000001,8000000002"
) -> bytes:
    """Return a report."""
    return "\n".join([preamble, "", heading, *rows, ""]).encode()


def read(data: bytes) -> tuple[dict[str | None, list[tuple[int, int, Decimal]]], list[str]]:
    """Return start, seconds and Wh of each account's readings, and the codes of problems."""
    readings, codes = {}, []
    for one in format_of(NAME, data).read(io.BytesIO(data), NAME):
        if isinstance(one, Readings):
            assert not one.is_confirmed
            assert one.series.channel == "delivered"
            readings[one.series.service_account] = [
                (int(each.start.timestamp()), each.seconds, each.value) for each in one
            ]
        else:
            assert isinstance(one, Problem)
            assert "80000000" not in one.message
            codes.append(next(code for code, said in SAID.items() if said in one.message))
            assert (one.code == "asked") == (codes[-1] in ASKED), one
    return readings, codes


ROWS = '07/04/2025,00:00,"1,200.5",3', "07/04/2025,00:15,1200,"


@pytest.mark.parametrize(
    ("preamble", "first", "codes"),
    [
        ("Basic Usage", 1_200_500, ["unit_unknown", "label_unknown"]),
        ("Basic Usage, kW or kWh", 1_200_500, ["unit_unknown", "label_unknown"]),
        ("Usage (kWh)", 1_200_500, ["label_unknown"]),
        # a quarter of an hour at 1,200.5 kW
        ("Demand (kW)", 300_125, ["power", "label_unknown"]),
    ],
)
def test_the_unit_is_believed_where_it_is_said_and_asked_where_not(
    preamble: str, first: int, codes: list[str]
) -> None:
    readings, said = read(report(*ROWS, preamble=preamble))
    assert readings["8000000001"][0] == (FOURTH, 900, Decimal(first))
    assert said == [*codes, "no_value"]


def test_a_blank_is_no_reading() -> None:
    readings, _ = read(report(*ROWS))
    assert [len(rows) for rows in readings.values()] == [2, 1]


def test_a_report_that_begins_an_interval_after_midnight_tells_ends() -> None:
    rows = [f"07/04/2025,{at // 4:02}:{at % 4 * 15:02},1,2" for at in range(1, 96)]
    readings, codes = read(report(*rows, "07/05/2025,00:00,1,2"))
    assert [start for start, _, _ in readings["8000000001"]] == list(range(FOURTH, FOURTH + 86400, 900))
    assert codes == ["unit_unknown", "label_unknown"]


@pytest.mark.parametrize("step", [900, 3600])
@pytest.mark.parametrize("is_end", [False, True])
@pytest.mark.parametrize("date", [dt.date(2025, 3, 9), dt.date(2025, 11, 2), dt.date(2025, 7, 4)])
def test_days_of_23_and_25_hours(date: dt.date, is_end: bool, step: int) -> None:
    begin, end = clock.day(date)
    starts = list(range(begin, end, step))
    labels = [clock.local(start + (step if is_end else 0)) for start in starts]
    rows = [f"{label:%m/%d/%Y,%H:%M},{at},0" for at, label in enumerate(labels)]
    readings, codes = read(report(*rows))
    assert readings["8000000001"] == [(start, step, Decimal(1000 * at)) for at, start in enumerate(starts)]
    assert codes == ["unit_unknown", "label_unknown"]


@pytest.mark.parametrize("missing", [[1], [1, 3, 5], [94]])
def test_a_row_that_is_missing_makes_no_interval_longer(missing: list[int]) -> None:
    rows = [f"07/04/2025,{at // 4:02}:{at % 4 * 15:02},1,2" for at in range(96) if at not in missing]
    readings, codes = read(report(*rows))
    assert readings["8000000001"] == [
        (FOURTH + 900 * at, 900, Decimal(1000)) for at in range(96) if at not in missing
    ]
    assert codes == ["unit_unknown", "label_unknown", "gap"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (report(ROWS[0]), "too few rows"),
        (report(ROWS[0], ROWS[0]), "line 5: the first times"),
        (report(ROWS[0], "07/04/2025,00:07,1,1"), "line 5: the first times"),
        (report(*ROWS, "07/04/2025,00:37,1,1"), "line 6: its time is none of intervals of 15 minutes"),
        (report(*ROWS, preamble="Reactive energy (kVARh)"), "of kvarh, not of kWh or kW"),
        (report(*ROWS, preamble="Usage (MWh)"), "of mwh, not of kWh or kW"),
        (report(*ROWS, "Total,,1,2"), "line 6: this row does not begin"),
        (report(*ROWS, "07/04/2025"), "line 6: this row does not begin"),
        (report(*ROWS, "07/04/2025,00:30,1"), "line 6: this row does not have"),
        (report(*ROWS, "07/04/2025,00:30,1,2,3"), "line 6: this row does not have"),
        (report(*ROWS, "07/04/2025,00:30,x,2"), "line 6: its usage is not a number"),
        (report(*ROWS, '07/04/2025,00:30,"0,480",2'), "line 6: its usage is not a number"),
        (report(*ROWS, "07/04/2025,00:30,-1,2"), "line 6: delivered energy cannot be below zero"),
        (report(*ROWS, heading="Date,Time,8000000001,8000000001"), "line 3: a service account has two"),
        (report("07/04/2025,00:00,0.000001,1", ROWS[1], preamble="kW"), "line 4: its energy is finer"),
    ],
)
def test_broken_reports_are_refused_with_line_and_reason(data: bytes, said: str) -> None:
    with pytest.raises(UnreadableIntervalsError, match=said):
        read(data)
