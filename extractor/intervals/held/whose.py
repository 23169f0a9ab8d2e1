"""Whose a series is, and which series tell of one channel of one meter.

A file names a service account, an opaque usage point, a meter, or several of these. A usage point
stands for the account that feeds or a person name (`extractor.store.usage_points`); one that is not
known, or in doubt, stays its own owner. Within an account two series are of one meter if they name the
same meter or usage point. One that names neither is of the account's only meter, if it has only one;
if it has several, it tells of them all together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from sqlmodel import Session, col, select

from extractor.store.metered import IntervalSeries
from extractor.store.usage_points import Standing, plain, standings


@dataclass(frozen=True)
class Owned:
    """A series, and whose it is."""

    number: int
    """Of the series."""
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


def owned(session: Session) -> list[Owned]:
    """Return all series, and whose they are."""
    known = standings(session)
    rows = session.exec(select(IntervalSeries).order_by(col(IntervalSeries.id)))
    return list(_grouped([_owned(row, known) for row in rows]))


def of_account(session: Session, service_account: str) -> list[Owned]:
    """Return the series of a service account."""
    return [one for one in owned(session) if one.service_account == plain(service_account)]


def _owned(row: IntervalSeries, known: Mapping[str, Standing]) -> Owned:
    standing = known.get(row.usage_point or "")
    account = row.service_account or (standing.service_account if standing else None)
    meter = row.meter or (standing.meter if standing else None) or row.usage_point
    return Owned(
        number=row.id,
        bucket=row.bucket,
        channel=row.channel,
        unit=row.unit,
        service_account=account,
        owner=account or row.usage_point or row.meter or "",
        meter=meter,
    )


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
