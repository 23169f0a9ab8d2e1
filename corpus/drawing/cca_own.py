"""CPA's own generation bill, without SCE's furniture. LAYOUT INVENTED.

No sample of such a bill was found (bills.md 12): only that it exists, and that its lines
are those of the SUPPLY/GENERATION section. Everything around those lines is made up; what
the bill has not (customer account, due date, amount due) is left out.
"""

from corpus.dates import slashed
from corpus.drawing.header import place_block
from corpus.drawing.page import Page
from corpus.drawing.supply import draw_part
from corpus.drawing.wording import usd
from corpus.model import Bill, Sheet


def draw(page: Page, bill: Bill, sheet: Sheet, number: int, count: int) -> None:
    """Draw the whole bill on one page."""
    page.put(54.0, 48.0, "Clean Power Alliance", 20, "heading", "furniture")
    page.put(54.0, 74.0, "Statement of electric generation charges", 12, layer="furniture")
    page.put(
        54.0, 740.0, f"cleanpoweralliance.org   1-888-585-3788   Page {number} of {count}", 8, layer="late"
    )
    _account(page, bill)
    place_block(page, bill.services[sheet.services[0]].place, 158.0)
    top = 205.0
    for index in sheet.services:
        top = draw_part(page, bill, bill.services[index], "CLEAN POWER ALLIANCE", top) + 22.0
    if bill.amount_due is not None:
        page.put(47.2, top, "Amount due", 11, "bold")
        page.right(420.1, top, usd(bill.amount_due), 11, "bold")


def _account(page: Page, bill: Bill) -> None:
    rows = [f"Customer name: {bill.name}"] if bill.name else []
    if bill.customer_account:
        rows.append(f"Customer account: {bill.customer_account}")
    rows.append(f"Statement date: {slashed(bill.statement_date)}")
    if bill.due_date:
        rows.append(f"Due by: {slashed(bill.due_date)}")
    for at, row in enumerate(rows):
        page.put(54.0, 100.0 + 12.0 * at, row)
