"""A roster's file beside what is there: what becomes of each row, and where bills say something else.

Bills that say something else than the roster make nobody's row wrong: the roster may be newer, or the bill
misread. Both are told.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import func
from sqlalchemy import select as sql_select
from sqlmodel import Session, col

from extractor.portfolio.roster.table import read_roster
from extractor.store.plain import plain
from extractor.store.roster import Entry, entries_of
from extractor.store.roster_plan import Plan, Problem, Step, planned
from extractor.store.tables import Bill, CurrentReading, Service


@dataclass(frozen=True)
class Taking:
    """What taking a file in would do."""

    plan: Plan
    notes: tuple[Problem, ...] = ()
    """What a person should look at."""
    own: tuple[str, ...] = ()
    """Columns of the file's own."""


@dataclass(frozen=True)
class _Billed:
    """What bills show beside a service account, from one day to another."""

    service_account: str
    pod_id: str | None
    customer_account: str | None
    first: dt.date | None
    last: dt.date | None

    def touches(self, entry: Entry) -> bool:
        begins = self.first is None or entry.valid_to is None or self.first <= entry.valid_to
        return begins and (self.last is None or entry.valid_from is None or self.last >= entry.valid_from)


def taking(session: Session, path: Path) -> Taking:
    """Return what taking a file in would do; nothing is written.

    Raises:
        RosterError: if it is no roster.
    """
    billed = list(_billed(session))
    found = read_roster(path, _numbers(billed, list(entries_of(session))))
    plan = planned(session, found.rows)
    plan = replace(plan, problems=sorted([*found.problems, *plan.problems], key=lambda one: one.lines))
    notes = [*found.notes, *_spelled_alike(plan), *against_bills(plan.steps, billed)]
    return Taking(plan, tuple(sorted(notes, key=lambda one: one.lines)), found.own)


def noted(session: Session, plan: Plan) -> list[Problem]:
    """Return where bills say something else than rows will."""
    return list(against_bills(plan.steps, _billed(session)))


def _billed(session: Session) -> Iterator[_Billed]:
    first = func.coalesce(Service.period_start, Bill.statement_date)
    last = func.coalesce(Service.period_end, Bill.statement_date)
    keys = col(Service.service_account), col(Service.pod_id), col(Bill.customer_account), col(Bill.issuer)
    asked = (
        sql_select(*keys, func.min(first), func.max(last))
        .join(Bill, col(Bill.id) == col(Service.bill_id))
        .join(CurrentReading, col(CurrentReading.effective_id) == col(Bill.reading_id))
        .where(col(Service.service_account).is_not(None))
        .group_by(*keys)
        .order_by(*keys)
    )
    for number, pod, customer_account, issuer, begins, ends in session.execute(asked):
        shown = customer_account if issuer == "SCE" else None  # a supplier's own bill has its own number
        yield _Billed(number, pod, shown, begins, ends)


def _numbers(billed: Iterable[_Billed], entries: Iterable[Entry]) -> dict[str, set[str]]:
    """Return the numbers that are known, without hyphens, by what they are."""
    found: dict[str, set[str]] = defaultdict(set)
    for one in billed:
        found["service account"].add(plain(one.service_account))
        found["POD-ID"].add(plain(one.pod_id or ""))
        found["customer account"].add(plain(one.customer_account or ""))
    for entry in entries:
        found[f"{entry.kind} account"].add(plain(entry.account))
        found["POD-ID"].add(plain(entry.pod_id or ""))
        found["customer account"].add(plain(entry.customer_account or ""))
    return found


def _spelled_alike(plan: Plan) -> Iterator[Problem]:
    """Find customers whose keys are one but for capitals and blanks."""
    keys: dict[str, dict[str, int | None]] = defaultdict(dict)
    for one in plan.others:
        keys["".join(one.entry.customer.casefold().split())].setdefault(one.entry.customer, None)
    for step in plan.steps:
        alike = keys["".join(step.after.customer.casefold().split())]
        alike.setdefault(step.after.customer, step.given.line)
    for alike in keys.values():
        if len(alike) > 1:
            lines = tuple(line for line in alike.values() if line is not None)
            names = " and ".join(repr(key) for key in alike)
            yield Problem(lines, f"{names} are kept as two customers; write them alike if they are one")


def against_bills(steps: Iterable[Step], billed: Iterable[_Billed]) -> Iterator[Problem]:
    """Find rows whose POD-ID or customer account no bill of their service account and days shows."""
    by_account: dict[str, list[_Billed]] = defaultdict(list)
    for one in billed:
        by_account[plain(one.service_account)].append(one)
    for step in steps:
        entry = step.after
        if entry.kind != "service":
            continue
        shown = [one for one in by_account.get(plain(entry.account), ()) if one.touches(entry)]
        for what, name in (("POD-ID", "pod_id"), ("customer account", "customer_account")):
            own = getattr(entry, name)
            others = sorted({getattr(one, name) for one in shown} - {None})
            if own and others and plain(own) not in map(plain, others):
                said = f"bills of {entry.account} show {what} {' and '.join(others)}, the roster {own}"
                yield Problem(() if step.given.line is None else (step.given.line,), said)
