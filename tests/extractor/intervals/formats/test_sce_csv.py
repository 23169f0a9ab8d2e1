"""SCE's Green Button CSV: real samples, every quirk, days of 23 and 25 hours, and files that are broken."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Literal, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.intervals import clock
from extractor.intervals.formats import UnknownFormatError, UnreadableIntervalsError, format_of
from extractor.intervals.formats._sce_text import account_in, thousandths
from extractor.intervals.given import Problem, Quality, Readings
from tests.extractor.intervals.formats.sce_files import FLAT, HEADING, Style, without, written

SAMPLES = Path(__file__).parent / "samples" / "sce_csv"
NAME = "SCE_Usage_8000000001_01-01-25_to_12-31-25.csv"
QUARTER = 900
SPRING, AUTUMN = dt.date(2025, 3, 9), dt.date(2025, 11, 2)


class Read(NamedTuple):
    """What a file gave, by channel."""

    readings: dict[str, list[tuple[int, int, int]]]
    """Start, seconds and thousandths of each."""
    problems: list[Problem]

    def codes(self) -> list[str]:
        """Return the codes of the problems."""
        return [problem.code for problem in self.problems]


def read(data: bytes, name: str = NAME) -> Read:
    """Read a file by the one format that claims it."""
    found = Read(defaultdict(list), [])
    for one in format_of(name, data[:4096]).read(io.BytesIO(data), name):
        if isinstance(one, Readings):
            assert len(one.starts) == len(one.seconds) == len(one.thousandths) > 0
            assert len(one.qualities) in (0, len(one.starts))
            found.readings[one.series.channel] += zip(one.starts, one.seconds, one.thousandths, strict=True)
        else:
            assert isinstance(one, Problem)
            assert "800000000" not in one.message
            found.problems.append(one)
    return found


def rows_of(begin: int, step: int, values: list[int]) -> list[tuple[int, int, int]]:
    """Return the readings that a file was written from."""
    return [(begin + at * step, step, value) for at, value in enumerate(values)]


def day_file(
    date: dt.date,
    layout: Literal["consumption", "nem", "flat"] = "consumption",
    step: int = QUARTER,
    style: Style | None = None,
) -> bytes:
    """Return a file of one day, each value its number in watt-hours."""
    begin, end = clock.day(date)
    values = [at * 1000 for at in range((end - begin) // step)]
    channels = ["consumption"] if layout == "consumption" else ["delivered", "received"]
    return written(layout, begin, step, dict.fromkeys(channels, values), style)


@pytest.mark.parametrize(
    ("start", "channels", "codes"),
    [
        ("kodek_2020_consumption_15min_header_only", {}, ["no_readings", "fewer_days"]),
        ("kodek_2020_consumption_15min_one_day", {"delivered": (96, "24.00")}, []),
        # its preamble still speaks of one day
        ("kodek_2020_consumption_15min_two_days", {"delivered": (192, "48.00")}, []),
        ("gauthig_2022-08_NEM", {"delivered": (1632, "733.270"), "received": (1632, "303.490")}, []),
        # three rows out of two days
        (
            "excerpt_2025_flat",
            {"delivered": (3, "0.950"), "received": (3, "0.340")},
            ["gap", "gap", "fewer_days"],
        ),
    ],
)
def test_samples_give_what_they_hold(
    start: str, channels: dict[str, tuple[int, str]], codes: list[str]
) -> None:
    (path,) = SAMPLES.glob(f"{start}*")
    found = read(path.read_bytes(), path.name)
    sums = {
        channel: (len(rows), Decimal(sum(row[2] for row in rows)).scaleb(-6))
        for channel, rows in found.readings.items()
    }
    assert sums == {channel: (count, Decimal(kwh)) for channel, (count, kwh) in channels.items()}
    assert found.codes() == ["no_account", *codes]


def test_both_channels_may_have_energy_in_one_interval() -> None:
    (path,) = SAMPLES.glob("gauthig*")
    found = read(path.read_bytes())
    assert [row[:2] for row in found.readings["delivered"]] == [row[:2] for row in found.readings["received"]]
    pairs = zip(found.readings["delivered"], found.readings["received"], strict=True)
    assert sum(one[2] > 0 and other[2] > 0 for one, other in pairs) == 227
    assert found.readings["delivered"][0][0] == clock.midnight(dt.date(2022, 8, 1))


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.csv")), ids=lambda path: path.stem[:12])
def test_excel_changes_nothing(path: Path) -> None:
    data = path.read_bytes()
    excel = data.decode().replace('"', "").replace("0.000", "0").replace("\r\n", "\n")
    padded = "\r\n".join(line + "," * (4 - line.count(",")) for line in excel.split("\n"))
    slashed = re.sub(r"(\d{4})-0?(\d+)-0?(\d+)", r"\2/\3/\1", padded)
    assert read(b"\xef\xbb\xbf" + slashed.encode()).readings == read(data).readings


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.csv")), ids=lambda path: path.stem[:12])
def test_non_breaking_spaces_that_a_spreadsheet_took_for_two_letters(path: Path) -> None:
    """UTF-8 opened as Windows' letters and saved as UTF-8 again."""
    data = path.read_bytes()
    assert read(data.decode("cp1252").encode()).readings == read(data).readings


def test_dates_in_two_ways_are_dates_that_a_spreadsheet_took_for_others() -> None:
    """Where the day comes first, 07/01/2025 is 7 January, and 07/13/2025 no date, so that it stays as it is."""
    rows = [
        "2025-01-07,2025-01-07 00:00,2025-01-07 00:15,0.1,0",
        "07/13/2025,07/13/2025 12:00AM,07/13/2025 12:15AM,0.2,0",
    ]
    with pytest.raises(UnreadableIntervalsError, match="line 3: dates are written in two ways"):
        read(body(*rows, heading=FLAT))


styles = st.builds(
    Style,
    **dict.fromkeys(
        ("mark", "crlf", "quoted", "padded", "slashed", "short", "latin_1", "added"), st.booleans()
    ),
)


@settings(deadline=None, max_examples=80)
@given(
    layout=st.sampled_from(["consumption", "nem", "flat"]),
    year=st.integers(2010, 2030),
    season=st.sampled_from(["spring", "autumn", "summer"]),
    before=st.integers(0, 2),
    days=st.integers(1, 4),
    step=st.sampled_from([300, 900, 1800, 3600]),
    style=styles,
    data=st.data(),
)
def test_round_trip_over_days_of_23_and_25_hours(
    layout: Literal["consumption", "nem", "flat"],
    year: int,
    season: str,
    before: int,
    days: int,
    step: int,
    style: Style,
    data: st.DataObject,
) -> None:
    """What is written from known readings is read back exactly, and nothing is said of it."""
    first = change_of(year, season) - dt.timedelta(days=before)
    begin, end = clock.period(first, first + dt.timedelta(days=days - 1))
    count = (end - begin) // step
    some = st.lists(st.integers(0, 10**12), min_size=1, max_size=7)
    channels = (
        {"consumption": "delivered"}
        if layout == "consumption"
        else {"delivered": "delivered", "received": "received"}
    )
    known = {}
    for channel in channels:
        drawn = data.draw(some)
        known[channel] = [drawn[at % len(drawn)] + at for at in range(count)]
    found = read(written(layout, begin, step, known, style))
    assert found.problems == []
    assert found.readings == {channels[name]: rows_of(begin, step, values) for name, values in known.items()}


def change_of(year: int, season: str) -> dt.date:
    """Return the second Sunday of March, the first of November, or a day when no clock changes."""
    if season == "summer":
        return dt.date(year, 7, 4)
    date = dt.date(year, 3, 8) if season == "spring" else dt.date(year, 11, 1)
    return date + dt.timedelta(days=(6 - date.weekday()) % 7)


@pytest.mark.parametrize("date", [SPRING, AUTUMN, dt.date(2025, 7, 4)])
def test_a_daily_value_lasts_as_long_as_its_day(date: dt.date) -> None:
    rows = "".join(
        f"{day} 00:00 to {day + dt.timedelta(days=1)} 00:00,-26.370,,\n"
        for day in (date - dt.timedelta(days=1), date, date + dt.timedelta(days=1))
    )
    found = read((HEADING.format("net", "") + ",\n" + rows).encode())
    begin, end = clock.period(date - dt.timedelta(days=1), date + dt.timedelta(days=1))
    assert sum(seconds for _, seconds, _ in found.readings["net"]) == end - begin
    assert found.readings["net"][1] == (
        clock.midnight(date),
        clock.day(date)[1] - clock.day(date)[0],
        -26370000,
    )
    assert found.problems == []


def body(*rows: str, heading: str = HEADING.format("consumption", "")) -> bytes:
    """Return a file of one heading and rows, `HH:MM-HH:MM value` of a summer's day or as they are."""
    return "\n".join([heading, *rows, ""]).encode()


def row(times: str, value: str, date: str = "2025-07-04", quality: str = "") -> str:
    """Return a row of a day."""
    begin, end = times.split("-")
    return f'"{date} {begin}:00\N{NO-BREAK SPACE} to {date} {end}:00","{value}","{quality}"'


@pytest.mark.parametrize(
    ("data", "values", "codes", "line"),
    [
        # a row is missing: what follows stays where it is
        (body(row("00:00-00:15", "1"), row("00:30-00:45", "2")), [(0, 1), (1800, 2)], ["gap"], 3),
        # a row without a value is no zero
        (body(row("00:00-00:15", "1"), row("00:15-00:30", "")), [(0, 1)], ["no_value"], 3),
        # nor is one that says so
        (
            body(row("00:00-00:15", "1"), row("00:15-00:30", "0", quality="Missing")),
            [(0, 1)],
            ["no_value"],
            3,
        ),
        # a row twice: both are kept, the store decides
        (body(row("00:00-00:15", "1"), row("00:00-00:15", "2")), [(0, 1), (0, 2)], ["overlap"], 3),
        # an hour over its quarters
        (body(row("00:00-01:00", "4"), row("00:45-01:00", "1")), [(0, 4), (2700, 1)], ["overlap"], 3),
        # a quality of a name that nobody has told of
        (body(row("00:00-00:15", "1", quality="Guessed")), [(0, 1)], ["quality_word"], 2),
        # letters of any size, other spaces, no zeros
        (body('"7/4/2025  0:00 to  7/4/2025 0:15",1.,""'), [(0, 1)], [], None),
        (body(row("00:00-00:15", " .5 ")), [(0, Decimal("0.5"))], [], None),
        (body(row("00:00-00:15", "1,234.5")), [(0, Decimal("1234.5"))], [], None),
        (body(row("00:00-00:15", "0.1234560")), [(0, Decimal("0.123456"))], [], None),
        # spaces that do not break, everywhere; a day's end by another name
        (body(row("00:00-00:15", "1").replace(" ", "\N{NO-BREAK SPACE}")), [(0, 1)], [], None),
        (body(row("23:45-24:00", "1")), [(85500, 1)], [], None),
        # a byte order mark before the heading itself
        (b"\xef\xbb\xbf" + body(row("00:00-00:15", "1")), [(0, 1)], [], None),
        # a lone carriage return ends a line too
        (body(row("00:00-00:15", "1")).replace(b"\n", b"\r"), [(0, 1)], [], None),
    ],
)
def test_quirks(
    data: bytes, values: list[tuple[int, int | Decimal]], codes: list[str], line: int | None
) -> None:
    found = read(data)
    begin = clock.midnight(dt.date(2025, 7, 4))
    got = [(start - begin, Decimal(value).scaleb(-6)) for start, _, value in found.readings["delivered"]]
    assert got == values
    assert [(problem.code, problem.line) for problem in found.problems] == [(code, line) for code in codes]


def test_qualities_are_kept_where_they_are_given() -> None:
    data = body(row("00:00-00:15", "1"), row("00:15-00:30", "1", quality="Estimated"))
    (block,) = format_of(NAME, data).read(io.BytesIO(data), NAME)
    assert isinstance(block, Readings)
    assert [one.quality for one in block] == [Quality.UNKNOWN, Quality.ESTIMATED]


def test_a_negative_value_anywhere_makes_all_consumption_net() -> None:
    begin, _ = clock.day(dt.date(2020, 5, 1))
    values = [1000] * 96 * 60
    values[-1] = -140_000
    found = read(written("consumption", begin, QUARTER, {"consumption": values}))
    assert dict(found.readings) == {"net": rows_of(begin, QUARTER, values)}
    assert found.codes() == ["signed"]


def test_minus_zero_is_zero() -> None:
    assert set(read(body(row("00:00-00:15", "-0.000"))).readings) == {"delivered"}


AUTUMN_AT = clock.midnight(AUTUMN)
ONCE = r"2025-11-02 01:\d\d:00\N{NO-BREAK SPACE} to"


def test_the_order_of_rows_tells_which_hour_it_is() -> None:
    found = read(day_file(AUTUMN))
    assert [start for start, _, _ in found.readings["delivered"]] == list(
        range(AUTUMN_AT, AUTUMN_AT + 90_000, QUARTER)
    )
    assert str(clock.local(found.readings["delivered"][4][0])) == "2025-11-02 01:00:00-07:00"
    assert str(clock.local(found.readings["delivered"][8][0])) == "2025-11-02 01:00:00-08:00"


def hour_from_one(*minutes: int, around: bool = True) -> bytes:
    """Return the autumn day hourly, but for these quarters of the hour from one, each its number."""
    rows = [row("00:00-01:00", "9", "2025-11-02")] if around else []
    for at, minute in enumerate(minutes, 1):
        end = f"01:{minute + 15}" if minute < 45 else "02:00"
        rows.append(row(f"01:{minute:02}-{end}", str(at), "2025-11-02"))
    return body(*rows, row("02:00-03:00", "9", "2025-11-02"))


@pytest.mark.parametrize(
    ("data", "minutes", "codes"),
    [
        # both hours in order
        (hour_from_one(0, 15, 30, 45, 0, 15, 30, 45), [60, 75, 90, 105, 120, 135, 150, 165], []),
        # row by row, as a sorted sheet has them
        (hour_from_one(0, 0, 15, 15, 30, 30, 45, 45), [60, 75, 90, 105, 120, 135, 150, 165], []),
        # 24 hours: the first, and the gap is said
        (hour_from_one(0, 15, 30, 45), [60, 75, 90, 105], ["autumn_hour_once", "gap"]),
        # a row is missing in the first hour, in the second
        (hour_from_one(0, 15, 45, 0, 15, 30, 45), [60, 75, 105, 120, 135, 150, 165], ["gap"]),
        (hour_from_one(0, 15, 30, 45, 0, 15, 45), [60, 75, 90, 105, 120, 135, 165], ["gap"]),
        (hour_from_one(0, 15, 30, 45, 15), [60, 75, 90, 105, 135], ["gap"]),
        # three times, or broken off on both sides: nobody knows
        (hour_from_one(0, 15, 0, 15, 0, 15), [], ["autumn_hour_unclear", "gap"]),
        (hour_from_one(0, 15, 15, 30, 45), [], ["autumn_hour_unclear", "gap"]),
    ],
)
def test_an_hour_that_comes_twice(data: bytes, minutes: list[int], codes: list[str]) -> None:
    found = read(data)
    inner = found.readings["delivered"][1:-1]
    assert [(start - AUTUMN_AT) // 60 for start, _, _ in inner] == minutes
    assert all(seconds == QUARTER for _, seconds, _ in inner)
    assert found.readings["delivered"][-1][0] == AUTUMN_AT + 3 * 3600
    assert found.codes() == codes


def test_an_hour_that_comes_twice_is_left_out_where_rows_are_out_of_order() -> None:
    """Newest first and sorted by the clock: of two rows at 01:45 either may be the older."""
    heading, *rows = without(day_file(AUTUMN), "Data for|^$").decode().splitlines()[8:]
    found = read("\n".join([heading, *sorted(rows, reverse=True), ""]).encode())
    assert len(found.readings["delivered"]) == 92
    assert found.codes() == ["autumn_hour_unclear", "overlap"]


def test_an_hour_that_comes_twice_is_left_out_where_every_row_does() -> None:
    """The second row of 01:00 may be the first hour's again."""
    rows = [row(times, "1", "2025-11-02") for times in ("00:00-01:00", "01:00-02:00", "02:00-03:00")]
    found = read(body(*(one for one in rows for _ in range(2))))
    assert [start - AUTUMN_AT for start, _, _ in found.readings["delivered"]] == [0, 0, 10800, 10800]
    assert found.codes() == ["autumn_hour_unclear", "overlap", "gap"]


def test_the_end_of_the_first_hour_tells_where_the_second_begins() -> None:
    """It ends as clocks show one again, and the second hour's first rows are missing."""
    rows = [row("01:30-01:45", "1", "2025-11-02"), row("01:45-01:00", "2", "2025-11-02")]
    found = read(body(*rows, row("01:30-01:45", "3", "2025-11-02")))
    assert [(start - AUTUMN_AT) // 60 for start, _, _ in found.readings["delivered"]] == [90, 105, 150]


def test_the_file_stays_open_for_who_opened_it() -> None:
    file = io.BytesIO(day_file(AUTUMN))
    list(format_of(NAME, file.getvalue()).read(file, NAME))
    assert not file.closed


def test_a_day_given_twice_is_placed_twice() -> None:
    data = day_file(AUTUMN)
    twice = read(data + data[data.index(b'"Data for') :])
    once = read(data)
    assert twice.readings["delivered"] == once.readings["delivered"] * 2
    assert [(one.code, one.message[:14]) for one in twice.problems] == [("overlap", "delivered: 100")]


def test_rows_without_values_still_tell_which_hour_it_is() -> None:
    """All of the first hour is missing: what is there is the second."""
    lines = hour_from_one(0, 15, 30, 45, 0, 15, 30, 45).decode().splitlines()
    lines[2:6] = [re.sub(r'"\d","', '"","', line) for line in lines[2:6]]
    found = read("\n".join([*lines, ""]).encode())
    assert [(start - AUTUMN_AT) // 60 for start, _, _ in found.readings["delivered"]] == [
        0,
        120,
        135,
        150,
        165,
        180,
    ]
    assert found.codes() == ["no_value", "gap"]


def test_zeros_in_an_hour_that_was_not_are_left_out() -> None:
    data = body(
        row("01:00-02:00", "1", "2025-03-09"),
        row("02:00-03:00", "0.00", "2025-03-09"),
        row("03:00-04:00", "3", "2025-03-09"),
    )
    found = read(data)
    begin = clock.midnight(SPRING)
    assert found.readings["delivered"] == [(begin + 3600, 3600, 1000000), (begin + 7200, 3600, 3000000)]
    assert found.codes() == ["spring_hour"]


@pytest.mark.parametrize("end", ["02:00", "03:00"])
def test_the_last_quarter_before_clocks_go_forward(end: str) -> None:
    """Its end is told as a time that never was, or as what clocks showed."""
    found = read(body(row(f"01:45-{end}", "1", "2025-03-09")))
    assert found.readings["delivered"] == [(clock.midnight(SPRING) + 6300, QUARTER, 1000000)]


@pytest.mark.parametrize("end", ["02:00", "01:00"])
def test_the_last_quarter_before_clocks_go_back(end: str) -> None:
    found = read(body(row("01:30-01:45", "1", "2025-11-02"), row(f"01:45-{end}", "2", "2025-11-02")))
    assert found.readings["delivered"][1] == (AUTUMN_AT + 6300, QUARTER, 2000000)


@pytest.mark.parametrize("date", [SPRING, AUTUMN])
def test_a_day_that_begins_with_its_newest_row(date: dt.date) -> None:
    """A sheet that was sorted: which of the hours from 1:00 is which is told by the order still."""
    begin, end = clock.day(date)
    starts = range(begin, end, QUARTER)
    shown = [(clock.local(start), clock.local(start + QUARTER), at) for at, start in enumerate(starts)]
    rows = [f"{one:%Y-%m-%d %H:%M:%S} to {two:%Y-%m-%d %H:%M:%S},{at}," for one, two, at in shown]
    found = read(body(*rows[::-1]))
    assert sorted(found.readings["delivered"]) == rows_of(begin, QUARTER, [10**6 * at for _, _, at in shown])


OTHER = HEADING.format("Delivered", " Delivered(Real energy in kilowatt-hours)")


def test_consumption_before_delivered_is_one_channel() -> None:
    """A customer begins to give: SCE changes the headings from one day to the next."""
    data = body(row("00:00-01:00", "1"), OTHER, row("01:00-01:15", "2"))
    found = read(data)
    assert [seconds for _, seconds, _ in found.readings["delivered"]] == [3600, QUARTER]
    assert found.codes() == ["mixed_headings"]


def flat(*rows: str, heading: str = FLAT) -> bytes:
    """Return a flat file."""
    return "\n".join([heading, *rows, ""]).encode()


FLAT_ROW = '"07/04/2025 ","07/04/2025 12:00AM ","07/04/2025 12:15AM ","{}","{}"'


def test_a_flat_file_may_lack_what_is_received() -> None:
    data = flat(FLAT_ROW.format("1", "2")[:-4], heading=FLAT.removesuffix(",Received"))
    assert set(read(data).readings) == {"delivered"}


def test_a_flat_value_that_is_missing_leaves_the_other() -> None:
    found = read(flat(FLAT_ROW.format("1", "")))
    assert set(found.readings) == {"delivered"}
    assert found.codes() == ["no_value"]


def test_a_number_that_may_be_cut_is_said() -> None:
    data = day_file(AUTUMN, "flat", style=Style(quoted=False)).rstrip(b"\n")
    assert read(data).codes() == ["cut_short"]


def test_days_that_are_missing_at_the_end_are_said() -> None:
    begin, end = clock.period(dt.date(2025, 7, 1), dt.date(2025, 7, 3))
    data = written(
        "nem", begin, 3600, dict.fromkeys(["delivered", "received"], [0] * ((end - begin) // 3600))
    )
    cut = data[: data.index(b'\n"Data for period starting: 2025-07-03')]
    assert read(cut).codes() == ["fewer_days"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (body(row("00:00-00:15", "1"), "Total,1,"), "line 3: this row is neither"),
        (body(row("00:00-00:15", "1"), '"For location: 1 MAIN ST"'), "line 3: this row is neither"),
        (body(row("00:00-00:15", "abc")), "line 2: its usage is not a number"),
        (body(row("00:00-00:15", "1.2E-05")), "line 2: its usage is not a number"),
        (body(row("00:00-00:15", "(1.0)")), "line 2: its usage is not a number"),
        # 0.480 with the decimal comma of another country's spreadsheet is no 480
        (body(row("00:00-00:15", "0,480")), "line 2: its usage is not a number"),
        (body(row("00:00-00:15", "-0,480")), "line 2: its usage is not a number"),
        (body(row("00:00-00:15", "000,480")), "line 2: its usage is not a number"),
        (body(row("00:00-00:15", "0.1234567")), "line 2: its usage is finer"),
        (body(row("00:00-00:15", "12345678901")), "line 2: its usage is not a number"),
        (body(row("00:00-00:15", "\N{ARABIC-INDIC DIGIT ONE}")), "line 2: its usage is not a number"),
        (body(row("00:15-00:00", "1")), "line 2: this row ends before it begins"),
        (body(row("00:15-00:15", "1")), "line 2: this row ends before it begins"),
        (body('"2025-07-04 23:00:00 to 2025-07-05 01:00:00","1",""'), "line 2: .* after its day"),
        (body(row("00:00-00:15", "1"), row("25:00-25:15", "1")), "line 3: its period"),
        (body(row("00:00-00:15", "1", "2025-02-30")), "line 2: its period"),
        (body(row("00:00-00:15", "1", "0025-02-03")), "line 2: its period"),
        (body(row("00:00-00:15", "1").replace(" to ", " - ")), "line 2: its period"),
        (body('"2025-07-04 00:00:00 to 2025-07-04 00:15:00","1"'), "line 2: this row does not have"),
        (body(row("00:00-00:15", "1") + ',"2"'), "line 2: this row does not have"),
        # cut within a number: half of it is no value
        (body(row("00:00-00:15", "1"))[:-6], "line 2: this is not CSV"),
        (body(row("00:00-00:15", "1"), row("00:15-00:30", "1"))[:-14], "line 3: this is not CSV"),
        (
            body(row("00:00-00:15", "1").replace('","', ","), row("00:15-00:30", "1")),
            "line 2: this row does not have",
        ),
        # what was delivered cannot be below zero
        (body(OTHER, row("00:00-00:15", "-1")), "line 3: delivered energy cannot be below zero"),
        # energy in an hour that was not: the clock is another
        (body(row("02:00-03:00", "1", "2025-03-09")), "line 2: there was no such hour"),
        # the same time under two headings
        (
            body(row("00:00-00:15", "1"), OTHER, row("00:00-00:15", "1")),
            "line 4: delivered energy comes under two",
        ),
        (flat(FLAT_ROW.format("1", "-1")), "line 2: received energy cannot be below zero"),
        (flat(FLAT_ROW.format("1", "x")), "line 2: its usage is not a number"),
        (flat(FLAT_ROW.format("1", "2")[:-4]), "line 2: this row does not have"),
        (flat(FLAT_ROW.format("1", "2")[:-2]), "line 2: this is not CSV"),
        (
            flat(FLAT_ROW.format("1", "2").replace("04/2025 ", "05/2025 ", 1)),
            "line 2: it begins on another date",
        ),
        (flat(FLAT_ROW.format("1", "2").replace("12:15AM", "13:15AM")), "line 2: its period"),
        (flat("Total,,,1,2"), "line 2: its period"),
    ],
)
def test_broken_files_are_refused_with_line_and_reason(data: bytes, said: str) -> None:
    with pytest.raises(UnreadableIntervalsError, match=said) as caught:
        read(data)
    assert "MAIN ST" not in str(caught.value)


@settings(deadline=None, max_examples=150)
@given(
    data=st.sampled_from([day_file(AUTUMN, layout, 3600) for layout in ("consumption", "nem", "flat")]),
    damage=st.data(),
)
def test_a_damaged_file_gives_true_readings_or_an_error(data: bytes, damage: st.DataObject) -> None:
    """Bytes lost at the end never change a reading; the quotes around numbers see to it."""
    cut = damage.draw(
        st.integers(data.index(b"2025-11-02 00:00:00" if b"Data for" in data else b"Date,") + 400, len(data))
    )
    try:
        found = read(data[:cut])
    except UnreadableIntervalsError:
        return
    whole = read(data)
    for channel, rows in found.readings.items():
        assert rows == whole.readings[channel][: len(rows)] or "autumn_hour_once" in found.codes()


@pytest.mark.parametrize(
    ("name", "account"),
    [
        ("SCE_Usage_3-012-3456-78_10-01-20_to_10-15-20.csv", "3-012-3456-78"),
        ("SCE_Usage_8001234567_12-02-22_to_01-02-24.csv", "8001234567"),
        ("sce_usage_8001234567_12-02-22_to_01-02-24 (1).csv", "8001234567"),
        ("SCE_Usage_7001234567_12-02-22_to_01-02-24.csv", "7001234567"),  # SCE says that this is one
        ("meter on the roof 8001234567.csv", "8001234567"),
        ("1754000000.csv", None),  # an instant
        ("8001234567 and 8001234568.csv", None),
        ("18001234567.csv", None),
        ("usage.csv", None),
    ],
)
def test_the_account_is_in_the_name(name: str, account: str | None) -> None:
    assert account_in(name) == account
    data = body(row("00:00-00:15", "1"))
    *said, block = sorted(
        format_of(name, data).read(io.BytesIO(data), name), key=lambda one: isinstance(one, Readings)
    )
    assert isinstance(block, Readings)
    assert block.series.service_account == account
    assert [one.code for one in said if isinstance(one, Problem)] == ([] if account else ["no_account"])


@pytest.mark.parametrize(
    "heading",
    [
        OTHER.replace("kilowatt-hours", "therms"),
        OTHER.replace("kilowatt-hours", "kilowatts"),
        OTHER + ",Net",
        "x" + OTHER,
        FLAT + ",Net",
        FLAT.replace("Delivered,", ""),
        "x" + FLAT,
    ],
)
def test_other_headings_are_not_claimed(heading: str) -> None:
    with pytest.raises(UnknownFormatError):
        format_of(NAME, heading.encode())


def test_long_files_come_in_blocks() -> None:
    begin, end = clock.period(dt.date(2024, 1, 1), dt.date(2024, 12, 31))
    values = [at % 5000 * 1000 for at in range((end - begin) // QUARTER)]
    data = written("nem", begin, QUARTER, {"delivered": values, "received": values})
    blocks = [
        one for one in format_of(NAME, data[:4096]).read(io.BytesIO(data), NAME) if isinstance(one, Readings)
    ]
    assert max(map(len, blocks)) < 4096 + 101
    assert sum(map(len, blocks)) == 2 * len(values) == 2 * 35136


@given(st.integers(-(10**14), 10**14))
def test_thousandths_are_exact(value: int) -> None:
    assert thousandths(f"{Decimal(value).scaleb(-6):f}") == value
