"""What arrived since a moment: statements by customer, and files of other kinds."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from shlex import quote

from sqlmodel import Session, col, func, select

from extractor.portfolio.billed import OfBill, OfService
from extractor.portfolio.due import owner_of_bill
from extractor.portfolio.owners import Owner
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
    """Give what arrived, a line for each customer."""
    found: dict[str | None, Counter[str]] = defaultdict(Counter)
    names: dict[str | None, str] = {None: "nobody of the roster"}
    for bill, owner in arrivals(seen, asked):
        key = owner.customer if owner else None
        if owner is not None:
            names[key] = owner.customer_name
        found[key][bill.state if bill.standing == "counts" else bill.standing] += 1
    for key, states in sorted(found.items(), key=lambda pair: (pair[0] is None, names[pair[0]])):
        told = ", ".join(f"{states[one]} {WORDS.get(one, one)}" for one in ORDER if states[one])
        whose = f" --customer {quote(key)}" if key else ""
        yield Line(
            f"{names[key]}: {states.total()} {'bill' if states.total() == 1 else 'bills'} ({told})",
            f"billclerk bills{whose}",
            key,
        )
    if asked.is_all:
        yield from _others(session, asked)


ORDER = ("verified", "corrected", "accepted", "review", "unreadable", "same", "asked", "unplaced")
WORDS = {"same": "known before from another file", "asked": "that contradict another", "review": "in review"}


def arrivals(seen: Seen, asked: Asked) -> Iterator[tuple[OfBill, Owner | None]]:
    """Give the bills whose files were taken since, each with whose it is."""
    services = seen.billed.by_bill()
    for bill in seen.billed.bills:
        if bill.taken_at > asked.since:
            owner = owner_of(bill, services.get(bill.id, ()), seen, asked)
            if asked.takes(owner):
                yield bill, owner


def owner_of(bill: OfBill, services: Sequence[OfService], seen: Seen, asked: Asked) -> Owner | None:
    """Return whose a bill is; for a manager who looks after a part of it as of that part."""
    owner = owner_of_bill(bill, services, seen.owners)
    if owner is not None and asked.manager is not None and owner.manager != asked.manager:
        mine = [one for each in services if (one := seen.owned.get(each.id)) and one.manager == asked.manager]
        return mine[0] if mine else owner
    return owner


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
