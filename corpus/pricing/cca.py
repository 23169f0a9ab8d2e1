"""A CCA's lines, as its own billing computes them and SCE prints them (bills.md 10).

kWh carry three decimals near SCE's integers, zeros are stripped, the demand of a season
split is scaled in kW instead of by `n/N days`, taxes stand inside the part.
"""

import random
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from corpus.model import Charge
from corpus.pricing.lines import CCA_TOU, TITLE, computed, flat
from corpus.pricing.metered import Metered
from corpus.pricing.rounding import added, cents, stripped
from corpus.tariff import cpa

_ORDER = ("on_peak", "mid_peak", "off_peak", "super_off_peak")
_DEMAND_TOU = {"summer": "on_peak", "winter": "mid_peak"}


@dataclass(frozen=True)
class Options:
    """How a CCA prints its part."""

    seasons_lost: bool = False  # "Lean Power - On-Peak -": the season word is gone
    uut: str | None = None  # per cent
    uut_label: str = "User Utility Tax"
    schedule: str = ""  # of the rate book, when not the metered one
    decimals: str = "0.001"
    surcharge_label: str = "Energy Surcharge"


def cca_lines(metered: Metered, product: str, options: Options | None = None) -> list[Charge]:
    """Return energy, demand and taxes of a CCA's part."""
    options = options or Options()
    lines = energy_lines(metered, product, options) + demand_lines(metered, product, options)
    kwh = added(line.quantity or Decimal(0) for line in lines if line.unit == "kWh")
    return lines + tax_lines(lines, kwh, options)


def energy_lines(metered: Metered, product: str, options: Options) -> list[Charge]:
    """`Lean Power - Mid-Peak - Winter 161.14 kWh @ 0.2106`, in TOU order."""
    dice = random.Random(f"cca{metered.seed}{product}")
    rates = cpa.energy_rates(options.schedule or metered.schedule, product)
    counts = {
        (season, tou): kwh for season in metered.seasons for tou, kwh in metered.tou_kwh(season).items()
    }
    lines = []
    for season, tou in sorted(counts, key=lambda key: (_ORDER.index(key[1]), key[0])):
        kwh = _measured(counts[season, tou], options.decimals, dice)
        label = f"{product} - {CCA_TOU[tou]}"
        printed = _season(label, tou, season, metered, options.seasons_lost)
        rate = stripped(rates[season, tou])
        lines.append(
            computed("generation", "energy", quantity=kwh, unit="kWh", rate=rate, tou=tou, **printed)
        )
    return lines


def demand_lines(metered: Metered, product: str, options: Options) -> list[Charge]:
    """`Demand - On-Peak - Summer 13.6 kW @ 19.6`; no product prefix."""
    rates = cpa.demand_rates(options.schedule or metered.schedule, product)
    lines = []
    for season in metered.seasons if rates else ():
        tou = _DEMAND_TOU[season]
        days = sum(piece.days for piece in metered.pieces if piece.season == season)
        scaled = Decimal(metered.demand[season, tou]) * days / metered.days
        label = f"Demand - {CCA_TOU[tou]} - {TITLE[season]}"
        kw = stripped(scaled.quantize(Decimal("0.1"), ROUND_HALF_UP))
        lines.append(
            computed(
                "generation", "time_demand", label, kw, "kW", stripped(rates[season]), tou=tou, season=season
            )
        )
    return lines


def tax_lines(lines: list[Charge], kwh: Decimal, options: Options) -> list[Charge]:
    """User Utility Tax on the lines above it, and the Energy Surcharge on all kWh."""
    taxes = []
    if options.uut:
        base = added(line.amount for line in lines)
        taxes.append(flat("tax", "uut", options.uut_label, cents(base * Decimal(options.uut) / 100)))
    taxes.append(flat("tax", "energy_surcharge", options.surcharge_label, cents(kwh * cpa.ENERGY_SURCHARGE)))
    return taxes


def _measured(count: int, step: str, dice: random.Random) -> Decimal:
    """Return kWh with decimals that round to SCE's integer."""
    offset = Decimal(dice.randint(-4990, 4990)) / 10000
    return stripped((count + offset).quantize(Decimal(step)))


def _season(label: str, tou: str, season: str, metered: Metered, lost: bool) -> dict[str, Any]:
    """Return label and season; a lost word leaves a dash on the page and what can be inferred."""
    if not lost:
        return {"label": f"{label} - {TITLE[season]}", "season": season}
    known = len(metered.seasons) == 1 or tou in ("on_peak", "super_off_peak")
    return {"label": label, "wrap": (f"{label} -",), "season": season if known else None}
