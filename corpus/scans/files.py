"""Pictures of pages as files: a PDF that holds nothing but images, TIFF, PNG, JPEG.

A copier writes no text: grey pages are JPEG (DCTDecode), black and white ones CCITT group 4.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO

import numpy as np
import pikepdf
from pikepdf import Dictionary, Name
from PIL import Image, TiffImagePlugin

_ROWS_PER_STRIP, _STRIP_OFFSETS, _STRIP_LENGTHS = 278, 273, 279  # TIFF's tags


@dataclass(frozen=True)
class Scanned:
    """A page's picture, its resolution across and down, and what else its PDF page holds."""

    picture: Image.Image
    dpi: tuple[float, float]
    rotate: int = 0  # the PDF page's /Rotate
    text: bytes = b""  # operators of an invisible text layer, in /F0 Helvetica
    quality: int = 75  # of the JPEG


def pdf_of(pages: Iterable[Scanned | int], source: bytes | None = None) -> bytes:
    """Return a PDF of these pages, each written when it comes; a number: that page of `source`, as it is.

    Raises:
        ValueError: a number without a source.
    """
    with pikepdf.new() as document:
        kept = pikepdf.open(BytesIO(source)) if source else None
        for page in pages:
            if isinstance(page, Scanned):
                _add(document, page)
            elif kept is None:
                raise ValueError("a page to keep, but no source to take it from")
            else:
                document.pages.append(kept.pages[page - 1])
        out = BytesIO()
        document.save(out, deterministic_id=True)
    return out.getvalue()


def _add(document: pikepdf.Pdf, page: Scanned) -> None:
    width, height = (side * 72 / dpi for side, dpi in zip(page.picture.size, page.dpi, strict=True))
    blank = document.add_blank_page(page_size=(round(width, 2), round(height, 2)))
    image = _fax_image(document, page) if page.picture.mode == "1" else _jpeg_image(document, page)
    blank.obj.Resources = Dictionary(XObject=Dictionary(Im0=image))
    if page.text:
        font = Dictionary(
            Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding
        )
        blank.obj.Resources.Font = Dictionary(F0=font)
    content = f"q {width:.2f} 0 0 {height:.2f} 0 0 cm /Im0 Do Q\n".encode() + page.text
    blank.obj.Contents = document.make_stream(content)
    if page.rotate:
        blank.obj.Rotate = page.rotate


def _image(document: pikepdf.Pdf, data: bytes, page: Scanned, bits: int) -> pikepdf.Stream:
    stream = document.make_stream(data)
    stream.Type, stream.Subtype = Name.XObject, Name.Image
    stream.Width, stream.Height = page.picture.size
    stream.BitsPerComponent = bits
    stream.ColorSpace = Name.DeviceRGB if page.picture.mode == "RGB" else Name.DeviceGray
    return stream


def _jpeg_image(document: pikepdf.Pdf, page: Scanned) -> pikepdf.Stream:
    stream = _image(document, jpeg_of(page), page, 8)
    stream.Filter = Name.DCTDecode
    return stream


def _fax_image(document: pikepdf.Pdf, page: Scanned) -> pikepdf.Stream:
    stream = _image(document, _group4(page.picture), page, 1)
    stream.Filter = Name.CCITTFaxDecode
    stream.DecodeParms = Dictionary(K=-1, Columns=page.picture.width, Rows=page.picture.height)
    return stream


def _group4(picture: Image.Image) -> bytes:
    """Return the picture's CCITT group 4 data, taken out of a TIFF of one strip.

    Pillow writes white as ones, a fax writes black as ones: so the picture goes in as its negative.
    """
    out = BytesIO()
    negative = Image.fromarray(~np.asarray(picture))
    negative.save(out, "TIFF", compression="group4", tiffinfo={_ROWS_PER_STRIP: picture.height})
    with Image.open(out) as written:
        assert isinstance(written, TiffImagePlugin.TiffImageFile)
        (start,), (length,) = written.tag_v2[_STRIP_OFFSETS], written.tag_v2[_STRIP_LENGTHS]
    return out.getvalue()[start : start + length]


def jpeg_of(page: Scanned, exif: Image.Exif | None = None) -> bytes:
    """Return the picture as a JPEG file that names its resolution."""
    out = BytesIO()
    extra = {"exif": exif} if exif else {}
    page.picture.save(out, "JPEG", quality=page.quality, dpi=_whole(page), **extra)
    return out.getvalue()


def png_of(page: Scanned) -> bytes:
    """Return the picture as a PNG file that names its resolution."""
    out = BytesIO()
    page.picture.save(out, "PNG", dpi=_whole(page), compress_level=4)
    return out.getvalue()


def tiff_of(pages: Sequence[Scanned]) -> bytes:
    """Return one TIFF of all pages: group 4 when they are black and white, LZW when they are grey."""
    first, *rest = pages
    out = BytesIO()
    first.picture.save(
        out,
        "TIFF",
        save_all=True,
        append_images=[page.picture for page in rest],
        compression="group4" if first.picture.mode == "1" else "tiff_lzw",
        dpi=_whole(first),
    )
    return out.getvalue()


def _whole(page: Scanned) -> tuple[int, int]:
    return round(page.dpi[0]), round(page.dpi[1])
