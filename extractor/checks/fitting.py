"""What a line says of itself fits together: unit, price period, season, and the heading above it.

A sum cannot tell kWh from kW, nor On-Peak from Mid-Peak; that a facilities charge is by the
kW, or that no line is of a winter on-peak, is how these bills are made. Sources: the line
tables of 21 real bills, tariff sheets, a CPA bill of 2019 whose demand lines say `Demand`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from extractor.checks.compare import Case, Result, doubt, services
from extractor.draft import Heading
from extractor.model import Charge, Component, Service
from extractor.seasons import seasons_of

BY_KWH = (
    Component.ENERGY,
    Component.WILDFIRE_FUND,
    Component.FIXED_RECOVERY,
    Component.PCIA,
    Component.CTC,
    Component.OTHER_CRS,
    Component.BASELINE_CREDIT,
    Component.EXPORT_CREDIT,
    Component.STATE_TAX,
    Component.ENERGY_SURCHARGE,
)
UNITS: dict[Component, tuple[str, ...]] = {
    **dict.fromkeys(BY_KWH, ("kwh",)),
    Component.FACILITIES_DEMAND: ("kw", "kva"),
    Component.TIME_DEMAND: ("kw", "kva"),
    Component.POWER_FACTOR: ("kvar", "kvarh", "kva"),
    Component.CPP: ("kw", "kwh"),
    Component.CUSTOMER: ("day", "days", "month", "months", "meter", "meters", "usd"),
    Component.UUT: ("usd",),
}
"""The units, in lower case, that lines of a component are counted in, where they are counted at all."""

OF_CCA = ("kwh", "kw", "kva", "usd")
"""The units that a CCA counts its lines in."""

COUNTED = (
    Component.FACILITIES_DEMAND,
    Component.TIME_DEMAND,
    Component.BASELINE_CREDIT,
    Component.WILDFIRE_FUND,
    Component.FIXED_RECOVERY,
)
"""What SCE never charges as an amount alone; how cost responsibility and the state's tax are worded is not
known first-hand, so those may be."""

TIMED = (Component.ENERGY, Component.TIME_DEMAND)
DEMANDED = (("on_peak", "summer"), ("mid_peak", "winter"))
"""The price periods that demand is charged for since those of March 2019 (tariff sheets; all real bills)."""

PRICE_PERIODS_OF_TODAY = dt.date(2019, 3, 1)
HALF_NAMED = re.compile(r"\b(?:mid|off|super|ofpk|peak|pk)\b|(?:^|- )on\b", re.I)
"""Part of a price period's name."""

IMPOSSIBLE = (("on_peak", "winter"), ("super_off_peak", "summer"))
"""What no CCA sells since those of March 2019; before, winter had an on-peak on some rates."""

TIER = re.compile(r"tier (\d+)\b", re.I)
DEMAND = re.compile(r"\bdemand\b", re.I)
SECTION_WORDS = (
    "deliverycharge",
    "generationcharge",
    "othercharge",
    "chargesorcredit",
    "subtotal",
    "yournewcharge",
)
INDENT = 3.0
"""Points by which a line of a group stands to the right of the lines without one, at least."""


def units(case: Case) -> Iterator[Result]:
    """Each line is counted in the unit that its charge is sold in."""
    for index, service in services(case):
        for line in service.charges:
            message = _unit(line, service)
            if message:
                yield doubt("unit", f"line {line.line} ({line.label}) {message}", index, line.evidence)


def _unit(line: Charge, service: Service) -> str | None:
    if line.unit is None:
        is_print = line.evidence.bbox is not None
        counted = line.component in COUNTED and service.role != "generation" and is_print
        return "has no quantity" if counted else None
    unit = line.unit.lower()
    if unit not in UNITS.get(line.component, (unit,)):
        return f"is counted in {line.unit}"
    if line.tou is not None and unit not in ("kwh", "kw", "kva"):
        return f"names a price period and is counted in {line.unit}"
    cca = service.role == "generation" and service.provider != "ESP"
    if cca and unit not in OF_CCA and line.component != Component.CUSTOMER:
        return f"is counted in {line.unit}"
    if cca and unit in ("kwh", "kw") and (unit == "kw") != bool(DEMAND.search(line.label)):
        return f"is counted in {line.unit}"  # a CCA's lines by the kW say that they are for demand
    return None


def price_periods_named(case: Case) -> Iterator[Result]:
    """Where one energy or demand line of a part names its price period, all of them do, and none by half."""
    for index, service in services(case):
        for section in ("delivery", "generation"):
            for component in TIMED:
                lines = [
                    one for one in service.charges if (one.section, one.component) == (section, component)
                ]
                others = any(line.tou for line in lines)
                for line in lines:
                    if line.tou is None and (others or HALF_NAMED.search(line.label)):
                        message = f"the price period of line {line.line} ({line.label}) could not be read"
                        yield doubt("price_period", message, index, line.evidence)


def tiers_whole(case: Case) -> Iterator[Result]:
    """The tiers under one heading count from one."""
    for index, service in services(case):
        groups: dict[tuple[str, str | None], set[int]] = defaultdict(set)
        for line in service.charges:
            if match := TIER.match(line.label):
                groups[line.section, line.group].add(int(match[1]))
        for (section, group), tiers in groups.items():
            if tiers != set(range(1, len(tiers) + 1)):
                printed = ", ".join(str(tier) for tier in sorted(tiers))
                yield doubt("tiers", f"the tiers of {section}, {group or 'no heading'}, are {printed}", index)


def seasons_possible(case: Case) -> Iterator[Result]:
    """No line is of a winter on-peak or a summer super off-peak, no demand of a season outside the period."""
    for index, service in services(case):
        expected: Sequence[str] = ("summer", "winter")
        if service.period is not None:
            expected = seasons_of(service.period.start, service.period.end)
        of_today = service.period is None or service.period.start >= PRICE_PERIODS_OF_TODAY
        for line in service.charges:
            outside = line.component == Component.TIME_DEMAND and line.season not in (*expected, None)
            impossible = of_today and service.role == "generation" and (line.tou, line.season) in IMPOSSIBLE
            if outside or impossible:
                message = f"line {line.line} ({line.label}) cannot be of {line.season}"
                yield doubt("season", message, index, line.evidence)


def demand_periods(case: Case) -> Iterator[Result]:
    """Demand is charged for the on-peak of summer and the mid-peak of winter."""
    for index, service in services(case):
        if service.period is None or service.period.start < PRICE_PERIODS_OF_TODAY:
            continue
        for line in service.charges:
            timed = line.component == Component.TIME_DEMAND and line.tou and line.season
            if timed and (line.tou, line.season) not in DEMANDED:
                message = f"line {line.line} ({line.label}): no demand is charged for this price period"
                yield doubt("price_period", message, index, line.evidence)


def headings_whole(case: Case) -> Iterator[Result]:
    """No heading is almost that of a section or a sum, and none is missing above indented lines."""
    for index, service in services(case):
        if service.role == "generation":
            continue
        for heading in case.aside.services[index].headings:
            squeezed = "".join(heading.text.lower().split())
            if heading.kind == "group" and any(words in squeezed for words in SECTION_WORDS):
                yield doubt(
                    "heading", f"the heading {heading.text!r} is almost that of a section or a sum", index
                )
        if not _own_name_in_place(case.aside.services[index].headings):
            yield doubt("heading", "SCE's name stands under no heading of generation charges", index)
        for line in _indented(service):
            message = f"line {line.line} ({line.label}) stands indented, and its heading was not read"
            yield doubt("heading", message, index, line.evidence)


def _own_name_in_place(headings: Sequence[Heading]) -> bool:
    """SCE writes its name right below `Generation charges`, and nowhere else (all real bills)."""
    section = None
    for heading in headings:
        if heading.kind == "section":
            section = heading.section
        elif heading.kind == "provider" and heading.text.lower() == "sce" and section != "generation":
            return False
    return True


def _indented(service: Service) -> Iterator[Charge]:
    places = [(line, line.evidence.page, line.evidence.bbox) for line in service.charges]
    for line, page, box in places:
        timed = line.component in TIMED and line.section in ("delivery", "generation")
        if line.group is None and timed and box is not None:
            lefts = [other[0] for _, on, other in places if on == page and other is not None]
            if box[0] > min(lefts) + INDENT:
                yield line


def blocks_once(case: Case) -> Iterator[Result]:
    """No part of the bill is there twice, line by line."""
    seen: list[tuple[object, ...]] = []
    for index, service in services(case):
        lines = tuple((line.label, line.quantity, line.amount) for line in service.charges)
        key = (
            service.provider,
            service.role,
            service.service_account,
            service.period,
            service.rate_schedule,
            lines,
        )
        if lines and key in seen:
            yield doubt(
                "printed_twice", "these charges are on the bill twice; a page may be there twice", index
            )
        seen.append(key)
