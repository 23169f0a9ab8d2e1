"""Whose the days of a service account are by the roster: its own rows, else those of its customer accounts."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from datarequests.on_roster import Held
from extractor.base.database import reading, writing
from extractor.base.days import Days
from extractor.portfolio.roster_days import RosterDays
from extractor.store.aliases import add_alias
from extractor.store.roster import Entry
from extractor.store.said import Saying
from tests.extractor.made_bills import record, service
from tests.extractor.rosters import take_roster
from tests.extractor.store.test_standing import Kept

METER, A, B = "8009000001", "700900000001", "700900000002"
NOW = dt.datetime(2026, 11, 30, 12, tzinfo=dt.UTC)
BILLED = [(A, "2026-02-05", "2026-03-06"), (A, "2026-03-07", "2026-04-05"), (B, "2026-04-06", "2026-05-05")]
"""The meter is billed to one customer account, then to the next one."""


def row(customer: str, account: str, since: str | None = None, until: str | None = None) -> Entry:
    days = [dt.date.fromisoformat(one) if one else None for one in (since, until)]
    kind = "customer" if account in (A, B) else "service"
    return Entry(customer, customer.title(), account, kind, valid_from=days[0], valid_to=days[1])


def told(spans: tuple[Days, ...]) -> list[str]:
    return [
        f"{'' if first == dt.date.min else first}..{'' if last == dt.date.max else last}"
        for first, last in spans
    ]


def held(session: Session, customer: str, account: str = METER) -> tuple[list[str], list[str]]:
    found = RosterDays(session)(customer, [account]).get(account, Held())
    return told(found.own), told(found.others)


OLD, NEW = row("old", METER, until="2026-04-05"), row("new", METER, "2026-04-06")


@pytest.mark.parametrize(
    ("rows", "own", "others"),
    [
        ([], [], []),
        ([NEW], ["2026-04-06.."], []),
        ([OLD], [], ["..2026-04-05"]),
        ([OLD, NEW], ["2026-04-06.."], ["..2026-04-05"]),
        ([row("new", METER, until="2025-12-31"), row("new", METER, "2026-04-06")], ["..2025-12-31", "2026-04-06.."], []),
        # of customer accounts, where no row names the service account
        ([row("old", A, until="2026-04-05"), row("new", B, "2026-04-06")], ["2026-04-06.."], ["..2026-04-05"]),
        ([row("old", A), row("new", B, "2026-04-06")], ["2026-04-06.."], ["..2026-04-05"]),
        ([row("old", A, until="2026-03-31"), row("new", A, "2026-04-01")], ["2026-04-01.."], ["..2026-03-31"]),
        ([row("new", B, "2026-04-06", "2026-07-31"), row("old", A)], ["2026-04-06..2026-07-31"], ["..2026-04-05"]),
        ([row("new", "700900000009", "2026-04-06")], [], []),  # an account that no bill of the meter has
        # a row of the service account says more
        ([row("new", B), NEW], ["2026-04-06.."], []),
        ([row("new", B), OLD], ["2026-04-06.."], ["..2026-04-05"]),
        ([row("old", A), NEW], ["2026-04-06.."], [".."]),
    ],
)  # fmt: skip
def test_whose_the_days_are(kept: Engine, rows: list[Entry], own: list[str], others: list[str]) -> None:
    store = Kept(kept)
    for account, first, last in BILLED:
        store.put(record(last, service(first, last, account=METER), account=account))
    with writing(kept) as session:
        take_roster(session, rows)
    with reading(kept) as session:
        assert held(session, "new") == (own, others)


def test_a_number_in_another_form_and_a_meters_other_number_are_the_same(kept: Engine) -> None:
    with writing(kept) as session:
        take_roster(session, [OLD, NEW])
        add_alias(
            session, "renumbered", METER, "8009000002", "letter", None, None, Saying("pat", "letter", NOW)
        )
    with reading(kept) as session:
        for account in ("8-009-0000-01", "8009000002"):
            assert held(session, "new", account) == (["2026-04-06.."], ["..2026-04-05"])
        assert RosterDays(session)("new", [METER, "8009000007"]).keys() == {METER}
