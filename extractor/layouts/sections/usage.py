"""The usage block: meters and their dates, kWh used and exported, next cycle, usage comparison.

    For meter 359150-000001 from 05/05/25 to 06/03/25
    Total electricity you used this month in kWh                17,922
    Total estimated electricity usage this month in kWh          6,038     an estimated read says so here only
    Total electricity you exported this month in kWh               812
    Your next billing cycle will end on or about 07/02/25.

    Usage comparison   Jun '23  Jun '24  Jul '24 ...         a month without data prints * below its name
    Total kWh used              19,745   21,620
    Number of days              32       29

The table is read by columns: a missing month leaves its cells empty. Sources: 21 real bills,
an estimated bill of August 2026, patterns that run on Solar Billing Plan bills.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import TypeVar

from extractor.draft import Draft, MeterDraft, ServiceDraft, UsageMonthDraft
from extractor.paper import Line, Printed, Word, printed
from extractor.sheet import Found, Page
from extractor.values import DATE_LOWER, DIGITS, UnreadableValueError, day, month, number

T = TypeVar("T")

METER = re.compile(
    r"for meter\s+(?P<number>[a-z0-9][a-z0-9-]*\d)"
    rf"(?:\s+from\s+(?P<start>{DATE_LOWER})\s+to\s+(?P<end>{DATE_LOWER}))?"
)
USED = re.compile(
    r"total (?P<estimated>estimated )?electricity (?:you used|usage)\b"
    rf".*?\bin kwh\s+(?P<kwh>-?{DIGITS}(?:\.\d+)?)(?!\S)"
)
OF_METER = re.compile(rf"electricity\b.*\bthis meter\b.*?\bin kwh\s+(?P<kwh>-?{DIGITS}(?:\.\d+)?)(?!\S)")
EXPORTED = re.compile(rf"total electricity you exported\b.*?\bin kwh\s+(?P<kwh>-?{DIGITS}(?:\.\d+)?)(?!\S)")
NEXT = re.compile(rf"next billing cycle will end on or about ({DATE_LOWER})")
COMPARISON = re.compile(r"^usage comparison\b", re.I)
MONTH = re.compile(r"[A-Z][a-z]{2} '\d\d")
KWH_ROW = re.compile(r"^total kWh used\b", re.I)
MEAN_ROW = re.compile(r"^app[a-z]*\.? average kWh", re.I)
DAYS_ROW = re.compile(r"^number of days\b", re.I)
CELL = re.compile(f"-?{DIGITS}")
MARKERS = (
    "nextbillingcycle",
    "formeter",
    "electricityyouused",
    "estimatedelectricityusage",
    "usagecomparison",
)


def read_usage(page: Page, draft: ServiceDraft, bill: Draft) -> None:
    """Read the usage block of a page into its service, the next cycle's end into the bill."""
    places = [(found.at, _meter(found)) for found in page.find(METER)]
    draft.meters.extend(meter for _, meter in places)
    for found in page.find(OF_METER):
        above = [meter for index, meter in places if index <= found.at]
        if above and not found.before.lower().startswith("total"):
            above[-1].usage_kwh = found.value("kwh", number)
            above[-1].estimated = "estimated" in found.before.lower()
    for found in page.find(USED):
        said = printed("estimated" in found.said().lower(), found.words(), page.number)
        draft.estimated = said if draft.estimated is None or said.value else draft.estimated
        draft.usage_kwh = draft.usage_kwh or found.value("kwh", number)
    for found in page.find(EXPORTED):
        draft.exported_kwh = found.value("kwh", number)
    for found in page.find(NEXT):
        bill.next_cycle_end = bill.next_cycle_end or found.value(1, day)
    draft.usage_history.extend(_history(page))


def settle_meters(draft: ServiceDraft) -> None:
    """Give a single meter the service's kWh, and name it; several meters stay a list.

    One that is there twice with the same dates is one: a copier takes a page twice.
    """
    draft.meters = list({_as_printed(meter): meter for meter in reversed(draft.meters)}.values())[::-1]
    if draft.usage_kwh is None:
        draft.estimated = None
    if len(draft.meters) != 1:
        return
    meter = draft.meters[0]
    draft.meter = meter.number
    meter.usage_kwh = meter.usage_kwh or draft.usage_kwh
    meter.estimated = draft.estimated is not None and draft.estimated.value


def _as_printed(meter: MeterDraft) -> tuple[object, ...]:
    """Return what a meter's row says, wherever it stands."""
    values = (meter.number, meter.start, meter.end, meter.usage_kwh)
    return tuple(each.value if each is not None else None for each in values)


def _meter(found: Found) -> MeterDraft:
    return MeterDraft(
        printed(found.said("number"), found.words("number"), found.line.page),
        found.value("start", day),
        found.value("end", day),
    )


def _history(page: Page) -> list[UsageMonthDraft]:
    """Return the columns of the usage comparison: each month with the cells that stand below it."""
    lines = page.lines
    start = next((at for at, line in enumerate(lines) if COMPARISON.match(line.text)), None)
    if start is None:
        return []
    months, at = _months(lines, start)
    kwh = _cells(next((line for line in lines[at:] if KWH_ROW.match(line.text)), None))
    days = _cells(next((line for line in lines[at:] if DAYS_ROW.match(line.text)), None))
    columns = [words for _, words in months]
    used = _below(columns, kwh, number, page.number)
    counted = _below(columns, days, _whole, page.number)
    table = [
        UsageMonthDraft(name, kwh_, days_)
        for (name, _), kwh_, days_ in zip(months, used, counted, strict=True)
    ]
    return _proven(table, lines[at:], columns, kwh) if page.source == "ocr" else table


def _proven(
    table: list[UsageMonthDraft],
    below: Sequence[Line],
    columns: Sequence[Sequence[Word]],
    cells: Sequence[Word],
) -> list[UsageMonthDraft]:
    """Return a recognised table, the months that its daily averages prove; nothing if it lost a month."""
    if len(cells) > len(table):
        return []
    mean = _cells(next((line for line in below if MEAN_ROW.match(line.text)), None))
    means = _below(columns, mean, number, 0)
    return [
        month if _is_mean(month, said) else UsageMonthDraft(month.month, None, None)
        for month, said in zip(table, means, strict=True)
    ]


def _is_mean(month: UsageMonthDraft, mean: Printed[Decimal] | None) -> bool:
    """Tell whether a recognised month's kWh and days make the daily average printed below them."""
    if mean is None or month.kwh is None or not month.days or not month.days.value:
        return False
    return abs(month.kwh.value / month.days.value - mean.value) < 1


def _months(lines: Sequence[Line], start: int) -> tuple[list[tuple[Printed[str], tuple[Word, ...]]], int]:
    for at in range(start, min(start + 4, len(lines))):
        line = lines[at]
        found = [(match, line.between(*match.span())) for match in MONTH.finditer(line.text)]
        months = []
        for match, words in found:
            try:
                months.append((printed(month(match[0]), words, line.page), words))
            except UnreadableValueError:
                continue
        if months:
            return months, at
    return [], start


def _whole(text: str) -> int:
    return int(number(text))


def _cells(line: Line | None) -> list[Word]:
    """Return the numbers of a row."""
    return [word for word in line.words if CELL.fullmatch(word.text)] if line else []


def _below(
    columns: Sequence[Sequence[Word]], cells: Sequence[Word], convert: Callable[[str], T], page: int
) -> Iterator[Printed[T] | None]:
    """Give for each column's heading the number of a row that stands below at least a third of it."""
    at = 0
    for column in columns:
        left, right = column[0].x0, column[-1].x1
        while at < len(cells) and cells[at].x1 <= left:
            at += 1
        cell = next((cell for cell in cells[at : at + 2] if _covered(cell, left, right)), None)
        yield None if cell is None else printed(convert(cell.text), [cell], page)


def _covered(cell: Word, left: float, right: float) -> bool:
    return min(right, cell.x1) - max(left, cell.x0) > 0.3 * (cell.x1 - cell.x0)
