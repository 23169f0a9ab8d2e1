"""Page 3's box: kWh, average and total cost per price period, then energy, demand, other, total.

    On peak      241 kWh  x  $0.77195  =  $186.04
    Mid peak     3615 kWh x  $0.18936  =  $684.55
                 17922 kWh                $2,633.92 Energy Charges
                                            $985.63 Demand Charges
                                            $373.40 Other credits/charges
                                          $3,992.95 Total

The kWh have no thousands comma here. A footnote stands at the left of the last rows and runs
into them on the same height. Exact on 21 of 21 bundled bills; what the box covers on a bill
with CCA generation is not known. Source: geometry of a TOU-GS-2-E bill of June 2025.
"""

from __future__ import annotations

import re
from decimal import Decimal

from extractor.draft import CostBox, Row
from extractor.layouts.sections.vocabulary import tou_of
from extractor.paper import Line, Printed, printed
from extractor.sheet import Page
from extractor.values import DIGITS, USD, UnreadableValueError, number, usd

PERIOD = re.compile(
    rf"^(?P<label>[A-Za-z][\w ()-]*?)\s+(?P<kwh>-?{DIGITS}) kWh\s+x\s+-?\$?[\d.]+\s+=\s+(?P<cost>{USD})$"
)
SUM = re.compile(rf"(?P<kwh>-?{DIGITS}) kWh\s+(?P<cost>{USD})\s+energy charges$", re.I)
NAMED = re.compile(
    rf"(?P<cost>{USD})\s+(?P<name>energy charges|demand charges|other credits/charges|total)$", re.I
)
HEADING = re.compile(r"^usage\s+avg\. cost\s+total cost$", re.I)
MARKER = "avg.costtotalcost"
FIELDS = {
    "energy charges": "energy",
    "demand charges": "demand",
    "other credits/charges": "other",
    "total": "total",
}


def read_cost_box(page: Page) -> CostBox | None:
    """Return the cost box of a page, None where there is none."""
    box = CostBox(page.number)
    inside = False
    for line in page.lines:
        if HEADING.match(line.text):
            inside = True
        elif inside:
            _take(box, line)
            if box.total is not None:
                return box
    return box if box.periods or box.energy else None


def _take(box: CostBox, line: Line) -> None:
    if match := PERIOD.match(line.text):
        kwh = _part(line, match, "kwh")
        cost = _part(line, match, "cost")
        if kwh is not None and cost is not None:
            box.periods.append(Row(match["label"], cost, kwh, tou_of(match["label"])))
        return
    if match := SUM.search(line.text):
        box.kwh = _part(line, match, "kwh")
    if match := NAMED.search(line.text):
        setattr(box, FIELDS[match["name"].lower()], _part(line, match, "cost"))


def _part(line: Line, match: re.Match[str], group: str) -> Printed[Decimal] | None:
    convert = usd if group == "cost" else number
    try:
        return printed(convert(match[group]), line.between(*match.span(group)), line.page)
    except UnreadableValueError:
        return None
