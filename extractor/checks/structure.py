"""The structure of a charges area: headings there and in order, each line under the right one.

Sums do not protect sections: a reader that files all generation under delivery closes every
total. So the headings that a part needs must have been read, in printed order; lines by the
kWh stand under Energy, lines by the kW under Demand; the seasons of the headings are those of
the period; and price periods are printed On, Mid, Off, Super off, again from the start only
after a rate change.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise

from extractor.checks.compare import Case, Result, charge_at, compare, doubt, services
from extractor.draft import Heading
from extractor.model import Charge, Component, Service
from extractor.seasons import seasons_of
from extractor.units import by

_SEASON = re.compile(r"summer|winter")
ORDER = ("delivery", "generation", "other", "tax")
TOU_ORDER = ("on_peak", "mid_peak", "off_peak", "super_off_peak")
NOT_GENERATION = {
    Component.FACILITIES_DEMAND,
    Component.CUSTOMER,
    Component.FIXED_RECOVERY,
    Component.POWER_FACTOR,
    Component.BASELINE_CREDIT,
}
"""What no SCE bill prints under its own generation heading."""

NOT_OTHER = {
    Component.ENERGY,
    Component.FACILITIES_DEMAND,
    Component.TIME_DEMAND,
    Component.CUSTOMER,
    Component.POWER_FACTOR,
    Component.BASELINE_CREDIT,
}
"""What no SCE bill prints under other charges or credits."""


def headings(case: Case) -> Iterator[Result]:
    """SCE's part has its delivery heading first, generation next if SCE sells the energy, then the others."""
    for index, service in services(case):
        if service.role == "generation":
            continue
        sections = [heading for heading in case.aside.services[index].headings if heading.kind == "section"]
        names = [heading.section for heading in sections if heading.section]
        needed = ["delivery", "generation"] if service.role == "bundled" else ["delivery"]
        ordered = [name for name in ORDER if name in names]
        in_order = sum(one == other for one, other in zip(names, ordered, strict=False))
        yield from compare(
            "headings_in_order",
            Decimal(len(names) + sum(name not in names for name in needed)),
            Decimal(in_order),
            [charge_at(index, at, "section") for at in range(len(service.charges))],
            what="the section headings read, in printed order",
            service=index,
        )
        yield from _empty_sections(index, sections, len(service.charges))


def _empty_sections(index: int, sections: Sequence[Heading], lines: int) -> Iterator[Result]:
    """A heading without a line below it means that the next heading was misread, or lines were."""
    ends = [*(heading.after for heading in sections[1:]), *[lines][: len(sections)]]
    for heading, end in zip(sections, ends, strict=True):
        if heading.after >= end and heading.section != "generation":
            yield doubt("empty_section", f"no line stands under the heading {heading.text!r}", index)


def groups_have_lines(case: Case) -> Iterator[Result]:
    """The line below a group's heading is of that group: no other indent, no lost line."""
    for index, service in services(case):
        for heading in case.aside.services[index].headings:
            first = service.charges[heading.after : heading.after + 1]
            if heading.kind == "group" and (not first or first[0].group != heading.text):
                yield doubt("empty_group", f"no line stands under the heading {heading.text!r}", index)


def one_supplier(case: Case) -> Iterator[Result]:
    """No other supplier's name stands as a heading inside SCE's own charges."""
    for index, service in services(case):
        if service.role == "generation":
            continue
        for heading in case.aside.services[index].headings:
            if (
                heading.kind == "provider"
                and "SCE" not in heading.text
                and "EDISON" not in heading.text.upper()
            ):
                yield doubt("other_supplier", f"{heading.text!r} stands as a heading in SCE's charges", index)


def lines_under_their_headings(case: Case) -> Iterator[Result]:
    """Each line stands under a heading that fits its unit, its price period and what it is for."""
    for index, service in services(case):
        if service.role == "generation":
            continue
        units = {
            heading.text: heading.unit for heading in case.aside.services[index].headings if heading.unit
        }
        for line in service.charges:
            message = _misplaced(line, units, service)
            if message:
                yield doubt(
                    "misplaced_line", f"line {line.line} ({line.label}) {message}", index, line.evidence
                )


def _misplaced(line: Charge, units: Mapping[str, str], service: Service) -> str | None:
    expected = units.get(line.group or "")
    if expected is not None and line.section == "other":
        return f"is no charge for energy or demand and stands under {line.group}"
    other_unit = expected is not None and line.unit is not None and not by(line.unit, expected)
    if other_unit and line.component != Component.CUSTOMER:
        return f"is by the {line.unit} and stands under {line.group}"
    if (
        line.tou is not None
        and expected is None
        and line.component in (Component.ENERGY, Component.TIME_DEMAND)
    ):
        return "names a price period and stands under no heading of energy or demand"
    if line.section == "generation" and line.component in NOT_GENERATION:
        return "stands under generation"
    if line.section == "other" and line.component in NOT_OTHER:
        return "stands under other charges"
    if (
        service.role == "bundled"
        and line.section == "delivery"
        and line.component == Component.FIXED_RECOVERY
    ):
        return "stands under delivery"
    return None


def seasons(case: Case) -> Iterator[Result]:
    """The energy of each part is printed for the seasons of the billing period, in their order."""
    for index, service in services(case):
        if service.period is None:
            continue
        expected = seasons_of(service.period.start, service.period.end)
        for section in ("delivery", "generation"):
            lines = [
                (at, line)
                for at, line in enumerate(service.charges)
                if line.section == section and line.season and line.component == Component.ENERGY
            ]
            if not lines:
                continue
            printed = list(dict.fromkeys(line.season for _, line in lines))
            ordered = service.role != "generation" and case.aside.edi is None
            right = printed == expected if ordered else set(printed) == set(expected)
            yield from compare(
                "seasons_of_period",
                Decimal(len(expected)),
                Decimal(len(expected))
                if right
                else Decimal(sum(season in expected for season in printed)) - 1,
                [charge_at(index, at, "season") for at, _ in lines],
                what=f"the seasons of the {section} energy and of the billing period",
                service=index,
                place=lines[0][1].evidence,
            )


def seasons_named(case: Case) -> Iterator[Result]:
    """The seasons named beside the billing period (`Winter/Summer Season`) are those of its dates."""
    for index, service in services(case):
        named = _SEASON.findall(case.aside.services[index].period_note.lower())
        if service.period is None or not named:
            continue
        expected = seasons_of(service.period.start, service.period.end)
        yield from compare(
            "seasons_named",
            Decimal(len(expected)),
            Decimal(len(named) if named == expected else 0),
            [f"/bill/services/{index}/period/{name}" for name in ("start", "end")],
            what="the seasons named beside the billing period and those of its dates",
            service=index,
            place=case.evidence.get(f"/bill/services/{index}/period/start"),
        )


def price_periods_in_order(case: Case) -> Iterator[Result]:
    """Under one heading price periods stand in order; they start again only as often as a label repeats."""
    for index, service in services(case):
        if service.role == "generation":
            continue
        for section in ("delivery", "generation"):
            groups = dict.fromkeys(
                line.group for line in service.charges if line.section == section and line.tou
            )
            for group in groups:
                lines = [
                    (at, line)
                    for at, line in enumerate(service.charges)
                    if line.section == section and line.group == group and line.tou
                ]
                yield from _in_order(index, group, lines)


def _in_order(index: int, group: str | None, lines: Sequence[tuple[int, Charge]]) -> Iterator[Result]:
    ranks = [TOU_ORDER.index(line.tou) for _, line in lines if line.tou]
    runs = 1 + sum(one >= other for one, other in pairwise(ranks))
    repeats = max(Counter(ranks).values())
    yield from compare(
        "price_periods_in_order",
        Decimal(repeats),
        Decimal(runs),
        [charge_at(index, at, "tou") for at, _ in lines],
        what=f"the price periods under {group}: how often they start again",
        service=index,
        place=lines[0][1].evidence,
    )
