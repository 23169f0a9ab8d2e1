"""What feeds say was billed: the summary of a usage point and period, with its cost lines.

A summary is the utility's word beside its bill, for a person to compare: it proves nothing, and nothing is
ever called verified by it. The newest import of a usage point and period counts.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import or_
from sqlmodel import Session, col, select

from extractor.store.metered import SUMMED, BillingSummary
from extractor.store.point_names import code_in
from extractor.store.usage_points import standings


@dataclass(frozen=True)
class CostLine:
    """A cost line."""

    label: str
    amount: Decimal | None
    """Dollars."""
    kind: str | None
    measured: Decimal | None
    unit: str | None


@dataclass(frozen=True)
class Summed:
    """A summary that counts, and whose it is."""

    usage_point: str | None
    service_account: str | None
    """Without hyphens; None where nobody knows."""
    first: dt.date
    last: dt.date
    """Local days, both inclusive."""
    import_id: int
    kwh: Decimal | None
    amount: Decimal | None
    """Dollars."""
    additional: Decimal | None
    """Dollars of what it calls additional."""
    kwh_since: Decimal | None
    """Of the period after this one, so far."""
    amount_since: Decimal | None
    currency: str | None
    """`USD`, or None where the feed does not say."""
    rate_schedule: str | None
    cost_lines: str
    """As JSON."""

    @property
    def costs(self) -> tuple[CostLine, ...]:
        """Its cost lines."""
        return tuple(_cost(*one) for one in json.loads(self.cost_lines))


KEY = ("usage_point", "service_account", "first", "last")
"""Of what a summary is."""

COLUMNS = tuple(col(getattr(BillingSummary, name)) for name in (*KEY, "import_id", *SUMMED))


def has_summaries(session: Session) -> bool:
    """Tell whether any feed said what was billed."""
    return session.exec(select(BillingSummary.id).limit(1)).first() is not None


def add_summaries(session: Session, rows: Iterable[BillingSummary]) -> None:
    """Keep what a file says was billed; of one usage point and period its last word.

    What an earlier file said stays beside it, also where it is the same: it is known then which files
    tell of an account.
    """
    for row in {tuple(getattr(row, name) for name in KEY): row for row in rows}.values():
        session.add(row)
    session.flush()


def summaries_that_count(session: Session, accounts: Iterable[str] | None = None) -> list[Summed]:
    """Return the newest summary of each usage point and period, of some accounts (without hyphens) or of all.

    A code is one usage point of an account, by whichever name.
    """
    known = standings(session)
    rows = select(*COLUMNS).order_by(col(BillingSummary.id))
    if accounts is not None:
        names = set(accounts)
        points = [one.usage_point for one in known.values() if one.service_account in names]
        this = col(BillingSummary.service_account).in_(names), col(BillingSummary.usage_point).in_(points)
        rows = rows.where(or_(*this))
    found: dict[tuple[object, ...], Summed] = {}
    for point, account, *rest in session.execute(rows):
        standing = known.get(point or "")
        owner = account or (standing.service_account if standing else None)
        one = Summed(point, owner, *map(_short, rest))
        found[owner, code_in(point) if owner and point else point, one.first, one.last] = one
    return list(found.values())


def _short(value: Any) -> Any:
    """Return a number without the zeros that only its column has: cents are left.

    >>> _short(Decimal("1152.00000000")), _short(Decimal("174.18000")), _short(Decimal("0.12300"))
    (Decimal('1152.00'), Decimal('174.18'), Decimal('0.123'))
    """
    if not isinstance(value, Decimal):
        return value
    cents = round(value, 2)
    return cents if cents == value else value.normalize()


def _cost(
    label: str, amount: str | None, kind: str | None, measured: str | None, unit: str | None
) -> CostLine:
    return CostLine(label, _number(amount), kind, _number(measured), unit)


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
