"""A page turned upright, and the way back from it to the page as shown.

What is wrong with a page is found first (`correction_of`) and put right in one go
(`upright`), so that its pixels are calculated anew only once. Boxes of words on the upright
page are carried back by a matrix: a person sees the page as the file shows it.

>>> shown = Raster(np.full((600, 800), 255, np.uint8), 100)
>>> page = upright(shown, Correction(quarter=90))
>>> (page.width, page.height), shown_box(page, Box(0, 0, 10, 20))
((432.0, 576.0), Box(x0=0.0, top=422.0, x1=20.0, bottom=432.0))
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import pairwise

import numpy as np
from PIL import Image

from extractor.pages.scans.photo import Corners, corners_of, paper_size, plane
from extractor.pages.scans.profiles import angle, down_ratio, ink_of
from extractor.pages.scans.raster import POINTS, Matrix, Pixels, Raster
from extractor.paper import Box

STRAIGHT = 0.03
"""Degrees of skew that are left alone: a fifth of a millimetre from end to end of a line."""

LOOK_DPI = 110.0
"""Resolution at which a photographed page is looked at once its perspective is known."""


SHEAR = 1.5
"""Degrees up to which a skew is undone by moving columns up and down: a tenth of the time of a turn."""


@dataclass(frozen=True)
class Correction:
    """How a page as shown must be turned to be read.

    `quarter` (0 or 90) is the angle in degrees by which it must be turned clockwise, `half`
    asks for 180 degrees more. `skew` is the angle in degrees by which its lines, then, run
    down to the right. `corners` are those of a photographed paper (top left, top right, bottom
    right, bottom left, as shares of the picture's width and height), None for a scan.
    """

    quarter: int = 0
    half: bool = False
    skew: float = 0.0
    corners: Corners | None = None

    def half_turned(self) -> Correction:
        """Return the correction for a page that turned out to be upside down."""
        return replace(self, half=not self.half)


@dataclass(frozen=True)
class Upright:
    """An upright page: how many pixels to an inch, its rows and columns, its size in points, the way back.

    `to_shown` carries a point of it (x, y, 1) to the page as shown, both in points from the
    top left; the result is divided by its third number.
    """

    dpi: float
    shape: tuple[int, int]
    width: float
    height: float
    to_shown: Matrix
    part: Callable[[slice, slice], Pixels]
    """Gives the grey pixels of some rows and columns; only those are calculated, where any are."""

    @cached_property
    def pixels(self) -> Pixels:
        """All its pixels."""
        return self.part(slice(0, self.shape[0]), slice(0, self.shape[1]))

    def at(self, dpi: float) -> Upright:
        """Return the same page with another number of pixels to an inch."""
        shape = max(1, round(self.height * dpi / POINTS)), max(1, round(self.width * dpi / POINTS))
        size = (shape[1], shape[0])
        pixels = np.asarray(Image.fromarray(self.pixels).resize(size, Image.Resampling.LANCZOS))
        return replace(self, dpi=dpi, shape=shape, part=partial(_part, pixels))


def correction_of(raster: Raster, photo: bool = False) -> Correction:
    """Return how a page lies; whether it is upside down (`half`) cannot be told from its lines alone."""
    corners = corners_of(raster.pixels) if photo else None
    flat = raster
    if corners is not None:
        paper = upright(raster, Correction(corners=corners), LOOK_DPI)
        flat = Raster(paper.pixels, paper.dpi)
    ink = ink_of(*flat)
    quarter = 90 if down_ratio(ink) > 1 else 0
    skew = angle(np.rot90(ink, -quarter // 90))
    return Correction(quarter, False, skew if abs(skew) >= STRAIGHT else 0.0, corners)


def upright(raster: Raster, correction: Correction, most_dpi: float = math.inf) -> Upright:
    """Return the page turned upright; a photographed paper with at most `most_dpi` pixels an inch."""
    rows, columns = raster.pixels.shape
    shown = columns * POINTS / raster.dpi, rows * POINTS / raster.dpi
    size, dpi, flat = shown, raster.dpi, np.eye(3)
    if correction.corners is not None:
        quad = [(x * shown[0], y * shown[1]) for x, y in correction.corners]
        size, sharpness = paper_size(quad)
        dpi = min(raster.dpi * sharpness, most_dpi)
        flat = plane(size, quad)
    turned, back = _turn(size, correction)
    to_shown = flat @ back
    if correction.corners is None and abs(correction.skew) <= SHEAR:
        level = _turned(raster.pixels, correction.quarter + 180 * correction.half)
        pixels = _sheared(level, correction.skew) if correction.skew else level
        return Upright(dpi, pixels.shape, *turned, to_shown, partial(_part, pixels))
    shape = max(1, round(turned[1] * dpi / POINTS)), max(1, round(turned[0] * dpi / POINTS))
    return Upright(dpi, shape, *turned, to_shown, partial(_resampled, raster, to_shown, dpi))


def _part(pixels: Pixels, rows: slice, columns: slice) -> Pixels:
    return pixels[rows, columns]


def _turned(pixels: Pixels, degrees: int) -> Pixels:
    """Return pixels turned clockwise by a multiple of 90 degrees."""
    return np.ascontiguousarray(np.rot90(pixels, -degrees // 90))


def _sheared(pixels: Pixels, degrees: float) -> Pixels:
    """Return pixels with each column moved up or down, so that lines running down to the right are level."""
    rows, columns = pixels.shape
    shifts = np.rint((np.arange(columns) + 0.5 - columns / 2) * math.tan(math.radians(degrees))).astype(int)
    level = np.full_like(pixels, 255)
    edges = [0, *(np.flatnonzero(np.diff(shifts)) + 1), columns]
    for first, last in pairwise(edges):
        shift = int(shifts[first])
        up, down = max(shift, 0), max(-shift, 0)
        level[down : rows - up, first:last] = pixels[up : rows - down, first:last]
    return level


def _turn(size: tuple[float, float], correction: Correction) -> tuple[tuple[float, float], Matrix]:
    """Return the size of a flat page once turned, and the way back from there, both in points."""
    width, height = size if correction.quarter == 0 else size[::-1]
    back = _skewed(width, height, correction.skew)
    if correction.half:
        back = np.array([[-1, 0, width], [0, -1, height], [0, 0, 1]]) @ back
    if correction.quarter:
        back = np.array([[0, 1, 0], [-1, 0, width], [0, 0, 1]]) @ back
    return (width, height), back


def _skewed(width: float, height: float, degrees: float) -> Matrix:
    """Return the turn by an angle around the middle of a page; a small one only moves its columns."""
    if abs(degrees) <= SHEAR:
        slope = math.tan(math.radians(degrees))
        return np.array([[1, 0, 0], [slope, 1, -slope * width / 2], [0, 0, 1]])
    x, y, cos, sin = width / 2, height / 2, math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return np.array([[cos, -sin, x - x * cos + y * sin], [sin, cos, y - x * sin - y * cos], [0, 0, 1]])


def _resampled(raster: Raster, to_shown: Matrix, dpi: float, rows: slice, columns: slice) -> Pixels:
    """Return some rows and columns of an upright page, each pixel fetched from where it is shown.

    From beyond the picture comes white.
    """
    there, here = raster.dpi / POINTS, POINTS / dpi
    corner = np.array([[1, 0, columns.start], [0, 1, rows.start], [0, 0, 1]])
    matrix = np.diag([there, there, 1.0]) @ to_shown @ np.diag([here, here, 1.0]) @ corner
    flat = matrix[2, 0] == matrix[2, 1] == 0
    part = Image.fromarray(raster.pixels).transform(
        (columns.stop - columns.start, rows.stop - rows.start),
        Image.Transform.AFFINE if flat else Image.Transform.PERSPECTIVE,
        tuple((matrix / matrix[2, 2]).ravel()[: 6 if flat else 8]),
        Image.Resampling.BICUBIC,
        fillcolor=255,
    )
    return np.asarray(part)


def shown_box(page: Upright | Matrix, box: Box) -> Box:
    """Return the smallest box, on the page as shown, around a box on the upright page; both in points."""
    matrix = page.to_shown if isinstance(page, Upright) else page
    x0, top, x1, bottom = box
    x, y, scale = matrix @ np.array([[x0, x1, x1, x0], [top, top, bottom, bottom], [1, 1, 1, 1]])
    x, y = x / scale, y / scale
    return Box(float(x.min()), float(y.min()), float(x.max()), float(y.max()))
