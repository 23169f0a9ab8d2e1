"""Pages that are no bill's: the blank back of a sheet, and the cover sheet that a clerk lays between."""

from __future__ import annotations

from numpy.random import Generator
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from corpus.scans.bill import DPI
from corpus.scans.marks import font

_LETTER = (round(8.5 * DPI), 11 * DPI)
_LINES = (
    "To: Accounts payable, second floor",
    "From: Facilities, front desk",
    "Re: electricity bills, please enter",
    "Sheets with this one: see below",
)


def blank_back(front: Image.Image) -> Image.Image:
    """Return the empty back of a page: what is printed on its front shows through, faint and mirrored."""
    through = ImageOps.mirror(front.convert("L").reduce(4)).filter(ImageFilter.GaussianBlur(0.8))
    faint = through.point([255 - (255 - level) // 10 for level in range(256)])
    return faint.resize(front.size, Image.Resampling.BILINEAR)


def cover_sheet(chance: Generator) -> Image.Image:
    """Return a cover sheet drawn at 300 dpi; it names no account and no amount."""
    page = Image.new("L", _LETTER, 255)
    draw = ImageDraw.Draw(page)
    draw.text((300, 500), "COVER SHEET", 0, font(30, bold=True))
    for row, line in enumerate(_LINES):
        draw.text((300, 800 + row * 130), line, 0, font(13))
    draw.text((300, 1450), f"Batch {chance.integers(10, 99)}, tray {chance.integers(1, 5)}", 0, font(13))
    draw.rectangle((290, 1700, 2250, 2600), outline=0, width=4)
    return page
