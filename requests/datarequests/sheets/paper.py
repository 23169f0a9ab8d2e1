"""What the papers share: styles, tables, a page with its heading and foot; bytes that never differ.

Text is set in Helvetica, which has the letters of Western Europe: another letter is refused, for a form that
shows a box in a name is not the form of that customer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import black, white
from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import inch
from reportlab.platypus import Flowable, KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle
from reportlab.platypus.doctemplate import LayoutError

from extractor.base.errors import BillclerkError

MARGIN = 0.75 * inch
WIDTH = letter[0] - 2 * MARGIN

BODY = ParagraphStyle("body", fontName="Helvetica", fontSize=9, leading=11.5, spaceAfter=4)
SMALL = ParagraphStyle("small", parent=BODY, fontSize=7.5, leading=9.5)
CELL = ParagraphStyle("cell", parent=BODY, spaceAfter=0)
HEADING = ParagraphStyle("heading", parent=BODY, fontName="Helvetica-Bold", spaceBefore=6, spaceAfter=3)
TITLE = ParagraphStyle("title", parent=HEADING, fontSize=12, leading=15, alignment=1, spaceAfter=8)
LETTER = ParagraphStyle("letter", parent=BODY, fontSize=10.5, leading=14, spaceAfter=9)

GRID = TableStyle(
    [
        ("GRID", (0, 0), (-1, -1), 0.5, black),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ]
)


class SheetError(BillclerkError):
    """A paper cannot be made of this text or this form; the message says why, and what to do."""

    exit_code = 2


def said(text: str) -> str:
    """Return text for a paragraph: nothing in it is markup, every letter can be printed.

    Raises:
        SheetError: names the letter.
    """
    for char in text:
        try:
            char.encode("cp1252")
        except UnicodeEncodeError:
            raise SheetError(
                f"U+{ord(char):04X} in {text[:40]!r} cannot be printed; write it in the letters of the bill"
            ) from None
    return escape(text)


def paragraph(text: str, style: ParagraphStyle = BODY) -> Paragraph:
    """Return a paragraph of plain text; its line breaks stay."""
    return Paragraph(said(text).replace("\n", "<br/>"), style)


def grid(rows: Sequence[Sequence[str]], widths: Sequence[float], heading: bool = True) -> Table:
    """Return rows of text with rules around them, as wide as shares of the page say."""
    cells = [
        [paragraph(text, HEADING if heading and at == 0 else CELL) for text in row]
        for at, row in enumerate(rows)
    ]
    table = Table(cells, [WIDTH * share for share in widths], repeatRows=int(heading))
    table.setStyle(GRID)
    return table


def together(*parts: Flowable) -> Flowable:
    """Return parts that stay on one page."""
    return KeepTogether(list(parts))


def gap(points: float) -> Flowable:
    """Return empty space."""
    return Spacer(1, points)


def made(parts: Sequence[Flowable], title: str, foot: str, mark: str | None = None) -> bytes:
    """Return a PDF of parts; `mark` stands across the top of each page."""
    out = BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=letter,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN + (14 if mark else 0),
        bottomMargin=MARGIN,
        invariant=1,
        title=title,
        author="",
    )
    on_page: Callable[[Any, Any], None] = partial(_page, foot=foot, mark=mark)
    try:
        document.build(list(parts), onFirstPage=on_page, onLaterPages=on_page)
    except LayoutError:
        raise SheetError("a name or an address is longer than a page; shorten it") from None
    return out.getvalue()


def _page(canvas: Any, document: Any, foot: str, mark: str | None) -> None:
    canvas.saveState()
    width, height = letter
    if mark:
        canvas.setFillColor(black)
        canvas.rect(MARGIN, height - MARGIN, WIDTH, 18, stroke=0, fill=1)
        canvas.setFillColor(white)
        canvas.setFont("Helvetica-Bold", 9)
        canvas.drawCentredString(width / 2, height - MARGIN + 5.5, mark)
        canvas.setFillColor(black)
    canvas.setFont("Helvetica", 7.5)
    canvas.drawString(MARGIN, MARGIN - 16, foot)
    canvas.drawRightString(width - MARGIN, MARGIN - 16, f"page {document.page}")
    canvas.restoreState()
