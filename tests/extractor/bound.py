"""The pages of bills bound otherwise: others between them, in another order, twice, or missing.

A binding is a list of (pages of a file, page number); every function works on words and pages
alone, as a reader of the paper would have them in hand, numbered anew from 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from extractor.pages import pdfium
from extractor.paper import Word
from extractor.sheet import Page
from tests.extractor.golden import SAMPLES

Pages = tuple[Page, ...]
FOLDER = SAMPLES[0].parent


@cache
def pages_of(name: str, folder: Path = FOLDER) -> Pages:
    """Return the pages of a sample file."""
    return tuple(pdfium.read_pages((folder / f"{name}.pdf").read_bytes()))


def bound(pages: Iterable[Page]) -> Pages:
    """Return pages numbered from 1 in the order given."""
    return tuple(
        Page(number, page.width, page.height, page.words, page.source, page.text)
        for number, page in enumerate(pages, 1)
    )


def plain(number: int, lines: Sequence[str] = ()) -> Page:
    """Return a page that says some lines, or nothing."""
    words: list[Word] = []
    for at, line in enumerate(lines):
        x0 = 60.0
        for text in line.split():
            words.append(Word(text, x0, 80 + 14 * at, x0 + 5 * len(text), 89 + 14 * at, 9))
            x0 += 5 * len(text) + 3
    return Page(number, 612, 792, words, text="\n".join(lines))
