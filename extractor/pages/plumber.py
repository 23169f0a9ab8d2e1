"""The second reader: words from pdfplumber, which shares no text code with pdfium.

It is asked when the first reading does not close, and by the tests for every bill. Two
settings matter on SCE's files: its default tolerance glues words, and overprinted letters
have to be dropped.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import Any

import pdfplumber

from extractor.pages.errors import DamagedFileError
from extractor.pages.glyphs import INVISIBLE, SOFT_HYPHEN, WINDOWS_1252
from extractor.pages.patience import at_most
from extractor.paper import Word
from extractor.sheet import Page

X_TOLERANCE_RATIO = 0.15
"""A gap of this share of the font size separates two words."""

SECONDS = 30.0
"""What a file may take, of processor time; forty pages of bills take five."""

UNMAPPED = re.compile(r"\(cid:\d+\)")
"""What pdfminer writes for a glyph without Unicode."""

_STRIP = {ord(char): None for char in INVISIBLE} | {ord(SOFT_HYPHEN): "-"} | WINDOWS_1252


def read_pages(data: bytes, numbers: Sequence[int] | None = None) -> list[Page]:
    """Return the pages of a PDF (all, or those of the given numbers, from 1) with their words.

    Raises:
        DamagedFileError: if pdfplumber cannot read it, or not in time.
    """
    wanted = list(numbers) if numbers is not None else None
    try:
        with at_most(SECONDS):
            document = pdfplumber.open(io.BytesIO(data), pages=wanted)
            pages = [_read_page(page) for page in document.pages]
            document.close()  # not after a failure: it looks for the pages again, which may take for ever
            return pages
    except Exception as error:  # pdfminer raises whatever a broken file makes it raise
        raise DamagedFileError(f"the second reader cannot read the file: {type(error).__name__}") from error


def _read_page(page: Any) -> Page:
    found = page.dedupe_chars().extract_words(
        x_tolerance_ratio=X_TOLERANCE_RATIO,
        use_text_flow=False,
        line_dir_rotated="ltr",  # text on its side runs up the page
        char_dir_rotated="btt",
    )
    left, top = _corner(page)
    words = []
    for word in found:
        text = UNMAPPED.sub("", word["text"]).translate(_STRIP)
        if text.strip():
            x0, y0, x1, y1 = word["x0"] - left, word["top"] - top, word["x1"] - left, word["bottom"] - top
            words.append(Word(text, x0, y0, x1, y1, y1 - y0))
    crop = page.cropbox
    width, height = crop[2] - crop[0], crop[3] - crop[1]
    seen = [word for word in words if word.x1 > 0 < word.bottom and word.x0 < width and word.top < height]
    return Page(page.page_number, width, height, seen)


def _corner(page: Any) -> tuple[float, float]:
    """Return the left top corner of what is shown; pdfplumber turns the words of a page but not its crop."""
    if not page.rotation:
        return page.cropbox[0], page.cropbox[1]
    media, crop = page.page_obj.mediabox, page.page_obj.cropbox
    left, bottom, right, top = crop[0] - media[0], crop[1] - media[1], media[2] - crop[2], media[3] - crop[3]
    across, down = {90: (bottom, left), 180: (right, bottom), 270: (top, right)}[page.rotation]
    return page.bbox[0] + across, page.bbox[1] + down
