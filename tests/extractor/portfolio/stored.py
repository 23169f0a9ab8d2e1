"""Bills made by hand and kept in a store, for tests of what is asked of it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlmodel import Session

from extractor.model import Bill, Charge, Component, Evidence, ReadResult, Section
from extractor.store.documents import Arrival, Reader, add_reading, make_current, take
from extractor.store.standing import settle

AT = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


def put(session: Session, result: ReadResult, name: str) -> int:
    """Keep a bill and settle what counts; return its document's number."""
    document = take(session, Arrival(name.rjust(64, "0"), f"{name}.pdf", 1), AT)
    make_current(session, add_reading(session, document, [result], Reader("test", "f" * 64), AT))
    assert document.id is not None
    settle(session, [document.id])
    return document.id


def line(section: Section, component: str, amount: str, kwh: str | None = None, **more: Any) -> Charge:
    """Return a charge line; with kWh it is by the kWh."""
    place = Evidence(page=4, bbox=None, text=amount)
    if kwh is not None:
        more = {"quantity": Decimal(kwh), "unit": "kWh"} | more
    values = {"line": 1, "section": section, "label": component, "amount": Decimal(amount)} | more
    return Charge(component=Component(component), evidence=place, **values)


def numbered(*lines: Charge) -> tuple[Charge, ...]:
    """Return lines with their numbers."""
    return tuple(one.model_copy(update={"line": at}) for at, one in enumerate(lines, 1))


def with_bill(result: ReadResult, **fields: Any) -> ReadResult:
    """Return a record whose bill says something else."""
    assert isinstance(result.bill, Bill)
    return result.model_copy(update={"bill": result.bill.model_copy(update=fields)})
