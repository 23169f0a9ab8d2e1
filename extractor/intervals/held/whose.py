"""Whose a series is, and which series tell of one channel of one meter.

A file names a service account, an opaque usage point, a meter, or several of these. A usage point
stands for the account that feeds or a person name (`extractor.store.usage_points`); one that is not
known, or in doubt, stays its own owner. Within an account two series are of one meter if they name the
same meter, or a usage point of the same code: each download may have it by another name, and an account's
meters have codes of their own. One that names neither is of the account's only meter, if it has only one;
if it has several, it tells of them all together.

What goes by another number of an account (`extractor.store.numbers`: the old one before it was
renumbered, CPA's beside SCE's) is the account's on the local days of the alias; a succession is never
followed. So the readings of one service are asked for by any of its numbers:

    series = everything(session).of("8000000001")  # with those of 3-008-0000-01 until it was renumbered
    with asking_of(home, engine, series) as duck: ...
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from sqlmodel import Session, col, select

from extractor.intervals import clock
from extractor.intervals.held.spans import ALWAYS, Spans, joined, without
from extractor.store.metered import IntervalSeries
from extractor.store.numbers import Aliases, Number, aliases_that_hold
from extractor.store.plain import plain
from extractor.store.point_names import code_in
from extractor.store.usage_points import Standing, standings


@dataclass(frozen=True)
class Owned:
    """A series, and whose it is."""

    number: int
    """By which it is told apart in a question: that of the series, or another if it is another's at times."""
    bucket: int
    channel: str
    unit: str
    service_account: str | None
    """None where nobody knows, or it has to be asked."""
    owner: str
    """The account; else the usage point or the meter."""
    meter: str | None
    """A meter or, where none is named, a usage point; None: all meters of the account together."""
    is_shared: bool = False
    """Whether other series of the account tell of the same channel."""
    stored: int = 0
    """The number of the series."""
    named: str | None = None
    """The account that the file or the usage point names: the owner, or another number of the owner."""
    within: Spans = ALWAYS
    """When it is the owner's, in seconds since 1970; of an interval it is the start that counts."""


@dataclass(frozen=True)
class Everything:
    """All series and all aliases of one state of the store."""

    series: Sequence[Owned]
    """Each under the name that its file has for it."""
    aliases: Aliases
    _named: Mapping[str, list[Owned]] = field(init=False)

    def __post_init__(self) -> None:
        """Sort the series by account."""
        by_account: dict[str, list[Owned]] = defaultdict(list)
        for one in self.series:
            if one.service_account is not None:
                by_account[one.service_account].append(one)
        object.__setattr__(self, "_named", by_account)

    def of(self, service_account: str) -> list[Owned]:
        """Return the series of a service account by all of its numbers, as its own."""
        owner = plain(service_account)
        days: dict[str, Spans] = defaultdict(tuple)
        for one in self.aliases.numbers_of(service_account):
            days[plain(one.number)] = joined((*days[plain(one.number)], _span(one)))
        own = [
            replace(one, service_account=owner, owner=owner, within=days[account])
            for account in days
            for one in self._named.get(account, ())
        ]
        return list(_grouped(_of_one_service(own)))

    def each(self) -> list[Owned]:
        """Return all series, each reading under one account: the latest of the numbers that it goes by."""
        told: dict[int, Spans] = defaultdict(tuple)
        found: list[Owned] = []
        spare = count(max((one.number for one in self.series), default=0) + 1)
        for account in self._latest_first():
            for one in self.of(account):
                before = told[one.stored]
                left = without(one.within, before)
                if left:
                    number = next(spare) if before else one.number
                    told[one.stored] = joined((*told[one.stored], *left))
                    found.append(replace(one, number=number, within=left))
        return [*found, *(one for one in self.series if one.service_account is None)]

    def _latest_first(self) -> list[str]:
        """Return the accounts that have series; before each what it was renumbered to."""
        later: dict[str, list[str]] = defaultdict(list)
        for row in self.aliases.rows:
            if row.kind == "renumbered":
                later[plain(row.number)].append(plain(row.other))
        found: dict[str, None] = {}

        def put(account: str, passed: frozenset[str]) -> None:
            for one in later.get(account, ()):
                if one not in passed:
                    put(one, passed | {one})
            found.setdefault(account)

        for account in sorted(self._named):
            put(account, frozenset((account,)))
        return list(found)


def everything(session: Session) -> Everything:
    """Return all series, ready to be asked whose they are by any number of an account."""
    known = standings(session)
    meters = _meters(known.values())
    rows = session.exec(select(IntervalSeries).order_by(col(IntervalSeries.id)))
    series = list(_grouped([_owned(row, known, meters) for row in rows]))
    return Everything(series, aliases_that_hold(session))


def owned(session: Session) -> list[Owned]:
    """Return all series, each under the name that its file has for it; no alias is followed."""
    return list(everything(session).series)


def of_account(session: Session, service_account: str) -> list[Owned]:
    """Return the series of a service account by all of its numbers."""
    return everything(session).of(service_account)


def _span(one: Number) -> tuple[int | None, int | None]:
    """Return when an account goes by a number."""
    begin = None if one.since is None else clock.day(one.since)[0]
    return begin, None if one.until is None else clock.day(one.until)[1]


Meters = Mapping[tuple[str, str], str]
"""The meter of each account and code of a usage point."""


def _meters(known: Iterable[Standing]) -> Meters:
    """Return the meters of usage points whose feeds name just one."""
    named: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in known:
        if one.service_account and one.meters:
            named[one.service_account, code_in(one.usage_point)].update(one.meters)
    return {key: meters.pop() for key, meters in named.items() if len(meters) == 1}


def _owned(row: IntervalSeries, known: Mapping[str, Standing], meters: Meters) -> Owned:
    standing = known.get(row.usage_point or "")
    account = row.service_account or (standing.service_account if standing else None)
    meter = row.meter
    if meter is None and row.usage_point:
        code = code_in(row.usage_point) if account else row.usage_point
        meter = meters.get((account or "", code), code)
    return Owned(
        number=row.id,
        bucket=row.bucket,
        channel=row.channel,
        unit=row.unit,
        service_account=account,
        owner=account or row.usage_point or row.meter or "",
        meter=meter,
        stored=row.id,
        named=account,
    )


def _of_one_service(series: Sequence[Owned]) -> list[Owned]:
    """Return series of several numbers as of one meter where each number has one, whatever it is called.

    A usage point has another code after it was renumbered, and where both tell of one time it is the same
    energy: it counts once.
    """
    meters: dict[str | None, set[str]] = defaultdict(set)
    for one in series:
        meters[one.named] |= set() if one.meter is None else {one.meter}
    if len(meters) < 2 or any(len(names) > 1 for names in meters.values()):
        return list(series)
    if len(set[str]().union(*meters.values())) < 2:
        return list(series)
    return [replace(one, meter=None) for one in series]


def _grouped(series: Iterable[Owned]) -> Iterator[Owned]:
    """Give the series with the only meter of their account where they name none."""
    by_owner: dict[tuple[bool, str], list[Owned]] = defaultdict(list)
    for one in series:
        by_owner[one.service_account is not None, one.owner].append(one)
    for all_of_one in by_owner.values():
        meters = {one.meter for one in all_of_one} - {None}
        only = meters.pop() if len(meters) == 1 else None
        by_channel: dict[tuple[str, str], list[Owned]] = defaultdict(list)
        for one in all_of_one:
            by_channel[one.channel, one.unit].append(replace(one, meter=one.meter or only))
        for same in by_channel.values():
            for one in same:
                others = [other for other in same if other is not one]
                shared = any(None in (one.meter, other.meter) or one.meter == other.meter for other in others)
                yield replace(one, is_shared=shared)
