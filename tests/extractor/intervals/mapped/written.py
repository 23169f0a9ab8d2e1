"""Tables written from a known series in many layouts, as spreadsheets and data requests have them."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from typing import Literal

import openpyxl
import xlsxwriter

from extractor.intervals import clock
from extractor.intervals.given import Readings
from extractor.intervals.mapped.answers import Answers
from extractor.intervals.mapped.mapping import Mapping as Columns
from extractor.intervals.mapped.propose import propose
from extractor.intervals.mapped.read import read

ACCOUNT = "8000000001"
NAME = f"usage_{ACCOUNT}.csv"
Known = Mapping[int, int]
"""Thousandths of a watt-hour by instants, an interval apart."""
Zone = Literal["local", "utc", "pst"]

Cell = str | dt.datetime | dt.date | dt.time | Decimal


@dataclass(frozen=True)
class Layout:
    """How a table is written, and what a person has to say of it."""

    heading: tuple[str, ...]
    rows: Callable[[Known, int, Zone], Iterator[list[Cell]]]
    answers: Answers = field(default_factory=Answers)


def at(instant: int, zone: Zone) -> dt.datetime:
    """Return what a clock shows."""
    if zone == "local":
        return clock.local(instant).replace(tzinfo=None)
    return dt.datetime.fromtimestamp(instant - (8 * 3600 if zone == "pst" else 0), dt.UTC).replace(
        tzinfo=None
    )


def kwh(value: int) -> Decimal:
    return Decimal(value).scaleb(-6)


def _moment(known: Known, step: int, zone: Zone) -> Iterator[list[Cell]]:
    for start, value in known.items():
        yield [at(start, zone), kwh(value)]


def _start_and_end(known: Known, step: int, zone: Zone) -> Iterator[list[Cell]]:
    for start, value in known.items():
        yield [ACCOUNT, "M-1", at(start, zone), at(start + step, zone), kwh(value), "Estimated"]


def _ending(known: Known, step: int, zone: Zone) -> Iterator[list[Cell]]:
    for start, value in known.items():
        yield [ACCOUNT, at(start + step, zone), kwh(value)]


def _date_and_time(known: Known, step: int, zone: Zone) -> Iterator[list[Cell]]:
    for start, value in known.items():
        told = at(start, zone)
        yield [told.date(), told.time(), kwh(value)]


def _power(known: Known, step: int, zone: Zone) -> Iterator[list[Cell]]:
    for start, value in known.items():
        yield [ACCOUNT, at(start, zone), kwh(value) * 3600 / step]


def _with_channel(known: Known, step: int, zone: Zone) -> Iterator[list[Cell]]:
    for start, value in known.items():
        yield [ACCOUNT, "D", at(start, zone), "KWH", kwh(value)]
        yield [ACCOUNT, "R", at(start, zone), "KWH", Decimal(0)]


def _by_accounts(known: Known, step: int, zone: Zone) -> Iterator[list[Cell]]:
    for start, value in known.items():
        told = at(start, zone)
        yield [told.date(), told.time(), kwh(value), Decimal(1)]


def hours(step: int) -> list[int]:
    return list(range(step, 86400 + step, step))


def wide(extra: Literal["second", "elapsed"]) -> Callable[[Known, int, Zone], Iterator[list[Cell]]]:
    """Return a layout with a row for each day and a column for each interval, and those of one hour more."""

    def rows(known: Known, step: int, zone: Zone) -> Iterator[list[Cell]]:
        count, more = 86400 // step, 3600 // step
        for date, day in groupby(known.items(), lambda one: at(one[0], zone).date()):
            cells: list[Cell] = [""] * (count + more)
            begin = clock.midnight(date)
            for start, value in day:
                told = at(start, zone)
                place = (told.hour * 3600 + told.minute * 60) // step
                if zone == "local" and extra == "elapsed":
                    place = (start - begin) // step
                elif zone == "local" and cells[place] != "":
                    place = count + place - 3600 // step
                cells[place] = kwh(value)
            yield [ACCOUNT, date, *cells]

    return rows


DELIVERED = {"": "delivered"}

LAYOUTS: dict[str, Layout] = {
    "moment, account in the file's name": Layout(
        ("Date/Time", "kWh"), _moment, Answers(label="start", channels={"": "delivered"})
    ),
    "start and end, meter and quality": Layout(
        ("Serv_Acct_Id", "Meter Number", "Interval Start", "Interval End", "Usage (kWh)", "Quality"),
        _start_and_end,
    ),
    "ends": Layout(("Service Account", "Interval Ending", "kWh Delivered"), _ending),
    "date and time": Layout(
        ("Read Date", "Time", "Value"),
        _date_and_time,
        Answers(label="start", unit="kWh", channels={"": "delivered"}),
    ),
    "power": Layout(("SA #", "Start Date Time", "kW"), _power, Answers(channels={"": "delivered"})),
    "channels and units in columns": Layout(
        ("SA", "Channel", "DateTime", "UOM", "Reading"),
        _with_channel,
        Answers(label="start", words={"channel": {"D": "delivered", "R": "received"}}),
    ),
    "a column for each account": Layout(
        ("Date", "Time", ACCOUNT, "8000000002"),
        _by_accounts,
        Answers(label="start", unit="kWh", channels={"": "delivered"}),
    ),
}


def wide_layout(step: int, extra: Literal["second", "elapsed"]) -> Layout:
    """Return the layout of a row for each day."""
    count, more = 86400 // step, 3600 // step
    names = [f"HE{number:02}" if step == 3600 else str(number) for number in range(1, count + more + 1)]
    answers = Answers(unit="kWh", channels={"": "delivered"}, extra=extra)
    return Layout(("Service Account", "Date", *names), wide(extra), answers)


# --- files ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Style:
    """How a table becomes a file."""

    delimiter: str = ","
    encoding: str = "utf-8"
    dates: Literal["mdy", "dmy", "ymd"] = "ymd"
    half_days: bool = False
    """Times with AM and PM."""
    decimal: Literal["point", "comma"] = "point"
    preamble: tuple[str, ...] = ()
    crlf: bool = False


DATES = {"mdy": "%m/%d/%Y", "dmy": "%d.%m.%Y", "ymd": "%Y-%m-%d"}


def text_of(cell: Cell, style: Style) -> str:
    times = "%I:%M %p" if style.half_days else "%H:%M"
    if isinstance(cell, dt.datetime):
        return cell.strftime(f"{DATES[style.dates]} {times}")
    if isinstance(cell, dt.date):
        return cell.strftime(DATES[style.dates])
    if isinstance(cell, dt.time):
        return cell.strftime(times)
    if isinstance(cell, Decimal):
        return f"{cell:f}".replace(".", "," if style.decimal == "comma" else ".")
    return cell


def quoted(text: str, delimiter: str) -> str:
    return f'"{text}"' if delimiter in text else text


def csv_of(heading: Sequence[str], rows: Iterable[Sequence[Cell]], style: Style | None = None) -> bytes:
    """Return a table as text."""
    style = style or Style()
    lines = [*style.preamble]
    for row in [list(heading), *rows]:
        lines.append(style.delimiter.join(quoted(text_of(cell, style), style.delimiter) for cell in row))
    end = "\r\n" if style.crlf else "\n"
    return "".join(line + end for line in lines).encode(style.encoding)


def xlsx_of(
    sheets: Mapping[str, tuple[Sequence[str], Iterable[Sequence[Cell]]]],
    preamble: Sequence[str] = (),
    by: Literal["xlsxwriter", "openpyxl"] = "xlsxwriter",
) -> bytes:
    """Return tables as a workbook, dates and numbers as spreadsheets keep them."""
    out = io.BytesIO()
    if by == "openpyxl":
        made = openpyxl.Workbook()
        made.remove(made.active)
        for name, (heading, rows) in sheets.items():
            sheet = made.create_sheet(name)
            for row in [*([cell] for cell in preamble), list(heading), *rows]:
                sheet.append([float(cell) if isinstance(cell, Decimal) else cell or None for cell in row])
        made.save(out)
        return out.getvalue()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "m/d/yy h:mm"})
    for name, (heading, rows) in sheets.items():
        sheet = book.add_worksheet(name)
        for at_row, row in enumerate([*([cell] for cell in preamble), list(heading), *rows]):
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(at_row, column, cell)
                elif isinstance(cell, Decimal):
                    sheet.write_number(at_row, column, float(cell))
                else:
                    sheet.write_datetime(at_row, column, cell)
    book.close()
    return out.getvalue()


# --- what is read --------------------------------------------------------------------------------------


def mapped(data: bytes, answers: Answers | None = None, name: str = NAME) -> Columns:
    """Return the mapping of a file, of which nothing may be open."""
    proposal = propose(io.BytesIO(data), name, answers)
    assert not proposal.questions, proposal.questions
    assert not proposal.refusals, proposal.refusals
    return proposal.mapping


def values_of(
    data: bytes, mapping: Columns, name: str = NAME, channel: str = "delivered", account: str | None = ACCOUNT
) -> tuple[dict[tuple[int, int], int], list[str]]:
    """Return the readings of a series by start and seconds, and the codes of problems."""
    found, codes = {}, []
    for one in read(io.BytesIO(data), name, mapping):
        if not isinstance(one, Readings):
            codes.append(one.code)  # type: ignore[union-attr]
        elif one.series.channel == channel and one.series.service_account == account:
            assert one.is_confirmed
            for start, seconds, value in zip(one.starts, one.seconds, one.thousandths, strict=True):
                assert (start, seconds) not in found
                found[start, seconds] = value
    return found, codes
