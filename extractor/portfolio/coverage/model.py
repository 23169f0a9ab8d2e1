"""What coverage is told in: cycles of a meter, each with two halves, and the months that they end in.

A cycle is a delivery period from one read to the next: billed, or, where nothing came, worked out. Its
*read month* is the month of its last day. A month may have two cycles (one of them short) or none (a long
one runs through it): then its days are billed with the cycle that ends next, and it is not counted.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Literal, NamedTuple

from extractor.portfolio.billed import OfBill, OfService
from extractor.portfolio.owners import Owner

Half = Literal["delivery", "generation"]
HALVES: tuple[Half, ...] = ("delivery", "generation")

Status = Literal[
    "missing",
    "late",
    "review",
    "history",
    "estimated",
    "verified",
    "expected",
    "bundled",
    "none",
    "closed",
]
"""The worst first: a month with two cycles is called by the worse of them, by what is there rather than by
what is waited for."""

STATUSES: Mapping[Status, str] = {
    "missing": "not there, though a later statement, or its own other half, is; or taken back whole, and not"
    " billed anew",
    "late": "the statement was due, the days of grace are over, and nothing came",
    "review": "billed, and a person has to look at it before it counts",
    "history": "no bill, but a row of a billing-history table",
    "estimated": "billed and trusted, on an estimated read",
    "verified": "billed and trusted: proven, corrected or accepted",
    "expected": "its statement is not due yet",
    "bundled": "generation that SCE sold and billed together with its delivery",
    "none": "no generation is waited for: a supplier bills it elsewhere, or nobody knows who sells it",
    "closed": "outside the service's days: before its first, after its final bill, or not its customer's"
    " by the roster",
}


class History(NamedTuple):
    """A row of a billing-history table, never called verified."""

    account: str
    """Without hyphens."""
    role: str | None
    first: dt.date
    last: dt.date
    kwh: Decimal | None
    amount: Decimal | None
    """USD; in no total."""


class Part(NamedTuple):
    """A half of a cycle."""

    status: Status
    why: str
    """In words."""
    services: tuple[OfService, ...] = ()
    """What bills it; a back-billed period is here in each cycle that it covers."""
    here: tuple[OfService, ...] = ()
    """Those of the services whose dollars belong to this cycle: each in one cycle only."""
    history: tuple[History, ...] = ()
    expected: dt.date | None = None
    """About when its statement is or was made, where none came."""
    late: dt.date | None = None
    """From which day on it is late."""
    is_assumed: bool = False
    """Its days or its date rest on other periods, not on print."""

    @property
    def amount(self) -> Decimal | None:
        """Dollars that count, each once; None where nothing does."""
        counted = [one.total for one in self.here if one.counts and one.total is not None]
        return sum(counted, Decimal(0)) if counted else None


class Cycle(NamedTuple):
    """The days from one read to the next, both inclusive."""

    first: dt.date
    last: dt.date
    delivery: Part
    generation: Part

    @property
    def month(self) -> int:
        """The read month: 202512 is December 2025."""
        return self.last.year * 100 + self.last.month

    def half(self, half: Half) -> Part:
        """Return one of its halves."""
        return self.delivery if half == "delivery" else self.generation


class Cell(NamedTuple):
    """A half of a read month."""

    month: int
    half: Half
    status: Status
    """The worst of its cycles'."""
    why: str
    cycles: tuple[Cycle, ...]
    """Those that end in it; where none does, the one that bills its days."""
    is_read: bool
    """Whether a cycle ends in it, or should; else it is not counted and has no dollars."""

    @property
    def parts(self) -> tuple[Part, ...]:
        """The halves of its cycles."""
        return tuple(cycle.half(self.half) for cycle in self.cycles)

    @property
    def here(self) -> tuple[OfService, ...]:
        """Services whose dollars belong to this month."""
        return tuple(one for part in self.parts for one in part.here) if self.is_read else ()

    @property
    def amount(self) -> Decimal | None:
        """Dollars that count, each in one month only; None where nothing does."""
        counted = [one.total for one in self.here if one.counts and one.total is not None]
        return sum(counted, Decimal(0)) if counted else None


class Gap(NamedTuple):
    """Days of a meter that no period bills, or that two bill; both days inclusive."""

    kind: Literal["gap", "overlap"]
    half: Half
    first: dt.date
    last: dt.date
    before: OfService | None
    """The period before, where there is one."""
    after: OfService | None

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True)
class OfMeter:
    """A meter's service as one customer has it: a row of the coverage."""

    known_as: str
    """The service account that stands for all of its meter's."""
    number: str
    """The service account that was seen last; what it is shown by."""
    numbers: tuple[str, ...]
    """All of them."""
    customer_accounts: tuple[str, ...]
    owner: Owner | None
    """Whose it is and who looks after it, by the roster; None where that does not say."""
    provider: str | None
    """Who sells the energy, by the roster."""
    managed: tuple[dt.date | None, dt.date | None]
    """First and last day by the roster, both inclusive; None is open."""
    cycles: tuple[Cycle, ...]
    """By day, those before the asked months too."""
    cells: Mapping[tuple[int, Half], Cell]
    is_billed: bool
    """Whether any bill of it is kept."""
    look_for_gaps: Callable[[], tuple[Gap, ...]] = field(repr=False, compare=False)
    """Looked for where they are asked for: it takes its time."""

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        """By day; those that touch the asked months."""
        return self.look_for_gaps()

    @property
    def is_closed(self) -> bool:
        """Whether no day of the asked months is one of its own."""
        return all(cell.status == "closed" for cell in self.cells.values()) and not self.gaps

    def of_half(self, half: Half) -> Iterator[Cell]:
        """Give its months."""
        return (cell for (_, of), cell in self.cells.items() if of == half)

    def counts(self, half: Half | None = None) -> Counter[Status]:
        """Count its months by status; of both halves, if none is named."""
        return Counter(
            cell.status for (_, of), cell in self.cells.items() if cell.is_read and half in (None, of)
        )

    def open(self, *wanted: Status) -> Iterator[tuple[Cycle, Half]]:
        """Give the halves of its cycles in the asked months that have one of some statuses, each once."""
        months = {month for month, _ in self.cells}
        for cycle in self.cycles:
            for half in HALVES:
                if cycle.month in months and cycle.half(half).status in wanted:
                    yield cycle, half


class Unplaced(NamedTuple):
    """A current bill or service of one that has no place in the coverage, and why."""

    bill: OfBill
    service: OfService | None
    why: str


@dataclass(frozen=True)
class Coverage:
    """What is kept and what is not, of some months."""

    today: dt.date
    months: tuple[int, ...]
    """202512 is December 2025; the last is today's."""
    meters: tuple[OfMeter, ...]
    """By customer, site and number; those without a customer last."""
    unplaced: Sequence[Unplaced] = ()
    past: int = 0
    """Services left out: nothing of these months is billed or waited for."""

    def counts(self, half: Half | None = None) -> Counter[Status]:
        """Count months by status."""
        found: Counter[Status] = Counter()
        for meter in self.meters:
            found.update(meter.counts(half))
        return found
