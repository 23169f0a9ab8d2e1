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

from extractor.draft import PeriodDraft
from extractor.layouts.sections.details import RATE
from extractor.paper import Line, Printed, Word, printed
from extractor.values import DATE, UnreadableValueError, day

T = TypeVar("T")

PERIOD = re.compile(
    rf"(?:billing|service) period\s*:?\s*(?:from\s+)?(?P<start>{DATE})\s*(?:to|-|\u2013)\s*(?P<end>{DATE})"
    r"(?:\s*\(\s*(?P<days>\d+)\s*days?(?P<note>[^)]*)\)?|(?!\s*\()(?!.*\bdays?\b))",
    re.I,
)
ACCOUNT = re.compile(r"service account(?: number| no\.?)?\s*[:#]?\s*(?P<account>\d[\d-]{6,})", re.I)
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
    start = taken(line, match, "start", _any_day)
    end = taken(line, match, "end", _any_day)
    if start is None or end is None:
        return None
    days = taken(line, match, "days", int) if match["days"] else None
    return PeriodDraft(start, end, days), (match["note"] or "").strip()


def _any_day(text: str) -> dt.date:
    return day(text)
