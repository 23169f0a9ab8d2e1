"""Coverage as rows for other programs: one for each service, month and half."""

from __future__ import annotations

from collections.abc import Iterator

from extractor.export.rows import Column, Row
from extractor.portfolio.coverage.model import Cell, Coverage, OfMeter
from extractor.portfolio.coverage.words import month
from extractor.portfolio.owners import told

COVERAGE_COLUMNS = (
    Column("customer", "text", "customer, key of the roster"),
    Column("customer_name", "text", "customer's name in the roster"),
    Column("site", "text", "site, key of the roster"),
    Column("manager", "text", "manager, key of the roster"),
    Column("service_account", "text", "service account that was seen last"),
    Column("other_accounts", "text", "the meter's other service accounts"),
    Column("month", "text", "read month: that of the last day of the period, 2025-12"),
    Column("half", "text", "delivery or generation"),
    Column(
        "status",
        "text",
        "missing, late, review, expected, history, estimated, verified, bundled, none or closed",
    ),
    Column(
        "is_read",
        "flag",
        "whether a period ends in the month, or should; false: its days are billed with a later month",
    ),
    Column("first", "date", "first day of its cycle; of several that end in the month, of the first"),
    Column("last", "date", "last day of its cycle, inclusive"),
    Column("statement_dates", "text", "dates of the statements that bill it"),
    Column("documents", "text", "what `billclerk show` takes, of each statement"),
    Column("states", "text", "verified, corrected, accepted, review: of each statement"),
    Column("amount", "number", "USD that count in this month, each in one row only"),
    Column("expected", "date", "day on which the statement is or was expected, about"),
    Column("late", "date", "day from which on it is late"),
    Column("is_assumed", "flag", "whether the days or the expected day rest on other periods, not on print"),
    Column("why", "text", "why the status is what it is"),
)


def coverage_rows(found: Coverage) -> Iterator[Row]:
    """Give a row for each half of each month of each service."""
    for meter in found.meters:
        of_meter = _of_meter(meter)
        for cell in meter.cells.values():
            yield of_meter | _of_cell(cell)


def _of_meter(meter: OfMeter) -> Row:
    return {
        **told(meter.owner, "customer", "customer_name", "site", "manager"),
        "service_account": meter.number,
        "other_accounts": " ".join(meter.numbers[1:]) or None,
    }


def _of_cell(cell: Cell) -> Row:
    parts, cycles = cell.parts, cell.cycles
    bills = list(dict.fromkeys(one.bill for part in parts for one in part.services))
    return {
        "month": month(cell.month),
        "half": cell.half,
        "status": cell.status,
        "is_read": cell.is_read,
        "first": min((one.first for one in cycles), default=None),
        "last": max((one.last for one in cycles), default=None),
        "statement_dates": "; ".join(f"{one.statement_date or '-'}" for one in bills) or None,
        "documents": "; ".join(one.name for one in bills) or None,
        "states": "; ".join(one.state for one in bills) or None,
        "amount": cell.amount,
        "expected": min((part.expected for part in parts if part.expected), default=None),
        "late": min((part.late for part in parts if part.late), default=None),
        "is_assumed": any(part.is_assumed for part in parts),
        "why": cell.why,
    }
