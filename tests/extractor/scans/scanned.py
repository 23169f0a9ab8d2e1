"""Sample bills as recognition gives them: the words of their pages, each with a confidence.

No picture is drawn and nothing recognised here: what is misread is said word by word.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from extractor.base.errors import BillclerkError
from extractor.mending.repair import repaired
from extractor.model import ReadResult, Status
from extractor.pages import pdfium
from extractor.paper import Line, Word
from extractor.reading import read_pages, refused
from extractor.sheet import AGREED, Page, Scan
from tests.extractor.law import DOCUMENT, SAMPLES, Paper, Sample, differences, of_words

ONCE = 0.8
"""The confidence of a word that was read once."""

OPEN = ("usage_kwh", "due_date")
"""Optional values that the law protects, and that may be left open."""

Misread = Mapping[tuple[int, int], str]
"""Texts that recognition gives, by a word's page (its place in the file, from 0) and place on it."""


class Spot(NamedTuple):
    """A word of a bill: its page and its place on the page, both from 0, and its line."""

    page: int
    at: int
    word: Word
    line: Line


@cache
def sample(name: str) -> Sample:
    """Return a sample bill by its name."""
    path = SAMPLES / f"{name}.pdf"
    golden = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    pages = tuple(of_words(page) for page in pdfium.read_pages(path.read_bytes()))
    return Sample(name, pages, tuple(record["bill"] for record in golden))


def spots(bill: Sample) -> Iterator[Spot]:
    """Give every word of a bill, line by line."""
    for number, page in enumerate(bill.pages):
        places = {word: at for at, word in enumerate(page.words)}
        for line in page.lines:
            yield from (Spot(number, places[word], word, line) for word in line.words)


def spot(bill: Sample, line: str, text: str) -> Spot:
    """Return the one word that says a text on the one line that has this in it."""
    (found,) = [one for one in spots(bill) if one.word.text == text and line in one.line.text]
    return found


def scanned(
    bill: Sample, misread: Misread, others: Mapping[tuple[int, int], tuple[str, ...]] | None = None
) -> list[Page]:
    """Return a bill's pages as recognised twice and alike, but for the misread words, read once.

    `others` are texts that a second reading gave, for words of the first.
    """
    return [_scan(number, page, misread, others or {}) for number, page in enumerate(bill.pages)]


def _scan(
    number: int, page: Page, misread: Misread, others: Mapping[tuple[int, int], tuple[str, ...]]
) -> Scan:
    words = [
        word._replace(text=misread[number, at], confidence=ONCE)
        if (number, at) in misread
        else word._replace(confidence=AGREED)
        for at, word in enumerate(page.words)
    ]
    disputed = {words[at]: texts for (on, at), texts in others.items() if on == number}
    return Scan(page.number, (page.width, page.height), words, disputed, shown=lambda box: box)


def alike(bill: Sample, misread: Misread) -> list[Page]:
    """Return a bill's pages as recognised twice and alike, some words misread both times."""
    pages = (_scan(number, page, misread, {}) for number, page in enumerate(bill.pages))
    return [page.saying({word: word._replace(confidence=AGREED) for word in page.words}) for page in pages]


def read(pages: Sequence[Page]) -> ReadResult:
    """Read pages as they are, without repair."""
    try:
        return read_pages(pages, DOCUMENT)
    except BillclerkError as error:
        return refused(DOCUMENT.path, None, error)


def mended(pages: Sequence[Page]) -> ReadResult:
    """Read pages, with what arithmetic can repair repaired."""
    result = read(pages)
    return repaired(pages, result, read) if result.status == Status.REVIEW else result


def wrong(bill: Sample, result: ReadResult) -> list[str]:
    """Return what a verified record says otherwise than the bill; nothing is wrong that is not verified.

    Nor is an optional value wrong that is left open with a warning.
    """
    if result.status != Status.VERIFIED or result.bill is None:
        return []
    text = "\n".join(page.text for page in bill.pages)
    paper = Paper(text, text, frozenset(finding.code for finding in result.findings))
    (golden,) = bill.golden
    left_open = {f"{name}: None for" for name in OPEN if "unread_field" in paper.codes}
    found = differences(result.bill.model_dump(mode="json"), golden, paper)
    return [one for one in found if not one.startswith(tuple(left_open))]
