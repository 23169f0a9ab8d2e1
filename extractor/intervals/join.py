"""A billed service beside its meters: do the readings add up to the bill, and if not, why?

The period is [local midnight of its first day, local midnight after its last). Where that does not
tie out, its ends are tried a day earlier and a day later (CPA's periods of 2019 overlap by a day),
and the readings too (a file may be labelled a day off, which moves weekends with it): the first shift
that ties out completely is kept and said, unless the bill has one figure only, which may be hit by chance.
A clock that is off by hours, and a constant ratio, are named where the bill differs; the clock also where
readings are missing that would be there then. What was printed is never changed by any of this.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

from extractor.intervals import clock, tou
from extractor.intervals.columns import Column
from extractor.intervals.compared import ratio as ratios
from extractor.intervals.compared import verdict
from extractor.intervals.compared.billed import Billed, billed
from extractor.intervals.compared.compare import BASES, Comparison, DemandRow, Row, Tolerance, compare
from extractor.intervals.compared.gaps import Dated, MeterDay, Span, missing_days
from extractor.intervals.compared.metered import Measured, Metered, exact_sum, kwh
from extractor.intervals.compared.ratio import Ratio
from extractor.intervals.compared.repriced import Expected, repriced
from extractor.intervals.compared.unbroken import measured
from extractor.intervals.compared.verdict import PLAIN, Shift, Verdict
from extractor.intervals.given import Channel
from extractor.intervals.tou import BUCKETS, HOUR, UnknownHoursError
from extractor.model import Service

SHIFTS = (
    *(Shift(*days) for days in ((-1, -1), (1, 1), (0, -1), (0, 1), (-1, 0), (1, 0), (-1, 1), (1, -1))),
    *(Shift(hours=hours) for hours in (-24, 24)),
)
"""Moves by a day that keep a bill tied out, the likelier first."""

CLOCKS = tuple(Shift(hours=hours) for hours in (1, -1, 7, 8, -7, -8))
"""Moves that show a file's clock to be off: by daylight saving time, or local time labelled UTC."""

REACH = dt.timedelta(days=3)
"""More than any shift reaches."""

AS_TOLD = Tolerance()


@dataclass(frozen=True)
class Joined:
    """One service of a bill, and its meters over the same period."""

    service_account: str | None
    provider: str | None
    role: str | None
    rate_schedule: str | None
    first: dt.date | None
    last: dt.date | None
    """Local days as printed, both inclusive."""
    verdict: Verdict
    reason: str
    """One sentence for a person."""
    shift: Shift = PLAIN
    """What is moved by a day so that it ties out; the figures are those after the move."""
    basis: Channel | None = None
    """The channel that the bill's kWh are."""
    energy: tuple[Row, ...] = ()
    total: Row | None = None
    exported: Row | None = None
    demand: tuple[DemandRow, ...] = ()
    charges: tuple[Expected, ...] = ()
    ratio: Ratio | None = None
    clock_off: Shift | None = None
    """Hours by which every reading would have to be moved to tie out; the figures are those without."""
    measured: Measured | None = None
    """The channel that is compared; missing is also what another one misses that is compared beside it."""
    channels: Mapping[Channel, Measured] | None = None
    """Each channel by itself, as metered."""
    missing: tuple[MeterDay, ...] = ()
    assumed: tuple[str, ...] = ()
    """What is only assumed of the schedule's hours: the sources it rests on."""
    unconfirmed: tuple[int, ...] = ()
    """Imports among those of the readings whose format nobody has confirmed."""
    is_damaged: bool = False
    """Whether a file that may have its readings is lost or altered, so that none of them are told."""
    is_provisional: bool = False
    """Whether readings were imported before the bill was made, and may have been edited for it."""

    @property
    def days(self) -> tuple[dt.date, dt.date] | None:
        """The first and the last local day of the readings that are compared, before any of them is moved."""
        if self.first is None or self.last is None:
            return None
        begin, end = (by - self.shift.hours // 24 for by in (self.shift.begin, self.shift.end))
        return self.first + dt.timedelta(days=begin), self.last + dt.timedelta(days=end)

    @property
    def estimated_share(self) -> Decimal | None:
        """Estimated intervals as a part of those that say how sure they are."""
        return None if self.measured is None else self.measured.estimated_share


@dataclass(frozen=True)
class _Case:
    """What is joined."""

    service: Service
    bill: Billed
    load: Sequence[Column]
    first: dt.date
    last: dt.date
    tolerance: Tolerance

    @cached_property
    def near(self) -> list[Column]:
        """The readings of the period and of as much around it as shifts reach."""
        begin, end = clock.period(self.first - REACH, self.last + REACH)
        return [one.between(begin, end) for one in self.load]

    @cached_property
    def schedule(self) -> str | None:
        """The schedule, where the bill has price periods of energy or demand; else the seasons do."""
        timed = self.bill.has_price_periods or any(bucket.tou for bucket in self.bill.kw)
        return (self.service.rate_schedule or "") if timed else None

    def days(self, shift: Shift) -> tuple[dt.date, dt.date]:
        """Return the first and the last day of the period, as moved."""
        return self.first + dt.timedelta(days=shift.begin), self.last + dt.timedelta(days=shift.end)

    def could_tie(self, shift: Shift) -> bool:
        """Tell by the totals of the channels alone whether a shift could tie out: most cannot."""
        first, last = self.days(shift)
        if last < first or self.bill.total is None:
            return False
        begin, end = (at - shift.hours * HOUR for at in clock.period(first, last))
        totals = dict.fromkeys((*BASES, "received"), 0)
        for one in self.near:
            totals[one.channel] += exact_sum(one.between(begin, end).thousandths)
        found = [*totals.values(), totals["delivered"] - totals["received"]]
        rounding = self.tolerance.kwh * len(BUCKETS)
        return any(abs(kwh(one) - self.bill.total) <= rounding for one in found)

    def metered(self, shift: Shift = PLAIN) -> Metered:
        """Return the meters' figures of the period, with its ends or the readings moved."""
        first, last = self.days(shift)
        load = [one.later(shift.hours * HOUR) for one in self.near] if shift.hours else self.load
        return measured(load, self.schedule, first, last, _meters(self.service))


def join(service: Service, load: Sequence[Column], tolerance: Tolerance = AS_TOLD) -> Joined:
    """Return a service beside the readings of its account, of whichever time they are."""
    period, bill = service.period, billed(service)
    if period is None:
        return _joined(service, Verdict.NO_DATA, "the billing period was not read")
    if period.end < period.start:
        return _joined(service, Verdict.NO_DATA, "the billing period as printed ends before it begins")
    if bill.total is None:
        return _joined(service, Verdict.NO_DATA, "the bill prints no kWh")
    case = _Case(service, bill, load, period.start, period.end, tolerance)
    metered = case.metered()
    comparison = compare(bill, metered)
    if comparison is None:
        return _joined(service, Verdict.NO_DATA, _nothing(metered))
    return _judged(case, metered, comparison)


def unjoined(service: Service, damage: str) -> Joined:
    """Return a service beside nothing, as a file that may have readings of it is lost or altered."""
    return replace(_joined(service, Verdict.INCOMPLETE, damage), is_damaged=True)


def _nothing(metered: Metered) -> str:
    if metered.present:
        return "only what was sent back was metered in this period"
    return "there are no readings of this period"


def _judged(case: _Case, metered: Metered, comparison: Comparison) -> Joined:
    found = verdict.of(comparison, case.tolerance)
    match found:
        case Verdict.TIES_OUT:
            return _full(case, metered, comparison, found, verdict.tied(comparison, PLAIN))
        case Verdict.INCOMPLETE:
            tying = _tying_shift(case)
            shift = tying[0] if tying and tying[2].tells_shifts(case.tolerance) else None
            clock_off = None if tying else _tying_clock(case, wholly=True)
            reason = verdict.incomplete(comparison, shift, clock_off)
            return _full(case, metered, comparison, found, reason, clock_off=clock_off)
    return _moved(case, metered, comparison, found)


def _moved(case: _Case, metered: Metered, comparison: Comparison, found: Verdict) -> Joined:
    """Return what ties out by a day's move; else what was found without one."""
    tying = _tying_shift(case)
    if tying and tying[2].tells_shifts(case.tolerance):
        shift, metered, comparison = tying
        reason = verdict.tied(comparison, shift)
        return _full(case, metered, comparison, Verdict.TIES_OUT, reason, shift=shift)
    if found == Verdict.WITHIN_TOLERANCE:
        reason = verdict.near(comparison, case.tolerance, metered.unknown_hours)
        joined = _full(case, metered, comparison, found, reason)
    else:
        joined = _differing(case, metered, comparison)
    return replace(joined, reason=joined.reason + verdict.by_chance(tying[0])) if tying else joined


def _differing(case: _Case, metered: Metered, comparison: Comparison) -> Joined:
    rows = comparison.rows if comparison.is_split else (comparison.total,)
    pairs = [(row.billed, row.metered) for row in rows if row.metered is not None]
    ratio = ratios.named(pairs, case.tolerance.kwh)
    clock_off = None if ratio else _tying_clock(case)
    nets = comparison.basis == "net" and comparison.is_short_of_exported(case.tolerance)
    reason = verdict.differing(comparison, case.tolerance, ratio, clock_off, nets)
    return _full(case, metered, comparison, Verdict.DIFFERS, reason, ratio=ratio, clock_off=clock_off)


def _tying_shift(case: _Case) -> tuple[Shift, Metered, Comparison] | None:
    """Return the first shift by a day that is complete and ties out."""
    for shift in SHIFTS:
        if not case.could_tie(shift):
            continue
        metered = case.metered(shift)
        comparison = compare(case.bill, metered)
        if comparison and verdict.of(comparison, case.tolerance) == Verdict.TIES_OUT:
            return shift, metered, comparison
    return None


def _tying_clock(case: _Case, wholly: bool = False) -> Shift | None:
    """Return the hours by which all readings are to be moved to tie out; `wholly`: with none missing then."""
    for shift in CLOCKS:
        if not case.could_tie(shift):
            continue
        comparison = compare(case.bill, case.metered(shift))
        if comparison is None or (wholly and comparison.measured.missing):
            continue
        if comparison.is_tied(case.tolerance) and comparison.tells_shifts(case.tolerance):
            return shift
    return None


def _meters(service: Service) -> Dated:
    """Return the bill's meters, and from when to when each was there as far as the bill says it."""
    found: dict[str, Span | None] = {}
    for meter in service.meters:
        span = (meter.start, meter.end) if meter.start and meter.end else None
        before = found.get(meter.number, span)
        found[meter.number] = (min(before[0], span[0]), max(before[1], span[1])) if before and span else None
    return found


def _joined(service: Service, found: Verdict, reason: str) -> Joined:
    period = service.period
    return Joined(
        service_account=service.service_account,
        provider=service.provider,
        role=service.role,
        rate_schedule=service.rate_schedule,
        first=period.start if period else None,
        last=period.end if period else None,
        verdict=found,
        reason=reason,
    )


def _full(
    case: _Case,
    metered: Metered,
    comparison: Comparison,
    found: Verdict,
    reason: str,
    shift: Shift = PLAIN,
    ratio: Ratio | None = None,
    clock_off: Shift | None = None,
) -> Joined:
    return replace(
        _joined(case.service, found, reason),
        shift=shift,
        basis=comparison.basis,
        energy=comparison.rows,
        total=comparison.total,
        exported=comparison.exported,
        demand=comparison.demand,
        charges=repriced(case.service, comparison),
        ratio=ratio,
        clock_off=clock_off,
        measured=comparison.measured,
        channels=metered.channels,
        missing=missing_days(comparison.measured.gaps),
        assumed=_assumed(case),
    )


def _assumed(case: _Case) -> tuple[str, ...]:
    if case.schedule is None:
        return ()
    try:
        return tou.assumptions(case.schedule, case.first, case.last)
    except UnknownHoursError:
        return ()
