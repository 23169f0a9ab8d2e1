"""The made portfolio as rows of services: each planted case where it belongs, nothing else, and it all closes."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import partial

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from extractor.base.database import reading
from extractor.export.rows import Row
from extractor.portfolio.service_columns import DOLLARS, KWH
from extractor.portfolio.services import Services
from extractor.portfolio.services import services as asked
from extractor.store.current import Wanted
from extractor.store.people import Customer
from tests.extractor.portfolio.made import PLANTED, TODAY, copied, months_until
from tests.extractor.portfolio.made import SMALL as SIZE

MONTHS = ["{}-{:02d}".format(*month) for month in months_until(TODAY)]

TOLERATED = "overlap of a day"
"""CPA's period as printed ends on the first day of the next one."""

Rows = Mapping[str, Sequence[Row]]
"""By service account."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    folder = tmp_path_factory.mktemp("planted")
    return copied(folder / "small.db", folder, SIZE)


def written(engine: Engine, wanted: Wanted) -> tuple[list[Row], Services]:
    with reading(engine) as session:
        found = asked(session, wanted)
        return list(found.rows()), found


@pytest.fixture(scope="module")
def found(store: Engine) -> tuple[Rows, Services]:
    rows, services = written(store, Wanted())
    by_account: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_account[str(row["service_account"])].append(row)
    return by_account, services


def month_of(row: Row) -> str:
    assert isinstance(row["period_end"], dt.date)
    return f"{row['period_end']:%Y-%m}"


def of_case(rows: Rows, name: str) -> dict[str, list[Row]]:
    """Return the rows of a case's accounts by month."""
    by_month: dict[str, list[Row]] = defaultdict(list)
    for account in PLANTED[name].accounts:
        for row in rows.get(account, ()):
            by_month[month_of(row)].append(row)
    return by_month


GENERATION: dict[str, dict[int, list[str]]] = {
    "missing half, never filled": {12: ["none"]},
    "missing statement": {10: []},
    "late statement": {23: []},
    "expected statement": {23: []},
    "two versions": {18: []},
    "undecided pair": {13: []},
    "in review": {19: []},
    "back-billed generation": {10: ["left out"], 11: ["left out"]},
    "overlap of days": {10: [], 11: []},
    "transfer": {16: ["paired", "paired"]},
    "history only": {MONTHS.index(month): [] for month in PLANTED["history only"].months},
}
"""What a case's months say of generation, by the month's place, where it is not what is usual."""


@pytest.mark.parametrize("name", sorted(PLANTED.keys() - {TOLERATED}))
def test_each_month_has_its_row_and_each_row_its_generation(found: tuple[Rows, Services], name: str) -> None:
    rows = of_case(found[0], name)
    count = len(PLANTED[name].accounts) if name == "summary bill" else 1
    other = GENERATION.get(name, {})
    for at, month in enumerate(MONTHS):
        said = [row["generation"] for row in rows.get(month, [])]
        if at in other:
            assert said == other[at], month
        else:
            assert len(said) == count and set(said) <= {"paired", "bundled"}, month


def test_periods_of_cpa_that_overlap_by_a_day_are_beside_their_own_months(
    found: tuple[Rows, Services],
) -> None:
    rows = of_case(found[0], TOLERATED)
    assert [[row["generation"] for row in rows[month]] for month in MONTHS] == [["paired"]] * len(MONTHS)


def at(rows: Rows, name: str, month: int) -> Row:
    """Return the only row of a case's month, by its place."""
    (row,) = of_case(rows, name)[MONTHS[month]]
    return row


def number(row: Row, name: str) -> Decimal:
    value = row[name]
    assert isinstance(value, Decimal), name
    return value


def test_a_half_that_came_a_month_late_is_with_its_own_month(found: tuple[Rows, Services]) -> None:
    late, own = (at(found[0], "missing half, filled", month) for month in (12, 13))
    assert late["generation_statement_date"] == str(own["statement_date"])
    assert late["generation_sha256"] == own["sha256"] and own.get("generation_sha256") is None
    assert number(late, "cca_total") > 0 and number(own, "cca_total") > 0


def test_a_rebill_counts_in_the_place_of_what_it_replaces(found: tuple[Rows, Services]) -> None:
    bundled, delivery = (at(found[0], name, 15) for name in ("rebill, bundled", "rebill, delivery only"))
    assert (bundled["kind"], delivery["kind"]) == ("corrected", "corrected")
    assert delivery["generation_sha256"] not in (None, delivery["sha256"])  # that of the first statement


def test_a_number_of_cpa_s_own_is_named_while_it_is_another_one(found: tuple[Rows, Services]) -> None:
    sce, own = PLANTED["own number of CPA"].accounts
    rows = {name: [row["cca_service_account"] for row in found[0].get(name, ())] for name in (sce, own)}
    (numbers,) = (listed for listed in rows.values() if listed)
    assert len(set(numbers[:12])) == 1 and numbers[0] in (sce, own)
    assert set(numbers[12:]) == {None}


def test_a_transfer_changes_whose_it_is(found: tuple[Rows, Services]) -> None:
    left, new = (found[0][account] for account in PLANTED["transfer"].accounts)
    assert len({row["customer"] for row in left}) == 1 and len({row["customer"] for row in new}) == 1
    assert left[0]["customer"] != new[0]["customer"]
    assert left[0]["pod_id"] == new[0]["pod_id"]


@pytest.mark.parametrize(
    ("name", "month", "column", "wanted"),
    [
        ("accepted", 19, "trust", "accepted-by-person"),
        ("in review", 18, "trust", "proven"),
        ("estimated once", 8, "estimated", True),
        ("estimated once", 9, "estimated", False),
        ("opt-out", 15, "provider", "CPA"),
        ("opt-out", 16, "provider", "SCE"),
        ("changed schedule", 11, "rate_schedule", "TOU-GS-2-E"),
        ("changed schedule", 12, "rate_schedule", "TOU-GS-2-D"),
        ("changed product", 11, "product", "Lean Power"),
        ("changed product", 12, "product", "100% Green Power"),
        ("wrong vintage", 15, "vintage", "2018"),
        ("wrong vintage", 16, "vintage", "2022"),
    ],
)
def test_a_row_says_what_is_planted(
    found: tuple[Rows, Services], name: str, month: int, column: str, wanted: object
) -> None:
    assert at(found[0], name, month)[column] == wanted


def test_a_meter_change_names_both_in_its_month(found: tuple[Rows, Services]) -> None:
    before, change, after = (at(found[0], "meter change", month)["meters"] for month in (13, 14, 15))
    assert change == f"{before}, {after}"


def test_a_net_metered_account_says_what_it_sent_back(found: tuple[Rows, Services]) -> None:
    for month in range(len(MONTHS)):
        row = at(found[0], "exports", month)
        assert number(row, "exported_kwh") > 0 and number(row, "credits") < 0


def test_dollars_and_price_periods_add_up_in_every_row(found: tuple[Rows, Services]) -> None:
    for row in (row for rows in found[0].values() for row in rows):
        amounts = [value for column in DOLLARS if isinstance(value := row[column.name], Decimal)]
        assert sum(amounts) == row["total"] and row["not_itemised"] == 0
        by_tou = [value for name in KWH if isinstance(value := row[name], Decimal)]
        assert not by_tou or sum(by_tou) == row["kwh"]


def left_out(services: Services) -> Counter[str]:
    lines = services.totals().lines
    return Counter({line.name: line.count for line in lines if line.name.startswith("left out")})


def test_what_is_left_out_is_what_is_planted(store: Engine, found: tuple[Rows, Services]) -> None:
    _, tolerated = written(store, Wanted(account=PLANTED[TOLERATED].accounts[0]))
    assert left_out(found[1]) - left_out(tolerated) == {
        "left out: review": 2,  # a month of two services
        "left out: replaced": 5,  # two rebills, a scan of two services, CPA's own bill
        "left out: undecided": 8,  # two files of two services, two pairs of statements
        "left out: unpaired": 1,  # over two months
        "left out: unreadable": 1,
    }


ASKED_FOR: list[partial[Wanted]] = [
    partial(Wanted),
    partial(Wanted, account=PLANTED["own number of CPA"].accounts[0]),
    partial(Wanted, account=PLANTED["summary bill"].accounts[2]),
    partial(Wanted, since=dt.date(2025, 12, 1), until=dt.date(2026, 1, 15)),
    partial(Wanted, provider="CPA"),
    partial(Wanted, rate="TOU-GS-2-D"),
    partial(Wanted, state="review"),
]


@pytest.mark.parametrize("made", ASKED_FOR)
def test_it_closes_whatever_is_asked_for(store: Engine, made: partial[Wanted]) -> None:
    rows, services = written(store, made())
    services.totals().checked()
    assert bool(rows) == (made.keywords != {"state": "review"})


def test_customers_and_what_is_nobody_s_come_to_all_there_is(store: Engine) -> None:
    with reading(store) as session:
        keys = list(session.exec(select(Customer.key)))
    counts: Counter[str] = Counter()
    dollars = Decimal(0)
    for key in keys:
        rows, services = written(store, Wanted(customer=key))
        totals = services.totals()
        totals.checked()
        assert {row["customer"] for row in rows} <= {key}
        assert totals.equation is not None
        dollars += totals.equation.statements
        counts[key] = len(rows)
    rows, services = written(store, Wanted())
    equation = services.totals().equation
    assert equation is not None
    unowned = sum((number(row, "total") for row in rows if row.get("customer") is None), Decimal(0))
    assert sum(counts.values()) == sum(row.get("customer") is not None for row in rows)
    assert dollars + unowned == equation.statements


def test_it_is_the_same_on_each_kind_of_database(small_kept: Engine, store: Engine) -> None:
    rows, services = written(small_kept, Wanted())
    others, same = written(store, Wanted())
    assert rows == others
    assert services.totals() == same.totals()
