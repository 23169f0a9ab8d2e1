"""What a row says of its interval's time: the date and the clock, by the columns of a mapping.

A row without any digit where its time stands is no reading (a total, a footnote): it has no label.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final

from extractor.intervals.mapped import moments
from extractor.intervals.mapped.mapping import Mapping
from extractor.intervals.mapped.moments import Moment, Order
from extractor.intervals.mapped.slots import DAY, HOUR

_COUNTED = re.compile(r"(?:[a-z ]{0,15} ?)?0*(\d{1,3})(?:\.0*)?", re.IGNORECASE | re.ASCII)
ANY_ORDER: Final[Order] = "mdy"
"""For what does not depend on it."""

Label = Callable[[Sequence[str]], Moment | None]


def label_of(mapping: Mapping, is_other: bool = False) -> Label:
    """Return how a row is asked for its label, or for the other end of its interval.

    It raises ValueError where a row has a label that cannot be read.
    """
    date_at, time_at = (
        mapping.columns.get(("other_" if is_other else "") + name) for name in ("date", "time")
    )
    order = mapping.order or ANY_ORDER
    if date_at is None and is_other and time_at is not None:
        date_at = mapping.columns.get("date")
    if date_at is None and time_at is None:
        return lambda row: None
    if date_at is None or time_at is None:
        return _of_one(time_at if date_at is None else date_at, order)
    return _of_two(date_at, time_at, order, _clock_of(mapping))


def _of_one(at: int | None, order: Order) -> Label:
    assert at is not None

    def label(row: Sequence[str]) -> Moment | None:
        text = _cell(row, at)
        if not has_digit(text):
            return None
        told = moments.moment(text, order)
        return told if told.seconds is not None else told._replace(seconds=0)

    return label


def _of_two(date_at: int, time_at: int, order: Order, clock: Callable[[str], int]) -> Label:
    def label(row: Sequence[str]) -> Moment | None:
        date, time = _cell(row, date_at), _cell(row, time_at)
        if not has_digit(date) or (not time and not has_digit(time)):
            return None
        told = moments.moment(date, order)
        if told.seconds:
            raise ValueError("has a time beside its date")
        return Moment(told.date, clock(time), told.offset)

    return label


def _cell(row: Sequence[str], at: int) -> str:
    return row[at].strip() if at < len(row) else ""


@lru_cache(65536)
def has_digit(text: str) -> bool:
    """Tell whether a text has a digit."""
    return any(map(str.isdigit, text))


def _clock_of(mapping: Mapping) -> Callable[[str], int]:
    """Return how a time without its date is read, in seconds after midnight."""
    if mapping.times == "clock":
        return moments.clock
    if mapping.times == "hhmm":
        return lambda text: moments.clock(f"{counted(text):0>4}")
    seconds = mapping.seconds or HOUR

    def of_number(text: str) -> int:
        at = counted(text) * seconds
        if at > DAY:
            raise ValueError("is past its day")
        return at

    return of_number


def counted(text: str) -> int:
    """Return the number of an hour, whatever stands before it.

    >>> counted("HE01"), counted("Hour 24"), counted("7")
    (1, 24, 7)
    """
    match = _COUNTED.fullmatch(text.strip()) or re.fullmatch(r"0*(\d{1,4})", text.strip(), re.ASCII)
    if match is None:
        raise ValueError("is no number of an hour")
    return int(match[1])
