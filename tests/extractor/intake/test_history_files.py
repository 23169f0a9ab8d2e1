"""Tables of billing history taken in: all rows with the file or none, once, and out again by an undo."""

from __future__ import annotations

import datetime as dt
import hashlib
import tarfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from extractor.base.database import reading, writing
from extractor.billing_history.asking import Asker, UnmappedError
from extractor.billing_history.propose import Said
from extractor.cli.mailing.files import found_of
from extractor.customers.forgetting import forget
from extractor.customers.handover import hand_over
from extractor.home import Home
from extractor.intake.claims import OtherKind
from extractor.intake.history_files import (
    AnotherMappingError,
    HistoryFiles,
    NoServiceAccountError,
    NotYetError,
    Taken,
    concerns,
    take_in_place,
)
from extractor.intake.inbox import Filed, ingest
from extractor.intake.interval_files import IntervalFiles
from extractor.intervals.formats import UnreadableIntervalsError
from extractor.pages.limits import Limits
from extractor.settings import ReaderSettings
from extractor.store.billing_history import HistoryRow, imports, rows_that_count, undo_history
from extractor.store.mappings import HISTORY, add_mapping, columns_of, take_mapping_back
from extractor.store.roster import Entry
from extractor.store.said import NotKeptError, Saying
from tests.extractor.billing_history.told import FIRST, OTHER, SECOND, proposed, table
from tests.extractor.intake.test_holders import UNPACKERS, documents, message, names
from tests.extractor.intervals.taken.made import reader
from tests.extractor.rosters import take_roster

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
ASKER = Asker(Limits())
PLAIN = table(FIRST, SECOND)


@pytest.fixture
def kept(kept: Engine) -> Engine:
    with writing(kept) as session:
        entries = [("bakery", "8000000001"), ("school", "8000000002")]
        take_roster(session, [Entry(key, key.title(), number, "service") for key, number in entries])
    return kept


def confirmed(engine: Engine, said: Said | None = None) -> int:
    mapping = proposed(PLAIN, said or Said(charged="bundled")).mapping
    with writing(engine) as session:
        saying = Saying("pat", "asked SCE", NOW)
        row = add_mapping(session, mapping.signature, mapping.model_dump_json(), "CISR", saying, kind=HISTORY)
        return row.id or 0


def took(home: Home, engine: Engine, data: bytes, name: str = "reply.csv", is_dry: bool = False) -> Taken:
    path = home.path / name
    path.write_bytes(data)
    return take_in_place(home, engine, ASKER, path, 10**6, "pat", NOW, is_dry)


def dropped(home: Home, engine: Engine, data: bytes, name: str = "reply.csv") -> list[Filed]:
    (home.inbox / name).write_bytes(data)
    kinds: list[OtherKind] = [
        HistoryFiles(engine, ASKER, lambda: NOW),
        IntervalFiles(home, engine, reader(), lambda: NOW),
    ]
    inbox = sorted(home.inbox.iterdir())
    return list(ingest(home, engine, inbox, ReaderSettings(jobs=1), lambda: NOW, UNPACKERS, kinds))


def counted(engine: Engine) -> list[tuple[str, str, Decimal | None, Decimal | None]]:
    with reading(engine) as session:
        rows = rows_that_count(session)
        return [(one.service_account, f"{one.period_end}", one.kwh, one.amount) for one in rows]


BOTH = [
    ("8000000001", "2026-01-12", Decimal(1200), Decimal("345.67")),
    ("8000000001", "2026-02-11", Decimal(1300), Decimal("366.00")),
]


def test_a_table_waits_for_a_person_and_is_taken_by_what_that_person_confirmed(
    home: Home, kept: Engine
) -> None:
    assert dropped(home, kept, PLAIN) == [Filed("reply.csv", "review", True, 0)]
    assert "billclerk billing-history map FILE" in (home.review / "reply.csv.txt").read_text()
    assert ([one.kind for one in documents(kept)], counted(kept)) == (["history"], [])
    confirmed(kept)
    assert dropped(home, kept, PLAIN) == [Filed("reply.csv", "verified", False, 0)]
    assert counted(kept) == BOTH
    assert dropped(home, kept, PLAIN, "again.csv") == [Filed("again.csv", "verified", False, 0)]
    assert counted(kept) == BOTH
    sha256 = hashlib.sha256(PLAIN).hexdigest()
    assert (home.originals / sha256[:2] / sha256).read_bytes() == PLAIN


def test_one_that_comes_by_mail_is_kept_with_its_message(home: Home, kept: Engine) -> None:
    confirmed(kept)
    mail = message(("history.csv", PLAIN))
    assert [one.outcome for one in dropped(home, kept, mail, "reply.eml")] == ["verified"]
    assert counted(kept) == BOTH
    held, holder = sorted(documents(kept), key=lambda one: one.kind)
    assert (held.kind, holder.kind, held.parent_id) == ("history", "message", holder.id)


@pytest.mark.parametrize(
    ("data", "error", "why"),
    [
        (table(FIRST, SECOND.replace("366.00", "366.005")), UnreadableIntervalsError, "line 3"),
        (table(FIRST.replace("2026", "2027"), SECOND.replace("2026", "2027"), FIRST), NotYetError, "not over yet"),
        (table(FIRST, head="SA,From,To,Days,kWh,kW,Charges"), UnmappedError, "nobody has said"),
        (table(FIRST.replace("8000000001", "700200000001")), NoServiceAccountError, "is a customer account"),
    ],
)  # fmt: skip
def test_nothing_is_taken_of_a_file_with_a_fault(
    home: Home, kept: Engine, data: bytes, error: type[Exception], why: str
) -> None:
    confirmed(kept)
    with writing(kept) as session:
        take_roster(session, [Entry("bakery", "Bakery", "700200000001", "customer")])
    with pytest.raises(error, match=why):
        took(home, kept, data)
    assert (documents(kept), counted(kept)) == ([], [])
    assert dropped(home, kept, data)[0].outcome == ("review" if error is UnmappedError else "rejected")
    assert counted(kept) == []


def test_the_same_file_again_and_a_dry_run_change_nothing(home: Home, kept: Engine) -> None:
    confirmed(kept)
    assert (took(home, kept, PLAIN, is_dry=True).number, documents(kept)) == (None, [])
    first, again = took(home, kept, PLAIN), took(home, kept, PLAIN, "again.csv")
    assert (first.number, first.is_repeat, again.number, again.is_repeat) == (1, False, 1, True)
    with reading(kept) as session:
        assert len(session.exec(select(HistoryRow)).all()) == 2


def test_the_latest_import_counts_what_differs_is_told_and_an_undo_gives_the_earlier_back(
    home: Home, kept: Engine
) -> None:
    confirmed(kept)
    took(home, kept, PLAIN)
    newer = took(home, kept, table(FIRST.replace("345.67", "345.76")), "newer.csv")
    assert list(concerns(newer)) == [
        "line 2: 8000000001 2025-12-14 to 2026-01-12 was 1,200 kWh, 12.5 kW, $345.67 in import 1,"
        " and is 1,200 kWh, 12.5 kW, $345.76 now"
    ]
    assert sorted(counted(kept)) == [(*BOTH[0][:3], Decimal("345.76")), BOTH[1]]
    with writing(kept) as session:
        assert undo_history(session, 2, "kim", NOW) == 1
    assert sorted(counted(kept)) == BOTH
    with writing(kept) as session, pytest.raises(NotKeptError, match="taken back on 2026-11-24 by kim"):
        undo_history(session, 2, "kim", NOW)
    with reading(kept) as session:
        assert [one.row.id for one in imports(session)] == [1]
        assert [one.row.undone_by for one in imports(session, undone=True)] == [None, "kim"]
    assert took(home, kept, table(FIRST.replace("345.67", "345.76"))).number == 3


def test_another_mapping_of_the_same_file_is_taken_only_after_an_undo(home: Home, kept: Engine) -> None:
    number = confirmed(kept)
    took(home, kept, PLAIN)
    with writing(kept) as session:
        take_mapping_back(session, number, HISTORY, "kim", NOW)
    confirmed(kept, Said(charged="delivery"))
    with pytest.raises(AnotherMappingError, match="billclerk billing-history undo 1 --who"):
        took(home, kept, PLAIN)
    with writing(kept) as session:
        undo_history(session, 1, "kim", NOW)
    assert took(home, kept, PLAIN).number == 2
    with reading(kept) as session:
        assert [one.role for one in rows_that_count(session)] == ["delivery", "delivery"]


def test_mappings_of_history_and_intervals_are_apart(kept: Engine) -> None:
    number = confirmed(kept)
    with reading(kept) as session:
        assert (columns_of(session), [one["id"] for one in columns_of(session, HISTORY)]) == ([], [number])


def test_an_account_that_nobody_knows_is_told(home: Home, kept: Engine) -> None:
    confirmed(kept)
    taken = took(home, kept, table(FIRST, SECOND.replace("8000000001", "8000000009")))
    assert list(concerns(taken)) == ["on no bill and not in the roster: 8000000009"]


def test_a_table_that_answers_a_request_brings_the_periods_of_its_rows(home: Home, kept: Engine) -> None:
    sha256 = hashlib.sha256(PLAIN).hexdigest()
    dropped(home, kept, PLAIN)
    with reading(kept) as session:
        waiting = found_of(session, sha256, "reply.csv")
    assert (waiting.is_sound, waiting.spans) == (False, ())
    confirmed(kept, Said(charged="generation"))
    took(home, kept, PLAIN)
    with reading(kept) as session:
        found = found_of(session, sha256, "reply.csv")
    assert [(one.service_account, one.holds, f"{one.last}") for one in found.spans] == [
        ("8000000001", "generation", "2026-01-12"),
        ("8000000001", "generation", "2026-02-11"),
    ]


# --- a customer's --------------------------------------------------------------------------------------


@pytest.fixture
def two(home: Home, kept: Engine) -> Iterator[tuple[str, str]]:
    """One table of the bakery alone, and one of the bakery and the school; their hashes."""
    confirmed(kept)
    both = table(FIRST.replace("345.67", "1.00"), OTHER)
    for name, data in (("bakery.csv", PLAIN), ("both.csv", both)):
        took(home, kept, data, name)
    yield hashlib.sha256(PLAIN).hexdigest(), hashlib.sha256(both).hexdigest()


def test_a_customer_gets_his_rows_and_no_table_of_others(
    home: Home, kept: Engine, two: tuple[str, str], tmp_path: Path
) -> None:
    handed = hand_over(home, kept, "bakery", tmp_path / "out.tar.gz", ReaderSettings())
    with tarfile.open(tmp_path / "out.tar.gz") as archive:
        told = archive.extractfile("billing_history.csv")
        assert told is not None
        lines = told.read().decode().splitlines()
        assert [name for name in archive.getnames() if name.startswith("history/")] == [
            f"history/{two[0][:12]}.csv"
        ]
    assert len(lines) == 3
    assert "8000000002" not in "".join(lines)
    assert [(one.what, one.why) for one in handed.left] == [
        (two[1][:12], "the table of billing history tells of others, too")
    ]


def test_a_customer_who_leaves_takes_his_tables_and_rows_along(
    home: Home, kept: Engine, two: tuple[str, str]
) -> None:
    with writing(kept) as session:
        undo_history(session, 1, "kim", NOW)
    erased = forget(home, kept, "bakery", Saying("pat", "left", NOW), dry_run=False)
    assert (erased.documents, erased.shared) == ((two[0],), (two[1],))
    assert names(home.originals / two[0][:2]) == set()
    with reading(kept) as session:
        assert [one.service_account for one in session.exec(select(HistoryRow))] == ["8000000002"]
    assert [one.sha256 for one in documents(kept)] == [two[1]]
