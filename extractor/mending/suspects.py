"""Which words of recognised pages may be misread: first those that what does not close is about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from extractor.layouts.sections.charge_lines import looks_like_charge
from extractor.mending.confusions import candidates
from extractor.model import BBox, ReadResult
from extractor.paper import Word
from extractor.sheet import AGREED, Page, Scan

_SEPARATED = re.compile(r"[.,](?=\d)")


class Place(NamedTuple):
    """A word on a recognised page."""

    page: int
    word: Word


def suspects(pages: Sequence[Page], result: ReadResult) -> Iterator[tuple[Place, list[str]]]:
    """Give the words that may be misread with what they may say.

    First come those of lines that take part in what fails and that were not read alike, then the other
    words of such lines, each time those first that most of what fails is about.
    """
    told = {str(row.computed) for row in result.proof if row.identity == "printed_alike" and not row.holds}
    boxes = _doubted(result)
    ranked: list[tuple[tuple[int, int], Place, tuple[str, ...]]] = []
    for page in (page for page in pages if isinstance(page, Scan)):
        for line in page.lines:
            doubts = sum(number == page.number and covers(box, line.words[0]) for number, box in boxes)
            for word in line.words:
                others = page.disputed.get(word, ())
                sure = is_sure(word)
                again = word.text.replace(",", "").strip("$") in told  # the other place that prints it
                if doubts or again:
                    ranked.append(((int(sure), -max(doubts, int(again))), Place(page.number, word), others))
                elif others or (not sure and looks_like_charge(line.text)):
                    ranked.append(((2, 0), Place(page.number, word), others))
    for _, place, others in sorted(ranked, key=lambda one: one[0]):
        texts = list(candidates(place.word.text, others))
        if is_sure(place.word):
            texts = [
                text for text in texts if _SEPARATED.sub("", text) == _SEPARATED.sub("", place.word.text)
            ]
        if texts:
            yield place, texts


def is_sure(word: Word) -> bool:
    """Tell whether a word was read alike twice, or is confirmed otherwise."""
    return word.confidence is not None and word.confidence >= AGREED


def _doubted(result: ReadResult) -> list[tuple[int, BBox]]:
    """Return the places that errors name, and those of the values in identities that do not hold."""
    places = [
        (finding.page, finding.bbox)
        for finding in result.findings
        if finding.severity == "error" and finding.page and finding.bbox
    ]
    failing = [pointer for row in result.proof if row.gate and not row.holds for pointer in row.subjects]
    return [*places, *(place for pointer in failing if (place := _place_of(result, pointer)))]


def _place_of(result: ReadResult, pointer: str) -> tuple[int, BBox] | None:
    if pointer in result.evidence:
        place = result.evidence[pointer]
        return None if place.bbox is None else (place.page, place.bbox)
    match = re.match(r"/bill/services/(\d+)/charges/(\d+)/", pointer)
    if match is None or result.bill is None:
        return None
    line = result.bill.services[int(match[1])].charges[int(match[2])]
    return None if line.evidence.bbox is None else (line.evidence.page, line.evidence.bbox)


def covers(box: BBox, word: Word) -> bool:
    """Tell whether a word's middle is on the height of a box."""
    return box[1] <= (word.top + word.bottom) / 2 <= box[3]
