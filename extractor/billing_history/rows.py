"""Rows of billing history as a file gives them, before anything is kept."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from extractor.intervals.given import Problem


class Row(NamedTuple):
    """What a table says that was billed to a service account for a period; both days inclusive."""

    line: int
    """In the file, from 1; of a workbook, in its sheet."""
    account: str
    """Without hyphens."""
    first: dt.date
    last: dt.date
    kwh: Decimal | None
    kw: Decimal | None
    amount: Decimal | None
    """USD."""

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True)
class Rows:
    """All that a file gives."""

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...] = ()
    """What was left out, and what a person has to know."""
