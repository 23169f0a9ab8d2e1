"""What meters measured in a billing period: kWh by TOU bucket, maximum demand, and what is missing.

Billing kW is the nearest kW of the highest 15-minute interval. Of several meters the intervals are
added first: the peak is that of the sum, not the sum of peaks. Hourly readings give an hour's mean,
so only a lower bound of kW; longer ones give none. Channels are kept apart; net is computed beside
them where delivered and received are both there. Energy is integers, in thousandths of Wh.

A reading belongs where its middle lies, since clocks of meters drift by a minute.

>>> quarters = np.arange(*clock.day(dt.date(2025, 7, 7)), 900)  # 2.5 kWh in each: 10 kW
>>> load = columns.column("delivered", None, quarters, np.full(96, 900), np.full(96, 2_500_000))
>>> found = measure([load], "TOU-GS-2-E", dt.date(2025, 7, 7), dt.date(2025, 7, 7)).channels["delivered"]
>>> {bucket.tou: kwh(of) for bucket, of in found.by_bucket.items()}
{'on_peak': Decimal('50.000000'), 'off_peak': Decimal('190.000000')}
>>> found.present, found.missing, found.peak.billed_kw, found.load_factor
(96, 0, 10, Decimal('1.0000'))
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

import numpy as np

from extractor.intervals import clock, columns, tou
from extractor.intervals.columns import Column, Ints
from extractor.intervals.compared.gaps import Dated, Gap, gaps_of, of_any
from extractor.intervals.given import Channel, Quality
from extractor.intervals.tou import BUCKETS, HOUR, Bucket, Codes, UnknownHoursError

QUARTER = 900
SLOTS = (QUARTER, 1800, HOUR)
"""Lengths of intervals that demand is told from; but for the first, only a lower bound of it."""

KWH = -6
KW = -6
"""Powers of ten: thousandths of Wh in kWh, thousandths of W in kW."""

HALF_KW = 500_000
"""Thousandths of W."""

INT64 = 2**63 - 1


class Peak(NamedTuple):
    """The highest mean power of an interval, of all meters together."""

    thousandths: int
    """Of W."""
    start: int
    """When the interval began, UTC."""
    seconds: int

    @property
    def kw(self) -> Decimal:
        """The exact kW."""
        return Decimal(self.thousandths).scaleb(KW)

    @property
    def billed_kw(self) -> int:
        """The nearest kW."""
        whole = (abs(self.thousandths) + HALF_KW) // (2 * HALF_KW)
        return whole if self.thousandths > 0 else -whole

    @property
    def at(self) -> dt.datetime:
        """The local time at which the interval began."""
        return clock.local(self.start)


@dataclass(frozen=True)
class Measured:
    """One channel over a period, all meters added up."""

    thousandths: int
    """Of Wh."""
    by_bucket: Mapping[Bucket, int]
    """Thousandths of Wh; without what is `unsplit`."""
    unsplit: int
    """Thousandths of Wh in readings that lie across several buckets, so that no hour can be told."""
    present: int
    """Intervals with a reading, of each meter."""
    gaps: tuple[Gap, ...]
    estimated: int
    """Intervals that are said to be estimated."""
    rated: int
    """Intervals of which the format says how sure they are."""
    repeated: int
    """Readings left out, since another one counts for their time; in the file as a whole."""
    peak: Peak | None
    """None where readings are longer than an hour, or there are none."""
    peaks: Mapping[Bucket, Peak]
    is_lower_bound: bool
    """Whether the kW may have been higher: readings are longer than 15 minutes."""
    load_factor: Decimal | None
    """Mean power as a part of the highest; None where intervals are missing, or the sum is below zero."""

    @property
    def missing(self) -> int:
        """Intervals without a reading, of each meter."""
        return sum(gap.intervals for gap in self.gaps)

    @property
    def expected(self) -> int:
        """Intervals that there should be, of each meter: of 15 minutes 92 or 100 on some days."""
        return self.present + self.missing

    @property
    def estimated_share(self) -> Decimal | None:
        """Estimated intervals as a part of those that say how sure they are; None if none does."""
        return (Decimal(self.estimated) / self.rated).quantize(Decimal("0.0001")) if self.rated else None


@dataclass(frozen=True)
class Metered:
    """A period of one service, as its meters have it."""

    first: dt.date
    last: dt.date
    """Local days, both inclusive."""
    channels: Mapping[Channel, Measured]
    unknown_hours: str | None = None
    """Why energy is not split by TOU periods; by season it is then."""

    @property
    def present(self) -> int:
        """Readings there are."""
        return sum(one.present for one in self.channels.values())


def kwh(thousandths: int) -> Decimal:
    """Return thousandths of Wh as kWh, exactly."""
    return Decimal(thousandths).scaleb(KWH)


def measure(
    load: Sequence[Column],
    schedule: str | None,
    first: dt.date,
    last: dt.date,
    meters: Dated | None = None,
) -> Metered:
    """Return what a service's meters measured from one local day to another, both inclusive.

    Without a schedule, and with one whose hours are not known, energy is split by season only.
    `meters` says from when to when (local days, both inclusive) each meter was there, as bills do;
    None for one of which they do not say it.
    """
    begin, end = clock.period(first, last)
    codes, unknown = codes_of(schedule, first, last)
    period = _Period(begin, end, codes)
    parts: dict[Channel, list[Column]] = {}
    for column in load:
        parts.setdefault(column.channel, []).append(column.between(begin, end))
    parts = {channel: of for channel, of in parts.items() if any(len(one.starts) for one in of)}
    found = {channel: _measured(of, period, meters) for channel, of in parts.items()}
    if "net" not in found and "delivered" in found and "received" in found:
        found["net"] = _net(parts["delivered"], parts["received"], period, meters)
    return Metered(first, last, found, unknown)


class _Period(NamedTuple):
    """A span of instants and the bucket of each of its hours."""

    begin: int
    end: int
    codes: Codes


def codes_of(schedule: str | None, first: dt.date, last: dt.date) -> tuple[Codes, str | None]:
    """Return the bucket of each hour of a period; the seasons and why, where the schedule's are not known."""
    try:
        return tou.period_codes(schedule, first, last), None
    except UnknownHoursError as error:
        return tou.period_codes(None, first, last), str(error)


def _measured(parts: Sequence[Column], period: _Period, meters: Dated | None) -> Measured:
    """Return one channel's figures, from the columns of each meter within the period."""
    by_bucket, unsplit = _energy(parts, period)
    slots = _slots(parts)
    peaks = _peaks(parts, period, slots) if slots else {}
    peak = max(peaks.values(), key=lambda one: (one.thousandths, -one.start), default=None)
    total = sum(by_bucket.values()) + unsplit
    is_lower_bound = slots != QUARTER
    gaps = gaps_of(parts, period.begin, period.end, meters or {})
    return Measured(
        thousandths=total,
        by_bucket=by_bucket,
        unsplit=unsplit,
        present=sum(len(one.starts) for one in parts),
        gaps=gaps,
        estimated=sum(int((one.qualities == Quality.ESTIMATED).sum()) for one in parts),
        rated=sum(int((one.qualities != Quality.UNKNOWN).sum()) for one in parts),
        repeated=sum(one.repeated for one in parts),
        peak=peak,
        peaks=peaks,
        is_lower_bound=is_lower_bound,
        load_factor=None if is_lower_bound or gaps else load_factor(total, peak, period.end - period.begin),
    )


def _net(
    delivered: Sequence[Column],
    received: Sequence[Column],
    period: _Period,
    meters: Dated | None,
) -> Measured:
    """Return delivered less received; what either of them misses is missing."""
    turned = [replace(one, thousandths=-one.thousandths) for one in received]
    both = _measured([*delivered, *turned], period, meters)
    several = [gaps_of(parts, period.begin, period.end, meters or {}) for parts in (delivered, received)]
    counts = (sum(len(one.starts) for one in parts) for parts in (delivered, received))
    expected = [
        present + sum(gap.intervals for gap in gaps) for present, gaps in zip(counts, several, strict=True)
    ]
    found = with_gaps(both, several, max(expected))
    return replace(found, load_factor=None) if found.gaps else found


def with_gaps(measured: Measured, several: Iterable[Sequence[Gap]], expected: int) -> Measured:
    """Return a channel for which another one is needed, too: what either of them misses is missing."""
    gaps = of_any(several)
    present = max(0, expected - sum(gap.intervals for gap in gaps))
    return replace(measured, present=present, gaps=gaps)


def _energy(parts: Sequence[Column], period: _Period) -> tuple[dict[Bucket, int], int]:
    """Return thousandths of Wh by bucket, and those that no bucket can be told of."""
    found: dict[int, int] = {}
    unsplit = 0
    for part in parts:
        codes, lies_across = _buckets(part, period)
        if lies_across is not None:
            unsplit += exact_sum(part.thousandths[lies_across])
            part, codes = part._at(~lies_across), codes[~lies_across]
        for code, sums in _runs(codes, part.thousandths):
            found[code] = found.get(code, 0) + sums
    return {BUCKETS[code]: found[code] for code in sorted(found)}, unsplit


def _buckets(part: Column, period: _Period) -> tuple[Codes, columns.Bools | None]:
    """Return the bucket of each reading's middle, and which readings lie across several."""
    codes = period.codes[(part.starts + part.seconds // 2 - period.begin) // HOUR]
    if (part.starts % HOUR + part.seconds <= HOUR).all():  # the usual case: each within an hour
        return codes, None
    a_tenth = part.seconds // 10
    begins = np.clip(part.starts + a_tenth, period.begin, period.end - 1)
    ends = np.clip(part.starts + part.seconds - a_tenth - 1, period.begin, period.end - 1)
    runs = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(np.diff(period.codes) != 0)))
    across = runs[(begins - period.begin) // HOUR] != runs[(ends - period.begin) // HOUR]
    return codes, across if across.any() else None


def _runs(codes: Codes, values: Ints) -> list[tuple[int, int]]:
    """Return the bucket and the sum of each run of readings in one bucket."""
    if not len(codes):
        return []
    edges = _edges(codes)
    if _fits(values):
        sums = np.add.reduceat(values, edges).tolist()
    else:
        sums = [sum(one.tolist()) for one in np.split(values, edges[1:])]
    return list(zip(codes[edges].tolist(), sums, strict=True))


def exact_sum(values: Ints) -> int:
    """Return a sum that does not overflow, whatever a damaged file says."""
    return int(values.sum()) if _fits(values) else sum(values.tolist())


def _fits(values: Ints) -> bool:
    return not len(values) or max(int(values.max()), -int(values.min())) * len(values) <= INT64


def _slots(parts: Sequence[Column]) -> int | None:
    """Return the length of interval that power is told from: the shortest that holds every reading."""
    longest = max(part.longest for part in parts)
    return next((slot for slot in SLOTS if longest <= slot), None)


def _peaks(parts: Sequence[Column], period: _Period, seconds: int) -> dict[Bucket, Peak]:
    """Return the highest power of each bucket, the earliest of equals, of all meters' sum."""
    sums = np.zeros((period.end - period.begin) // seconds, dtype=np.int64)
    seen = np.zeros(len(sums), dtype=np.bool_)
    for part in parts:
        at = (part.starts + part.seconds // 2 - period.begin) // seconds
        if not _fits(part.thousandths):
            return {}
        if (np.diff(at) > 0).all():
            sums[at] += part.thousandths
        else:
            np.add.at(sums, at, part.thousandths)
        seen[at] = True
    slots = np.flatnonzero(seen)
    codes, values = period.codes[slots * seconds // HOUR], sums[slots]
    edges = _edges(codes)
    tops: dict[int, tuple[int, int]] = {}
    runs = (edges, codes[edges], np.maximum.reduceat(values, edges))
    for begin, code, highest in zip(*(one.tolist() for one in runs), strict=True):
        if code not in tops or highest > tops[code][0]:
            tops[code] = (highest, begin)
    found = {}
    for code, (top, first) in sorted(tops.items()):
        slot = int(slots[first + int((values[first:] == top).argmax())])
        found[BUCKETS[code]] = Peak(top * HOUR // seconds, period.begin + slot * seconds, seconds)
    return found


def _edges(codes: Codes) -> Ints:
    """Return where runs of one bucket begin."""
    return np.concatenate((np.zeros(1, dtype=np.int64), np.flatnonzero(np.diff(codes)) + 1))


def load_factor(total: int, peak: Peak | None, seconds: int) -> Decimal | None:
    """Return mean power as a part of the highest, of thousandths of Wh in so many seconds."""
    if peak is None or peak.thousandths <= 0 or total < 0:
        return None
    mean = Decimal(total) * HOUR / seconds
    return (mean / peak.thousandths).quantize(Decimal("0.0001"), ROUND_HALF_UP)
