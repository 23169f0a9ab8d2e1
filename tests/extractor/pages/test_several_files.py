"""Several PDFs one behind the other are refused: only the last could be seen, and the others would be lost."""

from __future__ import annotations

import io

import pikepdf
import pytest

from extractor.pages.errors import SeveralFilesError
from extractor.pages.pdfium import open_document
from tests.extractor.law import SAMPLES

ONE, OTHER = (
    (SAMPLES / f"{name}.pdf").read_bytes() for name in ("d4-bundled-winter-2025", "cpa-only-d4-clean-2026")
)


@pytest.mark.parametrize("between", [b"", b"\r\n", b"\n\0\0"])
def test_two_bills_one_behind_the_other_are_refused(between: bytes) -> None:
    with pytest.raises(SeveralFilesError):
        open_document(ONE + between + OTHER, 100)


@pytest.mark.parametrize("behind", [b"\n%% 7\n", b"\0" * 100, b"\r\n<html>"])
def test_what_else_stands_behind_the_end_does_no_harm(behind: bytes) -> None:
    document = open_document(ONE + behind, 100)
    assert len(document) > 0
    document.close()


def test_a_pdf_that_is_attached_to_another_is_no_second_one() -> None:
    held = io.BytesIO()
    with pikepdf.open(io.BytesIO(ONE)) as pdf:
        pdf.attachments["other.pdf"] = OTHER
        pdf.save(held, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    open_document(held.getvalue(), 100).close()
