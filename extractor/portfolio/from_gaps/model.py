"""What is told of days of which something is not kept: what is missing, and which way it can be had."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from extractor.portfolio.owners import Owner

What = Literal["billing_history", "interval", "generation", "bill_pdf"]

WORDS: Mapping[What, str] = {
    "billing_history": "billing history",
    "interval": "interval readings",
    "generation": "generation charges",
    "bill_pdf": "bill PDF",
}

Way = Literal["request", "letter", "asked", "unauthorized", "outside", "elsewhere", "nobody"]
"""`request`: under an authorization; `letter`: to the customer; `asked`: an open request has it;
`unauthorized`: no authorization covers it; `outside`: no longer within the counterparty's window;
`elsewhere`: of a supplier that nobody here asks; `nobody`: the roster has no customer for it."""

Days = tuple[dt.date, dt.date]
"""First and last day, both inclusive."""

Month = tuple[int, Days]
"""A read month, 202512 is December 2025, with the days of it that are missing."""


class Service(NamedTuple):
    """A meter's service as one customer has it."""

    known_as: str
    numbers: tuple[str, ...]
    """All of its service accounts, the one that was seen last first."""
    owner: Owner | None


class Missing(NamedTuple):
    """A month of a service of which something is not kept."""

    service: Service
    what: What
    month: Month
    account: str
    """The service account of these days, as bills print it."""
    seller: str | None
    """Who can have it, as bills or the roster call that one: SCE, CPA; None where nobody knows."""


@dataclass(frozen=True)
class Line:
    """Months of a service that follow on each other, of which one thing is missing, and what is done."""

    service: Service
    what: What
    account: str
    """As it is asked by: as the authorization has it, where one covers it."""
    months: tuple[Month, ...]
    way: Way
    counterparty: str | None = None
    """Key of whom it is asked of."""
    option: str | None = None
    under: int | None = None
    """The authorization that it is, or was, asked under."""
    request: int | None = None
    """The open request that has it; of a draft that was made, its number."""
    note: str = ""
    """What else a person has to know."""
    leaves: tuple[tuple[int, dt.date], ...] = ()
    """When each month leaves the counterparty's window: from that day on it cannot be had as a whole."""
    is_assumed: bool = False
    """Whether the window is assumed."""

    @property
    def first(self) -> dt.date:
        """The first day that is missing."""
        return self.months[0][1][0]

    @property
    def last(self) -> dt.date:
        """The last day that is missing."""
        return max(days[1] for _, days in self.months)

    @property
    def customer(self) -> str | None:
        """Key of the roster."""
        return self.service.owner.customer if self.service.owner else None


@dataclass(frozen=True)
class Paper:
    """An authorization that holds."""

    number: int
    customer: str
    counterparty: str
    accounts: Mapping[str, str]
    """Service accounts by their digits, as they stand on it."""
    options: frozenset[str]
    last: dt.date | None
    """The last day on which it holds."""
    is_used_up: bool = False
    """Whether it is good for one request, and there is one."""

    def covers(self, option: str) -> bool:
        """Tell whether an option is initialled on it."""
        return option in self.options or option.rstrip("abcd") in self.options


@dataclass(frozen=True)
class AskedFor:
    """An item of a request."""

    request: int
    customer: str
    """For whom it asks: what one customer asked says nothing of another one's days."""
    state: str
    is_open: bool
    under: int | None
    counterparty: str
    account: str
    """Its digits."""
    option: str
    days: Days | None
    """None where it is about no span of days."""


@dataclass(frozen=True)
class Plan:
    """All that is missing, and what is done of it."""

    lines: Sequence[Line]
    """By customer, service and day."""
    without_readings: int = 0
    """Services of which no readings were ever imported: of these none are missing."""

    def of(self, *ways: Way) -> list[Line]:
        """Return the lines that go some ways."""
        return [line for line in self.lines if line.way in ways]
