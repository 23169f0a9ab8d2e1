"""What only a person can do: bills in review, files that cannot be read, questions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator

from sqlmodel import Session, col, select

from extractor.portfolio.acting import Acting, together
from extractor.portfolio.billed import OfBill
from extractor.portfolio.owners import Owner
from extractor.portfolio.seen import Seen
from extractor.portfolio.today.model import Asked, Line, line_of
from extractor.store.account_questions import account_questions
from extractor.store.neighbours import parts
from extractor.store.questions import questions
from extractor.store.said import short
from extractor.store.tables import Finding


def for_a_person(session: Session, seen: Seen, asked: Asked) -> Iterator[Line]:
    """Give what waits for a person, bills in doubt first; files that cannot be read only as they arrive."""
    acting = seen.acting(asked.day)
    doubtful = [bill for bill in seen.billed.bills if _is_open(bill, asked)]
    whys = _first_errors(session, [bill.id for bill in doubtful])
    for bill in sorted(doubtful, key=lambda one: (one.state != "review", one.taken_at)):
        who = acting.of_bill(bill)
        if asked.takes(who):
            why = whys.get(bill.id, "")
            words = f"{_named(bill)} is {_state(bill)}{f': {why}' if why else ''}"
            yield line_of(who, words, f"billclerk show {bill.name}")
    yield from _unnamed(seen, asked)
    yield from _questions(session, seen, asked)


def _unnamed(seen: Seen, asked: Asked) -> Iterator[Line]:
    """Give the services that the roster does not name, and that keep bills from whose the rest is."""
    services = seen.billed.by_bill()
    acting = seen.acting(asked.day)
    found: dict[tuple[str, str, str], list[tuple[Owner, Acting]]] = defaultdict(list)
    for bill in seen.billed.bills:
        of = services.get(bill.id, ())
        if bill.standing == "same" or any(one.id in seen.owned for one in of):
            continue
        if (one := seen.owners.unnamed(bill, of)) is None:
            continue
        owner, others = one
        who = together([acting.of_service(each) for each in of if each not in others])
        numbers = ", ".join(sorted({other.service_account or "a number not read" for other in others}))
        found[owner.customer, bill.customer_account or "-", numbers].append((owner, who))
    for (_, account, numbers), told in found.items():
        owner, who = told[-1]
        if asked.takes(who):
            count = "1 statement is" if len(told) == 1 else f"{len(told)} statements are"
            yield Line(
                f"{owner.customer_name}, account {account}: the roster does not name service {numbers},"
                f" so that {count} nobody's, and left out of what is this customer's",
                "billclerk accounts import ROSTER",
                owner.customer,
                who.manager,
            )


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
    """Give what is asked: of bills those of which either is of this work list, of accounts on everybody's."""
    bills = {bill.id: bill for bill in seen.billed.bills}
    acting = seen.acting(asked.day)
    for question in questions(session):
        known = [bills[one.id] for one in question.bills if one.id in bills]
        if not known:
            continue
        who = together([acting.of_bill(bill) for bill in known])
        if asked.takes(who):
            what = (
                "bill the same days; the later one adds, replaces, or is a duplicate"
                if question.sides
                else "of one statement say different things; which of them is right"
            )
            named = " and ".join(dict.fromkeys(bill.name for bill in known))
            yield line_of(who, f"{_named(known[0])}: {named} {what}", _answer(question.name))
    if asked.is_all:
        for one in account_questions(session):
            said = f"{one.said}: {', '.join(one.answers)}" if one.answers else one.said
            yield Line(said, _answer(one.name))


def _answer(name: str) -> str:
    """Return what answers a question; its capitals are for the person's own words."""
    return f"billclerk answer {short(name)} ANSWER --who NAME --why WHY"
