"""What is due: one amount for each customer account, the latest statement's; nothing is called paid too early."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import Engine, delete
from sqlmodel import Session, col

from extractor.base.database import reading, writing
from extractor.model import AccountLine, ReadResult, Service, Status
from extractor.portfolio.due import Due, DueList, due, past_due_of, within
from extractor.portfolio.due_calendar import calendar
from extractor.portfolio.due_rows import due_row
from extractor.store.aliases import add_alias
from extractor.store.documents import Arrival, Reader, add_reading, make_current, take
from extractor.store.people import Account, Customer, Manager, Site
from extractor.store.said import Saying
from extractor.store.standing import settle
from tests.extractor.made_bills import record, service
from tests.extractor.portfolio.rows import bill

TODAY = dt.date(2026, 6, 15)
AT = dt.datetime(2026, 6, 15, 19, tzinfo=dt.UTC)
ONE, TWO = "700200000001", "700200000002"


def put(session: Session, name: str, result: ReadResult) -> None:
    document = take(session, Arrival(name.encode().hex().rjust(64, "0"), f"{name}.pdf", 1), AT)
    make_current(session, add_reading(session, document, [result], Reader("test", "f" * 64), AT))
    settle(session, [document.id or 0])


def statement(day: str, due_on: str | None, amount: str, account: str = ONE, **more: Any) -> ReadResult:
    end = dt.date.fromisoformat(day) - dt.timedelta(1)
    parts: tuple[Service, ...] = more.pop(
        "services", (service((end - dt.timedelta(29)).isoformat(), end.isoformat()),)
    )
    status = more.pop("status", Status.VERIFIED)
    result = record(day, *parts, account=account, status=status)
    assert result.bill is not None
    fields = {
        "amount_due": Decimal(amount),
        "due_date": dt.date.fromisoformat(due_on) if due_on else None,
        **more,
    }
    return result.model_copy(update={"bill": result.bill.model_copy(update=fields)})


def asked(kept: Engine, **more: Any) -> DueList:
    with reading(kept) as session:
        return due(session, TODAY, **more)


def told(found: DueList) -> list[tuple[str, str, str, int | None]]:
    return [(row.account, str(row.amount), row.state, row.days) for row in found.rows]


def test_of_an_account_only_the_latest_statement_is_open(kept: Engine) -> None:
    with writing(kept) as session:
        put(session, "april", statement("2026-04-02", "2026-04-22", "100.00"))
        put(session, "june", statement("2026-06-02", "2026-06-22", "250.00"))  # with april's in it
        put(session, "may", statement("2026-05-02", "2026-05-22", "200.00"))  # came last
        put(session, "other", statement("2026-06-03", "2026-06-23", "7.00", TWO, services=()))
    found = asked(kept)
    assert told(found) == [(ONE, "250.00", "due", 7), (TWO, "7.00", "due", 8)]
    assert found.total == Decimal("257.00")


def renumbered(session: Session) -> None:
    add_alias(session, "account", TWO, ONE, "letter of SCE", None, None, Saying("pat", "letter", AT))


BOTH = [(ONE, "200.00", "due", 5), (TWO, "250.00", "due", 7)]
NEW = [(TWO, "250.00", "due", 7)]


@pytest.mark.parametrize(
    ("opening", "amounts"),
    [
        ({"previous_balance": Decimal("200.00")}, NEW),
        ({"previous_balance": Decimal("200.00"), "balance_forward": Decimal(0)}, NEW),  # and it was paid
        ({"previous_balance": Decimal("0.00"), "balance_forward": Decimal(0)}, BOTH),
        ({"previous_balance": Decimal("199.99")}, BOTH),
        ({}, BOTH),
        ({"account_lines": (AccountLine(label="Balance transferred", amount=Decimal("200.00")),)}, NEW),
        ({"account_lines": (AccountLine(label="Late charge", amount=Decimal("200.00")),)}, BOTH),
        ({"previous_balance": Decimal("200.00"), "status": Status.REVIEW}, BOTH),
    ],
    ids=["carried", "paid", "from zero", "another", "untold", "transferred", "a charge", "in doubt"],
)
def test_of_an_old_and_a_new_number_the_later_statement_has_what_it_says(
    kept: Engine, opening: dict[str, Any], amounts: list[tuple[str, str, str, int]]
) -> None:
    with writing(kept) as session:
        put(session, "final", statement("2026-05-02", "2026-06-20", "200.00"))
        new = statement("2026-06-02", "2026-06-22", "250.00", TWO, services=(), **opening)
        put(session, "opening", new)
        assert told(due(session, TODAY)) == BOTH
        renumbered(session)
    assert told(asked(kept)) == amounts


def test_what_a_new_number_s_first_statement_took_over_stays_in_its_later_ones(kept: Engine) -> None:
    with writing(kept) as session:
        put(session, "final", statement("2026-04-02", "2026-06-20", "200.00"))
        first = {"previous_balance": Decimal("200.00")}
        put(session, "one", statement("2026-05-02", "2026-05-22", "230.00", TWO, services=(), **first))
        second = {"previous_balance": Decimal("230.00")}
        put(session, "two", statement("2026-06-02", "2026-06-22", "250.00", TWO, services=(), **second))
        renumbered(session)
    assert told(asked(kept)) == NEW


def test_a_previous_balance_that_is_the_new_number_s_own_takes_over_nothing(kept: Engine) -> None:
    with writing(kept) as session:
        put(session, "final", statement("2026-04-02", "2026-06-20", "200.00"))
        first = {"previous_balance": Decimal("0.00")}
        put(session, "one", statement("2026-05-02", "2026-05-22", "200.00", TWO, services=(), **first))
        second = {"previous_balance": Decimal("200.00")}
        put(session, "two", statement("2026-06-02", "2026-06-22", "250.00", TWO, services=(), **second))
        renumbered(session)
    assert told(asked(kept)) == BOTH


def test_of_an_old_number_that_is_even_nothing_is_listed(kept: Engine) -> None:
    with writing(kept) as session:
        put(session, "final", statement("2026-05-02", None, "0.00"))
        put(session, "opening", statement("2026-06-02", "2026-06-22", "250.00", TWO, services=()))
        renumbered(session)
    assert told(asked(kept)) == NEW


def test_a_number_printed_with_hyphens_is_the_same(kept: Engine) -> None:
    with writing(kept) as session:
        put(session, "may", statement("2026-05-02", "2026-06-20", "200.00", "7002-0000-0001"))
        put(session, "june", statement("2026-06-02", "2026-06-22", "250.00"))
    assert told(asked(kept)) == [(ONE, "250.00", "due", 7)]


@pytest.mark.parametrize(
    ("due_on", "amount", "more", "state"),
    [
        ("2026-06-22", "10.00", {}, "due"),
        ("2026-06-15", "10.00", {}, "due"),  # the day itself
        ("2026-06-14", "10.00", {}, "past"),
        ("2026-06-22", "10.00", {"autopay": True}, "autopay"),
        ("2026-06-14", "10.00", {"autopay": True}, "past"),
        ("2026-06-22", "-3.00", {}, "credit"),
        ("2026-06-22", "0.00", {}, "credit"),
        (None, "10.00", {}, "no date"),
        ("2026-04-16", "10.00", {}, "past"),  # sixty days
        ("2026-04-15", "10.00", {}, "old"),
    ],
)
def test_how_it_stands(
    kept: Engine, due_on: str | None, amount: str, more: dict[str, Any], state: str
) -> None:
    with writing(kept) as session:
        put(session, "one", statement("2026-06-02", due_on, amount, **more))
    found = asked(kept)
    assert [row.state for row in found.rows] == [state]
    assert found.total == (Decimal(amount) if state not in ("credit", "old") else 0)
    near = within(found.rows, 7)
    assert [row.state for row in near] == ([state] if state not in ("credit", "old") else [])
    assert [row.days for row in within(found.rows, 6)] == [
        row.days for row in near if row.days is None or row.days <= 6
    ]


def test_what_was_due_before_is_not_due_only_on_the_day_of_the_rest(kept: Engine) -> None:
    with writing(kept) as session:
        put(session, "one", statement("2026-06-10", "2026-07-01", "90.00", balance_forward=Decimal("40.00")))
        put(session, "two", statement("2026-06-10", "2026-07-01", "90.00", TWO, balance_forward=Decimal(0)))
    found = asked(kept)
    assert [row.days for row in found.rows] == [16, 16]
    assert [(row.account, row.said) for row in within(found.rows, 10)] == [(ONE, "of it $40.00 past due")]


def test_an_account_that_passed_on_is_due_with_its_latest_statement_only(kept: Engine) -> None:
    with writing(kept) as session:
        put(session, "may", statement("2026-05-02", "2026-05-22", "100.00"))
        put(session, "june", statement("2026-06-02", "2026-06-22", "260.00"))
        session.add_all((Customer(key="bakery", name="Bakery"), Customer(key="school", name="School")))
        session.flush()
        passed = dt.date(2026, 5, 2)
        session.add(
            Account(kind="customer", number=ONE, customer_key="bakery", valid_to=passed - dt.timedelta(1))
        )
        session.add(Account(kind="customer", number=ONE, customer_key="school", valid_from=passed))
    assert told(asked(kept)) == told(asked(kept, customer="school")) == [(ONE, "260.00", "due", 7)]
    assert not asked(kept, customer="bakery").rows


def test_an_amount_in_doubt_is_shown_and_hides_none_that_is_certain(kept: Engine) -> None:
    with writing(kept) as session:
        put(session, "may", statement("2026-05-02", "2026-06-20", "200.00"))
        put(session, "june", statement("2026-06-02", "2026-06-22", "999.00", status=Status.REVIEW))
    found = asked(kept)
    assert [(str(row.amount), row.is_certain, row.said) for row in found.rows] == [
        ("200.00", True, "a later statement, of 2026-06-02, is in doubt"),
        ("999.00", False, "the statement is in doubt"),
    ]
    assert found.total == Decimal("200.00")


def test_of_statements_in_doubt_alone_the_latest_is_shown(kept: Engine) -> None:
    with writing(kept) as session:
        put(session, "may", statement("2026-05-02", "2026-05-22", "200.00", status=Status.REVIEW))
        put(session, "june", statement("2026-06-02", "2026-06-22", "999.00", status=Status.REVIEW))
    found = asked(kept)
    assert told(found) == [(ONE, "999.00", "due", 7)]
    assert found.total == 0


def test_a_statement_in_doubt_before_the_certain_one_is_in_it(kept: Engine) -> None:
    with writing(kept) as session:
        put(session, "may", statement("2026-05-02", "2026-06-20", "200.00", status=Status.REVIEW))
        put(session, "june", statement("2026-06-02", "2026-06-22", "999.00"))
    assert told(asked(kept)) == [(ONE, "999.00", "due", 7)]


@pytest.mark.parametrize(
    ("day", "due_on", "status", "amounts", "ahead"),
    [
        ("2062-06-02", "2062-06-22", Status.REVIEW, ["200.00"], 1),  # for 2026
        ("2026-06-23", "2026-07-12", Status.REVIEW, ["200.00"], 1),
        ("2026-06-22", "2026-07-12", Status.REVIEW, ["200.00", "999.00"], 0),
        ("2062-06-02", "2062-06-22", Status.VERIFIED, ["999.00"], 0),  # what is proven is believed
    ],
)
def test_a_day_to_come_is_believed_of_what_is_proven_only(
    kept: Engine, day: str, due_on: str, status: Status, amounts: list[str], ahead: int
) -> None:
    with writing(kept) as session:
        put(session, "june", statement("2026-06-02", "2026-06-22", "200.00"))
        put(session, "next", statement(day, due_on, "999.00", status=status))
    found = asked(kept)
    assert [str(row.amount) for row in found.rows] == amounts
    assert [one.file for one in found.ahead] == ["next.pdf"] * ahead
    assert not found.unplaced


@pytest.mark.parametrize("day", ["2062-06-02", "2026-06-12"])
@pytest.mark.parametrize("whose", [{"customer": "bakery"}, {"manager": "pat"}])
def test_a_bill_in_doubt_that_is_nobody_s_takes_no_amount_of_a_customer(
    kept: Engine, day: str, whose: dict[str, str]
) -> None:
    stray = service("2026-05-03", "2026-06-01", account="8000000099")
    with writing(kept) as session:
        put(session, "june", statement("2026-06-02", "2026-06-22", "200.00"))
        put(session, "stray", statement(day, day, "9.00", services=(stray,), status=Status.REVIEW))
        session.add(Customer(key="bakery", name="Bakery"))
        session.add(Manager(key="pat", name="Pat", email="pat@example.com"))
        session.flush()
        session.add(Site(key="main", customer_key="bakery", manager_key="pat", name="Main Street"))
        session.flush()
        session.add(Account(kind="service", number="8000000001", customer_key="bakery", site_key="main"))
    found = asked(kept, **whose)
    assert [(row.account, str(row.amount), row.is_certain) for row in found.rows] == [(ONE, "200.00", True)]
    assert found.total == Decimal("200.00")


def test_two_files_of_a_statement_that_say_different_things_are_in_doubt(kept: Engine) -> None:
    with writing(kept) as session:
        put(session, "one", statement("2026-06-02", "2026-06-22", "10.00"))
        put(session, "two", statement("2026-06-02", "2026-06-22", "11.00"))
    found = asked(kept)
    assert [(row.is_certain, found.total) for row in found.rows] == [(False, Decimal(0))]


def test_a_statement_without_account_or_amount_is_named(kept: Engine) -> None:
    with writing(kept) as session:
        put(
            session,
            "one",
            statement("2026-06-02", "2026-06-22", "10.00", status=Status.REVIEW, amount_due=None),
        )
    found = asked(kept)
    assert (list(found.rows), [one.file for one in found.unplaced]) == ([], ["one.pdf"])


def test_cpa_s_own_bill_of_what_the_statement_has_is_not_due_again(kept: Engine) -> None:
    generation = service("2026-05-03", "2026-06-01", provider="CPA", role="generation")
    delivery = service("2026-05-03", "2026-06-01")
    with writing(kept) as session:
        put(session, "sce", statement("2026-06-02", "2026-06-22", "20.00", services=(delivery, generation)))
        result = statement("2026-06-05", "2026-06-25", "10.00", services=(generation,))
        assert result.bill is not None
        own = result.model_copy(update={"bill": result.bill.model_copy(update={"issuer": "CPA"})})
        put(session, "cpa", own)
    assert told(asked(kept)) == [(ONE, "20.00", "due", 7)]


OF_SCE = "SCE's statement of 2026-06-02"


def own_of_cpa(part: Service, account: str = TWO) -> ReadResult:
    """Return CPA's own bill, of the day before SCE's statement."""
    result = statement("2026-06-01", "2026-06-22", "10.00", account, services=(part,))
    assert result.bill is not None
    return result.model_copy(update={"bill": result.bill.model_copy(update={"issuer": "CPA"})})


def generated(**more: Any) -> Service:
    part = service("2026-05-03", "2026-06-01", provider="CPA", role="generation")
    return part.model_copy(update=more)


@pytest.mark.parametrize(
    ("of_sce", "own", "account", "said"),
    [
        ({}, {"usage_kwh": Decimal("100.412")}, TWO, f"generation of its days is on {OF_SCE}"),
        ({}, {"total": Decimal("9.99")}, TWO, f"generation of its days is on {OF_SCE}"),
        (
            {"pod_id": "101760940000000001"},
            {"pod_id": "101760940000000001", "service_account": "6000000001"},
            TWO,
            f"generation of its days is on {OF_SCE}",
        ),
        ({}, {"service_account": "6000000001"}, ONE, f"may be paid with {OF_SCE}"),
        ({}, {"service_account": "6000000001"}, TWO, "none of its meter and days is here"),
        ({"role": None}, {}, TWO, f"may be paid with {OF_SCE}"),  # December's statement without CPA's part
        (None, {}, TWO, "none of its meter and days is here"),
    ],
    ids=["kWh", "dollars", "POD-ID", "customer account", "nothing", "delivery only", "before SCE's"],
)
@pytest.mark.parametrize("status", [Status.VERIFIED, Status.REVIEW])
def test_cpa_s_own_bill_is_never_added(
    kept: Engine,
    of_sce: dict[str, Any] | None,
    own: dict[str, Any],
    account: str,
    said: str,
    status: Status,
) -> None:
    with writing(kept) as session:
        if of_sce is not None:
            parts = (service("2026-05-03", "2026-06-01"), generated(**of_sce))
            on = parts if "role" not in of_sce else parts[:1]
            put(session, "sce", statement("2026-06-02", "2026-06-22", "20.00", services=on, status=status))
        put(session, "cpa", own_of_cpa(generated(**own), account))
    found = asked(kept)
    (row,) = [row for row in found.rows if row.bill.issuer == "CPA"]
    assert (row.is_certain, said in row.said) == (False, True)
    has_sce_s = of_sce is not None and status is Status.VERIFIED
    assert found.total == (Decimal("20.00") if has_sce_s else 0)


def test_cpa_s_own_bill_of_the_month_before_is_not_on_the_statement(kept: Engine) -> None:
    before = service("2026-04-03", "2026-05-03", provider="CPA", role="generation")  # reaches into the next
    with writing(kept) as session:
        parts = (service("2026-05-03", "2026-06-01"), generated())
        put(session, "sce", statement("2026-06-02", "2026-06-22", "20.00", services=parts))
        put(session, "cpa", own_of_cpa(before))
    (own,) = [row for row in asked(kept).rows if row.bill.issuer == "CPA"]
    assert "none of its meter and days is here" in own.said


def test_of_a_statement_of_sce_with_generation_alone_the_amount_is_due(kept: Engine) -> None:
    with writing(kept) as session:
        put(session, "sce", statement("2026-06-02", "2026-06-22", "20.00", services=(generated(),)))
    found = asked(kept)
    assert [(row.is_certain, row.said) for row in found.rows] == [(True, "")]
    assert found.total == Decimal("20.00")


def test_cpa_s_own_bill_that_asks_for_nothing_is_no_amount(kept: Engine) -> None:
    generation = service("2026-05-03", "2026-06-01", provider="CPA", role="generation")
    with writing(kept) as session:
        for name, account in (("one", None), ("two", TWO)):
            result = statement("2026-06-05", None, "10.00", services=(generation,))
            assert result.bill is not None
            of_cpa = {"issuer": "CPA", "amount_due": None, "customer_account": account}
            put(session, name, result.model_copy(update={"bill": result.bill.model_copy(update=of_cpa)}))
    found = asked(kept)
    assert not found.rows
    assert not found.unplaced


@pytest.mark.parametrize(
    ("fields", "lines", "past"),
    [
        ({"balance_forward": Decimal("12.00")}, (), "12.00"),
        ({"balance_forward": Decimal("-3.00")}, (), "0"),
        ({"previous_balance": Decimal("75.39")}, (("PAST DUE", Decimal("75.39")),), "75.39"),
        ({"previous_balance": Decimal("75.39")}, (("Past due amount", Decimal("70.00")),), "70.00"),
        ({"previous_balance": Decimal("10.00")}, (("Credit balance", Decimal("-3.00")),), "0"),
        ({"previous_balance": Decimal("0.00")}, (), "0"),
        ({"previous_balance": Decimal("10.00")}, (("Payment Received", Decimal("-10.00")),), None),
    ],
)
def test_what_was_due_before_is_as_the_statement_prints_it(
    fields: dict[str, Any], lines: tuple[tuple[str, Decimal], ...], past: str | None
) -> None:
    assert past_due_of(bill(**fields), lines) == (None if past is None else Decimal(past))


def with_roster(kept: Engine) -> None:
    with writing(kept) as session:
        lines = (AccountLine(label="PAST DUE", amount=Decimal("5.00")),)
        put(session, "one", statement("2026-06-02", "2026-06-22", "10.00", account_lines=lines))
        put(session, "two", statement("2026-06-02", "2026-06-24", "20.00", TWO, services=()))
        session.add_all(
            (Customer(key="bakery", name="Bäckerei; Example"), Customer(key="school", name="School"))
        )
        session.add(Manager(key="pat", name="Pat", email="pat@example.com"))
        session.flush()
        session.add(Site(key="main", customer_key="bakery", manager_key="pat", name="Main Street"))
        session.flush()
        session.add(Account(kind="customer", number=ONE, customer_key="bakery", site_key="main"))
        session.add(Account(kind="customer", number=TWO, customer_key="school"))


def test_of_a_customer_or_a_manager(kept: Engine) -> None:
    with_roster(kept)
    assert told(asked(kept, customer="school")) == [(TWO, "20.00", "due", 9)]
    (row,) = asked(kept, manager="pat").rows
    assert (row.account, row.past_due) == (ONE, Decimal("5.00"))
    assert row.owner is not None
    assert (row.owner.site, row.owner.manager) == ("main", "pat")


def test_a_statement_without_services_is_on_its_manager_s_list(kept: Engine) -> None:
    with_roster(kept)
    with writing(kept) as session:
        put(
            session,
            "bare",
            statement("2026-06-10", "2026-06-30", "77.00", services=(), status=Status.REVIEW),
        )
    assert told(asked(kept, manager="pat")) == [(ONE, "10.00", "due", 7), (ONE, "77.00", "due", 15)]


def handed_over(session: Session) -> None:
    """Add a roster in which kim's account is sam's since five days ago, and lou has two customers."""
    session.add_all(Customer(key=key, name=key.title()) for key in ("acme", "bob"))
    session.add_all(Manager(key=key, name=key.title(), email="") for key in ("kim", "sam", "lou"))
    session.flush()
    since = TODAY - dt.timedelta(5)
    before = since - dt.timedelta(1)
    of_acme: dict[str, Any] = {"kind": "service", "customer_key": "acme"}
    session.add(Account(number="8000000001", manager_key="kim", valid_to=before, **of_acme))
    session.add(Account(number="8000000001", manager_key="sam", valid_from=since, **of_acme))
    session.add(Account(number="8000000002", manager_key="lou", **of_acme))
    session.add(Account(kind="service", number="8000000003", manager_key="lou", customer_key="bob"))


SHARED = tuple(service("2026-05-03", "2026-06-01", account=f"800000000{at}") for at in (2, 3))


@pytest.mark.parametrize(
    ("whose", "amounts", "total", "unread", "managers"),
    [
        ({"manager": "kim"}, [], "0", 0, []),  # looked after it in the days that are billed
        ({"manager": "sam"}, ["10.00"], "10.00", 0, ["sam"]),
        ({"manager": "lou"}, ["30.00", "31.00"], "30.00", 1, ["lou", "lou"]),
        ({"customer": "acme"}, ["10.00"], "10.00", 0, ["sam"]),
        ({"customer": "bob"}, [], "0", 0, []),
        ({}, ["10.00", "30.00", "31.00"], "40.00", 1, ["sam", "lou", "lou"]),
    ],
)
def test_an_amount_is_for_who_looks_after_it_today_and_a_shared_one_for_who_has_a_part(
    kept: Engine,
    whose: dict[str, str],
    amounts: list[str],
    total: str,
    unread: int,
    managers: list[str],
) -> None:
    in_doubt: dict[str, Any] = {"services": SHARED, "status": Status.REVIEW}
    with writing(kept) as session:
        put(session, "own", statement("2026-06-02", "2026-06-22", "10.00"))
        put(session, "shared", statement("2026-06-02", "2026-06-23", "30.00", TWO, services=SHARED))
        put(session, "later", statement("2026-06-03", "2026-06-24", "31.00", TWO, **in_doubt))
        put(session, "unread", statement("2026-06-04", None, "1", TWO, amount_due=None, **in_doubt))
        handed_over(session)
    found = asked(kept, **whose)
    assert [str(row.amount) for row in found.rows] == amounts
    assert (found.total, len(found.unplaced)) == (Decimal(total), unread)
    assert [due_row(row)["manager"] for row in found.rows] == managers
    of_shared = [row for row in found.rows if row.account == TWO]
    assert [due_row(row)["customer"] for row in of_shared] == [None] * len(of_shared)


def test_in_a_calendar_a_shared_amount_is_no_one_customer_s_alone(kept: Engine) -> None:
    with writing(kept) as session:
        put(session, "shared", statement("2026-06-02", "2026-06-23", "30.00", TWO, services=SHARED))
        put(session, "strange", statement("2026-06-02", "2026-06-24", "1.00"))
        handed_over(session)
        session.execute(delete(Account).where(col(Account.number) == "8000000001"))
    assert [str(one["SUMMARY"]) for one in entries(list(asked(kept).rows), AT)] == [
        "SCE $30.00, no one customer's alone",
        "SCE $1.00, nobody of the roster",
    ]


def entries(rows: list[Due], now: dt.datetime) -> list[dict[str, Any]]:
    found = Calendar.from_ical(calendar(rows, now))
    return [dict(entry) for entry in found.walk("VEVENT")]


def test_an_account_s_entry_moves_with_its_latest_statement(kept: Engine) -> None:
    with writing(kept) as session:
        put(session, "may", statement("2026-05-02", "2026-05-21", "30.00"))
    (before,) = entries(list(asked(kept).rows), AT)
    with writing(kept) as session:
        put(session, "june", statement("2026-06-02", "2026-06-22", "20.00"))
    (after,) = entries(list(asked(kept).rows), AT + dt.timedelta(hours=1))
    assert before["UID"] == after["UID"]
    assert int(before["SEQUENCE"]) < int(after["SEQUENCE"])
    assert (before["DTSTART"].dt, after["DTSTART"].dt) == (dt.date(2026, 5, 21), dt.date(2026, 6, 22))


def test_in_a_calendar_no_amount_in_doubt_takes_the_place_of_a_certain_one(kept: Engine) -> None:
    with writing(kept) as session:
        put(session, "june", statement("2026-06-02", "2026-06-22", "250.00"))
        put(session, "later", statement("2026-06-12", "2026-07-02", "3.00", status=Status.REVIEW))
    rows = list(asked(kept).rows)
    assert len(rows) == 2
    for given in (rows, rows[::-1]):
        (entry,) = entries(given, AT)
        assert (str(entry["SUMMARY"]), entry["DTSTART"].dt) == (
            "SCE $250.00, nobody of the roster (another amount in doubt)",
            dt.date(2026, 6, 22),
        )
        assert "in doubt: $3.00 by 2026-07-02, billclerk show" in str(entry["DESCRIPTION"])


def test_a_calendar_has_each_day_once_and_the_same_when_made_again(kept: Engine) -> None:
    with_roster(kept)
    rows = list(asked(kept).rows)
    first, again = entries(rows, AT), entries(rows, AT + dt.timedelta(days=1))
    assert [one["UID"] for one in first] == [one["UID"] for one in again]
    assert len({one["UID"] for one in first}) == 2
    assert [(str(one["SUMMARY"]), one["DTSTART"].dt) for one in first] == [
        ("SCE $10.00, Bäckerei; Example", dt.date(2026, 6, 22)),
        ("SCE $20.00, School", dt.date(2026, 6, 24)),
    ]
    assert "of it $5.00 past due" in str(first[0]["DESCRIPTION"])
    assert all(ONE not in str(one["UID"]) for one in first)
