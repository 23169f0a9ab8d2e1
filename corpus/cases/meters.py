"""Meters and periods: changes, several meters, estimates, unmetered, odd lengths, back-billing."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from corpus.cases.kit import SUMMER, SUMMER_2025, WINTER, combined, home, office, plain
from corpus.model import Bill, Meter, Sample, Service, Usage
from corpus.pricing import sce as sce_lines
from corpus.pricing.lines import computed
from corpus.pricing.metered import Metered, Piece, measure
from corpus.services import bundled, delivery, generation, place, sce_service, with_taxes
from corpus.statement import statement
from corpus.tariff.cpa import CLEAN, LEAN


def _metered_by(bill: Bill, meters: Sequence[Meter], estimated: bool = False) -> Bill:
    """Return a bill whose first service has these meters."""
    service = bill.services[0]
    assert service.usage is not None
    usage: Usage = replace(service.usage, meters=tuple(meters), estimated=estimated)
    return replace(bill, services=(replace(service, usage=usage), *bill.services[1:]))


def meter_change(number: int, each: bool) -> Bill:
    """A new meter on June 21; with the kWh of each, or of both together only."""
    metered = office(number)
    total = Decimal(metered.kwh)
    first = Decimal(round(metered.kwh * 0.41)) if each else None
    meters = (
        Meter("359150-000301", metered.start, date(2026, 6, 20), first),
        Meter("359150-000977", date(2026, 6, 21), metered.end, None if first is None else total - first),
    )
    return _metered_by(combined(number, metered), meters)


def several_meters() -> Bill:
    """Three meters on one service account, read together."""
    metered = measure("TOU-GS-2-D", *SUMMER_2025, 1210, 98, seed="303")
    third = metered.kwh // 3
    kwh = (third, third + 11, metered.kwh - 2 * third - 11)
    names = ("259000-000311", "259000-000312", "V349N-000313")
    meters = [
        Meter(name, metered.start, metered.end, Decimal(count))
        for name, count in zip(names, kwh, strict=True)
    ]
    return _metered_by(plain(303, metered), meters)


def estimated(number: int, metered: Metered) -> Bill:
    """`Total estimated electricity usage this month in kWh` and nothing else."""
    bill = combined(number, metered)
    assert bill.services[0].usage is not None
    meter = replace(bill.services[0].usage.meters[0], estimated=True)
    return _metered_by(bill, [meter], estimated=True)


def streetlight() -> Bill:
    """Unmetered lamps: no usage block, an odd unit (all invented; no such bill was read)."""
    start, end = WINTER
    metered = Metered("LS-1-ALLNITE", start, end, (Piece(start, end, {"all": 1488}),), {}, "306")
    lines = [
        computed("delivery", "unknown", "Lamp charge - 70 watt HPS", 24, "lamps", Decimal("9.81000")),
        computed(
            "delivery",
            "energy",
            "Energy",
            1488,
            "kWh",
            Decimal("0.04411"),
            group="Energy-Winter",
            season="winter",
        ),
        computed("delivery", "wildfire_fund", "Wildfire fund charge", 1488, "kWh", Decimal("0.00591")),
        computed(
            "generation",
            "energy",
            "Energy",
            1488,
            "kWh",
            Decimal("0.05102"),
            group="Energy-Winter",
            season="winter",
        ),
    ]
    charges = with_taxes(lines, None, [sce_lines.state_tax(1488)])
    service = sce_service(metered, place(306), "bundled", charges, demand=None, usage=None)
    return statement(306, [service])


def pumping(number: int, supplied: bool) -> Bill:
    """TOU-PA-2, agricultural pumping (rates invented; no sheet was read)."""
    metered = measure("TOU-PA-2-D", *SUMMER, 2100, 140, seed=str(number))
    return combined(number, metered, CLEAN) if supplied else plain(number, metered)


def back_billed() -> Bill:
    """A period that ended more than three months before the statement (Rule 17.D)."""
    metered = office(309, WINTER)
    service = bundled(metered, place(309))
    bill = statement(309, [service], prepared=date(2026, 6, 17), next_cycle_end=date(2026, 7, 14))
    return replace(bill, messages=("This bill includes charges for a past billing period.",))


def length(number: int, start: date, end: date, supplied: bool) -> Bill:
    """A period of unusual length."""
    metered = office(number, (start, end))
    return combined(number, metered) if supplied else plain(number, metered)


def split_without_rate_change() -> Bill:
    """Both seasons within one rate book: no customer charge twice."""
    metered = measure("TOU-GS-1-E", date(2025, 9, 16), date(2025, 10, 15), 44, 9, seed="314")
    where = place(314)
    return statement(
        314, [delivery(metered, where, "other", rate_mark=" (SCE)"), generation(metered, where, LEAN)]
    )


def no_meter_line() -> Service:
    """A service whose usage page is missing, so that its kWh are on the details page only."""
    return replace(bundled(home(315), place(315)), usage=None)


SAMPLES = (
    Sample("gs2e-cpa-meter-change-each-2026", (meter_change(301, each=True),), covers=("meter change",)),
    Sample(
        "gs2e-cpa-meter-change-total-only-2026", (meter_change(302, each=False),), covers=("meter change",)
    ),
    Sample("gs2d-three-meters-2025", (several_meters(),), covers=("several meters",)),
    Sample("gs2e-cpa-estimated-read-2026", (estimated(304, office(304)),), covers=("estimated read",)),
    Sample(
        "prime-cpa-estimated-read-winter-2026",
        (estimated(305, home(305, WINTER, "TOU-D-PRIME")),),
        covers=("estimated read",),
    ),
    Sample("streetlight-unmetered-winter-2026", (streetlight(),), ("unknown_label",), covers=("unmetered",)),
    Sample("pa2-bundled-summer-2026", (pumping(307, supplied=False),), covers=("pumping",)),
    Sample("pa2-cpa-clean-summer-2026", (pumping(308, supplied=True),), covers=("pumping",)),
    Sample("gs2e-back-billed-2026", (back_billed(),), covers=("back-billed",)),
    Sample(
        "gs2e-28-days-2026",
        (length(310, date(2026, 7, 2), date(2026, 7, 29), supplied=False),),
        covers=("28-day period",),
    ),
    Sample(
        "gs2e-cpa-35-days-2026",
        (length(311, date(2026, 7, 2), date(2026, 8, 5), supplied=True),),
        covers=("35-day period", "Rule 9 long period"),
    ),
    Sample(
        "gs2e-24-days-rate-change-2025",
        (length(312, date(2025, 2, 16), date(2025, 3, 11), supplied=False),),
        covers=("Rule 9 short period",),
    ),
    Sample(
        "gs2e-33-days-2025",
        (length(313, date(2025, 7, 1), date(2025, 8, 2), supplied=False),),
        covers=("33-day period",),
    ),
    Sample(
        "gs1e-cpa-lean-season-split-autumn-2025", (split_without_rate_change(),), covers=("season split",)
    ),
    Sample("d4-bundled-no-usage-page-2026", (statement(315, [no_meter_line()]),), covers=("no usage block",)),
)
