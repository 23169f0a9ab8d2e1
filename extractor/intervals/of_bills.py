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
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import groupby
from typing import NamedTuple

from pydantic import BaseModel
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from extractor.home import Home
from extractor.intervals import clock
from extractor.intervals.compared.compare import Tolerance
from extractor.intervals.compared.verdict import Verdict
from extractor.intervals.held import months
from extractor.intervals.join import AS_TOLD, Joined, join
from extractor.intervals.loads import NOTHING, REACH, Load, Loads, loads_of
from extractor.intervals.sources import Sources, sources_of
from extractor.intervals.whose import Holdings, holdings
from extractor.model import Service
from extractor.store.current import COUNTS, Kept
from extractor.store.neighbours import parts
from extractor.store.tables import Bill as BillRow
from extractor.store.tables import Service as ServiceRow
from extractor.store.usage_points import plain

IN_MEMORY = 20_000_000
"""Bytes of services that wait for their turn in memory."""

RECORDS = 50
"""Records that are in memory at a time."""

NO_DAY = dt.date(1970, 1, 10)
"""Where no period of a part was read: nothing was metered then."""

LAST = 2**31
"""More than any bucket."""

AT_ONCE = 400
"""Services that are asked for in one question: a month of quarters of each is 1.2 million readings."""


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


class _Ref(NamedTuple):
    """A service to be joined, and the account whose readings are its meter's."""

    kept: Kept
    number: int
    account: str
    first: dt.date
    last: dt.date


class _Bill(BaseModel):
    """What of a bill's record a join needs; the places of all values are passed over."""

    issuer: str | None = None
    customer_account: str | None = None
    statement_date: dt.date | None = None
    services: tuple[Service, ...] = ()


class _Record(BaseModel):
    bill: _Bill | None = None


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
    refs = list(_refs(session, bills, store.held, all_of_them))
    refs.sort(key=lambda ref: _place(ref, store.held))
    for part in _questions(refs, store.held):
        loads = _loads(home, engine, part, store.held)
        by_account = groupby(_with_records(session, part), key=lambda pair: pair[0].account)
        with closing(loads):  # what was read goes before the next part is
            for account, services in by_account:
                load = next((load for name, load in loads if name == account), NOTHING)
                for ref, bill in services:
                    yield _of_service(ref, bill, load, store, tolerance)


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
        sides: dict[int, list[ServiceRow]] = defaultdict(list)
        asked = select(ServiceRow).where(col(ServiceRow.bill_id).in_([kept.bill_id for kept in some]))
        for row in session.exec(asked.order_by(col(ServiceRow.bill_id), col(ServiceRow.position))):
            sides[row.bill_id].append(row)
        for kept in some:
            services = sides[kept.bill_id]
            for at, row in enumerate(services):
                if kept.asked[at] and (all_of_them or kept.services[at] == COUNTS):
                    yield _ref(kept, at + 1, row, services, held)


def _ref(kept: Kept, number: int, row: ServiceRow, of_bill: Sequence[ServiceRow], held: Holdings) -> _Ref:
    last = row.period_end or dt.date.min
    return _Ref(kept, number, _account(row, of_bill, held), row.period_start or last, last)


def _account(row: ServiceRow, of_bill: Sequence[ServiceRow], held: Holdings) -> str:
    """Return the service account whose readings are a service's meter's."""
    own = plain(row.service_account or "")
    if held.of(own).series or row.pod_id is None:
        return own
    others = {plain(one.service_account or "") for one in of_bill if one.pod_id == row.pod_id} - {own}
    known = [one for one in others if held.of(one).series]
    return known[0] if len(others) == len(known) == 1 else own


def _place(ref: _Ref, held: Holdings) -> tuple[bool, int, int, str, dt.date]:
    """Return where a service's readings lie in the store; those without any come last."""
    of = held.of(ref.account)
    first = of.series[0] if of.series else None
    bucket, number = (first.bucket, first.number) if first else (LAST, 0)
    return of.is_aliased, bucket, number, ref.account, ref.first


def _questions(refs: Iterable[_Ref], held: Holdings) -> Iterator[list[_Ref]]:
    """Put services into parts, each of one bucket, those that go by several numbers apart from others."""
    for _, same in groupby(refs, key=lambda ref: _place(ref, held)[:2]):
        part = list(same)
        for first in range(0, len(part), AT_ONCE):
            yield part[first : first + AT_ONCE]


def _loads(home: Home, engine: Engine, part: Sequence[_Ref], held: Holdings) -> Loads:
    """Give the readings that services of a part need, by account, in their order."""
    accounts = {ref.account: held.of(ref.account) for ref in part}
    dated = [ref for ref in part if ref.last > dt.date.min]
    within: set[int] = set()
    for ref in dated:
        within.update(months.between(ref.first - REACH, ref.last + REACH))
    first, last = (
        min((ref.first for ref in dated), default=NO_DAY),
        max((ref.last for ref in dated), default=NO_DAY),
    )
    return loads_of(home, engine, accounts, within, clock.period(first - REACH, last + REACH))


def _with_records(session: Session, part: Sequence[_Ref]) -> Iterator[tuple[_Ref, _Bill]]:
    """Give services with their bills, whose records are in memory a few at a time."""
    for first in range(0, len(part), RECORDS):
        some = part[first : first + RECORDS]
        asked = select(BillRow.id, BillRow.record).where(
            col(BillRow.id).in_({ref.kept.bill_id for ref in some})
        )
        records: dict[int | None, str] = dict(session.exec(asked).all())
        bills: dict[int, _Bill | None] = {}
        for ref in some:
            number = ref.kept.bill_id
            if number not in bills:
                bills[number] = _Record.model_validate_json(records.pop(number)).bill
            if bill := bills[number]:
                yield ref, bill


def _of_service(ref: _Ref, bill: _Bill, load: Load, store: _Store, tolerance: Tolerance) -> OfService:
    service = bill.services[ref.number - 1]
    own = store.held.of(ref.account).series
    joined = store.sources.told(join(service, load.columns, tolerance), load, bill.statement_date, own)
    unsure = store.held.unsure.get(plain(service.service_account or ""))
    if unsure and joined.verdict in (Verdict.NO_DATA, Verdict.INCOMPLETE):
        which = f"{joined.reason}; of usage point {', '.join(unsure)} it has to be said whose it is"
        joined = replace(joined, reason=which)
    said = bill.issuer, bill.customer_account, bill.statement_date
    return OfService(ref.kept, ref.number, *said, ref.account, joined)
