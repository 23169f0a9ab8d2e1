"""What is due: one amount for each customer account, the latest statement's; nothing is called paid too early."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import Engine
from sqlmodel import Session

from extractor.base.database import reading, writing
from extractor.model import AccountLine, ReadResult, Service, Status
from extractor.portfolio.due import Due, DueList, due, past_due_of, within
from extractor.portfolio.due_calendar import calendar
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


def test_the_old_and_the_new_number_of_a_customer_are_one_account(kept: Engine) -> None:
    with writing(kept) as session:
        put(session, "may", statement("2026-05-02", "2026-05-22", "200.00"))
        put(session, "june", statement("2026-06-02", "2026-06-22", "250.00", TWO, services=()))
        add_alias(session, "account", TWO, ONE, "letter of SCE", None, None, Saying("pat", "letter", AT))
    assert told(asked(kept)) == [(TWO, "250.00", "due", 7)]


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


def test_an_amount_in_doubt_is_shown_and_not_added(kept: Engine) -> None:
    with writing(kept) as session:
        put(session, "may", statement("2026-05-02", "2026-05-22", "200.00"))
        put(session, "june", statement("2026-06-02", "2026-06-22", "999.00", status=Status.REVIEW))
    found = asked(kept)
    (row,) = found.rows
    assert (row.amount, row.is_certain, found.total) == (Decimal("999.00"), False, Decimal(0))
    assert "in doubt" in row.said


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
    assert told(asked(kept, manager="pat")) == [(ONE, "77.00", "due", 15)]


def entries(rows: list[Due], now: dt.datetime) -> list[dict[str, Any]]:
    found = Calendar.from_ical(calendar(rows, now))
    return [dict(entry) for entry in found.walk("VEVENT")]


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
