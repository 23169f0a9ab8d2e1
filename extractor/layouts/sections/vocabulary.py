"""What the words of a charge line mean: component, price period, season, vintage.

Labels drift from year to year and from provider to provider, so a line is classified by the
words it contains, never by its whole label; what no row names is `unknown` and kept.
Sources: real TOU-GS-2-E bills of 2024 and 2025, CPA's sample bill of 2024, lines typed by
customers (2008 to 2026). Rows are tried from top to bottom, the specific before the general.

>>> component_of("Fixed recovery charge", None, "kWh")
<Component.FIXED_RECOVERY: 'fixed_recovery'>
>>> tou_of("Lean Power - Super OfPk - Winter"), season_of("Lean Power - Super OfPk - Winter")
('super_off_peak', 'winter')
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from extractor.model import Component, Season, Section, Tou
from extractor.units import by

_PEAK = r"[\s-]*(?:p(?:ea)?k\b|peak)"
_TOU: Sequence[tuple[Tou, re.Pattern[str]]] = (
    ("super_off_peak", re.compile(rf"\bsuper[\s-]*of+{_PEAK}", re.I)),
    ("on_peak", re.compile(rf"\bon{_PEAK}", re.I)),
    ("mid_peak", re.compile(rf"\bmid{_PEAK}", re.I)),
    ("off_peak", re.compile(rf"\bof+{_PEAK}", re.I)),
)
_SEASONS = re.compile(r"\b(summer|winter)\b", re.I)
_VINTAGE = re.compile(r"\b((?:19|20)\d\d)\s+vintage|\bvintage\s+((?:19|20)\d\d)", re.I)
_TIER = re.compile(r"\btiers?\b|\bbaseline\b|\ball usage\b|\benergy\b|\ball hours\b", re.I)

_COMPONENTS: Sequence[tuple[Component, re.Pattern[str]]] = tuple(
    (component, re.compile(words, re.I))
    for component, words in (
        (Component.FACILITIES_DEMAND, r"\bfacilit"),
        (Component.WILDFIRE_FUND, r"\bwildfire|\bdwr bond"),  # the fund replaced the bond charge in 2020
        (Component.FIXED_RECOVERY, r"\bfixed recovery"),
        (Component.OTHER_CRS, r"\bndc\b|cost responsib|nonbypass|\bnbcs?\b|\bdwr energy credit"),
        (Component.PCIA, r"\bpcia\b|power charge indiff|\bvintage\b"),
        (Component.CTC, r"\bctc\b|\bcompetition|\btransition charge"),
        (Component.MUNICIPAL_SURCHARGE, r"municipal surcharge|\bfranchise"),
        (Component.POWER_FACTOR, r"\bpower factor"),
        (Component.CPP, r"\bcpp\b|critical peak"),
        (Component.EXPORT_CREDIT, r"\bexport|net surplus comp"),
        (Component.BASELINE_CREDIT, r"\bbaseline (?:credit|charge)"),  # a charge to net generators
        (Component.CLIMATE_CREDIT, r"\bclimate credit"),
        (Component.STATE_TAX, r"\bstate tax"),
        (Component.ENERGY_SURCHARGE, r"\benergy (?:commission )?surcharge"),
        (Component.UUT, r"\buut\b|\butility user|\busers? utility|\busers?'? tax|\bcity tax"),
        (Component.DISCOUNT, r"\bdiscount|\bcare\b|\bfera\b|\bmedical baseline"),
        (
            Component.CUSTOMER,
            r"\bcustomer ch(?:arge|a?r?g)\b|\bbasic charge|\bbase services?|\bminimum\b"
            r"|\b(?:single|three)[- ]phase",
        ),
        (
            Component.NON_ENERGY,
            r"\bdeposit|\bservice (?:connection|establish)|\blate payment|\breturned|\breconnect",
        ),
        (Component.ADJUSTMENT, r"\badjust|\bcorrection|\brebill|\btrue-?up"),
    )
)
LABELS = 4096
"""Labels to remember the meaning of; the same few stand on every bill."""

_TAXES = {Component.STATE_TAX, Component.ENERGY_SURCHARGE, Component.UUT}


@lru_cache(LABELS)
def tou_of(label: str) -> Tou | None:
    """Return the price period that the label's words name."""
    return next((tou for tou, words in _TOU if words.search(label)), None)


@lru_cache(LABELS)
def season_of(text: str) -> Season | None:
    """Return the season that the words name, if they name exactly one."""
    named = {match.lower() for match in _SEASONS.findall(text)}
    if named == {"summer"}:
        return "summer"
    return "winter" if named == {"winter"} else None


@lru_cache(LABELS)
def vintage_of(label: str) -> str | None:
    """Return the vintage year of a cost responsibility line.

    >>> vintage_of("2018 Vintage CRS")
    '2018'
    """
    match = _VINTAGE.search(label)
    return (match[1] or match[2]) if match else None


@lru_cache(LABELS)
def rest_of(label: str) -> str:
    """Return what a label says beside its price period, season and vintage, in small letters.

    >>> rest_of("Lean Power - Super OfPk - Winter"), rest_of("Mid peak"), rest_of("2018 Vintage CRS")
    ('lean power', '', 'crs')
    """
    for words in (*(words for _, words in _TOU), _SEASONS, _VINTAGE):
        label = words.sub(" ", label)
    return " ".join(re.findall(r"[^\s,;:()-]+", label.lower()))


@lru_cache(LABELS)
def component_of(label: str, group: str | None, unit: str | None) -> Component:
    """Return what a line charges for, by its label, then by its heading and unit."""
    for component, words in _COMPONENTS:
        if words.search(label):
            return component
    demand = re.search(r"\bdemand\b", f"{group or ''} {label}", re.I)
    if by(unit, "kW") and (demand or tou_of(label)):
        return Component.TIME_DEMAND
    if by(unit, "kWh") and (tou_of(label) or _TIER.search(label) or re.match(r"energy\b", group or "", re.I)):
        return Component.ENERGY
    return component_of(group, None, None) if group and unit is not None else Component.UNKNOWN


def is_tax(component: Component) -> bool:
    """Tell whether a component is a tax or a tax-like surcharge."""
    return component in _TAXES


def section_of(component: Component, heading: Section) -> Section:
    """Return the section of a line that stands under a section heading: taxes are taxes anywhere."""
    return "tax" if is_tax(component) else heading
