"""Whose bills they are; what a customer has is handed over and erased, and nothing of anybody else's."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from extractor.base.database import reading, writing
from extractor.customers.forgetting import forget
from extractor.desk import Desk
from extractor.home import Home
from extractor.intake.inbox import ingest
from extractor.intake.mail import Messages
from extractor.settings import ReaderSettings
from extractor.store.aliases import add_alias, aliases
from extractor.store.copying import counts_of
from extractor.store.current import Wanted, current
from extractor.store.people import Tombstone
from extractor.store.roster import Entry, RosterError, entries_of
from extractor.store.said import NotKeptError, Saying
from extractor.store.suggestions import suggestions
from extractor.store.tables import Run
from tests.extractor.intake.test_holders import message
from tests.extractor.law import SAMPLES
from tests.extractor.made_bills import record, service
from tests.extractor.rosters import take_roster
from tests.extractor.store.test_standing import Kept

NOW = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)
PAT = Saying("Pat", "asked by letter of 2026-11-20", NOW)
SETTINGS = ReaderSettings(jobs=1)
BILL, OTHER, BOTH = "d4-bundled-winter-2025", "gs2e-cpa-clean-summer-2026", "two-customers-in-one-file-2025"


def accounts(engine: Engine) -> dict[str, str]:
    with reading(engine) as session:
        return {
            kept.name: kept.result.bill.customer_account or ""
            for kept in current(session)
            if kept.result.bill is not None
        }


@pytest.fixture
def taken(home: Home, kept: Engine) -> Engine:
    """Two customers: one with a bill that came by mail, the other with one; and a file with bills of both."""
    (home.inbox / "mail.eml").write_bytes(
        message(("a.pdf", (SAMPLES / f"{BILL}.pdf").read_bytes()), ("n.txt", b"x"))
    )
    paths = [home.inbox / "mail.eml"]
    paths += [Path(shutil.copy(SAMPLES / f"{name}.pdf", home.inbox)) for name in (OTHER, BOTH)]
    list(ingest(home, kept, paths, SETTINGS, lambda: NOW, (Messages(),)))
    with reading(kept) as session:
        bills = list(current(session))
    numbers: dict[str, list[str]] = {bill.name: [] for bill in bills}
    for bill in bills:
        printed = bill.result.bill
        assert printed is not None and printed.customer_account
        numbers[bill.name].append(printed.customer_account)
    with writing(kept) as session:
        take_roster(
            session,
            [
                Entry(
                    "bakery", "Example Bakery", numbers["a.pdf"][0], "customer", "b1", "Oven", "1 Example St"
                ),
                Entry("bakery", "Example Bakery", numbers[f"{BOTH}.pdf"][0], "customer"),
                Entry("school", "Example School", numbers[f"{OTHER}.pdf"][0], "customer", manager="pat"),
            ],
        )
    return kept


def names(engine: Engine, customer: str) -> list[str]:
    with reading(engine) as session:
        return [kept.name for kept in current(session, Wanted(customer=customer))]


UNPACKERS = (Messages(),)


def test_every_message_that_holds_an_erased_bill_goes_or_is_named(home: Home, taken: Engine) -> None:
    """A second message with the same bill, and one with somebody else's beside it."""
    mine, theirs = ((SAMPLES / f"{name}.pdf").read_bytes() for name in (BILL, OTHER))
    (home.inbox / "again.eml").write_bytes(message(("a.pdf", mine)))
    (home.inbox / "both.eml").write_bytes(message(("a.pdf", mine), ("b.pdf", theirs)))
    paths = [home.inbox / "again.eml", home.inbox / "both.eml"]
    list(ingest(home, taken, paths, SETTINGS, lambda: NOW, UNPACKERS))
    erased = forget(home, taken, "bakery", PAT, dry_run=False, unpackers=UNPACKERS)
    assert (len(erased.documents), len(erased.holders), len(erased.shared)) == (1, 2, 2)
    left = b"".join(path.read_bytes() for path in home.originals.rglob("*") if path.is_file())
    assert mine not in left


def test_a_customer_is_shown_nobody_elses_bills(taken: Engine) -> None:
    assert names(taken, "bakery") == [f"{BOTH}.pdf", "a.pdf"] or names(taken, "bakery") == [
        "a.pdf",
        f"{BOTH}.pdf",
    ]
    assert names(taken, "school") == [f"{OTHER}.pdf"]
    assert names(taken, "nobody") == []


def test_a_dry_run_erases_nothing(home: Home, taken: Engine) -> None:
    before = counts_of(taken), sorted(path.name for path in home.originals.rglob("*"))
    erased = forget(home, taken, "bakery", PAT, dry_run=True, unpackers=UNPACKERS)
    assert (len(erased.documents), len(erased.holders), len(erased.shared), erased.is_done) == (
        1,
        1,
        1,
        False,
    )
    assert (counts_of(taken), sorted(path.name for path in home.originals.rglob("*"))) == before


def test_what_is_erased_leaves_a_tombstone_and_nothing_else(home: Home, taken: Engine) -> None:
    account = accounts(taken)["a.pdf"]
    erased = forget(home, taken, "bakery", PAT, dry_run=False, unpackers=UNPACKERS)
    assert erased.is_done
    with reading(taken) as session:
        stones = {stone.sha256: (stone.who, stone.why) for stone in session.exec(select(Tombstone))}
        assert [kept.name for kept in current(session)].count("a.pdf") == 0
        assert {entry.customer for entry in entries_of(session)} == {"school"}
    assert set(erased.documents) | set(erased.holders) <= set(stones)
    assert set(stones.values()) == {("Pat", "asked by letter of 2026-11-20")}
    left = {path.name.partition(".")[0] for path in home.originals.rglob("*") if path.is_file()}
    assert not left & set(stones)
    assert set(erased.shared) <= left
    if taken.dialect.name == "sqlite":
        data = b"".join(
            path.read_bytes() for path in Path(taken.url.database or "").parent.glob("billclerk.db*")
        )
        assert account.encode() not in data
    with pytest.raises(NotKeptError, match="no customer"):
        forget(home, taken, "bakery", PAT, dry_run=False, unpackers=UNPACKERS)


def test_a_reprocessing_that_was_asked_for_an_account_does_not_name_it_any_more(
    home: Home, taken: Engine
) -> None:
    account = accounts(taken)["a.pdf"]
    asked = f"--account {account} --accept-changes", f"--account {account}0"  # another one's
    with writing(taken) as session:
        session.add_all(Run(began_at=NOW, fingerprint="f", asked=one) for one in asked)
    forget(home, taken, "bakery", PAT, dry_run=False, unpackers=UNPACKERS)
    with reading(taken) as session:
        found = list(session.exec(select(Run.asked).order_by(col(Run.id))))
    assert found == ["--account erased --accept-changes", asked[1]]


def asked_for(account: str) -> str:
    """Return how a reprocessing says what it was asked for."""
    return f"--account {account} --since 2026-01-01"


def test_copies_of_the_database_and_the_names_in_reprocessings_go_too(
    home: Home, taken: Engine, tmp_path: Path
) -> None:
    mine, theirs = accounts(taken)["a.pdf"], accounts(taken)[f"{OTHER}.pdf"]
    files = taken.url.database if taken.dialect.name == "sqlite" else None
    for folder in {home.path, Path(files).parent if files else home.path}:
        (folder / "billclerk.db.before-0002-from-0001").write_text(f"rows of {mine}")
        (folder / "billclerk.db.of-a-person").write_text("stays")
    with writing(taken) as session:
        add_alias(session, "account", mine, "2-01-234-5678", "SCE's letter", None, None, PAT)
        for account in (mine, theirs, "2-01-234-5678"):
            session.add(Run(began_at=NOW, fingerprint="f", asked=asked_for(account)))
    dry = forget(home, taken, "bakery", PAT, dry_run=True, unpackers=UNPACKERS)
    assert len(list(home.path.glob("billclerk.db.before-*"))) == 1
    done = forget(home, taken, "bakery", PAT, dry_run=False, unpackers=UNPACKERS)
    assert (dry.databases, dry.runs) == (done.databases, done.runs)
    assert (set(done.databases), done.runs) == ({"billclerk.db.before-0002-from-0001"}, 2)
    assert list(tmp_path.rglob("*.before-*")) == []
    assert (home.path / "billclerk.db.of-a-person").exists()
    with reading(taken) as session:
        texts = [run.asked for run in session.exec(select(Run).order_by(col(Run.id)))]
    assert texts == [asked_for("erased"), asked_for(theirs), asked_for("erased")]


def test_what_the_next_customer_at_a_meter_has_stays(home: Home, kept: Engine) -> None:
    """One service account and one customer account: the bakery's until May, then the school's."""
    store = Kept(kept)
    for statement, first, last in (
        ("2026-06-02", "2026-05-01", "2026-05-31"),
        ("2026-07-02", "2026-06-01", "2026-06-30"),
        ("2026-07-12", "2026-06-05", "2026-06-20"),
    ):
        store.put(record(statement, service(first, last)))
    ((name, _),) = store.asked
    store.answer(name, "adds", 2)
    until, then = dt.date(2026, 5, 31), dt.date(2026, 6, 1)
    number = "700200000001"
    with writing(kept) as session:
        take_roster(
            session,
            [
                Entry("bakery", "Bakery", number, "customer", valid_to=until),
                Entry("school", "School", number, "customer", valid_from=then),
            ],
        )
        add_alias(session, "renumbered", "8000000001", "8000000009", "the school's letter", None, None, PAT)
        add_alias(session, "renumbered", "3-008-0000-08", "3-009", "a letter", None, None, PAT)
    done = forget(home, kept, "bakery", PAT, dry_run=False)
    assert (len(done.documents), done.shared, done.partly) == (1, (), ())
    assert sorted(store.standings) == [2, 3]
    assert store.asked == []  # the school's answer holds
    with reading(kept) as session:
        assert [row.evidence for row in aliases(session)] == ["the school's letter", "a letter"]


def test_a_bill_of_days_of_two_customers_stays_and_is_named(home: Home, kept: Engine) -> None:
    Kept(kept).put(record("2026-06-12", service("2026-05-11", "2026-06-10")))
    until = dt.date(2026, 5, 31)
    with writing(kept) as session:
        take_roster(session, [Entry("bakery", "Bakery", "700200000001", "customer", valid_to=until)])
    done = forget(home, kept, "bakery", PAT, dry_run=False)
    assert (done.documents, done.partly) == ((), (f"{1:064d}:1",))


def test_an_erased_document_is_not_taken_again(home: Home, taken: Engine) -> None:
    forget(home, taken, "bakery", PAT, dry_run=False, unpackers=UNPACKERS)
    path = Path(shutil.copy(SAMPLES / f"{BILL}.pdf", home.inbox))
    (filed,) = ingest(home, taken, [path], SETTINGS, lambda: NOW)
    assert (filed.outcome, filed.bills) == ("rejected", 0)
    assert "erased on 2026-11-25" in (home.rejected / f"{BILL}.pdf.txt").read_text()
    assert "a.pdf" not in accounts(taken)


def test_copies_that_wait_for_a_person_are_erased_too(home: Home, kept: Engine) -> None:
    path = home.inbox / "a.pdf"
    shutil.copy(SAMPLES / f"{BILL}.pdf", path)
    list(ingest(home, kept, [path], SETTINGS, lambda: NOW))
    with reading(kept) as session:
        (bill,) = current(session)
    printed = bill.result.bill
    assert printed is not None and printed.customer_account
    Desk(home, kept, SETTINGS).correct(bill.sha256, "amount_due", "1.00", PAT)
    shutil.copy(SAMPLES / f"{BILL}.pdf", home.review / "a.pdf")
    (home.review / "a.pdf.txt").write_text("why")
    with writing(kept) as session:
        take_roster(session, [Entry("bakery", "Example Bakery", printed.customer_account, "customer")])
    erased = forget(home, kept, "bakery", PAT, dry_run=False)
    assert erased.copies == 1
    assert list(home.review.iterdir()) == []


def test_an_account_belongs_to_one_customer_on_a_day(kept: Engine) -> None:
    first = Entry("bakery", "Bakery", "1", "customer", valid_to=dt.date(2026, 5, 31))
    then = Entry("school", "School", "1", "customer", valid_from=dt.date(2026, 6, 1))
    with writing(kept) as session:
        assert take_roster(session, [first, then, first]) == 3
        assert len(list(entries_of(session))) == 2
    with pytest.raises(RosterError, match="school"), writing(kept) as session:
        take_roster(session, [Entry("other", "Other", "1", "customer", valid_from=dt.date(2026, 7, 1))])


POD = "101760940000000118"


def seen(statement: str, account: str, customer: str, name: str, **more: object) -> object:
    month = statement[:7]
    one = service(f"{month}-01", f"{month}-28", account=account).model_copy(update={"pod_id": POD, **more})
    return record(statement, one, account=customer, customer_name=name)


@pytest.mark.parametrize(
    ("second", "kind"),
    [
        (("2026-07-02", "8000000009", "700200000001", "EXAMPLE BAKERY"), "renumbered"),
        (("2026-07-02", "8000000009", "700200000077", "EXAMPLE SCHOOL"), "succession"),
        (("2026-07-02", "8000000001", "700200000001", "EXAMPLE BAKERY"), None),  # the same number
    ],
)
def test_bills_of_one_pod_suggest_what_a_person_has_to_confirm(
    kept: Engine, second: tuple[str, str, str, str], kind: str | None
) -> None:
    store = Kept(kept)
    store.put(seen("2026-06-02", "8000000001", "700200000001", "EXAMPLE BAKERY"))  # type: ignore[arg-type]  # a record
    store.put(seen(*second))  # type: ignore[arg-type]  # a record
    with reading(kept) as session:
        found = list(suggestions(session))
    assert [one.kind for one in found] == ([kind] if kind else [])
    if kind:
        assert (found[0].number, found[0].other, found[0].evidence) == (
            "8000000001",
            "8000000009",
            f"POD-ID {POD}",
        )


@pytest.mark.parametrize(
    ("fields", "suggested"),
    [
        ({"pod_id": None, "service_address": "1 EXAMPLE ST"}, False),  # an address alone
        ({"pod_id": None, "meter": "222010-000001"}, False),  # a meter alone: meters move
        ({"pod_id": None, "meter": "222010-000001", "service_address": "1 EXAMPLE ST"}, True),
    ],
)
def test_neither_an_address_nor_a_meter_alone_suggests_anything(
    kept: Engine, fields: dict[str, str | None], suggested: bool
) -> None:
    store = Kept(kept)
    for statement, account in (("2026-06-02", "8000000001"), ("2026-07-02", "8000000009")):
        store.put(seen(statement, account, "700200000001", "EXAMPLE BAKERY", **fields))  # type: ignore[arg-type]  # a record
    with reading(kept) as session:
        assert bool(list(suggestions(session))) is suggested


def test_an_alias_is_another_number_and_has_evidence(kept: Engine) -> None:
    with writing(kept) as session:
        add_alias(session, "renumbered", "1", "2", "SCE's letter", None, None, PAT)
        with pytest.raises(NotKeptError):
            add_alias(session, "renumbered", "1", "1", "x", None, None, PAT)
        with pytest.raises(NotKeptError):
            add_alias(session, "renumbered", "1", "2", " ", None, None, PAT)
        assert len(aliases(session)) == 1
