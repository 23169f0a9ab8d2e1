"""An account is asked for with its other numbers, on the days of their aliases; a succession is never followed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pytest
from sqlalchemy import Engine

from extractor.base.database import reading, writing
from extractor.export.kept import kept_charges
from extractor.store.aliases import AliasKind, add_alias, aliases, undo_alias
from extractor.store.current import Wanted, current
from extractor.store.numbers import numbers_of, partly_of
from extractor.store.people import Alias
from extractor.store.said import Saying
from tests.extractor.made_bills import record, service
from tests.extractor.store.test_standing import Kept

NOW = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)
PAT = Saying("Pat", "a letter by SCE", NOW)
MAY, JUNE, JULY = (
    ("2026-05-01", "2026-05-31"),
    ("2026-06-01", "2026-06-30"),
    ("2026-07-01", "2026-07-30"),
)
OLD, NEW, THIRD = "3-008-0000-08", "8000000001", "8000000002"

Told = tuple[AliasKind, str, str, str | None, str | None]
"""A kind, two numbers, the first and the last day."""


def day(text: str | None) -> dt.date | None:
    return None if text is None else dt.date.fromisoformat(text)


def tell(engine: Engine, *told: Told) -> None:
    with writing(engine) as session:
        for kind, number, other, since, until in told:
            add_alias(session, kind, number, other, "a letter by SCE", day(since), day(until), PAT)


def asked(engine: Engine, account: str) -> list[int]:
    """Return which documents an account brings."""
    with reading(engine) as session:
        return sorted(int(kept.sha256) for kept in current(session, Wanted(account=account)))


@pytest.mark.parametrize(
    ("told", "account", "documents"),
    [
        ((), NEW, [3]),
        ((("renumbered", OLD, NEW, None, None),), NEW, [1, 2, 3]),
        ((("renumbered", OLD, NEW, None, None),), OLD, [1, 2, 3]),  # the other way round as well
        ((("renumbered", OLD, NEW, "2026-06-01", None),), NEW, [2, 3]),  # the first day is inclusive
        ((("renumbered", OLD, NEW, "2026-06-02", None),), NEW, [3]),  # June is not all in it
        ((("renumbered", OLD, NEW, None, "2026-06-30"),), NEW, [1, 2, 3]),  # so is the last day
        ((("renumbered", OLD, NEW, None, "2026-06-29"),), NEW, [1, 3]),
        ((("provider", OLD, NEW, None, None),), NEW, [1, 2, 3]),
        ((("succession", OLD, NEW, None, None),), NEW, [3]),  # another customer's
        ((("renumbered", OLD, THIRD, None, None), ("renumbered", THIRD, NEW, None, None)), NEW, [1, 2, 3]),
        (
            (
                ("renumbered", OLD, THIRD, None, "2026-05-31"),
                ("renumbered", THIRD, NEW, "2026-05-01", None),
            ),
            NEW,
            [1, 3],  # on the days of both
        ),
        (
            (
                ("renumbered", OLD, THIRD, None, "2026-05-31"),
                ("renumbered", THIRD, NEW, "2026-06-01", None),
            ),
            NEW,
            [3],  # which have no day in common
        ),
        ((("succession", OLD, THIRD, None, None), ("renumbered", THIRD, NEW, None, None)), NEW, [3]),
        (
            (
                ("succession", OLD, NEW, None, None),
                ("renumbered", OLD, THIRD, None, None),
                ("renumbered", THIRD, NEW, None, None),
            ),
            NEW,
            [3],  # nor by a way round
        ),
    ],
)
def test_an_account_brings_what_its_aliases_say_and_no_successor(
    kept: Engine, told: Sequence[Told], account: str, documents: list[int]
) -> None:
    store = Kept(kept)
    store.put(record("2026-06-02", service(*MAY, account=OLD)))
    store.put(record("2026-07-02", service(*JUNE, account=OLD)))
    store.put(record("2026-08-02", service(*JULY, account=NEW)))
    tell(kept, *told)
    assert asked(kept, account) == documents


def test_a_customer_account_has_other_numbers_too(kept: Engine) -> None:
    store = Kept(kept)
    store.put(record("2026-06-02", service(*MAY), account="2-01-234-5678"))
    store.put(record("2026-07-02", service(*JUNE), account="2-01-234-5678"))
    store.put(record("2026-08-02", service(*JULY), account="700200000009"))
    tell(kept, ("account", "2-01-234-5678", "700200000009", None, "2026-05-31"))
    assert asked(kept, "700200000009") == [1, 3]
    assert asked(kept, "2-01-234-5678") == [1, 2]  # the new one only on those days


def test_an_alias_that_was_taken_back_brings_nothing(kept: Engine) -> None:
    Kept(kept).put(record("2026-06-02", service(*MAY, account=OLD)))
    tell(kept, ("renumbered", OLD, NEW, None, None))
    assert asked(kept, NEW) == [1]
    with writing(kept) as session:
        undo_alias(session, aliases(session)[0].id or 0, "Pat", NOW)
    assert asked(kept, NEW) == []


def test_an_undated_service_comes_along_only_where_the_alias_has_no_days(kept: Engine) -> None:
    undated = service(*MAY, account=OLD).model_copy(update={"period": None})
    result = record("2026-06-02", undated)
    assert result.bill is not None
    bill = result.bill.model_copy(update={"statement_date": None})
    Kept(kept).put(result.model_copy(update={"bill": bill}))
    tell(kept, ("renumbered", OLD, NEW, None, None))
    assert asked(kept, NEW) == [1]
    tell(kept, ("renumbered", OLD, THIRD, "2020-01-01", None))
    assert asked(kept, THIRD) == []


def test_of_a_statement_with_several_services_only_the_asked_ones_charges_are_given(kept: Engine) -> None:
    """The old number in May and in June, the alias until May; and a service that nobody asked for."""
    services = (service(*MAY, account=OLD), service(*JUNE, account=OLD), service(*MAY, account=THIRD))
    Kept(kept).put(record("2026-07-02", *services))
    tell(kept, ("renumbered", OLD, NEW, None, "2026-05-31"))

    def rows(wanted: Wanted) -> list[object]:
        with reading(kept) as session:
            return [row["service"] for row in kept_charges(current(session, wanted))]

    assert rows(Wanted()) == [1, 2, 3]
    assert rows(Wanted(account=OLD)) == [1, 2]
    assert rows(Wanted(account=NEW)) == [1]
    assert rows(Wanted(account="700200000001")) == [1, 2, 3]  # the customer account has them all


def test_each_number_says_by_which_aliases_it_came_and_what_is_only_partly_in(kept: Engine) -> None:
    store = Kept(kept)
    store.put(record("2026-06-02", service(*MAY, account=OLD)))
    store.put(record("2026-07-02", service("2026-06-01", "2026-07-04", account=OLD)))
    store.put(record("2026-08-02", service(*JULY, account=OLD)))  # not at all in
    tell(kept, ("renumbered", OLD, THIRD, None, "2026-06-30"), ("provider", THIRD, NEW, None, None))
    with reading(kept) as session:
        numbers = numbers_of(session, NEW)
        assert [(one.number, [row.id for row in one.by]) for one in numbers] == [
            (NEW, []),
            (THIRD, [2]),
            (OLD, [2, 1]),
        ]
        assert partly_of(session, numbers) == 1


def test_many_numbers_that_are_all_one_anothers_are_found_once_each(kept: Engine) -> None:
    """All pairs of fourteen, told twice: there are millions of ways from one to another."""
    numbers = [f"80000000{number:02d}" for number in range(14)]
    with writing(kept) as session:
        for number in numbers:
            for other in numbers:
                if number != other:
                    session.add(
                        Alias(kind="provider", number=number, other=other, evidence="x", who="Pat", at=NOW)
                    )
    with reading(kept) as session:
        assert sorted(one.number for one in numbers_of(session, numbers[5])) == numbers
