"""The head of a charges area: whose it is, rate schedule, service account and billing period.

    Details of your new charges
    CLEAN POWER ALLIANCE                    (a CCA's part only)
    Your rate: TOU-D-4
    Service Account: 8012345678             (a CCA's part; SCE's where the document has several)
    Billing period: 01/06/24 to 02/05/24 (31 days)

The period's bracket may name the seasons (`30 days Winter/Summer Season`) and wrap; older
bills print dates as `Apr 2 '08`. Sources: real bills of 2024 and 2025, CPA's sample bill.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TypeVar

from extractor.draft import PeriodDraft, ServiceAside, ServiceDraft
from extractor.layouts.sections.charge_lines import amount_at_end
from extractor.layouts.sections.details import HEADING, RATE
from extractor.model import Finding
from extractor.paper import Line, Printed, Word, box_of, printed
from extractor.values import DATE, UnreadableValueError, day

T = TypeVar("T")

PERIOD = re.compile(
    rf"(?:billing|service) period\s*:?\s*(?:from\s+)?(?P<start>{DATE})\s*(?:to|-|\u2013)\s*(?P<end>{DATE})"
    r"(?:\s*\(\s*(?P<days>\d+)\s*days?(?P<note>[^)]*)\)?|(?!\s*\()(?!.*\bdays?\b))",
    re.I,
)
ACCOUNT = re.compile(r"service account(?: number| no\.?)?\s*[:#]?\s*(?P<account>\d[\d-]{6,})(?!\S)", re.I)
MARK = re.compile(r"\s*\(SCE\)\s*$", re.I)


def taken(line: Line, match: re.Match[str], group: str, convert: Callable[[str], T]) -> Printed[T] | None:
    """Return a group of a match on a line as a value with its place; None if it cannot be read."""
    try:
        value = convert(match[group])
    except UnreadableValueError:
        return None
    return printed(value, line.between(*match.span(group)), line.page)


def rate_of(line: Line) -> Printed[str] | None:
    """Return the rate schedule of a `Your rate:` line, without a trailing "(SCE)"."""
    match = RATE.match(line.text)
    if match is None or not one_run(line.between(*match.span("rate"))):
        return None
    return taken(line, match, "rate", lambda text: MARK.sub("", text))


def one_run(words: Sequence[Word]) -> bool:
    """Tell whether words follow one another without a gap that another column's words would stand behind."""
    return all(right.x0 - left.x1 < 1.5 * (left.bottom - left.top) for left, right in pairwise(words))


def account_of(line: Line) -> Printed[str] | None:
    """Return the service account of a `Service Account:` line."""
    match = ACCOUNT.match(line.text)
    return taken(line, match, "account", str) if match else None


def period_of(line: Line) -> tuple[PeriodDraft, str] | None:
    """Return the billing period of a line and the note in its bracket; None if it is not one."""
    match = PERIOD.match(line.text)
    if match is None:
        return None
    start = taken(line, match, "start", day)
    end = taken(line, match, "end", day)
    if start is None or end is None:
        return None
    days = taken(line, match, "days", int) if match["days"] else None
    return PeriodDraft(start, end, days), (match["note"] or "").strip()


def read_head(
    lines: Sequence[Line], draft: ServiceDraft, aside: ServiceAside, service: int
) -> tuple[list[Line], list[Finding]]:
    """Read a block's head into its service; return the lines below it, and what contradicts it.

    A page that goes on with the block may print its head again, but never another one.
    """
    body: list[Line] = []
    findings: list[Finding] = []
    for at, line in enumerate(lines):
        if HEADING.match(line.text) or _closes_period(lines, at):
            continue
        if amount_at_end(line.text) is not None:  # whatever it begins with, a charge or a sum
            body.append(line)
            continue
        if (period := period_of(_unwrapped(lines, at))) is not None:
            same = draft.period is None or _dates(draft.period) == _dates(period[0])
            draft.period, aside.period_note = draft.period or period[0], aside.period_note or period[1]
        elif (rate := rate_of(line)) is not None:
            same = draft.rate_schedule is None or draft.rate_schedule.value == rate.value
            draft.rate_schedule = draft.rate_schedule or rate
        elif (account := account_of(line)) is not None:
            same = draft.service_account is None or draft.service_account.value == account.value
            draft.service_account = draft.service_account or account
        else:
            body.append(line)
            continue
        if not same:
            findings.append(_second_head(line, service))
    return body, findings


def _dates(period: PeriodDraft) -> tuple[dt.date, dt.date]:
    return period.start.value, period.end.value


def _unwrapped(lines: Sequence[Line], at: int) -> Line:
    """Return a line, with the next one where its bracket is still open."""
    line = lines[at]
    if "(" in line.text and ")" not in line.text and at + 1 < len(lines) and ")" in lines[at + 1].text:
        return Line([*line.words, *lines[at + 1].words], line.page)
    return line


def _closes_period(lines: Sequence[Line], at: int) -> bool:
    """Tell whether a line only closes the bracket of the period above it."""
    above = _unwrapped(lines, at - 1) if at else None
    return above is not None and above is not lines[at - 1] and period_of(above) is not None


def _second_head(line: Line, service: int) -> Finding:
    return Finding(
        code="second_head",
        severity="error",
        message="another rate, account or period begins before the charges above it have a total",
        service=service,
        page=line.page,
        bbox=box_of(line.words),
    )
