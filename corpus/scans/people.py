"""Where people stamp and write on a bill: over its account block, over its charges, beside them."""

from __future__ import annotations

from numpy.random import Generator
from PIL import Image

from corpus.scans.bill import Bill, Run
from corpus.scans.marks import Colour, Pen, stamped


def account_stamp(
    bill: Bill, page: int, picture: Image.Image, colour: Colour, chance: Generator
) -> Image.Image:
    """Stamp page 1 over its account block."""
    return stamped(picture, _account_block(bill), colour, chance) if page == 1 else picture


def charges_stamp(
    bill: Bill, page: int, picture: Image.Image, colour: Colour, chance: Generator
) -> Image.Image:
    """Stamp every page with charges over some of its charge lines."""
    amounts = bill.amounts(page)
    if page not in bill.charge_pages or not amounts:
        return picture
    line = amounts[int(chance.integers(len(amounts)))]
    return stamped(picture, (line.x1 - chance.uniform(40, 190), line.top), colour, chance)


def _account_block(bill: Bill) -> tuple[float, float]:
    labels = [
        run for run in bill.runs(1) if run.text.lower().startswith(("customer account", "service account"))
    ]
    if not labels:
        return 130.0, 130.0
    first = min(labels, key=lambda run: run.top)
    return first.x0 + 70, first.bottom + 22


def margin_pen(bill: Bill, page: int, picture: Image.Image, colour: Colour, chance: Generator) -> Image.Image:
    """Write beside the charges: the amount due ringed, headings underlined, notes where paper is free."""
    if page != 1 and page not in bill.charge_pages:
        return picture
    pen = Pen(picture, colour, chance)
    if page == 1:
        _ring_amount_due(bill, pen)
    for run in bill.runs(page):
        if run.bottom - run.top > 12:
            pen.underline(run.x0, run.x1, run.bottom - 1)
    for x, y in _free_places(bill, page, chance):
        pen.writing(x, y, 110)
        pen.tick(x - 10, y)
    return pen.page()


def charges_pen(
    bill: Bill, page: int, picture: Image.Image, colour: Colour, chance: Generator
) -> Image.Image:
    """Write over the charges: a tick at each amount, some underlined, the total ringed, a note across."""
    amounts = bill.amounts(page)
    if page not in bill.charge_pages or not amounts:
        return picture
    pen = Pen(picture, colour, chance)
    for amount in amounts:
        pen.tick(amount.x1 + chance.uniform(2, 7), amount.bottom)
        if chance.random() < 0.3:
            pen.underline(amount.x0 - 4, amount.x1 + 2, amount.bottom + chance.uniform(-1, 1))
    pen.ring(amounts[-1])
    line = amounts[int(chance.integers(len(amounts)))]
    pen.writing(line.x0 - chance.uniform(90, 200), line.bottom + 4, 80)
    return pen.page()


def _ring_amount_due(bill: Bill, pen: Pen) -> None:
    found = [run for run in bill.runs(1) if run.text.startswith("Amount due") and "$" in run.text]
    for run in found or bill.amounts(1)[-1:]:
        pen.ring(run)


def _free_places(bill: Bill, page: int, chance: Generator) -> list[tuple[float, float]]:
    """Return up to three places where 110 x 20 points are empty."""
    tries = zip(chance.uniform(50, 460, 40), chance.uniform(60, 750, 40), strict=True)
    free = [(float(x), float(y)) for x, y in tries if not any(_near(run, x, y) for run in bill.runs(page))]
    return free[:3]


def _near(run: Run, x: float, y: float) -> bool:
    return run.x0 < x + 130 and run.x1 > x - 25 and run.top < y + 8 and run.bottom > y - 18
