"""Who supplies: several CPA periods, switches inside a statement, other CCAs, Direct Access.

How SCE prints a switch at a read date is not known; here each regime has its own blocks and
the Summary of your billing detail lists all of them (bills.md 3.3).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from corpus.cases.kit import SUMMER, SUMMER_2025, WINTER, combined, home, office, recharged
from corpus.model import Bill, Charge, Place, Sample, Service, Sheet
from corpus.pricing.cca import Options, cca_lines, energy_lines, tax_lines
from corpus.pricing.lines import computed, flat
from corpus.pricing.metered import Metered, measure
from corpus.pricing.rounding import added
from corpus.services import bundled, cca_service, delivery, generation, place
from corpus.statement import statement
from corpus.tariff.cpa import CLEAN, GREEN, LEAN


def two_cpa_periods() -> Bill:
    """SCE failed to bill CPA's charges last month: two CPA periods on one statement."""
    metered, earlier, where = office(251), office(252, (date(2026, 5, 10), date(2026, 6, 8))), place(251)
    services = [
        delivery(metered, where, "other", rate_mark=" (SCE)"),
        generation(earlier, where, LEAN),
        generation(metered, where, LEAN),
    ]
    bill = statement(251, services)
    sheets = [
        sheet
        for sheet in bill.sheets
        if sheet.kind != "supply" and sheet.kind not in ("blank", "insert_safety")
    ]
    return replace(bill, sheets=(*sheets, Sheet("supply", (1, 2))))


def two_cpa_periods_two_pages() -> Bill:
    """The same with a page for each period."""
    metered, earlier, where = home(253), home(254, (date(2026, 5, 10), date(2026, 6, 8))), place(253)
    return statement(
        253,
        [
            delivery(metered, where, "generation"),
            generation(earlier, where, GREEN),
            generation(metered, where, GREEN),
        ],
    )


def _halves(schedule: str, read: date, seed: str) -> tuple[Metered, Metered]:
    """Return the usage before a read date and from it on."""
    start, end = SUMMER
    before = measure(schedule, start, read - timedelta(days=1), 520, 57, seed=seed)
    return before, measure(schedule, read, end, 530, 57, seed=seed + "b")


def cpa_to_bundled() -> Bill:
    """CPA until a read date, SCE's generation from it on."""
    before, after = _halves("TOU-GS-2-E", date(2026, 6, 24), "255")
    where = place(255)
    services = [
        delivery(before, where, "other", rate_mark=" (SCE)"),
        generation(before, where, CLEAN),
        bundled(after, where),
    ]
    return statement(255, services)


def opt_in() -> Bill:
    """SCE's generation until a read date, CPA from it on."""
    before, after = _halves("TOU-GS-2-D", date(2026, 6, 22), "256")
    where = place(256)
    services = [
        bundled(before, where),
        delivery(after, where, "heading", rate_mark=" (SCE)"),
        generation(after, where, LEAN),
    ]
    return statement(256, services)


def transitional() -> Bill:
    """Transitional Bundled Service: SCE's generation, and the surcharges of a customer who left."""
    metered = office(257)
    surcharges = [
        computed(
            "other", "pcia", "2019 Vintage CRS", metered.kwh, "kWh", Decimal("-0.01562"), vintage="2019"
        ),
        computed("other", "ctc", "CTC", metered.kwh, "kWh", Decimal("-0.00058")),
    ]
    service = bundled(
        metered, place(257), extra=surcharges, rate_schedule="TOU-GS-2-E (Transitional Bundled Service)"
    )
    return statement(257, [service])


def product_change() -> Bill:
    """Lean Power, then Clean Power, inside one CPA period."""
    where = place(258)
    before, after = _halves("TOU-GS-2-E", date(2026, 6, 20), "258")
    lines = [*energy_lines(before, LEAN, Options()), *energy_lines(after, CLEAN, Options())]
    metered = replace(office(258), pieces=(*before.pieces, *after.pieces))
    demand = [line for line in cca_lines(metered, CLEAN) if line.component == "time_demand"]
    kwh = added(line.quantity or Decimal(0) for line in lines)
    charges = (*lines, *demand, *tax_lines(lines, kwh, Options()))
    return statement(
        258, [delivery(metered, where, "other", rate_mark=" (SCE)"), cca_service(metered, where, charges)]
    )


def generation_missing(number: int, placement: str, metered: Metered) -> Bill:
    """SCE's part of a CCA customer's bill alone: CPA's charges are not on it."""
    return statement(number, [delivery(metered, place(number), placement, rate_mark=" (SCE)")])


def direct_access() -> Bill:
    """Direct Access: SCE delivers, an ESP's charges are on SCE's bill."""
    metered, where = measure("TOU-GS-1-E", *SUMMER_2025, 190, 30, seed="261"), place(261)
    crs = "Direct access cost responsibility surcharge"
    extra = [
        computed(
            "other",
            "other_crs",
            crs,
            metered.kwh,
            "kWh",
            Decimal("0.01204"),
            wrap=("Direct access cost responsibility", "surcharge"),
        )
    ]
    ours = delivery(metered, where, "other", extra=extra, rate_schedule="TOU-GS-1-B (Direct Access)")
    plain = [line for line in ours.charges if line.component not in ("pcia", "ctc")]
    return statement(261, [recharged(ours, plain), _esp(metered, where)])


def _esp(metered: Metered, where: Place) -> Service:
    energy = [
        replace(line, label=line.label.removeprefix("Lean Power - "))
        for line in energy_lines(metered, LEAN, Options())
    ]
    return cca_service(metered, where, tuple(energy), provider="ESP", rate_schedule="ESP (Direct Access)")


def direct_access_alone() -> Bill:
    """Direct Access where the ESP bills for itself: no finding but a note."""
    metered = measure("TOU-8-D", *SUMMER, 14000, 790, seed="262")
    crs = computed(
        "other",
        "other_crs",
        "Direct access cost responsibility surcharge",
        metered.kwh,
        "kWh",
        Decimal("0.01188"),
        wrap=("Direct access cost responsibility", "surcharge"),
    )
    ours = delivery(metered, place(262), "other", extra=[crs], rate_schedule="TOU-8-D (Direct Access)")
    return statement(
        262, [recharged(ours, [line for line in ours.charges if line.component not in ("pcia", "ctc")])]
    )


def other_cca(number: int, provider: str, product: str, metered: Metered, vintage: str) -> Bill:
    """Another CCA of SCE's territory, with its own product names."""
    where = place(number)
    ours = delivery(metered, where, ("other", "heading", "generation")[number % 3], vintage=vintage)
    return statement(number, [ours, generation(metered, where, product, provider=provider)])


def lost_seasons() -> Bill:
    """The season word is lost on every energy line of a period that has both seasons."""
    metered, where = office(268, (date(2026, 5, 15), date(2026, 6, 13))), place(268)
    return statement(
        268, [delivery(metered, where, "other"), generation(metered, where, LEAN, Options(seasons_lost=True))]
    )


def separate_account_numbers() -> Bill:
    """The CPA block names another service account than SCE's page (before mid-2021, maybe still)."""
    metered, where = home(269, WINTER), place(269)
    supply = generation(metered, replace(where, service_account="8000099269"), LEAN)
    return statement(269, [delivery(metered, where, "other", rate_mark=" (SCE)"), supply])


def not_half_up() -> Bill:
    """13.5 kW @ 3.67 is 49.545 and was printed 49.54 (real, 2019; bills.md 10)."""
    bill = combined(270, office(270, WINTER))
    ours, supply = bill.services
    charges = [_demand_2019(line) if line.component == "time_demand" else line for line in supply.charges]
    return statement(270, [ours, recharged(supply, charges)])


def _demand_2019(line: Charge) -> Charge:
    return replace(line, quantity=Decimal("13.5"), rate=Decimal("3.67"), amount=Decimal("49.54"))


def cpa_with_credit() -> Bill:
    """CPA gives a credit of its own inside its part."""
    metered, where = home(271), place(271)
    supply = generation(metered, where, LEAN)
    credit = flat("generation", "adjustment", "Bill credit adjustment", "-5.00")
    energy, taxes = (
        [c for c in supply.charges if c.section != "tax"],
        [c for c in supply.charges if c.section == "tax"],
    )
    return statement(271, [delivery(metered, where, "other"), recharged(supply, [*energy, credit, *taxes])])


def _missing() -> Sequence[Sample]:
    rows = ((259, "other", office(259)), (260, "heading", home(260)))
    return [
        Sample(
            f"generation-missing-crs-under-{placement}-2026",
            (generation_missing(number, placement, metered),),
            ("generation_missing",),
            covers=("generation missing",),
        )
        for number, placement, metered in rows
    ]


SAMPLES = (
    Sample("gs2e-cpa-lean-two-periods-one-page-2026", (two_cpa_periods(),), covers=("two CPA periods",)),
    Sample(
        "d4-cpa-green-two-periods-two-pages-2026", (two_cpa_periods_two_pages(),), covers=("two CPA periods",)
    ),
    Sample(
        "gs2e-cpa-clean-to-bundled-2026",
        (cpa_to_bundled(),),
        covers=("CPA to bundled", "Rule 9 short period"),
    ),
    Sample("gs2d-opt-in-to-cpa-lean-2026", (opt_in(),), covers=("opt-in",)),
    Sample(
        "gs2e-transitional-bundled-service-2026", (transitional(),), covers=("Transitional Bundled Service",)
    ),
    Sample("gs2e-cpa-product-change-2026", (product_change(),), covers=("product change",)),
    *_missing(),
    Sample("gs1b-direct-access-with-esp-2025", (direct_access(),), covers=("Direct Access", "ESP")),
    Sample(
        "tou8d-direct-access-alone-2026",
        (direct_access_alone(),),
        ("generation_missing",),
        covers=("Direct Access", "wrapped label"),
    ),
    Sample(
        "gs2e-ocpa-basic-choice-2026",
        (other_cca(263, "OCPA", "Basic Choice", office(263), "2022"),),
        covers=("other CCA",),
    ),
    Sample(
        "gs1e-3ce-3cchoice-2025",
        (other_cca(264, "3CE", "3Cchoice", measure("TOU-GS-1-E", *SUMMER_2025, 70, 14), "2021"),),
        covers=("other CCA",),
    ),
    Sample(
        "gs2d-dce-desert-saver-2026",
        (other_cca(265, "DCE", "Desert Saver", measure("TOU-GS-2-D", *SUMMER, 900, 77), "2020"),),
        covers=("other CCA",),
    ),
    Sample("gs2e-cpa-seasons-lost-season-split-2026", (lost_seasons(),), covers=("lost season word",)),
    Sample(
        "d4-cpa-own-service-account-2026",
        (separate_account_numbers(),),
        covers=("two service account numbers",),
    ),
    Sample("gs2e-cpa-demand-not-half-up-2026", (not_half_up(),), covers=("CPA rounding",)),
    Sample("d4-cpa-bill-credit-2026", (cpa_with_credit(),), covers=("CPA adjustment",)),
)
