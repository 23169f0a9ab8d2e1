"""Which column of dollars a charge line belongs in: by its component; of energy and demand by section, too.

Every line belongs in just one, so that the columns of a service add up to its lines to the cent. What the
table does not name is `other`: the customer charge, the wildfire fund, fixed recovery, CPP, adjustments,
lines with a label that no rule knows, and energy or demand outside delivery and generation. A tax is a tax
in any section.

>>> column_of("generation", "time_demand"), column_of("delivery", "uut"), column_of("other", "unknown")
('generation_demand', 'uut', 'other')
"""

from __future__ import annotations

from collections.abc import Mapping

from extractor.model import Component, Section

SIDES: tuple[Section, ...] = ("delivery", "generation")

OTHER = "other"

BY_SIDE: Mapping[Component, str] = {
    Component.ENERGY: "energy",
    Component.FACILITIES_DEMAND: "demand",
    Component.TIME_DEMAND: "demand",
    Component.POWER_FACTOR: "demand",  # as in the cost box that SCE prints
}
"""What is charged for on both sides of a bill: the column's name behind that of the side."""

BY_COMPONENT: Mapping[Component, str] = {
    Component.PCIA: "pcia",
    Component.CTC: "other_cost_responsibility",
    Component.OTHER_CRS: "other_cost_responsibility",
    Component.MUNICIPAL_SURCHARGE: "other_cost_responsibility",
    Component.EXPORT_CREDIT: "credits",
    Component.BASELINE_CREDIT: "credits",  # of net generators it is a charge
    Component.CLIMATE_CREDIT: "credits",
    Component.DISCOUNT: "credits",
    Component.STATE_TAX: "state_tax",
    Component.ENERGY_SURCHARGE: "energy_surcharge",
    Component.UUT: "uut",
}
"""What has one column, whatever section it stands in."""

COLUMNS: tuple[str, ...] = (
    *(f"{side}_{kind}" for side in SIDES for kind in ("energy", "demand")),
    "pcia",
    "other_cost_responsibility",
    OTHER,
    "credits",
    "state_tax",
    "energy_surcharge",
    "uut",
)
"""All of them, in the order in which they are shown."""


def column_of(section: str, component: str) -> str:
    """Return the column of a line's amount."""
    for known, column in BY_COMPONENT.items():
        if component == known:
            return column
    for known, kind in BY_SIDE.items():
        if component == known and section in SIDES:
            return f"{section}_{kind}"
    return OTHER
