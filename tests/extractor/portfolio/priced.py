"""What a place is charged for some days: SCE's service and CPA's, priced as the sample bills are.

Rates are those of `corpus.tariff`: alike for all places of a schedule, product, vintage and day. PCIA
changes with the year; what SCE and CPA say of kWh agrees to less than one kWh a line.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

from corpus.model import Charge as Line
from corpus.pricing import sce
from corpus.pricing.cca import Options, cca_lines
from corpus.pricing.crs import municipal_surcharge
from corpus.pricing.lines import computed
from corpus.pricing.metered import Metered, Piece, measure
from corpus.pricing.rounding import added
from corpus.services import with_taxes
from corpus.tariff.sce import PCIA_JANUARY_2026
from extractor.model import (
    Charge,
    Component,
    Demand,
    Evidence,
    Meter,
    Period,
    Role,
    Season,
    Section,
    Service,
    Tou,
    UsageMonth,
)
from tests.extractor.portfolio.places import Place

WARM = {6: Decimal("1.04"), 7: Decimal("1.10"), 8: Decimal("1.12"), 9: Decimal("1.08")}
"""Times the usual kWh, in the months of summer."""

PCIA_BEFORE = Decimal("0.02000")
"""Dollars per kWh by which the PCIA was higher before 2026; made up."""

FIRST_BOOKS = 2025
"""The first year with rate books of its own for all schedules."""

CTC, OTHER_CRS = Decimal("0.00014"), Decimal("0.00037")
EXPORT_CREDIT = Decimal("-0.00431")
SUPPLY_EXPORT_CREDIT = Decimal("0.06127")


@dataclass(frozen=True)
class Part:
    """A place's days on a statement, both inclusive; what is not said is as usual there."""

    place: Place
    start: dt.date
    end: dt.date
    energy: Decimal = Decimal(1)
    """Times the usual kWh."""
    demand: Decimal = Decimal(1)
    """Times the usual kW."""
    is_estimated: bool = False
    supplied: tuple[tuple[Part, ...], ...] | None = None
    """Of CPA's services on the statement the deliveries that each supplies; None: its own."""
    into_next: int = 0
    """Days by which CPA's printed period reaches into the next."""
    meters: tuple[str, ...] = ()
    """Numbers of its meters, where they are not the place's."""
    changed: Callable[[Line], Line] | None = None
    """What is printed instead of a line of SCE's."""
    extra: tuple[Line, ...] = ()

    @property
    def days(self) -> int:
        """Days of its period."""
        return (self.end - self.start).days + 1

    @property
    def month(self) -> str:
        """The month in which its period ends, as YYYY-MM: its read month."""
        return f"{self.end:%Y-%m}"


def metered(part: Part) -> Metered:
    """Return what a part's meter measured: made up, but always the same."""
    place = part.place
    daily = round(place.daily_kwh * WARM.get(part.end.month, Decimal(1)) * part.energy)
    dice = random.Random(f"{place.pod_id}{part.start}")
    kw = round(place.kw * float(part.demand) * dice.uniform(0.95, 1.05))
    return _measured(place.schedule, part.start, part.end, daily, kw, place.pod_id)


@lru_cache(4096)
def _measured(schedule: str, start: dt.date, end: dt.date, daily: int, kw: int, seed: str) -> Metered:
    used = measure(schedule, start, end, daily, kw, seed)
    return replace(used, pieces=tuple(_priced_later(piece) for piece in used.pieces))


def _priced_later(piece: Piece) -> Piece:
    """Return days of before 2025 as those of a year later: the rate books before that are years older."""
    years = dt.timedelta(days=365 * max(0, FIRST_BOOKS - piece.start.year))
    return replace(piece, start=piece.start + years, end=piece.end + years)


def kwh_before(place: Place, year: int, month: int) -> int:
    """Return kWh of a month before the portfolio begins, as bills print it in their usage history."""
    return round(place.daily_kwh * WARM.get(month, Decimal(1)) * 30)


def services_of(part: Part, history: Sequence[UsageMonth]) -> list[Service]:
    """Return what a statement charges for a part: SCE's service, and CPA's where it sells the energy."""
    if part.place.product is None and not part.supplied:
        return [_bundled(part, history)]
    supplied = ((part,),) if part.supplied is None else part.supplied
    return [_delivery(part, history), *(_supply(part, parts) for parts in supplied)]


def _bundled(part: Part, history: Sequence[UsageMonth]) -> Service:
    used = metered(part)
    lines = [*sce.delivery_lines(used), *sce.generation_lines(used), *sce.fixed_recovery(used)]
    return _of_sce(part, "bundled", lines, [sce.state_tax(used.kwh)], history)


def _delivery(part: Part, history: Sequence[UsageMonth]) -> Service:
    used = metered(part)
    lines = [*sce.delivery_lines(used), *_cost_responsibility(part, used), *sce.fixed_recovery(used)]
    return _of_sce(part, "delivery", lines, [], history)


def _cost_responsibility(part: Part, used: Metered) -> list[Line]:
    vintage = part.place.vintage
    label = f"{vintage} Vintage CRS"
    pcia = [
        computed("other", "pcia", label, kwh, "kWh", pcia_of(vintage, year), vintage=vintage)
        for year, kwh in _by_year(used)
    ]
    return [
        *pcia,
        computed("other", "ctc", "CTC", used.kwh, "kWh", CTC),
        computed("other", "other_crs", "CCA cost responsibility surcharge", used.kwh, "kWh", OTHER_CRS),
        municipal_surcharge("other", used),
    ]


def pcia_of(vintage: str, year: int) -> Decimal:
    """Return the PCIA of a vintage in a year, dollars per kWh.

    >>> pcia_of("2018", 2026), pcia_of("2018", 2025)
    (Decimal('-0.01227'), Decimal('0.00773'))
    """
    return PCIA_JANUARY_2026[vintage] + (PCIA_BEFORE if year < 2026 else 0)


def _by_year(used: Metered) -> list[tuple[int, int]]:
    """Return the kWh of each year of a period, by days."""
    if used.start.year == used.end.year:
        return [(used.start.year, used.kwh)]
    before = used.kwh * (dt.date(used.end.year, 1, 1) - used.start).days // used.days
    return [(used.start.year, before), (used.end.year, used.kwh - before)]


def _of_sce(
    part: Part, role: Role, lines: Iterable[Line], taxes: list[Line], history: Sequence[UsageMonth]
) -> Service:
    place, used = part.place, metered(part)
    exported = _exported(used) if place.exports else None
    extra = list(part.extra)
    if exported is not None:
        label = "Energy export credit - Delivery"
        extra.append(computed("delivery", "export_credit", label, exported, "kWh", EXPORT_CREDIT))
    printed = [*lines, *extra]
    if part.changed:
        printed = [part.changed(line) for line in printed]
    charges = with_taxes(printed, place.city, taxes)
    meters = _meters(part, used)
    return Service(
        status="verified",
        provider="SCE",
        role=role,
        service_account=place.service_account,
        pod_id=place.pod_id,
        service_address=place.address,
        rotating_outage_group="A013",
        rate_schedule=place.schedule,
        period=Period(start=part.start, end=part.end, days=part.days),
        meter=meters[0].number if len(meters) == 1 else None,
        meters=meters,
        usage_kwh=Decimal(used.kwh),
        exported_kwh=None if exported is None else Decimal(exported),
        estimated=part.is_estimated,
        max_demand_kw=Decimal(used.max_kw) if place.is_metered_in_kw else None,
        demands=_demands(used) if place.is_metered_in_kw else (),
        usage_history=tuple(history),
        charges=charged(charges, page=3),
        subtotal=added(line.amount for line in charges if line.section != "tax"),
        total=added(line.amount for line in charges),
    )


def _exported(used: Metered) -> int:
    return used.kwh // 3


def _meters(part: Part, used: Metered) -> tuple[Meter, ...]:
    """Return the meters of a part, each with an equal share of its days, the last with the rest."""
    numbers = part.meters or (part.place.meter,)
    step = dt.timedelta(days=part.days // len(numbers))
    starts = [part.start + at * step for at in range(len(numbers))] + [part.end + dt.timedelta(days=1)]
    kwh = used.kwh // len(numbers)
    last = used.kwh - kwh * (len(numbers) - 1)
    spans = [(start, following - dt.timedelta(days=1)) for start, following in pairwise(starts)]
    return tuple(
        Meter(
            number=number,
            start=start,
            end=end,
            usage_kwh=Decimal(last if end == part.end else kwh),
            estimated=part.is_estimated,
        )
        for number, (start, end) in zip(numbers, spans, strict=True)
    )


def _demands(used: Metered) -> tuple[Demand, ...]:
    return tuple(Demand(season=_season(s), tou=_tou(t), kw=Decimal(kw)) for (s, t), kw in used.demand.items())


def _supply(part: Part, parts: Sequence[Part]) -> Service:
    """Return CPA's service for some deliveries."""
    place = replace(part.place, product=part.place.product or parts[0].place.product)
    used = joined([metered(one) for one in parts])
    options = Options(uut=place.city[1] if place.city else None, uut_label="Utility Users Tax")
    lines = cca_lines(used, place.product or "", options)
    if place.exports:
        credit = computed(
            "generation",
            "export_credit",
            "Energy Export Credit",
            -_exported(used),
            "kWh",
            SUPPLY_EXPORT_CREDIT,
        )
        lines.insert(0, credit)
    end = used.end + dt.timedelta(days=part.into_next)
    total = added(line.amount for line in lines)
    return Service(
        status="verified",
        provider="CPA",
        role="generation",
        service_account=place.supply_account,
        pod_id=place.pod_id,
        service_address=place.address,
        rotating_outage_group="A013",
        rate_schedule=place.schedule,
        product=place.product,
        period=Period(start=used.start, end=end, days=(end - used.start).days + 1),
        charges=charged(lines, page=5),
        subtotal=total,
        total=total,
    )


def joined(all_used: Sequence[Metered]) -> Metered:
    """Return several periods in a row as one."""
    first, last = all_used[0], all_used[-1]
    demand: dict[tuple[str, str], int] = {}
    for used in all_used:
        for key, kw in used.demand.items():
            demand[key] = max(kw, demand.get(key, 0))
    pieces = tuple(piece for used in all_used for piece in used.pieces)
    return Metered(first.schedule, first.start, last.end, pieces, demand, first.seed)


def charged(lines: Iterable[Line], page: int) -> tuple[Charge, ...]:
    """Return lines as the record has them, numbered, each with a place on the page."""
    return tuple(_charge(at, line, page) for at, line in enumerate(lines, 1))


def _charge(at: int, line: Line, page: int) -> Charge:
    top = 90.0 + 11 * at
    return Charge(
        line=at,
        section=SECTIONS[line.section],
        component=Component(line.component),
        group=line.group,
        label=line.label,
        tou=_tou(line.tou),
        season=_season(line.season),
        vintage=line.vintage,
        quantity=line.quantity,
        unit=line.unit,
        rate=line.rate,
        days=line.days,
        amount=line.amount,
        evidence=Evidence(page=page, bbox=(50, top, 400, top + 9), text=f"{line.label} {line.amount}"),
    )


SECTIONS: Mapping[str, Section] = {
    "delivery": "delivery",
    "generation": "generation",
    "other": "other",
    "tax": "tax",
}
_SEASONS: Mapping[str, Season] = {"summer": "summer", "winter": "winter"}
_TOUS: Mapping[str, Tou] = {
    "on_peak": "on_peak",
    "mid_peak": "mid_peak",
    "off_peak": "off_peak",
    "super_off_peak": "super_off_peak",
}


def _season(name: str | None) -> Season | None:
    return None if name is None else _SEASONS[name]


def _tou(name: str | None) -> Tou | None:
    return None if name is None else _TOUS[name]
