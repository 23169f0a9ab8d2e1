"""Workbooks made to do harm, damaged or of another kind are refused; odd cells are read as they look."""

from __future__ import annotations

import datetime as dt
import io
import tracemalloc
import zipfile

import openpyxl
import pytest

from extractor.intervals.formats import UnreadableIntervalsError
from extractor.intervals.mapped import text, workbook
from extractor.intervals.mapped.answers import Answers
from extractor.intervals.mapped.tables import tables
from tests.extractor.intervals.mapped.written import ACCOUNT, Cell, mapped, values_of, xlsx_of

HEADING = ("SA", "Start", "kWh delivered")
ROWS: list[list[Cell]] = [[ACCOUNT, dt.datetime(2025, 7, 14, hour), "1"] for hour in range(4)]  # noqa: DTZ001 - a clock's time
GOOD = xlsx_of({"Data": (HEADING, ROWS)})


def changed(parts: dict[str, bytes], data: bytes = GOOD) -> bytes:
    """Return a workbook with other parts in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, content in parts.items():
            new.writestr(name, content)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
LAUGHS = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha">]><worksheet>&b;</worksheet>'


def sheet_of(rows: bytes, dimension: bytes = b"A1:C5") -> bytes:
    return (
        b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b'<dimension ref="%s"/><sheetData>%s</sheetData></worksheet>' % (dimension, rows)
    )


def inline(reference: bytes, value: bytes) -> bytes:
    return b'<c r="%s" t="inlineStr"><is><t>%s</t></is></c>' % (reference, value)


HEAD = b"".join(inline(b"%c1" % (65 + at), name.encode()) for at, name in enumerate(HEADING))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old .xls workbook, or one with a password; save it as .xlsx"),
        (GOOD[:-200], "damaged"),
        (GOOD[:300], "damaged"),
        (changed({SHEET: b"<worksheet><sheetData><row>"}), "cannot be opened; save it again"),
        (changed({SHEET: LAUGHS}), "has entities"),
        (changed({SHEET: LAUGHS.decode().encode("utf-16")}), "has entities"),
        (changed({"xl/sharedStrings.xml": b" " * (1 << 20) + LAUGHS}), "has entities"),
        (changed({"xl/media/big.bin": bytes(30_000_000)}), "unpacks to more than it may"),
        (changed({f"xl/media/{number}.bin": b"" for number in range(2100)}), "unpacks to more than it may"),
        (changed({SHEET: sheet_of(b'<row r="1">%s</row><row r="99999999"><c r="A99999999"><v>1</v></c></row>' % HEAD)}), "a sheet cannot have so many rows"),
        (changed({SHEET: sheet_of(b'<row r="1">%s</row><row r="2">%s</row>' % (HEAD, inline(b"XFD2", b"1")))}), "more than 2000 columns"),
    ],
)  # fmt: skip
def test_what_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(UnreadableIntervalsError, match=said):
        for table in tables(io.BytesIO(data)):
            for _ in table.rows():
                pass


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    data = changed({SHEET: sheet_of(b" " * 300_000_000)})
    tracemalloc.start()
    try:
        with pytest.raises(UnreadableIntervalsError, match="unpacks to more than it may"):
            tables(io.BytesIO(data))
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(("limit", "value"), [("BYTES", 1000), ("PARTS", 3)])
def test_each_limit_counts_alone(monkeypatch: pytest.MonkeyPatch, limit: str, value: int) -> None:
    monkeypatch.setattr(workbook, limit, value)
    with pytest.raises(UnreadableIntervalsError, match="unpacks to more than it may"):
        tables(io.BytesIO(GOOD))


def test_a_zip_that_is_no_workbook() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    with pytest.raises(UnreadableIntervalsError, match=r"no \.xlsx workbook; save it as \.xlsx"):
        tables(io.BytesIO(out.getvalue()))


def test_a_size_that_a_sheet_says_of_itself_is_not_believed() -> None:
    rows = b'<row r="1">%s</row>' % HEAD + b"".join(
        b'<row r="%d">%s%s<c r="C%d"><v>0.5</v></c></row>'
        % (at, inline(b"A%d" % at, ACCOUNT.encode()), inline(b"B%d" % at, b"2025-07-14 %02d:00" % at), at)
        for at in range(2, 6)
    )
    for dimension in (b"A1", b"A1:XFD1048576"):
        data = changed({SHEET: sheet_of(rows, dimension)})
        assert len(values_of(data, mapped(data, Answers(zone="local")))[0]) == 4


def test_cells_as_spreadsheets_keep_them() -> None:
    """Numbers as doubles, times as fractions of a day that are a little off, 24:00, percent of a formula without value."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["SA", "Date", "Time", "kWh"])
    fractions = [at / 96 + 1e-9 for at in range(1, 96)]
    for at, fraction in enumerate([*fractions, dt.timedelta(days=1)]):
        sheet.append([8000000001, dt.date(2025, 7, 14), fraction, 0.1 + 0.2 if at else "=1+1"])
        sheet.cell(at + 2, 3).number_format = "[h]:mm" if at == 95 else "h:mm"
    out = io.BytesIO()
    book.save(out)
    data = out.getvalue()
    mapping = mapped(data, Answers(zone="local", channels={"": "delivered"}))
    assert (mapping.label, mapping.seconds) == ("end", 900)
    found, codes = values_of(data, mapping)
    assert (len(found), set(found.values()), codes) == (95, {300_000}, ["no_value"])


# --- text ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"SA,Start,kWh\n" + b"8" * (text.LINE + 10), "a line has more than"),
        (b"SA,Start,kWh\n8000000001,2025-07-14 0:00,1\n" + b"1," * 3000 + b"\n", "more than 2000 columns"),
        (b"SA,Start,kWh\n" + b'"' + b"x\n" * 200_000, "this is no table"),
        ("SA,Start,kWh\n8000000001,2025-07-14 0:00,1\n".encode("utf-16")[:-1], "no text in utf-16"),
    ],
)
def test_text_that_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(UnreadableIntervalsError, match=said):
        for table in tables(io.BytesIO(data)):
            for _ in table.rows():
                pass


def test_limits_are_those_of_a_sheet() -> None:
    assert workbook.ROWS == 2**20
