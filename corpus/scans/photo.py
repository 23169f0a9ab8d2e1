"""What a phone makes of a page: perspective, a dark table behind, uneven light, warm colour, grain."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image, ImageFilter

WIDTH, HEIGHT = 2448, 3264  # pixels: 8 megapixels, upright
Corners = list[tuple[float, float]]  # top left, top right, bottom right, bottom left


def photographed(page: Image.Image, chance: Generator) -> Image.Image:
    """Return a photo of a page drawn at 300 dpi; the paper lies on a table, its whole outline in sight."""
    corners = _corners(chance)
    matrix = _perspective(corners, page.size)
    size, how = (WIDTH, HEIGHT), Image.Transform.PERSPECTIVE
    paper = (
        page.convert("L")
        .filter(ImageFilter.GaussianBlur(0.8))
        .point([45 + level * 200 // 255 for level in range(256)])
    )
    shown = paper.transform(size, how, matrix, Image.Resampling.BICUBIC)
    mask = Image.new("L", page.size, 255).transform(size, how, matrix, Image.Resampling.BILINEAR)
    grey = np.asarray(Image.composite(shown, _table(chance), mask)).astype(np.float32)
    grey *= _light(chance)
    grey += chance.standard_normal(grey.shape, np.float32) * 3
    warm = [(grey * part).clip(0, 255).astype(np.uint8) for part in (1.0, 0.97, 0.9)]
    return Image.fromarray(np.stack(warm, axis=2))


def _corners(chance: Generator) -> Corners:
    """Return where the paper's corners come to lie: 5 to 11 % inside the picture, each by its own way."""
    across, down = chance.uniform(0.05, 0.11, 4) * WIDTH, chance.uniform(0.05, 0.10, 4) * HEIGHT
    return [
        (across[0], down[0]),
        (WIDTH - across[1], down[1]),
        (WIDTH - across[2], HEIGHT - down[2]),
        (across[3], HEIGHT - down[3]),
    ]


def _perspective(corners: Corners, size: tuple[int, int]) -> tuple[float, ...]:
    """Return Pillow's eight numbers: a point of the photo to a point of the page."""
    width, height = size
    rows, values = [], []
    for (x, y), (u, v) in zip(corners, ((0, 0), (width, 0), (width, height), (0, height)), strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return tuple(float(number) for number in np.linalg.solve(np.array(rows), np.array(values)))


def _table(chance: Generator) -> Image.Image:
    """Return dark wood: bands along the table, and a little of everything else."""
    bands = chance.uniform(38, 72, (1, 90)) + chance.uniform(-6, 6, (60, 90))
    return Image.fromarray(bands.astype(np.uint8)).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)


def _light(chance: Generator) -> NDArray[np.float32]:
    """Return how bright each place is: a lamp to one side, and the soft shadow of who holds the phone."""
    x, y = np.linspace(-1, 1, WIDTH, dtype=np.float32), np.linspace(-1, 1, HEIGHT, dtype=np.float32)[:, None]
    lamp_x, lamp_y = chance.uniform(-0.8, 0.8, 2)
    lamp = 1.04 - 0.11 * ((x - lamp_x) ** 2 + (y - lamp_y) ** 2)
    edge = chance.uniform(-0.2, 0.6) + chance.uniform(-0.4, 0.4) * x
    shadow = 1 - chance.uniform(0.15, 0.3) / (1 + np.exp(-(y - edge) * 7))
    light: NDArray[np.float32] = (lamp * shadow).astype(np.float32)
    return light
