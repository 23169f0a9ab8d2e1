"""What a bill beside its meters comes to: a verdict, and the reason in one plain sentence.

ties_out          every bucket within 1 kWh, and every billed kW equal after rounding
within_tolerance  total within 0.5 %, no bucket off by more than that of the total, kW within 1
differs           anything else; a constant ratio or a clock that is off is named
incomplete        any interval of the period is missing, whatever the sums are
no_data           no reading of the period, or nothing that could be compared
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from extractor.intervals.compared.billed import OVERALL
from extractor.intervals.compared.compare import Comparison, DemandRow, Row, Tolerance
from extractor.intervals.compared.gaps import Gap, MeterDay, missing_days
from extractor.intervals.compared.ratio import Ratio
from extractor.intervals.tou import Bucket

SHOWN = 3
"""How many missing days, buckets or kW a sentence names."""


class Shift(NamedTuple):
    """What is moved so that a bill ties out: the ends of its period by days, or all readings by hours."""

    begin: int = 0
    end: int = 0
    """Days."""
    hours: int = 0


PLAIN = Shift()


class Verdict(StrEnum):
    """How a bill and its meters agree."""

    TIES_OUT = "ties_out"
    WITHIN_TOLERANCE = "within_tolerance"
    DIFFERS = "differs"
    INCOMPLETE = "incomplete"
    NO_DATA = "no_data"


def of(comparison: Comparison, tolerance: Tolerance) -> Verdict:
    """Return the verdict of one comparison."""
    if comparison.measured.missing:
        return Verdict.INCOMPLETE
    if comparison.is_tied(tolerance):
        return Verdict.TIES_OUT
    return Verdict.WITHIN_TOLERANCE if comparison.is_near(tolerance) else Verdict.DIFFERS


def tied(comparison: Comparison, shift: Shift) -> str:
    """Say that a bill ties out, and with which days."""
    which = " of every price period" if _has_periods(comparison) else ""
    kw = ", and the kW are equal" if any(one.is_charged for one in comparison.demand) else ""
    when = f" when {shifted(shift)}" if shift != PLAIN else ""
    return f"the {_channel(comparison)} kWh{which} are as billed{kw}{when}{_untold(comparison)}"


def _has_periods(comparison: Comparison) -> bool:
    """Tell whether it was by price periods that kWh were compared."""
    return comparison.is_split and any(row.bucket.tou for row in comparison.rows)


def _untold(comparison: Comparison) -> str:
    exported = comparison.exported
    if exported is None or exported.metered is not None:
        return ""
    return f"; the {_plain(exported.billed)} kWh sent back are not told by these readings"


def near(comparison: Comparison, tolerance: Tolerance, unknown_hours: str | None) -> str:
    """Say what keeps a bill within tolerance from tying out."""
    total = _total(comparison)
    off = [said for said in _off(comparison, tolerance) if said != total]
    parts = [f"{total}, within tolerance", *off, *_unsure(comparison, tolerance, unknown_hours)]
    return "; ".join(parts)


def incomplete(comparison: Comparison, shift: Shift | None, clock_off: Shift | None = None) -> str:
    """Say what is missing, by day and meter, and what would explain it."""
    measured = comparison.measured
    verb = "is" if measured.missing == 1 else "are"
    said = f"{measured.missing} of {measured.expected} intervals {verb} missing: {_days(measured.gaps)}"
    if shift is not None:
        said += f"; every price period is as billed when {shifted(shift)}"
    if clock_off is not None:
        said += f"; when {shifted(clock_off)}, none is and it ties out: the clock of the file is off"
    return said


def differing(
    comparison: Comparison, tolerance: Tolerance, ratio: Ratio | None, shift: Shift | None, nets: bool
) -> str:
    """Say by what a bill differs from its meters, and what would explain it."""
    off = "; ".join(_off(comparison, tolerance))
    if ratio is not None:
        which = " in every price period" if _has_periods(comparison) else ""
        return f"billed kWh are {times(ratio)} times the metered ones{which}, {ratio.meaning}"
    if shift is not None:
        return f"{off}; it ties out when {shifted(shift)}: the clock of the file is off"
    if nets:
        return f"{off}; the readings are net of what was sent back, and the bill is not"
    return off or _total(comparison)


def shifted(shift: Shift) -> str:
    """Say what is moved.

    >>> shifted(Shift(-1, -1)), shifted(Shift(0, 1))
    ('the period begins and ends a day earlier', 'the period ends a day later')
    >>> shifted(Shift(hours=24)), shifted(Shift(hours=-1))
    ('every reading is a day later', 'every reading is 1 hour earlier')
    """
    if shift.hours:
        return f"every reading is {_hours(shift.hours)}"
    begin, end = ({-1: "a day earlier", 0: "", 1: "a day later"}[days] for days in shift[:2])
    if begin == end:
        return f"the period begins and ends {begin}"
    moved = " and ".join(f"{verb} {when}" for verb, when in (("begins", begin), ("ends", end)) if when)
    return f"the period {moved}"


def by_chance(shift: Shift) -> str:
    """Say that the only figure there is would tie out, which proves nothing."""
    return f"; it would be as billed when {shifted(shift)}, but of one figure alone that may be chance"


def _hours(hours: int) -> str:
    count = "a day" if abs(hours) == 24 else f"{abs(hours)} hour{'s' if abs(hours) > 1 else ''}"
    return f"{count} {'later' if hours > 0 else 'earlier'}"


def times(ratio: Ratio) -> str:
    """Say how many times more is billed than metered.

    >>> from fractions import Fraction
    >>> times(Ratio(Fraction(1, 4), "")), times(Ratio(Fraction(103001, 100000), ""))
    ('1/4', '1.0300')
    """
    value = ratio.value
    return str(value) if value.denominator in (1, 2, 4, 1000) else f"{_decimal(ratio):.4f}"


def _decimal(ratio: Ratio) -> Decimal:
    return Decimal(ratio.value.numerator) / ratio.value.denominator


def _channel(comparison: Comparison) -> str:
    return {"unknown": "metered", "total": "metered"}.get(comparison.basis, comparison.basis)


def _total(comparison: Comparison) -> str:
    total = comparison.total
    return f"{_plain(total.metered)} kWh {_channel(comparison)}, {_plain(total.billed)} billed"


def _off(comparison: Comparison, tolerance: Tolerance) -> list[str]:
    """Name the buckets and the kW that are not as billed, the largest differences first."""
    rows = [row for row in comparison.rows if _is_off(row, tolerance)]
    rows.sort(key=lambda row: abs(row.difference or Decimal(0)), reverse=True)
    said = [_row(row, comparison) for row in rows[:SHOWN]]
    if not rows and _is_off(comparison.total, tolerance):
        said.append(_total(comparison))
    if comparison.exported is not None and _is_off(comparison.exported, tolerance):
        exported = comparison.exported
        said.append(f"{_plain(exported.metered)} kWh were sent back, {_plain(exported.billed)} billed")
    wrong = [one for one in comparison.demand if one.is_charged and one.fit(tolerance) in ("near", "off")]
    return said + [_kw(one) for one in wrong[:SHOWN]]


def _is_off(row: Row, tolerance: Tolerance) -> bool:
    return row.difference is not None and abs(row.difference) > tolerance.kwh


def _row(row: Row, comparison: Comparison) -> str:
    where = "" if row.bucket == OVERALL else f"{_bucket(row.bucket)}: "
    return f"{where}{_plain(row.metered)} kWh {_channel(comparison)}, {_plain(row.billed)} billed"


def _kw(row: DemandRow) -> str:
    where = "maximum demand" if row.bucket == OVERALL else f"{_bucket(row.bucket)} demand"
    at = f" ({row.peak.at:%Y-%m-%d %H:%M})" if row.peak else ""
    return f"{where}: {_plain(row.metered)} kW metered{at}, {_plain(row.billed)} billed"


def _unsure(comparison: Comparison, tolerance: Tolerance, unknown_hours: str | None) -> list[str]:
    said = []
    if not comparison.is_split:
        said.append(unknown_hours or "readings lie across price periods, so only their total is compared")
    unknown = [row for row in comparison.demand if row.is_charged and row.fit(tolerance) == "unknown"]
    bounds = [row for row in unknown if row.peak is not None]
    if bounds:
        least = bounds[0].metered
        said.append(f"kW are only known to be at least {_plain(least)}, from readings longer than 15 minutes")
    elif unknown:
        said.append("kW cannot be told from these readings")
    return said


def _bucket(bucket: Bucket) -> str:
    return " ".join(str(part).replace("_", "-") for part in bucket if part is not None)


def _days(gaps: Sequence[Gap]) -> str:
    """Name the days with gaps; many in a row as a span.

    >>> from extractor.intervals import clock; import datetime as dt
    >>> begin, end = clock.period(dt.date(2025, 7, 1), dt.date(2025, 7, 3))
    >>> _days([Gap(begin, end, 288)])
    '2025-07-01 to 2025-07-03'
    """
    spans = _runs(missing_days(gaps))
    named = [_span(run) for run in spans[:SHOWN]]
    left = len(spans) - SHOWN
    more = f" and {left} more span{'s' if left > 1 else ''}" if left > 0 else ""
    return ", ".join(named) + more


def _runs(days: Sequence[MeterDay]) -> list[list[MeterDay]]:
    """Group the days that follow one another, of one meter."""
    runs: list[list[MeterDay]] = []
    for day in sorted(days, key=lambda one: (one.meter or "", one.date)):
        before = runs[-1][-1] if runs else None
        if before and before.meter == day.meter and (day.date - before.date).days <= 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


def _span(run: Sequence[MeterDay]) -> str:
    first, last = run[0].date, run[-1].date
    meter = f" of meter {run[0].meter}" if run[0].meter else ""
    return (str(first) if first == last else f"{first} to {last}") + meter


def _plain(value: Decimal | None) -> str:
    """Write a quantity to three decimals at most, as CCAs do, without zeros behind its point.

    >>> _plain(Decimal("17922.500400")), _plain(Decimal("300"))
    ('17922.5', '300')
    """
    if value is None:
        return "unknown"
    return f"{value:.3f}".rstrip("0").rstrip(".")
