"""How lines of text run on a picture of a page: across or down, and at which angle.

The ink is added up along the lines: looked at along their angle, the sums jump from line to
gap to line, at any other they blur (a projection profile). The picture is cut into narrow
upright strips, each added up once; another angle only shifts the strips against one another.

>>> page = np.full((880, 680), 255, np.uint8)
>>> page[20:860:12, 30:640:3] = 0
>>> ink = ink_of(page, 80)
>>> down_ratio(ink) < 0.2, down_ratio(ink.T) > 5, round(angle(ink), 3)
(True, True, 0.0)
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from extractor.pages.scans.clean import Mask, evened, from_edges, joined, tones_of
from extractor.pages.scans.raster import Pixels

Sums = NDArray[np.float32]
Slopes = NDArray[np.float64]

DPI = 100.0
"""Resolution at which lines are looked at; the coarse look is at half of it."""

COARSE: Slopes = np.linspace(-0.14, 0.14, 33)
"""Slopes tried first: 8 degrees to either side, half a degree apart; paper fed by hand is 5 degrees off."""

FINE: Slopes = np.linspace(-0.00875, 0.00875, 21)
"""Slopes tried next, around the best of them: a twentieth of a degree apart."""

STRIP = 8
"""Columns of a strip."""

LEAST_ROWS = 8
"""Rows below which there are no lines."""

LONG = 0.35
"""Inches: ink that runs on for longer is a rule, a bar of a chart or the scanner's edge, not a letter."""

FAINT = 0.65
"""Brightness between print (0) and paper (1) above which nothing is ink."""

LEAST_INK = 0.0003
"""Share of ink below which a page says nothing of its angle: less than a line of text."""

DISTINCT = 1.3
"""The best angle's score over the middle one's where there are lines at all."""


def ink_of(pixels: Pixels, dpi: float) -> Sums:
    """Return how dark the ink is at DPI (0 is none, 1 is print); the grey edges of a rule tell its angle."""
    rows, columns = (max(1, round(size * DPI / dpi)) for size in pixels.shape)
    image = Image.fromarray(pixels).resize((columns, rows), Image.Resampling.BOX, reducing_gap=1.0)
    small = evened(np.asarray(image))
    tones = tones_of(small)
    if tones is None:
        return np.zeros((rows, columns), np.float32)
    bright = (np.arange(256) - np.float32(tones.print)) / np.float32(tones.paper - tones.print)
    ink: Sums = np.where(bright < FAINT, np.clip(1 - bright, 0, 1), 0).astype(np.float32)[small]
    ink[from_edges(ink > 0)] = 0  # the dark bands of a copier's lid are level, whatever the lines are
    return ink


def down_ratio(ink: Sums) -> float:
    """Return how much sharper lines running down the page are than those across it; 1 if there are none."""
    letters = _letters(ink)
    if letters.mean() < LEAST_INK:
        return 1.0
    across, down = (float(_scores(_strips(_halved(each)), COARSE).max()) for each in (letters, letters.T))
    return down / across if across else 1.0


def angle(ink: Sums) -> float:
    """Return the degrees by which lines run down to the right; 0 where there are none to be seen."""
    ink = np.where(_long(ink, 0) & _long(ink, 1), np.float32(0), ink)
    if ink.mean() < LEAST_INK:
        return 0.0
    scores = _scores(_strips(_halved(ink)), COARSE)
    if scores.max() < DISTINCT * float(np.median(scores)):
        return 0.0
    fine = COARSE[np.argmax(scores)] + FINE
    return math.degrees(math.atan(_peak(fine, _scores(_strips(ink), fine))))


def _letters(ink: Sums) -> Sums:
    return np.where(_long(ink, 0) | _long(ink, 1), np.float32(0), ink)


def _long(sums: Sums, axis: int) -> Mask:
    """Tell which ink runs on for LONG inches along an axis."""
    ink, size = sums > 0, round(LONG * DPI)
    if ink.shape[axis] < size:
        return np.zeros_like(ink)
    wide = [(0, 0), (0, 0)]
    wide[axis] = (size - 1, size - 1)
    return joined(np.pad(joined(ink, size, axis, np.logical_and), wide), size, axis, np.logical_or)


def _halved(ink: Sums) -> Sums:
    """Return the ink at half the resolution."""
    even = ink[: ink.shape[0] // 2 * 2, : ink.shape[1] // 2 * 2]
    return even[::2, ::2] + even[1::2, ::2] + even[::2, 1::2] + even[1::2, 1::2]


def _strips(ink: Sums) -> Sums:
    """Return the sums of each strip's rows: (strips, rows)."""
    count = ink.shape[1] // STRIP
    sums: Sums = ink[:, : count * STRIP].reshape(ink.shape[0], count, STRIP).sum(axis=2).T
    return sums


def _scores(strips: Sums, slopes: Slopes) -> Slopes:
    """Return for each of some evenly spaced slopes how much the sums along it jump from row to row.

    The strips are shifted as waves: sums of rows would be blurred by each shift that is no
    whole number of rows, and no shift at all would always seem the sharpest.
    """
    count, rows = strips.shape
    if not count or rows < LEAST_ROWS:
        return np.zeros(len(slopes))
    waves = np.fft.rfft(strips, axis=1)[:, 1 : rows // 3]
    turns = 2 * np.pi / rows * np.arange(1, 1 + waves.shape[1])
    places = STRIP * (np.arange(count) - (count - 1) / 2)
    shifts = 1j * places[:, None] * turns
    step = np.exp(shifts * (slopes[1] - slopes[0])).astype(np.complex64)
    waves = waves * np.exp(shifts * slopes[0]).astype(np.complex64)
    jumps = np.abs(np.exp(1j * turns) - 1) ** 2
    scores = np.empty(len(slopes))
    for number in range(len(slopes)):
        scores[number] = jumps @ np.abs(waves.sum(axis=0)) ** 2
        waves *= step
    return scores


def _peak(slopes: Slopes, scores: Slopes) -> float:
    """Return the slope of the highest score, between two where the scores beside it say so."""
    top = min(max(int(np.argmax(scores)), 1), len(scores) - 2)
    before, best, after = scores[top - 1 : top + 2]
    bend = before - 2 * best + after
    return float(slopes[top] + (slopes[1] - slopes[0]) * (before - after) / (2 * bend if bend else 1))
