"""What real feeds do beside the standard, one at a time, and what is said of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pytest

from extractor.intervals.clock import midnight
from extractor.intervals.given import Account, Problem, Quality, Summary
from tests.extractor.intervals.formats.feeds import (
    METER,
    NAME,
    POINT,
    TYPE,
    One,
    block,
    codes_of,
    element,
    entry,
    feed,
    pairs,
    point_of,
    reading_type,
    readings_of,
    run,
    usage,
)

NOON = 1433703600  # 2015-06-07 12:00 in California, no midnight anywhere
DAY = 86400
TWO = block([One(NOON, 210), One(NOON + 900, 200)])
KWH = [(NOON, 210_000), (NOON + 900, 200_000)]


def midnight_utc(*date: int) -> int:
    return int(dt.datetime(*date, tzinfo=dt.UTC).timestamp())  # type: ignore[arg-type,misc]


def day_of(begin: int, count: int = 24) -> str:
    """Write a block of a day of hours."""
    return block([One(begin + 3600 * at, at, 3600) for at in range(count)], begin, DAY)


@pytest.mark.parametrize(
    ("kind", "channel", "unit", "expected", "codes"),
    [
        (reading_type(), "delivered", "Wh", KWH, []),
        (reading_type(flow=19), "received", "Wh", KWH, []),
        (reading_type(flow=4), "net", "Wh", KWH, []),  # alone it is given
        (reading_type(flow=20), "total", "Wh", KWH, []),
        (reading_type(flow=0), "unknown", "Wh", KWH, ["no_direction"]),
        (reading_type(flow=None), "unknown", "Wh", KWH, ["no_direction"]),
        (reading_type(uom=73), "delivered", "VArh", KWH, []),  # PG&E
        (reading_type(uom=71), "delivered", "VAh", KWH, []),
        (reading_type(multiplier=3), "delivered", "Wh", [(at, value * 1000) for at, value in KWH], []),
        (reading_type(multiplier=-3), "delivered", "Wh", [(at, value // 1000) for at, value in KWH], []),
        (reading_type(multiplier=-4), "delivered", "Wh", [(at, value // 10_000) for at, value in KWH], []),
        (reading_type(multiplier=None), "delivered", "Wh", KWH, []),
        (reading_type(accumulation=None), "delivered", "Wh", KWH, []),  # UtilityAPI's legacy export
        (reading_type(multiplier=-5), None, None, [], ["too_fine"]),
        (reading_type(uom=38), None, None, [], ["not_energy"]),  # power
        (reading_type(uom=169), None, None, [], ["not_energy"]),  # gas
        (reading_type(uom=None), None, None, [], ["not_energy"]),
        (reading_type(accumulation=1), None, None, [], ["not_energy"]),  # a register
        (reading_type(accumulation=3), None, None, [], ["not_energy"]),
        (reading_type(flow=2), None, None, [], ["not_energy"]),
        (reading_type(commodity=1), "delivered", "Wh", KWH, []),
        (reading_type(commodity=2), "delivered", "Wh", KWH, []),  # behind a transformer
        (reading_type(commodity=7), None, None, [], ["not_energy"]),  # gas, counted by its heat
        (reading_type(dataQualifier=8), None, None, [], ["not_energy"]),  # a maximum
        (reading_type(dataQualifier=12), "delivered", "Wh", KWH, []),
        (reading_type(tou=1), None, None, [], ["not_energy"]),
    ],
)
def test_reading_type(
    kind: str, channel: str | None, unit: str | None, expected: list[tuple[int, int]], codes: list[str]
) -> None:
    given = run(usage(TWO, kind=kind))
    assert codes_of(given) == codes
    assert [(one.series.channel, one.series.unit, pairs(one)) for one in readings_of(given)] == (
        [(channel, unit, expected)] if expected else []
    )


@pytest.mark.parametrize(
    ("default", "own", "expected"),
    [
        (None, [None, None], []),  # nothing is said
        (19, [None, None], [Quality.REVENUE, Quality.REVENUE]),
        (14, [None, 8], [Quality.RAW, Quality.ESTIMATED]),
        (None, [7, None], [Quality.EDITED, Quality.UNKNOWN]),
        (17, [10, 11], [Quality.QUESTIONABLE, Quality.DERIVED]),
        (17, [99, 999, -200, 17], [Quality.UNKNOWN] * 3 + [Quality.VALIDATED]),  # no such codes
    ],
)
def test_quality(default: int | None, own: list[int | None], expected: list[Quality]) -> None:
    kind = reading_type() if default is None else reading_type(defaultQuality=default)
    data = usage(block([One(NOON + 900 * at, 1, quality=code) for at, code in enumerate(own)]), kind=kind)
    [readings] = readings_of(run(data))
    assert list(readings.qualities) == expected


def test_of_several_qualities_the_least_sure_holds() -> None:
    data = usage(TWO).replace(b"</e:timePeriod>", b"</e:timePeriod>" + 2 * b"<e:ReadingQuality/>", 1)
    codes = (element("quality", code) for code in (17, 8))
    for code in codes:
        data = data.replace(
            b"<e:ReadingQuality/>", f"<e:ReadingQuality>{code}</e:ReadingQuality>".encode(), 1
        )
    [readings] = readings_of(run(data))
    assert list(readings.qualities) == [Quality.ESTIMATED, Quality.UNKNOWN]


@pytest.mark.parametrize(
    ("blocks", "expected", "codes"),
    [
        # SCE: a block carries the first reading of the next
        (
            [block([One(NOON, 1), One(NOON + 900, 2)]), block([One(NOON + 900, 2)])],
            [(NOON, 1000), (NOON + 900, 2000)],
            ["repeated"],
        ),
        # the later in the file holds
        (
            [block([One(NOON, 1), One(NOON + 900, 2)]), block([One(NOON + 900, 3)])],
            [(NOON, 1000), (NOON + 900, 3000)],
            ["changed"],
        ),
        # the order of the file is kept: UtilityAPI's legacy export has the newest first
        ([block([One(NOON + 900, 2), One(NOON, 1)])], [(NOON + 900, 2000), (NOON, 1000)], []),
        # no times: one after the other from the block's start
        (
            [block([One(None, 1, None), One(None, 2, None)], NOON, 1800)],
            [(NOON, 1000), (NOON + 900, 2000)],
            [],
        ),
        # no times and no start of the block
        ([block([One(None, 1, None)])], [], ["no_time"]),
        # an interval without a value is a gap, also where times are counted
        (
            [block([One(None, 1, None), One(None, None, None), One(None, 3, None)], NOON, 2700)],
            [(NOON, 1000), (NOON + 1800, 3000)],
            ["no_value"],
        ),
        ([block([One(NOON, ""), One(NOON + 900, 2)])], [(NOON + 900, 2000)], ["no_value"]),
        # a length only in the reading type
        ([block([One(NOON, 1, None)])], [(NOON, 1000)], []),
        # a start with a fraction of a second
        ([block([One(f"{NOON}.66136", 1)])], [(NOON, 1000)], ["fractions"]),
        ([block([One(f" {NOON}\n", " +1 ")])], [(NOON, 1000)], []),
        # PG&E: 5- and 15-minute readings of the same time
        (
            [block([One(NOON + 300 * at, 1, 300) for at in range(3)]), block([One(NOON, 3, 900)])],
            [(NOON + 300 * at, 1000) for at in range(3)],
            ["shorter_besides"],
        ),
        ([block([One(NOON, -1)])], [(NOON, -1000)], ["below_zero"]),
        ([block([One(NOON, 1), One(NOON + 450, 1)])], [(NOON, 1000), (NOON + 450, 1000)], ["overlapping"]),
        ([block([])], [], []),
        ([], [], ["no_blocks"]),
    ],
)
def test_blocks(blocks: list[str], expected: list[tuple[int, int]], codes: list[str]) -> None:
    given = run(usage(*blocks, kind=reading_type(intervalLength=900)))
    assert codes_of(given)[: len(codes)] == codes
    assert [pairs(one) for one in readings_of(given)] == ([expected] if expected else [])


def test_a_longer_reading_that_shorter_ones_do_not_fill_is_warned_of() -> None:
    given = run(usage(block([One(NOON, 1, 300), One(NOON, 3, 900)])))
    [problem] = [one for one in given if isinstance(one, Problem)]
    assert (problem.code, problem.severity) == ("shorter_besides", "warning")


def test_changed_readings_are_named_by_their_local_time() -> None:
    [problem, _] = run(usage(block([One(NOON, 1), One(NOON, 2)])))
    assert isinstance(problem, Problem)
    assert "2015-06-07 12:00 PDT" in problem.message


@pytest.mark.parametrize(
    ("one", "code"),
    [
        (One(NOON * 1000, 1), "impossible_start"),  # milliseconds
        (One(-5, 1), "impossible_start"),
        (One(NOON, 1, -900), "impossible_length"),
        (One(NOON, 1, 10**9), "impossible_length"),
        (One(NOON, 2**62), "impossible_value"),
    ],
)
def test_impossible_reading_is_an_error_and_nothing_is_given(one: One, code: str) -> None:
    given = run(usage(block([one])))
    assert [(of.code, of.severity) for of in given if isinstance(of, Problem)] == [(code, "error")]
    assert not readings_of(given)


def test_net_is_dropped_beside_delivered() -> None:
    other = f"{POINT}/MeterReading/2"
    data = usage(TWO).replace(
        b"</a:feed>",
        (
            entry("<e:MeterReading/>", other, related=["ReadingType/2"])
            + entry(reading_type(flow=4), "ReadingType/2")
            + entry(block([One(NOON, -50)]), f"{other}/IntervalBlock/1")
            + "</a:feed>"
        ).encode(),
    )
    given = run(data)
    assert codes_of(given) == ["net_beside_parts"]
    assert [one.series.channel for one in readings_of(given)] == ["delivered"]


def two_meter_readings(second: Sequence[One]) -> bytes:
    """Write a feed with two meter readings of one channel, as UtilityAPI has for stretches of time."""
    other = f"{POINT}/MeterReading/2"
    return usage(TWO).replace(
        b"</a:feed>",
        (
            entry("<e:MeterReading/>", other, related=[TYPE])
            + entry(block(second), f"{other}/IntervalBlock/1")
            + "</a:feed>"
        ).encode(),
    )


@pytest.mark.parametrize(
    ("second", "expected", "codes"),
    [
        ([One(NOON + 1800, 5)], [*KWH, (NOON + 1800, 5000)], []),
        ([One(NOON + 900, 200)], KWH, ["repeated"]),
        ([One(NOON + 900, 999)], None, ["meter_readings_differ"]),  # two meters, or two versions: not known
    ],
)
def test_meter_readings_of_one_channel(
    second: list[One], expected: list[tuple[int, int]] | None, codes: list[str]
) -> None:
    given = run(two_meter_readings(second))
    assert codes_of(given) == codes
    assert [sorted(pairs(one)) for one in readings_of(given)] == ([sorted(expected)] if expected else [])


def test_of_two_reading_types_of_one_address_that_of_delta_data_is_meant() -> None:
    """SCE's bulk feed; its meter reading comes twice too."""
    again = entry("<e:MeterReading/>", METER, f"{POINT}/MeterReading", [TYPE])
    bulk = entry(reading_type(accumulation=2, multiplier=3), TYPE)
    data = usage(TWO).replace(b"</a:feed>", f"{bulk}{again}</a:feed>".encode())
    given = run(data)
    assert codes_of(given) == []
    assert [pairs(one) for one in readings_of(given)] == [KWH]


@pytest.mark.parametrize(
    ("entries", "points"),
    [
        # no links at all: the order of the entries
        ([entry("<e:UsagePoint/>"), entry("<e:MeterReading/>"), entry(reading_type()), entry(TWO)], [None]),
        # the type inside the meter reading
        (
            [
                entry("<e:UsagePoint/>", POINT),
                entry(element("MeterReading", reading_type()), METER),
                entry(TWO, f"{METER}/IntervalBlock/1"),
            ],
            ["NB6WRU"],
        ),
        # Opower: the usage point's address has nothing in common with the meter reading's, which it names
        (
            [
                entry(
                    "<e:UsagePoint/>", "/v1/BillingAccount/1/UsagePoint/NET", related=["/v1/MeterReading/1"]
                ),
                entry(
                    "<e:MeterReading/>", "/v1/MeterReading/1", related=["/v1/ReadingType/0", "/v1/Block/1"]
                ),
                entry(reading_type(), "/v1/ReadingType/0"),
                entry(TWO, "/v1/Block/1"),
            ],
            ["NET"],
        ),
        # UtilityAPI: what belongs names what it belongs to
        (
            [
                entry(TWO, "x/3", related=["x/2"]),
                entry(reading_type(), "x/4", related=["x/2"]),
                entry("<e:MeterReading/>", "x/2", related=["x/1"]),
                entry("<e:UsagePoint/>", "x/1"),
            ],
            ["1"],
        ),
        # no usage point, yet the addresses lead through one
        (
            [
                entry("<e:MeterReading/>", METER, related=[TYPE]),
                entry(reading_type(), TYPE),
                entry(TWO, f"{METER}/IntervalBlock/1"),
            ],
            ["NB6WRU"],
        ),
        # a block of a meter reading that is not in the feed
        (
            [
                entry("<e:MeterReading/>", METER, related=[TYPE]),
                entry(reading_type(), TYPE),
                entry(TWO, f"{POINT}/MeterReading/11/IntervalBlock/1"),
            ],
            [],
        ),
        # a reading type that is not in the feed, though another is
        (
            [
                entry("<e:MeterReading/>", METER, related=["ReadingType/9"]),
                entry(reading_type(), TYPE),
                entry(TWO, f"{METER}/IntervalBlock/1"),
            ],
            [],
        ),
    ],
)
def test_links(entries: list[str], points: list[str | None]) -> None:
    given = readings_of(run(feed(*entries)))
    assert [(point_of(one), pairs(one)) for one in given] == [(point, KWH) for point in points]


def test_meter_readings_without_links_have_the_type_that_follows_them() -> None:
    entries = [
        entry("<e:UsagePoint/>"),
        *(entry("<e:MeterReading/>") + entry(reading_type(flow=flow)) + entry(TWO) for flow in (1, 19)),
    ]
    assert [one.series.channel for one in readings_of(run(feed(*entries)))] == ["delivered", "received"]


def test_usage_points_with_one_last_segment_are_told_apart() -> None:
    entries = [
        entry("<e:UsagePoint/>", f"{customer}/UsagePoint/01")
        + entry("<e:MeterReading/>", f"{customer}/UsagePoint/01/MeterReading/1", related=[TYPE])
        + entry(TWO, f"{customer}/UsagePoint/01/MeterReading/1/IntervalBlock/1")
        for customer in ("RetailCustomer/1", "RetailCustomer/2")
    ]
    given = readings_of(run(feed(*entries, entry(reading_type(), TYPE))))
    assert [point_of(one) for one in given] == [
        "RetailCustomer/1/UsagePoint/01",
        "RetailCustomer/2/UsagePoint/01",
    ]


@pytest.mark.parametrize(
    ("begins", "first", "codes"),
    [
        # instants: day blocks begin at a local midnight
        ([midnight(dt.date(2019, 6, day)) for day in (3, 4)], midnight(dt.date(2019, 6, 3)), []),
        # SDG&E, 2019: the local clock written as UTC
        ([midnight_utc(2019, 6, day) for day in (3, 4)], midnight(dt.date(2019, 6, 3)), ["local_clock"]),
        # in winter another offset
        ([midnight_utc(2019, 1, day) for day in (3, 4)], midnight(dt.date(2019, 1, 3)), ["local_clock"]),
        # one block proves nothing
        ([midnight_utc(2019, 6, 3)], midnight_utc(2019, 6, 3), ["unproven_clock"]),
        # one way and the other
        ([midnight_utc(2019, 6, 3), midnight(dt.date(2019, 6, 5))], None, ["ambiguous_clock"]),
        # New York's
        (
            [midnight_utc(2019, 6, day) + 4 * 3600 for day in (3, 4)],
            midnight_utc(2019, 6, 3) + 14400,
            ["other_zone"],
        ),
        # 10 March 2019 has no 02:00 in California: these are days of UTC
        ([midnight_utc(2019, 3, day) for day in (10, 11)], midnight_utc(2019, 3, 10), ["utc_days"]),
        # a first day that begins at noon
        ([NOON, NOON + 12 * 3600], NOON, []),
    ],
)
def test_clock(begins: list[int], first: int | None, codes: list[str]) -> None:
    given = run(usage(*(day_of(begin) for begin in begins)))
    assert [code for code in codes_of(given) if code not in ("repeated", "changed")] == codes
    assert [one.starts[0] for one in readings_of(given)] == ([] if first is None else [first])


@pytest.mark.parametrize("days", [2, 30])
@pytest.mark.parametrize(
    ("begins", "codes"),
    [
        ([midnight_utc(2019, 6, 1)], ["unproven_clock"]),
        ([midnight_utc(2019, 6, 1), midnight_utc(2019, 8, 1)], ["unproven_clock"]),
        ([midnight(dt.date(2019, 6, 1))], []),
        # a block that begins as UTC's day does, beside one that shows that starts are instants
        ([midnight_utc(2019, 6, 1), midnight(dt.date(2019, 8, 1))], []),
    ],
)
def test_blocks_of_many_days_that_begin_at_midnight_utc_are_changed_by_no_one_and_told(
    begins: list[int], codes: list[str], days: int
) -> None:
    blocks = [
        block([One(begin + 3600 * at, 1, 3600) for at in range(24 * days)], begin, days * DAY)
        for begin in begins
    ]
    given = run(usage(*blocks))
    assert codes_of(given) == codes
    assert [one.starts[0] for one in readings_of(given)] == begins[:1]


def test_local_clock_of_the_days_of_23_and_25_hours() -> None:
    """The hour that comes twice stands twice in its block; the one that spring skips is not there."""
    spring, autumn = midnight_utc(2019, 3, 10), midnight_utc(2019, 11, 3)
    spring_hours = [spring + 3600 * hour for hour in range(24) if hour != 2]
    autumn_hours = sorted([autumn + 3600 * hour for hour in range(24)] + [autumn + 3600])
    blocks = [
        block([One(start, at, 3600) for at, start in enumerate(hours)], hours[0], DAY)
        for hours in (spring_hours, autumn_hours)
    ]
    given = run(usage(*blocks))
    assert codes_of(given) == ["local_clock"]
    [readings] = readings_of(given)
    first, last = midnight(dt.date(2019, 3, 10)), midnight(dt.date(2019, 11, 3))
    assert list(readings.starts) == [
        *range(first, first + 23 * 3600, 3600),
        *range(last, last + 25 * 3600, 3600),
    ]


def summary(
    begin: int | None, days: int = 30, total: int | None = None, more: str = "", currency: int | None = 840
) -> str:
    """Write a UsageSummary."""
    period = None if begin is None else element("duration", days * DAY) + element("start", begin)
    fields = (
        element("billingPeriod", period) + element("billLastPeriod", total) + element("currency", currency)
    )
    return entry(element("UsageSummary", fields + more), f"{POINT}/UsageSummary/1")


JULY = midnight_utc(2015, 7, 23)


@pytest.mark.parametrize(
    ("entries", "expected", "codes"),
    [
        ([summary(JULY, 29, 100_000)], [("2015-07-23", "2015-08-20", "1.00000")], []),
        ([summary(JULY, 29, 100_000), summary(JULY, 29, 0)], [("2015-07-23", "2015-08-20", "1.00000")], []),
        ([summary(JULY, 29), summary(JULY, 29, 0)], [("2015-07-23", "2015-08-20", "0.00000")], []),
        (
            [summary(JULY, 29, 100_000), summary(JULY, 29, 200_000)],
            [("2015-07-23", "2015-08-20", "2.00000")],
            ["summaries_differ"],
        ),
        (
            [summary(midnight(dt.date(2015, 11, 1)), 30, 1)],
            [("2015-11-01", "2015-11-30", "0.00001")],
            [],
        ),  # local
        ([summary(None, 30, 1)], [], ["no_period"]),
        ([summary(JULY + 5 * 3600, 30, 1)], [], ["other_period"]),
        ([summary(JULY * 1000, 30, 1)], [], ["other_period"]),  # milliseconds
        ([summary(JULY, 30, 1, currency=124)], [], ["other_currency"]),
    ],
)
def test_summaries(entries: list[str], expected: list[tuple[str, str, str]], codes: list[str]) -> None:
    given = run(feed(*entries))
    assert codes_of(given) == codes
    found = [one for one in given if isinstance(one, Summary)]
    assert [(str(one.first), str(one.last), f"{one.total:.5f}") for one in found] == expected
    assert {one.usage_point for one in found} <= {NAME}


def customer(name: str, content: str, own: str) -> str:
    """Write an entry of a customer feed."""
    return entry(element(name, content, "c:"), own)


AGREEMENT = "RetailCustomer/VJEWP31BE/CustomerAccount/9/CustomerAgreement/NB6WRU"


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (element("name", "3-000-0000-00", "c:"), ["3-000-0000-00"]),  # SCE
        (element("agreementId", "11300-00000", "c:"), ["11300-00000"]),  # UtilityAPI
        ("", [None]),
    ],
)
def test_accounts_name_the_service_account_of_readings_in_the_same_feed(
    more: str, expected: list[str | None]
) -> None:
    data = usage(TWO).replace(
        b"</a:feed>", (customer("CustomerAgreement", more, AGREEMENT) + "</a:feed>").encode()
    )
    given = run(data)
    assert [one.service_account for one in given if isinstance(one, Account)] == expected
    assert [one.series.service_account for one in readings_of(given)] == expected


def test_agreement_with_two_meters_gives_an_account_for_each() -> None:
    given = run(
        feed(
            customer("CustomerAgreement", element("name", "8000000001", "c:"), AGREEMENT),
            *(
                customer("Meter", element("serialNumber", number, "c:"), f"{AGREEMENT}/Meter/{number}")
                for number in ("111", "222")
            ),
        )
    )
    assert given == [Account(NAME, "8000000001", None, number, None) for number in ("111", "222")]


def test_repeated_entries_of_a_customer_are_one() -> None:
    entries = [
        customer("CustomerAgreement", element("name", "8000000001", "c:"), AGREEMENT),
        customer("Meter", element("serialNumber", "111", "c:"), f"{AGREEMENT}/Meter/111"),
    ]
    assert run(feed(*entries, *entries)) == [Account(NAME, "8000000001", None, "111", None)]


def test_no_message_has_an_address_or_a_number_of_a_customer() -> None:
    data = feed(
        entry("<e:MeterReading/>", METER, related=["ReadingType/9"]),
        entry(TWO, f"{METER}/IntervalBlock/1"),
        entry("", f"{METER}/IntervalBlock/2"),
        summary(JULY + 1),
    )
    messages = " ".join(one.message for one in run(data) if isinstance(one, Problem))
    assert messages
    assert "NB6WRU" not in messages
    assert "VJEWP31BE" not in messages
