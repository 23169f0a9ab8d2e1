"""Pixels of an upright page -> words with boxes and confidence, by tesseract.

Tesseract boxes the ink of a word: `on` is lower than `On`, a dash has hardly any height.
Lines are gathered by the middles of boxes, so each word gets the box that a text layer would
have given it, its font's full height around its baseline, worked out from what its letters
reach above and below the line.

Sources: tesseract's TSV; letter heights of Helvetica, which bills are set in or close to.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Sequence
from statistics import median
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from extractor.pages.errors import NoRecogniserError
from extractor.pages.scans.segments import DARK, Sheet
from extractor.paper import Word

Pixels = NDArray[np.uint8]

BLOCK = 6
"""Page mode for one block of text: it read more numbers right than the modes that look for columns."""

SURE = 0.9
"""Confidence of a single reading at most: tesseract's 90 and more was wrong on 0 to 3 of 641 numbers."""

ASCENT, DESCENT = 0.905, 0.212
"""A font's height above and below its baseline, in em."""

_LOW = "acegmnopqrsuvwxyz:;"
_DEEP = "gjpqy()[]{}|@\u00a7"
_REACHES = (
    dict.fromkeys(_LOW, (0.53, 0.0))
    | dict.fromkeys(_DEEP, (0.72, -0.21))
    | dict.fromkeys("gpqy", (0.53, -0.21))
    | {",": (0.1, -0.15), ".": (0.1, 0.0), ";": (0.53, -0.15), "$": (0.77, -0.1), "_": (-0.08, -0.13)}
    | dict.fromkeys("-\u2013\u2014~", (0.33, 0.23))
    | dict.fromkeys("'\"\u2018\u2019\u201c\u201d*\u00b0", (0.72, 0.46))
)
"""How far letters reach above and below the baseline, in em; all others are as tall as capitals."""

DIGIT = 0.716
"""Height of a digit, in em."""

HALF_SPACE = 0.14
"""White, in em, beyond what stands around two digits anyway, from which there is a space between them."""

ONE_RIGHT, ONE_LEFT, OTHERS = 0.2, 0.11, 0.04
"""White to the right and left of a 1 and of the other digits, in em: digits are set equally wide."""

TELLING = 0.5
"""Reach in em from which a word's own ink tells the size of its letters."""

_NOISE = re.compile(r"(?![-@&/$]$)[^A-Za-z0-9]+")
"""Specks, frames and quotation marks that are no words."""

_SPECK_BEFORE = re.compile(r"^[.,:;*'\"]+(?=-?\(?-?\$?\d)")
_FRAMES = re.compile(r"^[|\u201c\u201d\u2018\u2019\"'`_~=]+(?=\S)|(?<=\S)[|\u201c\u201d\u2018\u2019`_~=]+$")
_MEANT = (
    (re.compile(r"(\(?-?\$?-?[\d,]*\.\d\d\)?)[^\w\s()-]+"), r"\1"),  # $33.94.
    (re.compile(r"(-?\$-?[\d,]*)[:;](\d+)"), r"\1.\2"),  # $8:79
    (re.compile(r"(-?\$?-?0),(\d{4,})"), r"\1.\2"),  # $0,04640: a thousand has three digits behind the comma
    (re.compile(r"(\d[\d,]*(?:\.\d+)?)[.,:;]+"), r"\1"),  # 70.
    (re.compile(r"[.,:;]*(kWh|kW|kVarh?|kVAR|days|[x@])[.,:;]+"), r"\1"),  # kWh,
)
"""Specks on numbers and units, and points that came as colons, where nothing else can be meant."""


class Ink(NamedTuple):
    """A word as tesseract gives it: text, left, top, right, bottom in pixels, confidence 0..1, its line."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    confidence: float
    line: tuple[int, int, int]


def recognised(sheets: Sequence[Sheet], mode: int = BLOCK) -> list[list[Word]]:
    """Return the words of sheets of strips, boxes in points of the pages they are from.

    The sheets, all of one resolution, are one picture for tesseract, one below the other.

    Raises:
        NoRecogniserError: if tesseract is not installed.
    """
    width = max(sheet.pixels.shape[1] for sheet in sheets)
    tops = np.cumsum([0, *(sheet.pixels.shape[0] for sheet in sheets)])
    picture = np.full((int(tops[-1]), width), 255, dtype=np.uint8)
    for top, sheet in zip(tops, sheets, strict=False):
        picture[top : top + sheet.pixels.shape[0], : sheet.pixels.shape[1]] = sheet.pixels
    found: list[list[Word]] = [[] for _ in sheets]
    for word in _placed(_inks(_data(picture, sheets[0].dpi, mode)), picture):
        at = int(np.searchsorted(tops, (word.top + word.bottom) / 2, side="right")) - 1
        at = min(max(at, 0), len(sheets) - 1)
        found[at].append(_on_page(word, sheets[at], float(tops[at])))
    return found


def _on_page(word: Word, sheet: Sheet, down: float) -> Word:
    middle = (word.top + word.bottom) / 2 - down
    x0, top = sheet.place(word.x0, word.top - down, middle)
    x1, bottom = sheet.place(word.x1, word.bottom - down, middle)
    return Word(word.text, x0, top, x1, bottom, bottom - top, word.confidence)


def _data(pixels: Pixels, dpi: float, mode: int) -> dict[str, list[Any]]:
    import pytesseract

    os.environ["OMP_THREAD_LIMIT"] = "1"  # its threads cost more than they bring
    with tempfile.NamedTemporaryFile(suffix=".pgm", prefix="page-") as image:
        image.write(b"P5 %d %d 255\n" % (pixels.shape[1], pixels.shape[0]))
        image.write(pixels.tobytes())
        image.flush()
        config = f"--psm {mode} --dpi {dpi:.0f} -c tessedit_do_invert=0"
        try:
            found: dict[str, list[Any]] = pytesseract.image_to_data(
                image.name, config=config, output_type=pytesseract.Output.DICT
            )
        except pytesseract.TesseractNotFoundError as error:
            raise NoRecogniserError(
                "the pages are pictures, and tesseract, which reads them, is not installed;"
                " install the package tesseract-ocr"
            ) from error
    return found


def _inks(data: dict[str, list[Any]]) -> list[Ink]:
    found = []
    for at, said in enumerate(data["text"]):
        confidence = float(data["conf"][at])
        text = tidy(str(said))
        if confidence < 0 or not text:
            continue
        left, top = float(data["left"][at]), float(data["top"][at])
        line = data["block_num"][at], data["par_num"][at], data["line_num"][at]
        right, bottom = left + float(data["width"][at]), top + float(data["height"][at])
        found.append(Ink(text, left, top, right, bottom, SURE * confidence / 100, line))
    return found


def tidy(text: str) -> str:
    """Return a recognised word without the specks and frames that stick to it; empty if it is nothing else.

    >>> tidy("$33.94."), tidy("|$440.23"), tidy("\u201c"), tidy("-"), tidy("$8:79"), tidy("$0,04640")
    ('$33.94', '$440.23', '', '-', '$8.79', '$0.04640')
    """
    text = text.strip().replace("\u2014", "-").replace("\u2013", "-")
    if _NOISE.fullmatch(text):
        return ""
    text = _SPECK_BEFORE.sub("", _FRAMES.sub("", text))
    for form, meant in _MEANT:
        if (match := form.fullmatch(text)) is not None:
            text = match.expand(meant)
    return text


def _placed(inks: Sequence[Ink], pixels: Pixels) -> list[Word]:
    """Return the words with the boxes of their fonts, in pixels."""
    lines: dict[tuple[int, int, int], list[Ink]] = {}
    for ink in inks:
        lines.setdefault(ink.line, []).append(ink)
    return [word for line in lines.values() for word in _on_line(_whole_numbers(line, pixels))]


def _whole_numbers(line: Sequence[Ink], pixels: Pixels) -> list[Ink]:
    """Return the words of a line, numbers that were cut where there is no space on the page made whole."""
    line = line[:-1] if line[-1].text == "/" else line  # a stroke: it parts name and page, and ends no line
    whole = list(line[:1])
    for ink in line[1:]:
        left = whole[-1]
        if left.text[-1].isdigit() and ink.text[0].isdigit() and not _has_space(left, ink, pixels):
            sure = min(left.confidence, ink.confidence)
            top, bottom = min(left.top, ink.top), max(left.bottom, ink.bottom)
            whole[-1] = Ink(left.text + ink.text, left.left, top, ink.right, bottom, sure, left.line)
        else:
            whole.append(ink)
    return whole


def _has_space(left: Ink, right: Ink, pixels: Pixels) -> bool:
    """Tell whether there is white between two words, as wide as a space: tesseract's edges are not exact."""
    tall = max(left.bottom - left.top, right.bottom - right.top)
    rows = slice(round(min(left.top, right.top)), round(max(left.bottom, right.bottom)))
    edges = sorted((left.right, right.left))
    first, last = max(edges[0] - tall, left.left), min(edges[1] + tall, right.right)
    columns = slice(round(first), round(last))
    white = (pixels[rows, columns] >= DARK).all(axis=0)
    steps = np.diff(np.concatenate(([0], white.view(np.int8), [0])))
    widths = np.flatnonzero(steps == -1) - np.flatnonzero(steps == 1)
    usual = (ONE_RIGHT if left.text[-1] == "1" else OTHERS) + (ONE_LEFT if right.text[0] == "1" else OTHERS)
    return bool(len(widths)) and int(widths.max()) > (usual + HALF_SPACE) * tall / DIGIT


def _on_line(line: Sequence[Ink]) -> Iterable[Word]:
    """Give the words of a line; what is no letter stands on the baseline of the letters nearest to it."""
    told = {at: size for at, ink in enumerate(line) if (size := _size(ink)) is not None}
    usual = median(told.values()) if told else 0.0
    told = {at: size for at, size in told.items() if 0.5 * usual < size < 2.5 * usual}  # no speck in the box
    for at, ink in enumerate(line):
        nearest = min(told, key=lambda other: abs(other - at), default=None)
        size = told[nearest] if nearest is not None else ink.bottom - ink.top
        on = line[nearest] if nearest is not None else ink
        baseline = on.bottom + _reach(on.text)[1] * size
        top, bottom = baseline - ASCENT * size, baseline + DESCENT * size
        yield Word(ink.text, ink.left, top, ink.right, bottom, bottom - top, round(ink.confidence, 3))


def _reach(text: str) -> tuple[float, float]:
    reaches = [_REACHES.get(char, (0.72, 0.0)) for char in text]
    return max(above for above, _ in reaches), min(below for _, below in reaches)


def _size(ink: Ink) -> float | None:
    """Return the size of a word's letters in pixels, None where its ink does not tell."""
    above, below = _reach(ink.text)
    return (ink.bottom - ink.top) / (above - below) if above - below >= TELLING else None
