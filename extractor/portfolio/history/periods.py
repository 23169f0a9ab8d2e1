"""Days between the periods of a meter that nothing bills, and days that two of them bill.

SCE's periods follow on each other to the day (bills.md 7). A CCA's may overlap the next one by a day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from extractor.base.days import ONE, Days, outside
from extractor.portfolio.billed import OfService
from extractor.portfolio.coverage.around import around
from extractor.portfolio.coverage.finals import Finals, is_final, is_opening
from extractor.portfolio.coverage.laid import FEWEST, length
from extractor.portfolio.coverage.sources import ELSEWHERE, LONGEST
from extractor.portfolio.history.elsewhere import Elsewhere
from extractor.portfolio.history.odd import Odd
from extractor.portfolio.pairing import OVERLAP

NO_WORD = Finals()
"""Neither the roster nor an alias speaks for days after a final bill."""


def periods(
    services: Sequence[OfService],
    known: Sequence[OfService],
    finals: Finals = NO_WORD,
    gone: Sequence[Elsewhere] = (),
) -> Iterator[Odd]:
    """Give breaks and overlaps between the periods of one meter that count, delivery and generation apart.

    `known` are all of the meter, those in doubt with them: days that one of these bills are no break, and
    a few beside them are none either, as its days are in doubt, too. Days that a final bill closes are no
    break: `finals` tells it; nor are those of another customer, `gone`. Of generation only a few days are
    one: a month without it is no bill's oddity, it is in coverage. A settlement of a year lies around other
    periods: it neither overlaps them nor bills days between them.
    """
    for is_generation, tolerated, longest in ((False, 0, None), (True, OVERLAP, FEWEST - 1)):
        of = [one for one in services if one.is_generation == is_generation]
        beside = around(one for one in known if one.is_generation == is_generation)
        own = [one for one in of if one.id not in beside]
        others = [one for one in known if one.id not in beside and _may_bill(one, is_generation)]
        for found in _periods(sorted(own, key=in_time), tolerated, finals):
            if isinstance(found, Odd):
                yield found
            elif longest is None or found.days <= longest:
                of_half = [one for one in gone if one.is_generation in (None, is_generation)]
                yield from found.told(others, of_half)


class _Break(NamedTuple):
    """Days between two periods."""

    first: dt.date
    before: OfService
    after: OfService

    @property
    def days(self) -> int:
        assert self.after.start is not None
        return (self.after.start - self.first).days

    def told(self, others: Sequence[OfService], gone: Sequence[Elsewhere]) -> Iterator[Odd]:
        """Give what is said of its days that nothing bills; `others` may bill some, `gone` are another's."""
        assert self.after.start is not None
        free = outside((self.first, self.after.start - ONE), [(one.first, one.last) for one in gone])
        left = [run for days in free for run in _left(days, others)]
        if left:
            count = sum((last - first).days + 1 for first, last in left)
            runs = ", ".join(f"{first} to {last}" for first, last in left)
            said = f"no bill is kept of {_days(count)}: {runs}"
            yield Odd("period_break", self.after.bill, said, self.after, self.before.bill)


def _left(days: Days, others: Iterable[OfService]) -> list[Days]:
    """Return the runs of days that no other bills; where one bills some, only those of a bill's length."""
    billed = [
        (one.start, one.end)
        for one in others
        if one.start is not None and one.end is not None and one.start <= days[1] and one.end >= days[0]
    ]
    fewest = FEWEST if billed else 1
    return [run for run in outside(days, billed) if length(run) >= fewest]


def _may_bill(one: OfService, is_generation: bool) -> bool:
    """Tell whether a service in doubt, or a bundled one, may bill days that nothing else of a half does."""
    if one.counts:
        return is_generation and one.role == "bundled"
    if one.standing in ELSEWHERE or one.bill.standing in ELSEWHERE:
        return False  # another file or bill speaks for it, for its own days
    if not one.bill.is_trusted and not _is_believed(one):
        return False
    is_half = one.role is None or one.is_generation == is_generation
    return is_half or (is_generation and one.role == "bundled")


def _is_believed(one: OfService) -> bool:
    """Tell whether a doubtful service's days may be so; far more, or none, are rather a misread date."""
    return one.start is None or one.end is None or 0 <= (one.end - one.start).days < LONGEST


def in_time(one: OfService) -> tuple[dt.date, dt.date, dt.date, int]:
    """Return what services are put in order by, in whatever order their files came."""
    issued = one.bill.statement_date or dt.date.min
    return one.start or dt.date.min, one.end or dt.date.min, issued, one.id


def _periods(of: Sequence[OfService], tolerated: int, finals: Finals) -> Iterator[Odd | _Break]:
    """Give breaks and overlaps; services of one bill are no two bills of their days."""
    before: OfService | None = None
    for one in _furthest(of):
        assert one.start is not None
        assert one.end is not None
        if before is None or before.end is None:
            before = one
            continue
        days = (one.start - before.end).days - 1
        if days > 0:
            first = _waited_from(before, one, finals)
            if first is not None and first < one.start:
                yield _Break(first, before, one)
        elif -days > tolerated and before.bill.id != one.bill.id:
            last = min(before.end, one.end)
            both = (last - one.start).days + 1
            said = f"two bills have {_days(both)}: {one.start} to {last}"
            yield Odd("period_overlap", one.bill, said, one, before.bill)
        before = one if one.end >= before.end else before


def _waited_from(before: OfService, after: OfService, finals: Finals) -> dt.date | None:
    """Return from which day between two bills on one is waited for; None if a final bill closes them all."""
    assert before.end is not None
    if not is_final(before):
        return before.end + ONE
    return None if is_opening(after) else finals.waited_from(before, is_between=True)


def _furthest(of: Sequence[OfService]) -> Sequence[OfService]:
    """Return the periods in order, without pieces that lie in the one before whole."""
    found: list[OfService] = []
    for one in of:
        if not found or (one.end or dt.date.min) > (found[-1].end or dt.date.min) or _is_longer(one):
            found.append(one)
    return found


def _is_longer(one: OfService) -> bool:
    """Tell whether a period is one of its own, and no piece of a few days before a change of rates."""
    assert one.start is not None
    assert one.end is not None
    return (one.end - one.start).days + 1 > PIECE


PIECE = 20
"""Days below which a period that lies in another is a piece of it."""


def _days(count: int) -> str:
    return "a day" if count == 1 else f"{count} days"
