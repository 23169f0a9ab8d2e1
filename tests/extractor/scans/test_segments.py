"""Ink of a page is cut into runs and strips as a person sees columns and lines."""

from __future__ import annotations

import numpy as np
import pytest

from extractor.pages.scans.segments import Pixels, Run, pale_runs, paragraphs, runs_of
from extractor.pages.scans.strips import strips_of

DPI = 144.0
"""Two pixels a point."""

Box = tuple[float, float, float, float]


def page(*boxes: Box, width: int = 600, height: int = 200) -> Pixels:
    """Return a white page with boxes of ink: left, top, right, bottom in points."""
    pixels = np.full((2 * height, 2 * width), 255, dtype=np.uint8)
    for left, top, right, bottom in boxes:
        pixels[round(2 * top) : round(2 * bottom), round(2 * left) : round(2 * right)] = 0
    return pixels


def word(left: float, top: float, letters: int) -> list[Box]:
    """Return letters of 5 points, 7 tall, a point apart."""
    return [(left + 6 * at, top, left + 6 * at + 5, top + 7) for at in range(letters)]


def boxes(runs: list[Run]) -> list[Box]:
    return [(run.left, run.top, run.right, run.bottom) for run in runs]


def test_letters_and_words_hang_together_and_columns_do_not() -> None:
    drawn = page(*word(50, 50, 4), *word(80, 50, 3), *word(300, 50, 2))  # a space of 7 points, then a column
    assert boxes(runs_of(drawn, DPI)) == [(50, 50, 97, 57), (300, 50, 311, 57)]


@pytest.mark.parametrize(
    ("down", "strips"),
    [(0.0, 1), (1.0, 1), (3.5, 2), (7.5, 2)],  # half a line lower: SCE's sidebar
)
def test_columns_on_another_height_end_on_another_strip(down: float, strips: int) -> None:
    drawn = page(*word(50, 50, 4), *word(300, 50 + down, 4))
    assert len(strips_of(runs_of(drawn, DPI))) == strips


def test_columns_half_a_line_apart_are_two_columns_of_strips() -> None:
    lines = [box for at in range(4) for box in word(50, 50 + 10 * at, 4)]
    sidebar = [box for at in range(4) for box in word(300, 55 + 10 * at, 4)]
    strips = strips_of(runs_of(page(*lines, *sidebar), DPI))
    assert [[run.left for run in strip.runs] for strip in strips] == [[50], [300]] * 4


def test_the_dot_of_an_i_belongs_to_the_line_below_it() -> None:
    dot = (50.0, 48.0, 51.0, 49.0)
    stem = (50.0, 50.5, 51.0, 57.0)
    above = word(46, 38, 3)
    runs = runs_of(page(*above, dot, stem, *word(52, 50.5, 2)), DPI)
    assert boxes(runs) == [(46, 38, 63, 45), (50, 48, 63, 57.5)]


@pytest.mark.parametrize(
    "rule",
    [(40, 60, 500, 61), (40, 57, 500, 58), (45, 10, 46, 190)],
    ids=["below the line", "touching it", "down the page"],
)
def test_a_drawn_rule_is_dropped(rule: Box) -> None:
    assert boxes(runs_of(page(*word(50, 50, 4), rule), DPI)) == [(50, 50, 73, 57)]


def test_a_dash_is_no_rule() -> None:
    assert boxes(runs_of(page((50, 50, 70, 53)), DPI)) == [(50, 50, 70, 53)]


def test_lines_that_a_stroke_of_a_pen_ties_together_are_parted() -> None:
    lines = [box for at in range(3) for box in word(50, 50 + 12 * at, 20)]
    stroke = (80.0, 48.0, 81.0, 84.0)
    runs = runs_of(page(*lines, stroke), DPI)
    assert len(runs) == 3
    assert all(run.height < 15 for run in runs)


def test_an_empty_page_has_no_runs() -> None:
    assert runs_of(page(), DPI) == []


def text(*lines: tuple[float, float, float]) -> list[Run]:
    """Return lines 8 points tall: left, top, right."""
    return [Run(left, top, right, top + 8) for left, top, right in lines]


PARAGRAPH = text((50, 50, 300), (50, 60, 295), (50, 70, 298))


@pytest.mark.parametrize(
    ("runs", "left_out"),
    [
        (PARAGRAPH, PARAGRAPH),
        (PARAGRAPH[:2], []),  # two lines are none
        (text((50, 50, 200), (50, 60, 200), (50, 70, 200)), []),  # short lines are none
        (text((50, 50, 300), (50, 60, 300), (50, 100, 300)), []),  # far apart
        (text((50, 50, 300), (90, 60, 340), (50, 70, 300)), []),  # set in
        ([*PARAGRAPH, Run(40, 200, 90, 208)], PARAGRAPH),  # a word elsewhere stays
        (text((50, 50, 380)), text((50, 50, 380))),  # a hundred letters are a sentence, also alone
        (text((50, 50, 360)), []),  # a scan line is shorter
    ],
    ids=[
        "paragraph",
        "two lines",
        "short lines",
        "far apart",
        "set in",
        "word elsewhere",
        "sentence",
        "scan line",
    ],
)
def test_paragraphs_are_left_out(runs: list[Run], left_out: list[Run]) -> None:
    assert paragraphs(runs) == set(left_out)


@pytest.mark.parametrize("at", range(3))
def test_a_charge_line_is_never_part_of_a_paragraph(at: int) -> None:
    line = PARAGRAPH[at]
    amount = Run(400, line.top, 440, line.bottom)
    assert line not in paragraphs([*PARAGRAPH, amount])
    assert amount not in paragraphs([*PARAGRAPH, amount])


def test_a_charge_line_is_no_sentence_however_long_its_label_is() -> None:
    (label,) = text((50, 50, 500))
    assert paragraphs([label, Run(520, 50, 560, 58)]) == set()


def test_charge_lines_below_one_another_all_stay() -> None:
    amounts = [Run(400, run.top + 1, 440, run.bottom + 1) for run in PARAGRAPH]
    assert paragraphs([*PARAGRAPH, *amounts]) == set()


def test_a_dash_that_stands_alone_is_one_with_the_run_beside_it_and_dust_is_nothing() -> None:
    dash, speck = (100, 53, 103, 54), (200, 53, 200.7, 53.7)
    strips = strips_of(runs_of(page(*word(50, 50, 3), dash, speck, *word(300, 50, 3)), DPI))
    assert [[(run.left, run.right) for run in strip.runs] for strip in strips] == [[(50, 103), (300, 317)]]


def test_specks_on_one_height_are_no_dash() -> None:
    specks = [(80.0 + 5 * at, 53.0, 81.0 + 5 * at, 54.0) for at in range(4)]
    assert boxes(runs_of(page(*word(30, 50, 3), *specks), DPI)) == [(30, 50, 47, 57)]


def test_notes_paler_than_the_print_are_told() -> None:
    drawn = page(*word(50, 50, 4), *word(50, 70, 4), *word(50, 90, 4))
    drawn[178:196, :] = np.where(drawn[178:196, :] == 0, np.uint8(120), drawn[178:196, :])
    runs = runs_of(drawn, DPI)
    assert pale_runs(runs, drawn, DPI) == {runs[-1]}


def test_a_page_that_is_pale_all_over_has_no_notes() -> None:
    drawn = np.where(page(*word(50, 50, 4), *word(50, 70, 4)) == 0, np.uint8(120), np.uint8(255))
    assert pale_runs(runs_of(drawn, DPI), drawn, DPI) == set()
