"""Kept bills beside kept readings: what was imported before the bill is told, until it is told again."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable

from sqlalchemy import Engine

from extractor.base.database import writing
from extractor.home import Home
from extractor.intervals import clock
from extractor.intervals.given import Given, Series
from extractor.intervals.held.keep import Source, import_
from extractor.intervals.held.refetch import meters, to_fetch
from extractor.model import Status
from extractor.store.aliases import add_alias
from extractor.store.said import Saying
from tests.extractor.intervals.held.stored import ACCOUNT, MARCH, QUARTER, run
from tests.extractor.made_bills import record, service
from tests.extractor.store.test_standing import Kept

DAYS = ("2025-03-01", "2025-03-30")
WHOLE = 30 * 96 - 4
"""Quarters of those days: an hour is missing as clocks go forward."""

BEFORE, AFTER = (dt.datetime(2025, 4, day, 12, tzinfo=dt.UTC) for day in (1, 10))


def taken(
    home: Home, engine: Engine, name: str, at: dt.datetime, given: Iterable[Given], revision: int = 1
) -> None:
    import_(home, engine, given, Source(hashlib.sha256(name.encode()).hexdigest(), "test", revision, at))


def asked(home: Home, engine: Engine, account: str | None = None) -> list[tuple[str, str, str]]:
    return [(str(one.first), str(one.last), one.reason) for one in to_fetch(home, engine, account)]


def test_what_came_before_the_bill_is_asked_for_until_it_is_told_again(home: Home, kept: Engine) -> None:
    bills = Kept(kept)
    taken(home, kept, "a", BEFORE, [run(MARCH, WHOLE, 1)])
    assert asked(home, kept) == []  # no bill is kept yet
    bills.put(record("2025-04-02", service(*DAYS)))
    why = "all 2,876 readings were imported before the bill posted"
    assert asked(home, kept) == [(*DAYS, why)]
    (one,) = to_fetch(home, kept)
    assert one.imported == (BEFORE, BEFORE)
    assert one.bill.posted == dt.date(2025, 4, 2)
    taken(home, kept, "b", BEFORE + dt.timedelta(hours=1), [run(MARCH, WHOLE, 1)])
    assert asked(home, kept) == [(*DAYS, why)]  # told again, and too early again
    taken(home, kept, "c", AFTER, [run(MARCH, WHOLE, 1)])
    assert asked(home, kept) == []  # told again when the bill had posted, though nothing was new


def test_only_the_days_that_were_not_told_again_are_left(home: Home, kept: Engine) -> None:
    Kept(kept).put(record("2025-04-02", service(*DAYS)))
    taken(home, kept, "a", BEFORE, [run(MARCH, WHOLE, 1)])
    taken(home, kept, "b", AFTER, [run(MARCH, 96, 1), run(MARCH + 96 * QUARTER, 4 * 96, 7)])
    early = WHOLE - 5 * 96
    why = f"{early:,} of 2,876 readings were imported before the bill posted"
    assert asked(home, kept) == [("2025-03-06", "2025-03-30", why)]
    (meter,) = meters(home, kept)
    assert (meter.owner, len(meter.bills), len(meter.to_fetch)) == (ACCOUNT, 1, 1)


def test_an_old_file_that_is_read_anew_is_no_newer(home: Home, kept: Engine) -> None:
    Kept(kept).put(record("2025-04-02", service(*DAYS)))
    taken(home, kept, "a", BEFORE, [run(MARCH, WHOLE, 1)])
    taken(home, kept, "a", AFTER, [run(MARCH, WHOLE, 2)], revision=2)
    assert len(asked(home, kept)) == 1


def test_gaps_and_periods_after_the_first_reading_are_asked_for(home: Home, kept: Engine) -> None:
    bills = Kept(kept)
    bills.put(record("2025-02-27", service("2025-01-29", "2025-02-25")))  # before anything was downloaded
    bills.put(record("2025-04-02", service(*DAYS)))
    bills.put(record("2025-05-02", service("2025-03-31", "2025-04-29")))
    taken(home, kept, "a", AFTER, [run(MARCH, 96, 1), run(MARCH + 100 * QUARTER, WHOLE - 104, 1)])
    assert asked(home, kept) == [
        ("2025-03-02", "2025-03-30", "2 gaps: 2025-03-02 00:00 to 01:00, 2025-03-30 23:00 to 24:00"),
        ("2025-03-31", "2025-04-29", "nothing is held of it"),
    ]


def test_two_channels_that_are_whole_are_no_gap_and_one_that_is_not_is(home: Home, kept: Engine) -> None:
    Kept(kept).put(record("2025-04-02", service(*DAYS)))
    received = Series("received", service_account=ACCOUNT)
    taken(home, kept, "a", AFTER, [run(MARCH, WHOLE, 1), run(MARCH, WHOLE, 1, received)])
    assert asked(home, kept) == []
    taken(
        home,
        kept,
        "b",
        AFTER,
        [
            run(MARCH, 4, 1, Series("net", service_account=ACCOUNT)),
            run(MARCH + 8 * QUARTER, 4, 1, Series("net", service_account=ACCOUNT)),
        ],
    )
    assert asked(home, kept) == [("2025-03-01", "2025-03-01", "1 gap: 2025-03-01 01:00 to 02:00")]


def test_a_bill_by_another_number_is_looked_at_on_the_days_of_its_alias(home: Home, kept: Engine) -> None:
    old = "3-008-0000-08"
    Kept(kept).put(record("2025-04-02", service(*DAYS, account=old)))
    taken(home, kept, "a", BEFORE, [run(MARCH, WHOLE, 1)])
    assert asked(home, kept) == []
    saying = Saying("Pat", "letter", BEFORE)
    with writing(kept) as session:
        add_alias(session, "renumbered", old, ACCOUNT, "letter by SCE", None, dt.date(2025, 3, 30), saying)
    (one,) = to_fetch(home, kept, ACCOUNT)
    assert one.bill.service_account == old
    assert len(to_fetch(home, kept, old)) == 1
    assert to_fetch(home, kept, "9") == []


def test_a_bill_that_does_not_count_asks_for_nothing_and_one_in_review_says_so(
    home: Home, kept: Engine
) -> None:
    bills = Kept(kept)
    taken(home, kept, "a", BEFORE, [run(MARCH, WHOLE, 1)])
    bills.put(record("2025-04-02", service(*DAYS), status=Status.REVIEW))
    assert [why.endswith("; the bill itself is in review") for _, _, why in asked(home, kept)] == [True]
    bills.put(record("2025-04-02", service(*DAYS)))
    bills.put(record("2025-04-02", service(*DAYS)))
    (one,) = to_fetch(home, kept)
    assert one.bill.is_sure


def test_the_hour_that_comes_twice_is_asked_for_by_its_zone(home: Home, kept: Engine) -> None:
    begin, end = clock.period(dt.date(2025, 11, 1), dt.date(2025, 11, 30))
    Kept(kept).put(record("2025-12-03", service("2025-11-01", "2025-11-30")))
    hole = clock.midnight(dt.date(2025, 11, 2)) + 3600
    first, count = (hole - begin) // QUARTER, (end - begin) // QUARTER
    after = dt.datetime(2025, 12, 9, tzinfo=dt.UTC)
    taken(home, kept, "a", after, [run(begin, first, 1), run(hole + 3600, count - first - 4, 1)])
    why = "1 gap: 2025-11-02 01:00 PDT to 01:00 PST"
    assert asked(home, kept) == [("2025-11-02", "2025-11-02", why)]
