"""Open requests whose data is here already, whatever way it came: bills, rows of billing history, readings.

An item is there when what counts leaves no week of its days out (of readings: no day), as a week is the least
that is missing from a coverage. What is in review is not there: a person looks first. Nor is what is another
customer's by the roster: an item that asks for such days too waits for what is not its customer's.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from datarequests.incoming.arrived import Holds, holds_of
from datarequests.on_roster import Held, HeldOf
from datarequests.received import ON_ITS_WAY, item_words
from datarequests.tables import RequestItem
from datarequests.viewed import Viewed
from extractor.portfolio.coverage.laid import FEWEST
from extractor.portfolio.coverage.model import Coverage, Half, OfMeter, Part, Status
from extractor.portfolio.from_gaps.days import left
from extractor.portfolio.from_gaps.model import Days
from extractor.store.plain import plain

THERE: frozenset[Status] = frozenset(("verified", "estimated", "history"))

HALF: Mapping[Holds, Half] = {"billing": "delivery", "generation": "generation"}

HasReadings = Callable[[str, dt.date, dt.date], bool]
"""Tells whether all readings of a service account are kept from one day to another, both inclusive."""


@dataclass(frozen=True)
class Covered:
    """Items of an open request whose data is here."""

    viewed: Viewed
    items: Mapping[int, str | None]
    """By the item's id the hash of the last document that brought it; None where there is no one."""
    words: Sequence[str]
    """What they are, and how their data came."""

    @property
    def is_whole(self) -> bool:
        """Whether nothing else of the request is missing."""
        return len(self.items) == len(self.viewed.missing)

    @property
    def can_be_told(self) -> bool:
        """Whether it can be recorded now: not of a part of a request that is on its way out."""
        return self.is_whole or self.viewed.state not in ON_ITS_WAY


@dataclass(frozen=True)
class Astray:
    """An item of an open request that nothing checks off: some of its days are another customer's."""

    number: int
    """The request's."""
    item: int | None
    """The item's id."""
    words: str
    """What it is, and whose the days are."""


def astray(requests: Iterable[Viewed], held_of: HeldOf) -> Iterator[Astray]:
    """Give the items of open requests that wait for days which are another customer's by the roster."""
    for one in requests:
        for item in one.missing if one.is_open else ():
            runs = [f"from {first} to {last}" for first, last in _of_others(item, one, held_of)]
            if runs:
                whose = f"by the roster another customer's {' and '.join(runs)}"
                yield Astray(one.number, item.id, f"{item_words(item)}: {whose}")


def _of_others(item: RequestItem, one: Viewed, held_of: HeldOf) -> Sequence[Days]:
    if item.first is None or item.last is None:
        return ()
    account = item.service_account
    held = held_of(one.request.customer, [account]).get(account, Held())
    return held.of_others((item.first, item.last))


def covered(
    requests: Iterable[Viewed], found: Coverage, has_readings: HasReadings, held_of: HeldOf
) -> Iterator[Covered]:
    """Give the open requests of which items are here, by number."""
    meters: dict[str, list[OfMeter]] = defaultdict(list)
    for meter in found.meters:
        for number in meter.numbers:
            meters[plain(number)].append(meter)
    for one in requests:
        if not one.is_open:
            continue
        items: dict[int, str | None] = {}
        words = []
        for item in one.missing:
            there = _there(item, one, meters[plain(item.service_account)], has_readings, held_of)
            if there is not None and item.id is not None:
                items[item.id], by = there
                words.append(f"{item_words(item)}: {by}")
        if items:
            yield Covered(one, items, tuple(words))


def _there(
    item: RequestItem, one: Viewed, meters: Sequence[OfMeter], has_readings: HasReadings, held_of: HeldOf
) -> tuple[str | None, str] | None:
    """Return the last document of an item whose data is here, and how it came; None if it is not."""
    holds = holds_of(item, one.counterparty, one.today)
    if item.first is None or item.last is None or holds is None:
        return None
    if holds == "interval":
        is_own = not _of_others(item, one, held_of)
        here = is_own and has_readings(item.service_account, item.first, item.last)
        return (None, "its readings are here") if here else None
    days = item.first, item.last
    for meter in meters:
        if one.request.customer == (meter.owner.customer if meter.owner else None):
            parts = _parts(meter, HALF[holds], days)
            if parts and not left(days, [span for span, _ in parts], FEWEST):
                return _document(parts), _came(parts)
    return None


def _parts(meter: OfMeter, half: Half, days: Days) -> list[tuple[Days, Part]]:
    return [
        ((cycle.first, cycle.last), cycle.half(half))
        for cycle in meter.cycles
        if cycle.first <= days[1] and days[0] <= cycle.last and cycle.half(half).status in THERE
    ]


def _document(parts: Sequence[tuple[Days, Part]]) -> str | None:
    hashes = [one.bill.sha256 for _, part in parts for one in part.services]
    return hashes[-1] if hashes else None


def _came(parts: Sequence[tuple[Days, Part]]) -> str:
    bills = list(dict.fromkeys(one.bill.name for _, part in parts for one in part.services))
    ways = [f"on {'bill' if len(bills) == 1 else 'bills'} {', '.join(bills)}"] if bills else []
    if any(part.status == "history" for _, part in parts):
        ways.append("in billing history")
    return " and ".join(ways)
