"""SCE EnergyManager CSV, the Basic Usage report of accounts above 200 kW: a column for each service account.

Known only second-hand, so its readings wait until a person has confirmed them. After a preamble
comes a heading that begins with `Date`, then rows of a date, a time and a number for each account,
blank where there is none. Whether numbers are kW or kWh depends on how the report was asked for:
where the preamble names one of the two, that is believed, and the mean power of an interval is
counted as its energy; a report that names other units alone is refused; else they are taken as kWh,
and a question asks. An interval is as long as most of the first rows lie apart. Whether a time is the begin
or the end of its interval is not told either: where a file begins one interval after midnight it
is taken as the end, else as the begin, and a question says so. What is taken for granted is the
report's layout: once a person has confirmed it, reports of that layout ask nothing. Source: facts on
interval formats, 3.

>>> import io
>>> lines = b'''Basic Usage (kWh)
... Date,Time,8000000001,8000000002
... 07/04/2025,00:00,"1,200.5",3
... 07/04/2025,00:15,1200,
... '''
>>> for one in read(io.BytesIO(lines), "usage.csv"):
...     if isinstance(one, Readings):
...         print(one.series.service_account, [str(each.value) for each in one], one.is_confirmed)
8000000001 ['1200500.000', '1200000.000'] False
8000000002 ['3000.000'] False
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, islice, pairwise
from typing import BinaryIO, NamedTuple

from extractor.intervals.formats import HEAD, UnreadableIntervalsError
from extractor.intervals.formats._gathering import Part, Row, gathered
from extractor.intervals.formats._local_days import DAY, HOUR, begins_of_ends
from extractor.intervals.formats._notes import Notes
from extractor.intervals.formats._sce_text import (
    Lines,
    damaged,
    date_of,
    folded,
    has_heading,
    seconds_of,
    thousandths,
)
from extractor.intervals.given import ASKED, Given, Problem, Readings, Series

NAME = "SCE EnergyManager CSV"
REVISION = 2

_HEADING = re.compile(r"date ?, ?[^,]*((?: ?, ?(?:3-\d{3}-\d{4}-\d{2}|\d{10}))+)", re.ASCII)
_UNIT = re.compile(r"\b(?:wh|kwh?|mwh?|kvarh?|kvah?)\b")

FIRST = 96
"""Rows that tell how long an interval is: a day of quarters."""

_Line = tuple[int, list[str]]


class _Meaning(NamedTuple):
    """What the numbers and times of a report are taken for."""

    step: int
    """Seconds of an interval."""
    is_end: bool
    """Whether a time is when its interval ends."""
    is_power: bool
    """Whether a number is kW."""


def claims(name: str, head: bytes) -> bool:
    """Tell whether a file has a heading of a date, a time and service accounts."""
    return has_heading(head, _HEADING.fullmatch)


def layout_in(file: BinaryIO) -> str:
    """Return what is taken for granted of a report; the file must be seekable.

    Raises:
        UnreadableIntervalsError: if its first rows do not tell.
    """
    units = _units(file)
    with Lines(file) as lines:
        found = lines.found(_HEADING.fullmatch)
        is_end = _times(list(islice(_rows(lines, found.line), FIRST)))[1]
    unit = "in kW" if units == {"kw"} else "in kWh" if units == {"kwh"} else "without a unit"
    return f"{unit}, times are {'ends' if is_end else 'begins'}"


def read(file: BinaryIO, name: str) -> Iterator[Given]:
    """Give the readings of every account of a report, none of them confirmed; the file must be seekable.

    Raises:
        UnreadableIntervalsError: if a row is no reading, or what it says cannot be.
    """
    units = _units(file)
    with Lines(file) as lines:
        found = lines.found(_HEADING.fullmatch)
        accounts = _accounts(found.heading, found.line)
        rows = _rows(lines, found.line)
        first = list(islice(rows, FIRST))
        meaning = _Meaning(*_times(first), is_power=units == {"kw"})
        yield from _questions(units, meaning)
        of = [Series("delivered", service_account=account) for account in accounts]
        parts = _parts(chain(first, rows), len(of), meaning)
        for one in gathered(parts, {"": of}, Notes(), found.days):
            yield replace(one, is_confirmed=False) if isinstance(one, Readings) else one


def _rows(lines: Lines, after: int) -> Iterator[_Line]:
    """Give the rows that have something in them."""
    return (one for one in lines.rows(after) if any(map(str.strip, one[1])))


def _units(file: BinaryIO) -> set[str]:
    """Return the units that are named above the heading, and go back to where the file was.

    Raises:
        UnreadableIntervalsError: if they are others than kW and kWh.
    """
    place = file.tell()
    head = file.read(HEAD).decode("latin-1")
    file.seek(place)
    units = set()
    for line in map(folded, head.splitlines()):
        if _HEADING.fullmatch(line):
            break
        units.update(_UNIT.findall(line))
    if units and not units & {"kw", "kwh"}:
        said = ", ".join(sorted(units))
        raise UnreadableIntervalsError(f"the report is of {said}, not of kWh or kW; ask for one of energy")
    return units


def _accounts(heading: str, line: int) -> list[str]:
    """Return the account of each column."""
    accounts = [cell.strip() for cell in heading.split(",")[2:]]
    if len(set(accounts)) != len(accounts):
        raise damaged(line, "a service account has two columns")
    return accounts


def _times(first: list[_Line]) -> tuple[int, bool]:
    """Return how long an interval is, and whether a time is its end, as the first rows tell."""
    if len(first) < 2:
        raise UnreadableIntervalsError("this report has too few rows to tell how long an interval is")
    told = [_clock(*line) for line in first]
    begin = date_of(told[0][0])
    instants = [DAY * (date_of(date) - begin).days + at for date, at in told]
    steps = Counter(later - earlier for earlier, later in pairwise(instants) if later > earlier)
    step = min(steps, key=lambda one: (-steps[one], one), default=0)
    if step <= 0 or DAY % step:
        raise damaged(first[1][0], "the first times are not an interval apart")
    return step, told[0][1] == step


def _questions(units: set[str], meaning: _Meaning) -> Iterator[Problem]:
    """Say what was taken for granted, for a person to confirm."""
    if units != {"kw"} and units != {"kwh"}:
        yield Problem(ASKED, "warning", "the report does not say if it is kW or kWh; taken as kWh: is it?")
    if meaning.is_power:
        yield Problem(ASKED, "warning", "numbers are kW, each taken as the mean of its interval: is it?")
    taken = "end" if meaning.is_end else "begin"
    yield Problem(ASKED, "warning", f"a time is taken as the {taken} of its interval: is it?")


def _parts(rows: Iterator[_Line], count: int, meaning: _Meaning) -> Iterator[Part]:
    """Gather rows until the day ends."""
    date, part = "", list[Row]()
    for line, row in rows:
        told, at = _clock(line, row)
        if at % meaning.step:
            raise damaged(line, f"its time is none of intervals of {meaning.step // 60} minutes")
        begin = at - meaning.step if meaning.is_end else at
        if begin < 0:
            told, begin = (date_of(told) - dt.timedelta(days=1)).isoformat(), begin + DAY
        if told != date:
            yield from _day(date, part, meaning)
            date, part = told, []
        values = _values(line, row, count, meaning)
        part.append((line, 0, begin, begin + meaning.step, *values))
    yield from _day(date, part, meaning)


def _day(date: str, part: list[Row], meaning: _Meaning) -> Iterator[Part]:
    """Give the rows of a day, where ends were told with their begins as clocks showed them."""
    if part and meaning.is_end:
        begins = begins_of_ends(date_of(date), [int(row[2] or 0) for row in part], meaning.step)
        rows = zip(part, begins, strict=True)
        part = [(*row[:2], begin, begin + meaning.step, *row[4:]) for row, begin in rows]
    if part:
        yield "", date, part


def _clock(line: int, row: list[str]) -> tuple[str, int]:
    """Return the date of a row, and its time in seconds by the clock."""
    try:
        return date_of(row[0].strip()).isoformat(), seconds_of(row[1])
    except (ValueError, IndexError):
        raise damaged(line, "this row does not begin with a date and a time") from None


def _values(line: int, row: list[str], count: int, meaning: _Meaning) -> Iterator[int | None]:
    """Give the energy of each account in an interval, in thousandths of a watt-hour."""
    if len(row) < 2 + count or any(map(str.strip, row[2 + count :])):
        raise damaged(line, "this row does not have what the heading says")
    for text in row[2 : 2 + count]:
        try:
            value = thousandths(text)
        except ValueError as error:
            raise damaged(line, f"its usage is {error}") from None
        if value is not None and meaning.is_power:
            value, rest = divmod(value * meaning.step, HOUR)
            if rest:
                raise damaged(line, "its energy is finer than thousandths of a watt-hour")
        yield value
