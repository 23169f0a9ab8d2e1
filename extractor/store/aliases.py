"""Other numbers of one meter's service: added by a person with the evidence, and suggested from the bills.

The same POD-ID on bills of two service accounts suggests that they are one meter's; so does the same meter
number at the same address. An address alone suggests nothing, and a meter number alone neither: meters
move. Where the bills name another customer or account, it is a succession: two customers, one after the
other, at one meter; that is never an alias of its own accord, and nobody sees the other's bills by it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from sqlmodel import Session, col, select

from extractor.store.current import current
from extractor.store.numbers import meters_of
from extractor.store.people import Alias
from extractor.store.said import NotKeptError, Saying
from extractor.store.standing import settle_accounts

AliasKind = Literal["provider", "renumbered", "account", "succession"]


@dataclass(frozen=True)
class Suggestion:
    """Two numbers that may be one meter's, and why."""

    kind: AliasKind
    number: str
    other: str
    evidence: str
    valid_from: dt.date | None
    """The first day that both are billed, or either where one came after the other."""


@dataclass(frozen=True)
class _Seen:
    """A service account as a bill shows it."""

    number: str
    providers: frozenset[str]
    customers: frozenset[tuple[str, str]]
    """Customer account and name."""
    first: dt.date
    last: dt.date


def add_alias(
    session: Session,
    kind: AliasKind,
    number: str,
    other: str,
    evidence: str,
    valid_from: dt.date | None,
    valid_to: dt.date | None,
    saying: Saying,
) -> Alias:
    """Add that two numbers are one meter's service.

    Raises:
        NotKeptError: if they are one number, or no evidence is given.
    """
    if number == other:
        raise NotKeptError("an alias is another number")
    if not evidence.strip():
        raise NotKeptError("say by what you know it: it is kept with the alias")
    row = Alias(
        kind=kind,
        number=number,
        other=other,
        evidence=evidence,
        valid_from=valid_from,
        valid_to=valid_to,
        who=saying.who,
        at=saying.at,
    )
    session.add(row)
    session.flush()
    settle_accounts(session, _all_numbers(session, number, other))
    return row


def aliases(session: Session) -> list[Alias]:
    """Return the aliases that hold."""
    return list(session.exec(select(Alias).where(col(Alias.undone_at).is_(None)).order_by(col(Alias.id))))


def undo_alias(session: Session, number: int, who: str, at: dt.datetime) -> None:
    """Take an alias back.

    Raises:
        NotKeptError: if there is none.
    """
    row = session.get(Alias, number)
    if row is None or row.undone_at is not None:
        raise NotKeptError(f"there is no alias {number} that holds")
    numbers = _all_numbers(session, row.number, row.other)
    row.undone_at, row.undone_by = at, who
    session.flush()
    settle_accounts(session, numbers)


def _all_numbers(session: Session, number: str, other: str) -> set[str]:
    """Return the service accounts of the meters of two numbers, these with them."""
    same = meters_of(session)
    names = {same.get(one, one) for one in (number, other)}
    return {number, other} | {one for one, known_as in same.items() if known_as in names}


def suggestions(session: Session) -> Iterator[Suggestion]:
    """Give the pairs of service accounts that bills suggest, and that nobody has said anything of."""
    told = {frozenset((row.number, row.other)) for row in session.exec(select(Alias))}
    for evidence, seen in _by_meter(session):
        for one, other in combinations(sorted(seen, key=lambda account: account.first), 2):
            if frozenset((one.number, other.number)) not in told:
                told.add(frozenset((one.number, other.number)))
                kind = _kind(one, other)
                begins = one.first if kind == "renumbered" else other.first
                yield Suggestion(kind, one.number, other.number, evidence, begins)


def _kind(one: _Seen, other: _Seen) -> AliasKind:
    if not one.customers & other.customers:
        return "succession"
    return "provider" if one.last >= other.first and one.providers != other.providers else "renumbered"


def _by_meter(session: Session) -> Iterator[tuple[str, list[_Seen]]]:
    """Give the service accounts that bills show at one meter, and by what."""
    seen: dict[tuple[str, str], dict[str, list[tuple[str, tuple[str, str], dt.date, dt.date]]]]
    seen = defaultdict(lambda: defaultdict(list))
    for kept in current(session):
        bill = kept.result.bill
        for service in bill.services if bill else ():
            if service.service_account is None or service.period is None or bill is None:
                continue
            row = (
                service.provider or "",
                (bill.customer_account or "", bill.customer_name or ""),
                service.period.start,
                service.period.end,
            )
            if service.pod_id:
                seen["POD-ID", service.pod_id][service.service_account].append(row)
            if service.meter and service.service_address:
                place = f"{service.meter} at {service.service_address}"
                seen["meter", place][service.service_account].append(row)
    for (what, which), accounts in seen.items():
        if len(accounts) > 1:
            yield f"{what} {which}", [_seen(number, rows) for number, rows in accounts.items()]


def _seen(number: str, rows: list[tuple[str, tuple[str, str], dt.date, dt.date]]) -> _Seen:
    return _Seen(
        number=number,
        providers=frozenset(row[0] for row in rows),
        customers=frozenset(row[1] for row in rows),
        first=min(row[2] for row in rows),
        last=max(row[3] for row in rows),
    )
