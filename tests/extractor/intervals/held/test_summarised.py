"""What feeds say was billed: kept once, erased with its account, shown beside bills, and never a proof."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import col, func, select

from extractor.base.database import reading, writing
from extractor.home import Home
from extractor.intervals.given import Account, Cost, Summary
from extractor.intervals.held.erasing import erasing, holdings
from extractor.intervals.held.summarised import summarised
from extractor.store.aliases import add_alias
from extractor.store.metered import BillingSummary
from extractor.store.summaries import Summed
from extractor.store.tables import Document
from tests.extractor.intervals.held.stored import NOW
from tests.extractor.intervals.held.stored import kept as keep
from tests.extractor.intervals.joined import ACCOUNT, bill, command, import_load, of_account, put
from tests.extractor.intervals.loads import load_of, services
from tests.extractor.store.test_numbers import PAT

OTHER, OLD = "8000000002", "3-008-0000-01"
JULY = dt.date(2025, 7, 1), dt.date(2025, 7, 30)
COSTS = (
    Cost("Energy Generation Fee", Decimal("97.06000"), "generation fee"),
    Cost("Tax", None, "tax", Decimal(3), "Wh"),
)
SUMMARY = Summary(
    None, ACCOUNT, *JULY, Decimal("174.18000"), Decimal("1152.000"), "TOU-GS-1-A", COSTS,
    Decimal("12.5"), Decimal("1.5"), Decimal("9.99999"), "USD",
)  # fmt: skip
DAY = dt.timedelta(days=1)


def rows(engine: Engine) -> int:
    with reading(engine) as session:
        return session.exec(select(func.count()).select_from(BillingSummary)).one()


def said(
    engine: Engine, account: str = ACCOUNT, first: dt.date = JULY[0], last: dt.date = JULY[1]
) -> tuple[Summed, ...]:
    with reading(engine) as session:
        found = summarised(session).of(account, first, last)
        assert found == summarised(session, [account]).of(account, first, last)
        return found


def test_all_that_a_summary_says_is_kept(home: Home, kept: Engine) -> None:
    keep(home, kept, "feed", [SUMMARY])
    [one] = said(kept, "8-000-000-001")
    assert (one.first, one.last, one.import_id) == (*JULY, 1)
    assert [str(value) for value in (one.kwh, one.amount, one.additional, one.kwh_since, one.amount_since)] == [
        "1152.00", "174.18", "12.50", "1.50", "9.99999",
    ]  # fmt: skip
    assert (one.currency, one.rate_schedule) == ("USD", "TOU-GS-1-A")
    assert [(line.label, line.amount, line.kind, line.measured, line.unit) for line in one.costs] == [
        tuple(cost) for cost in COSTS
    ]


def test_a_file_is_kept_once_and_the_newest_of_several_counts(home: Home, kept: Engine) -> None:
    keep(home, kept, "one", [SUMMARY, SUMMARY])
    keep(home, kept, "one", [SUMMARY])
    assert rows(kept) == 1
    keep(home, kept, "rebilled", [SUMMARY._replace(kwh=Decimal(1200))])
    assert (rows(kept), [one.kwh for one in said(kept)]) == (2, [Decimal(1200)])
    keep(home, kept, "as before", [SUMMARY])
    assert (rows(kept), [one.kwh for one in said(kept)]) == (3, [Decimal(1152)])


def test_a_number_that_cannot_be_held_is_left_out(home: Home, kept: Engine) -> None:
    keep(home, kept, "feed", [SUMMARY._replace(kwh=Decimal("1e30"), total=Decimal("-1e-9"))])
    [one] = said(kept)
    assert (one.kwh, one.amount, one.rate_schedule) == (None, None, "TOU-GS-1-A")


@pytest.mark.parametrize(
    ("moved", "found"),
    [
        ([(0, 0)], [(0, 0)]),
        ([(-1, 0)], [(-1, 0)]),  # each counts its days in its own way
        ([(1, -1)], [(1, -1)]),
        ([(0, 0), (1, 0)], [(0, 0)]),
        ([(-1, 0), (1, 0)], []),  # which of them is it?
        ([(-2, 0)], []),
        ([(30, 30)], []),
    ],
)
def test_a_summary_is_that_of_the_same_days_or_the_only_one_a_day_off(
    home: Home, kept: Engine, moved: list[tuple[int, int]], found: list[tuple[int, int]]
) -> None:
    first, last = JULY
    keep(
        home,
        kept,
        "feed",
        [SUMMARY._replace(first=first + begin * DAY, last=last + end * DAY) for begin, end in moved],
    )
    assert [((one.first - first).days, (one.last - last).days) for one in said(kept)] == found


def test_whose_it_is_is_told_by_a_usage_point_and_by_aliases(home: Home, kept: Engine) -> None:
    of_point = SUMMARY._replace(usage_point="1@file:1", service_account=None)
    keep(home, kept, "feed", [of_point])
    assert said(kept) == ()
    keep(home, kept, "customers", [Account("1@file:1", OLD)])
    assert said(kept) == ()
    with writing(kept) as session:
        add_alias(session, "renumbered", OLD, ACCOUNT, "letter", None, JULY[1], PAT)
    assert len(said(kept)) == len(said(kept, OLD)) == 1
    keep(
        home,
        kept,
        "again",
        [of_point._replace(usage_point="1@file:2", kwh=Decimal(7)), Account("1@file:2", OLD)],
    )
    assert [one.kwh for one in said(kept)] == [7]  # another download of the same usage point
    keep(home, kept, "another", [of_point._replace(usage_point="2@file:2"), Account("2@file:2", OLD)])
    assert len(said(kept)) == 2


def test_summaries_are_erased_with_their_account(home: Home, kept: Engine) -> None:
    keep(home, kept, "both", [SUMMARY, SUMMARY._replace(service_account=OTHER)])
    keep(
        home, kept, "point", [SUMMARY._replace(usage_point="p", service_account=None), Account("p", ACCOUNT)]
    )
    keep(home, kept, "nobody", [SUMMARY._replace(usage_point="q", service_account=None)])
    with erasing(home, kept) as eraser, writing(kept) as session:
        what = holdings(session, [ACCOUNT])
        eraser.erase(session, what)
    with reading(kept) as session:
        left = session.exec(select(BillingSummary).order_by(col(BillingSummary.id)))
        assert [(one.usage_point, one.service_account) for one in left] == [(None, OTHER), ("q", None)]


def test_a_file_of_two_accounts_summaries_is_neither_ones_alone(home: Home, kept: Engine) -> None:
    for name in ("both", "his"):
        keep(
            home,
            kept,
            name,
            [SUMMARY, *([SUMMARY._replace(service_account=OTHER)] if name == "both" else [])],
        )
        with writing(kept) as session:
            session.add(_document(name))
    with reading(kept) as session:
        what = holdings(session, [ACCOUNT])
    assert ([one.name for one in what.documents], [one.name for one in what.shared]) == (["his"], ["both"])


def _document(name: str) -> Document:
    sha256 = hashlib.sha256(name.encode()).hexdigest()
    return Document(sha256=sha256, name=name, kind="intervals", size=1, came_by="import", taken_at=NOW)


def test_a_summary_stands_beside_its_bill_and_changes_nothing(home: Home, kept: Engine) -> None:
    [service] = [one for one in services("gs2d-bundled-summer-2025") if one.role == "bundled"]
    values = load_of(service)
    assert values is not None and service.period is not None and service.usage_kwh is not None
    put(kept, bill(of_account(service)))
    import_load(home, kept, values)
    address = kept.url.render_as_string(hide_password=False)
    before = _joined(home, address)
    assert (before["verdict"], before["summary_kwh"], before["summaries"]) == ("ties_out", None, [])
    days = service.period.start, service.period.end
    told = SUMMARY._replace(first=days[0], last=days[1], kwh=service.usage_kwh + 2)
    keep(home, kept, "feed", [told])
    after = _joined(home, address)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"summary_kwh", "summary_difference_kwh", "summary_amount", "summaries"}
    assert (float(after["summary_difference_kwh"]), after["summary_amount"]) == (2, "174.18")
    [summary] = after["summaries"]
    assert (summary["currency"], [line["label"] for line in summary["costs"]]) == (
        "USD",
        ["Energy Generation Fee", "Tax"],
    )
    shown = command(home, address, "show", before["sha256"][:12])
    assert "a feed's summary of" in shown and "it proves nothing" in shown
    assert "$174.18" in shown and "Energy Generation Fee" in shown and "verified" in shown


def _joined(home: Home, address: str) -> dict[str, Any]:
    [row] = [json.loads(line) for line in command(home, address, "join", "--format", "json").splitlines()]
    assert isinstance(row, dict)
    return row
