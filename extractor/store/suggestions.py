"""Numbers that may be one meter's service, or one customer's account, by what bills print.

The same POD-ID on bills of two service accounts suggests that they are one meter's; so does the same meter
number at the same address. An address alone suggests nothing, and a meter number alone neither: meters
move. Where the bills name another customer or account, it is a succession: two customers, one after the
other, at one meter; that is never an alias of its own accord, and nobody sees the other's bills by it.
One service account that an issuer bills to two customer accounts is either: asked as well, unless the roster
says whose both are.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from typing import Any, NamedTuple

from sqlmodel import Session, col, func, select

from extractor.store.aliases import AliasKind
from extractor.store.neighbours import AT_ONCE, parts
from extractor.store.numbers import SUCCESSION
from extractor.store.people import Account, Alias, Answer
from extractor.store.plain import plain, plain_column
from extractor.store.tables import Bill, CurrentReading, Service

NUMBERS = "numbers"
"""What an answer on two numbers is filed under, before the two."""

APART = "apart"
"""What a person says of two numbers that have nothing to do with each other."""


@dataclass(frozen=True)
class Suggestion:
    """Two numbers that may be one meter's or one customer's, and why."""

    kind: AliasKind
    """What bills suggest; a person may know better."""
    number: str
    other: str
    evidence: str
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    """The days on which both are one customer's, where bills name others as well; both inclusive."""
    seen: tuple[tuple[str, str, dt.date, dt.date], ...] = ()
    """Of each number: itself, whose it is by the bills, the first and the last day."""
    is_customers: bool = False
    """Whether they are customer accounts."""

    @property
    def name(self) -> str:
        """What an answer is filed under."""
        return "|".join((NUMBERS, *sorted((self.number, self.other))))


_Found = dict[tuple[str, str], dict[str, list[tuple[str, str, "_Row"]]]]
"""By what numbers share and by each of them as compared: what that is, the number as printed, a service."""


class _Row(NamedTuple):
    """A service of a bill."""

    issuer: str
    provider: str
    service_account: str
    pod_id: str | None
    meter: str | None
    address: str | None
    customer_account: str
    """As printed."""
    customer: tuple[str, str]
    """Customer account as it is compared, and name."""
    first: dt.date
    last: dt.date


@dataclass(frozen=True)
class _Seen:
    """A number as bills show it."""

    number: str
    rows: tuple[_Row, ...]

    @property
    def providers(self) -> frozenset[str]:
        return frozenset(row.provider for row in self.rows)

    @property
    def customers(self) -> frozenset[tuple[str, str]]:
        return frozenset(row.customer for row in self.rows)

    @property
    def first(self) -> dt.date:
        return min(row.first for row in self.rows)

    @property
    def last(self) -> dt.date:
        return max(row.last for row in self.rows)

    @property
    def told(self) -> tuple[str, str, dt.date, dt.date]:
        named = sorted({row.customer[1] or row.customer_account for row in self.rows})
        return self.number, ", ".join(named), self.first, self.last


def suggestions(session: Session) -> Iterator[Suggestion]:
    """Give the pairs of numbers that bills suggest, and that nobody has said anything of.

    Of numbers that are one by other pairs no pair is given again; what is no succession comes first.
    """
    told = _told(session)
    rows = list(_rows(session, _wanted(session, told.pairs)))
    found = [*_between_services(rows), *_between_customers(session, rows)]
    for one in sorted(found, key=lambda one: one.kind == SUCCESSION):
        if told.is_new(one.number, one.other):
            told.tell(one.kind, one.number, one.other)
            yield one


def _between_services(rows: Sequence[_Row]) -> Iterator[Suggestion]:
    for evidence, seen in _by_meter(rows):
        for one, other in combinations(sorted(seen, key=lambda account: account.first), 2):
            yield _of_services(one, other, evidence)


def _between_customers(session: Session, rows: Sequence[_Row]) -> Iterator[Suggestion]:
    known = {plain(one) for one in session.exec(select(Account.number).where(Account.kind == "customer"))}
    for evidence, seen in _by_service(rows):
        for one, other in pairwise(sorted(seen, key=lambda account: account.first)):
            if not {plain(one.number), plain(other.number)} <= known:
                yield _of_customers(one, other, evidence)


def _of_services(one: _Seen, other: _Seen, evidence: str) -> Suggestion:
    common = one.customers & other.customers
    kind: AliasKind = "renumbered"
    if not common:
        kind = "succession"
    elif one.last >= other.first and one.providers != other.providers:
        kind = "provider"
    first, last = None, None
    if common and one.customers | other.customers != common:
        shared = [row for row in (*one.rows, *other.rows) if row.customer in common]
        first, last = min(row.first for row in shared), max(row.last for row in shared)
    return Suggestion(kind, one.number, other.number, evidence, first, last, (one.told, other.told))


def _of_customers(one: _Seen, other: _Seen, evidence: str) -> Suggestion:
    names, others = ({name for _, name in seen.customers if name} for seen in (one, other))
    kind: AliasKind = "account" if names & others else "succession"
    seen = (one.told, other.told)
    return Suggestion(kind, one.number, other.number, evidence, seen=seen, is_customers=True)


@dataclass
class _Told:
    """What is said of numbers: of two of them, or of others that are the same as these."""

    pairs: set[frozenset[str]] = field(default_factory=set)
    _known_as: dict[str, str] = field(default_factory=dict)
    _apart: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def tell(self, kind: str, number: str, other: str) -> None:
        """Take in what two numbers are to each other."""
        self.pairs.add(frozenset((plain(number), plain(other))))
        one, two = self._name(number), self._name(other)
        if kind in (SUCCESSION, APART):
            self._apart[one].add(two)
            self._apart[two].add(one)
        elif one != two:
            self._known_as[two] = one
            for third in self._apart.pop(two, set()):
                self._apart[third] = self._apart[third] - {two} | {one}
                self._apart[one].add(third)

    def is_new(self, number: str, other: str) -> bool:
        """Tell whether nobody said what two numbers are to each other."""
        one, two = self._name(number), self._name(other)
        return one != two and two not in self._apart.get(one, ())

    def _name(self, number: str) -> str:
        name = plain(number)
        while name in self._known_as:
            name = self._known_as[name]
        return name


def _told(session: Session) -> _Told:
    told = _Told()
    for row in session.exec(select(Alias).where(col(Alias.undone_at).is_(None)).order_by(col(Alias.id))):
        told.tell(row.kind, row.number, row.other)
    apart = select(Answer.question).where(
        col(Answer.undone_at).is_(None), Answer.answer == APART, col(Answer.question).startswith(NUMBERS)
    )
    for question in session.exec(apart):
        _, number, other = question.split("|")
        told.tell(APART, number, other)
    return told


def _wanted(session: Session, told: Collection[frozenset[str]]) -> set[int]:
    """Return the bills that have to be looked into: which share a meter, a POD-ID or a service account."""
    found: set[int] = set()
    account = col(Service.plain_account)
    keys = ((plain_column(Service.pod_id), account), (plain_column(Service.meter), account))
    for key, number in (*keys, (account, col(Bill.plain_account))):
        by_several = select(key).group_by(key).having(func.count(number.distinct()) > 1)
        if key is account:
            by_several = by_several.join(Bill, col(Bill.id) == col(Service.bill_id))
        shared_ones = (
            session.execute(by_several).scalars().all()
        )  # by whatever reading: below by current ones
        if not shared_ones:
            continue
        asked = (
            select(key, number, Bill.issuer, Service.bill_id)
            .join(Bill, col(Bill.id) == col(Service.bill_id))
            .join(CurrentReading, col(CurrentReading.effective_id) == col(Bill.reading_id))
            .where(key.in_(shared_ones) if len(shared_ones) < AT_ONCE else key.in_(by_several))
            .where(number.is_not(None))
        )
        is_service = key is account
        bills: dict[tuple[str | None, ...], dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
        for shared, one, issuer, bill_id in session.execute(asked):
            bills[(shared, issuer if is_service else "")][one].add(bill_id)
        for accounts in bills.values():
            pairs = combinations(accounts, 2)
            if any(frozenset(pair) not in told for pair in pairs):
                found.update(*accounts.values())
    return found


def _rows(session: Session, bills: Collection[int]) -> Iterator[_Row]:
    for part in parts(sorted(bills)):
        for record in session.exec(select(Bill.record).where(col(Bill.id).in_(part))):
            yield from _of_record(json.loads(record)["bill"] or {})


def _of_record(bill: Mapping[str, Any]) -> Iterator[_Row]:
    account = bill.get("customer_account") or ""
    for service in bill.get("services") or ():
        period = service.get("period")
        if service.get("service_account") and period and period.get("start") and period.get("end"):
            yield _Row(
                issuer=bill.get("issuer") or "",
                provider=service.get("provider") or "",
                service_account=service["service_account"],
                pod_id=service.get("pod_id"),
                meter=service.get("meter"),
                address=service.get("service_address"),
                customer_account=account,
                customer=(plain(account), bill.get("customer_name") or ""),
                first=dt.date.fromisoformat(period["start"]),
                last=dt.date.fromisoformat(period["end"]),
            )


def _by_meter(rows: Iterable[_Row]) -> Iterator[tuple[str, list[_Seen]]]:
    """Give the service accounts that bills show at one meter, and by what."""
    seen: _Found = defaultdict(lambda: defaultdict(list))
    for row in rows:
        account = row.service_account
        if row.pod_id:
            seen[plain(row.pod_id), ""][plain(account)].append((f"POD-ID {row.pod_id}", account, row))
        if row.meter and row.address:
            evidence = f"meter {row.meter} at {row.address}"
            seen[plain(row.meter), row.address][plain(account)].append((evidence, account, row))
    return _several(seen)


def _by_service(rows: Iterable[_Row]) -> Iterator[tuple[str, list[_Seen]]]:
    """Give the customer accounts to which one issuer bills a service account."""
    seen: _Found = defaultdict(lambda: defaultdict(list))
    for row in rows:
        account = row.customer_account
        if account:
            evidence = f"{row.issuer} bills of service account {row.service_account}"
            seen[row.issuer, plain(row.service_account)][plain(account)].append((evidence, account, row))
    return _several(seen)


def _several(seen: _Found) -> Iterator[tuple[str, list[_Seen]]]:
    for numbers in seen.values():
        if len(numbers) > 1:
            evidence = next(iter(numbers.values()))[0][0]
            yield evidence, [_of_number(of) for of in numbers.values()]


def _of_number(of: Sequence[tuple[str, str, _Row]]) -> _Seen:
    return _Seen(of[0][1], tuple(row for _, _, row in of))
