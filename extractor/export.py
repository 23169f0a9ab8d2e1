"""A record as rows: one per charge, each with the keys of its document, bill and service.

The columns and their names are stable; new ones are added at the end. Numbers keep their
printed digits. Text of a document that a spreadsheet would run as a formula gets an
apostrophe before it (OWASP, "CSV Injection").

>>> [cell(value) for value in ("=1+1", "-12.00 credit", Decimal("-12.00"), None, True)]
["'=1+1", "'-12.00 credit", '-12.00', '', 'true']
"""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

from extractor.model import Bill, Charge, Period, ReadResult, Service

Value = str | int | Decimal | dt.date | bool | None

COLUMNS = (
    "file",
    "sha256",
    "first_page",
    "last_page",
    "bill_status",
    "issuer",
    "customer_account",
    "statement_date",
    "due_date",
    "new_charges",
    "amount_due",
    "service",
    "service_status",
    "provider",
    "role",
    "service_account",
    "pod_id",
    "rate_schedule",
    "product",
    "period_start",
    "period_end",
    "period_days",
    "service_total",
    "line",
    "section",
    "component",
    "group",
    "label",
    "tou",
    "season",
    "vintage",
    "quantity",
    "unit",
    "rate",
    "days",
    "of_days",
    "amount",
    "page",
)
"""`service` counts from 1 within a bill, `line` within a service; `days` of `of_days` is the proration."""

_AS_THEY_ARE = (
    "line",
    "section",
    "group",
    "label",
    "tou",
    "season",
    "vintage",
    "quantity",
    "unit",
    "rate",
    "amount",
)
"""Columns that are called like the field of the charge."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def charge_rows(result: ReadResult) -> Iterator[dict[str, str]]:
    """Give a row for each charge of a record; an unreadable document has none."""
    if result.bill is None:
        return
    of_bill = _document(result) | _bill(result.bill)
    for number, service in enumerate(result.bill.services, start=1):
        of_service = of_bill | {"service": number} | _service(service)
        for charge in service.charges:
            yield {column: cell(value) for column, value in (of_service | _charge(charge)).items()}


def cell(value: Value) -> str:
    """Return what a CSV cell says for a value; nothing for what is not printed."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case Decimal():
            return f"{value:f}"
        case str():
            return f"'{value}" if value.startswith(_FORMULA) else value
    return str(value)


def _document(result: ReadResult) -> dict[str, Value]:
    first, last = result.document.page_range or (None, None)
    return {
        "file": result.document.path,
        "sha256": result.document.sha256,
        "first_page": first,
        "last_page": last,
        "bill_status": str(result.status),
    }


def _bill(bill: Bill) -> dict[str, Value]:
    return {
        "issuer": bill.issuer,
        "customer_account": bill.customer_account,
        "statement_date": bill.statement_date,
        "due_date": bill.due_date,
        "new_charges": bill.new_charges,
        "amount_due": bill.amount_due,
    }


def _service(service: Service) -> dict[str, Value]:
    return {
        "service_status": service.status,
        "provider": service.provider,
        "role": service.role,
        "service_account": service.service_account,
        "pod_id": service.pod_id,
        "rate_schedule": service.rate_schedule,
        "product": service.product,
        **_period(service.period),
        "service_total": service.total,
    }


def _period(period: Period | None) -> dict[str, Value]:
    if period is None:
        return {"period_start": None, "period_end": None, "period_days": None}
    return {"period_start": period.start, "period_end": period.end, "period_days": period.days}


def _charge(charge: Charge) -> dict[str, Value]:
    days, of_days = charge.days or (None, None)
    return {
        **{name: getattr(charge, name) for name in _AS_THEY_ARE},
        "component": str(charge.component),
        "days": days,
        "of_days": of_days,
        "page": charge.evidence.page,
    }
