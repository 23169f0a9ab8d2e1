"""What the days on which clocks change prove of a table's clock.

In spring no local interval begins between two and three; in autumn those from one come twice. A table
without such a day does not tell whether its clock is the local one, unless its headings or cells do.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from extractor.intervals.formats._local_days import hours_of
from extractor.intervals.mapped.mapping import Mapping
from extractor.intervals.mapped.moments import Moment
from extractor.intervals.mapped.proof import Proof
from extractor.intervals.mapped.sample import Sample, heads_of_time
from extractor.intervals.mapped.slots import DAY, HOUR

ONE, TWO, THREE = HOUR, 2 * HOUR, 3 * HOUR
_LOCAL, _UTC = {"local", "prevailing", "pacific", "ppt", "pt"}, {"utc", "gmt"}

Labelled = tuple[tuple[str, ...], Sequence[str], Moment]
"""The key of a row's series, the row, and its label."""


def zone(sample: Sample, told: Sequence[Labelled], mapping: Mapping) -> Proof:
    """Return what is proven of the clock."""
    offsets = [label.offset is not None for _, _, label in told]
    if offsets and all(offsets):
        return Proof("stamped", "each time has its offset from UTC")
    if any(offsets):
        return Proof(None, "some times have an offset from UTC and others have none")
    if found := _by_heading(sample, mapping):
        return found
    if mapping.has_extra:
        return Proof("local", "there are columns of the hour that comes twice")
    days = _by_day(told)
    seen = [date for date in days if hours_of(date) != 24]
    said = [proof for date in seen if (proof := _by_change(date, days[date], mapping))]
    values = {proof.value for proof in said}
    if len(values) == 1:
        return said[0]
    if values:
        return Proof(None, "days on which clocks change contradict each other")
    return Proof(None, "no day on which clocks change tells it")


def _by_heading(sample: Sample, mapping: Mapping) -> Proof | None:
    heads, words = heads_of_time(sample, mapping)
    if words & _UTC and not words & _LOCAL:
        return Proof("utc", f"the heading says {heads[0]!r}")
    if words & {"pst", "pdt", "standard"}:
        return Proof(None, f"the heading says {heads[0]!r}: all the year, or as clocks show it?", ("utc",))
    if words & _LOCAL and not words & _UTC:
        return Proof("local", f"the heading says {heads[0]!r}")
    return None


def _by_day(told: Iterable[Labelled]) -> dict[dt.date, list[Labelled]]:
    days: dict[dt.date, list[Labelled]] = defaultdict(list)
    for one in told:
        days[one[2].date].append(one)
    return days


def _by_change(date: dt.date, rows: Sequence[Labelled], mapping: Mapping) -> Proof | None:
    """Return what a day on which clocks change proves."""
    if mapping.slots:
        return _by_slots(date, rows, mapping) if hours_of(date) < 24 else None
    begins = _begins(rows, mapping)
    return (_in_spring if hours_of(date) < 24 else _in_autumn)(date, begins)


def _begins(rows: Sequence[Labelled], mapping: Mapping) -> list[tuple[tuple[str, ...], int, bool]]:
    """Return the series, the beginning and whether something was counted, of rows.

    While it is open what labels are, only those inside an hour tell which hour they are of.
    """
    back = (mapping.seconds or 0) if mapping.label == "end" else 0
    found = []
    for key, row, label in rows:
        at = (label.seconds or 0) - back
        if mapping.label is not None or at % HOUR:
            found.append((key, at, any(_is_counted(row, value.at) for value in mapping.values)))
    return found


def _is_counted(row: Sequence[str], at: int) -> bool:
    return at < len(row) and any(char in "123456789" for char in row[at])


def _in_spring(date: dt.date, begins: Sequence[tuple[tuple[str, ...], int, bool]]) -> Proof | None:
    within = [counted for _, at, counted in begins if TWO <= at < THREE]
    if any(within):
        return Proof(
            None, f"on {date} there is energy between 2:00 and 3:00, which no local clock shows", ("local",)
        )
    around = {at // HOUR for _, at, _ in begins}
    return Proof("local", f"on {date} nothing is between 2:00 and 3:00") if {1, 3} <= around else None


def _in_autumn(date: dt.date, begins: Sequence[tuple[tuple[str, ...], int, bool]]) -> Proof | None:
    twice = Counter((key, at) for key, at, _ in begins if ONE <= at < TWO)
    if twice and max(twice.values()) == 2:
        return Proof("local", f"on {date} the hour from 1:00 comes twice")
    around = {at // HOUR for _, at, _ in begins}
    if {0, 1, 2} <= around:
        return Proof(None, f"on {date} the hour from 1:00 comes once, as on no local clock", ("local",))
    return None


def _by_slots(date: dt.date, rows: Sequence[Labelled], mapping: Mapping) -> Proof | None:
    """Return what a day in spring proves of columns of a day's intervals."""
    back = (mapping.seconds or 0) if mapping.label == "end" else 0
    of = {slot.at: (slot.seconds - back) // HOUR for slot in mapping.slots if slot.seconds <= DAY}
    hours = Counter(hour for _, row, _ in rows for at, hour in of.items() if _is_counted(row, at))
    if hours[2]:
        return Proof(
            None, f"on {date} there is energy between 2:00 and 3:00, which no local clock shows", ("local",)
        )
    return Proof("local", f"on {date} nothing is between 2:00 and 3:00") if hours[1] and hours[3] else None
