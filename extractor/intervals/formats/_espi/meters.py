"""Meter readings with what belongs to them: reading type, usage point, blocks; and which can be given.

What has no energy's unit, is no difference over an interval, or only a part of what was counted, is
told and not given. SCE repeats entries: two of one address are one; of several reading types of one
address the one of deltaData is meant. A reading type that says no accumulation is taken as deltaData
(UtilityAPI's legacy export says none).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from extractor.intervals.formats._espi.collected import Block, Collected, MeterReading, ReadingType
from extractor.intervals.formats._espi.fields import say
from extractor.intervals.formats._espi.links import Links, Parents, after, before
from extractor.intervals.formats._espi.names import CHANNELS, DELTA_DATA, ELECTRIC, OTHER_UNITS, UNITS, WHOLE
from extractor.intervals.formats._espi.points import Points
from extractor.intervals.given import Channel, Problem, Unit


@dataclass
class Meter:
    """A meter reading with all that belongs to it."""

    reading: MeterReading
    type: ReadingType | None
    point: str | None
    """Name of its usage point."""
    blocks: list[Block] = field(default_factory=list)


@dataclass(frozen=True)
class Usable:
    """A meter reading whose readings are energy over intervals."""

    place: int
    type: ReadingType
    point: str | None
    blocks: tuple[Block, ...]
    channel: Channel
    unit: Unit

    @property
    def where(self) -> str:
        """Say which it is in a message."""
        return where(self.place)


def where(place: int) -> str:
    """Name a meter reading by its entry, never by its address."""
    return f"the meter reading of entry {place}"


def meters(feed: Collected, points: Points) -> tuple[list[Meter], list[Problem]]:
    """Return every meter reading, its blocks in the order of the feed, and what is wrong with their links."""
    readings = _united(feed.meter_readings)
    types = _types(readings, feed.types)
    found = {
        id(one): Meter(one, one.type or kind, points.of(one))
        for one, kind in zip(readings, types, strict=True)
    }
    owners = Parents(readings)
    astray = 0
    for block in feed.blocks:
        owner = owners.of(block)
        if len(owner) == 1:
            found[id(owner[0])].blocks.append(block)
        else:
            astray += 1
    return list(found.values()), list(_of_links(found.values(), astray))


def _of_links(found: Iterable[Meter], astray: int) -> Iterator[Problem]:
    """Tell what could not be linked."""
    if astray:
        yield say("no_meter_reading", "warning", f"{astray} blocks belong to no meter reading, or to several")
    for meter in found:
        if not meter.blocks:
            yield say("no_blocks", "info", f"{where(meter.reading.place)} has no readings")


def _united(readings: Iterable[MeterReading]) -> list[MeterReading]:
    """Make one of the meter readings that have the same address."""
    by_address: dict[object, MeterReading] = {}
    for one in readings:
        key = one.links.own or id(one)
        known = by_address.get(key, one)
        links = Links(*(a | b for a, b in zip(known.links, one.links, strict=True)))
        by_address[key] = replace(known, links=links, type=known.type or one.type)
    return list(by_address.values())


def _types(readings: Sequence[MeterReading], types: Sequence[ReadingType]) -> list[ReadingType | None]:
    """Return the reading type of each meter reading."""
    by_links = Parents(types)
    return [_chosen(by_links.linked(one)) or _type_by_order(one, readings, types) for one in readings]


def _chosen(types: Sequence[ReadingType]) -> ReadingType | None:
    """Return the reading type meant: of several the one of deltaData, if only one is."""
    kinds = {replace(one, place=0, links=Links()): one for one in types}
    deltas = [one for one in kinds.values() if one.accumulation == DELTA_DATA]
    found = list(kinds.values()) if len(kinds) == 1 else deltas
    return found[0] if len(found) == 1 else None


def _type_by_order(
    one: MeterReading, readings: Sequence[MeterReading], types: Sequence[ReadingType]
) -> ReadingType | None:
    """Return the next reading type before the next meter reading, else the last one before.

    Only where the link is missing: one that leads nowhere, or to types that differ, is there.
    """
    if any("ReadingType" in href for href in one.links.related):
        return None
    following = after(types, one.place)
    another = after(readings, one.place)
    if following and another and following[0].place > another[0].place:
        following = []
    return _chosen(following or before(types, one.place))


def usable(found: Iterable[Meter]) -> Iterator[Usable | Problem]:
    """Give the meter readings whose readings are energy over intervals, and tell of the others."""
    for meter in found:
        if not meter.blocks:
            continue
        place, kind = meter.reading.place, meter.type
        if problem := _of_type(place, kind):
            yield problem
            continue
        assert kind is not None  # else there was a problem
        if meter.point is None:
            yield say("no_usage_point", "warning", f"{where(place)} belongs to no usage point")
        channel, unit = CHANNELS[kind.flow or 0], UNITS[kind.uom or 0]
        if channel == "unknown":
            said = "does not say whether energy was delivered to the customer or received from him"
            yield say("no_direction", "warning", f"{where(place)} {said}")
        yield Usable(place, kind, meter.point, tuple(meter.blocks), channel, unit)


def _of_type(place: int, kind: ReadingType | None) -> Problem | None:
    """Tell why readings of a type cannot be given, None if they can."""
    if kind is None:
        reason = "has no reading type, or several that differ"
        return say("no_reading_type", "warning", f"{where(place)} {reason}; not given")
    counts = _no_energy(kind)
    return say("not_energy", "info", f"{where(place)} is {counts}; not given") if counts else None


def _no_energy(kind: ReadingType) -> str | None:
    """Return what a type counts that is no energy over an interval."""
    match kind:
        case ReadingType(uom=uom) if uom not in UNITS:
            unit = "no unit" if uom is None else OTHER_UNITS.get(uom, f"unit {uom}")
            return f"of {unit}, not of electric energy"
        case ReadingType(commodity=commodity) if commodity is not None and commodity not in ELECTRIC:
            return f"of another commodity than electricity ({commodity})"
        case ReadingType(accumulation=how) if how not in (DELTA_DATA, None):
            return f"no difference over an interval (accumulationBehaviour {how})"
        case ReadingType(qualifier=qualifier) if qualifier is not None and qualifier not in WHOLE:
            return f"a highest, lowest or average value (dataQualifier {qualifier})"
        case ReadingType(part=part) if part:
            return "of one tier or time of use only"
        case ReadingType(flow=flow) if flow is not None and flow not in CHANNELS:
            return f"neither delivered, received, net nor total (flowDirection {flow})"
    return None


def without_net(found: Sequence[Usable]) -> Iterator[Usable | Problem]:
    """Drop the net of a usage point that has delivered or received besides."""
    parts = {(one.point, one.unit) for one in found if one.channel in ("delivered", "received")}
    for one in found:
        if one.channel == "net" and (one.point, one.unit) in parts:
            reason = "is the net of others in this feed; only those are given"
            yield say("net_beside_parts", "info", f"{one.where} {reason}")
        else:
            yield one
