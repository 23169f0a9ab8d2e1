"""Services of one meter that bill the same days: what has its place taken, and what a person is asked.

All that shares days with a service is looked at, and what shares days with that: so what counts is the same
in whatever order the files came.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from sqlmodel import Session

from extractor.sameness import Relation, meet, relation, takes_back
from extractor.store import neighbours
from extractor.store.around import Around, Standing, Told
from extractor.store.neighbours import Placed, Side
from extractor.store.questions import in_order, pair_name


def of_services(session: Session, own: Sequence[Side], around: Around) -> Iterator[tuple[int, Told]]:
    """Say where services stand, and all whose days they share, directly or by others between."""
    for sides in _by_meter(_reached(session, own, around)).values():
        yield from _of_meter(sides, around)


def _reached(session: Session, own: Sequence[Side], around: Around) -> Collection[Side]:
    """Return services, and all that share days with them or with one that does, and so on."""
    reached = {side.id: side for side in own}
    edge = list(own)
    while edge:
        beside = _by_meter(edge)
        near = neighbours.neighbours(session, edge, around.same)
        edge = [
            side
            for side in near
            if side.id not in reached
            and any(_share_days(side, other) for other in beside.get(side.meter, ()))
        ]
        reached.update({side.id: side for side in edge})
        around.know(side.bill_id for side in edge)
        edge = [side for side in edge if around.of_bill(side.bill_id) == "counts"]
    return reached.values()


def _by_meter(sides: Iterable[Side]) -> dict[tuple[str, str | None, str], list[Side]]:
    found: dict[tuple[str, str | None, str], list[Side]] = defaultdict(list)
    for side in sides:
        found[side.meter].append(side)
    return found


def _of_meter(sides: Sequence[Side], around: Around) -> Iterator[tuple[int, Told]]:
    """Say where services of a meter stand: as their bills, or by what others of their days make of them.

    What has its place taken by another one is out, whatever else shares its days: nothing is asked of it.
    """
    placed = [side for side in sides if around.of_bill(side.bill_id) == "counts"]
    placed.sort(key=lambda side: _latest_first(side, around))
    beside = {
        side.id: [
            (_beside(side, other, placed, around), other.id) for other in placed if _share_days(side, other)
        ]
        for side in placed
    }
    out = _out(beside)
    for side in sides:
        yield side.id, _standing(side, beside, out, around)


def _standing(
    side: Side, beside: Mapping[int, Sequence[tuple[Standing, int]]], out: Mapping[int, Told], around: Around
) -> Told:
    of_bill = around.of_bill(side.bill_id)
    if of_bill != "counts":
        return of_bill, None
    if side.id in out:
        return out[side.id]
    left = [other for standing, other in beside[side.id] if standing != "counts" and other not in out]
    return ("undecided", left[0]) if left else ("counts", None)


def _out(beside: Mapping[int, Sequence[tuple[Standing, int]]]) -> dict[int, Told]:
    """Return the services whose place another one has, by what in the end has not lost its own.

    Where people's answers lead round in a circle, none is out: they are asked again.
    """
    takers = {
        number: [(standing, other) for standing, other in found if standing in ("duplicate", "replaced")]
        for number, found in beside.items()
    }
    stands = {number for number, found in takers.items() if not found}
    out: dict[int, Told] = {}
    while found := {
        number: next(one for one in of if one[1] in stands or one[1] in out)
        for number, of in takers.items()
        if number not in out and any(other in stands or other in out for _, other in of)
    }:
        out.update(found)
    return out


def _latest_first(side: Side, around: Around) -> tuple[int, str, int, int]:
    """Return what services are put in order by, in whatever order their files came."""
    bill = around.bills[side.bill_id]
    return -(bill.statement_date or dt.date.min).toordinal(), bill.values, side.position, side.id


def _beside(side: Side, other: Side, placed: Sequence[Side], around: Around) -> Standing:
    mine, theirs = around.bills[side.bill_id], around.bills[other.bill_id]
    earlier, later = in_order(side, other, around.bills)
    said = around.answers.get(pair_name(earlier, later, around.bills))
    if said is None and mine.is_trusted and not theirs.is_trusted:
        return "counts"
    which = said or _relation(earlier, later, placed, around)
    is_later = side is later
    match which:
        case None | "adds":
            return "counts"
    if said is None and theirs.is_trusted and not mine.is_trusted:
        return "undecided"  # what is in doubt takes no place of what is proven, unless a person says so
    match which:
        case "duplicate":
            return "counts" if side is _combined(earlier, later, around.bills) else "duplicate"
        case "replaces":
            return "counts" if is_later else "replaced"
    return "undecided"


def _relation(earlier: Side, later: Side, placed: Sequence[Side], around: Around) -> Relation | None:
    """Return what the later is to the earlier, whose days another service of its bill may take back."""
    found = relation(around.block(earlier), around.block(later))
    if found in ("replaces", "undecided") and any(
        takes_back(around.block(earlier).service, around.block(one).service)
        for one in placed
        if one.bill_id == later.bill_id and one is not later and _share_days(one, earlier)
    ):
        return "adds"
    return found


def _combined(earlier: Side, later: Side, bills: dict[int, Placed]) -> Side:
    """Return which of two like blocks is counted.

    It is the one that may be trusted, else that on the bill that all is paid by, else the later.
    """
    trusted = [side for side in (earlier, later) if bills[side.bill_id].is_trusted]
    if len(trusted) == 1:
        return trusted[0]
    issued = [side for side in (earlier, later) if bills[side.bill_id].issuer != side.provider]
    return issued[0] if len(issued) == 1 else later


def _share_days(one: Side, other: Side) -> bool:
    if one.bill_id == other.bill_id or meet(one.role, (one.start, one.end), (other.start, other.end)):
        return False
    return one.start <= other.end and other.start <= one.end
