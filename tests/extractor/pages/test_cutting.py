"""Some pages of a PDF as a PDF: the same bytes each time, whenever that is."""

import io
import time
from datetime import datetime
from pathlib import Path

import pypdfium2

from extractor.pages.cutting import pages_of
from tests.extractor.golden import SAMPLES

SAMPLE = next(path for path in SAMPLES if path.stem == "gs2d-bundled-summer-2025")


def test_the_same_pages_are_the_same_bytes_a_second_later() -> None:
    first, second = pages_of(SAMPLE, [3, 4]), datetime.now().astimezone().second
    while datetime.now().astimezone().second == second:
        time.sleep(0.05)
    assert pages_of(SAMPLE, [3, 4]) == first


def test_the_pages_asked_for_are_there_and_no_others() -> None:
    with (
        pypdfium2.PdfDocument(io.BytesIO(pages_of(SAMPLE, [3, 4]))) as cut,
        pypdfium2.PdfDocument(SAMPLE) as whole,
    ):
        texts = [page.get_textpage().get_text_bounded() for page in cut]
        assert texts == [whole[at].get_textpage().get_text_bounded() for at in (2, 3)]


def test_what_is_no_pdf_has_no_pages(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear Sirs")
    assert pages_of(tmp_path / "letter.txt", [1]) == b""
