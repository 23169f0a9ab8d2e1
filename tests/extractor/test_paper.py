"""Words become lines by where they stand, in whatever order they come."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from extractor.paper import Line, Word, box_of, lines_of
from extractor.sheet import Page


def _word(text: str, x0: float, top: float, width: float | None = None) -> Word:
    return Word(text, x0, top, x0 + (width or 5 * len(text)), top + 10)


ROW = [
    _word("Mid", 56, 158),
    _word("peak", 74, 158.3),
    _word("3,499", 204, 157.8),
    _word("$263.37", 387, 158),
]
NEXT = [_word("Off", 56, 168.5), _word("peak", 74, 168.5)]


@given(st.randoms())
def test_order_of_the_words_does_not_matter(dice: random.Random) -> None:
    words = [*ROW, *NEXT]
    dice.shuffle(words)
    assert [line.text for line in lines_of(words)] == ["Mid peak 3,499 $263.37", "Off peak"]


def test_pieces_of_a_word_are_one_word() -> None:
    pieces = [_word("$3,9", 300, 100, 20), _word("92.95", 320.3, 100, 25)]
    assert [line.text for line in lines_of(pieces)] == ["$3,992.95"]


def test_words_printed_over_one_another_stay_apart() -> None:
    (line,) = lines_of([_word("$12.00", 300, 100), _word("$12.00", 301, 100)])
    assert line.text == "$12.00 $12.00"


def test_a_sidebar_between_the_heights_of_two_lines_is_a_line_of_its_own() -> None:
    texts = [line.text for line in lines_of([*ROW, *NEXT, _word("distribution", 430, 163.5)])]
    assert texts == ["Mid peak 3,499 $263.37", "distribution", "Off peak"]


def test_words_of_a_part_of_a_line() -> None:
    line = Line(ROW)
    start = line.text.index("3,499")
    assert [word.text for word in line.between(start, start + 5)] == ["3,499"]
    assert box_of(line.between(0, 8)) == (56, 158, 94, 168.3)


def test_words_are_read_when_they_are_asked_for() -> None:
    asked: list[int] = []

    def words() -> list[Word]:
        asked.append(1)
        return ROW

    page = Page(1, 612, 792, words, text="Mid  Peak")
    assert page.squeezed == "midpeak"
    assert not asked
    assert len(page.words) == len(page.words) == 4
    assert asked == [1]
