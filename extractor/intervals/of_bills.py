"""Kept bills beside what the store has of their meters: each service of each bill, in few questions.

A service is joined to the readings of its service account, by whichever number the store has them. CPA may
have a number of its own: where no readings are known by it, those of the one other service of the same
bill that has the same POD-ID count. But for that, two numbers are one meter's by an alias only.

Services are asked for in the order of the store's files, so that each file is read about once however many
bills there are, and in parts: what is in memory is one part. They are given in that order.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
from extractor.intervals.held.whose import Owned
from extractor.intervals.join import AS_TOLD, Joined, join
from extractor.intervals.loads import NOTHING, REACH, Load, loads_of, series_by_account
from extractor.intervals.sources import Sources, sources_of
from extractor.model import Service
from extractor.store.current import COUNTS, Kept
from extractor.store.neighbours import parts
from extractor.store.tables import Bill as BillRow
from extractor.store.tables import Service as ServiceRow
from extractor.store.usage_points import plain, standings

RECORDS = 50
"""Records that are in memory at a time."""

AT_ONCE = 400
"""Services that are asked for in one question: of a month each they have about a million readings."""


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


@dataclass(frozen=True)
class _Held:
    """What the store says of all its readings, asked for once."""

    series: Mapping[str, Sequence[Owned]]
    """By service account."""
    unsure: Mapping[str, Sequence[str]]
    """By service account the usage points that may be its, and that feeds give to several."""
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
    held = _Held(series_by_account(session), _unsure(session), sources_of(session))
    refs = list(_refs(session, bills, held, all_of_them))
    refs.sort(key=lambda ref: _place(ref, held))
    for part in _questions(refs, held):
        loads = _loads(home, engine, part, held)
        by_account = groupby(_with_records(session, part), key=lambda pair: pair[0].account)
        for account, services in by_account:
            load = NOTHING
            if account in held.series:
                load = next((load for name, load in loads if name == account), NOTHING)
            for ref, bill in services:
                yield _of_service(ref, bill, load, held, tolerance)


def _unsure(session: Session) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for one in standings(session).values():
        if one.service_account is None:
            for account in one.named:
                found[account].append(one.usage_point)
    return found


def _refs(session: Session, bills: Iterable[Kept], held: _Held, all_of_them: bool) -> Iterator[_Ref]:
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


def _ref(kept: Kept, number: int, row: ServiceRow, of_bill: Sequence[ServiceRow], held: _Held) -> _Ref:
    last = row.period_end or dt.date.min
    return _Ref(kept, number, _account(row, of_bill, held), row.period_start or last, last)


def _account(row: ServiceRow, of_bill: Sequence[ServiceRow], held: _Held) -> str:
    """Return the service account whose readings are a service's meter's."""
    own = plain(row.service_account or "")
    if own in held.series or row.pod_id is None:
        return own
    others = {plain(one.service_account or "") for one in of_bill if one.pod_id == row.pod_id} - {own}
    known = [one for one in others if one in held.series]
    return known[0] if len(others) == len(known) == 1 else own


def _place(ref: _Ref, held: _Held) -> tuple[int, int, str, dt.date]:
    """Return where a service's readings lie in the store; those without any come last."""
    series = held.series.get(ref.account)
    if not series:
        return 2**31, 0, ref.account, ref.first
    return series[0].bucket, series[0].number, ref.account, ref.first


def _questions(refs: Iterable[_Ref], held: _Held) -> Iterator[list[_Ref]]:
    """Put services into parts, each of one bucket, and without two accounts that have a series in common."""
    part: list[_Ref] = []
    taken: dict[int, str] = {}
    bucket = -1
    for ref in refs:
        series = held.series.get(ref.account, ())
        is_other = bool(series) and series[0].bucket != bucket
        if (
            len(part) >= AT_ONCE
            or is_other
            or any(taken.get(one.number, ref.account) != ref.account for one in series)
        ):
            if part:
                yield part
            part, taken = [], {}
        part.append(ref)
        bucket = series[0].bucket if series else bucket
        taken.update((one.number, ref.account) for one in series)
    if part:
        yield part


def _loads(home: Home, engine: Engine, part: Sequence[_Ref], held: _Held) -> Iterator[tuple[str, Load]]:
    """Give the readings that services of a part need, by account, in their order."""
    wanted = {ref.account: held.series[ref.account] for ref in part if ref.account in held.series}
    dated = [ref for ref in part if ref.account in wanted and ref.last > dt.date.min]
    if not dated:
        return iter(())
    within: set[int] = set()
    for ref in dated:
        within.update(months.between(ref.first - REACH, ref.last + REACH))
    first, last = min(ref.first for ref in dated) - REACH, max(ref.last for ref in dated) + REACH
    return loads_of(home, engine, wanted, within, clock.period(first, last))


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


def _of_service(ref: _Ref, bill: _Bill, load: Load, held: _Held, tolerance: Tolerance) -> OfService:
    service = bill.services[ref.number - 1]
    joined = held.sources.told(join(service, load.columns, tolerance), load, bill.statement_date)
    unsure = held.unsure.get(plain(service.service_account or ""))
    if unsure and joined.verdict in (Verdict.NO_DATA, Verdict.INCOMPLETE):
        which = f"{joined.reason}; of usage point {', '.join(unsure)} it has to be said whose it is"
        joined = replace(joined, reason=which)
    return OfService(ref.kept, ref.number, bill.issuer, bill.customer_account, bill.statement_date, joined)
