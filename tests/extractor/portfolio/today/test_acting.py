"""Whose list something is on: of who looks after it today, and of each who looks after a part of it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from datarequests.people import People
from datarequests.reminders import Rules
from extractor.base.database import reading, writing
from extractor.model import Service, Status
from extractor.portfolio.seen import Seen
from extractor.portfolio.today.asked import Around, today
from extractor.portfolio.today.model import Asked, Key, Line, Today
from extractor.store.people import Account, Customer, Manager
from extractor.store.questions import questions
from extractor.store.said import short
from extractor.store.tables import Change, Reading, Run
from tests.extractor.made_bills import record, service
from tests.extractor.portfolio.stored import AT, put, with_bill

NOW = dt.datetime(2026, 11, 30, 17, tzinfo=dt.UTC)
DAY = dt.date(2026, 11, 30)
OWN, SHARED, DOUBTFUL, OTHER = (f"70020000000{at}" for at in range(1, 5))
PASSED_ON, FIRST, SECOND, THIRD = (f"800000000{at}" for at in range(1, 5))
OCTOBER, NOVEMBER = ("2026-09-19", "2026-10-18"), ("2026-10-19", "2026-11-17")
KEYS: tuple[Key, ...] = ("arrived", "person", "due", "odd", "changed")


def of(days: tuple[str, str], *numbers: str) -> list[Service]:
    return [service(*days, account=number) for number in numbers]


def add_roster(session: Session) -> None:
    """Kim's account is sam's since ten days; of a statement of two customers lou has both parts, or one."""
    session.add_all(Customer(key=key, name=key.title()) for key in ("acme", "bob"))
    session.add_all(Manager(key=key, name=key.title(), email="") for key in ("kim", "sam", "lou", "max"))
    session.flush()
    for number, customer, manager, first, last in (
        (PASSED_ON, "acme", "kim", None, dt.date(2026, 11, 19)),
        (PASSED_ON, "acme", "sam", dt.date(2026, 11, 20), None),
        (FIRST, "acme", "lou", None, None),
        (SECOND, "bob", "lou", None, None),
        (THIRD, "bob", "max", None, None),
    ):
        session.add(
            Account(
                kind="service",
                number=number,
                customer_key=customer,
                manager_key=manager,
                valid_from=first,
                valid_to=last,
            )
        )


def add_bills(session: Session) -> None:
    """Two months of two accounts with a balance that differs, a doubtful one, and two of the same days."""
    due = {"due_date": dt.date(2026, 12, 7)}
    for account, numbers in ((OWN, [PASSED_ON]), (SHARED, [FIRST, SECOND])):
        for days, more in ((OCTOBER, {}), (NOVEMBER, {"previous_balance": Decimal("99.00"), **due})):
            day = (dt.date.fromisoformat(days[1]) + dt.timedelta(1)).isoformat()
            put(session, with_bill(record(day, *of(days, *numbers), account=account), **more), account + day)
    doubtful: dict[str, Any] = {"account": DOUBTFUL, "status": Status.REVIEW}
    put(session, record("2026-11-18", *of(NOVEMBER, SECOND, THIRD), **doubtful), "doubtful")
    later = ("2026-10-26", "2026-11-22")
    put(
        session,
        record("2026-11-23", *of(later, PASSED_ON), service(*later, account=THIRD), account=OTHER),
        "other",
    )


def made(
    session: Session, manager: str | None, seen: Seen | None = None, customer: str | None = None
) -> Today:
    asked = Asked(NOW, AT - dt.timedelta(1), DAY, customer, manager)
    return today(session, asked, Around(People(), Rules()), seen)


def lines(found: Today, key: Key) -> list[Line]:
    return [line for section in found.sections if section.key == key for line in section.lines]


@pytest.fixture
def home(kept: Engine) -> Engine:
    with writing(kept) as session:
        add_bills(session)
        add_roster(session)
    return kept


NOBODY_S = "no one customer's alone, account"


@pytest.mark.parametrize(
    ("manager", "heads"),
    [
        ("kim", {}),  # who had it in the days that are billed
        (
            "sam",
            {
                "arrived": ["Acme", f"{NOBODY_S} {OTHER}"],
                "due": [f"Acme, {OWN}", OTHER],
                "odd": [f"Acme, {OWN}, 2026-11-18"],
            },
        ),
        (
            "lou",
            {
                "arrived": ["Bob", f"{NOBODY_S} {SHARED}"],
                "person": [f"Bob, SCE statement of 2026-11-18 for {DOUBTFUL} is in review"],
                "due": [SHARED, f"Bob, {DOUBTFUL}"],
                "odd": [f"{SHARED}, 2026-11-18"],
            },
        ),
        (
            "max",
            {
                "arrived": ["Bob", f"{NOBODY_S} {OTHER}"],
                "person": [f"Bob, SCE statement of 2026-11-18 for {DOUBTFUL} is in review"],
                "due": [f"Bob, {DOUBTFUL}", OTHER],
            },
        ),
        (
            None,
            {
                "arrived": ["Acme", "Bob", f"{NOBODY_S} {SHARED}", f"{NOBODY_S} {OTHER}"],
                "person": [f"Bob, SCE statement of 2026-11-18 for {DOUBTFUL} is in review"],
                "due": [f"Acme, {OWN}", SHARED, f"Bob, {DOUBTFUL}", OTHER],
                "odd": [f"Acme, {OWN}, 2026-11-18", f"{SHARED}, 2026-11-18"],
            },
        ),
    ],
)
def test_a_list_has_what_is_looked_after_today_and_what_a_part_of_is(
    home: Engine, manager: str | None, heads: dict[Key, list[str]]
) -> None:
    with reading(home) as session:
        found = made(session, manager)
    for key in ("arrived", "person", "due", "odd"):
        told = [line for line in lines(found, key) if "answer" not in line.command]
        assert [line.words.split(": ")[0] for line in told] == heads.get(key, []), key


@pytest.mark.parametrize(
    ("manager", "pairs"),
    [
        ("kim", []),
        ("sam", [{OWN, OTHER}, {DOUBTFUL, OTHER}]),  # of the first both bills, of the second the other
        ("lou", [{SHARED, DOUBTFUL}, {DOUBTFUL, OTHER}]),
        ("max", [{OWN, OTHER}, {SHARED, DOUBTFUL}, {DOUBTFUL, OTHER}]),
        (None, [{OWN, OTHER}, {SHARED, DOUBTFUL}, {DOUBTFUL, OTHER}]),
    ],
)
def test_a_question_is_on_the_list_of_each_who_has_a_part_of_either_bill(
    home: Engine, manager: str | None, pairs: list[set[str]]
) -> None:
    with reading(home) as session:
        asked = {
            short(one.name): {
                bill.customer_account or ""
                for bill in Seen(session).billed.bills
                for each in one.bills
                if each.id == bill.id
            }
            for one in questions(session)
        }
        answers = [line for line in lines(made(session, manager), "person") if " answer " in line.command]
        named = [line for line in answers if line.command.split()[2] in asked]
    assert sorted(sorted(asked[line.command.split()[2]]) for line in named) == sorted(map(sorted, pairs))
    assert not any(name in line.words for line in named for name in ("Acme", "Bob"))  # none is one customer's
    assert manager is None or named == answers


def test_what_is_shared_names_no_customer_and_is_on_none_s_list(home: Engine) -> None:
    with reading(home) as session:
        for manager in ("sam", "lou", "max", None):
            found = [line for key in KEYS for line in lines(made(session, manager), key)]
            shared = [line for line in found if SHARED in line.words or OTHER in line.words]
            assert shared and not any("Acme" in line.words or "Bob" in line.words for line in shared)
            assert {line.customer for line in shared} == {None}
        for customer in ("acme", "bob"):
            found = [line for key in KEYS for line in lines(made(session, None, customer=customer), key)]
            assert found
            assert not any(SHARED in line.words or OTHER in line.words for line in found)


def test_a_run_is_told_to_each_who_has_a_part_of_what_it_changed(home: Engine) -> None:
    with writing(home) as session:
        run = Run(began_at=NOW, moved_at=NOW - dt.timedelta(1), fingerprint="a" * 64, asked="all")
        session.add(run)
        session.flush()
        for bill in Seen(session).billed.bills:
            (number,) = session.exec(select(Reading.id).where(Reading.document_id == bill.document_id))
            same: dict[str, Any] = dict.fromkeys(
                ("before_id", "after_id", "before_effective_id", "after_effective_id"), number
            )
            if bill.customer_account in (OWN, SHARED):
                session.add(
                    Change(
                        run_id=run.id or 0,
                        document_id=bill.document_id,
                        kind="verified",
                        moved=True,
                        differences=[],
                        **same,
                    )
                )
    with reading(home) as session:
        told = {
            who: [line.words.split(": ")[1] for line in lines(made(session, who), "changed")]
            for who in ("kim", "sam", "lou", "max", None)
        }
    both = ["2 verified"]
    assert told == {"kim": [], "sam": both, "lou": both, "max": [], None: ["4 verified"]}


def test_lists_that_share_what_was_looked_for_are_those_that_are_asked_for_alone(home: Engine) -> None:
    with reading(home) as session:
        seen = Seen(session)
        for manager in ("kim", "sam", None, "lou", "max", "lou", "sam", "kim"):
            assert made(session, manager, seen) == made(session, manager)
