"""Comparing a record with its golden: value by value, decimals as numbers, evidence left out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from extractor.model import ReadResult

ROOT = Path(__file__).parents[2]
SAMPLES = sorted((ROOT / "corpus" / "samples").glob("*.pdf"))
NOT_BILLS = sorted((ROOT / "corpus" / "not_bills").glob("*.pdf"))


def golden_of(sample: Path) -> list[dict[str, Any]]:
    """Return a sample's golden records, one for each bill of the file."""
    records: list[dict[str, Any]] = json.loads(sample.with_suffix(".json").read_text())
    return records


def differences(got: object, want: object, pointer: str = "") -> Iterator[str]:
    """Give a line for each value that differs; what the golden does not name is not compared."""
    match got, want:
        case dict(), dict():
            for name in want:
                yield from differences(got.get(name), want[name], f"{pointer}/{name}")
        case list(), list():
            if len(got) != len(want):
                yield f"{pointer}: {len(got)} items, should be {len(want)}"
            for index, (one, other) in enumerate(zip(got, want, strict=False)):
                yield from differences(one, other, f"{pointer}/{index}")
        case _ if _number(got) != _number(want):
            yield f"{pointer}: read {got!r}, should be {want!r}"


def _number(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return Decimal(value)
    except InvalidOperation:
        return value


def as_json(result: ReadResult) -> dict[str, Any]:
    """Return a record as the plain values that its JSON line has."""
    record: dict[str, Any] = json.loads(result.model_dump_json())
    return record
