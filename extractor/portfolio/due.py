"""What is due: one open amount for each customer account, that of its latest statement.

A statement's amount due has all that was open before in it, so earlier ones are never added to it. Whether it
is paid is known only when a later statement shows it: until then a day that has passed is just that. Of a
statement in doubt the amount is shown, and added to nothing: the latest that is certain stays beside it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Literal

from sqlmodel import Session, col, select

from extractor.portfolio.acting import Acting
from extractor.portfolio.billed import Billed, OfBill, OfService, bills_of_accounts
from extractor.portfolio.due_open import Line, Open, is_ahead, is_unread, opened
from extractor.portfolio.due_supply import Supply, supplied
from extractor.portfolio.owners import Owner
from extractor.portfolio.seen import Seen
from extractor.store.neighbours import parts
from extractor.store.numbers import customer_accounts_of, known_as
from extractor.store.plain import plain
from extractor.store.tables import Bill

RECENT = dt.timedelta(days=60)
"""Days after its due date for which a statement that none followed is still asked about: two cycles."""

State = Literal["due", "autopay", "past", "credit", "no date", "old"]

WORDS: Mapping[State, str] = {
    "due": "due",
    "autopay": "debited by itself",
    "past": "its day has passed; whether it is paid the next statement shows",
    "credit": "nothing to pay",
    "no date": "no due date is printed",
    "old": "no certain statement followed for long: closed, or statements are missing",
}

OPEN: frozenset[State] = frozenset({"due", "autopay", "past", "no date"})
"""What has to be paid, or may have to be."""


@dataclass(frozen=True)
class Due:
    """The open amount of a customer account."""

    bill: OfBill
    """Its latest statement, or the latest that is certain."""
    account: str
    """The customer account, as it prints it."""
    amount: Decimal
    """USD; below zero of a credit."""
    state: State
    days: int | None
    """Days until it is due, below zero when the day has passed."""
    past_due: Decimal | None
    """Part of it that was due with an earlier statement, as this one prints; None where it does not tell."""
    services: int
    acting: Acting
    """Who looks after it today."""
    followed_by: OfBill | None = None
    """A later statement of the account that is in doubt, and hides no amount that is certain."""
    supply: Supply | None = None
    """Of a supplier's own bill, with which of SCE's statements it is paid."""

    @property
    def owner(self) -> Owner | None:
        """Whose it is; where its services are at several sites the site is left out."""
        return self.acting.owner

    @property
    def is_certain(self) -> bool:
        """Whether the amount has to be paid by this statement; another one is shown, and added to nothing.

        It has to be trusted, and no supplier's own, which is paid with SCE's.
        """
        return self.bill.counts and self.supply is None

    @property
    def said(self) -> str:
        """Say how it stands, in words; nothing of what is only due."""
        return "; ".join([WORDS[self.state]] * (self.state != "due") + self.doubts)

    @property
    def doubts(self) -> list[str]:
        """Say what has to be known of the amount, beside its state."""
        said = []
        if self.past_due is not None and self.past_due > 0:
            said.append(f"of it ${self.past_due:,.2f} past due")
        if self.supply is not None:
            said.append(self.supply.said)
        if not self.bill.counts:
            said.append("the statement is in doubt")
        if self.followed_by is not None:
            said.append(f"a later statement, of {self.followed_by.statement_date}, is in doubt")
        return said


@dataclass(frozen=True)
class DueList:
    """What is due, and what could not be told."""

    rows: Sequence[Due]
    """By due date, those without one last."""
    unplaced: Sequence[OfBill]
    """Statements of which the account, the date or the amount was not read: any of them may be the latest."""
    ahead: Sequence[OfBill] = ()
    """Statements in doubt that are dated days from now, which is not believed."""

    @property
    def total(self) -> Decimal:
        """What has to be paid of the rows, USD: what is certain and not old, credits not taken off."""
        return sum((row.amount for row in self.rows if row.is_certain and row.state in OPEN), Decimal(0))


def due(
    session: Session,
    today: dt.date,
    customer: str | None = None,
    manager: str | None = None,
    seen: Seen | None = None,
) -> DueList:
    """Return what is due of a customer's accounts, or of all; `seen` is what is billed, if it was asked.

    A manager's is all of which the manager looks after any part today.
    """
    seen = seen or Seen(session, customer)
    found, acting = seen.billed, seen.acting(today)
    services = found.by_bill()
    same = {plain(number): plain(known_as) for number, known_as in customer_accounts_of(session).items()}
    lines_of = partial(_account_lines, session)
    if today not in seen.open:
        mine = {bill.id for bill in found.bills}
        bills = found.bills if customer is None else _whoever_has_them(session, found, same)
        seen.open[today] = [
            one for one in opened(bills, services, same, today, lines_of) if one.bill.id in mine
        ]
    latest = seen.open[today]
    unplaced = [bill for bill in found.bills if is_unread(bill)]
    ahead = [bill for bill in found.bills if is_ahead(bill, today)]
    if manager is not None:
        latest = [one for one in latest if manager in acting.of_bill(one.bill).managers]
        unplaced = [bill for bill in unplaced if manager in acting.of_bill(bill).managers]
        ahead = [bill for bill in ahead if manager in acting.of_bill(bill).managers]
    lines = lines_of([one.bill.id for one in latest])
    supplies = supplied([one.bill for one in latest], found, same)
    rows = []
    for one in latest:
        number, of = one.bill.id, services.get(one.bill.id, ())
        row = _row(one, today, lines.get(number, ()), of, acting.of_bill(one.bill))
        rows.append(replace(row, supply=supplies[number]) if number in supplies else row)
    rows.sort(key=lambda row: (row.bill.due_date or dt.date.max, row.account))
    return DueList(rows, unplaced, ahead)


def within(rows: Iterable[Due], days: int) -> list[Due]:
    """Return what is due within so many days, and what was before and may still be.

    So is an amount of a later day of which a part was due with an earlier statement.
    """
    return [
        row for row in rows if row.state in OPEN and (row.days is None or row.days <= days or row.past_due)
    ]


def past_due_of(bill: OfBill, lines: Iterable[Line]) -> Decimal | None:
    """Return what of a statement's amount was due before it, USD; None where it does not tell.

    It is the balance brought forward; where that is not printed, a row that is called past due.
    """
    if bill.balance_forward is not None:
        return max(bill.balance_forward, Decimal(0))
    for label, amount in lines:
        if _PAST_DUE.search(label):
            return max(amount, Decimal(0))
        if _CREDIT.search(label):
            return Decimal(0)
    return Decimal(0) if bill.previous_balance == 0 else None


_PAST_DUE = re.compile(r"past\s*due", re.IGNORECASE)
_CREDIT = re.compile(r"credit\s+balance", re.IGNORECASE)


def _whoever_has_them(session: Session, found: Billed, same: Mapping[str, str]) -> list[OfBill]:
    """Return all statements of a customer's accounts: one that passed on is paid with its next statement."""
    accounts = {plain(bill.customer_account) for bill in found.bills if bill.customer_account is not None}
    known = {known_as(same, account) for account in accounts}
    accounts |= {account for account, name in same.items() if name in known}
    return bills_of_accounts(session, accounts)


def _row(
    of: Open, today: dt.date, lines: Iterable[Line], services: Sequence[OfService], acting: Acting
) -> Due:
    bill = of.bill
    amount = bill.amount_due if bill.amount_due is not None else Decimal(0)
    days = None if bill.due_date is None else (bill.due_date - today).days
    return Due(
        bill=bill,
        account=bill.customer_account or "",
        amount=amount,
        state=_state(bill, amount, today),
        days=days,
        past_due=past_due_of(bill, lines),
        services=len({one.known_as for one in services}),
        acting=acting,
        followed_by=of.followed_by,
    )


def _state(bill: OfBill, amount: Decimal, today: dt.date) -> State:
    at = bill.due_date or bill.statement_date
    if amount <= 0:
        return "credit"
    if at is not None and today - at > RECENT:
        return "old"
    if bill.due_date is None:
        return "no date"
    if bill.due_date < today:
        return "past"
    return "autopay" if bill.autopay else "due"


def _account_lines(session: Session, bill_ids: Collection[int]) -> dict[int, list[Line]]:
    """Return the rows of the account summary of some bills."""
    found: dict[int, list[Line]] = {}
    for part in parts(bill_ids):
        asked = select(Bill.id, Bill.account_lines).where(
            col(Bill.id).in_(part), col(Bill.account_lines).is_not(None)
        )
        for number, lines in session.exec(asked):
            found[number or 0] = [(str(label), Decimal(str(amount))) for label, _, amount in lines or ()]
    return found
