"""Feeds written from known readings read back exactly, whatever their prefix, order, links and multiplier."""

from __future__ import annotations

import io
import re
from random import Random
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from extractor.intervals.formats import espi
from extractor.intervals.given import Readings
from tests.extractor.intervals.formats.feeds import One, block, codes_of, entry, feed, point_of, reading_type

FLOWS = {1: "delivered", 19: "received"}
STARTS = st.integers(1_400_000_000 // 900, 1_800_000_000 // 900).map(lambda at: at * 900 + 300)  # no midnight
VALUES = st.integers(0, 2**31)


class Channel(NamedTuple):
    """A meter reading to write."""

    flow: int
    multiplier: int
    start: int
    values: list[int]
    each: int
    """Readings to a block."""


CHANNELS = st.builds(
    Channel,
    st.sampled_from(sorted(FLOWS)),
    st.integers(-3, 6),
    STARTS,
    st.lists(VALUES, min_size=1, max_size=60),
    st.integers(1, 40),
)
POINTS = st.lists(st.lists(CHANNELS, min_size=1, max_size=2, unique_by=lambda one: one.flow), max_size=3)
HOSTS = st.sampled_from(["", "/", "https://services.example.org/DataCustodian/espi/1_1/resource/"])
PREFIXES = st.sampled_from(["", "e:", "espi:", "ns0:", "x-y.z:"])


def entries_of(host: str, point: int, channels: list[Channel], upwards: bool) -> list[str]:
    """Write the entries of a usage point, tied from above or from below."""
    own = f"{host}RetailCustomer/R/UsagePoint/P{point}"
    written = [entry("<e:UsagePoint/>", own, related=[] if upwards else [f"{own}/MeterReading"])]
    for number, one in enumerate(channels):
        meter, kind = f"{own}/MeterReading/{number}", f"{host}ReadingType/{point}-{number}"
        up = [own, kind] if upwards else [kind, f"{meter}/IntervalBlock"]
        written += [
            entry("<e:MeterReading/>", meter, None if upwards else f"{own}/MeterReading", up),
            entry(reading_type(flow=one.flow, multiplier=one.multiplier), kind),
        ]
        for at in range(0, len(one.values), one.each):
            readings = [
                One(one.start + 900 * (at + step), value)
                for step, value in enumerate(one.values[at : at + one.each])
            ]
            written.append(
                entry(
                    block(readings, readings[0][0], 900 * len(readings)),  # type: ignore[arg-type]
                    f"{meter}/IntervalBlock/{at}",
                    None if upwards else f"{meter}/IntervalBlock",
                    [meter] if upwards else [],
                )
            )
    return written


def expected_of(points: list[list[Channel]]) -> dict[tuple[str, str], list[tuple[int, int]]]:
    return {
        (f"P{point}", FLOWS[one.flow]): [
            (one.start + 900 * at, value * 10 ** (one.multiplier + 3)) for at, value in enumerate(one.values)
        ]
        for point, channels in enumerate(points)
        for one in channels
    }


@given(POINTS, HOSTS, PREFIXES, st.booleans(), st.randoms(use_true_random=False))
def test_feed_reads_back_exactly(
    points: list[list[Channel]], host: str, prefix: str, upwards: bool, random: Random
) -> None:
    entries = [
        one for point, channels in enumerate(points) for one in entries_of(host, point, channels, upwards)
    ]
    random.shuffle(entries)
    text = feed(*entries).decode()
    declared = f"xmlns:{prefix[:-1]}=" if prefix else "xmlns="
    text = re.sub("(</?)e:", rf"\1{prefix}", feed(*entries).decode()).replace("xmlns:e=", declared)
    read = list(espi.read(io.BytesIO(text.encode()), "feed.xml"))
    found = {
        (str(point_of(one)), one.series.channel): sorted(zip(one.starts, one.thousandths, strict=True))
        for one in read
        if isinstance(one, Readings)
    }
    assert found == expected_of(points)
    assert codes_of(read) == (["known_here_only"] if points else ["nothing"])


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 3)), min_size=1, max_size=60))
def test_of_repeated_starts_the_last_in_the_file_is_given(pairs: list[tuple[int, int]]) -> None:
    start = 1_433_703_600
    entries = [
        *entries_of("", 0, [], False),
        entry("<e:MeterReading/>", "RetailCustomer/R/UsagePoint/P0/MeterReading/1", related=["T"]),
        entry(reading_type(), "T"),
        *(
            entry(
                block([One(start + 900 * at, value)]), f"RetailCustomer/R/UsagePoint/P0/MeterReading/1/B/{n}"
            )
            for n, (at, value) in enumerate(pairs)
        ),
    ]
    read = list(espi.read(io.BytesIO(feed(*entries)), "feed.xml"))
    [readings] = [one for one in read if isinstance(one, Readings)]
    last = {start + 900 * at: 1000 * value for at, value in pairs}
    assert dict(zip(readings.starts, readings.thousandths, strict=True)) == last
    assert len(readings) == len(last)
    changed = any(len({value for other, value in pairs if other == at}) > 1 for at, _ in pairs)
    assert ("changed" in codes_of(read)) == changed
