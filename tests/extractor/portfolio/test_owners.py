"""Whose a bill is: the portfolio says what the store's own question says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session, select

from extractor.base.database import opened, reading, writing
from extractor.base.schema import upgrade
from extractor.model import ReadResult
from extractor.portfolio.billed import billed
from extractor.portfolio.owners import owned, owners
from extractor.store.documents import Arrival, Reader, add_reading, make_current, take
from extractor.store.people import Account, Customer, Manager, Site
from extractor.store.tables import Bill
from extractor.store.whose import is_of_customer, partly
from tests.extractor.made_bills import record, service

AT = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
CUSTOMERS = ("bakery", "school", "winery")
ACCOUNTS = ("700200000001", "700200000002")
SERVICES = ("8000000001", "8-000-0000-02")
SPELLED = {"8-000-0000-02": "8000000002"}
"""The roster has numbers without hyphens, where bills print them."""
DAYS = st.dates(dt.date(2026, 3, 1), dt.date(2026, 8, 31))


def put(session: Session, result: ReadResult, name: str) -> None:
    document = take(session, Arrival(name.rjust(64, "0"), f"{name}.pdf", 1), AT)
    make_current(session, add_reading(session, document, [result], Reader("test", "f" * 64), AT))


@st.composite
def bills(draw: st.DrawFn) -> ReadResult:
    start = draw(DAYS)
    parts = []
    for account in draw(st.lists(st.sampled_from(SERVICES), max_size=3)):
        role = draw(st.sampled_from(("delivery", "bundled", "generation", None)))
        first = start + dt.timedelta(draw(st.integers(-35 if role == "generation" else -3, 3)))
        last = first + dt.timedelta(draw(st.integers(0, 35)))
        one = service(first.isoformat(), last.isoformat(), role=role, account=account)
        parts.append(one if draw(st.integers(0, 5)) else one.model_copy(update={"period": None}))
    result = record(start.isoformat(), *parts, account=draw(st.sampled_from(ACCOUNTS)))
    if draw(st.integers(0, 5)):
        return result
    assert result.bill is not None
    bare = result.bill.model_copy(update={"statement_date": None, "customer_account": None})
    return result.model_copy(update={"bill": bare})


@st.composite
def rows(draw: st.DrawFn) -> Account:
    kind = draw(st.sampled_from(("customer", "service")))
    number = draw(st.sampled_from(ACCOUNTS if kind == "customer" else SERVICES))
    number = SPELLED.get(number, number) if draw(st.booleans()) else number
    first, last = draw(st.none() | DAYS), draw(st.none() | DAYS)
    if first and last and last < first:
        first, last = last, first
    customer = draw(st.sampled_from(CUSTOMERS))
    return Account(kind=kind, number=number, customer_key=customer, valid_from=first, valid_to=last)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = opened(f"sqlite:///{tmp_path_factory.mktemp('owners')}/billclerk.db")
    upgrade(engine)
    with writing(engine) as session:
        session.add_all(Customer(key=key, name=key.title()) for key in CUSTOMERS)
    yield engine
    engine.dispose()


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(bills(), min_size=1, max_size=4), st.lists(rows(), max_size=5))
def test_a_bill_is_whose_the_store_says(
    store: Engine, results: list[ReadResult], listed: list[Account]
) -> None:
    with Session(store, autoflush=False) as session:
        for number, result in enumerate(results):
            put(session, result, str(number))
        session.add_all(listed)
        session.flush()
        by_store = {key: set(session.exec(select(Bill.id).where(is_of_customer(key)))) for key in CUSTOMERS}
        found, by = billed(session), owners(session)
        services = found.by_bill()
        for bill in found.bills:
            whose = by.customer_of(bill, services.get(bill.id, ()))
            assert {key for key in CUSTOMERS if bill.id in by_store[key]} == ({whose} if whose else set())
        for key in CUSTOMERS:
            assert {one.id for one in billed(session, key).bills} == by_store[key]
        session.rollback()


def test_who_looks_after_it_is_said_by_the_row_of_its_service_account_first(kept: Engine) -> None:
    with writing(kept) as session:
        put(session, record("2026-06-02", service("2026-05-01", "2026-05-31"), account=ACCOUNTS[0]), "1")
        session.add_all(Customer(key=key, name=key.title()) for key in CUSTOMERS)
        session.add_all(Manager(key=key, name=key.title(), email="") for key in ("pat", "kim"))
        session.flush()
        session.add(Site(key="main", customer_key="bakery", manager_key="pat", name="Main Street"))
        session.add(Site(key="all", customer_key="bakery", manager_key="kim", name="All"))
        session.flush()
        session.add_all(
            (
                Account(
                    kind="customer",
                    number=ACCOUNTS[0],
                    customer_key="bakery",
                    site_key="all",
                    cost_center="7",
                ),
                Account(
                    kind="service",
                    number=SERVICES[0],
                    customer_key="bakery",
                    site_key="main",
                    valid_from=dt.date(2026, 5, 1),
                    further={"zone": "9"},
                ),
            )
        )
    with reading(kept) as session:
        (owner,) = owned(billed(session), owners(session)).values()
    assert (owner.customer, owner.site, owner.manager, owner.manager_name) == ("bakery", "main", "pat", "Pat")
    assert (owner.cost_center, owner.further) == ("7", {"zone": "9"})


def test_an_account_s_own_manager_comes_before_its_site_s(kept: Engine) -> None:
    with writing(kept) as session:
        put(session, record("2026-06-02", service("2026-05-01", "2026-05-31"), account=ACCOUNTS[0]), "1")
        session.add(Customer(key="bakery", name="Bakery"))
        session.add_all(Manager(key=key, name=key.title(), email="") for key in ("pat", "kim"))
        session.flush()
        session.add(Site(key="main", customer_key="bakery", manager_key="pat", name="Main Street"))
        session.flush()
        session.add(
            Account(
                kind="service",
                number=SERVICES[0],
                customer_key="bakery",
                site_key="main",
                manager_key="kim",
            )
        )
    with reading(kept) as session:
        (owner,) = owned(billed(session), owners(session)).values()
    assert (owner.site, owner.manager) == ("main", "kim")


def test_a_bill_with_a_service_that_nobody_names_is_told_to_whose_the_rest_is(kept: Engine) -> None:
    first, second, third = (
        service("2026-05-01", "2026-05-31", account=number) for number in (*SERVICES[:2], "8000000099")
    )
    with writing(kept) as session:
        put(session, record("2026-06-02", first, second, account=ACCOUNTS[0]), "1")
        put(session, record("2026-06-03", first, third, account=ACCOUNTS[1]), "2")
        put(session, record("2026-06-04", third, account=ACCOUNTS[1]), "3")
        session.add_all(Customer(key=key, name=key.title()) for key in CUSTOMERS)
        session.flush()
        session.add_all(Account(kind="service", number=one, customer_key="bakery") for one in SERVICES[:2])
    with reading(kept) as session:
        found, by = billed(session), owners(session)
        services = found.by_bill()
        told = [by.unnamed(bill, services[bill.id]) for bill in found.bills]
        assert [by.customer_of(bill, services[bill.id]) for bill in found.bills] == ["bakery", None, None]
        assert partly(session, "bakery") == 1
        assert partly(session, "school") == 0
    assert told[0] is None and told[2] is None  # all of it is named, or nothing is
    assert told[1] is not None
    owner, others = told[1]
    assert (owner.customer, [one.service_account for one in others]) == ("bakery", ["8000000099"])
