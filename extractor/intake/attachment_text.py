"""The text of a file that is to be sent, read in a guarded process as all that opens a PDF.

A scan has none: what nobody can read is None, and no reason to stop.
"""

from __future__ import annotations

import pypdfium2

from extractor.pages.child import Child
from extractor.pages.limits import ChildError, Limits

TARGET = "extractor.intake.attachment_text:answer_request"

MOST_PAGES = 500


def text_of_pdf(data: bytes, limits: Limits) -> str | None:
    """Return the text of a PDF; None where it has none, or cannot be read."""
    with Child(TARGET, limits) as child:
        try:
            return child.request(data).decode() or None
        except ChildError:
            return None


def answer_request(request: bytes) -> bytes:
    """Answer a request inside a guarded process."""
    try:
        with pypdfium2.PdfDocument(request) as document:
            pages = range(min(len(document), MOST_PAGES))
            return "\n".join(document[page].get_textpage().get_text_range() for page in pages).encode()
    except pypdfium2.PdfiumError:
        return b""
