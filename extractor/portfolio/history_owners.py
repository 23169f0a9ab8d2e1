"""Whose a row of billing history is: it names a service account, and the roster or bills say the rest.

Where the roster names a service account of the meter, the row is his who has that on all its days. Where it
does not, the row is his alone to whom all that is billed of the meter's delivery is, and who by the roster
has a customer account of these bills on all its days.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Set
from dataclasses import dataclass

from extractor.portfolio.billed import Billed
from extractor.portfolio.owners import Number, Owner, Owners
from extractor.store.numbers import known_as
from extractor.store.plain import plain


@dataclass(frozen=True)
class HistoryOwners:
    """What tells whose rows of history are, by meter."""

    found: Billed
    by: Owners
    listed: Mapping[str, Set[Number]]
    """Service accounts of the roster."""
    billed_on: Mapping[str, Set[Number]]
    """Customer accounts of the bills of a meter's delivery."""
    billed_to: Mapping[str, Set[str | None]]
    """Whose these bills are; None: the roster does not say it."""

    def customer_of(self, number: str, first: dt.date, last: dt.date) -> str | None:
        """Return whose a row is of a service account and days, both inclusive; None if nothing tells."""
        meter = meter_of(self.found, number)
        if meter in self.listed:
            holders = self.by.holders(self.listed[meter], first, last)
            return holders.pop() if len(holders) == 1 else None
        holders = self.by.holders(self.billed_on.get(meter, frozenset()), first, last)
        return holders.pop() if len(holders) == 1 and self.billed_to[meter] == holders else None


def history_owners(found: Billed, owned: Mapping[int, Owner], by: Owners) -> HistoryOwners:
    """Return what tells it, by all that is billed to anybody, whose each service is, and the roster."""
    listed: dict[str, set[Number]] = defaultdict(set)
    for row in by.rows:
        if row.kind == "service":
            listed[meter_of(found, row.number)].add((row.kind, row.number))
    billed_on: dict[str, set[Number]] = defaultdict(set)
    billed_to: dict[str, set[str | None]] = defaultdict(set)
    for one in found.services:
        if one.known_as is not None and not one.is_generation:
            owner = owned.get(one.id)
            billed_on[plain(one.known_as)].add(("customer", one.bill.customer_account))
            billed_to[plain(one.known_as)].add(owner.customer if owner else None)
    return HistoryOwners(found, by, listed, billed_on, billed_to)


def meter_of(found: Billed, number: str) -> str:
    """Return what stands for all service accounts of a meter, without hyphens."""
    return known_as(found.same, number)
