"""Rates that are seen, and bills alone with one; and all of history asked of a store."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine

from extractor.base.database import reading, writing
from extractor.model import Component, Status
from extractor.portfolio.history.asked import history
from extractor.portfolio.rate_labels import wording
from extractor.portfolio.rate_peers import alone, said
from extractor.portfolio.rates import Key, Printed, printed, rates
from extractor.store.documents import Arrival, Reader, add_reading, make_current, take
from extractor.store.people import Account, Customer, Manager
from extractor.store.standing import settle
from tests.extractor.made_bills import charge, record, service

KEY = Key("SCE", "TOU-GS-1-E", None, "delivery", "energy", "summer", "on_peak", None, "kWh")


def seen(
    rate: str, account: str, first: str = "2026-06-03", last: str = "2026-07-02", meters: int = 1
) -> Printed:
    days = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
    accounts = frozenset([account, *(f"{account}-{at}" for at in range(1, meters))])
    return Printed(KEY, Decimal(rate), *days, accounts, meters, 1)


PEERS = [seen("0.10", f"800000000{at}") for at in range(3)]


@pytest.mark.parametrize(
    ("found", "odd"),
    [
        ([*PEERS], []),
        ([*PEERS, seen("0.11", "9")], ["9"]),
        ([*PEERS[:2], seen("0.11", "9")], []),  # too few to tell
        ([*PEERS, seen("0.11", "9", "2026-08-01", "2026-08-30")], []),  # of other days
        ([*PEERS, seen("0.11", "9", "2026-07-02", "2026-07-31")], ["9"]),  # one day in common
        ([*PEERS, seen("0.11", "9"), seen("0.11", "8")], []),  # two of them: another voltage
        ([*PEERS, seen("0.11", "9"), seen("0.10", "9")], []),  # beside theirs: a tier that is not named, say
        ([seen("0.10", "9", meters=4), seen("0.11", "9")], []),  # the same, and theirs is kept together
        ([seen("0.10", "1", meters=3), seen("0.11", "9")], ["9"]),
        ([seen("0.10", "8000000000", meters=2), PEERS[0], seen("0.11", "9")], []),  # two meters
        (
            [*PEERS, seen("0.11", "9"), seen("0.11", "8", "2026-06-20", "2026-07-20")],
            [],
        ),  # changed in between
    ],
)
def test_a_rate_is_odd_where_peers_could_have_it_and_none_has(found: list[Printed], odd: list[str]) -> None:
    assert [one.printed.account for one in alone(found)] == odd


NEXT = [seen("0.11", f"800000000{at}", "2026-06-12", "2026-07-13") for at in range(3)]


@pytest.mark.parametrize(
    ("found", "odd"),
    [
        # rates change on June 12: the others begin on it, and have the new one only
        ([*NEXT, seen("0.10", "9"), seen("0.11", "9")], []),
        ([*NEXT, seen("0.12", "9")], ["9"]),  # a rate of all of the period is one of the days in common, too
        ([*NEXT, *PEERS, seen("0.12", "9"), seen("0.11", "9")], []),
        ([*NEXT, seen("0.10", "9"), seen("0.11", "9", meters=2)], []),
        ([*NEXT, seen("0.12", "9"), seen("0.11", "8", meters=2)], ["9"]),  # the other one is not that meter's
        ([*NEXT, seen("0.12", "9"), seen("0.11", "9", "2026-07-03", "2026-08-01")], ["9"]),  # nor of its days
    ],
)
def test_of_two_rates_of_a_period_each_is_of_days_that_nobody_knows(
    found: list[Printed], odd: list[str]
) -> None:
    assert [one.printed.account for one in alone(found)] == odd


def test_others_are_accounts_other_than_its_own() -> None:
    found = [*PEERS, seen("0.10", "8000000002", meters=2), seen("0.11", "9"), seen("0.13", "7")]
    assert [(one.printed.account, one.peers) for one in alone(found)] == [("9", 5), ("7", 5)]


def test_one_day_in_common_with_a_period_of_cpa_is_none() -> None:
    generation = KEY._replace(provider="CPA", section="generation")
    peers = [seen("0.10", f"800000000{at}", "2026-06-02", "2026-07-01") for at in range(3)]
    late = seen("0.11", "9", "2026-07-01", "2026-07-31")
    later = late._replace(first=dt.date(2026, 6, 30))

    def of_cpa(one: Printed) -> list[Printed]:
        return [each._replace(key=generation) for each in (*peers, one)]

    assert not list(alone(of_cpa(late)))
    assert len(list(alone(of_cpa(later)))) == 1


def test_a_meter_that_differs_each_time_has_another_voltage() -> None:
    months = [("2026-05-03", "2026-06-02"), ("2026-06-03", "2026-07-02"), ("2026-07-03", "2026-08-02")]
    found = [
        seen(rate, account, *days)
        for days in months
        for rate, account in (("0.10", "1"), ("0.10", "2"), ("0.10", "3"), ("0.11", "9"))
    ]
    assert [one.is_always for one in alone(found)] == [True, True, True]
    assert [
        one.is_always
        for one in alone(
            [
                *found,
                seen("0.10", "9", "2026-08-03", "2026-09-02"),
                *(seen("0.10", at, "2026-08-03", "2026-09-02") for at in "123"),
            ]
        )
    ] == [False, False, False]


def test_what_differs_from_city_to_city_is_not_compared() -> None:
    taxes = [
        one._replace(key=KEY._replace(section="tax", component="uut")) for one in [*PEERS, seen("0.11", "9")]
    ]
    assert not list(alone(taxes))


def put(
    kept: Engine, name: str, account: str, customer: str, rate: str, status: Status = Status.VERIFIED
) -> None:
    line = charge("10.00", component=Component.ENERGY, rate=Decimal(rate), unit="kWh", tou="on_peak")
    part = service("2026-06-03", "2026-07-02", account=account, charges=(line,))
    at = dt.datetime(2026, 7, 5, tzinfo=dt.UTC)
    with writing(kept) as session:
        document = take(session, Arrival(name.rjust(64, "0"), f"{name}.pdf", 1), at)
        result = record("2026-07-03", part, account=customer, status=status)
        make_current(session, add_reading(session, document, [result], Reader("test", "f" * 64), at))
        settle(session, [document.id or 0])


def put_lines(
    kept: Engine, name: str, *lines: tuple[str, str, str | None], product: str | None = None
) -> None:
    """Keep a bill of June with energy lines: the rate, the label and the heading of each."""
    charges = tuple(
        charge("10.00", at, rate=Decimal(rate), unit="kWh", season="summer", group=heading).model_copy(
            update={"label": label}
        )
        for at, (rate, label, heading) in enumerate(lines, 1)
    )
    part = service("2026-06-03", "2026-07-02", account=f"800000000{name}", charges=charges)
    part = part.model_copy(update={"product": product})
    at = dt.datetime(2026, 7, 5, tzinfo=dt.UTC)
    with writing(kept) as session:
        document = take(session, Arrival(name.rjust(64, "0"), f"{name}.pdf", 1), at)
        result = record("2026-07-03", part, account=f"70020000000{name}")
        make_current(session, add_reading(session, document, [result], Reader("test", "f" * 64), at))
        settle(session, [document.id or 0])


ONE_TIER = [("0.30", "Energy-Summer Tier 1", None)]


@pytest.mark.parametrize(
    ("fifth", "odd"),
    [
        ([*ONE_TIER, ("0.40", "Energy-Summer Tier 2", None)], 0),  # uses more than the baseline
        ([("0.31", "Energy-Summer Tier 1", None), ("0.40", "Energy-Summer Tier 2", None)], 1),
        ([("0.30", "Tier 1 (within baseline)", None), ("0.40", "Tier 2 (over baseline)", None)], 0),
        ([("0.31", "Tier 1 (100% of baseline)", "Energy-Summer")], 1),  # the first tier, too
        ([("0.40", "Energy-Summer over baseline", None)], 0),
        ([("0.40", "Energy-Summer", "Tier 2")], 0),
        ([("0.40", "Energy-Summer Tier", None)], 0),  # which one is not known
        ([*ONE_TIER, ("0.40", "Energy-Summer Tier 1", None)], 0),  # which of them is odd is not known
    ],
)
def test_tiers_are_rates_of_their_own(
    kept: Engine, fifth: list[tuple[str, str, str | None]], odd: int
) -> None:
    for at in range(4):
        put_lines(kept, str(at), *ONE_TIER)
    put_lines(kept, "4", *fifth)
    with reading(kept) as session:
        found = list(alone(printed(session)))
    assert [one.peers for one in found] == [4] * odd


@pytest.mark.parametrize(
    ("heading", "label", "said"),
    [
        ("Energy-Winter", "Mid peak", None),
        ("Energy-Summer", "On-Peak - Summer", None),
        (None, "Tier 1", "tier 1"),
        (None, "Energy-Winter TIER-2 (101% to 130%)", "tier 2"),
        (None, "2nd tier usage", "tier 2"),
        ("Tier 3", "On peak", "tier 3"),
        ("Tier 3", "Tier 1", "tier 1"),
        ("Energy-Winter over baseline", "Off peak", "energy over baseline"),
        (None, "Energy over baseline", "energy over baseline"),
        (None, "Energy 101% to 130%", "energy 101% to 130%"),
        (None, "Energy export bonus credit", "energy export bonus credit"),
        (None, "Lamp charge - 70 watt HPS", "lamp charge 70 watt hps"),
        ("CPP participation", "CPP event Jul 9 '25", "cpp event"),
        (None, "Adjustment for period 04/10/26 to 05/09/26", "adjustment for period to"),
        (None, "Power charge indifference adj - 2018 Vintage", "power charge indifference adj"),
    ],
)
def test_what_else_a_label_says(heading: str | None, label: str, said: str | None) -> None:
    assert wording(heading, label) == said


@pytest.mark.parametrize(
    ("product", "said"), [("Lean Power", None), (None, "lean power"), ("Clean Power", "lean power")]
)
def test_a_product_of_a_supplier_is_not_said_twice(
    kept: Engine, product: str | None, said: str | None
) -> None:
    put_lines(kept, "1", ("0.10", "Lean Power - Summer", None), product=product)
    with reading(kept) as session:
        (one,) = rates(printed(session))
    assert (one.key.product, one.key.wording) == (product, said)


def test_rates_of_a_store_and_what_is_odd_there(kept: Engine) -> None:
    for at in range(4):
        put(kept, str(at), f"800000000{at}", f"70020000000{at}", "0.10" if at else "0.12")
    put(kept, "8", "8000000008", "700200000008", "0.15", Status.REVIEW)
    with reading(kept) as session:
        known = printed(session)
        listed = [(one.rate, one.meters, one.lines) for one in rates(known)]
        odd = history(session)
    assert listed == [(Decimal("0.10"), 3, 3), (Decimal("0.12"), 1, 1)]
    (one,) = odd
    assert (one.code, one.bill.file) == ("rate_differs", "0.pdf")
    (lonely,) = alone(known)
    assert said(lonely) == one.message
    assert "0.12 per kWh; 3 other meters' bills of these days have 0.1" in one.message


def test_history_is_asked_of_a_customer_and_a_manager(kept: Engine) -> None:
    for at in range(4):
        put(kept, str(at), f"800000000{at}", f"70020000000{at}", "0.10" if at else "0.12")
    with writing(kept) as session:
        session.add_all((Customer(key="bakery", name="Bakery"), Customer(key="school", name="School")))
        session.flush()
        session.add(Account(kind="customer", number="700200000000", customer_key="bakery"))
        session.add(Account(kind="customer", number="700200000001", customer_key="school"))
    asked: list[tuple[dict[str, Any], int]] = [
        ({}, 1),
        ({"customer": "bakery"}, 1),
        ({"customer": "school"}, 0),
        ({"manager": "pat"}, 0),
        ({"since": dt.date(2026, 7, 4)}, 0),
        ({"since": dt.date(2026, 7, 3)}, 1),
    ]
    with reading(kept) as session:
        for more, count in asked:
            found = history(session, **more)
            assert len(found) == count, more
            assert all(one.owner is not None and one.owner.customer == "bakery" for one in found)


def test_a_statement_of_two_managers_is_told_to_both(kept: Engine) -> None:
    one, two = "8000000001", "8000000002"
    with writing(kept) as session:
        for name, day, start, end, previous in (
            ("1", "2026-06-03", "2026-05-03", "2026-06-01", "0.00"),
            ("2", "2026-07-03", "2026-06-02", "2026-07-01", "90.00"),
        ):
            made = record(day, *(service(start, end, account=account) for account in (one, two)))
            assert made.bill is not None
            amounts = {"amount_due": Decimal(100), "previous_balance": Decimal(previous)}
            result = made.model_copy(update={"bill": made.bill.model_copy(update=amounts)})
            at = dt.datetime(2026, 7, 5, tzinfo=dt.UTC)
            document = take(session, Arrival(name.rjust(64, "0"), f"{name}.pdf", 1), at)
            make_current(session, add_reading(session, document, [result], Reader("test", "f" * 64), at))
            settle(session, [document.id or 0])
        session.add(Customer(key="bakery", name="Bakery"))
        for key in ("kim", "pat"):
            session.add(Manager(key=key, name=key, email=f"{key}@example.com"))
        session.flush()
        for number, key in ((one, "kim"), (two, "pat")):
            session.add(Account(kind="service", number=number, customer_key="bakery", manager_key=key))
    with reading(kept) as session:
        told = {
            key: [(each.code, each.owner and each.owner.manager) for each in history(session, manager=key)]
            for key in ("kim", "pat", "lee")
        }
    assert told == {"kim": [("balance_differs", "kim")], "pat": [("balance_differs", "pat")], "lee": []}
