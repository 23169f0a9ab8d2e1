"""Rates that bills print and their peers of the same days do not.

Two bills of a rate whose periods have a day in common are peers: where a period has a rate change in it, both
rates are printed, so each is also on some peer. A rate that is on no peer's bill, though three other meters'
bills could have it, is a finding. Where a meter prints two for the same days, nothing tells of which days or
kWh each is: neither is compared. Of CPA's periods one day in common says nothing, as they may be printed with
the first day of the next (bills.md 7). A meter that differs from its peers each time has another voltage or
option: that is told, and no warning.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from extractor.model import Component
from extractor.portfolio.pairing import OVERLAP
from extractor.portfolio.rates import NOBODY, Key, Printed

OF_CUSTOMERS = (
    Component.UUT,
    Component.MUNICIPAL_SURCHARGE,
    Component.DISCOUNT,
    Component.ADJUSTMENT,
    Component.NON_ENERGY,
    Component.UNKNOWN,
)
"""What differs from city to city and from customer to customer: listed, and not compared."""

FEWEST = 3
"""Other meters whose bills could have a rate, at least, before a bill alone with it is called odd."""


class Alone(NamedTuple):
    """A rate that is on one meter's bill only, though others could have it."""

    printed: Printed
    others: tuple[Decimal, ...]
    """What the peers print."""
    peers: int
    """Other meters' bills that could have it."""
    is_always: bool
    """Whether this meter differs each time."""


def alone(found: Iterable[Printed]) -> Iterator[Alone]:
    """Give the rates that are on one meter's bill and on none of its peers'."""
    by_key: dict[Key, list[Printed]] = defaultdict(list)
    for one in found:
        if one.key.component not in OF_CUSTOMERS and one.key.section != "tax":
            by_key[one.key].append(one)
    for of in by_key.values():
        yield from _alone(of)


def _alone(of: Sequence[Printed]) -> Iterator[Alone]:
    """Give the same of one key."""
    of = sorted(of, key=lambda one: one.first)
    longest = max((one.last - one.first).days for one in of)
    odd: dict[str | None, list[Alone]] = defaultdict(list)
    for at, one in enumerate(of):
        if len(one.accounts) > 1 or any(_is_like(one, other) for other in _near(of, at, longest)):
            continue
        if others := _peers(of, at, longest):
            told = tuple(sorted({other.rate for other in others}))
            odd[one.account].append(Alone(one, told, _meters(one, others), is_always=False))
    for account, found in odd.items():
        compared = sum(one.account == account and bool(_peers(of, at, longest)) for at, one in enumerate(of))
        always = len(found) >= FEWEST and len(found) == compared
        for each in found:
            yield each._replace(is_always=always)


def _is_like(one: Printed, other: Printed) -> bool:
    """Tell whether another meter's bill has the same rate."""
    return other.rate == one.rate and _is_others(one, other)


def _is_others(one: Printed, other: Printed) -> bool:
    return not other.accounts <= one.accounts


def _peers(of: Sequence[Printed], at: int, longest: int) -> Sequence[Printed]:
    """Return the others' bills that could have a rate; none where they are too few to tell."""
    one, near = of[at], list(_near(of, at, longest))
    others = [other for other in near if _is_others(one, other)]
    return () if _meters(one, others) < FEWEST or _is_one_of_two(one, near) else others


def _near(of: Sequence[Printed], at: int, longest: int) -> Iterator[Printed]:
    """Give the others whose period has a day in common; `of` is in the order of first days."""
    one = of[at]
    apart = dt.timedelta(0 if one.key.section != "generation" else OVERLAP)
    for step in (-1, 1):
        place = at + step
        while 0 <= place < len(of):
            other = of[place]
            if other.first > one.last or (one.first - other.first).days > longest:
                break
            if min(one.last, other.last) - max(one.first, other.first) >= apart:
                yield other
            place += step


def _is_one_of_two(one: Printed, near: Iterable[Printed]) -> bool:
    """Tell whether its meter prints another for the same days: of a change, or of what no label tells."""
    return any(other.rate != one.rate and one.accounts <= other.accounts for other in near)


def _meters(one: Printed, others: Iterable[Printed]) -> int:
    """Return how many meters' bills others are, without its own."""
    return len(NOBODY.union(*[other.accounts for other in others]) - one.accounts)


def said(one: Alone) -> str:
    """Say what is odd about a rate."""
    others = " or ".join(f"{rate.normalize():f}" for rate in one.others[:MOST])
    return (
        f"{one.printed.key.said}: {one.printed.rate.normalize():f} per {one.printed.key.unit or 'unit'};"
        f" {one.peers} other meters' bills of these days have {others}"
    )


MOST = 4
"""Rates of others that are named."""


def by_service(found: Iterable[Alone]) -> Mapping[int, Sequence[Alone]]:
    """Return what is odd of each service, by its number."""
    of: dict[int, list[Alone]] = defaultdict(list)
    for one in found:
        of[one.printed.service].append(one)
    return of
