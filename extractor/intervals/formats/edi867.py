"""EDI X12 867, "product transfer and resale report": a utility's interval and monthly usage, also `.hst`.

What is read: quantities of kilowatt-hours (KH) and kilovar-hours (K3) in the PTD loops of a transaction, each
with its interval (`_edi_spans`) as a reading, or with its days as a row of a `Summary`. A quantity without a
value (`QTY*QD***NV`) is a gap and not zero. What the codes mean is one table with grades (`_edi_rules`): what
is second-hand makes the readings unconfirmed, and is told as assumed. A wrong count in the envelope, or a
quantity that cannot be read, is an error: nothing of the file is taken.

Sums over meters (PTD SU, BB, BO, IA, BQ) are not given beside the meters' own intervals. Periods are added up
to the one number that a `Summary` has (`_edi_periods`).

Example, of the Pennsylvania guide: `PTD*BQ`, `QTY*QD*500*KH`, `DTM*582*19990115*1500*ES` are 500 kWh until
15 January 1999, 20:00 UTC.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from extractor.intervals.formats import UnreadableIntervalsError
from extractor.intervals.formats._blocks import Blocks
from extractor.intervals.formats._edi_loops import Transaction
from extractor.intervals.formats._edi_usage import Usage, code_of
from extractor.intervals.formats._tally import Said, Tally
from extractor.intervals.given import Given, Problem
from extractor.x12 import DamagedInterchangeError, Interchanges, Segment

NAME = "EDI 867"
REVISION = 1

SCE = "006908818"
"""SCE's DUNS number."""

SAID: Said = {
    "missing": ("info", "quantities without a value, which are gaps and not zeros: {count}"),
    "register": ("info", "readings of a meter's register, which are no intervals, not read: {count}"),
    "undated": ("warning", "quantities of which nothing tells when they were counted, not read: {count}"),
    "no_length": (
        "warning",
        "quantities of which nothing tells how long they were counted, not read: {count}",
    ),
    "closer": (
        "warning",
        "loops whose quantities end closer together than REF MT says they last, not read: {count}",
    ),
    "several": (
        "warning",
        "quantities with several measurements and no value of their own, not read: {count}",
    ),
    "below_zero": ("warning", "quantities below zero of energy that only goes one way: {count}"),
    "no_such_time": ("warning", "quantities at a time that clocks leave out in spring, not read: {count}"),
    "order": ("warning", "quantities that do not come after the one before: {count}"),
    "drift": ("info", "stamps a minute beside the end of their interval, taken as its end: {count}"),
    "rounded": ("warning", "values finer than a thousandth of a watt-hour, rounded to it: {count}"),
    "multiplier": ("warning", "multipliers other than 1, taken to be in the quantities already: {count}"),
    "purpose": (
        "warning",
        "transactions with the purpose {detail}, which is not known, read as usage: {count}",
    ),
    "cancelled": ("warning", "transactions that cancel an earlier one, not read: {count}"),
    "commodity": ("info", "loops of another commodity than electricity, not read: {count}"),
    "loop": ("warning", "loops of the kind {detail}, which is not known, not read: {count}"),
    "quantity": ("warning", "quantities of the kind {detail}, which is not known, not read: {count}"),
    "unit": ("info", "quantities in the unit {detail}, not read: {count}"),
    "power": ("info", "quantities of power, not of energy, not read: {count}"),
    "cogeneration": ("warning", "loops of co-generation whose direction is not known: {count}"),
    "channels": ("warning", "loops of a second channel that looks like the first: {count}"),
    "sums": ("info", "sums of the meters' intervals, not read beside them: {count}"),
    "time_of_use": ("info", "rows of a period by time of use, of which only the total is kept: {count}"),
    "received": ("info", "rows of a period for energy received, not read: {count}"),
    "added": ("warning", "periods whose rows were added up to one total: {count}"),
    "transaction": ("info", "transactions {detail}, which carry no usage, not read: {count}"),
    "other_utility": ("warning", "transactions of another utility than SCE: {count}"),
    "test": ("warning", "interchanges marked as a test: {count}"),
}

ENDS = {"PTD", "SE"}
"""Segments at which a loop is complete."""

_BEGIN = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:ISA(.)|GS(.)PT\2|ST(.)867\3)", re.DOTALL)


def claims(name: str, head: bytes) -> bool:
    """Tell an 867 by the first transaction of the interchange, or of what is left of it."""
    match = _BEGIN.match(head)
    if match is None or match[1] is None:
        return match is not None
    first = head.find(b"ST" + match[1], 100)
    return first != -1 and head[first + 3 : first + 6] == b"867"


def read(file: BinaryIO, name: str) -> Iterator[Given]:
    """Give the readings and periods of a file.

    Raises:
        UnreadableIntervalsError: if the envelope counts what is not there, or a value cannot be read.
    """
    try:
        yield from _given(file)
    except DamagedInterchangeError as error:
        raise UnreadableIntervalsError(str(error)) from None


def _given(file: BinaryIO) -> Iterator[Given]:
    interchanges = Interchanges(file)
    reader = _Reader()
    for segment in interchanges.checked():
        if segment.elements[0] in ENDS:
            yield from reader.ends(segment.elements[0])
        reader.takes(segment, interchanges.separators.component)
    yield from reader.blocks.rest()
    yield from reader.tally.problems()
    if reader.assumed:
        message = "assumed, as no guide of California's is known: " + "; ".join(reader.assumed)
        yield Problem("assumed", "warning", message)


class _Reader:
    """Reads one transaction after the other."""

    def __init__(self) -> None:
        self.blocks = Blocks()
        self.tally = Tally(SAID)
        self.assumed: dict[str, None] = {}
        """What was assumed, in the order of its first use."""
        self._transaction: Transaction | None = None
        self._usage: Usage | None = None

    def ends(self, name: str) -> Iterator[Given]:
        """Give what is complete at the segment that begins the next loop, or ends the transaction."""
        yield from self._loop_ends()
        if name == "SE":
            yield from self._transaction_ends()

    def takes(self, segment: Segment, component: str) -> None:
        """Take in a segment."""
        match segment.elements[0]:
            case "ISA" if segment.element(15) == "T":
                self.tally.add("test", segment.number)
            case "ST":
                self._begins(segment, component)
            case "N1" if segment.element(1) == "8S" and not segment.element(4).startswith(SCE):
                self.tally.add("other_utility", segment.number)
        if self._transaction is not None:
            self._transaction.takes(segment)

    def _begins(self, segment: Segment, component: str) -> None:
        kind = segment.element(1)
        if kind == "867":
            self._transaction = Transaction(segment.number, component, self.tally)
            self._usage = Usage(self._transaction, self.blocks)
        else:
            self.tally.add("transaction", segment.number, code_of(kind))

    def _loop_ends(self) -> Iterator[Given]:
        transaction, usage = self._transaction, self._usage
        if transaction is None or usage is None or transaction.loop is None or transaction.is_cancelled:
            return
        yield from self.blocks.full(usage.takes(transaction.loop))

    def _transaction_ends(self) -> Iterator[Given]:
        if self._transaction is not None and self._usage is not None:
            yield from self._usage.rest()
            self.assumed |= dict.fromkeys(self._transaction.rules.assumed())
        self._transaction = self._usage = None
