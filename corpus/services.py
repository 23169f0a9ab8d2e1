"""From usage to a whole service: its lines, sums, usage block, demand block, sidebar.

`bundled`, `delivery` and `generation` build the three roles of the read contract. A case
changes what it is about with `dataclasses.replace` or through the keyword arguments.
"""

import random
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from corpus.model import Charge, DemandBox, DemandRow, Meter, Month, Place, Service, Usage
from corpus.pricing import sce as sce_lines
from corpus.pricing.cca import Options, cca_lines
from corpus.pricing.crs import crs_lines
from corpus.pricing.lines import TITLE, percentage
from corpus.pricing.metered import Metered
from corpus.pricing.rounding import added, cents
from corpus.tariff.sce import BOOKS, book_on

STREETS = (
    "12345 N EXAMPLE STRT",
    "200 E SAMPLE AVE",
    "77 DUMMY BLVD # B",
    "4100 W PLACEHOLDER RD",
    "9 TEST CT",
)
TOWNS = ("ANYTOWN, CA 90000", "SAMPLEVILLE, CA 91000", "EXAMPLE HILLS, CA 91301", "NOWHERE BEACH, CA 90254")


def place(number: int, pod: bool = True) -> Place:
    """Return the dummy place with this number, service account 80000000xx."""
    street, town = STREETS[number % len(STREETS)], TOWNS[number % len(TOWNS)]
    group = ("A013", "N001", "A028", "A044")[number % 4]
    return Place(
        f"80000{number:05d}", (street, town), f"{101760940000000000 + number}" if pod else None, group
    )


def bundled(
    metered: Metered,
    where: Place,
    extra: Iterable[Charge] = (),
    uut: tuple[str, str] | None = None,
    **more: Any,
) -> Service:
    """Return SCE's delivery and generation on one service."""
    lines = [
        *sce_lines.delivery_lines(metered),
        *sce_lines.generation_lines(metered),
        *sce_lines.fixed_recovery(metered),
    ]
    taxed = with_taxes([*lines, *extra], uut, [sce_lines.state_tax(metered.kwh)])
    return sce_service(metered, where, "bundled", taxed, **more)


def delivery(
    metered: Metered,
    where: Place,
    placement: str = "other",
    extra: Iterable[Charge] = (),
    uut: tuple[str, str] | None = None,
    vintage: str = "2018",
    rates: dict[str, Decimal] | None = None,
    **more: Any,
) -> Service:
    """Return SCE's part of a CCA customer's bill, with its cost-responsibility lines."""
    lines = sce_lines.delivery_lines(metered)
    surcharges = crs_lines(metered, placement, vintage, **(rates or {}))
    taxed = with_taxes([*lines, *surcharges, *sce_lines.fixed_recovery(metered), *extra], uut, [])
    return sce_service(metered, where, "delivery", taxed, **more)


def generation(
    metered: Metered, where: Place, product: str, options: Options | None = None, **more: Any
) -> Service:
    """Return a CCA's part."""
    charges = tuple(cca_lines(metered, product, options))
    return cca_service(metered, where, charges, product=product, **more)


def cca_service(metered: Metered, where: Place, charges: tuple[Charge, ...], **more: Any) -> Service:
    """Return a CCA's part with given lines; its sub-total includes the taxes (bills.md 10)."""
    total = added(charge.amount for charge in charges)
    given = {
        "provider": "CPA",
        "rate_schedule": metered.schedule,
        "residential": _residential(metered),
        **more,
    }
    return Service(
        role="generation",
        place=where,
        start=metered.start,
        end=metered.end,
        charges=charges,
        total=total,
        subtotal=total,
        **given,
    )


def with_taxes(lines: list[Charge], uut: tuple[str, str] | None, taxes: list[Charge]) -> tuple[Charge, ...]:
    """Order lines by section and append UUT (city, per cent) on their subtotal, then other taxes."""
    order = ("delivery", "generation", "other")
    ranked = [line for section in order for line in lines if line.section == section]
    if uut is not None:
        ranked.append(percentage(f"{uut[0]} UUT", added(line.amount for line in ranked), uut[1]))
    return (*_headed_first(ranked), *taxes)


def _headed_first(lines: list[Charge]) -> list[Charge]:
    """Put lines under a heading of their own between delivery and the plain other lines."""
    headed = [line for line in lines if line.heading]
    first = [line for line in lines if line.section in ("delivery", "generation")]
    return first + headed + [line for line in lines if line not in first and line not in headed]


def sce_service(
    metered: Metered, where: Place, role: str, charges: tuple[Charge, ...], **more: Any
) -> Service:
    """Return SCE's service with sums, usage block, demand block and sidebar."""
    subtotal = added(charge.amount for charge in charges if charge.section != "tax")
    total = added(charge.amount for charge in charges)
    given: dict[str, Any] = {
        "provider": "SCE",
        "rate_schedule": metered.schedule,
        "usage": usage_of(metered, where),
        "demand": demand_of(metered),
        "season_note": season_note(metered),
        "sidebar": sidebar_of(metered, role, subtotal),
        "residential": _residential(metered),
        **more,
    }
    return Service(
        role=role,
        place=where,
        start=metered.start,
        end=metered.end,
        charges=charges,
        total=total,
        subtotal=subtotal,
        **given,
    )


def _residential(metered: Metered) -> bool:
    return metered.schedule.startswith(("TOU-D-", "DOMESTIC"))


def season_note(metered: Metered) -> str:
    """Return ` Winter/Summer Season` where the period has both."""
    names = [TITLE[season] for season in metered.seasons]
    return f" {'/'.join(names)} Season" if len(names) > 1 else ""


def usage_of(metered: Metered, where: Place) -> Usage:
    """Return the usage block with one meter and fourteen months."""
    dice = random.Random(f"usage{metered.seed}")
    meter = meter_number(where)
    kwh = Decimal(metered.kwh)
    reactive = None if _residential(metered) else round(metered.kwh * 0.52)
    meters = (Meter(meter, metered.start, metered.end, kwh),)
    return Usage(
        kwh, meters, reactive_kvarh=reactive, history=history(metered.end, metered.kwh, metered.days, dice)
    )


def meter_number(where: Place) -> str:
    """Return the meter of a service account, in one of the forms seen (bills.md 4.3)."""
    last = int(where.service_account[-5:].replace("-", ""))
    return f"{('359150', '259000', '222011', 'V349N')[last % 4]}-{last:06d}"


def history(end: date, kwh: int, days: int, dice: random.Random) -> tuple[Month, ...]:
    """Return the columns: this month two years ago (maybe missing), last year's, every one since."""
    ends = [(end.year - 2, end.month)] + [
        divmod(end.year * 12 + end.month - 1 - back, 12) for back in range(12, -1, -1)
    ]
    labels = [ends[0], *((year, month + 1) for year, month in ends[1:])]
    months = [
        Month(year, month, round(kwh * dice.uniform(0.8, 1.25)), dice.choice((29, 30, 31, 32)))
        for year, month in labels
    ]
    if dice.random() < 0.4:
        months[0] = Month(*labels[0], None, None)
    months[-1] = Month(*labels[-1], kwh, days)
    return tuple(months)


def demand_of(metered: Metered) -> DemandBox | None:
    """Return the demand block of schedules with demand charges."""
    book = book_on(metered.schedule, metered.end) if metered.schedule in BOOKS else None
    if book is None or book.facilities is None:
        return None
    dice = random.Random(f"demand{metered.seed}")
    rows = tuple(
        DemandRow(season, tou, kw, _moment(metered, dice)) for (season, tou), kw in metered.demand.items()
    )
    reactive = sce_lines.reactive_kvar(metered) if book.power_factor else None
    return DemandBox(metered.max_kw, 500 if metered.max_kw > 199 else 199, rows, reactive)


def _moment(metered: Metered, dice: random.Random) -> str:
    day = date.fromordinal(dice.randint(metered.start.toordinal(), metered.end.toordinal()))
    hour, quarter = dice.randint(1, 11), dice.choice((("00", "15"), ("15", "30"), ("30", "45")))
    half = dice.choice(("am", "pm"))
    return f"{day:%m/%d/%y} {hour:02d}:{quarter[0]}{half}-{hour:02d}:{quarter[1]}{half}"


def sidebar_of(metered: Metered, role: str, subtotal: Decimal) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the information beside the charges: parts of them, never to be added."""
    share = {
        name: cents(subtotal * Decimal(part))
        for name, part in (("t", "0.069"), ("d", "0.376"), ("p", "0.138"), ("n", "0.033"))
    }
    delivery_items = (
        f"${share['t']:,} transmission charges",
        f"${share['d']:,} distribution charges",
        "-$0.18 nuclear decommissioning|charges",
        f"${share['p']:,} public purpose programs|charge",
        f"${share['n']:,} new system generation|charge",
    )
    blocks: list[tuple[str, tuple[str, ...]]] = [("Your Delivery charges include:", delivery_items)]
    if role == "bundled":
        pcia = cents(subtotal * Decimal("-0.1067"))
        items = (
            "-$7.70 competition transition charge",
            f"-${-pcia:,} power charge indifference|adjustment (PCIA)",
        )
        blocks.append(("Your Generation charges include:", items))
        blocks.append(
            (
                "Your overall energy charges include:",
                (f"${cents(subtotal * Decimal('0.0092')):,} franchise fees",),
            )
        )
    blocks.append(("Additional information:", _additional(metered)))
    return tuple(blocks)


def _additional(metered: Metered) -> tuple[str, ...]:
    if not _residential(metered):
        return ("Service voltage: 240 volts",)
    return ("Service voltage: 240 volts", *(_allowance(metered, season) for season in metered.seasons))


def _allowance(metered: Metered, season: str) -> str:
    days = sum(piece.days for piece in metered.pieces if piece.season == season)
    return f"Your {season} baseline|allowance: {Decimal('16.9' if season == 'summer' else '12.0') * days} kWh"
