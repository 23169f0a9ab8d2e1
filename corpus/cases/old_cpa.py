"""Older formats with CPA: 2018, and 2019 with a real CPA period (bills/cpa_urjanet_2019_lines.txt).

Separate service accounts for delivery and generation, as before mid-2021 (bills.md 3.3).
"""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from corpus.cases.kit import money
from corpus.cases.old_kit import old_bill, old_place, old_rows, old_usage
from corpus.dates import slashed
from corpus.model import Bill, Charge, Sample, SummaryRow
from corpus.pricing.lines import computed, flat
from corpus.pricing.metered import measure
from corpus.pricing.rounding import added
from corpus.services import delivery, generation


def cpa_2019() -> Bill:
    """The real CPA period 5/17/19 to 6/18/19, a day longer than SCE's, with lost season words."""
    start, end = date(2019, 5, 17), date(2019, 6, 17)
    metered = replace(measure("TOU-GS-2-D", start, end, 274, 41), seed="2019")
    counts = {
        ("2019-05-17", "2019-05-31"): {"mid_peak": 820, "off_peak": 1295, "super_off_peak": 2168},
        ("2019-06-01", "2019-06-17"): {"on_peak": 699, "mid_peak": 164, "off_peak": 3612},
    }
    pieces = [replace(piece, kwh=counts[str(piece.start), str(piece.end)]) for piece in metered.pieces]
    metered = replace(metered, pieces=tuple(pieces))
    ours = delivery(
        metered,
        old_place(45),
        "other",
        usage=old_usage(metered.kwh, start, end, "259000-001904"),
        demand=None,
        sidebar=(),
    )
    supply = generation(metered, replace(old_place(48), outage_group=None), "Lean Power")
    charges = (
        *_urjanet_lines(),
        flat("tax", "uut", "Utility Users Tax", "28.42"),
        flat("tax", "energy_surcharge", "Energy Surcharge", "2.63"),
    )
    total = added(charge.amount for charge in charges)
    supply = replace(supply, charges=charges, total=total, subtotal=total, end=date(2019, 6, 18))
    rows = _rows_2019(date(2019, 6, 20), ours.total + total)
    return old_bill(19, [ours, supply], date(2019, 6, 20), rows)


def _urjanet_lines() -> list[Charge]:
    table = (
        ("On-Peak", "", "699.2", "0.06699"),
        ("Mid-Peak", "", "164", "0.05764"),
        ("Mid-Peak", "Winter", "819.6", "0.04044"),
        ("Off-Peak", "Winter", "1295.2", "0.02984"),
        ("Off-Peak", "", "3612", "0.0284"),
        ("Super OfPk", "", "2168.4", "0.00998"),
    )
    lines = [_urjanet_line(*row) for row in table]
    demand = (
        ("Demand - On-Peak - Summer", "13.6", "19.6", "266.56", "on_peak"),
        ("Demand - Mid-Peak - Winter", "13.5", "3.67", "49.54", "mid_peak"),
    )
    for label, kw, rate, amount, tou in demand:
        line = computed(
            "generation",
            "time_demand",
            label,
            kw,
            "kW",
            money(rate),
            tou=tou,
            season=label.split(" - ")[-1].lower(),
        )
        lines.append(replace(line, amount=money(amount)))
    return lines


def _urjanet_line(word: str, season: str, kwh: str, rate: str) -> Charge:
    tou = {
        "On-Peak": "on_peak",
        "Mid-Peak": "mid_peak",
        "Off-Peak": "off_peak",
        "Super OfPk": "super_off_peak",
    }[word]
    label = f"Lean Power - {word}"
    if season:
        return computed(
            "generation",
            "energy",
            f"{label} - {season}",
            kwh,
            "kWh",
            money(rate),
            tou=tou,
            season=season.lower(),
        )
    known = {"on_peak": "summer", "super_off_peak": "winter"}.get(tou)
    return computed(
        "generation", "energy", label, kwh, "kWh", money(rate), tou=tou, season=known, wrap=(f"{label} -",)
    )


def _rows_2019(prepared: date, new: Decimal) -> tuple[SummaryRow, ...]:
    paid = date(2019, 6, 3)
    due = prepared + timedelta(days=19)
    return (
        SummaryRow("previous", "Previous Balance", money("901.12")),
        SummaryRow("line", f"Payment Received {slashed(paid)}", money("-901.12"), "Payment Received", paid),
        SummaryRow("balance", "Balance forward", money("0.00")),
        SummaryRow("new", "Your new charges", new),
        SummaryRow("owed", f"Total amount you owe by {slashed(due)}", new),
    )


def cpa_2018() -> Bill:
    """A residential combined bill of 2018, with the older date form throughout."""
    start, end = date(2018, 8, 2), date(2018, 8, 30)
    metered = measure("TOU-D-4", start, end, 21, 5, seed="2018")
    ours = delivery(
        metered,
        old_place(31),
        "generation",
        usage=old_usage(metered.kwh, start, end, "222010-007018"),
        sidebar=(),
    )
    supply = generation(metered, replace(old_place(32), outage_group=None), "Clean Power")
    new = ours.total + supply.total
    prepared = date(2018, 8, 31)
    return old_bill(
        18, [ours, supply], prepared, old_rows("143.22", date(2018, 8, 14), new, date(2018, 9, 19))
    )


SAMPLES = (
    Sample("old-d4-cpa-clean-2018", (cpa_2018(),), covers=("old format 2018",)),
    Sample(
        "old-gs2d-cpa-lean-season-split-2019",
        (cpa_2019(),),
        covers=("old format 2019", "lost season word", "CPA rounding", "overlapping CPA period"),
    ),
)
