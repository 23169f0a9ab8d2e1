"""What a feed says, collected before anything of it is given: its entries may come in any order.

Of a block only its readings' place in the columns and its links are kept; small resources are
turned into records at once, so that no element outlives its entry.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO
from xml.etree.ElementTree import Element

from extractor.intervals.formats import UnreadableIntervalsError
from extractor.intervals.formats._espi import customers, summaries
from extractor.intervals.formats._espi.columns import Columns
from extractor.intervals.formats._espi.fields import integer, multiplier, say, text
from extractor.intervals.formats._espi.links import LONGEST, Linked, links_of
from extractor.intervals.formats._espi.names import ATOM, CUSTOMER, ESPI
from extractor.intervals.formats._espi.stream import CONTENT, INTERVAL, Stream
from extractor.intervals.given import Problem


@dataclass(frozen=True)
class ReadingType(Linked):
    """How the values of a meter reading are to be understood; None where it does not say."""

    commodity: int | None
    uom: int | None
    multiplier: int | None
    flow: int | None
    accumulation: int | None
    qualifier: int | None
    part: int
    """Not 0 where it is only a tier, a time of use or a critical peak of what was counted."""
    length: int | None
    quality: int | None


@dataclass(frozen=True)
class MeterReading(Linked):
    """A channel of a usage point; the reading type may stand inside it."""

    type: ReadingType | None


@dataclass(frozen=True)
class Block(Linked):
    """A run of readings: their places in the columns, and the time it says to span."""

    first: int
    end: int
    begin: int | None
    length: int | None


@dataclass
class Collected:
    """Everything that a feed says."""

    columns: Columns = field(default_factory=Columns)
    points: list[Linked] = field(default_factory=list)
    ids: dict[int, str] = field(default_factory=dict)
    """The atom:id of each entry that has one, by its place."""
    meter_readings: list[MeterReading] = field(default_factory=list)
    types: list[ReadingType] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    summaries: list[summaries.Raw] = field(default_factory=list)
    customers: customers.Raw = field(default_factory=customers.Raw)
    problems: list[Problem] = field(default_factory=list)
    entries: int = 0


def collect(file: BinaryIO) -> Collected:
    """Read a whole feed.

    Raises:
        UnreadableIntervalsError: if it is damaged.
    """
    feed = Collected()
    stream = Stream(feed.columns)
    for entry in stream.entries(file):
        feed.entries += 1
        try:
            _take_entry(feed, entry, stream)
        except UnreadableIntervalsError as error:
            raise UnreadableIntervalsError(f"entry {feed.entries}: {error}") from None
    return feed


def _take_entry(feed: Collected, entry: Element, stream: Stream) -> None:
    """Take what is in an entry's content."""
    at = Linked(feed.entries, links_of(entry))
    if name := text(entry, "id", ATOM):
        feed.ids[at.place] = name[:LONGEST]
    contents = [
        resource
        for content in entry.iterfind(CONTENT)
        for resource in content
        if not resource.tag.startswith(ATOM)
    ]
    if not contents:
        feed.problems.append(
            say("empty_entry", "warning", f"entry {at.place} says nothing: its content is empty or damaged")
        )
    for resource in contents:
        if resource.tag == ESPI + "IntervalBlock":
            held = stream.held[resource]
            feed.blocks.append(Block(at.place, at.links, held.first, held.end, *_span(resource)))
        elif take := _TAKERS.get(resource.tag):
            take(feed, at, resource)


def _span(block: Element) -> tuple[int | None, int | None]:
    """Return when a block says to begin and how long to last."""
    interval = block.find(INTERVAL)
    if interval is None:
        return None, None
    return integer(interval, "start", fraction=True), integer(interval, "duration")


def _point(feed: Collected, at: Linked, resource: Element) -> None:
    feed.points.append(at)


def _meter_reading(feed: Collected, at: Linked, resource: Element) -> None:
    inside = resource.find(ESPI + "ReadingType")
    own = None if inside is None else reading_type(at, inside)
    feed.meter_readings.append(MeterReading(at.place, at.links, own))


def _reading_type(feed: Collected, at: Linked, resource: Element) -> None:
    feed.types.append(reading_type(at, resource))


def reading_type(at: Linked, resource: Element) -> ReadingType:
    """Read a reading type."""
    return ReadingType(
        at.place,
        at.links,
        commodity=integer(resource, "commodity"),
        uom=integer(resource, "uom"),
        multiplier=multiplier(resource),
        flow=integer(resource, "flowDirection"),
        accumulation=integer(resource, "accumulationBehaviour"),
        qualifier=integer(resource, "dataQualifier"),
        part=next(filter(None, (integer(resource, name) for name in ("consumptionTier", "tou", "cpp"))), 0),
        length=integer(resource, "intervalLength"),
        quality=integer(resource, "defaultQuality"),
    )


def _summary(feed: Collected, at: Linked, resource: Element) -> None:
    feed.summaries.append(summaries.raw(at, resource))


def _customer(feed: Collected, at: Linked, resource: Element) -> None:
    feed.customers.take(at, resource)


_Taker = Callable[[Collected, Linked, Element], None]

_TAKERS: Mapping[str, _Taker] = {
    ESPI + "UsagePoint": _point,
    ESPI + "MeterReading": _meter_reading,
    ESPI + "ReadingType": _reading_type,
    ESPI + "UsageSummary": _summary,
    ESPI + "ElectricPowerUsageSummary": _summary,  # its name before ESPI 1.1
    **{CUSTOMER + name: _customer for name in customers.NAMES},
}
