"""What several questions begin with, asked once: what is billed, and whose it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from sqlmodel import Session

from extractor.portfolio.acting import Actors
from extractor.portfolio.billed import Billed, OfBill, billed
from extractor.portfolio.coverage.meters import Grouped
from extractor.portfolio.due_open import Open
from extractor.portfolio.history.odd import Odd
from extractor.portfolio.owners import Owner, Owners, owned, owners


@dataclass
class Seen:
    """What is billed to a customer of the roster, or all that is, as one session sees it."""

    session: Session
    customer: str | None = None
    odd: dict[frozenset[int], Sequence[Odd]] = field(default_factory=dict)
    """What is odd of some bills, by their numbers: several people's lists are of the same ones."""
    groups: dict[tuple[dt.date, str | None], Grouped] = field(default_factory=dict)
    """The services that coverage is told of, by day and customer."""
    open: dict[dt.date, Sequence[Open]] = field(default_factory=dict)
    """The statements that are open on a day."""
    _acting: dict[dt.date, Actors] = field(default_factory=dict)
    _new: dict[dt.datetime, Sequence[OfBill]] = field(default_factory=dict)

    @cached_property
    def billed(self) -> Billed:
        """What is billed."""
        return billed(self.session, self.customer)

    def taken_since(self, moment: dt.datetime) -> Sequence[OfBill]:
        """Return the bills whose files were taken after a moment."""
        if moment not in self._new:
            self._new[moment] = [bill for bill in self.billed.bills if bill.taken_at > moment]
        return self._new[moment]

    def acting(self, day: dt.date) -> Actors:
        """Return who acts on what is billed, on a day."""
        if day not in self._acting:
            self._acting[day] = Actors(self.owners, self.billed.by_bill(), day)
        return self._acting[day]

    @cached_property
    def owners(self) -> Owners:
        """The roster."""
        return owners(self.session)

    @cached_property
    def owned(self) -> dict[int, Owner]:
        """Whose each service is, by its number."""
        return owned(self.billed, self.owners)
