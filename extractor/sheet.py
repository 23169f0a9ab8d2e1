"""One page of a document: its words, its lines, and the places where a phrase is printed."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Literal, NamedTuple, TypeVar

from extractor.paper import Box, Line, Printed, Word, lines_of, printed

T = TypeVar("T")

STAMP = 2.5
"""A word this many times as tall as the words of its page is a stamp: the tallest headings have 2.2."""

LARGE = 24.0
"""Points below which no word is a stamp, however small the others are: SCE's largest heading has 19."""


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

AGREED = 0.99
"""The confidence of a recognised word that was read alike twice, is on the word list, or is proven."""


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
        tall = LARGE
        if max(heights, default=0.0) > tall:
            tall = max(tall, STAMP * sorted(heights)[len(heights) // 2])
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
        return self.gathered(self.body)

    def gathered(self, words: Iterable[Word]) -> tuple[Line, ...]:
        """Return some of the page's words as lines."""
        return lines_of(words, self.number, self.source == "ocr")

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


class Scan(Page):
    """A page whose words were recognised: upright here, whatever way the file shows it.

    `disputed` are the words that were read in two ways, with the other texts; `shown` carries a
    box of this page to the page as the file shows it; `whole` reads the paragraphs too, which
    are left out at first.
    """

    def __init__(
        self,
        number: int,
        size: tuple[float, float],
        words: Iterable[Word],
        disputed: Mapping[Word, tuple[str, ...]],
        shown: Callable[[Box], Box],
        whole: Callable[[], Scan] | None = None,
    ) -> None:
        super().__init__(number, *size, tuple(words), "ocr")
        self.disputed = dict(disputed)
        self.shown = shown
        self.whole = whole

    def saying(self, instead: Mapping[Word, Word]) -> Scan:
        """Return the page with other words in the place of some; what is agreed is no longer disputed."""
        words = [instead.get(word, word) for word in self.words]
        disputed = {instead.get(word, word): others for word, others in self.disputed.items()}
        return Scan(self.number, (self.width, self.height), words, disputed, self.shown, self.whole)

    def with_words(self, other: Scan) -> Scan:
        """Return the page with the words of another scan of it, too, nothing left out."""
        size, disputed = (self.width, self.height), {**self.disputed, **other.disputed}
        return Scan(self.number, size, (*self.words, *other.words), disputed, self.shown)

    def numbered(self, number: int) -> Scan:
        """Return the page with another number."""
        again = Scan(number, (self.width, self.height), self.words, self.disputed, self.shown)
        whole = self.whole
        again.whole = (lambda: whole().numbered(number)) if whole else None
        return again


def _runs_up(word: Word) -> bool:
    """Tell whether a word of three letters or more is printed on its side: no upright one is so narrow."""
    return word[3] - word[1] < 0.5 * (word[4] - word[2]) and len(word[0]) > 2
