"""DOMESTIC, the tiered schedule; with 579 and 372 kWh the real bill of July 2026.

CPA's lines for it are not known: one line per season, rates invented.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from corpus.model import Charge, Sample, Service
from corpus.pricing import sce as sce_lines
from corpus.pricing.cca import Options, tax_lines
from corpus.pricing.lines import TITLE, computed, flat
from corpus.pricing.metered import Metered, Piece
from corpus.pricing.rounding import added, cents, stripped
from corpus.services import cca_service, place, sce_service, with_taxes
from corpus.statement import statement
from corpus.tariff import sce
from corpus.tariff.cpa import CLEAN, GREEN, LEAN, energy_rates

_LABELS = ("Tier 1 (within baseline)", "Tier 2 (over baseline)")


@dataclass(frozen=True)
class Tiered:
    """Days of one season and their kWh by tier."""

    start: date
    end: date
    kwh: tuple[int, int]


def metered_of(number: int, parts: tuple[Tiered, ...]) -> Metered:
    """Return the same usage without tiers, for the usage block."""
    pieces = tuple(Piece(part.start, part.end, {"all": sum(part.kwh)}) for part in parts)
    return Metered("DOMESTIC", parts[0].start, parts[-1].end, pieces, {}, f"domestic{number}")


def tier_lines(section: str, rates: tuple[Decimal, Decimal], parts: tuple[Tiered, ...]) -> list[Charge]:
    """`Tier 1 (within baseline) 579 kWh x $0.17862` under each season's heading."""
    lines = []
    for part in parts:
        season = "summer" if 6 <= part.start.month <= 9 else "winter"
        for label, rate, kwh in zip(_LABELS, rates, part.kwh, strict=True):
            if kwh:
                heading = f"Energy-{TITLE[season]}"
                lines.append(
                    computed(section, "energy", label, kwh, "kWh", rate, group=heading, season=season)
                )
    return lines


def delivery_part(metered: Metered, parts: tuple[Tiered, ...]) -> list[Charge]:
    """Return the delivery lines and the fixed recovery charge."""
    return [
        computed(
            "delivery",
            "customer",
            "Base services charge",
            metered.days,
            "days",
            sce.DOMESTIC_BASE_SERVICES_DAY,
        ),
        *tier_lines("delivery", sce.TIER_DELIVERY, parts),
        computed("delivery", "wildfire_fund", "Wildfire fund charge", metered.kwh, "kWh", sce.DOMESTIC_WFC),
        computed("other", "fixed_recovery", "Fixed recovery charge", metered.kwh, "kWh", sce.RESIDENTIAL_FRC),
    ]


def bundled_service(number: int, parts: tuple[Tiered, ...], extra: tuple[Charge, ...] = ()) -> Service:
    """Return a DOMESTIC service with SCE's own generation."""
    metered = metered_of(number, parts)
    lines = [*delivery_part(metered, parts), *tier_lines("generation", sce.TIER_GENERATION, parts), *extra]
    charges = with_taxes(lines, None, [sce_lines.state_tax(metered.kwh)])
    return sce_service(metered, place(number), "bundled", charges, demand=None)


def delivery_service(number: int, parts: tuple[Tiered, ...]) -> Service:
    """Return SCE's part of a CCA customer's bill."""
    metered = metered_of(number, parts)
    surcharge = cents(metered.kwh * sce.TIER_GENERATION[0] * sce.SURCHARGE_FACTOR)
    lines = [
        *delivery_part(metered, parts),
        computed("other", "pcia", "PCIA", metered.kwh, "kWh", sce.PCIA_JANUARY_2026["2019"]),
        computed("other", "ctc", "CTC", metered.kwh, "kWh", sce.CTC_JANUARY_2026),
        flat("other", "municipal_surcharge", "Generation Municipal Surcharge", surcharge),
    ]
    return sce_service(
        metered, place(number), "delivery", with_taxes(lines, None, []), demand=None, rate_mark=" (SCE)"
    )


def supply_service(number: int, parts: tuple[Tiered, ...], product: str) -> Service:
    """Return CPA's part: one energy line per season."""
    metered, rates, lines = metered_of(number, parts), energy_rates("DOMESTIC", product), []
    for piece in metered.pieces:
        kwh = stripped(Decimal(sum(piece.kwh.values())) + Decimal("0.217"))
        label = f"{product} - {TITLE[piece.season]}"
        lines.append(
            computed(
                "generation",
                "energy",
                label,
                kwh,
                "kWh",
                rates[piece.season, "mid_peak"],
                season=piece.season,
            )
        )
    kwh = added(line.quantity or Decimal(0) for line in lines)
    charges = (*lines, *tax_lines(lines, kwh, Options(uut="4.5" if number % 2 else None)))
    return cca_service(metered, place(number), charges, product=product)


_SUMMER = (Tiered(date(2026, 6, 22), date(2026, 7, 21), (579, 372)),)
_WINTER = (Tiered(date(2026, 1, 8), date(2026, 2, 6), (360, 118)),)
_SPLIT = (
    Tiered(date(2026, 5, 19), date(2026, 5, 31), (156, 40)),
    Tiered(date(2026, 6, 1), date(2026, 6, 17), (287, 95)),
)
_LOW = (Tiered(date(2026, 7, 1), date(2026, 7, 30), (203, 0)),)


def _samples() -> Iterator[Sample]:
    for number, (name, parts) in enumerate(
        (("winter-2026", _WINTER), ("season-split-2026", _SPLIT), ("below-baseline-2026", _LOW)), 31
    ):
        yield Sample(
            f"domestic-bundled-{name}",
            (statement(number, [bundled_service(number, parts)]),),
            covers=("tiers",),
        )
    rows = [
        (p, period)
        for p in (LEAN, CLEAN, GREEN)
        for period in ((_SUMMER, "summer-2026"), (_SPLIT, "season-split-2026"))
    ]
    for number, (product, (parts, name)) in enumerate(rows, 41):
        short = {LEAN: "lean", CLEAN: "clean", GREEN: "green"}[product]
        services = [delivery_service(number, parts), supply_service(number, parts, product)]
        bill = statement(number, services)
        bill = replace(bill, style=replace(bill.style, type3_headings=number % 2 == 0))
        yield Sample(f"domestic-cpa-{short}-{name}", (bill,), covers=("tiers", "PCIA credit"))


SAMPLES = (
    Sample(
        "domestic-tiers-summer-2026",
        (statement(10, [bundled_service(10, _SUMMER)]),),
        covers=("tiers", "base services charge"),
    ),
    *_samples(),
)
