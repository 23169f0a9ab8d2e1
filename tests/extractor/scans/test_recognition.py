"""What a record is made of is read twice: the lines of page 1 that say whose bill it is, and every charge line."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from extractor.layouts.sections.recognition import sidebar, worth_confirming
from extractor.pages.scans.clean import Cleaning
from extractor.pages.scans.looks import Look, Source
from extractor.pages.scans.scanner import HEAD, SHORT_HEAD, Scanner, _head
from extractor.pages.scans.segments import GAP, Run
from extractor.pages.scans.straight import Correction
from extractor.pages.scans.strips import Strip
from extractor.paper import Word
from extractor.reading import GUIDE
from extractor.sheet import Page
from tests.extractor.scans.scanned import sample

BILL = sample("gs2e-cpa-clean-summer-2026")


def confirmed(number: int) -> str:
    """Return the texts of a page's words that are worth confirming, as of a scan."""
    page = BILL.pages[number - 1]
    scan = Page(number, page.width, page.height, page.words, "ocr")
    return " ".join(word.text for word in worth_confirming(scan))


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (1, "EXAMPLE BAKERY LLC"),  # the customer's name, above the first page's count
        (1, "101760940000000118"),
        (5, "Energy-Summer"),  # a heading between charge lines
        (6, "SUPPLY/GENERATION"),
        (6, "Clean Power"),
    ],
)
def test_what_a_record_is_made_of_is_worth_confirming(number: int, said: str) -> None:
    assert said in confirmed(number)


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (2, "Important"),
        (5, "Things you should know"),
        (5, "nuclear decommissioning"),
    ],  # boilerplate; the sidebar
)
def test_what_is_in_no_record_is_read_once(number: int, said: str) -> None:
    assert said not in confirmed(number)


@pytest.mark.parametrize(("number", "begins"), [(1, None), (2, None), (5, 430.0), (6, None)])
def test_the_sidebar_of_a_page_of_charges_is_found_from_its_head(number: int, begins: float | None) -> None:
    page = BILL.pages[number - 1]
    head = [word for word in page.words if word.top < 140]
    found = sidebar(Page(number, page.width, page.height, head, "ocr"))
    assert found == (None if begins is None else pytest.approx(begins - 2, abs=2))


def run(left: float, top: float, right: float) -> Run:
    return Run(left, top, right, top + 8)


def test_what_is_beside_the_charges_is_left_out_below_the_head_and_read_when_asked_for() -> None:
    head = [Strip((run(40, 20.0 * at, 200), run(428, 20.0 * at, 560))) for at in range(HEAD)]
    charge, both = run(40, 300, 418), run(390, 320, 560)
    bullet, speck = run(428, 300, 560), run(422, 340, 560)
    body = [Strip((charge, bullet)), Strip((both,)), Strip((speck,))]
    look = Look(
        cast(Source, SimpleNamespace(number=1)),
        Correction(),
        (612, 792),
        np.eye(3),
        Cleaning(None, None, None),
        [*head, *body],
        [],
    )
    look.read = {run: [] for strip in head for run in strip.runs}
    look.leave_out(run for strip in look.unread() for run in strip.runs if run.left >= 428 - GAP)
    assert look.strips == [*head, Strip((charge,)), Strip((both,))]
    assert look.left_out == [Strip((bullet,)), Strip((speck,))]


def of(text: str, place: Run) -> list[Word]:
    """Return a word that stands where a run does."""
    return [Word(text, *place, place.height, 0.9)]


@pytest.mark.parametrize(
    ("title", "below", "left_out"),
    [
        ("Things you should know", [[run(40, 420, 300)], [run(40, 440, 380)]], 2),
        ("THINGS YOU SHOULD KNOW:", [[run(40, 420, 300)]], 1),
        ("Details of your new charges", [[run(40, 420, 300)]], 0),
        ("Things you should know about", [[run(40, 420, 300)]], 0),
        (
            "Things you should know",
            [[run(40, 420, 300)], [run(40, 440, 300), run(500, 440, 540)]],
            0,
        ),  # amounts
    ],
)
def test_what_is_below_the_heading_of_news_is_left_out_unless_there_are_columns(
    title: str, below: list[list[Run]], left_out: int
) -> None:
    top = [Strip((run(40, 20.0 * at, 200),)) for at in range(HEAD)]
    large, next_title = Run(40, 380, 260, 396), Run(40, 600, 260, 616)
    after = run(40, 640, 300)
    strips = [Strip((large,)), *(Strip(tuple(runs)) for runs in below), Strip((next_title,)), Strip((after,))]
    look = Look(
        cast(Source, SimpleNamespace(number=1)),
        Correction(),
        (612, 792),
        np.eye(3),
        Cleaning(None, None, None),
        [*top, *strips],
        [],
    )
    look.read = {one: of("word", one) for strip in top for one in strip.runs}
    look.read |= {large: of(title, large), next_title: of("Details of your new charges", next_title)}
    Scanner(GUIDE)._leave_out(look)
    assert len(look.left_out) == left_out
    assert look.unread()[-1] == Strip((after,))


def test_titles_are_read_with_the_head_and_of_a_page_of_paragraphs_the_head_is_shorter() -> None:
    lines = [Strip((run(40, 20.0 * at, 200),)) for at in range(20)]
    title = Strip((Run(40, 500, 260, 516),))
    prose = [Strip((run(40, 10.0 * at, 400),)) for at in range(60)]
    some, mostly = (
        Look(
            cast(Source, SimpleNamespace(number=1)),
            Correction(),
            (612, 792),
            np.eye(3),
            Cleaning(None, None, None),
            [*lines, title],
            out,
        )
        for out in (prose[:5], prose)
    )
    assert _head(some) == [*lines[:HEAD], title]
    assert _head(mostly) == [*lines[:SHORT_HEAD], title]
