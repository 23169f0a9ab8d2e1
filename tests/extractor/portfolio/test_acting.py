"""Who acts on a bill: who looks after it today, and of one that is no one customer's each who has a part."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from extractor.base.database import opened, writing
from extractor.base.schema import upgrade
from extractor.portfolio.acting import Acting, Actors, together
from extractor.portfolio.owners import Owner, owners
from extractor.store.people import Account, Customer, Manager
from tests.extractor.portfolio import rows
from tests.extractor.portfolio.rows import day

TODAY = dt.date(2026, 6, 15)
ACCOUNT, ONE, TWO = "700200000001", "8000000001", "8000000002"

Row = tuple[str, str, str | None, str | None, str | None]
"""An account of the roster: its number, customer, manager, first and last day."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = opened(f"sqlite:///{tmp_path_factory.mktemp('acting')}/billclerk.db")
    upgrade(engine)
    with writing(engine) as session:
        session.add_all(Customer(key=key, name=key.title()) for key in ("acme", "bob"))
        session.add_all(Manager(key=key, name=key.title(), email="") for key in ("kim", "sam", "lou"))
    yield engine
    engine.dispose()


def row(number: str, customer: str, manager: str | None, first: str | None, last: str | None) -> Account:
    return Account(
        kind="customer" if number == ACCOUNT else "service",
        number=number,
        customer_key=customer,
        manager_key=manager,
        valid_from=day(first),
        valid_to=day(last),
    )


def acting(store: Engine, listed: list[Row], accounts: list[str]) -> tuple[Acting, list[Acting]]:
    """Return who acts on a bill of May and on each of its services, fifteen days later."""
    bill = rows.bill("2026-06-02")
    services = [rows.service("2026-05-03", "2026-06-01", of=bill, account=one) for one in accounts]
    with Session(store) as session:
        session.add_all(row(*one) for one in listed)
        session.flush()
        actors = Actors(owners(session), {bill.id: services}, TODAY)
        session.rollback()
    return actors.of_bill(bill), [actors.of_service(one) for one in services]


@pytest.mark.parametrize(
    ("listed", "managers"),
    [
        ([(ONE, "acme", "kim", None, None)], {"kim"}),
        ([(ONE, "acme", "kim", None, "2026-06-09"), (ONE, "acme", "sam", "2026-06-10", None)], {"sam"}),
        ([(ONE, "acme", "kim", None, "2026-06-15"), (ONE, "acme", "sam", "2026-06-16", None)], {"kim"}),
        ([(ONE, "acme", "kim", None, "2026-06-05")], {"kim"}),  # none holds today
        (
            [(ONE, "acme", "sam", None, "2026-05-20"), (ONE, "acme", "kim", "2026-05-21", "2026-06-05")],
            {"kim"},
        ),
        ([(ONE, "acme", "kim", None, "2026-06-05"), (ONE, "acme", "sam", "2026-07-01", None)], {"kim"}),
        ([(ONE, "acme", "kim", None, "2026-06-05"), (ONE, "bob", "sam", "2026-06-06", None)], {"kim"}),
        ([(ONE, "acme", None, None, None), (ACCOUNT, "acme", "kim", None, None)], {"kim"}),
        ([(ONE, "acme", "sam", None, None), (ACCOUNT, "acme", "kim", None, None)], {"sam"}),
        (
            [
                (ONE, "acme", None, None, None),
                (ACCOUNT, "acme", "kim", None, "2026-06-09"),
                (ACCOUNT, "acme", "sam", "2026-06-10", None),
            ],
            {"sam"},
        ),
        ([(ONE, "acme", "kim", None, "2026-06-05"), (ACCOUNT, "acme", "sam", None, None)], {"sam"}),
        ([(ONE, "acme", "kim", None, "2026-06-09"), (ONE, "acme", None, "2026-06-10", None)], set()),
    ],
    ids=[
        "always",
        "handed over",
        "to be handed over",
        "ended",
        "the last of two",
        "again later",
        "another customer's since",
        "by the customer account",
        "the service's own first",
        "the customer account handed over",
        "by the customer account alone",
        "nobody since",
    ],
)
@pytest.mark.parametrize("order", [1, -1])
def test_who_acts_on_a_customer_s_bill_looks_after_it_today(
    store: Engine, listed: list[Row], managers: set[str], order: int
) -> None:
    whole, (service,) = acting(store, listed[::order], [ONE])
    for one in (whole, service):
        assert one.owner is not None
        assert (one.owner.customer, one.managers, one.is_shared) == ("acme", managers, False)
        assert one.owner.manager == one.manager == next(iter(managers), None)


@pytest.mark.parametrize(
    ("listed", "accounts", "managers", "of_services"),
    [
        (
            [(ONE, "acme", "kim", None, None), (TWO, "bob", "kim", None, None)],
            [ONE, TWO],
            {"kim"},
            [{"kim"}, {"kim"}],
        ),
        (
            [(ONE, "acme", "kim", None, None), (TWO, "bob", "sam", None, None)],
            [ONE, TWO],
            {"kim", "sam"},
            [{"kim"}, {"sam"}],
        ),
        (
            [
                (ONE, "acme", "kim", None, "2026-06-09"),
                (ONE, "acme", "lou", "2026-06-10", None),
                (TWO, "bob", "sam", None, None),
            ],
            [ONE, TWO],
            {"lou", "sam"},
            [{"lou"}, {"sam"}],
        ),
        (  # days on both sides of a change of customers
            [(ONE, "acme", "kim", None, "2026-05-20"), (ONE, "bob", "sam", "2026-05-21", None)],
            [ONE],
            {"kim", "sam"},
            [{"kim", "sam"}],
        ),
        (
            [(ACCOUNT, "acme", "kim", None, None), (TWO, "bob", "sam", None, None)],
            [ONE, TWO],
            {"kim", "sam"},
            [{"kim"}, {"sam"}],
        ),
        (
            [(ACCOUNT, "acme", "kim", None, None), (TWO, "bob", "sam", None, None)],
            [TWO],
            {"kim", "sam"},
            [{"sam"}],
        ),
        ([(ONE, "acme", "kim", None, None)], [ONE, TWO], {"kim"}, [{"kim"}, set()]),  # the other is nobody's
        ([(ONE, "acme", "kim", None, "2026-04-30")], [ONE], set(), [set()]),  # not on any of its days
        ([(ACCOUNT, "acme", "kim", None, "2026-06-01")], [], set(), []),  # nor on the statement's
        ([], [ONE], set(), [set()]),
    ],
    ids=[
        "one manager",
        "two",
        "handed over",
        "both sides",
        "the account another's",
        "the account alone another's",
        "one unnamed",
        "before its days",
        "before the statement",
        "nobody",
    ],
)
def test_on_what_is_no_one_customer_s_acts_each_who_has_a_part(
    store: Engine, listed: list[Row], accounts: list[str], managers: set[str], of_services: list[set[str]]
) -> None:
    whole, services = acting(store, listed, accounts)
    assert (whole.owner, whole.managers, whole.is_shared) == (None, managers, bool(managers))
    assert whole.manager == (next(iter(managers)) if len(managers) == 1 else None)
    assert [(one.owner, one.managers) for one in services] == [(None, of) for of in of_services]


def test_who_acts_on_a_bill_without_services_is_said_by_its_account(store: Engine) -> None:
    listed: list[Row] = [
        (ACCOUNT, "acme", "kim", None, "2026-06-09"),
        (ACCOUNT, "acme", "sam", "2026-06-10", None),
    ]
    whole, _ = acting(store, listed, [])
    assert (whole.owner and whole.owner.customer, whole.managers) == ("acme", {"sam"})


def test_what_is_about_bills_of_two_customers_names_none() -> None:
    def of(customer: str, manager: str) -> Acting:
        owner = Owner(customer, customer.title(), manager=manager)
        return Acting(owner, [owner])

    one = together([of("acme", "kim"), of("acme", "sam")])
    assert (one.owner and one.owner.customer, one.managers, one.manager) == ("acme", {"kim", "sam"}, None)
    two = together([of("acme", "kim"), of("bob", "sam")])
    assert (two.owner, two.managers) == (None, {"kim", "sam"})
    half = together([of("acme", "kim"), Acting(None, [])])
    assert (half.owner, half.managers) == (None, {"kim"})
