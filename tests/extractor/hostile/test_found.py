"""Files that a fuzz run found to break a law, kept so that they never do again."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from extractor.guarded import read_lines
from extractor.settings import ReaderSettings
from tests.fuzz.laws import broken_laws

SAMPLES = Path(__file__).parents[3] / "corpus" / "samples"
FOUND = Path(__file__).parent / "found"

FILES = [
    # the file, the sample that it was made from, what was wrong with its reading
    ("balance_off_the_page", "d4-cpa-clean-summer-2026", "a summary row without a label was verified"),
    ("charges_of_sce_lost", "old-d4-cpa-clean-2018", "SCE's page is empty; CPA's alone was verified"),
    ("cut_before_the_charges", "gs1e-cpa-lean-winter-2025", "the same, and the first page is empty too"),
    ("first_pages_lost", "gs1e-cpa-lean-winter-2025", "the same, and five of six pages are empty"),
    ("header_of_supply_lost", "d4-cpa-clean-summer-2026", "CPA's page without a header was CPA's own bill"),
    ("last_page_alone", "old-d4-cpa-clean-2018", "the same, and one page is full of text from another"),
    ("no_page_for_the_second_reader", "gs1e-cpa-lean-winter-2025", "the second text reader fell over it"),
    ("words_of_sce_lost", "d4-cpa-clean-summer-2026", "CPA's page, with a header, was CPA's own bill"),
]


@pytest.mark.parametrize(("name", "sample"), [row[:2] for row in FILES], ids=[row[0] for row in FILES])
def test_no_law_is_broken(name: str, sample: str) -> None:
    goldens = json.loads((SAMPLES / f"{sample}.json").read_text())
    settings = ReaderSettings(wall_seconds=20)
    began = time.monotonic()
    ((_, lines),) = read_lines([FOUND / f"{name}.pdf"], 1, settings)
    assert list(broken_laws(lines, time.monotonic() - began, settings.wall_seconds, goldens)) == []


def test_each_file_that_is_kept_is_read() -> None:
    assert sorted(path.stem for path in FOUND.glob("*.pdf")) == sorted(row[0] for row in FILES)
