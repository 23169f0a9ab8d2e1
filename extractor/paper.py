"""What is printed: words with boxes, gathered into lines.

Coordinates are PDF points from the top left corner of the page as shown (after its
rotation and crop), x to the right, top and bottom downwards. Whoever reads a page, a text
layer's reader or OCR, hands over these words in any order; nothing here depends on the
order in which the file wrote them.

>>> words = [Word("$5.38", 397.6, 468.0, 420.1, 476.4), Word("State", 47.2, 468.1, 64.0, 476.5),
...          Word("tax", 67.0, 468.0, 82.6, 476.4)]
>>> [line.text for line in lines_of(words)]
['State tax $5.38']
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate
from math import floor
from operator import itemgetter
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")

SAME_LINE = 0.4
"""Two words stand on one line if their middles differ by less than this share of the smaller height."""

SAME_LINE_RECOGNISED = 0.12
"""The same of recognised words: their lines were told apart by their ink, and have one middle each."""

SAME_WORD = 0.1
"""Two pieces are one word if the gap between them is below this share of their height.

A space glyph is 0.25 em wide or more in the fonts of bills, and justified text rarely
shrinks it below 0.15; kerning moves letters by less than 0.08."""


class Word(NamedTuple):
    """One printed word. `size` is the height of its letters' boxes in points; `confidence` is OCR's."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float = 0.0
    confidence: float | None = None


class Box(NamedTuple):
    """x0, top, x1, bottom in points."""

    x0: float
    top: float
    x1: float
    bottom: float


class Printed(NamedTuple, Generic[T]):
    """A value, and the place on the document that says so; `page` is a segment where there are no pages."""

    value: T
    text: str
    page: int
    bbox: Box | None
    confidence: float | None = None


class Line:
    """The words of one printed line, left to right."""

    __slots__ = ("page", "starts", "text", "words")

    def __init__(self, words: Sequence[Word], page: int = 0) -> None:
        self.words = tuple(words)
        self.page = page
        self.text = " ".join([word[0] for word in self.words])
        self.starts: list[int] | None = None

    def __repr__(self) -> str:
        """Show text and place."""
        return f"Line({self.text!r}, page={self.page}, top={self.top:.1f})"

    @property
    def x0(self) -> float:
        """Left edge of the first word."""
        return self.words[0].x0

    @property
    def x1(self) -> float:
        """Right edge of the last word."""
        return self.words[-1].x1

    @property
    def top(self) -> float:
        """Top edge of the highest word."""
        return min([word[2] for word in self.words])

    @property
    def bottom(self) -> float:
        """Bottom edge of the lowest word."""
        return max([word[4] for word in self.words])

    @property
    def height(self) -> float:
        """Height of the tallest word."""
        return max([word[4] - word[2] for word in self.words])

    def between(self, start: int, end: int) -> tuple[Word, ...]:
        """Return the words that `text[start:end]` touches."""
        if self.starts is None:
            lengths = [len(word[0]) + 1 for word in self.words]
            self.starts = [0, *accumulate(lengths)]
        first = bisect_right(self.starts, start) - 1
        if start >= self.starts[first + 1] - 1:  # in the gap behind the word
            first += 1
        return self.words[first : bisect_left(self.starts, end)]


def lines_of(words: Iterable[Word], page: int = 0, whole: bool = False) -> tuple[Line, ...]:
    """Gather words into lines, top to bottom, joining the pieces of a word that was written in parts.

    With `whole` no word is a piece: recognition says where one ends, and boxes ink, not advance.
    """
    near = 2 * (SAME_LINE_RECOGNISED if whole else SAME_LINE)
    found = list(words)
    middles = [word[2] + word[4] for word in found]  # doubled throughout
    rows: list[list[Word]] = []
    middle = height = 0.0  # of a row's first word
    for number in sorted(range(len(found)), key=middles.__getitem__):
        word, at = found[number], middles[number]
        tall = word[4] - word[2]
        if rows and at - middle < near * (tall if tall < height else height):
            rows[-1].append(word)
        else:
            rows.append([word])
            middle, height = at, tall
    return tuple([Line(sorted(row, key=_left) if whole else _joined(row), page) for row in rows])


_left = itemgetter(1)


def _joined(row: list[Word]) -> list[Word]:
    """Return a line's words from left to right, the pieces of a word made one."""
    row.sort(key=_left)
    right = float("-inf")
    for word in row:
        if word[1] - right < SAME_WORD * (word[4] - word[2]):
            return _pieces_joined(row)
        right = word[3]
    return row


def _pieces_joined(row: list[Word]) -> list[Word]:
    joined = [row[0]]
    for word in row[1:]:
        previous = joined[-1]
        if word[1] - previous[3] < SAME_WORD * (word[4] - word[2]):
            joined[-1] = _pieced(previous, word)
        else:
            joined.append(word)
    return joined


def _pieced(left: Word, right: Word) -> Word:
    if right.x0 < left.x1 - 0.5 * (left.bottom - left.top):
        text = f"{left.text} {right.text}"  # printed over one another: two words, not one
    else:
        text = left.text + right.text
    top, bottom = min(left.top, right.top), max(left.bottom, right.bottom)
    return Word(text, left.x0, top, max(left.x1, right.x1), bottom, left.size, _least(left, right))


def _least(left: Word, right: Word) -> float | None:
    sure = [word.confidence for word in (left, right) if word.confidence is not None]
    return min(sure, default=None)


def box_of(words: Sequence[Word]) -> Box:
    """Return the smallest box around the words."""
    _, x0, top, x1, bottom, _, _ = words[0]
    for _, left, over, right, under, _, _ in words[1:]:  # min() and max() take three times as long
        x0 = left if left < x0 else x0
        top = over if over < top else top
        x1 = right if right > x1 else x1
        bottom = under if under > bottom else bottom
    # tenths of a point; round() takes ten times as long
    left, over = floor(10 * x0 + 0.5), floor(10 * top + 0.5)
    right, under = floor(10 * x1 + 0.5), floor(10 * bottom + 0.5)
    return Box(left / 10, over / 10, right / 10, under / 10)


def printed(value: T, words: Sequence[Word], page: int) -> Printed[T]:
    """Return `value` with the words that say so as its evidence."""
    if len(words) == 1:
        return Printed(value, words[0].text, page, box_of(words), words[0].confidence)
    sure = [word.confidence for word in words if word.confidence is not None]
    text = " ".join([word.text for word in words])
    return Printed(value, text, page, box_of(words), min(sure, default=None))
