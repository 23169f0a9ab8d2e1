"""Records made by hand, for tests of what is kept: an SCE bill, CPA's own, a rebill."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from extractor.model import (
    Bill,
    Charge,
    Component,
    Document,
    Evidence,
    Period,
    ReadResult,
    Service,
    Status,
)


def charge(amount: str, line: int = 1, component: Component = Component.ENERGY, **more: Any) -> Charge:
    place = Evidence(page=4, bbox=(50, 100.0 + 10 * line, 400, 109.0 + 10 * line), text=f"Energy {amount}")
    return Charge(
        line=line,
        section="generation",
        component=component,
        label="Energy",
        amount=Decimal(amount),
        evidence=place,
        **more,
    )


def service(
    start: str,
    end: str,
    total: str = "10.00",
    provider: str = "SCE",
    role: Any = "delivery",
    account: str = "8000000001",
    charges: tuple[Charge, ...] | None = None,
    kwh: str | None = "100",
) -> Service:
    return Service(
        status="verified",
        provider=provider,
        role=role,
        service_account=account,
        rate_schedule="TOU-GS-1-E",
        period=Period(start=dt.date.fromisoformat(start), end=dt.date.fromisoformat(end)),
        usage_kwh=None if kwh is None else Decimal(kwh),
        charges=(charge(total),) if charges is None else charges,
        total=Decimal(total),
    )


def record(
    statement: str,
    *services: Service,
    account: str = "700200000001",
    issuer: str = "SCE",
    status: Status = Status.VERIFIED,
    source: Any = "text",
    **more: Any,
) -> ReadResult:
    due = sum((one.total or Decimal(0) for one in services), Decimal(0))
    bill = Bill(
        issuer=issuer,
        customer_account=account,
        statement_date=dt.date.fromisoformat(statement),
        new_charges=due,
        amount_due=due,
        services=services,
        **more,
    )
    return ReadResult(document=Document(path="a.pdf", reader="test", source=source), status=status, bill=bill)
