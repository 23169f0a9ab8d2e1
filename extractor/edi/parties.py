"""Who bills whom: the utility and the supplier that an invoice names, and whose charges a loop has.

A utility's invoice to its customer, a supplier's charges on their way to the utility that will print them,
and a utility's report of them to the supplier have one form. So who charges is told by the N1 inside the
loop, else by the only one that is named, else by who sent the interchange to whom (DUNS numbers). Where that
leaves both, nobody is taken for it.

>>> short_name("006908818", "SO CAL EDISON"), short_name("", "CLEAN POWER ALLIANCE"), short_name("1", "ACME")
('SCE', 'CPA', 'ACME')
"""

from __future__ import annotations

import re
from typing import NamedTuple

from extractor.edi.loops import Loop, Party, Read
from extractor.layouts.sections.providers import Provider, provider_named
from extractor.model import Role
from extractor.paper import Printed

SCE_DUNS = "006908818"
DUNS = 9
"""Digits of a DUNS number; what follows them tells offices apart."""

_SCE = re.compile(r"\bsouthern california edison\b|\bSCE\b", re.I)


class Charger(NamedTuple):
    """Who charges, and as what."""

    provider: Printed[str] | None
    role: Role | None
    seller: Provider | None = None
    """The community choice aggregator, whose products are known."""


def short_name(number: str, name: str) -> str | None:
    """Return what a party is called in records: SCE, an aggregator's short name, else as written."""
    if number.startswith(SCE_DUNS) or _SCE.search(name):
        return "SCE"
    known = provider_named(name)
    return known.short if known else name or number or None


class Parties:
    """The parties of one invoice's header."""

    def __init__(self, read: Read) -> None:
        self._envelope = read.transaction.envelope
        self._read = read
        self.utility = self._of("utility") or self._of("remit to")
        self.supplier = self._of("supplier")
        if self.utility is None or self.supplier is None:
            return
        if self._of("utility") is None and self.utility.number == self.supplier.number:
            self.utility = None  # it is the supplier who is to be paid

    def _of(self, what: str) -> Party | None:
        return self._read.header.parties.get(what)

    @property
    def issuer(self) -> Printed[str] | None:
        """Who issued the invoice, None where that cannot be told."""
        if self.utility is None or self.supplier is None:
            return self._named(self.utility or self.supplier)
        if self._sent_by(self.utility):
            return self._named(self.utility)
        return self._named(self.supplier) if self._sent_by(self.supplier) else None

    def charger_of(self, loop: Loop) -> Charger:
        """Return whose charges the lines of a loop are."""
        own_utility, own_supplier = loop.parties.get("utility"), loop.parties.get("supplier")
        if own_utility and own_supplier:
            return Charger(None, None)
        if own_supplier:
            return self._sold(own_supplier)
        if own_utility:
            return Charger(self._named(own_utility), "delivery" if self.supplier else None)
        return self._of_header()

    def _of_header(self) -> Charger:
        if self.supplier is None:
            return Charger(self._named(self.utility), None)
        if self.utility is None or self._sent_by(self.supplier):
            return self._sold(self.supplier)
        if self._sent_by(self.utility) and not self._is(self._envelope.receiver, self.supplier):
            return Charger(self._named(self.utility), "delivery")
        return Charger(None, None)

    def _sold(self, party: Party) -> Charger:
        seller = provider_named(party.name.value) if party.name else None
        return Charger(self._named(party), "generation", seller)

    def _named(self, party: Party | None) -> Printed[str] | None:
        if party is None or party.name is None:
            return None
        name = short_name(party.number, party.name.value)
        return None if name is None else party.name._replace(value=name)

    def _sent_by(self, party: Party) -> bool:
        return self._is(self._envelope.sender, party)

    @staticmethod
    def _is(number: str, party: Party) -> bool:
        """Tell whether a number of the envelope is a party's DUNS."""
        wanted = party.number[:DUNS]
        return len(wanted) == DUNS and wanted.isdigit() and number[:DUNS] == wanted
