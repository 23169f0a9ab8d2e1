"""Where joined readings come from: what of that has to be known beside a verdict.

SCE edits and estimates readings when it makes a bill of them, and what was downloaded before is not told
to have changed. So readings that were imported until the day of the statement are provisional, unless
their quality says that they are what bills are made of.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlmodel import Session

from extractor.intervals import clock
from extractor.intervals.join import Joined
from extractor.intervals.loads import Load, imports_of

PROVISIONAL = "readings were imported before SCE had made the bill, and it may have edited them since"


@dataclass(frozen=True)
class Sources:
    """The imports of a store."""

    made: Mapping[int, dt.date]
    """The local day of each."""
    unconfirmed: frozenset[int]
    """Those of formats that nobody has confirmed yet."""

    def told(self, joined: Joined, load: Load, statement_date: dt.date | None) -> Joined:
        """Return a join with what has to be known of its readings, in its reason too."""
        days = joined.days
        if joined.channels is None or days is None or joined.last is None:
            return joined
        first, last = days
        unconfirmed = tuple(sorted(self.unconfirmed & load.imports(first, last))) if self.unconfirmed else ()
        posted = statement_date or joined.last
        provisional = self._are_early(load, first, last, posted)
        said = [
            *([_unconfirmed(unconfirmed)] if unconfirmed else []),
            *([PROVISIONAL] if provisional else []),
        ]
        if not said:
            return joined
        reason = "; ".join((joined.reason, *said))
        return replace(joined, reason=reason, unconfirmed=unconfirmed, is_provisional=provisional)

    def _are_early(self, load: Load, first: dt.date, last: dt.date, posted: dt.date) -> bool:
        """Tell whether readings of some days were imported on the day of the statement or before."""
        early = {number for number, day in self.made.items() if day <= posted}
        return bool(early) and not early.isdisjoint(load.not_final(first, last))


def sources_of(session: Session) -> Sources:
    """Return the imports of a store."""
    imports = imports_of(session)
    return Sources(
        {number: clock.local(int(one.at.timestamp())).date() for number, one in imports.items()},
        frozenset(number for number, one in imports.items() if not one.is_confirmed),
    )


def _unconfirmed(imports: tuple[int, ...]) -> str:
    which = f"import{'s' if len(imports) > 1 else ''} {', '.join(map(str, imports))}"
    return f"nobody has confirmed what the columns of {which} mean"
