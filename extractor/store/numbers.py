"""The other numbers of an account, by the aliases that hold, each with the days on which it is one.

An alias holds on its days, both inclusive. Of a chain of aliases a number is one on the days on which all of
them hold. What is billed only partly within such days is left out: a part of a bill has no total, and the
other part may be somebody else's. A succession is never followed: there are two customers, one after the
other, and what stands in one with the number that is asked for is not taken by any other way either.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, and_, func, or_, true
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col, select

from extractor.store.days import Day, first_day, is_within, last_day
from extractor.store.people import Alias
from extractor.store.plain import plain
from extractor.store.tables import Bill, CurrentReading, Service

SUCCESSION = "succession"

OF_SERVICE = ("provider", "renumbered")
"""The kinds of aliases of service accounts."""

OF_CUSTOMER = ("account",)
"""The kinds of aliases of customer accounts; a succession is none: there are two customers."""


@dataclass(frozen=True)
class Number:
    """A number that an account goes by, from one day to another; None is open."""

    number: str
    since: dt.date | None = None
    until: dt.date | None = None
    by: tuple[Alias, ...] = ()
    """The aliases that lead to it; none to the number that was asked for."""

    def covers(self, other: Number) -> bool:
        """Tell whether all days of another one are among these."""
        begun = self.since is None or (other.since is not None and other.since >= self.since)
        return begun and (self.until is None or (other.until is not None and other.until <= self.until))


@dataclass(frozen=True)
class Aliases:
    """The aliases that hold, ready to be asked for the numbers of many accounts."""

    rows: Sequence[Alias]
    _beside: dict[str, list[Alias]] = field(default_factory=lambda: defaultdict(list))
    _barred: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def __post_init__(self) -> None:
        """Put each alias beside both of its numbers."""
        for row in self.rows:
            for one, other in ((row.number, row.other), (row.other, row.number)):
                if row.kind == SUCCESSION:
                    self._barred[plain(one)].add(plain(other))
                else:
                    self._beside[plain(one)].append(row)

    def numbers_of(self, number: str) -> list[Number]:
        """Return the numbers that an account goes by, the one that is asked for first."""
        barred = self._barred.get(plain(number), set())
        found = [Number(number)]
        for one in found:  # it grows as numbers are found
            for row in self._beside.get(plain(one.number), ()):
                other = _by(one, row)
                if other and plain(other.number) not in barred and not _is_known(other, found):
                    found.append(other)
        return found


def aliases_that_hold(session: Session) -> Aliases:
    """Return the aliases that nobody took back, the oldest first."""
    asked = select(Alias).where(col(Alias.undone_at).is_(None)).order_by(col(Alias.id))
    return Aliases(list(session.exec(asked)))


def numbers_of(session: Session, number: str) -> list[Number]:
    """Return the numbers that an account goes by, the one that is asked for first."""
    return aliases_that_hold(session).numbers_of(number)


def known_as(same: Mapping[str, str], number: str) -> str:
    """Return the number that stands for all that an account goes by, itself where it has no other.

    `same` is what `meters_of` or `customer_accounts_of` return; the number may be in any form.
    """
    number = plain(number)
    return same.get(number, number)


def meters_of(session: Session) -> dict[str, str]:
    """Return, by each service account that has an alias, the one that stands for all of its meter's.

    All are as they are compared, without hyphens: `known_as` asks for one as it is printed.
    Whichever days an alias holds on: that two bills charge for the same day at one meter is asked about even
    where the numbers say otherwise.
    """
    return _joined(session, OF_SERVICE)


def customer_accounts_of(session: Session) -> dict[str, str]:
    """Return, by each customer account that has an alias, the one that stands for all of its customer's.

    All are as they are compared, without hyphens: `known_as` asks for one as it is printed.
    """
    return _joined(session, OF_CUSTOMER)


def _joined(session: Session, kinds: Sequence[str]) -> dict[str, str]:
    """Return, by each number that has an alias of some kinds, the one that stands for all that they join."""
    asked = select(Alias.number, Alias.other).where(
        col(Alias.undone_at).is_(None), col(Alias.kind).in_(kinds)
    )
    found: dict[str, str] = {}
    for row in session.exec(asked.order_by(col(Alias.id))):
        pair = [plain(number) for number in row]
        names = {found.get(number, number) for number in pair}
        members = {number for number, name in found.items() if name in names} | names | set(pair)
        found.update(dict.fromkeys(members, min(names)))
    return found


def _by(one: Number, row: Alias) -> Number | None:
    """Return what an alias makes of a number; None if they have no day in common."""
    since = max((day for day in (one.since, row.valid_from) if day is not None), default=None)
    until = min((day for day in (one.until, row.valid_to) if day is not None), default=None)
    if since is not None and until is not None and since > until:
        return None
    return Number(
        row.other if plain(one.number) == plain(row.number) else row.number, since, until, (*one.by, row)
    )


def _is_known(one: Number, found: list[Number]) -> bool:
    return any(plain(other.number) == plain(one.number) and other.covers(one) for other in found)


def is_of_account(numbers: Sequence[Number]) -> ColumnElement[bool]:
    """Tell whether a bill is of a customer account by one of its numbers, on all days that it bills."""
    return or_(*(_is_numbered(col(Bill.plain_account), one, first_day(), last_day()) for one in numbers))


def is_service_of(numbers: Sequence[Number]) -> ColumnElement[bool]:
    """Tell whether a service is of a service account by one of its numbers, on all days of its period."""
    first, last = _days_of_service()
    return or_(*(_is_numbered(col(Service.plain_account), one, first, last) for one in numbers))


def _days_of_service() -> tuple[Day, Day]:
    days = (col(Service.period_start), col(Service.period_end))
    first, last = (func.coalesce(day, col(Bill.statement_date)) for day in days)
    return first, last


def _is_numbered(account: Mapped[str | None], one: Number, first: Day, last: Day) -> ColumnElement[bool]:
    return and_(account == plain(one.number), is_within(first, last, one.since, one.until))


def partly_of(session: Session, numbers: Sequence[Number]) -> int:
    """Return how many services of an account's other numbers are billed only partly within their days."""
    first, last = _days_of_service()
    touched = or_(
        *(
            and_(
                or_(
                    col(Service.plain_account) == plain(one.number),
                    col(Bill.plain_account) == plain(one.number),
                ),
                true() if one.until is None else first <= one.until,
                true() if one.since is None else last >= one.since,
            )
            for one in numbers
        )
    )
    asked = (
        select(func.count())
        .select_from(Service)
        .join(Bill, col(Bill.id) == col(Service.bill_id))
        .join(CurrentReading, col(CurrentReading.effective_id) == col(Bill.reading_id))
        .where(touched, ~or_(is_of_account(numbers), is_service_of(numbers)))
    )
    return session.exec(asked).one()


def accounts_of(session: Session, numbers: Sequence[Number]) -> list[str]:
    """Return the customer accounts that a service account is billed to by one issuer, if they are several.

    Those that aliases join are one account. Several may be customers', one after the other.
    """
    asked = (
        select(Bill.issuer, Bill.customer_account)
        .join(Service, col(Service.bill_id) == col(Bill.id))
        .join(CurrentReading, col(CurrentReading.effective_id) == col(Bill.reading_id))
        .where(is_service_of(numbers), col(Bill.customer_account).is_not(None))
        .distinct()
        .order_by(col(Bill.customer_account))
    )
    by_issuer: dict[str | None, list[str]] = defaultdict(list)
    for issuer, account in session.exec(asked):
        known = by_issuer[issuer]
        joined = {plain(one.number) for one in numbers_of(session, account or "")}
        if account is not None and not joined.intersection(map(plain, known)):
            known.append(account)
    return sorted({account for known in by_issuer.values() if len(known) > 1 for account in known})
