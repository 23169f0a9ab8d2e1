"""What a service goes by is shown with its days and evidence, and nothing of it to another customer."""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine

from extractor.accounts.asked import services
from extractor.accounts.model import OfService
from extractor.base.database import writing
from extractor.export.accounts import ACCOUNT_COLUMNS, account_rows, managed
from extractor.export.files import write_csv
from extractor.home import Home
from extractor.intervals import clock
from extractor.intervals.given import Account, Series
from extractor.store.aliases import AliasKind, add_alias
from extractor.store.roster import Entry
from extractor.store.said import Saying
from tests.extractor.intervals.held.stored import NOW, run
from tests.extractor.intervals.held.stored import kept as keep
from tests.extractor.made_bills import record, service
from tests.extractor.rosters import take_roster
from tests.extractor.store.test_standing import Kept

PAT = Saying("Pat", "a letter", NOW)
OLD, NEW, CPA, POD = "3-008-0000-08", "8000000001", "6000000001", "101760940000000118"
FIRST, SECOND = "2-01-234-5678", "700200000001"
MARCH, MAY = clock.midnight(dt.date(2025, 3, 1)), clock.midnight(dt.date(2025, 5, 1))


def bill(store: Kept, month: str, *services_: tuple[str, str], account: str, meter: str = "M1") -> None:
    made = [
        service(f"{month}-01", f"{month}-28", account=number, provider=provider).model_copy(
            update={"pod_id": POD, "meter": meter}
        )
        for number, provider in services_
    ]
    store.put(record(f"{month}-28", *made, account=account))


def link(engine: Engine, *told: tuple[AliasKind, str, str]) -> None:
    with writing(engine) as session:
        for kind, number, other in told:
            add_alias(session, kind, number, other, "a letter", None, None, PAT)


@pytest.fixture
def filled(home: Home, kept: Engine) -> tuple[Home, Engine]:
    """A bakery's service, renumbered and with a number of CPA's, and readings of both of its numbers."""
    store = Kept(kept)
    bill(store, "2025-03", (OLD, "SCE"), account=FIRST)
    bill(store, "2025-05", (NEW, "SCE"), (CPA, "CPA"), account=SECOND)
    bill(store, "2025-06", (NEW, "SCE"), account=SECOND, meter="M2")
    keep(home, kept, "a", [run(MARCH, 4, 1, Series("delivered", service_account=OLD))])
    keep(home, kept, "feed", [Account("NB6WRU", NEW)])
    keep(home, kept, "b", [run(MAY, 4, 1, Series("delivered", usage_point="NB6WRU"))])
    return home, kept


def lines(of: OfService, kind: str) -> list[tuple[str, str | None, str, str]]:
    return [
        (line.number, line.provider, str(line.first), str(line.last))
        for line in of.lines
        if line.kind == kind
    ]


def test_a_service_is_shown_with_all_that_it_goes_by(filled: tuple[Home, Engine]) -> None:
    link(filled[1], ("renumbered", OLD, NEW), ("provider", NEW, CPA))
    with writing(filled[1]) as session:
        entry = Entry(
            "bakery", "Bakery", SECOND, "customer", "main", "Main Street", valid_from=dt.date(2025, 4, 1)
        )
        take_roster(session, [entry])
    (found,) = services(*filled)
    assert found.numbers == (NEW, OLD, CPA)
    assert (found.customers, found.sites) == ({"bakery": "Bakery"}, {"main": "Main Street"})
    assert lines(found, "customer account") == [
        (FIRST, "SCE", "2025-03-01", "2025-03-28"),
        (SECOND, "SCE", "2025-05-01", "2025-06-28"),
    ]
    assert lines(found, "service account") == [
        (NEW, "SCE", "2025-05-01", "2025-06-28"),
        (OLD, "SCE", "2025-03-01", "2025-03-28"),
        (CPA, "CPA", "2025-05-01", "2025-05-28"),
    ]
    assert lines(found, "POD-ID") == [(POD, None, "2025-03-01", "2025-06-28")]
    assert lines(found, "meter") == [
        ("M1", None, "2025-03-01", "2025-05-28"),
        ("M2", None, "2025-06-01", "2025-06-28"),
    ]
    assert lines(found, "readings") == [
        (OLD, None, "2025-03-01", "2025-03-31"),
        (NEW, None, "2025-05-01", "2025-05-31"),
    ]
    evidence = {line.number: line.evidence for line in found.lines}
    assert evidence["NB6WRU"] == f"a feed, import 2: {NEW}"
    assert evidence[SECOND] == "bills, roster: bakery 2025-04-01.."
    assert evidence[f"{OLD} {NEW}"] == "alias 1, renumbered, by Pat: a letter"


@pytest.mark.parametrize("account", [OLD, "3008000008", NEW, CPA, FIRST, SECOND])
def test_a_service_is_asked_for_by_any_of_its_numbers(filled: tuple[Home, Engine], account: str) -> None:
    store = Kept(filled[1])
    store.count = 9
    bill(store, "2025-07", ("8000000099", "SCE"), account="1")
    link(filled[1], ("renumbered", OLD, NEW), ("provider", NEW, CPA))
    assert [one.name for one in services(*filled, account=account)] == [NEW]


def test_numbers_that_nothing_joins_are_services_of_their_own(filled: tuple[Home, Engine]) -> None:
    """One POD-ID on all of them: a person says whether they are one."""
    link(filled[1], ("succession", OLD, NEW))
    assert [one.numbers for one in services(*filled)] == [(OLD,), (CPA,), (NEW,)]


def test_readings_alone_are_a_service_too(home: Home, kept: Engine) -> None:
    keep(home, kept, "a", [run(MARCH, 4, 1)])
    (found,) = services(home, kept)
    assert [(line.kind, line.evidence) for line in found.lines] == [
        ("service account", "readings"),
        ("readings", "interval files"),
    ]


@pytest.fixture
def handed_on(home: Home, kept: Engine) -> tuple[Home, Engine]:
    """A service account of the bakery's until April, then the school's, whose meter has another number since."""
    store = Kept(kept)
    bill(store, "2025-03", (OLD, "SCE"), account=FIRST)
    bill(store, "2025-05", (OLD, "SCE"), account=SECOND, meter="M2")
    bill(store, "2025-06", (NEW, "SCE"), account=SECOND, meter="M2")
    spring = Series("delivered", service_account=OLD)
    keep(home, kept, "a", [run(MARCH, 4, 1, spring), run(MAY, 4, 1, spring)])
    keep(home, kept, "feed", [Account("NB6WRU", OLD)])
    with writing(kept) as session:
        take_roster(
            session,
            [
                Entry("bakery", "Bakery", FIRST, "customer"),
                Entry("bakery", "Bakery", OLD, "service", valid_to=dt.date(2025, 4, 30)),
                Entry("school", "School", SECOND, "customer"),
                Entry("school", "School", OLD, "service", valid_from=dt.date(2025, 5, 1)),
            ],
        )
    link(kept, ("renumbered", OLD, NEW))
    return home, kept


def told(home: Home, engine: Engine, customer: str) -> str:
    out = io.StringIO()
    write_csv(ACCOUNT_COLUMNS, account_rows(services(home, engine, customer)), out)
    return out.getvalue()


def test_a_customer_is_shown_nothing_of_another(handed_on: tuple[Home, Engine]) -> None:
    bakery, school = (told(*handed_on, customer) for customer in ("bakery", "school"))
    for other in (SECOND, NEW, "school", "School", "M2", "2025-05", "2025-06", "NB6WRU", "alias"):
        assert other not in bakery
    for other in (FIRST, "bakery", "Bakery", "M1", "2025-03", "2025-04", "NB6WRU"):
        assert other not in school
    assert OLD in bakery and "2025-03" in bakery
    assert OLD in school and NEW in school and "2025-06" in school


def test_of_a_number_that_was_anothers_only_months_of_own_days_are_told(
    handed_on: tuple[Home, Engine],
) -> None:
    found = {
        customer: [line for one in services(*handed_on, customer) for line in one.lines if line.months]
        for customer in ("bakery", "school")
    }
    assert [(line.first, line.months) for line in found["bakery"]] == [(dt.date(2025, 3, 1), 1)]
    assert [(line.first, line.months) for line in found["school"]] == [(dt.date(2025, 5, 1), 1)]


def test_rows_have_every_column(filled: tuple[Home, Engine]) -> None:
    out = io.StringIO()
    found = services(*filled)
    assert write_csv(ACCOUNT_COLUMNS, account_rows(found), out) == sum(len(one.lines) for one in found)
    rows = list(csv.DictReader(io.StringIO(out.getvalue())))
    assert {row["kind"] for row in rows} >= {"customer account", "readings", "usage point"}


OTHER = "700200000009"
JUNE, JULY = dt.date(2025, 6, 30), dt.date(2025, 7, 1)


def of_roster(number: str, manager: str | None = None, customer: str = "bakery", **more: Any) -> Entry:
    kind = "customer" if number.startswith("7") else "service"
    name, address = (manager and manager.title(), manager and f"{manager}@example.com")
    return Entry(
        customer,
        customer.title(),
        number,
        kind,
        manager=manager,
        manager_name=name,
        manager_email=address,
        **more,
    )


@pytest.mark.parametrize(
    ("roster", "told"),
    [
        ([of_roster(SECOND, "kim"), of_roster(NEW)], [("kim", None, "always")]),
        ([of_roster(SECOND, "kim"), of_roster(NEW, "sam")], [("sam", None, "always")]),
        ([of_roster(NEW)], [(None, None, "always")]),
        (
            [of_roster(SECOND, "kim", cost_center="7"), of_roster(NEW, "sam", valid_from=JULY)],
            [("sam", "7", "2025-07-01..")],
        ),
        (
            [
                of_roster(SECOND, "kim", valid_to=JUNE),
                of_roster(SECOND, "sam", valid_from=JULY),
                of_roster(NEW, valid_from=dt.date(2025, 1, 1)),
            ],
            [("kim", None, "2025-01-01..2025-06-30"), ("sam", None, "2025-07-01..")],
        ),
        (
            [of_roster(SECOND, "kim", valid_to=JUNE), of_roster(NEW)],
            [("kim", None, "..2025-06-30"), (None, None, "2025-07-01..")],
        ),
        (
            [
                of_roster(SECOND, "kim", valid_to=JUNE),
                of_roster(SECOND, "kim", valid_from=JULY),
                of_roster(NEW),
            ],
            [("kim", None, "always")],
        ),
        ([of_roster(SECOND, "kim", "school"), of_roster(NEW)], [(None, None, "always")]),
        (
            [of_roster(SECOND, "kim"), of_roster(OTHER, "sam"), of_roster(NEW, customer_account=OTHER)],
            [("sam", None, "always")],
        ),
        (
            [of_roster(SECOND, "kim"), of_roster(NEW, site="main", site_name="Main Street")],
            [(None, None, "always")],  # the site's manager is said with the site
        ),
    ],
    ids=[
        "the customer account's",
        "its own",
        "nobody",
        "its own, and the other's cost centre",
        "handed over",
        "until a day",
        "two rows that say the same",
        "another customer's",
        "the account that the row names",
        "with a site",
    ],
)
@pytest.mark.parametrize("is_billed", [True, False])
def test_what_the_service_s_row_does_not_say_the_customer_account_s_does(
    home: Home,
    kept: Engine,
    roster: list[Entry],
    told: list[tuple[str | None, str | None, str]],
    is_billed: bool,
) -> None:
    if is_billed:
        bill(Kept(kept), "2025-05", (NEW, "SCE"), account=SECOND)
    else:
        roster = [
            entry
            if entry.kind == "customer" or entry.customer_account
            else replace(entry, customer_account=SECOND)
            for entry in roster
        ]
    with writing(kept) as session:
        take_roster(session, roster)
    (found,) = services(home, kept, account=NEW)
    assert [
        (row.manager.key if row.manager else None, row.account.cost_center, managed(row))
        for row in found.listed
    ] == told
    assert found.managers == {manager for manager, _, _ in told if manager}


def test_of_two_customer_accounts_on_its_bills_the_last_says_it(home: Home, kept: Engine) -> None:
    bill(Kept(kept), "2025-05", (NEW, "SCE"), account=SECOND)
    bill(Kept(kept), "2025-06", (NEW, "SCE"), account=OTHER)
    with writing(kept) as session:
        take_roster(session, [of_roster(SECOND, "kim"), of_roster(OTHER, "sam"), of_roster(NEW)])
    (found,) = services(home, kept)
    assert found.managers == {"sam"}
