"""Feeds of usage points in the store: readings of two customers are never one series, one customer's are."""

from __future__ import annotations

import hashlib

import pytest
from sqlalchemy import Engine

from extractor.base.database import reading, writing
from extractor.home import Home
from extractor.intervals.formats import UnreadableIntervalsError
from extractor.intervals.given import Account, Series
from extractor.intervals.held.whose import owned
from extractor.intervals.taken.take import Taken, take
from extractor.store.account_questions import account_questions, answer_point, undo_point
from extractor.store.said import NotKeptError, Saying
from tests.extractor.intervals.formats.feeds import TYPE, One, block, element, entry, feed, reading_type
from tests.extractor.intervals.held.stored import NOW, held
from tests.extractor.intervals.held.stored import block as held_block
from tests.extractor.intervals.held.stored import kept as keep
from tests.extractor.intervals.taken.made import file_of, reader

ONE, TWO = "8000000001", "8000000002"
NOON = 1433703600
LOCAL = "RetailCustomer/3/UsagePoint/1"
HOST = "https://services.greenbuttondata.org/DataCustodian/espi/1_1/resource"
SCE = f"{HOST}/RetailCustomer/VJEWP31BE/UsagePoint/NB6WRU"
SCE_NAME = "NB6WRU@services.greenbuttondata.org/RetailCustomer/VJEWP31BE"
PAT = Saying("Pat", "meter number on the bill", NOW)


def usage(point: str, values: dict[int, int], *more: str) -> bytes:
    meter = f"{point}/MeterReading/1"
    return feed(
        entry("<e:UsagePoint/>", point),
        entry("<e:MeterReading/>", meter, related=[TYPE]),
        entry(reading_type(), TYPE),
        entry(block([One(start, value) for start, value in values.items()]), f"{meter}/IntervalBlock/1"),
        *more,
    )


def customers(
    account: str, own: str = f"{HOST}/RetailCustomer/VJEWP31BE/Customer/1/CustomerAccount/9"
) -> bytes:
    return feed(agreement(f"{own}/CustomerAgreement/NB6WRU", account))


def agreement(own: str, account: str) -> str:
    return entry(element("CustomerAgreement", element("name", account, "c:"), "c:"), own)


def taken(home: Home, engine: Engine, data: bytes, account: str | None = None) -> Taken:
    file = file_of(home.path / "file", data, "feed.xml", hashlib.sha256(data).hexdigest(), account)
    return take(home, engine, reader(), file, NOW)


def names(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return [one.owner for one in owned(session)]


def said(engine: Engine, name: str, account: str) -> None:
    with writing(engine) as session:
        answer_point(session, name, account, PAT)


def test_feeds_of_two_customers_with_one_code_are_two_meters(home: Home, kept: Engine) -> None:
    taken(home, kept, usage(LOCAL, {NOON: 1}))
    taken(home, kept, usage(LOCAL, {NOON + 900: 2}))
    first, second = names(kept)
    with pytest.raises(NotKeptError, match=f"{first} or {second}|{second} or {first}"):
        said(kept, "1", ONE)
    said(kept, first, ONE)
    assert held(home, kept, ONE) == {NOON: 1000}
    said(kept, second, TWO)
    assert (held(home, kept, ONE), held(home, kept, TWO)) == ({NOON: 1000}, {NOON + 900: 2000})


def test_the_same_file_again_changes_nothing(home: Home, kept: Engine) -> None:
    data = usage(LOCAL, {NOON: 1})
    assert (taken(home, kept, data).imported.added, taken(home, kept, data).imported.is_repeat) == (1, True)
    assert len(names(kept)) == 1


def test_downloads_that_are_said_to_be_one_account_count_once(home: Home, kept: Engine) -> None:
    """Both files have a name of their own, and the account has one meter of that code: the newest counts."""
    taken(home, kept, usage(LOCAL, {NOON: 1, NOON + 900: 2}))
    taken(home, kept, usage(LOCAL, {NOON + 900: 3, NOON + 1800: 4}))
    for name in names(kept):
        said(kept, name, ONE)
    assert held(home, kept, ONE) == {NOON: 1000, NOON + 900: 3000, NOON + 1800: 4000}


def test_two_codes_of_one_account_are_two_meters(home: Home, kept: Engine) -> None:
    taken(home, kept, usage(LOCAL, {NOON: 1}), ONE)
    taken(home, kept, usage("RetailCustomer/3/UsagePoint/2", {NOON: 2}), ONE)
    with reading(kept) as session:
        assert sorted((one.meter, one.service_account) for one in owned(session)) == [("1", ONE), ("2", ONE)]


def test_days_of_sce_are_one_series_and_its_customer_feed_says_whose(home: Home, kept: Engine) -> None:
    for at in range(3):
        taken(home, kept, usage(SCE, {NOON + 900 * at: at}))
    assert names(kept) == [SCE_NAME]
    taken(
        home,
        kept,
        customers("3-000-0000-01", f"{HOST}/RetailCustomer/XKEWP77AB/Customer/1/CustomerAccount/9"),
    )
    assert names(kept) == [SCE_NAME]  # the code alone is not enough: it is another customer's
    taken(home, kept, customers(ONE))
    assert held(home, kept, ONE) == {NOON + 900 * at: at * 1000 for at in range(3)}


def test_what_was_kept_under_a_bare_code_stays_and_is_the_same_meter(home: Home, kept: Engine) -> None:
    """As earlier versions named it; the file read anew has a name of its own, and counts once."""
    old = Series("delivered", usage_point="NB6WRU")
    keep(
        home,
        kept,
        "old",
        [held_block({NOON: 1000, NOON + 900: 1000}, old), Account("NB6WRU", ONE, meter="M1")],
    )
    assert held(home, kept, ONE) == {NOON: 1000, NOON + 900: 1000}
    taken(home, kept, usage(SCE, {NOON: 1, NOON + 900: 2}))
    taken(home, kept, customers(ONE))
    assert held(home, kept, ONE) == {NOON: 1000, NOON + 900: 2000}


def test_customers_in_the_same_file_say_whose_a_short_code_is(home: Home, kept: Engine) -> None:
    own = "RetailCustomer/3/CustomerAccount/9/CustomerAgreement/1"
    for at, account in enumerate((ONE, TWO, ONE)):
        taken(home, kept, usage(LOCAL, {NOON + 900 * at: at}, agreement(own, account)))
    assert (held(home, kept, ONE), held(home, kept, TWO)) == (
        {NOON: 0, NOON + 1800: 2000},
        {NOON + 900: 1000},
    )
    assert sorted(names(kept)) == [ONE, TWO]
    with reading(kept) as session:
        assert list(account_questions(session)) == [] or all(
            "usage point" not in one.said for one in account_questions(session)
        )


def test_a_person_says_with_the_file_whose_it_is(home: Home, kept: Engine) -> None:
    first = taken(home, kept, usage(LOCAL, {NOON: 1}), "8-000-000-001")
    taken(home, kept, usage(LOCAL, {NOON + 900: 2}), ONE)
    assert (first.accounts, first.astray) == ((ONE,), ())
    assert held(home, kept, ONE) == {NOON: 1000, NOON + 900: 2000}
    assert names(kept) == [ONE]  # the second download went into the same series
    with pytest.raises(UnreadableIntervalsError, match="says itself whose"):
        taken(home, kept, usage(SCE, {NOON: 1}), ONE)


def test_a_usage_point_is_said_by_its_code_where_only_one_has_it(home: Home, kept: Engine) -> None:
    taken(home, kept, usage(SCE, {NOON: 1}))
    said(kept, "NB6WRU", ONE)
    assert held(home, kept, ONE) == {NOON: 1000}
    with writing(kept) as session:
        assert undo_point(session, "NB6WRU", "Sam", NOW)
    assert held(home, kept, ONE) == {}
