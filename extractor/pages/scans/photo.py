"""A photographed paper: where its corners are, and how to see it from straight above.

The paper is the brightest large thing, on a darker ground. Its outline is followed roughly
at first; then each edge is looked up where the brightness changes most across it, a line is
laid through these points, and the corners are where the lines cross.

>>> picture = np.full((600, 500), 40, np.uint8)
>>> picture[60:540, 50:450] = 220
>>> corners = corners_of(picture)
>>> corners is not None and [(round(x, 2), round(y, 2)) for x, y in corners]
[(0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9)]
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from extractor.pages.scans.clean import Mask
from extractor.pages.scans.raster import Matrix, Pixels

Point = tuple[float, float]
Corners = tuple[Point, Point, Point, Point]
Points = NDArray[np.float64]

LONG_SIDE, FINE_SIDE = 200, 1000
"""Pixels of the picture's long side at which the outline is followed, and the edges are looked up."""

LEAST_AREA = 0.2
"""Share of the picture that a paper covers at least."""

CONTRAST = 30
"""How much brighter than the ground the paper is at least; of 255."""

SAMPLES = 120
"""Places along an edge at which it is looked up."""

NEAR = 0.02
"""How far from the rough outline an edge is looked for, as a share of the long side."""

AT_EDGE = 8.0
"""Pixels from the picture's edge, at FINE_SIDE, within which the paper's outline ends there."""

LETTER = 612.0, 792.0
"""Width and height in points of the paper that bills are printed on."""

LIKE_LETTER = 0.12
"""A paper whose sides are in a proportion this near to a letter page's is one."""


def corners_of(pixels: Pixels) -> Corners | None:
    """Return the corners of a paper on a darker ground, as shares of its sides; None if there is none."""
    rough = _rough_corners(_shrunk(pixels, LONG_SIDE))
    if rough is None:
        return None
    fine = _shrunk(pixels, FINE_SIDE)
    size = np.array(fine.shape[::-1], np.float64)
    edges = [_edge(fine, one * size, other * size) for one, other in _sides(rough)]
    corners = [_crossing(edges[at - 1], edges[at]) for at in range(4)]
    shares = np.array(corners) / size
    if np.abs(shares - rough).max() > 2 * NEAR + 0.02 or not _convex(shares):
        return None
    clipped = np.clip(shares, 0, 1)
    top_left, top_right, bottom_right, bottom_left = ((float(x), float(y)) for x, y in clipped)
    return top_left, top_right, bottom_right, bottom_left


def has_ground(pixels: Pixels) -> bool:
    """Tell whether a paper lies on a darker ground, as in a photo."""
    return corners_of(pixels) is not None


def _shrunk(pixels: Pixels, long_side: int) -> NDArray[np.float32]:
    share = min(1.0, long_side / max(pixels.shape))
    rows, columns = (max(1, round(side * share)) for side in pixels.shape)
    small = Image.fromarray(pixels).resize((columns, rows), Image.Resampling.BOX, reducing_gap=1.0)
    return np.asarray(small, np.float32)


def _rough_corners(small: NDArray[np.float32]) -> Points | None:
    """Return the outermost points of the bright thing in the middle towards each corner."""
    limit = _threshold(small)
    if limit is None:
        return None
    paper = _in_one_piece(small > limit)
    if paper.mean() < LEAST_AREA or paper.all():
        return None
    y, x = np.nonzero(paper)
    places = np.stack([x + 0.5, y + 0.5], axis=1) / small.shape[::-1]
    towards = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    outermost: Points = places[np.argmax(places @ towards.T, axis=0)]
    return outermost


def _threshold(values: NDArray[np.float32]) -> float | None:
    """Return the brightness that parts ground and paper best (Otsu); None if they hardly differ."""
    counts, edges = np.histogram(values, 256, (0, 256))
    middles = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(counts)[:-1].astype(np.float64)
    above = below[-1] + counts[-1] - below
    sums = np.cumsum(counts * middles)
    low = sums[:-1] / np.maximum(below, 1)
    high = (sums[-1] - sums[:-1]) / np.maximum(above, 1)
    best = int(np.argmax(below * above * (high - low) ** 2))
    return float(edges[best + 1]) if high[best] - low[best] >= CONTRAST else None


def _in_one_piece(mask: Mask) -> Mask:
    """Return the part of a mask that hangs together with its middle; nothing if that is most of the edge."""
    around = np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]])
    reached = np.zeros_like(mask)
    if around.mean() > 0.5:  # no ground around it: a flat scan
        return reached
    rows, columns = mask.shape
    middle = slice(rows * 2 // 5, rows * 3 // 5), slice(columns * 2 // 5, columns * 3 // 5)
    reached[middle] = mask[middle]
    size = 0
    while size < (size := int(reached.sum())):
        for _ in range(8):
            grown = reached.copy()
            grown[1:] |= reached[:-1]
            grown[:-1] |= reached[1:]
            grown[:, 1:] |= reached[:, :-1]
            grown[:, :-1] |= reached[:, 1:]
            reached = grown & mask
    return reached


def _sides(corners: Points) -> list[tuple[Points, Points]]:
    """Return both ends of each side: top, right, bottom, left."""
    return list(zip(corners, np.roll(corners, -1, axis=0), strict=True))


def _edge(fine: NDArray[np.float32], start: Points, end: Points) -> tuple[Points, Points]:
    """Return a line (a point and a direction) along the paper's edge, the paper lying to its right."""
    along = (end - start) / np.linalg.norm(end - start)
    if _cut_off(start, end, fine.shape):
        return start, along
    inwards = np.array([-along[1], along[0]])
    reach = round(NEAR * FINE_SIDE)
    at = start + np.linspace(0.05, 0.95, SAMPLES)[:, None] * (end - start)
    across = at[:, None, :] + np.arange(-reach, reach + 1)[None, :, None] * inwards
    columns, rows = (np.clip(across[..., axis], 0, fine.shape[1 - axis] - 1).astype(int) for axis in (0, 1))
    levels = np.cumsum(np.pad(fine[rows, columns], ((0, 0), (1, 0))), axis=1)
    inside, outside = levels[:, 6:] - levels[:, 3:-3], levels[:, 3:-3] - levels[:, :-6]
    steps = (inside - outside) / 3
    best = steps.argmax(axis=1)
    seen = steps.max(axis=1) > CONTRAST
    if seen.mean() < 0.2:  # the outline is all there is
        return start, along
    return _line(at[seen] + (best[seen] + 3 - reach)[:, None] * inwards, along)


def _cut_off(start: Points, end: Points, shape: tuple[int, ...]) -> bool:
    """Tell whether a side lies along the picture's edge: the paper goes on beyond it."""
    least, most = np.minimum(start, end), np.maximum(start, end)
    return bool((most < AT_EDGE).any() or (least > np.array(shape[::-1]) - AT_EDGE).any())


def _line(points: Points, along: Points) -> tuple[Points, Points]:
    """Return the line through most of the points; those far from it (letters, a thumb) are left out."""
    for _ in range(4):
        middle = points.mean(axis=0)
        along = np.linalg.svd(points - middle, full_matrices=False)[2][0]
        away = np.abs((points - middle) @ np.array([-along[1], along[0]]))
        points = points[away <= max(1.0, 2 * float(np.median(away)))]
    return middle, along


def _crossing(one: tuple[Points, Points], other: tuple[Points, Points]) -> Points:
    """Return where two lines cross; far away where they hardly do."""
    (start, along), (there, towards) = one, other
    turn = along[0] * towards[1] - along[1] * towards[0]
    if abs(turn) < 0.1:
        return np.full(2, np.inf)
    apart = there - start
    crossing: Points = start + along * (apart[0] * towards[1] - apart[1] * towards[0]) / turn
    return crossing


def _convex(corners: Points) -> bool:
    """Tell whether the four corners go round clockwise without a dent."""
    sides = np.roll(corners, -1, axis=0) - corners
    following = np.roll(sides, -1, axis=0)
    return bool((sides[:, 0] * following[:, 1] - sides[:, 1] * following[:, 0] > 0).all())


def paper_size(quad: Sequence[Point]) -> tuple[Point, float]:
    """Return width and height in points of a paper seen as a quadrilateral, and how large it is seen.

    A paper is taken for a letter page, on its side or not, unless its proportions are others.
    """
    corners = np.array(quad)
    top, right, bottom, left = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    width, height = (top + bottom) / 2, (left + right) / 2
    short, long = sorted((width, height))
    narrow, tall = LETTER
    if abs(long / short / (tall / narrow) - 1) > LIKE_LETTER:
        narrow = tall * short / long
    size = (narrow, tall) if width <= height else (tall, narrow)
    return size, float(long / tall)


def plane(size: Point, quad: Sequence[Point]) -> Matrix:
    """Return the matrix that carries the points of a flat paper onto the quadrilateral it is seen as."""
    width, height = size
    rows, shown = [], []
    for (x, y), (u, v) in zip([(0, 0), (width, 0), (width, height), (0, height)], quad, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        shown += [u, v]
    return np.append(np.linalg.solve(np.array(rows, np.float64), np.array(shown)), 1).reshape(3, 3)
