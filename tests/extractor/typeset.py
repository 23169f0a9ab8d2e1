"""A golden record's charges set in type again, in another look and other words.

The lines come from the golden record alone: a variation changes the golden (labels, groups,
numbers) or the look (columns, indents, pitch, sizes, page breaks, wording), and what a reader
must say is the golden that was set. Sources of the shape: facts of real bills, as the layouts'
docstrings name them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from reportlab.pdfbase.pdfmetrics import stringWidth

from extractor.paper import Word
from extractor.sheet import Page

Json = Mapping[str, Any]
Money = Callable[[Decimal], str]


def minus_before(amount: Decimal) -> str:
    """Return an amount as SCE prints it."""
    return f"{'-' if amount < 0 else ''}${abs(amount):,.2f}"


@dataclass(frozen=True)
class Wording:
    """What the furniture of a charges area says."""

    title: str = "Details of your new charges"
    rate: str = "Your rate: "
    account: str = "Service Account: "
    period: str = "Billing period: "
    delivery: str = "Delivery charges - Cost to deliver your electricity"
    generation: str = "Generation charges - Cost to generate your electricity"
    provider: str = "SCE"
    other: str = "Other charges or credits"
    subtotal: str = "Subtotal of your new charges"
    total: str = "Your new charges"
    cca: str = "CLEAN POWER ALLIANCE"
    cca_section: str = "Generation Charges"
    cca_subtotal: str = "Sub-Total of CPA Generation Charges"
    cca_total: str = "Your New Charges"
    times: str = "x"
    cca_times: str = "@"
    cca_rate: str = ""
    cca_thousands: bool = False
    money: Money = minus_before
    cca_money: Money = minus_before


@dataclass(frozen=True)
class Look:
    """Where things stand, in points, and how large they are."""

    left: float = 47.2
    indent: float = 8.9
    numbers: float = 294.9
    amounts: float = 420.1
    pitch: float = 10.55
    gap: float = 9.0
    size: float = 9.0
    font: str = "Helvetica"
    wide: float = 0.96
    """Width of the letters as a share of the font's."""
    sidebar: int = 9
    """Rows of the sidebar; 0 for none."""
    sidebar_x: float = 430.5
    top: float = 85.0
    width: float = 612.0
    height: float = 792.0


@dataclass(frozen=True)
class Row:
    """One printed line: a heading, a charge or a sum."""

    label: str
    numbers: str = ""
    amount: str = ""
    level: int = 0
    gap: bool = False
    large: bool = False
    after: str = ""
    """The rest of a wrapped label."""


def rows_of(service: Json, wording: Wording) -> list[Row]:
    """Return the lines of a service's charges area, its head and total included."""
    if service["role"] == "generation":
        return [*_head(service, wording, wording.cca), *_cca(service, wording)]
    return [*_head(service, wording, ""), *_sce(service, wording)]


def _head(service: Json, wording: Wording, cca: str) -> Iterator[Row]:
    yield Row(wording.title, large=True)
    period = service["period"]
    days = f" ({period['days']} days)" if period["days"] else ""
    if cca:
        yield Row(cca)
    yield Row(f"{wording.rate}{service['rate_schedule']}")
    if cca:
        yield Row(f"{wording.account}{service['service_account']}")
    yield Row(f"{wording.period}{_day(period['start'])} to {_day(period['end'])}{days}")


def _day(iso: str) -> str:
    return f"{date.fromisoformat(iso):%m/%d/%y}"


def _sce(service: Json, wording: Wording) -> Iterator[Row]:
    titles = {"delivery": wording.delivery, "generation": wording.generation, "other": wording.other}
    section: str | None = None
    group: str | None = None
    taxed = False
    for charge in service["charges"]:
        if charge["section"] == "tax" and not taxed:
            taxed = True
            yield from _subtotal(service, wording)
        own = _own_heading(charge)
        if charge["section"] not in (section, "tax") and not own:
            section, group = charge["section"], None
            yield Row(titles[section], gap=True)
            if section == "generation":
                yield Row(wording.provider)
        if charge["group"] != group and charge["group"]:
            yield Row(charge["group"], gap=own)
        group = charge["group"]
        inside = bool(group) or charge["section"] == "other"
        yield _charge(charge, wording.times, "$", True, wording.money, int(inside))
    if not taxed:
        yield from _subtotal(service, wording)
    yield Row(wording.total, amount=wording.money(Decimal(service["total"])))


def _own_heading(charge: Json) -> bool:
    """Tell whether cost responsibility lines stand under a heading of their own, outside the sections."""
    return charge["section"] == "other" and charge["group"] is not None


def _subtotal(service: Json, wording: Wording) -> Iterator[Row]:
    if service["subtotal"] is not None:
        yield Row(wording.subtotal, amount=wording.money(Decimal(service["subtotal"])), gap=True)


def _cca(service: Json, wording: Wording) -> Iterator[Row]:
    yield Row(wording.cca_section, gap=True)
    for charge in service["charges"]:
        yield _charge(
            charge, wording.cca_times, wording.cca_rate, wording.cca_thousands, wording.cca_money, 0
        )
    if service["subtotal"] is not None:
        yield Row(wording.cca_subtotal, amount=wording.cca_money(Decimal(service["subtotal"])), gap=True)
    yield Row(wording.cca_total, amount=wording.cca_money(Decimal(service["total"])))


def _charge(charge: Json, times: str, dollar: str, commas: bool, money: Money, level: int) -> Row:
    label, numbers = charge["label"], ""
    if charge["quantity"] is not None:
        quantity, unit = Decimal(charge["quantity"]), charge["unit"]
        said = f"{quantity:,}" if commas else f"{quantity}"
        base = money(quantity) if unit == "USD" else f"{said} {unit}"
        numbers = base
        if charge["rate"] is not None:
            rate = Decimal(charge["rate"])
            percent = unit == "USD"
            sign = "-" if rate < 0 else ""
            numbers += f" {times} {sign}{'' if percent else dollar}{abs(rate)}{'%' if percent else ''}"
        if charge["days"]:
            numbers += f" x {charge['days'][0]}/{charge['days'][1]} days"
    return Row(label, numbers, money(Decimal(charge["amount"])), level)


def typed(text: str, x0: float, top: float, look: Look, size: float | None = None) -> list[Word]:
    """Return the words of a text that begins at x0."""
    height = size or look.size
    words: list[Word] = []
    at = x0
    for said in text.split():
        width = stringWidth(said, look.font, height) * look.wide
        words.append(Word(said, at, top, at + width, top + height, height))
        at += width + stringWidth(" ", look.font, height) * look.wide
    return words


def typed_to(text: str, x1: float, top: float, look: Look) -> list[Word]:
    """Return the words of a text that ends at x1."""
    words = typed(text, 0.0, top, look)
    return [word._replace(x0=word.x0 + x1 - words[-1].x1, x1=word.x1 + x1 - words[-1].x1) for word in words]


def wrapped(row: Row, look: Look) -> Row:
    """Return a row whose label is broken where it would run into its numbers."""
    numbers = typed_to(row.numbers or row.amount, look.numbers if row.numbers else look.amounts, 0, look)
    if not row.amount:
        return row
    edge = numbers[0].x0 - 3.0
    words = row.label.split()
    start = look.left + row.level * look.indent
    for count in range(len(words), 0, -1):
        if typed(" ".join(words[:count]), start, 0, look)[-1].x1 <= edge:
            return replace(row, label=" ".join(words[:count]), after=" ".join(words[count:]))
    return row


SIDEBAR = (
    "Your Delivery charges include:",
    "\u00b7 $329.49 transmission charges",
    "\u00b7 $1,795.49 distribution charges",
    "\u00b7 -$0.18 nuclear decommissioning",
    "charges",
    "\u00b7 $658.98 public purpose programs",
    "charge",
    "Your overall energy charges include:",
    "\u00b7 $21.14 franchise fees",
    "Additional information:",
    "\u00b7 Service voltage: 240 volts",
)


def supply_header(header: str, account: str, look: Look) -> list[Word]:
    """Return the furniture that a page of a CCA has above its charges."""
    words = typed("SUPPLY/GENERATION", 431.8, 35.4, look, 13.9)
    words += typed("CLEAN POWER ALLIANCE", 458.5, 51.6, look, 9.9)
    words += typed("supplies your electricity", 490.5, 62.6, look, 8.9)
    words += typed(header, 370.9, 77.6, look, 9.0)
    for top, texts in (
        (95.6, ("Service account", "Service address", "POD-ID", "Rotating outage")),
        (106.7, (account, "9 TEST CT", "101760940000000014", "Group A028")),
        (117.3, ("", "EXAMPLE HILLS, CA 91301", "", "")),
    ):
        for x0, text in zip((36.0, 150.0, 330.0, 460.0), texts, strict=True):
            words += typed(text, x0, top, look, 8.9)
    return words


def set_in(rows: Sequence[Row], look: Look, number: int, header: str, supply: str = "") -> Page:
    """Return a page with rows set in type, under a page header; `supply`: a CCA's page, of that account."""
    words = supply_header(header, supply, look) if supply else typed(header, 370.9, 21.5, look, 9.0)
    top = max(look.top, 149.3) if supply else look.top
    for row in rows:
        row = wrapped(row, look)
        top += look.gap if row.gap else 0.0
        size = 16.0 if row.large else look.size
        words += typed(row.label, look.left + row.level * look.indent, top, look, size)
        if row.numbers:
            words += typed_to(row.numbers, max(look.numbers, _right_of(row, look)), top, look)
        if row.amount:
            words += typed_to(row.amount, look.amounts, top, look)
        top += look.pitch + (8 if row.large else 0)
        if row.after:
            words += typed(row.after, look.left + row.level * look.indent, top, look)
            top += look.pitch
    words += [] if supply else _sidebar(look)
    return Page(number, look.width, look.height, words)


def _right_of(row: Row, look: Look) -> float:
    """Return where numbers end that are too long for their column: prorated lines reach farther."""
    return look.numbers + 26.0 if "days" in row.numbers and "/" in row.numbers else look.numbers


def _sidebar(look: Look) -> list[Word]:
    words: list[Word] = []
    if "$" in "".join(SIDEBAR[: look.sidebar]):
        for at in range(look.sidebar):
            text = SIDEBAR[at % len(SIDEBAR)]
            indent = 6.0 if not text.startswith(("\u00b7", "Y", "A")) else 0.0
            words += typed(text, look.sidebar_x + indent, look.top + 34.7 + 10.8 * at, look)
    return words


@dataclass(frozen=True)
class Summary:
    """What page 1 calls the rows of the account summary."""

    heading: str = "Your account summary"
    previous: str = "Previous Balance"
    forward: str = "Balance forward"
    new: str = "Your new charges"
    owed: str = "Total amount you owe"
    more: tuple[tuple[str, str], ...] = ()
    """Rows between the new charges and the total, as printed."""


def first_page(bill: Json, look: Look, money: Money = minus_before, says: Summary | None = None) -> Page:
    """Return a page 1: the header block and the account summary of a golden record."""
    says = says or Summary()
    words = typed("Your electricity bill", 420, 40, look, 19.9)
    service = bill["services"][0]["service_account"]
    header = (
        (112.2, "Customer account", "Date bill prepared"),
        (122.3, bill["customer_account"], _day(bill["statement_date"])),
        (145.8, "Service account", "POD-ID"),
        (156.8, service, "101760940000000014"),
    )
    for top, one, other in header:
        words += typed(one, look.left, top, look) + typed(other, look.left + 150, top, look)
    words += typed(f"Amount due {money(Decimal(bill['amount_due']))}", 430, 112.2, look, 12)
    words += typed(says.heading, look.left, 210.0, look, 16)
    top = 232.0
    for label, amount in _summary(bill, money, says):
        words += typed(label, look.left, top, look) + typed_to(amount, look.left + 316, top, look)
        top += look.pitch
    return Page(1, look.width, look.height, words)


def _summary(bill: Json, money: Money, says: Summary) -> Iterator[tuple[str, str]]:
    if bill["previous_balance"] is not None:
        yield says.previous, money(Decimal(bill["previous_balance"]))
    for row in bill["account_lines"]:
        dated = f" {_day(row['date'])}" if row["date"] else ""
        yield f"{row['label']}{dated}", money(Decimal(row["amount"]))
    if bill["balance_forward"] is not None:
        yield says.forward, money(Decimal(bill["balance_forward"]))
    yield says.new, money(Decimal(bill["new_charges"]))
    yield from says.more
    due = f" by {_day(bill['due_date'])}" if bill["due_date"] else ""
    yield f"{says.owed}{due}", money(Decimal(bill["amount_due"]))
