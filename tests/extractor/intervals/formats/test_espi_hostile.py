"""Green Button XML that is damaged or made to do harm: refused, and nothing of it given."""

from __future__ import annotations

import io
import tracemalloc

import pytest

from extractor.intervals.formats import UnreadableIntervalsError, espi
from extractor.intervals.given import Given
from tests.extractor.intervals.formats.feeds import METER, One, block, entry, feed, readings_of, run, usage

NOON = 1433703600
GOOD = usage(block([One(NOON + 900 * at, at) for at in range(8)]))
LAUGHS = b"".join(b'<!ENTITY a%d "%s">' % (at, b"&a%d;" % (at - 1) * 10) for at in range(1, 12))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'<!DOCTYPE a [<!ENTITY a0 "ha">' + LAUGHS + b"]><a>&a11;</a>", "document type"),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "document type"),
        (b'<!DOCTYPE a SYSTEM "http://127.0.0.1/a.dtd"><a/>', "document type"),
        (b'<?xml version="1.0"?>' + b"<!-- long -->" * 10_000 + b"<!DOCTYPE a><a/>", "document type"),
        (GOOD.replace(b"<e:UsagePoint/>", b"<e:UsagePoint>&x;</e:UsagePoint>"), "line 3: .*undefined entity"),
        (b"", "line 1: .*no element found"),
        (b"PK\x03\x04", "line 1"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "its root is <svg>"),
        (b"<a:feed/>", "unbound prefix"),
        (GOOD.replace(b'version="1.0"', b'version="1.0" encoding="no-such"'), "line 1"),
        (GOOD.replace(b'version="1.0"', b'version="1.0" encoding="shift_jis"'), "line 1"),
        (GOOD.replace(b"NB6WRU", b"NB6\xffRU"), "line 3: .*not UTF-8"),
        (GOOD.replace(b"</a:content>", b"", 1), "mismatched tag"),
        (GOOD.replace(b"<e:value>3<", b"<e:value>three<"), "between lines 1 and .*'three' is no number"),
        (GOOD.replace(b"<e:value>3<", b"<e:value>3_0<"), "no number"),
        (GOOD.replace(b"<e:value>3<", b"<e:value>3.5<"), "no whole number"),
        (GOOD.replace(b"<e:value>3<", b"<e:value>1e99<"), "impossible number"),
        (GOOD.replace(b"<e:value>3<", b"<e:value>NaN<"), "impossible number"),
        (GOOD.replace(b"<e:value>3<", b"<e:value>1</e:value><e:value>3<"), "more than one value"),
        (GOOD.replace(b"<e:uom>72<", b"<e:uom>seventy<"), "entry 3: uom is no number"),
        (GOOD.replace(b"Multiplier>0<", b"Multiplier>99<"), "impossible power of ten"),
    ],
)
def test_refused(data: bytes, message: str) -> None:
    with pytest.raises(UnreadableIntervalsError, match=message):
        run(data)


def test_nothing_is_given_of_a_file_that_breaks_off_anywhere() -> None:
    whole = GOOD.rstrip()
    for end in range(0, len(whole), 7):
        given: list[Given] = []
        with pytest.raises(UnreadableIntervalsError, match="line "):
            given.extend(espi.read(io.BytesIO(whole[:end]), "feed.xml"))
        assert not given


def test_break_is_named_by_its_line() -> None:
    lines = GOOD.split(b"\n")
    with pytest.raises(UnreadableIntervalsError, match=r"line 9: the XML breaks off"):
        run(b"\n".join(lines[:9]))


@pytest.mark.parametrize(
    "data",
    [
        b"<a:feed xmlns:a='http://www.w3.org/2005/Atom'>"
        + b"<x>" * 200_000
        + b"</x>" * 200_000
        + b"</a:feed>",
        feed(entry("<e:UsagePoint/>", "a/" * 500_000)),  # an address of a million characters
        feed(*[entry("<e:MeterReading/>"), entry(block([]))] * 3_000),  # nothing has a link
    ],
)
def test_much_of_something_does_not_hang(data: bytes) -> None:
    assert run(data)


def test_memory_is_bounded_by_readings_not_by_elements() -> None:
    """One block of 30,000 readings: 25 bytes each, twice and in pieces, and no tree."""
    data = usage(block([One(NOON + 900 * at, at) for at in range(30_000)]))
    file = io.BytesIO(data)
    tracemalloc.start()
    count = sum(map(len, readings_of(espi.read(file, "feed.xml"))))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 30_000
    assert peak < 8_000_000  # the tree alone would take 27 MB


@pytest.mark.parametrize(
    ("name", "head", "expected"),
    [
        ("feed.xml", GOOD[:4096], True),
        ("download", GOOD[:4096], True),
        ("feed.XML", b"<?xml version='1.0'?><!-- " + b"=" * 4000, True),  # namespaces beyond the head
        ("feed", b"\xef\xbb\xbf" + GOOD, True),
        ("feed", GOOD.decode().encode("utf-16"), True),
        ("feed.xml", b"<!DOCTYPE html><html>", False),
        ("bill.pdf", b"%PDF-1.7", False),
        ("usage.csv", b"Energy Usage Information", False),
        ("feed.xml", b"ISA*00*", False),
    ],
)
def test_claims(name: str, head: bytes, expected: bool) -> None:
    assert espi.claims(name, head) == expected


def test_resource_without_an_entry_is_no_feed_with_readings() -> None:
    data = b"<IntervalBlock xmlns='http://naesb.org/espi'/>"
    assert [type(one).__name__ for one in run(data)] == ["Problem"]


def test_block_that_is_cut_into_pieces_keeps_its_readings_in_order() -> None:
    """Many blocks in one content, as the official samples have, over many pieces of the file."""
    blocks = [block([One(NOON + 900 * (90 * at + one), one) for one in range(90)]) for at in range(40)]
    data = feed(
        entry("<e:MeterReading/>", METER, related=["ReadingType/1"]),
        entry("".join(blocks), f"{METER}/IntervalBlock/1"),
        entry("<e:ReadingType><e:uom>72</e:uom></e:ReadingType>", "ReadingType/1"),
    )
    [readings] = readings_of(run(data))
    assert list(readings.starts) == [NOON + 900 * at for at in range(3600)]
    assert list(readings.thousandths) == [1000 * (at % 90) for at in range(3600)]
