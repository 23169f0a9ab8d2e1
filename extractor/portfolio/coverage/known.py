"""What the store says of which coverage is told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from extractor.portfolio.billed import Billed
from extractor.portfolio.coverage.model import History
from extractor.portfolio.owners import Owner, Owners
from extractor.store.people import Account

Key = tuple[str, str | None]
"""A meter's account without hyphens, and a customer of the roster."""


@dataclass(frozen=True)
class Known:
    """What the store says."""

    billed: Billed
    owners: Owners
    owned: Mapping[int, Owner]
    """Whose each service is."""
    accounts: Sequence[Account]
    """Rows of the roster."""
    same_accounts: Mapping[str, str]
    """By customer account, the one that stands for all of its customer's, where it has several."""
    followed: frozenset[str]
    """Service accounts that another number follows."""
    history: Sequence[History]
    today: dt.date
    only: str | None
    """The customer for whom it is asked."""
