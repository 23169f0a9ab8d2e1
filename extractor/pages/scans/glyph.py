"""A word's ink as glyphs, left to right, and what mark each is that is much lower than a digit.

A mark is told by where it stands and by its shape: a point (`.`), a comma (`,`), one of them (`_`),
a dash (`-`), an apostrophe (`'`), dust (`*`), anything else that is small (`?`). Measures are shares
of the height of the line's digits, so that they hold at any resolution.
"""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from extractor.pages.scans.clean import darkest
from extractor.pages.scans.letters import ASCENT, DESCENT, DIGIT
from extractor.pages.scans.pieces import Piece
from extractor.pages.scans.raster import POINTS, Pixels
from extractor.pages.scans.segments import DARK, spans_of
from extractor.pages.scans.spans import Mask
from extractor.paper import Word

Floats = NDArray[np.float32]

TALL, WIDE = 20, 16
"""Size in which glyphs are compared."""

SMALL = 0.4
"""Share of the digits' height below which a glyph is a point, a comma or a dash."""

LOW = 0.28
"""Share of the digits' height above the baseline in which a point stands; a dash stands at 0.32 to 0.46."""

DASH = 0.2
"""Share of the digits' height across from which a mark is a dash: a hyphen has 0.4, a speck 0.1."""

DUST = 0.008
"""Share of the digits' height, squared, below which ink is dust: a point has 0.016."""

SLACK = 1
"""Pixels by which a word's box may miss the edge of its ink."""

TAIL, NO_TAIL = 0.14, 0.05
"""Share of the digits' height that a comma reaches below the baseline, and a point does not."""

LOW_MARK = "_"
"""A point or a comma, which of them cannot be seen."""

SPECK = "*"
"""The mark of a glyph that may be dust."""

PALER = 70
"""By how much a mark is brighter than the darkest of its word where it is a ghost of a stamp, or dust."""

LEAST = 0.002
"""Share of the digits' height, squared, below which ink is nothing at all."""


class Glyph:
    """A character's ink, and the mark that it is if small, else None."""

    def __init__(self, ink: Pixels, mark: str | None = None) -> None:
        self._ink = ink
        self.mark = mark

    @cached_property
    def pixels(self) -> Floats:
        """The ink drawn in one size; only digits are compared."""
        return _drawn(self._ink)

    def without_specks(self) -> Glyph:
        """Return the glyph of what hangs together from row to row; a speck above it makes it taller."""
        rows: Mask = np.array((self._ink < DARK).any(axis=1))
        top, bottom = max(spans_of(rows), key=lambda span: span[1] - span[0], default=(0, len(rows)))
        return Glyph(self._ink[top:bottom], self.mark)

    def without_stamps(self) -> Glyph | None:
        """Return the glyph of the darkest ink and its soft edge; None if there is none."""
        near = np.asarray(Image.fromarray(darkest(self._ink)).filter(ImageFilter.MinFilter(3)))
        pixels = np.where(near < DARK, self._ink, np.uint8(255))
        ink = pixels < DARK
        rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
        if not len(rows):
            return None
        return Glyph(pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1], self.mark)


def glyphs_of(word: Word, piece: Piece) -> list[Glyph]:
    """Return what stands apart in a word's ink, left to right; dust and apostrophes left out."""
    scale = piece.dpi / POINTS
    first = max(round((word.x0 - piece.left) * scale) - SLACK, 0)
    last = round((word.x1 - piece.left) * scale) + SLACK
    pixels = piece.pixels[:, first:last]
    ink = pixels < DARK
    columns: Mask = np.array(ink.any(axis=0))
    spans = spans_of(columns)
    rows = [np.flatnonzero(ink[:, left:right].any(axis=1)) for left, right in spans]
    if not spans:
        return []
    em = (word.bottom - word.top) / (ASCENT + DESCENT)
    baseline = (word.top + ASCENT * em - piece.top) * scale
    line = Extent(round(baseline - DIGIT * em * scale), round(baseline))
    darkest = int(pixels.min())
    found = []
    for (left, right), row in zip(spans, rows, strict=True):
        own = Extent(int(row[0]), int(row[-1]) + 1)
        dark = int(ink[:, left:right].sum())
        mark = _mark(own, right - left, line)
        pale = int(pixels[:, left:right].min()) > darkest + PALER
        if mark not in (None, "'") and (pale or dark < DUST * line.height**2):
            mark = SPECK
        if dark >= LEAST * line.height**2 and mark != "'":
            found.append(Glyph(pixels[own.top : own.bottom, left:right], mark))
    return found


class Extent(NamedTuple):
    """Rows from top to bottom, the last exclusive."""

    top: int
    bottom: int

    @property
    def height(self) -> int:
        """How many they are."""
        return self.bottom - self.top


def _mark(own: Extent, width: int, line: Extent) -> str | None:
    """Return what a glyph is that is much lower than the line's digits; None if it is not."""
    if own.height >= SMALL * line.height:
        return None
    if own.top > line.bottom - LOW * line.height:
        below = (own.bottom - line.bottom) / line.height
        return "," if below > TAIL else "." if below < NO_TAIL else LOW_MARK
    if own.bottom < line.top + SMALL * line.height:
        return "'"
    return "-" if width >= DASH * line.height and width > own.height else "?"


def _drawn(pixels: Pixels) -> Floats:
    """Return a glyph's darkness in one size, in the middle, its squares adding up to one."""
    rows, columns = pixels.shape
    width = min(max(round(columns * TALL / rows), 1), WIDE)
    small = 255 - np.asarray(Image.fromarray(pixels).resize((width, TALL), Image.Resampling.BOX))
    field = np.zeros((TALL, WIDE), np.float32)
    left = (WIDE - width) // 2
    field[:, left : left + width] = small
    flat = field.ravel() - field.mean()
    length = max(float(np.sqrt((flat * flat).sum())), 1e-6)
    return np.asarray(flat / length, np.float32)
