"""SCE's lines: delivery, its own generation, CPP, and what stands under "Other charges".

Forms and order after bills.md 9. Rules: energy by real kWh per piece; facilities and demand
by days (`x n/N days`), customer charge the same but silently; lines whose rate does not
change across a price change are not split.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

from corpus.dates import worded
from corpus.model import Charge
from corpus.pricing.lines import SCE_TOU, TITLE, computed, flat
from corpus.pricing.metered import TOUS, Metered, Piece
from corpus.pricing.rounding import cents
from corpus.tariff import sce
from corpus.tariff.book import BASIC_CHARGE, Book

_DEMAND_TOU = {"summer": "on_peak", "winter": "mid_peak"}


@dataclass(frozen=True)
class Run:
    """Consecutive pieces that share what matters to a line."""

    book: Book
    season: str
    days: int
    kwh: dict[str, int]


def runs(metered: Metered, key: Callable[[Book], object], by_season: bool = False) -> list[Run]:
    """Join the pieces whose `key` of the rate book (and season, if asked) is the same."""

    def what(piece: Piece) -> tuple[object, object]:
        return key(sce.book_on(metered.schedule, piece.start)), piece.season if by_season else None

    return [_run(metered, list(pieces)) for _, pieces in groupby(metered.pieces, what)]


def _run(metered: Metered, pieces: list[Piece]) -> Run:
    kwh: dict[str, int] = {}
    for piece in pieces:
        for tou, count in piece.kwh.items():
            kwh[tou] = kwh.get(tou, 0) + count
    book = sce.book_on(metered.schedule, pieces[0].start)
    return Run(book, pieces[0].season, sum(piece.days for piece in pieces), kwh)


def proration(days: int, period: int) -> tuple[int, int] | None:
    """Return the printed n/N; Rule 9 takes 30 days outside 27 to 33 (bills.md 9.3).

    >>> proration(30, 30), proration(4, 30), proration(35, 35)
    (None, (4, 30), (35, 30))
    """
    whole = period if 27 <= period <= 33 else 30
    return None if days == whole else (days, whole)


def delivery_lines(metered: Metered) -> list[Charge]:
    """Return the lines under "Delivery charges" in printed order."""
    return [
        *base_services(metered),
        *facilities(metered),
        *demand("delivery", metered, lambda book: book.time_demand),
        *energy("delivery", metered),
        *baseline_credit(metered),
        *wildfire(metered),
        *customer(metered),
        *power_factor(metered),
    ]


def generation_lines(metered: Metered) -> list[Charge]:
    """Return the lines under SCE's "Generation charges"."""
    return [*demand("generation", metered, lambda book: book.gen_demand), *energy("generation", metered)]


def base_services(metered: Metered) -> list[Charge]:
    """`Base services charge 30 days x $0.76900`; `Basic charge` before November 2025."""
    return [
        computed("delivery", "customer", _daily_label(run.book), run.days, "days", run.book.base_services_day)
        for run in runs(metered, lambda book: book.base_services_day)
        if run.book.base_services_day
    ]


def _daily_label(book: Book) -> str:
    return "Basic charge" if book.base_services_day == BASIC_CHARGE else "Base services charge"


def facilities(metered: Metered) -> list[Charge]:
    """`Facilities rel demand`, on the period's highest kW in every part."""
    return [
        computed(
            "delivery",
            "facilities_demand",
            "Facilities rel demand",
            metered.max_kw,
            "kW",
            run.book.facilities,
            proration(run.days, metered.days),
        )
        for run in runs(metered, lambda book: book.facilities)
        if run.book.facilities
    ]


def demand(section: str, metered: Metered, rates: Callable[[Book], object]) -> list[Charge]:
    """Time-related demand: one line per season and rate."""
    lines = []
    for run in runs(metered, lambda book: str(rates(book)), by_season=True):
        by_season = rates(run.book)
        if not isinstance(by_season, dict):
            continue
        tou = _DEMAND_TOU[run.season]
        days = proration(run.days, metered.days)
        lines.append(
            computed(
                section,
                "time_demand",
                SCE_TOU[tou],
                metered.demand[run.season, tou],
                "kW",
                by_season[run.season],
                days,
                group=f"Demand-{TITLE[run.season]}",
                tou=tou,
                season=run.season,
            )
        )
    return lines


def energy(section: str, metered: Metered) -> list[Charge]:
    """The kWh lines by season; labels repeat under one heading after a rate change."""

    def rates(book: Book) -> object:
        return book.delivery if section == "delivery" else book.generation

    lines = []
    for run in runs(metered, rates, by_season=True):
        table = run.book.delivery if section == "delivery" else run.book.generation
        for tou in TOUS[run.season]:
            if tou in run.kwh:
                lines.append(
                    computed(
                        section,
                        "energy",
                        SCE_TOU[tou],
                        run.kwh[tou],
                        "kWh",
                        table[run.season, tou],
                        group=f"Energy-{TITLE[run.season]}",
                        tou=tou,
                        season=run.season,
                    )
                )
    return lines


def baseline_credit(metered: Metered) -> list[Charge]:
    """`Baseline credit 56 kWh x -$0.07299`, region 9's allowance."""
    lines = []
    for run in runs(metered, lambda book: book.baseline_credit, by_season=True):
        if run.book.baseline_credit is None:
            continue
        per_day = Decimal(sce.BASELINE_PER_DAY["9"][run.season == "winter"])
        kwh = min(sum(run.kwh.values()), int(per_day * run.days))
        lines.append(
            computed("delivery", "baseline_credit", "Baseline credit", kwh, "kWh", run.book.baseline_credit)
        )
    return lines


def wildfire(metered: Metered, label: str = "Wildfire fund charge") -> list[Charge]:
    """`Wildfire fund charge`, twice when its rate changes inside the period."""
    return [
        computed("delivery", "wildfire_fund", label, sum(run.kwh.values()), "kWh", run.book.wfc)
        for run in runs(metered, lambda book: book.wfc)
    ]


def customer(metered: Metered) -> list[Charge]:
    """`Customer charge`: monthly ones without arithmetic even when prorated, daily ones with."""
    lines = []
    for run in runs(metered, lambda book: (book.customer_month, book.customer_day)):
        if run.book.customer_day:
            lines.append(
                computed("delivery", "customer", "Customer charge", run.days, "days", run.book.customer_day)
            )
        elif run.book.customer_month:
            n, whole = proration(run.days, metered.days) or (1, 1)
            lines.append(
                flat("delivery", "customer", "Customer charge", cents(run.book.customer_month * n / whole))
            )
    return lines


def power_factor(metered: Metered) -> list[Charge]:
    """`Power factor adj 125 kVar x $0.52000`."""
    rate = sce.book_on(metered.schedule, metered.end).power_factor
    kvar = reactive_kvar(metered)
    return (
        [] if rate is None else [computed("delivery", "power_factor", "Power factor adj", kvar, "kVar", rate)]
    )


def reactive_kvar(metered: Metered) -> int:
    """The reactive demand that goes with the highest kW; made up."""
    return round(metered.max_kw * 0.42)


def cpp_lines(metered: Metered, event_days: list[date], kwh: int) -> list[Charge]:
    """The heading `CPP participation`: a credit per kW and a charge per event day."""
    incentive = sce.CPP_INCENTIVE[metered.schedule]
    summer = [run for run in runs(metered, lambda book: None, by_season=True) if run.season == "summer"]
    credits = [
        computed(
            "generation",
            "cpp",
            "CPP incentive",
            metered.demand["summer", "on_peak"],
            "kW",
            incentive,
            proration(run.days, metered.days),
            group="CPP participation",
        )
        for run in summer
    ]
    events = [
        computed(
            "generation",
            "cpp",
            f"CPP event {worded(day)}",
            kwh + 7 * n,
            "kWh",
            sce.CPP_EVENT,
            group="CPP participation",
        )
        for n, day in enumerate(event_days)
    ]
    return credits + events


def fixed_recovery(metered: Metered) -> list[Charge]:
    """`Fixed recovery charge` under "Other charges or credits"."""
    return [
        computed(
            "other", "fixed_recovery", "Fixed recovery charge", sum(run.kwh.values()), "kWh", run.book.frc
        )
        for run in runs(metered, lambda book: book.frc)
        if run.book.frc
    ]


def state_tax(kwh: int) -> Charge:
    """`State tax 17,922 kWh x $0.00030`, after the subtotal."""
    return computed("tax", "state_tax", "State tax", kwh, "kWh", sce.STATE_TAX)
