"""A picture of a page as if it came fresh from the printer: even light, full contrast, no specks.

Each step does nothing where there is nothing to do, so of a clean scan the dark half of each
letter stays as it is. Dots are never taken away near print: a decimal point and a minus sign stand
beside a digit.

>>> page = np.full((1100, 850), 200, np.uint8)  # grey paper
>>> page[500:520, 100:600] = 60
>>> page[30, 30] = 60  # a speck
>>> np.unique(cleaned(page)).tolist(), int(cleaned(page)[30, 30]), round(ink(page), 3)
([0, 255], 255, 0.011)
"""

from __future__ import annotations

from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from extractor.pages.scans.raster import Pixels

Mask = NDArray[np.bool_]
T = TypeVar("T", bound=np.generic)

LONG_SIDE = 11.0
"""Inches of a letter page's long side: what tells the size of a dot in pixels."""

CELLS = 110
"""Cells of the long side in which the paper's brightness is measured: a tenth of an inch each."""

GAP = 9
"""Cells across of dark areas (bars of a chart, headings on black) that are not taken for dark paper."""

EVEN = 6
"""Paper whose brightness differs by less than this needs no evening out; of 255."""

INK = 0.7
"""What is darker than this share of the paper is ink; what shines through from the back is lighter."""

MARK = int(INK * 255)
"""The brightest ink of a page whose paper is white."""

PRINT_SHARE = 0.0005
"""Share of ink below which nothing is known of the print's blackness."""

WHITE = 0.93
"""Share of the paper's brightness that becomes white: its grain is lighter than that."""

PALE = 140
"""A stroke lighter than this all along (print is 0, paper 255) is a pencil's or a pale stamp's."""

BESIDE, ABOVE = 0.08, 0.018
"""Inches beside and above print in which nothing is taken away: decimal points and minus signs stand there.

A decimal point of a fax is a square of two pixels, five away from the next digit."""

BROAD, EVENLY, NEARLY_WHITE = 0.02, 40, 242
"""Inches across of what no stroke of small print is; how much its pixels differ, and how bright they are."""

SPECK = 0.008
"""Inches across of a speck; a full stop of 6 points has 0.009."""

INK_ROWS = 1000
"""Rows in which ink is looked for: specks of single pixels blur away."""

UNIT = 64
"""What stands for a gain of one: in whole numbers dividing by the paper takes a third of the time."""


class Tones(NamedTuple):
    """Brightness of paper and print, 0 to 255."""

    paper: float
    print: float


class Cleaning(NamedTuple):
    """How a page was made clean, so that parts of it at other resolutions can be made so, too.

    `gain` is the light to even out (None: even), `tones` those of paper and print (None: no print),
    `gone` is white where pixels were taken away and black elsewhere.
    """

    gain: Image.Image | None
    tones: Tones | None
    gone: Pixels | None

    def of(self, part: Pixels, rows: slice, columns: slice, shape: tuple[int, ...]) -> Pixels:
        """Return a part of the page clean: these rows and columns of the page drawn in this shape."""
        if not part.size:
            return part
        where = (
            columns.start / shape[1],
            rows.start / shape[0],
            columns.stop / shape[1],
            rows.stop / shape[0],
        )
        even = part if self.gain is None else _brightened(part, self.gain, where)
        if self.tones is None or self.gone is None:
            return even
        gone = _resized(Image.fromarray(self.gone), part.shape, where, Image.Resampling.NEAREST)
        return mapped(np.maximum(_stretched(even, self.tones), gone), _CRISP)


HALF, RESIDUE = 130, 172
"""Brightness up to which ink stays as it is, and from which it becomes white (print is 0, paper 255).

What stands beside print and is as pale as that is left of a stamp or a pen. The edges of letters go
through all tones, so they get a little harder."""

DEEPEST, DEEP = 20, 136
"""The same for the darkest ink alone: what is under print is at least as pale as that."""


def _levels(dark: int, white: int) -> Pixels:
    """Return what each brightness becomes where it stays up to `dark` and is white from `white` on."""
    levels = np.arange(256)
    steep = dark + (levels - dark) * (255 - dark) / (white - dark)
    return np.clip(np.maximum(levels, steep), 0, 255).astype(np.uint8)


_CRISP, _DARKEST = _levels(HALF, RESIDUE), _levels(DEEPEST, DEEP)

Where = tuple[float, float, float, float]
"""Left, top, right, bottom of a part of a page, as shares of its width and height."""

WHOLE: Where = (0.0, 0.0, 1.0, 1.0)


def cleaned(pixels: Pixels) -> Pixels:
    """Return the page with even light, full contrast and without specks and pale strokes."""
    return with_cleaning(pixels)[0]


def with_cleaning(pixels: Pixels) -> tuple[Pixels, Cleaning]:
    """Return the page clean, and how it was made so."""
    gain = _gain(pixels)
    even = pixels if gain is None else _brightened(pixels, gain, WHOLE)
    tones = tones_of(even)
    if tones is None:
        return even, Cleaning(gain, None, None)
    stretched = _stretched(even, tones)
    clean = _without_specks(_without_pale_strokes(stretched))
    return mapped(clean, _CRISP), Cleaning(gain, tones, _white(clean != stretched))


def evened(pixels: Pixels) -> Pixels:
    """Return the page with its paper equally bright everywhere, by dividing by the paper's brightness."""
    gain = _gain(pixels)
    return pixels if gain is None else _brightened(pixels, gain, WHOLE)


def _gain(pixels: Pixels) -> Image.Image | None:
    """Return how much brighter each place has to be, in cells; None where the paper is even."""
    paper = paper_of(pixels)
    if int(paper.max()) - int(paper.min()) <= EVEN:
        return None
    return Image.fromarray((UNIT * float(paper.max()) / np.maximum(paper, 1)).clip(0, 255).astype(np.uint8))


def _brightened(pixels: Pixels, gain: Image.Image, where: Where) -> Pixels:
    wide = _resized(gain, pixels.shape, where, Image.Resampling.BILINEAR)
    brightened = np.multiply(pixels, wide, dtype=np.uint16)
    even: Pixels = np.minimum(brightened // UNIT, 255).astype(np.uint8)
    return even


def _resized(image: Image.Image, shape: tuple[int, ...], where: Where, how: Image.Resampling) -> Pixels:
    """Return a part of a picture, with as many rows and columns as asked for."""
    left, top, right, bottom = where
    box = (left * image.width, top * image.height, right * image.width, bottom * image.height)
    return np.asarray(image.resize((shape[1], shape[0]), how, box=box))


def paper_of(pixels: Pixels) -> Pixels:
    """Return the brightness of the paper in cells of a tenth of an inch."""
    cell = max(1, round(max(pixels.shape) / CELLS))
    part = max(1, cell // 5)  # the mean of some pixels: grain is no brightness
    image = Image.fromarray(pixels).reduce(part)
    filled = _around(_around(_maxima(image, cell // part), np.maximum), np.minimum)
    return np.asarray(Image.fromarray(filled).filter(ImageFilter.BoxBlur(2)))


def _around(cells: Pixels, join: np.ufunc) -> Pixels:
    """Return what `join` makes of the GAP cells around each, both ways; a tenth of a rank filter's time."""
    wide = np.pad(cells, GAP // 2, mode="edge")
    return joined(joined(wide, GAP, 0, join), GAP, 1, join)


def _maxima(image: Image.Image, size: int) -> Pixels:
    """Return the brightest value of each square of `size` pixels."""
    values = np.asarray(image)
    rows, columns = -(-values.shape[0] // size), -(-values.shape[1] // size)
    wide = ((0, rows * size - values.shape[0]), (0, columns * size - values.shape[1]))
    squares = np.pad(values, wide, mode="edge").reshape(rows, size, columns, size)
    brightest: Pixels = squares.max(axis=(1, 3))
    return brightest


def darkest(pixels: Pixels) -> Pixels:
    """Return a clean page with nothing but the darkest of its ink: print, without what is under it."""
    return mapped(pixels, _DARKEST)


def tones_of(pixels: Pixels) -> Tones | None:
    """Return how bright paper and print are on an evenly lit page; None where there is no print."""
    counts = np.bincount(pixels[::2, ::2].ravel(), minlength=256)
    paper = _at_share(counts, 0.6)
    dark = counts[: int(INK * paper)]
    if dark.sum() < PRINT_SHARE * counts.sum():
        return None
    return Tones(paper, _at_share(dark, 0.2))


def _at_share(counts: NDArray[np.int_], share: float) -> float:
    """Return the brightness that `share` of the counted pixels do not exceed."""
    return float(np.searchsorted(np.cumsum(counts), share * int(counts.sum())))


def _stretched(pixels: Pixels, tones: Tones) -> Pixels:
    """Return the page with print made black and paper made white."""
    white = WHITE * tones.paper
    if tones.print < 30 and tones.paper > 250:
        return pixels
    values = (np.arange(256) - tones.print) * 255 / max(1.0, white - tones.print)
    return mapped(pixels, np.clip(values, 0, 255).astype(np.uint8))


def mapped(pixels: Pixels, levels: Pixels) -> Pixels:
    """Return the page with each brightness made another, by a table of 256: in a third of an index's time."""
    return np.asarray(Image.fromarray(pixels).point(levels.tolist()))


def _white(where: Mask) -> Pixels:
    """Return white where something holds, and black elsewhere."""
    return np.negative(where.view(np.uint8))


def _without(pixels: Pixels, gone: Mask) -> Pixels:
    """Return the page with some of it made white."""
    return np.maximum(pixels, _white(gone))


def _without_pale_strokes(pixels: Pixels) -> Pixels:
    """Return a page of full contrast without what is pale all along, or broad and evenly pale."""
    dpi = _dpi(pixels)
    above, beside = round(ABOVE * dpi), round(BESIDE * dpi)
    wide = np.pad(pixels, ((above, above), (beside, beside)), constant_values=255)
    darkest = joined(joined(wide, 2 * above + 1, 0, np.minimum), 2 * beside + 1, 1, np.minimum)
    return _without(pixels, (darkest > PALE) | _broad(pixels, max(2, round(BROAD * dpi))))


def _broad(pixels: Pixels, size: int) -> Mask:
    """Tell which pale pixels belong to squares of `size` pixels that are all pale to the same degree."""
    least = joined(joined(pixels, size, 0, np.minimum), size, 1, np.minimum)
    most = joined(joined(pixels, size, 0, np.maximum), size, 1, np.maximum)
    even = (least > PALE) & (most <= NEARLY_WHITE) & (most - least <= EVENLY)
    return _any(_any(np.pad(even, size), size + 2, 0), size + 2, 1) & (pixels > PALE)


def _without_specks(pixels: Pixels) -> Pixels:
    """Return a page without dots that are smaller than a full stop and have no print beside them."""
    dpi = _dpi(pixels)
    size, above, beside = (max(1, round(inches * dpi)) for inches in (SPECK, ABOVE, BESIDE))
    specks = _specks(pixels <= MARK, size, above, beside)
    if not specks.any():
        return pixels
    return _without(pixels, _any(_any(np.pad(specks, size), size + 2, 0), size + 2, 1))


def _specks(dark: Mask, size: int, above: int, beside: int) -> Mask:
    """Tell which squares of `size` pixels (by their top left one) hold ink, and have none around them."""
    rows, columns = dark.shape[0] - size + 1, dark.shape[1] - size + 1
    wide = np.pad(dark, ((above, above), (beside, beside)))
    over = _any(_any(wide, size + 2 * beside, 1), above, 0)
    level = _any(wide, size, 0)[above : above + rows]
    left = _any(level, beside, 1)
    around = over[:rows] | over[above + size : above + size + rows]
    around |= left[:, :columns] | left[:, beside + size : beside + size + columns]
    return _any(level, size, 1)[:, beside : beside + columns] & ~around


def _any(values: Mask, size: int, axis: int) -> Mask:
    return joined(values, size, axis, np.logical_or)


def joined(values: NDArray[T], size: int, axis: int, join: np.ufunc) -> NDArray[T]:
    """Return what `join` makes of each `size` neighbours along an axis; the result is shorter by size - 1."""
    found, have = values.swapaxes(0, axis), 1
    while have < size:
        more = min(have, size - have)
        found = join(found[:-more], found[more:])
        have += more
    return found.swapaxes(0, axis)


def _dpi(pixels: Pixels) -> float:
    return float(max(pixels.shape)) / LONG_SIDE


def ink(pixels: Pixels) -> float:
    """Return the share of the page that is ink, without the dark edges that a scanner leaves."""
    small = np.asarray(Image.fromarray(pixels).reduce(max(1, round(max(pixels.shape) / INK_ROWS))))
    paper = _at_share(np.bincount(small.ravel(), minlength=256), 0.6)
    dark = small < INK * paper
    return float(np.mean(dark & ~from_edges(dark)))


def from_edges(dark: Mask) -> Mask:
    """Return the dark pixels that are joined to an edge of the picture by nothing but dark ones."""
    found = np.zeros_like(dark)
    for pixels, marks in ((dark, found), (dark.T, found.T)):
        for way in (slice(None), slice(None, None, -1)):
            rows = np.flatnonzero(pixels[:, way][:, 0])  # most rows begin with paper
            marks[rows, way] |= np.logical_and.accumulate(pixels[rows, way], axis=1)
    return found
