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
from extractor.portfolio.history.asked import history
from extractor.portfolio.tabled import compared
from extractor.store.billing_history import Billed, HistoryImport, HistoryRow, Source, add_history
from extractor.store.documents import Arrival, Reader, add_reading, make_current, take
from extractor.store.people import Account, Alias, Customer, Manager
from extractor.store.standing import settle
from tests.extractor.made_bills import record, service
from tests.extractor.portfolio.coverage.strips import (
    ENDS,
    TODAY,
    both,
    covered,
    delivery,
    generation,
    period,
    strips,
)
from tests.extractor.portfolio.rows import bill

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


HOLE = (
    of_service("acme", until="2026-02-05"),
    of_service("best", since="2026-02-06", until="2026-04-05"),
    of_service("acme", since="2026-04-06"),
)


@pytest.mark.parametrize("months", [(1, 2, 5, 6), (1, 2, 3, 4, 5, 6)])
@pytest.mark.parametrize(
    ("rows", "strip"),
    [
        (HOLE, "vv  vv"),
        ((HOLE[1],), "vv  vv"),  # the account is one's, and the roster gives another the meter for a while
    ],
)
def test_a_customer_account_of_all_days_fills_no_hole_of_its_service_s(
    kept: Engine, months: Iterable[int], rows: tuple[Account, ...], strip: str
) -> None:
    with writing(kept) as session:
        for month in months:
            number = "700200000002" if month in (3, 4) else "700200000001"
            put(session, str(month), statement(month, customer=number))
        accounts = [Account(kind="customer", number="700200000001", customer_key="acme")]
        listed(session, *accounts, *(Account(**row.model_dump()) for row in rows))
    found = asked(kept)
    other = {(1, 2, 5, 6): " MM   ", (1, 2, 3, 4, 5, 6): "  vv  "}[tuple(months)]
    assert [row[1:3] for row in told(found)] == [("acme", strip), ("best", other)]
    assert [one.gaps for one in found.meters] == [(), ()]


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


def test_days_until_the_customer_left_are_waited_for_at_him_and_no_longer_at_the_next(kept: Engine) -> None:
    with writing(kept) as session:
        kept_bills(session, (1, 2, 3), role="bundled")
        put(session, "next", record("2026-05-06", service("2026-04-02", ENDS[5], role="bundled")))
        kept_bills(session, (6,))
        listed(session, of_service("acme", until="2026-04-01"), of_service("best", since="2026-04-02"))
    assert told(asked(kept)) == [(ONE, "acme", "vvvL  ", "bbbb  "), (ONE, "best", "    vv", "    bb")]
    (row,) = asked(kept, customer="acme").meters
    (waited,) = [cycle for cycle, half in row.open("late") if half == "delivery"]
    assert (str(waited.first), str(waited.last)) == ("2026-03-06", "2026-04-01")
    assert waited.delivery.is_assumed


def test_a_customer_of_a_few_weeks_without_a_bill_is_not_left_out(kept: Engine) -> None:
    with writing(kept) as session:
        listed(
            session,
            of_service("acme", since="2026-04-10", until="2026-05-20", provider="CPA"),
            of_service("best", TWO, since="2026-03-20", until="2026-04-25"),
            of_service("cedar", "8000000003", since="2026-06-12"),
            of_service("dale", "8000000004", since="2026-06-26"),
        )
    found = asked(kept)
    assert told(found) == [
        (ONE, "acme", "   MM ", "   MM "),
        (TWO, "best", "  MM  ", "  --  "),
        ("8000000003", "cedar", "     x", "     -"),
    ]
    assert found.past == 1  # it begins in the last days of these months


def ended(session: Session, *accounts: str) -> None:
    """Keep bills of four months, the last of them a final one."""
    for month in (1, 2, 3, 4):
        day = dt.date.fromisoformat(ENDS[month]) + dt.timedelta(1)
        services = [service(*period(month), role="bundled", account=one) for one in accounts]
        put(session, str(month), record(f"{day}", *services, kind="final" if month == 4 else None))


NINE = "8000000009"


def renumbered(session: Session) -> None:
    session.add(Alias(kind="renumbered", number=ONE, other=NINE, evidence="letter", who="Pat", at=AT))


ENDED = "2026-04-05"


@pytest.mark.parametrize(
    ("rows", "alias", "strip"),
    [
        ([], False, "vvvv  "),
        ([of_service("acme")], False, "vvvv  "),
        ([of_service("acme", until=ENDED)], True, "vvvv  "),  # the roster has it no longer
        ([of_service("acme")], True, "vvvvLL"),
        ([], True, "vvvvLL"),
        ([of_service("acme", until=ENDED), of_service("acme", NINE, "2026-04-06")], True, "vvvvLL"),
        ([of_service("acme", until=ENDED), of_service("acme", since="2026-05-06")], False, "vvvv L"),
    ],
    ids=["no roster", "no days", "gone", "renumbered", "no roster, renumbered", "both numbers", "back"],
)
def test_a_final_bill_ends_its_own_number_alone(
    kept: Engine, rows: list[Account], alias: bool, strip: str
) -> None:
    with writing(kept) as session:
        ended(session, ONE)
        listed(session, *(Account(**row.model_dump()) for row in rows))
        if alias:
            renumbered(session)
    assert [row[2] for row in told(asked(kept))] == [strip]


def test_bills_of_the_new_number_that_come_later_show_what_is_missing_between(kept: Engine) -> None:
    with writing(kept) as session:
        ended(session, ONE)
        kept_bills(session, (6,), account=NINE)
        listed(session, of_service("acme", until=ENDED), of_service("acme", NINE, "2026-04-06"))
        renumbered(session)
    (meter,) = asked(kept).meters
    assert strips(meter)[0] == "vvvvMv"
    assert [(gap.half, str(gap.first), str(gap.last)) for gap in meter.gaps] == [
        ("delivery", "2026-04-06", "2026-05-05")
    ]
    with reading(kept) as session:
        (odd,) = history(session)
    assert (odd.code, odd.message) == (
        "period_break",
        "no bill is kept of 30 days: 2026-04-06 to 2026-05-05",
    )


@pytest.mark.parametrize(
    ("until", "strip"),
    [
        (ENDED, "vvvvLL"),  # the statement is final for the other of its services
        ("2026-04-30", "vvvvLL"),
        (None, "vvvv  "),  # nobody knows which of them it ends: both
    ],
)
def test_a_final_statement_of_two_services_ends_the_one_that_the_roster_ends(
    kept: Engine, until: str | None, strip: str
) -> None:
    with writing(kept) as session:
        ended(session, ONE, TWO)
        listed(session, of_service("acme", until=until), of_service("acme", TWO))
    assert [row[2] for row in told(asked(kept))] == ["vvvv  ", strip]


@pytest.mark.parametrize(
    ("since", "said"),
    [
        ("2026-02-06", "59 days: 2026-02-06 to 2026-04-05"),  # another customer's at once
        ("2026-03-20", "17 days: 2026-03-20 to 2026-04-05"),
        (None, None),  # the roster names nobody
    ],
)
def test_a_break_after_a_final_bill_is_one_where_the_roster_has_the_meter(
    kept: Engine, since: str | None, said: str | None
) -> None:
    with writing(kept) as session:
        kept_bills(session, (1,))
        put(session, "final", statement(2, kind="final"))
        kept_bills(session, (5, 6), customer="700200000002")
        if since:
            listed(session, of_service("acme", until="2026-02-05"), of_service("best", since=since))
    with reading(kept) as session:
        found = [one.message for one in history(session) if one.code == "period_break"]
    assert found == ([f"no bill is kept of {said}"] if said else [])


A, B = "700200000001", "700200000002"
LEFT, CAME = "2026-03-05", "2026-03-06"


@pytest.mark.parametrize(
    ("rows", "bills", "expected"),
    [
        (
            [of_account("best", A, until=LEFT), of_account("acme", A, since=CAME)],
            [statement(3)],
            [(ONE, "acme", "  MMMx"), (ONE, "best", "vvv   ")],
        ),
        ([of_account("acme", A, since=CAME)], [statement(3)], [(ONE, "acme", "vvvLLL")]),
        (  # the roster says who has the meter
            [
                of_account("best", A, until=LEFT),
                of_account("acme", A, since=CAME),
                of_service("cedar", TWO),
                of_service("best", until=LEFT),
                of_service("acme", since="2026-05-01"),
            ],
            [statement(3)],
            [(ONE, "acme", "    Mx"), (ONE, "best", "vvv   "), (TWO, "cedar", "MMMMMx")],
        ),
        (  # it ended: of the account more is not known
            [of_account("best", A, until="2026-04-05"), of_account("acme", A, since="2026-04-06")],
            [statement(3, kind="final")],
            [(A, "acme", "   MMx"), (ONE, "best", "vvv   ")],
        ),
        (  # it is on another account since then
            [of_account("best", A, until=LEFT), of_account("acme", A, since=CAME)],
            [statement(3), statement(4, customer=B)],
            [(A, "acme", "  MMMx"), (ONE, "best", "vvvv  ")],
        ),
        (  # whose the days of a bill are that is both's
            [of_account("best", A, until="2026-02-20"), of_account("acme", A, since="2026-02-21")],
            [statement(3)],
            [(ONE, "acme", "   LLL"), (ONE, "best", "vv    "), (ONE, None, "  v   ")],
        ),
        (  # his bills came
            [of_account("best", A, until=LEFT), of_account("acme", A, since=CAME)],
            [statement(3), statement(4)],
            [(ONE, "acme", "   vLL"), (ONE, "best", "vvv   ")],
        ),
    ],
    ids=["next", "only", "by service", "ended", "elsewhere", "both's", "came"],
)
def test_who_takes_over_a_customer_account_has_its_meters_before_a_bill_comes(
    kept: Engine, rows: list[Account], bills: list[ReadResult], expected: list[tuple[str, str | None, str]]
) -> None:
    with writing(kept) as session:
        kept_bills(session, (1, 2))
        for bill in bills:
            put(session, f"{bill.bill and bill.bill.statement_date}", bill)
        listed(session, *(Account(**row.model_dump()) for row in rows))
    assert [row[:3] for row in told(asked(kept))] == expected
    mine = [(number, customer, strip) for number, customer, strip in expected if customer == "acme"]
    if len(rows) > 1:
        assert [row[:3] for row in told(asked(kept, customer="acme"))] == mine


def test_each_meter_of_an_account_that_is_taken_over_is_waited_for(kept: Engine) -> None:
    with writing(kept) as session:
        kept_bills(session, (1, 2, 3))
        kept_bills(session, (1, 2, 3, 4), account=TWO)
        listed(session, of_account("best", A, until=LEFT), of_account("acme", A, since=CAME))
    assert [row[:3] for row in told(asked(kept, customer="acme"))] == [
        (ONE, "acme", "  MMMx"),
        (TWO, "acme", "   vLL"),
    ]


def looked_after(row: Account, manager: str | None) -> Account:
    row.manager_key = manager
    return row


@pytest.mark.parametrize(
    ("rows", "months", "manager"),
    [
        (
            [
                looked_after(of_service("acme", until="2026-03-31"), "kim"),
                looked_after(of_service("acme", since="2026-04-01"), "sam"),
            ],
            (1, 2, 3),
            "sam",
        ),
        ([looked_after(of_service("acme", until="2026-03-31"), "kim")], (1, 2, 3), "kim"),
        ([looked_after(of_account("acme", A), "kim"), of_service("acme", customer_account=A)], (), "kim"),
        ([looked_after(of_account("acme", A), "kim"), of_service("acme")], (1, 2), "kim"),
        (
            [
                looked_after(of_account("acme", A), "kim"),
                looked_after(of_service("acme", since="2026-04-01", customer_account=A), "sam"),
            ],
            (4, 5),
            "sam",
        ),
        (
            [
                looked_after(of_account("acme", A, until="2026-03-31"), "kim"),
                looked_after(of_account("acme", A, since="2026-04-01"), "sam"),
            ],
            (1, 2, 3),
            "sam",
        ),
        ([looked_after(of_account("acme", B), "kim")], (), "kim"),
        ([looked_after(of_service("acme", since="2026-06-20"), "sam")], (), "sam"),  # from a day to come on
    ],
    ids=[
        "by service",
        "left",
        "no bill",
        "billed",
        "its own first",
        "by account",
        "account alone",
        "to come",
    ],
)
def test_a_service_is_his_who_looks_after_it_today(
    kept: Engine, rows: list[Account], months: Iterable[int], manager: str
) -> None:
    with writing(kept) as session:
        session.add_all(Manager(key=key, name=key.title(), email=f"{key}@x.com") for key in ("kim", "sam"))
        kept_bills(session, months)
        session.flush()
        listed(session, *(Account(**row.model_dump()) for row in rows))
    assert [one.owner and one.owner.manager for one in asked(kept).meters] == [manager]
    other = {"kim": "sam", "sam": "kim"}[manager]
    assert [len(asked(kept, manager=one).meters) for one in (manager, other)] == [1, 0]


@pytest.mark.parametrize(
    ("issued", "stands"),
    [
        (["-10.00"], "vMvvvv"),
        (["-10.00", "12.00"], "vvvvvv"),  # billed anew afterwards
        (["-4.00"], "vvvvvv"),  # a part of it
    ],
)
def test_a_month_that_is_taken_back_whole_and_not_billed_anew_is_missing(
    kept: Engine, issued: list[str], stands: str
) -> None:
    with writing(kept) as session:
        kept_bills(session)
        for at, total in enumerate(issued):
            kwh = "-100" if total.startswith("-") else "100"
            again = service(*period(2), total, role="bundled", kwh=kwh)
            put(session, f"again{at}", record(f"2026-05-{10 + at}", again, kind="corrected"))
    (found,) = asked(kept).meters
    assert strips(found) == (stands, "bbbbbb")
    if stands[1] == "M":
        (part,) = (one.delivery for one in found.cycles if one.month == 202602)
        assert "the statement of 2026-05-10 " in part.why
        assert part.why.endswith("takes all its charges back, and nothing bills them anew")
        assert part.amount == 0


def test_generation_that_is_taken_back_whole_is_missing_beside_its_delivery() -> None:
    rest = [*both(1, 3, 4, 5, 6), delivery(2), generation(2, total=Decimal(10), of=bill("2026-02-06"))]
    back = generation(2, total=Decimal(-10), of=bill("2026-05-10"))
    assert strips(covered([*rest, back])) == ("vvvvvv", "vMvvvv")
    anew = generation(2, total=Decimal(9), of=bill("2026-05-10"))
    assert strips(covered([*rest, back, anew])) == ("vvvvvv", "vvvvvv")


BEFORE, AFTER = ("acme", "vvv   "), ("best", "   vvv")


@pytest.mark.parametrize("how", ["service", "customer"])
def test_a_statement_is_whose_its_delivery_is(kept: Engine, how: str) -> None:
    """With another month's generation on it, or a day of the other customer's: CPA's periods overlap."""
    ends = {month: dt.date.fromisoformat(ENDS[month]) for month in range(1, 7)}
    with writing(kept) as session:
        for month in ALL:
            first, last = period(month)
            days = f"{dt.date.fromisoformat(first) - dt.timedelta(1)}", last
            parts = [service(first, last), service(*days, role="generation", provider="CPA")]
            if month == 4:  # CPA billed March late, beside April's
                parts.append(service(*period(3), role="generation", provider="CPA"))
            put(
                session,
                str(month),
                record(f"{ends[month] + dt.timedelta(1)}", *parts[: 1 if month == 3 else 3]),
            )
        row = of_service if how == "service" else of_account
        number = ONE if how == "service" else "700200000001"
        listed(session, row("acme", number, until=ENDS[3]), row("best", number, since=period(4)[0]))
    assert told(asked(kept)) == [
        (ONE, "acme", "vvv   ", "vv    "),
        (ONE, "best", "   vvv", "   vvv"),
    ]
    assert told(asked(kept, customer="acme")) == [(ONE, "acme", "vvv   ", "vv    ")]
    assert told(asked(kept, customer="best")) == [(ONE, "best", "   vvv", "   vvv")]
    (acme,) = asked(kept, customer="acme").meters
    assert acme.cells[202603, "generation"].why == "billed on a statement that is not wholly this customer's"
    (best,) = asked(kept, customer="best").meters
    dollars = [one.total for cell in best.cells.values() for one in cell.here]
    assert len(dollars) == 7  # the late month of generation is on his statement, and stands there once
    assert "bills 2026-02-06 to 2026-03-05 at once" in best.cells[202604, "generation"].why


def test_a_generation_service_of_somebody_else_s_account_is_not_shown(kept: Engine) -> None:
    with writing(kept) as session:
        parts = [service(*period(6)), service(*period(6), role="generation", provider="CPA", account=TWO)]
        put(session, "both", record(f"{TODAY}", *parts))
        listed(session, of_service("acme"), of_service("best", TWO))
    assert all("v" not in "".join(row[2:]) for row in told(asked(kept, customer="acme")))


def test_a_bill_that_may_be_another_s_is_not_the_only_customer_s_of_its_meter(kept: Engine) -> None:
    with writing(kept) as session:
        kept_bills(session, (1, 2, 3), customer="700200000009")
        kept_bills(session, (4, 5, 6), customer="700200000001")
        rows = of_account("best", "700200000009", since="2026-02-20"), of_service("acme", since=period(4)[0])
        listed(session, *rows)
    assert told(asked(kept))[:2] == [(ONE, "acme", "vv vvv", "bb bbb"), (ONE, None, "  v   ", "  b   ")]


def late_generation(session: Session, on: int, of: int, **more: Any) -> None:
    """Keep a month's bill with both halves, and generation of another month on it."""
    parts = [service(*period(at), role="generation", provider="CPA") for at in (of, on)]
    day = dt.date.fromisoformat(ENDS[on]) + dt.timedelta(1)
    put(session, f"late-{on}", record(f"{day}", service(*period(on)), *parts, **more))


def test_generation_of_days_on_which_the_customer_was_away_is_missing_at_nobody(kept: Engine) -> None:
    with writing(kept) as session:
        kept_bills(session, (1, 2, 6))
        late_generation(session, on=5, of=4)
        listed(session, of_service("acme", until="2026-02-05"), of_service("acme", since="2026-04-06"))
    (row,) = asked(kept).meters
    assert strips(row) == ("vv  vv", "bb  vb")
    assert (
        sum((cell.amount or Decimal(0)) for (_, half), cell in row.cells.items() if half == "generation")
        == 20
    )


def test_a_late_month_beside_a_delivery_whose_own_generation_did_not_come_keeps_its_dollars(
    kept: Engine,
) -> None:
    with writing(kept) as session:
        kept_bills(session, (1, 2, 6), role="delivery")
        late = service(*period(4), role="generation", provider="CPA", total="7.00", charges=())
        day = dt.date.fromisoformat(ENDS[5]) + dt.timedelta(1)
        put(session, "late", record(f"{day}", service(*period(5)), late))
        listed(session, of_service("acme", until="2026-02-05"), of_service("acme", since="2026-04-06"))
    (row,) = asked(kept).meters
    cell = row.cells[202605, "generation"]
    assert strips(row)[1][4] == "M"
    assert (cell.amount, cell.why.count("at once")) == (Decimal("7.00"), 1)


def test_generation_of_before_the_roster_stays_in_its_own_months(kept: Engine) -> None:
    with writing(kept) as session:
        kept_bills(session, (4, 5, 6), role="delivery")
        for month in ALL:
            own = service(*period(month), f"{month}.00", "CPA", "generation")
            day = dt.date.fromisoformat(ENDS[month]) + dt.timedelta(3)
            put(session, f"cpa{month}", record(f"{day}", own, account="C-1", issuer="CPA"))
        listed(session, of_service("acme", since="2026-03-06"))
    (row,) = asked(kept).meters
    amounts = [row.cells[202600 + month, "generation"].amount for month in ALL]
    assert amounts == [Decimal(month) for month in ALL]


def test_on_the_row_of_nobody_s_bills_what_customers_are_billed_is_not_missing(kept: Engine) -> None:
    with writing(kept) as session:
        kept_bills(session)
        listed(
            session,
            of_service("acme", since="2026-02-06", until="2026-03-05"),
            of_service("best", since="2026-03-06", until="2026-04-20"),
            of_service("cedar", since="2026-04-21"),
        )
    found = asked(kept)
    rows = told(found)
    assert [row[1:3] for row in rows] == [
        ("acme", "  v   "),
        ("best", "   v  "),
        ("cedar", "     v"),
        (None, "vv  v "),
    ]
    assert [one.gaps for one in found.meters] == [(), (), (), ()]


def test_a_meter_whose_delivery_is_not_on_the_statement_is_whose_it_was_on_its_own_days(
    kept: Engine,
) -> None:
    with writing(kept) as session:
        parts = [
            service(*period(4)),
            service(*period(2), role="generation", provider="CPA", account=TWO),
        ]
        put(session, "both", record("2026-04-06", *parts))
        rows = of_service("best", TWO, until="2026-02-28"), of_service("acme", TWO, since="2026-03-01")
        listed(session, of_service("acme"), *rows)
    assert all("v" not in "".join(row[2:]) for row in told(asked(kept, customer="acme")))


def test_a_delivery_whose_days_were_not_read_is_not_of_its_generation_s_days(kept: Engine) -> None:
    with writing(kept) as session:
        result = record(
            "2026-04-06", service(*period(4)), service(*period(3), role="generation", account=TWO)
        )
        assert result.bill is not None
        unread = result.bill.services[0].model_copy(update={"period": None})
        services = (unread, *result.bill.services[1:])
        put(
            session,
            "one",
            result.model_copy(update={"bill": result.bill.model_copy(update={"services": services})}),
        )
        listed(
            session,
            of_account("acme", "700200000001", until="2026-03-05"),
            of_account("best", "700200000001", since="2026-03-06"),
        )
    assert [one.bill.file for one in asked(kept, customer="acme").unplaced] == []
    assert [one.bill.file for one in asked(kept, customer="best").unplaced] == ["one.pdf"]


def test_bills_of_another_s_account_make_no_month_missing_at_the_only_customer_of_a_meter(
    kept: Engine,
) -> None:
    with writing(kept) as session:
        kept_bills(session, (1, 2, 4, 5, 6))
        kept_bills(session, (3,), customer="700200000009")
        rows = of_account("acme", "700200000001"), of_account("best", "700200000009", since="2026-02-20")
        listed(session, *rows)
    assert told(asked(kept)) == [(ONE, "acme", "vv vvv", "bb bbb"), (ONE, None, "  v   ", "  b   ")]
    assert told(asked(kept, customer="acme")) == [(ONE, "acme", "vv vvv", "bb bbb")]


def test_history_of_a_customer_misses_no_days_that_are_another_s(kept: Engine) -> None:
    with writing(kept) as session:
        kept_bills(session, (1, 2, 3, 6))
        listed(
            session,
            of_service("acme", until="2026-02-05"),
            of_service("best", since="2026-02-06", until="2026-03-20"),
            of_service("acme", since="2026-03-21"),
        )
    with reading(kept) as session:
        told = [one.message for one in history(session, "acme") if one.code == "period_break"]
        every = [one.message for one in history(session) if one.code == "period_break"]
    assert told == ["no bill is kept of 46 days: 2026-03-21 to 2026-05-05"]
    assert every == ["no bill is kept of 61 days: 2026-03-06 to 2026-05-05"]


def test_a_supplier_s_own_bill_that_no_row_names_makes_nothing_missing_at_the_customers(kept: Engine) -> None:
    with writing(kept) as session:
        kept_bills(session, role="delivery")
        for month in (1, 2, 3, 4, 6):
            own = service(*period(month), role="generation", provider="CPA")
            day = dt.date.fromisoformat(ENDS[month]) + dt.timedelta(3)
            put(session, f"cpa{month}", record(f"{day}", own, account="C-1", issuer="CPA"))
        listed(
            session,
            of_account("acme", "700200000001", until="2026-02-05"),
            of_service("best", since="2026-02-06", until="2026-03-05"),
            of_service("acme", since="2026-03-06"),
        )
    acme, best, nobody = asked(kept).meters
    assert strips(acme) == ("vv vvv", "   vMv")
    assert strips(best) == ("  v   ", "  v   ")
    assert strips(nobody) == ("      ", "vv    ")
    assert told(asked(kept, customer="acme")) == [(ONE, "acme", "vv vvv", "   vMv")]


def test_late_generation_of_before_the_roster_is_beside_the_delivery_of_its_days(kept: Engine) -> None:
    with writing(kept) as session:
        kept_bills(session, (1, 2, 3))
        kept_bills(session, (4,), role="delivery")
        late_generation(session, on=5, of=4)
        kept_bills(session, (6,))
        listed(session, of_account("acme", "700200000001", since="2026-04-06"))
    assert told(asked(kept)) == [(ONE, "acme", "vvvvvv", "bbbvvb")]
    assert told(asked(kept, customer="acme")) == [(ONE, "acme", "    vv", "    vb")]
