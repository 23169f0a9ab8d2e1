"""One invoice's segments -> its header, its IT1 loops and its summary, each with what stands in it.

A segment belongs to what was begun last: N3 and N4 to the party of the N1 before them, SAC and TXI to the IT1
loop or, behind TDS, to the summary. What no rule knows is told and taken for nothing; where it may be money
(any other segment but names, notes and dates) that is an error.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from extractor.edi import values
from extractor.edi.interchange import Transaction
from extractor.edi.rules import SILENT, meaning
from extractor.edi.told import Told
from extractor.paper import Printed
from extractor.x12 import Segment

T = TypeVar("T")
DAY = {"D8": 8, "DT": 12, "TM": 0}
"""DTM05: the form of DTM06, and how many digits it has."""


@dataclass
class Party:
    """An N1 segment, and where it says that the party lives."""

    name: Printed[str] | None
    number: str
    """DUNS, as a rule."""
    lines: list[str] = field(default_factory=list)


@dataclass
class Money:
    """A SAC or TXI segment, and whether the SLN above it lets it count."""

    segment: Segment
    relation: str = "add"


@dataclass
class Loop:
    """The header, an IT1 loop, or the summary behind TDS."""

    segment: Segment | None = None
    """Its IT1."""
    names: dict[str, list[Printed[str]]] = field(default_factory=dict)
    """What REF segments say, by the meaning of their qualifier."""
    parties: dict[str, Party] = field(default_factory=dict)
    """By what they are."""
    begin: list[Printed[dt.date]] = field(default_factory=list)
    end: list[Printed[dt.date]] = field(default_factory=list)
    money: list[Money] = field(default_factory=list)
    measured: list[Segment] = field(default_factory=list)


@dataclass
class Read:
    """What was read of one invoice, in the order of its segments."""

    transaction: Transaction
    told: Told
    header: Loop = field(default_factory=Loop)
    items: list[Loop] = field(default_factory=list)
    summary: Loop = field(default_factory=Loop)
    big: list[Segment] = field(default_factory=list)
    due: list[Printed[dt.date]] = field(default_factory=list)
    balances: list[tuple[str, Printed[Decimal]]] = field(default_factory=list)
    totals: list[Printed[Decimal]] = field(default_factory=list)
    counted: list[Printed[int]] = field(default_factory=list)
    """How many IT1 segments CTT says there are."""

    def value(self, segment: Segment, at: int, convert: Callable[[str], T]) -> Printed[T] | None:
        """Return an element as a value with its place; None, and an error, if it cannot be read."""
        try:
            return self.transaction.printed(convert(segment.element(at)), segment)
        except ValueError as error:
            name = f"{segment.elements[0]}{at:02}"
            self.told.add("edi_unread", "error", f"{name}: {error}", segment.number)
            return None


def read_loops(transaction: Transaction) -> Read:
    """Return what the segments of an invoice say, and what nobody knows the meaning of."""
    reader = _Reader(transaction)
    for segment in transaction.segments:
        reader.takes(segment)
    return reader.read


class _Reader:
    """Takes one segment after the other."""

    def __init__(self, transaction: Transaction) -> None:
        self.read = Read(transaction, Told())
        self._loop = self.read.header
        self._party: Party | None = None
        self._relation = "add"
        self._takers: dict[str, Callable[[Segment], None]] = {
            "BIG": self.read.big.append,
            "REF": self._reference,
            "N1": self._names,
            "N3": self._address,
            "N4": self._address,
            "ITD": self._terms,
            "BAL": self._balance,
            "DTM": self._date,
            "IT1": self._item,
            "SLN": self._subline,
            "SAC": self._counts,
            "TXI": self._counts,
            "MEA": lambda segment: self._loop.measured.append(segment),
            "TDS": self._total,
            "CTT": self._count,
            "CUR": self._currency,
        }

    def takes(self, segment: Segment) -> None:
        """Take in a segment."""
        name = segment.elements[0]
        if name in self._takers:
            self._takers[name](segment)
        elif name in ("NTE", "PID", "MSG"):
            said = " ".join(element for element in segment.elements[1:] if element)
            self._told("edi_note", f"it says: {said[:200]}", segment)
        elif name not in SILENT:
            self._unknown(f"the segment {name[:10]}, which no rule knows, is not read", segment)

    def _told(self, code: str, message: str, segment: Segment) -> None:
        self.read.told.add(code, "info", message, segment.number)

    def _unknown(self, message: str, segment: Segment) -> None:
        self.read.told.add("edi_unknown", "error", message, segment.number)

    def _reference(self, segment: Segment) -> None:
        code = segment.element(1).strip()
        what = meaning("REF", code)
        if what is None:
            self._told("edi_reference", f"the reference REF {code[:4]} is not used", segment)
        elif text := segment.element(2).strip():
            said = self._loop.names.setdefault(what, [])
            said.append(self.read.transaction.printed(text, segment))

    def _names(self, segment: Segment) -> None:
        code = segment.element(1).strip()
        what = meaning("N1", code)
        name = segment.element(2).strip()
        printed = self.read.transaction.printed(name, segment) if name else None
        self._party = Party(printed, segment.element(4).strip())
        if what is None:
            self._told("edi_party", f"the party N1 {code[:4]} is not used", segment)
        elif what in self._loop.parties:
            self._unknown(f"there is a second {what} (N1 {code[:4]})", segment)
        else:
            self._loop.parties[what] = self._party

    def _address(self, segment: Segment) -> None:
        if self._party is not None:
            words = [element.strip() for element in segment.elements[1:] if element.strip()]
            self._party.lines.append((" " if segment.elements[0] == "N4" else ", ").join(words))

    def _terms(self, segment: Segment) -> None:
        if segment.element(6).strip() and (due := self.read.value(segment, 6, values.date)):
            self.read.due.append(due)

    def _balance(self, segment: Segment) -> None:
        code = f"{segment.element(1).strip()}/{segment.element(2).strip()}"
        what = meaning("BAL", code)
        if what is None:
            self._unknown(f"the balance BAL {code[:9]} of {segment.element(3)[:20]} is not used", segment)
        elif amount := self.read.value(segment, 3, values.money):
            self.read.balances.append((what, amount))

    def _date(self, segment: Segment) -> None:
        code = segment.element(1).strip()
        if code not in ("150", "151"):
            self._told("edi_date", f"the date DTM {code[:4]} is not used", segment)
            return
        at = 2 if segment.element(2).strip() else 6
        form = segment.element(5).strip()
        if at == 6 and form not in DAY:
            self._unknown(f"the date DTM {code} has the form {form[:4] or '(none)'}", segment)
        elif day := self.read.value(segment, at, values.date if at == 2 else _day_of):
            (self._loop.begin if code == "150" else self._loop.end).append(day)

    def _item(self, segment: Segment) -> None:
        if self.read.totals:
            self._unknown("an IT1 loop stands behind TDS", segment)
        self._loop = Loop(segment)
        self.read.items.append(self._loop)
        self._party, self._relation = None, "add"
        if segment.element(2).strip() not in ("", "0", "1") or segment.element(4).strip() not in ("", "0"):
            self._unknown("a quantity and a price stand in IT1 itself, which are not read", segment)

    def _subline(self, segment: Segment) -> None:
        code = segment.element(3).strip()
        self._relation = meaning("SLN03", code) or "unknown"
        if self._relation == "unknown":
            self._unknown(f"the relation SLN03 {code[:4]} is not known", segment)

    def _counts(self, segment: Segment) -> None:
        self._loop.money.append(Money(segment, self._relation))
        if self._loop is self.read.header:
            name = segment.elements[0]
            self._unknown(f"{name} stands before the first IT1, where none may be", segment)

    def _total(self, segment: Segment) -> None:
        self._loop, self._party, self._relation = self.read.summary, None, "add"
        if total := self.read.value(segment, 1, values.cents):
            self.read.totals.append(total)
        if any(element.strip() for element in segment.elements[2:]):
            self._told("edi_discount", "TDS02 to TDS04, a discount for early payment, are not used", segment)

    def _count(self, segment: Segment) -> None:
        if count := self.read.value(segment, 1, values.whole):
            self.read.counted.append(count)

    def _currency(self, segment: Segment) -> None:
        if segment.element(2).strip() != "USD":
            self._unknown(f"the currency is {segment.element(2)[:5]!r}, not USD", segment)


def _day_of(text: str) -> dt.date:
    """Return the date of a date, or of a date and time (CCYYMMDDHHMM).

    >>> _day_of("202511030000")
    datetime.date(2025, 11, 3)
    """
    plain = text.strip()
    timed = len(plain) == DAY["DT"] and plain.isdigit()
    return values.date(plain[: DAY["D8"]] if timed else plain)
