"""What people put on paper: a stamp, ticks, underlines, rings and handwriting in pen.

Ink darkens what is below and never hides it: print stays readable to a person through a stamp.
Places are in points from the top left corner of a page drawn at 300 dpi.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import numpy as np
import reportlab
from numpy.random import Generator
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from corpus.scans.bill import DPI, Run

Colour = tuple[int, int, int]
RED: Colour = (196, 44, 52)
GREY: Colour = (138, 138, 138)
BLUE: Colour = (32, 58, 168)
BLACK: Colour = (38, 38, 42)

_POINT = DPI / 72  # pixels
_FONTS = Path(reportlab.__file__).parent / "fonts"
_PEN = 4  # pixels wide: 0.35 mm


@cache
def font(points: float, bold: bool = False) -> ImageFont.FreeTypeFont:
    """Return Bitstream Vera, which reportlab carries, in a size for 300 dpi."""
    return ImageFont.truetype(_FONTS / ("VeraBd.ttf" if bold else "Vera.ttf"), round(points * _POINT))


def stamped(page: Image.Image, middle: tuple[float, float], colour: Colour, chance: Generator) -> Image.Image:
    """Return the page with a RECEIVED stamp about `middle`, turned a little, unevenly inked."""
    stamp = _worn(_stamp(), chance).rotate(
        chance.uniform(3, 12) * chance.choice((-1, 1)), Image.Resampling.BICUBIC, expand=True
    )
    mask = Image.new("L", page.size)
    mask.paste(
        stamp, (round(middle[0] * _POINT - stamp.width / 2), round(middle[1] * _POINT - stamp.height / 2))
    )
    return inked(page, mask, colour)


def inked(page: Image.Image, mask: Image.Image, colour: Colour) -> Image.Image:
    """Return the page in colour, darkened by ink where the mask is light."""
    ink = Image.merge(
        "RGB", [mask.point([255 - level * (255 - part) // 255 for level in range(256)]) for part in colour]
    )
    return ImageChops.multiply(page.convert("RGB"), ink)


def _stamp() -> Image.Image:
    stamp = Image.new("L", (round(150 * _POINT), round(62 * _POINT)))
    draw = ImageDraw.Draw(stamp)
    draw.rounded_rectangle((4, 4, stamp.width - 5, stamp.height - 5), 24, outline=255, width=9)
    for text, size, y in (("RECEIVED", 22, 18), ("JUN 12 2025", 13, 39), ("ACCOUNTS PAYABLE", 7, 53)):
        draw.text((stamp.width / 2, y * _POINT), text, 255, font(size, bold=True), anchor="mm")
    return stamp


def _worn(stamp: Image.Image, chance: Generator) -> Image.Image:
    """Return the stamp with patches that took less ink."""
    patches = Image.fromarray(chance.integers(90, 256, (18, 44)).astype(np.uint8))
    return ImageChops.multiply(stamp, patches.resize(stamp.size, Image.Resampling.BICUBIC))


class Pen:
    """A pen on one page: strokes are gathered, then inked at once."""

    def __init__(self, page: Image.Image, colour: Colour, chance: Generator) -> None:
        self._page, self._colour, self._chance = page, colour, chance
        self._mask = Image.new("L", page.size)
        self._draw = ImageDraw.Draw(self._mask)

    def page(self) -> Image.Image:
        """Return the page with all strokes on it."""
        return inked(self._page, self._mask.filter(ImageFilter.GaussianBlur(0.8)), self._colour)

    def tick(self, x: float, y: float) -> None:
        """Draw a tick whose lowest point is here."""
        size = self._chance.uniform(6, 9)
        self._stroke([(x - size * 0.5, y - size * 0.5), (x, y), (x + size, y - size * 1.4)])

    def underline(self, x0: float, x1: float, y: float) -> None:
        """Draw a line below something, not quite straight."""
        wave, phase = self._chance.uniform(0.4, 1.0), self._chance.uniform(0, 6)
        steps = np.linspace(0, 1, 30)
        self._stroke([(x0 + (x1 - x0) * t, y + wave * math.sin(phase + 5 * t)) for t in steps])

    def ring(self, run: Run) -> None:
        """Draw a ring around something; its ends overlap."""
        wide, high = (run.x1 - run.x0) / 2 + 9, (run.bottom - run.top) / 2 + 6
        x, y = (run.x0 + run.x1) / 2, (run.top + run.bottom) / 2
        start, grow = self._chance.uniform(0, 6), self._chance.uniform(0.02, 0.08)
        turns = np.linspace(0, 2 * math.pi * 1.08, 70)
        self._stroke(
            [
                (
                    x + wide * (1 + grow * t / 6) * math.cos(start + t),
                    y + high * (1 - grow * t / 6) * math.sin(start + t),
                )
                for t in turns
            ]
        )

    def writing(self, x: float, y: float, width: float) -> None:
        """Draw something like joined handwriting, with gaps between its words."""
        end = x + width
        while x < end:
            word = self._chance.uniform(18, 45)
            self._stroke(self._letters(x, y, word))
            x += word + self._chance.uniform(6, 10)

    def _letters(self, x: float, y: float, width: float) -> list[tuple[float, float]]:
        tall, phase = self._chance.uniform(2.2, 5.5, 40), 0.0
        points = []
        for step in np.linspace(0, 1, int(width * 5)):
            phase = step * width * 1.15
            high = tall[int(phase / (2 * math.pi)) % len(tall)]
            points.append(
                (x + step * width + 1.5 * math.cos(phase), y - high * (1 - math.sin(phase + 0.6)) / 2)
            )
        return points

    def _stroke(self, points: Iterable[tuple[float, float]]) -> None:
        pixels = [(x * _POINT, y * _POINT) for x, y in points]
        self._draw.line(pixels, fill=230, width=_PEN + int(self._chance.integers(0, 2)), joint="curve")
