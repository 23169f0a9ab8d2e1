"""Green Button feeds made to order: what real feeds do, one thing at a time."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from extractor.intervals.formats import espi
from extractor.intervals.given import Account, Given, Problem, Readings, Summary
from extractor.store.point_names import code_in

POINT = "RetailCustomer/VJEWP31BE/UsagePoint/NB6WRU"
NAME = "NB6WRU@RetailCustomer/VJEWP31BE"
"""What the store calls that usage point."""
METER = f"{POINT}/MeterReading/1"
TYPE = "ReadingType/1"


class One(NamedTuple):
    """A reading to write."""

    start: int | str | None
    value: int | str | None
    seconds: int | str | None = 900
    quality: int | None = None


def element(name: str, content: object, prefix: str = "e:") -> str:
    """Write an element, nothing where there is no content."""
    return "" if content is None else f"<{prefix}{name}>{content}</{prefix}{name}>"


def reading(one: One, prefix: str = "e:") -> str:
    """Write an IntervalReading."""
    times = element("duration", one.seconds, prefix) + element("start", one.start, prefix)
    quality = None if one.quality is None else element("quality", one.quality, prefix)
    return element(
        "IntervalReading",
        element("ReadingQuality", quality, prefix)
        + element("timePeriod", times or None, prefix)
        + element("value", one.value, prefix),
        prefix,
    )


def block(
    readings: Iterable[One], begin: int | None = None, length: int | None = None, prefix: str = "e:"
) -> str:
    """Write an IntervalBlock, with its interval where it has one."""
    interval = element("duration", length, prefix) + element("start", begin, prefix)
    return element(
        "IntervalBlock",
        element("interval", interval or None, prefix) + "\n".join(reading(one, prefix) for one in readings),
        prefix,
    )


def entry(content: str, own: str | None = None, up: str | None = None, related: Sequence[str] = ()) -> str:
    """Write an entry with its links."""
    links = [("self", own), ("up", up), *(("related", href) for href in related)]
    return (
        "<a:entry>"
        + "".join(f'<a:link rel="{rel}" href="{href}"/>' for rel, href in links if href)
        + f"<a:content>{content}</a:content></a:entry>\n"
    )


def reading_type(
    uom: int | None = 72,
    flow: int | None = 1,
    multiplier: int | None = 0,
    accumulation: int | None = 4,
    prefix: str = "e:",
    **more: int,
) -> str:
    """Write a ReadingType."""
    said = {
        "accumulationBehaviour": accumulation,
        "flowDirection": flow,
        "powerOfTenMultiplier": multiplier,
        "uom": uom,
        **more,
    }
    return element(
        "ReadingType", "".join(element(name, value, prefix) for name, value in said.items()), prefix
    )


def feed(*entries: str, root: str = "") -> bytes:
    """Write a feed."""
    spaces = 'xmlns:a="http://www.w3.org/2005/Atom" xmlns:e="http://naesb.org/espi"'
    customer = 'xmlns:c="http://naesb.org/espi/customer"'
    return (
        f'<?xml version="1.0"?>\n<a:feed {spaces} {customer} {root}>\n{"".join(entries)}</a:feed>\n'.encode()
    )


def usage(*blocks: str, kind: str | None = None) -> bytes:
    """Write a feed of one meter reading."""
    return feed(
        entry("<e:UsagePoint/>", POINT, related=[f"{POINT}/MeterReading"]),
        entry("<e:MeterReading/>", METER, f"{POINT}/MeterReading", [f"{METER}/IntervalBlock", TYPE]),
        entry(reading_type() if kind is None else kind, TYPE),
        *(
            entry(one, f"{METER}/IntervalBlock/{number}", f"{METER}/IntervalBlock")
            for number, one in enumerate(blocks)
        ),
    )


def run(data: bytes) -> list[Given]:
    """Read a feed."""
    return list(espi.read(io.BytesIO(data), "feed.xml"))


def readings_of(given: Iterable[Given]) -> list[Readings]:
    """Return the readings that were given."""
    return [one for one in given if isinstance(one, Readings)]


def point_of(given: Readings | Account | Summary) -> str | None:
    """Return the code in the name of the usage point that something is of."""
    name = given.series.usage_point if isinstance(given, Readings) else given.usage_point
    return name and code_in(name)


def codes_of(given: Iterable[Given]) -> list[str]:
    """Return the codes of the problems that were given."""
    return [one.code for one in given if isinstance(one, Problem)]


def pairs(readings: Readings) -> list[tuple[int, int]]:
    """Return starts and thousandths."""
    return list(zip(readings.starts, readings.thousandths, strict=True))
