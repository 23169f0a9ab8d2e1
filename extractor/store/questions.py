"""What a person is asked of bills that cannot all be right, and what an answer is filed under.

A question is named by all that its bills say, so that an answer holds for what the person saw: where
either of two bills says something else by now, it is another question.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlmodel import Session, col, select

from extractor.store import neighbours
from extractor.store.neighbours import Placed, Side
from extractor.store.numbers import meters_of
from extractor.store.tables import Bill, BillStanding, Service, ServiceStanding

DIGITS = 16
"""Digits of the hash of what a bill says by which a question names it."""

_SAYS = re.compile(rf"([0-9a-f]{{{DIGITS}}})(?:\.\d+)?")
"""A bill in the name of a question, and which of its services."""


class Question(NamedTuple):
    """Two bills, or a service of each, that a person has to choose between."""

    name: str
    """What an answer is filed under."""
    bills: tuple[Placed, ...]
    sides: tuple[Side, ...] = ()


def questions(session: Session) -> Iterator[Question]:
    """Give what a person is asked, the oldest statement first."""
    yield from _bill_questions(session)
    asked = select(col(ServiceStanding.service_id), col(ServiceStanding.other_id)).where(
        ServiceStanding.standing == "undecided", col(ServiceStanding.other_id).is_not(None)
    )
    pairs = {tuple(sorted(pair)) for pair in session.execute(asked)}
    numbers = {number for pair in pairs for number in pair}
    same = meters_of(session)
    sides = {side.id: side for side in neighbours.sides(session, Service.id, numbers, same)}
    of = {side.bill_id for side in sides.values()}
    bills = {bill.id: bill for bill in neighbours.bills(session, Bill.id, of)}
    for pair in sorted(pairs):
        both = [sides[number] for number in pair if number in sides]
        if len(both) == 2:
            earlier, later = in_order(both[0], both[1], bills)
            both_bills = (bills[earlier.bill_id], bills[later.bill_id])
            yield Question(pair_name(earlier, later, bills), both_bills, (earlier, later))


def _bill_questions(session: Session) -> Iterator[Question]:
    asked = select(col(BillStanding.bill_id)).where(BillStanding.standing == "asked")
    for group in neighbours.groups(session, neighbours.bills(session, Bill.id, session.exec(asked).all())):
        yield Question(group_name(group), tuple(group))


def bills_of(session: Session, question: str) -> list[Placed]:
    """Return the current bills of which a question was asked, in its order; those that say the same still.

    `question` is what its answer is filed under.
    """
    said = [match[1] for part in question.split("|") if (match := _SAYS.fullmatch(part))]
    found = neighbours.bills_that_say(session, said)
    return sorted(found, key=lambda bill: (said.index(bill.values[:DIGITS]), bill.id))


def group_name(group: Sequence[Placed]) -> str:
    """Return what an answer on the files of one bill is filed under."""
    values = sorted({bill.values[:DIGITS] for bill in group})
    return "|".join(["bill", *map(str, group[0].key or ()), *values])


def in_order(one: Side, other: Side, bills: dict[int, Placed]) -> tuple[Side, Side]:
    """Return two services in the order of their statements, in whatever order their files came.

    Of one day a CCA's own bill comes first, and a corrected one last.
    """

    def order(side: Side) -> tuple[dt.date, bool, bool, str, int, int]:
        bill = bills[side.bill_id]
        day, is_last = bill.statement_date or dt.date.min, bill.kind == "corrected"
        return day, bill.issuer != side.provider, is_last, bill.values, side.position, side.id

    first, second = sorted((one, other), key=order)
    return first, second


def pair_name(earlier: Side, later: Side, bills: dict[int, Placed]) -> str:
    """Return what an answer on two services of one meter is filed under."""
    which = [f"{bills[side.bill_id].values[:DIGITS]}.{side.position}" for side in (earlier, later)]
    return "|".join(["service", earlier.provider, earlier.role, earlier.known_as, *which])
