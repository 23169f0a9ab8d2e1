"""Agreement alone is not enough: words that something runs through, or with specks in them, are asked again."""

from __future__ import annotations

import pytest

from extractor.pages.scans.judging import OUTVOTED, Judge
from extractor.paper import Word
from extractor.reading import GUIDE
from extractor.sheet import AGREED


@pytest.mark.parametrize(
    ("text", "wide", "size", "agreed"),
    [
        ("NEXAMPLE", 48.5, 10.0, True),  # letters of this size are so wide
        ("NEXAMPLE", 48.5, 16.8, False),  # a stamp's frame runs through the line, and hides a space
        ("EXAMPLE", 39.0, 10.6, True),
        ("Delivery", 36.0, 16.8, True),  # what bills print is known whatever runs through it
        ("Mid:Peak", 40.0, 10.0, False),  # a speck
        ("Io", 3.0, 10.0, True),  # too short for its width to tell
        ("12345", 28.0, 16.8, True),  # digits have their shapes
    ],
)
def test_a_word_read_alike_twice_is_agreed_unless_its_ink_says_otherwise(
    text: str, wide: float, size: float, agreed: bool
) -> None:
    word = Word(text, 50.0, 100.0, 50.0 + wide, 100.0 + size, size, AGREED)
    judged = Judge(GUIDE)._unless_misspelt(word)
    assert judged.confidence == (AGREED if agreed else OUTVOTED)
