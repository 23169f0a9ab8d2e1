"""The current bills and services that one shares its key, or its meter and days, with."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Select, or_, select, tuple_
from sqlmodel import Session, col

from extractor.model import Status
from extractor.sameness import side_of
from extractor.store.current import IS_ACCEPTED
from extractor.store.numbers import known_as
from extractor.store.plain import plain
from extractor.store.tables import Bill, CurrentReading, Document, Reading, Service

AT_ONCE = 300
"""Values that one statement asks for; SQLite allows 32,766."""

ROLES = ("bundled", "delivery", "generation")

NEAR = 400
"""Days around a bill in which its neighbours are looked for, at least."""

Key = tuple[str, str, dt.date]
"""Issuer, customer account as it is compared, and statement date."""

T = TypeVar("T")


_OF_BILL: tuple[Any, ...] = (
    Bill.id,
    Document.id,
    Document.sha256,
    Bill.position,
    Document.taken_at,
    Bill.status,
    Bill.source,
    IS_ACCEPTED,
    Reading.corrects_id,
    Bill.issuer,
    Bill.kind,
    Bill.customer_account,
    Bill.statement_date,
    Bill.values_sha256,
)
"""The columns that a `Placed` is made of."""

_OF_SERVICE: tuple[Any, ...] = (
    Service.id,
    Service.bill_id,
    Service.position,
    Service.provider,
    Service.role,
    Service.service_account,
    Service.period_start,
    Service.period_end,
)
"""The columns that a `Side` is made of."""


class Placed(NamedTuple):
    """A current bill, and the file that it is in."""

    id: int
    document_id: int
    sha256: str
    position: int
    taken_at: dt.datetime
    status: str
    source: str | None
    """`text`, `ocr` or `mixed`."""
    accepted: bool
    corrects_id: int | None
    """The reading that people corrected to this one."""
    issuer: str | None
    kind: str | None
    customer_account: str | None
    statement_date: dt.date | None
    values: str
    """Hash of what it says."""

    @property
    def is_trusted(self) -> bool:
        """Proven by the checks, or accepted by a person."""
        return self.accepted or self.status == Status.VERIFIED

    @property
    def key(self) -> Key | None:
        """What makes it the bill it is, None where a part of that was not read."""
        if self.issuer is None or self.customer_account is None or self.statement_date is None:
            return None
        return self.issuer, plain(self.customer_account), self.statement_date


class Side(NamedTuple):
    """A service of a current bill, by what it is told by: its meter's account, and its days."""

    id: int
    bill_id: int
    position: int
    provider: str
    role: str
    service_account: str
    """As printed."""
    start: dt.date
    end: dt.date
    known_as: str
    """The one of all numbers that its meter goes by that stands for them, as it is compared."""

    @property
    def meter(self) -> tuple[str, str | None, str]:
        """Provider, side and service account, whichever of its numbers is printed."""
        return self.provider, side_of(self.role), self.known_as


def bills(session: Session, column: Any, values: Iterable[int]) -> Iterator[Placed]:
    """Give the current bills of some documents, or of some numbers."""
    for part in parts(values):
        yield from (Placed(*row) for row in session.execute(_asked().where(col(column).in_(part))))


def bills_that_say(session: Session, values: Iterable[str]) -> Iterator[Placed]:
    """Give the current bills of which the hash of what they say begins with one of these digits."""
    for part in parts(values):
        begins = or_(*(col(Bill.values_sha256).startswith(digits, autoescape=True) for digits in part))
        yield from (Placed(*row) for row in session.execute(_asked().where(begins)))


def groups(session: Session, bills: Iterable[Placed]) -> Iterator[list[Placed]]:
    """Give these bills, each with all current ones of its key; those without a key alone."""
    keys: set[Key] = set()
    for bill in bills:
        if bill.key is None:
            yield [bill]
        else:
            keys.add(bill.key)
    columns = tuple_(col(Bill.issuer), col(Bill.plain_account), col(Bill.statement_date))
    for part in parts(sorted(keys)):
        groups: dict[Key, list[Placed]] = defaultdict(list)
        for row in session.execute(_asked().where(columns.in_(part))):
            bill = Placed(*row)
            if bill.key is not None:
                groups[bill.key].append(bill)
        yield from groups.values()


def _asked() -> Select[Any]:
    return (
        select(*_OF_BILL)
        .join(CurrentReading, col(CurrentReading.effective_id) == col(Bill.reading_id))
        .join(Reading, col(Reading.id) == col(CurrentReading.effective_id))
        .join(Document, col(Document.id) == col(CurrentReading.document_id))
        .where(col(Bill.status) != Status.UNREADABLE)
        .order_by(col(Document.taken_at), col(Document.id), col(Bill.position))
    )


def sides(session: Session, column: Any, values: Iterable[int], same: Mapping[str, str]) -> Iterator[Side]:
    """Give the services of some numbers, or of some bills, whose meter and days are known.

    `same` has, by service account, the one that stands for all of its meter's.
    """
    for part in parts(values):
        yield from (_side(row, same) for row in session.execute(_sides_asked().where(col(column).in_(part))))


def _side(row: Sequence[Any], same: Mapping[str, str]) -> Side:
    *_, account, _start, _end = row
    return Side._make((*row, known_as(same, account)))


def neighbours(session: Session, own: Sequence[Side], same: Mapping[str, str]) -> list[Side]:
    """Return all current services of the same meters, near enough in time to matter."""
    if not own:
        return []
    first, last = min(side.start for side in own), max(side.end for side in own)
    longest = max((last - first).days, NEAR)
    window = (
        col(Service.period_end) >= first - dt.timedelta(days=longest),
        col(Service.period_start) <= last + dt.timedelta(days=longest),
    )
    meter = tuple_(col(Service.provider), col(Service.role), col(Service.plain_account))
    found: dict[int, Side] = {}
    names: dict[str, list[str]] = defaultdict(list)
    for number, name in same.items():
        names[name].append(number)
    wanted = {
        (side.provider, role, number)
        for side in own
        for role in ROLES
        if side_of(role) == side_of(side.role)
        for number in names.get(side.known_as, [side.known_as])
    }
    for part in parts(sorted(wanted)):
        rows = session.execute(_sides_asked().where(meter.in_(part), *window))
        found.update({row[0]: _side(row, same) for row in rows})
    return list(found.values())


def _sides_asked() -> Select[Any]:
    return (
        select(*_OF_SERVICE)
        .join(Bill, col(Bill.id) == col(Service.bill_id))
        .join(CurrentReading, col(CurrentReading.effective_id) == col(Bill.reading_id))
        .where(*(col(column).is_not(None) for column in _OF_SERVICE))
        .order_by(col(Service.id))
    )


def service_ids(session: Session, bill_ids: Sequence[int]) -> list[tuple[int, int]]:
    """Return the services of some bills, each with its bill."""
    found: list[tuple[int, int]] = []
    for part in parts(bill_ids):
        rows = session.execute(select(*_OF_SERVICE[:2]).where(col(Service.bill_id).in_(part)))
        found.extend((number, bill_id) for number, bill_id in rows if number is not None)
    return found


def parts(values: Iterable[T]) -> Iterator[list[T]]:
    """Give values in parts that one statement can ask for."""
    left = list(values)
    for first in range(0, len(left), AT_ONCE):
        yield left[first : first + AT_ONCE]
