"""Columns for the hours or quarters of a day: HE01 to HE24, 1 to 96, 0:15 to 24:00, and one hour twice.

A number counts intervals from the day's beginning, so it ends where it says, unless it counts from 0;
a time is its interval's beginning or end, as the first and the last of a day tell. Headings past 24
hours, or ones that say again what another says, are of the hour that comes twice in autumn.

>>> found = slots(["Date", *(f"HE{hour:02}" for hour in range(1, 25)), "HE02X"])
>>> found.step, found.label, len(found.every), found.every[-1]
(3600, 'end', 25, Slot(at=25, seconds=7200, is_extra=True))
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

from pydantic import BaseModel

DAY, HOUR = 86400, 3600

FEWEST = 20
"""Columns below which numbers are none of a day's hours."""

_NUMBERED = re.compile(
    r"(?P<word>he|hb|hour ending|hour beginning|hour|hr|h|interval|int|intvl|i|q|kwh|value|period)? ?"
    r"0*(?P<number>\d{1,3})(?P<again> ?(?:x|b|dst|d|2nd|second|extra|\*))?(?: (?:kwh|kw))?"
)
_TIMED = re.compile(
    r"(?:(?:kwh|kw|value|interval) )?(\d{1,2})[: ]?(\d\d)(?:[: ]00)? ?([ap]m)?"
    r"(?P<again> ?(?:x|b|dst|2nd|second|extra))?"
)
_STARTS = {"hb", "hour beginning"}


class Slot(BaseModel, frozen=True):
    """A column of one interval of a day."""

    at: int
    """Its column, from 0."""
    seconds: int
    """What its heading says, in seconds after midnight."""
    is_extra: bool = False
    """Whether it is of the hour that comes twice in autumn."""

    def __repr__(self) -> str:
        """Return it as it is made."""
        return f"Slot(at={self.at}, seconds={self.seconds}, is_extra={self.is_extra})"


class Slots(NamedTuple):
    """The columns of a day."""

    every: tuple[Slot, ...]
    step: int
    """Seconds of an interval."""
    label: Literal["start", "end"] | None
    """What a heading is of its interval; None where that is not told."""
    why: str
    extra: Literal["second", "elapsed"] | None
    """What columns past a day are; None where that is not told, or there are none."""


class _Told(NamedTuple):
    at: int
    number: int
    is_again: bool
    word: str


def slots(headings: Sequence[str]) -> Slots | None:
    """Return the columns of a day's intervals, if a heading has them."""
    return _numbered(headings) or _timed(headings)


def _plain(heading: str) -> str:
    return " ".join(heading.casefold().replace("_", " ").replace("(", " ").replace(")", " ").split())


def _numbered(headings: Sequence[str]) -> Slots | None:
    told = [
        _Told(at, int(match["number"]), bool(match["again"]), match["word"] or "")
        for at, heading in enumerate(headings)
        if (match := _NUMBERED.fullmatch(_plain(heading)))
    ]
    told, word = _of_one_word(told)
    once = [one.number for one in told if not one.is_again]
    first, count = min(once, default=0), len(once)
    if count < FEWEST or once != list(range(first, first + count)) or first > 1:
        return None
    step = next((DAY // size for size in (24, 48, 96, 288) if size <= count <= size + size // 24), None)
    if step is None:
        return None
    label: Literal["start", "end"] = "start" if first == 0 or word in _STARTS else "end"
    if word in _STARTS and first == 1:
        return None  # the beginning of which hour is 1, the first or the second?
    last = DAY // step - 1 + first
    past = {one.at for one in told if one.number > last}
    return _slots(told, past, step, label, f"columns count from {first} to {max(once)}")


def _of_one_word(told: list[_Told]) -> tuple[list[_Told], str]:
    """Return the columns with the word that most have."""
    words = Counter(one.word for one in told)
    word = words.most_common(1)[0][0] if words else ""
    return [one for one in told if one.word == word], word


def _slots(
    told: Sequence[_Told], past: set[int], step: int, label: Literal["start", "end"], why: str
) -> Slots:
    every = tuple(
        Slot(at=one.at, seconds=one.number * step, is_extra=one.is_again or one.at in past) for one in told
    )
    again = any(one.is_again for one in told)
    return Slots(every, step, label, why, "second" if again and not past else None)


def _timed(headings: Sequence[str]) -> Slots | None:
    times: list[tuple[int, int, bool]] = []
    for at, heading in enumerate(headings):
        if (match := _TIMED.fullmatch(_plain(heading))) and (seconds := _seconds(match)) is not None:
            times.append((at, seconds, bool(match["again"])))
    seen: set[int] = set()
    marked = []
    for at, seconds, again in times:
        marked.append((at, seconds, again or seconds in seen))
        seen.add(seconds)
    once = [seconds for _, seconds, again in marked if not again]
    if len(once) < FEWEST:
        return None
    steps = Counter(after - before for before, after in pairwise(once) if after > before)
    step = steps.most_common(1)[0][0] if steps else 0
    if step <= 0 or DAY % step:
        return None
    label, why = _label_of_times(once, step)
    if label == "end":
        marked = [(at, seconds or DAY, again) for at, seconds, again in marked]
    every = tuple(Slot(at=at, seconds=seconds, is_extra=again) for at, seconds, again in marked)
    return Slots(every, step, label, why, "second" if any(one.is_extra for one in every) else None)


def _seconds(match: re.Match[str]) -> int | None:
    hour, minute, half = int(match[1]), int(match[2]), match[3]
    if minute > 59 or hour > 24 or (hour == 24 and minute):
        return None
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    return hour * HOUR + minute * 60


def _label_of_times(once: Sequence[int], step: int) -> tuple[Literal["start", "end"] | None, str]:
    """Tell what times of a day are of their intervals: a day that begins at 0:00 tells its beginnings."""
    if DAY in once:
        return "end", "columns go up to 24:00"
    if once[0] == step and once[-1] == 0:
        return "end", "columns of a day go on to 0:00"
    if once[0] == 0 and once[-1] == DAY - step:
        return "start", "columns of a day begin with 0:00 and end before 24:00"
    return None, ""
