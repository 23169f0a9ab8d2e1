"""A page between its readings: how it lies, where its text stands, and pictures of that at any resolution."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from statistics import median
from typing import Protocol

from extractor.pages.scans.clean import Cleaning, ink, with_cleaning
from extractor.pages.scans.lines import levelled
from extractor.pages.scans.pieces import SIDE, Piece, piece_of, window_of
from extractor.pages.scans.raster import Matrix, Raster
from extractor.pages.scans.recognise import UNREAD
from extractor.pages.scans.segments import Run, pale_runs, paragraphs, runs_of
from extractor.pages.scans.straight import Correction, Upright, upright
from extractor.pages.scans.strips import Strip, strips_of
from extractor.paper import Word
from extractor.sheet import Page

FIRST, SECOND, THIRD = 200.0, 300.0, 400.0
"""Resolutions of the readings. 200 is as accurate for numbers as 300, and two that agree are right."""

BESIDE = 1.2
"""Ems beside words to confirm that are read with them: a minus sign that was lost stands there."""

NEXT = 0.3
"""Points from a word at which the part of a run begins that is next to it."""

TITLE = 1.4
"""How many times as tall as most runs of its page a title is."""

BLANK = 0.0004
"""Share of ink below which a page is blank: a page of ten words has 0.002."""


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

    def unread(self) -> list[Strip]:
        """Return what is not read yet, and not left out either."""
        return [strip for strip in self.strips if strip.runs[0] not in self.read]

    def is_title(self, strip: Strip) -> bool:
        """Tell whether something on a strip is printed much larger than most of the page."""
        return max(run.height for run in strip.runs) > TITLE * self._usual_height

    @cached_property
    def _usual_height(self) -> float:
        return median(run.height for strip in (*self.strips, *self.left_out) for run in strip.runs)

    def leave_out(self, runs: Iterable[Run]) -> None:
        """Leave some runs out of what is read at first."""
        gone = set(runs)
        beside = [Strip(tuple(run for run in strip.runs if run in gone)) for strip in self.strips]
        main = [Strip(tuple(run for run in strip.runs if run not in gone)) for strip in self.strips]
        self.left_out = [*self.left_out, *(strip for strip in beside if strip.runs)]
        self.strips = [strip for strip in main if strip.runs]

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


def oriented(source: Source, raster: Raster, correction: Correction, dpi: float) -> Upright:
    """Return a page upright; a photo's paper at the resolution asked for, whatever that of the photo is."""
    page = upright(raster, correction)
    return page.at(dpi) if source.photo and page.dpi != dpi else page


def cut(source: Source, raster: Raster, correction: Correction) -> tuple[Look, Raster]:
    """Return what is to be read of a page, and its pixels upright and clean."""
    page = oriented(source, raster, correction, FIRST)
    pixels, cleaning = with_cleaning(page.pixels)
    look = Look(source, correction, (page.width, page.height), page.to_shown, cleaning, [], [])
    if ink(pixels) >= BLANK:
        runs = runs_of(pixels, page.dpi)
        left_out = paragraphs(runs) | pale_runs(runs, pixels, page.dpi)
        look.strips = strips_of([run for run in runs if run not in left_out])
        look.left_out = strips_of(left_out)
    return look, Raster(pixels, page.dpi)


def page_of(look: Look, dpi: float) -> Raster:
    """Return a page upright and clean at another resolution."""
    page = oriented(look.source, look.source.raster(dpi), look.correction, dpi)
    whole = slice(0, page.shape[0]), slice(0, page.shape[1])
    return Raster(look.cleaning.of(page.pixels, *whole, page.shape), page.dpi)


def pieces_of(look: Look, parts: dict[Run, Run], dpi: float) -> dict[Run, Piece]:
    """Return parts of runs as pictures, upright and clean, at another resolution."""
    if not parts:
        return {}
    page = oriented(look.source, look.source.raster(dpi), look.correction, dpi)
    found = {}
    for run, part in parts.items():
        window = window_of(part, page.shape, page.dpi, side=0)
        found[run] = piece_of(look.cleaning.of(page.part(*window), *window, page.shape), window, page.dpi)
    return found


def part_of(run: Run, words: Sequence[Word], first: int, last: int) -> Run:
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
