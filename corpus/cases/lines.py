"""Charge lines out of the ordinary: credits in every printed form, discounts, unknown labels."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from corpus.cases.kit import SPLIT, SUMMER, SUMMER_2025, combined, home, office, plain, recharged
from corpus.model import Bill, Charge, Sample, Service
from corpus.pricing import sce as sce_lines
from corpus.pricing.lines import computed, flat, percentage
from corpus.pricing.metered import measure
from corpus.pricing.rounding import added
from corpus.services import bundled, delivery, generation, place, with_taxes
from corpus.statement import statement
from corpus.tariff import sce
from corpus.tariff.cpa import CLEAN

_CREDIT = flat("other", "climate_credit", "CA Climate Credit", sce.CLIMATE_CREDIT)
_FORMS = {
    "minus-before-dollar": "-$",
    "dollar-minus": "$-",
    "trailing-minus": "$x-",
    "parentheses": "()",
    "cr": "CR",
}


def negative(number: int, form: str) -> Bill:
    """Baseline and climate credit with their amounts in one printed form."""
    bill = plain(number, home(number, SUMMER if number % 2 else SUMMER_2025), extra=[_CREDIT])
    service = bill.services[0]
    charges = tuple(replace(charge, negative=form) for charge in service.charges)
    return replace(bill, services=(replace(service, charges=charges),))


def cpp_summer() -> Bill:
    """TOU-GS-2-D CPP with four events in one summer period."""
    metered = measure("TOU-GS-2-D", date(2025, 7, 3), date(2025, 8, 1), 1100, 96)
    events = sce_lines.cpp_lines(metered, [date(2025, 7, day) for day in (9, 10, 17, 28)], 431)
    return statement(221, [bundled(metered, place(221), extra=events, rate_schedule="TOU-GS-2-D CPP")])


def tou8_split() -> Bill:
    """TOU-8-D with power factor, voltage discount and both seasons."""
    metered = measure("TOU-8-D", *SPLIT, 15100, 905)
    discount = computed("delivery", "discount", "Voltage discount", metered.max_kw, "kW", Decimal("-0.48000"))
    return statement(222, [bundled(metered, place(222), extra=[discount])])


def three_phase() -> Bill:
    """TOU-GS-1-E with the daily three-phase charge of the tariff (line form invented)."""
    metered = measure("TOU-GS-1-E", *SUMMER, 61, 13, seed="216")
    phase = computed("delivery", "customer", "Three phase service", metered.days, "days", Decimal("0.04600"))
    where = place(216)
    ours = delivery(metered, where, "heading", extra=[phase], rate_mark=" (SCE)")
    return statement(216, [ours, generation(metered, where, CLEAN)])


def care() -> Bill:
    """A CARE customer: a discount line (form invented) and SCE's message."""
    metered = home(223)
    plain_lines = bundled(metered, place(223)).charges
    energy = added(line.amount for line in plain_lines if line.component == "energy")
    discount = flat(
        "other", "discount", "CARE discount", -(energy * Decimal("0.325")).quantize(Decimal("0.01"))
    )
    bill = plain(223, metered, extra=[discount])
    return replace(
        bill, messages=(f"You saved ${-discount.amount} this month by being enrolled in the CARE program.",)
    )


def unknown_label() -> Bill:
    """Labels that no list has, and that close."""
    metered = office(224)
    extra = [
        computed("delivery", "unknown", "Resiliency program rider", metered.kwh, "kWh", Decimal("0.00112")),
        computed("other", "unknown", "Meter pulse output", 2, "units", Decimal("4.15000")),
    ]
    return plain(224, metered, extra=extra)


def corrected() -> Bill:
    """A corrected bill with a rebill line (layout not known, form invented)."""
    extra = [
        flat("other", "adjustment", "Adjustment for period 04/10/26 to 05/09/26", "-48.19"),
        flat("other", "adjustment", "Rebill correction", "31.07"),
    ]
    bill = combined(225, home(225), extra=extra)
    text = "This is a corrected bill. It replaces your bill dated 07/09/26."
    return replace(bill, kind="corrected", kind_text=text)


def uut_everywhere() -> Bill:
    """UUT on SCE's subtotal and, apart, inside CPA's part; before the climate credit by rule."""
    metered, where = office(226, SPLIT), place(226)
    from corpus.pricing.cca import Options

    ours = delivery(metered, where, "other", uut=("Sampleville", "7.50000"), rate_mark=" (SCE)")
    return statement(
        226, [ours, generation(metered, where, CLEAN, Options(uut="7.5", uut_label="Utility Users Tax"))]
    )


def wildfire_off_by_a_cent() -> Bill:
    """The one real line that is not half-up: one line, summed from two rounded parts."""
    metered = measure("TOU-GS-3D", *SPLIT, 1444, 210)
    service = bundled(metered, place(227))
    charges = [_a_cent_less(line) if line.component == "wildfire_fund" else line for line in service.charges]
    return statement(227, [recharged(service, charges)])


def _a_cent_less(line: Charge) -> Charge:
    return replace(line, amount=line.amount - Decimal("0.01"))


def pcia_placements() -> Bill:
    """PCIA and CTC with opposite signs on one bill, PCIA named outright."""
    metered, where = office(228, SPLIT), place(228)
    service = delivery(
        metered, where, "other", rates={"pcia": Decimal("-0.01227"), "ctc": Decimal("0.00014")}
    )
    renamed = [
        replace(line, label="Power charge indifference adj", vintage=None)
        if line.component == "pcia"
        else line
        for line in service.charges
    ]
    return statement(228, [replace(service, charges=tuple(renamed)), generation(metered, where, CLEAN)])


def tax_of_state_on_cca() -> Service:
    """SCE's part with State tax although CPA bills the surcharge (not seen; must still close)."""
    metered = office(229)
    service = delivery(metered, place(229), "heading")
    lines = [line for line in service.charges if line.section != "tax"]
    return recharged(service, with_taxes(lines, None, [sce_lines.state_tax(metered.kwh)]))


def city_tax() -> Bill:
    """Older wording `City Tax`, on a printed base."""
    metered = home(230, SUMMER_2025)
    service = bundled(metered, place(230))
    base = service.subtotal or Decimal(0)
    lines = [line for line in service.charges if line.section != "tax"]
    charges = [*lines, percentage("City Tax", base, "3.50000"), sce_lines.state_tax(metered.kwh)]
    return statement(230, [recharged(service, charges)])


SAMPLES = (
    *(
        Sample(
            f"negative-amounts-{name}",
            (negative(number, form),),
            covers=(f"negative {form}", "climate credit", "baseline credit"),
        )
        for number, (name, form) in enumerate(_FORMS.items(), 231)
    ),
    Sample("gs2d-cpp-four-events-2025", (cpp_summer(),), covers=("CPP event", "CPP incentive")),
    Sample("tou8d-voltage-discount-season-split-2026", (tou8_split(),), covers=("discount", "power factor")),
    Sample("gs1e-cpa-three-phase-2026", (three_phase(),), covers=("three phase",)),
    Sample("d4-care-discount-2026", (care(),), covers=("CARE",)),
    Sample(
        "gs2e-unknown-labels-close-2026", (unknown_label(),), ("unknown_label",), covers=("unknown label",)
    ),
    Sample(
        "d4-cpa-corrected-bill-2026", (corrected(),), ("bill_kind",), covers=("corrected bill", "adjustment")
    ),
    Sample("gs2e-cpa-uut-both-sides-2026", (uut_everywhere(),), covers=("UUT on both sides",)),
    Sample("gs3d-wildfire-off-by-a-cent-2026", (wildfire_off_by_a_cent(),), covers=("one-cent line",)),
    Sample("gs2e-cpa-pcia-credit-ctc-charge-2026", (pcia_placements(),), covers=("PCIA credit", "CTC")),
    Sample(
        "gs2e-cpa-state-tax-on-delivery-2026",
        (statement(229, [tax_of_state_on_cca(), generation(office(229), place(229), CLEAN)]),),
        covers=("state tax with CCA",),
    ),
    Sample("d4-city-tax-2025", (city_tax(),), covers=("city tax",)),
)
