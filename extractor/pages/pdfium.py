"""The first reader: words with boxes from pdfium's text page.

pdfium's text (what FPDFText_GetText returns) and its characters (what has boxes) are two
lists: a generated space or line end, a ligature or a character without Unicode stands in one
of them only. Boxes are therefore always asked by character index, and where the two lists
differ in length every index is translated.

Boxes are the loose ones (advance width by ascent and descent), so that the words of a line
have one height and the letters of a word no gaps; Type 3 fonts that declare no height fall
back to the boxes of their ink.

Text that is printed invisibly is read like any other: OCR layers are written that way.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from extractor.pages.errors import (
    DamagedFileError,
    EmptyFileError,
    EncryptedFileError,
    NoPagesError,
    NotADocumentError,
    TooManyPagesError,
)
from extractor.paper import Page, Word

WINDOWS_1252 = {
    code: bytes([code]).decode("cp1252", "replace") for code in range(0x80, 0xA0) if code != 0x85
} | {0x85: "\u2026"}
"""SCE's fonts since September 2025 put quotes and bullets at their Windows codes, which are C1 controls in Unicode."""

HYPHEN = "\x02\ufffe"
"""What pdfium writes for a hyphen at a line's end, gluing the two halves together."""

INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff" + "".join(
    chr(code) for code in range(0x20) if code != 2 and not chr(code).isspace()
)
"""Characters that print nothing, and glyphs without Unicode: they neither separate words nor belong to them."""

SOFT_HYPHEN = "\u00ad"
"""What PDF writers often call the hyphen's glyph. A page shows what is drawn: a hyphen, or a minus sign."""

WIDE_LETTER = 0.75
"""Average advance, as a share of the height, above which a word is looked at letter by letter for hidden gaps."""

GAP = 0.2
"""A gap between two letters of more than this share of their height separates two words."""

_WORDS = re.compile(rf"[^\s{HYPHEN}]+[{HYPHEN}]?|[{HYPHEN}]")
_STRIP: dict[int, str | None] = {ord(char): None for char in INVISIBLE}
_STRIP |= {ord(char): "-" for char in HYPHEN + SOFT_HYPHEN}
_ODD = re.compile(f"[{re.escape(INVISIBLE + HYPHEN + SOFT_HYPHEN)}\ud800-\udfff]")


class _View(NamedTuple):
    """From the page's own coordinates to those of the page as shown."""

    rotation: int
    left: float
    bottom: float
    right: float
    top: float
    scale: float

    def shown(self, box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
        """Return x0, top, x1, bottom of a left, bottom, right, top box."""
        left, bottom, right, top = box
        match self.rotation:
            case 90:
                seen = (bottom - self.bottom, left - self.left, top - self.bottom, right - self.left)
            case 180:
                seen = (self.right - right, bottom - self.bottom, self.right - left, top - self.bottom)
            case 270:
                seen = (self.top - top, self.right - right, self.top - bottom, self.right - left)
            case _:
                seen = (left - self.left, self.top - top, right - self.left, self.top - bottom)
        x0, y0, x1, y1 = seen
        return x0 * self.scale, y0 * self.scale, x1 * self.scale, y1 * self.scale


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


def _refusal(error: pdfium.PdfiumError, data: bytes) -> Exception:
    if error.err_code in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY):
        kind = "user (opening) password" if error.err_code == raw.FPDF_ERR_PASSWORD else "security handler"
        return EncryptedFileError(f"the PDF needs its {kind}; open it and save it without protection")
    if b"%%EOF" not in data[-2048:]:
        return DamagedFileError("the PDF is cut off before its end; fetch it again")
    return DamagedFileError("the PDF is damaged and cannot be opened; fetch it again")


def _read_page(document: pdfium.PdfDocument, number: int, needed: Callable[[str], bool]) -> Page:
    with _text_page(document, number) as (page, text_page):
        text, count = _text(text_page)
        words: Iterable[Word] | Callable[[], Iterable[Word]]
        if needed(text):
            words = tuple(_words(text_page, _view(page), text, count))
        else:
            words = partial(_words_later, document, number)
        return Page(number, page.get_width(), page.get_height(), words, text=_paired(text))


def _words_later(document: pdfium.PdfDocument, number: int) -> tuple[Word, ...]:
    with _text_page(document, number) as (page, text_page):
        return tuple(_words(text_page, _view(page), *_text(text_page)))


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


def _view(page: pdfium.PdfPage) -> _View:
    left, bottom, right, top = page.get_cropbox()
    media = page.get_mediabox()
    left, bottom = max(left, media[0]), max(bottom, media[1])
    right, top = min(right, media[2]), min(top, media[3])
    rotation = page.get_rotation()
    across = (right - left) if rotation in (0, 180) else (top - bottom)
    scale = page.get_width() / across if across else 1.0
    return _View(rotation, left, bottom, right, top, scale)


def _words(text_page: Any, view: _View, text: str, count: int) -> Iterator[Word]:
    boxes = _Boxes(text_page, view)
    same = len(text) == count
    odd = _ODD.search(text) is not None
    for match in _WORDS.finditer(text):
        word, first, last = match[0], match.start(), match.end() - 1
        if not same:
            first, last = boxes.character(first), boxes.character(last)
        if odd:
            word = _paired(word.translate(_STRIP))
        if word:
            yield from boxes.word(word, first, last)


def _text(text_page: Any) -> tuple[str, int]:
    count = raw.FPDFText_CountChars(text_page)
    if count <= 0:
        return "", 0
    buffer = (ctypes.c_ushort * (2 * count + 2))()
    written = raw.FPDFText_GetText(text_page, 0, count, buffer)
    units = max(written - 1, 0)
    text = bytes(memoryview(buffer).cast("B")[: 2 * units]).decode("utf-16-le", "surrogatepass")
    if len(text) != units:  # pdfium counts UTF-16 units: one character for each, or every later index is off
        text = "".join(map(chr, buffer[:units]))
    return text.translate(WINDOWS_1252) if _C1.search(text) else text, count


def _paired(text: str) -> str:
    """Join the two halves of characters beyond the first plane, which pdfium counts as two."""
    if _SURROGATE.search(text) is None:
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


_C1 = re.compile("[\x80-\x9f]")
_SURROGATE = re.compile("[\ud800-\udfff]")


class _Boxes:
    """The boxes of a text page's characters."""

    def __init__(self, text_page: Any, view: _View) -> None:
        self.text_page = text_page
        self.view = view
        self.rect = raw.FS_RECTF()
        self.rect_pointer = ctypes.byref(self.rect)
        self.edges = [ctypes.c_double() for _ in range(4)]

    def character(self, text_index: int) -> int:
        """Return the character index of a text index."""
        return int(raw.FPDFText_GetCharIndexFromTextIndex(self.text_page, text_index))

    def loose(self, index: int) -> tuple[float, float, float, float]:
        """Return a character's left, bottom, right, top: its advance by its font's height."""
        rect = self.rect
        if raw.FPDFText_GetLooseCharBox(self.text_page, index, self.rect_pointer):
            left, bottom, right, top = rect.left, rect.bottom, rect.right, rect.top
            if top - bottom > 0.5 and right > left:
                return left, bottom, right, top
        return self.ink(index)

    def ink(self, index: int) -> tuple[float, float, float, float]:
        """Return the left, bottom, right, top of what a character prints."""
        left, right, bottom, top = self.edges
        raw.FPDFText_GetCharBox(self.text_page, index, *(ctypes.byref(edge) for edge in self.edges))
        return left.value, bottom.value, right.value, top.value

    def word(self, text: str, first: int, last: int) -> Iterator[Word]:
        """Give the word between two characters, or its parts where it is printed as several."""
        left, bottom, right, top = self.loose(first)
        height = top - bottom
        if last != first:
            _, bottom_, right, top_ = self.loose(last)
            if abs(bottom_ - bottom) > 0.5 * height or not 0 < right - left <= WIDE_LETTER * height * len(text):
                yield from self._parts(first, last)
                return
            bottom, top = min(bottom, bottom_), max(top, top_)
        x0, y0, x1, y1 = self.view.shown((left, bottom, right, top))
        yield Word(text, x0, y0, x1, y1, y1 - y0)

    def _parts(self, first: int, last: int) -> Iterator[Word]:
        """Give a word letter by letter, split where the print has a gap or leaves the line."""
        part = ""
        box: list[float] = []
        for index in range(first, last + 1):
            letter = chr(raw.FPDFText_GetUnicode(self.text_page, index)).translate(WINDOWS_1252).translate(_STRIP)
            if not letter.strip():
                continue
            x0, y0, x1, y1 = self.view.shown(self.loose(index))
            if part and self._apart(box, (x0, y0, x1, y1)):
                yield Word(_paired(part), box[0], box[1], box[2], box[3], box[3] - box[1])
                part = ""
            box = [min(box[0], x0), min(box[1], y0), max(box[2], x1), max(box[3], y1)] if part else [x0, y0, x1, y1]
            part += letter
        if part:
            yield Word(_paired(part), box[0], box[1], box[2], box[3], box[3] - box[1])

    @staticmethod
    def _apart(box: list[float], letter: tuple[float, float, float, float]) -> bool:
        """Tell whether a letter stands away from the part before it, in any direction."""
        tall = max(letter[3] - letter[1], letter[2] - letter[0])
        across = max(letter[0] - box[2], box[0] - letter[2])
        along = max(letter[1] - box[3], box[1] - letter[3])
        return max(across, along) > GAP * tall
