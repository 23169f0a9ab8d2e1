"""A meter's service, and what it goes by."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from extractor.store.roster import Listed


@dataclass(frozen=True)
class Line:
    """One thing that a service goes by, from one day to another, and by what it is known."""

    kind: str
    """`customer account`, `service account`, `POD-ID`, `meter`, `usage point`, `alias` or `readings`."""
    number: str
    provider: str | None = None
    """Whose charges bills have under a service account; of a customer account who issued them."""
    first: dt.date | None = None
    last: dt.date | None = None
    """Inclusive; of readings the first day of the first month, and the last of the last."""
    months: int | None = None
    """Of readings: months that have any."""
    evidence: str = ""


@dataclass
class OfService:
    """A meter's service."""

    numbers: tuple[str, ...]
    """Its service accounts, the one that was seen last at first."""
    customers: dict[str, str] = field(default_factory=dict)
    """Names by key, of the roster."""
    sites: dict[str, str] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    listed: list[Listed] = field(default_factory=list)
    """What the roster says of it: the rows of its service accounts, with what those of its customer accounts
    add; where it has none, the latter."""

    @property
    def name(self) -> str:
        """The service account by which it is called."""
        return self.numbers[0]

    @property
    def managers(self) -> set[str]:
        """The keys of who looks after it, by the roster."""
        return {row.manager.key for row in self.listed if row.manager}
