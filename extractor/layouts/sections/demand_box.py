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
from extractor.sheet import Page
from extractor.values import DIGITS, number

MAXIMUM = re.compile(rf"maximum demand reached this billing period is\s+(?P<kw>{DIGITS}(?:\.\d+)?)\s*kw\b")
HEADING = re.compile(r"maximum (?P<season>summer|winter) demand reached\b")
ROW = re.compile(
    rf"(?P<label>(?:on|mid|off|super[ -]*off)[ -]*peak|super ofpk)\s+(?P<kw>{DIGITS}(?:\.\d+)?)\s*kw"
    r"(?:\s+(?P<at>\d{1,2}/\d{1,2}/\d{2,4}\s+\d{1,2}:\d\d\s?[ap]m\s?-\s?\d{1,2}:\d\d\s?[ap]m))?$",
    re.M,
)


def read_demands(page: Page, draft: ServiceDraft) -> None:
    """Read the demand block of a page into its service."""
    for found in page.find(MAXIMUM):
        draft.max_demand_kw = found.value("kw", number)
    seasons = [(found.at, season_of(found.said("season"))) for found in page.find(HEADING)]
    for found in page.find(ROW):
        above = [season for index, season in seasons if index < found.at]
        kw = found.value("kw", number)
        if above and kw is not None:
            draft.demands.append(
                DemandDraft(above[-1], tou_of(found.said("label")), kw, found.value("at", str))
            )
