"""The same pages on other sheets: turned, cropped, shifted, scaled, in landscape.

What a reader sees is the same bill; the file's boxes and matrices are others. Every function
takes the bytes of a PDF and returns other bytes.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

import pikepdf
from pikepdf import Array, Name, Pdf

WIDTH, HEIGHT = 612.0, 792.0

Matrix = tuple[float, float, float, float, float, float]
UPRIGHT: Matrix = (1, 0, 0, 1, 0, 0)


@dataclass(frozen=True)
class Sheet:
    """How a page is stored: the matrix before its content, its boxes, its /Rotate, its unit."""

    matrix: Matrix = UPRIGHT
    media: tuple[float, float, float, float] = (0, 0, WIDTH, HEIGHT)
    crop: tuple[float, float, float, float] | None = None
    rotate: int = 0
    unit: float = 1.0


def scaled(by: float, across: float = 0.0, up: float = 0.0) -> Matrix:
    """Return the matrix that scales and then moves."""
    return (by, 0, 0, by, across, up)


def turned(degrees: float) -> Matrix:
    """Return the matrix that turns about the middle of a Letter sheet, anticlockwise."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    x, y = WIDTH / 2, HEIGHT / 2
    return (cos, sin, -sin, cos, x - x * cos + y * sin, y - x * sin - y * cos)


TURNED_BACK: dict[int, Matrix] = {
    90: (0, 1, -1, 0, HEIGHT, 0),
    180: (-1, 0, 0, -1, WIDTH, HEIGHT),
    270: (0, -1, 1, 0, 0, WIDTH),
}
"""The matrix that a page needs to be seen upright with a /Rotate."""


def upright_by_rotate(rotate: int) -> Sheet:
    """Return a sheet whose content lies on its side and is shown upright."""
    media = (0.0, 0.0, WIDTH, HEIGHT) if rotate == 180 else (0.0, 0.0, HEIGHT, WIDTH)
    return Sheet(TURNED_BACK[rotate], media, rotate=rotate)


def on_sheets(pdf: bytes, sheet: Sheet | Callable[[int], Sheet]) -> bytes:
    """Return the file with its pages on other sheets; the sheet may depend on the page's index."""
    with pikepdf.open(BytesIO(pdf)) as document:
        for index, page in enumerate(document.pages):
            _put(document, page, sheet(index) if callable(sheet) else sheet)
        return saved(document)


def _put(document: Pdf, page: pikepdf.Page, sheet: Sheet) -> None:
    numbers = " ".join(f"{number:.6f}" for number in sheet.matrix)
    page.contents_add(f"q {numbers} cm ".encode(), prepend=True)
    page.contents_add(b" Q")
    for name in (Name.CropBox, Name.TrimBox, Name.BleedBox, Name.ArtBox, Name.Rotate):
        if name in page.obj:
            del page.obj[name]
    page.obj.MediaBox = Array(list(sheet.media))
    if sheet.crop is not None:
        page.obj.CropBox = Array(list(sheet.crop))
    if sheet.rotate:
        page.obj.Rotate = sheet.rotate
    if sheet.unit != 1.0:
        page.obj.UserUnit = sheet.unit


def saved(document: Pdf) -> bytes:
    """Return a document's bytes."""
    out = BytesIO()
    document.save(out)
    return out.getvalue()
