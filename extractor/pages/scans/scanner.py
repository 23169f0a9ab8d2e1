"""Pictures of pages -> pages of words: upright, cut into strips, read twice where it matters.

    raster at 200 dpi -> upright, clean -> strips without paragraphs -> words
    what is worth confirming: its strips again at 300 dpi -> agreed or disputed
    what is disputed: its strips at 400 dpi -> agreed where two of three are alike

Rasters are made in this thread (pdfium wants that), tesseract runs beside it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import Protocol, TypeVar

import numpy as np
from PIL import Image

from extractor.pages.scans.clean import cleaned, ink
from extractor.pages.scans.raster import Matrix, Raster
from extractor.pages.scans.readings import Known, has_digit, known, mended, merged
from extractor.pages.scans.recognise import recognised
from extractor.pages.scans.segments import Sheet, Strip, paragraphs, runs_of, sheet_of, strips_of
from extractor.pages.scans.straight import Correction, Upright, correction_of, shown_box, upright
from extractor.paper import Word
from extractor.sheet import AGREED, Page, Scan

S = TypeVar("S")
F = TypeVar("F")
R = TypeVar("R")
T = TypeVar("T")

FIRST, SECOND, THIRD = 200.0, 300.0, 400.0
"""Resolutions of the readings. 200 is as accurate for numbers as 300, and two that agree are right."""

BATCH = 3
"""Pages that tesseract gets at a time, where only one of it runs: it takes an eighth of a second to start."""

BLANK = 0.0004
"""Share of ink below which a page is blank: a page of ten words has 0.002."""

UPSIDE_DOWN = 0.2
"""Share of a page's words that are on the word list below which it may stand on its head."""

LETTERS = 3
"""Letters from which a word tells whether it is one."""

WORDY = 12
"""Lines of paragraphs from which a page may be nothing else, so that its heading is read first."""

HEAD = 7
"""Strips at the top of a page, its header and heading."""


class Source(Protocol):
    """A page that is a picture."""

    @property
    def number(self) -> int:
        """Its number in the file, from 1."""

    @property
    def photo(self) -> bool:
        """Whether it is a photo of a paper."""

    def raster(self, dpi: float) -> Raster:
        """Return its pixels as shown."""


@dataclass(frozen=True)
class Guide:
    """What the layouts know of pages: which words are printed, and which pages and words matter.

    `is_known`: is this a word that bills print; `spelled`: the word with its capitals;
    `is_boilerplate`: does this heading begin a page of nothing else; `worth_confirming`: the words
    of a page that a record is made of.
    """

    is_known: Known
    spelled: Callable[[str], str]
    is_boilerplate: Callable[[str], bool]
    worth_confirming: Callable[[Page], Sequence[Word]]


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

    def page(self) -> Page:
        """Return what is read of it so far."""
        return Page(self.source.number, *self.size, self.words, "ocr")


class Scanner:
    """Reads pages that are pictures, several tesseract processes at a time."""

    def __init__(self, guide: Guide, processes: int = 1) -> None:
        self._guide = guide
        self._processes = processes

    def pages(self, sources: Iterable[Source]) -> Iterator[Scan]:
        """Give each page read; what is not worth confirming is read once, and paragraphs are not."""
        with ThreadPoolExecutor(self._processes) as pool:
            batches = _batches(sources, BATCH if self._processes == 1 else 1)
            looks = _ahead(pool, self._processes, batches, self._first, self._looked)
            for scans in _ahead(pool, self._processes, looks, self._second, self._read):
                yield from scans

    def _whole(self, look: Look) -> Scan:
        """Return a page with its paragraphs read, too, and all its numbers twice."""
        (words,) = _recognised([_sheet(look, FIRST, look.left_out)])
        look = replace(look, strips=[*look.strips, *look.left_out], left_out=[], words=[*look.words, *words])
        again = _strips_with(look.strips, [word for word in look.words if has_digit(word)])
        (second,) = _recognised([_sheet(look, SECOND, again)])
        return self._scan(look, again, second)

    # --- first reading -----------------------------------------------------------------------------

    def _first(
        self, sources: Sequence[Source], pool: ThreadPoolExecutor
    ) -> tuple[list[Look], Future[list[list[Word]]]]:
        looks, rasters = [], []
        for source in sources:
            shown = source.raster(FIRST)
            look, raster = _cut(source, shown, correction_of(shown, source.photo))
            looks.append(look)
            rasters.append(raster)
        self._leave_out_boilerplate(looks, rasters)
        sheets = [
            sheet_of(raster.pixels, raster.dpi, look.strips)
            for look, raster in zip(looks, rasters, strict=True)
        ]
        return looks, pool.submit(_recognised, sheets)

    def _leave_out_boilerplate(self, looks: Sequence[Look], rasters: Sequence[Raster]) -> None:
        """Leave all but the head of a page out that its heading says is boilerplate."""
        wordy = [at for at, look in enumerate(looks) if _lines(look.left_out) >= WORDY]
        heads = [sheet_of(*rasters[at], looks[at].strips[:HEAD]) for at in wordy]
        for at, words in zip(wordy, _recognised(heads), strict=True):
            look = looks[at]
            if self._guide.is_boilerplate(replace(look, words=words).page().text):
                look.left_out = [*look.left_out, *look.strips[HEAD:]]
                look.strips = look.strips[:HEAD]

    def _looked(self, looks: Sequence[Look], reading: Future[list[list[Word]]]) -> list[Look]:
        """Return pages once read; one that stands on its head is turned and read again."""
        found = []
        for look, words in zip(looks, reading.result(), strict=True):
            look.words = words
            upside_down = words and self._share_known(words) < UPSIDE_DOWN
            found.append(self._better_way_up(look) if upside_down else look)
        return found

    def _better_way_up(self, look: Look) -> Look:
        turned, raster = _cut(look.source, look.source.raster(FIRST), look.correction.half_turned())
        (turned.words,) = _recognised([sheet_of(*raster, turned.strips)])
        return turned if self._share_known(turned.words) > self._share_known(look.words) else look

    def _share_known(self, words: Sequence[Word]) -> float:
        telling = [word.text for word in words if len(word.text) >= LETTERS and word.text.isalpha()]
        return sum(map(self._guide.is_known, telling)) / len(telling) if telling else 0.0

    # --- second and third reading --------------------------------------------------------------------

    def _second(
        self, looks: Sequence[Look], pool: ThreadPoolExecutor
    ) -> tuple[list[tuple[Look, list[Strip]]], Future[list[list[Word]]]]:
        again = [
            (look, _strips_with(look.strips, self._guide.worth_confirming(look.page()))) for look in looks
        ]
        sheets = [_sheet(look, SECOND, strips) for look, strips in again]
        return again, pool.submit(_recognised, sheets)

    def _read(
        self, again: Sequence[tuple[Look, list[Strip]]], reading: Future[list[list[Word]]]
    ) -> list[Scan]:
        seconds = reading.result()
        return [
            self._scan(look, strips, second) for (look, strips), second in zip(again, seconds, strict=True)
        ]

    def _scan(self, look: Look, again: Sequence[Strip], second: Sequence[Word]) -> Scan:
        """Return the page of two readings; a third one decides where they differ."""
        first = self._spelled(look.words)
        inside = [word for word in first if _strip_of(again, word) is not None]
        outside = [word for word in first if _strip_of(again, word) is None]
        words, differing = merged(inside, self._spelled(second), self._guide.is_known)
        disputed = {one.word: one.others for one in differing}
        if disputed:
            (third,) = _recognised([_sheet(look, THIRD, _strips_with(look.strips, list(disputed)))])
            words, disputed = _decided(words, disputed, self._spelled(third))
        words = [*words, *known(outside, self._guide.is_known)]
        # recognition glues and drops what only the eye needs; done last, so that texts are compared as read
        texts = dict(zip(words, mended(words), strict=True))
        return Scan(
            look.source.number,
            look.size,
            texts.values(),
            {texts[word]: others for word, others in disputed.items()},
            partial(shown_box, look.to_shown),
            partial(self._whole, look) if look.left_out or not again else None,
        )

    def _spelled(self, words: Sequence[Word]) -> list[Word]:
        return [word._replace(text=self._guide.spelled(word.text)) for word in words]


def _sheet(look: Look, dpi: float, strips: Sequence[Strip]) -> Sheet:
    """Return some strips of a page at another resolution."""
    if not strips:
        return sheet_of(np.zeros((0, 1), np.uint8), dpi, ())
    page = _upright(look.source, look.source.raster(dpi), look.correction, dpi)
    return sheet_of(cleaned(page.pixels), page.dpi, strips)


def _recognised(sheets: Sequence[Sheet]) -> list[list[Word]]:
    """Return the words of each sheet, all of them by one process."""
    return recognised(sheets) if any(sheet.strips for sheet in sheets) else [[] for _ in sheets]


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


def _lines(strips: Sequence[Strip]) -> int:
    return sum(len(strip.runs) for strip in strips)


def _strips_with(strips: Sequence[Strip], words: Sequence[Word]) -> list[Strip]:
    """Return the strips on which any of the words stands, with the runs that have one of them."""
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


def _batches(sources: Iterable[Source], size: int) -> Iterator[list[Source]]:
    left = iter(sources)
    while batch := list(islice(left, size)):
        yield batch


def _ahead(
    pool: ThreadPoolExecutor,
    count: int,
    items: Iterable[S],
    start: Callable[[S, ThreadPoolExecutor], tuple[R, F]],
    finish: Callable[[R, F], T],
) -> Iterator[T]:
    """Give the finished items in order, a few started ahead."""
    waiting: deque[tuple[R, F]] = deque()
    for item in items:
        waiting.append(start(item, pool))
        if len(waiting) > count:
            yield finish(*waiting.popleft())
    while waiting:
        yield finish(*waiting.popleft())
