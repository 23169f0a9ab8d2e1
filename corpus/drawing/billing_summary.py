"""`Summary of your billing detail`: one row per service, when there is more than one.

The columns are those of a published sample (bills.md 3.3); positions are not known. On CCA
bills SCE's row comes first, marked "(SCE)". A row takes two lines: the address is wrapped.
"""

from corpus.dates import slashed
from corpus.drawing.header import TOP, page_mark
from corpus.drawing.page import Page
from corpus.drawing.wording import usd
from corpus.model import Bill, Sheet

ROWS_PER_PAGE = 22
_COLUMNS = (
    (36.0, "Service account"),
    (118.0, "Service address"),
    (262.0, "Billing period"),
    (378.0, "Your rate"),
)


def draw(page: Page, bill: Bill, sheet: Sheet, number: int, count: int) -> None:
    """Draw the rows of the sheet's services (all, if it names none); the last page has the total."""
    page_mark(page, bill, number, count, TOP)
    page.put(36.0, 100.0, "Summary of your billing detail", 16, "heading")
    for x, title in _COLUMNS:
        page.put(x, 126.0, title, 9, "bold", "furniture")
    page.right(576.0, 126.0, "New charges", 9, "bold", "furniture")
    indexes = sheet.services or tuple(range(len(bill.services)))
    top = 142.0
    for index in indexes:
        _row(page, bill, index, top)
        top += 24.0
    if indexes[-1] == len(bill.services) - 1:
        page.right(576.0, top + 4, usd(bill.new_charges), 9, "bold")


def _row(page: Page, bill: Bill, index: int, top: float) -> None:
    service = bill.services[index]
    page.put(36.0, top, service.place.service_account)
    for line, text in enumerate(service.place.address[:2]):
        page.put(118.0, top + 10.55 * line, text)
    page.put(262.0, top, f"{slashed(service.start)} to {slashed(service.end)}")
    combined = service.role == "delivery" and "(" not in service.rate_schedule + service.rate_mark
    page.put(378.0, top, f"{service.rate_schedule}{' (SCE)' if combined else service.rate_mark}")
    page.right(576.0, top, usd(service.total))
