"""The same words drawn by other writers: in any order, by the word, by the letter, kerned, twice, invisibly.

A page is written again from its words, each at its place and as wide as it was; what differs is
how the file says so. The result is the bytes of a PDF.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from random import Random

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream
from reportlab.pdfbase.pdfmetrics import stringWidth

from extractor.paper import Word
from extractor.sheet import Page
from tests.extractor.sheets import saved

DESCENT = 0.207
"""How far below its baseline a base-14 font's box reaches, as a share of its size."""

SPACE = 0.24
"""The least gap between two words, as a share of the size: Helvetica's space is 0.278 em."""

FONTS = ("Helvetica", "Times-Roman", "Courier", "Helvetica-Bold")
CP1252_ONLY = "cp1252"

Writer = Callable[[Page], Iterable[bytes]]


def redrawn(pages: Sequence[Page], write: Writer, above: bytes = b"") -> bytes:
    """Return a PDF whose pages are written by `write`, with some content drawn over each."""
    with Pdf.new() as document:
        fonts = Dictionary(
            {
                f"/F{index}": Dictionary(
                    Type=Name.Font,
                    Subtype=Name.Type1,
                    BaseFont=Name(f"/{name}"),
                    Encoding=Name.WinAnsiEncoding,
                )
                for index, name in enumerate(FONTS)
            }
        )
        for page in pages:
            content = b"\n".join([*write(page), above])
            document.pages.append(
                pikepdf.Page(
                    Dictionary(
                        Type=Name.Page,
                        MediaBox=Array([0, 0, page.width, page.height]),
                        Resources=Dictionary(Font=fonts),
                        Contents=Stream(document, content),
                    )
                )
            )
        return saved(document)


def _literal(text: str) -> bytes:
    raw = text.encode(CP1252_ONLY, "replace")
    return b"(" + raw.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)") + b")"


def shown(page: Page, word: Word, font: int = 0, mode: int = 0, shift: float = 0.0) -> bytes:
    """Return the operators that show a word in its box."""
    size = word.bottom - word.top
    natural = stringWidth(word.text, FONTS[font], size)
    stretch = 100 * (word.x1 - word.x0) / natural if natural else 100
    x, y = word.x0 + shift, page.height - word.bottom + DESCENT * size
    head = f"BT /F{font} {size:.3f} Tf {stretch:.3f} Tz {mode} Tr 1 0 0 1 {x:.3f} {y:.3f} Tm ".encode()
    return head + _literal(word.text) + b" Tj ET"


def by_words(page: Page) -> Iterator[bytes]:
    """Show every word alone, in reading order."""
    for line in page.lines:
        for word in line.words:
            yield shown(page, word)


def shuffled(page: Page) -> Iterator[bytes]:
    """Show every word alone, in an order that means nothing."""
    words = list(by_words(page))
    Random(page.number).shuffle(words)
    yield from words


def columns_apart(page: Page) -> Iterator[bytes]:
    """Show all labels first, then the arithmetic, then the amounts, each column from the bottom up."""
    words = sorted(page.words, key=lambda word: (word.x0 // 150, -word.top))
    for word in words:
        yield shown(page, word)


def letters(word: Word, font: str = "Helvetica") -> Iterator[Word]:
    """Give the letters of a word, each in its own box."""
    size = word.bottom - word.top
    natural = stringWidth(word.text, font, size) or 1.0
    stretch = (word.x1 - word.x0) / natural
    at = word.x0
    for letter in word.text:
        width = stringWidth(letter, font, size) * stretch
        yield word._replace(text=letter, x0=at, x1=at + width)
        at += width


def by_letters(page: Page) -> Iterator[bytes]:
    """Show every letter alone, in reading order."""
    for line in page.lines:
        for word in line.words:
            for letter in letters(word):
                yield shown(page, letter)


def letters_shuffled(page: Page) -> Iterator[bytes]:
    """Show every letter alone, in an order that means nothing."""
    found = list(by_letters(page))
    Random(page.number).shuffle(found)
    yield from found


def kerned(page: Page) -> Iterator[bytes]:
    """Show every line as one TJ array: offsets between its words in place of spaces, kerning inside them."""
    chance = Random(page.number)
    for line in page.lines:
        first = line.words[0]
        size = first.bottom - first.top
        at, parts = first.x0, b""
        for word in line.words:
            start = max(word.x0, at + SPACE * size) if parts else word.x0
            parts += f"{-1000 * (start - at) / size:.2f} ".encode()
            at = start
            for letter in word.text:
                kern = chance.choice((0, 0, -15, 20, -30))
                parts += f"{kern} ".encode() + _literal(letter)
                at += stringWidth(letter, "Helvetica", size) - kern * size / 1000
        y = page.height - first.bottom + DESCENT * size
        yield f"BT /F0 {size:.3f} Tf 1 0 0 1 {first.x0:.3f} {y:.3f} Tm [".encode() + parts + b"] TJ ET"


def overprinted(page: Page) -> Iterator[bytes]:
    """Show every word twice, a quarter of a point apart: a bold face for those who have none."""
    for line in page.lines:
        for word in line.words:
            yield shown(page, word)
            yield shown(page, word, shift=0.25)


def letters_overprinted(page: Page) -> Iterator[bytes]:
    """Show every letter twice in place."""
    for line in page.lines:
        for word in line.words:
            for letter in letters(word):
                yield shown(page, letter)
                yield shown(page, letter, shift=0.2)


def invisible(page: Page) -> Iterator[bytes]:
    """Write the words invisibly over a picture, as OCR does."""
    yield b"q 0.9 g 0 0 %d %d re f Q" % (page.width, page.height)
    for line in page.lines:
        for word in line.words:
            yield shown(page, word, mode=3)


def in_font(font: int) -> Writer:
    """Return a writer that shows the words in another font."""

    def write(page: Page) -> Iterator[bytes]:
        for line in page.lines:
            for word in line.words:
                yield shown(page, word, font)

    return write


def stamped(page: Page, text: str, x: float, y: float, size: float = 40, degrees: float = 0) -> bytes:
    """Return the operators that print a stamp over a page; y from the bottom of the page."""
    turn = {0: "1 0 0 1", 45: "0.7071 0.7071 -0.7071 0.7071", 90: "0 1 -1 0"}[int(degrees)]
    return f"BT /F3 {size} Tf 100 Tz 0 Tr {turn} {x} {y} Tm ".encode() + _literal(text) + b" Tj ET"
