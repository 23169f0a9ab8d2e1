"""Interval files in the inbox: imported and gone, imported and shown to a person, or refused; never half."""

from __future__ import annotations

import hashlib
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from extractor.base.database import reading, writing
from extractor.home import Home
from extractor.intake.inbox import Filed, ingest
from extractor.intake.interval_files import ErasedError, IntervalFiles, take_in_place
from extractor.intervals.formats import UnreadableIntervalsError
from extractor.intervals.taken.take import NobodysReadingsError
from extractor.settings import ReaderSettings
from extractor.store.mappings import confirm_format
from extractor.store.metered import IntervalImport
from extractor.store.people import Tombstone
from extractor.store.roster import Entry
from extractor.store.said import Saying
from tests.extractor.intake.test_holders import UNPACKERS, documents, message, names, zipped
from tests.extractor.intervals.formats.feeds import feed
from tests.extractor.intervals.held.stored import held
from tests.extractor.intervals.taken.made import ACCOUNT, DAY, NOW, OTHER, csv, named, reader
from tests.extractor.intervals.taken.test_points import agreement, usage
from tests.extractor.law import SAMPLES
from tests.extractor.rosters import take_roster

SETTINGS = ReaderSettings(jobs=1)
BILL = "d4-bundled-winter-2025"
"""A bill of the account 8000000140."""


def passed(home: Home, engine: Engine, paths: list[Path] | None = None) -> list[Filed]:
    kinds = [IntervalFiles(home, engine, reader(), lambda: NOW)]
    inbox = sorted(home.inbox.iterdir(), key=lambda path: path.suffix == ".csv")
    return list(ingest(home, engine, paths or inbox, SETTINGS, lambda: NOW, UNPACKERS, kinds))


def listed(engine: Engine, *accounts: str) -> None:
    with writing(engine) as session:
        take_roster(session, [Entry("bakery", "Example Bakery", one, "service") for one in accounts])


def test_a_sound_file_is_imported_and_gone(home: Home, kept: Engine) -> None:
    listed(kept, ACCOUNT)
    data = csv([5] * DAY)
    (home.inbox / named()).write_bytes(data)
    assert passed(home, kept) == [Filed(named(), "verified", True, 0)]
    assert names(home.inbox) | names(home.review) | names(home.rejected) == set()
    (document,) = documents(kept)
    assert (document.kind, document.name, document.came_by) == ("intervals", named(), "inbox")
    assert (home.originals / document.sha256[:2] / document.sha256).read_bytes() == data
    assert len(held(home, kept, ACCOUNT)) == DAY
    (home.inbox / named()).write_bytes(data)
    assert passed(home, kept) == [Filed(named(), "verified", False, 0)]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_a_file_saved_in_another_encoding_is_imported(home: Home, kept: Engine, encoding: str) -> None:
    listed(kept, ACCOUNT)
    (home.inbox / named()).write_bytes(csv([5] * DAY).decode().encode(encoding))
    assert passed(home, kept) == [Filed(named(), "verified", True, 0)]
    assert len(held(home, kept, ACCOUNT)) == DAY


def test_what_somebody_should_know_stands_beside_the_file(home: Home, kept: Engine) -> None:
    (home.inbox / named()).write_bytes(csv([5] * DAY))
    assert passed(home, kept) == [Filed(named(), "review", True, 0)]
    assert names(home.review) == {named(), f"{named()}.txt"}
    assert ACCOUNT in (home.review / f"{named()}.txt").read_text()
    assert len(held(home, kept, ACCOUNT)) == DAY


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        (named(), csv([5] * DAY)[:-9], "line 110"),
        ("usage.csv", csv([5] * DAY), "--service-account"),
        ("feed.xml", b"<!DOCTYPE x><feed/>", "document type"),
        (named(), csv([5] * DAY).decode().encode("cp037"), "EBCDIC, which is not read; save it as UTF-8"),
        ("usage.dat", csv([5] * DAY).decode().encode("cp037"), "EBCDIC, which is not read; save it as UTF-8"),
        (named(), csv([5] * DAY).decode().encode("utf-16")[:-1], "line 110: it begins as UTF-16"),
    ],
)
def test_what_cannot_be_taken_is_rejected_with_the_reason(
    home: Home, kept: Engine, name: str, data: bytes, why: str
) -> None:
    (home.inbox / name).write_bytes(data)
    assert passed(home, kept) == [Filed(name, "rejected", True, 0)]
    assert why in (home.rejected / f"{name}.txt").read_text()
    assert [one.kind for one in documents(kept)] == ["intervals"]
    with reading(kept) as session:
        assert session.exec(select(IntervalImport)).all() == []


def test_a_layout_that_was_confirmed_passes_the_inbox(home: Home, kept: Engine) -> None:
    listed(kept, "8000000001")
    text = "Basic Usage\nDate,Time,8000000001\n" + "".join(f"07/01/2025,{at:02}:00,1\n" for at in range(24))
    first, second = text.encode(), text.replace("07/01", "07/02").encode("utf-16")
    (home.inbox / "first.csv").write_bytes(first)
    assert passed(home, kept) == [Filed("first.csv", "review", True, 0)]
    note = (home.review / "first.csv.txt").read_text()
    assert "taken as the begin" in note and "billclerk intervals confirm 1" in note
    with writing(kept) as session:
        confirm_format(session, 1, Saying("Pat", "ties out", NOW))
    (home.inbox / "second.csv").write_bytes(second)
    assert passed(home, kept) == [Filed("second.csv", "verified", True, 0)]
    assert names(home.review) == {"first.csv", "first.csv.txt"}
    with reading(kept) as session:
        assert [row.is_confirmed for row in session.exec(select(IntervalImport))] == [True, True]


def test_bills_dropped_with_it_tell_whose_it_is(home: Home, kept: Engine) -> None:
    """The file lies first in the inbox, and the bill takes longer to read."""
    (home.inbox / named()).write_bytes(csv([5] * DAY))
    bill = home.inbox / "z.pdf"
    bill.write_bytes((SAMPLES / f"{BILL}.pdf").read_bytes())
    filed = passed(home, kept, [bill, home.inbox / named()])
    assert [(one.name, one.outcome) for one in filed] == [("z.pdf", "verified"), (named(), "verified")]


def test_in_mail_each_file_is_told_by_its_name(home: Home, kept: Engine) -> None:
    listed(kept, OTHER)
    files = (named(OTHER), csv([5] * DAY)), ("all.zip", zipped((named(), csv([6] * DAY))))
    (home.inbox / "mail.eml").write_bytes(message(*files))
    assert passed(home, kept) == [Filed("mail.eml", "review", True, 0)]
    (said,) = (home.review / "mail.eml.txt").read_text().splitlines()
    assert said.startswith(f"{named()}: no bill")
    assert (len(held(home, kept, OTHER)), len(held(home, kept, ACCOUNT))) == (DAY, DAY)
    assert {one.name for one in documents(kept) if one.kind == "intervals"} == {named(), named(OTHER)}


PDF = (SAMPLES / f"{BILL}.pdf").read_bytes()


@pytest.mark.parametrize("in_archive", [False, True])
@pytest.mark.parametrize("is_first", [True, False])
def test_a_bill_in_the_same_mail_tells_whose_it_is(
    home: Home, kept: Engine, is_first: bool, in_archive: bool
) -> None:
    files = [(named(), csv([5] * DAY)), ("bill.pdf", PDF)]
    files = files if is_first else files[::-1]
    (home.inbox / "mail.eml").write_bytes(message(*([("all.zip", zipped(*files))] if in_archive else files)))
    assert passed(home, kept) == [Filed("mail.eml", "verified", True, 1)]
    assert names(home.review) == set()


def test_a_bill_of_another_account_in_the_same_mail_tells_nothing(home: Home, kept: Engine) -> None:
    files = (named(OTHER), csv([5] * DAY)), ("bill.pdf", PDF), (named(), csv([6] * DAY))
    (home.inbox / "mail.eml").write_bytes(message(*files))
    assert passed(home, kept) == [Filed("mail.eml", "review", True, 1)]
    (said,) = (home.review / "mail.eml.txt").read_text().splitlines()
    assert said.startswith(f"{named(OTHER)}: no bill") and OTHER in said


def test_a_customer_feed_in_the_same_mail_tells_whose_a_usage_point_is(home: Home, kept: Engine) -> None:
    point = "RetailCustomer/VJEWP31BE/UsagePoint/NB6WRU"
    own = "RetailCustomer/VJEWP31BE/CustomerAccount/9/CustomerAgreement/NB6WRU"
    files = (
        ("a_usage.xml", usage(point, {1_748_800_800: 1})),
        ("b_customer.xml", feed(agreement(own, ACCOUNT))),
    )
    listed(kept, ACCOUNT)
    (home.inbox / "mail.eml").write_bytes(message(*files))
    assert passed(home, kept) == [Filed("mail.eml", "verified", True, 0)]
    assert len(held(home, kept, ACCOUNT)) == 1


def test_an_erased_file_is_not_imported_again(home: Home, kept: Engine, tmp_path: Path) -> None:
    data = csv([5] * DAY)
    with writing(kept) as session:
        session.add(Tombstone(sha256=hashlib.sha256(data).hexdigest(), who="Pat", why="asked", at=NOW))
    (home.inbox / named()).write_bytes(data)
    assert passed(home, kept) == [Filed(named(), "rejected", False, 0)]
    path = tmp_path / named()
    path.write_bytes(data)
    with pytest.raises(ErasedError):
        take_in_place(home, kept, reader(), path, 10**7, NOW)
    assert len(held(home, kept, ACCOUNT)) == 0


def test_a_file_taken_in_place_stays_and_is_kept(home: Home, kept: Engine, tmp_path: Path) -> None:
    path = tmp_path / named()
    path.write_bytes(csv([5] * DAY))
    assert take_in_place(home, kept, reader(), path, 10**7, NOW).imported.added == DAY
    assert take_in_place(home, kept, reader(), path, 10**7, NOW).imported.is_repeat
    (document,) = documents(kept)
    assert (document.kind, document.came_by, path.exists()) == ("intervals", "import", True)
    assert (home.originals / document.sha256[:2] / document.sha256).read_bytes() == path.read_bytes()


@pytest.mark.parametrize(
    ("name", "data", "error"),
    [
        (named(), csv([5] * DAY)[:-9], UnreadableIntervalsError),
        ("usage.csv", csv([5] * DAY), NobodysReadingsError),
    ],
)
def test_a_file_refused_in_place_is_not_kept(
    home: Home, kept: Engine, tmp_path: Path, name: str, data: bytes, error: type[Exception]
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(error):
        take_in_place(home, kept, reader(), path, 10**7, NOW)
    assert (documents(kept), [one for one in home.originals.rglob("*") if one.is_file()]) == ([], [])
    assert path.read_bytes() == data


INGEST = """
import sys
from pathlib import Path
from extractor.cli.filed import kinds, now
from extractor.home import Home
from extractor.intake.inbox import ingest
from extractor.settings import ReaderSettings
from extractor.store.opening import store
home, settings = Home(Path(sys.argv[1])), ReaderSettings(jobs=1)
with store(sys.argv[2], Path(sys.argv[1])) as engine:
    print("begins", flush=True)
    list(ingest(home, engine, sorted(home.inbox.iterdir()), settings, now, (), kinds(home, engine, settings)))
"""


def started(home: Home, address: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", INGEST, home.path, address], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "begins\n"
    return process


def test_killed_at_any_moment_each_file_is_imported_once(home: Home, address: str, kept: Engine) -> None:
    """Programs that are killed between reading, import, document and inbox, and run again."""
    accounts = [f"80000002{at:02}" for at in range(90)]
    listed(kept, *accounts)
    for at, account in enumerate(accounts):
        (home.inbox / named(account)).write_bytes(csv([at] * (3 * DAY)))
    chance, killed = random.Random(11), 0
    while any(home.inbox.iterdir()) and killed < 8:
        process = started(home, address)
        time.sleep(chance.uniform(0.4, 0.9))
        killed += process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert killed > 2
    assert started(home, address).wait(60) == 0
    assert names(home.inbox) | names(home.review) | names(home.rejected) == set()
    for at, account in enumerate(accounts):
        assert list(held(home, kept, account).values()) == [at] * (3 * DAY)
    assert sorted(one.name for one in documents(kept)) == sorted(map(named, accounts))
    with reading(kept) as session:
        rows = list(session.exec(select(IntervalImport)))
    assert (len(rows), {(one.added, one.changed, one.same) for one in rows}) == (90, {(3 * DAY, 0, 0)})


def test_killed_between_import_and_document_it_comes_right(
    home: Home, kept: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / named()
    path.write_bytes(csv([5] * DAY))

    class KilledError(BaseException):
        pass

    def killed(*_: object) -> None:
        raise KilledError

    monkeypatch.setattr("extractor.intake.interval_files.take_document", killed)
    with pytest.raises(KilledError):
        take_in_place(home, kept, reader(), path, 10**7, NOW)
    monkeypatch.undo()
    assert (documents(kept), len(held(home, kept, ACCOUNT))) == ([], DAY)
    assert take_in_place(home, kept, reader(), path, 10**7, NOW).imported.is_repeat
    assert [one.kind for one in documents(kept)] == ["intervals"]
