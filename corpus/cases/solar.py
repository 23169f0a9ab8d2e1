"""Customers who feed in: NEM 1 and 2, Solar Billing Plan, settlement balances.

Lines from forum snippets and regexes that run on real bills (bills.md 9.1, 10, 11); how a
whole NEM page looks is not known, so the place of the balances is invented.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from corpus.cases.kit import SUMMER, WINTER, home
from corpus.model import Balance, Bill, Sample, Service
from corpus.pricing import sce as sce_lines
from corpus.pricing.cca import Options, energy_lines, tax_lines
from corpus.pricing.lines import computed, flat
from corpus.pricing.metered import Metered, given
from corpus.pricing.rounding import added
from corpus.services import bundled, cca_service, delivery, place, sce_service, with_taxes
from corpus.statement import statement
from corpus.tariff.cpa import GREEN, LEAN


def _exporting(service: Service, kwh: int) -> Service:
    assert service.usage is not None
    return replace(service, usage=replace(service.usage, exported_kwh=Decimal(kwh)))


def sbp() -> Bill:
    """Solar Billing Plan with CPA: delivery and generation export credits apart."""
    metered, where = home(241, SUMMER, "TOU-D-PRIME"), place(241)
    credits = [
        computed(
            "delivery", "export_credit", "Energy export credit - Delivery", 412, "kWh", Decimal("-0.00431")
        ),
        computed("delivery", "export_credit", "Energy export bonus credit", 412, "kWh", Decimal("-0.04000")),
    ]
    ours = delivery(metered, where, "other", extra=credits, rate_mark=" (SCE)")
    return statement(241, [_exporting(ours, 412), _sbp_supply(metered)])


def _sbp_supply(metered: Metered) -> Service:
    options = Options()
    energy = energy_lines(metered, GREEN, options)
    export = computed(
        "generation", "export_credit", "Energy Export Credit", Decimal("-412.118"), "kWh", Decimal("0.06127")
    )
    kwh = added(line.quantity or Decimal(0) for line in energy)
    charges = (*energy, export, *tax_lines(energy, kwh, options))
    balances = (Balance("cumulative kWh relevant period year-to-date", kwh=Decimal("1284.331")),)
    return cca_service(
        metered, place(241), charges, product=GREEN, rate_schedule="SBP TOU-D-PRIME", balances=balances
    )


def nem2() -> Bill:
    """NEM 2: non-bypassable charges under a heading of their own."""
    metered, where = home(242, WINTER), place(242)
    nbc = [
        computed(
            "delivery",
            "other_crs",
            "CTC, NDC, PPPC",
            168,
            "kWh",
            Decimal("0.01846"),
            group="Nonbypassable charges (NBCs)",
        ),
        computed(
            "delivery",
            "wildfire_fund",
            "DWR bond charge",
            metered.kwh,
            "kWh",
            Decimal("0.00580"),
            group="Nonbypassable charges (NBCs)",
        ),
    ]
    service = bundled(metered, where, extra=nbc, rate_schedule="TOU-D-4 NEM2")
    return statement(
        242, [_exporting(replace(service, balances=_nem_balances("-212.06", "18.44", "-193.62")), 390)]
    )


def _nem_balances(before: str, current: str, after: str) -> tuple[Balance, ...]:
    labels = (
        "Cumulative energy charge as of previous month",
        "Current month energy charge total",
        "Cumulative year-to-date",
    )
    return tuple(
        Balance(label, amount=Decimal(value))
        for label, value in zip(labels, (before, current, after), strict=True)
    )


def nem1_negative_kwh() -> Bill:
    """NEM 1 style: more fed in than taken in a price period, so its kWh are negative."""
    start = date(2025, 6, 10)
    used = {"on_peak": 88, "mid_peak": 31, "off_peak": -142}
    metered = given("TOU-D-4", start, [(30, used)], {("summer", "on_peak"): 4})
    lines = [
        *sce_lines.base_services(metered),
        *sce_lines.energy("delivery", metered),
        computed("delivery", "other_crs", "DWR energy credit", 261, "kWh", Decimal("-0.00022")),
        *sce_lines.energy("generation", metered),
    ]
    service = sce_service(
        metered, place(243), "bundled", with_taxes(lines, None, []), rate_schedule="TOU-D-4 NEM"
    )
    assert service.usage is not None
    usage = replace(service.usage, exported_kwh=Decimal(403))
    return statement(
        243, [replace(service, usage=usage, balances=_nem_balances("-101.55", "-12.90", "-114.45"))]
    )


def settlement() -> Bill:
    """The yearly NEM settlement with net surplus compensation."""
    metered = home(244, WINTER)
    surplus = flat("other", "export_credit", "Net surplus compensation", "-17.93")
    service = bundled(metered, place(244), extra=[surplus], rate_schedule="TOU-D-4 NEM2")
    balances = (
        *_nem_balances("-80.11", "62.18", "-17.93"),
        Balance("Net surplus generation year-to-date", kwh=Decimal("893")),
    )
    bill = statement(244, [_exporting(replace(service, balances=balances), 512)])
    return replace(bill, kind="nem_settlement", kind_text="This is your NEM annual settlement bill.")


def cpa_nem() -> Bill:
    """CPA's monthly NEM: negative kWh in a period, cents and kWh carried on."""
    used = {"on_peak": 141, "mid_peak": 52, "off_peak": -171}
    metered = given("TOU-D-4", SUMMER[0], [(30, used)], {("summer", "on_peak"): 4})
    energy = energy_lines(metered, LEAN, Options())
    kwh = added(line.quantity or Decimal(0) for line in energy)
    balances = (
        Balance("cumulative kWh relevant period year-to-date", kwh=Decimal("-318.75")),
        Balance("NEM credit balance carried forward", amount=Decimal("-22.41")),
    )
    supply = cca_service(
        metered, place(245), (*energy, *tax_lines(energy, kwh, Options())), product=LEAN, balances=balances
    )
    ours = delivery(metered, place(245), "other", rate_mark=" (SCE)")
    return statement(245, [_exporting(ours, 689), supply])


SAMPLES = (
    Sample(
        "prime-sbp-export-credits-cpa-green-2026",
        (sbp(),),
        covers=("Solar Billing Plan", "export credit", "exported kWh"),
    ),
    Sample("d4-nem2-nonbypassable-charges-2026", (nem2(),), covers=("NEM", "NBC", "balances")),
    Sample("d4-nem1-negative-kwh-2025", (nem1_negative_kwh(),), covers=("NEM", "negative kWh", "balances")),
    Sample(
        "d4-nem-settlement-surplus-2026",
        (settlement(),),
        ("bill_kind",),
        covers=("NEM settlement", "balances"),
    ),
    Sample("d4-cpa-nem-negative-kwh-2026", (cpa_nem(),), covers=("NEM", "negative kWh", "balances")),
)
