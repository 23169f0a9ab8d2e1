"""What tesseract says of a line becomes its words: parted and boxed by the ink, not by its boxes alone."""

from __future__ import annotations

import numpy as np
import pytesseract
import pytest
from PIL import Image, ImageSequence

from extractor.pages.scans.pieces import Piece
from extractor.pages.scans.recognise import UNREAD, Ink, _parts, _snapped, _with_dashes, recognised
from extractor.pages.scans.spans import Mask

SIZE = 28.0


def inked(*spans: tuple[int, int]) -> Mask:
    """Return the ink of a line that stands between these columns."""
    ink = np.zeros((30, 400), np.bool_)
    for first, last in spans:
        ink[5:25, first:last] = True
    return ink


def word(text: str, left: float, right: float) -> Ink:
    return Ink(text, left, 5, right, 25, 0.9)


def test_two_words_in_one_are_parted_where_the_white_is() -> None:
    """A space narrower than tesseract takes for one, and letters of different widths."""
    letters = [(first, first + 11) for first in range(100, 196, 12)]
    digits = [(first, first + 13) for first in range(202, 315, 14)]
    parts = list(_parts(word("Received06/13/25", 100, 314), inked(*letters, *digits)))
    assert [part.text for part in parts] == ["Received", "06/13/25"]
    assert (parts[0].right, parts[1].left) == (195, 202)


def test_a_word_is_not_given_the_ink_of_a_part_of_it() -> None:
    """As many stretches of ink as words, but others: between `06/1` and `3/25` there is more white."""
    ink = inked((20, 110), (120, 280), (290, 330))
    line = [word("Payment", 20, 110), word("Received", 120, 223), word("06/13/25", 230, 330)]
    assert _snapped(line, ink, SIZE) == line


def test_a_word_gets_the_edges_of_its_ink() -> None:
    ink = inked((20, 110), (120, 223))
    found = _snapped([word("Payment", 17, 113), word("Received", 118, 226)], ink, SIZE)
    assert [(one.left, one.right) for one in found] == [(20, 110), (120, 223)]


def test_a_dash_boxed_beside_its_ink_gets_it_and_no_other_does() -> None:
    ink = inked((20, 80), (100, 112), (160, 172))
    power, unread = word("Power", 20, 80), [word(UNREAD, 100, 112), word(UNREAD, 160, 172)]
    found = _with_dashes([power, word("-", 88, 98)], unread, ink, SIZE)
    assert found == ([power, word("-", 100, 112)], unread[1:])
    on_ink = [power, word("-", 100, 112)]
    assert _with_dashes(on_ink, unread[1:], ink, SIZE) == (on_ink, unread[1:])


def test_a_line_on_which_tesseract_dies_is_ink_that_nobody_could_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Seen on dithered copies: a division by zero, of which all lines of the page were lost."""
    lines = [Piece(np.full((40, 200), 255, np.uint8), 0.0, 10.0 * at, 200.0) for at in range(5)]
    for line in lines:
        line.pixels[10:30, 20:80] = 0
    asked: list[int] = []

    def tesseract(path: str, **_: object) -> str:
        with Image.open(path) as file:
            pages = [np.asarray(page.convert("L")) for page in ImageSequence.Iterator(file)]
        asked.append(len(pages))
        if any(page[-1, -1] == 1 for page in pages):
            raise pytesseract.TesseractError(-8, "Page 0")
        return "".join(
            f"5\t{number}\t1\t1\t1\t1\t20\t10\t60\t20\t90\tkWh\n" for number in range(1, len(pages) + 1)
        )

    monkeypatch.setattr(pytesseract, "image_to_data", tesseract)
    lines[3].pixels[-1, -1] = 1
    assert [[said.text for said in words] for words in recognised(lines)] == [
        *[["kWh"]] * 3,
        [UNREAD],
        ["kWh"],
    ]
    assert asked == [5, 2, 3, 1, 2, 1, 1]


def test_a_fault_of_tesseract_that_is_no_crash_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def tesseract(path: str, **_: object) -> None:
        raise pytesseract.TesseractError(1, "no language")

    monkeypatch.setattr(pytesseract, "image_to_data", tesseract)
    with pytest.raises(pytesseract.TesseractError):
        recognised([Piece(np.zeros((40, 200), np.uint8), 0.0, 0.0, 200.0)])
