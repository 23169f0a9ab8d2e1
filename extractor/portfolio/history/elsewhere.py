"""Days of a customer's meters that are not the customer's: billed to others, or another's by the roster."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlmodel import Session, col

from extractor.portfolio.history_owners import meter_of
from extractor.portfolio.seen import Seen
from extractor.store.neighbours import parts
from extractor.store.tables import Bill, CurrentReading, Service


class Elsewhere(NamedTuple):
    """Days that are somebody else's, both inclusive."""

    first: dt.date
    last: dt.date
    is_generation: bool | None = None
    """Of which half; None of both."""


def elsewhere(session: Session, seen: Seen) -> Mapping[str, Sequence[Elsewhere]]:
    """Return them by meter; none where all bills are asked about, whoever has them."""
    found: dict[str, list[Elsewhere]] = defaultdict(list)
    if seen.customer is None:
        return found
    meters = {one.known_as for one in seen.billed.services if one.known_as is not None}
    for row in seen.owners.rows:
        meter = meter_of(seen.billed, row.number) if row.kind == "service" else None
        if meter in meters and row.owner.customer != seen.customer:
            found[meter].append(Elsewhere(row.first, row.last))
    numbers = meters | {number for number, meter in seen.billed.same.items() if meter in meters}
    mine = {bill.id for bill in seen.billed.bills}
    for part in parts(sorted(numbers)):
        asked = (
            select(
                col(Service.bill_id),
                col(Service.plain_account),
                col(Service.role),
                col(Service.period_start),
                col(Service.period_end),
            )
            .join(Bill, col(Bill.id) == col(Service.bill_id))
            .join(CurrentReading, col(CurrentReading.effective_id) == col(Bill.reading_id))
            .where(col(Service.plain_account).in_(part))
        )
        for bill_id, number, role, first, last in session.connection().execute(asked).all():
            if bill_id not in mine and first is not None and last is not None:
                found[meter_of(seen.billed, str(number))].append(Elsewhere(first, last, role == "generation"))
    return found
