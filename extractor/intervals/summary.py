"""Joins in short, for lists of bills: of each service the verdict, its reason, kWh and kW, and findings.

Computed when it is asked for and kept nowhere. Where no reading was ever imported, nothing is asked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from decimal import Decimal

from sqlalchemy import Engine
from sqlmodel import Session

from extractor.home import Home
from extractor.intervals.compared.billed import OVERALL
from extractor.intervals.compared.compare import Tolerance
from extractor.intervals.compared.metered import Measured
from extractor.intervals.findings import findings_of
from extractor.intervals.join import AS_TOLD, Joined
from extractor.intervals.of_bills import of_bills
from extractor.intervals.short import NONE, Metered, Meters
from extractor.intervals.whose import holdings
from extractor.store.current import Kept
from extractor.store.metered import has_readings
from extractor.store.plain import plain


def meters_of(
    home: Home, engine: Engine, session: Session, bills: Iterable[Kept], tolerance: Tolerance = AS_TOLD
) -> Meters:
    """Return all services of some bills in short, whether they count or not; nothing without readings."""
    if not has_readings(session):
        return NONE
    return {
        (one.kept.bill_id, one.number): in_short(one.joined, one.number)
        for one in of_bills(home, engine, session, bills, tolerance, all_of_them=True)
    }


def meters_alone(
    home: Home,
    engine: Engine,
    session: Session,
    bills: Iterable[Kept],
    accounts: Collection[str],
    tolerance: Tolerance = AS_TOLD,
) -> Meters:
    """Return services of some bills in short whose readings are all of some service accounts, and no others.

    `accounts` have no hyphens. Who may see these accounts only is told nothing of anybody else's meter.
    """
    held = holdings(session)
    return {
        (one.kept.bill_id, one.number): in_short(one.joined, one.number)
        for one in of_bills(home, engine, session, bills, tolerance, all_of_them=True)
        if one.account in accounts
        and all(plain(series.named or "") in accounts for series in held.of(one.account).series)
    }


def in_short(joined: Joined, number: int) -> Metered:
    """Return a join in short; `number` is the service's, from 1."""
    return Metered(
        joined.verdict.value,
        joined.reason,
        joined.total.metered if joined.total else None,
        None if is_lower_bound(joined) else highest(joined),
        tuple(findings_of(joined, number - 1)),
        not joined.unconfirmed,
    )


def highest(joined: Joined) -> Decimal | None:
    """Return the highest kW of a period to the nearest one; None where readings do not tell it."""
    for row in joined.demand:
        if row.bucket == OVERALL:
            return row.metered
    measured = _with_kw(joined)
    return None if measured is None or measured.peak is None else Decimal(measured.peak.billed_kw)


def is_lower_bound(joined: Joined) -> bool:
    """Tell whether the kW of a period may have been higher than its readings tell."""
    measured = _with_kw(joined)
    return measured is not None and measured.peak is not None and measured.is_lower_bound


def _with_kw(joined: Joined) -> Measured | None:
    """Return the channel that kW are told from."""
    return (joined.channels or {}).get("delivered", joined.measured)
