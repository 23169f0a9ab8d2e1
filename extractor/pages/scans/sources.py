"""Pages that are pictures: of a PDF, drawn at the resolution asked for; of a picture file, resampled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from PIL import Image

from extractor.pages.pdfium import Untold
from extractor.pages.scans.clean import ink
from extractor.pages.scans.pictures import Picture, pictures_of
from extractor.pages.scans.raster import Raster, covered_by_image, has_visible_text, rendered

PICTURE = 0.05
"""Share of a page that its largest picture covers from which its few words may be a note on a scan."""

PEEK_DPI = 50.0
FEW_MARKS = 0.012
"""Share of ink of a page with hardly a word: one that prints more is a drawing of text."""


@dataclass(frozen=True)
class PdfPage:
    """A page of a PDF that is a picture."""

    page: Untold
    max_pixels: int
    photo: bool = False

    @property
    def number(self) -> int:
        """The page's number in the file, from 1."""
        return self.page.number

    def raster(self, dpi: float) -> Raster:
        """Return its pixels as shown."""
        with self.page.handle() as handle:
            return rendered(handle, dpi, self.max_pixels)


class PicturePage:
    """A page of a picture file."""

    def __init__(self, number: int, decode: Any) -> None:
        self.number = number
        self._decode = decode

    @cached_property
    def _picture(self) -> Picture:
        picture: Picture = self._decode()
        return picture

    @property
    def photo(self) -> bool:
        """Whether it is a photo of a paper, with a ground around it."""
        return self._picture.photo

    def raster(self, dpi: float) -> Raster:
        """Return its pixels as shown; a photo as it is, since the paper fills a part of it only."""
        picture = self._picture
        if picture.photo:
            return Raster(picture.pixels, picture.dpi)
        size = max(round(picture.width * dpi / 72), 1), max(round(picture.height * dpi / 72), 1)
        return Raster(np.asarray(Image.fromarray(picture.pixels).resize(size, Image.Resampling.LANCZOS)), dpi)


def page_source(page: Untold, max_pixels: int) -> PdfPage | None:
    """Return the picture that a page without usable text is, None if there is nothing to recognise on it."""
    source = PdfPage(page, max_pixels)
    with page.handle() as handle:
        if not has_visible_text(handle) or covered_by_image(handle) > PICTURE:
            return source
    marks = ink(source.raster(PEEK_DPI).pixels)
    return source if marks > FEW_MARKS else None


def picture_sources(data: bytes, max_pages: int, max_pixels: int) -> Sequence[PicturePage]:
    """Return the pages of a picture file.

    Raises:
        UnreadableFileError: if it is none, or more than allowed.
    """
    return [
        PicturePage(number, decode)
        for number, decode in enumerate(pictures_of(data, max_pages, max_pixels), 1)
    ]
