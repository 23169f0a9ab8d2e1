"""Pixels of an upright page -> where its text stands: runs of words, and lines of them.

Tesseract mixes what stands side by side on different heights: SCE's sidebar lies half a line
below the charge lines. So the page is cut here into runs of ink with no gap wider than a
letter, each run is put on a strip with those of its own height only, and tesseract gets the
strips one below the other. Paragraphs are known by their shape (long runs below one another)
and left out at first: they are half of a bill's words and none of its charges.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from extractor.pages.scans.spans import Mask, boxes_of, quantile, spans_in

Pixels = NDArray[np.uint8]

DARK = 150
"""Grey below which a pixel is ink, on a page whose paper is white."""

GAP = 8.0
"""Points of white that end a run of words: wider than a space, narrower than between columns."""

RULE = 60.0
"""Points of unbroken ink that are a line drawn on the form, no letter."""

TALLEST = 30.0
"""Points above which ink that hangs together is no line of text: a stamp over lines, a picture."""

LEAST_LINE = 4.0
"""Points of height of a line of text at least."""

SPECK = 0.6
"""Points below which ink in both directions is dust."""

SOLID = 0.5
"""Share of ink of a dash at least; specks have white between them."""

PALE, PALER = 95, 60
"""Brightness from which a run may be no print, and by how much it is brighter than most; of 255.

Clean print of 6 points has 71 at most, a blue pen 104 and more."""

LONG = 180.0
"""Points of width from which a run may be a line of a paragraph."""

PARAGRAPH = 3
"""Lines of a paragraph at least."""

SENTENCE = 40.0
"""Heights across, a hundred letters, from which a run is a sentence: no label and no scan line is as long."""

INDENT = 9.0
"""Points by which the lines of a paragraph may begin apart: a bullet's indent."""

DOT = 2.5
"""Points of height below which ink close above or below a run is part of it: the dot of an i, an accent."""


class Run(NamedTuple):
    """Ink that hangs together: left, top, right, bottom in points."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def height(self) -> float:
        """Height in points."""
        return self.bottom - self.top

    @property
    def width(self) -> float:
        """Width in points."""
        return self.right - self.left


def runs_of(pixels: Pixels, dpi: float) -> list[Run]:
    """Return the runs of ink of an upright page, without drawn lines and dust, from top to bottom."""
    scale = dpi / 72
    ink = without_rules(pixels < DARK, dpi)
    found: list[Run] = []
    for left, top, right, bottom in boxes_of(spans_in(ink).joined(round(GAP * scale))):
        run = Run(left / scale, top / scale, right / scale, bottom / scale)
        if max(run.width, run.height) < SPECK:
            continue
        if run.height < DOT and run.width > DOT and ink[top:bottom, left:right].mean() < SOLID:
            continue  # specks on one height
        if run.height > TALLEST / 2:
            found.extend(_parted(run, ink[top:bottom, left:right], scale))
        else:
            found.append(run)
    return sorted(_with_dots(found), key=lambda run: (run.top + run.bottom, run.left))


def _with_dots(runs: Sequence[Run]) -> list[Run]:
    """Return the runs, each made one with the dots of its letters, which stand above them."""
    dots = [run for run in runs if run.height < DOT]
    whole = []
    for run in runs:
        if run.height < DOT:
            continue
        own = [dot for dot in dots if _is_dot_of(dot, run)]
        dots = [dot for dot in dots if dot not in own]
        whole.append(run._replace(top=min(one.top for one in (run, *own))))
    return whole + dots


def _is_dot_of(dot: Run, run: Run) -> bool:
    across = min(dot.right, run.right) - max(dot.left, run.left)
    above = run.top - 0.4 * run.height < dot.top and dot.bottom < (run.top + run.bottom) / 2
    return across > 0.5 * dot.width and above


def spans_of(mask: Mask) -> list[tuple[int, int]]:
    """Return where what holds in a row begins and ends, the end exclusive.

    >>> spans_of(np.array([True, True, False, True]))
    [(0, 2), (3, 4)]
    """
    edges = np.flatnonzero(np.diff(np.concatenate(([0], mask.view(np.int8), [0]))))
    return [(int(begin), int(end)) for begin, end in zip(edges[::2], edges[1::2], strict=True)]


def without_rules(ink: Mask, dpi: float) -> Mask:
    """Return the ink without drawn lines, across and down."""
    length = round(RULE * dpi / 72)
    left = ink.copy()
    for lines, cleared in ((ink, left), (np.ascontiguousarray(ink.T), left.T)):
        spans = spans_in(lines)
        for row, begin, end in zip(*spans.which(spans.ends - spans.begins >= length), strict=True):
            cleared[row, begin:end] = False
    return left


def _parted(run: Run, ink: Mask, scale: float) -> Iterator[Run]:
    """Give the lines of a tall run that hang together by little ink: by a tail, a stroke, dust."""
    counts = ink.sum(axis=1)
    filled = counts > 0.08 * quantile(counts, 0.9)
    bands = [(top, bottom) for top, bottom in spans_of(filled) if (bottom - top) / scale > LEAST_LINE]
    if len(bands) < 2:
        yield run  # a heading
        return
    cuts = [0, *((above[1] + below[0]) // 2 for above, below in pairwise(bands)), ink.shape[0]]
    for top, bottom in pairwise(cuts):
        rows, columns = (
            np.flatnonzero(ink[top:bottom].any(axis=1)),
            np.flatnonzero(ink[top:bottom].any(axis=0)),
        )
        yield Run(
            run.left + columns[0] / scale,
            run.top + (top + rows[0]) / scale,
            run.left + (columns[-1] + 1) / scale,
            run.top + (top + rows[-1] + 1) / scale,
        )


def pale_runs(runs: Sequence[Run], pixels: Pixels, dpi: float) -> set[Run]:
    """Return the runs that are much paler than most: a pen's notes, what is left of a stamp."""
    scale = dpi / 72
    tones = [_tone(pixels, run, scale) for run in runs]
    if not tones:
        return set()
    pale = max(PALE, float(np.median(tones)) + PALER)
    return {run for run, tone in zip(runs, tones, strict=True) if tone > pale}


def _tone(pixels: Pixels, run: Run, scale: float) -> float:
    """Return how bright the darkest fifth of a run's ink is."""
    rows = slice(round(run.top * scale), round(run.bottom * scale))
    part = pixels[rows, round(run.left * scale) : round(run.right * scale)]
    ink = part[part < DARK]
    return quantile(ink, 0.2) if ink.size else 0.0


def paragraphs(runs: Sequence[Run]) -> set[Run]:
    """Return the runs that are lines of paragraphs: three or more, long and alike, one below the other.

    So is a sentence alone. A charge line has its amount to the right of it, so it is none, however long
    its label is.
    """
    long = [run for run in runs if run.width > LONG and run.height < TALLEST / 2]
    found = {run for run in long if run.width > SENTENCE * run.height}
    for at, run in enumerate(long):
        stack = [run]
        for other in long[at + 1 :]:
            if other.top > stack[-1].bottom + stack[-1].height:
                break
            if _goes_on(stack[-1], other):
                stack.append(other)
        if len(stack) >= PARAGRAPH:
            found.update(stack)
    return {run for run in found if not any(_beside(run, other) for other in runs if other.width <= LONG)}


def _goes_on(line: Run, below: Run) -> bool:
    """Tell whether one long run is the next line of another's paragraph."""
    alike = max(line.height, below.height) < 1.4 * min(line.height, below.height)
    filled = min(line.width, below.width) > 0.75 * max(line.width, below.width)
    return (
        alike and filled and abs(below.left - line.left) < INDENT and below.top > line.top + 0.5 * line.height
    )


def _beside(run: Run, other: Run) -> bool:
    """Tell whether another run stands on a run's height to the right of it."""
    shared = min(run.bottom, other.bottom) - max(run.top, other.top)
    return other.left > run.right and shared > 0.3 * min(run.height, other.height)
