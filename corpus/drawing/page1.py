"""Page 1: account header, account summary, TOU table, payment stub, scan line.

Every position is from sce_tougs2e_050525-060325.page1.geometry.tsv (bills.md 3.1). Rows
beyond the measured four push the TOU table down.
"""

from decimal import Decimal

from corpus.dates import season_of, slashed
from corpus.drawing.header import TOP, page_mark
from corpus.drawing.page import Page
from corpus.drawing.wording import usd
from corpus.model import Bill, Sheet

_SUMMER = (
    ("label", 68.4, 0.0, "Summer cost periods (Jun 01-Sep 30)"),
    ("title", 122.8, 14.2, "Weekdays"),
    ("label", 78.2, 24.2, "On peak"),
    ("label", 123.3, 24.2, "4pm - 9pm"),
    ("label", 75.8, 35.0, "Mid peak"),
    ("label", 78.0, 45.8, "Off peak"),
    ("label", 123.3, 45.8, "12am - 4pm"),
    ("label", 123.3, 56.6, "9pm - 12am"),
    ("title", 180.9, 14.2, "Weekends & Holidays"),
    ("label", 202.5, 35.0, "4pm - 9pm"),
    ("label", 197.5, 45.8, "12am - 4pm"),
    ("label", 202.5, 56.6, "9pm - 12am"),
)
_WINTER = (
    ("label", 288.0, 0.0, "Winter cost periods (Oct 01-May 31)"),
    ("title", 369.3, 14.2, "Weekdays"),
    ("title", 429.8, 14.2, "Weekends & Holidays"),
    ("label", 322.3, 24.2, "Mid peak"),
    ("label", 370.8, 24.2, "4pm - 9pm"),
    ("label", 324.4, 35.0, "Off peak"),
    ("label", 370.8, 35.0, "12am - 8am"),
    ("label", 370.8, 45.8, "9pm - 12am"),
    ("label", 300.0, 56.6, "Super off peak"),
    ("label", 370.8, 56.6, "8am - 4pm"),
    ("label", 452.8, 24.2, "4pm - 9pm"),
    ("label", 447.8, 35.0, "12am - 8am"),
    ("label", 452.8, 45.8, "9pm - 12am"),
    ("label", 452.8, 56.6, "8am - 4pm"),
)
_PITCH = 10.55


def draw(page: Page, bill: Bill, sheet: Sheet, number: int, count: int) -> None:
    """Draw page 1."""
    page_mark(page, bill, number, count, TOP)
    _heading(page, bill)
    _account(page, bill)
    bottom = _summary(page, bill)
    _messages(page, bill, bottom)
    if any(service.demand or "TOU" in service.rate_schedule for service in bill.services):
        _tou_table(page, bill, max(320.9, bottom + 30 + 11 * len(bill.messages)))
    if bill.stub:
        _stub(page, bill)


def _heading(page: Page, bill: Bill) -> None:
    page.right(582.4, 40.1, "Your electricity bill", 20, "heading", "furniture")
    page.put(199.6, 44.7, "For billing and service inquiries", layer="furniture")
    page.put(199.6, 55.2, "1-800-684-8123" if bill.residential else "1-800-990-7788", layer="furniture")
    page.put(199.6, 65.8, "www.sce.com", layer="furniture")
    page.right(584.1, 112.9, f"Amount due {_due_amount(bill)}", 16, "heading", "label")
    if bill.do_not_pay:
        page.right(583.8, 131.3, "Do not pay", 14, layer="label")
    elif bill.due_date:
        page.right(583.8, 131.3, f"Due by {slashed(bill.due_date)}", 14, layer="label")


def _due_amount(bill: Bill) -> str:
    owed = [row for row in bill.rows if row.kind == "owed"]
    return usd(owed[0].amount, owed[0].negative)


def _account(page: Page, bill: Bill) -> None:
    page.block(36.0, 111.6, ["Customer account", bill.customer_account or ""], 11.1)
    places = {service.place for service in bill.services if service.role != "generation"}
    if len(places) == 1:
        (place,) = places
        page.block(36.0, 148.8, ["Service account"])
        page.block(36.0, 159.9, [place.service_account, *place.address])
        if place.pod_id:
            page.block(180.0, 146.2, ["POD-ID", place.pod_id], 11.0)
        if place.outage_group:
            page.block(180.0, 111.6, ["Rotating outage", f"Group {place.outage_group}"], 11.1)
    page.block(180.0, 178.3, ["Date bill prepared", slashed(bill.statement_date)], 11.1)


def _summary(page: Page, bill: Bill) -> float:
    page.put(36.0, 210.8, "Your account summary", 16, "heading", "label")
    top = 236.4
    for row in bill.rows:
        size, shift = (10.0, 3.15) if row.kind == "owed" else (9.0, 0.0)
        page.put(36.0, top + shift, row.printed, size)
        page.right(353.1 if row.kind == "owed" else 352.4, top + shift, usd(row.amount, row.negative), size)
        top += _PITCH
    return top + 3.15


def _messages(page: Page, bill: Bill, top: float) -> None:
    for number, message in enumerate((bill.kind_text, *bill.messages) if bill.kind_text else bill.messages):
        page.put(36.0, top + 8 + 11 * number, message, layer="late")


def _tou_table(page: Page, bill: Bill, top: float) -> None:
    page.put(39.6, top, "Your cost varies by time of day", 14, "heading", "furniture")
    seasons = {season_of(day) for service in bill.services for day in (service.start, service.end)}
    for season, cells in (("summer", _SUMMER), ("winter", _WINTER)):
        if season in seasons:
            shift = -219.6 if season == "winter" and len(seasons) == 1 else 0.0
            for kind, x, down, text in cells:
                page.put(x + shift, top + 22.1 + down, text, 8 if kind == "title" else 9, layer="furniture")


def _stub(page: Page, bill: Bill) -> None:
    page.put(
        123.1,
        554.7,
        "Please return the payment stub below with your payment and make your check payable to "
        "Southern California Edison.",
        7,
        layer="late",
    )
    page.put(
        147.8,
        562.6,
        "If you want to pay in person, call 1-800-747-8908 for locations, or you can pay online at "
        "www.sce.com.",
        7,
        layer="late",
    )
    for x, top, text, size in (
        (18.4, 566.2, "(14-574)", 7.0),
        (76.5, 566.0, "Tear here", 8.0),
        (506.8, 566.0, "Tear here", 8.0),
    ):
        page.put(x, top, text, size, layer="late")
    page.put(137.0, 585.1, f"Customer account {bill.customer_account}", layer="furniture")
    for number, text in enumerate(
        (
            "Please write this number on the memo line",
            "of your check. Make your check payable to",
            "Southern California Edison.",
        )
    ):
        page.put(137.0, 595.0 + 7.95 * number, text, 7, layer="furniture")
    _stub_amounts(page, bill)
    page.put(65.0, 657.7, f"STMT {bill.statement_date:%m%d%Y} P1", 8, layer="late")
    page.block(64.5, 682.6, [bill.name, *bill.mailing])
    box = (
        ("P.O. BOX 600", "ROSEMEAD, CA 91771-0001")
        if bill.residential
        else ("P.O. BOX 300", "ROSEMEAD, CA 91772-0002")
    )
    page.block(394.5, 697.7, box, 10.6)
    page.put(179.5, 731.5, scan_line(bill), 12, "heading", "furniture")
    page.rule(36, 575, 576, 575)


def _stub_amounts(page: Page, bill: Bill) -> None:
    due = f"Amount due by {slashed(bill.due_date)}" if bill.due_date and not bill.do_not_pay else "Amount due"
    page.put(363.1, 586.8, due, layer="late")
    page.right(591.7, 586.8, _due_amount(bill), layer="late")
    if not bill.do_not_pay:
        page.put(363.1, 602.9, "Amount enclosed", layer="late")
        page.put(475.9, 602.9, "$", layer="late")


def scan_line(bill: Bill) -> str:
    """Return account, a field of unknown meaning, and past due, new and total in cents.

    On bills seen, past due is 0 and the amount stands twice; that the second is the new
    charges where they differ is an inference (bills.md 3.1), so both are the amount due.
    """
    owed = max(bill.amount_due or Decimal(0), Decimal(0))
    past, total = int(bill.past_due * 100), int(owed * 100)
    unknown = 100 + sum(map(ord, bill.style.seed)) % 100
    return f"{bill.customer_account} {unknown:07d} {past:09d}{total - past:09d}{total:09d}"
