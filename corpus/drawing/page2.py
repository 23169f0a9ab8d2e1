"""Page 2: `Important information`, the boilerplate with all its trap words.

The text is SCE's, from the dumps of bills.md 1 (text/page2_left.txt and page2_right.txt);
columns and pitch are read off the layout dumps (4.57 pt a column), so approximate.
"""

from pathlib import Path

from corpus.dates import slashed
from corpus.drawing.header import TOP, page_mark
from corpus.drawing.page import Page
from corpus.model import Bill, Sheet

_TEXT = Path(__file__).parent / "text"
_BOLD = (
    "What ",
    "Past due bills",
    "Disputed bills",
    "Definitions",
    "Electronic check processing",
    "Rates and",
)


def draw(page: Page, bill: Bill, sheet: Sheet, number: int, count: int) -> None:
    """Draw page 2."""
    page_mark(page, bill, number, count, TOP)
    page.put(18.0, 88.0, "Important information", 16, "heading", "furniture")
    prepared = slashed(bill.statement_date)
    _column(page, 14.0, (_TEXT / "page2_left.txt").read_text().replace("{prepared}", prepared))
    _column(page, 318.0, (_TEXT / "page2_right.txt").read_text())
    _form(page, bill)


def _column(page: Page, x: float, text: str) -> None:
    for number, line in enumerate(text.splitlines()):
        top = 108.0 + 9.7 * number
        face = "bold" if line.startswith(_BOLD) else "regular"
        for offset, cell in enumerate(line.split("|")):
            page.put(x + (0, 48, 176)[offset] if "|" in line else x, top, cell, 7.8, face, "label")


def _form(page: Page, bill: Bill) -> None:
    left = (
        f"Change of mailing address: {bill.customer_account}",
        "STREET#          STREET NAME                  APARTMENT #",
        "CITY                          STATE            ZIP CODE",
        "TELEPHONE #                   E-MAIL ADDRESS",
    )
    for number, line in enumerate(left):
        for offset, cell in enumerate(part for part in line.split("  ") if part.strip()):
            page.put(18.0 + offset * 100, 622.0 + 16 * number, cell.strip(), 8, layer="late")
    right = (_TEXT / "page2_direct_payment.txt").read_text().format(account=bill.customer_account)
    for number, line in enumerate(right.splitlines()):
        page.put(311.0, 622.0 + 9.7 * number, line, 8, layer="late")
    page.put(
        100.0,
        608.0,
        "To change your contact information or enroll in SCE's payment option, complete the form below "
        "and return it in the enclosed envelope.",
        7,
        layer="late",
    )
    fund = (_TEXT / "page2_fund.txt").read_text()
    for number, line in enumerate(fund.splitlines()):
        page.put(50.0, 712.0 + 11 * number, line, 8, layer="late")
