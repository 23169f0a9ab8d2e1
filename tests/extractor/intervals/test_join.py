"""Bills beside their meters: exact where the load is the billed one, and the right verdict where it is not."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from extractor.intervals import clock
from extractor.intervals.columns import Column, column
from extractor.intervals.compared.billed import OVERALL
from extractor.intervals.compared.compare import Row, Tolerance
from extractor.intervals.compared.verdict import Shift, Verdict
from extractor.intervals.join import Joined, join
from extractor.model import Charge, Component, Service
from tests.extractor.intervals.loads import KWH, billed_by, load_of, made, quarters, services, values_of

GS2D = "gs2d-bundled-summer-2025"
GS2E = "gs2e-bundled-season-split-rate-change-2025"
HOME = "d4-cpa-clean-summer-2026"
SOLAR = "prime-sbp-export-credits-cpa-green-2026"
NEM = "d4-nem1-negative-kwh-2025"
Change = Callable[[Column], Sequence[Column]]


def service(name: str, role: str = "") -> Service:
    [found] = [one for one in services(name) if role in (one.role, "")]
    return found


def around(bill: Service) -> Column:
    """Readings that are what a bill says, with a week on both sides that has a load of its own."""
    values = load_of(bill)
    assert values is not None
    assert bill.period is not None
    week = dt.timedelta(days=7)
    before = list(quarters(bill.period.start - week, bill.period.start - dt.timedelta(days=1)))
    after = list(quarters(bill.period.end + dt.timedelta(days=1), bill.period.end + week))
    size = max(1, sum(values.values()) // len(values))
    others = {at: size * (at // 900 % 5) // 2 for at in (*before, *after)}
    return made({**others, **values})


def cut(first: int, count: int = 1) -> Change:
    """Remove readings, counted from the period's first one (a week is 672)."""
    return lambda load: [
        load._at(np.delete(np.arange(len(load.starts)), range(672 + first, 672 + first + count)))
    ]


def times(part: Fraction) -> Change:
    return lambda load: [scaled(load, part)]


def scaled(load: Column, part: Fraction) -> Column:
    return made({at: value * part.numerator // part.denominator for at, value in values_of(load).items()})


def hours(load: Column) -> Sequence[Column]:
    """An hour's sum in place of its quarters."""
    starts, values = load.starts[::4], load.thousandths.reshape(-1, 4).sum(axis=1)
    return [column("delivered", None, starts, np.full(len(starts), 3600), values)]


def days(load: Column) -> Sequence[Column]:
    """A day's sum in place of its quarters; no day of daylight saving is among them."""
    starts, values = load.starts[::96], load.thousandths.reshape(-1, 96).sum(axis=1)
    return [column("delivered", None, starts, np.full(len(starts), 86_400), values)]


def each_twice(load: Column) -> Sequence[Column]:
    starts, seconds, values = (np.repeat(one, 2) for one in (load.starts, load.seconds, load.thousandths))
    return [column("delivered", None, starts, seconds, values)]


def three_kwh_moved(load: Column) -> Sequence[Column]:
    """Three kWh from an afternoon's on-peak to the night before: the total stays, two buckets do not."""
    values = values_of(load)
    assert len(values) > 1000
    values[clock.instant(dt.datetime.fromisoformat("2025-07-10 17:00"))] -= 3 * KWH
    values[clock.instant(dt.datetime.fromisoformat("2025-07-10 03:00"))] += 3 * KWH
    return [made(values)]


CASES: list[tuple[str, Change, Verdict, str]] = [
    (
        "as billed",
        lambda load: [load],
        Verdict.TIES_OUT,
        "every price period are as billed, and the kW are equal",
    ),
    (
        "half of it on each of two meters",
        lambda load: [scaled(load, Fraction(1, 2))] * 2,
        Verdict.TIES_OUT,
        "as billed",
    ),
    (
        "each reading twice, one after the other",
        each_twice,
        Verdict.TIES_OUT,
        "as billed",
    ),
    ("one interval missing", cut(500), Verdict.INCOMPLETE, "1 of 2880 intervals is missing"),
    ("a day missing", cut(96, 96), Verdict.INCOMPLETE, "96 of 2"),
    ("the first interval missing", cut(0), Verdict.INCOMPLETE, "1 of 2"),
    ("all missing", lambda load: [load.between(0, 10**9)], Verdict.NO_DATA, "no readings of this period"),
    ("nothing at all", lambda load: [], Verdict.NO_DATA, "no readings of this period"),
    (
        "only what was sent back",
        lambda load: [made(values_of(load), "received")],
        Verdict.NO_DATA,
        "only what was sent back",
    ),
    (
        "a day later",
        lambda load: [load.later(86_400)],
        Verdict.TIES_OUT,
        "when every reading is a day earlier",
    ),
    (
        "a day earlier",
        lambda load: [load.later(-86_400)],
        Verdict.TIES_OUT,
        "when every reading is a day later",
    ),
    ("two days later", lambda load: [load.later(2 * 86_400)], Verdict.DIFFERS, "kWh delivered"),
    (
        "an hour later",
        lambda load: [load.later(3600)],
        Verdict.DIFFERS,
        "every reading is 1 hour earlier: the clock",
    ),
    ("an hour earlier", lambda load: [load.later(-3600)], Verdict.DIFFERS, "every reading is 1 hour later"),
    (
        "local time labelled UTC",
        lambda load: [load.later(-7 * 3600)],
        Verdict.DIFFERS,
        "every reading is 7 hours later",
    ),
    (
        "doubled",
        times(Fraction(2)),
        Verdict.DIFFERS,
        "1/2 times the metered ones in every price period, as when the same readings",
    ),
    (
        "twice on two meters",
        lambda load: [load, made(values_of(load), meter="2")],
        Verdict.DIFFERS,
        "1/2 times",
    ),
    ("kW for kWh", times(Fraction(4)), Verdict.DIFFERS, "1/4 times"),
    ("a quarter", times(Fraction(1, 4)), Verdict.DIFFERS, "are 4 times"),
    ("Wh for kWh", times(Fraction(1000)), Verdict.DIFFERS, "1/1000 times"),
    ("kWh for Wh", times(Fraction(1, 1000)), Verdict.DIFFERS, "are 1000 times"),
    (
        "without a multiplier",
        times(Fraction(1, 80)),
        Verdict.DIFFERS,
        "are 80 times the metered ones in every price period, as by a transformer's multiplier of 80",
    ),
    (
        "before losses",
        times(Fraction(100, 103)),
        Verdict.DIFFERS,
        "1.0300 times the metered ones in every price period, as by line losses of 3.0 %",
    ),
    ("behind losses", times(Fraction(102, 100)), Verdict.DIFFERS, "line losses of 2.0 %"),
    (
        "0.4 % more",
        times(Fraction(1004, 1000)),
        Verdict.WITHIN_TOLERANCE,
        "within tolerance; summer off-peak",
    ),
    ("0.6 % more", times(Fraction(1006, 1000)), Verdict.DIFFERS, "summer off-peak"),
    ("three kWh in another price period", three_kwh_moved, Verdict.WITHIN_TOLERANCE, "summer on-peak"),
    (
        "without a ratio",
        lambda load: [made({at: value + KWH for at, value in values_of(load).items()})],
        Verdict.DIFFERS,
        "kWh delivered",
    ),
    ("hourly", hours, Verdict.WITHIN_TOLERANCE, "kW are only known to be at least"),
    ("daily", days, Verdict.WITHIN_TOLERANCE, "readings lie across price periods"),
    (
        "net of the same",
        lambda load: [made(values_of(load), "net")],
        Verdict.TIES_OUT,
        "the net kWh of every price period",
    ),
    (
        "of a channel that is not said",
        lambda load: [made(values_of(load), "unknown")],
        Verdict.TIES_OUT,
        "the metered kWh of every price period",
    ),
    (
        "with nothing sent back",
        lambda load: [load, made(dict.fromkeys(values_of(load), 0), "received")],
        Verdict.TIES_OUT,
        "the delivered kWh",
    ),
]


@pytest.mark.parametrize(
    ("change", "verdict", "reason"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_verdict_has_its_reason(change: Change, verdict: Verdict, reason: str) -> None:
    bill = service(GS2D)
    found = join(bill, change(around(bill)))
    assert (found.verdict, reason in found.reason) == (verdict, True), found.reason
    assert "  " not in found.reason


def test_a_known_load_of_every_sample_gives_its_kwh_kw_and_buckets() -> None:
    counts: Counter[str] = Counter()
    for bill in services():
        load = None if bill.role == "generation" else load_of(bill)
        if load is None:
            counts["none"] += bill.role != "generation"
            continue
        found = join(bill, [made(load)])
        counts[found.verdict] += 1
        if found.verdict != Verdict.TIES_OUT:
            counts[str(bill.rate_schedule)] += 1
            continue
        metered = {(str(row.bucket.season), str(row.bucket.tou)): row.metered for row in found.energy}
        assert metered == billed_by(bill, "delivery")
        assert [row.difference for row in found.demand] == [0] * len(found.demand)
        assert [
            (one.component, one.difference) for one in found.charges if abs(one.difference) > Decimal("0.03")
        ] == []
    assert counts[Verdict.TIES_OUT] > 150
    # Their hours are not known, or no load could have what they print.
    rest = {"TOU-GS-1-B (Direct Access)", "TOU-PA-2-D", "TOU-D-4", "TOU-GS-2-D", "TOU-8 DA NON-CON"}
    assert set(counts) - {"none", *Verdict} <= rest


def test_a_cca_ties_out_beside_the_readings_of_the_same_meter() -> None:
    counts: Counter[str] = Counter()
    by_account = {(one.service_account, one.period): one for one in services() if one.role == "delivery"}
    for supply in services():
        delivery = by_account.get((supply.service_account, supply.period))
        load = load_of(delivery) if supply.role == "generation" and delivery else None
        if load is None:
            continue
        found = join(supply, [made(load)])
        counts[found.verdict] += 1
        if found.verdict == Verdict.TIES_OUT:
            assert all(row.difference is not None and abs(row.difference) <= 1 for row in found.energy)
    assert counts[Verdict.TIES_OUT] > 70, counts


def test_lines_of_a_rate_change_and_of_both_seasons_are_buckets() -> None:
    bill = service(GS2E)
    found = join(bill, [around(bill)])
    assert {(row.bucket.season, row.bucket.tou): row.billed for row in found.energy} == {
        ("winter", "mid_peak"): 3499,
        ("winter", "off_peak"): 6357,
        ("winter", "super_off_peak"): 6320,
        ("summer", "on_peak"): 241,
        ("summer", "mid_peak"): 116,
        ("summer", "off_peak"): 1389,
    }
    split = service("gs2e-bundled-rate-change-in-one-season-2025")
    rows = join(split, [around(split)]).energy
    assert len([line for line in split.charges if line.section == "delivery" and line.tou]) == 2 * len(rows)


def test_a_lost_season_word_is_compared_over_both_seasons() -> None:
    bill, load = _without_seasons()
    joined = join(bill, [made(load)])
    assert joined.verdict == Verdict.TIES_OUT, joined.reason
    assert (None, "mid_peak") in {row.bucket for row in joined.energy}


def _without_seasons() -> tuple[Service, dict[int, int]]:
    bill = service(GS2E)
    charges = tuple(
        line.model_copy(update={"season": None if line.tou in ("mid_peak", "off_peak") else line.season})
        for line in bill.charges
        if line.component == "energy"
    )
    load = load_of(bill)
    assert load is not None
    return bill.model_copy(update={"charges": charges}), load


@pytest.mark.parametrize(
    ("kw", "verdict"),
    [(0, Verdict.TIES_OUT), (1, Verdict.WITHIN_TOLERANCE), (2, Verdict.DIFFERS)],  # kW off by so many
)
def test_kw_have_their_own_tolerance(kw: int, verdict: Verdict) -> None:
    bill = service(GS2D)
    load = values_of(around(bill))
    peak = join(bill, [made(load)]).demand[0].peak
    assert peak is not None
    load[peak.start] += kw * KWH // 4  # not more than a kWh
    found = join(bill, [made(load)])
    assert found.verdict == verdict, found.reason
    assert kw == 0 or f"{peak.at:%Y-%m-%d %H:%M}" in found.reason


def test_every_kw_that_is_charged_has_to_be_as_metered() -> None:
    """The box says 92 kW, as was metered; a line charges 142."""
    bill = service(GS2D)
    facilities = Component.FACILITIES_DEMAND
    charges = tuple(
        line.model_copy(update={"quantity": Decimal(142)}) if line.component == facilities else line
        for line in bill.charges
    )
    found = join(bill.model_copy(update={"charges": charges}), [around(bill)])
    assert found.verdict == Verdict.DIFFERS
    assert "maximum demand: 92 kW metered (2025-06-11 16:30), 142 billed" in found.reason


@pytest.mark.parametrize(
    ("printed", "metered", "verdict"),
    [
        ("92.4", "92.4", Verdict.TIES_OUT),  # to the decimals that are printed
        ("92.0", "92", Verdict.TIES_OUT),  # to the nearest kW
        ("91.9", "92", Verdict.WITHIN_TOLERANCE),
    ],
)
def test_kw_with_decimals(printed: str, metered: str, verdict: Verdict) -> None:
    plain = {"charges": (), "demands": (), "max_demand_kw": Decimal(printed)}
    bill = service(GS2D)
    load = values_of(around(bill))
    peak = join(bill, [made(load)]).demand[0].peak
    assert peak is not None
    load[peak.start] += KWH // 10  # 92.4 kW
    found = join(bill.model_copy(update=plain), [made(load)])
    [row] = found.demand
    assert (row.metered, row.difference) == (Decimal(metered), Decimal(metered) - Decimal(printed))
    assert found.verdict == verdict, found.reason


def test_tolerances_are_arguments() -> None:
    bill = service(GS2D)
    load = times(Fraction(102, 100))(around(bill))
    wide = Tolerance(share=Decimal("0.03"), kw=Decimal(3))
    assert join(bill, load, wide).verdict == Verdict.WITHIN_TOLERANCE


def test_a_kwh_of_each_bucket_is_rounding_and_more_is_not() -> None:
    bill = service(GS2D)
    load = values_of(around(bill))
    at = clock.instant(dt.datetime.fromisoformat("2025-07-10 17:00"))
    assert join(bill, [made({**load, at: load[at] - KWH})]).verdict == Verdict.TIES_OUT
    assert join(bill, [made({**load, at: load[at] - KWH - 1})]).verdict == Verdict.WITHIN_TOLERANCE


# --- customers who feed in ---


def fed_in(bill: Service, nets: bool) -> tuple[dict[int, int], dict[int, int]]:
    """Return delivered and received such that the bill's kWh are one of them or their net."""
    kwh = load_of(bill)
    assert kwh is not None
    assert bill.exported_kwh is not None
    noons = [at for at in kwh if clock.local(at).hour == 12]
    received = dict.fromkeys(kwh, 0) | dict.fromkeys(noons, int(bill.exported_kwh * KWH) // len(noons))
    received[noons[0]] += int(bill.exported_kwh * KWH) - sum(received.values())
    return {at: value + received[at] if nets else value for at, value in kwh.items()}, received


def test_export_of_a_solar_billing_plan_is_beside_what_was_received() -> None:
    bill = service(SOLAR, "delivery")
    delivered, received = fed_in(bill, nets=False)
    found = join(bill, [made(delivered), made(received, "received")])
    assert (found.verdict, found.basis) == (Verdict.TIES_OUT, "delivered")
    assert found.exported is not None
    assert (found.exported.billed, found.exported.difference) == (Decimal(412), Decimal(0))
    supply = join(service(SOLAR, "generation"), [made(delivered), made(received, "received")])
    assert supply.verdict == Verdict.TIES_OUT, supply.reason
    assert supply.exported is not None
    assert supply.exported.billed == Decimal("412.118")


def test_nem_bills_the_net_of_both_channels() -> None:
    bill = service(NEM)
    delivered, received = fed_in(bill, nets=True)
    found = join(bill, [made(delivered), made(received, "received")])
    assert (found.verdict, found.basis) == (Verdict.TIES_OUT, "net"), found.reason
    assert found.channels is not None
    assert set(found.channels) == {"delivered", "received", "net"}
    assert found.exported is not None
    assert (found.exported.billed, found.exported.difference) == (Decimal(403), Decimal(0))
    less = {at: value for at, value in received.items() if at != min(received)}
    assert join(bill, [made(delivered), made(less, "received")]).verdict == Verdict.INCOMPLETE


def test_kw_are_those_delivered_also_where_kwh_are_net() -> None:
    bill = service(GS2D).model_copy(update={"exported_kwh": Decimal(5000)})
    delivered, received = fed_in(bill, nets=True)
    found = join(bill, [made(delivered), made(received, "received")])
    assert found.basis == "net"
    assert found.channels is not None
    assert found.demand[0].peak == found.channels["delivered"].peak != found.channels["net"].peak


def test_netted_readings_of_a_bill_that_is_not_net_are_named() -> None:
    bill = service(SOLAR, "delivery")
    delivered, received = fed_in(bill, nets=False)
    net = {at: value - received[at] for at, value in delivered.items()}
    found = join(bill, [made(net, "net")])
    assert found.verdict == Verdict.DIFFERS
    assert "the readings are net of what was sent back, and the bill is not" in found.reason


def test_a_net_bill_that_differs_is_not_said_to_be_none() -> None:
    bill = service(NEM)
    delivered, received = fed_in(bill, nets=True)
    net = {at: value - received[at] + 20_000 for at, value in delivered.items()}  # 57.6 kWh more
    found = join(bill, [made(net, "net")])
    assert found.verdict == Verdict.DIFFERS
    assert "kWh net" in found.reason
    assert "the bill is not" not in found.reason


def test_export_that_is_not_as_billed_is_told() -> None:
    bill = service(SOLAR, "delivery")
    delivered, received = fed_in(bill, nets=False)
    found = join(bill, [made(delivered), made({at: value * 2 for at, value in received.items()}, "received")])
    assert found.verdict == Verdict.DIFFERS
    assert "824 kWh were sent back, 412 billed" in found.reason


def test_what_is_missing_of_what_was_sent_back_is_missing_where_the_bill_prints_it() -> None:
    """Nothing is sent back at night, yet a reading that is not there is no zero."""
    bill = service(SOLAR, "delivery")
    delivered, received = fed_in(bill, nets=False)
    noons = {at: value for at, value in received.items() if clock.local(at).hour == 12}
    found = join(bill, [made(delivered), made(noons, "received")])
    assert found.exported is not None
    assert (found.verdict, found.exported.difference) == (Verdict.INCOMPLETE, Decimal(0))
    assert found.reason.startswith("2760 of 2880 intervals are missing: 2026-06-09 to ")
    assert found.measured is not None
    assert (found.measured.expected, found.measured.present, len(found.missing)) == (2880, 120, 30)
    unsaid = bill.model_copy(update={"exported_kwh": None, "charges": _without_credits(bill)})
    assert join(unsaid, [made(delivered), made(noons, "received")]).verdict == Verdict.TIES_OUT


def _without_credits(bill: Service) -> tuple[Charge, ...]:
    return tuple(line for line in bill.charges if line.component != Component.EXPORT_CREDIT)


def test_export_that_no_reading_tells_is_said() -> None:
    bill = service(SOLAR, "delivery")
    delivered, _ = fed_in(bill, nets=False)
    found = join(bill, [made(delivered)])
    assert found.exported == Row(OVERALL, Decimal(412), None)
    assert found.verdict == Verdict.TIES_OUT
    assert found.reason.endswith("; the 412 kWh sent back are not told by these readings")


# --- several meters ---


def test_three_meters_have_one_coincident_peak() -> None:
    bill = service("gs2d-three-meters-2025")
    load = load_of(bill)
    assert load is not None
    meters = [meter.number for meter in bill.meters]
    parts = [made({at: value // 3 for at, value in load.items()}, meter=number) for number in meters[1:]]
    rest = made({at: value - 2 * (value // 3) for at, value in load.items()}, meter=meters[0])
    assert join(bill, [rest, *parts]).verdict == Verdict.TIES_OUT
    missed = join(bill, [rest, parts[0], parts[1].between(0, clock.midnight(dt.date(2025, 7, 8)))])
    assert missed.verdict == Verdict.INCOMPLETE
    assert f"2025-07-08 to 2025-07-09 of meter {meters[2]}" in missed.reason
    assert {(str(one.date), one.meter) for one in missed.missing} == {
        ("2025-07-08", meters[2]),
        ("2025-07-09", meters[2]),
    }


def test_a_meter_change_is_no_gap() -> None:
    bill = service("gs2e-cpa-meter-change-each-2026", "delivery")
    load = load_of(bill)
    assert load is not None
    change = clock.midnight(dt.date(2026, 6, 21))
    old, new = (
        made({at: value for at, value in load.items() if (at < change) is first}, meter=number.number)
        for first, number in zip((True, False), bill.meters, strict=True)
    )
    assert join(bill, [old, new]).verdict == Verdict.TIES_OUT


# --- what cannot be compared whole ---


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"period": None}, "the billing period was not read"),
        ({"charges": (), "usage_kwh": None}, "the bill prints no kWh"),
    ],
)
def test_nothing_to_compare_is_no_data(change: dict[str, object], reason: str) -> None:
    bill = service(GS2D)
    found = join(bill.model_copy(update=change), [around(bill)])
    assert (found.verdict, found.reason) == (Verdict.NO_DATA, reason)


def test_a_bill_without_price_periods_is_compared_as_it_is() -> None:
    bill = service(GS2D)
    plain = bill.model_copy(update={"charges": (), "demands": (), "rate_schedule": "LS-1"})
    found = join(plain, [around(bill)])
    assert found.verdict == Verdict.TIES_OUT
    assert [(row.bucket.tou, row.billed) for row in found.energy] == [(None, bill.usage_kwh)]


def test_unknown_hours_compare_the_total_and_say_so() -> None:
    bill = service(GS2D).model_copy(update={"rate_schedule": "TOU-GS-2-B"})
    found = join(bill, [around(bill)])
    assert found.verdict == Verdict.WITHIN_TOLERANCE
    assert "the TOU hours of TOU-GS-2-B on 2025-06-11 are not known" in found.reason
    assert {row.metered for row in found.energy} == {None}


def test_what_is_assumed_of_the_hours_is_told() -> None:
    bill = service(HOME, "delivery")
    assert join(bill, [around(bill)]).assumed == ()
    small = service("gs1e-cpa-lean-winter-2025", "delivery")
    assert "TOU" not in join(small, [around(small)]).reason
    assert join(small, [around(small)]).assumed
    charges = tuple(line.model_copy(update={"tou": None}) for line in small.charges)
    assert join(small.model_copy(update={"charges": charges}), [around(small)]).assumed == ()


ONE_FIGURE = {"charges": (), "demands": (), "max_demand_kw": None, "meters": ()}


@pytest.mark.parametrize(
    ("change", "more", "reason"),
    [
        (lambda load: [load], ONE_FIGURE, "the delivered kWh are as billed"),
        (
            times(Fraction(1, 4)),
            ONE_FIGURE,
            "billed kWh are 4 times the metered ones, as when kW are taken for the kWh of a quarter of an hour, "
            "or by a multiplier of 4",
        ),
        (
            times(Fraction(1003, 1000)),
            ONE_FIGURE,
            "35483.13 kWh delivered, 35377 billed, within tolerance",
        ),
        (cut(500), {}, "1 of 2880 intervals is missing: 2025-06-16"),
        (
            lambda load: [load._at(np.delete(np.arange(len(load.starts)), range(682, 1300, 192)))],
            {},
            "4 of 2880 intervals are missing: 2025-06-11, 2025-06-13, 2025-06-15 and 1 more span",
        ),
        (
            lambda load: days(scaled(load, Fraction(1003, 1000))),
            {},
            "35483.13 kWh delivered, 35377 billed, within tolerance; readings lie across price periods, so only "
            "their total is compared; kW cannot be told from these readings",
        ),
        (
            lambda load: [load],
            {"rate_schedule": None},
            "35377 kWh delivered, 35377 billed, within tolerance; the rate schedule was not read, so its TOU "
            "hours are not known; kW cannot be told from these readings",
        ),
        (
            lambda load: [load],
            {"period": {"start": "2025-07-10", "end": "2025-06-11"}},
            "the billing period as printed ends before it begins",
        ),
    ],
)
def test_a_reason_says_what_is_so_and_nothing_twice(
    change: Change, more: dict[str, object], reason: str
) -> None:
    bill = service(GS2D)
    told = Service.model_validate({**bill.model_dump(), "charges": bill.charges, **more})
    assert join(told, change(around(bill))).reason == reason


# --- charges ---


def test_printed_rates_of_metered_kwh_are_the_expected_charges() -> None:
    bill = service(GS2E)
    load = values_of(around(bill))
    at = clock.instant(dt.datetime.fromisoformat("2025-06-02 17:00"))
    found = join(bill, [made({**load, at: load[at] + 10 * KWH})])
    expected = {
        (one.section, one.component.value, *one.bucket): (one.printed, one.expected) for one in found.charges
    }
    assert expected["delivery", "energy", "summer", "on_peak"] == (
        Decimal("101.72"),
        Decimal("105.94"),
    )  # 251 x 0.42208
    assert expected["generation", "energy", "summer", "on_peak"] == (
        Decimal("84.32"),
        Decimal("87.81"),
    )  # 251 x 0.34986
    assert expected["generation", "time_demand", "winter", "mid_peak"] == (
        Decimal("108.05"),
        Decimal("108.05"),
    )


def test_hourly_readings_give_no_expected_demand_charges() -> None:
    bill = service(GS2D)
    assert {one.component.value for one in join(bill, hours(around(bill))).charges} == {"energy"}


def test_figures_are_those_of_the_moved_period() -> None:
    bill = service(GS2D)
    found: Joined = join(bill, [around(bill).later(86_400)])
    assert found.shift == (0, 0, -24)
    assert found.total is not None
    assert found.total.difference == 0


@pytest.mark.parametrize(
    ("begin", "end", "reason"),
    [
        (-1, -1, "when the period begins and ends a day later"),  # the printed period is a day early
        (1, 1, "when the period begins and ends a day earlier"),
        (0, 1, "when the period ends a day earlier"),  # as CPA's of 2019, which overlap by a day
        (0, -1, "when the period ends a day later"),
        (1, 0, "when the period begins a day earlier"),
        (-1, 1, "when the period begins a day later and ends a day earlier"),
    ],
)
def test_the_shift_of_a_period_that_ties_out_is_kept(begin: int, end: int, reason: str) -> None:
    bill = service(GS2D)
    assert bill.period is not None
    first, last = (
        day + dt.timedelta(days=by) for day, by in ((bill.period.start, begin), (bill.period.end, end))
    )
    period = bill.period.model_copy(update={"start": first, "end": last})
    load = values_of(around(bill))
    load[clock.instant(dt.datetime.fromisoformat("2025-06-20 03:00"))] += KWH // 2  # rounding
    found = join(bill.model_copy(update={"period": period}), [made(load)])
    assert (found.verdict, reason in found.reason) == (Verdict.TIES_OUT, True), found.reason
    assert found.shift == (-begin, -end, 0)
    assert (found.first, found.last) == (first, last)  # as printed, whatever ties out


@pytest.mark.parametrize("name", [GS2D, GS2E])
@pytest.mark.parametrize(
    ("hours", "said"), [(1, "1 hour earlier"), (-1, "1 hour later"), (-7, "7 hours later")]
)
def test_a_clock_that_is_off_is_named_where_only_the_periods_readings_are_held(
    name: str, hours: int, said: str
) -> None:
    bill = service(name)
    values = load_of(bill)
    assert values is not None
    found = join(bill, [made({at + 3600 * hours: value for at, value in values.items()})])
    assert (found.verdict, found.clock_off) == (Verdict.INCOMPLETE, Shift(hours=-hours))
    clock_is_off = f"; when every reading is {said}, none is and it ties out: the clock of the file is off"
    assert found.reason.endswith(clock_is_off)
    assert found.total is not None
    assert found.total.difference != 0  # the figures are those without


def test_what_is_missing_is_no_clock() -> None:
    bill = service(GS2D)
    values = load_of(bill)
    assert values is not None
    for missing in (list(values)[:4], list(values)[-4:], list(values)[1000:1004]):
        rest = {at: value for at, value in values.items() if at not in missing}
        for hours in (0, 1, -1):
            found = join(bill, [made({at + 3600 * hours: value for at, value in rest.items()})])
            assert (found.verdict, found.clock_off) == (Verdict.INCOMPLETE, None), found.reason
            assert "clock" not in found.reason


def test_one_figure_alone_tells_no_shift_and_no_clock() -> None:
    """Days of a home are alike: a wrong total is soon that of a period a day later."""
    bill = service(GS2D).model_copy(
        update={"demands": (), "max_demand_kw": None, "rate_schedule": "DOMESTIC"}
    )
    assert bill.period is not None
    load = dict.fromkeys(values_of(around(bill)), KWH)
    next_day = clock.midnight(bill.period.end + dt.timedelta(days=1))
    load[next_day] += 20 * KWH
    alone = {"charges": (), "usage_kwh": Decimal(30 * 96 + 20)}
    found = join(bill.model_copy(update=alone), [made(load)])
    assert (found.verdict, found.shift) == (Verdict.DIFFERS, (0, 0, 0))
    assert found.reason == (
        "2880 kWh delivered, 2900 billed; it would be as billed when the period begins and ends a day later,"
        " but of one figure alone that may be chance"
    )
    at_midnight = {**load, next_day: KWH, clock.midnight(bill.period.start) - 900: 21 * KWH}
    assert "clock" not in join(bill.model_copy(update=alone), [made(at_midnight)]).reason


def test_two_days_are_no_shift() -> None:
    bill = service(GS2D)
    assert bill.period is not None
    later = {"start": bill.period.start + dt.timedelta(days=2), "end": bill.period.end + dt.timedelta(days=2)}
    moved = bill.model_copy(update={"period": bill.period.model_copy(update=later)})
    assert join(moved, [around(bill)]).shift == (0, 0, 0)
