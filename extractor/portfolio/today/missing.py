"""What is late or missing: a line for each service, its months in both halves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from shlex import quote

from sqlmodel import Session

from datarequests.desks import desks
from extractor.portfolio.coverage.asked import coverage
from extractor.portfolio.coverage.model import OfMeter
from extractor.portfolio.from_gaps.found import missing_bills
from extractor.portfolio.from_gaps.ways import Known, ways
from extractor.portfolio.seen import Seen
from extractor.portfolio.today.model import Asked, Line


def missing(session: Session, seen: Seen, asked: Asked, months: int, grace: int) -> Iterator[Line]:
    """Give the services of which a statement is late, or a half of a month is missing.

    What somebody can be asked for ends with the command that does; authorizations are not looked for here.
    """
    everything = seen if asked.customer is None else None
    found = coverage(session, asked.day, months, asked.customer, asked.manager, grace=grace, seen=everything)
    known = Known(desks(session), (), (), asked.day)
    can_be_had = {
        (line.service.known_as, line.customer)
        for line in ways(missing_bills(found), known)
        if line.way in ("unauthorized", "letter")
    }
    for meter in found.meters:
        if words := _said(meter):
            owner = meter.owner
            whose = f"{owner.customer_name}, " if owner else ""
            is_had = owner is not None and (meter.known_as, owner.customer) in can_be_had
            yield Line(
                f"{whose}{meter.number}: {words}",
                f"billclerk request draft --missing --customer {quote(owner.customer)}"
                if owner is not None and is_had
                else f"billclerk coverage --account {quote(meter.number)}",
                owner.customer if owner else None,
                owner.manager if owner else None,
            )


def _said(meter: OfMeter) -> str:
    """Say which halves of which months; nothing where none is.

    A month of which both halves are missing, or whose delivery has no other half, is its statement.
    """
    halves: dict[tuple[str, int], set[str]] = defaultdict(set)
    for cycle, half in meter.open("late", "missing"):
        of = halves[cycle.half(half).status, cycle.month]
        of.add(half)
        if half == "delivery" and cycle.generation.status in ("bundled", "none"):
            of.add("generation")
    by_words: dict[tuple[str, str], list[str]] = defaultdict(list)
    for (status, month), of in sorted(halves.items()):
        what = "statement" if len(of) == 2 else min(of)
        by_words[status, what].append(f"{month // 100}-{month % 100:02d}")
    said = [f"{what} of {_several(months)} {status}" for (status, what), months in by_words.items()]
    return ", ".join(said)


def _several(months: list[str]) -> str:
    """Name a few months, of many the first and the last.

    >>> _several(["2026-01", "2026-02"]), _several(["2025-11", "2025-12", "2026-01", "2026-02"])
    ('2026-01, 2026-02', '4 months from 2025-11 to 2026-02')
    """
    if len(months) <= 3:
        return ", ".join(months)
    return f"{len(months)} months from {months[0]} to {months[-1]}"
