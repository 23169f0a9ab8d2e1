"""A line of prose comes as one word where only the record is wanted, and is never taken for less."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from reportlab.pdfgen.canvas import Canvas

from extractor.pages import pdfium
from extractor.reading import read_document
from extractor.sheet import Page

SAMPLES = Path(__file__).parents[3] / "corpus" / "samples"

PROSE = "Please return the payment stub below with your payment and make your check payable to us."


def pages_of(*texts: tuple[float, float, str]) -> tuple[Page, Page]:
    """Return a page as `read` wants it, and the same with every word apart."""
    file = BytesIO()
    canvas = Canvas(file, pagesize=(612, 792), invariant=1)
    for x, top, text in texts:
        canvas.setFont("Helvetica", 9)
        canvas.drawString(x, 792 - top, text)
    canvas.save()
    with pdfium.opened(file.getvalue(), runs=True) as (page,):
        return page, pdfium.read_pages(file.getvalue())[0]


def test_a_line_of_prose_is_one_word_with_the_box_of_its_words() -> None:
    page, apart = pages_of((36, 100, PROSE), (36, 120, "State tax"))
    assert [word.text for word in page.words] == [PROSE, "State", "tax"]
    assert [line.text for line in page.lines] == [line.text for line in apart.lines]
    assert page.lines[0].x0 == pytest.approx(apart.lines[0].x0)
    assert page.lines[0].x1 == pytest.approx(apart.lines[0].x1)


@pytest.mark.parametrize(
    "texts",
    [
        ((36.0, 100.0, PROSE.replace("stub", "stub of 06/24/25")),),  # a number may be a value
        ((36.0, 100.0, "Delivery charges - Cost to deliver your electricity"),),  # short: a heading
        tuple((36.0 + 50 * at, 100.0, word) for at, word in enumerate("abcdefghijk")),  # columns
    ],
    ids=["a number", "a heading", "columns"],
)
def test_all_else_is_read_word_by_word(texts: tuple[tuple[float, float, str], ...]) -> None:
    page, apart = pages_of(*texts)
    assert [word.text for word in page.words] == [word.text for word in apart.words]


def test_a_sentence_among_the_charges_is_noticed(tmp_path: Path) -> None:
    sample = SAMPLES / "domestic-tiers-summer-2026.pdf"
    page = pdfium.read_pages(sample.read_bytes())[2]
    line = next(line for line in page.lines if line.text.startswith("Subtotal"))
    over = BytesIO()
    canvas = Canvas(over, pagesize=(612, 792), invariant=1)
    canvas.setFont("Helvetica", 6)
    canvas.drawString(line.x0, 792 - line.top + 2, PROSE)
    canvas.save()
    with pikepdf.open(sample) as document, pikepdf.open(over) as overlay:
        document.pages[2].add_overlay(overlay.pages[0], pikepdf.Rectangle(0, 0, 612, 792))
        document.save(tmp_path / "bill.pdf")
    (result,) = read_document(tmp_path / "bill.pdf")
    assert result.status == "review"
    assert any(PROSE[:20] in finding.message for finding in result.findings)
