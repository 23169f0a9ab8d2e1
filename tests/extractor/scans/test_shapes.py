"""A page's own digits tell when two readings were wrong in one way: a digit, a lost point, a speck for a dash."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from extractor.pages.scans.judging import _is_speck
from extractor.pages.scans.letters import ASCENT, DESCENT, DIGIT
from extractor.pages.scans.pieces import Piece
from extractor.pages.scans.recognise import UNREAD
from extractor.pages.scans.shapes import Shapes
from extractor.paper import Word
from extractor.sheet import AGREED

DPI, SIZE = 300.0, 9.0
FONT = ImageFont.load_default(SIZE * DPI / 72)

Printed = tuple[Word, Piece]


def printed(text: str, read: str | None = None, speck: bool = False) -> Printed:
    """Return a word as printed in 9 points, said to be read otherwise; `speck`: a dot between its halves."""
    image = Image.new("L", (600, 80), 255)
    draw = ImageDraw.Draw(image)
    halves = text.split(" ") if speck else [text]
    x = 20.0
    for half in halves:
        draw.text((x, 20), half, fill=0, font=FONT)
        x = draw.textbbox((x, 20), half, font=FONT)[2]
        if speck and half is not halves[-1]:
            draw.ellipse((x + 6, 38, x + 9, 41), fill=0)
            x += 15
    pixels = np.asarray(image)
    _, top, _, bottom = ImageDraw.Draw(image).textbbox((20, 20), "0", font=FONT)
    columns = np.flatnonzero((pixels < 150).any(axis=0))
    em = (bottom - top) / DIGIT
    scale = DPI / 72
    word = Word(
        text if read is None else read,
        columns[0] / scale,
        (bottom - ASCENT * em) / scale,
        (columns[-1] + 1) / scale,
        (bottom + DESCENT * em) / scale,
        (ASCENT + DESCENT) * em / scale,
        AGREED,
    )
    return word, Piece(pixels, 0.0, 0.0, DPI)


OTHERS = ["0123456789", "$1,234.56", "7,890 ", "0.24815", "$98.06", "31", "4,472", "600238", "951-7", "853"]
"""What else the page prints."""

PAGE = Shapes(printed(text.strip()) for text in OTHERS)


@pytest.mark.parametrize(
    ("text", "read", "instead"),
    [
        ("0.24811", "0.24811", None),
        ("0.24811", "0.24814", "0.24811"),
        ("$3,865.07", "$8,865.07", "$3,865.07"),
        ("100%", "400%", "100%"),
        ("469.50", "46950", "469.50"),  # a point was lost
        ("-$77.24", "$77.24", "-$77.24"),  # a minus sign
        ("$77.24", "$77.24", None),
        ("-$77.24", "-$77.24", None),
        ("07/16/26", "07/16/26", None),
        ("359150-000232", "359150-000232", None),
        ("8000000401", "800000401", "800000401" + UNREAD),  # a digit was lost
        ("1,808.537", "808.537", "808.537" + UNREAD),
    ],
)
def test_what_the_shapes_say_in_the_place_of_a_reading(text: str, read: str, instead: str | None) -> None:
    assert PAGE.instead(*printed(text, read)) == instead


def struck(text: str, read: str, at: int, grey: int = 0) -> Printed:
    """Return a word with a pen's upright stroke through one of its digits; `grey`: a stamp's, paler than print."""
    word, piece = printed(text, read)
    pixels = piece.pixels.copy()
    middle = 20 + FONT.getlength(text[:at]) + FONT.getlength(text[at]) / 2
    stroke = np.s_[:, round(middle) - 2 : round(middle) + 3]
    pixels[stroke] = np.minimum(pixels[stroke], grey)
    return word, piece._replace(pixels=pixels)


@pytest.mark.parametrize(
    ("text", "read", "at", "instead"),
    [
        ("8000000401", "8000040401", 5, "80000\ufffd0401"),  # both readings took it for a 4
        ("8000000401", "8000000401", 5, "80000\ufffd0401"),  # who knows what is under the stroke
        ("$3,865.07", "$3,865.07", 4, "$3,8\ufffd5.07"),
    ],
)
def test_a_digit_under_a_stroke_is_none_that_can_be_read(text: str, read: str, at: int, instead: str) -> None:
    """Seen on a service account, which no arithmetic holds: two readings of 0 as 4."""
    assert PAGE.instead(*struck(text, read, at)) == instead


def test_a_digit_under_a_stamps_stroke_is_like_itself_in_its_darkest_ink() -> None:
    assert PAGE.instead(*struck("9000000401", "9000000401", 5, grey=128)) is None
    assert PAGE.instead(*struck("9000000401", "9000040401", 5, grey=128)) == "90000\ufffd0401"


def test_a_speck_is_no_dash() -> None:
    assert PAGE.instead(*printed("12345 N", "12345-N", speck=True)) == "12345 N"
    assert PAGE.instead(*printed("12345-N")) is None


@pytest.mark.parametrize(
    ("text", "texts", "choice"),
    [
        ("0.24811", ("0.24814", "0.24811"), "0.24811"),
        ("0.24811", ("0.24814", "0.24817"), None),  # neither is like it
        ("100%", ("400%", "100%"), "100%"),
        ("469.50", ("46950", "469.50"), "469.50"),
        ("$5.00", ("S5.00", "$5.00"), None),  # letters are not compared
    ],
)
def test_which_of_two_readings_the_shapes_speak_for(
    text: str, texts: Sequence[str], choice: str | None
) -> None:
    assert PAGE.choice(*printed(text, texts[0]), texts) == choice


def test_a_page_with_few_digits_says_nothing() -> None:
    assert Shapes([printed("12")]).instead(*printed("0.24811", "0.24814")) is None


def behind_an_amount(wide: int, high: int) -> Printed:
    """Return a mark read as a dash, so many pixels across and down, at the height of a dash."""
    word, piece = printed("$18.54")
    pixels = piece.pixels.copy()
    middle = round((word.top + word.bottom) / 2 * DPI / 72)
    pixels[middle : middle + high, 400 : 400 + wide] = 0
    x0, x1 = 400 * 72 / DPI, (400 + wide) * 72 / DPI
    return word._replace(text="-", x0=x0, x1=x1), Piece(pixels, 0.0, 0.0, DPI)


@pytest.mark.parametrize(
    ("wide", "high", "is_speck"), [(4, 4, True), (3, 6, True), (13, 4, False), (20, 3, False)]
)
def test_a_mark_behind_an_amount_is_a_dash_only_in_the_shape_of_one(
    wide: int, high: int, is_speck: bool
) -> None:
    dash, piece = behind_an_amount(wide, high)
    amount, label = printed("$18.54")[0], printed("peak")[0]
    assert _is_speck(dash, [amount], PAGE, piece) is is_speck
    assert not _is_speck(dash, [label], PAGE, piece)  # a label may have one, worn to a dot


@pytest.mark.parametrize("above", [6, 8, 9])
def test_a_speck_above_a_digit_makes_it_no_other(above: int) -> None:
    """Seen on a clean scan: the speck and the 0 below it are as tall as no digit of the page."""
    word, piece = printed(f"700000040{above}")
    pixels = piece.pixels.copy()
    top = int(np.flatnonzero((pixels < 128).any(axis=1))[0])
    left = round(20 + FONT.getlength("70000") + FONT.getlength("0") / 2)
    pixels[max(top - above, 0) : max(top - above, 0) + 3, left : left + 3] = 0
    assert PAGE.instead(word, piece._replace(pixels=pixels)) is None
