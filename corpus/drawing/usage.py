"""Page 3: cost box, demand block, usage block, chart and usage comparison.

Positions from sce_tougs2e_050525-060325.page3.geometry.tsv (bills.md 4). Residential bills
with tiers have no cost box here; where their usage block stands is not known.
"""

from decimal import Decimal

from corpus.dates import month_label, slashed
from corpus.drawing import cost_box
from corpus.drawing.header import TOP, page_mark, place_block
from corpus.drawing.page import Page
from corpus.drawing.wording import usd
from corpus.model import Balance, Bill, DemandBox, DemandRow, Month, Sheet, Usage
from corpus.pricing.lines import TITLE

_TOU = {
    "on_peak": "On peak",
    "mid_peak": "Mid Peak",
    "off_peak": "Off peak",
    "super_off_peak": "Super off peak",
}
_BODY = 469.7


def draw(page: Page, bill: Bill, sheet: Sheet, number: int, count: int) -> None:
    """Draw the usage page of one service."""
    service = bill.services[sheet.services[0]]
    page_mark(page, bill, number, count, TOP)
    shift = 0.0
    if bill.header_blocks:
        place_block(page, service.place, 84.0)
        shift = 14.0
    boxed = cost_box.has_box(service)
    if boxed:
        bottom = shift + cost_box.draw(page, bill, service, 116.0 + shift)
        if service.demand is not None:
            _demand(page, service.demand, 315.4 + bottom)
    if service.usage is not None:
        _usage(page, bill, service.usage, _top_of_usage(service.usage) if boxed else 150.0)
        _balances(page, service.balances, 560.0)
        _chart(page, service.usage)
        _comparison(page, service.usage.history, 668.2)


def _demand(page: Page, box: DemandBox, top: float) -> None:
    seasons = tuple(dict.fromkeys(row.season for row in box.rows))
    title = " and ".join(TITLE[season] for season in _calendar_order(seasons))
    page.put(50.8, top, f"{title} season demand (kW)")
    page.put(51.7, top + 14.1, f"Your maximum demand reached this billing period is {box.max_kw} kW")
    page.put(51.7, top + 25.2, f"Your maximum threshold demand is {box.threshold_kw} kW")
    if box.reactive_kvar is not None:
        page.put(51.7, top + 36.3, f"Your reactive demand is {box.reactive_kvar} kVar")
    bottom = _demand_rows(page, box.rows, seasons, top + 14.4)
    page.put(
        140.8,
        bottom + 3.8,
        "To view your demand charges, please refer to the Details of your new charges .",
        layer="late",
    )


def _calendar_order(seasons: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(seasons))


def _demand_rows(page: Page, rows: tuple[DemandRow, ...], seasons: tuple[str, ...], top: float) -> float:
    for season in seasons:
        page.put(337.2, top, f"Maximum {TITLE[season]} demand reached by price period :")
        for row in (row for row in rows if row.season == season):
            top += 10.8
            page.put(340.3, top, _TOU[row.tou])
            page.put(416.4, top, f"{row.kw} kW {row.at}")
        top += 10.8
    return top


def _top_of_usage(usage: Usage) -> float:
    """More meters make the block taller; it grows upwards, as the chart below stays."""
    own_kwh = sum(1 for meter in usage.meters if len(usage.meters) > 1 and meter.usage_kwh is not None)
    return _BODY - 10.5 * (len(usage.meters) - 1 + own_kwh)


def _usage(page: Page, bill: Bill, usage: Usage, top: float) -> None:
    page.put(47.2, top, "Your past and current electricity usage", 16, "heading", "furniture")
    if bill.next_cycle_end:
        page.put(
            377.2, top + 21.8, f"Your next billing cycle will end on or about {slashed(bill.next_cycle_end)}."
        )
    line = top + 22.1
    for meter in usage.meters:
        page.put(47.2, line, f"For meter {meter.number} from {slashed(meter.start)} to {slashed(meter.end)}")
        line += 10.5
        if len(usage.meters) > 1 and meter.usage_kwh is not None:
            page.put(
                47.2,
                line,
                f"{'Estimated electricity' if meter.estimated else 'Electricity'} on this meter in kWh",
            )
            page.right(363.9, line, f"{meter.usage_kwh:,}", layer="label")
            line += 10.5
    said = "estimated electricity usage" if usage.estimated else "electricity you used"
    page.put(47.2, line, f"Total {said} this month in kWh")
    page.right(363.9, line, f"{usage.total_kwh:,}", layer="label")
    if usage.exported_kwh is not None:
        page.put(47.2, line + 10.5, "Total electricity you exported this month in kWh")
        page.right(363.9, line + 10.5, f"{usage.exported_kwh:,}", layer="label")
    if usage.reactive_kvarh is not None:
        page.put(377.2, top + 51.4, f"Reactive usage is {usage.reactive_kvarh:,} kVarh")


def _balances(page: Page, balances: tuple[Balance, ...], top: float) -> None:
    """Figures that are carried on; place invented, wording after bills.md 11 (NEM)."""
    if balances:
        page.put(345.0, top, "Additional information regarding your NET", 9, "bold")
        page.put(345.0, top + 10.5, "Consumption / Generation", 9, "bold")
    for number, balance in enumerate(balances):
        y = top + 22 + 10.5 * number
        page.put(345.0, y, balance.label)
        page.right(583.5, y, _balance_text(balance), layer="label")


def _balance_text(balance: Balance) -> str:
    if balance.kwh is not None:
        return f"{balance.kwh:,} kWh"
    return usd(balance.amount or Decimal(0))


def _chart(page: Page, usage: Usage) -> None:
    months = (
        [month for month in (usage.history[0], usage.history[1], *usage.history[-2:]) if month]
        if usage.history
        else []
    )
    if not months:
        return
    page.put(47.2, 535.2, "Your daily average electricity usage (kWh)", 10, layer="furniture")
    averages = [month.kwh // month.days for month in months if month.kwh and month.days]
    for step, y in enumerate((620.7, 599.4, 574.6, 553.8)):
        page.right(99.5, y, str(max(averages) * step // 3), 7, layer="furniture")
        page.rule(103, y + 3, 330, y + 3, 0.8)
    for number, month in enumerate(months):
        missing = "*" if month.kwh is None else ""
        page.centre(
            145.4 + 39.5 * number, 631.0, month_label(month.year, month.month) + missing, layer="furniture"
        )
    if any(month.kwh is None for month in months):
        page.put(47.2, 651.0, "* No data available", 7, layer="furniture")


def _comparison(page: Page, months: tuple[Month, ...], top: float) -> None:
    if not months:
        return
    page.put(47.2, top, "Usage comparison", 9, "bold", "furniture")
    for y, title in (
        (34.8, "Total kWh used"),
        (47.8, "Number of days"),
        (60.8, "Appx. average kWh"),
        (68.7, "used/day"),
    ):
        page.put(47.2, top + y, title, 7, layer="furniture")
    for number, month in enumerate(months):
        _column(page, month, 120.2 + 34.077 * number, top)


def _column(page: Page, month: Month, x: float, top: float) -> None:
    page.put(x, top + 14.0, month_label(month.year, month.month), 7, layer="furniture")
    if month.kwh is None or month.days is None:
        page.put(x, top + 21.9, "*", 7, layer="furniture")
        return
    for y, text in ((34.8, f"{month.kwh:,}"), (47.8, str(month.days)), (60.7, str(month.kwh // month.days))):
        page.put(x, top + y, text, 6, layer="furniture")
