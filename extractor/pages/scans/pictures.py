"""Picture files (PNG, JPEG, TIFF; HEIC where its reader is installed) as pages of grey pixels.

A file says its size before it is decoded, and is refused by that. Pages of a TIFF are decoded
one at a time, when asked for. Colour becomes grey by the brightest channel, as on a drawn page.

>>> file = BytesIO()
>>> Image.new("L", (850, 1100), 255).save(file, "PNG", dpi=(100, 100))
>>> [page] = pictures_of(file.getvalue(), max_pages=10, max_pixels=1_000_000)
>>> page().pixels.shape, [round(side) for side in page()[1:4]], page().photo
((1100, 850), [100, 612, 792], False)
"""

from __future__ import annotations

import struct
import warnings
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from io import BytesIO
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageChops, ImageOps, UnidentifiedImageError
from PIL.TiffImagePlugin import TiffImageFile

from extractor.pages.errors import DamagedFileError, NotADocumentError, TooLargeError, TooManyPagesError
from extractor.pages.scans.photo import has_ground
from extractor.pages.scans.raster import POINTS, Pixels

BEGINNINGS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
"""First bytes of PNG, JPEG, TIFF and BigTIFF, the last two in either byte order."""

HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1")
"""What stands behind `ftyp` in a HEIC file (ISO/IEC 23008-12, B.4)."""

PAPER = 5.0, 18.0
"""Inches of a paper's long side: half a letter page to tabloid. Other figures are a camera's or made up."""

LETTER = 8.5, 11.0
"""Inches of the page that a picture is taken for when it does not say its size."""

OBLONG = 2.5
"""Pixels are at most this much longer than wide; faxes have up to 2.1."""

ORIENTATION, SUBFILE, EXIF, FOCAL_LENGTH = 0x0112, 0x00FE, 0x8769, 0x920A
"""Tags of TIFF and EXIF: which way up, what kind of page, a camera's notes, its lens (scanners have none)."""

FAULTS = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    EOFError,
    LookupError,
    ArithmeticError,
    RuntimeError,
    struct.error,
    zlib.error,
)
"""What Pillow raises on damaged files: it does not gather its errors into one class."""


class Picture(NamedTuple):
    """A page that is a picture: grey pixels, how many to an inch, width and height in points.

    `photo` tells that it shows more than the paper: a ground around it, or a camera's mark.
    """

    pixels: Pixels
    dpi: float
    width: float
    height: float
    photo: bool


class Frame(NamedTuple):
    """Where a page is in its file, its pixels an inch across and down (0 if unsaid), if a camera took it."""

    number: int
    across: float
    down: float
    camera: bool


def is_picture(data: bytes) -> bool:
    """Tell whether a file begins like a picture that can hold a bill."""
    return data.startswith(BEGINNINGS) or _is_heic(data)


def _is_heic(data: bytes) -> bool:
    return data[4:8] == b"ftyp" and data[8:12] in HEIC_BRANDS


def pictures_of(data: bytes, max_pages: int, max_pixels: int) -> list[Callable[[], Picture]]:
    """Return the pages of a picture file, each to be called for its pixels, one at a time.

    Raises:
        NotADocumentError: if it is no picture of a kind that can be read.
        DamagedFileError: if it is damaged; a page called may raise it too.
        TooManyPagesError: if it has more than `max_pages`.
        TooLargeError: if it has more than `max_pixels`; of a TIFF, a page called raises it.
    """
    with _told():
        image = _opened(data)
        frames = _frames(image, max_pages, max_pixels)
    return [partial(_picture, image, frame, max_pixels) for frame in frames]


@contextmanager
def _told() -> Iterator[None]:
    """Turn Pillow's refusals into ours."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # sizes are checked against our own limit, odd tags do not matter
            yield
    except UnidentifiedImageError as error:
        raise DamagedFileError("the picture is damaged at its beginning; fetch or scan it again") from error
    except Image.DecompressionBombError as error:
        raise TooLargeError("the picture has more pixels than a page needs; scan it at 300 dpi") from error
    except FAULTS as error:
        raise DamagedFileError(f"the picture is damaged ({error}); fetch or scan it again") from error


def _opened(data: bytes) -> Image.Image:
    """Open a picture, its pixels not yet decoded."""
    if not _is_heic(data):
        return Image.open(BytesIO(data), formats=("PNG", "JPEG", "TIFF"))
    if find_spec("pillow_heif") is None:
        raise NotADocumentError("this is a HEIC picture; install the extra `heic`, or save it as JPEG")
    import_module("pillow_heif").register_heif_opener()
    return Image.open(BytesIO(data), formats=("HEIF",))


def _frames(image: Image.Image, max_pages: int, max_pixels: int) -> list[Frame]:
    """Return the pages of the file; of what is no TIFF only the first picture is one."""
    if not isinstance(image, TiffImageFile):
        _check_pixels(image.width * image.height, max_pixels)  # a PNG is decoded to look for its EXIF
        return [_frame(image, 0)]
    frames = []
    for number in range(2 * max_pages + 2):  # each page may have a small copy beside it
        try:
            image.seek(number)
        except EOFError:
            break
        if not image.tag_v2.get(SUBFILE, 0) & 1:
            frames.append(_frame(image, number))
    if len(frames) > max_pages:
        raise TooManyPagesError(
            f"the picture has more than the {max_pages} pages allowed; split it or raise BILLCLERK_MAX_PAGES"
        )
    return frames


def _frame(image: Image.Image, number: int) -> Frame:
    """Return what the file says of the page it stands at, for the page as shown."""
    across, down = (float(value) for value in image.info.get("dpi") or image.info.get("resolution") or (0, 0))
    exif = image.getexif()
    if exif.get(ORIENTATION, 1) >= 5:  # stored on its side
        across, down = down, across
    return Frame(number, across, down, FOCAL_LENGTH in exif.get_ifd(EXIF))


def _picture(image: Image.Image, frame: Frame, max_pixels: int) -> Picture:
    with _told():
        image.seek(frame.number)
        columns, rows = image.size
        _check_pixels(columns * rows, max_pixels)
        upright = _grey(ImageOps.exif_transpose(image))
    size = _square_size(upright.size, frame)
    _check_pixels(size[0] * size[1], max_pixels)
    pixels = np.asarray(upright if size == upright.size else upright.resize(size, Image.Resampling.BICUBIC))
    dpi = _dpi(size, max(frame.across, frame.down))
    width, height = (side * POINTS / dpi for side in size)
    return Picture(pixels, dpi, width, height, frame.camera or has_ground(pixels))


def _check_pixels(pixels: int, max_pixels: int) -> None:
    if pixels > max_pixels:
        raise TooLargeError(
            f"the picture has {pixels / 1e6:.1f} million pixels, more than the {max_pixels / 1e6:.1f}"
            " allowed; scan it at 200 to 300 dpi or raise BILLCLERK_MAX_PAGE_MEGAPIXELS"
        )


def _grey(image: Image.Image) -> Image.Image:
    """Return a picture as grey by its brightest channel, on white where it is see-through."""
    if image.mode in ("1", "L"):
        return image.convert("L")
    if image.mode.startswith(("I", "F")):  # 16 bits and more
        values = np.asarray(image, np.float32)
        values = values * (255 / max(255.0, float(values.max())))
        return Image.fromarray(values.clip(0, 255).astype(np.uint8))
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    red, green, blue = image.convert("RGB").split()
    return ImageChops.lighter(red, ImageChops.lighter(green, blue))


def _square_size(size: tuple[int, int], frame: Frame) -> tuple[int, int]:
    """Return the size in pixels as wide as high: a fax has twice as many to the inch across as down.

    >>> _square_size((1728, 1078), Frame(0, 204, 98, False))
    (1728, 2244)
    """
    columns, rows = size
    if not (frame.across and frame.down and 1 / OBLONG <= frame.across / frame.down <= OBLONG):
        return size
    most = max(frame.across, frame.down)
    return round(columns * most / frame.across), round(rows * most / frame.down)


def _dpi(size: tuple[int, int], said: float) -> float:
    """Return the pixels an inch as the file says, if that makes a paper, else as if it were a letter page."""
    short, long = sorted(size)
    if said > 0 and PAPER[0] <= long / said <= PAPER[1]:
        return said
    return max(short / LETTER[0], long / LETTER[1])
