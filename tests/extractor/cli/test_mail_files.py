"""What the files of an answer hold: only what is proven, only whole days, of each file what it is."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import pikepdf
import pytest
from sqlalchemy import Engine
from sqlmodel import select

from datarequests.history import items_of
from datarequests.incoming.arrived import Found
from datarequests.incoming.known import ours_of
from datarequests.incoming.parsed import parsed
from datarequests.incoming.taken import take
from datarequests.settings import MailboxSettings
from datarequests.tables import DataRequest
from extractor.base.database import writing
from extractor.cli.mailing.fetching import Taking
from extractor.cli.mailing.files import files_of
from extractor.home import Home
from extractor.originals import kept as kept_bytes
from extractor.settings import ReaderSettings
from extractor.store.aliases import add_alias
from extractor.store.said import Saying
from tests.datarequests.incoming.mails import answer, outgoing
from tests.datarequests.made import NOW, sent
from tests.extractor.intake.test_holders import zipped
from tests.extractor.law import SAMPLES

SETTINGS = ReaderSettings(jobs=1)
BEGIN = dt.date(2026, 7, 7)


def sample(name: str) -> bytes:
    """Return a file of the samples."""
    return (SAMPLES / name).read_bytes()


def without_its_last_page(name: str) -> bytes:
    """Return a bill of which a page is missing."""
    out = io.BytesIO()
    with pikepdf.open(SAMPLES / name) as document:
        del document.pages[-1]
        document.save(out, deterministic_id=True)
    return out.getvalue()


def read(home: Home, engine: Engine, **files: bytes) -> list[Found]:
    """Return what the files of an answer are; a name's `__` is its dot."""
    raw = answer("Attached.", files={name.replace("__", "."): data for name, data in files.items()})
    kept_bytes(home.originals, raw)
    with writing(engine) as session:
        outgoing(session, sent(session))
        mail = take(session, parsed(raw), ours_of(session), NOW).mail
        session.expunge(mail)
    return files_of(home, engine, SETTINGS, mail)


def told(found: Found) -> list[tuple[str, str, str, str]]:
    """Return what a file holds, in short."""
    return [(one.service_account, one.holds, str(one.first), str(one.last)) for one in found.spans]


def test_a_bill_is_billing_history_of_its_period(home: Home, kept: Engine) -> None:
    (found,) = read(home, kept, a__pdf=sample("d4-bundled-winter-2025.pdf"))
    assert (found.kind, found.is_sound) == ("bill", True)
    assert told(found) == [("8000000140", "billing", "2025-03-12", "2025-04-10")]


def test_a_bill_of_both_is_generation_too(home: Home, kept: Engine) -> None:
    (found,) = read(home, kept, a__pdf=sample("prime-cpa-green-summer-2026.pdf"))
    assert {one.holds for one in found.spans} == {"billing", "generation"}


@pytest.mark.parametrize(
    ("since", "until", "days"),
    [
        (None, None, ("2025-03-12", "2025-04-10")),
        (None, dt.date(2025, 4, 10), ("2025-03-12", "2025-04-10")),
        (None, dt.date(2025, 4, 9), None),  # part of a bill is not known
        (dt.date(2025, 5, 1), None, None),
    ],
)
def test_a_bill_under_the_old_number_of_a_meter_is_of_the_account_that_was_asked_for(
    home: Home, kept: Engine, since: dt.date | None, until: dt.date | None, days: tuple[str, str] | None
) -> None:
    renumbered(kept, since, until)
    (found,) = read(home, kept, a__pdf=sample("d4-bundled-winter-2025.pdf"))
    more = [("8000000001", "billing", *days)] if days else []
    assert told(found) == [("8000000140", "billing", "2025-03-12", "2025-04-10"), *more]


def test_readings_under_the_old_number_count_for_the_days_on_which_it_was_one(
    home: Home, kept: Engine
) -> None:
    renumbered(kept, None, dt.date(2025, 3, 20))
    name = "SCE_Usage_8000000140_03-12-25_to_04-10-25.csv"
    (found,) = read(home, kept, **{name.replace(".", "__"): sample(f"intervals/{name}")})
    assert told(found)[-1] == ("8000000001", "interval", "2025-03-12", "2025-03-20")


def renumbered(engine: Engine, since: dt.date | None, until: dt.date | None) -> None:
    """Say that the account of the samples is another number of the one that is asked for."""
    with writing(engine) as session:
        saying = Saying("Pat", "", NOW)
        add_alias(session, "renumbered", "8000000140", "8000000001", "a letter", since, until, saying)


def test_a_bill_in_doubt_holds_nothing_that_counts(home: Home, kept: Engine) -> None:
    (found,) = read(home, kept, a__pdf=without_its_last_page("d4-bundled-winter-2025.pdf"))
    assert (found.kind, found.is_sound, found.spans) == ("bill", False, ())
    assert found.said


def test_files_of_an_archive_are_told_each(home: Home, kept: Engine) -> None:
    names = ("d4-bundled-winter-2025.pdf", "prime-cpa-green-summer-2026.pdf")
    found = read(home, kept, a__zip=zipped(*((name, sample(name)) for name in names)))
    assert sorted(one.name for one in found) == sorted(names)
    assert all(one.is_sound for one in found)


def test_an_evening_without_readings_is_a_day_that_is_missing(home: Home, kept: Engine) -> None:
    name = "SCE_Usage_8000000118_07-07-26_to_08-04-26.csv"
    (found,) = read(home, kept, **{name.replace(".", "__"): sample(f"intervals/{name}")})
    assert (found.kind, found.is_sound) == ("intervals", True)
    first, second = found.spans
    assert (first.first, second.last) == (BEGIN, dt.date(2026, 8, 4))
    assert second.first - first.last == dt.timedelta(days=2)


@pytest.mark.parametrize("name", ["notes__docx", "winmail__dat", "history__pdf"])
def test_what_nobody_reads_is_told(home: Home, kept: Engine, name: str) -> None:
    (found,) = read(home, kept, **{name: b"no such thing"})
    assert (found.is_sound, found.spans) == (False, ())
    assert found.said


def test_a_damaged_archive_is_told(home: Home, kept: Engine) -> None:
    (found,) = read(home, kept, a__zip=b"PK\x03\x04 broken")
    assert not found.is_sound
    assert found.said


def test_what_is_read_already_is_not_read_again(home: Home, kept: Engine, tmp_path: Path) -> None:
    read(home, kept, a__pdf=sample("d4-bundled-winter-2025.pdf"))
    before = sorted(path.name for path in home.review.iterdir())
    with writing(kept) as session:
        number = session.exec(select(DataRequest.id)).one()
        assert len(items_of(session, number or 0)) == 2
    into = Taking(home, kept, SETTINGS, MailboxSettings(maildir=None))
    (done,) = into.files()
    assert [one["kind"] for one in done.mail.attachments] == ["bill"]
    assert list(into.files()) == []
    assert sorted(path.name for path in home.review.iterdir()) == before
    assert list(home.path.glob(".mail-*")) == []
