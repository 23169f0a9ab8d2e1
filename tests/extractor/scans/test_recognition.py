"""What a record is made of is read twice: the lines of page 1 that say whose bill it is, and every charge line."""

from __future__ import annotations

from typing import cast

import numpy as np
import pytest

from extractor.layouts.sections.recognition import sidebar, worth_confirming
from extractor.pages.scans.clean import Cleaning
from extractor.pages.scans.looks import Look, Source
from extractor.pages.scans.scanner import HEAD, _leave_out_beside
from extractor.pages.scans.segments import GAP, Run
from extractor.pages.scans.straight import Correction
from extractor.pages.scans.strips import Strip
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
        cast(Source, None),
        Correction(),
        (612, 792),
        np.eye(3),
        Cleaning(None, None, None),
        [*head, *body],
        [],
    )
    _leave_out_beside(look, 428 - GAP)
    assert look.strips == [*head, Strip((charge,)), Strip((both,))]
    assert look.left_out == [Strip((bullet,)), Strip((speck,))]
