"""Rates that were seen, as rows for other programs."""

from __future__ import annotations

from extractor.export.rows import Column, Row
from extractor.portfolio.rates import Rate

RATE_COLUMNS = (
    Column("provider", "text", "who charges: SCE, CPA, ..."),
    Column("rate_schedule", "text", "rate schedule, as printed"),
    Column("product", "text", "product of a CCA's generation"),
    Column("section", "text", "delivery, generation, other or tax"),
    Column("component", "text", "what the rate is for, from a closed list"),
    Column("season", "text", "summer or winter"),
    Column("tou", "text", "TOU period: on_peak, mid_peak, off_peak, super_off_peak"),
    Column("vintage", "text", "vintage of the PCIA"),
    Column("unit", "text", "kWh, kW, kVar, days, USD"),
    Column("wording", "text", "what else the line's label says: a tier, a bonus, a city"),
    Column("rate", "number", "USD per unit; of a percentage tax the percentage"),
    Column("first_day", "date", "first day of the first period on whose bill it was seen"),
    Column("last_day", "date", "last day of the last period on whose bill it was seen"),
    Column("meters", "whole", "service accounts on whose bills it was seen"),
    Column("lines", "whole", "charge lines that print it"),
)


def rate_row(one: Rate) -> Row:
    """Return a rate as a row."""
    key = one.key
    return {
        "provider": key.provider,
        "rate_schedule": key.schedule,
        "product": key.product,
        "section": key.section,
        "component": key.component,
        "season": key.season,
        "tou": key.tou,
        "vintage": key.vintage,
        "unit": key.unit,
        "wording": key.wording,
        "rate": one.rate.normalize(),
        "first_day": one.first,
        "last_day": one.last,
        "meters": one.meters,
        "lines": one.lines,
    }
