"""The readings of a feed as columns: a file may have millions, and elements take fifty times the memory.

A reading's places of start, duration, value and quality are learnt once for each sequence of tags
that occurs, whatever its order; one that has a value or a start twice is refused. What a reading
leaves out stays marked until its reading type is known: `UNTIMED`, a duration of 0, `MISSING`.

>>> from xml.etree import ElementTree
>>> columns = Columns()
>>> columns.take(ElementTree.fromstring('''<IntervalBlock xmlns="http://naesb.org/espi"><IntervalReading>
...     <timePeriod><duration>900</duration><start>1433660400</start></timePeriod><value>210</value>
... </IntervalReading></IntervalBlock>'''))
>>> columns.starts[0], columns.seconds[0], columns.values[0], columns.codes[0] == UNSAID
(1433660400, 900, 210, True)
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable
from decimal import Decimal, InvalidOperation
from operator import attrgetter
from typing import NamedTuple
from xml.etree.ElementTree import Element

from extractor.intervals.formats import UnreadableIntervalsError
from extractor.intervals.formats._espi.names import ESPI, quality

UNTIMED = -1
MISSING = -(2**63)
UNSAID = -1
"""No quality of its own: the reading type's default holds."""

NO_CODE = 127
"""Any code that is too great or below zero."""

READING = ESPI + "IntervalReading"
_PERIOD, _START, _DURATION = ESPI + "timePeriod", ESPI + "start", ESPI + "duration"
_VALUE, _QUALITY = ESPI + "value", ESPI + "quality"

_tag: Callable[[Element], str] = attrgetter("tag")


class _Places(NamedTuple):
    """Where in a reading's elements, in document order, each thing stands."""

    start: int | None
    duration: int | None
    value: int | None
    qualities: tuple[int, ...]


class Columns:
    """The readings of every block, in the order of the file."""

    def __init__(self) -> None:
        self.starts = array("q")
        self.seconds = array("q")
        self.values = array("q")
        self.codes = array("b")
        self.fractions = 0
        """How many starts had a fraction of a second, which is cut off."""
        self._places: dict[tuple[str, ...], _Places] = {}

    def __len__(self) -> int:
        """Return how many readings were taken."""
        return len(self.starts)

    def take(self, children: Iterable[Element]) -> None:
        """Take the readings among the children of a block.

        Raises:
            UnreadableIntervalsError: if one holds what is no number, or a thing twice.
        """
        starts: list[str | None] = []
        seconds: list[str | None] = []
        values: list[str | None] = []
        for reading in children:
            if reading.tag != READING:
                continue
            flat = list(reading.iter())
            shape = tuple(map(_tag, flat))
            places = self._places.get(shape) or self._learn(shape, reading)
            start, duration, value, qualities = places
            starts.append(None if start is None else flat[start].text)
            seconds.append(None if duration is None else flat[duration].text)
            values.append(None if value is None else flat[value].text)
            self.codes.append(_least_sure([flat[at].text for at in qualities]) if qualities else UNSAID)
        self.starts.extend(_numbers(starts, self._start))
        self.seconds.extend(_numbers(seconds, _duration))
        self.values.extend(_numbers(values, _value))

    def _learn(self, shape: tuple[str, ...], reading: Element) -> _Places:
        """Find the places in a reading whose sequence of tags is new."""
        at = {element: place for place, element in enumerate(reading.iter())}
        periods = reading.findall(_PERIOD)
        places = _Places(
            _only([at[one] for period in periods for one in period.findall(_START)], "start"),
            _only([at[one] for period in periods for one in period.findall(_DURATION)], "duration"),
            _only([at[one] for one in reading.findall(_VALUE)], "value"),
            tuple(at[one] for one in reading.iter(_QUALITY)),
        )
        self._places[shape] = places
        return places

    def _start(self, text: str | None) -> int:
        """Read a start that is no plain integer: absent, or with a fraction of a second."""
        if not (text or "").strip():
            return UNTIMED
        number = _decimal(text)
        self.fractions += number != int(number)
        return int(number)


def _only(places: list[int], what: str) -> int | None:
    """Return the one place, None if there is none."""
    match places:
        case []:
            return None
        case [place]:
            return place
        case _:
            raise UnreadableIntervalsError(f"a reading has more than one {what}")


def _numbers(texts: list[str | None], otherwise: Callable[[str | None], int]) -> Iterable[int]:
    """Return integers; the few texts that are none go another way."""
    try:
        if "_" not in "".join(texts):  # type: ignore[arg-type]  # None raises, as wanted
            return array("q", map(int, texts))  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        pass
    return array("q", [otherwise(text) for text in texts])


def _duration(text: str | None) -> int:
    """Read a duration that is no plain integer; 0 where it is absent."""
    return _whole(text) if (text or "").strip() else 0


def _value(text: str | None) -> int:
    """Read a value that is no plain integer; an interval without one is a gap, not a zero."""
    return _whole(text) if (text or "").strip() else MISSING


def _whole(text: str | None) -> int:
    """Read a whole number."""
    number = _decimal(text)
    if number != int(number):
        raise UnreadableIntervalsError(f"{text!r:.40} is no whole number")
    return int(number)


def _decimal(text: str | None) -> Decimal:
    """Read a number that fits 64 bits."""
    try:
        number = Decimal((text or "").strip().replace("_", "?"))
    except InvalidOperation:
        raise UnreadableIntervalsError(f"{text!r:.40} is no number") from None
    if not number.is_finite() or not MISSING < number < -MISSING:
        raise UnreadableIntervalsError(f"{text!r:.40} is an impossible number")
    return number


def _least_sure(texts: list[str | None]) -> int:
    """Return the code of several qualities that makes a reading least sure."""
    codes = [_whole(text) for text in texts if (text or "").strip()]
    return min((code if code in range(NO_CODE) else NO_CODE for code in codes), key=quality, default=UNSAID)
