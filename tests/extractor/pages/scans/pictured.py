"""Pages of the corpus as pictures, and what copiers, faxes and phones do to them."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as raw
from PIL import Image

from extractor.pages.scans.photo import Point, plane
from extractor.pages.scans.raster import Pixels, Raster, rendered

SAMPLES = Path("corpus/samples")


@cache
def picture(name: str, page: int, dpi: float = 100) -> Raster:
    """Return a page (from 1) of a sample."""
    with pdf_page((SAMPLES / f"{name}.pdf").read_bytes(), page) as handle:
        return rendered(handle, dpi, max_pixels=100_000_000)


class pdf_page:
    """A raw page handle (page from 1), closed at the end."""

    def __init__(self, data: bytes, page: int = 1) -> None:
        self.document = pdfium.PdfDocument(data)
        self.number = page - 1

    def __enter__(self) -> Any:
        self.handle = raw.FPDF_LoadPage(self.document.raw, self.number)
        return self.handle

    def __exit__(self, *_: object) -> None:
        raw.FPDF_ClosePage(self.handle)
        self.document.close()


def skewed(pixels: Pixels, degrees: float) -> Pixels:
    """Turn a page clockwise, as if fed askew."""
    return np.asarray(Image.fromarray(pixels).rotate(-degrees, Image.Resampling.BICUBIC, fillcolor=255))


def copied(pixels: Pixels, seed: int = 0) -> Pixels:
    """Make a page grey, grainy and a little soft, and store it as JPEG."""
    grain = np.random.default_rng(seed).normal(0, 9, pixels.shape)
    grey = np.clip(pixels * 0.72 + 42 + grain, 0, 255).astype(np.uint8)
    return np.asarray(Image.open(BytesIO(encoded(grey, "JPEG", quality=75))))


def encoded(pixels: Pixels, kind: str, **options: Any) -> bytes:
    """Return the bytes of a picture file."""
    file = BytesIO()
    Image.fromarray(pixels).save(file, kind, **options)
    return file.getvalue()


def photographed(pixels: Pixels, shares: list[Point], size: tuple[int, int] = (1500, 2000)) -> Pixels:
    """Lay a page on a dark, striped, unevenly lit table, its corners (from the top left) at shares of the photo."""
    columns, rows = size
    quad = [(x * columns, y * rows) for x, y in shares]
    matrix = np.linalg.inv(plane((pixels.shape[1], pixels.shape[0]), quad))
    coefficients = tuple((matrix / matrix[2, 2]).ravel()[:8])
    seen, paper = (
        np.asarray(
            Image.fromarray(each).transform(
                size, Image.Transform.PERSPECTIVE, coefficients, Image.Resampling.BICUBIC
            )
        )
        for each in (pixels, np.full_like(pixels, 255))
    )
    table = 60 + 20 * np.sin(np.arange(rows) / 15)[:, None]
    light = 1 - 0.2 * np.linspace(0, 1, columns)[None, :] - 0.25 * np.linspace(0, 1, rows)[:, None]
    grain = np.random.default_rng(0).normal(0, 4, (rows, columns))
    return np.clip((seen * (paper / 255) + table * (1 - paper / 255)) * light + grain, 0, 255).astype(
        np.uint8
    )
