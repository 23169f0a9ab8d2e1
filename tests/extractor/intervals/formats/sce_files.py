"""SCE's Green Button CSV written from known readings, in every layout and after every treatment seen."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Literal

from extractor.intervals import clock

Known = Mapping[str, Sequence[int]]
"""Thousandths of a watt-hour of each channel, one after another without a gap."""

PREAMBLE = """Energy Usage Information
"For location: 1 "QUOTED ST

Meter Reading Information
"Type of readings: Electricity"

Summary of Electric Power Usage Information*
"Your download may contain usage data of the following types: actual, estimated, validated or missing. "

Detailed Usage
"Start date: {first}\N{NO-BREAK SPACE} for {days} days"
"""
"""With a quote that is never closed, as one was reported."""

HEADING = "Energy {0} time period,Usage{1}(Real energy in kilowatt-hours),Reading quality"
FLAT = "Date,Energy Consumption time Period Start,Energy Consumption time Period End,Delivered,Received"


@dataclass(frozen=True)
class Style:
    """What becomes of a file on its way."""

    mark: bool = False
    """A byte order mark."""
    crlf: bool = False
    quoted: bool = True
    padded: bool = False
    """Commas after every line, so that all have five cells."""
    slashed: bool = False
    """Dates as M/D/YYYY."""
    short: bool = False
    """Numbers without the zeros at their end."""
    latin_1: bool = False
    added: bool = True
    """The end of an interval is its begin by the clock and its length added; else what clocks show then."""


def written(
    layout: Literal["consumption", "nem", "flat"],
    begin: int,
    step: int,
    known: Known,
    style: Style | None = None,
) -> bytes:
    """Return a file of readings from an instant on, so many seconds each."""
    style = style or Style()
    count = len(next(iter(known.values())))
    intervals = [(begin + at * step, at) for at in range(count)]
    dates = groupby(intervals, lambda interval: clock.local(interval[0]).date())
    days = [(day, list(rows)) for day, rows in dates]
    first = clock.local(begin).strftime("%Y-%m-%d %H:%M:%S")
    lines = PREAMBLE.format(first=first, days=len(days)).splitlines()
    body = _flat(days, step, known, style) if layout == "flat" else _blocks(days, step, known, style)
    return _treated([*lines, *body], style)


def _blocks(
    days: list[tuple[dt.date, list[tuple[int, int]]]], step: int, known: Known, style: Style
) -> Iterator[str]:
    for day, rows in days:
        for channel, values in known.items():
            yield ""
            yield f'"Data for period starting: {day} 00:00:00\N{NO-BREAK SPACE} for 24 hours"'
            yield _heading(channel)
            for start, at in rows:
                begin, end = (_told(when, "%H:%M:%S", style) for when in _ends(start, step, style))
                yield f'"{begin}\N{NO-BREAK SPACE} to {end}","{kwh(values[at], style)}",""'


def _heading(channel: str) -> str:
    if channel in ("consumption", "net"):
        return HEADING.format(channel, "")
    name = f"\N{NO-BREAK SPACE}{channel.title()}"
    return HEADING.format(f" {name}", f"{name}(Real energy in kilowatt-hours)").replace("Energy  ", "Energy ")


def _flat(
    days: list[tuple[dt.date, list[tuple[int, int]]]], step: int, known: Known, style: Style
) -> Iterator[str]:
    yield FLAT
    for _, rows in days:
        for start, at in rows:
            begin, end = (_told(when, "%I:%M%p", style) for when in _ends(start, step, style))
            values = '","'.join(kwh(known[channel][at], style) for channel in ("delivered", "received"))
            yield f'"{begin.split()[0]} ","{begin} ","{end} ","{values}"'


def _ends(start: int, step: int, style: Style) -> tuple[dt.datetime, dt.datetime]:
    """Return what clocks show, or seem to, when an interval begins and ends."""
    begin = clock.local(start).replace(tzinfo=None)
    shown = clock.local(start + step).replace(tzinfo=None)
    is_short = step < 86400 and begin.date() == shown.date()
    return begin, begin + dt.timedelta(seconds=step) if style.added and is_short else shown


def _told(when: dt.datetime, time: str, style: Style) -> str:
    slashed = style.slashed or "%p" in time
    date = when.strftime("%m/%d/%Y" if slashed else "%Y-%m-%d")
    if style.slashed:
        date = f"{when.month}/{when.day}/{when.year}"
    return f"{date} {when.strftime(time)}"


def kwh(thousandths: int, style: Style) -> str:
    """Return an amount as SCE or a spreadsheet writes it."""
    text = f"{Decimal(thousandths).scaleb(-6):f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text if style.short or "." in text else f"{text}.000"


def _treated(lines: list[str], style: Style) -> bytes:
    """Return the bytes of lines as they come out of a spreadsheet or a browser."""
    if not style.quoted:
        lines = [line.replace('"', "") for line in lines]
    if style.padded:
        lines = [line + "," * max(0, 4 - line.count(",")) for line in lines]
    text = "\r\n".join([*lines, ""]) if style.crlf else "\n".join([*lines, ""])
    if style.latin_1:
        return text.encode("latin-1")
    return (b"\xef\xbb\xbf" if style.mark else b"") + text.encode()


def without(data: bytes, pattern: str) -> bytes:
    """Return a file without the lines that have a pattern."""
    lines = data.decode().splitlines(keepends=True)
    return "".join(line for line in lines if not re.search(pattern, line)).encode()
