"""The first reader: pages of a PDF with words and boxes, from pdfium.

Text that is printed invisibly is read like any other: OCR layers are written that way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from extractor.pages.errors import (
    DamagedFileError,
    EmptyFileError,
    EncryptedFileError,
    NoPagesError,
    NotADocumentError,
    TooManyPagesError,
    UnreadableFileError,
)
from extractor.pages.glyphs import View, paired, text_of, words_of
from extractor.paper import Word
from extractor.sheet import Page

PIECES = 1.5
"""Line ends for each space of a text whose words are written in any order; bills have at most 1.0."""


def read_pages(data: bytes, numbers: Sequence[int] | None = None, max_pages: int = 5000) -> list[Page]:
    """Return the pages of a PDF (all, or those of the given numbers, from 1) with their words read.

    Raises:
        UnreadableFileError: of the kind that says why the file cannot be read.
    """
    with opened(data, max_pages=max_pages) as pages:
        wanted = pages if numbers is None else [pages[number - 1] for number in numbers]
        for page in wanted:
            _ = page.words
    return wanted


@contextmanager
def opened(
    data: bytes, needed: Callable[[str], bool] = lambda text: True, max_pages: int = 5000
) -> Iterator[list[Page]]:
    """Open a PDF and give its pages; while it is open, the words of any page can be asked for.

    The words of pages whose text is `needed` are read at once, the others when asked for.

    Raises:
        UnreadableFileError: of the kind that says why the file cannot be read.
    """
    document = open_document(data, max_pages)
    try:
        yield [_read_page(document, number, needed) for number in range(1, len(document) + 1)]
    finally:
        document.close()


def open_document(data: bytes, max_pages: int) -> pdfium.PdfDocument:
    """Open a PDF and make sure that it has pages, and not too many."""
    if not data:
        raise EmptyFileError("the file has no bytes; fetch it again")
    if b"%PDF-" not in data[:1024]:
        raise NotADocumentError("this is not a PDF file; print or export the bill as one")
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        raise _refusal(error, data) from error
    pages = len(document)
    if 0 < pages <= max_pages:
        return document
    document.close()
    if pages == 0:
        raise NoPagesError("the PDF has no pages; fetch it again")
    raise TooManyPagesError(
        f"the PDF has {pages} pages, more than the {max_pages} allowed; split it or raise BILLCLERK_MAX_PAGES"
    )


def _refusal(error: pdfium.PdfiumError, data: bytes) -> UnreadableFileError:
    """Return why pdfium refused; its code may be left over from an earlier file, so the bytes have a say."""
    if b"/Encrypt" in data and error.err_code == raw.FPDF_ERR_PASSWORD:
        return EncryptedFileError(
            "the PDF asks for its user password (the one to open it); open it and save it without protection"
        )
    if b"/Encrypt" in data and error.err_code == raw.FPDF_ERR_SECURITY:
        return EncryptedFileError(
            "the PDF is protected in a way that cannot be opened; save it without protection"
        )
    if b"%%EOF" not in data[-2048:]:
        return DamagedFileError("the PDF is cut off before its end; fetch it again")
    if re.search(rb"/Count\s+0\b", data):
        return NoPagesError("the PDF has no pages; fetch it again")
    return DamagedFileError("the PDF is damaged and cannot be opened; fetch it again")


def _read_page(document: pdfium.PdfDocument, number: int, needed: Callable[[str], bool]) -> Page:
    with _text_page(document, number) as (page, text_page):
        text, count = text_of(text_page)
        words: Iterable[Word] | Callable[[], Iterable[Word]]
        if needed(text) or _in_pieces(text):
            words = _shown(page, words_of(text_page, _view(page), text, count))
        else:
            words = partial(_words_later, document, number)
        return Page(number, page.get_width(), page.get_height(), words, text=paired(text))


def _shown(page: pdfium.PdfPage, words: Iterable[Word]) -> tuple[Word, ...]:
    """Return the words that a reader sees: those that are not wholly outside the page."""
    width, height = page.get_width(), page.get_height()
    return tuple([word for word in words if word[3] > 0 < word[4] and word[1] < width and word[2] < height])


def _in_pieces(text: str) -> bool:
    """Tell whether a text breaks off after nearly every word: its order says nothing, only places do."""
    breaks = text.count("\n")
    return breaks > 20 and breaks > PIECES * text.count(" ")


def _words_later(document: pdfium.PdfDocument, number: int) -> tuple[Word, ...]:
    with _text_page(document, number) as (page, text_page):
        return _shown(page, words_of(text_page, _view(page), *text_of(text_page)))


@contextmanager
def _text_page(document: pdfium.PdfDocument, number: int) -> Iterator[tuple[pdfium.PdfPage, Any]]:
    try:
        page = document[number - 1]
        text_page = page.get_textpage()
    except pdfium.PdfiumError as error:
        raise DamagedFileError(f"page {number} of the PDF is damaged; fetch the file again") from error
    try:
        yield page, text_page.raw
    finally:
        text_page.close()
        page.close()


def _view(page: pdfium.PdfPage) -> View:
    left, bottom, right, top = page.get_cropbox()
    media = page.get_mediabox()
    left, bottom = max(left, media[0]), max(bottom, media[1])
    right, top = min(right, media[2]), min(top, media[3])
    rotation = page.get_rotation()
    across = (right - left) if rotation in (0, 180) else (top - bottom)
    scale = page.get_width() / across if across else 1.0
    return View(rotation, left, bottom, right, top, scale)
