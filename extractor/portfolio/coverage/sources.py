"""All that is known of a meter's service as one customer has it; and which services have a place in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from extractor.portfolio.billed import OfService
from extractor.portfolio.coverage.finals import Finals
from extractor.portfolio.coverage.model import History, Status

Days = tuple[dt.date, dt.date]
"""First and last day, both inclusive."""

LONGEST = 100
"""Days that a doubtful bill's period may have; a longer one is rather a misread date and bills nothing."""

ELSEWHERE = frozenset({"same", "duplicate", "replaced"})
"""Standings of what another file or bill has."""


@dataclass
class Sources:
    """What is known of a meter's service as one customer has it."""

    known_as: str
    services: list[OfService] = field(default_factory=list)
    """Those with a place, be they in doubt."""
    maybe: list[OfService] = field(default_factory=list)
    """Of bills in doubt that have no place themselves: they may be other files of what is there."""
    outside: list[Days] = field(default_factory=list)
    """Days billed on what is not wholly the customer's: not missing, and not to be shown."""
    outside_supply: list[Days] = field(default_factory=list)
    """The same of generation, on a statement of its own."""
    away: list[Days] = field(default_factory=list)
    """Days on which it was not the customer's by the roster: before, after and between his times."""
    late: set[int] = field(default_factory=set)
    """Generation on the customer's statements, by number, of days on which it was not the customer's."""
    history: list[History] = field(default_factory=list)
    managed: tuple[dt.date | None, dt.date | None] = (None, None)
    provider: str | None = None
    finals: Finals = field(default_factory=Finals)
    is_open: bool = True
    """Whether more of it is waited for."""

    @property
    def has_bills(self) -> bool:
        """Whether any bill of it is kept."""
        return bool(self.services or self.maybe or self.outside or self.outside_supply)


class Asked(NamedTuple):
    """When coverage is asked for."""

    today: dt.date
    first: dt.date
    """First day of the first month."""
    last: dt.date
    """Last day of the last month."""
    grace: int
    """Days after a statement's expected date in which it is not late."""
    unsupplied: Mapping[tuple[int, int], str]
    """Severity of the finding that no supplier's charges are on a statement, by bill and service number."""


class Period(NamedTuple):
    """A service with its days."""

    service: OfService
    first: dt.date
    last: dt.date


def period_of(service: OfService) -> Period:
    """Return a service that has a place with its days."""
    if service.start is None or service.end is None:
        raise ValueError("a service without its days has no place")
    return Period(service, service.start, service.end)


Place = Literal["elsewhere", "placed", "maybe", "unplaced"]


def place_of(service: OfService, today: dt.date) -> tuple[Place, str]:
    """Return where a service of a current bill goes, and why it has no place if it has none."""
    if service.standing in ELSEWHERE or service.bill.standing in ELSEWHERE:
        return "elsewhere", ""
    if service.known_as is None:
        return "unplaced", "its service account was not read"
    if service.start is None or service.end is None:
        return "unplaced", "its days were not read"
    if service.role is None:
        return "unplaced", "whether it is delivery or generation was not read"
    if not service.bill.is_trusted:
        days = (service.end - service.start).days + 1
        if not 0 < days <= LONGEST or service.end > today:
            return "unplaced", f"its days are not believed: {service.start} to {service.end}"
    if "unplaced" in (service.standing, service.bill.standing):
        return "maybe", "its bill's account or date was not read, and it may be there twice"
    return "placed", ""


def status_of(service: OfService) -> tuple[Status, str]:
    """Return what a service that has a place makes of its half, and the words for it."""
    on = f"statement of {service.bill.statement_date or 'an unknown day'} ({service.bill.name})"
    if service.counts:
        if service.estimated:
            return "estimated", f"estimated read, {service.bill.state}, {on}"
        return "verified", f"{service.bill.state}, {on}"
    return "review", f"{_doubt(service)}, {on}"


def _doubt(service: OfService) -> str:
    if service.bill.standing == "asked":
        return "two files of it say different things: see `billclerk questions`"
    if service.standing == "undecided":
        return "another statement bills these days: see `billclerk questions`"
    if "unplaced" in (service.standing, service.bill.standing):
        return "its bill's account or date was not read"
    return "in review"
