"""Coverage of what is kept: whose it is, what the roster and tables of history say, and what has no place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from extractor.base.database import reading, writing
from extractor.model import Finding, ReadResult, Status
from extractor.portfolio.coverage.asked import coverage
from extractor.portfolio.coverage.model import Coverage
from extractor.portfolio.tabled import compared
from extractor.store.billing_history import Billed, HistoryImport, HistoryRow, Source, add_history
from extractor.store.documents import Arrival, Reader, add_reading, make_current, take
from extractor.store.people import Account, Alias, Customer
from extractor.store.standing import settle
from tests.extractor.made_bills import record, service
from tests.extractor.portfolio.coverage.strips import ENDS, TODAY, period, strips

AT = dt.datetime(2026, 6, 15, 19, tzinfo=dt.UTC)
ONE, TWO = "8000000001", "8000000002"
ALL = range(1, 7)


def put(session: Session, name: str, result: ReadResult) -> None:
    document = take(session, Arrival(name.encode().hex().rjust(64, "0"), f"{name}.pdf", 1), AT)
    make_current(session, add_reading(session, document, [result], Reader("test", "f" * 64), AT))
    settle(session, [document.id or 0])


def statement(month: int, account: str = ONE, customer: str = "700200000001", **more: Any) -> ReadResult:
    day = dt.date.fromisoformat(ENDS[month]) + dt.timedelta(1)
    role = more.pop("role", "bundled")
    return record(f"{day}", service(*period(month), role=role, account=account), account=customer, **more)


def kept_bills(session: Session, months: Iterable[int] = ALL, **more: Any) -> None:
    for month in months:
        put(session, f"{more.get('account', ONE)}-{month}", statement(month, **more))


def of_service(
    customer: str, number: str = ONE, since: str | None = None, until: str | None = None, **more: Any
) -> Account:
    days = [dt.date.fromisoformat(one) if one else None for one in (since, until)]
    return Account(
        kind="service", number=number, customer_key=customer, valid_from=days[0], valid_to=days[1], **more
    )


def listed(session: Session, *rows: Account) -> None:
    session.add_all(
        Customer(key=key, name=key.title()) for key in dict.fromkeys(row.customer_key for row in rows)
    )
    session.flush()
    session.add_all(rows)
    session.flush()


def asked(kept: Engine, **more: Any) -> Coverage:
    with reading(kept) as session:
        return coverage(session, TODAY, 6, **more)


def told(found: Coverage) -> list[tuple[str, str | None, str, str]]:
    return [(one.number, one.owner.customer if one.owner else None, *strips(one)) for one in found.meters]


def test_a_service_of_the_roster_without_a_bill_is_shown(kept: Engine) -> None:
    with writing(kept) as session:
        kept_bills(session)
        listed(session, of_service("acme"), of_service("acme", TWO, "2026-03-01", provider="CPA"))
    assert told(asked(kept)) == [(ONE, "acme", "vvvvvv", "bbbbbb"), (TWO, "acme", "  MMMx", "  MMMx")]


def test_what_the_roster_does_not_know_is_shown_too(kept: Engine) -> None:
    with writing(kept) as session:
        kept_bills(session)
    assert told(asked(kept)) == [(ONE, None, "vvvvvv", "bbbbbb")]


def test_one_account_of_two_customers_one_after_the_other(kept: Engine) -> None:
    with writing(kept) as session:
        kept_bills(session, (1, 2, 3), customer="700200000001")
        kept_bills(session, (4, 5, 6), customer="700200000001")
        listed(session, of_service("acme", until="2026-03-05"), of_service("best", since="2026-03-06"))
    assert told(asked(kept)) == [
        (ONE, "acme", "vvv   ", "bbb   "),
        (ONE, "best", "   vvv", "   bbb"),
    ]
    assert told(asked(kept, customer="best")) == [(ONE, "best", "   vvv", "   bbb")]


@pytest.mark.parametrize("customer", ["acme", "best"])
def test_a_bill_of_two_customers_is_shown_to_neither_and_missing_at_neither(
    kept: Engine, customer: str
) -> None:
    with writing(kept) as session:
        kept_bills(session)
        listed(session, of_service("acme", until="2026-03-20"), of_service("best", since="2026-03-21"))
    (row,) = told(asked(kept, customer=customer))
    assert row == (
        (ONE, "acme", "vvv   ", "bbb   ") if customer == "acme" else (ONE, "best", "    vv", "    bb")
    )
    everything = asked(kept)
    assert told(everything)[-1] == (ONE, None, "   v  ", "   b  ")
    services = [one.id for meter in everything.meters for cell in meter.cells.values() for one in cell.here]
    assert len(services) == len(set(services)) == 6


def test_a_bill_of_before_the_roster_is_the_services_own_and_not_the_customers(kept: Engine) -> None:
    with writing(kept) as session:
        kept_bills(session)
        listed(session, of_service("acme", since="2026-03-06"))
    assert told(asked(kept)) == [(ONE, "acme", "vvvvvv", "bbbbbb")]
    assert told(asked(kept, customer="acme")) == [(ONE, "acme", "   vvv", "   bbb")]


def test_an_account_is_asked_for_by_any_of_its_numbers(kept: Engine) -> None:
    with writing(kept) as session:
        kept_bills(session, (1, 2, 3))
        kept_bills(session, (4, 5, 6), account="8000000009")
        kept_bills(session, account=TWO, customer="700200000002")
        session.add(
            Alias(kind="renumbered", number=ONE, other="8000000009", evidence="POD-ID", who="Pat", at=AT)
        )
    for number in (ONE, "8000000009", "700200000001"):
        assert told(asked(kept, account=number)) == [("8000000009", None, "vvvvvv", "bbbbbb")]


@pytest.mark.parametrize(
    ("fields", "undone", "letters"),
    [
        ({}, False, "vvhvvv"),
        ({}, True, "vvMvvv"),
        ({"service_account": TWO}, False, "vvMvvv"),
    ],
)
def test_rows_of_history_fill_what_no_bill_does(
    kept: Engine, fields: dict[str, str], undone: bool, letters: str
) -> None:
    first, last = map(dt.date.fromisoformat, period(3))
    with writing(kept) as session:
        kept_bills(session, (1, 2, 4, 5, 6))
        document = take(session, Arrival("e" * 64, "history.csv", 1), AT)
        assert document.id is not None
        source = HistoryImport(
            document_id=document.id, mapping="{}", who="Pat", at=AT, undone_at=AT if undone else None
        )
        session.add(source)
        session.flush()
        assert source.id is not None
        values: dict[str, Any] = {"service_account": ONE, "kwh": Decimal(300), "amount": Decimal("50.00")}
        session.add(
            HistoryRow(import_id=source.id, line=1, period_start=first, period_end=last, **values | fields)
        )
    found = asked(kept)
    assert [row[2:] for row in told(found) if row[0] == ONE] == [(letters, "bbbbbb")]
    (meter,) = [one for one in found.meters if one.number == ONE]
    cell = meter.cells[202603, "delivery"]
    assert cell.amount is None
    assert ("300 kWh" in cell.why) == (letters[2] == "h")


def test_direct_access_waits_for_no_generation(kept: Engine) -> None:
    finding = Finding(code="generation_missing", severity="info", message="SCE only delivers", service=0)
    with writing(kept) as session:
        for month in ALL:
            result = statement(month, role="delivery").model_copy(update={"findings": (finding,)})
            put(session, str(month), result)
    assert told(asked(kept)) == [(ONE, None, "vvvvvv", "------")]


def test_bills_without_a_place_are_named_and_counted_in_no_month(kept: Engine) -> None:
    with writing(kept) as session:
        kept_bills(session, (1, 2, 3, 4, 5))
        listed(session, of_service("acme"))
        lost = statement(6, status=Status.REVIEW)
        assert lost.bill is not None
        (one,) = lost.bill.services
        nameless = one.model_copy(update={"service_account": None})
        put(
            session,
            "no account",
            lost.model_copy(update={"bill": lost.bill.model_copy(update={"services": (nameless,)})}),
        )
        dateless = one.model_copy(update={"period": None})
        other = lost.bill.model_copy(update={"services": (dateless,), "statement_date": dt.date(2026, 6, 7)})
        put(session, "no days", lost.model_copy(update={"bill": other}))
        put(session, "nothing", record("2026-06-08", status=Status.REVIEW))
        put(
            session,
            "unreadable",
            record("2026-06-09").model_copy(update={"bill": None, "status": Status.UNREADABLE}),
        )
    found = asked(kept)
    assert {one.bill.file: one.why for one in found.unplaced} == {
        "no account.pdf": "its service account was not read",
        "no days.pdf": "its days were not read",
        "nothing.pdf": "no service of it was read",
        "unreadable.pdf": "it could not be read",
    }
    assert told(found) == [(ONE, "acme", "vvvvvL", "bbbbbb")]


def test_nothing_kept_is_no_coverage(kept: Engine) -> None:
    found = asked(kept)
    assert (found.meters, found.unplaced, found.months[-1]) == ((), (), 202606)


def test_a_customer_account_of_the_roster_without_anything_is_shown(kept: Engine) -> None:
    with writing(kept) as session:
        kept_bills(session)
        rows = [
            Account(kind="customer", number=number, customer_key="acme")
            for number in ("700200000001", "700200000007", "700200000008", "700200000009")
        ]
        listed(session, *rows, of_service("acme", TWO, customer_account="700200000009"))
        session.add(
            Alias(
                kind="account",
                number="700200000001",
                other="700200000007",
                evidence="new system",
                who="Pat",
                at=AT,
            )
        )
    assert told(asked(kept)) == [
        ("700200000008", "acme", "MMMMMx", "------"),
        (ONE, "acme", "vvvvvv", "bbbbbb"),
        (TWO, "acme", "MMMMMx", "------"),
    ]


def test_services_of_other_years_are_left_out_and_counted(kept: Engine) -> None:
    with writing(kept) as session:
        kept_bills(session)
        listed(session, of_service("acme", TWO, until="2020-12-31"), of_service("acme", ONE))
    found = asked(kept)
    assert (told(found), found.past) == ([(ONE, "acme", "vvvvvv", "bbbbbb")], 1)


def test_who_comes_back_misses_nothing_of_the_days_between(kept: Engine) -> None:
    with writing(kept) as session:
        kept_bills(session)
        listed(
            session,
            of_service("acme", until="2026-02-05"),
            of_service("best", since="2026-02-06", until="2026-04-05"),
            of_service("acme", since="2026-04-06"),
        )
    found = asked(kept)
    assert told(found) == [(ONE, "acme", "vv  vv", "bb  bb"), (ONE, "best", "  vv  ", "  bb  ")]
    assert [one.gaps for one in found.meters] == [(), ()]
    assert told(asked(kept, customer="acme")) == [(ONE, "acme", "vv  vv", "bb  bb")]


def test_of_a_service_without_bills_nothing_is_missing_between_two_times_of_the_customer(
    kept: Engine,
) -> None:
    with writing(kept) as session:
        listed(session, of_service("acme", until="2026-02-28"), of_service("acme", since="2026-05-01"))
    assert told(asked(kept)) == [(ONE, "acme", "MM  Mx", "--  --")]


def history_kept(session: Session, months: Iterable[int]) -> None:
    document = take(session, Arrival("e" * 64, "history.csv", 1), AT)
    days = [tuple(map(dt.date.fromisoformat, period(month))) for month in months]
    rows = [Billed(2, ONE, first, last, Decimal(300), None, Decimal("50.00")) for first, last in days]
    add_history(session, document.id or 0, Source(1, "{}", None, "Pat"), rows, AT)


def of_account(customer: str, number: str, **days: str) -> Account:
    row = of_service(customer, number, **days)
    row.kind = "customer"
    return row


def test_history_of_a_customer_by_his_customer_account_is_his_on_its_days(kept: Engine) -> None:
    with writing(kept) as session:
        kept_bills(session, (3, 5, 6))
        listed(session, of_account("acme", "700200000001", since="2026-02-06"))
        history_kept(session, (1, 2, 4))
    assert told(asked(kept)) == [(ONE, "acme", "hhvhvv", "bbbbbb")]
    assert told(asked(kept, customer="acme")) == [(ONE, "acme", "  vhvv", "  bbbb")]
    with reading(kept) as session:
        assert [str(one.first) for one in compared(session, "acme") if one.state != "bills only"] == [
            period(4)[0]
        ]


@pytest.mark.parametrize("customer", ["acme", "best"])
def test_history_of_a_meter_that_was_two_customers_by_their_bills_is_compared_for_neither(
    kept: Engine, customer: str
) -> None:
    with writing(kept) as session:
        kept_bills(session, (1, 2, 3), customer="700200000001")
        kept_bills(session, (4, 5, 6), customer="700200000002")
        listed(session, of_account("acme", "700200000001"), of_account("best", "700200000002"))
        history_kept(session, ALL)
    with reading(kept) as session:
        assert compared(session, customer) == []
        assert len(compared(session)) == 6


def test_a_bill_that_begins_after_the_last_day_of_a_customer_makes_nothing_missing_at_him(
    kept: Engine,
) -> None:
    with writing(kept) as session:
        kept_bills(session, (1, 2, 6))
        listed(session, of_service("acme", until="2026-02-05"), of_service("best", since="2026-05-20"))
    assert told(asked(kept)) == [
        (ONE, "acme", "vv    ", "bb    "),
        (ONE, None, "     v", "     b"),
    ]


@pytest.mark.parametrize(("months", "strip"), [(ALL, "vvvvvv"), ((1, 2, 4, 5, 6), "vvMvvv")])
def test_cpas_own_bill_that_is_not_known_as_the_customers_covers_only_its_half(
    kept: Engine, months: Iterable[int], strip: str
) -> None:
    with writing(kept) as session:
        kept_bills(session, months, role="delivery")
        for month in ALL:
            own = service(*period(month), role="generation", provider="CPA", account=ONE)
            day = dt.date.fromisoformat(ENDS[month]) + dt.timedelta(3)
            put(session, f"cpa{month}", record(f"{day}", own, account="C-1", issuer="CPA"))
        listed(session, of_account("acme", "700200000001"))
    assert told(asked(kept)) == [(ONE, "acme", strip, "vvvvvv")]
    assert told(asked(kept, customer="acme")) == [(ONE, "acme", strip, "      ")]


def test_nothing_is_missing_at_a_customer_of_before_the_roster_has_it_as_his(kept: Engine) -> None:
    with writing(kept) as session:
        kept_bills(session, (1, 3, 4, 5, 6))
        listed(session, of_service("acme", since="2026-03-06"))
    found = asked(kept)
    assert told(found) == [(ONE, "acme", "v vvvv", "b bbbb")]
    assert found.meters[0].gaps == ()
