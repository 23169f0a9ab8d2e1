"""IT1 loops -> services: those of one provider, account, period and rate are one.

What a loop does not say, its invoice's header says, else the other loops if they all say the same: the guides
put the account's taxes, the rate's charges and the meter's usage into loops of their own.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import TypeVar, get_args

from extractor.draft import MeterDraft, PeriodDraft, ServiceDraft
from extractor.edi import values
from extractor.edi.charges import charges_of
from extractor.edi.loops import Loop, Read
from extractor.edi.parties import Charger, Parties
from extractor.edi.rules import meaning
from extractor.layouts.sections.providers import product_named
from extractor.model import Charge, Component, Role
from extractor.paper import Printed
from extractor.x12 import Segment

T = TypeVar("T")
CUSTOMER_ACCOUNT = re.compile(r"7\d{11}|2-\d{2}-\d{3}-\d{4}")
"""SCE's numbers of customer accounts, today's and those before mid-2021."""

SERVICE_ACCOUNT = re.compile(r"8\d{9}|3-\d{3}-\d{4}-\d{2}")
"""SCE's numbers of service accounts, today's and those before mid-2021."""

ELECTRIC = ("", "ELECTRIC", "ELEC", "EL")
ESTIMATED = ("AE", "EA", "EE")
"""MEA01: of the two reads of a meter the first, the last or both are estimated."""


@dataclass
class Part:
    """The loops of one service."""

    charger: Charger
    account: Printed[str] | None
    rate: Printed[str] | None
    begin: Printed[dt.date] | None
    end: Printed[dt.date] | None
    loops: list[Loop]

    @property
    def key(self) -> tuple[object, ...]:
        """What makes it one service."""
        printed = (self.charger.provider, self.account, self.rate, self.begin, self.end)
        return (self.charger.role, *(value and value.value for value in printed))


def only(read: Read, said: Sequence[Printed[T]], what: str) -> Printed[T] | None:
    """Return what is said once or always alike; of two that differ none, and an error."""
    if len({value.value for value in said}) > 1:
        read.told.add("edi_twice", "error", f"{what} is given in two ways", said[1].page)
        return None
    return said[0] if said else None


def accounts_of(loop: Loop, is_sce: bool) -> tuple[list[Printed[str]], list[Printed[str]]]:
    """Return the customer's and the service's accounts that a loop names.

    SCE's numbers tell what they are by their form; of another utility one account is both (one account per
    transaction, as the guides have it).
    """
    said = loop.names.get("account", [])
    if not is_sce:
        return ([] if loop.segment else list(said)), list(said)
    customers = [value for value in said if CUSTOMER_ACCOUNT.fullmatch(value.value)]
    return customers, [value for value in said if SERVICE_ACCOUNT.fullmatch(value.value)]


def tell_accounts(read: Read) -> None:
    """Tell of accounts that have no form of SCE's."""
    for loop in (read.header, *read.items):
        for value in loop.names.get("account", []):
            if not CUSTOMER_ACCOUNT.fullmatch(value.value) and not SERVICE_ACCOUNT.fullmatch(value.value):
                message = "an account has no form of SCE's customer or service accounts"
                read.told.add("edi_account", "error", message, value.page)


def services_of(read: Read, parties: Parties, is_sce: bool) -> list[ServiceDraft]:
    """Return the services of an invoice; the lines behind TDS are of the only one, or a part of their own."""
    parts = _parts(read, parties, is_sce)
    if read.summary.money:
        if len(parts) == 1:
            parts[0].loops.append(read.summary)
        else:
            message = "charges stand behind TDS, and whose they are is not said"
            read.told.add("edi_summary", "error", message, read.summary.money[0].segment.number)
            parts.append(Part(Charger(None, None), None, None, None, None, [read.summary]))
    return [_service(read, part) for part in parts]


def _parts(read: Read, parties: Parties, is_sce: bool) -> list[Part]:
    def stated(pick: Callable[[Loop], list[Printed[T]]], what: str) -> Callable[[Loop], Printed[T] | None]:
        shared = _different(pick(read.header)) or _alike([one for loop in read.items for one in pick(loop)])
        return lambda loop: only(read, pick(loop) or shared, what)

    account = stated(lambda loop: accounts_of(loop, is_sce)[1], "the account of a loop")
    begin = stated(lambda loop: loop.begin, "the begin of the period")
    end = stated(lambda loop: loop.end, "the end of the period")
    rates = {role: stated(partial(_rates, role), "the rate schedule") for role in (*get_args(Role), None)}
    found: dict[tuple[object, ...], Part] = {}
    for loop in read.items:
        charger = parties.charger_of(loop)
        if charger.provider is None:
            _tell_whose(read, loop)
        rate = rates[charger.role](loop)
        part = Part(charger, account(loop), rate, begin(loop), end(loop), [])
        found.setdefault(part.key, part).loops.append(loop)
        _tell_commodity(read, loop)
    return list(found.values())


def _different(said: Sequence[Printed[T]]) -> list[Printed[T]]:
    """Return the first two of some that say different things, the first where they all say the same."""
    firsts: dict[T, Printed[T]] = {}
    for value in said:
        firsts.setdefault(value.value, value)
    return list(firsts.values())[:2]


def _alike(said: Sequence[Printed[T]]) -> list[Printed[T]]:
    """Return the first of some that all say the same, nothing if they do not."""
    different = _different(said)
    return different if len(different) == 1 else []


def _rates(role: Role | None, loop: Loop) -> list[Printed[str]]:
    """Return the rates that a loop names: RB is the supplier's where NH, the utility's, stands beside it."""
    own, other = loop.names.get("utility's rate", []), loop.names.get("rate", [])
    return (other or own) if role == "generation" else (own or other)


def _tell_whose(read: Read, loop: Loop) -> None:
    assert loop.segment is not None  # it is an item
    message = "whose charges these are, the utility's or the supplier's, is not said"
    read.told.add("edi_charger", "error", message, loop.segment.number)


def _tell_commodity(read: Read, loop: Loop) -> None:
    assert loop.segment is not None
    pairs = dict(zip(loop.segment.elements[6::2], loop.segment.elements[7::2], strict=False))
    commodity = pairs.get("SV", "").strip()
    if commodity.upper() not in ELECTRIC:
        message = f"the loop is of the commodity {commodity[:20]}, not of electricity"
        read.told.add("edi_commodity", "error", message, loop.segment.number)


def _service(read: Read, part: Part) -> ServiceDraft:
    """Return a service; of a utility alone it is bundled where it charges for generation, too."""
    money = [each for loop in part.loops for each in loop.money]
    charges = charges_of(read, money, part.charger.role)
    role = part.charger.role
    if role is None and part.charger.provider and any(line.section == "generation" for line in charges):
        role = "bundled"
    draft = ServiceDraft(
        provider=part.charger.provider,
        role=role,
        service_account=part.account,
        rate_schedule=part.rate,
        product=_product(part, charges),
        charges=charges,
    )
    if part.begin and part.end:
        draft.period = PeriodDraft(part.begin, part.end)
    points = [value for loop in (read.header, *part.loops) for value in loop.names.get("usage point", [])]
    draft.pod_id = only(read, points, "the usage point")
    _measured(read, draft, part.loops)
    return draft


def _product(part: Part, charges: Iterable[Charge]) -> Printed[str] | None:
    for line in charges:
        name = product_named(part.charger.seller, line.label) if line.component == Component.ENERGY else None
        if name:
            return Printed(name, line.evidence.text, line.evidence.page, None)
    return None


# --- what was measured -----------------------------------------------------------------------------------


def _measured(read: Read, draft: ServiceDraft, loops: Sequence[Loop]) -> None:
    """Add the meter, the kWh and the highest kW of a service: those of the whole period, where told once."""
    meters = {value.value: value for loop in loops for value in loop.names.get("meter", [])}
    draft.meters = [MeterDraft(value) for value in meters.values()]
    draft.meter = next(iter(meters.values())) if len(meters) == 1 else None
    used = [segment for loop in loops for segment in loop.measured if _is_whole(read, segment)]
    draft.usage_kwh = _amount(read, used, "kWh")
    draft.max_demand_kw = _amount(read, used, "kW")
    marks = [segment for segment in used if segment.element(1).strip() in ESTIMATED]
    if marks:
        draft.estimated = read.transaction.printed(True, marks[0])


def _is_whole(read: Read, segment: Segment) -> bool:
    """Tell whether a measurement is of all hours; others are told, not used."""
    if meaning("MEA02", segment.element(2).strip()) == "used" and meaning(
        "MEA07", segment.element(7).strip()
    ):
        return True
    code = f"{segment.element(2).strip()[:4]} {segment.element(7).strip()[:4]}".strip()
    read.told.add("edi_measure", "info", f"the measurement MEA {code} is not used", segment.number)
    return False


def _amount(read: Read, used: Sequence[Segment], unit: str) -> Printed[Decimal] | None:
    """Return what is measured in a unit; of several meters nothing, for how they add up is not said."""
    mark = read.transaction.component
    found = [
        value
        for segment in used
        if meaning("unit", segment.element(4).split(mark)[0].strip()) == unit
        and (value := read.value(segment, 3, values.number))
    ]
    if len(found) > 1:
        message = f"{unit} are given {len(found)} times, and how they add up is not said: not used"
        read.told.add("edi_measure", "warning", message, found[1].page)
        return None
    return found[0] if found else None
