"""What is due: one open amount for each customer account, that of its latest statement.

A statement's amount due has all that was open before in it, so earlier ones are never added to it. Whether it
is paid is known only when a later statement shows it: until then a day that has passed is just that. Of a
latest statement that is in doubt the amount is shown, and added to nothing.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from sqlmodel import Session, col, func, select

from extractor.portfolio.billed import Billed, OfBill, OfService
from extractor.portfolio.owners import Owner, Owners
from extractor.portfolio.seen import Seen
from extractor.store.current import COUNTS
from extractor.store.neighbours import parts
from extractor.store.numbers import customer_accounts_of
from extractor.store.tables import Bill, CurrentReading

RECENT = dt.timedelta(days=60)
"""Days after its due date for which a statement that none followed is still asked about: two cycles."""

State = Literal["due", "autopay", "past", "credit", "no date", "old"]

WORDS: Mapping[State, str] = {
    "due": "due",
    "autopay": "debited by itself",
    "past": "its day has passed; whether it is paid the next statement shows",
    "credit": "nothing to pay",
    "no date": "no due date is printed",
    "old": "no statement followed for long: closed, or statements are missing",
}

OPEN: frozenset[State] = frozenset({"due", "autopay", "past", "no date"})
"""What has to be paid, or may have to be."""

Line = tuple[str, Decimal]
"""A row of the account summary: its label and amount."""


@dataclass(frozen=True)
class Due:
    """The open amount of a customer account."""

    bill: OfBill
    """Its latest statement."""
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
    owner: Owner | None
    """Whose it is; where its services are at several sites the site is left out."""

    @property
    def is_certain(self) -> bool:
        """Whether the statement may be trusted; the amount of another one is shown, and added to nothing."""
        return self.bill.is_trusted and self.bill.standing == COUNTS

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
        if not self.is_certain:
            said.append("the statement is in doubt")
        return said


@dataclass(frozen=True)
class DueList:
    """What is due, and what could not be told."""

    rows: Sequence[Due]
    """By due date, those without one last."""
    unplaced: Sequence[OfBill]
    """Statements of which the account, the date or the amount was not read: any of them may be the latest."""

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
    """Return what is due of a customer's accounts, or of all; `seen` is what is billed, if it was asked."""
    seen = seen or Seen(session, customer)
    found, by = seen.billed, seen.owners
    same = customer_accounts_of(session)
    latest = _latest(found, same)
    if customer is not None:
        latest = list(_not_followed(session, latest, same))
    services = found.by_bill()
    unplaced = [bill for bill in found.bills if _is_unplaced(bill)]
    if manager is not None:
        latest = [bill for bill in latest if manager in _managers(services, bill, by)]
        unplaced = [bill for bill in unplaced if manager in _managers(services, bill, by)]
    lines = _account_lines(session, [bill.id for bill in latest])
    rows = []
    for bill in latest:
        of = services.get(bill.id, ())
        rows.append(_row(bill, today, lines.get(bill.id, ()), of, owner_of_bill(bill, of, by)))
    rows.sort(key=lambda row: (row.bill.due_date or dt.date.max, row.account))
    return DueList(rows, unplaced)


def within(rows: Iterable[Due], days: int) -> list[Due]:
    """Return what is due within so many days, and what was before and may still be.

    So is an amount of a later day of which a part was due with an earlier statement.
    """
    return [
        row for row in rows if row.state in OPEN and (row.days is None or row.days <= days or row.past_due)
    ]


def owner_of_bill(bill: OfBill, services: Sequence[OfService], by: Owners) -> Owner | None:
    """Return whose a bill is; its site, manager and cost centre where all of its services have the same."""
    customer = by.customer_of(bill, services)
    found = [one for one in (by.owner_of(service, customer) for service in services) if one is not None]
    if not found:
        return by.owner_of_account(bill, customer)
    owner = found[0]
    for other in found[1:]:
        owner = _common(owner, other)
    return owner


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


def _latest(found: Billed, same: Mapping[str, str]) -> list[OfBill]:
    """Return the latest statement of each customer account, be it in doubt.

    A bill of which another bill has all services (CPA's own beside the combined one) is no statement to pay.
    """
    services = found.by_bill()
    by_account: dict[tuple[str | None, str], list[OfBill]] = defaultdict(list)
    for bill in found.bills:
        if bill.state == "unreadable" or _is_unplaced(bill) or bill.standing == "same":
            continue
        if bill.amount_due is None:
            continue  # a supplier's own, which asks for nothing: it is paid with SCE's statement
        of = services.get(bill.id, ())
        if of and all(one.standing == "duplicate" for one in of):
            continue
        account = bill.customer_account or ""
        by_account[bill.issuer, same.get(account, account)].append(bill)
    return [max(bills, key=_order) for bills in by_account.values()]


def _not_followed(session: Session, latest: Iterable[OfBill], same: Mapping[str, str]) -> Iterator[OfBill]:
    """Give the statements that none followed, whoever had the account then; that has what was open in it."""
    asked = (
        select(Bill.issuer, Bill.customer_account, func.max(col(Bill.statement_date)))
        .join(CurrentReading, col(CurrentReading.effective_id) == col(Bill.reading_id))
        .where(
            col(Bill.customer_account).is_not(None),
            col(Bill.statement_date).is_not(None),
            col(Bill.amount_due).is_not(None),
        )
        .group_by(col(Bill.issuer), col(Bill.customer_account))
    )
    last: dict[tuple[str | None, str], dt.date] = {}
    for issuer, account, day in session.exec(asked):
        assert day is not None
        key = issuer, same.get(account or "", account or "")
        last[key] = max(last.get(key, day), day)
    for bill in latest:
        account = bill.customer_account or ""
        at = bill.statement_date or dt.date.max
        if last.get((bill.issuer, same.get(account, account)), at) <= at:
            yield bill


def _order(bill: OfBill) -> tuple[dt.date, bool, int]:
    """Return what a later statement is later by; of two of a day the trusted one is."""
    return bill.statement_date or dt.date.min, bill.counts, bill.id


def _is_unplaced(bill: OfBill) -> bool:
    if bill.state == "unreadable" or bill.standing == "same":
        return False
    is_paid_elsewhere = bill.issuer != "SCE" and bill.amount_due is None
    misses = bill.customer_account is None or bill.statement_date is None or bill.amount_due is None
    return misses and not is_paid_elsewhere


def _row(
    bill: OfBill, today: dt.date, lines: Iterable[Line], services: Sequence[OfService], owner: Owner | None
) -> Due:
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
        owner=owner,
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


def _managers(services: Mapping[int, Sequence[OfService]], bill: OfBill, by: Owners) -> set[str | None]:
    """Return who looks after any of a bill's services; where none was read, after its account."""
    of = services.get(bill.id, ())
    customer = by.customer_of(bill, of)
    if not of:
        of_account = by.owner_of_account(bill, customer)
        return {of_account.manager} if of_account is not None else set()
    return {owner.manager for one in of if (owner := by.owner_of(one, customer)) is not None}


def _common(owner: Owner, other: Owner) -> Owner:
    if owner.site != other.site:
        owner = owner._replace(site=None, site_name=None)
    if owner.manager != other.manager:
        owner = owner._replace(manager=None, manager_name=None)
    return owner if owner.cost_center == other.cost_center else owner._replace(cost_center=None)


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
