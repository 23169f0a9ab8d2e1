"""Short names for the rows of a details page, so that a bill's table reads like the bill."""

from __future__ import annotations

from tests.real.built import Row

DELIVERY = Row("section", "Delivery charges - Cost to deliver your electricity", section="delivery")
GENERATION = Row("section", "Generation charges - Cost to generate your electricity", section="generation")
OTHER = Row("section", "Other charges or credits", section="other", indent=True)
SCE = Row("note", "SCE")
CCA = Row("section", "Generation Charges", section="generation")

_COMPONENTS = (
    ("Facilities", "facilities_demand"),
    ("Wildfire", "wildfire_fund"),
    ("CCA wildfire", "wildfire_fund"),
    ("DWR bond", "wildfire_fund"),
    ("DWR energy credit", "other_crs"),
    ("CTC,", "other_crs"),
    ("CTC", "ctc"),
    ("Direct access cost", "other_crs"),
    ("Fixed recovery", "fixed_recovery"),
    ("Generation Municipal", "municipal_surcharge"),
    ("CA Climate", "climate_credit"),
    ("Baseline credit", "baseline_credit"),
    ("Customer charge", "customer"),
    ("Basic charge", "customer"),
    ("Base services", "customer"),
    ("Bal of minimum", "customer"),
    ("State tax", "state_tax"),
    ("Energy Surcharge", "energy_surcharge"),
    ("City Tax", "uut"),
    ("Claremont UUT", "uut"),
    ("User Utility Tax", "uut"),
    ("Utility Users Tax", "uut"),
    ("ESP service", "unknown"),
    ("Demand - ", "time_demand"),
)


def group(label: str) -> Row:
    """Return a heading whose members are printed indented below it."""
    return Row("group", label)


def line(
    label: str,
    arithmetic: str,
    amount: str,
    *,
    real: bool = False,
    indent: bool = False,
    tail: str = "",
    season: str = "",
    demand: bool = False,
) -> Row:
    """Return a charge; its component follows from the first words of its label."""
    component = "pcia" if "Vintage" in label else "time_demand" if demand else "energy"
    component = next((name for start, name in _COMPONENTS if label.startswith(start)), component)
    return Row("charge", label, arithmetic, amount, component, "", season, tail, indent, real)


def member(label: str, arithmetic: str, amount: str, *, real: bool = False, demand: bool = False) -> Row:
    """Return a charge that belongs to the heading above it."""
    return line(label, arithmetic, amount, real=real, indent=True, demand=demand)


def tax(label: str, arithmetic: str, amount: str, *, real: bool = False) -> Row:
    """Return a tax."""
    component = next(name for start, name in _COMPONENTS if label.startswith(start))
    return Row("charge", label, arithmetic, amount, component, "tax", real=real)


def subtotal(amount: str, label: str = "Subtotal of your new charges", *, real: bool = False) -> Row:
    """Return a subtotal."""
    return Row("subtotal", label, amount=amount, real=real)


def total(amount: str, label: str = "Your new charges", *, real: bool = False) -> Row:
    """Return a service's total."""
    return Row("total", label, amount=amount, real=real)
