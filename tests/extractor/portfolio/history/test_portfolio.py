"""The made portfolio: each planted oddity is found where it is planted, and nothing else is."""

from __future__ import annotations

from sqlalchemy import Engine

from extractor.base.database import reading
from extractor.portfolio.history.asked import history
from tests.extractor.portfolio.made import PLANTED

FOUND = {
    "missing statement": {"balance_differs", "period_break"},
    "rebill never received": {"balance_differs", "printed_history_differs"},
    "two versions": {"printed_month_missing"},
    "undecided pair": {"printed_month_missing"},
    "in review": {"printed_month_missing"},
    "overlap of days": {"printed_month_missing"},  # undecided, so neither counts
    "meter change": {"meter_changed"},
    "opt-out": {"supplier_changed"},
    "enrolment": {"supplier_changed"},
    "estimated twice": {"estimated_again"},
    "kWh spike": {"usage_unusual"},
    "kW spike": {"demand_unusual", "price_unusual"},  # and so dollars per kWh
    "cost spike": {"price_unusual"},
    "wrong vintage": {"vintage_changed"},
    "wrong rate": {"rate_differs"},
    "changed schedule": {"schedule_changed"},
    "changed product": {"product_changed"},
    "changed UUT": {"uut_changed"},
    "previous balance": {"balance_differs"},
    "gap of days": {"period_break"},
    "history only": {"period_break", "balance_differs"},
    "rate of another vintage": {"rate_differs"},
}
"""By the name of what is planted; of all others nothing is odd."""


def test_what_is_planted_is_found_and_nothing_else(portfolio: Engine) -> None:
    with reading(portfolio) as session:
        odd = history(session)
    accounts = {account: name for name, one in PLANTED.items() for account in one.accounts}
    of_bills = {one.bill.id: accounts[one.service.service_account or ""] for one in odd if one.service}
    named = {account[-3:]: name for account, name in accounts.items()}
    found: dict[str, set[str]] = {}
    for one in odd:
        account = one.bill.customer_account or ""
        name = of_bills[one.bill.id] if one.service else named[account[-3:]]
        found.setdefault(name, set()).add(one.code)
    assert found == FOUND
