"""Both readers see the words that a person sees, where a person sees them, on every trap."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable

import pypdfium2
import pypdfium2.raw as raw
import pytest

from extractor.pages import pdfium, plumber
from extractor.paper import Word, lines_of
from extractor.sheet import Page
from tests.extractor.pages.made_pages import Seen, Trap
from tests.extractor.pages.traps import all_traps, ligatures

TRAPS = all_traps()
READERS = {"pdfium": pdfium.read_pages, "plumber": plumber.read_pages}
ALONG, ACROSS = 1.5, 0.25
"""How far a box may be from the truth: points along the line, a share of the size across it.

Fonts differ in what they call their height (Helvetica that is not embedded is shown by another
font of 0.91 em), not in their advances."""


def seen(page: Page) -> list[Word]:
    """Return the words of a page's lines: what was written in pieces is one word there."""
    return [word for line in lines_of(page.words) for word in line.words]


def wrong(wanted: Iterable[Seen], got: list[Word]) -> list[str]:
    """Return the words that are missing, misplaced or too many."""
    left, problems = list(got), []
    for want in wanted:
        found = next((word for word in left if word.text == want.text and fits(want, word)), None)
        if found is None:
            problems.append(f"missing {want}")
        else:
            left.remove(found)
    return problems + [f"too many: {word}" for word in left]


def fits(want: Seen, word: Word) -> bool:
    """Tell whether a word's box is the wanted one."""
    size = (want.x1 - want.x0 if want.up else want.bottom - want.top) / 0.93
    along, across = max(ALONG, 0.02 * size), max(ALONG, ACROSS * size)
    allowed = (across, along, across, along) if want.up else (along, across, along, across)
    return all(abs(a - b) <= limit for a, b, limit in zip(want[1:5], word[1:5], allowed, strict=True))


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.name)
def test_words_and_boxes_are_the_ones_on_the_page(trap: Trap, reader: str) -> None:
    (page,) = READERS[reader](trap.data)
    assert (round(page.width, 1), round(page.height, 1)) == (trap.width, trap.height)
    assert not wrong(() if trap.lost_on == reader else trap.words, seen(page))


@pytest.mark.parametrize("trap", [trap for trap in TRAPS if not trap.lost_on], ids=lambda trap: trap.name)
def test_both_readers_agree(trap: Trap) -> None:
    (first,), (second,) = pdfium.read_pages(trap.data), plumber.read_pages(trap.data)
    assert sorted(word.text for word in seen(first)) == sorted(word.text for word in seen(second))


def by_text_index(data: bytes) -> list[Word]:
    """Read words the naive way: as if the place in pdfium's text were the number of its character."""
    page = pypdfium2.PdfDocument(data)[0]
    text_page = page.get_textpage()
    text = text_page.get_text_range()
    words, start = [], 0
    for part in text.split():
        start = text.index(part, start)
        boxes = [box_of(text_page.raw, index, page.get_height()) for index in (start, start + len(part) - 1)]
        words.append(Word(part, boxes[0][0], boxes[0][1], boxes[1][2], boxes[1][3]))
        start += len(part)
    return words


def box_of(text_page: raw.FPDF_TEXTPAGE, index: int, height: float) -> tuple[float, float, float, float]:
    rect = raw.FS_RECTF()
    raw.FPDFText_GetLooseCharBox(text_page, index, ctypes.byref(rect))
    return rect.left, height - rect.top, rect.right, height - rect.bottom


SHIFTED = ("beyond_the_first_plane", "all_shifts", "without_unicode")


@pytest.mark.parametrize("name", SHIFTED)
def test_taking_boxes_by_text_index_gives_wrong_boxes(name: str) -> None:
    (trap,) = (trap for trap in TRAPS if trap.name == name)
    misplaced = [
        word
        for word in by_text_index(trap.data)
        for want in trap.words
        if word.text == want.text and not fits(want, word)
    ]
    assert misplaced
    assert not wrong(trap.words, seen(pdfium.read_pages(trap.data)[0]))


def test_pages_can_be_asked_for_by_number() -> None:
    trap = ligatures()
    assert [page.number for page in pdfium.read_pages(trap.data, [1])] == [1]
    assert [page.number for page in plumber.read_pages(trap.data, [1])] == [1]
