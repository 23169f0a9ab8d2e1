"""The work list of a day, made of its sections."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from shlex import quote

from sqlmodel import Session

from datarequests.people import People
from datarequests.reminders import Rules
from extractor.portfolio.billed import OfBill
from extractor.portfolio.coverage.asked import GRACE
from extractor.portfolio.seen import Seen
from extractor.portfolio.today.arrived import arrivals, arrived
from extractor.portfolio.today.missing import missing
from extractor.portfolio.today.model import Asked, Key, Line, Section, Today
from extractor.portfolio.today.others import Beside, amounts, odd, reprocessed, to_act_on
from extractor.portfolio.today.person import for_a_person


@dataclass(frozen=True)
class Around:
    """What the work list needs that is no question to the store of bills."""

    people: People
    rules: Rules
    concerns: Sequence[str] = ()
    """What of the service itself somebody should look at."""
    beside: Beside = field(default_factory=dict)
    """What meters say of the bills that arrived."""
    months: int = 24
    grace: int = GRACE


def today(session: Session, asked: Asked, around: Around, seen: Seen | None = None) -> Today:
    """Return the work list of a day; sections without lines are in it, empty.

    Health is the whole home's, so it is on everybody's list only.
    """
    seen = seen or Seen(session, asked.customer)
    whose, day = asked.whose, _first_day(bill for bill, _ in arrivals(seen, asked)) or asked.day
    health = [Line(words, "billclerk status") for words in around.concerns] if asked.is_all else []
    made: Iterable[tuple[Key, Iterable[Line], str]] = (
        ("arrived", arrived(session, seen, asked), f"billclerk bills{_customer(asked)}"),
        ("person", for_a_person(session, seen, asked), f"billclerk bills --status review{_customer(asked)}"),
        ("missing", missing(session, seen, asked, around.months, around.grace), f"billclerk coverage{whose}"),
        ("due", amounts(session, seen, asked), f"billclerk due --within 10d{whose}"),
        ("odd", odd(session, seen, asked, around.beside), f"billclerk history --since {day}{whose}"),
        ("requests", to_act_on(session, asked, around.people, around.rules), f"billclerk report{whose}"),
        ("changed", reprocessed(session, seen, asked), "billclerk runs"),
        ("health", health, "billclerk status"),
    )
    return Today(asked, [Section(key, list(lines), command) for key, lines, command in made])


def _first_day(bills: Iterable[OfBill]) -> dt.date | None:
    """Return the earliest day of statements; what of them is odd is listed from it."""
    return min((bill.statement_date for bill in bills if bill.statement_date is not None), default=None)


def _customer(asked: Asked) -> str:
    return f" --customer {quote(asked.customer)}" if asked.customer else ""
