"""From a bill and the order of its pages to the file of its scan, one function for each way to make one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from numpy.random import Generator
from PIL import Image

from corpus.scans import extra, fax, files
from corpus.scans.bill import Bill
from corpus.scans.copier import Copier, copied
from corpus.scans.files import Scanned
from corpus.scans.layer import hidden_text
from corpus.scans.marks import Colour
from corpus.scans.orders import Sheet
from corpus.scans.photo import photographed

Make = Callable[[Bill, Sequence[Sheet], Generator], bytes]
Draw = Callable[[Bill, int, Image.Image, Generator], Image.Image]
Mark = Callable[[Bill, int, Image.Image, Colour, Generator], Image.Image]
GREY_200, GREY_300 = Copier(), Copier(dpi=300)


def marked(mark: Mark, colour: Colour) -> Make:
    """Return how to make a PDF of pages that people wrote or stamped on in this colour."""

    def draw(bill: Bill, page: int, picture: Image.Image, chance: Generator) -> Image.Image:
        return mark(bill, page, picture, colour, chance)

    return copies(GREY_200, draw)


def _plain(bill: Bill, page: int, picture: Image.Image, chance: Generator) -> Image.Image:
    return picture


def _drawn(bill: Bill, order: Sequence[Sheet], draw: Draw, chance: Generator) -> list[Image.Image]:
    """Return the sheets at 300 dpi with what people put on them."""
    drawn: list[Image.Image] = []
    for sheet in order:
        if sheet == "cover":
            drawn.append(extra.cover_sheet(chance))
        elif sheet == "back":
            drawn.append(extra.blank_back(drawn[-1]))
        else:
            drawn.append(draw(bill, sheet, bill.drawn(sheet), chance))
    return drawn


def _copies(
    copier: Copier, bill: Bill, order: Sequence[Sheet], chance: Generator, draw: Draw = _plain
) -> list[Scanned]:
    return [
        Scanned(copied(page, copier, chance), (copier.dpi, copier.dpi), quality=copier.quality)
        for page in _drawn(bill, order, draw, chance)
    ]


def copies(copier: Copier, draw: Draw = _plain, turned: int = 0, rotate: int = 0) -> Make:
    """Return how to make a PDF of a copier: pictures turned by so many degrees clockwise, and a /Rotate."""

    def make(bill: Bill, order: Sequence[Sheet], chance: Generator) -> bytes:
        pages = _copies(copier, bill, order, chance, draw)
        return files.pdf_of([_turned(page, turned, rotate) for page in pages])

    return make


def _turned(page: Scanned, clockwise: int, rotate: int) -> Scanned:
    picture = page.picture.rotate(-clockwise, expand=True)
    return Scanned(picture, page.dpi, rotate, quality=page.quality)


def faxes(page_of: Callable[[Image.Image, Generator], Image.Image], down: int) -> Make:
    """Return how to make a PDF of faxed pages."""

    def make(bill: Bill, order: Sequence[Sheet], chance: Generator) -> bytes:
        drawn = _drawn(bill, order, _plain, chance)
        return files.pdf_of([Scanned(page_of(page, chance), (fax.ACROSS, down)) for page in drawn])

    return make


def searchable(bill: Bill, order: Sequence[Sheet], chance: Generator) -> bytes:
    """Return a scan with an invisible text layer."""
    pages = _copies(Copier(skew=(0.0, 0.2), shift=4), bill, order, chance)
    texts = [hidden_text(bill, sheet, chance) for sheet in order if isinstance(sheet, int)]
    return files.pdf_of(
        [Scanned(page.picture, page.dpi, text=text) for page, text in zip(pages, texts, strict=True)]
    )


def partly_text(bill: Bill, order: Sequence[Sheet], chance: Generator) -> bytes:
    """Return a file of text and scanned pages, about as many; one with charges is scanned, and one is not."""
    scanned = {int(chance.choice(bill.charge_pages))}
    others = [page for page in bill.pages if page not in scanned]
    kept = int(chance.choice(others))
    scanned |= {page for page in others if page != kept and chance.random() < 0.5}
    pages = [
        _copies(Copier(), bill, [sheet], chance)[0] if sheet in scanned else sheet
        for sheet in order
        if isinstance(sheet, int)
    ]
    return files.pdf_of(pages, bill.pdf)


def tiff_grey(bill: Bill, order: Sequence[Sheet], chance: Generator) -> bytes:
    """Return one TIFF of all pages, grey."""
    return files.tiff_of(_copies(Copier(), bill, order, chance))


def tiff_fax(bill: Bill, order: Sequence[Sheet], chance: Generator) -> bytes:
    """Return one TIFF of all pages, as fax servers keep them."""
    drawn = _drawn(bill, order, _plain, chance)
    return files.tiff_of(
        [Scanned(fax.faxed(page, fax.FINE, chance), (fax.ACROSS, fax.FINE)) for page in drawn]
    )


def png(bill: Bill, order: Sequence[Sheet], chance: Generator) -> bytes:
    """Return one page as PNG."""
    (page,) = _copies(Copier(), bill, order, chance)
    return files.png_of(page)


def jpeg(bill: Bill, order: Sequence[Sheet], chance: Generator) -> bytes:
    """Return one page as JPEG."""
    (page,) = _copies(Copier(), bill, order, chance)
    return files.jpeg_of(page)


def photo(bill: Bill, order: Sequence[Sheet], chance: Generator, sideways: bool = False) -> bytes:
    """Return a phone's photo of one page; `sideways`: stored so, with the EXIF orientation that rights it."""
    (page,) = _drawn(bill, order, _plain, chance)
    picture = photographed(page, chance)
    exif = Image.Exif()
    if sideways:
        picture = picture.rotate(90, expand=True)
        exif[0x0112] = 6  # Orientation: turn by 90 degrees clockwise to show
    return files.jpeg_of(Scanned(picture, (72, 72), quality=85), exif)
