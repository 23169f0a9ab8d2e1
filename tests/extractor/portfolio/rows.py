"""Light rows made by hand, for tests of rules that ask no store."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import count
from typing import Any

from extractor.portfolio.billed import OfBill, OfService

_NUMBERS = count(1)


def day(text: str | None) -> dt.date | None:
    return None if text is None else dt.date.fromisoformat(text)


def bill(statement: str = "2026-06-02", **more: Any) -> OfBill:
    """Return a verified bill of SCE that counts; `more` are fields of it."""
    number = more.pop("id", next(_NUMBERS))
    values: dict[str, Any] = {
        "id": number,
        "document_id": number,
        "sha256": f"{number:064x}",
        "file": f"{number}.pdf",
        "taken_at": dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC),
        "position": 1,
        "state": "verified",
        "standing": "counts",
        "source": "text",
        "issuer": "SCE",
        "customer_account": "700200000001",
        "statement_date": day(statement),
    }
    nothing: dict[str, Any] = dict.fromkeys(OfBill._fields)
    return OfBill(**nothing | values | more)


def service(
    start: str | None,
    end: str | None,
    role: str = "delivery",
    of: OfBill | None = None,
    account: str = "8000000001",
    **more: Any,
) -> OfService:
    """Return a service that counts, of a bill that is made where none is given; `more` are fields of it."""
    number = next(_NUMBERS)
    values: dict[str, Any] = {
        "id": number,
        "bill": of or bill(end or "2026-06-02"),
        "number": 1,
        "standing": "counts",
        "provider": "CPA" if role == "generation" else "SCE",
        "role": role,
        "service_account": account,
        "known_as": account,
        "start": day(start),
        "end": day(end),
        "total": Decimal("10.00"),
    }
    nothing: dict[str, Any] = dict.fromkeys(OfService._fields)
    return OfService(**nothing | values | more)
