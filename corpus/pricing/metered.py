"""What the meter measured in a billing period, cut where prices change.

A piece is a run of days within one season and one rate book; each has its own integer kWh
per TOU period. The figures are made up from a seed, so every sample differs and stays.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from corpus.dates import days_of, season_of
from corpus.tariff.book import SUMMER, WINTER
from corpus.tariff.sce import book_on

_SHARES = {
    "summer": {"on_peak": 0.15, "mid_peak": 0.06, "off_peak": 0.79},
    "winter": {"mid_peak": 0.20, "off_peak": 0.44, "super_off_peak": 0.36},
}
TOUS = {"summer": SUMMER, "winter": WINTER}


@dataclass(frozen=True)
class Piece:
    """Days under one price, with their kWh by TOU period."""

    start: date
    end: date
    kwh: Mapping[str, int]

    @property
    def days(self) -> int:
        """The number of days."""
        return (self.end - self.start).days + 1

    @property
    def season(self) -> str:
        """The season of all its days."""
        return season_of(self.start)


@dataclass(frozen=True)
class Metered:
    """A period's usage; demand in kW by (season, TOU period)."""

    schedule: str
    start: date
    end: date
    pieces: tuple[Piece, ...]
    demand: Mapping[tuple[str, str], int]
    seed: str

    @property
    def days(self) -> int:
        """The number of days."""
        return (self.end - self.start).days + 1

    @property
    def kwh(self) -> int:
        """All kWh of the period."""
        return sum(sum(piece.kwh.values()) for piece in self.pieces)

    @property
    def max_kw(self) -> int:
        """The highest demand of the period."""
        return max(self.demand.values())

    @property
    def seasons(self) -> tuple[str, ...]:
        """The seasons in the order they came."""
        return tuple(dict.fromkeys(piece.season for piece in self.pieces))

    def tou_kwh(self, season: str) -> dict[str, int]:
        """The kWh of one season by TOU period."""
        mine = [piece.kwh for piece in self.pieces if piece.season == season]
        return {
            tou: sum(kwh.get(tou, 0) for kwh in mine)
            for tou in TOUS[season]
            if any(tou in kwh for kwh in mine)
        }


def measure(schedule: str, start: date, end: date, daily_kwh: int, kw: int = 10, seed: str = "") -> Metered:
    """Return made-up usage of about `daily_kwh` a day and `kw` at most."""
    dice = random.Random(f"{schedule}{start}{end}{daily_kwh}{seed}")
    spans = price_spans(schedule, start, end)
    pieces = tuple(Piece(first, last, _usage(first, last, daily_kwh, dice)) for first, last in spans)
    return Metered(schedule, start, end, pieces, _demand(pieces, kw, dice), f"{schedule}{start}{seed}")


def price_spans(schedule: str, start: date, end: date) -> list[tuple[date, date]]:
    """Cut a period where the season or the rate book changes.

    >>> [(str(a), str(b)) for a, b in price_spans("TOU-GS-2-E", date(2025, 5, 5), date(2025, 6, 3))]
    [('2025-05-05', '2025-05-31'), ('2025-06-01', '2025-06-03')]
    """
    runs = [
        list(run)
        for _, run in groupby(days_of(start, end), lambda day: (season_of(day), book_on(schedule, day).start))
    ]
    return [(run[0], run[-1]) for run in runs]


def given(
    schedule: str, start: date, kwh: list[tuple[int, dict[str, int]]], demand: dict[tuple[str, str], int]
) -> Metered:
    """Return usage as told: a list of (days, kWh by TOU period)."""
    pieces: list[Piece] = []
    day = start
    for count, by_tou in kwh:
        pieces.append(Piece(day, day + timedelta(days=count - 1), by_tou))
        day += timedelta(days=count)
    return Metered(schedule, start, day - timedelta(days=1), tuple(pieces), demand, f"{schedule}{start}")


def _usage(first: date, last: date, daily_kwh: int, dice: random.Random) -> dict[str, int]:
    total = daily_kwh * ((last - first).days + 1)
    shares = _SHARES[season_of(first)]
    return {tou: max(1, round(total * share * dice.uniform(0.85, 1.15))) for tou, share in shares.items()}


def _demand(pieces: tuple[Piece, ...], kw: int, dice: random.Random) -> dict[tuple[str, str], int]:
    rows: dict[tuple[str, str], int] = {}
    for season in dict.fromkeys(piece.season for piece in pieces):
        for tou in TOUS[season]:
            rows[season, tou] = max(1, round(kw * dice.uniform(0.7, 0.98)))
    rows[next(iter(rows))] = kw
    return rows
