"""When readings were last told: one answer for coverage and for joins.

What an import tells again unchanged is not written again; `interval_span` has which spans it told, and
`interval_again` that a file came again with the very same bytes. It is a new download if it was written
after the file was last taken in: an old file that is imported once more, or read by a newer reader, is no
newer. A file that came again tells nothing of what a later import changed.

    told = last_told(session)
    told.late(series, posted)  # the spans of a series that were told when the bill had posted
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from extractor.intervals import clock
from extractor.intervals.held.spans import bounds, joined
from extractor.intervals.provisional import Span, is_early
from extractor.store.metered import IntervalAgain, IntervalImport, IntervalSpan
from extractor.store.neighbours import parts

DRIFT = dt.timedelta(days=1)
"""How far a file's clock may be ahead; what is later is no time of a download."""


@dataclass(frozen=True)
class LastTold:
    """What the database says of when readings were told."""

    imported: Mapping[int, dt.datetime]
    """By import when its file was told last."""
    spans: Mapping[int, Sequence[tuple[int, int, int]]] = field(default_factory=dict)
    """By series the spans, and by which import they were told."""

    def late(self, series: int, posted: dt.date) -> list[Span]:
        """Return the spans of a series that were told when a bill had posted, none touching another."""
        told = [
            (begin, end) for begin, end, number in self.spans.get(series, ()) if self.is_late(number, posted)
        ]
        return [Span(*bounds(one)) for one in joined(told)]

    def is_late(self, number: int, posted: dt.date) -> bool:
        """Tell whether the file of an import was told when a bill had posted."""
        return not is_early(self.imported[number], posted)


def posted_at(posted: dt.date) -> dt.datetime:
    """Return when the local day of a bill's statement begins."""
    return dt.datetime.fromtimestamp(clock.midnight(posted), dt.UTC)


def last_told(session: Session, series: Collection[int] | None = None) -> LastTold:
    """Return when readings of some series were told, or of all."""
    return LastTold(_imported(session), _spans(session, series))


def _imported(session: Session) -> dict[int, dt.datetime]:
    """Return when the file of each import was told last: read anew, it is no newer."""
    asked = select(col(IntervalImport.id), col(IntervalImport.sha256), col(IntervalImport.at))
    rows = session.execute(asked.order_by(col(IntervalImport.at).desc())).all()
    told = {sha256: at for _, sha256, at in rows}
    again = (
        select(col(IntervalImport.sha256), col(IntervalAgain.at))
        .join(IntervalImport, col(IntervalImport.id) == col(IntervalAgain.import_id))
        .order_by(col(IntervalAgain.at))
    )
    told.update((sha256, at) for sha256, at in session.execute(again))
    return {number: told[sha256] for number, sha256, _ in rows}


def _spans(session: Session, series: Collection[int] | None) -> dict[int, list[tuple[int, int, int]]]:
    columns = (col(getattr(IntervalSpan, name)) for name in ("series", "begin", "end", "import_id"))
    asked = select(*columns)
    found: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    every = [asked]
    if series is not None:
        every = [asked.where(col(IntervalSpan.series).in_(some)) for some in parts(sorted(series))]
    for one in every:
        for number, begin, end, import_id in session.execute(one):
            found[number].append((begin, end, import_id))
    return found


def tell_again(session: Session, number: int, is_repeat: bool, written: dt.datetime, at: dt.datetime) -> bool:
    """Keep that the file of an import was downloaded again, if it was; tell whether it was.

    `written` is when the file was written, `at` when it is taken in.
    """
    sha256 = session.exec(select(IntervalImport.sha256).where(IntervalImport.id == number)).one()
    before = select(IntervalImport.at).where(IntervalImport.sha256 == sha256)
    before = before if is_repeat else before.where(IntervalImport.id != number)
    again = (
        select(IntervalAgain.at)
        .join(IntervalImport, col(IntervalImport.id) == col(IntervalAgain.import_id))
        .where(IntervalImport.sha256 == sha256)
    )
    times = [*session.exec(before), *session.exec(again)]
    told = min(written, at)
    if written - at > DRIFT or not times or told <= max(times) or _is_changed_since(session, number):
        return False
    session.add(IntervalAgain(import_id=number, at=told))
    session.flush()
    return True


def _is_changed_since(session: Session, number: int) -> bool:
    """Tell whether a later import told of the same spans, and changed anything at all."""
    mine, other = aliased(IntervalSpan), aliased(IntervalSpan)
    asked = (
        select(other.id)
        .join(mine, col(mine.series) == col(other.series))
        .join(IntervalImport, col(IntervalImport.id) == other.import_id)
        .where(
            mine.import_id == number,
            other.import_id > number,
            other.begin < mine.end,
            other.end > mine.begin,
            col(IntervalImport.changed) > 0,
        )
    )
    return session.exec(asked.limit(1)).first() is not None
