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
from dataclasses import replace
from functools import partial
from itertools import islice, pairwise
from typing import TypeVar

from extractor.pages.guide import Guide
from extractor.pages.scans.judging import Judge, Opinion
from extractor.pages.scans.lines import levelled
from extractor.pages.scans.looks import FIRST, SECOND, Again, Look, Source, cut, page_of, part_of, pieces_of
from extractor.pages.scans.pieces import piece_of, window_of
from extractor.pages.scans.raster import Raster
from extractor.pages.scans.readings import Disputed, has_digit, known, mended, merged, needs_confirming
from extractor.pages.scans.recognise import UNREAD, recognised
from extractor.pages.scans.segments import GAP, Run
from extractor.pages.scans.straight import correction_of, shown_box
from extractor.pages.scans.strips import Strip
from extractor.paper import Word
from extractor.sheet import AGREED, Scan

S = TypeVar("S")
F = TypeVar("F")
R = TypeVar("R")
T = TypeVar("T")

BATCH = 6
"""Pages that all tesseract processes get at a time: each takes a tenth of a second to start."""

UPSIDE_DOWN = 0.2
"""Share of a page's words that are on the word list below which it may stand on its head."""

LETTERS = 3
"""Letters from which a word tells whether it is one."""

WORDY = 12
"""Lines of paragraphs from which a page may be nothing else."""

HEAD, SHORT_HEAD = 8, 4
"""Strips at the top of a page that are read first: its header and headings, its sidebar's among them.

Of a page that is mostly paragraphs it is fewer."""


class Scanner:
    """Reads pages that are pictures, several tesseract processes at a time."""

    def __init__(self, guide: Guide, processes: int = 1) -> None:
        self._guide = guide
        self._judge = Judge(guide)
        self._processes = processes

    def pages(self, sources: Iterable[Source]) -> Iterator[Scan]:
        """Give each page read; what is not worth confirming is read once, and paragraphs are not."""
        with ThreadPoolExecutor(self._processes) as pool:
            batches = _batches(sources, max(BATCH // self._processes**2, 1))
            looks = _ahead(pool, self._processes, batches, self._first, self._looked)
            for scans in _ahead(pool, self._processes, looks, self._second, self._read):
                yield from scans

    def _whole(self, again: Again, confirmed: Scan) -> Scan:
        """Return a page with its paragraphs read, too, and all its numbers twice.

        `confirmed` has the words of the runs that were read twice already.
        """
        look = again.look
        once = [Strip(tuple(run for run in strip.runs if run not in again.parts)) for strip in look.strips]
        (read,) = _recognised([(page_of(look, FIRST), look.left_out)])
        rest = replace(
            look,
            strips=[*(strip for strip in once if strip.runs), *look.left_out],
            left_out=[],
            read={**look.read, **read},
        )
        numbers = self._again(rest, [word for word in rest.words() if needs_confirming(word)])
        (scan,) = self._judged([numbers], recognised(list(numbers.pieces.values())))
        return confirmed.with_words(scan)

    # --- first reading -----------------------------------------------------------------------------

    def _first(
        self, sources: Sequence[Source], pool: ThreadPoolExecutor
    ) -> tuple[list[Look], Future[list[dict[Run, list[Word]]]]]:
        looks, rasters = [], []
        for source in sources:
            shown = source.raster(FIRST)
            look, raster = cut(source, shown, correction_of(shown, source.photo))
            looks.append(look)
            rasters.append(raster)
        return looks, pool.submit(self._once, looks, rasters)

    def _once(self, looks: Sequence[Look], rasters: Sequence[Raster]) -> list[dict[Run, list[Word]]]:
        """Read each page's head and titles, and then as much of its body as they say matters."""
        found = _recognised([(raster, _head(look)) for look, raster in zip(looks, rasters, strict=True)])
        for look, head in zip(looks, found, strict=True):
            look.read = head
            self._leave_out(look)
        bodies = _recognised([(raster, look.unread()) for look, raster in zip(looks, rasters, strict=True)])
        return [head | body for head, body in zip(found, bodies, strict=True)]

    def _leave_out(self, look: Look) -> None:
        """Leave out what no record is made of: sidebar, asides, and all the rest of a page of boilerplate."""
        page = look.page()
        if _lines(look.left_out) >= WORDY and self._guide.is_boilerplate(page.text):
            look.leave_out(run for strip in look.unread() for run in strip.runs)
            return
        if (edge := self._guide.sidebar(page)) is not None:
            left = edge - GAP  # a speck before a bullet is one run with it
            look.leave_out(run for strip in look.unread() for run in strip.runs if run.left >= left)
        look.leave_out([run for strip in self._asides(look) for run in strip.runs if run not in look.read])

    def _asides(self, look: Look) -> Iterator[Strip]:
        """Give the lines below headings of news, up to the next title; what stands in columns is none."""
        strips = look.strips
        titles = [at for at, strip in enumerate(strips) if look.is_title(strip)]
        for at, end in pairwise([*titles, len(strips)]):
            below = strips[at + 1 : end]
            title = " ".join(word.text for run in strips[at].runs for word in look.read.get(run, []))
            if self._guide.is_aside(title) and all(len(strip.runs) == 1 for strip in below):
                yield from below

    def _looked(self, looks: Sequence[Look], reading: Future[list[dict[Run, list[Word]]]]) -> list[Look]:
        """Return pages once read; one that stands on its head is turned and read again."""
        found = []
        for look, read in zip(looks, reading.result(), strict=True):
            look.read = read
            upside_down = look.strips and self._share_known(look.words()) < UPSIDE_DOWN
            found.append(self._better_way_up(look) if upside_down else look)
        return found

    def _better_way_up(self, look: Look) -> Look:
        turned, raster = cut(look.source, look.source.raster(FIRST), look.correction.half_turned())
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
        return self._judged(again, reading.result())

    def _judged(self, again: Sequence[Again], read: Iterable[list[Word]]) -> list[Scan]:
        """Return pages of two readings; their shapes and a third reading decide where they differ."""
        seconds = iter(read)
        opinions = [self._merged(one, {run: next(seconds) for run in one.pieces}) for one in again]
        self._judge.settle(opinions)
        return [self._as_scan(opinion) for opinion in opinions]

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
                    parts[run] = part_of(run, words, open_[0], open_[-1])
        return Again(look, parts, pieces_of(look, parts, SECOND))

    def _is_open(self, word: Word) -> bool:
        return needs_confirming(word) or not self._guide.is_known(word.text)

    def _merged(self, again: Again, seconds: dict[Run, list[Word]]) -> Opinion:
        words: dict[Run, list[Word]] = {}
        disputed: dict[Run, list[Disputed]] = {}
        is_known = self._guide.is_known
        for strip in again.look.strips:
            for run in strip.runs:
                first = self._judge.spelled(again.look.read.get(run, ()))
                part = again.parts.get(run)
                if part is None:
                    words[run] = known([word for word in first if word.text != UNREAD], is_known)
                    continue
                inside = [word for word in first if part.left <= (word.x0 + word.x1) / 2 <= part.right]
                outside = [word for word in first if word not in inside and word.text != UNREAD]
                both, disputed[run] = merged(inside, self._judge.spelled(seconds[run]), is_known)
                words[run] = sorted([*both, *known(outside, is_known)], key=lambda word: word.x0)
        return Opinion(again, words, disputed)

    def _as_scan(self, opinion: Opinion) -> Scan:
        again, look, words, disputed = opinion.again, opinion.again.look, opinion.words, opinion.disputed
        pairs = levelled(words.values())
        # recognition glues and drops what only the eye needs; done last, so that texts are compared as read
        final = mended([self._as_meant(same) for _, same in pairs], self._guide.apart)
        others = {one.word: one.others for run in disputed for one in disputed[run]}
        again_read = {word for run in again.parts for word in words[run]}
        told = {same: others[word] for (word, _), same in zip(pairs, final, strict=True) if word in others}
        twice = [same for (word, _), same in zip(pairs, final, strict=True) if word in again_read]
        scan = partial(Scan, look.source.number, look.size, shown=partial(shown_box, look.to_shown))
        if not look.left_out and len(twice) == len(final):
            return scan(final, told)
        return scan(final, told, whole=partial(self._whole, again, scan(twice, told)))

    def _as_meant(self, word: Word) -> Word:
        """Return a word that is not agreed as the one word that bills print and that is a letter away."""
        if word.confidence == AGREED or has_digit(word):
            return word
        meant = {text.lower() for text in self._guide.meant(word.text)}
        return word._replace(text=self._guide.spelled(meant.pop())) if len(meant) == 1 else word


def _recognised(pages: Sequence[tuple[Raster, Sequence[Strip]]]) -> list[dict[Run, list[Word]]]:
    """Return the words of each page's strips, by run, all of them by one process."""
    runs = [[run for strip in strips for run in strip.runs] for _, strips in pages]
    pieces = []
    for (raster, _), of in zip(pages, runs, strict=True):
        windows = (window_of(run, raster.pixels.shape, raster.dpi) for run in of)
        pieces += [piece_of(raster.pixels[window], window, raster.dpi) for window in windows]
    words = iter(recognised(pieces))
    return [{run: next(words) for run in of} for of in runs]


def _head(look: Look) -> list[Strip]:
    """Return what is read of a page first: its top, and what is printed large."""
    strips = HEAD if _lines(look.left_out) <= _lines(look.strips) else SHORT_HEAD
    return [strip for at, strip in enumerate(look.strips) if at < strips or look.is_title(strip)]


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
