"""Which spans an import told of is kept, also where nothing in them was new."""

from __future__ import annotations

from sqlalchemy import Engine
from sqlmodel import col, select

from extractor.base.database import reading
from extractor.home import Home
from extractor.intervals.given import Series
from extractor.store.metered import IntervalSpan
from tests.extractor.intervals.held.stored import ACCOUNT, MARCH, QUARTER, block, run
from tests.extractor.intervals.held.stored import kept as keep

RECEIVED = Series("received", service_account=ACCOUNT)


def told(engine: Engine) -> list[tuple[int, int, int, int]]:
    """Return import, series, begin and end in quarters since the first of March."""
    with reading(engine) as session:
        rows = session.exec(select(IntervalSpan).order_by(col(IntervalSpan.id)))
        return [(row.import_id, row.series, _quarters(row.begin), _quarters(row.end)) for row in rows]


def _quarters(at: int) -> int:
    return (at - MARCH) // QUARTER


def test_a_file_without_holes_tells_of_one_span_of_each_series(home: Home, kept: Engine) -> None:
    keep(home, kept, "a", [run(MARCH, 96, 1), run(MARCH, 4, 1, RECEIVED)])
    assert sorted(told(kept)) == [(1, 1, 0, 96), (1, 2, 0, 4)]


def test_holes_are_not_told_of(home: Home, kept: Engine) -> None:
    hour = block({MARCH + 10 * QUARTER: 9}, seconds=3600)
    keep(home, kept, "a", [run(MARCH, 4, 1), run(MARCH + 5 * QUARTER, 3, 1), hour])
    assert told(kept) == [(1, 1, 0, 4), (1, 1, 5, 8), (1, 1, 10, 14)]


def test_a_hole_as_long_as_an_overlap_is_seen(home: Home, kept: Engine) -> None:
    hour = block({MARCH: 9}, seconds=3600)
    keep(home, kept, "a", [hour, run(MARCH, 4, 1), run(MARCH + 8 * QUARTER, 4, 1)])
    assert told(kept) == [(1, 1, 0, 4), (1, 1, 8, 12)]


def test_what_is_told_again_unchanged_is_told_by_both(home: Home, kept: Engine) -> None:
    keep(home, kept, "a", [run(MARCH, 96, 1)])
    again = keep(home, kept, "b", [run(MARCH, 96, 1), run(MARCH + 96 * QUARTER, 1, 0)])
    assert (again.added, again.same) == (1, 96)
    assert told(kept) == [(1, 1, 0, 96), (2, 1, 0, 97)]
    assert keep(home, kept, "b", [run(MARCH, 96, 1)]).is_repeat
    assert len(told(kept)) == 2
