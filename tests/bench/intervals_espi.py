"""Readings per second parsed, per format, beside a bare pass of the underlying parser over the same bytes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import partial
from xml.etree import ElementTree

from extractor.intervals.formats import espi as espi_format
from extractor.intervals.given import Readings
from tests.bench.timing import medians

ROUNDS = 11
YEAR = 35_040
"""Readings of a year of quarter hours."""

DAY = 96
BEGIN = 1433660400  # 2015-06-07, local midnight

_HREF = "https://services.greenbuttondata.org/DataCustodian/espi/1_1/resource/"
_POINT = f"{_HREF}RetailCustomer/VJEWP31BE/UsagePoint/NB6WRU"
_ESPI = 'xmlns="http://naesb.org/espi"'


def report() -> Iterator[str]:
    """Say how fast ESPI is read."""
    yield from espi()


def espi() -> Iterator[str]:
    """Compare the ESPI reader with iterparse and clearing, on a year in SCE's shape: days of 97 readings, one block."""
    for name, each in (("a block of 97 readings for each day", DAY), ("one block of a year", YEAR)):
        data = sce_feed(each)
        assert _read(data) == YEAR
        taken = medians({"ours": partial(_read, data), "bare": partial(_bare, data)}, ROUNDS)
        yield f"ESPI, {name}: {YEAR} readings, {len(data) / 1e6:.1f} MB"
        for who, time in (("bare iterparse, clearing", taken["bare"]), ("billclerk", taken["ours"])):
            yield f"  {who:<26}{1000 * time:6.0f} ms {YEAR / time:9.0f} readings a second"
        yield f"  billclerk reads at {100 * taken['bare'] / taken['ours']:.0f} % of it (goal: at least 60 %)"


def _read(data: bytes) -> int:
    """Read a feed whole, as an import does, and count its readings."""
    given = espi_format.read(io.BytesIO(data), "feed.xml")
    return sum(len(one) for one in given if isinstance(one, Readings))


def _bare(data: bytes) -> None:
    """Pass over every element and let it go."""
    for _, element in ElementTree.iterparse(io.BytesIO(data)):
        element.clear()


def sce_feed(each: int) -> bytes:
    """Return a year of one meter in the shape of SCE's bulk feed, so many readings to a block and one of the next."""
    meter = f"{_POINT}/MeterReading/1101"
    entries = [
        _entry(_POINT, f"<UsagePoint {_ESPI}><ServiceCategory><kind>0</kind></ServiceCategory></UsagePoint>"),
        _entry(f"{_HREF}ReadingType/1101NB6WRU", _READING_TYPE),
        _entry(meter, f"<MeterReading {_ESPI}/>", f"{_HREF}ReadingType/1101NB6WRU"),
        *(_entry(f"{meter}/IntervalBlock/{at}", _block(at, each)) for at in range(0, YEAR, each)),
    ]
    return (
        f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom">{"".join(entries)}</feed>'.encode()
    )


_READING_TYPE = f"""<ReadingType {_ESPI}><accumulationBehaviour>4</accumulationBehaviour><defaultQuality>19
</defaultQuality><flowDirection>1</flowDirection><intervalLength>900</intervalLength>
<powerOfTenMultiplier>0</powerOfTenMultiplier><uom>72</uom></ReadingType>"""


def _entry(href: str, content: str, related: str | None = None) -> str:
    """Write an entry."""
    links = f'<link rel = "self"  href = "{href}" ></link>' + (
        f'<link rel = "related"  href = "{related}" ></link>' if related else ""
    )
    return f"<entry><id>A</id>\n    {links}\n    <content>{content}</content>\n  </entry>\n"


def _block(first: int, each: int) -> str:
    """Write a block; its last reading is the first of the next, as in SCE's."""
    start = BEGIN + 900 * first
    interval = f"<interval><duration>{900 * each}</duration>\n      <start>{start}</start>\n    </interval>"
    readings = "".join(map(_reading, range(first, min(first + each + 1, YEAR))))
    return f"<IntervalBlock {_ESPI}>{interval}{readings}\n    </IntervalBlock>"


def _reading(at: int) -> str:
    """Write a reading as SCE does."""
    return f"""
      <IntervalReading><cost>0</cost>
        <timePeriod><duration>900</duration>
          <start>{BEGIN + 900 * at}</start>
        </timePeriod>
        <value>{200 + at % 37}</value>
      </IntervalReading>"""
