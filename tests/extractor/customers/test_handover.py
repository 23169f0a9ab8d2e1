"""What a customer has is handed over whole, and in none of it is anything of anybody else's."""

from __future__ import annotations

import csv
import io
import json
import stat
import tarfile
from pathlib import Path

import pikepdf
import pytest
from sqlalchemy import Engine

from extractor.base.database import reading, writing
from extractor.customers.forgetting import forget
from extractor.customers.handover import HandedOver, hand_over
from extractor.desk import Desk
from extractor.home import Home
from extractor.intake.archives import ZipArchives
from extractor.intake.claims import Unpacker
from extractor.intake.inbox import ingest
from extractor.intake.mail import Messages
from extractor.settings import ReaderSettings
from extractor.store.aliases import add_alias
from extractor.store.current import current
from extractor.store.roster import Entry
from extractor.store.said import NotKeptError
from tests.extractor.customers.test_customers import NOW, PAT
from tests.extractor.intake.test_holders import message, zipped
from tests.extractor.law import SAMPLES
from tests.extractor.made_bills import record, service
from tests.extractor.rosters import take_roster
from tests.extractor.store.test_standing import Kept

SETTINGS = ReaderSettings(jobs=1)
UNPACKERS: tuple[Unpacker, ...] = (Messages(), ZipArchives(100, 20))
BILL, OTHER, BOTH = (
    (SAMPLES / f"{name}.pdf").read_bytes()
    for name in ("d4-bundled-winter-2025", "gs2e-cpa-clean-summer-2026", "two-customers-in-one-file-2025")
)
ZIP = zipped(("a.pdf", BILL))
MAIL, MIXED, LIST = (
    message(("a.pdf", BILL), subject="mine"),
    message(("a.pdf", BILL), ("theirs.pdf", OTHER), subject="both"),
    message(("a.pdf", BILL), ("all customers.csv", b"bakery, school"), subject="list"),
)


@pytest.fixture
def taken(home: Home, kept: Engine) -> Engine:
    """The bakery's bill by mail, beside others', and in a file with the school's; the school's own bill."""
    drops = {
        "mail.eml": MAIL,
        "mixed.eml": MIXED,
        "list.eml": LIST,
        "mine.zip": ZIP,
        "Bakery and School.pdf": BOTH,
    }
    for name, data in drops.items():
        (home.inbox / name).write_bytes(data)
    list(ingest(home, kept, sorted(home.inbox.iterdir()), SETTINGS, lambda: NOW, UNPACKERS))
    with reading(kept) as session:
        accounts = {(kept.name, kept.position): _account(kept.record) for kept in current(session)}
    with writing(kept) as session:
        take_roster(
            session,
            [
                Entry("bakery", "Example Bakery", accounts["a.pdf", 1], "customer", "b1", "Oven", "1 Example St", cost_center="4711", further={"Region": "West"}),
                Entry("bakery", "Example Bakery", accounts["Bakery and School.pdf", 1], "customer"),
                Entry("school", "Example School", accounts["Bakery and School.pdf", 2], "customer"),
                Entry("school", "Example School", accounts["theirs.pdf", 1], "customer"),
            ],
        )  # fmt: skip
    return kept


def _account(text: str) -> str:
    return str(json.loads(text)["bill"]["customer_account"])


def given(
    home: Home, engine: Engine, out: Path, customer: str = "bakery"
) -> tuple[HandedOver, dict[str, bytes]]:
    handed = hand_over(home, engine, customer, out, SETTINGS, UNPACKERS)
    with tarfile.open(out) as archive:
        return handed, {name: archive.extractfile(name).read() for name in archive.getnames()}  # type: ignore[union-attr]  # files


def rows(members: dict[str, bytes], name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(members[name].decode())))


def only(members: dict[str, bytes], folder: str) -> list[bytes]:
    return [data for name, data in members.items() if name.startswith(f"{folder}/")]


def test_files_that_are_his_come_whole_and_of_others_his_pages(
    home: Home, taken: Engine, tmp_path: Path
) -> None:
    handed, members = given(home, taken, tmp_path / "a.tar.gz")
    assert (handed.originals, handed.pages, handed.messages, handed.bills) == (1, 1, 2, 2)
    assert stat.S_IMODE((tmp_path / "a.tar.gz").stat().st_mode) == 0o600
    assert only(members, "originals") == [BILL]
    (mine,) = only(members, "pages")
    with pikepdf.open(io.BytesIO(mine)) as cut, pikepdf.open(io.BytesIO(BOTH)) as whole:
        count = len(cut.pages)
        assert [page.Contents.read_bytes() for page in cut.pages] == [
            page.Contents.read_bytes() for page in whole.pages[:count]
        ]
        assert count < len(whole.pages)


def test_messages_come_along_only_where_all_in_them_is_his(home: Home, taken: Engine, tmp_path: Path) -> None:
    """Not with somebody else's bill, and not with a list that nobody has read."""
    handed, members = given(home, taken, tmp_path / "a.tar.gz")
    assert sorted(only(members, "messages")) == sorted([MAIL, ZIP])
    assert [one.why for one in handed.left] == ["the message or archive holds other files too"] * 2


def test_nothing_of_anybody_else_is_in_it(home: Home, taken: Engine, tmp_path: Path) -> None:
    """By the school's account numbers, its name, and the name of the file with both."""
    with reading(taken) as session:
        records = {(kept.name, kept.position): json.loads(kept.record) for kept in current(session)}
    others = (records["theirs.pdf", 1], records["Bakery and School.pdf", 2])
    numbers = {str(one["bill"]["customer_account"]) for one in others}
    numbers |= {str(service["service_account"]) for one in others for service in one["bill"]["services"]}
    mine = records["Bakery and School.pdf", 1]
    numbers -= {str(service["service_account"]) for service in mine["bill"]["services"]}
    assert numbers
    _, members = given(home, taken, tmp_path / "a.tar.gz")
    assert OTHER not in members.values() and BOTH not in members.values()
    for name, data in members.items():
        if name.endswith((".csv", ".json", ".txt")):
            assert not [number for number in numbers if number.encode() in data], name
            assert b"School" not in data, name


def test_records_and_rows_are_of_his_bills(home: Home, taken: Engine, tmp_path: Path) -> None:
    handed, members = given(home, taken, tmp_path / "a.tar.gz")
    records = [json.loads(data)["bill"]["customer_account"] for data in only(members, "records")]
    assert len(records) == 2
    assert {row["customer_account"] for row in rows(members, "charges.csv")} == set(records)
    assert len(rows(members, "bills.csv")) == handed.rows["bills.csv"] == 2
    entries = rows(members, "roster.csv")
    assert {row["customer_account"] for row in entries} == set(records)
    assert {(row["cost_center"], row["Region"]) for row in entries} == {("4711", "West"), ("", "")}
    assert {row["address"] for row in entries} == {"1 Example St", ""}


def test_what_people_said_of_his_bills_comes_along_and_of_others_not(
    home: Home, taken: Engine, tmp_path: Path
) -> None:
    desk = Desk(home, taken, SETTINGS)
    with reading(taken) as session:
        hashes = {kept.name: kept.sha256 for kept in current(session)}
    desk.correct(hashes["a.pdf"], "due_date", "2026-12-01", PAT)
    desk.undo_correction(hashes["a.pdf"], 1, "Pat", NOW)
    desk.correct(f"{hashes['Bakery and School.pdf']}:1", "due_date", "2026-12-02", PAT)
    desk.correct(f"{hashes['Bakery and School.pdf']}:2", "due_date", "2026-12-03", PAT)
    desk.correct(hashes["theirs.pdf"], "due_date", "2026-12-04", PAT)
    _, members = given(home, taken, tmp_path / "a.tar.gz")
    said = [(row["value"], row["undone_by"]) for row in rows(members, "corrections.csv")]
    assert sorted(said) == [("2026-12-01", "Pat"), ("2026-12-02", "")]
    values = {json.loads(data)["bill"]["due_date"] for data in only(members, "records")}
    assert "2026-12-02" in values  # the records are as corrected


def test_a_customer_who_was_erased_is_in_no_message_that_is_handed_over(
    home: Home, taken: Engine, tmp_path: Path
) -> None:
    """The message with both bills stays when the bakery is erased; it is not the school's then."""
    forget(home, taken, "bakery", PAT, dry_run=False, unpackers=UNPACKERS)
    handed, members = given(home, taken, tmp_path / "a.tar.gz", "school")
    assert handed.messages == 0
    assert only(members, "originals") == [OTHER]
    assert all(BILL not in data and data != MIXED for data in members.values())


def test_what_his_original_lacks_is_told(home: Home, taken: Engine, tmp_path: Path) -> None:
    for path in home.originals.rglob("*.pdf"):
        path.unlink()
    handed, members = given(home, taken, tmp_path / "a.tar.gz")
    faults = [one.why for one in handed.left if one.is_fault]
    assert faults == ["its original is missing; see `billclerk verify`"] * 2
    assert b"2 x its original is missing" in members["README.txt"]
    assert handed.bills == 2  # what was read of them is there


def test_answers_and_aliases_are_his_or_stay(home: Home, kept: Engine, tmp_path: Path) -> None:
    """Two of the bakery's bills told apart, and the bakery's from the school's at one service account."""
    store = Kept(kept)
    store.put(record("2026-06-02", service("2026-05-01", "2026-05-31"), account="7001"))
    store.put(record("2026-06-12", service("2026-05-05", "2026-05-20"), account="7001"))
    ((name, _),) = store.asked
    store.answer(name, "adds", 2)
    store.put(record("2026-06-22", service("2026-05-06", "2026-05-21"), account="7002"))
    for name, _ in store.asked:
        store.answer(name, "replaces", 3)
    with writing(kept) as session:
        take_roster(session, [Entry("bakery", "Bakery", "7001", "customer")])
        take_roster(session, [Entry("school", "School", "7002", "customer")])
        for kind, number, other in (
            ("account", "2-01", "7001"),
            ("succession", "7001", "7002"),
            ("renumbered", "8000000001", "8000000777"),  # the school's too: it has the old number now
            ("account", "9-01", "9-02"),  # nobody's that he knows
        ):
            add_alias(session, kind, number, other, "x", None, None, PAT)  # type: ignore[arg-type]  # a table
        take_roster(session, [Entry("school", "School", "8000000777", "service")])
    handed, members = given(home, kept, tmp_path / "a.tar.gz")
    assert [row["answer"] for row in rows(members, "answers.csv")] == ["adds"]
    assert [(row["number"], row["other"]) for row in rows(members, "aliases.csv")] == [("2-01", "7001")]
    why = {one.why for one in handed.left}
    assert "it is about another customer's bill too" in why
    assert "it names a number that may be another customer's" in why
    for data in members.values():
        assert b"7002" not in data and b"8000000777" not in data


def test_an_undated_bill_of_an_account_that_is_only_his_comes_along(
    home: Home, kept: Engine, tmp_path: Path
) -> None:
    undated = record("2026-06-02", service("2026-05-01", "2026-05-31").model_copy(update={"period": None}))
    assert undated.bill is not None
    bill = undated.bill.model_copy(update={"statement_date": None})
    Kept(kept).put(undated.model_copy(update={"bill": bill}))
    entry = Entry("bakery", "Bakery", "700200000001", "customer", valid_from=NOW.date())
    with writing(kept) as session:
        take_roster(session, [entry])
    assert given(home, kept, tmp_path / "a.tar.gz")[0].bills == 1
    with writing(kept) as session:
        take_roster(
            session, [Entry("school", "S", "700200000001", "customer", valid_to=PAT.at.date().replace(day=1))]
        )
    handed, members = given(home, kept, tmp_path / "b.tar.gz")  # fmt: skip
    assert (handed.bills, [one.why for one in handed.left]) == (
        0,
        ["its days are not this customer's alone, or were not read"],
    )
    assert b"1 x its days are not this customer's alone" in members["README.txt"]


def test_after_a_change_of_hands_each_is_given_his_own_days(home: Home, kept: Engine, tmp_path: Path) -> None:
    store = Kept(kept)
    for statement, first, last in (
        ("2026-06-02", "2026-05-01", "2026-05-31"),
        ("2026-07-02", "2026-06-01", "2026-06-30"),
    ):
        store.put(record(statement, service(first, last)))
    until, then = NOW.date().replace(month=5, day=31), NOW.date().replace(month=6, day=1)
    with writing(kept) as session:
        take_roster(
            session,
            [
                Entry("bakery", "Bakery", "700200000001", "customer", valid_to=until),
                Entry("school", "School", "700200000001", "customer", valid_from=then),
            ],
        )
    for customer, first in (("bakery", "2026-05-01"), ("school", "2026-06-01")):
        _, members = given(home, kept, tmp_path / f"{customer}.tar.gz", customer)
        assert [row["period_start"] for row in rows(members, "charges.csv")] == [first]
        assert len(only(members, "records")) == 1
        assert {row["customer"] for row in rows(members, "roster.csv")} == {customer}


def test_nothing_is_left_of_an_archive_for_nobody(home: Home, kept: Engine, tmp_path: Path) -> None:
    with pytest.raises(NotKeptError, match="no customer"):
        hand_over(home, kept, "nobody", tmp_path / "a.tar.gz", SETTINGS)
    assert list(tmp_path.glob("*.gz*")) == list(tmp_path.glob(".*.part")) == []
