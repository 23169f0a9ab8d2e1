"""What only a person can tell of accounts is asked, answered, and asked again when the answer is taken back."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import Engine

from extractor.base.database import reading, writing
from extractor.home import Home
from extractor.intervals.given import Account, Series
from extractor.store.account_questions import (
    AccountQuestion,
    account_questions,
    answer_question,
    answered,
    undo_answer,
    undo_point,
)
from extractor.store.aliases import add_alias, aliases, undo_alias
from extractor.store.numbers import numbers_of
from extractor.store.roster import Entry
from extractor.store.said import NotKeptError, Saying, short
from tests.extractor.intervals.held.stored import MARCH, NOW, held, run
from tests.extractor.intervals.held.stored import kept as keep
from tests.extractor.made_bills import record, service
from tests.extractor.rosters import take_roster
from tests.extractor.store.test_standing import Kept

PAT = Saying("Pat", "called SCE", NOW)
OLD, NEW, CPA, POD = "3-008-0000-08", "8000000001", "6000000001", "101760940000000118"
BAKERY, SCHOOL = ("700200000001", "EXAMPLE BAKERY"), ("700200000077", "EXAMPLE SCHOOL")


def bill(
    store: Kept, month: str, number: str, whose: tuple[str, str] = BAKERY, provider: str = "SCE"
) -> None:
    one = service(f"{month}-01", f"{month}-28", provider=provider, account=number)
    account, name = whose
    store.put(
        record(
            f"{month}-28",
            one.model_copy(update={"pod_id": POD}),
            account=account,
            customer_name=name,
            issuer=provider,
        )
    )


def asked(engine: Engine) -> list[AccountQuestion]:
    with reading(engine) as session:
        return list(account_questions(session))


def say(engine: Engine, answer: str, saying: Saying = PAT) -> str:
    """Answer the only question that is open; return its short name."""
    with writing(engine) as session:
        (question,) = account_questions(session)
        answer_question(session, question, answer, saying)
        return short(question.name)


def take_back(engine: Engine, name: str) -> bool:
    with writing(engine) as session:
        return undo_answer(session, name, "Sam", NOW)


def numbers(engine: Engine, number: str) -> list[tuple[str, dt.date | None, dt.date | None]]:
    with reading(engine) as session:
        return [(one.number, one.since, one.until) for one in numbers_of(session, number)[1:]]


# --- numbers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("second", "suggested"),
    [
        ((NEW, BAKERY, "SCE", "2026-07"), "renumbered"),
        ((CPA, BAKERY, "CPA", "2026-06"), "provider"),
        ((NEW, SCHOOL, "SCE", "2026-07"), "succession"),
    ],
)
@pytest.mark.parametrize("answer", ["renumbered", "succession", "apart"])
def test_two_numbers_of_one_pod_are_asked_about_and_joined_only_by_a_person(
    kept: Engine, second: tuple[str, tuple[str, str], str, str], suggested: str, answer: str
) -> None:
    number, whose, provider, month = second
    bill(store := Kept(kept), "2026-06", OLD)
    bill(store, month, number, whose, provider)
    (question,) = asked(kept)
    assert suggested in question.said and f"POD-ID {POD}" in dict(question.facts)["by"]
    assert numbers(kept, number) == []
    name = say(kept, answer)
    assert asked(kept) == []
    assert numbers(kept, number) == ([(OLD, None, None)] if answer == "renumbered" else [])
    assert take_back(kept, name)
    assert numbers(kept, number) == []
    assert [one.name for one in asked(kept)] == [question.name]
    assert not take_back(kept, name)
    with reading(kept) as session:
        assert [(one.holds, one.undone_by) for one in answered(session)] == [(False, "Sam")]


def test_an_answer_whose_alias_is_unlinked_is_open_again(kept: Engine) -> None:
    bill(store := Kept(kept), "2026-06", OLD)
    bill(store, "2026-07", NEW)
    say(kept, "renumbered")
    with writing(kept) as session:
        (row,) = aliases(session)
        assert row.evidence == f"POD-ID {POD}; called SCE"
        undo_alias(session, row.id or 0, "Sam", NOW)
    assert len(asked(kept)) == 1
    with reading(kept) as session:
        assert [one.holds for one in answered(session)] == [False]


def test_numbers_that_were_somebody_elses_too_are_joined_on_the_days_that_they_share(kept: Engine) -> None:
    bill(store := Kept(kept), "2026-05", OLD, SCHOOL)
    bill(store, "2026-06", OLD)
    bill(store, "2026-07", NEW)
    with writing(kept) as session:  # whose the old number was is known
        add_alias(session, "succession", BAKERY[0], SCHOOL[0], "roster", None, None, PAT)
    assert "from 2026-06-01 to 2026-07-28" in asked(kept)[0].said
    say(kept, "renumbered")
    assert numbers(kept, NEW) == [(OLD, dt.date(2026, 6, 1), dt.date(2026, 7, 28))]


def test_an_account_that_is_billed_to_two_customer_accounts_is_asked_about_unless_the_roster_tells(
    kept: Engine,
) -> None:
    bill(store := Kept(kept), "2026-06", NEW)
    bill(store, "2026-07", NEW, SCHOOL)
    (question,) = asked(kept)
    assert ("succession" in question.said, question.answers) == (True, ("account", "succession", "apart"))
    with writing(kept) as session:
        take_roster(
            session,
            [
                Entry("bakery", "Bakery", BAKERY[0], "customer"),
                Entry("school", "School", SCHOOL[0], "customer"),
            ],
        )
    assert asked(kept) == []


def test_only_an_answer_to_the_question_is_taken(kept: Engine) -> None:
    bill(store := Kept(kept), "2026-06", OLD)
    bill(store, "2026-07", NEW)
    with pytest.raises(NotKeptError, match="provider, renumbered, succession, apart"):
        say(kept, "account")


# --- usage points --------------------------------------------------------------------------------------


def feed(home: Home, engine: Engine, name: str, *accounts: str | None) -> None:
    keep(home, engine, name, [Account("up-1", one, address="1 Main St") for one in accounts])


def test_an_ambiguous_usage_point_is_asked_answered_and_asked_again(home: Home, kept: Engine) -> None:
    feed(home, kept, "feed", OLD, NEW)
    keep(home, kept, "usage", [run(MARCH, 1, 7, Series("delivered", usage_point="up-1"))])
    (question,) = asked(kept)
    assert "feeds name 3008000008 and 8000000001" in question.said
    assert ("feed", f"service account {NEW}, address 1 Main St (a feed, import 1)") in question.facts
    assert held(home, kept, NEW) == {}
    with pytest.raises(NotKeptError, match="no service account"):
        say(kept, "the bakery")
    name = say(kept, NEW)
    assert asked(kept) == [] and held(home, kept, NEW) == {MARCH: 7}
    assert take_back(kept, name)
    assert len(asked(kept)) == 1 and held(home, kept, NEW) == {}


@pytest.mark.parametrize(
    ("accounts", "has_readings", "is_asked"),
    [
        ((NEW,), True, False),
        ((None,), True, True),  # an address alone is nobody's name
        ((), True, True),
        ((None,), False, False),  # nothing hangs on it yet
        ((OLD, NEW), False, True),
        ((OLD, "3008000008"), True, False),  # one number, however it is written
    ],
)
def test_a_usage_point_is_asked_about_where_feeds_do_not_name_just_one_account(
    home: Home, kept: Engine, accounts: tuple[str | None, ...], has_readings: bool, is_asked: bool
) -> None:
    if accounts:
        feed(home, kept, "feed", *accounts)
    if has_readings:
        keep(home, kept, "usage", [run(MARCH, 1, 7, Series("delivered", usage_point="up-1"))])
    assert [one.name for one in asked(kept)] == (["point|up-1"] if is_asked else [])


def test_a_feed_that_contradicts_a_person_is_told_and_the_person_holds_until_asked(
    home: Home, kept: Engine
) -> None:
    keep(home, kept, "usage", [run(MARCH, 1, 7, Series("delivered", usage_point="up-1"))])
    say(kept, NEW)
    feed(home, kept, "same", NEW)
    assert asked(kept) == []
    feed(home, kept, "other", OLD)
    (question,) = asked(kept)
    assert "Pat said 8000000001, and a feed since then 3-008-0000-08" in question.said
    assert held(home, kept, NEW) == {MARCH: 7}
    say(kept, NEW, Saying("Sam", "looked at the meter", NOW))
    assert asked(kept) == []
    with writing(kept) as session:
        assert undo_point(session, "up-1", "Sam", NOW)
        assert not undo_point(session, "up-1", "Sam", NOW)
    assert "feeds name" in asked(kept)[0].said


# --- readings ------------------------------------------------------------------------------------------


def test_readings_of_an_account_that_nothing_names_are_asked_about(home: Home, kept: Engine) -> None:
    keep(home, kept, "usage", [run(MARCH, 1, 7)])
    (question,) = asked(kept)
    assert (question.answers, NEW in question.said) == (("known",), True)
    name = say(kept, "known")
    assert asked(kept) == []
    take_back(kept, name)
    Kept(kept).put(record("2026-06-02", service("2026-05-01", "2026-05-31", account="8-000-0000-01")))
    assert asked(kept) == []  # a bill names it
