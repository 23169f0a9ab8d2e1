"""What counts is the same in whatever order files come, and nobody is asked what no longer matters."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete

from extractor.base.database import writing
from extractor.model import Component, ReadResult, Status
from extractor.store.tables import BillStanding, CurrentReading, Document, ServiceStanding
from tests.extractor.made_bills import charge, record, service
from tests.extractor.store.test_standing import JUNE, MAY, Kept

BOTH = MAY[0], JUNE[1]


@pytest.fixture
def store(kept: Engine) -> Kept:
    return Kept(kept)


def bill(day: str, total: str, days: tuple[str, str] = MAY, **more: Any) -> ReadResult:
    return record(day, service(*days, total), **more)


def cpas(day: str, total: str, issuer: str, **more: Any) -> ReadResult:
    return record(day, service(*MAY, total, "CPA", "generation"), issuer=issuer, **more)


Standings = tuple[list[tuple[str, tuple[str, ...]]], list[list[int]]]
"""Of each bill its standing, and which of them are asked about together."""


def standings(store: Kept, bills: Sequence[ReadResult], order: Sequence[int]) -> Standings:
    """Return what stands after bills came in an order, by their places in the list."""
    with writing(store.engine) as session:
        for table in (ServiceStanding, BillStanding, CurrentReading, Document):
            session.execute(delete(table))
    names = {store.put(bills[at]): at for at in order}
    found = {names[name]: standing for name, standing in store.standings.items()}
    asked = sorted(sorted(names[one] for one in of) for _, of in store.asked)
    return [found[at] for at in range(len(bills))], asked


CORRECTED: dict[str, Any] = {"kind": "corrected"}
DOUBTFUL: dict[str, Any] = {"status": Status.REVIEW}


@pytest.mark.parametrize(
    ("bills", "services", "asked"),
    [
        (  # what a corrected bill takes the place of is settled, whatever else billed its days
            (
                bill("2026-06-02", "10.00"),
                bill("2026-07-02", "11.00"),
                bill("2026-08-02", "12.00", **CORRECTED),
            ),
            ("replaced", "replaced", "counts"),
            [],
        ),
        (  # a second correction has the place of all
            (
                bill("2026-06-02", "10.00"),
                bill("2026-07-02", "11.00", **CORRECTED),
                bill("2026-08-02", "12.00", **CORRECTED),
            ),
            ("replaced", "replaced", "counts"),
            [],
        ),
        (  # what is left after it is asked about, and no more
            (
                bill("2026-06-02", "10.00"),
                bill("2026-07-02", "11.00", **CORRECTED),
                bill("2026-08-02", "12.00"),
            ),
            ("replaced", "undecided", "undecided"),
            [[1, 2]],
        ),
        (  # a longer bill that is no correction is in doubt with what counts now
            (
                bill("2026-06-02", "10.00"),
                bill("2026-07-02", "11.00", **CORRECTED),
                bill("2026-07-05", "20.00", BOTH),
            ),
            ("replaced", "undecided", "undecided"),
            [[1, 2]],
        ),
        (  # CPA's own bill goes with the block that a correction of SCE's takes the place of
            (
                cpas("2026-06-01", "10.00", "CPA", account="900012345"),
                cpas("2026-06-02", "10.00", "SCE"),
                cpas("2026-07-02", "12.00", "SCE", **CORRECTED),
            ),
            ("duplicate", "replaced", "counts"),
            [],
        ),
        (  # a correction in doubt takes no place
            (
                bill("2026-06-02", "10.00"),
                bill("2026-07-02", "11.00"),
                bill("2026-08-02", "12.00", **CORRECTED, **DOUBTFUL),
            ),
            ("undecided", "undecided", "undecided"),
            [[0, 1], [0, 2], [1, 2]],
        ),
        (  # of one day's statements the corrected one is the later
            (bill("2026-06-02", "10.00"), bill("2026-06-02", "12.00", account="7", **CORRECTED)),
            ("replaced", "counts"),
            [],
        ),
    ],
)
def test_every_order_of_arrival_ends_the_same(
    store: Kept, bills: Sequence[ReadResult], services: Sequence[str], asked: list[list[int]]
) -> None:
    for order in permutations(range(len(bills))):
        found, questions = standings(store, bills, order)
        assert found == [("counts", (one,)) for one in services], order
        assert all(pair in asked for pair in questions), order
        assert bool(questions) is bool(asked), order


def test_what_is_taken_back_of_other_days_does_not_settle_a_second_bill(store: Kept) -> None:
    """May's charges of $10.00 are taken back beside June's, which were billed before: June's are asked about."""
    june = bill("2026-07-02", "10.00", JUNE)
    both = record("2026-07-03", service(*JUNE, "10.00"), service(*MAY, "-10.00", kwh="-100"))
    bills = (bill("2026-06-02", "10.00"), june, both)
    for order in permutations(range(len(bills))):
        found, questions = standings(store, bills, order)
        assert found == [
            ("counts", ("counts",)),
            ("counts", ("undecided",)),
            ("counts", ("undecided", "counts")),
        ], order
        assert questions == [[1, 2]], order


def test_a_later_reading_of_the_correction_settles_all_that_it_touched(store: Kept) -> None:
    store.put(bill("2026-06-02", "10.00"))
    store.put(bill("2026-07-02", "11.00"))
    store.put(bill("2026-08-02", "12.00", **CORRECTED))
    assert store.asked == []
    store.put(bill("2026-08-02", "12.00", JUNE, **CORRECTED), again=3)
    undecided = ("counts", ("undecided",))
    assert store.standings == {1: undecided, 2: undecided, 3: ("counts", ("counts",))}
    assert [of for _, of in store.asked] == [[1, 2]]


def test_of_answers_that_lead_round_in_a_circle_people_are_asked_again(store: Kept) -> None:
    """The first is replaced by the second, that by the third, and the third is a duplicate of the first."""
    store.put(cpas("2026-06-02", "10.00", "SCE"))
    store.put(cpas("2026-07-02", "11.00", "CPA", account="9"))
    names = [store.asked[0][0]]
    store.put(cpas("2026-08-02", "12.00", "CPA", account="9"))
    names += [name for name, _ in sorted(store.asked, key=lambda one: one[1], reverse=True)]
    for name, answer in zip(names, ("replaces", "replaces", "duplicate"), strict=True):
        store.answer(name, answer, 1, 2, 3)
    assert {services for _, services in store.standings.values()} == {("undecided",)}
    assert sorted(of for _, of in store.asked) == [[1, 2], [1, 3], [2, 3]]


DAYS = st.sampled_from([MAY, JUNE, BOTH, ("2026-05-20", "2026-06-10")])


CHARGED = [
    ("10.00", None, Component.ENERGY),
    ("11.00", None, Component.ENERGY),
    ("12.00", "corrected", Component.ENERGY),
    ("13.00", "corrected", Component.ENERGY),
    ("-5.00", None, Component.ADJUSTMENT),
]
"""Of a bill its total, its kind and what its line is."""


@st.composite
def made(draw: st.DrawFn) -> ReadResult:
    """Give a bill of one meter: plain, corrected, in doubt, CPA's own, an adjustment, one that takes back."""
    day = f"2026-07-{draw(st.integers(1, 3)):02d}"
    total, kind, component = draw(st.sampled_from(CHARGED))
    issuer = draw(st.sampled_from(["SCE", "SCE", "CPA"]))
    side = draw(
        st.sampled_from(
            [("CPA", "generation"), ("CPA", "generation"), ("SCE", "delivery"), ("SCE", "bundled")]
        )
    )
    of = [service(*draw(DAYS), total, *side, charges=(charge(total, component=component),))]
    if draw(st.sampled_from([False, False, True])):
        of.append(service(*draw(DAYS), "-10.00", *side, kwh="-100"))
    return record(
        day,
        *of,
        account=draw(st.sampled_from(["700200000001", "7-002-0000-0001", "700200000009"])),
        issuer=issuer,
        kind=kind,
        status=draw(st.sampled_from([Status.VERIFIED, Status.VERIFIED, Status.REVIEW])),
    )


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), bills=st.lists(made(), min_size=2, max_size=5))
def test_any_bills_stand_the_same_in_any_order(
    store: Kept, data: st.DataObject, bills: list[ReadResult]
) -> None:
    order = data.draw(st.permutations(range(len(bills))))
    found, asked = standings(store, bills, range(len(bills)))
    again, asked_again = standings(store, bills, order)
    if any(standing == "same" for standing, _ in found):  # of files that say the same their newest is taken
        assert sorted(found) == sorted(again)
        assert len(asked) == len(asked_again)
    else:
        assert (found, asked) == (again, asked_again)
    assert any(one in ("counts", "undecided", "asked") for _, services in found for one in services)
