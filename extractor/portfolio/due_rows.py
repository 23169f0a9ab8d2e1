"""What is due as rows for other programs."""

from __future__ import annotations

from extractor.export.rows import Column, Row
from extractor.portfolio.due import Due
from extractor.portfolio.owners import told

DUE_COLUMNS = (
    Column("customer", "text", "customer, key of the roster; empty where it is no one's alone"),
    Column("customer_name", "text", "customer's name in the roster"),
    Column("site", "text", "site, key of the roster; empty where the services are at several"),
    Column("manager", "text", "who looks after it today, key of the roster; empty where there are several"),
    Column("issuer", "text", "who issued the statement: SCE, CPA"),
    Column("customer_account", "text", "customer account, as printed"),
    Column("statement_date", "date", "date of its latest statement"),
    Column("due_date", "date", "day on which the amount is due"),
    Column("days", "whole", "days until then, below zero when it has passed"),
    Column("amount_due", "number", "amount due, USD; below zero of a credit"),
    Column(
        "past_due",
        "number",
        "of it due before, as the statement prints; empty if it does not tell",
    ),
    Column("autopay", "flag", "whether it is debited by itself; empty if the statement does not say"),
    Column("state", "text", "due, autopay, past, credit, no date or old"),
    Column("is_certain", "flag", "false of a statement in doubt or a supplier's own bill: add it to nothing"),
    Column("remark", "text", "why it is not certain, and what else has to be known of the amount"),
    Column("trust", "text", "proven, corrected-and-proven, accepted-by-person, doubtful"),
    Column("services", "whole", "services on the statement"),
    Column("document", "text", "what `billclerk show` takes"),
)


def due_row(row: Due) -> Row:
    """Return what is due of an account as a row."""
    from extractor.trust import TRUST

    bill = row.bill
    return {
        **told(row.owner, "customer", "customer_name", "site"),
        "manager": row.acting.manager,
        "issuer": bill.issuer,
        "customer_account": row.account,
        "statement_date": bill.statement_date,
        "due_date": bill.due_date,
        "days": row.days,
        "amount_due": row.amount,
        "past_due": row.past_due,
        "autopay": bill.autopay,
        "state": row.state,
        "is_certain": row.is_certain,
        "remark": "; ".join(row.doubts),
        "trust": TRUST[bill.state],
        "services": row.services,
        "document": bill.name,
    }
