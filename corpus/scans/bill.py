"""A bill of the corpus, opened to be scanned: its pages as pictures, and where its words stand.

Places are in points from the top left corner of the page as shown, whatever its /Rotate or crop box.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image

WIDTH, HEIGHT = 612.0, 792.0  # points: every bill of the corpus is printed on letter paper
DPI = 300  # pages are drawn at this resolution, then made worse

_AMOUNT = re.compile(r"[-(]{0,2}\$?-?\$?[\d,]*\d\.\d\d(?:[-)]| CR)?")


class Run(NamedTuple):
    """Words on one line with no more than a space between them."""

    x0: float
    top: float
    x1: float
    bottom: float
    text: str

    @property
    def is_amount(self) -> bool:
        """Whether it is an amount of money and nothing else."""
        return "$" in self.text and _AMOUNT.fullmatch(self.text) is not None


@dataclass
class Bill:
    """A PDF with the pages of one bill or of several; pages count from 1."""

    pdf: bytes
    _runs: dict[int, list[Run]] = field(default_factory=dict)

    @cached_property
    def _document(self) -> Any:
        return pypdfium2.PdfDocument(self.pdf)

    @property
    def pages(self) -> range:
        """The page numbers."""
        return range(1, len(self._document) + 1)

    def drawn(self, page: int) -> Image.Image:
        """Return a page in grey at 300 dpi, 2550 x 3300 pixels."""
        bitmap = self._document[page - 1].render(scale=DPI / 72, grayscale=True)
        picture: Image.Image = bitmap.to_pil().convert("L")
        return picture.crop((0, 0, round(WIDTH / 72 * DPI), round(HEIGHT / 72 * DPI)))

    def runs(self, page: int) -> list[Run]:
        """Return the words of a page, joined where a space or less lies between them."""
        if page not in self._runs:
            self._runs[page] = _joined(sorted(_pieces(self._document[page - 1])))
        return self._runs[page]

    @cached_property
    def charge_pages(self) -> list[int]:
        """The pages with charge lines; of a bill of one page, that page."""
        found = [page for page in self.pages if any(map(_heads_charges, self.runs(page)))]
        return found or [max(self.pages, key=lambda page: len(self.amounts(page)))]

    def amounts(self, page: int) -> list[Run]:
        """Return the amounts of money that stand alone on a page, top down."""
        return sorted((run for run in self.runs(page) if run.is_amount), key=lambda run: run.top)


def _heads_charges(run: Run) -> bool:
    return "".join(run.text.split()).startswith("Detailsofyournewcharges")


def _pieces(page: Any) -> Iterator[Run]:
    text = page.get_textpage()
    for index in range(text.count_rects()):
        left, bottom, right, top = text.get_rect(index)
        xs, ys = zip(_shown(page, left, top), _shown(page, right, bottom), strict=True)
        yield Run(min(xs), min(ys), max(xs), max(ys), text.get_text_bounded(left, bottom, right, top).strip())


def _shown(page: Any, x: float, y: float) -> tuple[float, float]:
    """Turn a point of the page's own space into one of the page as shown."""
    fine = 100  # pdfium answers in whole pixels
    across, down = ctypes.c_int(), ctypes.c_int()
    size = (int(WIDTH * fine), int(HEIGHT * fine))
    pdfium.FPDF_PageToDevice(page.raw, 0, 0, *size, 0, x, y, across, down)
    return across.value / fine, down.value / fine


def _joined(pieces: list[Run]) -> list[Run]:
    runs: list[Run] = []
    for piece in pieces:
        for index, run in enumerate(runs):
            if _continues(run, piece):
                runs[index] = _together(run, piece)
                break
        else:
            runs.append(piece)
    return [run for run in runs if run.text]


def _continues(run: Run, piece: Run) -> bool:
    overlap = min(run.bottom, piece.bottom) - max(run.top, piece.top)
    lower = min(run.bottom - run.top, piece.bottom - piece.top)
    return overlap > lower / 2 and -2 < piece.x0 - run.x1 < 4


def _together(run: Run, piece: Run) -> Run:
    space = (
        " " if piece.x0 - run.x1 > 1.6 and piece.text[:1] not in ".," and run.text[-1:] not in ".,$" else ""
    )
    box = (min(run.top, piece.top), max(run.x1, piece.x1), max(run.bottom, piece.bottom))
    return Run(run.x0, *box, run.text + space + piece.text)
