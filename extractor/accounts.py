"""Each meter's service, and what it goes by: on bills, in the roster, in readings, and by what that is known.

Service accounts that aliases join are one service, whichever days they hold on; a succession joins nothing.
Asked for one customer, only his bills, his rows of the roster and numbers that are nobody else's count, and
of a number that was another's before or after, only the days that are his.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Engine, func, true
from sqlalchemy import select as sql_select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from extractor.base.database import reading
from extractor.home import Home
from extractor.intervals.held import months
from extractor.intervals.held.whose import Everything, everything
from extractor.store.aliases import aliases
from extractor.store.erasing import names_of_others
from extractor.store.numbers import OF_SERVICE, meters_of
from extractor.store.people import Account, Alias, Customer, Manager, Site
from extractor.store.plain import plain
from extractor.store.tables import Bill, CurrentReading, Service
from extractor.store.usage_points import said_of, standings
from extractor.store.whose import is_of_customer

MONTHS = """
SELECT series.named, reading.month, count(*) FROM reading JOIN series ON series.number = reading.series
WHERE series.named IS NOT NULL GROUP BY ALL
"""


@dataclass(frozen=True)
class Line:
    """One thing that a service goes by, from one day to another, and by what it is known."""

    kind: str
    """`customer account`, `service account`, `POD-ID`, `meter`, `usage point`, `alias` or `readings`."""
    number: str
    provider: str | None = None
    """Whose charges bills have under a service account; of a customer account who issued them."""
    first: dt.date | None = None
    last: dt.date | None = None
    """Inclusive; of readings the first day of the first month, and the last of the last."""
    months: int | None = None
    """Of readings: months that have any."""
    evidence: str = ""


@dataclass(frozen=True)
class Listed:
    """A row of the roster."""

    account: Account
    customer: Customer
    site: Site | None
    manager: Manager | None = None
    """Who looks after the account, else after its site."""


@dataclass
class OfService:
    """A meter's service."""

    numbers: tuple[str, ...]
    """Its service accounts, the one that was seen last at first."""
    customers: dict[str, str] = field(default_factory=dict)
    """Names by key, of the roster."""
    sites: dict[str, str] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    listed: list[Listed] = field(default_factory=list)
    """What the roster says of it: the rows of its service accounts, else those of its customer accounts."""

    @property
    def name(self) -> str:
        """The service account by which it is called."""
        return self.numbers[0]

    @property
    def managers(self) -> set[str]:
        """The keys of who looks after it, by the roster."""
        return {row.manager.key for row in self.listed if row.manager}


@dataclass(frozen=True)
class _Billed:
    """What bills say of a service account, with the days on which they say so."""

    service_account: str
    provider: str | None
    pod_id: str | None
    meter: str | None
    customer_account: str | None
    issuer: str | None
    first: dt.date | None
    last: dt.date | None


@dataclass(frozen=True)
class _Known:
    """All that is known, for one customer or for all."""

    billed: Sequence[_Billed]
    listed: Sequence[Listed]
    aliases: Sequence[Alias]
    points: Sequence[tuple[str, str, str]]
    """Codes with their accounts, and by what."""
    spelled: Mapping[str, str]
    """Service accounts as they are shown, by the number without hyphens."""
    by_service: dict[str, list[_Billed]] = field(default_factory=lambda: defaultdict(list))
    by_number: dict[str, list[Listed]] = field(default_factory=lambda: defaultdict(list))
    """What is billed and listed, by numbers without hyphens."""

    def __post_init__(self) -> None:
        """Put bills and rows under their numbers."""
        for one in self.billed if not self.by_service else ():
            self.by_service[plain(one.service_account)].append(one)
        for row in self.listed if not self.by_number else ():
            self.by_number[plain(row.account.number)].append(row)


def services(
    home: Home, engine: Engine, customer: str | None = None, account: str | None = None
) -> list[OfService]:
    """Return the services of a customer, or of all, or those of one account by any of its numbers."""
    with reading(engine) as session:
        everything_held = everything(session)
        known = _known(session, customer)
        groups = _groups(session, known, everything_held, customer)
        if account is not None:
            groups = [group for group in groups if plain(account) in _names(group, known)]
        wanted = {plain(one) for group in groups for one in group}
        shared = set() if customer is None else _others(session, customer, wanted, known)
        known = replace(known, points=[point for point in known.points if point[1] not in shared])
        held = _held(home, engine, everything_held, wanted, known, shared)
    return [_service(group, known, held) for group in groups]


def _known(session: Session, customer: str | None) -> _Known:
    listed = _listed(session, customer)
    billed = _billed(session, customer)
    numbers = [one.service_account for one in billed]
    numbers += [one.account.number for one in listed if one.account.kind == "service"]
    held = aliases(session)
    spelled = {plain(one): one for row in held for one in (row.number, row.other)}
    spelled |= {plain(one): one for one in numbers}
    return _Known(billed, listed, held, list(_points(session)), spelled)


def _billed(session: Session, customer: str | None) -> list[_Billed]:
    days = (func.coalesce(day, Bill.statement_date) for day in (Service.period_start, Service.period_end))
    first, last = days
    keys = (
        col(Service.service_account),
        col(Service.provider),
        col(Service.pod_id),
        col(Service.meter),
        col(Bill.customer_account),
        col(Bill.issuer),
    )
    asked = (
        sql_select(*keys, func.min(first), func.max(last))
        .join(Bill, col(Bill.id) == col(Service.bill_id))
        .join(CurrentReading, col(CurrentReading.effective_id) == col(Bill.reading_id))
        .where(col(Service.service_account).is_not(None))
        .where(true() if customer is None else is_of_customer(customer))
        .group_by(*keys)
        .order_by(*keys)
    )
    return [_Billed(*row) for row in session.execute(asked)]


def _listed(session: Session, customer: str | None) -> list[Listed]:
    at_site = aliased(Manager)
    asked = (
        sql_select(Account, Customer, Site, Manager, at_site)
        .join(Customer, col(Customer.key) == col(Account.customer_key))
        .outerjoin(Site, col(Site.key) == col(Account.site_key))
        .outerjoin(Manager, col(Manager.key) == col(Account.manager_key))
        .outerjoin(at_site, col(at_site.key) == col(Site.manager_key))
        .where(true() if customer is None else col(Customer.key) == customer)
        .order_by(col(Customer.key), col(Account.number), col(Account.id))
    )
    return [
        Listed(account, of, site, own or of_site)
        for account, of, site, own, of_site in session.execute(asked)
    ]


def _points(session: Session) -> Iterator[tuple[str, str, str]]:
    """Give each usage point whose account is known, and by what."""
    known = standings(session)
    for code, rows in said_of(session).items():
        account = known[code].service_account
        for row in rows if account else ():
            if row.service_account and plain(row.service_account) == account:
                by = row.evidence if row.who is None else f"{row.who}: {row.evidence}"
                yield code, account, by


def _groups(session: Session, known: _Known, held: Everything, customer: str | None) -> list[tuple[str, ...]]:
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


def _others(session: Session, customer: str, numbers: Iterable[str], known: _Known) -> set[str]:
    """Return which numbers are another customer's too, without hyphens."""
    spelled = {known.spelled.get(one, one) for one in numbers} | set(numbers)
    theirs = {plain(one) for one in names_of_others(session, customer, spelled)}
    asked = select(Account.number).where(col(Account.customer_key) != customer)
    return theirs | ({plain(one) for one in session.exec(asked)} & set(numbers))


def _last(number: str, known: _Known) -> dt.date:
    """Return the last day on which bills show a number of SCE's; CPA's stands behind it."""
    days = [one.last for one in known.by_service.get(number, ()) if one.last and one.provider == "SCE"]
    return max(days, default=dt.date.min)


def _names(group: Sequence[str], known: _Known) -> set[str]:
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


def _held(
    home: Home,
    engine: Engine,
    held: Everything,
    wanted: set[str],
    known: _Known,
    shared: set[str],
) -> dict[str, list[int]]:
    """Return the months with readings of each account; of one that is shared those that are his whole."""
    series = [one for one in held.series if one.service_account in wanted]
    found: dict[str, list[int]] = defaultdict(list)
    if series:
        from extractor.intervals.held.ask import (
            asking_of,  # it takes its time, and few homes' whole lists need it
        )

        with asking_of(home, engine, series) as duck:
            for account, month, _ in duck.execute(MONTHS).fetchall():
                found[account].append(month)
    for account in shared:
        spans = joined_days(_days_of(account, known))
        found[account] = [month for month in found[account] if _is_in(month, spans)]
    return {account: sorted(of) for account, of in found.items()}


def _days_of(account: str, known: _Known) -> Iterator[tuple[dt.date, dt.date]]:
    """Give the days on which bills and the roster show an account."""
    for one in known.by_service.get(account, ()):
        if one.first and one.last:
            yield one.first, one.last
    for row in known.by_number.get(account, ()):
        if row.account.kind == "service":
            yield row.account.valid_from or dt.date.min, row.account.valid_to or dt.date.max


def joined_days(days: Iterable[tuple[dt.date, dt.date]]) -> list[tuple[dt.date, dt.date]]:
    """Return spans of days in order, those that follow on each other as one; all days inclusive.

    >>> day = dt.date
    >>> joined_days([(day(2026, 6, 11), day(2026, 7, 9)), (day(2026, 5, 12), day(2026, 6, 10))])
    [(datetime.date(2026, 5, 12), datetime.date(2026, 7, 9))]
    """
    found: list[tuple[dt.date, dt.date]] = []
    for first, last in sorted(days):
        if found and (first - found[-1][1]).days <= 1:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return found


def _is_in(month: int, spans: Iterable[tuple[dt.date, dt.date]]) -> bool:
    first, last = months.first_day(month), months.last_day(month)
    return any(begin <= first and last <= end for begin, end in spans)


def _service(group: tuple[str, ...], known: _Known, held: Mapping[str, Sequence[int]]) -> OfService:
    own = {plain(one) for one in group}
    billed = [one for number in sorted(own) for one in known.by_service.get(number, ())]
    customers = {plain(one.customer_account) for one in billed if one.customer_account}
    services = _listed_as("service", own, known)
    heads = _listed_as("customer", customers, known)
    listed = sorted([*services, *heads], key=lambda row: row.account.id or 0)
    found = OfService(group, listed=services or heads)
    for row in listed:
        found.customers[row.customer.key] = row.customer.name
        if row.site is not None:
            found.sites[row.site.key] = row.site.name
    found.lines += _customer_accounts(billed, listed)
    for number in group:
        found.lines += _service_accounts(number, billed, listed, known)
    found.lines += _of_bills("POD-ID", billed, "pod_id")
    found.lines += _of_bills("meter", billed, "meter")
    for code, account, by in known.points:
        if account in own:
            found.lines.append(Line("usage point", code, evidence=f"{by}: {account}"))
    for alias in known.aliases:
        if {plain(alias.number), plain(alias.other)} <= own:
            found.lines.append(_alias(alias))
    for number in sorted(own):
        if held.get(number):
            found.lines.append(_readings(known.spelled.get(number, number), held[number]))
    return found


def _listed_as(kind: str, numbers: Iterable[str], known: _Known) -> list[Listed]:
    """Return the rows of the roster of some accounts, the earliest first."""
    rows = [row for one in numbers for row in known.by_number.get(one, ()) if row.account.kind == kind]
    return sorted(rows, key=lambda row: (row.account.valid_from or dt.date.min, row.account.id or 0))


def _span(rows: Sequence[_Billed]) -> tuple[dt.date | None, dt.date | None]:
    firsts, lasts = [one.first for one in rows if one.first], [one.last for one in rows if one.last]
    return min(firsts, default=None), max(lasts, default=None)


def _customer_accounts(billed: Sequence[_Billed], listed: Sequence[Listed]) -> Iterator[Line]:
    by_number: dict[str, list[_Billed]] = defaultdict(list)
    for one in billed:
        if one.customer_account:
            by_number[one.customer_account].append(one)
    for number, rows in sorted(by_number.items()):
        issued = sorted({one.issuer for one in rows if one.issuer})
        of_number = [row for row in listed if row.account.plain == plain(number)]
        roster = [row for row in of_number if row.account.kind == "customer"]
        yield Line("customer account", number, "+".join(issued), *_span(rows), evidence=_by(rows, roster))


def _service_accounts(
    number: str, billed: Sequence[_Billed], listed: Sequence[Listed], known: _Known
) -> Iterator[Line]:
    """Give a service account, once for each supplier whose bills have it."""
    rows: dict[str | None, list[_Billed]] = defaultdict(list)
    for one in billed:
        if plain(one.service_account) == plain(number):
            rows[one.provider].append(one)
    roster = [row for row in listed if plain(row.account.number) == plain(number)]
    for provider, same in rows.items():
        yield Line("service account", number, provider, *_span(same), evidence=_by(same, roster))
    if not rows:
        by = _by([], roster) or ("an alias" if plain(number) in _of_aliases(known) else "readings")
        yield Line("service account", number, evidence=by)


def _of_aliases(known: _Known) -> set[str]:
    return {plain(one) for row in known.aliases if row.kind in OF_SERVICE for one in (row.number, row.other)}


def _by(billed: Sequence[_Billed], listed: Sequence[Listed]) -> str:
    """Say by what a number is known to be of a service."""
    said = ["bills"] if billed else []
    for row in listed:
        first, last = row.account.valid_from, row.account.valid_to
        days = f" {first or ''}..{last or ''}" if first or last else ""
        said.append(f"roster: {row.customer.key}{days}")
    return ", ".join(said)


def _of_bills(kind: str, billed: Sequence[_Billed], name: str) -> Iterator[Line]:
    rows: dict[str, list[_Billed]] = defaultdict(list)
    for one in billed:
        if value := getattr(one, name):
            rows[value].append(one)
    for value, same in sorted(rows.items(), key=lambda pair: (_span(pair[1])[0] or dt.date.min, pair[0])):
        on = sorted({one.service_account for one in same})
        yield Line(kind, value, None, *_span(same), evidence=f"bills of {', '.join(on)}")


def _alias(row: Alias) -> Line:
    by = f"alias {row.id}, {row.kind}, by {row.who}: {row.evidence}"
    return Line("alias", f"{row.number} {row.other}", None, row.valid_from, row.valid_to, evidence=by)


def _readings(number: str, of: Sequence[int]) -> Line:
    first, last = months.first_day(of[0]), months.last_day(of[-1])
    return Line("readings", number, None, first, last, len(of), "interval files")
