"""The page SUPPLY/GENERATION: a CCA's or ESP's part on SCE's paper.

After CPA's published sample page (bills/cpa_sample_bill_2024_page5.txt): wording and order
are known, positions are not, so columns follow SCE's details page. Labels are wrapped in a
narrow column, which is how the season word gets onto the line below.
"""

from decimal import Decimal

from corpus.dates import slashed
from corpus.drawing import fonts
from corpus.drawing.header import page_mark, place_block
from corpus.drawing.old import day_text
from corpus.drawing.page import Page
from corpus.drawing.wording import cca_arithmetic, usd
from corpus.model import Bill, Charge, Service, Sheet

NAMES = {
    "CPA": "CLEAN POWER ALLIANCE",
    "OCPA": "ORANGE COUNTY POWER AUTHORITY",
    "3CE": "CENTRAL COAST COMMUNITY ENERGY",
    "DCE": "DESERT COMMUNITY ENERGY",
    "WCE": "WESTERN COMMUNITY ENERGY",
    "ESP": "EXAMPLE ENERGY SERVICES (ESP)",
}
_LABEL_WIDTH = 129.0
PITCH = 10.55


def draw(page: Page, bill: Bill, sheet: Sheet, number: int, count: int) -> None:
    """Draw the parts of the sheet's services."""
    services = [bill.services[index] for index in sheet.services]
    name = NAMES[services[0].provider]
    page.right(583.5, 36.0, "SUPPLY/GENERATION", 14, "heading", "furniture")
    page.right(583.5, 52.0, name, 10, layer="furniture")
    page.right(583.5, 63.0, "supplies your electricity", layer="furniture")
    page_mark(page, bill, number, count, 78.0)
    place_block(page, services[0].place, 96.0)
    top = 150.0
    page.put(47.2, top, "Details of your new charges", 16, "heading")
    for service in services:
        top = draw_part(page, bill, service, name, top + 18.0)
    _things(page, name, top + 30.0)


def draw_part(page: Page, bill: Bill, service: Service, name: str, top: float) -> float:
    """Draw one period's lines, from the provider's name to the total; return where it ends."""
    show = (lambda day: day_text(bill, day)) if bill.layout == "sce_old" else slashed
    period = f"{show(service.start)} to {show(service.end)} ({service.days} days)"
    for text in (
        name,
        f"Your rate: {service.rate_schedule}{service.rate_mark}",
        f"Service Account: {service.place.service_account}",
        f"Billing period: {period}",
    ):
        page.put(47.2, top, text)
        top += PITCH
    page.put(47.2, top + 9.1, "Generation Charges", 9, "bold")
    top = draw_lines(page, service.charges, top + 20.1)
    short = service.provider
    for label, amount in (
        (f"Sub-Total of {short} Generation Charges", service.subtotal),
        ("Your New Charges", service.total),
    ):
        if amount is not None:
            page.put(47.2, top + 5.1, label)
            page.right(420.1, top + 5.1, usd(amount))
            top += PITCH
    for balance in service.balances:
        shown = f"{balance.kwh} kWh" if balance.kwh is not None else usd(balance.amount or Decimal(0))
        page.put(47.2, top + 9.0, f"{balance.label}: {shown}", layer="late")
        top += PITCH
    return top + 5.1


def draw_lines(page: Page, charges: tuple[Charge, ...], top: float) -> float:
    """Draw charge lines; a wrapped label's quantity stands beside its first line."""
    for charge in charges:
        parts = charge.wrap or wrapped(charge.label)
        for number, part in enumerate(parts):
            page.put(47.2, top + PITCH * number, part)
        page.put(187.0, top, cca_arithmetic(charge), layer="arithmetic")
        page.right(420.1, top, usd(charge.amount, charge.negative))
        top += PITCH * len(parts)
    return top


def wrapped(label: str) -> tuple[str, ...]:
    """Return a label's printed lines.

    >>> wrapped("Lean Power - Super OfPk - Winter")
    ('Lean Power - Super OfPk -', 'Winter')
    """
    lines = [""]
    for word in label.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if fonts.width(longer, 9) <= _LABEL_WIDTH:
            lines[-1] = longer
        else:
            lines.append(word)
    return tuple(lines)


def _things(page: Page, name: str, top: float) -> None:
    texts = (
        f"{name.title()} welcomes new customers in its communities",
        "Questions? Call 1-888-585-3788.",
        "Winter energy savings tip: a programmable thermostat can save up to $180.00 a year.",
    )
    page.put(47.2, top, "Things you should know", 16, "heading", "late")
    for number, text in enumerate(texts):
        page.put(47.2, top + 20 + PITCH * number, text, layer="late")
