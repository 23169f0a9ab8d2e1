"""What a confirmed table's rows may say, what is left out and told, and what refuses the whole file."""

from __future__ import annotations

import datetime as dt
import io

import pytest

from extractor.intervals import clock
from extractor.intervals.formats import UnreadableIntervalsError
from extractor.intervals.given import Given, Problem, Quality, Readings
from extractor.intervals.mapped.answers import Answers
from extractor.intervals.mapped.mapping import Mapping
from extractor.intervals.mapped.read import read
from tests.extractor.intervals.mapped.written import ACCOUNT, NAME, mapped, values_of, xlsx_of

HEADING = "Service Account,Start,End,kWh,Quality"
ROWS = (
    "8000000001,7/14/2025 0:00,7/14/2025 0:15,1.5,Actual",
    "8000000001,7/14/2025 0:15,7/14/2025 0:30,0.25,Estimated",
    "8000000001,7/14/2025 0:30,7/14/2025 0:45,0,Valid",
    "8000000001,7/14/2025 0:45,7/14/2025 1:00,2,",
)
SAID = Answers(zone="local", channels={"": "delivered"})
BEGIN = clock.instant(dt.datetime(2025, 7, 14))  # noqa: DTZ001 - a clock's time


def table(*rows: str, heading: str = HEADING) -> bytes:
    return "".join(f"{row}\n" for row in (heading, *rows)).encode()


MAPPING = mapped(table(*ROWS), SAID)


def given(data: bytes, mapping: Mapping = MAPPING, name: str = NAME) -> list[Given]:
    return list(read(io.BytesIO(data), name, mapping))


def told(data: bytes, mapping: Mapping = MAPPING, name: str = NAME) -> list[tuple[str, int | None]]:
    """Return the codes and lines of problems."""
    return [(one.code, one.line) for one in given(data, mapping, name) if isinstance(one, Problem)]


def test_values_and_qualities() -> None:
    [block] = given(table(*ROWS))
    assert isinstance(block, Readings) and block.is_confirmed
    assert block.starts.tolist() == [BEGIN + at * 900 for at in range(4)]
    assert block.thousandths.tolist() == [1_500_000, 250_000, 0, 2_000_000]
    assert list(block.qualities) == [Quality.UNKNOWN, Quality.ESTIMATED, Quality.VALIDATED, Quality.UNKNOWN]


@pytest.mark.parametrize(
    ("row", "code", "why"),
    [
        ("8000000001,7/14/2025 1:00,7/14/2025 1:15,,", [("no_value", 6)], "an empty cell"),
        ("8000000001,7/14/2025 1:00,7/14/2025 1:15,N/A,", [("no_value", 6), ("word_for_nothing", 6)], "a word"),
        ("8000000001,7/14/2025 1:00,7/14/2025 1:15,#N/A,", [("no_value", 6), ("word_for_nothing", 6)], "an error of a formula"),
        ("8000000001,7/14/2025 1:00,7/14/2025 1:15,5,Missing", [("no_value", 6)], "missing, whatever the value is"),
        ("8000000001,7/14/2025 1:00", [("no_value", 6)], "a row that ends before its value"),
        ("Total,,,3.75,", [("not_a_reading", 6)], "a total"),
        ("* values are preliminary", [("not_a_reading", 6)], "a footnote"),
        (HEADING, [], "the heading again, on a new page"),
        (",,,,", [], "an empty row"),
    ],
)  # fmt: skip
def test_what_is_no_reading_is_left_out_and_told(row: str, code: list[tuple[str, int]], why: str) -> None:
    mapping = mapped(table(*ROWS, "8000000001,7/14/2025 1:00,7/14/2025 1:15,5,Missing"), SAID)
    found, _ = values_of(table(*ROWS, row), mapping)
    assert len(found) == 4
    assert told(table(*ROWS, row), mapping) == code


def test_a_row_left_out_is_a_gap_and_not_zero() -> None:
    rows = table(*ROWS, "8000000001,7/14/2025 1:15,7/14/2025 1:30,1,")
    assert told(rows) == [("gap", 6)]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("8000000001,7/14/2025 1:00,7/14/2025 1:15,twelve,", "line 6: its value is not a number"),
        ("8000000001,7/14/2025 1:00,7/14/2025 1:15,1 200,", "line 6: its value is not a number"),
        ("8000000001,7/14/2025 1:00,7/14/2025 1:15,1.2E-05,", "line 6: its value is not a number"),
        ('8000000001,7/14/2025 1:00,7/14/2025 1:15,"1,20",', "line 6: its value is not a number"),
        ("8000000001,7/14/2025 1:00,7/14/2025 1:15,-1,", "line 6: delivered energy cannot be below zero"),
        (
            "8000000001,7/14/2025 1:00,7/14/2025 1:15,1,Guess",
            "line 6: the quality has a word that was not confirmed",
        ),
        ("8000000001,7/14/2025 1:00,7/14/2025 2:00,1,", "line 6: its interval does not last 15 minutes"),
        (
            "8000000001,7/14/2025 1:07,7/14/2025 1:22,1,",
            "line 6: its time is none of intervals of 15 minutes",
        ),
        ("8000000001,14/7/2025 1:00,14/7/2025 1:15,1,", "line 6: its time month must be in 1..12"),
        ("8000000001,7/14/2025 25:00,,1,", "line 6: its time hour must be in 0..23"),
        ("8000000001,7/14/2025 1:00Z,7/14/2025 1:15,1,", "line 6: its time has, or lacks, an offset"),
        (",7/14/2025 1:00,7/14/2025 1:15,1,", "line 6: it has no service account where one should be"),
        ("8E+09,7/14/2025 1:00,7/14/2025 1:15,1,", "line 6: a spreadsheet has shortened the service account"),
        ("n/a,7/14/2025 1:00,7/14/2025 1:15,1,", "line 6: it has no service account where one should be"),
        ('"8000000001,7/14/2025 1:00,7/14/2025 1:15,1,', "line 6: this is no table"),
    ],
)
def test_what_the_mapping_does_not_say_refuses_the_file_by_its_line(row: str, said: str) -> None:
    with pytest.raises(UnreadableIntervalsError, match=said):
        given(table(*ROWS, row))


def test_zeros_where_no_clock_was_are_padding_and_energy_there_is_not_local() -> None:
    rows = [
        f"8000000001,3/9/2025 {hour}:{minute:02},,{{}}," for hour in (1, 2, 3) for minute in (0, 15, 30, 45)
    ]
    data = [row.format("0" if " 2:" in row else "1") for row in rows]
    assert told(table(*data)) == [("spring_hour", 6)]
    with pytest.raises(UnreadableIntervalsError, match="line 6: there was no such hour on 2025-03-09"):
        given(table(*(row.format("1") for row in rows)))


def test_an_hour_that_comes_once_in_autumn_is_told() -> None:
    rows = [f"8000000001,11/2/2025 {hour}:00,,1," for hour in range(24)]
    mapping = mapped(table(*rows), Answers(zone="local", channels={"": "delivered"}, order="mdy"))
    assert ("autumn_hour_once", 3) in told(table(*rows), mapping)


def told_at(date: dt.date, head: str, step: int) -> tuple[list[str], dict[tuple[int, int], int]]:
    """Return the rows of a local day, each of as many kWh as rows before it, and what they are."""
    begin, end = clock.day(date)
    starts = list(range(begin, end, step))
    labels = [clock.local(start + (step if head == "Ending" else 0)) for start in starts]
    rows = [f"{label:%Y-%m-%d %H:%M},{at}" for at, label in enumerate(labels)]
    return rows, {(start, step): 1_000_000 * at for at, start in enumerate(starts)}


@pytest.mark.parametrize("head", ["Start", "Ending"])
@pytest.mark.parametrize(
    ("date", "step"),
    [
        (dt.date(2025, 3, 9), 900),
        (dt.date(2025, 3, 9), 3600),
        (dt.date(2025, 11, 2), 900),
        (dt.date(2025, 7, 14), 900),
    ],
)
def test_a_table_may_begin_with_its_newest_row(date: dt.date, step: int, head: str) -> None:
    rows, wanted = told_at(date, head, step)
    for turned in (rows, rows[::-1]):
        data = table(*turned, heading=f"Interval {head},kWh")
        found, codes = values_of(data, mapped(data, SAID))
        assert (found, set(codes) - {"overlap"}) == (wanted, set())


@pytest.mark.parametrize("step", [900, 3600])
def test_of_a_pair_of_rows_newest_first_nobody_knows_which_is_older(step: int) -> None:
    """A sheet that was sorted has the older of two alike first, one that came so the newer."""
    rows, wanted = told_at(dt.date(2025, 11, 2), "Start", step)
    newest = sorted(rows, key=lambda row: row.partition(",")[0], reverse=True)
    data = table(*newest, heading="Interval Start,kWh")
    found, codes = values_of(data, mapped(data, SAID))
    assert "autumn_hour_unclear" in codes
    assert found.items() <= wanted.items()
    assert len(wanted) - len(found) == 2 * 3600 // step
    rows, _ = told_at(dt.date(2025, 11, 2), "Ending", step)
    newest = sorted(rows, key=lambda row: row.partition(",")[0], reverse=True)
    data = table(*newest, heading="Interval Ending,kWh")
    with pytest.raises(UnreadableIntervalsError, match="begin with the newest, and in pairs"):
        given(data, mapped(table(*rows, heading="Interval Ending,kWh"), SAID))


def test_rows_of_a_day_on_which_clocks_change_have_to_stand_together() -> None:
    """Each part alone would be taken for the first hour from 1:00."""
    rows = [f"8000000001,11/2/2025 {at // 4}:{at % 4 * 15:02},,1," for at in range(4, 8)]
    between = "8000000001,11/3/2025 0:00,,1,"
    with pytest.raises(UnreadableIntervalsError, match="line 7: rows of 2025-11-02, when clocks change"):
        given(table(*rows, between, *rows))


def test_one_series_under_two_names_for_the_same_time_is_refused() -> None:
    heading = "SA,Start,Channel,kWh"
    rows = [f"{ACCOUNT},7/14/2025 {at}:00,{channel},1" for channel in "AB" for at in range(4)]
    words = {"channel": {"A": "delivered", "B": "delivered"}}
    mapping = mapped(table(*rows, heading=heading), Answers(zone="local", words=words))
    with pytest.raises(UnreadableIntervalsError, match="comes under two headings for the same time"):
        given(table(*rows, heading=heading), mapping)
    words["channel"]["B"] = "ignore"
    mapping = mapped(table(*rows, heading=heading), Answers(zone="local", words=words))
    assert told(table(*rows, heading=heading), mapping) == [("left_out", 6)]


def test_kw_and_kwh_in_one_column_are_asked() -> None:
    heading = "SA,Start,UOM,Value"
    rows = [f"{ACCOUNT},7/14/2025 {at}:00,{unit},1" for at in range(4) for unit in ("KWH", "KW")]
    words = {"unit": {"KW": "ignore"}}
    mapping = mapped(
        table(*rows, heading=heading), Answers(zone="local", channels={"": "delivered"}, words=words)
    )
    assert mapping.words["unit"] == {"kwh": "kWh", "kw": "ignore"}
    assert len(values_of(table(*rows, heading=heading), mapping)[0]) == 4


def test_hours_among_quarters_are_refused() -> None:
    """An account whose rows come every hour has no quarters, though each hour begins with one."""
    rows = [f"8000000002,7/14/2025 {hour}:00,,1," for hour in range(6)]
    with pytest.raises(UnreadableIntervalsError, match="line 6: readings come every 60 minutes, not 15"):
        given(table(*ROWS, *rows))


@pytest.mark.parametrize(
    ("unit", "text", "thousandths", "codes"),
    [
        ("kWh", "0.000001", 1, []),
        ("kWh", "0.0000014", 1, ["rounded"]),
        ("Wh", "480", 480_000, []),
        ("MWh", "0.00048", 480_000, []),
        ("kW", "1.92", 480_000, []),
        ("kW", "0.000001", 0, ["rounded"]),
    ],
)
def test_units_are_exact_to_thousandths_of_a_watt_hour(
    unit: str, text: str, thousandths: int, codes: list[str]
) -> None:
    rows = [f"{ACCOUNT},7/14/2025 0:{at * 15:02},{text}" for at in range(3)]
    data = table(*rows, heading="SA,Start,Reading")
    mapping = mapped(data, Answers(zone="utc", unit=unit, channels={"": "net"}))  # type: ignore[arg-type]
    found, said = values_of(data, mapping, channel="net")
    assert (set(found.values()), said) == ({thousandths}, codes)


def test_no_kwh_is_made_of_the_mean_kw_of_a_day() -> None:
    data = table(*(f"{ACCOUNT},2025-07-{day},5" for day in range(14, 20)), heading="SA,Date,kW")
    with pytest.raises(AssertionError, match="mean kW of a day"):
        mapped(data, Answers(zone="local", channels={"": "delivered"}))


def test_a_date_alone_is_its_local_day_of_23_24_or_25_hours() -> None:
    data = table(*(f"{ACCOUNT},2025-03-{day:02},5" for day in range(8, 11)), heading="SA,Date,kWh")
    found, _ = values_of(data, mapped(data, SAID))
    assert [seconds // 3600 for _, seconds in found] == [24, 23, 24]


@pytest.mark.parametrize("suffix", ["Z", "+00:00", " UTC"])
def test_times_with_their_offset_need_no_clock(suffix: str) -> None:
    rows = [f"{ACCOUNT},2025-11-02T{hour:02}:00:00{suffix},1" for hour in range(6, 12)]
    data = table(*rows, heading="SA,Start,kWh delivered")
    mapping = mapped(data)
    assert mapping.zone == "stamped"
    start = int(dt.datetime(2025, 11, 2, 6, tzinfo=dt.UTC).timestamp())
    assert [at for at, _ in values_of(data, mapping)[0]] == [start + at * 3600 for at in range(6)]


def test_a_column_of_an_hour_that_its_day_has_not_is_refused() -> None:
    heading = ",".join(["SA", "Date", *(f"HE{hour:02}" for hour in range(1, 26))])
    row = ",".join([ACCOUNT, "2025-07-14", *("1" for _ in range(25))])
    answers = Answers(unit="kWh", channels={"": "delivered"}, extra="second")
    mapping = mapped(table(row, heading=heading), answers)
    with pytest.raises(UnreadableIntervalsError, match="line 2: there is energy in a column of an hour"):
        given(table(row, heading=heading), mapping)


def test_another_heading_is_another_layout() -> None:
    with pytest.raises(UnreadableIntervalsError, match="its heading is not the one that was confirmed"):
        given(table(*ROWS, heading=HEADING.replace("kWh", "kW")))


def test_columns_headed_by_accounts_may_be_more_the_next_time() -> None:
    rows = ["2025-07-14,0:00,1,2", "2025-07-14,0:15,3,4", "2025-07-14,0:30,5,6"]
    data = table(*rows, heading="Date,Time,8000000001,8000000002")
    mapping = mapped(data, Answers(label="start", zone="local", unit="kWh", channels={"": "delivered"}))
    three = table(*(f"{row},9" for row in rows), heading="Date,Time,8000000007,8000000008,8000000009")
    for account, values in (("8000000007", {1, 3, 5}), ("8000000009", {9})):
        found, _ = values_of(three, mapping, account=account)
        assert {value // 1_000_000 for value in found.values()} == values
    twice = table(*rows, heading="Date,Time,8000000007,8000000007")
    with pytest.raises(UnreadableIntervalsError, match="line 1: a service account has two columns"):
        given(twice, mapping)


def test_nobodys_readings_say_so() -> None:
    data = table("7/14/2025 0:00,1", "7/14/2025 0:15,1", "7/14/2025 0:30,1", heading="Start,kWh")
    mapping = mapped(data, SAID, "usage.csv")
    assert told(data, mapping, "usage.csv") == [("no_account", None)]
    assert told(data, mapping, NAME) == []


def test_sheets_of_one_layout_are_read_and_others_told() -> None:
    heading = ("SA", "Start", "kWh delivered")
    rows = {month: [[ACCOUNT, f"{month}/14/2025 {hour}:00", "1"] for hour in range(3)] for month in (5, 6)}
    sheets = {
        "Cover": (("Interval data",), []),
        "May": (heading, rows[5]),
        "June": (heading, rows[6]),
        "Bills": (("SA", "Date", "Usage kWh"), [[ACCOUNT, "2025-06-30", "9"]]),
    }
    data = xlsx_of(sheets)
    mapping = mapped(data, Answers(sheet="May", zone="local"))
    found, codes = values_of(data, mapping)
    assert (len(found), codes) == (6, ["sheet_left_out", "gap"])


def test_a_mapping_that_is_not_complete_reads_nothing() -> None:
    with pytest.raises(UnreadableIntervalsError, match="not complete: label"):
        given(table(*ROWS), MAPPING.model_copy(update={"label": None}))
