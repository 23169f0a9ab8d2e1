"""A sample drawn: of each group its share, by chance; what is printed nowhere is passed over and counted.

The groups are values of bills with text, and of bills that were recognised, wholly or in part, from pictures;
where bills in review are drawn with others, these in turn. EDI invoices have no page to look at: their values
are counted and not drawn. Only records of drawn bills are parsed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from sqlmodel import Session, col, select

from extractor.base.errors import BillclerkError
from extractor.model import ReadResult
from extractor.portfolio.sampling.choice import places, shares
from extractor.portfolio.sampling.columns import Slot
from extractor.portfolio.sampling.frame import Asked, Framed, framed, slots
from extractor.portfolio.sampling.values import Found, found
from extractor.store.tables import Bill

TEXT, SCANS, IN_REVIEW = "text", "scans", ", in review"


class NothingToDrawError(BillclerkError):
    """No bill that counts has values of this kind; see `billclerk bills`, or ask for others by --of."""

    exit_code = 2


class Value(NamedTuple):
    """A value that was drawn."""

    stratum: str
    bill: Framed
    slot: Slot
    found: Found


class Stratum(NamedTuple):
    """A group that was drawn from, how many values it has, and how many drawn are printed nowhere."""

    name: str
    values: int
    passed: int


@dataclass(frozen=True)
class Drawn:
    """A sample: its values as they are numbered, and what they were drawn from."""

    values: tuple[Value, ...]
    strata: tuple[Stratum, ...]
    no_pages: int
    """Values of EDI invoices."""


def drawn(session: Session, asked: Asked, size: int, seed: str) -> Drawn:
    """Draw a sample, the same one of the same store whenever it is drawn.

    Raises:
        NothingToDrawError: if there is nothing to draw from.
    """
    bills = framed(session, asked)
    groups: dict[str, list[Framed]] = defaultdict(list)
    for bill in bills:
        if bill.source != "edi":
            groups[_group_of(bill, asked)].append(bill)
    if not groups:
        raise NothingToDrawError(
            "there is nothing to draw from: no bill that is asked for counts and has pages"
        )
    lengths = {name: sum(bill.values for bill in groups[name]) for name in sorted(groups)}
    values: list[Value] = []
    strata: list[Stratum] = []
    look = _Look(session, asked)
    for name, share in shares(size, lengths).items():
        passed = 0
        wanted = share
        for value in look.draws(name, groups[name], seed) if wanted else ():
            if value is None:
                passed += 1
                continue
            values.append(value)
            wanted -= 1
            if not wanted:
                break
        strata.append(Stratum(name, lengths[name], passed))
    no_pages = sum(bill.values for bill in bills if bill.source == "edi")
    return Drawn(tuple(values), tuple(strata), no_pages)


def _group_of(bill: Framed, asked: Asked) -> str:
    source = TEXT if bill.source == "text" else SCANS
    return source + (IN_REVIEW if asked.of == "all" and bill.state == "review" else "")


class _Look:
    """Bills looked into as they are drawn, each once."""

    def __init__(self, session: Session, asked: Asked) -> None:
        self._session, self._asked = session, asked
        self._known: dict[int, tuple[list[Slot], ReadResult]] = {}

    def draws(self, name: str, bills: Sequence[Framed], seed: str) -> Iterator[Value | None]:
        """Give the values of a group in the order of chance; None for one that is printed nowhere."""
        ends = list(accumulate(bill.values for bill in bills))
        for place in places(seed, name, ends[-1]):
            at = bisect_right(ends, place)
            bill = bills[at]
            slots_of, record = self._of(bill)
            slot = slots_of[place - (ends[at] - bill.values)]
            where = found(record, slot.target)
            yield None if where is None else Value(name, bill, slot, where)

    def _of(self, bill: Framed) -> tuple[list[Slot], ReadResult]:
        if bill.bill_id not in self._known:
            text = self._session.exec(select(Bill.record).where(col(Bill.id) == bill.bill_id)).one()
            self._known[bill.bill_id] = (
                slots(self._session, self._asked, bill.bill_id),
                ReadResult.model_validate_json(text),
            )
        return self._known[bill.bill_id]
