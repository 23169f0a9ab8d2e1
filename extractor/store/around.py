"""What is in the store around some bills: the bills, what people answered, and how bills stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from sqlmodel import Session, col, select

from extractor.model import ReadResult
from extractor.sameness import Block
from extractor.store import neighbours
from extractor.store.neighbours import Placed, Side, parts
from extractor.store.tables import Bill, BillStanding

Standing = Literal["counts", "same", "asked", "unplaced", "duplicate", "replaced", "undecided"]
Told = tuple[Standing, int | None]
"""A standing, and the other bill or service that it is because of."""


@dataclass
class Around:
    """What is in the store around some bills."""

    session: Session
    bills: dict[int, Placed]
    answers: dict[str, str]
    same: dict[str, str]
    """By service account, the one that stands for all of its meter's; both as they are compared."""
    standings: dict[int, Standing] = field(default_factory=dict)
    _records: dict[int, ReadResult] = field(default_factory=dict)

    def result(self, bill_id: int) -> ReadResult:
        """Return a bill's record."""
        if bill_id not in self._records:
            asked = select(Bill.record).where(Bill.id == bill_id)
            self._records[bill_id] = ReadResult.model_validate_json(self.session.exec(asked).one())
        return self._records[bill_id]

    def block(self, side: Side) -> Block:
        """Return what a service charges."""
        bill = self.result(side.bill_id).bill
        assert bill is not None  # it has a service
        printed = bill.services[side.position - 1]
        service = printed.model_copy(update={"service_account": side.known_as})
        return Block(bill.issuer, bill.kind, bill.customer_account, bill.statement_date, service)

    def know(self, bill_ids: Iterable[int]) -> None:
        """Take in bills that are not known yet, and how they stand."""
        unknown = set(bill_ids) - self.bills.keys()
        self.bills.update({bill.id: bill for bill in neighbours.bills(self.session, Bill.id, unknown)})
        self.standings.update(_standings(self.session, unknown - self.standings.keys()))

    def of_bill(self, bill_id: int) -> Standing:
        """Return what of a bill's standing its services have; `counts`: they stand for themselves."""
        standing = self.standings.get(bill_id, "counts")
        return standing if standing in ("same", "asked", "unplaced") else "counts"


def _standings(session: Session, bill_ids: Iterable[int]) -> dict[int, Standing]:
    found: dict[int, Standing] = {}
    for part in parts(bill_ids):
        asked = select(BillStanding.bill_id, BillStanding.standing).where(col(BillStanding.bill_id).in_(part))
        found.update((bill_id, standing) for bill_id, standing in session.execute(asked))
    return found
