"""The one question of accounts: which services there are, of a customer or of all."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from extractor.accounts.held import months_held
from extractor.accounts.known import Known, known
from extractor.accounts.lines import service
from extractor.accounts.model import OfService
from extractor.base.database import reading
from extractor.home import Home
from extractor.intervals.held.whose import Everything, everything
from extractor.store.erasing import names_of_others
from extractor.store.numbers import meters_of
from extractor.store.people import Account
from extractor.store.plain import plain


def services(
    home: Home, engine: Engine, customer: str | None = None, account: str | None = None
) -> list[OfService]:
    """Return the services of a customer, or of all, or those of one account by any of its numbers."""
    with reading(engine) as session:
        everything_held = everything(session)
        said = known(session, customer)
        groups = _groups(session, said, everything_held, customer)
        if account is not None:
            groups = [group for group in groups if plain(account) in _names(group, said)]
        wanted = {plain(one) for group in groups for one in group}
        shared = set() if customer is None else _others(session, customer, wanted, said)
        said = replace(said, points=[point for point in said.points if point[1] not in shared])
        held = months_held(home, engine, everything_held, wanted, said, shared)
    return [service(group, said, held) for group in groups]


def _groups(session: Session, known: Known, held: Everything, customer: str | None) -> list[tuple[str, ...]]:
    """Return the service accounts of each service, without those that are not the customer's."""
    numbers = {plain(one.service_account) for one in known.billed}
    numbers |= {plain(one.account.number) for one in known.listed if one.account.kind == "service"}
    same = {plain(one): plain(known_as) for one, known_as in meters_of(session).items()}
    if customer is None:
        numbers |= {one.service_account for one in held.series if one.service_account} | set(same)
        numbers |= {account for _, account, _ in known.points}
    else:
        near = {same[one] for one in numbers if one in same}
        also = {one for one, known_as in same.items() if known_as in near} - numbers
        numbers |= also - _others(session, customer, also, known)
    groups: dict[str, list[str]] = defaultdict(list)
    for number in sorted(numbers, key=lambda one: (_last(one, known), one), reverse=True):
        groups[same.get(number, number)].append(known.spelled.get(number, number))
    return sorted(map(tuple, groups.values()))


def _others(session: Session, customer: str, numbers: Iterable[str], known: Known) -> set[str]:
    """Return which numbers are another customer's too, without hyphens."""
    spelled = {known.spelled.get(one, one) for one in numbers} | set(numbers)
    theirs = {plain(one) for one in names_of_others(session, customer, spelled)}
    asked = select(Account.number).where(col(Account.customer_key) != customer)
    return theirs | ({plain(one) for one in session.exec(asked)} & set(numbers))


def _last(number: str, known: Known) -> dt.date:
    """Return the last day on which bills show a number of SCE's; CPA's stands behind it."""
    days = [one.last for one in known.by_service.get(number, ()) if one.last and one.provider == "SCE"]
    return max(days, default=dt.date.min)


def _names(group: Sequence[str], known: Known) -> set[str]:
    """Return all numbers by which a service may be asked for."""
    own = {plain(one) for one in group}
    billed = (one for number in own for one in known.by_service.get(number, ()))
    customers = {one.customer_account for one in billed if one.customer_account}
    customers |= {
        other
        for row in known.aliases
        if row.kind == "account"
        for other in (row.number, row.other)
        if {row.number, row.other} & customers
    }
    return own | {plain(one) for one in customers}
