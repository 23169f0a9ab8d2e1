"""Every schedule, with and without a season split, bundled and with each CPA product.

What is not the point of a row is varied along the way: era of the fonts, Type 3 headings,
words placed one by one, where the cost-responsibility lines stand, the sign of the PCIA,
UUT on one side or both, a lost season word.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import product as pairs

from corpus.model import Bill, Sample, Service
from corpus.pricing.cca import Options
from corpus.pricing.metered import measure
from corpus.services import bundled, delivery, generation, place
from corpus.statement import statement
from corpus.tariff import sce
from corpus.tariff.cpa import CLEAN, GREEN, LEAN


@dataclass(frozen=True)
class Schedule:
    """A schedule, the name its samples carry, and how much its customers use."""

    name: str
    short: str
    daily_kwh: int
    kw: int


SCHEDULES = (
    Schedule("TOU-GS-1-E", "gs1e", 48, 11),
    Schedule("TOU-GS-2-D", "gs2d", 1150, 92),
    Schedule("TOU-GS-2-E", "gs2e", 590, 61),
    Schedule("TOU-GS-3D", "gs3d", 3900, 288),
    Schedule("TOU-8-D", "tou8d", 14200, 812),
    Schedule("TOU-D-4", "d4", 27, 6),
    Schedule("TOU-D-PRIME", "prime", 58, 9),
)
_SUPPLIES = {"bundled": None, "cpa-lean": LEAN, "cpa-clean": CLEAN, "cpa-green": GREEN}
# (first day, last day, name of the period), base-14 era and embedded era in turn
_PLAIN = (
    (date(2025, 6, 11), date(2025, 7, 10), "summer-2025"),
    (date(2026, 7, 7), date(2026, 8, 4), "summer-2026"),
    (date(2025, 3, 12), date(2025, 4, 10), "winter-2025"),
    (date(2025, 11, 5), date(2025, 12, 6), "winter-2025"),
)
_SPLIT = (
    (date(2025, 5, 14), date(2025, 6, 12), "season-split-2025"),
    (date(2026, 9, 15), date(2026, 10, 14), "season-split-2026"),
    (date(2025, 5, 29), date(2025, 6, 27), "season-split-2025"),
    (date(2026, 5, 21), date(2026, 6, 18), "season-split-2026"),
)
_PLACEMENTS = ("other", "heading", "generation")
_VINTAGES = tuple(sce.PCIA_JANUARY_2026)


def samples() -> Iterator[Sample]:
    """Return all rows of the table."""
    rows = pairs(SCHEDULES, (False, True), _SUPPLIES)
    for number, (schedule, split, supply) in enumerate(rows, 100):
        step = number // 3 + number
        start, end, period = (_SPLIT if split else _PLAIN)[step % 4]
        bill = _bill(number, schedule, start, end, supply)
        covers = ("season split",) if split else ()
        yield Sample(f"{schedule.short}-{supply}-{period}", (_styled(bill, number),), covers=covers)


def _bill(number: int, schedule: Schedule, start: date, end: date, supply: str) -> Bill:
    return statement(number, list(_services(number, schedule, start, end, supply)))


def _services(number: int, schedule: Schedule, start: date, end: date, supply: str) -> Iterator[Service]:
    metered = measure(schedule.name, start, end, schedule.daily_kwh, schedule.kw, seed=str(number))
    where, product = place(number), _SUPPLIES[supply]
    uut = ("Anytown", "5.00000") if number % 4 == 1 else None
    if product is None:
        yield bundled(metered, where, uut=uut)
        return
    vintage = _VINTAGES[number % len(_VINTAGES)]
    falling = number % 2 == 0
    rates = {"pcia": sce.PCIA_JANUARY_2026[vintage], "ctc": sce.CTC_JANUARY_2026} if falling else None
    mark = " (SCE)" if number % 3 else ""
    yield delivery(
        metered, where, _PLACEMENTS[number % 3], uut=uut, vintage=vintage, rates=rates, rate_mark=mark
    )
    lost = number % 5 == 0 and len(metered.seasons) == 1
    options = Options(
        seasons_lost=lost,
        uut="5.0" if number % 4 < 2 else None,
        decimals="0.0001" if number % 7 == 0 else "0.001",
        uut_label=("User Utility Tax", "Utility Users Tax")[number % 2],
    )
    yield generation(metered, where, product, options)


def _styled(bill: Bill, number: int) -> Bill:
    style = replace(bill.style, type3_headings=number % 3 == 0, word_offsets=number % 6 == 1)
    return replace(bill, style=style)


SAMPLES = tuple(samples())
