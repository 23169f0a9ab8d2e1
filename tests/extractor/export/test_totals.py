"""Control totals of charges, bills and findings: what counts, and what does not by its reason."""

from __future__ import annotations

from decimal import Decimal
from typing import get_args

import pytest

from extractor.export.rows import Row, Value
from extractor.export.totals import REASONS, Tally, Total, reason_of, usage_of_bills, usage_of_charges
from extractor.store.around import Standing


def row(standing: str = "counts", **more: Value) -> Row:
    """Return what a row of an export says: of a proven bill, if nothing else is said."""
    proven: Row = {"standing": standing, "state": "verified", "trust": "proven"}
    return proven | more


def test_every_standing_has_a_reason() -> None:
    assert {"counts", *REASONS} == set(get_args(Standing))
    assert reason_of("counts", is_trusted=True) is None


def test_rows_stream_by_and_are_counted_by_what_they_are() -> None:
    rows = [
        row(new_charges=Decimal("10.00"), usage_kwh=Decimal(100)),
        row(new_charges=None, usage_kwh=None),
        row(new_charges=Decimal("1.00"), state="review", trust="doubtful"),
        row("same", new_charges=Decimal("2.00")),
        row("duplicate", new_charges=Decimal("3.00"), usage_kwh=Decimal(5)),
        row("asked", new_charges=Decimal("4.00")),
        row("unplaced", state="review", trust="doubtful", new_charges=Decimal("5.00")),
        row(state="unreadable", trust="doubtful"),
    ]
    tally = Tally("new_charges", usage_of_bills)
    assert list(tally.over(iter(rows))) == rows
    assert list(tally.totals().lines) == [
        Total("counts", 2, "rows", Decimal(100), Decimal("10.00")),
        Total("does not count: review", 1, "rows", Decimal(0), Decimal("1.00")),
        Total("does not count: replaced", 2, "rows", Decimal(5), Decimal("5.00")),
        Total("does not count: undecided", 1, "rows", Decimal(0), Decimal("4.00")),
        Total("does not count: unplaced", 1, "rows", Decimal(0), Decimal("5.00")),
        Total("does not count: unreadable", 1, "rows", Decimal(0), Decimal(0)),
    ]


def test_an_export_of_nothing_says_so_and_findings_have_no_dollars() -> None:
    tally = Tally()
    assert list(tally.over([])) == []
    assert tally.totals().lines == (Total("counts", 0, "rows", None, None),)


def charge(service: int, section: str, kwh: str | None, **more: Value) -> Row:
    energy: Row = {"role": "bundled", "component": "energy", "unit": "kWh", "amount": Decimal(1)}
    place: Row = {"sha256": "a", "bill": 1, "service": service, "section": section}
    quantity = None if kwh is None else Decimal(kwh)
    return row() | place | energy | {"quantity": quantity} | more


@pytest.mark.parametrize(
    ("rows", "kwh"),
    [
        ([charge(1, "delivery", "100"), charge(1, "delivery", "50")], 150),
        ([charge(1, "delivery", "100"), charge(1, "generation", "100")], 100),  # printed twice
        ([charge(1, "generation", "100")], 100),
        ([charge(1, "delivery", "100"), charge(2, "generation", "100", role="generation")], 100),
        ([charge(1, "delivery", "100"), charge(2, "generation", "70")], 170),  # another service
        ([charge(1, "delivery", "100"), charge(1, "delivery", "100", component="wildfire_fund")], 100),
        ([charge(1, "delivery", "62", unit="kW")], 0),
        ([charge(1, "delivery", None)], 0),
        ([charge(1, "delivery", "100"), charge(1, "delivery", "1", sha256="b")], 101),
    ],
)
def test_a_kwh_of_charges_counts_once(rows: list[Row], kwh: int) -> None:
    tally = Tally("amount", usage_of_charges)
    assert list(tally.over(rows)) == rows
    (total,) = tally.totals().lines
    assert total == Total("counts", len(rows), "rows", Decimal(kwh), Decimal(len(rows)))
