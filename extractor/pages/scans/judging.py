"""What two readings say, judged: by the shapes of the page's digits, by the word list, by a third reading."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from extractor.pages.guide import Guide
from extractor.pages.scans.clean import darkest
from extractor.pages.scans.letters import width
from extractor.pages.scans.looks import THIRD, Again, pieces_of
from extractor.pages.scans.pieces import Piece
from extractor.pages.scans.readings import AMOUNT, Disputed, decided, has_digit
from extractor.pages.scans.recognise import recognised
from extractor.pages.scans.segments import Run
from extractor.pages.scans.shapes import Shapes
from extractor.paper import Word
from extractor.sheet import AGREED

_MARKS = re.compile(r"[-.,:;'\s]")

_ODD = re.compile(r"[.,:;][-/]|[-/][.,:;]|[:;](?!$)")
"""Marks beside marks, and a colon inside a word: a speck is one of them."""

OUTVOTED = 0.5
"""Confidence of what was read alike twice, where shapes or the word list speak against it."""

TELLING = 2.0
"""Em from which a word's width tells how tall it is."""

CROSSED = 1.4
"""How many times as wide a word's letters would be, were they as tall as its line."""


@dataclass
class Opinion:
    """What two readings say of a page, by run, and what they are not of one mind about."""

    again: Again
    words: dict[Run, list[Word]]
    disputed: dict[Run, list[Disputed]]


class Judge:
    """Settles which words of a page are agreed, and which stay disputed."""

    def __init__(self, guide: Guide) -> None:
        self._guide = guide

    def settle(self, opinions: Sequence[Opinion]) -> None:
        """Let each page's shapes and the word list, then a third reading of all of them, speak."""
        for opinion in opinions:
            self._look_at(opinion)
        asked = [(one, _third_pieces(one)) for one in opinions]
        thirds = iter(recognised([piece for _, pieces in asked for piece in pieces.values()]))
        for one, pieces in asked:
            for run in pieces:
                third = self.spelled(next(thirds))
                read, one.disputed[run] = decided(one.words[run], one.disputed[run], third)
                one.words[run] = [self._unless_misspelt(word) for word in read]

    def _look_at(self, opinion: Opinion) -> None:
        again, words, disputed = opinion.again, opinion.words, opinion.disputed
        shapes = Shapes(
            (word, again.pieces[run])
            for run in again.parts
            for word in words[run]
            if word.confidence == AGREED and has_digit(word)
        )
        for run in again.parts:
            words[run], disputed[run] = self._by_shapes(shapes, again.pieces[run], words[run], disputed[run])
            words[run], disputed[run] = self._by_words(words[run], disputed[run])

    def _by_shapes(
        self, shapes: Shapes, piece: Piece, words: Sequence[Word], disputed: Sequence[Disputed]
    ) -> tuple[list[Word], list[Disputed]]:
        """Return what the page's shapes make of two readings: of agreed words some are disputed, and back."""
        others = {one.word: one for one in disputed}
        found: list[Word] = []
        still: list[Disputed] = []
        for word in words:
            now = word
            if word in others:
                choice = (
                    shapes.choice(word, piece, (word.text, *others[word].others)) if has_digit(word) else None
                )
                if choice is not None:
                    now = word._replace(text=choice, confidence=AGREED)
                else:
                    still.append(others[word])
            elif word.text == "-" and _is_speck(word, found, shapes, piece):
                continue
            elif self._is_known_but_for_its_end(word) and shapes.ends_in_dust(word, piece):
                now = word._replace(text=word.text[:-1])
            elif word.confidence == AGREED and word.text != "-" and (has_digit(word) or "-" in word.text):
                instead = shapes.instead(word, piece)
                if instead and instead.replace(" ", "") == word.text:
                    now = word._replace(text=instead)  # two words without a space between them
                elif instead and not self._guide.is_known(word.text) and self._are_words(instead):
                    now = word._replace(text=instead)  # a speck between two words that nobody prints as one
                elif instead is not None:
                    now = word._replace(confidence=OUTVOTED)
                    still.append(Disputed(now, (instead,), word.text, outvoted=True))
            found.append(now)
        return found, still

    def _are_words(self, text: str) -> bool:
        return all(self._guide.is_known(part) for part in text.split())

    def _is_known_but_for_its_end(self, word: Word) -> bool:
        core = word.text[:-1]
        return word.text[-1:] in ".,:;" and core.isalpha() and self._guide.is_known(core)

    def _by_words(
        self, words: Sequence[Word], disputed: Sequence[Disputed]
    ) -> tuple[list[Word], list[Disputed]]:
        """Take agreed words that are one letter away from what bills print for disputed."""
        found = [self._unless_misspelt(word) for word in words]
        near = [
            Disputed(now, tuple(self._guide.meant(now.text)), now.text, outvoted=True)
            for word, now in zip(words, found, strict=True)
            if now is not word
        ]
        return found, [*disputed, *near]

    def _unless_misspelt(self, word: Word) -> Word:
        """Return a word, no longer agreed if it is a letter away from a known one, or has a speck in it.

        Nor is an unknown one that something runs through: whether there is a space in it cannot be seen.
        """
        if word.confidence != AGREED or has_digit(word):
            return word
        odd = (_ODD.search(word.text) or _is_crossed(word)) and not self._guide.is_known(word.text)
        return word._replace(confidence=OUTVOTED) if odd or self._guide.meant(word.text) else word

    def spelled(self, words: Sequence[Word]) -> list[Word]:
        """Return words with the capitals that bills print them with."""
        return [word._replace(text=self._guide.spelled(word.text)) for word in words]


def _is_crossed(word: Word) -> bool:
    """Tell whether a word is taller than letters so wide can be: a stamp's frame runs through its line."""
    em = width(word.text)
    return em >= TELLING and word.size * em > CROSSED * (word.x1 - word.x0)


def _is_speck(dash: Word, before: Sequence[Word], shapes: Shapes, piece: Piece) -> bool:
    """Tell whether a dash that stands alone is none.

    Behind an amount, where none is printed, it has to have a dash's shape; elsewhere it is dust only
    where it was read once and its ink is nothing else.
    """
    if before and AMOUNT.fullmatch(before[-1].text):
        return not shapes.is_dash(dash, piece)
    return dash.confidence != AGREED and shapes.is_dust(dash, piece)


def _third_pieces(opinion: Opinion) -> dict[Run, Piece]:
    """Return the disputed words of each run, drawn anew at the third resolution.

    Of digits and letters that is their darkest ink, without a stamp under them; where marks are disputed,
    all of it, since a point has little ink.
    """
    open_ = {run: disputed for run, disputed in opinion.disputed.items() if disputed}
    spans = {run: _span(run, [one.word for one in disputed]) for run, disputed in open_.items()}
    return {
        run: piece if any(map(_is_of_marks, open_[run])) else piece._replace(pixels=darkest(piece.pixels))
        for run, piece in pieces_of(opinion.again.look, spans, THIRD).items()
    }


def _is_of_marks(one: Disputed) -> bool:
    """Tell whether two readings differ in points, commas and dashes alone."""
    return any(_MARKS.sub("", other) == _MARKS.sub("", one.word.text) for other in one.others)


def _span(run: Run, words: Sequence[Word]) -> Run:
    """Return the part of a run on which these words stand."""
    beside = 0.15 * max(word.size for word in words)
    left = min(word.x0 for word in words) - beside
    right = max(word.x1 for word in words) + beside
    return run._replace(left=max(run.left, left), right=min(run.right, right))
