"""Where joined readings come from: what of that has to be known beside a verdict.

SCE edits and estimates readings when it makes a bill of them, and what was downloaded before is not told
to have changed. So readings that were told before the day of the statement, and not again since, are
provisional, unless their quality says that they are what bills are made of: the rule of
`extractor.intervals.provisional`, by which coverage asks for them to be downloaded again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from sqlmodel import Session, col, select

from extractor.intervals import clock
from extractor.intervals.columns import Bools, Ints
from extractor.intervals.held.last_told import LastTold, last_told
from extractor.intervals.held.whose import Owned
from extractor.intervals.join import Joined
from extractor.intervals.loads import FINAL, Load
from extractor.intervals.provisional import Span
from extractor.store.metered import IntervalImport

PROVISIONAL = "readings were imported before SCE had made the bill, and it may have edited them since"


@dataclass(frozen=True)
class Sources:
    """The imports of a store, and when they told of what."""

    last_told: LastTold
    unconfirmed: frozenset[int]
    """Imports of formats that nobody has confirmed yet."""

    def told(
        self,
        joined: Joined,
        load: Load,
        statement_date: dt.date | None,
        series: Iterable[Owned] | None = None,
    ) -> Joined:
        """Return a join with what has to be known of its readings, in its reason too.

        `series` are those of the load; all that its imports tell of if they are not known.
        """
        days = joined.days
        if joined.channels is None or days is None or joined.last is None:
            return joined
        first, last = days
        unconfirmed = tuple(sorted(self.unconfirmed & load.imports(first, last))) if self.unconfirmed else ()
        span = Span(*clock.period(first, last))
        numbers = None if series is None else {one.stored for one in series}
        provisional = self._are_early(load, span, statement_date or joined.last, numbers)
        said = [
            *([_unconfirmed(unconfirmed)] if unconfirmed else []),
            *([PROVISIONAL] if provisional else []),
        ]
        if not said:
            return joined
        reason = "; ".join((joined.reason, *said))
        return replace(joined, reason=reason, unconfirmed=unconfirmed, is_provisional=provisional)

    def _are_early(self, load: Load, span: Span, posted: dt.date, series: Collection[int] | None) -> bool:
        """Tell whether readings of a period were told before the bill had posted, and not again since."""
        for taken in (one.between(*span) for one in load.taken):
            for number in taken.not_final:
                if not self.last_told.is_late(number, posted):
                    is_its = (taken.imports == number) & (taken.qualities < FINAL)
                    if not self._are_told_again(number, taken.starts[is_its], posted, series):
                        return True
        return False

    def _are_told_again(
        self, number: int, starts: Ints, posted: dt.date, series: Collection[int] | None
    ) -> bool:
        """Tell whether all that an import told at some instants was told again when a bill had posted.

        Of which series a reading is is not known any more: each that the import told of has to be told again.
        """
        wanted = self.last_told.spans if series is None else series
        is_known = np.zeros(len(starts), dtype=np.bool_)
        for one in wanted:
            own = [Span(begin, end) for begin, end, by in self.last_told.spans.get(one, ()) if by == number]
            is_told = _are_in(starts, own)
            if not _are_in(starts[is_told], self.last_told.late(one, posted)).all():
                return False
            is_known |= is_told
        return bool(is_known.all())


def _are_in(starts: Ints, spans: Sequence[Span]) -> Bools:
    """Tell of each instant whether it is in one of some spans."""
    found = np.zeros(len(starts), dtype=np.bool_)
    for span in spans:
        found |= (starts >= span.begin) & (starts < span.end)
    return found


def sources_of(session: Session) -> Sources:
    """Return the imports of a store."""
    asked = select(IntervalImport.id).where(col(IntervalImport.is_confirmed).is_(False))
    return Sources(last_told(session), frozenset(session.exec(asked)))


def _unconfirmed(imports: tuple[int, ...]) -> str:
    which = f"import{'s' if len(imports) > 1 else ''} {', '.join(map(str, imports))}"
    return f"nobody has confirmed what the columns of {which} mean"
