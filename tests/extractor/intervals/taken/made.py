"""Interval files as people drop them: SCE's CSV of some days, under the names that SCE gives them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from extractor.intervals import clock
from extractor.intervals.taken.reading import Reader
from extractor.intervals.taken.take import File
from extractor.pages.limits import Limits
from tests.extractor.intervals.formats.sce_files import Known, Style, written
from tests.extractor.intervals.held.stored import NOW

ACCOUNT, OTHER = "8000000140", "8000000141"
FIRST = dt.date(2026, 6, 9)
DAY = 96

SAMPLES = Path(__file__).parents[1] / "formats" / "samples"
LIMITS = Limits(wall_seconds=60, cpu_seconds=30, memory_bytes=1_500_000_000)

__all__ = ["ACCOUNT", "DAY", "FIRST", "NOW", "OTHER", "SAMPLES", "csv", "file_of", "named", "reader"]


def reader() -> Reader:
    return Reader(LIMITS)


def csv(values: Sequence[int] | Known, first: dt.date = FIRST, style: Style | None = None) -> bytes:
    """Return a file of quarters of an hour from a local midnight on; of thousandths of Wh."""
    if isinstance(values, Sequence):
        return written("consumption", clock.midnight(first), 900, {"consumption": values}, style)
    return written("nem", clock.midnight(first), 900, values, style)


def named(account: str = ACCOUNT) -> str:
    return f"SCE_Usage_{account}_06-09-26_to_07-08-26.csv"


def file_of(path: Path, data: bytes, name: str, sha256: str = "a" * 64, account: str | None = None) -> File:
    """Return a file that lies at a path under another name."""
    path.write_bytes(data)
    return File(path, name, sha256, account)
