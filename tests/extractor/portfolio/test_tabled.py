"""Billing history beside bills: what is the same, what differs, what only one of them has."""

from __future__ import annotations

from decimal import Decimal
from itertools import count
from typing import Any

import pytest

from extractor.portfolio.billed import Billed, OfService
from extractor.portfolio.history.tables import tables
from extractor.portfolio.tabled import beside
from extractor.store.billing_history import Counted
from tests.extractor.portfolio.rows import bill, day, service

_LINES = count(2)


def row(start: str, end: str, role: str | None = "delivery", **more: Any) -> Counted:
    values: dict[str, Any] = {
        "import_id": 1,
        "line": next(_LINES),
        "service_account": "8000000001",
        "role": role,
        "period_start": day(start),
        "period_end": day(end),
    }
    return Counted(
        **dict.fromkeys(Counted._fields)
        | values
        | {name: value and Decimal(value) for name, value in more.items()}
    )


def found(
    rows: list[Counted], *services: OfService, same: dict[str, str] | None = None
) -> list[tuple[str, str]]:
    billed = Billed([one.bill for one in services], services, same or {})
    return [(one.state, one.message) for one in beside(billed, rows)]


JAN = ("2026-01-05", "2026-02-03")


def made(role: str = "delivery", days: tuple[str, str] = JAN, **more: Any) -> OfService:
    values = {"kwh": Decimal("1200.4"), "kw": Decimal(12), "total": Decimal("100.00")}
    return service(*days, role, **values | more)


@pytest.mark.parametrize(
    ("told", "services", "state", "words"),
    [
        (row(*JAN, kwh="1200", kw="12.5", amount="100.00"), [made()], "same", "kWh, kW, dollars: as on the bill of"),
        (row("2026-01-06", "2026-02-04", kwh="1200"), [made()], "same", "kWh: as on"),
        (row(*JAN, kwh="1201"), [made()], "differs", "1,201 kWh here, 1,200.4 kWh on the bill (0.6 kWh more)"),
        (row(*JAN, amount="99.99"), [made()], "differs", "$99.99 here, $100.00 on the bill ($0.01 less)"),
        (row(*JAN, amount="-5"), [made(total=Decimal("5.00"))], "differs", "-$5.00 here, $5.00 on the bill ($10.00 less)"),
        (row("2026-01-05", "2026-03-04", kwh="1200"), [made()], "differs", "2026-01-05 to 2026-03-04 here; bills have 2026-01-05 to"),
        (row(*JAN, role=None, amount="7"), [made()], "unclear", "nobody knows whose they are"),
        (row(*JAN, role="bundled", amount="7"), [made()], "unclear", "no generation part of these days counts"),
        (row(*JAN, role="bundled", amount="150"), [made(), made("generation", total=Decimal("50.00"))], "same", "dollars: as on"),
        (row(*JAN, role="bundled", amount="100"), [made("bundled")], "same", "dollars: as on"),
        (row(*JAN, role="generation", amount="50"), [made(), made("generation", total=Decimal("50.00"))], "same", "dollars: as on"),
        (row(*JAN, role="generation", amount="50"), [made()], "history only", "no bill of these days is kept"),
        (row(*JAN, kwh="9"), [], "history only", "no bill of these days is kept"),
        (row(*JAN, kwh="9"), [made(of=bill(state="review"))], "history only", "of these days does not: review"),
        (row(*JAN, kwh="9"), [made(account="8000000002")], "history only", "no bill of these days is kept"),
        (row(*JAN, kwh="9"), [made(), made()], "unclear", "2 bills have these days"),
    ],
)  # fmt: skip
def test_a_row_beside_bills(told: Counted, services: list[OfService], state: str, words: str) -> None:
    ((found_state, message),) = found([told], *services)
    assert (found_state, words in message) == (state, True), message


def test_another_number_of_the_same_meter_is_its_bill() -> None:
    renumbered = made(account="3-001-2345-67", known_as="3001234567")
    same = {"8000000001": "3001234567", "3001234567": "3001234567"}
    assert [state for state, _ in found([row(*JAN, kwh="1200")], renumbered, same=same)] == ["same"]


def test_rows_of_the_same_days_are_not_chosen_among() -> None:
    rows = [row(*JAN, amount="100"), row(*JAN, amount="-100")]
    ((state, message),) = found(rows, made())
    assert (state, message.startswith("2 rows have these days")) == ("unclear", True)


def test_a_bill_between_rows_that_no_row_has_is_told_and_one_outside_is_not() -> None:
    rows = [row("2026-01-05", "2026-02-03", kwh="1200"), row("2026-03-06", "2026-04-04", kwh="1200")]
    between = [made(days=days) for days in (JAN, ("2026-02-04", "2026-03-05"), ("2026-03-06", "2026-04-04"))]
    outside = made(days=("2026-04-05", "2026-05-04"))
    doubtful = made(days=("2026-02-04", "2026-03-05"), of=bill(state="review"))
    assert [state for state, _ in found(rows, *between, outside, doubtful)] == ["same", "same", "bills only"]


def test_only_what_differs_is_a_finding_of_its_bill() -> None:
    services = [made(), made(days=("2026-02-04", "2026-03-05"))]
    rows = [
        row(*JAN, kwh="1000"),
        row("2026-02-04", "2026-03-05", kwh="1200"),
        row("2025-01-01", "2025-01-31", kwh="1"),
    ]
    (odd,) = tables(Billed([one.bill for one in services], services), rows)
    assert (odd.code, odd.severity, odd.service) == ("table_differs", "warning", services[0])
    assert "billing history says otherwise: 1,000 kWh here" in odd.message
