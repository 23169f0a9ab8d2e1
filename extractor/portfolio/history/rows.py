"""What is odd about bills, as rows for other programs."""

from __future__ import annotations

from extractor.export.rows import Column, Row
from extractor.portfolio.history.odd import Odd
from extractor.portfolio.owners import told

ODD_COLUMNS = (
    Column("statement_date", "date", "date of the statement that it is about"),
    Column("severity", "text", "warning: somebody should look; info: what happens in the course of things"),
    Column("code", "text", "what kind of finding"),
    Column("message", "text", "the finding, for a person"),
    Column("customer", "text", "customer, key of the roster"),
    Column("site", "text", "site, key of the roster"),
    Column("manager", "text", "manager, key of the roster"),
    Column("customer_account", "text", "customer account, as printed"),
    Column(
        "service_account", "text", "service account, as printed; empty where it is about the whole statement"
    ),
    Column("provider", "text", "who charges: SCE, CPA, ..."),
    Column("role", "text", "bundled, delivery or generation"),
    Column("period_start", "date", "first day of the billing period, inclusive"),
    Column("period_end", "date", "last day of the billing period, inclusive"),
    Column("document", "text", "what `billclerk show` takes"),
    Column("before", "text", "the bill that it is seen beside, as `billclerk show` takes it"),
)


def odd_row(one: Odd) -> Row:
    """Return a finding as a row."""
    service = one.service
    return {
        "statement_date": one.bill.statement_date,
        "severity": one.severity,
        "code": one.code,
        "message": one.message,
        **told(one.owner, "customer", "site", "manager"),
        "customer_account": one.bill.customer_account,
        "service_account": service.service_account if service else None,
        "provider": service.provider if service else None,
        "role": service.role if service else None,
        "period_start": service.start if service else None,
        "period_end": service.end if service else None,
        "document": one.bill.name,
        "before": one.before.name if one.before else None,
    }
