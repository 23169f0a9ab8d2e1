"""Every bill of the corpus is read exactly as its golden record says, and proves itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from extractor.pages import pdfium, plumber
from extractor.reading import read_document
from extractor.sheet import Page
from tests.extractor.golden import NOT_BILLS, SAMPLES, as_json, differences, golden_of


def test_the_corpus_is_there() -> None:
    assert len(SAMPLES) >= 60
    assert len(NOT_BILLS) >= 4


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_bill_is_read_exactly(sample: Path) -> None:
    results = [as_json(result) for result in read_document(sample)]
    wanted = golden_of(sample)
    assert len(results) == len(wanted)
    for result, golden in zip(results, wanted, strict=True):
        said = [f"{finding['code']}: {finding['message']}" for finding in result["findings"]]
        wrong = list(differences(result["bill"], golden["bill"]))
        assert not wrong, "\n".join([*wrong, "findings:", *said])
        assert result["status"] == golden["status"], said
        assert result["document"]["page_range"] == golden["page_range"]
        assert result["document"]["layout"] == golden["layout_hint"]
        assert set(golden.get("findings", ())) <= {finding["code"] for finding in result["findings"]}


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_every_value_has_its_place(sample: Path) -> None:
    for result in read_document(sample):
        assert result.bill is not None
        places = [line.evidence for service in result.bill.services for line in service.charges]
        for place in [*places, *result.evidence.values()]:
            assert 1 <= place.page <= (result.document.pages or 0)
            assert place.bbox is not None
            x0, top, x1, bottom = place.bbox
            assert 0 <= x0 < x1 <= 620, place
            assert 0 <= top < bottom <= 800, place
            assert place.text


@pytest.mark.parametrize("sample", NOT_BILLS, ids=lambda path: path.stem)
def test_letters_and_mailers_are_no_bills(sample: Path) -> None:
    (result,) = read_document(sample)
    assert result.status == "unreadable"
    assert result.bill is None
    assert result.findings[0].code == "unknown_layout"


@pytest.mark.parametrize("sample", SAMPLES[::4], ids=lambda path: path.stem)
def test_both_text_readers_see_the_same_words(sample: Path) -> None:
    data = sample.read_bytes()
    numbers = _charge_pages(sample)
    for one, other in zip(pdfium.read_pages(data, numbers), plumber.read_pages(data, numbers), strict=True):
        assert _texts(one) == _texts(other)


def _charge_pages(sample: Path) -> list[int]:
    pages = {
        line.evidence.page
        for result in read_document(sample)
        if result.bill
        for service in result.bill.services
        for line in service.charges
    }
    return sorted(pages)


def _texts(page: Page) -> list[str]:
    return sorted(word.text for word in page.words)
