"""An account number with hyphens and without them is one account, wherever bills are put together."""

from __future__ import annotations

from importlib import import_module

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Engine, text
from sqlmodel import col, select

from extractor.base.database import reading, writing
from extractor.model import ReadResult, Service
from extractor.portfolio.billed import billed
from extractor.store.aliases import add_alias
from extractor.store.current import Wanted, current
from extractor.store.numbers import accounts_of, customer_accounts_of, known_as, meters_of, numbers_of
from extractor.store.people import Answer
from extractor.store.questions import questions
from extractor.store.said import NotKeptError, Saying
from extractor.store.suggestions import suggestions
from extractor.store.tables import Bill
from extractor.store.tables import Service as Billed
from tests.extractor.made_bills import record, service
from tests.extractor.store.test_standing import COUNTS, MAY, NOW, SAME, Kept, told

PRINTED, SCANNED = "3-001-2345-67", "3001234567"
CUSTOMER, CUSTOMER_SCANNED = "2-01-234-5678", "2012345678"
PAT = Saying("Pat", "a letter by SCE", NOW)


@pytest.fixture
def store(kept: Engine) -> Kept:
    return Kept(kept)


def statement(account: str, customer: str, total: str = "10.00", day: str = "2026-06-02") -> ReadResult:
    return record(day, of(account, total), account=customer)


def of(account: str, total: str = "10.00") -> Service:
    return service(*MAY, total, account=account)


def test_a_statement_as_text_and_as_a_scan_without_hyphens_counts_once(store: Kept) -> None:
    store.put(statement(PRINTED, CUSTOMER))
    store.put(record("2026-06-02", of(SCANNED), account=CUSTOMER_SCANNED, source="ocr"))
    assert store.standings == {1: COUNTS, 2: SAME}
    assert store.asked == []


def test_a_statement_that_a_scan_without_hyphens_reads_otherwise_is_asked_about(store: Kept) -> None:
    store.put(statement(PRINTED, CUSTOMER))
    store.put(statement(SCANNED, CUSTOMER_SCANNED, "11.00"))
    assert {bill for bill, _ in store.standings.values()} == {"asked"}
    ((name, documents),) = store.asked
    assert (name.split("|")[2], documents) == (CUSTOMER_SCANNED, [1, 2])


def test_days_of_a_meter_billed_again_without_hyphens_are_asked_about(store: Kept) -> None:
    store.put(statement(PRINTED, CUSTOMER))
    store.put(statement(SCANNED, "700200000009", "12.00", "2026-07-20"))
    assert {services for _, services in store.standings.values()} == {("undecided",)}
    ((_, documents),) = store.asked
    assert documents == [1, 2]


def test_what_is_printed_stays_what_is_shown(store: Kept) -> None:
    store.put(statement(PRINTED, CUSTOMER))
    with reading(store.engine) as session:
        (one,) = billed(session).services
        assert (one.service_account, one.bill.customer_account) == (PRINTED, CUSTOMER)
        assert one.known_as == SCANNED


@pytest.mark.parametrize(
    ("link", "printed"), [("6-000-000-001", "6000000001"), ("6000000001", "6-000-000-001")]
)
def test_an_alias_holds_for_the_number_in_either_form(store: Kept, link: str, printed: str) -> None:
    store.put(statement("8000000001", "700200000001"))
    store.put(record("2026-06-03", of(printed, "12.00"), account="900012345", issuer="CPA"))
    told(store, "provider", "8-000-000-001", link)
    with reading(store.engine) as session:
        assert {one.known_as for one in billed(session).services} == {"6000000001"}
        assert known_as(meters_of(session), "6 000 000 001") == "6000000001"
        assert len(list(current(session, Wanted(account="8 000 000 001")))) == 2
    assert {services for _, services in store.standings.values()} == {("undecided",)}


def test_customers_that_an_alias_joins_are_one_in_either_form(store: Kept) -> None:
    store.put(statement(SCANNED, CUSTOMER))
    store.put(statement(PRINTED, "700200000009", day="2026-07-02"))
    with reading(store.engine) as session:
        assert accounts_of(session, numbers_of(session, PRINTED)) == [CUSTOMER, "700200000009"]
    told(store, "account", CUSTOMER_SCANNED, "7-002-0000-0009")
    with reading(store.engine) as session:
        same = customer_accounts_of(session)
        assert known_as(same, CUSTOMER) == known_as(same, "700200000009")
        assert accounts_of(session, numbers_of(session, PRINTED)) == []


def test_another_form_of_a_number_is_no_alias_and_nothing_to_ask_about(store: Kept) -> None:
    store.put(statement(PRINTED, CUSTOMER))
    pod = {"pod_id": "PD-1", "meter": "259000-1", "service_address": "1 Main St"}
    for day, account, customer in (("06", PRINTED, CUSTOMER), ("07", SCANNED, CUSTOMER_SCANNED)):
        days = f"2026-{day}-01", f"2026-{day}-30"
        store.put(
            record(f"2026-{day}-30", service(*days, account=account).model_copy(update=pod), account=customer)
        )
    with writing(store.engine) as session:
        assert list(suggestions(session)) == []
        with pytest.raises(NotKeptError, match="another number"):
            add_alias(session, "renumbered", PRINTED, SCANNED, "a letter", None, None, PAT)


def test_numbers_of_one_meter_are_asked_about_though_its_pod_id_is_in_another_form(store: Kept) -> None:
    for month, account, pod in (("06", PRINTED, "PD-1"), ("07", "8000000001", "PD1")):
        one = service(f"2026-{month}-01", f"2026-{month}-30", account=account)
        store.put(record(f"2026-{month}-30", one.model_copy(update={"pod_id": pod})))
    with reading(store.engine) as session:
        (found,) = suggestions(session)
    assert (found.kind, found.number, found.other) == ("renumbered", PRINTED, "8000000001")
    assert found.evidence == "POD-ID PD-1"


def test_what_was_kept_before_is_put_together_and_answers_hold(store: Kept) -> None:
    """As the migration does, of bills that were kept and answered before the numbers had another form."""
    store.put(statement(PRINTED, CUSTOMER))
    store.put(statement(PRINTED, "700200000009", "12.00", "2026-07-20"))
    store.put(statement(PRINTED, CUSTOMER, "13.00"))
    with reading(store.engine) as session:
        there = [(one.id, one.plain_account) for one in session.exec(select(Bill).order_by(col(Bill.id)))]
        of_services = [one.plain_account for one in session.exec(select(Billed))]
        names = sorted(one.name for one in questions(session))
    assert (set(of_services), there[0][1]) == ({SCANNED}, CUSTOMER_SCANNED)
    before = [name.replace(SCANNED, PRINTED).replace(CUSTOMER_SCANNED, CUSTOMER) for name in names]
    assert set(before).isdisjoint(names)
    with writing(store.engine) as session:
        session.add_all(Answer(question=name, answer="x", who="Pat", why="", at=NOW) for name in before)
    migration = import_module("extractor.store.migrations.versions.0008_what_the_portfolio_asks")
    with store.engine.begin() as connection, Operations.context(MigrationContext.configure(connection)):
        for table, day in (("bill", "statement_date"), ("service", "period_start")):
            connection.execute(text(f"UPDATE {table} SET plain_account = NULL"))
            account = "customer_account" if table == "bill" else "service_account"
            connection.execute(text(f"DROP INDEX ix_{table}_plain_account_{day}"))
            connection.execute(text(f"CREATE INDEX ix_{table}_{account}_{day} ON {table} ({account})"))
        migration._compare_plain()
    with reading(store.engine) as session:
        assert there == [
            (one.id, one.plain_account) for one in session.exec(select(Bill).order_by(col(Bill.id)))
        ]
        assert of_services == [one.plain_account for one in session.exec(select(Billed))]
        assert sorted(session.exec(select(Answer.question))) == names
