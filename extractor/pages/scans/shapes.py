"""Digits by their shapes: a page prints every 4 alike, so a 4 that looks like the page's 1s is misread.

Two readings of one picture by one program can be wrong in one way. What is asked here instead is
what the page itself says: each glyph of a number is laid over the others of the page, and the
glyphs of a number are counted, so that a lost decimal point or minus sign is seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from extractor.pages.scans.glyph import LOW_MARK, SPECK, TALL, WIDE, Floats, Glyph, glyphs_of
from extractor.pages.scans.pieces import Piece
from extractor.pages.scans.readings import FORMS
from extractor.pages.scans.recognise import UNREAD
from extractor.paper import Word

NEAREST = 3
"""Glyphs of a character that one is compared with."""

CLEARLY = 0.06
"""By how much more one must be like another character's glyphs (1: the same) to speak against a reading."""

LIKE = 0.8
"""Likeness from which a glyph is of a kind at all."""

UNLIKE = 0.5
"""Likeness to what was read below which a glyph is under a stroke: of a fax's 99 in 100 have 0.6 and more."""

DIGITS = frozenset("0123456789")

MARKS = frozenset(".,-'_ ")
"""Characters that are low or flat."""

POINTS_AND_COMMAS = frozenset(".,")

UNCOUNTED = frozenset('%"\u201c\u201d:;=\u00b0*#?!')
"""Characters whose parts may stand apart."""


class Shapes:
    """The digits of a page, as the words show them that were read alike twice."""

    def __init__(self, words: Iterable[tuple[Word, Piece]]) -> None:
        chars: list[int] = []
        of: list[int] = []
        pixels: list[Floats] = []
        self._number: dict[Word, int] = {}
        self._seen: dict[Word, list[Glyph]] = {}
        for word, piece in words:
            glyphs = [glyph for glyph in self._glyphs(word, piece) if glyph.mark != SPECK]
            if len(glyphs) != len(word.text):
                continue
            number = self._number.setdefault(word, len(self._number))
            for char, glyph in zip(word.text, glyphs, strict=True):
                if char in DIGITS and not glyph.mark:
                    chars.append(int(char))
                    of.append(number)
                    pixels.append(glyph.pixels)
        self._known = np.stack(pixels) if pixels else np.zeros((0, TALL * WIDE), np.float32)
        self._of = np.array(of, np.int32)
        self._places = [np.flatnonzero(np.array(chars, np.int8) == digit) for digit in range(10)]

    def instead(self, word: Word, piece: Piece) -> str | None:
        """Return what the page's shapes say in the place of a word, None if nothing speaks against it."""
        text = word.text.removesuffix("%")  # a % has three parts, or one
        if not UNCOUNTED.isdisjoint(text):
            return None
        whole = self._glyphs(word, piece)
        glyphs = [glyph for glyph in whole if glyph.mark != SPECK]
        if text != word.text:
            if len(glyphs) <= len(text):
                return None
            glyphs = glyphs[: len(text)]
        if _is_speck_for_dash(word.text, [glyph.mark for glyph in whole]):
            return word.text.replace("-", " ").strip()
        if len(glyphs) > len(text):
            if sum(not glyph.mark for glyph in glyphs) > sum(char not in MARKS for char in text):
                return text + UNREAD  # a digit was lost
            marked = _with_marks(text, glyphs)
            return marked if marked is not None and FORMS.fullmatch(marked.replace("-", "")) else None
        if len(glyphs) < len(text):
            return None if FORMS.fullmatch(text) else _with_a_speck_less(text, whole)
        said = [self._instead_of(char, glyph, word) for char, glyph in zip(text, glyphs, strict=True)]
        better = "".join(said) + word.text[len(text) :]
        return better if better != word.text else None

    def choice(self, word: Word, piece: Piece, texts: Sequence[str]) -> str | None:
        """Return the one of some texts that the shapes clearly speak for."""
        if all(text.endswith("%") for text in texts):  # it has three parts, or one
            short = self.choice(word, piece, [text[:-1] for text in texts])
            return None if short is None else f"{short}%"
        glyphs = [glyph for glyph in self._glyphs(word, piece) if glyph.mark != SPECK]
        if word.text.endswith("%"):
            glyphs = glyphs[: len(word.text) - 1]
        if not UNCOUNTED.isdisjoint("".join(texts)):
            return None
        whole = [text for text in texts if len(text) == len(glyphs)]
        if len(whole) < len(texts):
            lost = [_with_marks(text, glyphs) for text in texts if text not in whole]
            return whole[0] if len(whole) == 1 and set(lost) == set(whole) else None
        left = list(texts)
        for at, glyph in enumerate(glyphs):
            chars = {text[at] for text in left}
            if len(chars) == 1:
                continue
            if glyph.mark or not all(char in DIGITS for char in chars):
                return None
            like = self._likeness(glyph, word)
            best, second = sorted(chars, key=lambda char: like.get(char, -1.0), reverse=True)[:2]
            if like.get(best, -1.0) < LIKE or like[best] < like.get(second, -1.0) + CLEARLY:
                return None
            left = [text for text in left if text[at] == best]
        return left[0] if len(set(left)) == 1 else None

    def ends_in_dust(self, word: Word, piece: Piece) -> bool:
        """Tell whether the full stop, comma or colon that a word ends in is no such thing on the page."""
        last = self._glyphs(word, piece)[-1:]
        real = {".": (".", LOW_MARK), ",": (",", LOW_MARK), ":": (None,), ";": (None,)}.get(word.text[-1])
        return real is not None and any(glyph.mark not in real for glyph in last)

    def is_dash(self, word: Word, piece: Piece) -> bool:
        """Tell whether a part of a word's ink has the shape of a dash."""
        return any(glyph.mark == "-" for glyph in self._glyphs(word, piece))

    def is_dust(self, word: Word, piece: Piece) -> bool:
        """Tell whether a word's ink is nothing but dust."""
        return all(glyph.mark == SPECK for glyph in self._glyphs(word, piece))

    def _glyphs(self, word: Word, piece: Piece) -> list[Glyph]:
        """Return the glyphs of a word of the page, looked for once."""
        if word not in self._seen:
            self._seen[word] = glyphs_of(word, piece)
        return self._seen[word]

    def _instead_of(self, char: str, glyph: Glyph, word: Word) -> str:
        if char in POINTS_AND_COMMAS and glyph.mark in POINTS_AND_COMMAS:
            return glyph.mark
        return self._better(char, glyph, word) if char in DIGITS and not glyph.mark else char

    def _better(self, char: str, glyph: Glyph, word: Word) -> str:
        """Return the digit that a glyph is clearly more like, as a rule the one that was read.

        What is like no digit, and least of all like the one that was read, nobody can read, unless it is like
        that one without a speck or a stamp.
        """
        like = self._likeness(glyph, word)
        if char not in like:
            return char
        best = max(like, key=like.__getitem__)
        if like[best] > like[char] + CLEARLY and like[best] >= LIKE:
            return best
        if like[best] <= like[char] + CLEARLY and like[char] >= UNLIKE:
            return char
        barer = (bare for bare in (glyph.without_specks(), glyph.without_stamps()) if bare is not None)
        return char if any(self._is_like(char, bare, word) for bare in barer) else UNREAD

    def _is_like(self, char: str, glyph: Glyph, word: Word) -> bool:
        """Tell whether a glyph is like a digit, and most of all like that one."""
        like = self._likeness(glyph, word)
        return like.get(char, -1.0) >= LIKE and like[char] == max(like.values())

    def _likeness(self, glyph: Glyph, word: Word) -> dict[str, float]:
        """Return how much a glyph is like those of each digit in other words, at most 1."""
        likeness = self._known @ glyph.pixels
        likeness[self._of == self._number.get(word, -1)] = -np.inf
        found = {}
        for digit, places in enumerate(self._places):
            scores = np.sort(likeness[places])[-NEAREST:].tolist()
            near = [score for score in scores if score > -np.inf]
            if len(near) >= NEAREST - 1:
                found[str(digit)] = sum(near) / len(near)
        return found


def _is_speck_for_dash(text: str, marks: Sequence[str | None]) -> bool:
    """Tell whether a word has fewer dashes than were read, and a speck that nothing else accounts for.

    A dash that touches a letter is not seen, so fewer alone tell nothing.

    >>> _is_speck_for_dash("1-N", [None, "?", None]), _is_speck_for_dash("d-P", [None])
    (True, False)
    """
    points = sum(mark in (".", ",", LOW_MARK) for mark in marks) - text.count(".") - text.count(",")
    specks = marks.count("?") + marks.count(SPECK) + points
    return marks.count("-") < text.count("-") and specks > 0


def _with_a_speck_less(text: str, glyphs: Sequence[Glyph]) -> str | None:
    """Return a text without a point that is dust on the page; None if each of its points is one.

    >>> _with_a_speck_less("12.N", [Glyph(np.zeros(1)), Glyph(np.zeros(1)), Glyph(np.zeros(1), SPECK)])
    >>> letter = Glyph(np.zeros(1))
    >>> _with_a_speck_less("12.N", [letter, letter, Glyph(np.zeros(1), SPECK), letter])
    '12 N'
    """
    if len(glyphs) != len(text):
        return None
    said = [
        " " if char in POINTS_AND_COMMAS and glyph.mark == SPECK else char
        for char, glyph in zip(text, glyphs, strict=True)
    ]
    return "".join(said).strip() if " " in said else None


def _with_marks(text: str, glyphs: Sequence[Glyph]) -> str | None:
    """Return a text with the points and dashes that its glyphs have and it lost; None if that does not fit.

    >>> thin, dot = Glyph(np.zeros(1)), Glyph(np.zeros(1), ".")
    >>> _with_marks("425", [thin, thin, dot, thin])
    '42.5'
    """
    left = list(text)
    said = []
    for glyph in glyphs:
        if glyph.mark and (not left or left[0] not in ".,-'"):
            said.append({"?": " ", LOW_MARK: "."}.get(glyph.mark, glyph.mark))
        elif left:
            said.append(left.pop(0))
        else:
            return None
    return "".join(said).strip() if not left else None
