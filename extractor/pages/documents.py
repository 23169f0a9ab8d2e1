"""A document's bytes -> its pages, whatever each of them is: text, or a picture that is recognised.

A PDF's page with a text layer that can be used is read from it; one that is a picture, or whose
text is no text (a copier's invisible layer, an encoding nobody can read), is recognised, and so is
a file that is a picture itself. Whoever gets the pages need not know which is which.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from extractor.pages import more_time, pdfium
from extractor.pages.guide import Guide
from extractor.sheet import Page

FEW_WORDS = 15
"""Words below which a text layer is a stamp or a page number, and the page is looked at."""

SAMPLE = 80
"""Words of a text that are looked up to tell whether it is text."""

LEAST_KNOWN = 0.1
"""Share of the sample on the word list below which it is none."""

LETTERS = 3
"""Letters from which a word tells."""


@dataclass(frozen=True)
class Reading:
    """How a document is to be read, and what it may have.

    `needed` tells from a page's text whether its words will be read, `guide` is for recognised pages;
    without `scans` no page is recognised.
    """

    needed: Callable[[str], bool]
    guide: Guide
    max_pages: int
    max_pixels: int
    processes: int = 1
    scans: bool = True


class ScanError(Exception):
    """The document has pages to be recognised, and only text was asked for."""


@contextmanager
def opened(data: bytes, reading: Reading) -> Iterator[Sequence[Page]]:
    """Open a document and give its pages; while it is open, what was left out can be asked for.

    Raises:
        UnreadableFileError: of the kind that says why the file cannot be read.
        ScanError: if it has pages to be recognised, and `reading.scans` is false.
    """
    if not pdfium.is_pdf(data) and data:
        if not reading.scans:
            raise ScanError
        yield _pictures(data, reading)
        return
    with pdfium.opened(data, reading.needed, reading.max_pages, True, _is_text(reading)) as pages:
        yield _with_scans(pages, reading)


def _is_text(reading: Reading) -> Callable[[str], bool]:
    """Return what tells whether a page's text is text."""

    def is_text(text: str) -> bool:
        words = text.split(None, SAMPLE)
        if len(words) < FEW_WORDS:
            return False
        telling = [word for word in words[:SAMPLE] if len(word) >= LETTERS and not word[0].isdigit()]
        return not telling or sum(map(reading.guide.is_known, telling)) >= LEAST_KNOWN * len(telling)

    return is_text


def _pictures(data: bytes, reading: Reading) -> list[Page]:
    from extractor.pages.scans.sources import picture_sources  # numpy and Pillow: only where they are needed

    return _recognised(picture_sources(data, reading.max_pages, reading.max_pixels), reading)


def _with_scans(pages: list[Page], reading: Reading) -> list[Page]:
    """Return the pages, those without a text layer that can be used recognised."""
    doubtful = [page for page in pages if isinstance(page, pdfium.Untold)]
    if not doubtful:
        return pages
    if not reading.scans:
        raise ScanError
    from extractor.pages.scans.sources import page_source

    sources = [page_source(page, reading.max_pixels) for page in doubtful]
    scans = {scan.number: scan for scan in _recognised([source for source in sources if source], reading)}
    return [scans.get(page.number, page) for page in pages]


def _recognised(sources: Sequence[Any], reading: Reading) -> list[Page]:
    from extractor.pages.scans.scanner import Scanner

    more_time.for_pages(len(sources))
    return list(Scanner(reading.guide, reading.processes).pages(sources))
