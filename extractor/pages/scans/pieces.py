"""Runs of ink as pictures of their own: what tesseract gets, one line of one size each.

Given a whole page, tesseract mixes what stands side by side on different heights, and lines of
different sizes; given lines one at a time it does neither, and it takes no longer.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from extractor.pages.scans.raster import POINTS, Pixels
from extractor.pages.scans.segments import Run

MARGIN = 0.6
"""Points above and below a run that go with it: the soft edge of its letters, and no other line's."""

SIDE = 2.5
"""The same to its left and right; a part of a run ends where the next word begins."""

EDGE = 10
"""White pixels around a piece: letters that touch an edge are misread."""


class Piece(NamedTuple):
    """A cut-out of a page: pixels, the point of the page at their top left corner, pixels an inch."""

    pixels: Pixels
    left: float
    top: float
    dpi: float

    def on_page(self, x: float, y: float) -> tuple[float, float]:
        """Return the point of the page, in points, of a pixel."""
        scale = self.dpi / POINTS
        return self.left + x / scale, self.top + y / scale


def window_of(run: Run, shape: tuple[int, ...], dpi: float, side: float = SIDE) -> tuple[slice, slice]:
    """Return the rows and columns of a page on which a run stands, and points beside it."""
    scale = dpi / POINTS
    top, bottom = round((run.top - MARGIN) * scale), round((run.bottom + MARGIN) * scale)
    left, right = round((run.left - side) * scale), round((run.right + side) * scale)
    return slice(max(top, 0), min(bottom, shape[0])), slice(max(left, 0), min(right, shape[1]))


def piece_of(pixels: Pixels, window: tuple[slice, slice], dpi: float) -> Piece:
    """Return clean pixels that were cut from a window of a page as a piece, white around them."""
    rows, columns = window
    scale = dpi / POINTS
    return Piece(
        np.pad(pixels, EDGE, constant_values=255),
        (columns.start - EDGE) / scale,
        (rows.start - EDGE) / scale,
        dpi,
    )
