"""What a copier does to a page: a little crooked, a little soft, grey paper, grey ink, grain and dust."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from corpus.scans.bill import DPI

_TILE = 1024  # pixels; the grain repeats after so many, which no eye sees


@dataclass(frozen=True)
class Copier:
    """A copier's settings and faults; lengths in pixels at 300 dpi, levels from 0 black to 255 white."""

    dpi: int = 200
    skew: tuple[float, float] = (0.05, 0.7)  # degrees either way, drawn for each page
    shift: float = 12.0  # at most, across and down
    blur: float = 0.7  # radius of a box; laying the page down softens it further
    ink: int = 42
    paper: int = 240
    lid: int = 252  # what shows beside a crooked page, before the paper's grey
    grain: float = 5.0  # standard deviation of levels
    dust: int = 40  # dark specks a page, each smaller than a period
    edges: int = 0  # width of the dark bands at left and bottom
    streaks: int = 0  # fine light-grey lines from dirt on the glass, down the page
    quality: int = 75  # of the JPEG


def copied(page: Image.Image, copier: Copier, chance: Generator) -> Image.Image:
    """Return a page drawn at 300 dpi as the copier gives it, at the copier's resolution."""
    soft = page.filter(ImageFilter.BoxBlur(copier.blur))
    placed = laid(soft, copier, chance)
    pixels = np.asarray(placed.point(_levels(copier) * len(placed.getbands()))).astype(np.int16)
    _dirty(pixels, copier, chance)
    pixels += _grain(pixels, copier.grain, chance)
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def laid(page: Image.Image, copier: Copier, chance: Generator) -> Image.Image:
    """Return the page as it lay on the glass: turned a little, moved a little, at the copier's resolution."""
    angle = math.radians(chance.uniform(*copier.skew) * chance.choice((-1, 1)))
    right, down = chance.uniform(-copier.shift, copier.shift, 2)
    scale = DPI / copier.dpi
    size = (round(page.width / scale), round(page.height / scale))
    across, along = math.cos(angle) * scale, math.sin(angle) * scale
    x = page.width / 2 + right - (across * size[0] + along * size[1]) / 2
    y = page.height / 2 + down - (across * size[1] - along * size[0]) / 2
    matrix = (across, along, x, -along, across, y)
    fill = (copier.lid,) * len(page.getbands())
    filled = fill[0] if len(fill) == 1 else fill
    return page.transform(size, Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR, fillcolor=filled)


def _levels(copier: Copier) -> list[int]:
    return [round(copier.ink + (copier.paper - copier.ink) * level / 255) for level in range(256)]


def _dirty(pixels: NDArray[np.int16], copier: Copier, chance: Generator) -> None:
    height, width = pixels.shape[:2]
    size = max(1, round(copier.dpi / 200))
    for x, y in zip(
        chance.integers(0, width, copier.dust), chance.integers(0, height, copier.dust), strict=True
    ):
        pixels[y : y + size, x : x + size] = chance.integers(30, 140)
    for x in chance.integers(0, width, copier.streaks):
        pixels[:, x] -= 40
    if copier.edges:
        band = round(copier.edges * copier.dpi / DPI)
        pixels[:, : round(band * chance.uniform(0.4, 1))] = 25
        pixels[height - round(band * chance.uniform(0.4, 1)) :] = 25


@cache
def _tile() -> NDArray[np.float32]:
    return np.random.default_rng(0).standard_normal((_TILE, _TILE), np.float32)


def _grain(pixels: NDArray[np.int16], strength: float, chance: Generator) -> NDArray[np.int16]:
    height, width = pixels.shape[:2]
    tile = np.roll(_tile(), tuple(chance.integers(0, _TILE, 2)), (0, 1))
    levels = np.rint(tile * strength).astype(np.int16)
    grain = np.tile(levels, (height // _TILE + 1, width // _TILE + 1))[:height, :width]
    return grain if pixels.ndim == 2 else grain[:, :, None]
