"""A record as rows: one per charge, per bill or per finding, each with all keys for joining.

The columns and their names are stable; new ones are added at the end. Numbers keep their printed digits;
identifiers are text, whatever digits they have. What a person has to know of a row stands in it: what the
program alone said (`bill_status`), what it comes to with people's work (`state`, `trust`), and whether it
counts, other bills considered.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from extractor.model import Bill, Charge, Period, ReadResult, Service

Value = str | int | Decimal | dt.date | bool | None
Row = dict[str, Value]

Kind = Literal["text", "whole", "number", "date", "flag"]


@dataclass(frozen=True)
class Column:
    """A column: its name, what its values are, and what they say, with their unit."""

    name: str
    kind: Kind
    about: str


DOCUMENT = (
    Column("file", "text", "name that the file came by"),
    Column("sha256", "text", "hash of the file: the document's key"),
    Column("first_page", "whole", "first page of the bill in the file"),
    Column("last_page", "whole", "last page of the bill in the file"),
    Column("bill_status", "text", "what the program alone says: verified, review, unreadable"),
)
BILL = (
    Column("issuer", "text", "who issued the bill: SCE, CPA"),
    Column("customer_account", "text", "customer account, as printed"),
    Column("statement_date", "date", "date the bill was prepared"),
    Column("due_date", "date", "date the amount is due"),
    Column("new_charges", "number", "new charges of all services, USD"),
    Column("amount_due", "number", "amount due, USD"),
)
SERVICE = (
    Column("service", "whole", "which service of the bill, from 1"),
    Column("service_status", "text", "the service's own verdict: verified, review"),
    Column("provider", "text", "who charges: SCE, CPA, ..."),
    Column("role", "text", "bundled, delivery or generation"),
    Column("service_account", "text", "service account"),
    Column("pod_id", "text", "POD-ID, 18 digits"),
    Column("rate_schedule", "text", "rate schedule, as printed"),
    Column("product", "text", "product of a CCA's generation"),
    Column("period_start", "date", "first day of the billing period, inclusive"),
    Column("period_end", "date", "last day of the billing period, inclusive"),
    Column("period_days", "whole", "days of the billing period, as printed"),
    Column("service_total", "number", "total of the service, USD"),
)
CHARGE = (
    Column("line", "whole", "charge line of the service, from 1"),
    Column("section", "text", "delivery, generation, other or tax"),
    Column("component", "text", "what the line is for, from a closed list"),
    Column("group", "text", "heading that the line stands under"),
    Column("label", "text", "label, as printed"),
    Column("tou", "text", "TOU period: on_peak, mid_peak, off_peak, super_off_peak"),
    Column("season", "text", "summer or winter"),
    Column("vintage", "text", "vintage of the PCIA"),
    Column("quantity", "number", "quantity, in `unit`"),
    Column("unit", "text", "kWh, kW, kVar, days, USD"),
    Column("rate", "number", "USD per unit; of a percentage tax the percentage"),
    Column("days", "whole", "days of a printed proration"),
    Column("of_days", "whole", "days of the period of a printed proration"),
    Column("amount", "number", "amount, USD"),
    Column("page", "whole", "page of the file that the line is printed on; of EDI the segment"),
)
KEPT = (
    Column("bill", "whole", "which bill of the file, from 1"),
    Column("state", "text", "verified, corrected, accepted, review, unreadable: people's work considered"),
    Column("trust", "text", "proven, corrected-and-proven, accepted-by-person, doubtful"),
    Column("standing", "text", "counts, or why not: same, asked, duplicate, replaced, undecided, unplaced"),
    Column("counts", "flag", "whether the row belongs in a total: false where another file or bill has it"),
    Column("taken_at", "text", "when the file was taken, UTC"),
)
OF_BILL = (
    Column("kind", "text", "what the bill calls itself: corrected, final, ..."),
    Column("source", "text", "text, ocr, mixed or edi"),
    Column("previous_balance", "number", "previous balance, USD"),
    Column("balance_forward", "number", "balance forward, USD"),
    Column("services", "whole", "services on the bill"),
    Column("usage_kwh", "number", "kWh of delivery or bundled service, all services"),
    Column("findings", "whole", "findings that somebody should act on"),
)
FINDING = (
    Column("service", "whole", "which service of the bill, from 1"),
    Column("severity", "text", "error, warning or info"),
    Column("code", "text", "what kind of finding"),
    Column("message", "text", "the finding, for a person"),
    Column("page", "whole", "page of the file"),
)

METER = (
    Column("meter_verdict", "text", "ties_out, within_tolerance, differs, incomplete, no_data"),
    Column("meter_reason", "text", "why, in a sentence"),
    Column("meter_kwh", "number", "kWh of the service's meters in its billing period"),
    Column(
        "meter_kw",
        "number",
        "highest kW of the service's meters, to the nearest one; empty of readings longer than 15 minutes",
    ),
    Column("meter_is_confirmed", "flag", "false where nobody confirmed what the readings' columns mean"),
)
"""What the meters of a row's service say; empty where no readings were imported at all."""

METERS = (
    Column("meter_verdict", "text", "the worst of its services' verdicts: see `charges`"),
    Column("meter_kwh", "number", "kWh of the meters of delivery or bundled service, all services"),
    Column("meter_is_confirmed", "flag", "false where nobody confirmed what the readings' columns mean"),
)

READ_COLUMNS = (*DOCUMENT, *BILL, *SERVICE, *CHARGE)
"""Of `billclerk read`."""

CHARGE_COLUMNS = (*READ_COLUMNS, *KEPT, *METER)
BILL_COLUMNS = (*DOCUMENT, *BILL, *OF_BILL, *KEPT, *METERS)
FINDING_COLUMNS = (*DOCUMENT, *BILL[:3], *FINDING, *KEPT)


def charge_rows(result: ReadResult) -> Iterator[Row]:
    """Give a row for each charge of a record; an unreadable document has none."""
    if result.bill is None:
        return
    of_bill = document_cells(result) | bill_cells(result.bill)
    for number, service in enumerate(result.bill.services, start=1):
        of_service = of_bill | {"service": number} | _service(service)
        for charge in service.charges:
            yield of_service | _charge(charge)


def document_cells(result: ReadResult) -> Row:
    """Return what a row says of the document."""
    first, last = result.document.page_range or (None, None)
    return {
        "file": result.document.path,
        "sha256": result.document.sha256,
        "first_page": first,
        "last_page": last,
        "bill_status": str(result.status),
    }


def bill_cells(bill: Bill) -> Row:
    """Return what a row says of the bill."""
    return {column.name: getattr(bill, column.name) for column in BILL}


def _service(service: Service) -> Row:
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


def _period(period: Period | None) -> Row:
    if period is None:
        return {"period_start": None, "period_end": None, "period_days": None}
    return {"period_start": period.start, "period_end": period.end, "period_days": period.days}


def _charge(charge: Charge) -> Row:
    days, of_days = charge.days or (None, None)
    own = {
        column.name: getattr(charge, column.name)
        for column in CHARGE
        if column.name not in ("days", "of_days", "page", "component")
    }
    return {
        **own,
        "component": str(charge.component),
        "days": days,
        "of_days": of_days,
        "page": charge.evidence.page,
    }
