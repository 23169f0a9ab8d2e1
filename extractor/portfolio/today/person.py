"""What only a person can do: bills in review, files that cannot be read, questions."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlmodel import Session, col, select

from extractor.portfolio.billed import OfBill
from extractor.portfolio.seen import Seen
from extractor.portfolio.today.arrived import owner_of
from extractor.portfolio.today.model import Asked, Line
from extractor.store.account_questions import account_questions
from extractor.store.neighbours import parts
from extractor.store.questions import questions
from extractor.store.said import short
from extractor.store.tables import Finding


def for_a_person(session: Session, seen: Seen, asked: Asked) -> Iterator[Line]:
    """Give what waits for a person, bills in doubt first; files that cannot be read only as they arrive."""
    services = seen.billed.by_bill()
    doubtful = [bill for bill in seen.billed.bills if _is_open(bill, asked)]
    whys = _first_errors(session, [bill.id for bill in doubtful])
    for bill in sorted(doubtful, key=lambda one: (one.state != "review", one.taken_at)):
        owner = owner_of(bill, services.get(bill.id, ()), seen, asked)
        if asked.takes(owner):
            whose = f"{owner.customer_name}, " if owner else ""
            why = whys.get(bill.id, "")
            yield Line(
                f"{whose}{_named(bill)} is {_state(bill)}{f': {why}' if why else ''}",
                f"billclerk show {bill.name}",
                owner.customer if owner else None,
                owner.manager if owner else None,
            )
    yield from _questions(session, seen, asked)


def _is_open(bill: OfBill, asked: Asked) -> bool:
    if bill.standing == "same":
        return False
    return bill.state == "review" or (bill.state == "unreadable" and bill.taken_at > asked.since)


def _state(bill: OfBill) -> str:
    return "in review" if bill.state == "review" else "unreadable"


def _named(bill: OfBill) -> str:
    if bill.state == "unreadable":
        return "a file"
    parts = [bill.issuer or "", "statement"]
    parts += [f"of {bill.statement_date}"] if bill.statement_date else []
    parts += [f"for {bill.customer_account}"] if bill.customer_account else []
    return " ".join(part for part in parts if part)


def _first_errors(session: Session, bill_ids: Collection[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for part in parts(bill_ids):
        asked = (
            select(Finding.bill_id, Finding.message)
            .where(col(Finding.bill_id).in_(part), Finding.severity == "error")
            .order_by(col(Finding.id).desc())
        )
        found.update(dict(session.exec(asked).all()))
    return found


def _questions(session: Session, seen: Seen, asked: Asked) -> Iterator[Line]:
    """Give what is asked: of bills those of this work list, of accounts only on everybody's."""
    bills = {bill.id: bill for bill in seen.billed.bills}
    services = seen.billed.by_bill()
    for question in questions(session):
        known = [bills[one.id] for one in question.bills if one.id in bills]
        if not known:
            continue
        owner = owner_of(known[0], services.get(known[0].id, ()), seen, asked)
        if asked.takes(owner):
            what = (
                "bill the same days; the later one adds, replaces, or is a duplicate"
                if question.sides
                else "of one statement say different things; which of them is right"
            )
            named = " and ".join(dict.fromkeys(bill.name for bill in known))
            whose = f"{owner.customer_name}, " if owner else ""
            yield Line(
                f"{whose}{_named(known[0])}: {named} {what}",
                _answer(question.name),
                owner.customer if owner else None,
                owner.manager if owner else None,
            )
    if asked.is_all:
        for one in account_questions(session):
            said = f"{one.said}: {', '.join(one.answers)}" if one.answers else one.said
            yield Line(said, _answer(one.name))


def _answer(name: str) -> str:
    """Return what answers a question; its capitals are for the person's own words."""
    return f"billclerk answer {short(name)} ANSWER --who NAME --why WHY"
