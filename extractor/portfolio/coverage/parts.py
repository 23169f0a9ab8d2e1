"""What each half of a cycle comes to, and why, in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from extractor.portfolio.billed import OfService
from extractor.portfolio.coverage.expected import Pace
from extractor.portfolio.coverage.laid import Span
from extractor.portfolio.coverage.model import STATUSES, Cycle, History, Part, Status
from extractor.portfolio.coverage.sources import Asked, Sources, period_of, status_of
from extractor.portfolio.coverage.supply import Supplied, is_short

WORST: tuple[Status, ...] = tuple(STATUSES)


def worst(statuses: Sequence[Status]) -> Status:
    """Return the worst of some statuses."""
    if len(statuses) == 1:
        return statuses[0]
    return min(statuses, key=WORST.index)


class _Wait(NamedTuple):
    """How long the statement of a cycle is waited for."""

    status: Status
    why: str
    expected: dt.date
    late: dt.date


@dataclass(frozen=True)
class Parts:
    """What is known of a meter when its cycles are told."""

    of: Sources
    by: Pace
    asked: Asked
    billed_to: dt.date
    """Last day of the last delivery that came."""

    def cycle(self, span: Span, supply: Supplied) -> Cycle:
        """Return a cycle with both halves told."""
        delivery = self._delivery(span)
        return Cycle(span.first, span.last, delivery, self._generation(span, supply, delivery))

    def _delivery(self, span: Span) -> Part:
        if span.kind == "outside":
            return Part("closed", "billed together with days or services that are not this customer's")
        if span.kind == "away":
            return Part("closed", "not the customer's on these days, by the roster")
        if span.services:
            here = (*span.services, *span.around)
            status, why = _told(here)
            why += "".join(map(_at_once, span.around))
            return Part(status, why, here, here, tuple(span.history))
        if span.history:
            return Part("history", _of_history(span.history), history=tuple(span.history))
        return self._waited(span)

    def _waited(self, span: Span) -> Part:
        """Return the half of a cycle of which no delivery came."""
        wait = self._wait(span)
        return Part(
            wait.status,
            wait.why,
            expected=wait.expected,
            late=wait.late,
            is_assumed=span.is_assumed or self.by.is_assumed,
        )

    def _wait(self, span: Span) -> _Wait:
        expected = span.last + dt.timedelta(days=self.by.lag)
        late = expected + dt.timedelta(days=self.asked.grace + 1)
        days = f"{span.first} to {span.last}"
        about = f"about {expected}" + (", assumed" if span.is_assumed or self.by.is_assumed else "")
        if span.kind == "unbilled":
            if self.asked.today < late:
                return _Wait(
                    "expected", f"in the roster, and no bill is kept; expected {about}", expected, late
                )
            since = f" since {self.of.managed[0]}" if self.of.managed[0] else ""
            return _Wait("missing", f"in the roster{since}, and no bill is kept", expected, late)
        if span.last <= self.billed_to:
            return _Wait("missing", f"nothing bills {days}, and later days are billed", expected, late)
        if self.asked.today < late:
            return _Wait("expected", f"the statement of {days} is expected {about}", expected, late)
        over = (self.asked.today - expected).days
        return _Wait("late", f"the statement of {days} was expected {about}, {over} days ago", expected, late)

    def _generation(self, span: Span, supply: Supplied, delivery: Part) -> Part:
        part = self._supplied(span, supply, delivery)
        if supply.services or not supply.around:
            return part
        why = part.why + "".join(map(_at_once, supply.around))
        return part._replace(why=why, services=(*part.services, *supply.around), here=tuple(supply.around))

    def _supplied(self, span: Span, supply: Supplied, delivery: Part) -> Part:
        if supply.services:
            return self._billed(span, supply)
        if span.kind in ("outside", "away"):
            return Part("closed", delivery.why)
        if supply.history:
            return Part("history", _of_history(supply.history), history=tuple(supply.history))
        if supply.is_outside:
            return Part("closed", "billed on a statement that is not wholly this customer's")
        if supply.seller == "SCE":
            return Part("bundled", "SCE sells the energy: it is billed together with its delivery")
        if supply.seller == "direct":
            return Part("none", "Direct Access: the supplier bills on its own")
        if rows := [row for row in delivery.history if row.role == "bundled" and not delivery.services]:
            return Part("history", _of_history(rows), history=tuple(rows))
        if supply.seller == "unknown":
            return Part("none", "neither a bill nor the roster says who sells the energy")
        if not delivery.services and not delivery.history:
            return Part(
                delivery.status,
                delivery.why,
                expected=delivery.expected,
                late=delivery.late,
                is_assumed=delivery.is_assumed,
            )
        return self._unsupplied(delivery)

    def _unsupplied(self, delivery: Part) -> Part:
        """Return the generation of a cycle whose delivery is kept without it."""
        doubtful = [one for one in delivery.services if not one.bill.is_trusted]
        if doubtful and len(doubtful) == len(delivery.services):
            return Part("review", f"whether it is on the statement is to be seen: {delivery.why}")
        seller = self.of.provider if self.of.provider not in (None, "SCE") else "a supplier"
        return Part("missing", f"SCE only delivers, and no charges of {seller} came: {delivery.why}")

    def _billed(self, span: Span, supply: Supplied) -> Part:
        services = (*supply.services, *supply.around)
        status, why = _told(services)
        if supply.seller == "SCE":
            why += "; its delivery is bundled too: billed twice, or the schedule changed within"
        elif is_short(supply, (span.first, span.last)):
            status = worst([status, "missing"])
            why += f"; {supply.uncovered} of the cycle's days have no generation"
        for one in supply.services:
            period = period_of(one)
            if one not in supply.here:
                why += (
                    f"; billed for {period.first} to {period.last} at once, its dollars stand"
                    f" in {supply.elsewhere[one.id]:%Y-%m}"
                )
            elif period.first < span.first - dt.timedelta(days=7):
                why += _at_once(one)
        why += "".join(map(_at_once, supply.around))
        return Part(status, why, services, (*supply.here, *supply.around), tuple(supply.history))


def _at_once(one: OfService) -> str:
    period = period_of(one)
    return f"; bills {period.first} to {period.last} at once, all its dollars stand here"


def _told(services: Sequence[OfService]) -> tuple[Status, str]:
    """Return what some services make of their half: the worst of them."""
    if len(services) == 1:
        return status_of(services[0])
    if (back := _taken_back(services)) is not None:
        on = f"the statement of {back.bill.statement_date or 'an unknown day'} ({back.bill.name})"
        return "missing", f"{on} takes all its charges back, and nothing bills them anew"
    told = [status_of(one) for one in services]
    return worst([status for status, _ in told]), "; ".join(dict.fromkeys(why for _, why in told))


def _taken_back(services: Sequence[OfService]) -> OfService | None:
    """Return the last of some services of which each has its charges taken back by another's; else None."""
    if len(services) % 2 or not all(one.counts for one in services):
        return None
    left: list[OfService] = []
    by_statement = sorted(services, key=lambda one: (one.bill.statement_date or dt.date.min, one.id))
    for one in by_statement:
        other = next((e for e in left if e.total and one.total == -e.total and e.bill != one.bill), None)
        if other is None:
            left.append(one)
        else:
            left.remove(other)
    return by_statement[-1] if services and not left else None


def _of_history(rows: Sequence[History]) -> str:
    said = [
        f"{row.first} to {row.last}: {'-' if row.kwh is None else f'{row.kwh.normalize():f}'} kWh"
        for row in rows
    ]
    return f"billing history says, and no bill is kept: {'; '.join(said)}"
