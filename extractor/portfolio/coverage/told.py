"""A service's coverage, told by all that is known of it."""

from __future__ import annotations

from collections.abc import Sequence

from extractor.portfolio.coverage.cells import cells
from extractor.portfolio.coverage.cycles import spans
from extractor.portfolio.coverage.expected import pace
from extractor.portfolio.coverage.gaps import gaps
from extractor.portfolio.coverage.laid import Span
from extractor.portfolio.coverage.meters import Found
from extractor.portfolio.coverage.model import Cycle, Gap, OfMeter
from extractor.portfolio.coverage.parts import Parts
from extractor.portfolio.coverage.sources import Asked, Sources
from extractor.portfolio.coverage.supply import Supplied, last_day, supplied


def of_meter(found: Found, wanted: Sequence[int], asked: Asked) -> OfMeter:
    """Return a service's cycles, months and gaps."""
    of, by = found.of, pace(found.of.services)
    laid = spans(of, by, asked)
    supply = supplied(laid, of, asked) if laid else []
    beside = {one.id for span in laid for one in span.around}
    delivery = (one for one in of.services if not one.is_generation and one.id not in beside)
    parts = Parts(of, by, asked, last_day(delivery))
    cycles = tuple(parts.cycle(*pair) for pair in zip(laid, supply, strict=True))
    number = max(found.numbers, key=lambda one: (found.numbers[one], one), default=of.known_as)
    return OfMeter(
        known_as=of.known_as,
        number=number,
        numbers=(number, *sorted(one for one in found.numbers if one != number)),
        customer_accounts=tuple(found.customer_accounts),
        owner=found.owner,
        provider=of.provider,
        managed=of.managed,
        cycles=cycles,
        cells=cells(cycles, wanted, _closing(of, cycles)),
        is_billed=of.has_bills,
        look_for_gaps=lambda: _gaps(of, laid, supply, asked),
    )


def _gaps(of: Sources, laid: Sequence[Span], supply: Sequence[Supplied], asked: Asked) -> tuple[Gap, ...]:
    found = (one for one in gaps(of, laid, supply) if one.last >= asked.first and one.first <= asked.last)
    return tuple(sorted(found, key=lambda one: (one.first, one.half)))


def _closing(of: Sources, cycles: Sequence[Cycle]) -> str:
    """Say why there is nothing after the last cycle."""
    if not of.is_open:
        return "the roster gives the meter to others: nothing more is waited for"
    if of.managed[1] is not None:
        return f"the roster has it until {of.managed[1]}"
    return "after its final bill" if cycles else "nothing of it is waited for"
