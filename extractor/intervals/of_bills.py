"""Kept bills beside what the store has of their meters: each service of each bill, in few questions.

A service is joined to the readings of its service account, by whichever number the store has them. CPA may
have a number of its own: where no readings are known by it, those of the one other service of the same
bill that has the same POD-ID count. But for that, two numbers are one meter's by an alias only.

Services are asked for in the order of the store's files, so that each file is read about once however many
bills there are, and in parts: what is in memory is one part. They are given in that order.
"""

from __future__ import annotations

import datetime as dt
import pickle
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Engine, select
from sqlmodel import Session, col

from extractor.home import Home
from extractor.intervals import clock
from extractor.intervals.compared.compare import Tolerance
from extractor.intervals.compared.verdict import Verdict
from extractor.intervals.held import months
from extractor.intervals.held.proven import DamagedReadingsError
from extractor.intervals.join import AS_TOLD, Joined, join, unjoined
from extractor.intervals.loads import NOTHING, REACH, Load, Loads, Span, loads_of
from extractor.intervals.records import BillInShort, bill_of
from extractor.intervals.sources import Sources, sources_of
from extractor.intervals.whose import Holdings, OfAccount, holdings
from extractor.store.current import COUNTS, Kept
from extractor.store.neighbours import parts
from extractor.store.plain import plain
from extractor.store.tables import Bill as BillRow
from extractor.store.tables import Service as ServiceRow

IN_MEMORY = 20_000_000
"""Bytes of services that wait for their turn in memory."""

RECORDS = 200
"""Records that are in memory at a time."""

NO_DAY = dt.date(1970, 1, 10)
"""Where no period of a part was read: nothing was metered then."""

LAST = 2**31
"""More than any bucket."""

AT_ONCE = 120
"""Services that are asked for in one question: a year of quarters of ten meters is 0.35 million readings."""


_OF_SIDE: tuple[Any, ...] = (
    ServiceRow.bill_id,
    ServiceRow.service_account,
    ServiceRow.pod_id,
    ServiceRow.period_start,
    ServiceRow.period_end,
)
"""The columns that a `_Side` is made of."""


@dataclass(frozen=True)
class OfService:
    """A service of a kept bill, beside its meters."""

    kept: Kept
    """The bill, without its record."""
    number: int
    """Which service of the bill, from 1."""
    issuer: str | None
    customer_account: str | None
    statement_date: dt.date | None
    account: str
    """The service account whose readings are compared, without hyphens."""
    joined: Joined

    @property
    def standing(self) -> str:
        """Whether the service counts, or why not."""
        return self.kept.services[self.number - 1]


class _Place(NamedTuple):
    """Where a service's readings lie in the store; those that have none come last."""

    is_aliased: bool
    bucket: int
    number: int
    account: str
    first: dt.date


class _Side(NamedTuple):
    """What is known of a service without its record."""

    bill_id: int
    service_account: str | None
    pod_id: str | None
    first: dt.date | None
    last: dt.date | None


class _Ref(NamedTuple):
    """A service to be joined, and the account whose readings are its meter's."""

    kept: Kept
    number: int
    account: str
    first: dt.date
    last: dt.date
    place: _Place


class _Answer(NamedTuple):
    """Services that were asked for together."""

    part: list[_Ref]
    loads: Loads
    damage: str | None = None
    """What to do about a file of theirs that is lost or altered."""


class _Store(NamedTuple):
    """What the store says of all its readings, asked for once."""

    held: Holdings
    sources: Sources


def of_bills(
    home: Home,
    engine: Engine,
    session: Session,
    bills: Iterable[Kept],
    tolerance: Tolerance = AS_TOLD,
    all_of_them: bool = False,
) -> Iterator[OfService]:
    """Give the services of some bills beside their meters: those that were asked for, and that count.

    With `all_of_them` also those that do not count.
    """
    store = _Store(holdings(session), sources_of(session))
    refs = sorted(_refs(session, bills, store.held, all_of_them), key=lambda ref: ref.place)
    for part, loads, damage in _answered(home, engine, _questions(refs), store.held):
        by_account = groupby(_with_records(session, part), key=lambda pair: pair[0].account)
        with closing(loads):  # what was read goes before the next part is
            for account, services in by_account:
                load = next((load for name, load in loads if name == account), NOTHING)
                for ref, bill in services:
                    joined = _joined(ref, bill, load, store, tolerance, damage)
                    said = bill.issuer, bill.customer_account, bill.statement_date
                    yield OfService(ref.kept, ref.number, *said, ref.account, joined)


def in_order(found: Iterable[OfService]) -> Iterator[OfService]:
    """Give services by account and period, however many there are: most of them wait on disk."""
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as waiting:
        places: list[tuple[str, dt.date, str, int, int]] = []
        for at, one in enumerate(found):
            joined = one.joined
            account, first = joined.service_account or "", joined.first or dt.date.min
            places.append((account, first, joined.role or "", at, waiting.tell()))
            pickle.dump(one, waiting, pickle.HIGHEST_PROTOCOL)
        for *_, place in sorted(places):
            waiting.seek(place)
            yield pickle.load(waiting)


def _refs(session: Session, bills: Iterable[Kept], held: Holdings, all_of_them: bool) -> Iterator[_Ref]:
    """Give the services to be joined, by what is known of them without their records."""
    light = [replace(kept, record="") for kept in bills]
    for some in parts(light):
        sides: dict[int, list[_Side]] = defaultdict(list)
        asked = select(*_OF_SIDE).where(col(ServiceRow.bill_id).in_([kept.bill_id for kept in some]))
        for row in session.execute(asked.order_by(col(ServiceRow.bill_id), col(ServiceRow.position))):
            sides[row.bill_id].append(_Side(*row))
        for kept in some:
            services = sides[kept.bill_id]
            for at, side in enumerate(services):
                if kept.asked[at] and (all_of_them or kept.services[at] == COUNTS):
                    yield _ref(kept, at + 1, side, services, held)


def _ref(kept: Kept, number: int, side: _Side, of_bill: Sequence[_Side], held: Holdings) -> _Ref:
    last = side.last or dt.date.min
    first = side.first or last
    account = _account(side, of_bill, held)
    return _Ref(kept, number, account, first, last, _place(account, first, held))


def _account(side: _Side, of_bill: Sequence[_Side], held: Holdings) -> str:
    """Return the service account whose readings are a service's meter's."""
    own = plain(side.service_account or "")
    if held.of(own).series or side.pod_id is None:
        return own
    others = {plain(one.service_account or "") for one in of_bill if one.pod_id == side.pod_id} - {own}
    known = [one for one in others if held.of(one).series]
    return known[0] if len(others) == len(known) == 1 else own


def _place(account: str, first: dt.date, held: Holdings) -> _Place:
    of = held.of(account)
    if not of.series:
        return _Place(of.is_aliased, LAST, 0, account, first)
    return _Place(of.is_aliased, of.series[0].bucket, of.series[0].number, account, first)


def _questions(refs: Iterable[_Ref]) -> Iterator[list[_Ref]]:
    """Put services into parts: whole buckets as far as they fit, and those of several numbers apart."""
    part: list[_Ref] = []
    is_aliased = False
    for (of_part, _), same in groupby(refs, key=lambda ref: ref.place[:2]):
        more = list(same)
        if part and (of_part != is_aliased or len(part) + len(more) > AT_ONCE):
            yield part
            part = []
        is_aliased = of_part
        part += more
        while len(part) > AT_ONCE:
            yield part[:AT_ONCE]
            part = part[AT_ONCE:]
    if part:
        yield part


def _answered(
    home: Home, engine: Engine, questions: Iterable[list[_Ref]], held: Holdings
) -> Iterator[_Answer]:
    """Give parts with their readings; while one is joined, those of the next are asked for."""

    def answers(part: list[_Ref], asked: Future[Loads]) -> Iterator[_Answer]:
        try:
            loads = asked.result()
        except DamagedReadingsError:
            yield from (_alone(home, engine, ref, held) for ref in part)
        else:
            yield _Answer(part, loads)

    with ThreadPoolExecutor(1) as asker:
        before: tuple[list[_Ref], Future[Loads]] | None = None
        for part in questions:
            asked = asker.submit(loads_of, home, engine, *_question(part, held))
            if before:
                yield from answers(*before)
            before = part, asked
        if before:
            yield from answers(*before)


def _alone(home: Home, engine: Engine, ref: _Ref, held: Holdings) -> _Answer:
    """Return a service by itself with its readings, or with which file of them is lost or altered."""
    try:
        return _Answer([ref], loads_of(home, engine, *_question([ref], held)))
    except DamagedReadingsError as error:
        return _Answer([ref], loads_of(home, engine, {}, (), (0, 0)), str(error))


def _question(part: Sequence[_Ref], held: Holdings) -> tuple[dict[str, OfAccount], set[int], Span]:
    """Return whose readings the services of a part need, of which months, and from when to when."""
    accounts = {ref.account: held.of(ref.account) for ref in part}
    dated = [ref for ref in part if ref.last > dt.date.min]
    within: set[int] = set()
    for days in {(ref.first, ref.last) for ref in dated}:
        within.update(months.between(days[0] - REACH, days[1] + REACH))
    first, last = (
        min((ref.first for ref in dated), default=NO_DAY),
        max((ref.last for ref in dated), default=NO_DAY),
    )
    return accounts, within, clock.period(first - REACH, last + REACH)


def _with_records(session: Session, part: Sequence[_Ref]) -> Iterator[tuple[_Ref, BillInShort]]:
    """Give services with their bills, whose records are in memory a few at a time."""
    for first in range(0, len(part), RECORDS):
        some = part[first : first + RECORDS]
        asked = select(col(BillRow.id), col(BillRow.record)).where(
            col(BillRow.id).in_({ref.kept.bill_id for ref in some})
        )
        records: dict[int | None, str] = {row.id: row.record for row in session.execute(asked)}
        bills: dict[int, BillInShort | None] = {}
        for ref in some:
            number = ref.kept.bill_id
            if number not in bills:
                bills[number] = bill_of(records.pop(number))
            if bill := bills[number]:
                yield ref, bill


def _joined(
    ref: _Ref, bill: BillInShort, load: Load, store: _Store, tolerance: Tolerance, damage: str | None
) -> Joined:
    service = bill.services[ref.number - 1]
    if damage is not None:
        return unjoined(service, damage)
    own = store.held.of(ref.account).series
    joined = store.sources.told(join(service, load.columns, tolerance), load, bill.statement_date, own)
    unsure = store.held.unsure.get(plain(service.service_account or ""))
    if unsure and joined.verdict in (Verdict.NO_DATA, Verdict.INCOMPLETE):
        which = f"{joined.reason}; of usage point {', '.join(unsure)} it has to be said whose it is"
        joined = replace(joined, reason=which)
    return joined
