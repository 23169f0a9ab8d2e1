"""History asked of a store: what the rules are given."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import Engine

from extractor.base.database import reading, writing
from extractor.model import UsageMonth
from extractor.portfolio.history.asked import history
from tests.extractor.made_bills import record, service
from tests.extractor.portfolio.stored import line, numbered, put

WINTER = (
    ("2025-10-20", "2025-11-18"),
    ("2025-11-19", "2025-12-18"),
    ("2025-12-19", "2026-01-19"),
    ("2026-01-20", "2026-02-18"),
    ("2026-02-19", "2026-03-19"),
)


def test_a_rebill_that_takes_back_one_month_has_no_price(kept: Engine) -> None:
    energy = line("delivery", "energy", "200.00", "1000")
    corrected = numbered(
        line("delivery", "energy", "190.00", "1000"), line("delivery", "adjustment", "-200.00")
    )
    with writing(kept) as session:
        for at, days in enumerate(WINTER):
            part = service(*days, "200.00", kwh="1000", role="bundled", charges=numbered(energy))
            put(session, record(days[1], part), str(at))
        again = service(*WINTER[-1], "-10.00", kwh="1000", role="bundled", charges=corrected)
        put(session, record("2026-05-05", again), "9")
    with reading(kept) as session:
        codes = {one.code for one in history(session)}
    assert "price_unusual" not in codes


@pytest.mark.parametrize("comes_last", ["the bill", "what adjusts it"])
def test_the_usage_comparison_is_that_of_the_last_bill_that_prints_one(kept: Engine, comes_last: str) -> None:
    energy = numbered(line("delivery", "energy", "200.00", "1000"))
    before = [service(*days, "200.00", kwh="1000", role="bundled", charges=energy) for days in WINTER]
    chart = (UsageMonth(month="2026-02", kwh=Decimal(900), days=30),)
    last = before.pop().model_copy(update={"usage_history": chart})
    credit = numbered(line("other", "adjustment", "-5.00"))
    adjusted = service(*WINTER[-1], "-5.00", kwh=None, role="bundled", charges=credit)
    ends = [record("2026-03-21", last), record("2026-04-05", adjusted)]
    results = [record(days[1], part) for days, part in zip(WINTER, before, strict=False)]
    results += ends if comes_last == "what adjusts it" else reversed(ends)
    with writing(kept) as session:
        for at, result in enumerate(results):
            put(session, result, str(at))
    with reading(kept) as session:
        assert [one.code for one in history(session) if one.code.startswith("printed")] == [
            "printed_history_differs"
        ]
