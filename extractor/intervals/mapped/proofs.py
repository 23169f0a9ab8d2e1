"""What the rows of a table prove of its times, numbers and words; and what they leave open, with a hint.

Each proof is of one thing that a mapping says. What is only likely is a hint beside a question, never
an answer: that a file begins at 0:00 does not prove that a time is its interval's beginning.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence, Set
from typing import NamedTuple

from extractor.intervals.mapped import moments
from extractor.intervals.mapped.changes import zone
from extractor.intervals.mapped.labels import counted, label_of
from extractor.intervals.mapped.mapping import Mapping
from extractor.intervals.mapped.moments import ORDERS, Moment, Order
from extractor.intervals.mapped.proof import Proof
from extractor.intervals.mapped.roles import END, START
from extractor.intervals.mapped.sample import Sample, heads_of_time
from extractor.intervals.mapped.slots import DAY, HOUR


class Told(NamedTuple):
    """What a row says of its time."""

    key: tuple[str, ...]
    """Of which series, as its cells say it."""
    line: int
    row: Sequence[str]
    label: Moment

    @property
    def naive(self) -> int:
        """Return its label in seconds, as if a day always had 24 hours."""
        return self.label.date.toordinal() * DAY + (self.label.seconds or 0)


KEYS = ("account", "point", "meter", "channel", "unit")
"""Roles that tell one series from another."""


def proofs(sample: Sample, mapping: Mapping) -> dict[str, Proof]:
    """Return what is proven and what is open, by the names of a mapping's fields.

    Its columns are known; what else of it is said already is what the rest is looked at by.
    """
    found = {"order": order_of(_dates(sample, mapping)), "decimal": _decimal(sample, mapping)}
    order = mapping.order or found["order"].value
    mapping = mapping.model_copy(update={"order": order or _likely(sample, mapping)})
    if "time" in mapping.columns and "date" in mapping.columns:
        found["times"] = _times(sample, mapping)
        mapping = mapping.model_copy(update={"times": found["times"].value or "clock"})
    if mapping.times == "hour":
        found["seconds"] = _seconds_of_hours(sample, mapping)
        mapping = _known(mapping, found, "seconds")
    told = _told(sample, mapping)
    if not mapping.slots:
        found.setdefault("seconds", _seconds(told, mapping))
        found["label"] = _label(sample, told, mapping)
    mapping = _known(mapping, found, "seconds", "label")
    dated = told if order else []  # which day clocks change on is not known before
    found["zone"] = zone(sample, [(one.key, one.row, one.label) for one in dated], mapping)
    return found


def _known(mapping: Mapping, found: dict[str, Proof], *names: str) -> Mapping:
    """Return a mapping with what is proven, where nothing was said."""
    new = {name: found[name].value for name in names if name in found and getattr(mapping, name) is None}
    return mapping.model_copy(update=new)


def _told(sample: Sample, mapping: Mapping) -> list[Told]:
    """Return what rows say of their times, those that can be read."""
    label, told = label_of(mapping), []
    of = [mapping.columns[role] for role in KEYS if role in mapping.columns]
    for line, row in sample.rows:
        try:
            found = label(row)
        except ValueError:
            continue
        if found is not None:
            told.append(Told(tuple(row[at] if at < len(row) else "" for at in of), line, row, found))
    return told


# --- dates and numbers ---------------------------------------------------------------------------------


def _dates(sample: Sample, mapping: Mapping) -> list[str]:
    at = mapping.columns.get("date", mapping.columns.get("time"))
    return [] if at is None else [text for text in dict.fromkeys(sample.column(at)) if moments.orders(text)]


def _candidates(texts: Sequence[str]) -> list[Order]:
    every = [moments.orders(text) for text in texts]
    return [order for order in ORDERS if all(order in one for one in every)]


def _likely(sample: Sample, mapping: Mapping) -> Order:
    return next(iter(_candidates(_dates(sample, mapping))), "mdy")


def order_of(texts: Sequence[str]) -> Proof:
    """Return what dates prove of the order of day and month."""
    if not texts:
        return Proof(None, "no dates were found")
    if all(map(moments.is_certain, texts)):
        return Proof("ymd", f"year first or month by name: {texts[0]!r}")
    found = _candidates(texts)
    if len(found) == 1:
        proof = next(text for text in texts if moments.orders(text) == {found[0]})
        return Proof(found[0], f"{proof!r} can be nothing else")
    if not found:
        return Proof(None, "no order of day and month reads all dates")
    return Proof(None, f"{texts[0]!r} can be {' or '.join(found)}: no day is above 12")


def mistaken(sample: Sample, mapping: Mapping) -> str | None:
    """Return why dates cannot be believed: a spreadsheet took days for months where it could.

    Then what it took for dates has no day above 12, and what it left as text can be read in one order alone.
    """
    return mistaken_dates(_dates(sample, mapping))


def mistaken_dates(texts: Sequence[str]) -> str | None:
    """Return why dates cannot be believed, as `mistaken` does."""
    taken = [text for text in texts if moments.is_certain(text)]
    left = [text for text in texts if not moments.is_certain(text)]
    if not taken or not left or any(len(moments.orders(text)) > 1 for text in left):
        return None
    if any(moments.moment(text, "ymd").date.day > 12 for text in taken):
        return None
    return (
        f"{taken[0]!r} is a date and {left[0]!r} is none: a spreadsheet took days for months, it seems;"
        " get the file as it was sent"
    )


_AS_POINT = re.compile(r"[+-]?(?:[1-9]\d{0,2}(?:,\d{3})+|\d*)(?:\.\d*)?", re.ASCII)
_AS_COMMA = re.compile(r"[+-]?(?:[1-9]\d{0,2}(?:\.\d{3})+|\d*)(?:,\d*)?", re.ASCII)


def _decimal(sample: Sample, mapping: Mapping) -> Proof:
    ats = [slot.at for slot in mapping.slots] or [value.at for value in mapping.values]
    return decimal_of({text for at in ats for text in sample.column(at)})


def decimal_of(cells: Set[str]) -> Proof:
    """Return what numbers among cells prove of the comma."""
    texts = {text for text in cells if moments.is_number(text)}
    commas = [text for text in sorted(texts) if "," in text]
    if not commas:
        return Proof("point", "no number has a comma", is_default=True)
    points, others = (all(map(one.fullmatch, texts)) for one in (_AS_POINT, _AS_COMMA))
    if points == others:
        return Proof(None, f"{commas[0]!r} can have thousands or decimals behind its comma")
    return Proof("point" if points else "comma", f"{commas[0]!r} beside the other numbers")


# --- times of day --------------------------------------------------------------------------------------


def _times(sample: Sample, mapping: Mapping) -> Proof:
    at = mapping.columns["time"]
    texts = list(dict.fromkeys(sample.column(at)))
    if any(":" in text for text in texts):
        return Proof("clock", f"times as {next(text for text in texts if ':' in text)!r}")
    numbers = sorted(_numbers(texts))
    if not numbers:
        return Proof(None, "no time of day was found")
    if max(numbers) > 300 and all(one % 100 < 60 and one <= 2400 for one in numbers):
        return Proof("hhmm", f"numbers as {numbers[-1]} are hours and minutes")
    return Proof("hour", f"numbers from {numbers[0]} to {numbers[-1]} count intervals of a day")


def _numbers(texts: Sequence[str]) -> set[int]:
    found = set()
    for text in texts:
        try:
            found.add(counted(text))
        except ValueError:
            continue
    return found


def _seconds_of_hours(sample: Sample, mapping: Mapping) -> Proof:
    numbers = _numbers(list(dict.fromkeys(sample.column(mapping.columns["time"]))))
    first, last = min(numbers, default=0), max(numbers, default=0)
    count = last - first + 1 if first <= 1 else 0
    for size, seconds in ((24, HOUR), (48, HOUR // 2), (96, HOUR // 4)):
        if count == size:
            return Proof(seconds, f"there are {size} a day")
    return Proof(None, f"numbers from {first} to {last}: of how many minutes?")


def _seconds(told: Sequence[Told], mapping: Mapping) -> Proof:
    if "time" not in mapping.columns:
        is_day = "date" in mapping.columns
        return Proof(DAY, "a date alone is a whole day") if is_day else Proof(None, "no times are known")
    last: dict[tuple[str, ...], int] = {}
    steps: Counter[int] = Counter()
    for one in told:
        if one.key in last and (step := abs(one.naive - last[one.key])) > 0:
            steps[step] += 1
        last[one.key] = one.naive
    if not steps:
        return Proof(None, "there are too few rows to tell how long an interval is")
    step, count = steps.most_common(1)[0]
    if 2 * count <= steps.total() or step != min(steps) or DAY % step:
        return Proof(None, f"the rows do not come in regular steps: most often {step / 60:g} minutes")
    after = "before" if told[0].naive > told[-1].naive else "after"
    return Proof(step, f"{count} of {steps.total()} rows come {step // 60} minutes {after} the one before")


def _label(sample: Sample, told: Sequence[Told], mapping: Mapping) -> Proof:
    if "time" not in mapping.columns:
        is_day = "date" in mapping.columns
        return (
            Proof("start", "a date alone is its whole day") if is_day else Proof(None, "no times are known")
        )
    heads, words = heads_of_time(sample, mapping)
    if words & END and not words & START:
        return Proof("end", f"the heading says {heads[0]!r}")
    if words & START and not words & END:
        return Proof("start", f"the heading says {heads[0]!r}")
    if any(one.label.seconds == DAY for one in told):
        return Proof("end", "a day has the time 24:00")
    if mapping.times == "hour" and not any(one.label.seconds == 0 for one in told):
        return Proof("end", "intervals are counted from 1")
    return Proof(None, _hint(told))


def _hint(told: Sequence[Told]) -> str:
    """Say how the first series' times go."""
    of: dict[tuple[str, ...], list[Told]] = defaultdict(list)
    for one in told:
        of[one.key].append(one)
    first = next(iter(of.values()), [])
    if not first:
        return "no times were found"
    begin, end = (_shown(one.label.seconds or 0) for one in (first[0], first[-1]))
    looks = (
        "the beginning" if first[0].label.seconds == 0 else "the end" if first[-1].label.seconds == 0 else ""
    )
    return f"times go from {begin} to {end}" + (f", which looks like {looks} of intervals" if looks else "")


def _shown(seconds: int) -> str:
    return f"{seconds // HOUR:02}:{seconds % HOUR // 60:02}"
