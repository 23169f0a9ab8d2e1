"""What a fax machine does: 1 bit a pixel, 204 to the inch across and 196 or 98 down (ITU-T T.4)."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from PIL import Image

from corpus.scans.bill import HEIGHT, WIDTH
from corpus.scans.copier import Copier, copied

ACROSS = 204  # pixels to the inch
FINE, STANDARD = 196, 98
_LINE = 1728  # pixels of a scan line
_SPECKS = 250  # black pixels a page where nothing is printed
_SENDER = Copier(dpi=300, skew=(0.05, 0.5), blur=1.0, grain=16.0, dust=60)


def faxed(page: Image.Image, down: int, chance: Generator) -> Image.Image:
    """Return a page drawn at 300 dpi as it arrives, black and white, `down` pixels to the inch down."""
    grey = copied(page.convert("L"), _SENDER, chance)
    small = grey.resize((_LINE, round(HEIGHT / 72 * down)), Image.Resampling.BOX)
    pixels = np.asarray(small).astype(np.int16)
    black = pixels < 150 + chance.integers(-8, 9)
    black.flat[chance.integers(0, black.size, _SPECKS)] = True
    return Image.fromarray(~black)


def fine(page: Image.Image, chance: Generator) -> Image.Image:
    """Return a page as faxed at 204 x 196."""
    return faxed(page, FINE, chance)


def standard(page: Image.Image, chance: Generator) -> Image.Image:
    """Return a page as faxed at 204 x 98."""
    return faxed(page, STANDARD, chance)


def faxed_again(page: Image.Image, chance: Generator) -> Image.Image:
    """Return a fax that was printed and sent a second time."""
    first = faxed(page, FINE, chance).convert("L")
    printed = first.resize((round(WIDTH / 72 * 300), round(HEIGHT / 72 * 300)), Image.Resampling.BILINEAR)
    return faxed(printed, FINE, chance)
