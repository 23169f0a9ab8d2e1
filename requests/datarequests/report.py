"""The status report: requests as they stand at a moment, ordered by what needs attention, with counts.

Made again for an earlier moment it is the same as it was then: what was recorded later is left out. (But
for mail that waits for a person: that is only in a report of now, as it is no event.) No counterparty has
published a binding term, so SCE's is an "expected window" and CPA's an "internal target", past which nothing
is overdue.

The customer's edition is for one customer: without notes, fees, managers and anybody else's names or numbers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sqlmodel import Session, col, select

from datarequests.attention import Attention
from datarequests.explained import MARK
from datarequests.people import People
from datarequests.reminders import Rules
from datarequests.report_lines import Line, line_of
from datarequests.tables import DataRequest, IncomingMail
from datarequests.turnaround import Turnaround, turnarounds
from datarequests.viewed import Viewed, all_viewed
from datarequests.workflow import Side, State
from extractor.base.errors import BillclerkError

Edition = Literal["internal", "customer"]


class ReportError(BillclerkError):
    """Such a report cannot be made; the message says what to ask for."""

    exit_code = 2


@dataclass(frozen=True)
class Asked:
    """What a report is asked for."""

    manager: str | None = None
    customer: str | None = None
    edition: Edition = "internal"
    as_of: dt.datetime | None = None
    """An earlier moment; None for now."""
    every: bool = False
    """Whether what is done is in it, too."""


@dataclass(frozen=True)
class Report:
    """A status report."""

    at: dt.datetime
    asked: Asked
    lines: Sequence[Line]
    counts: Mapping[str, int]
    turnarounds: Sequence[Turnaround]
    footnotes: Sequence[str]
    title: str

    @property
    def groups(self) -> Sequence[tuple[Attention, Sequence[Line]]]:
        """The lines, by what needs attention."""
        of: dict[Attention, list[Line]] = {}
        for line in self.lines:
            of.setdefault(line.attention, []).append(line)
        return sorted(of.items())


def report(session: Session, asked: Asked, people: People, rules: Rules, now: dt.datetime) -> Report:
    """Return the report of what is asked for.

    Raises:
        ReportError: if a customer's edition is not for one customer, or a moment lies in the future.
    """
    if asked.edition == "customer" and asked.customer is None:
        raise ReportError("a customer's edition is for one customer; name whose by --customer")
    if asked.as_of is not None and asked.as_of > now:
        raise ReportError(f"{asked.as_of:%Y-%m-%d %H:%M %Z} is still to come")
    at = asked.as_of or now
    views = list(
        all_viewed(
            session,
            at,
            [asked.customer] if asked.customer else [],
            [asked.manager] if asked.manager else [],
            recorded_by=asked.as_of,
        )
    )
    pending = waiting_mail(session) if asked.as_of is None else {}
    lines = [line_of(one, rules, people, pending) for one in views if asked.every or is_shown(one)]
    if asked.edition == "customer":
        lines = [for_the_customer(line) for line in lines]
    lines.sort(key=lambda line: (line.attention, line.latest or dt.date.max, line.request))
    counts = counted(lines)
    if asked.edition == "customer":
        counts = {name.replace("the customer", "you"): count for name, count in counts.items()}
    return Report(at, asked, lines, counts, turnarounds(views), footnotes(lines), _title(asked, people))


def refuse_unknown(session: Session, manager: str | None, customer: str | None, people: People) -> None:
    """Refuse a manager or customer of whom nobody knows anything: of a name misspelt nothing is open.

    Raises:
        ReportError: if neither the roster nor a request names one.
    """
    for what, key, known, column in (
        ("manager", manager, people.managers, DataRequest.manager),
        ("customer", customer, people.customers, DataRequest.customer),
    ):
        if key is None or key in known:
            continue
        if session.exec(select(DataRequest.id).where(col(column) == key)).first() is None:
            said = ", ".join(sorted(known)) or "nobody"
            raise ReportError(f"the roster has no {what} {key!r}, and no request names one; known: {said}")


def is_shown(one: Viewed) -> bool:
    """Tell whether there is anything to do or to wait for of a request."""
    return one.is_open or (one.side is Side.US and not one.is_closed)


def waiting_mail(session: Session) -> dict[int, str]:
    """Return which requests have mail that waits for a person, and what of it."""
    found: dict[int, str] = {}
    asked = select(IncomingMail).where(col(IncomingMail.state).in_(("orphan", "matched")))
    for mail in session.exec(asked.order_by(col(IncomingMail.id))):
        words = "a reply waits" if mail.state == "matched" else "unmatched mail may be its answer"
        for number in [mail.request_id] if mail.request_id else mail.suggested.get("requests", ()):
            found.setdefault(number, words)
    return found


def counted(lines: Sequence[Line]) -> dict[str, int]:
    """Return how many of the requests stand how."""
    ended = {State.COMPLETED, State.REJECTED, State.CANCELLED, State.TIMED_OUT}
    return {
        "open": sum(State(line.state) not in ended for line in lines),
        "due soon": sum(line.attention is Attention.DUE_SOON for line in lines),
        "past the expected window": sum(_is_past(line) and "target" not in line.term for line in lines),
        "past our internal target": sum(_is_past(line) and "target" in line.term for line in lines),
        "waiting on us": sum(line.attention is Attention.OURS for line in lines),
        "waiting on the customer": sum(line.attention is Attention.CUSTOMERS for line in lines),
        "partial": sum(line.state == State.PARTIAL for line in lines),
        "timed out": sum(line.state == State.TIMED_OUT for line in lines),
    }


def _is_past(line: Line) -> bool:
    return bool(line.past)


def footnotes(lines: Sequence[Line]) -> list[str]:
    """Return the sources of what the dates rest on, the assumed ones first and marked."""
    found: dict[str, bool] = {}
    for line in lines:
        for source, is_assumed in (line.sources or {}).items():
            found[source] = found.get(source, False) or is_assumed
    unsure = [f"{MARK} assumed: {source}" for source, is_assumed in found.items() if is_assumed]
    return unsure + [source for source, is_assumed in found.items() if not is_assumed]


def for_the_customer(line: Line) -> Line:
    """Return a line as a customer may see it: without what is ours."""
    flags = tuple(flag for flag in line.flags if flag.startswith(("authorization", "promised", "assumed")))
    turn = "you" if line.turn == Side.CUSTOMER else line.turn
    words = {
        "you": "a new authorization is to be signed",
        Side.US: "we take the next step",
        Side.NOBODY: "nothing",
    }
    action = words.get(turn, f"an answer of {line.counterparty} is waited for")
    return replace(
        line,
        manager="",
        fee_low=None,
        fee_high=None,
        level=0,
        next_action=action,
        next_date=None,
        flags=flags,
        turn=turn,
    )


def _title(asked: Asked, people: People) -> str:
    of = [people.customer(asked.customer)] if asked.customer else []
    if asked.manager and asked.edition == "internal":
        of.append(f"of {people.manager(asked.manager)}")
    return " ".join(["Data requests", *(["for", *of] if asked.customer else of)])
