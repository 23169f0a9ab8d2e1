"""A sample as a PDF file: every bill's sheets, drawn, written and finished."""

from collections.abc import Callable
from io import BytesIO

from reportlab.pdfgen.canvas import Canvas

from corpus.drawing import billing_summary, cca_own, details, fonts, inserts, old, page1, page2, supply, usage
from corpus.drawing.finish import Turn, finished
from corpus.drawing.page import HEIGHT, WIDTH, Page
from corpus.model import Bill, Sample, Sheet

Draw = Callable[[Page, Bill, Sheet, int, int], None]
KINDS: dict[str, Draw] = {
    "page1": page1.draw,
    "page2": page2.draw,
    "billing_summary": billing_summary.draw,
    "usage": usage.draw,
    "details": details.draw,
    "supply": supply.draw,
    "insert_rates": inserts.draw_insert,
    "insert_safety": inserts.draw_insert,
    "blank": inserts.draw_blank,
    "old_page1": old.draw_page1,
    "old_usage": old.draw_usage,
    "cca_own": cca_own.draw,
}


def render(sample: Sample) -> bytes:
    """Return a sample's PDF, the same bytes every time."""
    fonts.register()
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=(WIDTH, HEIGHT), invariant=1, pageCompression=1)
    canvas.setLineWidth(0.5)
    headings: set[str] = set()
    for bill in sample.bills:
        for number, sheet in enumerate(bill.sheets, 1):
            page = Page(bill.style, number)
            KINDS[sheet.kind](page, bill, sheet, number, len(bill.sheets))
            page.write(canvas)
            headings.update(*(run.text for run in page.runs if run.face == "heading"))
    canvas.save()
    turns = [_turn(bill) for bill in sample.bills for _ in bill.sheets]
    return finished(buffer.getvalue(), turns, "".join(sorted(headings)))


def _turn(bill: Bill) -> Turn:
    return Turn(bill.style.rotate, bill.style.crop)


def page_ranges(sample: Sample) -> list[tuple[int, int]]:
    """Return the pages of each bill in the file, counted from 1."""
    ranges, first = [], 1
    for bill in sample.bills:
        ranges.append((first, first + len(bill.sheets) - 1))
        first += len(bill.sheets)
    return ranges
