"""Which bills and services count: worked out anew for all that a document touches, whenever it changes.

A bill may lie in several files, and a later bill may take the place of a part of an earlier one
(`extractor.sameness` has the rules). Here they are applied to what is in the store, and what a person
answered comes first. An answer holds for what the person saw: where either of the two says something
else by now, it is asked again. What is in doubt keeps out what is proven only where a person said so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence

from sqlalchemy import delete
from sqlmodel import Session, col, select

from extractor.base.database import add_many
from extractor.model import Bill as PrintedBill
from extractor.sameness import is_same_bill, rank
from extractor.store import neighbours
from extractor.store.around import Around, Standing, Told
from extractor.store.neighbours import Placed, parts
from extractor.store.numbers import meters_of
from extractor.store.people import Answer
from extractor.store.plain import plain, plain_or_none
from extractor.store.questions import group_name
from extractor.store.same_days import of_services
from extractor.store.tables import (
    Bill,
    BillStanding,
    CurrentReading,
    Document,
    Reading,
    Service,
    ServiceStanding,
)


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
    around = Around(session, {}, _answers(session), meters_of(session))
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
    for part in parts(sorted({plain(account) for account in accounts})):
        found.update(session.exec(asked.where(col(Service.plain_account).in_(part))))
    settle(session, sorted(found))


# --- one bill in several files -----------------------------------------------------------------------


def _of_group(group: Sequence[Placed], around: Around) -> Iterator[tuple[int, Told]]:
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


def _kinds(group: Sequence[Placed], around: Around) -> list[list[Placed]]:
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


def _say_the_same(one: Placed, other: Placed, around: Around) -> bool:
    first, second = around.result(one.id).bill, around.result(other.id).bill
    return first is not None and second is not None and is_same_bill(_compared(first), _compared(second))


def _compared(bill: PrintedBill) -> PrintedBill:
    """Return a bill with its services' numbers as they are compared."""
    services = (
        one.model_copy(update={"service_account": plain_or_none(one.service_account)})
        for one in bill.services
    )
    return bill.model_copy(update={"services": tuple(services)})


def _rank(bill: Placed) -> tuple[bool, bool, int, dt.datetime]:
    """Return how good a file of a bill is: trusted, and that by itself, before others."""
    alone = bill.corrects_id is None
    return (bill.is_trusted, alone, *rank(bill.status, bill.source, bill.taken_at))


# --- services of one meter with days in common -----------------------------------------------------------


def _settle_services(session: Session, around: Around, bill_ids: Sequence[int]) -> None:
    own = list(neighbours.sides(session, Service.bill_id, bill_ids, around.same))
    told = dict(of_services(session, own, around))
    placed = {side.id for side in own}
    for number, bill_id in neighbours.service_ids(session, bill_ids):
        if number not in placed:
            told[number] = _without_a_place(bill_id, around), None
    _replace(session, ServiceStanding, told)


def _without_a_place(bill_id: int, around: Around) -> Standing:
    """Return where a service stands whose meter or days were not read: in doubt, it may count elsewhere."""
    of_bill = around.of_bill(bill_id)
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
