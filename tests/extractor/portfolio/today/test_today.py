"""The work list of a day on the made portfolio: each planted case in its section, and nothing else."""

from __future__ import annotations

import datetime as dt
from shlex import split

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from datarequests.people import People
from datarequests.reminders import Rules
from extractor.base.database import reading, writing
from extractor.intervals.short import Metered
from extractor.portfolio.history.asked import history
from extractor.portfolio.seen import Seen
from extractor.portfolio.today.asked import Around, today
from extractor.portfolio.today.model import MOST, Asked, Key, Line, Section, Today
from extractor.portfolio.today.page import letter, page, subject
from extractor.store.people import Account, Customer, Manager
from extractor.store.tables import Bill, Change, CurrentReading, Run, Service
from tests.extractor.portfolio.made import PLANTED, TODAY

NOW = dt.datetime(2026, 11, 30, 17, tzinfo=dt.UTC)
RULES = Rules()


def made(session: Session, since_days: int = 3, around: Around | None = None, **more: str) -> Today:
    asked = Asked(NOW, NOW - dt.timedelta(since_days), TODAY, **more)
    return today(session, asked, around or Around(People(), RULES))


def lines(found: Today, key: Key) -> list[Line]:
    return [line for section in found.sections if section.key == key for line in section.lines]


def account(name: str) -> str:
    return PLANTED[name].accounts[0]


def test_each_case_is_where_it_belongs(small: Engine) -> None:
    with reading(small) as session:
        found = made(session)
    assert [(line.command, line.words.rpartition(": ")[2]) for line in lines(found, "missing")] == [
        ("billclerk request draft --missing --customer cedar", "generation of 2025-12 missing"),
        ("billclerk request draft --missing --customer dune", "statement of 2025-10 missing"),
        ("billclerk request draft --missing --customer fern", "statement of 2026-11 late"),
    ]
    person = lines(found, "person")
    assert len(person) == 6
    assert [line.command.split()[1] for line in person] == [
        "show",
        "show",
        "answer",
        "answer",
        "answer",
        "answer",
    ]
    assert "in review: the total of the account summary" in person[0].words
    assert "unreadable: no known layout" in person[1].words
    (odd,) = lines(found, "odd")
    assert account("rebill never received") in odd.words
    assert "it was corrected since, or misread" in odd.words
    assert not lines(found, "changed")


def test_what_nobody_can_be_asked_for_ends_with_its_coverage(own_small: Engine) -> None:
    half, statement = account("missing half, never filled"), account("missing statement")
    with writing(own_small) as session:
        for row in session.exec(select(Service).where(Service.role == "generation")):
            row.provider = "LCE" if row.service_account == half else row.provider
        for held in session.exec(select(Account).where(Account.customer_key == "dune")):
            session.delete(held)
    with reading(own_small) as session:
        commands = [line.command for line in lines(made(session), "missing")]
    assert f"billclerk coverage --account {half}" in commands
    assert f"billclerk coverage --account {statement}" in commands


def test_what_is_due_soon_and_what_is_past_due(small: Engine) -> None:
    with reading(small) as session:
        due = lines(made(session), "due")
    past = [line for line in due if "past due" in line.words]
    assert [line.words.split(": ")[0].split(", ")[1][-2:] for line in past] == [account("past due")[-2:]]
    for line in due:
        if line not in past:
            day = dt.date.fromisoformat(line.words.split("due ")[1][:10])
            assert TODAY <= day <= TODAY + dt.timedelta(10)


def test_what_arrived_is_told_by_customer_and_since(small: Engine) -> None:
    with reading(small) as session:
        days = {
            since: sum(
                int(line.words.split(": ")[1].split()[0]) for line in lines(made(session, since), "arrived")
            )
            for since in (0, 3, 10_000)
        }
        everything = len(
            session.exec(
                select(Bill.id).join(CurrentReading, col(CurrentReading.effective_id) == col(Bill.reading_id))
            ).all()
        )
    assert days[0] == 0
    assert 0 < days[3] < days[10_000] == everything


@pytest.mark.parametrize("since_days", [3, 10_000])
def test_lists_that_share_what_was_looked_for_are_those_that_are_asked_for_alone(
    small: Engine, since_days: int
) -> None:
    around = Around(People(), RULES)
    with reading(small) as session:
        seen, managers = Seen(session), list(session.exec(select(Manager.key)))
        for manager in (*managers, None, *reversed(managers)):
            asked = Asked(NOW, NOW - dt.timedelta(since_days), TODAY, manager=manager)
            assert today(session, asked, around, seen) == today(session, asked, around)


def test_a_manager_gets_what_is_that_manager_s(small: Engine) -> None:
    with reading(small) as session:
        managers = list(session.exec(select(Manager.key)))
        whole, parts = made(session), [made(session, manager=key) for key in managers]
    for key in ("missing", "due", "arrived"):
        every = [line for line in lines(whole, key) if line.customer is not None]
        mine = [line for part in parts for line in lines(part, key)]
        assert {line.words.split(":")[0] for line in mine} == {line.words.split(":")[0] for line in every}, (
            key
        )
    assert all(
        f" --manager {key}" in part.sections[2].command for key, part in zip(managers, parts, strict=True)
    )


def test_what_arrived_and_is_odd_or_differs_from_its_meter(small: Engine) -> None:
    spike = account("kWh spike")
    month = dt.datetime(2026, 8, 20, tzinfo=dt.UTC)
    with reading(small) as session:
        asked = Asked(month, month - dt.timedelta(7), month.date())
        bill_id = session.exec(select(Bill.id).where(Bill.statement_date == dt.date(2026, 8, 12))).first()
        metered = Metered("differs", "the meter has 1,000 kWh less", None, None)
        found = today(session, asked, Around(People(), RULES, beside={(bill_id or 0, 1): metered}))
    odd = [line.words for line in lines(found, "odd")]
    assert any(spike in words and "kWh a day" in words for words in odd)
    assert any("differs from its meter: the meter has 1,000 kWh less" in words for words in odd)


def test_a_meter_that_differs_is_only_on_the_list_of_who_looks_after_it(own_small: Engine) -> None:
    month = dt.datetime(2026, 8, 20, tzinfo=dt.UTC)
    with writing(own_small) as session:
        of_bill = session.exec(
            select(Service)
            .join(Bill, col(Bill.id) == col(Service.bill_id))
            .where(Bill.statement_date == dt.date(2026, 8, 12), Service.position == 1)
        ).first()
        assert of_bill is not None
        bill_id = of_bill.bill_id
        (account,) = session.exec(
            select(Account).where(Account.number == of_bill.service_account, Account.kind == "service")
        )
        for key in ("first", "second"):
            session.add(Manager(key=key, name=key, email=f"{key}@example.com"))
        session.flush()
        account.manager_key = "first"
        other = of_bill.model_dump(exclude={"id"}) | {"position": 9, "service_account": "8999999999"}
        session.add(Service(**other))
        held = account.model_dump(exclude={"id", "plain"}) | {"number": "8999999999", "manager_key": "second"}
        session.add(Account(**held))
    beside = {(bill_id, number): Metered("differs", "the meter has less", None, None) for number in (1, 9)}
    found = {}
    with reading(own_small) as session:
        for whose in ("first", "second", None):
            asked = Asked(month, month - dt.timedelta(7), month.date(), manager=whose)
            listed = lines(today(session, asked, Around(People(), RULES, beside=beside)), "odd")
            found[whose] = [
                line.words.split("service ")[1][0] for line in listed if "from its meter" in line.words
            ]
    assert found == {"first": ["1"], "second": ["9"], None: ["1", "9"]}


def test_the_rest_of_what_is_odd_is_listed_from_the_first_statement_that_arrived(small: Engine) -> None:
    with reading(small) as session:
        found = made(session)
        command = next(section.command for section in found.sections if section.key == "odd")
        since = dt.date.fromisoformat(command.split("--since ")[1][:10])
        named = {line.command.split()[-1] for line in lines(found, "odd")}
        assert named <= {one.bill.name for one in history(session, since=since)}
    assert named


def test_a_key_with_blanks_is_typed_as_one_word(own_small: Engine) -> None:
    key = "dune; hotels"
    with writing(own_small) as session:
        session.add(Customer(key=key, name="Dune"))
        session.flush()
        for held in session.exec(select(Account).where(Account.customer_key == "dune")):
            held.customer_key, held.site_key = key, None
    with reading(own_small) as session:
        for found in (made(session), made(session, customer=key)):
            commands = [line.command for each in ("arrived", "missing") for line in lines(found, each)]
            commands += [section.command for section in found.sections]
            theirs = [split(command) for command in commands if key in command]
            assert len(theirs) >= 2
            assert all(words[words.index("--customer") + 1] == key for words in theirs)


def test_a_reprocessing_is_told_with_what_it_held_back(own_small: Engine) -> None:
    with writing(own_small) as session:
        documents = session.exec(select(CurrentReading.document_id)).all()[:3]
        run = Run(began_at=NOW, moved_at=NOW - dt.timedelta(1), fingerprint="a" * 64, asked="all")
        session.add(run)
        session.flush()
        for number, (kind, moved) in zip(
            documents, (("verified", True), ("unchanged", True), ("worse", False)), strict=True
        ):
            reading_id = session.exec(
                select(CurrentReading.reading_id).where(CurrentReading.document_id == number)
            ).one()
            session.add(
                Change(
                    run_id=run.id or 0,
                    document_id=number or 0,
                    before_id=reading_id,
                    after_id=reading_id,
                    before_effective_id=reading_id,
                    after_effective_id=reading_id,
                    kind=kind,
                    moved=moved,
                    differences=[],
                )
            )
    with reading(own_small) as session:
        (line,) = lines(made(session), "changed")
        assert not lines(made(session, 0), "changed")
    assert line == Line(
        "run 1 of 2026-11-29: 1 verified, 1 held back for a person", "billclerk reprocess --report 1"
    )


def test_health_is_on_everybody_s_list_only(small: Engine) -> None:
    around = Around(People(), RULES, concerns=["there is no backup"])
    with reading(small) as session:
        assert [line.words for line in lines(made(session, around=around), "health")] == [
            "there is no backup"
        ]
        assert not lines(made(session, around=around, customer="elm"), "health")


def test_a_page_and_a_letter_have_each_line_with_its_command_and_say_what_they_leave_out() -> None:
    many = [Line(f"line <{number}>", f"billclerk show {number}") for number in range(MOST + 2)]
    asked = Asked(NOW, dt.datetime(2026, 11, 27, 8, tzinfo=dt.UTC), TODAY)
    found = Today(asked, [Section("due", many, "billclerk due"), Section("odd", [], "billclerk history")])
    text, html = letter(found, "Today"), page(found, "Today")
    assert "since 2026-11-27 00:00 in Los Angeles" in text and "since 2026-11-27 00:00 in Los Angeles" in html
    assert f"line <{MOST - 1}>\n    billclerk show {MOST - 1}\n" in text
    assert f"line <{MOST}>" not in text
    assert "- and 2 more\n    billclerk due\n" in text
    assert f"line &lt;{MOST - 1}&gt;<code>billclerk show {MOST - 1}</code>" in html
    assert "Arrived and odd" not in text + html
    assert subject(found, "Today") == f"Today: {MOST + 2} due within 10 days, or past due"


@pytest.mark.parametrize("empty", [[], [Section("due", [], "billclerk due")]])
def test_an_empty_list_says_so(empty: list[Section]) -> None:
    found = Today(Asked(NOW, NOW, TODAY), empty)
    assert found.is_empty
    assert "there is nothing to do" in letter(found, "Today")
    assert "there is nothing to do" in page(found, "Today")
