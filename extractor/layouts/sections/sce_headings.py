"""The headings of SCE's charges area: sections, groups, who supplies; and where one stands.

    Delivery charges - Cost to deliver your electricity     a section, set off by space
    Energy-Winter                                           a group, at the lines' pitch
    SCE                                                     who supplies

Wordings drift, so each is known by its words. A heading we do not know is placed by the space
above it: set off like a section, it stands outside the section above. Sources: geometry of a
TOU-GS-2-E bill of June 2025, wordings of 21 real bills, of residential and of older ones.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from extractor.layouts.sections.area import Item
from extractor.layouts.sections.providers import provider_named
from extractor.model import Section

SECTIONS: tuple[tuple[Section, re.Pattern[str]], ...] = (
    ("delivery", re.compile(r"^delivery charges\b(?! (?:or|and)\b)(?!.*\d)|^your delivery charges$", re.I)),
    (
        "generation",
        re.compile(r"^generation charges\b(?! (?:or|and)\b)(?!.*\d)|^your generation charges$", re.I),
    ),
    (
        "other",
        re.compile(r"^other (?:charges?|credits?)\s*(?:or|and|/|&)\s*(?:charges?|credits?)\b(?!.*\d)", re.I),
    ),
    ("tax", re.compile(r"^taxes(?: and (?:fees|surcharges))?$", re.I)),
)
RESPONSIBILITY = re.compile(r"cost responsib|community choice|\bCCA\b|\bCRS\b", re.I)
GROUP = re.compile(
    r"^(?:(?:summer|winter)(?: season)?\s*[-\u2013]?\s*)?(?P<what>energy|demand)(?: charges?)?"
    r"(?:\s*[-\u2013:]?\s*\(?(?:summer|winter)\)?)?:?$|^cpp participation:?$",
    re.I,
)
PRINTED = re.compile(
    r"(?:(?:CCA|DA|direct access|community choice aggregation|CCA \(community choice aggregation\)) )?"
    r"cost responsibility surcharges?(?: \(CRS\))?|non-?bypassable charges(?: \(NBCs\))?",
    re.I,
)
"""Other headings of groups that bills are known to print; on recognised pages no other one counts as read."""
PROVIDER = re.compile(r"^(?:SCE|southern california edison(?: company)?)$", re.I)
SET_OFF = 1.12
"""Section headings stand at least this much farther from the line above than the headings of groups."""
SUBTOTAL = re.compile(r"^sub-?\s?total\b", re.I)


def section_named(item: Item) -> Section | None:
    """Return the section whose heading a text line is."""
    if item.charge is not None:
        return None
    return next((section for section, words in SECTIONS if words.match(item.text)), None)


def is_known_heading(item: Item) -> bool:
    """Tell whether a text line is a heading that we know by name."""
    if item.charge is not None:
        return False
    named = section_named(item) or PROVIDER.match(item.text) or GROUP.match(item.text)
    return bool(named) or provider_named(item.text) is not None


def steps_above(items: Sequence[Item]) -> tuple[float, float]:
    """Return the least step above a section's heading or the subtotal, the largest above a group's."""
    sections, groups = [], [1.0]
    for above, item in pairwise(items):
        if item.step and (section_named(item) or SUBTOTAL.match(item.text)):
            sections.append(item.step)
        elif item.step and above.charge is not None and item.charge is None and GROUP.match(item.text):
            groups.append(item.step)
    return min(sections, default=0.0), max(groups)


def stands_outside(item: Item, steps: tuple[float, float]) -> bool | None:
    """Tell whether a heading is set off as sections are and groups are not; None if that cannot be seen."""
    section, group = steps
    if not section and item.step:
        return item.gap_above
    if not item.step or section < SET_OFF * group:
        return None
    return item.step > (section + group) / 2
