"""A copier's batch: many bills through the feeder, both sides of every sheet scanned, one file.

Bills lie in the stack in no order. About half were printed on both sides; of the others every back is
blank. Cover sheets lie between some, one bill lies upside down, and in some the sheets are shuffled.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.random import Generator
from PIL import Image

from corpus.scans import extra, files
from corpus.scans.bill import Bill
from corpus.scans.copier import Copier, copied
from corpus.scans.files import Scanned

_COPIER = Copier(grain=3.0, dust=15, quality=60)  # small files: a batch has hundreds of pages
_COVERS, _TWO_SIDED, _SHUFFLED = 0.15, 0.5, 0.2  # odds for a bill


class Leaf(NamedTuple):
    """One page of a batch: what it is, of which bill (its place in `pdfs`), and which of its pages."""

    what: Literal["page", "back", "cover"]
    bill: int | None = None  # of a cover sheet and its back: none
    page: int | None = None  # counted from 1; of a back or a cover sheet: none
    upside_down: bool = False


def batch(pdfs: Sequence[bytes], seed: int) -> tuple[bytes, list[int]]:
    """Return all bills in one PDF, and the order in which they lie in it (places in `pdfs`)."""
    chance = _generator(pdfs, seed, "make")
    stack = leaves(pdfs, seed)
    order = list(dict.fromkeys(leaf.bill for leaf in stack if leaf.bill is not None))
    return files.pdf_of(_scanned([Bill(pdf) for pdf in pdfs], stack, chance)), order


def leaves(pdfs: Sequence[bytes], seed: int) -> list[Leaf]:
    """Return what each page of that batch is."""
    chance = _generator(pdfs, seed, "order")
    stack: list[Leaf] = []
    order = chance.permutation(len(pdfs)).tolist()
    turned = int(chance.choice(order))
    for bill in order:
        if chance.random() < _COVERS:
            stack += [Leaf("cover"), Leaf("back")]
        stack += _of_bill(bill, len(Bill(pdfs[bill]).pages), bill == turned, chance)
    return stack


def _of_bill(bill: int, pages: int, upside_down: bool, chance: Generator) -> Iterator[Leaf]:
    step = 2 if chance.random() < _TWO_SIDED else 1
    paper = [range(first, min(first + step, pages + 1)) for first in range(1, pages + 1, step)]
    if chance.random() < _SHUFFLED:
        paper = [paper[index] for index in chance.permutation(len(paper))]
    for sheet in paper:
        yield from (Leaf("page", bill, page, upside_down) for page in sheet)
        if len(sheet) == 1:
            yield Leaf("back", bill, None, upside_down)


def _scanned(bills: Sequence[Bill], stack: Sequence[Leaf], chance: Generator) -> Iterator[Scanned]:
    drawn = Image.new("L", (1, 1))  # the first leaf is no back
    for leaf in stack:
        drawn = _drawn(bills, leaf, drawn, chance)
        picture = copied(drawn, _COPIER, chance)
        picture = picture.rotate(180) if leaf.upside_down else picture
        yield Scanned(picture, (_COPIER.dpi, _COPIER.dpi), quality=_COPIER.quality)


def _drawn(bills: Sequence[Bill], leaf: Leaf, front: Image.Image, chance: Generator) -> Image.Image:
    if leaf.what == "back":
        return extra.blank_back(front)
    if leaf.bill is None or leaf.page is None:
        return extra.cover_sheet(chance)
    return bills[leaf.bill].drawn(leaf.page)


def _generator(pdfs: Sequence[bytes], seed: int, what: str) -> Generator:
    key = hashlib.sha256(b"".join(hashlib.sha256(pdf).digest() for pdf in pdfs) + f"{seed} {what}".encode())
    return np.random.default_rng(list(key.digest()))
