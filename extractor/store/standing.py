"""Which bills and services count: worked out anew for all that a document touches, whenever it changes.

A bill may lie in several files, and a later bill may take the place of a part of an earlier one
(`extractor.sameness` has the rules). Here they are applied to what is in the store, and what a person
answered comes first. An answer holds for what the person saw: where either of the two says something
else by now, it is asked again. What is in doubt keeps out what is proven only where a person said so.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from sqlalchemy import delete
from sqlmodel import Session, col, select

from extractor.base.database import add_many
from extractor.model import ReadResult
from extractor.sameness import Block, is_same_bill, rank, relation
from extractor.store import neighbours
from extractor.store.neighbours import Placed, Side, parts
from extractor.store.numbers import meters_of
from extractor.store.people import Answer
from extractor.store.questions import group_name, in_order, pair_name
from extractor.store.tables import (
    Bill,
    BillStanding,
    CurrentReading,
    Document,
    Reading,
    Service,
    ServiceStanding,
)

Standing = Literal["counts", "same", "asked", "unplaced", "duplicate", "replaced", "undecided"]
Told = tuple[Standing, int | None]
"""A standing, and the other bill or service that it is because of."""


@dataclass
class _Around:
    """What is in the store around some bills."""

    session: Session
    bills: dict[int, Placed]
    answers: dict[str, str]
    same: dict[str, str]
    """By service account, the one that stands for all of its meter's."""
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


def settle(session: Session, document_ids: Iterable[int], are_new: bool = False) -> None:
    """Work out anew what counts of some documents, and of what shares a bill or a meter's days with them.

    With `are_new` nothing stood of them before.
    """
    documents = list(document_ids)
    if not documents:
        return
    related = [] if are_new else _forgotten(session, documents)
    touched = [
        *neighbours.bills(session, Document.id, documents),
        *neighbours.bills(session, Bill.id, related),
    ]
    around = _Around(session, {}, _answers(session), meters_of(session))
    told: dict[int, Told] = {}
    for group in neighbours.groups(session, touched):
        around.bills.update({bill.id: bill for bill in group})
        told.update(_of_group(group, around))
    around.standings.update({bill_id: standing for bill_id, (standing, _) in told.items()})
    _replace(session, BillStanding, told)
    _settle_services(session, around, list(around.bills))


def related_documents(session: Session, document_ids: Sequence[int]) -> list[int]:
    """Drop what stood of some documents; return the others that stood as they did because of them."""
    related = _forgotten(session, document_ids)
    found: set[int] = set()
    for part in parts(related):
        asked = select(Reading.document_id).join(Bill, col(Bill.reading_id) == col(Reading.id))
        found.update(session.exec(asked.where(col(Bill.id).in_(part))))
    return sorted(found - set(document_ids))


def settle_accounts(session: Session, accounts: Collection[str]) -> None:
    """Work out anew what counts of all that is billed to some service accounts."""
    asked = (
        select(CurrentReading.document_id)
        .join(Bill, col(Bill.reading_id) == col(CurrentReading.effective_id))
        .join(Service, col(Service.bill_id) == col(Bill.id))
        .distinct()
    )
    found: set[int] = set()
    for part in parts(sorted(accounts)):
        found.update(session.exec(asked.where(col(Service.service_account).in_(part))))
    settle(session, sorted(found))


# --- one bill in several files -----------------------------------------------------------------------


def _of_group(group: Sequence[Placed], around: _Around) -> Iterator[tuple[int, Told]]:
    """Say which of the files of one bill counts: the best of those that say the same."""
    if len(group) == 1:
        bill = group[0]
        is_placed = bill.key is not None or bill.is_trusted
        yield bill.id, ("counts" if is_placed else "unplaced", None)
        return
    kinds = _kinds(group, around)
    answer = around.answers.get(group_name(group)) if len(kinds) > 1 else None
    right = next((kind for kind in kinds if any(bill.values == answer for bill in kind)), None)
    if right is None and len(kinds) == 1:
        right = kinds[0]
    if right is not None:
        best = max(right, key=_rank)
        for bill in group:
            yield bill.id, ("counts", None) if bill is best else ("same", best.id)
        return
    trusted = [kind for kind in kinds if any(bill.is_trusted for bill in kind)]
    for kind in kinds:
        best = max(kind, key=_rank)
        other = next(one for one in (*trusted, *kinds) if one is not kind)[0]
        for bill in kind:
            if bill is not best:
                yield bill.id, ("same", best.id)
            else:
                yield bill.id, ("counts", None) if trusted == [kind] else ("asked", other.id)


def _kinds(group: Sequence[Placed], around: _Around) -> list[list[Placed]]:
    """Return the files of one bill, those together that say the same."""
    kinds: list[list[Placed]] = []
    for bill in group:
        for kind in kinds:
            if bill.values == kind[0].values or _say_the_same(bill, kind[0], around):
                kind.append(bill)
                break
        else:
            kinds.append([bill])
    return kinds


def _say_the_same(one: Placed, other: Placed, around: _Around) -> bool:
    first, second = around.result(one.id).bill, around.result(other.id).bill
    return first is not None and second is not None and is_same_bill(first, second)


def _rank(bill: Placed) -> tuple[bool, bool, int, dt.datetime]:
    """Return how good a file of a bill is: trusted, and that by itself, before others."""
    alone = bill.corrects_id is None
    return (bill.is_trusted, alone, *rank(bill.status, bill.source, bill.taken_at))


# --- services of one meter with days in common -----------------------------------------------------------


def _settle_services(session: Session, around: _Around, bill_ids: Sequence[int]) -> None:
    own = list(neighbours.sides(session, Service.bill_id, bill_ids, around.same))
    near = neighbours.neighbours(session, own, around.same)
    around.bills.update(
        {b.id: b for b in neighbours.bills(session, Bill.id, {s.bill_id for s in near} - around.bills.keys())}
    )
    unknown = around.bills.keys() - around.standings.keys()
    around.standings.update(_standings(session, unknown))
    by_meter: dict[tuple[str, str, str], list[Side]] = defaultdict(list)
    touching: dict[tuple[str, str, str], list[Side]] = defaultdict(list)
    mine = set(bill_ids)
    for side in near:
        if side.bill_id in mine:
            touching[side.meter].append(side)
        if around.standings.get(side.bill_id) not in ("same", "asked", "unplaced"):
            by_meter[side.meter].append(side)
    told: dict[int, Told] = {}
    for side in near:
        if side.bill_id in mine or any(_share_days(side, other) for other in touching[side.meter]):
            beside = [other for other in by_meter[side.meter] if _share_days(side, other)]
            told[side.id] = _standing(side, beside, around)
    placed = {side.id for side in own}
    for number, bill_id in neighbours.service_ids(session, bill_ids):
        if number not in placed:
            told[number] = _without_a_place(bill_id, around), None
    _replace(session, ServiceStanding, told)


def _standing(side: Side, beside: Sequence[Side], around: _Around) -> Told:
    """Return where a service stands: as its bill, or by what others of its meter and days make of it."""
    of_bill = _of_bill(side.bill_id, around)
    if of_bill != "counts":
        return of_bill, None
    for other in beside:
        standing = _beside(side, other, around)
        if standing != "counts":
            return standing, other.id
    return "counts", None


def _beside(side: Side, other: Side, around: _Around) -> Standing:
    mine, theirs = around.bills[side.bill_id], around.bills[other.bill_id]
    earlier, later = in_order(side, other, around.bills)
    said = around.answers.get(pair_name(earlier, later, around.bills))
    if said is None and mine.is_trusted and not theirs.is_trusted:
        return "counts"
    which = said or relation(around.block(earlier), around.block(later))
    is_later = side is later
    match which:
        case None | "adds":
            return "counts"
    if said is None and theirs.is_trusted and not mine.is_trusted:
        return "undecided"  # what is in doubt takes no place of what is proven, unless a person says so
    match which:
        case "duplicate":
            return "counts" if side is _combined(earlier, later, around.bills) else "duplicate"
        case "replaces":
            return "counts" if is_later else "replaced"
    return "undecided"


def _combined(earlier: Side, later: Side, bills: dict[int, Placed]) -> Side:
    """Return which of two like blocks is counted.

    It is the one that may be trusted, else that on the bill that all is paid by, else the later.
    """
    trusted = [side for side in (earlier, later) if bills[side.bill_id].is_trusted]
    if len(trusted) == 1:
        return trusted[0]
    issued = [side for side in (earlier, later) if bills[side.bill_id].issuer != side.provider]
    return issued[0] if len(issued) == 1 else later


def _share_days(one: Side, other: Side) -> bool:
    return one.bill_id != other.bill_id and one.start <= other.end and other.start <= one.end


def _of_bill(bill_id: int, around: _Around) -> Standing:
    standing = around.standings.get(bill_id, "counts")
    return standing if standing in ("same", "asked", "unplaced") else "counts"


def _without_a_place(bill_id: int, around: _Around) -> Standing:
    """Return where a service stands whose meter or days were not read: in doubt, it may count elsewhere."""
    of_bill = _of_bill(bill_id, around)
    return of_bill if of_bill != "counts" or around.bills[bill_id].is_trusted else "unplaced"


# --- what is asked of the database ---------------------------------------------------------------------


def _forgotten(session: Session, documents: Sequence[int]) -> list[int]:
    """Drop what stood of some documents' bills; return the bills that stood as they did because of them."""
    old = select(Bill.id).join(Reading, col(Reading.id) == col(Bill.reading_id))
    related: set[int] = set()
    for part in parts(documents):
        of_documents = old.where(col(Reading.document_id).in_(part))
        services = select(Service.id).where(col(Service.bill_id).in_(of_documents))
        related.update(
            session.exec(select(BillStanding.bill_id).where(col(BillStanding.other_id).in_(of_documents)))
        )
        others = select(ServiceStanding.service_id).where(col(ServiceStanding.other_id).in_(services))
        related.update(session.exec(select(Service.bill_id).where(col(Service.id).in_(others))))
        session.execute(delete(ServiceStanding).where(col(ServiceStanding.service_id).in_(services)))
        session.execute(delete(BillStanding).where(col(BillStanding.bill_id).in_(of_documents)))
    return sorted(related)


def _standings(session: Session, bill_ids: Iterable[int]) -> dict[int, Standing]:
    found: dict[int, Standing] = {}
    for part in parts(bill_ids):
        asked = select(BillStanding.bill_id, BillStanding.standing).where(col(BillStanding.bill_id).in_(part))
        found.update((bill_id, standing) for bill_id, standing in session.execute(asked))
    return found


def _answers(session: Session) -> dict[str, str]:
    """Return the answers that hold, the last one where a question was answered again."""
    asked = select(Answer).where(col(Answer.undone_at).is_(None)).order_by(col(Answer.id))
    return {answer.question: answer.answer for answer in session.exec(asked)}


def _replace(session: Session, table: type[BillStanding | ServiceStanding], told: dict[int, Told]) -> None:
    """Write standings anew."""
    key = "bill_id" if table is BillStanding else "service_id"
    for part in parts(told):
        session.execute(delete(table).where(getattr(table, key).in_(part)))
    if told:
        rows = [{key: number, "standing": said, "other_id": other} for number, (said, other) in told.items()]
        add_many(session, table, rows)
