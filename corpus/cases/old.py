"""Older formats: 2008 Direct Access, 2014 direct payment, early 2021 (bills.md 8).

The first rows of the account summary of 2008 and all lines of `minimum_charge_2021` are real.
"""

from dataclasses import replace
from datetime import date

from corpus.cases.kit import money
from corpus.cases.old_kit import old_bill, old_rows, old_service, old_usage
from corpus.dates import slashed
from corpus.model import Bill, Charge, Sample, Service, SummaryRow
from corpus.pricing.lines import computed, flat, percentage
from corpus.pricing.rounding import added


def direct_access_2008() -> Bill:
    """After the published TOU-8 sample of May 2008; only its summary's first rows are real."""
    start, end, kwh = date(2008, 4, 2), date(2008, 5, 1), 387_211
    energy = (("Mid peak", "mid_peak", 121_744), ("Off peak", "off_peak", 265_467))
    lines = [
        computed("delivery", "facilities_demand", "Facilities rel demand", 912, "kW", money("9.12000")),
        *(
            computed(
                "delivery",
                "energy",
                label,
                count,
                "kWh",
                money("0.00912"),
                group="Energy-Winter",
                tou=tou,
                season="winter",
            )
            for label, tou, count in energy
        ),
        flat("delivery", "customer", "Customer charge", "412.67"),
        computed("delivery", "power_factor", "Power factor adj", 355, "kVar", money("0.23000")),
        computed(
            "other",
            "other_crs",
            "Direct access cost responsibility surcharge",
            kwh,
            "kWh",
            money("0.00703"),
            wrap=("Direct access cost responsibility", "surcharge"),
        ),
        flat("other", "municipal_surcharge", "Generation Municipal Surcharge", "251.90"),
    ]
    taxed = [
        *lines,
        percentage("Claremont UUT", added(line.amount for line in lines), "5.50000"),
        computed("tax", "state_tax", "State tax", kwh, "kWh", money("0.00022")),
    ]
    service = old_service(
        8, "delivery", "TOU-8 DA NON-CON", start, end, taxed, usage=old_usage(kwh, start, end, "Z123Y-004567")
    )
    rows = old_rows("17831.36", date(2008, 4, 14), service.total, date(2008, 5, 21))
    return old_bill(8, [service], date(2008, 5, 2), rows)


def direct_payment_2014() -> Bill:
    """`Direct payment we credited on Jan 06 '14 - thank you`, and the next debit announced."""
    start, end = date(2013, 12, 4), date(2014, 1, 6)
    service = _tiered_2014(start, end)
    paid = date(2014, 1, 6)
    rows = list(old_rows("88.14", paid, service.total, date(2014, 1, 27)))
    rows[1] = replace(
        rows[1],
        printed="Direct payment we credited on Jan 06 '14 - thank you",
        label="Direct payment we credited - thank you",
    )
    message = "We will automatically debit the total amount due from your checking account on Jan 17 '14."
    return old_bill(
        14, [service], date(2014, 1, 7), tuple(rows), autopay=True, messages=(message,), due=date(2014, 1, 27)
    )


def _tiered_2014(start: date, end: date) -> Service:
    def tiers(section: str, rates: tuple[str, str]) -> list[Charge]:
        labels = ("Tier 1 (100% of baseline)", "Tier 2 (101% to 130%)")
        return [
            computed(
                section, "energy", label, kwh, "kWh", money(rate), group="Energy-Winter", season="winter"
            )
            for label, kwh, rate in zip(labels, (352, 97), rates, strict=True)
        ]

    lines = [
        computed("delivery", "customer", "Basic charge", 34, "days", money("0.02900")),
        *tiers("delivery", ("0.06912", "0.09511")),
        computed("delivery", "wildfire_fund", "DWR bond charge", 449, "kWh", money("0.00493")),
        *tiers("generation", ("0.06234", "0.07102")),
        computed("generation", "other_crs", "DWR energy credit", 449, "kWh", money("-0.00022")),
    ]
    tax = computed("tax", "state_tax", "State tax", 449, "kWh", money("0.00029"))
    return old_service(
        14,
        "bundled",
        "DOMESTIC",
        start,
        end,
        [*lines, tax],
        usage=old_usage(449, start, end, "222010-004417"),
        residential=True,
    )


def minimum_charge_2021() -> Bill:
    """The real minimum bill of 2021: Basic charge to City Tax, 12.51 in all."""
    start, end = date(2021, 6, 3), date(2021, 7, 4)
    base = [
        computed("delivery", "customer", "Basic charge", 32, "days", money("0.03100")),
        computed(
            "delivery",
            "energy",
            "Tier 1 (100% of baseline)",
            10,
            "kWh",
            money("0.13310"),
            group="Energy-Summer",
            season="summer",
        ),
        computed("delivery", "wildfire_fund", "DWR bond charge", 10, "kWh", money("0.00580")),
        flat("delivery", "customer", "Bal of minimum charge", "8.75"),
        computed(
            "generation",
            "energy",
            "Tier 1 (100% of baseline)",
            10,
            "kWh",
            money("0.09558"),
            group="Energy-Summer",
            season="summer",
        ),
    ]
    city = percentage("City Tax", added(line.amount for line in base), "3.50000")
    service = old_service(
        21,
        "bundled",
        "DOMESTIC",
        start,
        end,
        [*base, city],
        usage=old_usage(10, start, end, "222011-002101"),
        residential=True,
    )
    due, new = date(2021, 7, 26), service.total
    rows = (
        SummaryRow("line", "Past due amount", money("75.39"), "Past due amount"),
        SummaryRow("new", "Your new charges", new),
        SummaryRow("owed", f"Total amount you owe by {slashed(due)}", money("75.39") + new),
    )
    return old_bill(
        21, [service], date(2021, 7, 5), rows, messages=("PAST DUE",), past_due=money("75.39"), due=due
    )


SAMPLES = (
    Sample(
        "old-tou8-direct-access-2008",
        (direct_access_2008(),),
        ("generation_missing",),
        covers=("old format 2008", "Direct Access"),
    ),
    Sample(
        "old-domestic-direct-payment-2014", (direct_payment_2014(),), covers=("old format 2014", "autopay")
    ),
    Sample(
        "old-minimum-charge-past-due-2021",
        (minimum_charge_2021(),),
        covers=("old format 2021", "minimum charge", "past due", "city tax"),
    ),
)
