"""Green Button XML (ESPI, NAESB REQ.21): download and connect, usage and customer feeds, of any custodian.

A feed is a list of entries; a UsagePoint has MeterReadings, each with a ReadingType and
IntervalBlocks, all tied by links and in any order. So everything is collected, readings as columns,
and given only when the whole file has been read: of a file that breaks off nothing is taken.

A value times ten to the powerOfTenMultiplier is in Wh, VArh or VAh (uom 72, 73, 71). The feed's own
rules of local time are not used. Sources: NAESB REQ.21 (espi.xsd 3.3 and 4.0); feeds of SCE, PG&E,
SDG&E and UtilityAPI.

>>> import io
>>> feed = b'''<feed xmlns="http://www.w3.org/2005/Atom" xmlns:e="http://naesb.org/espi">
... <entry><link rel="self" href="RetailCustomer/VJEWP31BE/UsagePoint/NB6WRU"/>
...   <content><e:UsagePoint/></content></entry>
... <entry><link rel="self" href="RetailCustomer/VJEWP31BE/UsagePoint/NB6WRU/MeterReading/1"/>
...   <link rel="related" href="ReadingType/1"/><content><e:MeterReading/></content></entry>
... <entry><link rel="self" href="ReadingType/1"/><content><e:ReadingType>
...   <e:flowDirection>1</e:flowDirection><e:uom>72</e:uom></e:ReadingType></content></entry>
... <entry><link rel="self" href="RetailCustomer/VJEWP31BE/UsagePoint/NB6WRU/MeterReading/1/IntervalBlock/1"/>
...   <content><e:IntervalBlock><e:IntervalReading><e:timePeriod><e:duration>900</e:duration>
...     <e:start>1433660400</e:start></e:timePeriod><e:value>210</e:value></e:IntervalReading>
...   </e:IntervalBlock></content></entry></feed>'''
>>> [readings] = read(io.BytesIO(feed), "feed.xml")
>>> readings.series.usage_point, readings.series.channel, next(iter(readings)).value
('NB6WRU@RetailCustomer/VJEWP31BE', 'delivered', Decimal('210.000'))
"""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterable, Iterator
from functools import partial
from typing import BinaryIO, TypeVar

from extractor.intervals.formats import is_web_page
from extractor.intervals.formats._espi import customers, summaries
from extractor.intervals.formats._espi.collected import Collected, collect
from extractor.intervals.formats._espi.fields import say
from extractor.intervals.formats._espi.meters import Usable, meters, usable, without_net
from extractor.intervals.formats._espi.points import Points
from extractor.intervals.formats._espi.series import series
from extractor.intervals.given import Given, Problem

NAME = "espi"
REVISION = 2

PIECE = 1 << 16
HASH = 16
"""Digits of a file's hash in the name of a usage point that is known in that file only."""

_NAMESPACES = (b"naesb.org/espi", b"www.w3.org/2005/Atom")


def claims(name: str, head: bytes) -> bool:
    """Tell whether a file is XML, and ESPI's or Atom's by its namespaces or at least so by its name."""
    text = head.replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").lstrip(b"\xff\xfe \t\r\n")
    if not text.startswith(b"<") or is_web_page(text):
        return False
    return any(one in text for one in _NAMESPACES) or name.lower().endswith(".xml")


def read(file: BinaryIO, name: str) -> Iterator[Given]:
    """Give the accounts, readings and summaries of a feed, and what is to be known of them.

    Raises:
        UnreadableIntervalsError: if it is no well-formed feed, or declares a document type.
    """
    feed = collect(file)
    anything = False
    for one in _given(feed, file):
        anything = True
        yield one
    if not anything:
        yield say("nothing", "warning", "the feed has neither readings, summaries nor accounts")


def _given(feed: Collected, file: BinaryIO) -> Iterator[Given]:
    """Give the accounts, readings and summaries of a feed."""
    yield from feed.problems
    agreed = yield from _kept(customers.agreements(feed.customers), customers.Agreed)
    others = [*feed.meter_readings, *feed.summaries]
    points = Points(feed.points, feed.ids, others, agreed, lambda: _hash(file))
    yield from points.accounts()
    yield from _usage(feed, points)
    if points.local:
        count = len(points.local)
        yield say(
            "known_here_only",
            "info",
            f"{count} usage point{'s have' if count > 1 else ' has'} no name beyond this file: such a code"
            " may be another customer's in another feed, so another download is not known to be of the same",
        )


def _hash(file: BinaryIO) -> str:
    """Return a hash of a whole file, short enough to be typed."""
    file.seek(0)
    digest = hashlib.sha256()
    for piece in iter(partial(file.read, PIECE), b""):
        digest.update(piece)
    return digest.hexdigest()[:HASH]


def _usage(feed: Collected, points: Points) -> Iterator[Given]:
    """Give the readings and summaries of a feed."""
    found, problems = meters(feed, points)
    yield from problems
    if feed.columns.fractions:
        yield say(
            "fractions", "info", f"{feed.columns.fractions} starts have a fraction of a second; it is cut off"
        )
    energy = yield from _kept(usable(found), Usable)
    given = yield from _kept(without_net(energy), Usable)
    numbers = points.numbers()
    yield from series(feed.columns, given, numbers)
    raws = [(one, points.of(one)) for one in feed.summaries]
    yield from summaries.merged(raws, numbers)


T = TypeVar("T")


def _kept(found: Iterable[T | Problem], kind: type[T]) -> Generator[Problem, None, list[T]]:
    """Give the problems, return the others."""
    kept = []
    for one in found:
        if isinstance(one, kind):
            kept.append(one)
        elif isinstance(one, Problem):
            yield one
    return kept
