"""Traps of the page: where on it text stands, in what order it was written, and how it is turned.

Each builder's docstring says what is odd about its file; its words are what a person sees.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf
from reportlab.pdfbase.pdfmetrics import stringWidth

from tests.extractor.pages import fonts
from tests.extractor.pages.made_pages import (
    ASCENT,
    DESCENT,
    HEIGHT,
    Seen,
    Trap,
    plain,
    save,
    word,
)


def overprint() -> Trap:
    """Bold made by printing twice, a third of a point apart."""
    data = plain("BT /F 9 Tf 47.2 700 Td (Total) Tj ET BT /F 9 Tf 47.5 700 Td (Total) Tj ET")
    return Trap("overprint", data, (word("Total", 47.2, 700, 9),))


def shuffled() -> Trap:
    """Amounts before labels, lower lines before upper ones."""
    rows = (
        ("$5.38", 397.6, 468),
        ("State", 47.2, 478),
        ("$9.99", 397.6, 478),
        ("tax", 47.2, 468),
        ("UUT", 47.2, 488),
    )
    content = " ".join(f"BT /F 9 Tf {x} {y} Td ({text}) Tj ET" for text, x, y in rows)
    return Trap("shuffled", plain(content), tuple(word(text, x, y, 9) for text, x, y in rows))


def tiny_and_huge() -> Trap:
    """One point and 150 points on one page."""
    data = plain(
        "BT /F 1 Tf 47.2 700 Td (fine) Tj 3 0 Td (print) Tj ET BT /F 150 Tf 47.2 400 Td (PAID) Tj ET"
    )
    return Trap(
        "tiny_and_huge",
        data,
        (word("fine", 47.2, 700, 1), word("print", 50.2, 700, 1), word("PAID", 47.2, 400, 150)),
    )


def invisible() -> Trap:
    """Render mode 3. Kept: that is how OCR layers are written under a scan."""
    return Trap(
        "invisible", plain("BT 3 Tr /F 9 Tf 47.2 700 Td (Scanned) Tj ET"), (word("Scanned", 47.2, 700, 9),)
    )


def vertical() -> Trap:
    """Text that runs up the side of the page, as the form number beside the stub."""
    width = stringWidth("(14-574)", "Helvetica", 7)
    data = plain("BT /F 7 Tf 0 1 -1 0 30 200 Tm (\\(14-574\\)) Tj ET BT /F 9 Tf 100 220 Td (Tear) Tj ET")
    up = Seen("(14-574)", 30 - ASCENT * 7, HEIGHT - 200 - width, 30 + DESCENT * 7, HEIGHT - 200, up=True)
    return Trap("vertical", data, (up, word("Tear", 100, 220, 9)))


def nested_forms() -> Trap:
    """Text in a form inside a form, each with a matrix of its own."""
    pdf = Pdf.new()
    font = Dictionary(Font=Dictionary(F=fonts.helvetica(pdf)))
    inner = pdf.make_stream(b"BT /F 9 Tf 10 10 Td (inside) Tj ET")
    _make_form(inner, font, [2, 0, 0, 2, 5, 5])
    outer = pdf.make_stream(b"q 1 0 0 1 20 30 cm /I Do Q BT /F 9 Tf 10 10 Td (outside) Tj ET")
    _make_form(outer, Dictionary(Font=font.Font, XObject=Dictionary(I=inner)), [1, 0, 0, 1, 100, 600])
    resources = Dictionary(XObject=Dictionary(O=outer))
    data = save(pdf, "q /O Do Q", {}, Resources=resources)
    # inner: 10 * 2 + 5 + 20 + 100 across, 10 * 2 + 5 + 30 + 600 up
    return Trap("nested_forms", data, (word("inside", 145, 655, 18), word("outside", 110, 610, 9)))


def _make_form(stream: pikepdf.Stream, resources: Dictionary, matrix: list[int]) -> None:
    stream.Type, stream.Subtype = Name.XObject, Name.Form
    stream.BBox, stream.Matrix = Array([0, 0, 600, 600]), Array(matrix)
    stream.Resources = resources


def rotated(degrees: int) -> Trap:
    """A page stored on its side and shown upright by /Rotate."""
    matrix, media = {
        90: ("0 1 -1 0", (792, 612)),
        180: ("-1 0 0 -1", (612, 792)),
        270: ("0 -1 1 0", (792, 612)),
    }[degrees]
    x0, baseline = 47.2, 700.0  # as shown
    origin = {
        90: (media[0] - baseline, x0),
        180: (media[0] - x0, media[1] - baseline),
        270: (baseline, media[1] - x0),
    }[degrees]
    content = f"BT /F 9 Tf {matrix} {origin[0]:.2f} {origin[1]:.2f} Tm (Facilities rel) Tj ET"
    data = plain(content, MediaBox=Array([0, 0, *media]), Rotate=pikepdf.Object.parse(str(degrees).encode()))
    first = word("Facilities", x0, baseline, 9)
    second = word("rel", first.x1 + stringWidth(" ", "Helvetica", 9), baseline, 9)
    return Trap(f"rotated_{degrees}", data, (first, second))


def rotated_and_cropped() -> Trap:
    """A page on its side whose crop does not begin at its corner."""
    content = "BT /F 9 Tf 0 1 -1 0 150 100 Tm (Customer) Tj ET"
    boxes = {"MediaBox": Array([0, 0, 792, 612]), "CropBox": Array([50, 20, 750, 600])}
    data = plain(content, Rotate=pikepdf.Object.parse(b"90"), **boxes)
    width = stringWidth("Customer", "Helvetica", 9)
    # shown: x is y of the page from its crop's lower edge, top is x of the page from its crop's left edge
    seen = Seen("Customer", 80, 100 - ASCENT * 9, 80 + width, 100 + DESCENT * 9)
    return Trap("rotated_and_cropped", data, (seen,), 580, 700)


def cropped() -> Trap:
    """A crop box that does not begin at the corner of the sheet."""
    data = plain("BT /F 9 Tf 147.2 700 Td (POD-ID) Tj ET", CropBox=Array([100, 50, 512, 742]))
    seen = word("POD-ID", 47.2, 700 + 50, 9)  # the crop's top edge is 50 pt below the sheet's
    return Trap("cropped", data, (seen._replace(top=seen.top, bottom=seen.bottom),), 412, 692)


def negative_origin() -> Trap:
    """A sheet whose lower left corner is at (-100, -200)."""
    data = plain("BT /F 9 Tf -52.8 500 Td (Meter) Tj ET", MediaBox=Array([-100, -200, 512, 592]))
    return Trap("negative_origin", data, (word("Meter", 47.2, 700, 9),))


def user_unit() -> Trap:
    """A page in units of 1/36 inch. Both readers count in the page's own units, and so do we."""
    unit = pikepdf.Object.parse(b"2")
    data = plain("BT /F 9 Tf 47.2 350 Td (Meter) Tj ET", MediaBox=Array([0, 0, 306, 396]), UserUnit=unit)
    seen = word("Meter", 47.2, 350 + HEIGHT - 396, 9)
    return Trap("user_unit", data, (seen,), 306, 396)


PAGE_TRAPS: tuple[Callable[[], Trap], ...] = (
    overprint,
    shuffled,
    tiny_and_huge,
    invisible,
    vertical,
    nested_forms,
    rotated_and_cropped,
    cropped,
    negative_origin,
    user_unit,
    partial(rotated, 90),
    partial(rotated, 180),
    partial(rotated, 270),
)
