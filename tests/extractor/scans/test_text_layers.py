"""Text that somebody's program laid over or under a picture of paper is not what was printed, visible or not."""

from __future__ import annotations

import io
from collections.abc import Callable

import pypdfium2.raw as raw
import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from extractor.pages.backdrop import draws_nothing, shows_a_picture
from extractor.pages.glyphs import is_hidden
from extractor.pages.pdfium import open_document

PAPER = ImageReader(Image.new("L", (170, 220), 230))
LINES = [f"Off peak 14,83{at} kWh x $0.1567{at} $2,325.6{at}" for at in range(30)]


def drawn(*steps: Callable[[Canvas], None]) -> bytes:
    """Return a PDF of one letter page, drawn in these steps."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(612, 792))
    for step in steps:
        step(canvas)
    canvas.showPage()
    canvas.save()
    return file.getvalue()


def picture(canvas: Canvas) -> None:
    canvas.drawImage(PAPER, 0, 0, 612, 792)


def logo(canvas: Canvas) -> None:
    canvas.drawImage(PAPER, 40, 700, 200, 60)


def stamp(canvas: Canvas) -> None:
    canvas.drawString(400, 760, "RECEIVED")


def form(canvas: Canvas) -> None:
    canvas.beginForm("scan")
    picture(canvas)
    canvas.endForm()
    canvas.doForm("scan")


def strips(canvas: Canvas) -> None:
    for at in range(STRIPS):
        canvas.drawImage(PAPER, 0, 792 * at / STRIPS, 612, 792 / STRIPS)


STRIPS = 60


def few_strips(canvas: Canvas) -> None:
    for at in range(8):
        canvas.drawImage(PAPER, 0, 99 * at, 612, 99)


def nested(canvas: Canvas) -> None:
    for name, inside in (("inner", picture), ("middle", lambda of: of.doForm("inner"))):
        canvas.beginForm(name)
        inside(canvas)
        canvas.endForm()
    canvas.doForm("middle")


def text(mode: int = 0, alpha: float = 1.0) -> Callable[[Canvas], None]:
    """Return what writes the lines in a render mode (3 is invisible, 7 clips), more or less opaque."""

    def write(canvas: Canvas) -> None:
        canvas.setFillAlpha(alpha)
        for at, line in enumerate(LINES):
            written = canvas.beginText(50, 700 - 12 * at)
            written.setTextRenderMode(mode)
            written.textOut(line)
            canvas.drawText(written)

    return write


@pytest.mark.parametrize(
    ("steps", "pictured"),
    [
        ((text(),), False),
        ((logo, text()), False),  # a bill from a printer
        ((picture, text(3)), True),
        ((text(), picture), True),  # under the picture
        ((stamp, picture, text(3)), True),  # something visible first
        ((picture, text(3), stamp), True),
        ((picture, text(alpha=0)), True),
        ((picture, text(7)), True),
        ((form, text(3)), True),  # a picture in a form
        ((nested, text(3), stamp), True),  # in a form in a form
        ((few_strips, text(3)), True),  # as some scanners cut a page
        ((text(), few_strips), True),
        ((strips, text(3), stamp), True),  # more than are looked at
        ((logo, logo, text()), False),
    ],
    ids=[
        "text",
        "logo",
        "over",
        "under",
        "stamp first",
        "stamp last",
        "alpha",
        "clip",
        "form",
        "nested form",
        "strips over",
        "strips under",
        "many strips",
        "two logos",
    ],
)
def test_a_page_that_a_picture_fills_is_a_picture(
    steps: tuple[Callable[[Canvas], None], ...], pictured: bool
) -> None:
    document = open_document(drawn(*steps), max_pages=1)
    page = raw.FPDF_LoadPage(document.raw, 0)
    assert shows_a_picture(page) is pictured
    raw.FPDF_ClosePage(page)


@pytest.mark.parametrize(
    ("steps", "hidden"),
    [
        ((text(),), False),
        ((text(), stamp), False),
        ((text(3),), True),
        ((text(7),), True),
        ((stamp, text(3)), True),  # a number stamped on a scan is visible above a layer that is not
        ((text(3), stamp), True),
    ],
    ids=["printed", "printed and stamp", "invisible", "clipping", "stamp first", "stamp last"],
)
def test_text_that_is_invisible_but_for_a_stamp_is_hidden(
    steps: tuple[Callable[[Canvas], None], ...], hidden: bool
) -> None:
    document = open_document(drawn(*steps), max_pages=1)
    page = raw.FPDF_LoadPage(document.raw, 0)
    text_page = raw.FPDFText_LoadPage(page)
    assert is_hidden(text_page, raw.FPDFText_CountChars(text_page)) is hidden
    raw.FPDFText_ClosePage(text_page)
    raw.FPDF_ClosePage(page)


def rule(canvas: Canvas) -> None:
    canvas.line(36, 396, 576, 396)


def bar(canvas: Canvas) -> None:
    canvas.rect(36, 40, 540, 1.5, stroke=0, fill=1)


def outlined_letter(canvas: Canvas) -> None:
    path = canvas.beginPath()
    path.moveTo(40, 400)
    path.curveTo(40, 408, 46, 408, 46, 400)
    canvas.drawPath(path)


def note(canvas: Canvas) -> None:
    canvas.textAnnotation("paid by check", Rect=[40, 40, 140, 80])


@pytest.mark.parametrize(
    ("steps", "is_so"),
    [
        ((), True),  # the back of a last sheet
        ((rule,), True),
        ((rule, bar, rule), True),
        ((rule, rule, rule, rule), False),  # so many lines may be strokes of a digit
        ((outlined_letter,), False),
        ((stamp,), False),
        ((logo,), False),
        ((form,), False),
        ((note,), False),
    ],
)
def test_a_page_of_a_rule_or_two_need_not_be_read(
    steps: tuple[Callable[[Canvas], None], ...], is_so: bool
) -> None:
    document = open_document(drawn(*steps), 1)
    page = raw.FPDF_LoadPage(document.raw, 0)
    assert draws_nothing(page) is is_so
    raw.FPDF_ClosePage(page)
    document.close()
