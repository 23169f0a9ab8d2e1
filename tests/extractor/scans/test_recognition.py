"""What a record is made of is read twice: the lines of page 1 that say whose bill it is, and every charge line."""

from __future__ import annotations

import pytest

from extractor.layouts.sections.recognition import worth_confirming
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
