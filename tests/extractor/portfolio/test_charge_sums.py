"""What charge lines add up to in SQL is what they add up to one by one, and what the join takes of them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import product
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from extractor.base.database import opened, reading, writing
from extractor.base.schema import upgrade
from extractor.checks.supply import RESPONSIBILITY
from extractor.intervals.compared.billed import OVERALL, billed
from extractor.model import Charge, Component, Section, Service, Tou
from extractor.portfolio import dollars
from extractor.portfolio.charge_sums import NOTHING, TOU, Quantities, dollars_of, quantities_of
from extractor.portfolio.dollars import column_of
from extractor.store import tables
from extractor.units import by
from tests.extractor.made_bills import record, service
from tests.extractor.portfolio.stored import line, numbered, put

SECTIONS: tuple[Section, ...] = get_args(Section)


@pytest.mark.parametrize(
    ("section", "component", "column"),
    [
        ("delivery", "energy", "delivery_energy"),
        ("generation", "energy", "generation_energy"),
        ("other", "energy", "other"),  # on neither side
        ("delivery", "facilities_demand", "delivery_demand"),
        ("delivery", "power_factor", "delivery_demand"),  # as in SCE's cost box
        ("generation", "time_demand", "generation_demand"),
        ("delivery", "pcia", "pcia"),  # whichever section it stands in
        ("other", "ctc", "other_cost_responsibility"),
        ("generation", "export_credit", "credits"),
        ("delivery", "wildfire_fund", "other"),  # bundled customers pay it, too
        ("generation", "cpp", "other"),
        ("other", "adjustment", "other"),
        ("tax", "unknown", "other"),
        ("generation", "uut", "uut"),
        ("tax", "state_tax", "state_tax"),
    ],
)
def test_a_line_has_one_column(section: str, component: str, column: str) -> None:
    assert column_of(section, component) == column


def test_every_line_has_a_column_that_is_shown_and_every_column_a_line() -> None:
    found = {column_of(section, component) for section, component in product(SECTIONS, Component)}
    assert found == set(dollars.COLUMNS)


def test_what_a_cca_s_customer_alone_pays_is_cost_responsibility() -> None:
    assert {column_of("other", one) for one in RESPONSIBILITY} == {"pcia", "other_cost_responsibility"}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = opened(f"sqlite:///{tmp_path_factory.mktemp('sums')}/billclerk.db")
    upgrade(engine)
    yield engine
    engine.dispose()


CENTS = st.integers(-10_000, 10_000).map(lambda cents: str(Decimal(cents) / 100))
KWH = st.none() | st.integers(-500, 5_000_000).map(lambda thousandths: str(Decimal(thousandths) / 1000))


@st.composite
def lines(draw: st.DrawFn) -> Charge:
    component = draw(st.sampled_from(Component) | st.sampled_from((Component.ENERGY, Component.TIME_DEMAND)))
    unit = draw(st.sampled_from(("kWh", "KWH", "kW", "days", None)))
    tou = draw(st.sampled_from((*TOU, None)))
    found = line(draw(st.sampled_from(SECTIONS)), component, draw(CENTS), draw(KWH), tou=tou)
    return found.model_copy(update={"unit": unit})


@st.composite
def services(draw: st.DrawFn) -> Service:
    printed = draw(st.lists(lines(), max_size=12))
    made = service("2026-05-01", "2026-05-31", charges=numbered(*printed), kwh=None)
    return made.model_copy(update={"role": draw(st.sampled_from(("bundled", "delivery", "generation")))})


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(services(), min_size=1, max_size=3))
def test_sums_are_those_of_the_lines_and_kwh_those_that_are_compared_with_meters(
    store: Engine, printed: list[Service]
) -> None:
    with Session(store, autoflush=False) as session:
        put(session, record("2026-06-02", *printed), "1")
        numbers = list(session.exec(select(tables.Service.id).order_by(col(tables.Service.position))))
        by_column, quantities = dollars_of(session), quantities_of(session)
        session.rollback()
    for number, one in zip(numbers, printed, strict=True):
        assert number is not None
        _same_dollars(by_column.get(number), one)
        if one.role != "generation":
            _same_quantities(quantities.get(number, NOTHING), one)


def _same_dollars(found: tuple[Decimal | None, ...] | None, one: Service) -> None:
    wanted: dict[str, Decimal] = {}
    for charge in one.charges:
        column = column_of(charge.section, charge.component)
        wanted[column] = wanted.get(column, Decimal(0)) + charge.amount
    shown = dict(zip(dollars.COLUMNS, found or (), strict=bool(found)))
    assert {column: amount for column, amount in shown.items() if amount is not None} == wanted


def _same_quantities(found: Quantities, one: Service) -> None:
    compared = billed(one)
    assert found.exported == compared.exported
    is_unread = any(
        line.component == "energy" and line.quantity is None and by(line.unit, "kWh") for line in one.charges
    )
    assert found.kwh == compared.total or (found.kwh is None and is_unread)
    by_tou: dict[Tou | None, Decimal] = {}
    for bucket, kwh in compared.kwh.items():
        by_tou[bucket.tou] = by_tou.get(bucket.tou, Decimal(0)) + kwh
    if any(kwh is not None for kwh in found.by_tou):
        assert {tou: kwh for tou, kwh in zip(TOU, found.by_tou, strict=True) if kwh is not None} == by_tou
        assert sum(by_tou.values()) == found.kwh
    kw = {bucket: max(one.printed) for bucket, one in compared.kw.items()}
    if found.facilities_kw is not None:
        unnamed = {  # demand whose price period was not read: it is of the whole, too
            line.quantity
            for line in one.charges
            if line.component == "time_demand" and line.tou is None and by(line.unit, "kW")
        }
        assert set(compared.kw[OVERALL].printed) - unnamed == {found.facilities_kw} - unnamed
    for tou, greatest in zip(TOU, found.kw_by_tou, strict=True):
        assert greatest == max((value for bucket, value in kw.items() if bucket.tou == tou), default=None)


ENERGY = (
    line("delivery", "energy", "1.00", "100", tou="mid_peak", season="winter"),
    line("delivery", "energy", "2.00", "50", tou="mid_peak", season="winter"),  # a rate piece
    line("delivery", "energy", "3.00", "25", tou="off_peak", season="summer"),
)
AGAIN = tuple(one.model_copy(update={"section": "generation"}) for one in ENERGY)
TIERS = (line("delivery", "energy", "1.00", "579"), line("delivery", "energy", "2.00", "21"))


@pytest.mark.parametrize(
    ("printed", "kwh", "by_tou"),
    [
        (ENERGY, "175", ("150", "25")),
        ((*ENERGY, *AGAIN), "175", ("150", "25")),  # generation repeats them
        (AGAIN, "175", ("150", "25")),  # and tells them where delivery does not
        ((*ENERGY, line("delivery", "wildfire_fund", "1.00", "175")), "175", ("150", "25")),
        ((*ENERGY, line("other", "energy", "1.00", "175")), "175", ("150", "25")),  # on neither side
        (TIERS, "600", (None, None)),
        ((*TIERS, line("delivery", "baseline_credit", "-9.00", "579")), "600", (None, None)),
        ((*ENERGY, *TIERS), "775", (None, None)),  # which price period the tiers are in is not told
    ],
)
def test_a_kwh_counts_once(
    kept: Engine, printed: tuple[Charge, ...], kwh: str, by_tou: tuple[str | None, str | None]
) -> None:
    made = service("2026-05-01", "2026-05-31", charges=numbered(*printed), role="bundled")
    with writing(kept) as session:
        put(session, record("2026-06-02", made), "1")
    with reading(kept) as session:
        (found,) = quantities_of(session).values()
    assert found.kwh == Decimal(kwh)
    mid, off = (None if value is None else Decimal(value) for value in by_tou)
    assert found.by_tou == (None, mid, off, None)


def test_kwh_that_were_not_read_leave_the_price_periods_open(kept: Engine) -> None:
    unread = ENERGY[0].model_copy(update={"quantity": None})
    with writing(kept) as session:
        put(
            session,
            record("2026-06-02", service("2026-05-01", "2026-05-31", charges=numbered(*ENERGY, unread))),
            "1",
        )
    with reading(kept) as session:
        (found,) = quantities_of(session).values()
    assert (found.kwh, found.by_tou) == (None, (None,) * 4)


def test_vintages_and_kw_are_those_of_their_lines(kept: Engine) -> None:
    kw = {"unit": "kW", "tou": "on_peak"}
    printed = (
        line("other", "pcia", "1.00", vintage="2019"),
        line("other", "pcia", "1.00", vintage="2018"),
        line("other", "pcia", "1.00", vintage="2019"),
        line("other", "ctc", "1.00", vintage="2015"),
        line("delivery", "facilities_demand", "1.00", quantity=Decimal(62), unit="kW"),
        line("delivery", "facilities_demand", "1.00", quantity=Decimal(62), unit="kW"),
        line("delivery", "time_demand", "1.00", quantity=Decimal(40), **kw),
        line("generation", "time_demand", "1.00", quantity=Decimal(48), **kw),
        line("delivery", "export_credit", "-1.00", "-12.5"),
        line("generation", "export_credit", "-1.00", "12.5"),
    )
    with writing(kept) as session:
        put(
            session,
            record("2026-06-02", service("2026-05-01", "2026-05-31", charges=numbered(*printed))),
            "1",
        )
    with reading(kept) as session:
        (found,) = quantities_of(session).values()
    assert found.vintages == ("2018", "2019")
    kw_and_kwh = (found.facilities_kw, found.kw_by_tou[0], found.exported)
    assert kw_and_kwh == (Decimal(62), Decimal(48), Decimal("12.5"))
