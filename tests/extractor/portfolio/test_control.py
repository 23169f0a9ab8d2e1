"""Control totals of services close to the cent, whatever is asked for; and if they do not, they say so."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session

from extractor.base.database import opened, reading, writing
from extractor.base.schema import upgrade
from extractor.export.rows import Row
from extractor.export.totals import Equation, NotClosedError, Total, Totals
from extractor.model import Document, ReadResult, Service, Status
from extractor.portfolio.control import Sum
from extractor.portfolio.services import Services
from extractor.portfolio.services import services as asked
from extractor.store.current import Wanted
from extractor.store.people import Account, Customer
from tests.extractor.made_bills import record, service
from tests.extractor.portfolio.stored import line, numbered, put, with_bill

DECEMBER, JANUARY = ("2025-12-03", "2026-01-04"), ("2026-01-05", "2026-02-02")
TWO_MONTHS = (DECEMBER[0], JANUARY[1])
UNREADABLE = ReadResult(document=Document(path="a.pdf", reader="test"), status=Status.UNREADABLE)


def cpa(days: tuple[str, str], total: str = "5.00", account: str = "8000000001") -> Service:
    return service(*days, total, "CPA", "generation", account)


ALL = Wanted()


def written(engine: Engine, wanted: Wanted = ALL) -> Services:
    with reading(engine) as session:
        found = asked(session, wanted)
        list(found.rows())
        return found


def told(found: Services) -> dict[str, tuple[int, str, Decimal | None]]:
    """Return the lines of control totals: how many, what, and dollars."""
    return {line.name: (line.count, line.of, line.dollars) for line in found.totals().lines}


def kept_bills(engine: Engine, *results: ReadResult) -> None:
    with writing(engine) as session:
        for number, result in enumerate(results, 1):
            put(session, result, str(number))


SCAN = record("2026-01-05", service(*DECEMBER), source="ocr")
CASES: dict[str, tuple[list[ReadResult], dict[str, tuple[int, str, str]]]] = {
    "all in rows": (
        [record("2026-01-05", service(*DECEMBER), cpa(DECEMBER))],
        {"services": (1, "rows", "15.00"), "new charges": (1, "statements", "15.00")},
    ),
    "in review": (
        [
            record("2026-01-05", service(*DECEMBER), cpa(DECEMBER), status=Status.REVIEW),
            record("2026-02-03", service(*JANUARY)),
        ],
        {
            "services": (1, "rows", "10.00"),
            "left out: review": (2, "services", "15.00"),
            "new charges": (2, "statements", "25.00"),
        },
    ),
    "the same in two files": (
        [record("2026-01-05", service(*DECEMBER)), SCAN],
        {
            "services": (1, "rows", "10.00"),
            "left out: replaced": (1, "services", "10.00"),
            "new charges": (2, "statements", "20.00"),
        },
    ),
    "two versions of one bill": (
        [
            record("2026-01-05", service(*DECEMBER)),
            with_bill(record("2026-01-05", service(*DECEMBER)), due_date=dt.date(2026, 1, 26)),
        ],
        {
            "services": (0, "rows", "0.00"),
            "left out: undecided": (2, "services", "20.00"),
            "new charges": (2, "statements", "20.00"),
        },
    ),
    "a rebill": (
        [
            record("2026-01-05", service(*DECEMBER)),
            record("2026-01-15", service(*DECEMBER, "8.00"), kind="corrected"),
        ],
        {
            "services": (1, "rows", "8.00"),
            "left out: replaced": (1, "services", "10.00"),
            "new charges": (2, "statements", "18.00"),
        },
    ),
    "in review without its days": (
        [
            record(
                "2026-01-05",
                service(*DECEMBER).model_copy(update={"period": None}),
                status=Status.REVIEW,
            )
        ],
        {
            "services": (0, "rows", "0.00"),
            "left out: unplaced": (1, "services", "10.00"),
            "new charges": (1, "statements", "10.00"),
        },
    ),
    "generation alone, and of two periods": (
        [
            record("2026-01-05", service(*DECEMBER)),
            record("2026-02-03", service(*JANUARY), cpa(TWO_MONTHS), cpa(JANUARY, "7.00", "8000000002")),
        ],
        {
            "services": (2, "rows", "20.00"),
            "left out: unpaired": (2, "services", "12.00"),
            "new charges": (2, "statements", "32.00"),
        },
    ),
    "a statement that says more than its services": (
        [with_bill(record("2026-01-05", service(*DECEMBER)), new_charges=Decimal("12.50"))],
        {
            "services": (1, "rows", "10.00"),
            "left out: new charges that the services do not explain": (1, "statements", "2.50"),
            "new charges": (1, "statements", "12.50"),
        },
    ),
    "tracked charges, of which none is due": (
        [with_bill(record("2026-01-05", service(*DECEMBER)), new_charges=Decimal("0.00"))],
        {
            "services": (1, "rows", "10.00"),
            "left out: new charges that the services do not explain": (1, "statements", "-10.00"),
            "new charges": (1, "statements", "0.00"),
        },
    ),
    "CPA's own bill, which prints no new charges": (
        [
            record("2026-01-05", service(*DECEMBER)),
            with_bill(record("2026-01-06", cpa(DECEMBER), issuer="CPA"), new_charges=None),
        ],
        {"services": (1, "rows", "15.00"), "new charges": (2, "statements", "15.00")},
    ),
    "a file that could not be read": (
        [record("2026-01-05", service(*DECEMBER)), UNREADABLE],
        {
            "services": (1, "rows", "10.00"),
            "left out: unreadable": (1, "files", "0.00"),
            "new charges": (1, "statements", "10.00"),
        },
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_in_no_row_is_left_out_for_its_reason(kept: Engine, case: str) -> None:
    results, wanted = CASES[case]
    kept_bills(kept, *results)
    found = written(kept)
    assert told(found) == {name: (count, of, Decimal(usd)) for name, (count, of, usd) in wanted.items()}
    equation = found.totals().equation
    assert equation is not None and equation.difference == 0


def test_how_many_statements_print_no_new_charges_is_said(kept: Engine) -> None:
    kept_bills(kept, *CASES["CPA's own bill, which prints no new charges"][0])
    equation = written(kept).totals().equation
    assert equation is not None
    assert equation.in_words() == (
        "control totals close: services 15.00 + left out 0.00 = new charges 15.00 of 2 statements; those"
        " that print none count by their services' totals: 1"
    )


def test_a_total_that_is_printed_nowhere_is_that_of_the_lines_on_both_sides(kept: Engine) -> None:
    lines = numbered(line("delivery", "energy", "3.00", "10"), line("tax", "uut", "0.25"))
    bare = service(*DECEMBER, charges=lines).model_copy(update={"total": None})
    kept_bills(kept, with_bill(record("2026-01-05", bare), new_charges=None))
    assert told(written(kept))["services"] == (1, "rows", Decimal("3.25"))
    written(kept).totals().checked()


# --- what is asked for ------------------------------------------------------------------------------------

TWO_ACCOUNTS = [
    record("2026-01-05", service(*DECEMBER), service(*DECEMBER, "20.00", account="8000000002")),
    record(
        "2026-02-03",
        service(*JANUARY, "30.00"),
        cpa(DECEMBER, "4.00"),
        service(*JANUARY, "50.00", account="8000000002").model_copy(update={"rate_schedule": "TOU-GS-2-E"}),
    ),
    record("2026-03-04", service("2026-02-03", "2026-03-03", "60.00"), status=Status.REVIEW),
]


@pytest.mark.parametrize(
    ("wanted", "rows", "left_out", "statements"),
    [
        (Wanted(), ["14.00", "30.00", "20.00", "50.00"], {"review": "60.00"}, "174.00"),
        (
            Wanted(account="8000000001"),
            ["14.00", "30.00"],
            {"review": "60.00", "not asked for": "70.00"},
            "174.00",
        ),
        (Wanted(account="700200000001"), ["14.00", "30.00", "20.00", "50.00"], {"review": "60.00"}, "174.00"),
        (Wanted(account="8000000003"), [], {}, "0.00"),
        (Wanted(until=dt.date(2026, 1, 1)), ["14.00", "20.00"], {"not asked for": "80.00"}, "114.00"),
        (
            Wanted(since=dt.date(2026, 1, 5)),
            ["30.00", "50.00"],
            {"review": "60.00", "not asked for": "4.00"},
            "144.00",
        ),
        (Wanted(provider="CPA"), ["14.00"], {"not asked for": "100.00"}, "114.00"),
        (Wanted(rate="TOU-GS-2-E"), ["50.00"], {"not asked for": "34.00"}, "84.00"),
        (Wanted(state="review"), [], {"review": "60.00"}, "60.00"),
        (Wanted(state="verified"), ["14.00", "30.00", "20.00", "50.00"], {}, "114.00"),
    ],
)
def test_what_is_asked_for_narrows_both_sides(
    kept: Engine, wanted: Wanted, rows: list[str], left_out: dict[str, str], statements: str
) -> None:
    kept_bills(kept, *TWO_ACCOUNTS)
    with reading(kept) as session:
        found = asked(session, wanted)
        assert [row["total"] for row in found.rows()] == list(map(Decimal, rows))
    lines = {name.removeprefix("left out: "): dollars for name, (_, _, dollars) in told(found).items()}
    assert lines == {
        "services": sum(map(Decimal, rows), Decimal(0)),
        **{reason: Decimal(usd) for reason, usd in left_out.items()},
        "new charges": Decimal(statements),
    }
    found.totals().checked()


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        (Wanted(), 2),
        (Wanted(account="700200000001"), 1),
        (Wanted(state="review"), 1),
        (Wanted(since=dt.date(2026, 1, 1)), 1),
        (Wanted(until=dt.date(2026, 1, 1)), 0),
        (Wanted(provider="SCE"), 0),
    ],
)
def test_a_statement_without_services_is_asked_for_by_what_is_known_of_it(
    kept: Engine, wanted: Wanted, count: int
) -> None:
    bare = with_bill(record("2026-01-05", status=Status.REVIEW), new_charges=Decimal("3.00"))
    kept_bills(kept, bare, UNREADABLE)
    lines = told(written(kept, wanted))
    assert sum(number for name, (number, _, _) in lines.items() if name.startswith("left out")) == count


# --- the law ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = opened(f"sqlite:///{tmp_path_factory.mktemp('control')}/billclerk.db")
    upgrade(engine)
    with writing(engine) as session:
        session.add(Customer(key="bakery", name="Bakery"))
        session.flush()
        session.add(Account(kind="customer", number="700200000001", customer_key="bakery"))
    yield engine
    engine.dispose()


CENTS = st.integers(-5_000, 5_000).map(lambda cents: Decimal(cents).scaleb(-2))
ACCOUNTS = ("8000000001", "8000000002")


@st.composite
def made_services(draw: st.DrawFn) -> Service:
    first = dt.date(2026, 1, 1) + dt.timedelta(30 * draw(st.integers(0, 3)) + draw(st.integers(-1, 1)))
    last = first + dt.timedelta(draw(st.sampled_from((29, 29, 29, 58))))
    role = draw(st.sampled_from(("delivery", "delivery", "generation", "bundled")))
    lines = numbered(
        *(line("delivery", "energy", str(draw(CENTS)), "10") for _ in range(draw(st.integers(0, 3))))
    )
    made = service(
        first.isoformat(),
        last.isoformat(),
        provider="CPA" if role == "generation" else "SCE",
        role=role,
        account=draw(st.sampled_from(ACCOUNTS)),
        charges=lines,
    )
    total = draw(st.none() | CENTS | st.just(sum((one.amount for one in lines), Decimal("0.00"))))
    period = made.period if draw(st.integers(0, 7)) else None
    return made.model_copy(update={"total": total, "period": period})


@st.composite
def made_bills(draw: st.DrawFn) -> ReadResult:
    day = dt.date(2026, 2, 1) + dt.timedelta(30 * draw(st.integers(0, 3)))
    status = draw(st.sampled_from((Status.VERIFIED, Status.VERIFIED, Status.REVIEW, Status.UNREADABLE)))
    if status == Status.UNREADABLE:
        return UNREADABLE
    parts = draw(st.lists(made_services(), max_size=4))
    account = draw(st.sampled_from(("700200000001", "700200000002")))
    result = record(day.isoformat(), *parts, account=account, status=status)
    kind = draw(st.sampled_from((None, "corrected")))
    said = draw(st.sampled_from(("sum", "none", "other")))
    if said == "sum":
        return with_bill(result, kind=kind)
    return with_bill(result, kind=kind, new_charges=None if said == "none" else draw(CENTS))


WANTED = st.builds(
    Wanted,
    account=st.none() | st.sampled_from((*ACCOUNTS, "700200000001")),
    since=st.none() | st.dates(dt.date(2026, 1, 1), dt.date(2026, 6, 1)),
    until=st.none() | st.dates(dt.date(2026, 1, 1), dt.date(2026, 6, 1)),
    state=st.none() | st.sampled_from(("verified", "review", "unreadable")),
    provider=st.none() | st.sampled_from(("SCE", "CPA")),
    rate=st.none() | st.sampled_from(("TOU-GS-1-E", "another")),
    customer=st.none() | st.just("bakery"),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(made_bills(), max_size=6), WANTED | st.just(Wanted()) | st.just(Wanted(customer="bakery")))
def test_services_and_what_is_left_out_come_to_the_new_charges(
    store: Engine, results: list[ReadResult], wanted: Wanted
) -> None:
    with Session(store, autoflush=False) as session:
        for number, result in enumerate(results):
            put(session, result, str(number))
        session.flush()
        found = asked(session, wanted)
        rows = list(found.rows())
        session.rollback()
    equation = found.totals().equation
    assert equation is not None and equation.difference == 0, equation
    in_rows = sum(1 + len(pair.generation) for pair in found.pairs)
    left = sum(line.count for line in found.totals().lines if line.of == "services")
    if wanted == Wanted():
        assert in_rows + left == sum(len(one.bill.services) for one in results if one.bill)
        unread = sum(line.count for line in found.totals().lines if line.of == "files")
        assert unread == sum(one.bill is None for one in results)
    assert len(rows) == len(found.pairs)


# --- what must be noticed ---------------------------------------------------------------------------------


def lost(rows: list[Row]) -> list[Row]:
    return rows[1:]


def doubled(rows: list[Row]) -> list[Row]:
    return [*rows, rows[0]]


def misadded(rows: list[Row]) -> list[Row]:
    return [rows[0] | {"total": Decimal("10.01")}, *rows[1:]]


@pytest.mark.parametrize("fault", [lost, doubled, misadded])
def test_rows_that_are_lost_doubled_or_changed_are_noticed(
    kept: Engine, fault: Callable[[list[Row]], list[Row]]
) -> None:
    kept_bills(kept, *CASES["all in rows"][0], *TWO_ACCOUNTS[1:])
    with reading(kept) as session:
        found = asked(session, Wanted())
        rows = fault(list(found.rows()))
    again = dataclasses.replace(found.control, rows=Sum())
    list(again.over(rows))
    with pytest.raises(NotClosedError, match="DO NOT CLOSE"):
        again.totals().checked()


def test_a_statement_that_the_rows_know_nothing_of_is_noticed(kept: Engine) -> None:
    kept_bills(kept, *CASES["all in rows"][0], *TWO_ACCOUNTS[2:])
    with reading(kept) as session:
        found = asked(session, Wanted())
        list(found.rows())
    reduced = dataclasses.replace(found.control, left_out={})
    with pytest.raises(NotClosedError, match=r"differ by -60\.00"):
        reduced.totals().checked()


@pytest.mark.parametrize(("statements", "closes"), [("12.34", True), ("12.35", False), ("-12.34", False)])
def test_an_equation_says_that_it_closes_only_if_it_does(statements: str, closes: bool) -> None:
    equation = Equation(Decimal("10.00"), Decimal("2.34"), Decimal(statements), 1)
    assert ("close:" in equation.in_words(), " = " in equation.in_words()) == (closes, closes)
    totals = Totals((Total("services", 1, "rows"),), equation)
    assert [row["total"] for row in totals.rows()][-1] == equation.in_words()
    if closes:
        totals.checked()
    else:
        with pytest.raises(NotClosedError) as raised:
            totals.checked()
        assert raised.value.exit_code == 70
