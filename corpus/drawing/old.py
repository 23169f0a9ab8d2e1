"""SCE's older pages: 2007 to about 2020, and early 2021 (bills.md 8).

Wording is from published samples (2008 Direct Access, 2014 Direct Payment, 2019, 2021);
positions are not known and follow the current layout where the samples do not contradict.
Dates are `May 2 '08` before 2019, MM/DD/YY after.
"""

from datetime import date

from corpus.dates import slashed, worded
from corpus.drawing.header import TOP, page_mark
from corpus.drawing.page import Page
from corpus.drawing.wording import usd
from corpus.model import Bill, Sheet

_PITCH = 10.55
_WORDED_UNTIL = 2018


def day_text(bill: Bill, day: date) -> str:
    """Return a date as bills of that time print it."""
    return worded(day) if bill.statement_date.year <= _WORDED_UNTIL else slashed(day)


def draw_page1(page: Page, bill: Bill, sheet: Sheet, number: int, count: int) -> None:
    """Draw page 1: account, summary, stub; no POD-ID, no scan line."""
    page_mark(page, bill, number, count, TOP)
    page.right(582.4, 40.1, "Your electricity bill", 20, "heading", "furniture")
    page.put(
        36.0,
        44.7,
        "For billing and service inquiries call 1-800-799-4723, 24 hrs a day, 7 days a week",
        8,
        layer="furniture",
    )
    page.put(36.0, 55.2, "P.O. Box 300   Rosemead, CA   91772-0001   www.sce.com", 8, layer="furniture")
    _account(page, bill)
    top = _summary(page, bill)
    for at, message in enumerate((*((bill.kind_text,) if bill.kind_text else ()), *bill.messages)):
        page.put(36.0, top + 16 + 11 * at, message, layer="late")
    _stub(page, bill)


def _account(page: Page, bill: Bill) -> None:
    place = bill.services[0].place
    page.put(36.0, 104.0, f"Customer account {bill.customer_account}")
    page.put(36.0, 116.0, f"Service account {place.service_account}")
    for at, line in enumerate(place.address):
        page.put(36.0, 127.0 + _PITCH * at, line)
    page.put(330.0, 104.0, f"Date bill prepared: {day_text(bill, bill.statement_date)}")
    if place.outage_group:
        page.put(330.0, 116.0, f"Rotating outage Group {place.outage_group}")


def _summary(page: Page, bill: Bill) -> float:
    page.put(36.0, 176.0, "Your account summary", 16, "heading")
    top = 202.0
    for row in bill.rows:
        size = 10.0 if row.kind == "owed" else 9.0
        page.put(36.0, top, row.printed, size)
        page.right(352.4, top, usd(row.amount, row.negative), size)
        top += 12.0
    return top


def _stub(page: Page, bill: Bill) -> None:
    page.put(123.1, 554.7, "Please return the payment stub below with your payment", 7, layer="late")
    page.put(18.4, 566.2, "(14-574)", 7, layer="late")
    page.put(137.0, 585.1, f"Customer account {bill.customer_account}", layer="furniture")
    top = 586.8
    for label, amount in _stub_rows(bill):
        page.put(330.0, top, label, layer="late")
        page.right(591.7, top, amount, layer="late")
        top += 12.0
    page.block(64.5, 682.6, [bill.name, *bill.mailing])
    page.block(394.5, 697.7, ["P.O. BOX 300", "ROSEMEAD, CA 91772-0001"])


def _stub_rows(bill: Bill) -> list[tuple[str, str]]:
    owed = bill.rows[-1]
    if bill.past_due and bill.due_date:
        by = slashed(bill.due_date)
        return [
            (f"Past due charges - pay by {by}", usd(bill.past_due)),
            (f"New charges - pay by {by}", usd(bill.new_charges)),
            ("Total amount you owe", usd(owed.amount)),
        ]
    by = f" by {day_text(bill, bill.due_date)}" if bill.due_date else ""
    return [(f"Amount due{by}", usd(owed.amount)), ("Amount enclosed", "$")]


def draw_usage(page: Page, bill: Bill, sheet: Sheet, number: int, count: int) -> None:
    """Draw `Compare the electricity you are using`, three years in one table."""
    page_mark(page, bill, number, count, TOP)
    usage = bill.services[sheet.services[0]].usage
    page.put(47.2, 110.0, "Compare the electricity you are using", 16, "heading")
    if usage is None:
        return
    top = 136.0
    for meter in usage.meters:
        page.put(
            47.2,
            top,
            f"For meter {meter.number} from {day_text(bill, meter.start)} to {day_text(bill, meter.end)}",
        )
        top += 12.0
    page.put(47.2, top, "Total electricity you used this month in kWh")
    page.right(363.9, top, f"{usage.total_kwh:,}", layer="label")
    if bill.next_cycle_end:
        ends = day_text(bill, bill.next_cycle_end)
        page.put(47.2, top + 12, f"Your next billing cycle will end on or about {ends}.")
    _three_years(page, int(usage.total_kwh), usage.meters[0].start, usage.meters[0].end, top + 44)


def _three_years(page: Page, kwh: int, start: date, end: date, top: float) -> None:
    days = (end - start).days + 1
    page.put(47.2, top, "Your daily average electricity usage (kWh)", 10, layer="furniture")
    for at, (title, factor) in enumerate((("2 Years ago:", 104), ("Last year:", 97), ("This year:", 100))):
        page.put(47.2, top + 16 + 12 * at, title, layer="furniture")
        page.put(120.0, top + 16 + 12 * at, f"{kwh * factor // 100 / days:.2f}", layer="furniture")
