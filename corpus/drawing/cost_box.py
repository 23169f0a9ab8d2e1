"""The cost box at the top of page 3: kWh, average and cost per price period.

Energy = all energy lines, demand = facilities, time-related demand, power factor and CPP
incentive, other = the rest with taxes; exact on 21 of 21 real bundled bills (bills.md 4.1).
On a bill with CCA generation it covers SCE's charges only, by its own footnote [I].
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from corpus.drawing.page import Page
from corpus.drawing.wording import usd
from corpus.model import Bill, Charge, Service
from corpus.pricing.lines import SCE_TOU
from corpus.pricing.rounding import added

_LABEL_X = {"on_peak": 78.7, "mid_peak": 76.3, "off_peak": 78.4, "super_off_peak": 54.0}
_DEMAND = ("facilities_demand", "time_demand", "power_factor")
PITCH = 17.05


@dataclass(frozen=True)
class Row:
    """One price period: its kWh and what they cost."""

    tou: str
    kwh: Decimal
    cost: Decimal

    @property
    def average(self) -> Decimal:
        """Dollars per kWh, five decimals."""
        return (self.cost / self.kwh).quantize(Decimal("0.00001"), ROUND_HALF_UP)


def rows_of(service: Service) -> list[Row]:
    """Return the price periods that the service has energy in."""
    energy = [charge for charge in service.charges if charge.component == "energy" and charge.tou]
    return [_row(tou, energy) for tou in SCE_TOU if any(charge.tou == tou for charge in energy)]


def has_box(service: Service) -> bool:
    """Tell whether the box is printed: with energy by price period, and only then."""
    return bool(rows_of(service)) and all(row.kwh > 0 for row in rows_of(service))


def _row(tou: str, energy: list[Charge]) -> Row:
    mine = [charge for charge in energy if charge.tou == tou]
    kwh = sum((charge.quantity or Decimal(0) for charge in mine if charge.section == "delivery"), Decimal(0))
    return Row(tou, kwh, added(charge.amount for charge in mine))


def parts(service: Service) -> tuple[Decimal, Decimal, Decimal]:
    """Return energy, demand and other charges; they add up to the service's total."""

    def of(test: Callable[[Charge], bool]) -> Decimal:
        return added(charge.amount for charge in service.charges if test(charge))

    energy = of(lambda charge: charge.component == "energy")
    demand = of(lambda charge: charge.component in _DEMAND or charge.label == "CPP incentive")
    return energy, demand, service.total - energy - demand


def draw(page: Page, bill: Bill, service: Service, top: float) -> float:
    """Draw the box with its titles at `top`; return how far it is shorter than four rows."""
    rows = rows_of(service)
    for x, title in ((82.3, "Usage"), (321.1, "Avg. cost"), (429.3, "Total cost")):
        page.put(x, top, title, 13, "heading", "furniture")
    for number, row in enumerate(rows):
        _draw_row(page, row, top + 28.7 + PITCH * number)
    shift = PITCH * (len(rows) - 4)
    _draw_sums(page, service, rows, top + 99.6 + shift)
    _footnote(page, bill.statement_date, top + 138.2 + shift)
    return shift


def _draw_row(page: Page, row: Row, top: float) -> None:
    page.put(_LABEL_X[row.tou], top, SCE_TOU[row.tou])
    page.right(289.6, top - 1.1, f"{row.kwh} kWh", 11, layer="label")
    page.put(303.6, top, "x")
    page.put(317.5, top - 1.1, f"${row.average}", 11)
    page.put(384.2, top, "=")
    page.right(490.7, top - 1.1, usd(row.cost), 11, layer="label")


def _draw_sums(page: Page, service: Service, rows: list[Row], top: float) -> None:
    energy, demand, other = parts(service)
    page.right(289.6, top, f"{sum(row.kwh for row in rows)} kWh", 11, layer="label")
    lines = [
        (energy, "Energy Charges"),
        (demand, "Demand Charges"),
        (other, "Other credits/charges"),
        (service.total, "Total"),
    ]
    for number, (amount, title) in enumerate(lines):
        shown = usd(amount)
        page.right(490.7, top + 17.27 * number, shown, 11, layer="label")
        page.put(493.7, top + 17.27 * number, title, 11, layer="label")


def _footnote(page: Page, prepared: date, top: float) -> None:
    april = prepared >= date(2025, 4, 1)
    what = "applicable energy charges from SCE." if april else "delivery and generation charges."
    page.put(47.2, top, f"Costs are rounded and include {what} During", layer="furniture")
    page.put(
        47.2,
        top + 13.9,
        "season or price changes, averages are used. To view all charges and credits",
        layer="furniture",
    )
    page.put(
        47.2,
        top + 28.3,
        "and to calculate your bill, refer to Details of your new charges .",
        layer="furniture",
    )
