"""The loops of an 867: a transaction's PTD loops, in each the quantities with their dates and measurements.

A segment belongs to what was begun last: DTM and MEA to a quantity once there is one, REF to the loop or,
before the first loop, to the whole transaction. What the segments mean is in `_edi_rules`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from extractor.intervals.formats._edi_rules import Rules
from extractor.intervals.formats._edi_times import When, whens
from extractor.intervals.formats._tally import Tally
from extractor.x12 import Segment


@dataclass(slots=True)
class Quantity:
    """A QTY segment and what follows it."""

    number: int
    """Of its segment."""
    kind: str
    text: str
    unit: str
    begin: When | None = None
    end: When | None = None
    time_of_use: str | None = None
    is_register: bool = False
    is_measured: bool = False
    """Whether its value stands in a MEA segment."""


@dataclass(slots=True)
class Loop:
    """A PTD loop."""

    number: int
    kind: str
    product: str
    names: dict[str, str] = field(default_factory=dict)
    """What REF segments say, by the meaning of their qualifier."""
    begin: When | None = None
    end: When | None = None
    quantities: list[Quantity] = field(default_factory=list)


@dataclass(slots=True)
class Transaction:
    """What was read of one ST loop so far."""

    number: int
    """Of its segment ST."""
    component: str
    """The separator of components."""
    tally: Tally
    rules: Rules = field(default_factory=Rules)
    is_cancelled: bool = False
    names: dict[str, str] = field(default_factory=dict)
    loop: Loop | None = None

    def takes(self, segment: Segment) -> None:
        """Take in what a segment says; segments that say nothing of readings are passed over."""
        take = _TAKES.get(segment.elements[0])
        if take is not None:
            take(self, segment)

    def begins(self, segment: Segment) -> None:
        """BPT: what the transaction is, and when it was made."""
        try:
            made = dt.datetime.strptime(segment.element(3), "%Y%m%d").replace(tzinfo=dt.UTC).date()
        except ValueError:
            made = dt.date.max
        self.rules = Rules(made)
        purpose = self.rules.meaning("BPT01", segment.element(1))
        self.is_cancelled = purpose == "cancelled"
        if purpose is None:
            self.tally.add("purpose", segment.number, _code(segment.element(1)))
        elif self.is_cancelled:
            self.tally.add("cancelled", segment.number)

    def begins_loop(self, segment: Segment) -> None:
        """PTD: a loop; PTD04 tells whether PTD05 is a meter (MG) or a product (OZ)."""
        loop = Loop(segment.number, segment.element(1), "")
        match segment.element(4):
            case "MG":
                loop.names["meter"] = segment.element(5)
            case "OZ":
                loop.product = segment.element(5)
        self.loop = loop

    def names_it(self, segment: Segment) -> None:
        """REF: a number of the account, the meter or the channel, or how it is metered."""
        meaning = self.rules.meaning("REF01", segment.element(1))
        text = segment.element(2).strip() or segment.element(3).strip()
        if meaning is not None and text:
            (self.names if self.loop is None else self.loop.names)[meaning] = text

    def dates_it(self, segment: Segment) -> None:
        """DTM: begin or end of a quantity, or of the loop."""
        if self.loop is None or (meaning := self.rules.meaning("DTM01", segment.element(1))) is None:
            return
        target = self.loop.quantities[-1] if self.loop.quantities else self.loop
        times = whens(segment)
        if len(times) == 2:
            target.begin, target.end = times
        elif meaning == "begin":
            target.begin = times[0]
        else:
            target.end = times[0]

    def counts(self, segment: Segment) -> None:
        """QTY: a quantity."""
        if self.loop is None:
            raise segment.refused("stands outside of any PTD loop")
        unit = segment.element(3).split(self.component, 1)[0]
        quantity = Quantity(segment.number, segment.element(1), segment.element(2).strip(), unit)
        self.loop.quantities.append(quantity)

    def measures(self, segment: Segment) -> None:
        """MEA: the time of use and unit of a quantity, the value where QTY has none, a multiplier."""
        what = self.rules.meaning("MEA02", segment.element(2))
        if what == "multiplier":
            if segment.element(3).rstrip("0").rstrip(".") not in {"", "1"}:
                self.tally.add("multiplier", segment.number)
            return
        if self.loop is None or not self.loop.quantities:
            return
        quantity = self.loop.quantities[-1]
        if self.rules.meaning("MEA07", segment.element(7)):
            quantity.time_of_use = segment.element(7)
        quantity.unit = quantity.unit or segment.element(4).split(self.component, 1)[0]
        if what == "consumption":
            self._is_measured(quantity, segment.element(3).strip())
        quantity.is_register = not quantity.text and bool(segment.element(5) or segment.element(6))

    def _is_measured(self, quantity: Quantity, text: str) -> None:
        """Take the value of a quantity that has none of its own; of two nobody knows what they make."""
        if quantity.is_measured and text:
            self.tally.add("several", quantity.number)
            quantity.text = ""
        elif not quantity.text:
            quantity.text, quantity.is_measured = text, bool(text)


_TAKES = {
    "BPT": Transaction.begins,
    "PTD": Transaction.begins_loop,
    "REF": Transaction.names_it,
    "DTM": Transaction.dates_it,
    "QTY": Transaction.counts,
    "MEA": Transaction.measures,
}


def _code(text: str) -> str:
    """Return a code for a sentence; what is no code is not repeated."""
    return text if text.isalnum() and len(text) <= 3 else "unknown"
