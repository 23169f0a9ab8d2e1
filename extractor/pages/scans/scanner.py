"""Pictures of pages -> pages of words: upright, cut into strips, read twice where it matters.

    raster at 200 dpi -> upright, clean -> strips without paragraphs -> words
    of pages whose words will be read: the strips with digits again at 300 dpi -> agreed or disputed
    what is disputed: its strips at 400 dpi -> agreed where two of three are alike

Rasters are made in this thread (pdfium wants that), tesseract runs beside it, one process a page.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol, TypeVar

import numpy as np
from PIL import Image

from extractor.pages.scans.clean import cleaned, ink
from extractor.pages.scans.raster import Matrix, Raster
from extractor.pages.scans.readings import Known, has_digit, known, mended, merged
from extractor.pages.scans.recognise import recognised
from extractor.pages.scans.segments import Strip, paragraphs, runs_of, sheet_of, strips_of
from extractor.pages.scans.straight import Correction, Upright, correction_of, shown_box, upright
from extractor.paper import Word
from extractor.sheet import AGREED, Scan

S = TypeVar("S")
F = TypeVar("F")
R = TypeVar("R")

FIRST, SECOND, THIRD = 200.0, 300.0, 400.0
"""Resolutions of the readings. 200 is as accurate for numbers as 300, and two that agree are right."""

BLANK = 0.0004
"""Share of ink below which a page is blank: a page of ten words has 0.002."""

UPSIDE_DOWN = 0.2
"""Share of a page's words that are on the word list below which it may stand on its head."""

LETTERS = 3
"""Letters from which a word tells whether it is one."""


class Source(Protocol):
    """A page that is a picture."""

    number: int
    photo: bool

    def raster(self, dpi: float) -> Raster:
        """Return its pixels as shown."""


@dataclass
class Look:
    """A page between its readings."""

    source: Source
    correction: Correction
    size: tuple[float, float]
    to_shown: Matrix
    strips: list[Strip]
    left_out: list[Strip]
    words: list[Word]


class Scanner:
    """Reads pages that are pictures, several tesseract processes at a time."""

    def __init__(self, needed: Callable[[str], bool], is_known: Known, processes: int = 1) -> None:
        self._needed = needed
        self._known = is_known
        self._processes = processes

    def pages(self, sources: Iterable[Source]) -> Iterator[Scan]:
        """Give each page read; pages whose words are not needed are read once, and without paragraphs."""
        with ThreadPoolExecutor(self._processes) as pool:
            looks = _ahead(pool, self._processes, sources, self._first, self._looked)
            yield from _ahead(pool, self._processes, looks, self._second, self._read)

    def _whole(self, look: Look) -> Scan:
        """Return a page with its paragraphs read, too, and all its numbers twice."""
        words = [*look.words, *_words(self._at(look, FIRST), look.left_out)]
        everything = replace(look, strips=[*look.strips, *look.left_out], left_out=[], words=words)
        again = _strips_with(everything.strips, [word for word in words if has_digit(word)])
        return self._scan(everything, _words(self._at(look, SECOND), again))

    def _first(self, source: Source, pool: ThreadPoolExecutor) -> tuple[Look, Future[list[Word]]]:
        raster = source.raster(FIRST)
        look, page = _cut(source, raster, correction_of(raster, source.photo))
        return look, pool.submit(_words, page, look.strips)

    def _looked(self, look: Look, reading: Future[list[Word]]) -> Look:
        """Return a page once read; one that stands on its head is turned and read again."""
        look.words = reading.result()
        if self._share_known(look.words) >= UPSIDE_DOWN or not look.words:
            return look
        turned, page = _cut(look.source, look.source.raster(FIRST), look.correction.half_turned())
        turned.words = _words(page, turned.strips)
        return turned if self._share_known(turned.words) > self._share_known(look.words) else look

    def _share_known(self, words: Sequence[Word]) -> float:
        telling = [word.text for word in words if len(word.text) >= LETTERS and word.text.isalpha()]
        return sum(map(self._known, telling)) / len(telling) if telling else 0.0

    def _second(self, look: Look, pool: ThreadPoolExecutor) -> tuple[Look, Future[list[Word]] | None]:
        if not self._needed(" ".join(word.text for word in look.words)):
            return look, None
        strips = _strips_with(look.strips, [word for word in look.words if has_digit(word)])
        return look, pool.submit(_words, self._at(look, SECOND), strips)

    def _read(self, look: Look, reading: Future[list[Word]] | None) -> Scan:
        return self._scan(look, None if reading is None else reading.result())

    def _scan(self, look: Look, second: Sequence[Word] | None) -> Scan:
        words = known(look.words, self._known)
        disputed: dict[Word, tuple[str, ...]] = {}
        if second is not None:
            words, disputed = self._agreed(look, second)
        # recognition glues and drops what only the eye needs; done last, so that texts are compared as read
        texts = dict(zip(words, mended(words), strict=True))
        return Scan(
            look.source.number,
            look.size,
            texts.values(),
            {texts[word]: others for word, others in disputed.items()},
            partial(shown_box, look.to_shown),
            partial(self._whole, look) if look.left_out or second is None else None,
        )

    def _agreed(self, look: Look, second: Sequence[Word]) -> tuple[list[Word], dict[Word, tuple[str, ...]]]:
        """Return the words of two readings made one; a third one decides where they differ."""
        again = _strips_with(look.strips, [word for word in look.words if has_digit(word)])
        inside = [word for word in look.words if _strip_of(again, word) is not None]
        outside = [word for word in look.words if _strip_of(again, word) is None]
        words, disputed = merged(inside, second, self._known)
        open_ = {one.word: one.others for one in disputed}
        if open_:
            strips = _strips_with(look.strips, list(open_))
            third = _words(self._at(look, THIRD), strips)
            words, open_ = _decided(words, open_, third)
        return [*words, *known(outside, self._known)], open_

    def _at(self, look: Look, dpi: float) -> Raster:
        page = _upright(look.source, look.source.raster(dpi), look.correction, dpi)
        return Raster(cleaned(page.pixels), page.dpi)


def _upright(source: Source, raster: Raster, correction: Correction, dpi: float) -> Upright:
    """Return a page upright; a photo's paper at the resolution asked for, whatever that of the photo is."""
    page = upright(raster, correction)
    if not source.photo or page.dpi == dpi:
        return page
    size = round(page.width * dpi / 72), round(page.height * dpi / 72)
    pixels = np.asarray(Image.fromarray(page.pixels).resize(size, Image.Resampling.LANCZOS))
    return page._replace(pixels=pixels, dpi=dpi)


def _cut(source: Source, raster: Raster, correction: Correction) -> tuple[Look, Raster]:
    """Return what is to be read of a page, and its pixels upright and clean."""
    page = _upright(source, raster, correction, FIRST)
    pixels = cleaned(page.pixels)
    look = Look(source, correction, (page.width, page.height), page.to_shown, [], [], [])
    if ink(pixels) >= BLANK:
        runs = runs_of(pixels, page.dpi)
        left_out = paragraphs(runs)
        look.strips = strips_of([run for run in runs if run not in left_out])
        look.left_out = strips_of(left_out)
    return look, Raster(pixels, page.dpi)


def _words(page: Raster, strips: Sequence[Strip]) -> list[Word]:
    return recognised(sheet_of(page.pixels, page.dpi, strips)) if strips else []


def _strips_with(strips: Sequence[Strip], words: Sequence[Word]) -> list[Strip]:
    """Return the strips on which any of the words stands."""
    found = {id(strip): strip for word in words if (strip := _strip_of(strips, word)) is not None}
    return [strip for strip in strips if id(strip) in found]


def _strip_of(strips: Sequence[Strip], word: Word) -> Strip | None:
    middle = (word.top + word.bottom) / 2
    for strip in strips:
        if strip.top <= middle <= strip.bottom and any(
            run.left - 1 < (word.x0 + word.x1) / 2 < run.right + 1 for run in strip.runs
        ):
            return strip
    return None


def _decided(
    words: Sequence[Word], disputed: dict[Word, tuple[str, ...]], third: Sequence[Word]
) -> tuple[list[Word], dict[Word, tuple[str, ...]]]:
    """Return the words where a third reading is like one of the two, and what stays open."""
    decided: list[Word] = []
    still: dict[Word, tuple[str, ...]] = {}
    for word in words:
        if word not in disputed:
            decided.append(word)
            continue
        says = next((other.text for other in third if _on_one_place(word, other)), None)
        if says is not None and says in (word.text, *disputed[word]):
            decided.append(word._replace(text=says, confidence=AGREED))
        else:
            decided.append(word)
            still[word] = tuple(dict.fromkeys((*disputed[word], *([says] if says else []))))
    return decided, still


def _on_one_place(word: Word, other: Word) -> bool:
    across = min(word.x1, other.x1) - max(word.x0, other.x0)
    down = min(word.bottom, other.bottom) - max(word.top, other.top)
    return down > 0.5 * word.size and across > 0.8 * max(word.x1 - word.x0, other.x1 - other.x0)


def _ahead(
    pool: ThreadPoolExecutor,
    count: int,
    items: Iterable[S],
    start: Callable[[S, ThreadPoolExecutor], tuple[Look, F]],
    finish: Callable[[Look, F], R],
) -> Iterator[R]:
    """Give the finished items in order, a few started ahead."""
    waiting: deque[tuple[Look, F]] = deque()
    for item in items:
        waiting.append(start(item, pool))
        if len(waiting) > count:
            yield finish(*waiting.popleft())
    while waiting:
        yield finish(*waiting.popleft())
