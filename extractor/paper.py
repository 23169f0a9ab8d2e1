"""A page as a person sees it: words with boxes, gathered into lines.

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

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import accumulate
from operator import itemgetter
from typing import Generic, Literal, NamedTuple, TypeVar

T = TypeVar("T")

SAME_LINE = 0.4
"""Two words stand on one line if their middles differ by less than this share of the smaller height."""

SAME_WORD = 0.1
"""Two pieces are one word if the gap between them is below this share of their height.

A space glyph is 0.25 em wide or more in the fonts of bills, and justified text rarely
shrinks it below 0.15; kerning moves letters by less than 0.08."""

STAMP = 2.5
"""A word this many times as tall as the words of its page is a stamp: the tallest headings have 2.2."""


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
    """A value, and the place on the document that says so."""

    value: T
    text: str
    page: int
    bbox: Box
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
        return min(word.top for word in self.words)

    @property
    def bottom(self) -> float:
        """Bottom edge of the lowest word."""
        return max(word.bottom for word in self.words)

    @property
    def height(self) -> float:
        """Height of the tallest word."""
        return max(word.bottom - word.top for word in self.words)

    def between(self, start: int, end: int) -> tuple[Word, ...]:
        """Return the words that `text[start:end]` touches."""
        if self.starts is None:
            lengths = [len(word[0]) + 1 for word in self.words]
            self.starts = [0, *accumulate(lengths)]
        first = bisect_right(self.starts, start) - 1
        if start >= self.starts[first + 1] - 1:  # in the gap behind the word
            first += 1
        return self.words[first : bisect_left(self.starts, end)]


class Found(NamedTuple):
    """A pattern's match on one line of a page."""

    line: Line
    at: int
    """The line's place among the page's lines."""
    match: re.Match[str]
    start: int
    """Where the line begins in the text that was searched."""

    @property
    def end(self) -> int:
        """Where in the line's text the match ends."""
        return self.match.end() - self.start

    @property
    def before(self) -> str:
        """The line's text up to the match."""
        return self.line.text[: self.match.start() - self.start]

    def said(self, group: str | int = 0) -> str:
        """Return the text of a group as printed."""
        start, end = self.match.span(group)
        return self.line.text[start - self.start : end - self.start]

    def words(self, group: str | int = 0) -> tuple[Word, ...]:
        """Return the words that a group touches."""
        start, end = self.match.span(group)
        return self.line.between(start - self.start, end - self.start)

    def value(self, group: str | int, convert: Callable[[str], T]) -> Printed[T] | None:
        """Return a group as a value with its place; None if it is not there or cannot be read."""
        if self.match[group] is None:
            return None
        try:
            value = convert(self.said(group))
        except ValueError:
            return None
        return printed(value, self.words(group), self.line.page)


Source = Literal["text", "ocr"]


class Page:
    """One page: its number in the file (from 1), its size in points, and its words in any order.

    `words` may be a function that reads them when they are first asked for: most pages of a
    bill are boilerplate whose words nobody needs. `text` is what the page says in the order
    the file has it, good for telling what kind of page it is and for nothing finer.
    """

    def __init__(
        self,
        number: int,
        width: float,
        height: float,
        words: Iterable[Word] | Callable[[], Iterable[Word]],
        source: Source = "text",
        text: str | None = None,
    ) -> None:
        self.number = number
        self.width = width
        self.height = height
        self.source = source
        self._words = words
        self._text = text

    def __repr__(self) -> str:
        """Show number, size and source."""
        return f"Page({self.number}, {self.width:g} x {self.height:g}, {self.source})"

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """The page's words, in any order."""
        return tuple(self._words() if callable(self._words) else self._words)

    @cached_property
    def stamps(self) -> frozenset[Word]:
        """The words of stamps, printed across what the page says, and of margins that run up it."""
        heights = [word[4] - word[2] for word in self.words]
        tall = STAMP * sorted(heights)[len(heights) // 2] if heights else 0.0
        odd = [
            word
            for word, height in zip(self.words, heights, strict=True)
            if height > tall or word[3] - word[1] < 0.5 * height  # few words are that narrow
        ]
        return frozenset([word for word in odd if word[4] - word[2] > tall or _runs_up(word)])

    @cached_property
    def on_its_side(self) -> bool:
        """Whether so many words run up the page that it is shown on its side; short ones do not tell."""
        return 5 * len(self.stamps) > 2 * len(self.words)

    @cached_property
    def body(self) -> tuple[Word, ...]:
        """The page's words but its stamps."""
        return tuple(word for word in self.words if word not in self.stamps) if self.stamps else self.words

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The page's lines from top to bottom, each over the page's whole width; stamps are in none."""
        return lines_of(self.body, self.number)

    @cached_property
    def _joined(self) -> tuple[str, list[int]]:
        """The lines as one text, a line each, and where each begins."""
        starts, at = [], 0
        for line in self.lines:
            starts.append(at)
            at += len(line.text) + 1
        return "\n".join([line.text for line in self.lines]), starts

    @cached_property
    def _lowered(self) -> str:
        """The lines in lower case, letter for letter."""
        text = self._joined[0]
        lowered = text.lower()
        return lowered if len(lowered) == len(text) else "".join(char.lower()[0] for char in text)

    def find(self, pattern: re.Pattern[str]) -> Iterator[Found]:
        """Give every place where a pattern is printed on one line, in whatever case.

        The pattern is written in lower case and without re.I, and best begins with a literal:
        the engine then looks for that alone, ten times as fast.
        """
        starts = self._joined[1]
        for match in pattern.finditer(self._lowered):
            at = bisect_right(starts, match.start()) - 1
            line, start = self.lines[at], starts[at]
            if match.end() <= start + len(line.text):
                yield Found(line, at, match, start)
            elif (own := pattern.search(line.text.lower())) is not None:  # it ran into the next line
                yield Found(line, at, own, 0)

    @cached_property
    def text(self) -> str:
        """What the page says, in the file's order where the reader knows it, else line by line."""
        return self._text if self._text is not None else "\n".join(line.text for line in self.lines)

    @cached_property
    def squeezed(self) -> str:
        """The page's text in lower case without any white space: a phrase is found however it was spaced.

        Where its words are read, line by line: a file may write a phrase in any order.
        """
        read = not callable(self._words)
        return "".join((self._joined[0] if read else self.text).lower().split())


def _runs_up(word: Word) -> bool:
    """Tell whether a word of three letters or more is printed on its side: no upright one is so narrow."""
    return word[3] - word[1] < 0.5 * (word[4] - word[2]) and len(word[0]) > 2


def lines_of(words: Iterable[Word], page: int = 0) -> tuple[Line, ...]:
    """Gather words into lines, top to bottom, joining the pieces of a word that was written in parts."""
    rows: list[list[Word]] = []
    middle = height = 0.0  # of a row's first word; middles are doubled throughout
    placed = sorted([(word[2] + word[4], number, word) for number, word in enumerate(words)])
    for at, _, word in placed:
        tall = word[4] - word[2]
        if rows and at - middle < 2 * SAME_LINE * (tall if tall < height else height):
            rows[-1].append(word)
        else:
            rows.append([word])
            middle, height = at, tall
    return tuple([Line(_joined(row), page) for row in rows])


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
    for _, left, over, right, under, _, _ in words[1:]:
        x0, top = min(x0, left), min(top, over)
        x1, bottom = max(x1, right), max(bottom, under)
    return Box(round(x0, 1), round(top, 1), round(x1, 1), round(bottom, 1))


def printed(value: T, words: Sequence[Word], page: int) -> Printed[T]:
    """Return `value` with the words that say so as its evidence."""
    if len(words) == 1:
        return Printed(value, words[0].text, page, box_of(words), words[0].confidence)
    sure = [word.confidence for word in words if word.confidence is not None]
    text = " ".join([word.text for word in words])
    return Printed(value, text, page, box_of(words), min(sure, default=None))
