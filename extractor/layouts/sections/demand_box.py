"""Page 3's demand block: the highest kW of the period, and of each season's price periods.

    Summer and Winter season demand (kW)
    Your maximum demand reached this billing period is 62 kW  Maximum Winter demand reached by price period :
    Your maximum threshold demand is 199 kW                   Mid Peak   58 kW 05/09/25 04:30pm-04:45pm
                                                              Off peak   46 kW 05/28/25 04:30am-04:45am

Both columns share heights. These figures need not be the billed ones (the price period's peak
of one real bill is 43 kW, billed 40), so nothing is proven by them. Source: 21 real bills.
"""

from __future__ import annotations

import re

from extractor.draft import DemandDraft, ServiceDraft
from extractor.layouts.sections.vocabulary import season_of, tou_of
from extractor.model import Season
from extractor.paper import Line, Page, Printed, printed
from extractor.values import DIGITS, number

MAXIMUM = re.compile(
    rf"\bmaximum demand reached this billing period is\s+(?P<kw>{DIGITS}(?:\.\d+)?)\s*kW\b", re.I
)
HEADING = re.compile(r"\bmaximum (?P<season>summer|winter) demand reached\b", re.I)
ROW = re.compile(
    rf"(?P<label>(?:on|mid|off|super[ -]*off)[ -]*peak|super ofpk)\s+(?P<kw>{DIGITS}(?:\.\d+)?)\s*kW"
    r"(?:\s+(?P<at>\d{1,2}/\d{1,2}/\d{2,4}\s+\d{1,2}:\d\d\s?[ap]m\s?-\s?\d{1,2}:\d\d\s?[ap]m))?$",
    re.I,
)


def read_demands(page: Page, draft: ServiceDraft) -> None:
    """Read the demand block of a page into its service."""
    season: Season | None = None
    for line in page.lines:
        if match := MAXIMUM.search(line.text):
            draft.max_demand_kw = printed(number(match["kw"]), line.between(*match.span("kw")), line.page)
        if match := HEADING.search(line.text):
            season = season_of(match["season"])
        elif (match := ROW.search(line.text)) and season is not None:
            kw = printed(number(match["kw"]), line.between(*match.span("kw")), line.page)
            draft.demands.append(DemandDraft(season, tou_of(match["label"]), kw, _at(line, match)))


def _at(line: Line, match: re.Match[str]) -> Printed[str] | None:
    return printed(match["at"], line.between(*match.span("at")), line.page) if match["at"] else None
