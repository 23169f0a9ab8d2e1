"""Pictures of single lines -> words with boxes and confidence, by tesseract.

What tesseract cut where there is no space on the picture is one word; ink that is in none of its
words is one that nobody could read (`UNREAD`): a lost minus sign, a dash, a stroke of a pen.

Tesseract boxes the ink of a word: `on` is lower than `On`, a dash has hardly any height.
Lines are gathered by the middles of boxes, so each word gets the box that a text layer would
have given it, its font's full height around its baseline, worked out from what its letters
reach above and below the line.

Sources: tesseract's TSV; letter heights of Helvetica, which bills are set in or close to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

import numpy as np

from extractor.pages.scans.halving import in_halves
from extractor.pages.scans.letters import ASCENT, DESCENT, bearings, reach
from extractor.pages.scans.pieces import Piece
from extractor.pages.scans.segments import DARK, spans_of
from extractor.pages.scans.spans import Mask, quantile
from extractor.pages.scans.tesseract import tsv_of
from extractor.pages.scans.tidy import parted, tidy
from extractor.paper import Word

WORD = "5\t"
"""How the rows of words begin in tesseract's TSV."""

UNREAD = "\ufffd"
"""What stands for ink that is in no word."""

SURE = 0.9
"""Confidence of a single reading at most: tesseract's 90 and more was wrong on 0 to 3 of 641 numbers."""

HALF_SPACE = 0.12
"""White, in em, beyond what stands around two letters anyway, from which there is a space between them."""

SPACE = 0.2
"""White, in em, that parts ink: narrower than any space, wider than between most letters."""

COVERED = 0.3
"""Share of ink between spaces that a word's box covers at least, if it is that word: boxes may be off."""

UNREAD_WIDTH, UNREAD_INK = 0.15, 0.012
"""Em across, and em squared of ink, from which what is in no word is no dust: a hyphen has 0.28 and 0.02."""

SAME = 0.7
"""Share of the wider one that a word's box and ink between spaces have in common, if they are the same."""

NEAR = 1.5
"""Letters to either side of where two glued words meet, as far as their letters tell, that may be it."""

TELLING = 0.5
"""Reach in em from which a word's own ink tells the size of its letters."""

LETTER = 0.2, 0.45
"""Em across and down from which ink is a letter; `|` and `=` are less."""

TAILS = 0.35
"""Ink of a row, as a share of that of most rows, below which it holds nothing but tails."""


class Ink(NamedTuple):
    """A word as tesseract gives it: text, left, top, right, bottom in pixels, confidence 0..1."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    confidence: float


def recognised(pieces: Sequence[Piece]) -> list[list[Word]]:
    """Return the words of each piece, left to right, boxes in points of the page, all by one process.

    A piece on which tesseract dies is ink that nobody could read.

    Raises:
        NoRecogniserError: if tesseract is not installed.
    """
    if not pieces:
        return []
    nothing: list[Ink] = []
    inks = in_halves(_inks, pieces, nothing)
    return [_words(piece, line) for piece, line in zip(pieces, inks, strict=True)]


def _words(piece: Piece, line: Sequence[Ink]) -> list[Word]:
    ink = piece.pixels < DARK
    rows = np.flatnonzero(ink.any(axis=1))
    if not len(rows):
        return []
    size = _usual_size(line) or float(rows[-1] + 1 - rows[0])
    baseline = _baseline(ink)
    ink[: max(round(baseline - size), 0)] = ink[round(baseline) :] = False  # tails of this line and of others
    unread = list(_unread(line, ink, size))
    whole = _whole([word for word in line if word.text], ink, size)
    words, unread = _with_dashes([part for word in whole for part in _parts(word, ink)], unread, ink, size)
    words = _snapped(words, ink, size)
    return [_on_page(word, piece) for word in _on_line([*words, *unread], size, baseline)]


def _on_page(word: Word, piece: Piece) -> Word:
    x0, top = piece.on_page(word.x0, word.top)
    x1, bottom = piece.on_page(word.x1, word.bottom)
    return Word(word.text, x0, top, x1, bottom, bottom - top, word.confidence)


def _inks(pieces: Sequence[Piece]) -> list[list[Ink]]:
    """Return the words of each picture, left to right; of what is noise the text is empty."""
    found: list[list[Ink]] = [[] for _ in pieces]
    rows = (row.split("\t") for row in tsv_of(pieces).split("\n") if row.startswith(WORD))
    for _, page, *_, left, top, width, height, confidence, said in rows:
        if not said.strip():
            continue
        x0, y0 = float(left), float(top)
        sure = SURE * float(confidence) / 100
        ink = Ink(tidy(said), x0, y0, x0 + float(width), y0 + float(height), sure)
        found[int(page) - 1].append(ink)
    return [sorted(line, key=lambda ink: ink.left) for line in found]


def _usual_size(line: Sequence[Ink]) -> float:
    """Return the size of a line's letters in pixels, 0 where no letter tells."""
    told = [size for ink in line if (size := _size(ink)) is not None]
    return median(told) if told else 0.0


def _whole(line: Sequence[Ink], ink: Mask, size: float) -> list[Ink]:
    """Return the words of a line, those that were cut where there is no space on the picture made whole."""
    if line and line[-1].text == "/":  # a stroke parts name and page, and ends no line
        line = line[:-1]
    whole = list(line[:1])
    for word in line[1:]:
        left = whole[-1]
        if _has_space(left, word, ink, size):
            whole.append(word)
        else:
            sure = min(left.confidence, word.confidence)
            top, bottom = min(left.top, word.top), max(left.bottom, word.bottom)
            both = left.text + word.text
            whole[-1] = Ink(tidy(both) or both, left.left, top, word.right, bottom, sure)
    return whole


def _with_dashes(
    words: Sequence[Ink], unread: Sequence[Ink], ink: Mask, size: float
) -> tuple[list[Ink], list[Ink]]:
    """Return the words, a dash that was boxed beside its ink given it, and the ink that is unread still."""
    found, left = list(words), list(unread)
    for at, word in enumerate(found):
        boxed = ink[:, round(word.left) : max(round(word.right), round(word.left) + 1)].any(axis=0)
        if word.text != "-" or boxed.mean() > COVERED:
            continue
        own = next((one for one in left if abs(one.left + one.right - word.left - word.right) < size), None)
        if own is not None:
            found[at] = word._replace(left=own.left, right=own.right)
            left.remove(own)
    return found, left


def _parts(word: Ink, ink: Mask) -> Iterable[Ink]:
    """Give the words that are glued in one, parted at the widest white near to where their letters tell."""
    texts = parted(word.text)
    letter = (word.right - word.left) / sum(map(len, texts))
    left, end = word.left, word.left
    for text in texts[:-1]:
        end += letter * len(text)
        first = max(round(end - NEAR * letter), round(left) + 1)
        white: Mask = ~np.array(ink[:, first : round(end + NEAR * letter)].any(axis=0))
        gap = max(spans_of(white), key=lambda span: span[1] - span[0], default=None)
        begin, stop = (end, end) if gap is None else (first + gap[0], first + gap[1])
        yield word._replace(text=tidy(text) or text, left=left, right=float(begin))
        left = float(stop)
    yield word._replace(text=tidy(texts[-1]) or texts[-1], left=left)


def _has_space(left: Ink, right: Ink, ink: Mask, size: float) -> bool:
    """Tell whether there is white between two words, as wide as a space and what stands around letters."""
    if not (left.text[-1].isalnum() or left.text[-1] in ".,$") or not (
        right.text[0].isalnum() or right.text[0] in ".,$"
    ):
        return True
    edges = sorted((left.right, right.left))  # boxes may be off by a third of a letter
    first, last = max(edges[0] - size, left.left), min(edges[1] + size, right.right)
    white: Mask = ~np.array(ink[:, round(first) : round(last)].any(axis=0))
    widest = max((end - begin for begin, end in spans_of(white)), default=0)
    usual = bearings(left.text[-1])[1] + bearings(right.text[0])[0]
    return widest > (usual + HALF_SPACE) * size


def _unread(line: Sequence[Ink], ink: Mask, size: float) -> Iterable[Ink]:
    """Give the ink between spaces that none of a line's words, nor noise, is boxed around, and no dust."""
    columns: Mask = np.array(ink.any(axis=0))
    boxed = np.zeros_like(columns)
    for word in line:
        if not word.text and _is_letter(word, size):
            continue
        boxed[max(round(word.left), 0) : round(word.right)] = True
    for first, last in _groups(columns, round(SPACE * size)):
        marks = ink[:, first:last]
        covered = boxed[first:last].mean()
        if covered < COVERED and last - first >= UNREAD_WIDTH * size and marks.sum() >= UNREAD_INK * size**2:
            rows = np.flatnonzero(marks.any(axis=1))
            yield Ink(UNREAD, float(first), float(rows[0]), float(last), float(rows[-1] + 1), 0.0)


def _is_letter(noise: Ink, size: float) -> bool:
    """Tell whether what was taken for noise is as large as a letter, so that something was printed there."""
    return noise.bottom - noise.top >= LETTER[1] * size and noise.right - noise.left >= LETTER[0] * size


def _snapped(line: Sequence[Ink], ink: Mask, size: float) -> list[Ink]:
    """Return the words of a line with the edges of their ink, where each stands apart from the others."""
    groups = list(_groups(np.array(ink.any(axis=0)), round(SPACE * size)))
    if len(groups) != len(line) or any(
        min(word.right, last) - max(word.left, first) < SAME * max(last - first, word.right - word.left)
        for word, (first, last) in zip(line, groups, strict=True)
    ):
        return list(line)
    return [
        word._replace(left=float(first), right=float(last))
        for word, (first, last) in zip(line, groups, strict=True)
    ]


def _groups(columns: Mask, space: int) -> Iterable[tuple[int, int]]:
    """Give where columns with ink begin and end, those less than a space apart together."""
    spans = spans_of(columns)
    if spans:
        wide = [(left[1], right[0]) for left, right in pairwise(spans) if right[0] - left[1] >= space]
        begins, ends = [spans[0][0], *(end for _, end in wide)], [*(begin for begin, _ in wide), spans[-1][1]]
        yield from zip(begins, ends, strict=True)


def _on_line(line: Sequence[Ink], size: float, baseline: float) -> Iterable[Word]:
    """Give the words of a line, all with one baseline and the height of one font: a piece has one size."""
    top, bottom = baseline - ASCENT * size, baseline + DESCENT * size
    for ink in sorted(line, key=lambda ink: ink.left):
        yield Word(ink.text, ink.left, top, ink.right, bottom, bottom - top, round(ink.confidence, 3))


def _baseline(ink: Mask) -> float:
    """Return the row below the last one with much ink: tails of letters and commas have little."""
    rows = ink.sum(axis=1)
    if not rows.any():
        return float(len(rows))
    much = TAILS * quantile(rows[rows > 0], 0.75)
    return float(np.flatnonzero(rows >= much)[-1] + 1)


def _size(ink: Ink) -> float | None:
    """Return the size of a word's letters in pixels, None where its ink does not tell."""
    if ink.text in ("", UNREAD):
        return None
    above, below = reach(ink.text)
    return (ink.bottom - ink.top) / (above - below) if above - below >= TELLING else None
