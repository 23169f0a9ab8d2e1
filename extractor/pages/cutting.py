"""Some pages of a PDF as a PDF of their own; done in a guarded process, as all that opens a PDF."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pypdfium2


def pages_of(path: Path, first: int, last: int) -> bytes:
    """Return the pages of a PDF from one to another, both inclusive, as a PDF; nothing if it is none.

    Links, forms and attachments of the document stay behind.
    """
    try:
        with pypdfium2.PdfDocument(path) as source, pypdfium2.PdfDocument.new() as made:
            made.import_pages(source, list(range(first - 1, last)))
            held = io.BytesIO()
            made.save(held)
            return held.getvalue()
    except pypdfium2.PdfiumError:
        return b""


def answer_request(request: bytes) -> bytes:
    """Answer a request inside a guarded process."""
    question = json.loads(request)
    return pages_of(Path(question["path"]), question["first"], question["last"])
