"""What is tracked or carried and is no charge of this bill: NEM, Solar Billing Plan, settlements.

    Additional information regarding your NET Consumption / Generation
    Cumulative energy charge as of previous month     -$212.06
    Current month energy charge total                   $18.44
    Cumulative year-to-date                            -$193.62

A CCA prints its own below its total: `cumulative kWh relevant period year-to-date: 812.5 kWh`.
Sources: headings and row names typed by NEM customers, patterns that run on Solar Billing Plan
bills; no whole page was seen, so rows are known by their words and end with an amount or kWh.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractor.draft import BalanceDraft
from extractor.paper import Line, lines_of, printed
from extractor.sheet import Page
from extractor.values import USD, number, usd

HEADING = re.compile(r"\badditional information regarding your net\b", re.I)
MARKERS = ("additionalinformationregardingyournet", "year-to-date", "relevantperiod", "carriedforward")
ROW = re.compile(
    r"^(?P<label>(?=.*\b(?:cumulative|year[- ]to[- ]date|relevant period|tracked|carried|current month"
    r"|net surplus"
    rf"|true-?up)\b).*?\S)\s*:?\s+(?:(?P<usd>{USD})|(?P<kwh>-?[\d,]+(?:\.\d+)?)\s*kWh)$",
    re.I,
)


def balance_of(line: Line) -> BalanceDraft | None:
    """Return the tracked amount or energy of a row, None if it is not such a row."""
    match = ROW.match(line.text)
    if match is None or " @ " in line.text or " x " in line.text:
        return None
    label = match["label"].rstrip(" :")
    name = printed(label, line.between(0, len(label)), line.page)
    if match["usd"]:
        return BalanceDraft(name, printed(usd(match["usd"]), line.between(*match.span("usd")), line.page))
    return BalanceDraft(
        name, None, printed(number(match["kwh"]), line.between(*match.span("kwh")), line.page)
    )


def read_balances(page: Page, above: float = 0.0) -> Iterator[BalanceDraft]:
    """Give the rows of a page's block about net consumption, and loose rows below a height (in points).

    The block may stand beside a chart, so its words are taken from its heading's left edge on.
    """
    heading = next((line for line in page.lines if HEADING.search(line.text)), None)
    lines = page.lines
    if heading is not None:
        start = HEADING.search(heading.text)
        left = heading.between(start.start(), start.end())[0].x0 - 3 if start else 0.0
        lines = lines_of(
            (word for word in page.words if word.x0 >= left and word.top > heading.top), page.number
        )
    for line in lines:
        balance = balance_of(line) if line.top > above else None
        if balance is not None:
            yield balance
