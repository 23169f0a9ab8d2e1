"""What the rules of the linter look at, and what they find."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from datarequests.business_days import add_business_days, received_on
from datarequests.counterparties import Form
from datarequests.on_bills import OnBills
from datarequests.on_roster import Held
from datarequests.tables import Authorization
from datarequests.viewed import Viewed
from extractor.base.days import Days


class Severity(StrEnum):
    """What is made of a finding."""

    REFUSE = "refuse"
    WARN = "warn"


class FileIs(StrEnum):
    """What became of the file that was signed."""

    SAME = "same"
    CHANGED = "changed"
    GONE = "gone"
    NONE = "none"
    """Nothing was signed."""


@dataclass(frozen=True)
class Finding:
    """Something that speaks against sending a request."""

    code: str
    severity: Severity
    said: str
    """What was found."""
    reason: str = ""
    """Why it matters."""


@dataclass(frozen=True)
class Look:
    """What the rules look at."""

    viewed: Viewed
    bills: OnBills
    file: FileIs
    others_sent: int = 0
    """Other requests that were sent under the same authorization."""
    others_in_doubt: int = 0
    """Others under it of which nobody knows whether they arrived."""
    roster: Mapping[str, Held] = field(default_factory=dict)
    """Whose service accounts are by the roster, as they are asked about; it may not name all."""

    @property
    def authorization(self) -> Authorization | None:
        """What it is asked under."""
        return self.viewed.authorization

    @property
    def form(self) -> Form:
        """The counterparty's form of today."""
        return self.viewed.counterparty.form_on(self.viewed.today)

    @property
    def accounts(self) -> tuple[str, ...]:
        """The service accounts that are asked about, each once."""
        return tuple(dict.fromkeys(item.service_account for item in self.viewed.items))

    @property
    def options(self) -> tuple[str, ...]:
        """The options that are asked, each once."""
        return tuple(dict.fromkeys(item.option for item in self.viewed.items))

    @property
    def days(self) -> tuple[tuple[str, Days], ...]:
        """The days that are asked for, with their service accounts, each once."""
        every = ((item.service_account, item.first, item.last) for item in self.viewed.items)
        asked = ((account, (first, last)) for account, first, last in every if first and last)
        return tuple(dict.fromkeys(asked))

    @property
    def wants(self) -> frozenset[str]:
        """What the customer is after, as it was drafted or changed last."""
        said = [one.detail["wants"] for one in self.viewed.events if "wants" in one.detail]
        return frozenset(said[-1]) if said else frozenset()


Found = Iterator[tuple[Severity, str]]
Rule = Callable[[Look], Found]

REFUSE, WARN = Severity.REFUSE, Severity.WARN


def addresses_on_form(look: Look) -> dict[str, str]:
    """Return the service accounts of the authorization, each with its service address."""
    accounts = look.authorization.accounts if look.authorization else []
    return {one["service_account"]: one.get("service_address", "") for one in accounts}


def expected_latest(viewed: Viewed) -> dt.date:
    """Return by when an answer is due at the latest if it is sent now.

    Raises:
        CalendarEndsError: if the calendar does not reach that day.
    """
    to = viewed.counterparty
    window = to.window(viewed.today, {item.option for item in viewed.items})
    zero = received_on(viewed.now, window.cutoff, window.zone, to.calendar)
    return add_business_days(zero, window.latest, to.calendar)
