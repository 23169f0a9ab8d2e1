"""Rows of services: each part once, beside its own delivery; dollars that add up; what is not told left empty."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, event

from extractor.base.database import reading, writing
from extractor.export.rows import Row
from extractor.intervals.short import Metered
from extractor.model import Demand, Finding, Meter, ReadResult, Status
from extractor.portfolio import dollars
from extractor.portfolio.charge_sums import Quantities
from extractor.portfolio.owners import Owner
from extractor.portfolio.pairing import Pair
from extractor.portfolio.service_columns import DOLLARS, SERVICE_COLUMNS, further_columns
from extractor.portfolio.service_rows import Box, Known, service_row
from extractor.portfolio.services import Services
from extractor.portfolio.services import services as asked
from extractor.store.current import Wanted
from extractor.store.people import Account, Alias, Customer, Manager, Site
from tests.extractor.made_bills import record, service
from tests.extractor.portfolio.rows import bill
from tests.extractor.portfolio.rows import service as light
from tests.extractor.portfolio.stored import AT, line, numbered, put, with_bill

DECEMBER, JANUARY = ("2025-12-03", "2026-01-04"), ("2026-01-05", "2026-02-02")


ALL = Wanted()


def exported(engine: Engine, wanted: Wanted = ALL, **more: Any) -> tuple[list[Row], Services]:
    with reading(engine) as session:
        found = asked(session, wanted, **more)
        return list(found.rows()), found


def kept_bills(engine: Engine, *results: ReadResult) -> None:
    with writing(engine) as session:
        for number, result in enumerate(results, 1):
            put(session, result, str(number))


def test_a_cca_s_charges_that_came_a_month_late_stand_where_they_belong(kept: Engine) -> None:
    late = service(*DECEMBER, "40.00", "CPA", "generation")
    kept_bills(
        kept,
        record("2026-01-05", service(*DECEMBER, "100.00")),
        record(
            "2026-02-03", service(*JANUARY, "200.00"), late, service(*JANUARY, "80.00", "CPA", "generation")
        ),
    )
    rows, _ = exported(kept)
    assert [
        (
            row["period_start"],
            row["sce_total"],
            row["cca_total"],
            row["total"],
            row.get("generation_statement_date"),
        )
        for row in rows
    ] == [
        (dt.date(2025, 12, 3), Decimal("100.00"), Decimal("40.00"), Decimal("140.00"), "2026-02-03"),
        (dt.date(2026, 1, 5), Decimal("200.00"), Decimal("80.00"), Decimal("280.00"), None),
    ]
    assert [row["kwh"] for row in rows] == [100, 100]  # generation repeats them


def test_a_row_says_what_both_parts_print(kept: Engine) -> None:
    sce = service(
        *DECEMBER,
        "36.00",
        charges=numbered(
            line("delivery", "energy", "10.00", "100", tou="mid_peak", season="winter"),
            line("delivery", "energy", "5.00", "50", tou="off_peak", season="winter"),
            line("delivery", "facilities_demand", "9.00", quantity=Decimal(5), unit="kW"),
            line("delivery", "customer", "3.00"),
            line("other", "pcia", "4.00", "150", vintage="2018"),
            line("other", "ctc", "1.00", "150"),
            line("other", "climate_credit", "-2.00"),
            line("tax", "uut", "5.99"),
        ),
    ).model_copy(
        update={
            "pod_id": "101760940000000001",
            "meters": (Meter(number="359150-1"), Meter(number="359150-2")),
            "demands": (
                Demand(season="winter", tou="mid_peak", kw=Decimal(4)),
                Demand(season="winter", tou="off_peak", kw=Decimal("4.5")),
            ),
            "exported_kwh": Decimal("-7"),
            "estimated": False,
        }
    )
    cpa = service(
        *DECEMBER,
        "21.00",
        "CPA",
        "generation",
        charges=numbered(
            line("generation", "energy", "12.00", "100.4", tou="mid_peak", season="winter"),
            line("generation", "energy", "6.00", "50.1", tou="off_peak", season="winter"),
            line("generation", "time_demand", "2.00", quantity=Decimal("2.1"), unit="kW", tou="mid_peak"),
            line("tax", "energy_surcharge", "0.40"),
            line("tax", "uut", "0.60"),
        ),
    ).model_copy(update={"product": "Clean Power", "estimated": True})
    printed = record("2026-01-05", sce, cpa, due_date=dt.date(2026, 1, 26), kind="final")
    said = (
        Finding(code="of_bill", severity="warning", message=""),
        Finding(code="of_cpa", severity="warning", message="", service=1),
        Finding(code="told", severity="info", message=""),
    )
    kept_bills(kept, printed.model_copy(update={"findings": said}))
    ([row], _) = exported(kept)
    shown = {name: value for name, value in row.items() if value is not None}
    assert shown == {
        "customer_account": "700200000001",
        "service_account": "8000000001",
        "pod_id": "101760940000000001",
        "meters": "359150-1, 359150-2",
        "statement_date": dt.date(2026, 1, 5),
        "due_date": dt.date(2026, 1, 26),
        "kind": "final",
        "role": "delivery",
        "period_start": dt.date(2025, 12, 3),
        "period_end": dt.date(2026, 1, 4),
        "days": 33,
        "rate_schedule": "TOU-GS-1-E",
        "generation": "paired",
        "provider": "CPA",
        "product": "Clean Power",
        "vintage": "2018",
        "kwh": Decimal(150),
        "mid_peak_kwh": Decimal(100),
        "off_peak_kwh": Decimal(50),
        "exported_kwh": Decimal(7),
        "kw": Decimal(5),
        "mid_peak_kw": Decimal(4),
        "off_peak_kw": Decimal("4.5"),
        "delivery_energy": Decimal("15.00"),
        "delivery_demand": Decimal("9.00"),
        "generation_energy": Decimal("18.00"),
        "generation_demand": Decimal("2.00"),
        "pcia": Decimal("4.00"),
        "other_cost_responsibility": Decimal("1.00"),
        "other": Decimal("3.00"),
        "credits": Decimal("-2.00"),
        "energy_surcharge": Decimal("0.40"),
        "uut": Decimal("6.59"),
        "not_itemised": Decimal("0.01"),
        "sce_total": Decimal("36.00"),
        "cca_total": Decimal("21.00"),
        "total": Decimal("57.00"),
        "usd_per_kwh": Decimal("0.38000"),
        "load_factor": Decimal("0.0379"),  # 150 / (5 * 24 * 33)
        "estimated": True,
        "trust": "proven",
        "findings": 2,
        "finding_codes": "of_bill, of_cpa",
        "file": "1.pdf",
        "sha256": "1".rjust(64, "0"),
        "bill": 1,
        "service": 1,
    }


def test_a_bundled_service_has_its_generation_in_itself(kept: Engine) -> None:
    printed = numbered(
        line("delivery", "energy", "10.00", "100", tou="mid_peak"),
        line("generation", "energy", "12.00", "100", tou="mid_peak"),
        line("generation", "time_demand", "2.00", quantity=Decimal(2), unit="kW", tou="mid_peak"),
    )
    kept_bills(kept, record("2026-01-05", service(*DECEMBER, "24.00", role="bundled", charges=printed)))
    ([row], _) = exported(kept)
    assert (row["generation"], row["provider"], row["cca_total"]) == ("bundled", "SCE", None)
    assert (row["delivery_energy"], row["generation_energy"], row["generation_demand"]) == (10, 12, 2)
    assert (row["kwh"], row["mid_peak_kwh"], row["mid_peak_kw"]) == (100, 100, 2)


def test_a_cca_s_own_number_of_the_meter_stands_beside_sce_s(kept: Engine) -> None:
    with writing(kept) as session:
        session.add(Alias(kind="provider", number="3045", other="3048", evidence="bill", who="x", at=AT))
        sce, cpa = service(*DECEMBER, account="3045"), service(*DECEMBER, "5.00", "CPA", "generation", "3048")
        put(session, record("2026-01-05", sce, cpa), "1")
    ([row], _) = exported(kept)
    assert (row["service_account"], row["cca_service_account"], row["total"]) == ("3045", "3048", 15)


@pytest.mark.parametrize("status", [Status.VERIFIED, Status.REVIEW])
def test_generation_that_is_there_and_does_not_count_is_told(kept: Engine, status: Status) -> None:
    kept_bills(
        kept,
        record("2026-01-05", service(*DECEMBER)),
        record("2026-02-03", service(*DECEMBER, "40.00", "CPA", "generation"), status=status),
    )
    ([row], _) = exported(kept)
    is_there = status == Status.VERIFIED
    assert (row["generation"], row["total"]) == (("paired", 50) if is_there else ("left out", 10))


def test_a_row_is_no_better_than_its_worst_part() -> None:
    sce = light(*DECEMBER, of=bill(state="verified"))
    for state, trust in (
        ("verified", "proven"),
        ("corrected", "corrected-and-proven"),
        ("accepted", "accepted-by-person"),
    ):
        cpa = light(*DECEMBER, role="generation", of=bill(state=state))
        assert service_row(Pair(sce, (cpa,)), Known())["trust"] == trust


@pytest.mark.parametrize(
    ("kwh", "kw", "days", "factor", "per_kwh"),
    [
        ("150", "5", 30, "0.0417", "0.06667"),  # 150 / 3600, 10 / 150
        ("150", None, 30, None, "0.06667"),
        ("150", "0", 30, None, "0.06667"),
        ("0", "5", 30, None, None),
        ("-20", "5", 30, None, None),  # more was sent back than taken
        (None, "5", 30, None, None),
        ("150", "5", None, "0.0379", "0.06667"),  # 33 days by its dates
    ],
)
def test_what_is_divided_is_empty_where_nothing_can_be_divided(
    kwh: str | None, kw: str | None, days: int | None, factor: str | None, per_kwh: str | None
) -> None:
    used, demand = (None if value is None else Decimal(value) for value in (kwh, kw))
    row = service_row(Pair(light(*DECEMBER, role="bundled", kwh=used, kw=demand, days=days)), Known())
    assert row["load_factor"] == (None if factor is None else Decimal(factor))
    assert row["usd_per_kwh"] == (None if per_kwh is None else Decimal(per_kwh))


def test_what_delivery_alone_costs_is_no_price_of_a_kwh() -> None:
    delivery = light(*DECEMBER, role="delivery", kwh=Decimal(150))
    beside = light(*DECEMBER, role="generation")
    assert service_row(Pair(delivery), Known())["usd_per_kwh"] is None
    assert service_row(Pair(delivery), Known(left_out=frozenset({delivery.id})))["usd_per_kwh"] is None
    assert service_row(Pair(delivery, (beside,)), Known())["usd_per_kwh"] == Decimal("0.13333")  # 20 / 150


def test_a_total_that_is_not_printed_is_that_of_its_lines() -> None:
    one = light(*DECEMBER, total=None)
    amounts = (Decimal("1.10"), Decimal("2.20"), *(None,) * (len(dollars.COLUMNS) - 2))
    row = service_row(Pair(one), Known(dollars={one.id: amounts}))
    assert (row["total"], row["not_itemised"]) == (Decimal("3.30"), Decimal("0.00"))


def added(row: Row, names: list[str]) -> Decimal:
    return sum((value for name in names if isinstance(value := row[name], Decimal)), Decimal(0))


CENTS = st.integers(-1_000_000, 1_000_000).map(lambda cents: Decimal(cents).scaleb(-2))
LINES = st.tuples(*(st.none() | CENTS for _ in dollars.COLUMNS))


@given(st.lists(st.tuples(st.none() | CENTS, st.none() | LINES), min_size=1, max_size=4))
def test_the_dollars_of_a_row_add_up_to_its_total(parts: list[tuple[Decimal | None, Any]]) -> None:
    made = [
        light(*DECEMBER, role="generation" if at else "delivery", total=of[0]) for at, of in enumerate(parts)
    ]
    known = Known(dollars={one.id: of[1] for one, of in zip(made, parts, strict=True) if of[1] is not None})
    row = service_row(Pair(made[0], tuple(made[1:])), known)
    assert added(row, [column.name for column in DOLLARS]) == row["total"]
    assert added(row, ["sce_total", "cca_total"]) == row["total"]
    printed = sum((total for total, _ in parts if total is not None), Decimal(0))
    unprinted = [of for total, of in parts if total is None and of is not None]
    assert row["total"] == printed + sum(amount for of in unprinted for amount in of if amount is not None)


def test_kw_are_those_charged_for_before_those_of_the_box() -> None:
    one = light(*DECEMBER)
    box = Box(
        demands=(("summer", "on_peak", "48"), ("winter", "mid_peak", "30"), ("summer", "mid_peak", "31"))
    )
    said = Quantities(facilities_kw=Decimal("62.0"), kw_by_tou=(Decimal(40), None, None, None))
    row = service_row(Pair(one), Known(quantities={one.id: said}, boxes={one.id: box}))
    assert (row["kw"], row["on_peak_kw"], row["mid_peak_kw"], row["off_peak_kw"]) == (62, 40, 31, None)


def test_readings_stand_beside_the_delivery_they_are_of() -> None:
    one = light(*DECEMBER)
    beside = Metered("differs", "3 kWh more", Decimal(103), Decimal(5), is_confirmed=False)
    row = service_row(Pair(one), Known(meters={(one.bill.id, 1): beside}))
    assert [row[name] for name in ("meter_verdict", "meter_reason", "meter_kwh", "meter_kw")] == list(
        beside[:4]
    )
    assert row["meter_is_confirmed"] is False


def test_the_roster_says_whose_a_row_is_in_its_own_columns_too(kept: Engine) -> None:
    with writing(kept) as session:
        session.add_all((Customer(key="bakery", name="Bakery"), Manager(key="pat", name="Pat", email="")))
        session.flush()
        session.add(Site(key="main", customer_key="bakery", manager_key="pat", name="Main Street"))
        session.flush()
        session.add(
            Account(
                kind="customer",
                number="700200000001",
                customer_key="bakery",
                site_key="main",
                cost_center="7",
                further={"zone": "9", "Total": "x"},
            )
        )
        put(session, record("2026-01-05", service(*DECEMBER)), "1")
    ([row], found) = exported(kept)
    names = [column.name for column in found.columns]
    assert names == [*(column.name for column in SERVICE_COLUMNS), "roster_Total", "zone"]
    assert (row["customer"], row["site_name"], row["manager_name"], row["cost_center"]) == (
        "bakery",
        "Main Street",
        "Pat",
        "7",
    )
    assert (row["zone"], row["roster_Total"], row["total"]) == ("9", "x", 10)


def test_columns_of_the_roster_that_differ_in_capitals_alone_are_told_apart() -> None:
    owner = Owner("bakery", "Bakery", further={"zone": "1", "Zone": "2"})
    names = [column.name for column in further_columns([owner]).values()]
    assert len({name.casefold() for name in names}) == 2


def noted(statements: list[str]) -> Callable[..., None]:
    """Return what notes each statement that is asked."""
    return lambda *said: statements.append(said[2])


def test_how_much_is_asked_of_the_store_does_not_grow_with_the_bills(kept: Engine) -> None:
    counts = []
    for months in (1, 6):
        with writing(kept) as session:
            for month in range(1, months + 1):
                days = f"2025-{month:02}-01", f"2025-{month:02}-28"
                parts = (service(*days), service(*days, "5.00", "CPA", "generation"))
                put(session, record(f"2025-{month:02}-28", *parts), f"{months}{month}")
        statements: list[str] = []
        with reading(kept) as session:
            event.listen(session.connection(), "before_cursor_execute", noted(statements))
            list(asked(session, Wanted()).rows())
        counts.append(len(statements))
        assert not any("bill.record" in statement for statement in statements)
    assert counts[0] == counts[1] < 15


def test_a_customer_is_given_nothing_of_another_s(kept: Engine) -> None:
    with writing(kept) as session:
        session.add_all(Customer(key=key, name=key) for key in ("bakery", "school"))
        session.flush()
        for key, number, other in (("bakery", "1", {"zone": "9"}), ("school", "2", {"grade": "8"})):
            account = Account(kind="customer", number=number, customer_key=key, further=other)
            session.add(account)
            put(
                session,
                record("2026-01-05", service(*DECEMBER, account=f"80{number}"), account=number),
                number,
            )
    rows, found = exported(kept, Wanted(customer="bakery"))
    assert [(row["customer"], row["service_account"]) for row in rows] == [("bakery", "801")]
    assert found.columns[-1].name == "zone"
    equation = found.totals().equation
    assert equation is not None and equation.count == 1


def test_generation_on_a_bill_that_is_not_known_as_the_customers_is_told(kept: Engine) -> None:
    own = service(*DECEMBER, "5.00", provider="CPA", role="generation")
    kept_bills(
        kept,
        record("2026-01-05", service(*DECEMBER), account="1"),
        record("2026-01-06", own, account="C-1", issuer="CPA"),
    )
    with writing(kept) as session:
        session.add(Customer(key="bakery", name="Bakery"))
        session.flush()
        session.add(Account(kind="customer", number="1", customer_key="bakery"))
    told = [
        [(row["customer"], row["generation"], row["total"]) for row in exported(kept, wanted)[0]]
        for wanted in (ALL, Wanted(customer="bakery"))
    ]
    assert told == [
        [("bakery", "paired", Decimal("15.00"))],
        [("bakery", "left out", Decimal("10.00"))],
    ]


def test_a_bill_of_no_services_has_no_row(kept: Engine) -> None:
    kept_bills(kept, with_bill(record("2026-01-05"), new_charges=Decimal("3.00")))
    rows, found = exported(kept)
    assert rows == []
    assert [line.name for line in found.totals().lines][1:2] == [
        "left out: new charges that the services do not explain"
    ]
