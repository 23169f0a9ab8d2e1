"""Kept bills beside their meters: each service joined to the readings of its account, many at a time.

Whose readings they are: those of the service's own account by any of its numbers
(`extractor.store.numbers`); where there are none, those of the delivery that the same bill prints for the
same POD-ID, since only SCE's account has a meter and a CCA's may have a number of its own. Nothing is
followed by an address or by a name. Joined on read and never stored: what is imported later counts.

    for kept, joined in beside(home, engine, current(session), tolerance):
        joined[0].verdict, joined[0].reason
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import NamedTuple

from sqlalchemy import Engine
from sqlmodel import Session, select

from extractor.base.database import reading
from extractor.home import Home
from extractor.intervals import clock
from extractor.intervals.compared.compare import Tolerance
from extractor.intervals.compared.verdict import Verdict
from extractor.intervals.held.loads import NO_LOAD, Load, loads
from extractor.intervals.join import AS_TOLD, REACH, Joined, join
from extractor.model import Bill, ReadResult, Service
from extractor.store.current import Kept
from extractor.store.metered import IntervalImport
from extractor.store.numbers import plain

AT_ONCE = 300
"""Services whose readings are in memory at a time: about as many as have a million quarters of an hour."""


class Beside(NamedTuple):
    """A kept bill, and each of its services beside its meter; none where nothing was ever imported."""

    kept: Kept
    result: ReadResult
    joined: tuple[Joined, ...]


def beside(
    home: Home, engine: Engine, bills: Iterable[Kept], tolerance: Tolerance = AS_TOLD
) -> Iterator[Beside]:
    """Give each bill with its services joined, in the order of the bills."""
    with reading(engine) as session:
        unconfirmed = _unconfirmed(session)
    if unconfirmed is None:
        yield from alone(bills)
        return
    for part in _parts(bills):
        yield from _joined(home, engine, part, tolerance, unconfirmed)


def alone(bills: Iterable[Kept]) -> Iterator[Beside]:
    """Give bills without their meters."""
    return (Beside(kept, kept.result, ()) for kept in bills)


def load_of(home: Home, engine: Engine, bill: Bill, number: int) -> Load:
    """Return the readings of a bill's service, by its number from 1, over its period and around it."""
    service = bill.services[number - 1]
    wanted = _wanted([service])
    delivered = [] if service.role == "delivery" else _delivered(bill, service)
    found = loads(home, engine, wanted | _wanted(delivered, of=service))
    return _load(service, bill, found)


def worst(joined: Sequence[Joined]) -> Verdict | None:
    """Return what a bill comes to: the worst verdict of its services, None where nothing was joined."""
    found = {one.verdict for one in joined}
    return next((verdict for verdict in WORST_FIRST if verdict in found), None)


WORST_FIRST = (
    Verdict.DIFFERS,
    Verdict.INCOMPLETE,
    Verdict.WITHIN_TOLERANCE,
    Verdict.TIES_OUT,
    Verdict.NO_DATA,
)


def _unconfirmed(session: Session) -> set[int] | None:
    """Return the imports of formats that nobody confirmed; None where there are no imports at all."""
    rows = session.exec(select(IntervalImport.id, IntervalImport.is_confirmed)).all()
    return {number for number, is_confirmed in rows if not is_confirmed} if rows else None


def _parts(bills: Iterable[Kept]) -> Iterator[list[tuple[Kept, ReadResult]]]:
    part: list[tuple[Kept, ReadResult]] = []
    count = 0
    for kept in bills:
        result = kept.result
        part.append((kept, result))
        count += len(result.bill.services) if result.bill else 0
        if count >= AT_ONCE:
            yield part
            part, count = [], 0
    if part:
        yield part


def _joined(
    home: Home,
    engine: Engine,
    part: Sequence[tuple[Kept, ReadResult]],
    tolerance: Tolerance,
    unconfirmed: set[int],
) -> Iterator[Beside]:
    services = chain.from_iterable(result.bill.services for _, result in part if result.bill)
    found = loads(home, engine, _wanted(services))
    for kept, result in part:
        bill = result.bill
        joined = [
            _one(service, _load(service, bill, found), tolerance, unconfirmed)
            for service in (bill.services if bill else ())
        ]
        yield Beside(kept, result, tuple(joined))


def _one(service: Service, load: Load, tolerance: Tolerance, unconfirmed: set[int]) -> Joined:
    found = join(service, load.columns, tolerance)
    if not unconfirmed or service.period is None or found.channels is None:
        return found
    doubtful = load.imports(*clock.period(service.period.start, service.period.end)) & unconfirmed
    return replace(found, unconfirmed=tuple(sorted(doubtful)))


def _wanted(services: Iterable[Service], of: Service | None = None) -> dict[str, tuple[int, int]]:
    """Return the instants that are needed of each account: its periods, and what shifts of them reach."""
    found: dict[str, tuple[int, int]] = {}
    for service in services:
        period = (of or service).period
        if service.service_account is None or period is None or period.end < period.start:
            continue
        account = plain(service.service_account)
        begin, over = clock.period(period.start - REACH, period.end + REACH)
        known = found.get(account, (begin, over))
        found[account] = min(known[0], begin), max(known[1], over)
    return found


def _load(service: Service, bill: Bill | None, found: Mapping[str, Load]) -> Load:
    own = found.get(plain(service.service_account or ""))
    if own is not None or bill is None or service.role == "delivery":
        return own or NO_LOAD
    others = {plain(one.service_account or "") for one in _delivered(bill, service)}
    return found.get(others.pop(), NO_LOAD) if len(others) == 1 else NO_LOAD


def _delivered(bill: Bill, service: Service) -> list[Service]:
    """Return the deliveries of a bill at the POD-ID of another service."""
    return [
        one
        for one in bill.services
        if one.role != "generation" and one.pod_id is not None and one.pod_id == service.pod_id
    ]
