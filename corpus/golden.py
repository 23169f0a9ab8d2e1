"""A bill's golden record, in the shape of the read contract, without evidence and proof.

Decimals are strings with the printed digits, dates ISO. Conventions that the contract
leaves open (joined addresses, account lines, groups) are in corpus/README.md.
"""

from datetime import date
from decimal import Decimal
from typing import Any

from corpus.model import Bill, Charge, Sample, Service, SummaryRow, Usage

Record = dict[str, Any]


def golden_of(sample: Sample, page_ranges: list[tuple[int, int]]) -> list[Record]:
    """Return the records of one file, one per bill in it."""
    return [_entry(sample, bill, pages) for bill, pages in zip(sample.bills, page_ranges, strict=True)]


def not_a_bill() -> list[Record]:
    """Return the record of a document that is no bill of a known layout."""
    return [{"status": "unreadable", "page_range": None, "layout_hint": None, "findings": [], "bill": None}]


def _entry(sample: Sample, bill: Bill, pages: tuple[int, int]) -> Record:
    return {
        "status": sample.status,
        "page_range": list(pages),
        "layout_hint": bill.layout,
        "findings": list(sample.findings),
        "bill": bill_record(bill),
    }


def bill_record(bill: Bill) -> Record:
    """Return the contract's `bill` object."""
    return {
        "issuer": bill.issuer,
        "kind": bill.kind,
        "customer_name": bill.name or None,
        "mailing_address": ", ".join(bill.mailing) or None,
        "customer_account": bill.customer_account,
        "statement_date": _day(bill.statement_date),
        "due_date": _day(bill.due_date),
        "next_cycle_end": _day(bill.next_cycle_end),
        "autopay": bill.autopay,
        "previous_balance": _row_amount(bill, "previous"),
        "balance_forward": _row_amount(bill, "balance"),
        "account_lines": [_account_line(row) for row in bill.rows if row.kind == "line"],
        # A CCA's own bill prints totals of its services only; null is for what is not printed.
        "new_charges": None if bill.layout == "cca_only" else _number(bill.new_charges),
        "amount_due": _number(bill.amount_due),
        "services": [service_record(service) for service in bill.services],
    }


def service_record(service: Service) -> Record:
    """Return one member of `services`."""
    return {
        "status": "verified",
        "provider": service.provider,
        "role": service.role,
        "service_account": service.place.service_account,
        "pod_id": service.place.pod_id,
        "service_address": ", ".join(service.place.address) or None,
        "rotating_outage_group": service.place.outage_group,
        "rate_schedule": service.rate_schedule,
        "product": service.product,
        "period": {"start": _day(service.start), "end": _day(service.end), "days": service.days},
        **_usage_record(service.usage),
        **_demand_record(service),
        "balances": [
            {"label": b.label, "amount": _number(b.amount), "kwh": _number(b.kwh)} for b in service.balances
        ],
        "charges": [_charge_record(line, charge) for line, charge in enumerate(service.charges, 1)],
        "subtotal": _number(service.subtotal),
        "total": _number(service.total),
    }


def _usage_record(usage: Usage | None) -> Record:
    if usage is None:
        return {
            "meter": None,
            "meters": [],
            "usage_kwh": None,
            "exported_kwh": None,
            "estimated": None,
            "usage_history": [],
        }
    meters = [
        {
            "number": m.number,
            "start": _day(m.start),
            "end": _day(m.end),
            "usage_kwh": _number(m.usage_kwh),
            "estimated": m.estimated,
        }
        for m in usage.meters
    ]
    history = [
        {"month": f"{m.year}-{m.month:02d}", "kwh": _count(m.kwh), "days": m.days} for m in usage.history
    ]
    return {
        "meter": usage.meters[0].number if len(usage.meters) == 1 else None,
        "meters": meters,
        "usage_kwh": _number(usage.total_kwh),
        "exported_kwh": _number(usage.exported_kwh),
        "estimated": usage.estimated,
        "usage_history": history,
    }


def _demand_record(service: Service) -> Record:
    box = service.demand
    if box is None:
        return {"max_demand_kw": None, "demands": []}
    rows = [{"season": row.season, "tou": row.tou, "kw": str(row.kw), "at": row.at} for row in box.rows]
    return {"max_demand_kw": str(box.max_kw), "demands": rows}


def _charge_record(line: int, charge: Charge) -> Record:
    return {
        "line": line,
        "section": charge.section,
        "component": charge.component,
        "group": charge.group,
        "label": charge.label,
        "tou": charge.tou,
        "season": charge.season,
        "vintage": charge.vintage,
        "quantity": _number(charge.quantity),
        "unit": charge.unit,
        "rate": _number(charge.rate),
        "days": None if charge.days is None else list(charge.days),
        "amount": _number(charge.amount),
    }


def _account_line(row: SummaryRow) -> Record:
    return {"label": row.label or row.printed, "date": _day(row.day), "amount": _number(row.amount)}


def _row_amount(bill: Bill, kind: str) -> str | None:
    amounts = [row.amount for row in bill.rows if row.kind == kind]
    return _number(amounts[0]) if len(amounts) == 1 else None


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _number(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def _count(value: int | None) -> str | None:
    return None if value is None else str(value)
