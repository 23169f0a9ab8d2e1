"""Names of usage points: two feeds have one name only where it is proven that they are of one meter."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.intervals.formats._espi.points import scope
from extractor.intervals.given import Account
from tests.extractor.intervals.formats.feeds import (
    TYPE,
    One,
    block,
    codes_of,
    element,
    entry,
    feed,
    reading_type,
    readings_of,
    run,
)

NOON = 1433703600
OWN = "https://gb.utility.com/DataCustodian/espi/1_1/resource/"
PLACEHOLDER = "https://services.greenbuttondata.org/DataCustodian/espi/1_1/resource/"
FIRST, SECOND = "8000000001", "8000000002"
ID, OTHER_ID = (
    "urn:uuid:4217a3d3-60e0-46cd-a5af-2a2d091f397e",
    "urn:uuid:d7b58ea6-d94d-45d1-a0ca-f8a843ab1080",
)


def usage(point: str, value: int, name: str | None = None, more: Sequence[str] = ()) -> bytes:
    """Write a feed of one usage point; two of other values are two customers' downloads, or two days'."""
    meter = f"{point}/MeterReading/1"
    own = entry("<e:UsagePoint/>", point)
    return feed(
        own.replace("<a:entry>", f"<a:entry><a:id>{name}</a:id>") if name else own,
        entry("<e:MeterReading/>", meter, related=[TYPE]),
        entry(reading_type(), TYPE),
        entry(block([One(NOON, value)]), f"{meter}/IntervalBlock/1"),
        *more,
    )


def agreement(own: str, number: str) -> str:
    return entry(element("CustomerAgreement", element("name", number, "c:"), "c:"), own)


def name_in(data: bytes) -> str | None:
    [readings] = readings_of(run(data))
    return readings.series.usage_point


@pytest.mark.parametrize(
    ("point", "ids"),
    [
        (f"{PLACEHOLDER}RetailCustomer/3/UsagePoint/1", (None, None)),  # counters on the standard's host
        (f"{PLACEHOLDER}Subscription/5/UsagePoint/1", (None, None)),
        ("RetailCustomer/9b6c7063/UsagePoint/01", (None, None)),  # the standard's example, copied
        ("RetailCustomer/9b6c7063/UsagePoint/5446AF3F", (None, None)),
        ("User/237422/UsagePoint/1402026", (None, None)),  # relative: nobody says at whose host
        ("/v1/BillingAccount/1234567890/UsagePoint/NET_USAGE", (None, None)),
        ("UsagePoint/NB6WRU", (None, None)),  # nobody's
        (f"{OWN}UsagePoint/1", (None, None)),
        ("http://localhost:8080/espi/1_1/resource/Subscription/1/UsagePoint/1", (None, None)),
        ("http://10.0.0.7/espi/1_1/resource/Subscription/1/UsagePoint/1", (None, None)),
        ("http://gateway/espi/1_1/resource/Subscription/1/UsagePoint/1", (None, None)),
        ("RetailCustomer/3/UsagePoint/1", (ID, OTHER_ID)),
        ("RetailCustomer/3/UsagePoint/1", (ID, None)),
        ("RetailCustomer/3/UsagePoint/1", ("urn:uuid:00000000-0000-0000-0000-000000000001",) * 2),
        ("RetailCustomer/3/UsagePoint/1", ("usage-point-1",) * 2),
    ],
)
def test_two_feeds_with_one_code_are_not_known_to_be_of_one_meter(
    point: str, ids: tuple[str | None, str | None]
) -> None:
    names = [name_in(usage(point, value, name)) for value, name in zip((1, 2), ids, strict=True)]
    assert names[0] != names[1]


@pytest.mark.parametrize(
    ("point", "name", "expected"),
    [
        (f"{OWN}Subscription/4671/UsagePoint/16", None, "16@gb.utility.com/Subscription/4671"),  # UtilityAPI
        (
            "https://gb.utility.com/north/espi/1_1/resource/Subscription/1/UsagePoint/1",
            None,
            "1@gb.utility.com/north/espi/1_1/resource/Subscription/1",
        ),
        (  # SCE
            f"{PLACEHOLDER}RetailCustomer/VJEWP31BE/UsagePoint/NB6WRU",
            None,
            "NB6WRU@services.greenbuttondata.org/RetailCustomer/VJEWP31BE",
        ),
        (  # two slashes, as PG&E's test host writes
            "https://gb.utility.com//DataCustodian/espi/1_1/resource/Subscription/5/UsagePoint/1",
            None,
            "1@gb.utility.com/Subscription/5",
        ),
        (f"UsagePoint/{ID[9:]}", None, f"{ID[9:]}@UsagePoint"),
        ("RetailCustomer/3/UsagePoint/1", ID.upper(), f"1@RetailCustomer/3/{ID}"),
        (
            f"{PLACEHOLDER}RetailCustomer/3/UsagePoint/1",
            ID[9:],
            f"1@services.greenbuttondata.org/RetailCustomer/3/{ID}",
        ),
    ],
)
def test_a_feed_downloaded_again_has_the_same_name(point: str, name: str | None, expected: str) -> None:
    found = [run(usage(point, value, name)) for value in (1, 2)]
    assert [readings_of(one)[0].series.usage_point for one in found] == [expected] * 2
    assert [codes_of(one) for one in found] == [[], []]


@given(
    st.uuids(),
    st.text("0123456789", min_size=1),
    st.text("0123456789", min_size=1),
    st.sampled_from(["", PLACEHOLDER]),
)
def test_counters_without_a_host_of_their_own_prove_nothing(
    uuid: UUID, owner: str, code: str, host: str
) -> None:
    assert scope(f"{host}RetailCustomer/{owner}/UsagePoint/{code}") is None
    assert scope(f"{host}RetailCustomer/{uuid}/UsagePoint/{code}") in (
        None
        if len(set(uuid.hex)) < 8
        else f"{host and 'services.greenbuttondata.org/'}RetailCustomer/{uuid}",
    )


def test_an_id_that_others_in_the_feed_have_says_nothing() -> None:
    """A generator that writes one id into every entry, seen at a gas utility."""
    names = {
        name_in(
            usage("User/1/UsagePoint/01", value, ID).replace(
                b"<a:entry><a:link", f"<a:entry><a:id>{ID}</a:id><a:link".encode()
            )
        )
        for value in (1, 2)
    }
    assert len(names) == 2


def test_a_name_of_one_file_alone_is_said() -> None:
    given = run(usage("RetailCustomer/3/UsagePoint/1", 1))
    assert codes_of(given) == ["known_here_only"]
    assert name_in(usage("RetailCustomer/3/UsagePoint/1", 1)) == readings_of(given)[0].series.usage_point


def test_customers_in_the_same_file_make_a_code_their_accounts_own() -> None:
    point, own = "RetailCustomer/3/UsagePoint/1", "RetailCustomer/3/CustomerAccount/9/CustomerAgreement/1"
    for number in (FIRST, SECOND):
        given = run(usage(point, 1, more=[agreement(own, number)]))
        assert readings_of(given)[0].series.usage_point == f"1@{number}"
        assert [one for one in given if isinstance(one, Account)] == [Account(f"1@{number}", number)]


def test_of_two_customers_with_one_code_in_a_file_each_has_his_own_readings() -> None:
    entries = [
        usage_entries
        for at, number in enumerate((FIRST, SECOND))
        for usage_entries in (
            entry("<e:UsagePoint/>", f"RetailCustomer/{at}/UsagePoint/1"),
            entry("<e:MeterReading/>", f"RetailCustomer/{at}/UsagePoint/1/MeterReading/1", related=[TYPE]),
            entry(block([One(NOON, at)]), f"RetailCustomer/{at}/UsagePoint/1/MeterReading/1/IntervalBlock/1"),
            agreement(f"RetailCustomer/{at}/CustomerAccount/9/CustomerAgreement/1", number),
        )
    ]
    given = readings_of(run(feed(*entries, entry(reading_type(), TYPE))))
    assert [(one.series.service_account, list(one.thousandths)) for one in given] == [
        (FIRST, [0]),
        (SECOND, [1000]),
    ]


def test_customers_of_another_retail_customer_are_not_those_of_the_usage_point() -> None:
    other = agreement("RetailCustomer/4/CustomerAccount/9/CustomerAgreement/1", FIRST)
    [readings] = readings_of(run(usage("RetailCustomer/3/UsagePoint/1", 1, more=[other])))
    assert readings.series.service_account is None


def test_addresses_that_lead_through_two_usage_points_of_one_code_keep_them_apart() -> None:
    """Feeds without entries of usage points."""
    entries = [
        one
        for at in (1, 2)
        for one in (
            entry("<e:MeterReading/>", f"RetailCustomer/{at}/UsagePoint/1/MeterReading/1", related=[TYPE]),
            entry(block([One(NOON, at)]), f"RetailCustomer/{at}/UsagePoint/1/MeterReading/1/IntervalBlock/1"),
        )
    ]
    given = readings_of(run(feed(*entries, entry(reading_type(), TYPE))))
    assert len({one.series.usage_point for one in given}) == 2
