"""What a rule over a meter's or an account's bills finds."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from extractor.portfolio.billed import OfBill, OfService
from extractor.portfolio.owners import Owner

Code = Literal[
    "balance_differs",
    "period_break",
    "period_overlap",
    "schedule_changed",
    "supplier_changed",
    "product_changed",
    "vintage_changed",
    "meter_changed",
    "uut_changed",
    "estimated_again",
    "usage_unusual",
    "demand_unusual",
    "price_unusual",
    "printed_history_differs",
    "printed_month_missing",
    "rate_differs",
    "rate_apart",
    "table_differs",
]

SEVERITY: dict[Code, Literal["warning", "info"]] = {
    "balance_differs": "warning",
    "period_break": "warning",
    "period_overlap": "warning",
    "schedule_changed": "info",
    "supplier_changed": "info",
    "product_changed": "info",
    "vintage_changed": "warning",
    "meter_changed": "info",
    "uut_changed": "warning",
    "estimated_again": "warning",
    "usage_unusual": "warning",
    "demand_unusual": "warning",
    "price_unusual": "warning",
    "printed_history_differs": "warning",
    "printed_month_missing": "info",
    "rate_differs": "warning",
    "rate_apart": "info",
    "table_differs": "warning",
}
"""What somebody should look at is a warning; what happens in the course of things is told."""


@dataclass(frozen=True)
class Odd:
    """Something about a bill that one sees only beside others."""

    code: Code
    bill: OfBill
    message: str
    """For a person: both values and where the other one stands."""
    service: OfService | None = None
    before: OfBill | None = None
    """The bill that it is seen beside, where that is one."""
    owner: Owner | None = None

    @property
    def severity(self) -> Literal["warning", "info"]:
        """How much it matters."""
        return SEVERITY[self.code]

    @property
    def day(self) -> dt.date:
        """The day of its statement, else the last that it bills."""
        end = self.service.end if self.service is not None else None
        return self.bill.statement_date or end or self.bill.taken_at.date()
