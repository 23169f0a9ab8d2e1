"""Green Button XML (ESPI, NAESB REQ.21): download and connect, usage and customer feeds, of any custodian.

A feed is a list of entries; a UsagePoint has MeterReadings, each with a ReadingType and
IntervalBlocks, all tied by links and in any order. So everything is collected, readings as columns,
and given only when the whole file has been read: of a file that breaks off nothing is taken.

A value times ten to the powerOfTenMultiplier is in Wh, VArh or VAh (uom 72, 73, 71). The feed's own
rules of local time are not used. Sources: NAESB REQ.21 (espi.xsd 3.3 and 4.0); feeds of SCE, PG&E,
SDG&E and UtilityAPI.

>>> import io
>>> feed = b'''<feed xmlns="http://www.w3.org/2005/Atom" xmlns:e="http://naesb.org/espi">
... <entry><link rel="self" href="UsagePoint/NB6WRU"/><content><e:UsagePoint/></content></entry>
... <entry><link rel="self" href="UsagePoint/NB6WRU/MeterReading/1"/>
...   <link rel="related" href="ReadingType/1"/><content><e:MeterReading/></content></entry>
... <entry><link rel="self" href="ReadingType/1"/><content><e:ReadingType>
...   <e:flowDirection>1</e:flowDirection><e:uom>72</e:uom></e:ReadingType></content></entry>
... <entry><link rel="self" href="UsagePoint/NB6WRU/MeterReading/1/IntervalBlock/1"/><content>
...   <e:IntervalBlock><e:IntervalReading><e:timePeriod><e:duration>900</e:duration>
...     <e:start>1433660400</e:start></e:timePeriod><e:value>210</e:value></e:IntervalReading>
...   </e:IntervalBlock></content></entry></feed>'''
>>> [readings] = read(io.BytesIO(feed), "feed.xml")
>>> readings.series.usage_point, readings.series.channel, next(iter(readings)).value
('NB6WRU', 'delivered', Decimal('210.000'))
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping
from typing import BinaryIO

from extractor.intervals.formats._espi import customers, summaries
from extractor.intervals.formats._espi.collected import Collected, collect
from extractor.intervals.formats._espi.fields import say
from extractor.intervals.formats._espi.meters import Usable, meters, point_of, points_of, usable, without_net
from extractor.intervals.formats._espi.series import series
from extractor.intervals.given import Account, Given, Problem

NAME = "espi"
REVISION = 1

_NAMESPACES = (b"naesb.org/espi", b"www.w3.org/2005/Atom")


def claims(name: str, head: bytes) -> bool:
    """Tell whether a file is XML, and ESPI's or Atom's by its namespaces or at least so by its name."""
    text = head.replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").lstrip(b"\xff\xfe \t\r\n")
    if not text.startswith(b"<") or text[:15].lower().startswith((b"<html", b"<!doctype html")):
        return False
    return any(one in text for one in _NAMESPACES) or name.lower().endswith(".xml")


def read(file: BinaryIO, name: str) -> Iterator[Given]:
    """Give the accounts, readings and summaries of a feed, and what is to be known of them.

    Raises:
        UnreadableIntervalsError: if it is no well-formed feed, or declares a document type.
    """
    feed = collect(file)
    accounts = list(customers.accounts(feed.customers))
    given = [*feed.problems, *accounts]
    yield from given
    numbers = _numbers(one for one in accounts if isinstance(one, Account))
    anything = bool(given)
    for one in _usage(feed, numbers):
        anything = True
        yield one
    if not anything:
        yield say("nothing", "warning", "the feed has neither readings, summaries nor accounts")


def _numbers(accounts: Iterable[Account]) -> dict[str, str | None]:
    """Return the service account of each usage point that a feed says it of; None where it says several."""
    found: dict[str, str | None] = {}
    for one in accounts:
        same = found.setdefault(one.usage_point, one.service_account) == one.service_account
        found[one.usage_point] = one.service_account if same else None
    return found


def _usage(feed: Collected, numbers: Mapping[str, str | None]) -> Iterator[Given]:
    """Give the readings and summaries of a feed."""
    found, problems = meters(feed)
    yield from problems
    if feed.columns.fractions:
        yield say(
            "fractions", "info", f"{feed.columns.fractions} starts have a fraction of a second; it is cut off"
        )
    energy = yield from _kept(usable(found))
    given = yield from _kept(without_net(energy))
    yield from series(feed.columns, given, numbers)
    points = points_of(feed.points)
    raws = [(one, point_of(one, points)) for one in feed.summaries]
    yield from summaries.merged(raws, numbers)


def _kept(found: Iterable[Usable | Problem]) -> Generator[Problem, None, list[Usable]]:
    """Give the problems, return the meter readings."""
    kept = []
    for one in found:
        if isinstance(one, Usable):
            kept.append(one)
        else:
            yield one
    return kept
