"""A billing period's load: the kW of each interval over local time, and billed beside metered kWh.

Price periods lie behind the curve as bands, what is missing is hatched, the peak is marked. What was sent
back is drawn below zero, by itself. Time runs as it passes: on days that clocks change a day is an hour
shorter or longer. Readings longer than 15 minutes are drawn as what they are, means.
"""

from __future__ import annotations

import datetime as dt
import textwrap
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from extractor.intervals import clock, tou
from extractor.intervals.columns import Column
from extractor.intervals.compared.billed import OVERALL
from extractor.intervals.compared.compare import Row
from extractor.intervals.given import Channel
from extractor.intervals.join import Joined
from extractor.intervals.pictures.saving import new_figure
from extractor.intervals.tou import BUCKETS, HOUR, Bucket, UnknownHoursError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Floats = npt.NDArray[np.float64]

QUARTER = 900
THOUSANDTHS_OF_KWH = 1_000_000
LINE = 160
"""Characters of the verdict's sentence in one line."""

CURVE, SENT_BACK, BILLED, METERED = "#0b3c6f", "#009e73", "#b0b0b0", "#0b6fb8"
BANDS = {"on_peak": "#e69f00", "mid_peak": "#f6df6f", "off_peak": "#ffffff", "super_off_peak": "#bfe3f7"}
"""Colours that are told apart by the colour-blind (Okabe and Ito)."""

MISSING, UNTOLD = "#d55e00", "not known"
LEGIBLE = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1.5}
"""What lies behind words, so that they are read on bands and hatches."""


class Band(NamedTuple):
    """A run of hours of one price period."""

    begin: int
    end: int
    """Instants, the end exclusive."""
    tou: str


def load_curve(joined: Joined, load: Sequence[Column], heading: str) -> Figure:
    """Return the picture of a service and its readings over its billing period.

    Raises:
        ValueError: if its billing period was not read.
    """
    if joined.first is None or joined.last is None:
        raise ValueError("a service without a billing period has no picture")
    load = [one.later(joined.shift.hours * HOUR) for one in load] if joined.shift.hours else load
    begin, end = clock.period(*_days(joined))
    figure = new_figure(14, 6)
    curve, bars = figure.subplots(1, 2, width_ratios=[4, 1])
    _draw_bands(curve, joined)
    _draw_load(curve, joined, load, begin, end)
    _draw_gaps(curve, joined, load, begin, end)
    _draw_days(curve, begin, end)
    _draw_bars(bars, joined)
    figure.suptitle(f"{heading}\n{verdict_line(joined)}", fontsize=10, x=0.01, ha="left")
    return figure


def verdict_line(joined: Joined) -> str:
    """Return the verdict and its reason, in as many lines as it takes."""
    said = f"{joined.verdict.replace('_', ' ')}: {joined.reason}"
    if joined.assumed:
        said += "; the hours of the schedule are assumed"
    return textwrap.fill(said, LINE, break_on_hyphens=False)


def _days(joined: Joined) -> tuple[dt.date, dt.date]:
    """Return the first and the last day that are drawn: those of the bill, moved as the join moved them."""
    assert joined.first is not None
    assert joined.last is not None
    first, last = (
        day + dt.timedelta(days=by)
        for day, by in ((joined.first, joined.shift.begin), (joined.last, joined.shift.end))
    )
    return first, last


def bands(joined: Joined) -> list[Band]:
    """Return a bill's price periods in order; none where it prints none, or their hours are unknown."""
    if not any(row.bucket.tou for row in joined.energy) and not any(row.bucket.tou for row in joined.demand):
        return []
    first, last = _days(joined)
    try:
        codes = tou.period_codes(joined.rate_schedule or "", first, last)
    except UnknownHoursError:
        return []
    begin, _ = clock.period(first, last)
    edges = [0, *(np.flatnonzero(np.diff(codes)) + 1).tolist(), len(codes)]
    runs = pairwise(edges)
    return [
        Band(begin + one * HOUR, begin + other * HOUR, str(BUCKETS[int(codes[one])].tou))
        for one, other in runs
        if other > one
    ]


def power(load: Sequence[Column], channel: Channel, begin: int, end: int) -> tuple[int, Floats]:
    """Return the seconds of a slot, and the mean kW of each slot between two instants; NaN where none is.

    Of several meters the kW are added.
    """
    parts = [one.between(begin, end) for one in load if one.channel == channel]
    parts = [one for one in parts if len(one.starts)]
    slot = min((int(one.seconds.min()) for one in parts), default=QUARTER)
    sums = np.zeros(-(-(end - begin) // slot))
    seen = np.zeros(len(sums), dtype=np.bool_)
    for one in parts:
        for at, kw in _slots(one, begin, slot, len(sums)):
            np.add.at(sums, at, kw)
            seen[at] = True
    return slot, np.where(seen, sums, np.nan)


def _slots(one: Column, begin: int, slot: int, count: int) -> Iterator[tuple[npt.NDArray[np.int64], Floats]]:
    """Give the slots that readings lie in and their mean kW, a longer one in each of its slots."""
    kw = one.thousandths / THOUSANDTHS_OF_KWH * HOUR / one.seconds
    first = (one.starts - begin + slot // 2) // slot
    lengths = np.maximum((one.seconds + slot // 2) // slot, 1)
    for step in range(int(lengths.max(initial=0))):
        at = first + step
        there = (lengths > step) & (at >= 0) & (at < count)
        yield at[there], kw[there]


def _draw_bands(axes: Axes, joined: Joined) -> None:
    named: set[str] = set()
    for band in bands(joined):
        if band.tou in BANDS:
            label = None if band.tou in named else band.tou.replace("_", "-")
            named.add(band.tou)
            colour = BANDS[band.tou]
            axes.axvspan(
                band.begin,
                band.end,
                fc=colour,
                ec="#8a8a8a" if label else "none",
                alpha=0.35,
                lw=0.3 if label else 0,
                label=label,
            )


def _draw_load(axes: Axes, joined: Joined, load: Sequence[Column], begin: int, end: int) -> None:
    taken: Channel = "delivered"
    if not any(one.channel == "delivered" for one in load) and joined.basis is not None:
        taken = joined.basis
    slot, kw = power(load, taken, begin, end)
    if not np.isnan(kw).all():
        mean = "" if slot <= QUARTER else f", means of {slot // 60} minutes"
        _steps(axes, begin, slot, kw, f"{taken} kW{mean}", CURVE)
    if any(one.channel == "received" for one in load):
        slot, back = power(load, "received", begin, end)
        _steps(axes, begin, slot, -back, "sent back kW, below zero", SENT_BACK)
    axes.axhline(0, color="black", lw=0.6)
    axes.set_ylabel("kW")
    _mark_peak(axes, joined)
    is_below = bool(np.nanmin(kw, initial=0) < 0) or any(one.channel == "received" for one in load)
    if np.isnan(kw).all() and not is_below:
        where = axes.transAxes
        axes.text(0.5, 0.5, "no readings", transform=where, ha="center", fontsize=16, bbox=LEGIBLE)
        axes.set_yticks([])
    if not is_below:
        axes.set_ylim(bottom=0)


def _steps(axes: Axes, begin: int, slot: int, kw: Floats, label: str, colour: str) -> None:
    edges = begin + slot * np.arange(len(kw) + 1)
    axes.stairs(kw, edges, baseline=None, color=colour, lw=0.9, label=label)


def _mark_peak(axes: Axes, joined: Joined) -> None:
    delivered = (joined.channels or {}).get("delivered", joined.measured)
    peak = delivered.peak if delivered else None
    if peak is None:
        return
    kw = float(peak.kw)
    bound = "at least " if delivered and delivered.is_lower_bound else ""
    at = peak.start + peak.seconds / 2
    axes.plot([at], [kw], marker="v", color="black", ms=6)
    left, right = axes.get_xlim()
    beyond = at > (left + right) / 2
    axes.annotate(
        f"{bound}{peak.kw:.1f} kW, {peak.at:%b %-d %H:%M}",
        (at, kw),
        xytext=(-8 if beyond else 8, 6),
        textcoords="offset points",
        ha="right" if beyond else "left",
        fontsize=9,
        bbox=LEGIBLE,
    )
    axes.margins(y=0.12)


def _draw_gaps(axes: Axes, joined: Joined, load: Sequence[Column], begin: int, end: int) -> None:
    label: str | None = "missing"
    for first, last in _missing(joined, load, begin, end):
        axes.axvspan(first, last, facecolor="none", edgecolor=MISSING, hatch="////", lw=0.5, label=label)
        middle = (first + last) / 2  # the mark is there so that a quarter of an hour is seen, too
        axes.plot(
            [middle], [1], "v", color=MISSING, ms=5, clip_on=False, transform=axes.get_xaxis_transform()
        )
        label = None
    axes.legend(loc="upper left", bbox_to_anchor=(0, -0.08), ncols=7, frameon=False, fontsize=8)


def _missing(joined: Joined, load: Sequence[Column], begin: int, end: int) -> list[tuple[int, int]]:
    """Return what no reading covers: all of the period where there are none."""
    if not any(len(one.between(begin, end).starts) for one in load):
        return [(begin, end)]
    gaps = joined.measured.gaps if joined.measured else ()
    return [(max(gap.begin, begin), min(gap.end, end)) for gap in gaps]


def _draw_days(axes: Axes, begin: int, end: int) -> None:
    """Name the days at their local midnights, as many as have room."""
    axes.set_xlim(begin, end)
    first, last = clock.local(begin).date(), clock.local(end - 1).date()
    days = [first + dt.timedelta(days=day) for day in range((last - first).days + 1)]
    every = max(1, -(-len(days) // 16))
    axes.set_xticks([clock.midnight(day) for day in days], minor=True)
    named = days[::every]
    axes.set_xticks([clock.midnight(day) for day in named], [f"{day:%b %-d}\n{day:%a}" for day in named])
    axes.tick_params(axis="x", labelsize=8)
    for day in days:
        midnight, next_midnight = clock.day(day)
        if next_midnight - midnight != 24 * HOUR:
            said = f"{(next_midnight - midnight) // HOUR} h"
            middle = (midnight + next_midnight) / 2
            axes.axvline(middle, 0, 0.03, color="black", lw=0.8)
            axes.text(middle, 0.04, said, transform=axes.get_xaxis_transform(), ha="center", fontsize=7)


def _draw_bars(axes: Axes, joined: Joined) -> None:
    rows = [row for row in joined.energy if row.bucket != OVERALL] or list(joined.energy)
    if joined.exported is not None:
        rows.append(Row(SENT, joined.exported.billed, joined.exported.metered))
    places = np.arange(len(rows))[::-1]
    if not rows:
        axes.text(0.5, 0.5, "nothing to compare", transform=axes.transAxes, ha="center", color="grey")
        axes.set_axis_off()
        return
    sides: tuple[tuple[str, float, str, list[Decimal | None]], ...] = (
        ("billed", 0.2, BILLED, [row.billed for row in rows]),
        ("metered", -0.2, METERED, [row.metered for row in rows]),
    )
    for label, off, colour, values in sides:
        widths = [float(value or 0) for value in values]
        drawn = axes.barh(places + off, widths, height=0.36, color=colour, label=label)
        said = [UNTOLD if value is None else f"{value:,.0f}" for value in values]
        axes.bar_label(drawn, said, fontsize=8, padding=3)
    axes.set_yticks(places, [_name(row.bucket) for row in rows], fontsize=8)
    axes.set_xlabel("kWh", fontsize=8)
    axes.margins(x=0.35)
    if not any(row.billed or row.metered for row in rows):
        axes.set_xlim(0, 1)  # no bar has any length: nothing is below zero, and no fraction is a kWh
        axes.set_xticks([0])
    else:
        axes.locator_params(axis="x", nbins=4)
    axes.tick_params(axis="x", labelsize=8)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="upper left", bbox_to_anchor=(-0.3, -0.08), ncols=2, frameon=False, fontsize=8)


SENT = Bucket(None, None)
"""Stands for what was sent back among the bars."""


def _name(bucket: Bucket) -> str:
    if bucket is SENT:
        return "sent back"
    return "\n".join(str(part).replace("_", "-") for part in bucket if part is not None) or "total"
