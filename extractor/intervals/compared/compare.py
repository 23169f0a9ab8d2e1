"""A bill's quantities beside those of its meters: a row for each bucket, and one for each kW.

Differences are metered less billed. Which channel a bill's kWh are (delivered, or net of what was
sent back, as under NEM) is told by the bill's own figures: the channel that fits them best is
compared. kW are those delivered, wherever that channel is there.

A CCA's kW of a season are scaled by its days when a period has two (a bill of 2019, by inference):
55.2 kW are 92 kW for 18 of 30 days. Such a figure is compared with the scaled kW too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Literal, NamedTuple

from extractor.intervals.compared.billed import OVERALL, ZERO, Billed
from extractor.intervals.compared.metered import Measured, Metered, Peak, kwh, with_gaps
from extractor.intervals.given import Channel
from extractor.intervals.tou import Bucket, season_on
from extractor.model import Season

BASES: tuple[Channel, ...] = ("delivered", "total", "unknown", "net")
"""Channels that bills count their kWh of; of those that fit alike the first."""

Fit = Literal["equal", "near", "off", "unknown"]


class Tolerance(NamedTuple):
    """How far a bill and its meters may be apart."""

    kwh: Decimal = Decimal(1)
    """Of a bucket that ties out: SCE's kWh are whole."""
    share: Decimal = Decimal("0.005")
    """Of the total that is within tolerance, and of the total by which one bucket may be off."""
    kw: Decimal = Decimal(1)
    """Of kW that are within tolerance."""


class Row(NamedTuple):
    """kWh of one bucket; metered is None where no hour of the readings can be told to be in it."""

    bucket: Bucket
    billed: Decimal
    metered: Decimal | None

    @property
    def difference(self) -> Decimal | None:
        """Metered less billed."""
        return None if self.metered is None else self.metered - self.billed


class DemandRow(NamedTuple):
    """kW of the whole period or of a price period."""

    bucket: Bucket
    billed: Decimal
    """As printed; of several figures the one that fits worst."""
    peak: Peak | None
    is_lower_bound: bool
    is_charged: bool
    scale: Fraction
    """By what the metered kW are multiplied where a CCA bills part of a period; else 1."""

    @property
    def metered(self) -> Decimal | None:
        """Billing kW as metered: the nearest kW, scaled as billed; with decimals where those are billed."""
        if self.peak is None:
            return None
        exact = rounded(self.peak.kw, self.billed)
        whole = scaled(self.peak.billed_kw, self.scale, self.billed)
        return exact if self.scale == 1 and exact == self.billed else whole

    @property
    def difference(self) -> Decimal | None:
        """Metered less billed."""
        return None if self.metered is None else self.metered - self.billed

    def fit(self, tolerance: Tolerance) -> Fit:
        """Tell whether these kW are equal, or near; a lower bound can only tell that they are off."""
        if self.peak is None or self.metered is None:
            return "unknown"
        difference = self.metered - self.billed
        if self.is_lower_bound:
            return "off" if difference > tolerance.kw else "unknown"
        if difference == 0:
            return "equal"
        return "near" if abs(difference) <= tolerance.kw else "off"


@dataclass(frozen=True)
class Comparison:
    """A bill beside one channel of its meters."""

    basis: Channel
    measured: Measured
    """The channel that is compared; missing is also what another one misses that is compared beside it."""
    rows: tuple[Row, ...]
    total: Row
    exported: Row | None
    """What was sent back, where the bill prints it; metered is None where that was not metered by itself."""
    demand: tuple[DemandRow, ...]
    is_split: bool
    """Whether kWh could be told by price period; else their total alone is compared."""

    def is_tied(self, tolerance: Tolerance) -> bool:
        """Tell whether every bucket is as billed but for rounding, and every kW equal."""
        rows = (*self.rows, *([self.exported] if self.exported and self.exported.metered is not None else []))
        return (
            self.is_split
            and all(one.difference is not None and abs(one.difference) <= tolerance.kwh for one in rows)
            and all(one.fit(tolerance) == "equal" for one in self.demand if one.is_charged)
        )

    def tells_shifts(self, tolerance: Tolerance) -> bool:
        """Tell whether there are several kWh to tie out: one alone is soon hit by chance."""
        return sum(abs(one.billed) > tolerance.kwh for one in self.rows) > 1

    def is_short_of_exported(self, tolerance: Tolerance) -> bool:
        """Tell whether the total is short of the billed one by just what was sent back."""
        if not self.exported or not self.exported.billed or self.total.metered is None:
            return False
        allowed = max(tolerance.kwh, abs(self.total.billed) * tolerance.share)
        return abs(self.total.metered + self.exported.billed - self.total.billed) <= allowed

    def is_near(self, tolerance: Tolerance) -> bool:
        """Tell whether total, buckets and kW are apart by no more than tolerated."""
        allowed = max(tolerance.kwh, abs(self.total.billed) * tolerance.share)
        rows = (self.total, *self.rows, *([self.exported] if self.exported else []))
        return all(one.difference is None or abs(one.difference) <= allowed for one in rows) and not any(
            one.fit(tolerance) == "off" for one in self.demand if one.is_charged
        )


def compare(bill: Billed, metered: Metered) -> Comparison | None:
    """Return a bill beside the channel that fits it best; None where none of them can be what it bills."""
    if bill.total is None:
        return None
    found = [_beside(bill, metered, basis) for basis in BASES if basis in metered.channels]
    return min(found, key=_apart, default=None)


def _apart(one: Comparison) -> Decimal:
    differences = [row.difference for row in one.rows if row.difference is not None]
    return sum((abs(difference) for difference in differences), abs(one.total.difference or ZERO))


def _beside(bill: Billed, metered: Metered, basis: Channel) -> Comparison:
    measured = metered.channels[basis]
    hours_known = metered.unknown_hours is None or not bill.has_price_periods
    is_split = set(bill.kwh) == {OVERALL} or (hours_known and not measured.unsplit)
    received = metered.channels.get("received")
    exported = None
    if bill.exported is not None:
        exported = Row(OVERALL, bill.exported, kwh(received.thousandths) if received else None)
    for_kw = metered.channels.get("delivered", measured)
    beside = [*([received] if exported and received else []), *([for_kw] if bill.kw else [])]
    return Comparison(
        basis,
        _complete_with(measured, beside),
        tuple(_rows(bill, measured, is_split)),
        Row(OVERALL, bill.total or ZERO, kwh(measured.thousandths)),
        exported,
        tuple(_demand(bill, metered, for_kw)),
        is_split,
    )


def _complete_with(measured: Measured, others: Sequence[Measured]) -> Measured:
    """Return a channel with what is missing of others that are compared beside it."""
    if not any(one.gaps for one in others if one is not measured):
        return measured
    every = (measured, *others)
    return with_gaps(measured, (one.gaps for one in every), max(one.expected for one in every))


def _rows(bill: Billed, measured: Measured, is_split: bool) -> Iterator[Row]:
    """Give a row for each bucket that is billed or metered, as the bill splits its kWh."""
    if not is_split:
        yield from (Row(bucket, printed, None) for bucket, printed in bill.kwh.items())
        return
    found = dict.fromkeys(bill.kwh, 0)
    for bucket, thousandths in measured.by_bucket.items():
        as_billed = _as_billed(bucket, bill)
        found[as_billed] = found.get(as_billed, 0) + thousandths
    if OVERALL in found:
        found[OVERALL] += measured.unsplit
    for bucket, thousandths in found.items():
        if thousandths or bucket in bill.kwh:
            yield Row(bucket, bill.kwh.get(bucket, ZERO), kwh(thousandths))


def _as_billed(bucket: Bucket, bill: Billed) -> Bucket:
    """Return the bucket that a bill has for a metered one: without what it does not tell apart."""
    tou = bucket.tou if bill.has_price_periods else None
    for coarser in (Bucket(None, tou), OVERALL):
        if coarser in bill.kwh:
            return coarser
    return Bucket(bucket.season, tou)


def _demand(bill: Billed, metered: Metered, measured: Measured) -> Iterator[DemandRow]:
    hours_known = metered.unknown_hours is None
    for bucket, (printed, is_charged) in bill.kw.items():
        peak = _peak(bucket, measured, hours_known)
        share = season_share(metered.first, metered.last, bucket.season) if bill.scales_kw else Fraction(1)
        rows = [
            _fitting(
                DemandRow(bucket, one, peak, measured.is_lower_bound, is_charged, scale)
                for scale in dict.fromkeys((Fraction(1), share))
            )
            for one in printed
        ]
        yield max(rows, key=_off)


def _fitting(rows: Iterator[DemandRow]) -> DemandRow:
    """Return one figure by the scale that fits it best."""
    return min(rows, key=_off)


def _off(row: DemandRow) -> Decimal:
    return abs(row.difference or ZERO)


def _peak(bucket: Bucket, measured: Measured, hours_known: bool) -> Peak | None:
    """Return the peak of a price period; None where its hours are unknown, or there are none."""
    if bucket == OVERALL:
        return measured.peak
    if not hours_known:
        return None
    peaks = [
        peak
        for (season, tou), peak in measured.peaks.items()
        if tou == bucket.tou and bucket.season in (season, None)
    ]
    return max(peaks, key=lambda one: (one.thousandths, -one.start), default=None)


@lru_cache(4096)
def season_share(first: dt.date, last: dt.date, season: Season | None) -> Fraction:
    """Return the part of a period's days that are of a season; all of them where none is said."""
    days = [first + dt.timedelta(days=day) for day in range((last - first).days + 1)]
    of_season = [day for day in days if season in (None, season_on(day))]
    return Fraction(len(of_season), len(days)) if of_season else Fraction(1)


def scaled(kw: int, scale: Fraction, like: Decimal) -> Decimal:
    """Return whole kW times a scale, rounded like a printed figure."""
    if scale == 1:
        return Decimal(kw)
    return rounded(
        Decimal(kw) * scale.numerator / scale.denominator, min(like, Decimal("0.1"), key=_exponent)
    )


def _exponent(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def rounded(value: Decimal, like: Decimal) -> Decimal:
    """Return a value with the decimals that a printed figure has, half up."""
    return value.quantize(Decimal(1).scaleb(min(0, _exponent(like))), ROUND_HALF_UP)
