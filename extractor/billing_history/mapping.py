"""What the columns of a layout of billing history mean, as a person confirmed."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from extractor.intervals.mapped.mapping import Model
from extractor.intervals.mapped.moments import Order
from extractor.intervals.mapped.monthly import BILLING, VALUES

KIND = BILLING.name
"""What such mappings are remembered as, and documents of billing history are kept as."""

Bounds = Literal["inclusive", "end", "start"]
"""Which days of a row are in its period: both; all but its end; all but its start."""

Charged = Literal["delivery", "generation", "bundled", "unknown"]
"""Whose charges the dollars are: SCE's delivery, a supplier's generation, both, or nobody knows."""

DAYS = ("start", "end", "read")
"""Roles of the columns that have a day."""

Decimals = Literal["point", "comma"]


class HistoryMapping(Model):
    """What the columns of a layout mean."""

    kind: Literal["history"] = "history"
    signature: str
    account: int | None = None
    """Place of the service accounts, from 0; None: they stand above the table, or in the file's name."""
    owner: Literal["column", "preamble", "name"] | None = None
    groups: tuple[dict[str, int], ...] = ()
    """Places by role (start, end, read, days, kwh, kw, amount), of each period that a row has."""
    units: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """By role (kwh, kw) the units that its numbers have, where any is another than kWh or kW."""
    bounds: Bounds | None = None
    order: Order | None = None
    decimal: Decimals | None = None
    charged: Charged | None = None
    overruled: tuple[str, ...] = ()
    """What a person says against what rows prove, with what they prove."""

    @property
    def first(self) -> dict[str, int]:
        """The places of the first period of a row."""
        return self.groups[0] if self.groups else {}

    @property
    def is_by_reads(self) -> bool:
        """Whether a period begins where the one before ends, for nothing else says it."""
        return "start" not in self.first and "days" not in self.first


def open_points(mapping: HistoryMapping) -> list[str]:
    """Return what has to be said yet, by the names that a person answers it by."""
    found = [] if mapping.owner is not None else ["account"]
    places = mapping.first
    if not {"end", "read"} & set(places) and not {"start", "days"} <= set(places):
        found.append("period")
    if not set(places) & set(VALUES):
        found.append("values")
    names = {"bounds": "bounds", "order": "dates", "decimal": "decimal", "charged": "charges"}
    return [*found, *(said for name, said in names.items() if getattr(mapping, name) is None)]


def contradictions(mapping: HistoryMapping) -> list[str]:
    """Return why a complete mapping cannot be read by."""
    places = mapping.first
    if {"end", "read"} <= set(places):
        return ["a period has one end: say which column it is, --set end=COLUMN --set read="]
    if mapping.bounds == "start" and "start" not in places:
        return ["no column has a start that could be the day before the period: --bounds inclusive or end"]
    if mapping.bounds == "end" and not {"end", "read"} & set(places):
        return ["no column has an end that could be the day after the period: --bounds inclusive or start"]
    return []
