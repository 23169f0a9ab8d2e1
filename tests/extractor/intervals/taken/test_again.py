"""A file that is downloaded again with the very same bytes: its readings were told again, for all who ask."""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from extractor.base.database import reading
from extractor.home import Home
from extractor.intake.interval_files import take_in_place
from extractor.intervals import clock
from extractor.intervals.given import Quality, Series
from extractor.intervals.held.refetch import to_fetch
from extractor.intervals.of_bills import of_bills
from extractor.intervals.taken.take import Taken, take
from extractor.store.current import current
from tests.extractor.intervals.held.stored import kept as keep
from tests.extractor.intervals.held.stored import run
from tests.extractor.intervals.joined import bill, of_account, put
from tests.extractor.intervals.loads import services
from tests.extractor.intervals.taken.made import ACCOUNT, csv, file_of, named, reader

[SERVICE] = [one for one in services("gs2d-bundled-summer-2025") if one.role == "bundled"]
assert SERVICE.period is not None
FIRST, LAST = SERVICE.period.start, SERVICE.period.end
POSTED = LAST + dt.timedelta(days=2)
QUARTERS = (clock.day(LAST)[1] - clock.midnight(FIRST)) // 900
EARLY, LATE = (
    dt.datetime.fromtimestamp(clock.midnight(POSTED) + hours * 3600, dt.UTC) for hours in (-12, 100)
)
HOUR = dt.timedelta(hours=1)
ONE, TWO = csv([480_000] * QUARTERS, FIRST), csv([481_000] * QUARTERS, FIRST)


def taken(home: Home, engine: Engine, data: bytes, at: dt.datetime, written: dt.datetime | None) -> Taken:
    file = file_of(home.path / "file", data, named(), "a" * 64 if data == ONE else "b" * 64)
    return take(home, engine, reader(), replace(file, written=written), at)


def provisional(home: Home, engine: Engine) -> tuple[bool, bool]:
    """Return what coverage and what a join says of the bill's readings."""
    with reading(engine) as session:
        [one] = of_bills(home, engine, session, current(session))
    assert one.joined.channels is not None
    return bool(to_fetch(home, engine)), one.joined.is_provisional


@pytest.mark.parametrize(
    ("written", "at", "is_again", "is_provisional"),
    [
        (LATE, LATE, True, False),
        (LATE + HOUR, LATE, True, False),  # a clock that is ahead: told when it was taken in
        (LATE + 25 * HOUR, LATE, False, True),  # no time of a download
        (EARLY + HOUR, LATE, True, True),  # downloaded again, but before the bill had posted
        (EARLY - HOUR, LATE, False, True),  # the old file once more, as a folder is imported again
        (None, LATE, False, True),  # inside a message: nothing tells when it was downloaded
    ],
)
def test_the_same_bytes_again_are_told_again_if_they_were_downloaded_again(
    home: Home,
    kept: Engine,
    written: dt.datetime | None,
    at: dt.datetime,
    is_again: bool,
    is_provisional: bool,
) -> None:
    put(kept, bill(of_account(SERVICE, ACCOUNT), made_on=POSTED))
    assert not taken(home, kept, ONE, EARLY, EARLY - HOUR).is_again
    assert provisional(home, kept) == (True, True)
    again = taken(home, kept, ONE, at, written)
    assert (again.imported.is_repeat, again.is_again) == (True, is_again)
    assert provisional(home, kept) == (is_provisional, is_provisional)
    assert not taken(home, kept, ONE, at, written).is_again  # once


def test_a_file_whose_readings_were_changed_since_tells_nothing_again(home: Home, kept: Engine) -> None:
    put(kept, bill(of_account(SERVICE, ACCOUNT), made_on=POSTED))
    taken(home, kept, ONE, EARLY, EARLY)
    taken(home, kept, TWO, EARLY + HOUR, EARLY + HOUR)
    assert not taken(home, kept, ONE, LATE, LATE).is_again
    assert provisional(home, kept) == (True, True)
    assert taken(home, kept, TWO, LATE, LATE).is_again
    assert provisional(home, kept) == (False, False)


def test_other_bytes_that_say_the_same_are_told_again_for_a_join_too(home: Home, kept: Engine) -> None:
    put(kept, bill(of_account(SERVICE, ACCOUNT), made_on=POSTED))
    taken(home, kept, ONE, EARLY, EARLY)
    half = csv([480_000] * (QUARTERS // 2), FIRST)
    taken(home, kept, half, LATE, LATE)
    assert provisional(home, kept) == (True, True)  # a part of it alone
    file = file_of(home.path / "file", ONE + b"\n", named(), "c" * 64)
    assert take(home, kept, reader(), file, LATE).imported.same == QUARTERS
    assert provisional(home, kept) == (False, False)


@pytest.mark.parametrize(("quality", "is_provisional"), [(Quality.RAW, True), (Quality.VALIDATED, False)])
def test_what_bills_are_made_of_is_final_whenever_it_was_told(
    home: Home, kept: Engine, quality: Quality, is_provisional: bool
) -> None:
    put(kept, bill(of_account(SERVICE, ACCOUNT), made_on=dt.date(2030, 1, 1)))
    series = Series("delivered", service_account=ACCOUNT)
    keep(home, kept, "a", [run(clock.midnight(FIRST), QUARTERS, 480_000, series, int(quality))])
    assert provisional(home, kept) == (is_provisional, is_provisional)


def test_of_a_file_in_place_its_time_of_change_counts(home: Home, kept: Engine, tmp_path: Path) -> None:
    put(kept, bill(of_account(SERVICE, ACCOUNT), made_on=POSTED))
    path = tmp_path / named()
    path.write_bytes(ONE)
    found = []
    for written, at in ((EARLY, EARLY), (EARLY, LATE), (LATE, LATE)):
        os.utime(path, (written.timestamp(), written.timestamp()))
        done = take_in_place(home, kept, reader(), path, 10**9, at)
        found.append((done.is_again, provisional(home, kept)))
    assert found == [(False, (True, True)), (False, (True, True)), (True, (False, False))]
