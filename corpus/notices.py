"""Documents that are no bills: each must be read as `unreadable`, never as a bill.

A disconnection notice and a letter by SCE, a mailer by CPA, and a bill of another utility.
All texts are invented (text/notice_*.txt); they carry accounts, dates, kWh and amounts.
"""

from io import BytesIO
from pathlib import Path

from reportlab.pdfgen.canvas import Canvas

from corpus.drawing import fonts
from corpus.drawing.finish import Turn, finished
from corpus.drawing.page import HEIGHT, WIDTH, Page
from corpus.model import Style

_TEXT = Path(__file__).parent / "drawing" / "text"
NOTICES = ("disconnection-notice", "letter-rate-plan", "other-utility-bill", "cpa-mailer")


def render_notice(name: str) -> bytes:
    """Return one notice as a PDF: its file's lines, columns parted by bars."""
    fonts.register()
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=(WIDTH, HEIGHT), invariant=1, pageCompression=1)
    page = Page(Style(seed=name), 1)
    for number, line in enumerate((_TEXT / f"notice_{name}.txt").read_text().splitlines()):
        for column, cell in enumerate(line.split("|")):
            page.put(48.0 + 190.0 * column, 60.0 + 13.0 * number, cell.strip(), 14 if number == 0 else 9)
    page.write(canvas)
    canvas.save()
    return finished(buffer.getvalue(), [Turn()], "")
