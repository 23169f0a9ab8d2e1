"""A customer's readings and interval files, handed over and erased with all else; and nobody else's."""

from __future__ import annotations

import csv as tables
import datetime as dt
import io
import tarfile
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from extractor.base.database import reading, writing
from extractor.customers.forgetting import forget
from extractor.customers.handover import hand_over
from extractor.home import Home
from extractor.intake.inbox import ingest
from extractor.intake.interval_files import IntervalFiles
from extractor.store.metered import IntervalImport, IntervalSeries
from extractor.store.people import Tombstone
from extractor.store.roster import Entry
from tests.extractor.customers.test_customers import PAT, SETTINGS
from tests.extractor.intake.test_holders import UNPACKERS, documents, message
from tests.extractor.intervals.formats import edi_files
from tests.extractor.intervals.held.stored import NOW, held
from tests.extractor.intervals.joined import bill, import_load, of_account, put
from tests.extractor.intervals.taken.made import ACCOUNT, DAY, OTHER, csv, named, reader
from tests.extractor.intervals.test_of_bills import GS2D, billed_load, sample
from tests.extractor.rosters import take_roster

SHARED = "8000000142"
HIS, THEIRS, BOTH = csv([7] * DAY), csv([9] * DAY), csv([11] * DAY)
FEED = b"".join(
    edi_files.cmep([(1_780_988_400 + 900 * at, 900, at) for at in range(DAY)]).encode().replace(b"8000000001", one.encode())  # type: ignore[misc]  # whole numbers
    for one in (ACCOUNT, OTHER)
)  # fmt: skip


@pytest.fixture
def taken(home: Home, kept: Engine) -> Engine:
    """The bakery's file by mail, one that was refused, the school's; an account that both had, one after the other."""
    until, then = dt.date(2026, 6, 1), dt.date(2026, 6, 2)
    with writing(kept) as session:
        take_roster(
            session,
            [
                Entry("bakery", "Bakery", ACCOUNT, "service"),
                Entry("bakery", "Bakery", SHARED, "service", valid_to=until),
                Entry("school", "School", SHARED, "service", valid_from=then),
                Entry("school", "School", OTHER, "service"),
            ],
        )
    (home.inbox / "mail.eml").write_bytes(message((named(), HIS)))
    (home.inbox / "mixed.eml").write_bytes(message((named(), HIS), (named(OTHER), THEIRS)))
    (home.inbox / named(SHARED)).write_bytes(BOTH)
    (home.inbox / f"2-{named()}").write_bytes(HIS[:-9])
    kinds = [IntervalFiles(home, kept, reader(), lambda: NOW)]
    list(ingest(home, kept, sorted(home.inbox.iterdir()), SETTINGS, lambda: NOW, UNPACKERS, kinds))
    assert [len(held(home, kept, one)) for one in (ACCOUNT, OTHER, SHARED)] == [DAY] * 3
    return kept


def left(home: Home) -> bytes:
    every = (path for path in home.path.rglob("*") if path.is_file() and path.parent != home.path)
    return b"".join(path.read_bytes() for path in every)


def test_his_go_and_others_stay(home: Home, taken: Engine) -> None:
    dry = forget(home, taken, "bakery", PAT, dry_run=True, unpackers=UNPACKERS)
    assert len(held(home, taken, ACCOUNT)) == DAY
    done = forget(home, taken, "bakery", PAT, dry_run=False, unpackers=UNPACKERS)
    for told in (dry, done):
        assert (told.meters, told.others_meters, len(told.documents), len(told.holders)) == (1, 1, 2, 1)
        assert (len(told.shared), told.copies) == (1, 1)  # the mail with the school's file; the refused one
    assert [len(held(home, taken, one)) for one in (ACCOUNT, OTHER, SHARED)] == [0, DAY, DAY]
    assert sorted(one.name for one in documents(taken)) == [named(OTHER), named(SHARED), "mixed.eml"]
    with reading(taken) as session:
        assert {one.service_account for one in session.exec(select(IntervalSeries))} == {OTHER, SHARED}
        formats = [one.format for one in session.exec(select(IntervalImport))]
        assert len(list(session.exec(select(Tombstone)))) == 3
    assert not any(ACCOUNT in one for one in formats)
    (home.inbox / named()).write_bytes(HIS)
    kinds = [IntervalFiles(home, taken, reader(), lambda: NOW)]
    (filed,) = ingest(home, taken, [home.inbox / named()], SETTINGS, lambda: NOW, UNPACKERS, kinds)
    assert (filed.outcome, len(held(home, taken, ACCOUNT))) == ("rejected", 0)


def test_a_file_with_others_readings_stays_and_is_named(home: Home, taken: Engine) -> None:
    (home.inbox / "feed.cmep").write_bytes(FEED)
    kinds = [IntervalFiles(home, taken, reader(), lambda: NOW)]
    list(ingest(home, taken, [home.inbox / "feed.cmep"], SETTINGS, lambda: NOW, UNPACKERS, kinds))
    with reading(taken) as session:
        assert len(session.exec(select(IntervalImport)).all()) == 4
    done = forget(home, taken, "bakery", PAT, dry_run=False, unpackers=UNPACKERS)
    assert (len(done.feeds), len(held(home, taken, ACCOUNT))) == (1, 0)
    assert held(home, taken, OTHER)
    assert "feed.cmep" in {one.name for one in documents(taken)}


def test_his_are_handed_over_and_nobody_elses(home: Home, taken: Engine, tmp_path: Path) -> None:
    out = tmp_path / "a.tar.gz"
    handed = hand_over(home, taken, "bakery", out, SETTINGS, UNPACKERS)
    with tarfile.open(out) as archive:
        members = {one: archive.extractfile(one).read() for one in archive.getnames()}  # type: ignore[union-attr]  # files
    own = {name: data for name, data in members.items() if name.startswith("intervals/")}
    assert sorted(own.values()) == sorted([HIS, HIS[:-9]])
    assert any(name.endswith(f"-{named()}") for name in own)
    rows = list(tables.DictReader(io.StringIO(members[f"readings/{ACCOUNT}.csv"].decode())))
    assert (len(rows), handed.readings) == (DAY, {ACCOUNT: DAY})
    assert rows[0] == {
        "start_utc": "2026-06-09T07:00:00Z",
        "seconds": "900",
        "channel": "delivered",
        "unit": "Wh",
        "meter": "",
        "value": "0.007",
        "quality": "unknown",
    }
    assert [name for name in members if name.startswith("messages/")] != []
    assert not any(one in b"".join(members.values()) for one in (THEIRS, BOTH))
    assert OTHER.encode() not in b"".join(members.values())
    assert {one.what for one in handed.left} >= {SHARED}


def test_his_tables_say_what_his_meters_say_and_nothing_of_another_customers(
    home: Home, kept: Engine, tmp_path: Path
) -> None:
    """The bakery's two shops tie out; the second one's meter was the school's before, so nothing is said of it."""
    service = sample(GS2D)
    for at, account in enumerate((ACCOUNT, SHARED)):
        put(kept, bill(of_account(service, account), account=f"70020000010{at}"))
        import_load(home, kept, billed_load(service), account, account)
    with writing(kept) as session:
        assert service.period and service.period.start
        before = service.period.start - dt.timedelta(days=1)
        shared = Entry("bakery", "Bakery", SHARED, "service", valid_from=service.period.start)
        school = Entry("school", "School", SHARED, "service", valid_to=before)
        take_roster(session, [Entry("bakery", "Bakery", ACCOUNT, "service"), shared, school])
    hand_over(home, kept, "bakery", tmp_path / "a.tar.gz", SETTINGS)
    with tarfile.open(tmp_path / "a.tar.gz") as archive:
        texts = {one: archive.extractfile(one).read().decode() for one in ("bills.csv", "charges.csv")}  # type: ignore[union-attr]  # files
    bills = tables.DictReader(io.StringIO(texts["bills.csv"]))
    assert [(row["customer_account"], row["meter_verdict"]) for row in bills] == [
        ("700200000100", "ties_out"),
        ("700200000101", ""),
    ]
    charges = list(tables.DictReader(io.StringIO(texts["charges.csv"])))
    assert {(row["service_account"], row["meter_verdict"]) for row in charges} == {
        (ACCOUNT, "ties_out"),
        (SHARED, ""),
    }
