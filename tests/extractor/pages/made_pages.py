"""One-page PDFs from raw content streams, and the words that a reader must see on them.

Since the content is written by hand, the place of every word is known: a word's box runs from its
first origin to its last advance, from 0.72 em above the baseline to 0.21 em below it.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import NamedTuple

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf
from reportlab.pdfbase.pdfmetrics import stringWidth

from tests.extractor.pages import fonts

HEIGHT = 792.0
ASCENT, DESCENT = 0.72, 0.21


class Seen(NamedTuple):
    """A word as a reader of the page sees it, from the top left corner; `up`: it runs up the page."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    up: bool = False


@dataclass(frozen=True)
class Trap:
    """A file, and the words on its only page. `lost_on`: a reader that can see nothing of them."""

    name: str
    data: bytes
    words: tuple[Seen, ...]
    width: float = 612.0
    height: float = HEIGHT
    lost_on: str = ""


def word(text: str, x0: float, baseline: float, size: float, glyphs: float | None = None) -> Seen:
    """Return an upright word; `baseline` from the bottom of the page.

    `glyphs`: how many half-em glyphs of a made font it takes; None: Helvetica's own widths.
    """
    width = stringWidth(text, "Helvetica", size) if glyphs is None else glyphs * fonts.ADVANCE * size
    top = HEIGHT - baseline - ASCENT * size
    return Seen(text, x0, top, x0 + width, HEIGHT - baseline + DESCENT * size)


def made(text: str, x0: float, baseline: float, size: float = 10) -> Seen:
    """Return a word printed in a made font, one glyph for each letter."""
    return word(text, x0, baseline, size, len(text))


def save(pdf: Pdf, content: str, page_fonts: dict[str, pikepdf.Object], **options: pikepdf.Object) -> bytes:
    """Return the bytes of a PDF with one page of this content."""
    resources = Dictionary(Font=Dictionary({f"/{name}": font for name, font in page_fonts.items()}))
    page = Dictionary(Type=Name.Page, MediaBox=Array([0, 0, 612, 792]), Resources=resources)
    page.Contents = pdf.make_stream(content.encode("latin-1"))
    for name, value in options.items():
        page[f"/{name}"] = value
    pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
    out = BytesIO()
    pdf.save(out, deterministic_id=True)
    return out.getvalue()


def plain(content: str, **options: pikepdf.Object) -> bytes:
    """Return a PDF whose page shows `content` with Helvetica as /F."""
    pdf = Pdf.new()
    return save(pdf, content, {"F": fonts.helvetica(pdf)}, **options)


def codes(text: str, alphabet: str | list[str], width: int = 1) -> str:
    """Return the hexadecimal string that shows `text` in a made font of this alphabet."""
    digits = 2 * width
    return "<" + "".join(f"{alphabet.index(char) + 1:0{digits}X}" for char in text) + ">"


def row(text: str, x0: float, baseline: float, size: float) -> tuple[Seen, ...]:
    """Return the words of a text in a made font, its spaces being glyphs as wide as any."""
    found, at = [], 0
    for part in text.split(" "):
        found.append(word(part, x0 + at * fonts.ADVANCE * size, baseline, size, len(part)))
        at += len(part) + 1
    return tuple(found)
