"""Billing history beside bills, as rows for other programs."""

from __future__ import annotations

from extractor.export.rows import Column, Row
from extractor.portfolio.tabled import Compared
from extractor.store.billing_history import digits

COMPARED_COLUMNS = (
    Column("state", "text", "same, differs, history only, bills only or unclear"),
    Column("service_account", "text", "service account, without hyphens"),
    Column("charges", "text", "delivery, generation or bundled; empty: nobody knows whose"),
    Column("period_start", "date", "first day, inclusive"),
    Column("period_end", "date", "last day, inclusive"),
    Column("kwh", "number", "kWh of the row of history; of the bill where only bills have it"),
    Column("kw", "number", "kW of the same"),
    Column("amount", "number", "USD of the same; history is in no total"),
    Column("kwh_more", "number", "kWh of the row less those of the bill, where both tell them"),
    Column("amount_more", "number", "USD of the row less those of the bill, where the row tells whose"),
    Column("document", "text", "the bill, as `billclerk show` takes it"),
    Column("message", "text", "what differs, for a person"),
)


def compared_row(one: Compared) -> Row:
    """Return a comparison as a row."""
    return {
        "state": one.state,
        "service_account": one.account,
        "charges": one.role,
        "period_start": one.first,
        "period_end": one.last,
        "kwh": digits(one.kwh),
        "kw": digits(one.kw),
        "amount": one.amount,
        "kwh_more": digits(one.kwh_more),
        "amount_more": one.amount_more,
        "document": one.service.bill.name if one.service else None,
        "message": one.message,
    }
