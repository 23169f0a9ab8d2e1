"""How many readings a second SCE's CSV gives, beside csv.reader over the same bytes."""

import csv
import datetime as dt
import io
from collections.abc import Iterator
from functools import partial
from typing import Literal

from extractor.intervals import clock
from extractor.intervals.formats import HEAD, format_of
from extractor.intervals.given import Readings
from tests.bench.timing import medians
from tests.extractor.intervals.formats.sce_files import written

ROUNDS = 5
NAME = "SCE_Usage_8000000001_01-01-24_to_12-31-24.csv"
YEAR = dt.date(2024, 1, 1), dt.date(2024, 12, 31)


def report() -> Iterator[str]:
    """Say how fast SCE's CSV is read."""
    return sce_csv()


def count(data: bytes, name: str) -> int:
    """Read a file whole, and return how many readings it gave."""
    return sum(
        len(one)
        for one in format_of(name, data[:HEAD]).read(io.BytesIO(data), name)
        if isinstance(one, Readings)
    )


def sce_csv() -> Iterator[str]:
    """Say how fast SCE's CSV is read, a year of quarter hours in each layout."""
    layouts: dict[Literal["consumption", "nem", "flat"], tuple[str, ...]] = {
        "consumption": ("consumption",),
        "nem": ("delivered", "received"),
        "flat": ("delivered", "received"),
    }
    for layout, channels in layouts.items():
        data = _year(layout, channels)
        rows = _rows(data)
        taken = medians({"bare": partial(_rows, data), "ours": partial(count, data, NAME)}, ROUNDS)
        yield (
            f"SCE CSV, {layout}: {rows / taken['ours']:,.0f} rows a second,"
            f" {taken['bare'] / taken['ours']:.0%} of bare csv.reader (goal: 12 %)"
        )


def _year(layout: Literal["consumption", "nem", "flat"], channels: tuple[str, ...]) -> bytes:
    begin, end = clock.period(*YEAR)
    # Numbers that seldom repeat, as of a large customer: 0.000 to 89.999 kWh.
    values = [at * 7919 % 90_000 * 1000 for at in range((end - begin) // 900)]
    return written(layout, begin, 900, dict.fromkeys(channels, values))


def _rows(data: bytes) -> int:
    """Give the bytes to csv.reader, but for the preamble's quote that is never closed."""
    body = data[data.index(b"Start date:") :]
    return sum(1 for _ in csv.reader(io.TextIOWrapper(io.BytesIO(body), "utf-8", newline="")))
