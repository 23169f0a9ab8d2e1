"""Pages of a file go with the bill whose count and name they continue, in whatever order they lie."""

from __future__ import annotations

from random import Random

import pytest

from extractor.bills import count_of, cut, renumbered
from extractor.paper import Word
from extractor.sheet import Page, Scan
from tests.extractor.scans.scanned import sample

ONE = sample("gs2e-bundled-summer-2025").pages
OTHER = sample("gs2e-cpa-clean-summer-2026").pages
"""Two bills of different customers, of 4 and of 6 pages."""


def lying(*pages: Page) -> list[Page]:
    """Return pages as they lie in one file, numbered anew."""
    return [
        Page(number, page.width, page.height, page.words, page.source) for number, page in enumerate(pages, 1)
    ]


def blank() -> Page:
    return Page(0, 612, 792, [])


def said(*lines: str) -> Page:
    """Return a page that says these lines."""
    words = [Word(line, 50, 50 + 20 * at, 300, 60 + 20 * at) for at, line in enumerate(lines)]
    return Page(0, 612, 792, words)


COVER = said("Facsimile transmission", "To: accounts payable")
UNCOUNTED = said("A rate notice", "that counts no pages")


def numbers(pages: list[Page]) -> tuple[list[list[int]], list[int]]:
    """Return the numbers in the file of each bill's pages, and of those that are left over."""
    bills, left = cut(pages)
    return [[page.number for page in bill] for bill in bills], [page.number for page in left]


@pytest.mark.parametrize(
    ("pages", "bills", "left"),
    [
        (lying(*ONE), [[1, 2, 3, 4]], []),
        (lying(*ONE, *OTHER), [[1, 2, 3, 4], [5, 6, 7, 8, 9, 10]], []),
        (lying(*ONE, *ONE), [[1, 2, 3, 4], [5, 6, 7, 8]], []),  # one bill twice
        (lying(ONE[2], ONE[0], ONE[3], ONE[1]), [[2, 4, 1, 3]], []),
        (lying(*reversed(ONE)), [[4, 3, 2, 1]], []),
        (lying(ONE[1], ONE[0], *ONE[2:], *reversed(OTHER)), [[2, 1, 3, 4], [10, 9, 8, 7, 6, 5]], []),
        (lying(ONE[0], blank(), ONE[1], blank(), *ONE[2:], blank()), [[1, 2, 3, 4, 5, 6, 7]], []),  # duplex
        (lying(COVER, *ONE), [[2, 3, 4, 5]], [1]),
        (lying(COVER, blank(), *ONE, *OTHER), [[3, 4, 5, 6], [7, 8, 9, 10, 11, 12]], [1]),
        (lying(ONE[0], UNCOUNTED, *ONE[1:]), [[1, 2, 3, 4, 5]], []),  # stays behind the page before it
        (lying(ONE[0], ONE[3], UNCOUNTED, *ONE[1:3]), [[1, 4, 5, 2, 3]], []),
        (lying(OTHER[4], *ONE), [[2, 3, 4, 5]], [1]),  # a stray page before the first bill
        (lying(*ONE[:2], *ONE[3:]), [[1, 2, 3]], []),  # a page is missing
    ],
    ids=[
        "one bill",
        "two bills",
        "one bill twice",
        "shuffled",
        "backwards",
        "two bills shuffled",
        "blank backs",
        "cover sheet",
        "cover sheet with a blank back",
        "page without count",
        "page without count in shuffled ones",
        "stray page",
        "page missing",
    ],
)
def test_pages_are_cut_into_bills(pages: list[Page], bills: list[list[int]], left: list[int]) -> None:
    assert numbers(pages) == (bills, left)


def test_a_stray_page_of_another_customer_is_of_no_bill_it_lies_in() -> None:
    bills, left = numbers(lying(*ONE, OTHER[4]))
    assert bills == [[1, 2, 3, 4]]
    assert left == [5]


@pytest.mark.parametrize("seed", range(20))
def test_any_order_of_a_bill_is_its_order(seed: int) -> None:
    shuffled = Random(seed).sample(OTHER, len(OTHER))
    (bill,), left = cut(lying(*shuffled))
    assert [page.text for page in bill] == [page.text for page in OTHER]
    assert not left


@pytest.mark.parametrize("pages", [lying(blank(), blank()), lying(COVER), lying(COVER, UNCOUNTED)])
def test_pages_without_a_first_page_are_one_bill_to_be_refused(pages: list[Page]) -> None:
    bills, left = cut(pages)
    assert [[*bill] for bill in bills] == [pages]
    assert not left


@pytest.mark.parametrize(
    ("line", "count"),
    [
        ("EXAMPLE BAKERY LLC / Page 3 of 6", ("example bakery llc", 3, 6)),
        ("Page 1 of 1", ("", 1, 1)),
        ("EXAMPLE BAKERY LLC / Page 7 of 6", None),
        ("EXAMPLE BAKERY LLC / Page 0 of 6", None),
        ("Your charges are on the pages 3 of 6", None),
    ],
)
def test_a_header_counts_its_page(line: str, count: tuple[str, int, int] | None) -> None:
    assert count_of(said(line)) == count


def test_two_counts_on_a_page_are_none() -> None:
    assert count_of(said("EXAMPLE BAKERY LLC / Page 3 of 6", "see / Page 5 of 6")) is None


def test_pages_out_of_order_get_the_numbers_of_their_order() -> None:
    scans = [Scan(number, (612, 792), [], {}, lambda box: box) for number in (3, 1, 2)]
    pages, inside = renumbered(scans)
    assert [page.number for page in pages] == [1, 2, 3]
    assert inside == {1: 3, 2: 1, 3: 2}
    assert all(isinstance(page, Scan) for page in pages)
    assert renumbered(pages) == (pages, {})
