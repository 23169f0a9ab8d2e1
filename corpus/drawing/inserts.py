"""Pages that carry no charges: rate notices with example amounts, safety tips, an empty one.

Real inserts print only `Page 7 of 8` somewhere, and a page may have no text at all.
"""

from pathlib import Path

from corpus.drawing.page import Page
from corpus.model import Bill, Sheet

_TEXT = Path(__file__).parent / "text"


def draw_insert(page: Page, bill: Bill, sheet: Sheet, number: int, count: int) -> None:
    """Draw an insert, by the file of text it is named for."""
    lines = (_TEXT / f"{sheet.kind}.txt").read_text().splitlines()
    for at, line in enumerate(lines):
        page.put(48.0, 60.0 + 14.0 * at, line, 9, layer="late")
    page.put(280.0, 760.0, f"Page {number} of {count}", 8, layer="late")


def draw_blank(page: Page, bill: Bill, sheet: Sheet, number: int, count: int) -> None:
    """Draw a page without text."""
    page.rule(36, 396, 576, 396, 0.9)
