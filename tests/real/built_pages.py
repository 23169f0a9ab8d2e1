"""The pages of a bill of which only lines are known: SCE's measured furniture around them.

Page 1 is the measured one with this bill's words in it; the generation page follows CPA's sample
page (header on the right, service data above the lines).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tests.real.built import BuiltBill, Row, Service
from tests.real.details import Line, details
from tests.real.drawing import Placed, left, right
from tests.real.dump_pages import MEASURED, RIGHT_HEADER, generic_page, layout_pages, measured_page

SUMMARY_X = (36.0, 112.0, 232.0, 345.0)
SUMMARY_HEADS = ("Service account", "Service address", "Billing period", "Your rate")
OWN_FIGURES = ("$3,992", "STMT", "Amount due by", "70020000", "ANYTOWN", "X000", "1234 N")
SUPPLY_X = (47.2, 150.0, 285.0, 430.0)


def built_pages(bill: BuiltBill) -> list[list[Placed]]:
    """Return the pages of a built bill."""
    supply = [service for service in bill.services if service.role == "generation"]
    if not bill.furniture:
        return [_bare_page(bill, service) for service in supply]
    own = [service for service in bill.services if service.role != "generation"]
    pages = 2 + sum(1 + (service.usage is not None) for service in own) + len(supply)
    built = [_first(bill, pages), _second(bill, pages)]
    for service in own:
        if service.usage is not None:
            built.append(_usage_page(bill, service, len(built) + 1, pages))
        built.append(_details_page(bill, service, len(built) + 1, pages))
    for service in supply:
        built.append(_supply_page(bill, service, len(built) + 1, pages))
    return built


def _header(bill: BuiltBill, number: int, pages: int) -> str:
    return f"{bill.customer} / Page {number} of {pages}"


def _first(bill: BuiltBill, pages: int) -> list[Placed]:
    """Return page 1: measured furniture, this bill's words."""
    words = _words(bill, pages)
    kept = [box for box in measured_page(1) if box.text in words or _is_furniture(box)]
    page = [_with_text(box, words.get(box.text, box.text)) for box in kept if words.get(box.text, box.text)]
    page += _stub(bill) + list(_account_summary(bill))
    page += [left(text, 36, 298 + 11 * index) for index, text in enumerate(bill.messages)]
    return page + (list(_billing_detail(bill)) if bill.summary else [])


def _is_furniture(box: Placed) -> bool:
    """Tell whether every bill has a line of the measured page 1: not its summary, times of day or stub."""
    return not 230 < box.top < 410 and not box.text.startswith(OWN_FIGURES)


def _words(bill: BuiltBill, pages: int) -> dict[str, str]:
    """Return what stands where the measured bill's own words stand; empty: nothing."""
    old = not bill.pod
    dated = f"Date bill prepared: {bill.prepared}" if old else "Date bill prepared"
    return {
        "EXAMPLE LOGISTICS & STORAGE / Page 1 of 10": _header(bill, 1, pages),
        "EXAMPLE LOGISTICS & STORAGE": bill.customer,
        "700200000001": bill.account,
        "8000000001": bill.service_account,
        "12345 N EXAMPLE STRT": bill.address[0],
        "ANYTOWN, CA 90000": bill.address[1],
        "Group A013": f"Group {bill.outage}",
        "POD-ID": "" if old else "POD-ID",
        "101760940000000001": bill.pod,
        "Date bill prepared": dated,
        "06/04/25": "" if old else bill.prepared,
        "Amount due $3,992.95": f"Amount due {bill.amount_due}",
        "Due by 06/24/25": f"Due by {bill.due}",
        "Customer account 700200000001": f"Customer account {bill.account}",
        "700200000001 0000195 000000000000399295000399295": bill.scan,
        "Your account summary": "Your account summary",
        "X000": "",
        "1234 N EXAMPLE STRT STE X000": bill.mailing[0],
        "ANYTOWN CA 90000-0000": bill.mailing[1],
    }


def _with_text(box: Placed, text: str) -> Placed:
    """Put other words into a box, at its right edge where the measured one ends at the right margin."""
    if text == box.text:
        return box
    size = round((box.bottom - box.top) / 0.925)
    place = right(text, box.x1, box.top, size) if box.x1 > 580 else left(text, box.x0, box.top, size)
    return box._replace(text=text) if len(text) == len(box.text) and box.top > 730 else place


def _stub(bill: BuiltBill) -> list[Placed]:
    """Place what the stub and the header say of the amount due; a past due bill says three amounts."""
    stub = []
    if "/" in bill.prepared:
        month, day, year = bill.prepared.split("/")
        stub.append(left(f"STMT {month}{day}20{year} P1", 65.0, 657.7, 8))
    if not bill.past_due:
        amount = right(bill.amount_due, 591.7, 586.8)
        return [*stub, left(f"Amount due by {bill.due}", 363.1, 586.8), amount]
    stub += [right("PAST DUE", 583.8, 147), right(f"Past due amount {bill.past_due}", 583.8, 158)]
    owed = (
        (f"Past due charges - pay by {bill.due}", bill.past_due),
        (f"New charges - pay by {bill.due}", dict(bill.rows)["Your new charges"]),
        ("Total amount you owe", bill.amount_due),
    )
    for (label, amount_owed), top in zip(owed, (574.0, 582.4, 590.8), strict=True):
        stub += [left(label, 363.1, top, 8), right(amount_owed, 591.7, top, 8)]
    return stub


def _account_summary(bill: BuiltBill) -> Iterator[Placed]:
    top = 236.4
    for label, amount in bill.rows:
        yield left(label, 36.0, top)
        yield right(amount, 352.4, top)
        top += 10.55
    yield left(f"Total amount you owe by {bill.due}", 36.0, top + 3.1, 10)
    yield right(bill.amount_due, 353.1, top + 3.1, 10)


def _billing_detail(bill: BuiltBill) -> Iterator[Placed]:
    """Place the summary of billing detail, a row for each provider, the total alone at the end."""
    yield left("Summary of your billing detail", 36.0, 345.0, 14)
    yield from (left(head, x0, 366.0, 8) for head, x0 in zip(SUMMARY_HEADS, SUMMARY_X, strict=True))
    yield right("New charges", RIGHT_HEADER, 366.0, 8)
    top = 380.0
    for service in bill.services:
        cells = (service.account, bill.address[0], f"{service.start} to {service.end}", service.rate)
        yield from (left(cell, x0, top, 8) for cell, x0 in zip(cells, SUMMARY_X, strict=True))
        yield left(bill.address[1], SUMMARY_X[1], top + 9.5, 8)
        yield right(service.total, RIGHT_HEADER, top, 8)
        top += 23.0
    yield right(dict(bill.rows)["Your new charges"], RIGHT_HEADER, top, 8)


def _second(bill: BuiltBill, pages: int) -> list[Placed]:
    """Return page 2, SCE's boilerplate with this bill's account and date."""
    text = layout_pages(MEASURED)[1].replace("700200000001", bill.account).replace("06/04/25", bill.prepared)
    return generic_page(text.replace("EXAMPLE LOGISTICS & STORAGE / Page 2 of 10", _header(bill, 2, pages)))


def _usage_page(bill: BuiltBill, service: Service, number: int, pages: int) -> list[Placed]:
    """Return page 3 without its cost box, which no source has for these bills."""
    assert service.usage is not None
    page = [
        right(_header(bill, number, pages), RIGHT_HEADER, 72.3),
        left("Your past and current electricity usage", 47.2, 116.0, 16),
        left(f"For meter {service.usage.meter} from {service.start} to {service.end}", 47.2, 138.1),
        left("Total electricity you used this month in kWh", 47.2, 148.6),
        right(service.usage.kwh, 363.9, 148.6),
    ]
    if bill.next_cycle:
        page.append(left(f"Your next billing cycle will end on or about {bill.next_cycle}.", 377.2, 138.1))
    return page


def _details_page(bill: BuiltBill, service: Service, number: int, pages: int) -> list[Placed]:
    return details(
        [_header(bill, number, pages)],
        list(_lines(service)),
        [(text, 0.0 if text.endswith(":") or text.startswith("\u00b7") else 6.0) for text in service.sidebar],
        service.left_shift,
    )


def _supply_page(bill: BuiltBill, service: Service, number: int, pages: int) -> list[Placed]:
    """Return a generation page as CPA's sample page has it."""
    head = [
        right("SUPPLY/GENERATION", RIGHT_HEADER, 20.0, 14),
        right(service.supplier, RIGHT_HEADER, 38.0, 10),
        right("supplies your electricity", RIGHT_HEADER, 50.0),
        right(_header(bill, number, pages), RIGHT_HEADER, 62.0),
        left("SOUTHERN CALIFORNIA EDISON", 47.2, 24.0, 10),
        left("An EDISON INTERNATIONAL Company", 47.2, 36.0, 8),
    ]
    labels = ("Service account", "Service address", "POD-ID", "Rotating outage")
    values = (service.account, bill.address[0], bill.pod, f"Group {bill.outage}")
    cells = [(label, value, x0) for label, value, x0 in zip(labels, values, SUPPLY_X, strict=True) if value]
    head += [place for label, value, x0 in cells for place in (left(label, x0, 84.0), left(value, x0, 94.5))]
    head.append(left(bill.address[1], SUPPLY_X[1], 105.0))
    return head + details([], list(_lines(service)), [], top=130.0)


def _bare_page(bill: BuiltBill, service: Service) -> list[Placed]:
    """Return a generation provider's own document (layout invented: none was ever seen)."""
    head = [
        left("Clean Power Alliance", 47.2, 36.0, 16),
        left("Questions about your generation charges? 1-888-585-3788", 47.2, 56.0),
        left(f"Prepared for {bill.customer}", 47.2, 80.0),
        *(left(text, 47.2, 90.5 + 10.5 * index) for index, text in enumerate(bill.address)),
    ]
    return head + details([], list(_lines(service)), [], top=130.0)


def _lines(service: Service) -> Iterator[Line]:
    """Yield the printed lines of a service's details block."""
    yield Line("Details of your new charges")
    yield from (Line(text) for text in _heading(service))
    for row in service.rows:
        yield _line(row)
        if row.tail:
            yield Line(row.tail)
    yield from (Line(text) for text in service.note)


def _heading(service: Service) -> Sequence[str]:
    period = f"Billing period: {service.start} to {service.end} ({service.days} days)"
    if not service.supplier:
        return (f"Your rate: {service.rate}", period)
    return (service.supplier, f"Your rate: {service.rate}", f"Service Account: {service.account}", period)


def _line(row: Row) -> Line:
    return Line(row.label, row.arithmetic, row.amount, 8.9 if row.indent and row.kind == "charge" else 0.0)
