"""How many readings a second each interval format gives, beside a bare pass over the same bytes."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial

from extractor.intervals.formats import Format, cmep, edi867
from extractor.intervals.given import Readings
from extractor.x12 import Interchanges
from tests.bench.timing import medians
from tests.extractor.intervals.formats import edi_files

ROUNDS = 5
YEAR = 35_040
"""Quarters of an hour."""


def report() -> Iterator[str]:
    """Say how fast CMEP and the 867 are read."""
    yield from cmep_speed()
    yield from edi_speed()


def cmep_speed() -> Iterator[str]:
    """Compare CMEP with its lines split at commas."""
    data = edi_files.cmep(_year()).encode()
    yield from _compared("CMEP", cmep, data, "lines split at commas", partial(_split, data))


def edi_speed() -> Iterator[str]:
    """Compare the 867 with its segments split, the envelope not checked."""
    for form in ("582 PT", "undated"):
        data = edi_files.interchange(edi_files.usage(_year(), form)).encode()
        bare = partial(_segments, data)
        yield from _compared(f"EDI 867, {form}", edi867, data, "segments split", bare)


def _year() -> list[edi_files.Row]:
    """Return a year of a load that changes."""
    first = 1_735_718_400  # midnight of 1 January 2025 in California
    return [(first + 900 * at, 900, Decimal(at * 37 % 5000).scaleb(-3)) for at in range(YEAR)]


def _compared(
    what: str, reader: Format, data: bytes, floor: str, bare: Callable[[], object]
) -> Iterator[str]:
    assert _read(reader, data) == YEAR
    taken = medians({"ours": partial(_read, reader, data), "bare": bare}, ROUNDS)
    yield (
        f"{what}: {YEAR / taken['ours']:.0f} readings a second, {len(data) / YEAR:.0f} bytes each;"
        f" {taken['bare'] / taken['ours']:.0%} of {floor}"
    )


def _read(reader: Format, data: bytes) -> int:
    return sum(len(one) for one in reader.read(io.BytesIO(data), "") if isinstance(one, Readings))


def _split(data: bytes) -> int:
    return sum(len(line.decode().split(",")) for line in io.BytesIO(data))


def _segments(data: bytes) -> int:
    return sum(len(segment.elements) for segment in Interchanges(io.BytesIO(data)))
