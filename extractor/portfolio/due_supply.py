"""A supplier's own bill beside SCE's statements: it is paid with them, so it is never added as certain.

SCE prints and collects what a CCA charges. Whether SCE's statement has the same generation shows by the meter
(its numbers are joined by aliases) or the POD-ID, and the days, whatever the kWh are rounded to.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from extractor.portfolio.billed import Billed, OfBill, OfService
from extractor.portfolio.pairing import OVERLAP, days_shared
from extractor.store.numbers import known_as

UTILITY = "SCE"

Key = tuple[Literal["meter", "pod", "account"], str]


@dataclass(frozen=True)
class Supply:
    """Where what a supplier's own bill asks for is, or may be, paid."""

    supplier: str
    statement: OfBill | None
    """SCE's statement of the same days, by its meter, POD-ID or customer account; None if none is here."""
    has_all: bool
    """Whether SCE's statements have generation of the supplier's for all that it bills."""

    @property
    def said(self) -> str:
        """Say why the amount is added to nothing."""
        own = f"{self.supplier}'s own bill"
        if self.statement is None:
            return f"{own}: may be paid with SCE's statement, and none of its meter and days is here"
        on = f"SCE's statement of {self.statement.statement_date} ({self.statement.name})"
        if self.has_all:
            return f"{own}: generation of its days is on {on}, too"
        return f"{own}: may be paid with {on}, of the same days"


def is_supplier_s(bill: OfBill, services: Sequence[OfService]) -> bool:
    """Tell whether a bill is a supplier's own: not issued by SCE, and all of it a supplier's generation."""
    if bill.issuer in (None, UTILITY) or not services:
        return False
    return all(one.is_generation for one in services)


def supplied(bills: Iterable[OfBill], found: Billed, same: Mapping[str, str]) -> dict[int, Supply]:
    """Return where suppliers' own bills among some are paid, by the bill's number.

    `same` has, by customer account, the one that stands for all of its customer's, both as plain numbers.
    """
    services = found.by_bill()
    own = [bill for bill in bills if is_supplier_s(bill, services.get(bill.id, ()))]
    beside = _beside(found.services, same) if own else {}
    return {bill.id: _supply(bill, services[bill.id], beside, same) for bill in own}


def _supply(
    bill: OfBill,
    services: Sequence[OfService],
    beside: Mapping[Key, Sequence[OfService]],
    same: Mapping[str, str],
) -> Supply:
    statements: list[OfBill] = []
    has_all = True
    for one in services:
        matched = [
            (kind, other)
            for kind, number in _keys(one, same)
            for other in beside.get((kind, number), ())
            if _bills_the_same_days(one, other)
        ]
        statements += [other.bill for _, other in matched]
        has_all = has_all and any(
            kind != "account" and other.is_generation and other.provider == one.provider
            for kind, other in matched
        )
    return Supply(bill.issuer or "", max(statements, key=_order, default=None), has_all)


def _order(bill: OfBill) -> tuple[bool, dt.date, int]:
    return bill.is_trusted, bill.statement_date or dt.date.min, bill.id


def _beside(services: Iterable[OfService], same: Mapping[str, str]) -> dict[Key, list[OfService]]:
    """Return what SCE's statements bill, by meter, POD-ID and customer account."""
    found: dict[Key, list[OfService]] = defaultdict(list)
    for one in services:
        if one.bill.issuer == UTILITY and one.bill.standing != "same":
            for key in _keys(one, same):
                found[key].append(one)
    return found


def _keys(one: OfService, same: Mapping[str, str]) -> list[Key]:
    found: list[Key] = []
    if one.known_as is not None:
        found.append(("meter", one.known_as))
    if one.pod_id is not None:
        found.append(("pod", one.pod_id))
    if one.bill.customer_account is not None:
        found.append(("account", known_as(same, one.bill.customer_account)))
    return found


def _bills_the_same_days(one: OfService, other: OfService) -> bool:
    """Tell whether two bill the same days; a period may reach into the next one by a day."""
    return (one.start, one.end) == (other.start, other.end) or days_shared(one, other) > OVERLAP
