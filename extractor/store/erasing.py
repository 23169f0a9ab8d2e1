"""A customer's documents erased, for one who left: all that was read of them, and a tombstone of each.

A document is a customer's if every bill in it is; one that holds bills of others too is never erased, only
named, and so is one whose days are not this customer's alone. A message or an archive that holds such a
document goes with it, unless it holds bills of others. What names him elsewhere goes too: aliases, answers,
samples of his bills, and the accounts that reprocessings were asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, exists, or_
from sqlmodel import Session, col, select

from extractor.store.about import answers_on, marks_in
from extractor.store.current import Kept, Wanted, current
from extractor.store.neighbours import parts
from extractor.store.numbers import numbers_of
from extractor.store.people import Account, Alias, Answer, Customer, Site, Tombstone
from extractor.store.plain import plain, plain_column
from extractor.store.said import NotKeptError, Saying
from extractor.store.sampled import Sample, SampleValue
from extractor.store.standing import related_documents, settle
from extractor.store.tables import Bill, Change, CurrentReading, Document, Reading, Run, Service
from extractor.store.whose import is_of_customer


@dataclass(frozen=True)
class Belongings:
    """What a customer has in a home."""

    customer: Customer
    numbers: tuple[str, ...]
    """Customer accounts and service accounts, by the roster and by the bills."""
    documents: tuple[Document, ...]
    shared: tuple[Document, ...]
    """Documents that hold bills of others, too."""
    holders: tuple[Document, ...]
    """Messages and archives that hold nothing else."""
    partly: tuple[Kept, ...] = ()
    """Bills of the customer's accounts whose days are not, or may not be, that customer's alone."""
    also: tuple[str, ...] = ()
    """Numbers that aliases lead to from those that are nobody else's, and that are nobody else's either."""


def belongings(session: Session, key: str) -> Belongings:
    """Return what a customer of the roster has.

    Raises:
        NotKeptError: if the roster has no such customer.
    """
    customer = customer_named(session, key)
    bills = list(current(session, Wanted(customer=key)))
    partly = tuple(current(session, Wanted(customer=key, is_partly=True)))
    own, shared = _parted(session, bills)
    numbers = {account.number for account in session.exec(select(Account).where(Account.customer_key == key))}
    for kept in bills:
        bill = kept.result.bill
        if bill is not None and bill.customer_account:
            numbers |= {
                bill.customer_account,
                *(one.service_account for one in bill.services if one.service_account),
            }
    alone = numbers - names_of_others(session, key, numbers)
    also = {one.number for number in alone for one in numbers_of(session, number)} - numbers
    also -= names_of_others(session, key, also)
    return Belongings(customer, tuple(sorted(numbers)), own, shared, (), partly, tuple(sorted(also)))


def customer_named(session: Session, key: str) -> Customer:
    """Return a customer of the roster.

    Raises:
        NotKeptError: if the roster has no such customer.
    """
    customer = session.get(Customer, key)
    if customer is None:
        raise NotKeptError(f"the roster has no customer {key!r}; `billclerk accounts roster` names them")
    return customer


def _parted(session: Session, bills: Sequence[Kept]) -> tuple[tuple[Document, ...], tuple[Document, ...]]:
    """Return the documents that are one customer's alone, and those that are not."""
    mine: dict[int, int] = {}
    for kept in bills:
        mine[kept.document_id] = mine.get(kept.document_id, 0) + 1
    own: list[Document] = []
    shared: list[Document] = []
    for document_id, count in mine.items():
        document = session.get_one(Document, document_id)
        held = sum(1 for _ in current(session, Wanted(sha256=document.sha256)))
        (own if held == count else shared).append(document)
    return tuple(own), tuple(shared)


def erase(session: Session, what: Belongings, saying: Saying) -> list[str]:
    """Erase a customer's rows, leave tombstones; return the hashes of the files that go with them.

    These came in the same messages and were not read (a logo): they get no tombstone, others send them too.
    """
    documents = [*what.documents, *what.holders]
    marks = marks_in(session, [document.id for document in what.documents if document.id is not None])
    others_names = names_of_others(session, what.customer.key, what.numbers)
    runs = list(runs_asked_for(session, what))
    others = _others_of(session, what.holders)
    ids = [document.id for document in (*documents, *others) if document.id is not None]
    neighbours = related_documents(session, ids)
    readings = select(Reading.id).where(col(Reading.document_id).in_(ids))
    session.execute(delete(CurrentReading).where(col(CurrentReading.document_id).in_(ids)))
    session.execute(delete(Change).where(col(Change.document_id).in_(ids)))
    session.execute(delete(Bill).where(col(Bill.reading_id).in_(readings)))
    corrected = (col(Reading.document_id).in_(ids), col(Reading.corrects_id).is_not(None))
    session.execute(delete(Reading).where(*corrected))
    session.execute(delete(Reading).where(col(Reading.document_id).in_(ids)))
    session.execute(delete(Document).where(col(Document.id).in_(ids)))
    for document in documents:
        session.add(Tombstone(sha256=document.sha256, who=saying.who, why=saying.why, at=saying.at))
    _erase_names(session, what, marks, others_names)
    _erase_samples(session, what)
    for run, text in runs:
        run.asked = text
    session.flush()
    settle(session, neighbours)
    return [document.sha256 for document in others]


def _others_of(session: Session, holders: Iterable[Document]) -> list[Document]:
    """Return the files that came in messages and were not read."""
    ids = [holder.id for holder in holders]
    return list(
        session.exec(select(Document).where(col(Document.parent_id).in_(ids), Document.kind == "other"))
    )


def names_of_others(session: Session, key: str, numbers: Iterable[str]) -> set[str]:
    """Return which numbers are others' than a customer's, too: the next customer has the same meter's."""
    asked = set(numbers)
    found: set[str] = set()
    for part in parts(sorted({plain(one) for one in asked})):
        theirs = select(Account.plain).where(col(Account.customer_key) != key, col(Account.plain).in_(part))
        found |= {one for one in session.exec(theirs) if one}
        for number in (plain_column(Service.service_account), plain_column(Bill.customer_account)):
            billed = (
                select(number)
                .select_from(Service)
                .join(Bill, col(Bill.id) == col(Service.bill_id))
                .join(CurrentReading, col(CurrentReading.effective_id) == col(Bill.reading_id))
                .where(number.in_(part), ~is_of_customer(key))
            )
            found |= {one for one in session.exec(billed) if one}
    return {one for one in asked if plain(one) in found}


def accounts_alone(session: Session, what: Belongings) -> tuple[set[str], set[str]]:
    """Return the numbers that are a customer's alone, and those that are others', too; without hyphens."""
    numbers = {*what.numbers, *what.also}
    others = {plain(one) for one in names_of_others(session, what.customer.key, numbers)}
    every = {plain(one) for one in numbers}
    return every - others, every & others


def _erase_names(session: Session, what: Belongings, marks: set[str], others: set[str]) -> None:
    key, own = what.customer.key, {plain(one) for one in {*what.numbers, *what.also} - others}
    session.execute(delete(Account).where(col(Account.customer_key) == key))
    session.execute(delete(Site).where(col(Site.customer_key) == key))
    session.execute(delete(Customer).where(col(Customer.key) == key))
    for alias in session.exec(select(Alias)):
        if own & {plain(alias.number), plain(alias.other)}:
            session.delete(alias)
    on_bills = {answer.id for answer, _ in answers_on(session, marks)}
    for answer in session.exec(select(Answer)):
        if answer.id in on_bills or own & set(map(plain, answer.question.split("|"))):
            session.delete(answer)


def _erase_samples(session: Session, what: Belongings) -> None:
    """Erase samples that were drawn of a customer's bills alone, and those of which no value is left."""
    is_his = or_(
        col(Sample.customer_key) == what.customer.key, col(Sample.account).in_((*what.numbers, *what.also))
    )
    is_empty = ~exists().where(col(SampleValue.sample_id) == col(Sample.id))
    session.execute(delete(Sample).where(or_(is_his, is_empty)))


def runs_asked_for(session: Session, what: Belongings) -> Iterator[tuple[Run, str]]:
    """Give the reprocessings asked for by a customer's accounts, and what each says without them."""
    numbers = "|".join(re.escape(number) for number in {*what.numbers, *what.also})
    for run in session.exec(select(Run).order_by(col(Run.id))):
        left = re.sub(rf"(?<![\w-])(?:{numbers})(?![\w-])", "erased", run.asked) if numbers else run.asked
        if left != run.asked:
            yield run, left
