"""The details page: headings, charge lines and the sidebar that must not be added.

Positions from sce_tougs2e_050525-060325.page4.geometry.tsv (bills.md 5). Arithmetic ends at
294.9; lines with `x n/N days` are centred on 261.4 instead. Residential bills have this
page as page 3, 11.2 pt to the left (bills/sce_domestic_2026_07_lines.txt).
"""

from itertools import groupby
from pathlib import Path

from corpus.dates import slashed
from corpus.drawing.header import HIGH, TOP, page_mark, place_block
from corpus.drawing.old import day_text
from corpus.drawing.page import Page
from corpus.drawing.wording import sce_arithmetic, usd
from corpus.model import Bill, Charge, Service, Sheet

_TEXT = Path(__file__).parent / "text"
_HEADINGS = {
    "delivery": "Delivery charges - Cost to deliver your electricity",
    "generation": "Generation charges - Cost to generate your electricity",
    "other": "Other charges or credits",
}
_SHORT = {**_HEADINGS, "delivery": "Delivery charges", "generation": "Generation charges"}
PITCH = 10.55


class _Cursor:
    """Where the next line goes."""

    def __init__(self, page: Page, left: float, top: float) -> None:
        self.page, self.left, self.top = page, left, top

    def heading(self, text: str) -> None:
        self.top += 9.1
        self.page.put(self.left + 47.2, self.top, text, 9, "bold")
        self.top += 11.0

    def plain(self, text: str) -> None:
        self.page.put(self.left + 47.2, self.top, text)
        self.top += PITCH


def draw(page: Page, bill: Bill, sheet: Sheet, number: int, count: int) -> None:
    """Draw the details of one service."""
    service = bill.services[sheet.services[0]]
    third = number == 3
    page_mark(page, bill, number, count, TOP if third else HIGH)
    top = 104.0 if third else 68.5
    if bill.header_blocks:
        place_block(page, service.place, top - 30.0)
        top += 18.0
    cursor = _Cursor(page, -11.2 if third else 0.0, top)
    _intro(cursor, bill, service)
    body = cursor.top
    _charges(cursor, service)
    _sums(cursor, service)
    floor = _sidebar(page, service, cursor.left, body + 14.1)
    _after(cursor, bill, service, floor)


def _intro(cursor: _Cursor, bill: Bill, service: Service) -> None:
    page, x = cursor.page, cursor.left + 47.2
    page.put(x, cursor.top, "Details of your new charges", 16, "heading")
    page.put(x, cursor.top + 17.0, f"Your rate: {service.rate_schedule}{service.rate_mark}")
    show = (lambda day: day_text(bill, day)) if bill.layout == "sce_old" else slashed
    period = f"{show(service.start)} to {show(service.end)}"
    page.put(x, cursor.top + 27.5, f"Billing period: {period} ({service.days} days{service.season_note})")
    cursor.top += 38.1


def _charges(cursor: _Cursor, service: Service) -> None:
    lines = [charge for charge in service.charges if charge.section != "tax"]
    for (section, own_heading), block in groupby(
        lines, lambda charge: (charge.section, charge.group if charge.heading else None)
    ):
        names = _SHORT if service.rate_schedule == "DOMESTIC" else _HEADINGS
        cursor.heading(own_heading or names[section])
        if section == "generation":
            cursor.plain("SCE")
        _block(cursor, list(block), indented=section == "other")


def _block(cursor: _Cursor, lines: list[Charge], indented: bool) -> None:
    group = None
    for charge in lines:
        if charge.group != group and not charge.heading and charge.group is not None:
            cursor.top -= 0.45
            cursor.plain(charge.group)
            cursor.top += 0.45
        group = charge.group
        _line(cursor, charge, indented or charge.group is not None)


def _line(cursor: _Cursor, charge: Charge, indented: bool) -> None:
    left, top, page = cursor.left, cursor.top, cursor.page
    for number, part in enumerate(charge.wrap or (charge.label,)):
        page.put(left + (56.1 if indented else 47.2), top + PITCH * number, part)
    arithmetic = sce_arithmetic(charge)
    if charge.days is None:
        page.right(left + 294.9, top, arithmetic, layer="arithmetic")
    else:
        page.centre(left + 261.4, top, arithmetic, layer="arithmetic")
    page.right(left + 420.1, top, usd(charge.amount, charge.negative))
    cursor.top += PITCH * max(1, len(charge.wrap))


def _sums(cursor: _Cursor, service: Service) -> None:
    cursor.top += 5.1
    if service.subtotal is not None:
        _sum(cursor, "Subtotal of your new charges", usd(service.subtotal))
    for charge in service.charges:
        if charge.section == "tax":
            _line(cursor, charge, indented=False)
    _sum(cursor, "Your new charges", usd(service.total), "bold")


def _sum(cursor: _Cursor, label: str, amount: str, face: str = "regular") -> None:
    cursor.page.put(cursor.left + 47.2, cursor.top, label, 9, face)
    cursor.page.right(cursor.left + 420.1, cursor.top, amount, 9, face)
    cursor.top += PITCH


def _sidebar(page: Page, service: Service, left: float, top: float) -> float:
    """Draw the sidebar; return where it ends."""
    for title, items in service.sidebar:
        page.put(left + 430.5, top, title, 9, "bold", "sidebar")
        top += 9.4
        for item in items:
            first, *rest = item.split("|")
            page.put(left + 430.5, top + 1.2, f"· {first}", layer="sidebar")
            top += 10.8
            for line in rest:
                page.put(left + 436.5, top + 1.3, line, layer="sidebar")
                top += 10.8
        top += 10.3
    return top


def _after(cursor: _Cursor, bill: Bill, service: Service, floor: float) -> None:
    page, top = cursor.page, cursor.top + 8.0
    if service.rate_schedule == "DOMESTIC":
        top = _tier_box(page, service, cursor.left, top)
    for note in service.notes:
        page.put(cursor.left + 47.2, top, note, layer="late")
        top += PITCH
    if bill.layout == "sce_old":
        return
    top = max(top, floor - 8.0)  # what comes next runs over the whole width
    if top < 640:
        top = _rin(page, top + 12.0)
    if top < 640:
        _things(page, cursor.left, top + 14.0)


def _tier_box(page: Page, service: Service, left: float, top: float) -> float:
    """The explanatory box of tiered bills: rounded figures that are no charges."""
    kwh = [
        charge.quantity
        for charge in service.charges
        if charge.label.startswith("Tier") and charge.section == "delivery"
    ]
    cells = [f"Your Total Usage: {sum(q for q in kwh if q is not None)} kWh"]
    cells += [
        f"Tier {tier} {quantity} kWh ${price}/kWh"
        for tier, quantity, price in zip((1, 2), kwh, ("0.30", "0.40"), strict=False)
    ]
    for number, cell in enumerate(cells):
        page.put(left + 47.2 + 130 * number, top + 10, cell, 8, layer="late")
    return top + 24.0


def _rin(page: Page, top: float) -> float:
    page.put(49.6, top, "Rate Identification Number - RIN SUM2", 16, "heading", "late")
    page.put(123.6, top + 20.6, "USCA-SCSC-1600-0000", 10, layer="late")
    lines = (_TEXT / "rin.txt").read_text().splitlines()
    for number, line in enumerate(lines):
        page.put(123.6, top + 32.4 + 10.8 * number, line, layer="late")
    return top + 80.0


def _things(page: Page, left: float, top: float) -> None:
    page.put(left + 47.2, top, "Things you should know", 16, "heading", "late")
    for number, line in enumerate((_TEXT / "things_you_should_know.txt").read_text().splitlines()):
        y = top + 22 + 10.0 * number
        if y < 765:
            page.put(left + 47.2, y, line, 8, layer="late")
