"""A record as rows of the tables, which are asked by what is in them; the record itself is kept beside.

A number that a column cannot hold exactly is left out of its row, and stays in the record.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from extractor.base.columns import held
from extractor.model import AccountLine, ReadResult
from extractor.model import Bill as PrintedBill
from extractor.model import Charge as PrintedCharge
from extractor.model import Finding as PrintedFinding
from extractor.model import Service as PrintedService
from extractor.store.plain import plain_or_none
from extractor.store.tables import MONEY, QUANTITY

TOLD = {"code", "severity", "message", "service", "page"}
"""What the findings of a reading are asked by."""

NOT_PRINTED = {"status", "evidence"}
"""What of a service and a charge is ours."""

WITHOUT: Any = {"services": {"__all__": {"status": True, "charges": {"__all__": {"evidence"}}}}}
"""Where most of that is."""


class Placed(NamedTuple):
    """One record of a reading, and the same as JSON."""

    reading_id: int
    position: int
    result: ReadResult
    text: str


def bill_row(record: Placed) -> dict[str, Any]:
    """Return the row of a bill."""
    result = record.result
    bill = result.bill or PrintedBill()
    return {
        "reading_id": record.reading_id,
        "position": record.position,
        "status": result.status,
        "source": result.document.source,
        "issuer": bill.issuer,
        "kind": bill.kind,
        "customer_account": bill.customer_account,
        "statement_date": bill.statement_date,
        "due_date": bill.due_date,
        "new_charges": held(bill.new_charges, MONEY),
        "amount_due": held(bill.amount_due, MONEY),
        "next_cycle_end": bill.next_cycle_end,
        "autopay": bill.autopay,
        "previous_balance": held(bill.previous_balance, MONEY),
        "balance_forward": held(bill.balance_forward, MONEY),
        "account_lines": [_account_line(line) for line in bill.account_lines] or None,
        "plain_account": plain_or_none(bill.customer_account),
        "values_sha256": values_hash(result.bill),
        "record": record.text,
    }


def service_row(bill_id: int, position: int, service: PrintedService) -> dict[str, Any]:
    """Return the row of a service, which of the bill it is from 1."""
    start, end = (service.period.start, service.period.end) if service.period else (None, None)
    return {
        "bill_id": bill_id,
        "position": position,
        "status": service.status,
        "provider": service.provider,
        "role": service.role,
        "service_account": service.service_account,
        "pod_id": service.pod_id,
        "meter": service.meter,
        "rate_schedule": service.rate_schedule,
        "period_start": start,
        "period_end": end,
        "usage_kwh": held(service.usage_kwh, QUANTITY),
        "total": held(service.total, MONEY),
        "product": service.product,
        "period_days": service.period.days if service.period else None,
        "exported_kwh": held(service.exported_kwh, QUANTITY),
        "estimated": service.estimated,
        "max_demand_kw": held(service.max_demand_kw, QUANTITY),
        "demands": [[one.season, one.tou, format(one.kw, "f")] for one in service.demands] or None,
        "meters": [meter.number for meter in service.meters] or None,
        "usage_history": [
            [one.month, None if one.kwh is None else format(one.kwh, "f"), one.days]
            for one in service.usage_history
        ]
        or None,
        "plain_account": plain_or_none(service.service_account),
    }


def _account_line(line: AccountLine) -> list[str | None]:
    return [line.label, line.date.isoformat() if line.date else None, format(line.amount, "f")]


def charge_rows(service_id: int, charges: Iterable[PrintedCharge]) -> Iterator[dict[str, object]]:
    """Give the rows of a service's charge lines."""
    for charge in charges:
        days, of_days = charge.days or (None, None)
        yield {
            "service_id": service_id,
            "line": charge.line,
            "section": charge.section,
            "component": str(charge.component),
            "heading": charge.group,
            "label": charge.label,
            "tou": charge.tou,
            "season": charge.season,
            "vintage": charge.vintage,
            "quantity": held(charge.quantity, QUANTITY),
            "unit": charge.unit,
            "rate": held(charge.rate, QUANTITY),
            "days": days,
            "of_days": of_days,
            "amount": held(charge.amount, MONEY),
            "page": charge.evidence.page,
            "box": None if charge.evidence.bbox is None else list(charge.evidence.bbox),
            "confidence": charge.evidence.confidence,
        }


def finding_rows(bill_id: int, findings: Iterable[PrintedFinding]) -> Iterator[dict[str, object]]:
    """Give the rows of a record's findings."""
    for found in findings:
        yield found.model_dump(include=TOLD) | {"bill_id": bill_id}


def values_hash(bill: PrintedBill | None) -> str:
    """Return the hash of all that a bill says: without where it is printed, and how sure it was read."""
    plain = bill.model_dump(mode="json", exclude_none=True, exclude=WITHOUT) if bill else {}
    said = json.dumps(_said(plain), sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def _said(value: Any) -> Any:
    """Return what of a record is printed on the bill; fields that are empty are as good as none."""
    if isinstance(value, dict):
        kept = {name: _said(item) for name, item in value.items() if name not in NOT_PRINTED}
        return {name: item for name, item in kept.items() if item not in (None, [], {})}
    return [_said(item) for item in value] if isinstance(value, list) else value
