"""SAC and TXI segments -> charge lines: what counts, with which sign, and what it is for.

    SAC01 C charge, A allowance (a credit: its amount is taken off), N neither (only told)
    SAC03, SAC04 whose code and which; SAC05 amount in cents; SAC08 rate; SAC09 unit; SAC10 quantity;
    SAC15 description
    TXI01 which tax; TXI02 amount; TXI03 percent as a decimal; TXI06 exempt; TXI07 whether it is added;
    TXI08 the dollars that the percent is of

Whether TXI03 `.05` is five percent (X12) or a twentieth of one is told by its base, where there is one. A
description has no headings above it: on which side, delivery or generation, a line of energy stands is told
by its own words or code, by who charges it, or not at all, which is an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal

from extractor.edi import values
from extractor.edi.loops import Money, Read
from extractor.edi.rules import AGENCY, COMPONENTS, SECTIONS, TAXES, meaning
from extractor.layouts.sections.vocabulary import (
    component_of,
    is_tax,
    season_of,
    tou_of,
    vintage_of,
)
from extractor.model import Charge, Component, Evidence, Role, Section
from extractor.x12 import Segment

SIDED = (Component.ENERGY, Component.TIME_DEMAND, Component.EXPORT_CREDIT)
"""What may stand on either side of a bill."""

OF_DELIVERY = (
    Component.FACILITIES_DEMAND,
    Component.CUSTOMER,
    Component.WILDFIRE_FUND,
    Component.POWER_FACTOR,
    Component.BASELINE_CREDIT,
)
_GENERATION = re.compile(r"\bgeneration\b|\bsupply\b|\bsupplier\b|\bprocurement\b|\bcommodity\b", re.I)
_DELIVERY = re.compile(r"\bdeliver(?:y|ed|ies)?\b|\bdistribution\b|\btransmission\b", re.I)


def charges_of(read: Read, money: list[Money], role: Role | None) -> list[Charge]:
    """Return the charge lines of a service, numbered; what is no line is told."""
    lines = [line for each in money for line in _line(read, each, role)]
    return [line.model_copy(update={"line": at}) for at, line in enumerate(lines, 1)]


def _line(read: Read, money: Money, role: Role | None) -> Iterator[Charge]:
    segment = money.segment
    if money.relation != "add":
        message = f"{segment.elements[0]} below an SLN that is {money.relation} is not counted"
        _told(read, segment, message, "info" if money.relation != "unknown" else "error")
    elif segment.elements[0] == "TXI":
        yield from _tax(read, segment)
    else:
        yield from _service_charge(read, segment, role)


def _told(read: Read, segment: Segment, message: str, severity: str = "error") -> None:
    code = "edi_uncounted" if severity == "info" else "edi_unread"
    read.told.add(code, "info" if severity == "info" else "error", message, segment.number)


def _evidence(read: Read, segment: Segment) -> Evidence:
    return Evidence(page=segment.number, bbox=None, text=read.transaction.text_of(segment))


# --- SAC -------------------------------------------------------------------------------------------------


def _service_charge(read: Read, segment: Segment, role: Role | None) -> Iterator[Charge]:
    kind = meaning("SAC01", segment.element(1).strip())
    amount = read.value(segment, 5, values.cents)
    if kind is None:
        _told(read, segment, f"SAC01 {segment.element(1)[:4]!r} is not known: the line is not read")
    elif kind == "neither":
        said = segment.element(15)[:80] or segment.element(4)[:10]
        _told(read, segment, f"{said}, of {segment.element(5)[:20]} cents, is no charge (SAC01 N)", "info")
    elif amount is not None and kind == "allowance" and amount.value < 0:
        _told(read, segment, "an allowance below zero: whether it is a credit cannot be told")
    elif amount is not None:
        yield _of_service(read, segment, -1 if kind == "allowance" else 1, amount.value, role)


def _of_service(read: Read, segment: Segment, sign: int, amount: Decimal, role: Role | None) -> Charge:
    code = segment.element(4).strip() if segment.element(3).strip() == AGENCY else ""
    label = segment.element(15).strip() or " ".join(filter(None, map(segment.element, (2, 3, 4))))
    unit = _unit(segment.element(9).strip())
    rate, quantity = _optional(read, segment, 8), _optional(read, segment, 10)
    if segment.element(6).strip() or segment.element(7).strip():
        _told(read, segment, "SAC06 and SAC07, a percentage, are not used", "info")
    component = component_of(label, None, unit)
    if component == Component.UNKNOWN:
        component = COMPONENTS.get(code[:3], component)
    return Charge(
        line=0,
        section=_section(read, segment, component, label, code, role),
        component=component,
        label=label or "(no description)",
        tou=tou_of(label),
        season=season_of(label),
        vintage=vintage_of(label),
        quantity=quantity,
        unit=unit,
        rate=None if rate is None else sign * rate,
        amount=sign * amount,
        evidence=_evidence(read, segment),
    )


def _unit(code: str) -> str | None:
    return (meaning("unit", code) or code) if code else None


def _optional(
    read: Read, segment: Segment, at: int, convert: Callable[[str], Decimal] = values.number
) -> Decimal | None:
    if not segment.element(at).strip():
        return None
    value = read.value(segment, at, convert)
    return None if value is None else value.value


def _section(
    read: Read, segment: Segment, component: Component, label: str, code: str, role: Role | None
) -> Section:
    """Return on which side of the bill a line stands; `other`, and an error, where that has to be known."""
    if is_tax(component):
        return "tax"
    if role == "generation":
        return "generation"
    said = _side_of(label, code)
    if said is not None:
        return said
    if component in OF_DELIVERY or (role == "delivery" and component in SIDED):
        return "delivery"
    if component in SIDED:
        message = "whether the energy or demand is delivery or generation is not said"
        read.told.add("edi_section", "error", message, segment.number)
    return "other"


def _side_of(label: str, code: str) -> Section | None:
    """Return the side that the words of a line name, or else its code; None where they name both or none."""
    generation, delivery = _GENERATION.search(label), _DELIVERY.search(label)
    if generation and delivery:
        return None
    if generation:
        return "generation"
    return "delivery" if delivery else SECTIONS.get(code[:3])


# --- TXI -------------------------------------------------------------------------------------------------


def _tax(read: Read, segment: Segment) -> Iterator[Charge]:
    relation = meaning("TXI07", segment.element(7).strip())
    amount, exempt = _optional(read, segment, 2, values.money), segment.element(6).strip()
    what = meaning("TXI01", segment.element(1).strip()) or f"Tax {segment.element(1)[:4].strip()}"
    if relation is None:
        _told(read, segment, f"TXI07 {segment.element(7)[:4]!r} is not known: the tax is not read")
    elif relation != "add":
        _told(read, segment, f"{what} of {segment.element(2)[:20]} is {relation}: not added", "info")
    elif amount is None and exempt:
        _told(read, segment, f"{what}: exempt (TXI06 {exempt[:4]})", "info")
    elif amount is None:
        _told(read, segment, f"{what} has no amount (TXI02)")
    else:
        if exempt not in ("", "2") and amount:
            _told(read, segment, f"{what} is called exempt (TXI06 {exempt[:4]}) and has an amount")
        yield _of_tax(read, segment, what, amount)


def _of_tax(read: Read, segment: Segment, what: str, amount: Decimal) -> Charge:
    base, share = _optional(read, segment, 8, values.money), _optional(read, segment, 3)
    computed = base is not None and share is not None
    place = segment.element(5).strip()
    return Charge(
        line=0,
        section="tax",
        component=TAXES.get(segment.element(1).strip(), Component.UNKNOWN),
        label=f"{what} {place}" if place else what,
        quantity=base if computed else None,
        unit="USD" if computed else None,
        rate=percentage(base, share, amount) if base is not None and share is not None else None,
        amount=amount,
        evidence=_evidence(read, segment),
    )


def percentage(base: Decimal, share: Decimal, amount: Decimal) -> Decimal:
    """Return a tax rate in percent: X12 has a decimal, some write the percent itself; the base tells.

    >>> percentage(Decimal("200"), Decimal(".05"), Decimal("10")), percentage(Decimal("200"), Decimal("5"),
    ...            Decimal("10"))
    (Decimal('5.00'), Decimal('5'))
    """
    cent = Decimal("0.01")
    if abs(base * share / 100 - amount) <= cent < abs(base * share - amount):
        return share
    return share * 100
