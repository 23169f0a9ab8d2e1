"""Making one charge line: the amount is always computed from what the line prints."""

from decimal import Decimal
from typing import Any

from corpus.model import Charge
from corpus.pricing.rounding import cents

SCE_TOU = {
    "on_peak": "On peak",
    "mid_peak": "Mid peak",
    "off_peak": "Off peak",
    "super_off_peak": "Super off peak",
}
CCA_TOU = {
    "on_peak": "On-Peak",
    "mid_peak": "Mid-Peak",
    "off_peak": "Off-Peak",
    "super_off_peak": "Super OfPk",
}
TITLE = {"summer": "Summer", "winter": "Winter"}


def computed(
    section: str,
    component: str,
    label: str,
    quantity: int | str | Decimal,
    unit: str,
    rate: Decimal,
    days: tuple[int, int] | None = None,
    **more: Any,
) -> Charge:
    """Return a line `quantity unit x rate [x n/N days]`, rounded half up."""
    count = Decimal(quantity)
    share = count * rate if days is None else count * rate * days[0] / days[1]
    return Charge(
        section,
        component,
        label,
        cents(share),
        quantity=count,
        unit=unit,
        rate=rate,
        days=days,
        **more,
    )


def flat(section: str, component: str, label: str, amount: str | Decimal, **more: Any) -> Charge:
    """Return a line without arithmetic."""
    return Charge(section, component, label, Decimal(amount), **more)


def percentage(label: str, base: Decimal, percent: str, component: str = "uut") -> Charge:
    """Return a tax line `$base x 5.00000%`."""
    amount = cents(base * Decimal(percent) / 100)
    return Charge("tax", component, label, amount, quantity=base, unit="USD", rate=Decimal(percent))
