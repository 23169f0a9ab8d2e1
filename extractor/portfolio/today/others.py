"""What is due, what is odd of what arrived, requests to act on, and what a reprocessing changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from sqlmodel import Session, col, select

from datarequests.attention import Attention
from datarequests.people import People
from datarequests.reminders import Rules
from datarequests.report import Asked as AskedOfRequests
from datarequests.report import report
from extractor.intervals.short import Metered
from extractor.portfolio.due import due, within
from extractor.portfolio.history.asked import history
from extractor.portfolio.seen import Seen
from extractor.portfolio.today.arrived import arrivals
from extractor.portfolio.today.model import Asked, Line, line_of
from extractor.store.tables import Change, Run

DAYS = 10
"""Days ahead of which amounts are on the list."""

ACT = (Attention.OURS, Attention.CUSTOMERS, Attention.PAST_WINDOW, Attention.PAST_TARGET, Attention.DUE_SOON)
"""Requests that somebody should look at."""

Beside = Mapping[tuple[int, int], Metered]
"""What meters say of services, by the bill's number in the database and the service's on it."""


def amounts(session: Session, seen: Seen, asked: Asked) -> Iterator[Line]:
    """Give what is due soon, and what is past due by the statement itself.

    A day that has passed alone is none: whether it is paid nobody knows before the next statement.
    """
    found = due(session, asked.day, asked.customer, asked.manager, seen=seen)
    for row in within(found.rows, DAYS):
        if row.state == "past" and not row.past_due:
            continue
        on = f"due {row.bill.due_date}" if row.bill.due_date else "no due date"
        words = f"{row.account}: ${row.amount:,.2f} {on}{'; ' * bool(row.said)}{row.said}"
        yield line_of(row.acting, words, f"billclerk show {row.bill.name}")


def odd(session: Session, seen: Seen, asked: Asked, beside: Beside) -> Iterator[Line]:
    """Give what is odd of bills that arrived: beside earlier ones, their peers, and their meters."""
    new = {bill.id for bill, _ in arrivals(seen, asked) if bill.standing != "same"}
    if not new:
        return
    acting = seen.acting(asked.day)
    arrived = {bill.id for bill in seen.taken_since(asked.since)}  # whosoever they are
    for one in history(session, asked.customer, seen=seen, only=arrived):
        if one.severity == "warning" and one.bill.id in new:
            account = one.service.service_account if one.service else one.bill.customer_account
            who = acting.of_service(one.service) if one.service else acting.of_bill(one.bill)
            if asked.takes(who):
                words = f"{account}, {one.bill.statement_date}: {one.message}"
                yield line_of(who, words, f"billclerk show {one.bill.name}")
    services = {(one.bill.id, one.number): one for one in seen.billed.services}
    for (bill_id, number), metered in beside.items():
        service = services.get((bill_id, number))
        if bill_id in new and service is not None and metered.verdict == "differs":
            bill, who = service.bill, acting.of_service(service)
            if not asked.takes(who):
                continue  # another manager's service of a statement that two have a part of
            words = f"statement of {bill.statement_date}, service {number} differs from its meter"
            yield line_of(who, f"{words}: {metered.reason}", f"billclerk show {bill.name}")


def to_act_on(session: Session, asked: Asked, people: People, rules: Rules) -> Iterator[Line]:
    """Give the data requests that somebody should look at."""
    wanted = AskedOfRequests(asked.manager, asked.customer)
    for line in report(session, wanted, people, rules, asked.now).lines:
        if line.attention in ACT:
            on = f" ({line.next_date})" if line.next_date else ""
            state = line.state.replace("_", " ")
            yield Line(
                f"{line.customer_name}, request {line.request} to {line.counterparty}: {state},"
                f" {line.received} of {line.asked} received; next: {line.next_action}{on}",
                f"billclerk request show {line.request}",
                line.customer,
                line.manager or None,
            )


def reprocessed(session: Session, seen: Seen, asked: Asked) -> Iterator[Line]:
    """Give the runs that changed bills, or held changes back, since."""
    runs = session.exec(
        select(Run).where(col(Run.moved_at) > asked.since, col(Run.undone_at).is_(None)).order_by(col(Run.id))
    ).all()
    documents = None
    if runs and not asked.is_all:
        acting = seen.acting(asked.day)
        documents = {bill.document_id for bill in seen.billed.bills if asked.takes(acting.of_bill(bill))}
    for run in runs:
        moved: Counter[str] = Counter()
        held = 0
        rows = select(Change.document_id, Change.kind, Change.moved).where(
            Change.run_id == run.id, Change.kind != "unchanged"
        )
        for document_id, kind, is_moved in session.exec(rows):
            if documents is None or document_id in documents:
                if is_moved:
                    moved[kind] += 1
                else:
                    held += 1
        parts = [f"{count} {kind}" for kind, count in sorted(moved.items())]
        parts += [f"{held} held back for a person"] if held else []
        if parts:
            yield Line(
                f"run {run.id} of {run.moved_at:%Y-%m-%d}: {', '.join(parts)}",
                f"billclerk reprocess --report {run.id}",
            )
