"""What arrived since a moment: statements by customer, and files of other kinds."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from shlex import quote
from typing import NamedTuple

from sqlmodel import Session, col, func, select

from extractor.portfolio.acting import Acting
from extractor.portfolio.billed import OfBill
from extractor.portfolio.seen import Seen
from extractor.portfolio.today.model import Asked, Line
from extractor.store.tables import Document

KINDS = {
    "intervals": ("interval file", "billclerk intervals imports"),
    "history": ("billing-history table", "billclerk billing-history list"),
    "message": ("message", "billclerk status"),
    "archive": ("archive", "billclerk status"),
}


def arrived(session: Session, seen: Seen, asked: Asked) -> Iterator[Line]:
    """Give what arrived, a line for each customer; of what is no one customer's for each account."""
    found: dict[_Whose, Counter[str]] = defaultdict(Counter)
    for bill, acting in arrivals(seen, asked):
        state = bill.state if bill.standing == "counts" else bill.standing
        found[_whose(bill, acting)][state] += 1
    for whose, states in sorted(found.items()):
        told = ", ".join(f"{states[one]} {WORDS.get(one, one)}" for one in ORDER if states[one])
        yield Line(
            f"{whose.words}: {states.total()} {'bill' if states.total() == 1 else 'bills'} ({told})",
            f"billclerk bills{whose.options}",
            whose.customer,
        )
    if asked.is_all:
        yield from _others(session, asked)


class _Whose(NamedTuple):
    """Whose bills a line is of, in the order of the lines: customers', nobody's alone, nobody's."""

    rank: int
    words: str
    options: str = ""
    customer: str | None = None


def _whose(bill: OfBill, acting: Acting) -> _Whose:
    if (owner := acting.owner) is not None:
        return _Whose(0, owner.customer_name, f" --customer {quote(owner.customer)}", owner.customer)
    if not acting.is_shared:
        return _Whose(2, "nobody of the roster")
    if bill.customer_account is None:
        return _Whose(1, "no one customer's alone")
    account = bill.customer_account
    return _Whose(1, f"no one customer's alone, account {account}", f" --account {quote(account)}")


ORDER = ("verified", "corrected", "accepted", "review", "unreadable", "same", "asked", "unplaced")
WORDS = {"same": "known before from another file", "asked": "that contradict another", "review": "in review"}


def arrivals(seen: Seen, asked: Asked) -> Iterator[tuple[OfBill, Acting]]:
    """Give the bills whose files were taken since, each with who acts on it."""
    acting = seen.acting(asked.day)
    for bill in seen.taken_since(asked.since):
        who = acting.of_bill(bill)
        if asked.takes(who):
            yield bill, who


def _others(session: Session, asked: Asked) -> Iterator[Line]:
    counted = (
        select(Document.kind, func.count())
        .where(col(Document.taken_at) > asked.since, col(Document.kind).in_(KINDS))
        .group_by(col(Document.kind))
        .order_by(col(Document.kind))
    )
    for kind, number in session.exec(counted):
        name, command = KINDS[kind]
        yield Line(f"{number} {name}{'' if number == 1 else 's'}", command)
