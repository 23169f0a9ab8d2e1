"""CMEP: what a MEPMD01 record says, and what is no reading."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.intervals import clock
from extractor.intervals.formats import UnreadableIntervalsError, cmep, format_of
from extractor.intervals.given import Given, Quality, Readings, Series
from tests.extractor.intervals.formats.edi_files import Row, rows_of, stamp, told
from tests.extractor.intervals.formats.edi_files import cmep as written

SAMPLE = Path(__file__).parent / "samples/cmep/sensus_mepmd01_cmepparser.dat"
HEADER = "MEPMD01,19970819,006908818,8000000001,,,202511110000,M1,OK,E"


def read(text: str) -> list[Given]:
    return list(cmep.read(io.BytesIO(text.encode("latin-1")), "usage.cmep"))


def one(text: str) -> Readings:
    [block] = [found for found in read(text) if isinstance(found, Readings)]
    return block


def at(text: str) -> int:
    return int(dt.datetime.strptime(text, "%Y%m%d%H%M").replace(tzinfo=dt.UTC).timestamp())


def test_sample_of_registers_gives_no_reading_and_says_why() -> None:
    found = read(SAMPLE.read_text())
    assert rows_of(found) == []
    assert told(found) == {"commodity": 1, "register": 5, "unended": 5}
    assert next(problem.message for problem in found) == "records of water, not read: 4"  # type: ignore[union-attr]


def test_the_samples_electric_record_read_as_if_it_were_of_intervals() -> None:
    """Its 25 values, 698 to 721, and its stamps, of which some are a minute early."""
    found = read(SAMPLE.read_text().replace("SKWHREG", "SKWH"))
    rows = rows_of(found)
    printed = SAMPLE.read_text().splitlines()[4].split(",")[16::3]
    assert [kwh for _, _, kwh in rows] == [Decimal(text) for text in printed]
    assert [start for start, _, _ in rows] == [at("201109200500") + 3600 * hour for hour in range(25)]
    drift = [
        problem for problem in found if not isinstance(problem, Readings) and "minute beside" in str(problem)
    ]
    assert "its end: 4" in str(drift)
    [block] = [block for block in found if isinstance(block, Readings)]
    assert block.series == Series("total", "Wh", None, "10000005", "E00001F12SD")


def test_claims_by_the_first_record_alone() -> None:
    assert format_of("anything", SAMPLE.read_bytes()).NAME == "CMEP"
    assert cmep.claims("", b"\xef\xbb\xbfMLA01,20080501")
    assert not cmep.claims("usage.cmep", b"Energy Usage Information")


@pytest.mark.parametrize(
    ("unit", "channel", "of"),
    [
        ("KWH", "delivered", "Wh"),
        ("GKWH", "received", "Wh"),  # "received from customer"
        ("NKWH", "net", "Wh"),  # Sensus
        ("SKWH", "total", "Wh"),  # Sensus
        ("KVARH", "delivered", "VArh"),
        ("GKVARH", "received", "VArh"),
        ("KVAH", "delivered", "VAh"),
        ("kwh", "delivered", "Wh"),  # protocol text, whatever its case
    ],
)
def test_unit(unit: str, channel: str, of: str) -> None:
    block = one(f"{HEADER},{unit},1,00000015,1,202511030015,,0.25,\n")
    assert (block.series.channel, block.series.unit, list(block.thousandths)) == (channel, of, [250_000])


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (f"{HEADER},KWHREG", "register"),
        (f"{HEADER},GKVARHREG", "register"),
        (f"{HEADER},KW", "power"),
        (f"{HEADER},GKVAR", "power"),
        (f"{HEADER},PULSE", "unit"),  # what a pulse is, stands elsewhere
        (f"{HEADER},VOLTS", "unit"),
        (HEADER[:-1] + "G,THERM", "commodity"),
        (HEADER.replace(",OK,", ",REJECT,") + ",KWH", "purpose"),  # it goes back to who sent it
        (HEADER.replace(",OK,", ",SUMMARY,") + ",KWH", "purpose"),  # monthly totals, say
        (HEADER.replace("MEPMD01", "MEPMD02") + ",KWH", "record"),
        (HEADER.replace("MEPMD01", "MLA01") + ",KWH", "record"),
        (HEADER.replace("MEPMD01", "MEPZZ09") + ",KWH", "record"),
    ],
)
def test_what_is_no_energy_by_intervals_is_told_and_not_read(header: str, code: str) -> None:
    found = read(f"{header},1,00000015,1,202511030015,,0.25,\n")
    assert told(found) == {code: 1}


def test_history_of_1998_writes_its_purpose_in_another_case() -> None:
    assert len(one(f"{HEADER.replace(',OK,', ',History,')},KWH,1,00000015,1,202511030015,,0.25,\n")) == 1


@pytest.mark.parametrize(
    ("flag", "quality"),
    [
        ("", Quality.VALIDATED),
        ("E", Quality.ESTIMATED),
        ("A", Quality.EDITED),
        ("R", Quality.RAW),
        ("R0", Quality.RAW),  # "error free"
        ("R64", Quality.RAW),  # daylight saving time in effect is no doubt
        ("R4", Quality.RAW),  # power came back: what was counted was counted
        ("R32", Quality.QUESTIONABLE),  # missing data
        ("A1024", Quality.QUESTIONABLE),  # a long interval
        ("e", Quality.ESTIMATED),  # protocol text, whatever its case
        ("r32", Quality.QUESTIONABLE),
        ("X", Quality.UNKNOWN),  # no flag of the specification
    ],
)
def test_flag(flag: str, quality: Quality) -> None:
    block = one(f"{HEADER},KWH,1,00000015,1,202511030015,{flag},0.25,\n")
    assert list(block.qualities) == [quality]


@pytest.mark.parametrize("flag", ["N", "N0", "N32", "N33", "n", "n32"])
@pytest.mark.parametrize("value", ["", "0", "0.25"])  # whatever stands there: "no value is being sent"
def test_no_value_is_a_gap_and_never_zero(flag: str, value: str) -> None:
    found = read(f"\n{HEADER},KWH,1,00000015,3,202511030015,,0.25,,{flag},{value},,,0.5,\n")
    assert rows_of(found) == [
        (at("202511030000"), 900, Decimal("0.25")),
        (at("202511030030"), 900, Decimal("0.5")),  # its empty time counts on from the gap
    ]
    assert told(found) == {"missing": 2}


def test_an_empty_value_that_is_not_missing_is_zero_as_specified_and_told() -> None:
    found = read(f"{HEADER},KWH,1,00000015,2,202511030015,,,,,0.5,\n")
    assert [kwh for _, _, kwh in rows_of(found)] == [0, Decimal("0.5")]
    assert told(found) == {"empty_value": 1}


@pytest.mark.parametrize(
    ("flag", "code"),
    [
        ("X", "flag"),
        ("R32", "doubtful"),
    ],  # of a flag nobody knows, and where the meter says that data is missing
)
def test_an_empty_value_under_a_doubtful_flag_is_no_zero(flag: str, code: str) -> None:
    found = read(f"{HEADER},KWH,1,00000015,2,202511030015,{flag},,,,0.5,\n")
    assert rows_of(found) == [(at("202511030015"), 900, Decimal("0.5"))]
    assert told(found) == {code: 1, "missing": 1}


def test_values_below_zero_of_energy_that_only_goes_one_way_are_told() -> None:
    record = "{},{},1,00000015,2,202511030015,,-1,,,2,\n"
    assert told(read(record.format(HEADER, "KWH"))) == {"below_zero": 1}
    assert told(read(record.format(HEADER, "GKWH"))) == {"below_zero": 1}
    assert told(read(record.format(HEADER, "NKWH"))) == {}


@pytest.mark.parametrize(
    ("constant", "value", "thousandths"),
    [
        ("1", "0.25", 250_000),
        ("", "0.25", 250_000),
        ("80", "0.25", 20_000_000),
        ("1.0", "+1.5E1", 15_000_000),
        ("0.001", "250", 250_000),
        ("1", "2.5D-1", 250_000),  # FORTRAN's exponent, which the specification allows
        ("1", "-0.14", -140_000),
        ("1", ".5", 500_000),
    ],
)
def test_value(constant: str, value: str, thousandths: int) -> None:
    assert list(one(f"{HEADER},KWH,{constant},00000015,1,202511030015,,{value},\n").thousandths) == [
        thousandths
    ]


@pytest.mark.parametrize(
    ("field", "second", "seconds"),
    [
        ("00000015", "", 900),
        ("00000005", "", 300),
        ("00000100", "", 3600),
        ("00010000", "", 86_400),
        ("00000000", "202511030030", 900),
        ("", "202511030030", 900),
    ],
)
def test_length_is_the_field_or_what_lies_between_the_stamps(field: str, second: str, seconds: int) -> None:
    block = one(f"{HEADER},KWH,1,{field},2,202511030015,,1,{second},,1,\n")
    assert set(block.seconds) == {seconds}


@pytest.mark.parametrize(
    ("field", "stamps", "seconds", "codes"),
    [
        # "this field is ignored if no empty Date/Time fields are encountered in the record"
        ("00000100", "0015 0030 0045 0100", 900, {"interval": 1}),
        ("00010000", "0015 0030", 900, {"interval": 1}),
        ("00000100", "0015 0030 0130", None, {"interval": 1, "no_length": 1}),
        # what lies further apart may be gaps
        ("00000015", "0015 0045 0100", 900, {}),
        ("00000015", "0100 0200 0300", 900, {}),
        ("00000015", "0014 0031 0045", 900, {"drift": 1}),
        # a later row that comes again, or too early, is no length
        ("00000015", "0030 0015", 900, {}),
    ],
)
def test_a_field_that_the_stamps_speak_against_is_no_length(
    field: str, stamps: str, seconds: int | None, codes: dict[str, int]
) -> None:
    times = [f"20251103{one}" for one in stamps.split()]
    triplets = "".join(f"{time},,1," for time in times)
    found = read(f"{HEADER},KWH,1,{field},{len(times)},{triplets}\n")
    assert {length for _, length, _ in rows_of(found)} == ({seconds} if seconds else set())
    assert told(found) == codes


@pytest.mark.parametrize(
    "rest",
    [
        "01000000,1,202511030015,,1,",  # a month is no fixed time
        "00000000,1,202511030015,,1,",  # one stamp tells no length
        "00000000,3,202511030015,,1,202511030030,,1,202511030130,,1,",  # nor do stamps that differ
    ],
)
def test_a_record_that_does_not_tell_how_long_its_intervals_are_is_not_read(rest: str) -> None:
    found = read(f"{HEADER},KWH,1,{rest}\n")
    assert (rows_of(found), told(found)) == ([], {"no_length": 1})


@pytest.mark.parametrize(
    ("names", "series"),
    [
        ("006908818,8000000001,,,202511110000,M1", ("8000000001", None, "M1")),  # SCE is the sender
        ("006908818SCE,8000000001,1234,77,202511110000,", ("8000000001", None, None)),
        ("1234,77,006908818,8000000001,202511110000,M1", ("8000000001", None, "M1")),  # SCE receives
        ("1234,3-001-2345-67,,,202511110000,M1", ("3-001-2345-67", None, "M1")),  # formed as SCE's
        ("1234,77,,,202511110000,M1", (None, "77", "M1")),  # whose number it is, nothing tells
        ("DCSI,,,,202511110000,M1", (None, None, "M1")),
        ("SENSUS,SPS:135000,111,222,202511110000,", (None, "111", "222")),  # radio id, submitted number
        (
            "SENSUS,SPS:253000,111,222,202511110000,M1",
            (None, "222", "M1"),
        ),  # reported, point of delivery, submitted
    ],
)
def test_whose_numbers(names: str, series: tuple[str | None, ...]) -> None:
    block = one(f"MEPMD01,19970819,{names},OK,E,KWH,1,00000015,1,202511030015,,1,\n")
    assert tuple(block.series[2:]) == series


def test_a_version_nobody_knows_makes_readings_unconfirmed() -> None:
    text = f"{HEADER.replace('19970819', '20130220')},KWH,1,00000015,1,202511030015,,1,\n"
    assert not one(text).is_confirmed
    assert told(read(text)) == {"version": 1}
    assert one(f"{HEADER},KWH,1,00000015,1,202511030015,,1,\n").is_confirmed


@pytest.mark.parametrize("end", ["", ",", ",H1A2b", ",,,,", "\r", ",\x1a"])
def test_end_of_a_record(end: str) -> None:
    """A CRC, none, trailing commas of a spreadsheet, a lone carriage return."""
    assert len(one(f"{HEADER},KWH,1,00000015,1,202511030015,,0.25{end}\n")) == 1


def test_long_lines_quotes_and_blanks_are_read() -> None:
    text = (
        f'{HEADER.replace("8000000001", " 8000000001 ")},"KWH" , 1,00000015,1,202511030015,,{"0" * 20}.25,\n'
    )
    assert one(text).series.service_account == "8000000001"
    quoted = HEADER.replace("M1", '"1, Main meter"')
    assert one(f"{quoted},KWH,1,00000015,1,202511030015,,1,\n").series.meter == "1, Main meter"
    rows: list[Row] = [(1_762_128_000 + 900 * at, 900, Decimal("0.000001")) for at in range(200)]
    found = read(written(rows, per_record=200, with_times=True))
    assert (rows_of(found), told(found)) == (rows, {"long_line": 1})


def test_what_is_finer_than_is_kept_is_rounded_and_told() -> None:
    found = read(f"{HEADER},KWH,1,00000015,1,202511030015,,0.12345678,\n")
    assert ([kwh for _, _, kwh in rows_of(found)], told(found)) == ([Decimal("0.123457")], {"rounded": 1})


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ("garbage", "is no CMEP record"),
        ("MEPMD01,19970819,1,2", "within its header"),
        (f"{HEADER},KWH,1,00000015,2,202511030015,,0.25,", "counts 2 values and has 1.33333"),
        (f"{HEADER},KWH,1,00000015,1,202511030015,,0.25,,,0.5,", "counts 1 values"),
        (f"{HEADER},KWH,1,00000015,1,202511030015,", "counts 1 values"),  # cut
        (f"{HEADER},KWH,1,00000015,x,202511030015,,1,", "field 14"),
        (f"{HEADER},KWH,1,15,1,202511030015,,1,", "field 13"),
        (f"{HEADER},KWH,x,00000015,1,202511030015,,1,", "field 12"),
        (f"{HEADER},KWH,0,00000015,1,202511030015,,1,", "field 12, the calculation constant, is not above"),
        (f"{HEADER},KWH,-1,00000015,1,202511030015,,1,", "field 12, the calculation constant, is not above"),
        (f"{HEADER},KWH,1,00000015,1,,,1,", "a time is not"),  # the first time is needed
        (f"{HEADER},KWH,1,00000015,1,202513030015,,1,", "a time is not"),
        (f"{HEADER},KWH,1,00000015,1,999912312359,,1,", "a time is not"),
        (f"{HEADER},KWH,1,00000015,1,2025110300,,1,", "a time is not"),
        (f"{HEADER},KWH,1,00000015,1,202511030060,,1,", "a time is not"),
        (f"{HEADER},KWH,1,,2,202511030015,,1,,,1,", "empty times and no interval"),
        (f"{HEADER},KWH,1,00000015,1,202511030015,,1O,", "a value is no number"),
        (f"{HEADER},KWH,1,00000015,1,202511030015,,NaN,", "a value is no number"),
        (f"{HEADER},KWH,1,00000015,1,202511030015,,1_0,", "a value is no number"),
        (f"{HEADER},KWH,1,00000015,1,202511030015,,1E99,", "greater than any meter"),
        (f"{HEADER},KWH,1,00000015,1,202511030015,,1E999999999,", "a value is no number"),
        ("MEPMD01," * 9000, "longer than any record"),
    ],
)
def test_damage_names_line_and_reason(record: str, reason: str) -> None:
    with pytest.raises(UnreadableIntervalsError, match=f"^line 3: .*{reason}"):
        read(f"{HEADER},KWH,1,00000015,1,202511030015,,1,\r\n\r\n{record}\r\n")


def test_what_is_said_has_no_account_in_it() -> None:
    text = f"{HEADER},8000000001,1,00000015,1,202511030015,,1,\n"
    assert "8000000001" in text and "8000000001" in HEADER
    unknown = read(text.replace(",OK,", ",8000-0000-01-1,"))
    assert "8000" not in " ".join(str(problem) for problem in unknown)


KWH = st.none() | st.integers(-(10**9), 10**9).map(lambda number: Decimal(number).scaleb(-6))
DAYS = st.sampled_from([dt.date(2025, 3, 9), dt.date(2025, 11, 2), dt.date(2025, 6, 1), dt.date(2024, 2, 29)])


@given(
    day=DAYS,
    seconds=st.sampled_from([300, 900, 1800, 3600]),
    values=st.lists(KWH, min_size=1, max_size=150),
    per_record=st.integers(1, 60),
    with_times=st.booleans(),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_what_was_written_is_read(
    day: dt.date, seconds: int, values: list[Decimal | None], per_record: int, with_times: bool, end: str
) -> None:
    begin = clock.midnight(day)
    rows: list[Row] = [(begin + at * seconds, seconds, kwh) for at, kwh in enumerate(values)]
    found = read(written(rows, per_record=per_record, with_times=with_times, end=end))
    assert rows_of(found) == [row for row in rows if row[2] is not None]
    missing = [one for one in found if getattr(one, "code", "") == "missing"]
    assert bool(missing) == (None in values)


@pytest.mark.parametrize(("day", "count"), [(dt.date(2025, 3, 9), 92), (dt.date(2025, 11, 2), 100)])
def test_days_of_23_and_25_hours(day: dt.date, count: int) -> None:
    begin, end = clock.day(day)
    rows: list[Row] = [(start, 900, Decimal(1)) for start in range(begin, end, 900)]
    assert len(rows_of(read(written(rows)))) == count == clock.expected(day, day, 900)


def test_many_readings_are_not_held_back() -> None:
    rows: list[Row] = [(900 * at, 900, Decimal(1)) for at in range(100_000)]
    file = io.BytesIO(written(rows).encode())
    first = next(iter(cmep.read(file, "")))
    assert isinstance(first, Readings) and len(first) < 60_000
    assert file.tell() < len(file.getvalue())
    assert stamp(0) == "197001010000"
