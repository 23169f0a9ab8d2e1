"""Reports as pages: one file each, with its styles and drawings in it, that prints and fits a phone.

The words and the layout stand in `templates/reports/`; what they show is computed here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from datarequests.attention import HEADINGS, Attention
from datarequests.business_days import LOS_ANGELES
from datarequests.explained import MARK
from datarequests.report import Report
from datarequests.report_lines import Line
from datarequests.turnaround import Turnaround
from extractor.base.templating import rendered

PAGE = "reports/status.html.j2"

FURTHEST = 40
"""Business days that a chart shows; what took longer stands in its last bar."""
BAR, TALLEST = 8, 36
"""Width of a bar and height of the tallest, in units of the drawing."""


@dataclass(frozen=True)
class Bar:
    """How many requests were answered in so many business days, as a bar of a drawing."""

    x: int
    y: float
    height: float
    label: str


@dataclass(frozen=True)
class Chart:
    """A counterparty's answers by business days, its window behind them."""

    width: int
    height: int
    base: int
    """Where the bars stand."""
    bars: Sequence[Bar]
    window_x: int
    window_width: int
    median_x: float | None
    ticks: Sequence[tuple[int, str]]
    words: str
    """What it shows, for who cannot see it."""


def page(report: Report, own: Path | None = None) -> str:
    """Return a report as a page; `own` is a folder of a firm's own templates.

    Raises:
        TemplateFaultError: if the template misses a value, or is none.
    """
    internal = report.asked.edition == "internal"
    return rendered(
        PAGE,
        {
            "title": report.title,
            "at": f"{report.at.astimezone(LOS_ANGELES):%Y-%m-%d %H:%M %Z}",
            "is_internal": internal,
            "counts": report.counts,
            "groups": [
                (heading(of, internal), [shown(line) for line in lines]) for of, lines in report.groups
            ],
            "statistics": [(statistics(one), chart(one)) for one in report.turnarounds],
            "footnotes": report.footnotes,
            "mark": MARK,
        },
        own,
    )


def heading(of: Attention, internal: bool) -> str:
    """Return what a group of requests is called, to us or to the customer."""
    return "Your turn" if of is Attention.CUSTOMERS and not internal else HEADINGS[of]


def shown(line: Line) -> Mapping[str, object]:
    """Return a line's values as a page shows them: nothing as a dash, a date that is assumed marked."""
    mark = MARK if line.assumed else ""
    fee = _dollars(line.fee_low, line.fee_high)
    return {
        "line": line,
        "state": line.state.replace("_", " "),
        "span": f"{line.earliest} to {line.latest}{mark}" if line.earliest and line.latest else "",
        "days": f"{line.elapsed} of {line.allowed}{mark}" if line.elapsed is not None else "",
        "past": past_words(line),
        "fee": fee,
        "is_late": bool(line.past) and not line.term.startswith("internal"),
    }


def past_words(line: Line) -> str:
    """Return by how much a window has passed, empty where it has not."""
    if not line.past:
        return ""
    of = "internal target" if line.term.startswith("internal") else "expected window"
    return f"past {of} by {line.past} business day{'' if line.past == 1 else 's'}"


def _dollars(low: Decimal | None, high: Decimal | None) -> str:
    if low is None:
        return ""
    if high is None:
        return f"${low:.2f} or more"
    return f"${low:.2f}" if low == high else f"${low:.2f} to ${high:.2f}"


def statistics(one: Turnaround) -> Mapping[str, str]:
    """Return the figures of a counterparty, in words."""
    within = "internal target" if one.is_target else "expected window"
    return {
        "name": one.name,
        "answered": str(one.answered),
        "median": f"{one.median:f} business days" if one.median is not None else "-",
        "p90": f"{one.p90} business days" if one.p90 is not None else "-",
        "share": f"{one.share:.0f} % ({one.in_time} of {one.decided})" if one.share is not None else "-",
        "within": f"within the {within} of {one.latest}{MARK}",
    }


def chart(one: Turnaround) -> Chart | None:
    """Return a counterparty's answers as a drawing, None where there are none."""
    if not one.days:
        return None
    last = min(FURTHEST, max(*one.days, one.latest, 10))
    counts = Counter(min(days, last) for days in one.days)
    most = max(counts.values())
    base = TALLEST + 4
    bars = [
        Bar(days * BAR, base - TALLEST * count / most, TALLEST * count / most, f"{count} in {days} days")
        for days, count in sorted(counts.items())
    ]
    middle = one.median or Decimal(0)
    words = f"{one.answered} answers of {one.name} by business days; median {middle:f}, 90 % within {one.p90}"
    return Chart(
        width=(last + 1) * BAR + 12,
        height=base + 12,
        base=base,
        bars=bars,
        window_x=one.earliest * BAR,
        window_width=(one.latest - one.earliest + 1) * BAR,
        median_x=float(min(middle, Decimal(last))) * BAR + BAR / 2,
        ticks=[(days * BAR + BAR // 2, str(days)) for days in range(0, last + 1, 5)],
        words=words,
    )
