"""The made portfolio: each planted case is seen where it belongs, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from time import process_time
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from extractor.base.database import reading, writing
from extractor.portfolio.billed import billed
from extractor.portfolio.coverage.asked import coverage
from extractor.portfolio.coverage.model import Coverage, OfMeter
from extractor.portfolio.coverage.rows import coverage_rows
from extractor.portfolio.coverage.words import gap, month
from extractor.store.tables import Bill, Service, ServiceStanding
from tests.extractor.portfolio.coverage.strips import strips
from tests.extractor.portfolio.made import PLANTED, TODAY

WHOLE, BUNDLED = "v" * 24, "b" * 24


def at(letters: str, changes: dict[int, str]) -> str:
    """Return a strip with other letters at some months."""
    return "".join(changes.get(place, letter) for place, letter in enumerate(letters))


SEEN: dict[str, tuple[str, str]] = {
    "missing half, never filled": (WHOLE, at(WHOLE, {12: "M"})),
    "missing statement": (at(WHOLE, {10: "M"}), at(WHOLE, {10: "M"})),
    "late statement": (at(WHOLE, {23: "L"}), at(WHOLE, {23: "L"})),
    "expected statement": (at(WHOLE, {23: "x"}), at(WHOLE, {23: "x"})),
    "rebill, bundled": (WHOLE, BUNDLED),
    "rebill never received": (WHOLE, BUNDLED),
    "two versions": (at(WHOLE, {18: "R"}), at(WHOLE, {18: "R"})),
    "undecided pair": (at(WHOLE, {13: "R"}), BUNDLED),
    "opt-out": (WHOLE, "v" * 16 + "b" * 8),
    "enrolment": (WHOLE, "b" * 12 + "v" * 12),
    "in review": (at(WHOLE, {19: "R"}), at(WHOLE, {19: "R"})),
    "estimated twice": (at(WHOLE, {17: "e", 18: "e"}), WHOLE),
    "estimated once": (at(WHOLE, {8: "e"}), WHOLE),
    "cost spike": (WHOLE, BUNDLED),
    "gap of days": (WHOLE, BUNDLED),
    "overlap of days": (at(WHOLE, {10: "R", 11: "R"}), BUNDLED),
    "history only": (at(WHOLE, {9: "h"}), BUNDLED),
}
"""What is seen of each case; of all others both halves of each month are verified."""

GAPS = {
    "missing half, never filled": ["gap of 30 days of generation"],
    "missing statement": ["gap of 30 days of delivery", "gap of 30 days of generation"],
    "gap of days": ["gap of 3 days of delivery"],
    "overlap of days": ["overlap of 2 days of delivery"],
}


@pytest.fixture
def small_found(small: Engine) -> Coverage:
    with reading(small) as session:
        return coverage(session, TODAY)


def of(found: Coverage, name: str) -> list[OfMeter]:
    return [one for one in found.meters if set(one.numbers) & set(PLANTED[name].accounts)]


def test_each_case_is_seen_where_it_belongs_and_nothing_else_is(small_found: Coverage) -> None:
    named = {number: name for name, case in PLANTED.items() for number in case.accounts}
    for meter in small_found.meters:
        name = named.get(meter.number, "clean")
        if name == "transfer":
            continue
        usual = (WHOLE, BUNDLED if "b" in strips(meter)[1] else WHOLE) if name == "clean" else (WHOLE, WHOLE)
        assert strips(meter) == SEEN.get(name, usual), name
        assert [gap(one).split(",")[0] for one in meter.gaps] == GAPS.get(name, []), name
    assert set(SEEN) < set(PLANTED)


def test_a_transfer_closes_one_and_opens_another(small_found: Coverage) -> None:
    old, new = sorted(of(small_found, "transfer"), key=lambda one: one.number)
    assert strips(old) == ("v" * 17 + " " * 7, "v" * 17 + " " * 7)
    assert strips(new) == (" " * 16 + "v" * 8, " " * 16 + "v" * 8)
    assert (old.gaps, new.gaps) == ((), ())
    assert old.owner is not None
    assert new.owner is not None
    assert old.owner.customer != new.owner.customer


@pytest.mark.parametrize("name", ["renumbered", "own number of CPA", "meter change"])
def test_a_meters_numbers_make_one_service(small_found: Coverage, name: str) -> None:
    (meter,) = of(small_found, name)
    assert set(meter.numbers) == set(PLANTED[name].accounts)
    number = PLANTED[name].accounts[-1 if name == "renumbered" else 0]
    assert meter.number == number


def test_what_came_on_the_next_statement_fills_the_month_and_was_missing_before(own_small: Engine) -> None:
    (account,) = PLANTED["missing half, filled"].accounts
    december, january = PLANTED["missing half, filled"].months
    with reading(own_small) as session:
        (meter,) = coverage(session, TODAY, account=account).meters
    cells = {month(number): cell for (number, half), cell in meter.cells.items() if half == "generation"}
    first, second = cells[december], cells[january]
    assert first.here[0].bill == second.here[0].bill
    assert first.here != second.here
    assert first.amount == first.here[0].total
    with writing(own_small) as session:
        session.delete(session.get(Bill, first.here[0].bill.id))
        session.flush()
        (meter,) = coverage(session, TODAY, account=account).meters
    before = {month(number): cell for (number, half), cell in meter.cells.items() if half == "generation"}
    assert before[december].status == "missing"


def test_the_fax_has_no_place(small_found: Coverage) -> None:
    assert [(one.bill.file, one.service, one.why) for one in small_found.unplaced] == [
        ("fax.pdf", None, "it could not be read")
    ]


def test_every_dollar_that_counts_stands_in_one_month(small: Engine) -> None:
    with reading(small) as session:
        counted = [one for one in billed(session).services if one.counts]
        rows = list(coverage_rows(coverage(session, TODAY, months=36)))
    amounts = [row["amount"] for row in rows if isinstance(row["amount"], Decimal)]
    assert sum(amounts, Decimal(0)) == sum((one.total or Decimal(0) for one in counted), Decimal(0))
    assert len({(row["service_account"], row["month"], row["half"]) for row in rows}) == len(rows)


def test_replaced_and_duplicate_services_stand_nowhere(small: Engine) -> None:
    with reading(small) as session:
        asked = (
            select(Service.id)
            .join(ServiceStanding, col(ServiceStanding.service_id) == col(Service.id))
            .where(col(ServiceStanding.standing).in_(("replaced", "duplicate", "same")))
        )
        left_out = set(session.exec(asked))
        found = coverage(session, TODAY)
    here = {one.id for meter in found.meters for cell in meter.cells.values() for one in cell.here}
    assert len(left_out) >= 4
    assert not left_out & here


def test_every_database_says_the_same(small: Engine, small_kept: Engine) -> None:
    def rows(engine: Engine) -> list[object]:
        with reading(engine) as session:
            return list(coverage_rows(coverage(session, TODAY)))

    assert rows(small) == rows(small_kept)


@pytest.mark.parametrize(
    ("asked", "is_his"),
    [
        ({"customer": "quail"}, lambda one: one.owner.customer == "quail"),
        ({"manager": "ben"}, lambda one: one.owner.manager == "ben"),
    ],
)
def test_a_part_of_the_services_is_told_as_in_the_whole(
    small_found: Coverage, small: Engine, asked: dict[str, Any], is_his: Callable[[OfMeter], bool]
) -> None:
    def told(found: Coverage) -> list[object]:
        return [(one.number, strips(one), one.gaps) for one in found.meters]

    with reading(small) as session:
        part = coverage(session, TODAY, **asked)
    assert part.meters
    assert told(part) == [
        row for row, one in zip(told(small_found), small_found.meters, strict=True) if is_his(one)
    ]
    assert part.unplaced == ()


def test_four_hundred_services_cost_no_more_than_a_few_readings_of_their_rows(portfolio: Engine) -> None:
    """A ratio, as machines differ: about 3 where this was written, half a second of two years of bills."""

    def seconds(ask: Callable[[Session], object]) -> float:
        with reading(portfolio) as session:
            before = process_time()
            ask(session)
            return process_time() - before

    bare = min(seconds(billed) for _ in range(3))
    asked = min(seconds(lambda session: coverage(session, TODAY)) for _ in range(3))
    assert asked < 8 * bare
