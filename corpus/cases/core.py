"""The bills everything starts with: the real ones that are known line by line, and kin.

`gs2e-bundled-*` have the figures of the six real bills in bills.md 1 or near ones.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from corpus.model import Bill, Charge, Sample, Service
from corpus.pricing import sce as sce_lines
from corpus.pricing.cca import Options
from corpus.pricing.crs import crs_lines
from corpus.pricing.lines import computed, flat
from corpus.pricing.metered import Metered, given, measure
from corpus.services import bundled, delivery, generation, place, sce_service, with_taxes
from corpus.statement import statement
from corpus.tariff import sce
from corpus.tariff.cpa import GREEN, LEAN


def _one(number: int, metered: Metered) -> Bill:
    return statement(number, [bundled(metered, place(number))])


def real_split() -> Bill:
    """The real bill 05/05/25 to 06/03/25, winter to summer with a rate change."""
    winter = {"mid_peak": 3499, "off_peak": 6357, "super_off_peak": 6320}
    summer = {"on_peak": 241, "mid_peak": 116, "off_peak": 1389}
    demand = {
        ("winter", "mid_peak"): 58,
        ("winter", "off_peak"): 46,
        ("winter", "super_off_peak"): 62,
        ("summer", "on_peak"): 48,
        ("summer", "mid_peak"): 49,
        ("summer", "off_peak"): 55,
    }
    return _one(1, given("TOU-GS-2-E", date(2025, 5, 5), [(27, winter), (3, summer)], demand))


def real_rate_change() -> Bill:
    """The real bill 02/03/25 to 03/04/25: labels repeat under one heading."""
    february = {"mid_peak": 2691, "off_peak": 6255, "super_off_peak": 5200}
    march = {"mid_peak": 366, "off_peak": 899, "super_off_peak": 754}
    demand = {("winter", "mid_peak"): 44, ("winter", "off_peak"): 51, ("winter", "super_off_peak"): 50}
    return _one(2, given("TOU-GS-2-E", date(2025, 2, 3), [(26, february), (4, march)], demand))


def roi() -> Bill:
    """The real combined bill of August 2026: TOU-D-PRIME with 100% Green Power, 749.37."""
    start = date(2026, 7, 23)
    metered = given(
        "TOU-D-PRIME",
        start,
        [(29, {"on_peak": 436, "mid_peak": 176, "off_peak": 1362})],
        {("summer", "on_peak"): 9},
    )
    where = place(3)
    base, *energy = [line for line in sce_lines.delivery_lines(metered) if line.component != "wildfire_fund"]
    other = [
        *crs_lines(metered, "other")[:1],
        computed("other", "wildfire_fund", "CCA wildfire fund charge", 1974, "kWh", sce.DOMESTIC_WFC),
        crs_lines(metered, "other")[1],
        *sce_lines.fixed_recovery(metered),
        flat("other", "municipal_surcharge", "Generation Municipal Surcharge", "2.27"),
        flat("other", "climate_credit", "CA Climate Credit", sce.CLIMATE_CREDIT),
    ]
    ours = sce_service(
        metered, where, "delivery", with_taxes([base, *energy, *other], None, []), rate_mark=" (SCE)"
    )
    supply = generation(metered, where, GREEN)
    counts = ("436.488", "175.596", "1361.73")
    fixed = [
        computed(
            c.section, c.component, c.label, kwh, "kWh", c.rate or Decimal(0), tou=c.tou, season=c.season
        )
        for c, kwh in zip(supply.charges, counts, strict=False)
    ]
    return statement(
        3, [ours, _with(supply, (*fixed, flat("tax", "energy_surcharge", "Energy Surcharge", "0.59")))]
    )


def _with(service: Service, charges: tuple[Charge, ...]) -> Service:
    total = sum((charge.amount for charge in charges), Decimal("0.00"))
    return replace(service, charges=charges, total=total, subtotal=total)


def cpas() -> Bill:
    """After CPA's published sample page: TOU-D-4 with Lean Power, 99.36 of generation."""
    metered = given(
        "TOU-D-4",
        date(2024, 1, 6),
        [(31, {"mid_peak": 161, "off_peak": 263, "super_off_peak": 215})],
        {("winter", "mid_peak"): 3},
    )
    where = place(4)
    supply = generation(metered, where, LEAN, Options(schedule="TOU-D-4 2024"))
    rows = (("161.14", "0.2106"), ("262.98", "0.13589"), ("214.99", "0.11733"))
    energy = tuple(
        computed("generation", "energy", c.label, kwh, "kWh", Decimal(rate), tou=c.tou, season=c.season)
        for c, (kwh, rate) in zip(supply.charges, rows, strict=False)
    )
    taxes = (
        flat("tax", "uut", "User Utility Tax", "4.27"),
        flat("tax", "energy_surcharge", "Energy Surcharge", "0.19"),
    )
    return statement(4, [delivery(metered, where, rate_mark=" (SCE)"), _with(supply, energy + taxes)])


def two_services() -> Bill:
    """One document, two service accounts, SCE only."""
    start, end = date(2026, 6, 4), date(2026, 7, 2)
    first = bundled(measure("TOU-GS-2-E", start, end, 600, 65), place(11))
    second = bundled(measure("TOU-GS-1-E", start, end, 40, 9), place(12))
    return statement(11, [first, second], header_blocks=True)


def _gs2e_cpa(number: int, start: date, end: date, product: str, placement: str) -> Bill:
    metered = measure("TOU-GS-2-E", start, end, 560, 60)
    where = place(number)
    return statement(
        number, [delivery(metered, where, placement, rate_mark=" (SCE)"), generation(metered, where, product)]
    )


def gs3d_cpp() -> Bill:
    """TOU-GS-3D CPP with two events, power factor, and a season split."""
    metered = measure("TOU-GS-3D", date(2026, 5, 12), date(2026, 6, 10), 2900, 310)
    events = sce_lines.cpp_lines(metered, [date(2026, 6, 3), date(2026, 6, 9)], 503)
    return statement(9, [bundled(metered, place(9), extra=events, rate_schedule="TOU-GS-3D CPP")])


SAMPLES = (
    Sample(
        "gs2e-bundled-season-split-rate-change-2025",
        (real_split(),),
        covers=("season split", "rate change", "n/N days"),
    ),
    Sample("gs2e-bundled-rate-change-in-one-season-2025", (real_rate_change(),), covers=("labels repeat",)),
    Sample(
        "gs2e-bundled-winter-2025",
        (_one(5, measure("TOU-GS-2-E", date(2025, 1, 4), date(2025, 2, 2), 570, 49)),),
    ),
    Sample(
        "gs2e-bundled-summer-2025",
        (_one(6, measure("TOU-GS-2-E", date(2025, 6, 4), date(2025, 7, 2), 630, 65)),),
    ),
    Sample(
        "gs2e-bundled-wildfire-twice-2024",
        (_one(7, measure("TOU-GS-2-E", date(2024, 12, 4), date(2025, 1, 3), 570, 51)),),
    ),
    Sample(
        "gs2e-bundled-summer-winter-2025",
        (_one(8, measure("TOU-GS-2-E", date(2025, 9, 4), date(2025, 10, 2), 540, 64)),),
    ),
    Sample(
        "gs2e-cpa-lean-winter-2025", (_gs2e_cpa(13, date(2025, 11, 4), date(2025, 12, 3), LEAN, "other"),)
    ),
    Sample(
        "gs2e-cpa-lean-season-split-2025",
        (_gs2e_cpa(14, date(2025, 9, 4), date(2025, 10, 2), LEAN, "heading"),),
    ),
    Sample(
        "gs3d-cpp-events-power-factor-2026",
        (gs3d_cpp(),),
        covers=("CPP incentive", "CPP event", "power factor"),
    ),
    Sample("prime-cpa-green-summer-2026", (roi(),), covers=("PCIA charge", "climate credit")),
    Sample(
        "d4-cpa-lean-winter-2024",
        (cpas(),),
        covers=("wrapped season word", "UUT on CPA part", "baseline credit"),
    ),
    Sample(
        "two-services-bundled-2026",
        (two_services(),),
        covers=("several services", "summary of billing detail"),
    ),
)
