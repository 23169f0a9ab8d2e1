"""Pictures of pages -> pages of words: upright, cut into single lines, read twice where it matters.

    raster at 200 dpi -> upright, clean -> runs of ink, without paragraphs -> words
    what is worth confirming: the numbers and unknown words of its runs again at 300 dpi
    agreed: read alike, and the page's own shapes say nothing else
    disputed: chosen by the shapes, or a third time at 400 dpi, agreed where two of three are alike

Rasters are made in this thread (pdfium wants that), tesseract runs beside it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from typing import Protocol, TypeVar

import numpy as np
from PIL import Image

from extractor.pages.guide import Guide
from extractor.pages.scans.clean import Cleaning, ink, with_cleaning
from extractor.pages.scans.lines import levelled
from extractor.pages.scans.pieces import SIDE, Piece, piece_of, window_of
from extractor.pages.scans.raster import Matrix, Raster
from extractor.pages.scans.readings import (
    Disputed,
    decided,
    has_digit,
    known,
    mended,
    merged,
    needs_confirming,
)
from extractor.pages.scans.recognise import UNREAD, recognised
from extractor.pages.scans.segments import Run, Strip, pale_runs, paragraphs, runs_of, strips_of
from extractor.pages.scans.shapes import Shapes
from extractor.pages.scans.straight import Correction, Upright, correction_of, shown_box, upright
from extractor.paper import Word
from extractor.sheet import AGREED, Page, Scan

S = TypeVar("S")
F = TypeVar("F")
R = TypeVar("R")
T = TypeVar("T")

FIRST, SECOND, THIRD = 200.0, 300.0, 400.0
"""Resolutions of the readings. 200 is as accurate for numbers as 300, and two that agree are right."""

BATCH = 6
"""Pages that tesseract gets at a time, where only one of it runs: it takes an eighth of a second to start."""

BESIDE = 1.2
"""Ems beside words to confirm that are read with them: a minus sign that was lost stands there."""

OUTVOTED = 0.5
"""Confidence of what was read alike twice, where shapes or the word list speak against it."""

NEXT = 0.3
"""Points from a word at which the part of a run begins that is next to it."""

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


@dataclass
class Look:
    """A page between its readings."""

    source: Source
    correction: Correction
    size: tuple[float, float]
    to_shown: Matrix
    cleaning: Cleaning
    strips: list[Strip]
    left_out: list[Strip]
    read: dict[Run, list[Word]] = field(default_factory=dict)
    """What the first reading says, by run."""

    def page(self) -> Page:
        """Return what is read of it so far."""
        return Page(self.source.number, *self.size, self.words(), "ocr")

    def words(self) -> list[Word]:
        """Return the words read so far, those of a line on one height; ink that is no word left out."""
        read = (self.read.get(run, []) for strip in self.strips for run in strip.runs)
        return [word for _, word in levelled(read) if word.text != UNREAD]


@dataclass
class Again:
    """What of a page is read a second time: parts of runs, on the page at the second resolution."""

    look: Look
    parts: dict[Run, Run]
    """By the runs they are of."""
    pieces: dict[Run, Piece]


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

    def _whole(self, again: Again, confirmed: Scan) -> Scan:
        """Return a page with its paragraphs read, too, and all its numbers twice.

        `confirmed` has the words of the runs that were read twice already.
        """
        look = again.look
        once = [Strip(tuple(run for run in strip.runs if run not in again.parts)) for strip in look.strips]
        (read,) = _recognised([(_page_of(look, FIRST), look.left_out)])
        rest = replace(
            look,
            strips=[*(strip for strip in once if strip.runs), *look.left_out],
            left_out=[],
            read={**look.read, **read},
        )
        numbers = self._again(rest, [word for word in rest.words() if needs_confirming(word)])
        seconds = recognised(list(numbers.pieces.values()))
        return confirmed.with_words(self._merged(numbers, dict(zip(numbers.pieces, seconds, strict=True))))

    # --- first reading -----------------------------------------------------------------------------

    def _first(
        self, sources: Sequence[Source], pool: ThreadPoolExecutor
    ) -> tuple[list[Look], Future[list[dict[Run, list[Word]]]]]:
        looks, rasters = [], []
        for source in sources:
            shown = source.raster(FIRST)
            look, raster = _cut(source, shown, correction_of(shown, source.photo))
            looks.append(look)
            rasters.append(raster)
        self._leave_out_boilerplate(looks, rasters)
        to_read = [(raster, look.strips) for look, raster in zip(looks, rasters, strict=True)]
        return looks, pool.submit(_recognised, to_read)

    def _leave_out_boilerplate(self, looks: Sequence[Look], rasters: Sequence[Raster]) -> None:
        """Leave all but the head of a page out that its heading says is boilerplate."""
        wordy = [at for at, look in enumerate(looks) if _lines(look.left_out) >= WORDY]
        heads = [replace(looks[at], strips=looks[at].strips[:HEAD]) for at in wordy]
        found = _recognised([(rasters[at], head.strips) for at, head in zip(wordy, heads, strict=True)])
        for at, head, read in zip(wordy, heads, found, strict=True):
            head.read = read
            look = looks[at]
            if self._guide.is_boilerplate(head.page().text):
                look.left_out = [*look.left_out, *look.strips[HEAD:]]
                look.strips = look.strips[:HEAD]

    def _looked(self, looks: Sequence[Look], reading: Future[list[dict[Run, list[Word]]]]) -> list[Look]:
        """Return pages once read; one that stands on its head is turned and read again."""
        found = []
        for look, read in zip(looks, reading.result(), strict=True):
            look.read = read
            words = look.words()
            upside_down = words and self._share_known(words) < UPSIDE_DOWN
            found.append(self._better_way_up(look) if upside_down else look)
        return found

    def _better_way_up(self, look: Look) -> Look:
        turned, raster = _cut(look.source, look.source.raster(FIRST), look.correction.half_turned())
        (turned.read,) = _recognised([(raster, turned.strips)])
        return turned if self._share_known(turned.words()) > self._share_known(look.words()) else look

    def _share_known(self, words: Sequence[Word]) -> float:
        telling = [word.text for word in words if len(word.text) >= LETTERS and word.text.isalpha()]
        return sum(map(self._guide.is_known, telling)) / len(telling) if telling else 0.0

    # --- second and third reading --------------------------------------------------------------------

    def _second(
        self, looks: Sequence[Look], pool: ThreadPoolExecutor
    ) -> tuple[list[Again], Future[list[list[Word]]]]:
        again = [self._again(look, self._guide.worth_confirming(look.page())) for look in looks]
        pieces = [piece for one in again for piece in one.pieces.values()]
        return again, pool.submit(recognised, pieces)

    def _read(self, again: Sequence[Again], reading: Future[list[list[Word]]]) -> list[Scan]:
        seconds = iter(reading.result())
        return [self._merged(one, {run: next(seconds) for run in one.pieces}) for one in again]

    def _again(self, look: Look, wanted: Sequence[Word]) -> Again:
        """Return what is to be read again of a page, so that these words are confirmed."""
        places = {(word.x0, word.x1, word.text) for word in wanted}
        parts: dict[Run, Run] = {}
        for strip in look.strips:
            read = {run: look.read.get(run, []) for run in strip.runs}
            telling = {
                run
                for run, words in read.items()
                if any((word.x0, word.x1, word.text) in places for word in words)
            }
            for run, words in read.items():
                open_ = [at for at, word in enumerate(words) if self._is_open(word)]
                if open_ and (run in telling or (telling and any(word.text == UNREAD for word in words))):
                    parts[run] = _part(run, words, open_[0], open_[-1])
        return Again(look, parts, _pieces(look, parts, SECOND))

    def _is_open(self, word: Word) -> bool:
        return needs_confirming(word) or not self._guide.is_known(word.text)

    def _merged(self, again: Again, seconds: dict[Run, list[Word]]) -> Scan:
        """Return the page of two readings; its shapes and a third reading decide where they differ."""
        words: dict[Run, list[Word]] = {}
        disputed: dict[Run, list[Disputed]] = {}
        is_known = self._guide.is_known
        for strip in again.look.strips:
            for run in strip.runs:
                first = self._spelled(again.look.read.get(run, ()))
                part = again.parts.get(run)
                if part is None:
                    words[run] = known([word for word in first if word.text != UNREAD], is_known)
                    continue
                inside = [word for word in first if part.left <= (word.x0 + word.x1) / 2 <= part.right]
                outside = [word for word in first if word not in inside and word.text != UNREAD]
                both, disputed[run] = merged(inside, self._spelled(seconds[run]), is_known)
                words[run] = sorted([*both, *known(outside, is_known)], key=lambda word: word.x0)
        self._judge(again, words, disputed)
        return self._as_scan(again, words, disputed)

    def _judge(self, again: Again, words: dict[Run, list[Word]], disputed: dict[Run, list[Disputed]]) -> None:
        """Let the page's shapes, then a third reading, speak on what two readings say."""
        shapes = Shapes(
            (word, again.pieces[run])
            for run in again.parts
            for word in words[run]
            if word.confidence == AGREED and has_digit(word)
        )
        for run in again.parts:
            words[run], disputed[run] = self._by_shapes(shapes, again.pieces[run], words[run], disputed[run])
            words[run], disputed[run] = self._by_words(words[run], disputed[run])
        open_ = [run for run in again.parts if disputed[run]]
        spans = {run: _span(run, [one.word for one in disputed[run]]) for run in open_}
        pieces = [_narrowed(again.pieces[run], spans[run]).enlarged(THIRD / SECOND) for run in open_]
        for run, third in zip(open_, recognised(pieces), strict=True):
            read, disputed[run] = decided(words[run], disputed[run], self._spelled(third))
            words[run] = [self._unless_misspelt(word) for word in read]

    def _by_shapes(
        self, shapes: Shapes, piece: Piece, words: Sequence[Word], disputed: Sequence[Disputed]
    ) -> tuple[list[Word], list[Disputed]]:
        """Return what the page's shapes make of two readings: of agreed words some are disputed, and back."""
        others = {one.word: one.others for one in disputed}
        found, still = [], []
        for word in words:
            now = word
            if word in others:
                choice = shapes.choice(word, piece, (word.text, *others[word])) if has_digit(word) else None
                if choice is not None:
                    now = word._replace(text=choice, confidence=AGREED)
                else:
                    still.append(Disputed(word, others[word]))
            elif word.text == "-" and word.confidence != AGREED and not shapes.is_dash(word, piece):
                continue  # dust
            elif word.confidence == AGREED and (has_digit(word) or "-" in word.text):
                instead = shapes.instead(word, piece)
                if instead is not None and all(map(self._guide.is_known, instead.split())):
                    now = word._replace(text=instead)  # a speck between two words
                elif instead is not None:
                    now = word._replace(confidence=OUTVOTED)
                    still.append(Disputed(now, (instead,), outvoted=True))
            found.append(now)
        return found, still

    def _by_words(
        self, words: Sequence[Word], disputed: Sequence[Disputed]
    ) -> tuple[list[Word], list[Disputed]]:
        """Take agreed words that are one letter away from what bills print for disputed."""
        found = [self._unless_misspelt(word) for word in words]
        near = [
            Disputed(now, tuple(self._guide.meant(now.text)), outvoted=True)
            for word, now in zip(words, found, strict=True)
            if now is not word
        ]
        return found, [*disputed, *near]

    def _unless_misspelt(self, word: Word) -> Word:
        """Return a word, no longer agreed if it is one letter away from one that bills print."""
        if word.confidence != AGREED or has_digit(word) or not self._guide.meant(word.text):
            return word
        return word._replace(confidence=OUTVOTED)

    def _as_scan(
        self, again: Again, words: dict[Run, list[Word]], disputed: dict[Run, list[Disputed]]
    ) -> Scan:
        look = again.look
        pairs = levelled(words.values())
        # recognition glues and drops what only the eye needs; done last, so that texts are compared as read
        final = mended([same for _, same in pairs], self._guide.apart)
        others = {one.word: one.others for run in disputed for one in disputed[run]}
        again_read = {word for run in again.parts for word in words[run]}
        told = {same: others[word] for (word, _), same in zip(pairs, final, strict=True) if word in others}
        twice = [same for (word, _), same in zip(pairs, final, strict=True) if word in again_read]
        scan = partial(Scan, look.source.number, look.size, shown=partial(shown_box, look.to_shown))
        if not look.left_out and len(twice) == len(final):
            return scan(final, told)
        return scan(final, told, whole=partial(self._whole, again, scan(twice, told)))

    def _spelled(self, words: Sequence[Word]) -> list[Word]:
        return [word._replace(text=self._guide.spelled(word.text)) for word in words]


def _part(run: Run, words: Sequence[Word], first: int, last: int) -> Run:
    """Return the part of a run from one of its words to another, and a little more.

    A dash at an end of it takes the next word with it: tesseract reads none that stands alone.
    """
    if first and words[first].text == "-":
        first -= 1
    if last + 1 < len(words) and words[last].text == "-":
        last += 1
    beside = BESIDE * max(word.size for word in words)
    left, right = words[first].x0 - beside, words[last].x1 + beside
    before = words[first - 1].x1 + NEXT if first else run.left - SIDE
    behind = words[last + 1].x0 - NEXT if last + 1 < len(words) else run.right + SIDE
    return run._replace(
        left=min(max(left, before), words[first].x0), right=max(min(right, behind), words[last].x1)
    )


def _span(run: Run, words: Sequence[Word]) -> Run:
    """Return the part of a run on which these words stand."""
    beside = 0.15 * max(word.size for word in words)
    left = min(word.x0 for word in words) - beside
    right = max(word.x1 for word in words) + beside
    return run._replace(left=max(run.left, left), right=min(run.right, right))


def _narrowed(piece: Piece, part: Run) -> Piece:
    """Return the columns of a piece on which a part of its run stands."""
    scale = piece.dpi / 72
    first = max(round((part.left - piece.left) * scale), 0)
    last = round((part.right - piece.left) * scale)
    window = slice(0, piece.pixels.shape[0]), slice(first, last)
    cut = piece_of(piece.pixels[window], window, piece.dpi)
    return Piece(cut.pixels, cut.left + piece.left, cut.top + piece.top, piece.dpi)


def _page_of(look: Look, dpi: float) -> Raster:
    """Return a page upright and clean at another resolution."""
    page = _upright(look.source, look.source.raster(dpi), look.correction, dpi)
    whole = slice(0, page.pixels.shape[0]), slice(0, page.pixels.shape[1])
    return Raster(look.cleaning.of(page.pixels, *whole, page.pixels.shape), page.dpi)


def _pieces(look: Look, parts: dict[Run, Run], dpi: float) -> dict[Run, Piece]:
    """Return parts of runs as pictures, upright and clean, at another resolution."""
    if not parts:
        return {}
    page = _upright(look.source, look.source.raster(dpi), look.correction, dpi)
    shape = page.pixels.shape
    found = {}
    for run, part in parts.items():
        window = window_of(part, shape, page.dpi, side=0)
        found[run] = piece_of(look.cleaning.of(page.pixels[window], *window, shape), window, page.dpi)
    return found


def _recognised(pages: Sequence[tuple[Raster, Sequence[Strip]]]) -> list[dict[Run, list[Word]]]:
    """Return the words of each page's strips, by run, all of them by one process."""
    runs = [[run for strip in strips for run in strip.runs] for _, strips in pages]
    pieces = []
    for (raster, _), of in zip(pages, runs, strict=True):
        windows = (window_of(run, raster.pixels.shape, raster.dpi) for run in of)
        pieces += [piece_of(raster.pixels[window], window, raster.dpi) for window in windows]
    words = iter(recognised(pieces))
    return [{run: next(words) for run in of} for of in runs]


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
    pixels, cleaning = with_cleaning(page.pixels)
    look = Look(source, correction, (page.width, page.height), page.to_shown, cleaning, [], [])
    if ink(pixels) >= BLANK:
        runs = runs_of(pixels, page.dpi)
        left_out = paragraphs(runs) | pale_runs(runs, pixels, page.dpi)
        look.strips = strips_of([run for run in runs if run not in left_out])
        look.left_out = strips_of(left_out)
    return look, Raster(pixels, page.dpi)


def _lines(strips: Sequence[Strip]) -> int:
    return sum(len(strip.runs) for strip in strips)


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
