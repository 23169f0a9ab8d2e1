"""Scans of sample bills are read to what the bills say, or a person is asked: never a wrong number verified."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pillow_heif
import pytest
from PIL import Image

from corpus.scans import KINDS, golden, sample, scan
from extractor.guarded import read_lines
from tests.corpus.scanned_records import differing

ONE_PAGE = "cpa-only-d4-clean-2026"
FOUR_PAGES = "d4-bundled-winter-2025"

VERIFIED = [
    *((ONE_PAGE, kind) for kind in ("grey-200", "turned-180", "tiff", "photo-sideways", "hidden-text")),
    (ONE_PAGE, "cover-sheet"),
    (FOUR_PAGES, "landscape-rotate"),
    (FOUR_PAGES, "mixed"),
]
"""Clean scans, each way a page can lie, and each kind of file."""

DAMAGED = [(ONE_PAGE, kind) for kind in ("fax", "pen-charges", "stamped-charges-grey")]


def records(name: str, kind: str, folder: Path) -> list[dict[str, Any]]:
    path = folder / f"scan{KINDS[kind].suffix}"
    path.write_bytes(scan(sample(name), kind, seed=3))
    ((_, lines),) = read_lines([path])
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize(("name", "kind"), VERIFIED)
def test_a_clean_scan_is_verified_and_exact(name: str, kind: str, tmp_path: Path) -> None:
    (record,) = records(name, kind, tmp_path)
    assert record["status"] == "verified", record["findings"]
    assert list(differing(record["bill"], golden(name)[0]["bill"])) == []
    assert record["document"]["source"] == ("mixed" if kind == "mixed" else "ocr")


def test_a_photo_as_an_iphone_keeps_it_is_verified_and_exact(tmp_path: Path) -> None:
    """HEIC, by the reader that the extra `heic` brings."""
    path = tmp_path / "photo.heic"
    with Image.open(BytesIO(scan(sample(ONE_PAGE), "png", seed=3))) as page:
        pillow_heif.from_pillow(page).save(path, quality=80)
    ((_, (line,)),) = read_lines([path])
    record = json.loads(line)
    assert record["status"] == "verified", record["findings"]
    assert list(differing(record["bill"], golden(ONE_PAGE)[0]["bill"])) == []


@pytest.mark.parametrize(("name", "kind"), DAMAGED)
def test_a_damaged_scan_is_exact_or_doubted_at_a_place(name: str, kind: str, tmp_path: Path) -> None:
    (record,) = records(name, kind, tmp_path)
    if record["status"] == "verified":
        assert list(differing(record["bill"], golden(name)[0]["bill"])) == []
    else:
        findings = record["findings"]
        assert any(said["severity"] == "error" and said["page"] for said in findings), findings


def test_a_missing_page_is_what_is_said_first(tmp_path: Path) -> None:
    (record,) = records(FOUR_PAGES, "page-missing", tmp_path)
    assert record["status"] == "review"
    first = record["findings"][0]
    assert (first["code"], first["severity"]) == ("pages_missing", "error")
    assert first["message"].endswith("of 4 is missing")
