"""What changed at a meter from one period to the next: schedule, supplier, product, vintage, meter, UUT."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from extractor.portfolio.billed import OfService
from extractor.portfolio.history.odd import Code, Odd


@dataclass(frozen=True)
class Lines:
    """What some charge lines of services say, by the service's number."""

    vintages: Mapping[int, frozenset[str]] = field(default_factory=dict)
    """Of its PCIA lines."""
    uut: Mapping[int, frozenset[Decimal]] = field(default_factory=dict)
    """Percentages of its utility users tax."""


class _Said(NamedTuple):
    """What a service says of one thing."""

    service: OfService
    value: str


def changes(services: Sequence[OfService], lines: Lines) -> Iterator[Odd]:
    """Give what changed between the periods of one meter; give only services that count."""
    ordered = sorted(services, key=lambda one: (one.start or dt.date.min, one.end or dt.date.min, one.id))
    delivery = [one for one in ordered if not one.is_generation]
    supply = [one for one in ordered if one.is_generation or one.role == "bundled"]
    generation = [one for one in ordered if one.is_generation]
    found: tuple[tuple[Code, str, list[_Said]], ...] = (
        ("schedule_changed", "schedule", [_Said(one, one.rate_schedule or "") for one in delivery]),
        ("supplier_changed", "supplier", [_Said(one, one.provider or "") for one in supply]),
        ("product_changed", "product", [_Said(one, one.product or "") for one in generation]),
        ("vintage_changed", "PCIA vintage", list(_of_lines(ordered, lines.vintages))),
        ("meter_changed", "meter", [_Said(one, one.meter or "") for one in delivery]),
        ("uut_changed", "UUT percentage", list(_of_rates(delivery, lines.uut))),
    )
    for code, what, said in found:
        yield from _changed(code, what, said)
    yield from estimates(delivery)


def estimates(delivery: Sequence[OfService]) -> Iterator[Odd]:
    """Give the periods of a meter, in order, that are estimated as the one before was."""
    running = 1
    for before, one in pairwise(delivery):
        if one.estimated and before.estimated:
            running += 1
            said = f"estimated for the {_nth(running)} time running: {before.start} to {one.end}"
            yield Odd("estimated_again", one.bill, said, one, before.bill)
        else:
            running = 1


def _changed(code: Code, what: str, said: Sequence[_Said]) -> Iterator[Odd]:
    """Give where a value is another than before; where it is not printed nothing is known."""
    for before, one in pairwise(each for each in said if each.value):
        if before.value != one.value:
            words = f"{what} {one.value}; {before.value} until {before.service.end}"
            yield Odd(code, one.service.bill, words, one.service, before.service.bill)


def _of_lines(services: Sequence[OfService], known: Mapping[int, frozenset[str]]) -> Iterator[_Said]:
    for one in services:
        if found := known.get(one.id):
            yield _Said(one, " and ".join(sorted(found)))


def _of_rates(services: Sequence[OfService], known: Mapping[int, frozenset[Decimal]]) -> Iterator[_Said]:
    for one in services:
        if found := known.get(one.id):
            yield _Said(one, " and ".join(f"{rate.normalize():f} %" for rate in sorted(found)))


def _nth(number: int) -> str:
    """Return an ordinal.

    >>> [_nth(number) for number in (2, 3, 4, 21, 112)]
    ['2nd', '3rd', '4th', '21st', '112th']
    """
    ends = {1: "st", 2: "nd", 3: "rd"}
    return f"{number}{'th' if number % 100 in (11, 12, 13) else ends.get(number % 10, 'th')}"
