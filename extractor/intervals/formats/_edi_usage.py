"""What the loops of an 867's transaction give: readings of the meters' intervals, and periods.

Sums over meters (PTD SU, BB, BO, IA, BQ) are held until the transaction ends, and are not given beside the
intervals of the meters themselves. Where two channels of a meter would be one series, and where it is
co-generation without a direction, the channel is unknown: the one must not pass for a later version of the
other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple, cast

from extractor.intervals import given
from extractor.intervals.formats._blocks import Blocks
from extractor.intervals.formats._edi_loops import Loop, Quantity, Transaction
from extractor.intervals.formats._edi_periods import Periods
from extractor.intervals.formats._edi_spans import Period, Span, metering, spans
from extractor.intervals.formats._edi_times import Clock
from extractor.intervals.formats._numbers import KILO, TooFineError, scale
from extractor.intervals.given import Channel, Given, Quality, Readings, Series
from extractor.x12 import Segment

SUMS = {"billed", "metered", "account"}
"""Kinds of loops whose intervals, if they have any and name no meter, are sums over meters."""

QUALITIES = {"actual": Quality.UNKNOWN, "estimated": Quality.ESTIMATED}
"""Of "actual" no guide says whether it was validated."""

_CODE = re.compile(r"[A-Z0-9]{1,3}")


def code_of(text: str) -> str:
    """Return a code for a sentence; what is no code might be a customer's, and is not repeated."""
    return text if _CODE.fullmatch(text) else "unknown"


class _Meaning(NamedTuple):
    """What the quantities of one kind and unit in a loop are."""

    channel: Channel
    unit: given.Unit
    quality: Quality
    told: tuple[str, str] | None
    """Why they are not read, if they are not."""


class Usage:
    """Collects what one transaction gives."""

    def __init__(self, transaction: Transaction, blocks: Blocks) -> None:
        self._transaction, self._blocks, self._tally = transaction, blocks, transaction.tally
        self._sums = Blocks()
        self._metered: set[tuple[Channel, given.Unit]] = set()
        """What meters gave intervals of."""
        self._channels: dict[Series, str] = {}
        self._periods = Periods(transaction.tally)

    def takes(self, loop: Loop) -> int:
        """Take in a loop that is complete; return how many quantities it has."""
        rules = self._transaction.rules
        kind = rules.meaning("PTD01", loop.kind)
        if loop.product not in {"", "EL"}:
            self._tally.add("commodity", loop.number)
        elif kind is None:
            self._tally.add("loop", loop.number, code_of(loop.kind))
        else:
            self._take(loop, kind)
        return len(loop.quantities)

    def rest(self) -> Iterator[Given]:
        """Give what can be told only now: sums, if no meter has what they are of, and periods."""
        for block in self._sums.rest():
            if (block.series.channel, block.series.unit) in self._metered:
                self._tally.add("sums", self._transaction.number, count=len(block))
            else:
                yield block
        names = self._transaction.names
        yield from self._periods.summaries(names.get("usage point"), names.get("service account"))

    def _take(self, loop: Loop, kind: str) -> None:
        meanings: dict[tuple[str, str], _Meaning] = {}
        targets: dict[tuple[str, str], Readings] = {}
        for span in spans(loop, Clock(self._transaction.rules), self._tally):
            quantity = span.quantity
            what = (quantity.kind, quantity.unit)
            if what not in meanings:
                meanings[what] = self._meaning(loop, quantity)
            meaning = meanings[what]
            value = self._value(quantity, meaning)
            if value is None:
                continue
            if isinstance(span, Period):
                self._periods.add(kind, span, meaning.channel, meaning.unit, value)
                continue
            if value < 0:
                self._tally.add("below_zero", quantity.number)
            if what not in targets:
                targets[what] = self._block(loop, kind, meaning)
            _add(targets[what], span, value, meaning.quality)

    def _meaning(self, loop: Loop, quantity: Quantity) -> _Meaning:
        rules = self._transaction.rules
        kind = rules.meaning("QTY01", quantity.kind)
        code = quantity.unit or metering(loop)[0]
        unit = rules.meaning("unit", code)
        told = None
        if kind is None:
            told = ("quantity", code_of(quantity.kind))
        elif unit is None:
            told = ("unit", code_of(code))
        elif unit not in {"Wh", "VArh"}:
            told = ("power", "")
        direction, certainty = (kind or "unknown actual").split()
        return _Meaning(cast(Channel, direction), cast(given.Unit, unit), QUALITIES[certainty], told)

    def _value(self, quantity: Quantity, meaning: _Meaning) -> int | None:
        """Return what a quantity counts; None, and told, if it is no energy or has no value."""
        if not quantity.text:
            self._tally.add("register" if quantity.is_register else "missing", quantity.number)
            return None
        if meaning.told is not None:
            self._tally.add(meaning.told[0], quantity.number, meaning.told[1])
            return None
        try:
            return scale(KILO)(quantity.text)
        except TooFineError as error:
            self._tally.add("rounded", quantity.number)
            return error.rounded
        except ValueError as error:
            raise Segment(quantity.number, ["QTY"]).refused(f"its value {error}") from None

    def _block(self, loop: Loop, kind: str, meaning: _Meaning) -> Readings:
        """Return the block that the readings of a loop go to."""
        series = self._series(loop, meaning)
        is_sum = kind in SUMS and series.meter is None
        if not is_sum:
            self._metered.add((series.channel, series.unit))
        return (self._sums if is_sum else self._blocks).of(series, self._transaction.rules.is_confirmed)

    def _series(self, loop: Loop, meaning: _Meaning) -> Series:
        names = self._transaction.names | loop.names
        ids = (names.get("service account"), names.get("usage point"), names.get("meter"))
        series = Series(meaning.channel, meaning.unit, *ids)
        if metering(loop)[2] and meaning.channel == "delivered":
            self._tally.add("cogeneration", loop.number)
            return series._replace(channel="unknown")
        channel = loop.names.get("channel", "")
        if self._channels.setdefault(series, channel) != channel:
            self._tally.add("channels", loop.number)
            return series._replace(channel="unknown")
        return series


def _add(block: Readings, span: Span, value: int, quality: Quality) -> None:
    block.starts.append(span.start)
    block.seconds.append(span.end - span.start)
    block.thousandths.append(value)
    block.qualities.append(quality)
