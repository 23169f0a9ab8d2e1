"""The pages of a dumped bill, placed where SCE printed them.

By what is known of a page:

- `measured_page`: every line at its measured box (one bill, pages 1, 3 and 4);
- `form.form_page`: pages 1 and 3 of the other bills, which are the same form;
- `details.details_page`: the details page, whose length differs from bill to bill;
- `generic_page`: everything else, by row and column of the layout dump.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from tests.real.drawing import PAGE_HEIGHT, PAGE_WIDTH, Placed, right, width_of

DUMPS = Path(__file__).parent / "dumps"
MEASURED = "050525-060325"
RIGHT_HEADER = 583.5  # right edge of "<CUSTOMER NAME> / Page 1 of 8"


class Segment(NamedTuple):
    """A piece of a row of a layout dump: what stands between two gaps of two spaces or more."""

    row: int
    column: int
    end: int
    text: str


def layout_pages(period: str) -> list[str]:
    """Return the pages of a bill as `pdftotext -layout` printed them."""
    text = (DUMPS / f"sce_tougs2e_{period}.layout.txt").read_text(encoding="utf-8")
    return text.removesuffix("\f").split("\f")


def segments(page: str) -> list[Segment]:
    """Cut a page of a layout dump into its pieces."""
    return [
        Segment(row, match.start(), match.end(), match.group())
        for row, line in enumerate(page.split("\n"))
        for match in re.finditer(r"\S+(?: \S+)*", line)
    ]


def measured_page(number: int) -> list[Placed]:
    """Return page 1, 3 or 4 of the measured bill, in the order of its content stream."""
    path = DUMPS / f"sce_tougs2e_{MEASURED}.page{number}.geometry.tsv"
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    return [
        Placed(text, float(x0), float(top), float(x1), float(bottom)) for x0, top, x1, bottom, text in rows
    ]


def generic_page(page: str) -> list[Placed]:
    """Return a page placed by the rows and columns of its layout dump alone."""
    pieces = segments(page)
    rows = max((piece.row for piece in pieces), default=0) + 1
    columns = max((piece.end for piece in pieces), default=0)
    pitch = min(10.5, (PAGE_HEIGHT - 50) / rows)
    cell = min(4.1, (PAGE_WIDTH - 50) / max(columns, 1))
    size = float(max(5, min(9, int(pitch))))
    return [
        _in_cells(piece, 30 + cell * piece.column, 22 + pitch * piece.row, cell, size) for piece in pieces
    ]


def _in_cells(piece: Segment, x0: float, top: float, cell: float, size: float) -> Placed:
    """Place a piece so that it keeps to its columns."""
    if re.fullmatch(r".+ / Page \d+ of \d+", piece.text):
        return right(piece.text, RIGHT_HEADER, top)
    wanted = min(width_of(piece.text, size), cell * (piece.end - piece.column))
    return Placed(piece.text, x0, top, x0 + wanted, top + size * 0.925)
