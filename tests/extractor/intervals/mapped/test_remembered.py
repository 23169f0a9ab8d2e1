"""A mapping is kept as a person confirmed it, used for its layout alone, asked again where a file drifts, and undone."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from typing import Any, Literal

import pytest
from sqlalchemy import Engine

from extractor.base.database import reading, writing
from extractor.home import Home
from extractor.intervals.formats import UnknownFormatError, UnreadableIntervalsError
from extractor.intervals.held.keep import Source, import_
from extractor.intervals.mapped.answers import Answers
from extractor.intervals.mapped.mapping import Mapping
from extractor.intervals.mapped.remembered import Mapped, format_by_columns, mapped_format, name_of
from extractor.intervals.taken.chosen import chosen
from extractor.store.mappings import add_mapping, columns_of, mappings, undo_mapping
from extractor.store.metered import IntervalImport
from extractor.store.said import NotKeptError, Saying
from tests.extractor.intervals.held.stored import NOW
from tests.extractor.intervals.mapped.written import ACCOUNT, NAME, mapped, values_of, xlsx_of
from tests.extractor.intervals.taken.made import DAY
from tests.extractor.intervals.taken.made import csv as sce

SAYING = Saying("Pat", "asked SCE", NOW)
HEADING = "SA,Read Date,Time,kWh"
ANSWERS = Answers(label="start", zone="local", order="mdy", channels={"": "delivered"})


def table(*rows: str, heading: str = HEADING, above: str = "") -> bytes:
    return (above + "".join(f"{row}\n" for row in (heading, *rows))).encode()


def quarters(date: str = "02/03/2025", count: int = 96, step: int = 1) -> list[str]:
    return [f"{ACCOUNT},{date},{at // 4:02}:{at % 4 * 15:02},0.5" for at in range(0, count, step)]


MAPPING = mapped(table(*quarters()), ANSWERS)


def kept(mapping: Mapping = MAPPING, number: int = 3) -> list[dict[str, Any]]:
    """Return a mapping as it goes to who reads files."""
    return [{"id": number, "mapping": json.loads(mapping.model_dump_json())}]


def found(data: bytes, mapping: Mapping = MAPPING, name: str = NAME) -> Mapped | None:
    return mapped_format(name, io.BytesIO(data), kept(mapping))


def test_a_mapping_is_the_same_after_it_was_kept() -> None:
    assert Mapping.kept(MAPPING.model_dump_json()) == MAPPING
    with pytest.raises(UnreadableIntervalsError, match="map the file again"):
        Mapping.kept(json.dumps(json.loads(MAPPING.model_dump_json()) | {"scale": 4}))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (table(*quarters()), "the same file"),
        (table(*quarters("07/14/2025", 8)), "another day, and a date that proves the order"),
        (table(*quarters(), heading=HEADING.replace(",", ";")).replace(b",", b";"), "semicolons"),
        (table(*quarters(), heading="sa,READ_DATE,time,KWH"), "other letters of the same words"),
        (table(*quarters(), heading=HEADING + ",,"), "empty columns behind the last"),
        (table(*quarters(), above="Your data\n\n"), "something above the heading"),
        (table(*quarters("03/09/2025", 8), *quarters("03/10/2025")), "a part of the day in spring"),
        (xlsx_of({"Data": (HEADING.split(","), [row.split(",") for row in quarters()])}), "as a workbook"),
    ],
)
def test_files_of_the_layout_are_read(data: bytes, why: str) -> None:
    one = found(data)
    assert one is not None
    assert (one.NAME, one.mapping) == ("columns as mapping 3 says", MAPPING)
    assert list(one.read(io.BytesIO(data), NAME))


@pytest.mark.parametrize(
    "heading",
    ["SA,Read Date,Time,kW", "SA,Time,Read Date,kWh", "SA,Read Date,Time,kWh,kVARh", "Read Date,Time,kWh"],
)
def test_a_heading_that_drifted_is_no_file_of_the_layout(heading: str) -> None:
    assert found(table(*quarters(), heading=heading)) is None


def test_a_unit_above_the_heading_is_another_layout() -> None:
    assert found(table(*quarters(), above="Demand report (kW)\n")) is None


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (quarters(step=4), "23 of 23 rows come 60 minutes after the one before"),
        (quarters("13/02/2025"), "can be nothing else"),
        (quarters("2025-02-03"), "year first"),
        ([*quarters()[1:], f"{ACCOUNT},02/03/2025,24:00,0.5"], "a day has the time 24:00"),
        (quarters("03/09/2025") + quarters("03/10/2025"), "energy between 2:00 and 3:00"),
        ([row.replace("0.5", '"0,48"') for row in quarters()], "'0,48' beside the other numbers"),
        ([f"{ACCOUNT},02/03/2025,{at},1" for at in range(1, 25)], "count intervals of a day"),
    ],
)
def test_a_file_that_proves_something_else_is_asked_again(rows: list[str], said: str) -> None:
    with pytest.raises(
        UnknownFormatError, match=f"heading is that of mapping 3, but .*{said}.*intervals map FILE"
    ):
        found(table(*rows))


def test_what_a_person_said_against_the_evidence_is_not_asked_again() -> None:
    rows = [*quarters()[1:], f"{ACCOUNT},02/03/2025,24:00,0.5"]
    stubborn = mapped(table(*rows), ANSWERS)
    assert stubborn.label == "start"
    assert found(table(*rows), stubborn) is not None
    with pytest.raises(UnknownFormatError, match="60 minutes"):
        found(table(*rows[3::4]), stubborn)


def test_no_mapping_or_no_table_is_nobodys() -> None:
    assert mapped_format(NAME, io.BytesIO(table(*quarters())), []) is None
    assert found(b"hello") is None
    with pytest.raises(
        UnknownFormatError, match="no format known; look at it with `billclerk intervals map FILE`"
    ):
        format_by_columns(NAME, io.BytesIO(table(*quarters())), [])
    assert format_by_columns(NAME, io.BytesIO(table(*quarters())), kept()).mapping == MAPPING


@pytest.mark.parametrize("by", ["xlsxwriter", "openpyxl"])
def test_a_known_text_that_was_saved_as_a_workbook_is_named(by: Literal["xlsxwriter", "openpyxl"]) -> None:
    rows = list(csv.reader(io.StringIO(sce([5] * DAY).decode().replace("\xa0", " "))))
    data = xlsx_of({"SCE_Usage": (rows[0], rows[1:])}, by=by)
    with pytest.raises(UnreadableIntervalsError, match="this is SCE Green Button CSV saved as a workbook"):
        chosen(io.BytesIO(data), "SCE_Usage_8000000140_06-09-26_to_07-08-26.xlsx")
    other = xlsx_of({"Data": (("SA", "Date/Time", "kWh"), [["1", "2/3/2025 0:00", "1"]])}, by=by)
    with pytest.raises(UnknownFormatError, match="intervals map"):
        chosen(io.BytesIO(other), "SCE_Usage_8000000140_06-09-26_to_07-08-26.xlsx")


def test_an_account_from_the_file_name_belongs_to_the_reading() -> None:
    data = b"Start,kWh delivered\n" + b"".join(b"2025-07-14 %02d:00,1\n" % hour for hour in range(4))
    mapping = mapped(data, Answers(zone="local"))
    one = found(data, mapping)
    assert one is not None
    assert (one.account_in(NAME), one.account_in("usage.csv")) == (ACCOUNT, None)
    told = found(table(*quarters()))
    assert told is not None and told.account_in(NAME) is None


# --- the store -----------------------------------------------------------------------------------------


def test_a_mapping_is_kept_with_who_and_why_and_taken_back(home: Home, kept: Engine) -> None:
    text = MAPPING.model_dump_json()
    with writing(kept) as session:
        row = add_mapping(session, MAPPING.signature, text, "CISR", SAYING)
        assert row.id == 1
    with writing(kept) as session, pytest.raises(NotKeptError, match="mapping 1 holds for this layout"):
        add_mapping(session, MAPPING.signature, text, "CISR", SAYING)
    data = table(*quarters())
    with reading(kept) as session:
        one = mapped_format(NAME, io.BytesIO(data), columns_of(session))
    assert one is not None
    source = Source("a" * 64, one.NAME, one.REVISION, NOW)
    assert import_(home, kept, one.read(io.BytesIO(data), NAME), source).added == 96
    import_(home, kept, one.read(io.BytesIO(data), NAME), Source("b" * 64, name_of(11), 1, NOW))
    with writing(kept) as session:
        assert session.get_one(IntervalImport, 1).is_confirmed
        assert undo_mapping(session, 1, name_of(1), "Kim", NOW + dt.timedelta(1)) == 1
    with reading(kept) as session:
        assert [session.get_one(IntervalImport, number).is_confirmed for number in (1, 2)] == [False, True]
        assert (columns_of(session), mappings(session)) == ([], [])
        [row] = mappings(session, undone=True)
        assert (row.name, row.who, row.why, row.at, row.undone_by) == ("CISR", "Pat", "asked SCE", NOW, "Kim")
    with writing(kept) as session, pytest.raises(NotKeptError, match="no mapping 1 holds"):
        undo_mapping(session, 1, name_of(1), "Kim", NOW)
    with writing(kept) as session:
        assert add_mapping(session, MAPPING.signature, text, "CISR", SAYING).id == 2


@pytest.mark.parametrize("saying", [Saying("", "why", NOW), Saying("Pat", "  ", NOW)])
def test_who_confirms_says_by_what(kept: Engine, saying: Saying) -> None:
    with writing(kept) as session, pytest.raises(NotKeptError, match="by what you know it"):
        add_mapping(session, MAPPING.signature, "{}", "x", saying)


def test_values_are_those_of_the_file() -> None:
    assert set(values_of(table(*quarters()), MAPPING)[0].values()) == {500_000}
