"""What the first reader itself refuses or survives, without the help of a limit."""

from __future__ import annotations

import pytest

from extractor.pages import pdfium
from extractor.pages.errors import TooLargeError
from extractor.pages.glyphs import REPLACEMENT
from tests.extractor.hostile.bombs import million_paths, million_words
from tests.extractor.hostile.rawpdf import deflated, one_page
from tests.extractor.hostile.structures import fonts_with_broken_encodings


def test_characters_beyond_unicode_are_words_that_nobody_knows() -> None:
    (page,) = pdfium.read_pages(fonts_with_broken_encodings())
    assert any(REPLACEMENT in word.text for word in page.words)
    assert any("0.05202" in word.text for word in page.words)


@pytest.mark.parametrize("data", [million_paths(), million_words()], ids=["strokes", "texts"])
def test_a_page_of_a_million_objects_is_refused(data: bytes) -> None:
    with pytest.raises(TooLargeError, match="page 1 has 1,000,000 letters, strokes or pictures"):
        pdfium.read_pages(data)


def test_a_page_of_too_many_letters_is_refused() -> None:
    lines = b"".join(b"BT /F 9 Tf 9 %d Td (%s) Tj ET\n" % (at, b"x" * 30_000) for at in range(0, 800, 100))
    with pytest.raises(TooLargeError, match="page 1 has 240,"):
        pdfium.read_pages(one_page(deflated(lines)))
