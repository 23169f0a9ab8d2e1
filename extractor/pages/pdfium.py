"""The first reader: pages of a PDF with words and boxes, from pdfium.

Text that is printed invisibly is read like any other: OCR layers are written that way.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from extractor.pages.backdrop import draws_nothing, shows_a_picture
from extractor.pages.errors import (
    DamagedFileError,
    EmptyFileError,
    EncryptedFileError,
    NoPagesError,
    NotADocumentError,
    SeveralFilesError,
    TooLargeError,
    TooManyPagesError,
    UnreadableFileError,
)
from extractor.pages.files import is_archive
from extractor.pages.glyphs import View, is_hidden, paired, text_of, words_of
from extractor.paper import Word
from extractor.sheet import Page

LETTER = (0.0, 0.0, 612.0, 792.0)
"""The page of a PDF that names no size."""

MAX_OBJECTS = 200_000
"""Texts, strokes and pictures, and also letters, that a page may have; a crowded one has 6,000."""

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


class Untold(Page):
    """A page without a text layer that can be used; while the PDF is open its picture can be asked for."""

    def __init__(self, page: Page, document: pdfium.PdfDocument) -> None:
        super().__init__(page.number, page.width, page.height, lambda: page.words, text=page.text)
        self._document = document

    @contextmanager
    def handle(self) -> Iterator[Any]:
        """Load the page for a while."""
        with _text_page(self._document, self.number) as (page, _):
            yield page


@contextmanager
def opened(
    data: bytes,
    needed: Callable[[str], bool] = lambda text: True,
    max_pages: int = 5000,
    runs: bool = False,
    is_text: Callable[[str], bool] = lambda text: True,
) -> Iterator[list[Page]]:
    """Open a PDF and give its pages; while it is open, the words of any page can be asked for.

    The words of pages whose text is `needed` are read at once, the others when asked for;
    with `runs` a line of prose is one word. A page whose text is none, as `is_text` says, or
    that prints it invisibly, is `Untold`.

    Raises:
        UnreadableFileError: of the kind that says why the file cannot be read.
    """
    document = open_document(data, max_pages)
    try:
        numbers = range(1, len(document) + 1)
        yield [_read_page(document, number, needed, runs, is_text) for number in numbers]
    finally:
        document.close()


SECOND = re.compile(rb"%%EOF[\s\0]*%PDF-\d")
"""Where a PDF ends and another one begins; an update of the same one has no such line."""


def is_pdf(data: bytes) -> bool:
    """Tell whether a file begins like a PDF."""
    return b"%PDF-" in data[:1024] and not is_archive(data)


def open_document(data: bytes, max_pages: int) -> pdfium.PdfDocument:
    """Open a PDF and make sure that it has pages, and not too many."""
    if not data:
        raise EmptyFileError("the file has no bytes; fetch it again")
    if not is_pdf(data):
        raise NotADocumentError("this is not a PDF file; print or export the bill as one")
    if SECOND.search(data):
        raise SeveralFilesError(
            "the file is several PDFs one behind the other, and only the last can be seen;"
            " take them apart, or join them with a program for PDFs"
        )
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


def _read_page(
    document: pdfium.PdfDocument,
    number: int,
    needed: Callable[[str], bool],
    runs: bool,
    is_text: Callable[[str], bool],
) -> Page:
    with _text_page(document, number) as (page, text_page):
        text, count = text_of(text_page)
        if draws_nothing(page):
            return Page(number, *_size(page), (), text="")
        if not is_text(text) or is_hidden(text_page, count) or shows_a_picture(page):
            later = partial(_words_later, document, number)
            return Untold(Page(number, *_size(page), later, text=paired(text)), document)
        words: Iterable[Word] | Callable[[], Iterable[Word]]
        if needed(text) or _in_pieces(text):
            words = _shown(page, words_of(text_page, _view(page), text, count, runs))
        else:
            words = partial(_words_later, document, number)
        return Page(number, *_size(page), words, text=paired(text))


def _shown(page: Any, words: Iterable[Word]) -> tuple[Word, ...]:
    """Return the words that a reader sees: those that are not wholly outside the page."""
    width, height = _size(page)
    return tuple([word for word in words if word[3] > 0 < word[4] and word[1] < width and word[2] < height])


def _in_pieces(text: str) -> bool:
    """Tell whether a text breaks off after nearly every word: its order says nothing, only places do."""
    breaks = text.count("\n")
    return breaks > 20 and breaks > PIECES * text.count(" ")


def _words_later(document: pdfium.PdfDocument, number: int) -> tuple[Word, ...]:
    with _text_page(document, number) as (page, text_page):
        return _shown(page, words_of(text_page, _view(page), *text_of(text_page)))


@contextmanager
def _text_page(document: pdfium.PdfDocument, number: int) -> Iterator[tuple[Any, Any]]:
    """Load a page and its text; pypdfium2's own objects for them take a twentieth longer."""
    page = raw.FPDF_LoadPage(document.raw, number - 1)
    text_page = None
    try:
        if page:
            _refuse_crowded(number, raw.FPDFPage_CountObjects(page))
            text_page = raw.FPDFText_LoadPage(page)
        if not text_page:
            raise DamagedFileError(f"page {number} of the PDF is damaged; fetch the file again")
        _refuse_crowded(number, raw.FPDFText_CountChars(text_page))
        yield page, text_page
    finally:
        if text_page:
            raw.FPDFText_ClosePage(text_page)
        if page:
            raw.FPDF_ClosePage(page)


def _refuse_crowded(number: int, count: int) -> None:
    """Refuse a page that would keep a reader busy for minutes."""
    if count > MAX_OBJECTS:
        raise TooLargeError(
            f"page {number} has {count:,} letters, strokes or pictures, more than the {MAX_OBJECTS:,} that"
            " are read; print the bill as a new PDF, or have a person read it"
        )


def _size(page: Any) -> tuple[float, float]:
    """Return width and height of a page as shown, in points."""
    return raw.FPDF_GetPageWidthF(page), raw.FPDF_GetPageHeightF(page)


def _view(page: Any) -> View:
    media = _box(raw.FPDFPage_GetMediaBox, page) or LETTER
    crop = _box(raw.FPDFPage_GetCropBox, page) or media
    left, bottom = max(crop[0], media[0]), max(crop[1], media[1])
    right, top = min(crop[2], media[2]), min(crop[3], media[3])
    rotation = 90 * int(raw.FPDFPage_GetRotation(page))
    across = (right - left) if rotation in (0, 180) else (top - bottom)
    scale = _size(page)[0] / across if across else 1.0
    return View(rotation, left, bottom, right, top, scale)


def _box(get: Callable[..., int], page: Any) -> tuple[float, float, float, float] | None:
    """Return the left, bottom, right, top of one of a page's boxes; None where it has none."""
    left, bottom, right, top = edges = [ctypes.c_float() for _ in range(4)]
    if not get(page, *(ctypes.byref(edge) for edge in edges)):
        return None
    return left.value, bottom.value, right.value, top.value
