"""Services, as whoever does the accounts wants them: a row per service account and delivery period.

Only what counts is in rows; what does not is in the control totals, by the reason for which it does not.

>>> [column.name for column in SERVICE_COLUMNS[:3]]
['customer', 'customer_name', 'site']
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from sqlalchemy import select
from sqlmodel import Session, col

from extractor.export.rows import Column, Row
from extractor.export.totals import Totals
from extractor.intervals.short import NONE, Meters
from extractor.portfolio.asked import asked_by
from extractor.portfolio.billed import Billed, OfService, billed
from extractor.portfolio.charge_sums import amounts_of, dollars_of, quantities_of
from extractor.portfolio.control import Control, control, statements_of
from extractor.portfolio.owners import owned, owners
from extractor.portfolio.pairing import OVERLAP, Pair, days_shared, paired
from extractor.portfolio.repeated import repeated
from extractor.portfolio.service_columns import SERVICE_COLUMNS, further_columns
from extractor.portfolio.service_rows import NO_BOX, Box, Known, service_row
from extractor.store.current import Wanted
from extractor.store.tables import Bill, CurrentReading, Finding, Service


@dataclass(frozen=True)
class Services:
    """Rows of services, and their control totals once they are written."""

    columns: Sequence[Column]
    pairs: Sequence[Pair]
    known: Known
    control: Control

    def rows(self) -> Iterator[Row]:
        """Give the rows, by meter and day."""
        return self.control.over(service_row(pair, self.known) for pair in self.pairs)

    def totals(self) -> Totals:
        """Return the control totals of the rows that were given."""
        return self.control.totals()


def services(session: Session, wanted: Wanted, meters: Meters = NONE) -> Services:
    """Return the services that are asked for."""
    found = billed(session, wanted.customer)
    beside = paired(one for one in found.services if one.counts)
    asked = asked_by(session, wanted)
    every = found if wanted.customer is None else billed(session)
    known = replace(_known(session, found), left_out=_left_out(every, beside.pairs), meters=meters)
    deliveries = (pair.delivery for pair in beside.pairs)
    known = replace(known, repeated=repeated(deliveries, known.quantities, partial(amounts_of, session)))
    is_asked = {pair.delivery.id: asked.holds((pair.delivery, *pair.generation)) for pair in beside.pairs}
    in_rows = {
        one.id: is_asked[pair.delivery.id]
        for pair in beside.pairs
        for one in (pair.delivery, *pair.generation)
    }
    pairs = [pair for pair in beside.pairs if is_asked[pair.delivery.id]]
    further = further_columns(
        known.owners[pair.delivery.id] for pair in pairs if pair.delivery.id in known.owners
    )
    return Services(
        (*SERVICE_COLUMNS, *further.values()),
        pairs,
        replace(known, further=further),
        control(statements_of(session, wanted.customer), found, in_rows, asked, known),
    )


def _known(session: Session, found: Billed) -> Known:
    return Known(
        dollars=dollars_of(session),
        quantities=quantities_of(session),
        boxes=_boxes(session),
        owners=owned(found, owners(session)),
        findings=_findings(session),
    )


def _left_out(every: Billed, pairs: Sequence[Pair]) -> frozenset[int]:
    """Return the deliveries whose generation is there, be it on another's bill, and in no row."""
    in_rows = {one.id for pair in pairs for one in pair.generation}
    by_meter: dict[str | None, list[OfService]] = defaultdict(list)
    for one in every.services:
        if one.is_generation and one.id not in in_rows:
            by_meter[one.known_as].append(one)
    if not by_meter:
        return frozenset()
    return frozenset(
        pair.delivery.id
        for pair in pairs
        if not pair.generation
        for one in by_meter.get(pair.delivery.known_as, ())
        if days_shared(pair.delivery, one) > OVERLAP
    )


def _boxes(session: Session) -> dict[int, Box]:
    """Return what each current service has lists of: its meters where they are several, its demand box."""
    current = (
        select(col(Service.id))
        .join(Bill, col(Bill.id) == col(Service.bill_id))
        .join(CurrentReading, col(CurrentReading.effective_id) == col(Bill.reading_id))
    )
    several = current.add_columns(col(Service.meters)).where(
        col(Service.meter).is_(None), col(Service.meters).is_not(None)
    )
    boxed = current.add_columns(col(Service.demands)).where(col(Service.demands).is_not(None))
    found = {number: Box(demands=demands) for number, demands in session.execute(boxed)}
    for number, meters in session.execute(several):
        found[number] = found.get(number, NO_BOX)._replace(meters=meters)
    return found


def _findings(session: Session) -> Mapping[tuple[int, int | None], Sequence[str]]:
    """Return the kinds of findings that somebody should act on, by bill and service, from 1."""
    asked = (
        select(col(Finding.bill_id), col(Finding.service), col(Finding.code))
        .join(Bill, col(Bill.id) == col(Finding.bill_id))
        .join(CurrentReading, col(CurrentReading.effective_id) == col(Bill.reading_id))
        .where(col(Finding.severity) != "info")
        .order_by(col(Finding.id))
    )
    found: dict[tuple[int, int | None], list[str]] = defaultdict(list)
    for bill_id, service, code in session.execute(asked):
        found[bill_id, None if service is None else service + 1].append(code)
    return found
