"""The rebuilt bills are what was printed: words, places, goldens and sums, without asking the reader."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pypdfium2
import pytest

from tests.real.built import BuiltBill
from tests.real.built_pages import built_pages
from tests.real.details import details_page
from tests.real.drawing import Placed
from tests.real.dump_pages import DUMPS, MEASURED, layout_pages, measured_page
from tests.real.goldens import EXPECTED, goldens
from tests.real.rebuild import BUILT, DUMPED, build_all, pages_of

SOURCES = {  # bill built from lines: the dump that has them
    "cpa_sample_2024": "cpa_sample_bill_2024_page5.txt",
    "sce_cpa_combined_2026_08": "sce_cpa_combined_2026_08_lines.txt",
    "sce_domestic_2026_07": "sce_domestic_2026_07_lines.txt",
    "cpa_urjanet_2019_on_sce_bill": "cpa_urjanet_2019_lines.txt",
    "cpa_urjanet_2019_alone": "cpa_urjanet_2019_lines.txt",
}


@pytest.mark.parametrize("period", DUMPED)
def test_every_printed_word_of_a_dump_is_on_its_rebuilt_pages(period: str, rebuilt: dict[str, Path]) -> None:
    document = pypdfium2.PdfDocument(rebuilt[f"sce_tougs2e_{period}"])
    for number, text in enumerate(layout_pages(period), 1):
        got = document[number - 1].get_textpage().get_text_range()
        got = got.replace("\ufffe", "-").replace("\x02", "-")  # pdfium's marks for a hyphen at a line's end
        assert Counter("".join(got.split())) == Counter("".join(text.split())), f"page {number}"


def test_rebuilding_twice_gives_the_same_bytes(rebuilt: dict[str, Path], tmp_path: Path) -> None:
    again = {path.stem: path.read_bytes() for path in build_all(tmp_path)}
    assert again == {name: path.read_bytes() for name, path in rebuilt.items()}


def test_derived_details_page_stands_where_the_measured_one_does() -> None:
    derived = {
        (box.text, round(box.x0 / 20)): box for box in reversed(details_page(layout_pages(MEASURED)[3]))
    }
    for box in measured_page(4):
        candidates = [own for (text, _), own in derived.items() if text == box.text]
        near = [own for own in candidates if abs(own.x0 - box.x0) < 2 and abs(own.top - box.top) < 5]
        assert near or len(candidates) == 1, f"{box} stands at {candidates}"


def overlapping(page: list[Placed]) -> list[tuple[str, str]]:
    """Return the texts that are printed into each other."""
    return [
        (one.text, two.text)
        for index, one in enumerate(page)
        for two in page[index + 1 :]
        if min(one.x1, two.x1) - max(one.x0, two.x0) > 1
        and min(one.bottom, two.bottom) - max(one.top, two.top) > 3
    ]


@pytest.mark.parametrize("period", DUMPED)
def test_no_text_of_a_dumped_bill_overlaps(period: str) -> None:
    assert [overlapping(page) for page in pages_of(period)] == [[] for _ in layout_pages(period)]


@pytest.mark.parametrize("bill", BUILT, ids=lambda bill: bill.name)
def test_no_text_of_a_built_bill_overlaps(bill: BuiltBill) -> None:
    pages = built_pages(bill)
    assert [overlapping(page) for page in pages] == [[] for _ in pages]


def test_golden_files_are_what_the_observed_lines_say() -> None:
    committed = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in EXPECTED.glob("*.json")}
    assert committed == {name: [record] for name, record in goldens().items()}


@pytest.mark.parametrize("name", sorted(goldens()))
def test_golden_record_adds_up(name: str) -> None:
    bill = goldens()[name]["bill"]
    for service in bill["services"]:
        assert sum(Decimal(charge["amount"]) for charge in service["charges"]) == Decimal(service["total"])
    if "new_charges" in bill:
        assert sum(Decimal(service["total"]) for service in bill["services"]) == Decimal(bill["new_charges"])
        carried = Decimal(bill["previous_balance"]) + sum(
            Decimal(row["amount"]) for row in bill["account_lines"] if row["label"] != "Credit balance"
        )
        assert carried + Decimal(bill["new_charges"]) == Decimal(bill["amount_due"])


@pytest.mark.parametrize(("name", "source"), SOURCES.items())
def test_lines_marked_real_stand_in_their_source(name: str, source: str) -> None:
    text = "".join((DUMPS / source).read_text(encoding="utf-8").split())
    (bill,) = (bill for bill in BUILT if bill.name == name)
    real = [row for service in bill.services for row in service.rows if row.real]
    assert real
    for row in real:
        assert "".join(row.arithmetic.split()) in text, row
        assert row.amount.removeprefix("-").removeprefix("$") in text, row
