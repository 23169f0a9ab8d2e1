"""Headings as utilities, consultants and spreadsheets have them: what is proposed, and what has to be asked."""

from __future__ import annotations

import io
import re

import pytest

from extractor.intervals.formats import UnknownFormatError
from extractor.intervals.mapped.answers import AnswerError, Answers
from extractor.intervals.mapped.mapping import Mapping
from extractor.intervals.mapped.proposal import Proposal
from extractor.intervals.mapped.propose import propose
from extractor.intervals.mapped.roles import Role, RoleSet, role_of
from extractor.intervals.mapped.tables import tables

OF_SUMMER = ["7/14/2025 00:00", "7/14/2025 00:15", "7/14/2025 00:30", "7/14/2025 00:45", "7/14/2025 01:00"]
HOURS = [f"HE{hour:02}" for hour in range(1, 25)]
QUARTERS = [f"{at // 4}:{at % 4 * 15:02}" for at in range(1, 97)]


def table(*rows: str) -> bytes:
    return "".join(f"{row}\n" for row in rows).encode()


def rows_of(*columns: str, times: list[str] = OF_SUMMER) -> list[str]:
    """Return rows in which @ stands for a moment."""
    return [",".join(columns).replace("@", time) for time in times]


def proposed(data: bytes, name: str = "usage.csv", answers: Answers | None = None) -> Proposal[Mapping]:
    return propose(io.BytesIO(data), name, answers)


def asked(proposal: Proposal[Mapping]) -> set[str]:
    return {question.what for question in proposal.questions}


# heading, a row's cells, columns by role, channels and units of values, what is asked; and why it is a case
CASES = [
    (
        "Serv_Acct_Id,Interval_Start_DateTime,Interval_End_DateTime,KWH,Quality Flag",
        ("8000000001", "@", "", "1.5", "Actual"),
        {"account": 0, "time": 1, "quality": 4},
        [(3, None, "kWh")],
        {"zone", "channel"},
        "the name of a field of CISR-DRP files; an empty end column is none",
    ),
    (
        "Account,Meter #,Read Date/Time,Delivered kWh,Received kWh,Net kWh",
        ("8000000001", "M1", "@", "1", "2", "3"),
        {"account": 0, "meter": 1, "time": 2},
        [(3, "delivered", "kWh"), (4, "received", "kWh"), (5, "net", "kWh")],
        {"zone", "label"},
        "only `Account`, but its numbers are like SCE's service accounts",
    ),
    (
        "Account,Meter #,Read Date/Time,Usage",
        ("700200000001", "M1", "@", "1"),
        {"meter": 1, "time": 2},
        [(3, "delivered", None)],
        {"zone", "label", "unit"},
        "numbers of customer accounts: not taken for service accounts, the meter names the series",
    ),
    (
        "Customer Account,Service Account,Timestamp (UTC),Usage kWh",
        ("700200000001", "8000000001", "@", "1"),
        {"account": 1, "time": 2},
        [(3, "delivered", "kWh")],
        {"label"},
        "the clock is named in the heading; the customer's account is not read",
    ),
    (
        "SA,Date Time PST,kW,kWh,Temperature",
        ("8000000001", "@", "4", "1", "72"),
        {"account": 0, "time": 1},
        [(3, None, "kWh")],
        {"zone", "label", "channel"},
        "kW beside kWh is not read; PST may mean standard time or what clocks show",
    ),
    (
        "SA,Interval Ending (Local),Demand (kW)",
        ("8000000001", "@", "4"),
        {"account": 0, "time": 1},
        [(2, None, "kW")],
        {"channel"},
        "kW alone is read as power, and the label is told",
    ),
    (
        "SA,Interval Ending (Local),UsageGWh",
        ("8000000001", "@", "0.004"),
        {"account": 0, "time": 1},
        [(2, "delivered", None)],
        {"unit"},
        "a unit that nothing is read in is asked about, and is no Wh",
    ),
    (
        "SA,DateTime,Import kWh,Export kWh",
        ("8000000001", "@", "4", "0"),
        {"account": 0, "time": 1},
        [(2, None, "kWh"), (3, None, "kWh")],
        {"zone", "label", "channel"},
        "import and export are said from either side",
    ),
    (
        "SA,DateTime,Usage kWh",
        ("8000000001", "@", "-4"),
        {"account": 0, "time": 1},
        [(2, None, "kWh")],
        {"zone", "label", "channel"},
        "usage below zero is net of what was given, or nobody knows what",
    ),
    (
        "serviceAccountNumber,intervalStartTime,intervalEndTime,usageKWH",
        ("8000000001", "@", "", "4"),
        {"account": 0, "time": 1},
        [(3, "delivered", "kWh")],
        {"zone"},
        "names as programs have them",
    ),
    (
        "Usage Point,Start,Flow Direction,UOM,Value",
        ("abc-1", "@", "Delivered", "kWh", "4"),
        {"point": 0, "time": 1, "channel": 2, "unit": 3},
        [(4, None, None)],
        {"zone"},
        "channel and unit in columns, by words without doubt",
    ),
    (
        "SA,Start,Channel,UOM,Status,Value",
        ("8000000001", "@", "1", "KWH", "A", "4"),
        {"account": 0, "time": 1, "channel": 2, "unit": 3, "quality": 4},
        [(5, None, None)],
        {"zone", "word channel:1", "word quality:a"},
        "what 1 and A mean is asked",
    ),
    (
        "SA,SA ID,Start,kWh,Estimated,Quality",
        ("8000000001", "8000000001", "@", "4", "N", "ok"),
        {"time": 2},
        [(3, None, "kWh")],
        {"zone", "channel", "account", "quality"},
        "of two columns that could be one thing none is taken",
    ),
    (
        "Date,kWh,Cost",
        ("@", "4", "0.7"),
        {"time": 0},
        [(1, None, "kWh")],
        {"zone", "label", "channel"},
        "a date with times in it is a moment; whose it is the file's name says, or who imports it",
    ),
]


UNITS_OF = [
    *((one, "kWh") for one in ("Usage KWh", "UsageKWh", "usagekWh", "USAGEKWH", "Usage, kwh", "Usage Kwh")),
    *((one, "Wh") for one in ("Usage Wh", "UsageWh", "Usage (Wh)")),
    *((one, "MWh") for one in ("Usage mWh", "UsageMWh", "USAGE MWH")),
    *((one, None) for one in ("Usage GWh", "Usage_G_Wh", "Usage k-Wh", "Usage (000 Wh)", "Usage kWh x1,000")),
    *((one, None) for one in ("Usage, thousands of kWh", "Usage kW-h", "Usage MW", "Usage kilo Wh")),
]


@pytest.mark.parametrize(("heading", "unit"), UNITS_OF)
@pytest.mark.parametrize("beside", ["", "Units: kWh"])
def test_a_column_s_unit_is_the_one_that_it_names_or_asked_about(
    heading: str, unit: str | None, beside: str
) -> None:
    rows = rows_of("8000000001", "@", "4")
    name = f'"{heading}"' if "," in heading else heading
    found = proposed(table(beside, f"SA,Interval Ending (Local),{name}", *rows))
    (value,) = found.mapping.values
    assert value.unit == unit
    assert ("unit" in asked(found)) == (unit is None)


@pytest.mark.parametrize("beside", ["Units: 000 kWh", "Units: GWh"])
def test_a_unit_beside_the_heading_that_is_not_clear_is_asked_about(beside: str) -> None:
    found = proposed(table(beside, "SA,Interval Ending (Local),Usage", *rows_of("8000000001", "@", "4")))
    assert [value.unit for value in found.mapping.values] == [None]
    assert "unit" in asked(found)


@pytest.mark.parametrize("heading", ["NETGWh", "USAGEGWh"])
def test_what_may_be_another_unit_s_end_is_none(heading: str) -> None:
    found = proposed(table(f"SA,Interval Ending (Local),{heading}", *rows_of("8000000001", "@", "4")))
    assert all(value.unit is None for value in found.mapping.values)


@pytest.mark.parametrize(
    ("heading", "cells", "columns", "values", "open_", "why"), CASES, ids=[case[-1] for case in CASES]
)
def test_columns_and_questions(
    heading: str,
    cells: tuple[str, ...],
    columns: dict[str, int],
    values: list[tuple[int, str | None, str | None]],
    open_: set[str],
    why: str,
) -> None:
    found = proposed(table(heading, *rows_of(*cells)))
    told = {role: at for role, at in found.mapping.columns.items() if not role.startswith("other_")}
    assert told == columns
    assert [(one.at, one.channel, one.unit) for one in found.mapping.values] == values
    assert asked(found) == open_


# --- what is proven and what is asked ------------------------------------------------------------------

LONG = "SA,Date,Time,kWh delivered"


def quarters(date: str, times: list[str], value: str = "1") -> list[str]:
    return [f"8000000001,{date},{time},{value}" for time in times]


DAY = [f"{at // 4:02}:{at % 4 * 15:02}" for at in range(96)]


@pytest.mark.parametrize(
    ("rows", "field", "value", "why"),
    [
        (quarters("02/03/2025", DAY), "order", None, "second of March, or third of February"),
        (quarters("02/13/2025", DAY), "order", "mdy", "there is no thirteenth month"),
        (quarters("13/02/2025", DAY), "order", "dmy", "there is no thirteenth month"),
        (quarters("2025-02-03", DAY), "order", "ymd", "the year is first"),
        (quarters("03-Feb-2025", DAY), "order", "ymd", "the month has its name"),
        (quarters("25/02/03", DAY), "order", None, "a short year may be first or last"),
        (quarters("02/13/2025", DAY), "label", None, "0:00 to 23:45 only looks like beginnings"),
        (quarters("02/13/2025", [*DAY[1:], "24:00"]), "label", "end", "no interval begins at 24:00"),
        (quarters("02/13/2025", [str(n) for n in range(1, 25)]), "label", "end", "hours from 1 to 24"),
        (quarters("02/13/2025", [str(n) for n in range(24)]), "label", None, "hours from 0 to 23"),
        (quarters("02/13/2025", DAY), "seconds", 900, "the rows' steps"),
        (quarters("02/13/2025", DAY[::4]), "seconds", 3600, "the rows' steps"),
        (quarters("02/13/2025", [str(at // 4 * 100 + at % 4 * 15) for at in range(96)]), "seconds", 900, "0:15 written as 15"),
        (quarters("02/13/2025", [str(n) for n in range(1, 97)]), "seconds", 900, "96 a day"),
        (quarters("02/13/2025", DAY[:1]), "seconds", None, "one row has no steps"),
        (quarters("02/13/2025", ["00:00", "00:15", "02:00", "03:10"]), "seconds", None, "no regular steps"),
        (quarters("02/13/2025", DAY), "zone", None, "no day on which clocks change"),
        (quarters("03/09/2025", DAY[:8] + DAY[12:]) + quarters("03/13/2025", DAY), "zone", "local", "no 2:00 in spring"),
        (quarters("03/09/2025", DAY) + quarters("03/13/2025", DAY), "zone", None, "energy at 2:15 in spring: not local"),
        (quarters("11/02/2025", DAY[:8] + DAY[4:]) + quarters("11/13/2025", DAY), "zone", "local", "1:15 twice in autumn"),
        (quarters("02/13/2025", DAY, "0.5"), "decimal", "point", "a point is for decimals"),
        (quarters("02/13/2025", DAY, '"1,200"'), "decimal", None, "a thousand, or one and a fifth"),
        (quarters("02/13/2025", DAY, '"1,200.5"'), "decimal", "point", "a comma before the point"),
        (quarters("02/13/2025", DAY, '"0,48"'), "decimal", "comma", "no thousand begins with 0"),
    ],
)  # fmt: skip
def test_what_rows_prove(rows: list[str], field: str, value: object, why: str) -> None:
    assert getattr(proposed(table(LONG, *rows)).mapping, field) == value


def test_a_day_on_which_clocks_change_proves_nothing_before_its_date_is_sure() -> None:
    """11/2/2025 is the second of November, or the eleventh of February on which the hour comes twice for no reason."""
    rows = quarters("11/02/2025", DAY[:8] + DAY[4:])
    assert proposed(table(LONG, *rows)).mapping.zone is None
    assert proposed(table(LONG, *rows), answers=Answers(order="mdy")).mapping.zone == "local"
    assert proposed(table(LONG, *rows), answers=Answers(order="dmy")).mapping.zone is None


def test_what_speaks_against_an_answer_is_said_and_kept() -> None:
    rows = quarters("02/13/2025", [*DAY[1:], "24:00"])
    found = proposed(table(LONG, *rows), answers=Answers(label="start", zone="local"))
    assert found.mapping.overruled == ("label=end",)
    assert next(one.why for one in found.evidence if one.what == "label") == (
        "as you say, though a day has the time 24:00"
    )


@pytest.mark.parametrize(
    ("heading", "label", "extra", "open_", "why"),
    [
        (HOURS, "end", None, {"zone"}, "HE01 to HE24"),
        ([*HOURS, "HE25"], "end", None, {"extra-hour"}, "what HE25 is, is asked"),
        ([*HOURS[:2], "HE02X", *HOURS[2:]], "end", "second", set(), "HE02X is the second hour from 1:00"),
        ([str(number) for number in range(1, 97)], "end", None, {"zone"}, "1 to 96"),
        ([str(number) for number in range(1, 101)], "end", None, {"extra-hour"}, "1 to 100"),
        ([f"Hour {number}" for number in range(24)], "start", None, {"zone"}, "counted from 0"),
        (QUARTERS, "end", None, {"zone"}, "0:15 to 24:00"),
        ([*QUARTERS[:-1], "0:00"], "end", None, {"zone"}, "0:15 to 0:00"),
        (["0:00", *QUARTERS[:-1]], "start", None, {"zone"}, "0:00 to 23:45"),
        (QUARTERS[3:-3:4], None, None, {"zone", "label"}, "1:00 to 23:00: a day without its first or last"),
        ([f"{(n - 1) % 12 + 1}:00 {'AM' if n < 12 or n == 24 else 'PM'}" for n in range(1, 25)], "end", None, {"zone"}, "1:00 AM to 12:00 AM"),
        ([f"kWh_{number:02}" for number in range(1, 25)], "end", None, {"zone"}, "a unit before the number"),
    ],
)  # fmt: skip
def test_columns_of_a_day(
    heading: list[str], label: str | None, extra: str | None, open_: set[str], why: str
) -> None:
    cells = ["8000000001", "02/13/2025", *("1" for _ in heading)]
    data = table(",".join(["SA", "Date", *heading]), ",".join(cells))
    found = proposed(data, answers=Answers(unit="kWh", channels={"": "delivered"}))
    assert (len(found.mapping.slots), found.mapping.label, found.mapping.extra) == (
        len(heading),
        label,
        extra,
    )
    assert asked(found) == open_


@pytest.mark.parametrize(
    ("above", "unit"),
    [
        (["Usage report (kWh)"], "kWh"),
        (["Demand report (kW)"], "kW"),
        (["Usage report, kWh or kW"], None),
        ([], None),
    ],
)
def test_the_unit_may_stand_above_the_heading_and_is_part_of_the_layout(above: list[str], unit: str) -> None:
    data = table(*above, "SA,Start,Delivered", *rows_of("8000000001", "@", "1"))
    other = table("SA,Start,Delivered", *rows_of("8000000001", "@", "1"))
    assert proposed(data).mapping.values[0].unit == unit
    assert (proposed(data).mapping.signature == proposed(other).mapping.signature) == (not above)


@pytest.mark.parametrize(
    ("name", "above", "owner", "why"),
    [
        ("SCE_Usage_8000000001_1.csv", [], "name", "the file's name has it"),
        ("usage.csv", [], "name", "nothing has it: the name has to, or who imports it"),
        ("usage.csv", ["Service account 8000000001"], "preamble", "it stands above"),
        ("usage_8000000001.csv", ["Service account 8000000001"], "preamble", "both say the same"),
        ("usage_8000000002.csv", ["Service account 8000000001"], None, "they contradict each other"),
        ("usage.csv", ["8000000001", "8000000002"], None, "there are two"),
    ],
)
def test_whose_it_is(name: str, above: list[str], owner: str | None, why: str) -> None:
    data = table(*above, "Start,kWh delivered", *rows_of("@", "1"))
    found = proposed(data, name, Answers(zone="local"))
    assert found.mapping.owner == owner
    assert asked(found) == (set() if owner else {"account"})


# --- where the heading is ------------------------------------------------------------------------------


@pytest.mark.parametrize("lines", [0, 1, 40, 180])
def test_the_heading_is_found_wherever_it_stands(lines: int) -> None:
    preamble = [f'A "note {number}, of no account' for number in range(lines)]
    found = proposed(table(*preamble, "SA,Start,kWh delivered", *rows_of("8000000001", "@", "1")))
    assert found.line == lines + 1


def test_a_heading_of_words_that_nobody_knows_is_found_by_its_rows_and_asked() -> None:
    found = proposed(table("A report", "Fecha,Consumo", *rows_of("@", "1.5")))
    assert (found.line, asked(found)) == (2, {"time", "value", "label", "zone", "minutes", "dates"})
    answers = Answers(
        columns={"time": ["fecha"], "value": ["#2"]},
        unit="kWh",
        channels={"": "net"},
        label="start",
        zone="utc",
    )
    assert proposed(table("A report", "Fecha,Consumo", *rows_of("@", "1.5")), answers=answers).is_complete


def test_a_heading_may_have_lines_in_its_cells() -> None:
    found = proposed(table('SA,Start,"Usage\n(kWh)\ndelivered"', *rows_of("8000000001", "@", "1")))
    assert (found.line, found.mapping.values[0].unit) == (3, "kWh")


@pytest.mark.parametrize(
    "data", [b"", b"hello\n", b"Date,kWh\n", b"a,b\n1,2\n", b"\x89PNG\r\n\x1a\n" + bytes(40)]
)
def test_what_has_no_table(data: bytes) -> None:
    if data == b"Date,kWh\n":
        assert asked(proposed(data)) >= {"time", "value"}
        return
    with pytest.raises(UnknownFormatError, match="no table"):
        proposed(data)


BILLS = RoleSet(
    "bills",
    (
        Role("account", re.compile("service account").fullmatch, "service account"),
        Role("total", re.compile(r".*\bamount\b.*").fullmatch, "dollars"),
    ),
    (frozenset({"account"}), frozenset({"total"})),
    re.compile("tax amount").fullmatch,
)
"""Another kind of table: what was billed."""


def test_another_kind_of_table_is_another_set_of_roles() -> None:
    data = table("Bills", "Service Account,Statement,Tax Amount,Amount ($)", "8000000001,2025-07-14,1,2")
    [found] = tables(io.BytesIO(data), BILLS)
    assert (found.line, [role_of(BILLS, cell) for cell in found.heading]) == (
        2,
        ["account", None, None, "total"],
    )


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (Answers(columns={"time": ["When"]}), "no column is headed 'When'"),
        (Answers(columns={"time": ["#9"]}), "no column #9; the table has 4"),
        (Answers(columns={"value": ["kWh"]}), "several columns are headed 'kWh'; name one by its number: #3"),
        (Answers(columns={"clock": ["Start"]}), "no 'clock'; it can be account, "),
        (Answers(columns={"time": ["#1", "#2"]}), "only one column can be the time"),
        (
            Answers(words={"quality": {"A": "fine"}}, columns={"quality": ["SA"]}),
            "quality can mean unknown, raw",
        ),
        (Answers(sheet="May"), "no sheet 'May'"),
    ],
)
def test_answers_that_cannot_be(answers: Answers, said: str) -> None:
    with pytest.raises(AnswerError, match=said):
        proposed(table("SA,Start,kWh,kWh", *rows_of("8000000001", "@", "1", "1")), answers=answers)


def test_a_column_that_is_said_to_be_none_is_not_read() -> None:
    data = table("SA,Start,kWh delivered,Status", *rows_of("8000000001", "@", "1", "zzz"))
    assert "word quality:zzz" in asked(proposed(data))
    assert proposed(data, answers=Answers(columns={"quality": []}, zone="local")).is_complete


@pytest.mark.parametrize(
    ("heading", "units", "why"),
    [
        ("kWh,kVARh", ["kWh", "kVARh"], "of several columns a heading goes before what is said of all"),
        ("Delivered,Received", ["Wh", "Wh"], "what is said counts where no heading tells"),
        ("kWh", ["Wh"], "of one column a person knows better"),
    ],
)
def test_a_unit_that_is_said(heading: str, units: list[str], why: str) -> None:
    cells = ["8000000001", "@", *("1" for _ in units)]
    found = proposed(table(f"SA,Start,{heading}", *rows_of(*cells)), answers=Answers(unit="Wh"))
    assert [value.unit for value in found.mapping.values] == units


def test_two_columns_of_one_channel_and_unit_are_refused() -> None:
    data = table("SA,Start,kWh,kWh", *rows_of("8000000001", "@", "1", "1"))
    found = proposed(data, answers=Answers(zone="local", channels={"": "delivered"}))
    assert not found.questions and not found.is_complete
    assert "two columns of values" in found.refusals[0]
    chosen = Answers(zone="local", channels={"": "delivered"}, columns={"value": ["#4"]})
    assert proposed(data, answers=chosen).mapping.values[0].at == 3
