"""What several questions begin with, asked once: what is billed, and whose it is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from sqlmodel import Session

from extractor.portfolio.billed import Billed, billed
from extractor.portfolio.owners import Owner, Owners, owned, owners


@dataclass
class Seen:
    """What is billed to a customer of the roster, or all that is, as one session sees it."""

    session: Session
    customer: str | None = None

    @cached_property
    def billed(self) -> Billed:
        """What is billed."""
        return billed(self.session, self.customer)

    @cached_property
    def owners(self) -> Owners:
        """The roster."""
        return owners(self.session)

    @cached_property
    def owned(self) -> dict[int, Owner]:
        """Whose each service is, by its number."""
        return owned(self.billed, self.owners)
