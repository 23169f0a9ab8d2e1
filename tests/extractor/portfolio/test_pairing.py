"""Generation beside delivery: by meter and days, whatever statement carried it; nothing twice, nothing lost."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.portfolio.billed import OfService
from extractor.portfolio.pairing import Paired, paired
from tests.extractor.portfolio.rows import bill, service

DECEMBER, JANUARY = ("2025-12-03", "2026-01-04"), ("2026-01-05", "2026-02-02")


def told(found: Paired) -> list[tuple[str, list[str]]]:
    return [(str(pair.delivery.start), [str(one.start) for one in pair.generation]) for pair in found.pairs]


def test_the_statement_that_carried_it_does_not_matter() -> None:
    december, january = bill("2026-01-05"), bill("2026-02-03")
    found = paired(
        [
            service(*DECEMBER, of=december),
            service(*JANUARY, of=january),
            service(*DECEMBER, role="generation", of=january),
            service(*JANUARY, role="generation", of=january),
        ]
    )
    assert told(found) == [("2025-12-03", ["2025-12-03"]), ("2026-01-05", ["2026-01-05"])]
    assert found.unpaired == ()


@pytest.mark.parametrize(
    ("start", "end", "beside"),
    [
        ("2025-12-03", "2026-01-05", "2025-12-03"),  # CPA's of 2019 overlap the next one by a day
        ("2025-12-05", "2026-01-06", "2025-12-03"),  # two days later than SCE's
        ("2025-12-03", "2025-12-14", "2025-12-03"),  # a piece before a rate change
        ("2025-12-03", "2026-02-02", "longer than its delivery"),
        ("2026-02-02", "2026-03-03", "no delivery"),  # a day is no share
        ("2026-03-01", "2026-03-31", "no delivery"),
        (None, None, "no period"),
    ],
)
def test_a_period_belongs_where_most_of_its_days_are(start: str | None, end: str | None, beside: str) -> None:
    found = paired([service(*DECEMBER), service(*JANUARY), service(start, end, role="generation")])
    where = [str(pair.delivery.start) for pair in found.pairs if pair.generation]
    assert [*where, *(one.why for one in found.unpaired)] == [beside]


@pytest.mark.parametrize(
    ("known_as", "role"), [("8000000002", "delivery"), (None, "delivery"), ("8000000001", "bundled")]
)
def test_another_meters_delivery_and_a_bundled_one_take_no_generation(
    known_as: str | None, role: str
) -> None:
    found = paired([service(*DECEMBER, role=role, known_as=known_as), service(*DECEMBER, role="generation")])
    assert [one.why for one in found.unpaired] == ["no delivery"]


def test_a_cca_s_own_number_of_the_meter_is_the_same_meter() -> None:
    delivery = service(*DECEMBER, account="3045", known_as="3045")
    generation = service(*DECEMBER, role="generation", account="3048", known_as="3045")
    assert told(paired([generation, delivery])) == [("2025-12-03", ["2025-12-03"])]


def test_a_bill_of_a_single_day_has_the_generation_of_that_day() -> None:
    first, day_alone = service(*DECEMBER), (DECEMBER[1], DECEMBER[1])
    found = paired([first, service(*day_alone), service(*day_alone, role="generation")])
    assert told(found) == [(DECEMBER[0], []), (day_alone[0], [day_alone[0]])]


MONTHS = st.integers(0, 23)


@st.composite
def services(draw: st.DrawFn) -> OfService:
    first = dt.date(2025, 1, 1) + dt.timedelta(30 * draw(MONTHS) + draw(st.integers(-2, 2)))
    last = first + dt.timedelta(draw(st.integers(0, 70)))
    role = draw(st.sampled_from(("delivery", "generation", "bundled")))
    account = draw(st.sampled_from(("8000000001", "8000000002")))
    return service(first.isoformat(), last.isoformat(), role=role, account=account)


@given(st.lists(services(), max_size=20))
def test_each_service_is_in_one_place(listed: list[OfService]) -> None:
    found = paired(listed)
    placed = [one.service.id for one in found.unpaired]
    placed += [one.id for pair in found.pairs for one in (pair.delivery, *pair.generation)]
    assert sorted(placed) == sorted(one.id for one in listed)
    for pair in found.pairs:
        assert {one.known_as for one in pair.generation} <= {pair.delivery.known_as}


def test_of_two_deliveries_of_the_same_days_generation_is_beside_the_earlier_statement_s() -> None:
    """Whichever file came first: what adjusts a bill has no generation of its own."""
    adjusted = service(*DECEMBER, of=bill("2026-03-01"))
    first = service(*DECEMBER, of=bill("2026-01-05"))
    one = service(*DECEMBER, role="generation", of=first.bill)
    for services in ([adjusted, first, one], [one, first, adjusted]):
        pairs = paired(services).pairs
        assert [(pair.delivery, pair.generation) for pair in pairs] == [(first, (one,)), (adjusted, ())]
