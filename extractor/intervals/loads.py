"""The readings of service accounts as the store has them, ready to be put beside bills.

A service account is asked for by its number; what usage points and other numbers stand for it is told by
`extractor.intervals.held`. Of hours and quarters of the same time the quarters count. Each load knows
which imports it comes from: whether somebody confirmed their format, and when they were made.

    load = load_of(home, engine, "8000000001", dt.date(2025, 7, 1), dt.date(2025, 7, 31))
    join(service, load.columns)
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count, pairwise
from typing import Any, cast

import numpy as np
from sqlalchemy import Engine
from sqlmodel import Session, select

from extractor.base.database import reading
from extractor.home import Home
from extractor.intervals import clock
from extractor.intervals.columns import Bools, Bytes, Column, Ints, column
from extractor.intervals.given import Channel, Quality
from extractor.intervals.held import months
from extractor.intervals.held.ask import alone, asking_of, is_alone
from extractor.intervals.held.whose import Owned
from extractor.intervals.whose import OfAccount, holdings
from extractor.store.metered import IntervalImport
from extractor.store.plain import plain

REACH = dt.timedelta(days=4)
"""How much around a period is asked for: more than the shifts that a join tries."""

FINAL = int(Quality.VALIDATED)
"""From this quality on a reading is what bills are made of, whenever it was imported."""

ANSWER = """
SELECT series, start, seconds, thousandths, quality, import_id FROM counted
WHERE start >= $begin AND start < $end ORDER BY series, start
"""
"""Of series of which only the newest of several counts, or that go by several numbers."""


@dataclass(frozen=True)
class Taken:
    """The imports that readings come from."""

    starts: Ints
    """Seconds since 1970, in order."""
    imports: Ints
    """Which import told each first."""
    qualities: Bytes

    def between(self, begin: int, end: int) -> Taken:
        """Return those of a span of instants, the end exclusive."""
        where = slice(*np.searchsorted(self.starts, (begin, end)).tolist())
        return Taken(self.starts[where], self.imports[where], self.qualities[where])

    @property
    def numbers(self) -> frozenset[int]:
        """All imports that are there."""
        return _distinct(self.imports)

    @property
    def not_final(self) -> frozenset[int]:
        """The imports of readings that no quality says to be what bills are made of."""
        return _distinct(self.imports[self.qualities < FINAL])


def _distinct(numbers: Ints) -> frozenset[int]:
    if not len(numbers):
        return frozenset()
    low, high = int(numbers.min()), int(numbers.max())
    return frozenset((low,)) if low == high else frozenset(np.unique(numbers).tolist())


@dataclass(frozen=True)
class Load:
    """The energy readings of a service account, each interval once per channel and meter."""

    columns: tuple[Column, ...] = ()
    taken: tuple[Taken, ...] = ()
    """Of each series."""

    def imports(self, first: dt.date, last: dt.date) -> frozenset[int]:
        """Return the imports that readings of some local days come from, both days inclusive."""
        return frozenset().union(*(one.numbers for one in self._of(first, last)))

    def not_final(self, first: dt.date, last: dt.date) -> frozenset[int]:
        """Return those of them whose readings may still be edited, as far as their quality says."""
        return frozenset().union(*(one.not_final for one in self._of(first, last)))

    def _of(self, first: dt.date, last: dt.date) -> Iterator[Taken]:
        return (one.between(*clock.period(first, last)) for one in self.taken)


NOTHING = Load()

Span = tuple[int, int]
"""Two instants, in seconds since 1970, the end exclusive."""

Loads = Generator[tuple[str, Load]]
"""Loads by account; close it to be rid of what was read for them."""


def imports_of(session: Session) -> dict[int, IntervalImport]:
    """Return all imports by their numbers."""
    return {one.id: one for one in session.exec(select(IntervalImport))}


def load_of(home: Home, engine: Engine, service_account: str, first: dt.date, last: dt.date) -> Load:
    """Return the readings of a service account over some local days, and of as much around as joins need."""
    with reading(engine) as session:
        mine = holdings(session).of(service_account)
    account = plain(service_account)
    within = months.between(first - REACH, last + REACH)
    span = clock.period(first - REACH, last + REACH)
    [(_, load)] = loads_of(home, engine, {account: mine}, within, span)
    return load


def loads_of(
    home: Home,
    engine: Engine,
    accounts: Mapping[str, OfAccount],
    within: Collection[int],
    span: Span,
) -> Loads:
    """Ask for the loads of some accounts at once, within some months and from one instant to another.

    They are given in the order of the accounts, one for each.
    """
    numbered = _numbered(accounts)
    series = [one for of in numbered.values() for one in of]
    return _each(numbered, _answer(home, engine, series, within, span) if series else {})


def _answer(
    home: Home, engine: Engine, series: Sequence[Owned], within: Collection[int], span: Span
) -> Values:
    if all(map(is_alone, series)):
        return alone(home, engine, series, within, *span)
    with asking_of(home, engine, series, within) as duck:
        return duck.execute(ANSWER, {"begin": span[0], "end": span[1]}).fetchnumpy()


def _numbered(accounts: Mapping[str, OfAccount]) -> dict[str, list[Owned]]:
    """Return the series of each account; one that is of several accounts has another number in each."""
    taken: set[int] = set()
    spare = count(1 + max((one.number for of in accounts.values() for one in of.series), default=0))
    found: dict[str, list[Owned]] = {}
    for account, of in accounts.items():
        found[account] = [
            replace(one, number=next(spare)) if one.number in taken else one for one in of.series
        ]
        taken.update(one.number for one in of.series)
    return found


def _each(accounts: Mapping[str, Sequence[Owned]], found: Values) -> Loads:
    runs = _runs(found["series"]) if found else {}
    for account, series in accounts.items():
        by_meter: Meters = defaultdict(list)
        for one in series:
            if one.number in runs:
                values = _together([_at(found, run) for run in runs[one.number]])
                by_meter[cast(Channel, one.channel), one.meter].append(values)
        yield account, _load(by_meter)


Values = Mapping[str, Any]
"""Columns of an answer by their names, as arrays."""


def _runs(series: Ints) -> dict[int, list[slice]]:
    """Return where the readings of each series are: as files have them, a run for each month."""
    edges = np.flatnonzero(np.diff(series)) + 1
    bounds = [0, *edges.tolist(), len(series)] if len(series) else [0]
    found: dict[int, list[slice]] = defaultdict(list)
    for first, last in pairwise(bounds):
        found[int(series[first])].append(slice(first, last))
    return found


def _at(found: Values, where: slice) -> Values:
    return {name: found[name][where] for name in ("start", "seconds", "thousandths", "quality", "import_id")}


def _together(pieces: Sequence[Values]) -> Values:
    """Return pieces as one, in the order of time."""
    if len(pieces) == 1:
        return pieces[0]
    pieces = sorted(pieces, key=lambda one: int(one["start"][0]))
    whole = {name: np.concatenate([one[name] for one in pieces]) for name in pieces[0]}
    if (np.diff(whole["start"]) < 0).any():
        order = np.argsort(whole["start"], kind="stable")
        whole = {name: values[order] for name, values in whole.items()}
    return whole


Meters = dict[tuple[Channel, str | None], list[Values]]
"""Readings by channel and meter."""


def _load(by_meter: Meters) -> Load:
    """Return the load of one account's readings."""
    columns = [_column(channel, meter, of) for (channel, meter), of in by_meter.items()]
    taken = tuple(
        Taken(of["start"], of["import_id"].astype(np.int64), of["quality"].astype(np.int8))
        for parts in by_meter.values()
        for of in parts
    )
    return Load(tuple(_each_time_once(columns)), taken)


def _column(channel: Channel, meter: str | None, parts: Sequence[Values]) -> Column:
    starts, seconds, thousandths, qualities = (
        parts[0][name] if len(parts) == 1 else np.concatenate([one[name] for one in parts])
        for name in ("start", "seconds", "thousandths", "quality")
    )
    if int(seconds.min()) != int(seconds.max()):  # of two that begin together the shorter is to be the later
        order = np.lexsort((-seconds, starts))
        starts, seconds, thousandths, qualities = (
            values[order] for values in (starts, seconds, thousandths, qualities)
        )
    return column(channel, meter, starts, seconds, thousandths, qualities)


def _each_time_once(columns: Iterable[Column]) -> Iterator[Column]:
    """Give columns so that what is told of all meters together is not told of each again.

    Intervals of one length were settled by the store. Where lengths differ the shorter ones count.
    """
    by_channel: dict[str, list[Column]] = defaultdict(list)
    for one in columns:
        by_channel[one.channel].append(one)
    for of in by_channel.values():
        together, apart = ([one for one in of if (one.meter is None) is wanted] for wanted in (True, False))
        if together and apart:
            yield from (_without(one, apart) for one in together)
            yield from (_without(one, together) for one in apart)
        else:
            yield from of


def _without(longer: Column, others: Sequence[Column]) -> Column:
    """Leave out the readings that lie over shorter ones of others."""
    covered = np.zeros(len(longer.starts), dtype=np.bool_)
    for other in others:
        for length in np.unique(other.seconds).tolist():
            covered |= (longer.seconds > length) & _overlaps(
                longer, other.starts[other.seconds == length], length
            )
    if not covered.any():
        return longer
    kept = ~covered
    return replace(
        longer,
        starts=longer.starts[kept],
        seconds=longer.seconds[kept],
        thousandths=longer.thousandths[kept],
        qualities=longer.qualities[kept],
        repeated=longer.repeated + int(covered.sum()),
    )


def _overlaps(these: Column, starts: Ints, length: int) -> Bools:
    """Tell of each reading whether it lies over any of others, which are sorted and of one length."""
    before = np.searchsorted(starts, these.starts + these.seconds, side="left") - 1
    found: Bools = (before >= 0) & (starts[np.maximum(before, 0)] + length > these.starts)
    return found
