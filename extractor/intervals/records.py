"""What of kept bills' records a join needs: their services, without the places on paper of what they say.

Where a line is printed is more than half of a record, and of no use beside a meter.
"""

from __future__ import annotations

import datetime as dt

from pydantic import BaseModel, ConfigDict, Field

from extractor.model import Balance, Charge, Evidence, Service, UsageMonth

NOWHERE = Evidence(page=0, bbox=None, text="")
PASSED_OVER = "-"
"""A name that no record has: what is looked for under it keeps its default."""


class _Charge(Charge):
    model_config = ConfigDict(extra="ignore")

    evidence: Evidence = Field(default=NOWHERE, validation_alias=PASSED_OVER)


class _Service(Service):
    model_config = ConfigDict(extra="ignore")

    charges: tuple[_Charge, ...] = ()
    usage_history: tuple[UsageMonth, ...] = Field(default=(), validation_alias=PASSED_OVER)
    balances: tuple[Balance, ...] = Field(default=(), validation_alias=PASSED_OVER)


class BillInShort(BaseModel):
    """A bill, as far as a join needs it."""

    issuer: str | None = None
    customer_account: str | None = None
    statement_date: dt.date | None = None
    services: tuple[_Service, ...] = ()


class _Record(BaseModel):
    bill: BillInShort | None = None


def bill_of(record: str) -> BillInShort | None:
    """Return the bill of a record, None where none was read."""
    return _Record.model_validate_json(record).bill
