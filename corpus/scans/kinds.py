"""The kinds of scans, as one table.

A kind decides first which pages come in which order, then makes the file of them; so `sheets` can
tell which page of the bill each page of the scan is without making it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
from numpy.random import Generator

from corpus.scans import fax, making, orders, people
from corpus.scans.bill import Bill
from corpus.scans.copier import Copier
from corpus.scans.making import GREY_200, GREY_300, Make, copies, faxes, marked
from corpus.scans.marks import BLACK, BLUE, GREY, RED
from corpus.scans.orders import Sheet

Group = Literal["clean", "fax", "stamped", "damaged", "image", "mixed"]
Order = Callable[[Bill, Generator], list[Sheet]]


@dataclass(frozen=True)
class Kind:
    """One kind of scan: what it is called and looks like, and how it is made."""

    name: str
    group: Group
    description: str
    make: Make
    order: Order = orders.all_pages
    suffix: str = ".pdf"
    fewest_pages: int = 1  # that a bill must have to be scanned so


def scan(pdf: bytes, kind: str, seed: int) -> bytes:
    """Return a PDF (or an image file, as the kind's suffix says) of a bill as it came from paper.

    Raises:
        KeyError: there is no such kind.
        ValueError: the bill has too few pages for it.
    """
    order = sheets(pdf, kind, seed)
    return KINDS[kind].make(Bill(pdf), order, _generator(pdf, kind, seed, "make"))


def sheets(pdf: bytes, kind: str, seed: int) -> list[Sheet]:
    """Return which page of the bill each page of that scan is; raises what `scan` raises."""
    bill, made = Bill(pdf), KINDS[kind]
    if len(bill.pages) < made.fewest_pages:
        raise ValueError(f"{kind} needs a bill of {made.fewest_pages} pages or more")
    return made.order(bill, _generator(pdf, kind, seed, "order"))


def _generator(pdf: bytes, *what: object) -> Generator:
    """Return chance that is the same for the same bill, kind and seed, and different otherwise."""
    key = hashlib.sha256(pdf + repr(what).encode()).digest()
    return np.random.default_rng(list(key))


_WORN = Copier(grain=17, dust=900, edges=60, streaks=6, ink=75, paper=222, blur=1.0, quality=60)

# fmt: off
_CLEAN = (
    Kind("grey-200", "clean", "200 dpi grey JPEG of an office copier", copies(GREY_200)),
    Kind("grey-300", "clean", "300 dpi grey JPEG of an office copier", copies(GREY_300)),
    Kind("skewed", "clean", "fed crooked, 1 to 3 degrees", copies(Copier(skew=(1, 3), lid=205))),
    Kind("turned-90", "clean", "turned, tops to the right, no /Rotate", copies(GREY_200, turned=90)),
    Kind("turned-180", "clean", "upside down, no /Rotate", copies(GREY_200, turned=180)),
    Kind("turned-270", "clean", "turned, tops to the left, no /Rotate", copies(GREY_200, turned=270)),
    Kind("landscape-rotate", "clean", "300 dpi, MediaBox 792 x 612 and /Rotate 270, shown upright",
         copies(GREY_300, turned=90, rotate=270)),
    Kind("duplex", "clean", "a blank back behind each page", copies(GREY_200), orders.with_backs),
    Kind("cover-sheet", "clean", "a clerk's cover sheet first", copies(GREY_200), orders.under_a_cover),
)
_DAMAGED = (
    Kind("noisy", "damaged", "a worn copier: grain, dust, streaks, dark edges, pale ink", copies(_WORN)),
    Kind("page-missing", "damaged", "a page with charges left out", copies(GREY_200),
         orders.without_a_charge_page, fewest_pages=2),
    Kind("shuffled", "damaged", "pages out of order", copies(GREY_200), orders.out_of_order, fewest_pages=2),
    Kind("fax-twice", "damaged", "a fax of a fax, 204 x 196", faxes(fax.faxed_again, fax.FINE)),
)
_FAXES = (
    Kind("fax", "fax", "1 bit, CCITT G4, 204 x 196 (fine)", faxes(fax.fine, fax.FINE)),
    Kind("fax-standard", "fax", "1 bit, CCITT G4, 204 x 98", faxes(fax.standard, fax.STANDARD)),
)
_STAMPED = (
    Kind("stamped", "stamped", "red stamp over page 1's account block", marked(people.account_stamp, RED)),
    Kind("stamped-grey", "stamped", "the same stamp in grey", marked(people.account_stamp, GREY)),
    Kind("stamped-charges", "stamped", "red stamp over charge lines", marked(people.charges_stamp, RED)),
    Kind("stamped-charges-grey", "stamped", "the same stamp in grey", marked(people.charges_stamp, GREY)),
    Kind("pen", "stamped", "blue pen beside charges: ring, lines, notes", marked(people.margin_pen, BLUE)),
    Kind("pen-black", "stamped", "the same in black", marked(people.margin_pen, BLACK)),
    Kind("pen-charges", "stamped", "blue pen over charges: ticks, a ring", marked(people.charges_pen, BLUE)),
    Kind("pen-charges-black", "stamped", "the same in black", marked(people.charges_pen, BLACK)),
)
_MIXED = (
    Kind("hidden-text", "mixed", "an invisible text layer, some digits wrong", making.searchable),
    Kind("mixed", "mixed", "some pages scanned, others still text", making.partly_text, fewest_pages=2),
)
_IMAGES = (
    Kind("png", "image", "one page with charges, grey PNG", making.png, orders.one_charge_page, ".png"),
    Kind("jpeg", "image", "one page with charges, grey JPEG", making.jpeg, orders.one_charge_page, ".jpg"),
    Kind("tiff", "image", "all pages in one grey TIFF, LZW", making.tiff_grey, suffix=".tif"),
    Kind("tiff-fax", "image", "all pages in one TIFF, CCITT G4, 204 x 196", making.tiff_fax, suffix=".tif"),
    Kind("photo", "image", "a phone's photo of a page with charges", making.photo,
         orders.one_charge_page, ".jpg"),
    Kind("photo-sideways", "image", "the same, stored on its side with an EXIF orientation",
         partial(making.photo, sideways=True), orders.one_charge_page, ".jpg"),
)
# fmt: on
KINDS = {kind.name: kind for kind in (*_CLEAN, *_DAMAGED, *_FAXES, *_STAMPED, *_MIXED, *_IMAGES)}
