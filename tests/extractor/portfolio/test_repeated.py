"""Of two statements that both count for the same days the dollars of both are true, the kWh of one."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest

from extractor.portfolio.billed import OfService
from extractor.portfolio.charge_sums import Quantities
from extractor.portfolio.pairing import Pair
from extractor.portfolio.repeated import Amounts, repeated
from extractor.portfolio.service_rows import Known, service_row
from tests.extractor.portfolio.rows import bill, service

AUGUST = ("2026-08-05", "2026-09-03")
SEPTEMBER = ("2026-09-04", "2026-10-05")


def of(days: tuple[str, str], issued: str, kwh: int | None, total: str, role: str = "bundled") -> OfService:
    used = None if kwh is None else Decimal(kwh)
    return service(*days, role=role, of=bill(issued), kwh=used, total=Decimal(total))


def lines(**kwh: tuple[OfService, int | None]) -> Mapping[int, Quantities]:
    """Return the kWh of the energy lines of some services; None of those that have none."""
    return {one.id: Quantities(kwh=None if used is None else Decimal(used)) for one, used in kwh.values()}


def printed(*amounts: str) -> Amounts:
    """Return what gives every service lines of the same amounts."""
    return lambda numbers: {number: {Decimal(amount) for amount in amounts} for number in numbers}


FIRST = of(AUGUST, "2026-09-05", 1000, "200.00")


@pytest.mark.parametrize(
    ("later", "used", "without"),
    [
        (of(AUGUST, "2026-11-01", 1080, "16.00"), 1080, "first"),  # takes back, and bills anew
        (of(AUGUST, "2026-11-01", None, "16.00"), 1080, "first"),
        (of(AUGUST, "2026-11-01", 1000, "-12.00"), None, "later"),  # adjusts, and repeats the usage
        (of(AUGUST, "2026-11-01", 1080, "16.00"), 80, "none"),  # its lines net out against the first
        (of(("2026-08-20", "2026-09-03"), "2026-11-01", 500, "9.00"), 500, "none"),  # of a part of the days
        (of(("2026-01-01", "2026-12-31"), "2027-01-10", 12000, "-50.00"), None, "later"),  # a settlement
    ],
)
def test_kwh_of_the_same_days_count_once(later: OfService, used: int | None, without: str) -> None:
    quantities = lines(first=(FIRST, 1000), later=(later, used))
    found = repeated([later, FIRST], quantities)
    assert found.kwh == {"first": {FIRST.id}, "later": {later.id}, "none": set()}[without]
    assert found.days == {FIRST.id, later.id}
    known = Known(quantities=quantities, repeated=found)
    rows = [service_row(Pair(one), known) for one in (FIRST, later)]
    kwh = [row.get("kwh") for row in rows]
    assert [one is None for one in kwh] == [without == "first", without == "later"]
    assert [row["usd_per_kwh"] for row in rows] == [None, None]  # neither is a price
    assert [row["total"] for row in rows] == [FIRST.total, later.total]  # the dollars of both are true


PART = ("2026-08-05", "2026-08-24")


@pytest.mark.parametrize(
    ("later", "used", "credit", "kwh"),
    [
        (of(AUGUST, "2026-11-01", -1000, "-200.00"), -1000, "-200.00", 0),  # all is taken back
        (of(AUGUST, "2026-11-01", -1000, "-200.00"), None, "-200.00", 0),  # its lines print no kWh
        (of(AUGUST, "2026-11-01", -200, "-40.00"), -200, "-40.00", 800),  # a part of it
        (of(PART, "2026-11-01", 640, "-72.00"), 640, "-200.00", 640),  # and fewer days are billed anew
        (of(PART, "2026-11-01", 640, "-72.00"), 640, "-199.00", 1640),  # not just the total: who knows
        (of(PART, "2026-11-01", 640, "-72.00"), -360, "-200.00", 640),  # lines that net out
    ],
)
def test_kwh_that_are_taken_back_are_no_kwh(
    later: OfService, used: int | None, credit: str, kwh: int
) -> None:
    quantities = lines(first=(FIRST, 1000), later=(later, used))
    known = Known(quantities=quantities, repeated=repeated([FIRST, later], quantities, printed(credit)))
    assert sum(known.kwh_of(one) or 0 for one in (FIRST, later)) == kwh


def test_what_is_billed_anew_beside_what_is_taken_back_has_its_own_kwh() -> None:
    statement = bill("2026-11-01")
    back = service(*AUGUST, role="bundled", of=statement, kwh=Decimal(-1000), total=Decimal("-200.00"))
    anew = service(*AUGUST, of=statement, number=2, kwh=Decimal(980), total=Decimal("100.00"))
    quantities = lines(first=(FIRST, 1000), back=(back, -1000), anew=(anew, 980))
    known = Known(quantities=quantities, repeated=repeated([FIRST, back, anew], quantities))
    assert [known.kwh_of(one) for one in (FIRST, back, anew)] == [1000, -1000, 980]


PIECES = [("2026-08-05", "2026-08-20"), ("2026-08-21", "2026-09-03")]


@pytest.mark.parametrize(
    ("anew", "kwh"), [([("2026-08-05", "2026-09-02")], 500), (PIECES, 1000), (PIECES[:1], 500)]
)
@pytest.mark.parametrize("total", ["200.00", "-45.00"])
def test_what_is_billed_anew_for_other_days_has_the_place_of_what_its_bill_takes_back(
    anew: list[tuple[str, str]], kwh: int, total: str
) -> None:
    first = of(AUGUST, "2026-09-05", 1000, total)
    statement = bill("2026-10-07")
    back = service(*AUGUST, role="bundled", of=statement, total=-Decimal(total))
    pieces = [service(*days, role="bundled", of=statement, kwh=Decimal(500)) for days in anew]
    quantities = lines(first=(first, 1000), **{f"piece{at}": (one, 500) for at, one in enumerate(pieces)})
    known = Known(quantities=quantities, repeated=repeated([first, back, *pieces], quantities))
    assert sum(known.kwh_of(one) or 0 for one in (first, back, *pieces)) == kwh


def test_a_line_takes_back_a_credit_of_an_earlier_bill() -> None:
    first, later = of(AUGUST, "2026-09-05", 1000, "-45.00"), of(PART, "2026-11-01", 640, "72.00")
    quantities = lines(first=(first, 1000), later=(later, 640))
    assert repeated([first, later], quantities, printed("45.00")).kwh == {first.id}
    assert repeated([first, later], quantities, printed("44.00")).kwh == set()


def test_a_service_that_takes_back_repeats_no_kwh_of_another_on_its_bill() -> None:
    """The bill that it takes back is not kept, or in review."""
    statement = bill("2026-10-07")
    back = service(*AUGUST, role="bundled", of=statement, kwh=Decimal(1000), total=Decimal("-200.00"))
    anew = service(*AUGUST, role="bundled", of=statement, kwh=Decimal(950), total=Decimal("190.00"))
    quantities = lines(anew=(anew, 950))
    known = Known(quantities=quantities, repeated=repeated([back, anew], quantities))
    assert [known.kwh_of(one) for one in (back, anew)] == [None, 950]
    assert service_row(Pair(back), known)["usd_per_kwh"] is None


@pytest.mark.parametrize(
    "other",
    [
        of(SEPTEMBER, "2026-10-07", 900, "180.00"),
        of(("2026-09-03", "2026-10-05"), "2026-10-07", 900, "180.00"),  # meets on a day
        service(*AUGUST, of=FIRST.bill, kwh=Decimal(10), number=2),  # of one bill
        service(*AUGUST, of=bill("2026-11-01"), account="8000000002"),  # of another meter
        service(None, None, of=bill("2026-11-01")),
    ],
)
def test_others_repeat_nothing(other: OfService) -> None:
    found = repeated([FIRST, other], lines(first=(FIRST, 1000)))
    assert (found.kwh, found.days) == (frozenset(), frozenset())


@pytest.mark.parametrize(
    ("generation", "priced"),
    [
        ([AUGUST], True),
        ([("2026-08-05", "2026-09-04")], True),  # to the day on which the next begins
        ([("2026-08-05", "2026-08-20")], False),  # 16 of 30 days
        ([("2026-08-05", "2026-08-20"), ("2026-08-21", "2026-09-03")], True),
        ([("2026-08-05", "2026-09-08")], False),  # with days of another delivery
    ],
)
def test_a_price_has_the_generation_of_its_days(generation: list[tuple[str, str]], priced: bool) -> None:
    delivery = of(AUGUST, "2026-09-05", 1000, "100.00", role="delivery")
    beside = tuple(of(days, "2026-09-05", None, "50.00", role="generation") for days in generation)
    assert (service_row(Pair(delivery, beside), Known())["usd_per_kwh"] is not None) == priced
