"""How bills drift, as tables: looks, wordings, page breaks, signs, sums. Each row's key is its reason.

`LOOKS`, `WORDINGS` and `SUMMARIES` change nothing that a person could doubt, so they are read
exactly and verified. `UNCLEAR` rows leave something open that only a person can settle.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from tests.extractor.typeset import Look, Money, Row, Summary, Wording
from tests.extractor.variants import Json, Split, Variant, closed, relabelled

LOOKS: dict[str, Look] = {
    "as on real bills": Look(),
    "indents of a residential bill: 36 and 45": Look(left=36, indent=9),
    "no sidebar": Look(sidebar=0),
    "no sidebar, amounts at 500": Look(numbers=380, amounts=500, sidebar=0),
    "amounts at the right margin": Look(numbers=430, amounts=560, sidebar=0),
    "a sidebar longer than the charges": Look(sidebar=45),
    "a sidebar that begins farther left": Look(sidebar_x=400, numbers=280, amounts=390),
    "amounts close to the sidebar": Look(left=80, numbers=320, amounts=425),
    "a wide pitch": Look(pitch=14, gap=12),
    "a narrow pitch": Look(pitch=9.5, gap=8),
    "sections hardly set off": Look(gap=3),
    "sections set far off": Look(gap=22),
    "small type": Look(size=7, pitch=8.5),
    "large type": Look(size=11, pitch=13, left=30, numbers=300, amounts=425),
    "Times": Look(font="Times-Roman"),
    "a typewriter": Look(font="Courier", size=8, numbers=330),
    "narrow letters": Look(wide=0.85),
    "a shallow indent": Look(indent=4),
    "a deep indent": Look(indent=18),
    "labels that hardly fit": Look(numbers=270),
    "landscape": Look(60, 8.9, 400, 600, sidebar_x=640, width=792, height=612, top=60),
}


def capitals(bill: Json) -> None:
    """Print every label and group of SCE's part in capitals."""
    for service in bill["services"]:
        for charge in service["charges"] if service["role"] != "generation" else ():
            charge["label"] = charge["label"].upper()
            charge["group"] = charge["group"] and charge["group"].upper()


def bare(amount: Decimal) -> str:
    """Return an amount without a dollar sign."""
    return f"{amount:,.2f}"


def _worded(**words: str | bool | Money) -> Variant:
    return Variant(wording=replace(Wording(), **words))  # type: ignore[arg-type]  # mypy cannot see the names


WORDINGS: dict[str, Variant] = {
    "On-Peak": Variant(relabelled(r"(On|Mid|Off|Super off) peak", r"\1-Peak")),
    "On Peak": Variant(relabelled("peak", "Peak")),
    "ON PEAK": Variant(relabelled("On peak", "ON PEAK")),
    "Super-Off-Peak": Variant(relabelled("Super off peak", "Super-Off-Peak")),
    "Energy - Summer": Variant(relabelled("^(Energy|Demand)-", r"\1 - ")),
    "Energy Summer": Variant(relabelled("^(Energy|Demand)-", r"\1 ")),
    "Summer Energy": Variant(relabelled("^(Energy|Demand)-(Summer|Winter)", r"\2 \1")),
    "Energy charges - Summer": Variant(relabelled("^(Energy|Demand)-", r"\1 charges - ")),
    "Energy-Summer:": Variant(relabelled(r"^((?:Energy|Demand)-\w+)$", r"\1:")),
    "Wildfire Fund Charge": Variant(relabelled("Wildfire fund charge", "Wildfire Fund Charge")),
    "Fixed Recovery Chg": Variant(relabelled("Fixed recovery charge", "Fixed Recovery Chg")),
    "Customer chrg": Variant(relabelled("Customer charge", "Customer chrg")),
    "labels in capitals": Variant(capitals),
    "the guide's name of cost responsibility": Variant(
        relabelled("^CCA cost resp.*", "CCA (Community Choice Aggregation) Cost Responsibility Surcharge")
    ),
    "cost responsibility, short": Variant(relabelled("^CCA cost resp.*", "CCA CRS")),
    "cost responsibility of the aggregation": Variant(
        relabelled("^CCA cost resp.*", "Community choice aggregation charges")
    ),
    "a program we do not know": Variant(relabelled("CPP participation", "Demand response program")),
    "a product we do not know": Variant(
        relabelled("Lean Power|Clean Power|100% Green Power", "Blue Sky Power", ["generation"])
    ),
    "Your Rate:": _worded(rate="Your Rate: "),
    "Your rate without its colon": _worded(rate="Your rate "),
    "Rate:": _worded(rate="Rate: "),
    "Your rate schedule:": _worded(rate="Your rate schedule: "),
    "Billing Period:": _worded(period="Billing Period: "),
    "Service period:": _worded(period="Service period: "),
    "Other Charges or Credits": _worded(other="Other Charges or Credits"),
    "Other charges/credits": _worded(other="Other charges/credits"),
    "Other credits or charges": _worded(other="Other credits or charges"),
    "section names alone": _worded(delivery="Delivery Charges", generation="Generation Charges"),
    "headings in capitals": _worded(
        title="DETAILS OF YOUR NEW CHARGES",
        delivery="DELIVERY CHARGES - COST TO DELIVER YOUR ELECTRICITY",
        generation="GENERATION CHARGES - COST TO GENERATE YOUR ELECTRICITY",
        other="OTHER CHARGES OR CREDITS",
        subtotal="SUBTOTAL OF YOUR NEW CHARGES",
        total="YOUR NEW CHARGES",
    ),
    "SCE's whole name": _worded(provider="Southern California Edison"),
    "Detail of your new charges": _worded(title="Detail of your new charges"),
    "Details of your charges": _worded(title="Details of your charges"),
    "Sub-total": _worded(subtotal="Sub-total of your new charges", cca_subtotal="SUB-TOTAL"),
    "Sub total": _worded(subtotal="Sub total:", cca_subtotal="Subtotal of CPA Generation Charges"),
    "Total new charges": _worded(total="Total new charges", cca_total="Total CPA Generation Charges"),
    "Your total new charges": _worded(total="Your total new charges", cca_total="Total Charges"),
    "New charges": _worded(total="New charges:", cca_total="Your New Charges:"),
    "Net Charges": _worded(cca_subtotal="Net Charges", cca_total="Total Generation Charges"),
    "the aggregator's whole name": _worded(cca="Clean Power Alliance of Southern California"),
    "Electric Generation Charges": _worded(cca_section="Electric Generation Charges"),
    "Service Account #": _worded(account="Service Account # "),
    "$ on the aggregator's rates": _worded(cca_rate="$"),
    "commas in the aggregator's kWh": _worded(cca_thousands=True),
    "the aggregator prints x": _worded(cca_times="x", cca_rate="$", cca_thousands=True),
    "SCE prints @": _worded(times="@"),
    "a capital X": _worded(times="X"),
    "a real multiplication sign": _worded(times="\u00d7"),
    "amounts without dollar signs": _worded(money=bare, cca_money=bare),
}

UNKNOWN_LABELS: dict[str, tuple[str, str]] = {
    "of the kWh, under delivery": ("Wildfire fund charge", "Undergrounding program 2027"),
    "flat, under delivery": ("Customer charge", "Income graduated fixed amount"),
    "under other charges": ("Fixed recovery charge", "Storm cost recovery bond"),
    "of a group": ("CPP event Jul.*", "Reliability event"),
}

SIGNS: dict[str, Money] = {
    "-$1.00": lambda a: f"{'-' if a < 0 else ''}${abs(a):,.2f}",
    "$-1.00": lambda a: f"${'-' if a < 0 else ''}{abs(a):,.2f}",
    "$1.00-": lambda a: f"${abs(a):,.2f}{'-' if a < 0 else ''}",
    "($1.00)": lambda a: f"(${abs(a):,.2f})" if a < 0 else f"${a:,.2f}",
    "$1.00 CR": lambda a: f"${abs(a):,.2f}{' CR' if a < 0 else ''}",
    "$1.00CR": lambda a: f"${abs(a):,.2f}{'CR' if a < 0 else ''}",
    "a real minus": lambda a: f"{chr(0x2212) if a < 0 else ''}${abs(a):,.2f}",
    "an en dash": lambda a: f"{chr(0x2013) if a < 0 else ''}${abs(a):,.2f}",
    "-1.00": lambda a: f"{'-' if a < 0 else ''}{abs(a):,.2f}",
    "(1.00)": lambda a: f"({abs(a):,.2f})" if a < 0 else f"{a:,.2f}",
    "$.05": lambda a: f"{'-' if a < 0 else ''}${abs(a):,.2f}".replace("$0.", "$."),
}


def credited(bill: Json) -> None:
    """Make every line a credit, by its rate or its base, and so all sums."""
    for service in bill["services"]:
        for charge in service["charges"]:
            charge["amount"] = str(-Decimal(charge["amount"]))
            name = "quantity" if charge["unit"] == "USD" or charge["rate"] is None else "rate"
            if charge[name] is not None:
                charge[name] = str(-Decimal(charge[name]))
    closed(bill)


def overpaid(bill: Json) -> None:
    """Pay far too much, so that a credit is owed to the customer."""
    bill["account_lines"].append({"label": "Wire credit adjustment", "date": None, "amount": "-99999.00"})
    bill["balance_forward"] = str(Decimal(bill["balance_forward"] or 0) - 99999)
    bill["amount_due"] = str(Decimal(bill["amount_due"]) - 99999)


def nothing(bill: Json) -> None:
    """Let everything be zero, as for an empty building."""
    for service in bill["services"]:
        for charge in service["charges"]:
            charge["amount"] = "0.00"
            if charge["quantity"] is not None:
                charge["quantity"] = "0.00" if charge["unit"] == "USD" else "0"
    closed(bill)


def enormous(bill: Json) -> None:
    """Let SCE's part be that of a city: quantities a hundred thousand times as large."""
    for service in bill["services"]:
        for charge in service["charges"]:
            if charge["rate"] is not None:
                charge["quantity"] = str(Decimal(charge["quantity"]) * 100_000)
                charge["amount"] = str(_product(charge))
    closed(bill)


def _product(charge: Json) -> Decimal:
    worth = Decimal(charge["quantity"]) * Decimal(charge["rate"])
    if charge["days"]:
        worth = worth * charge["days"][0] / charge["days"][1]
    return worth.quantize(Decimal("0.01"), ROUND_HALF_UP)


def lasting(days: int) -> Callable[[Json], None]:
    """Return the change that makes the period as long as that, its end kept; prorated lines are left away."""

    def change(bill: Json) -> None:
        for service in bill["services"]:
            period = service["period"]
            start = date.fromisoformat(period["end"]) - timedelta(days=days - 1)
            period |= {"start": start.isoformat(), "days": days}
            service["charges"] = [line for line in service["charges"] if not line["days"]]
            for number, line in enumerate(service["charges"], 1):
                line["line"] = number
        closed(bill)

    return change


ROWS: dict[str, tuple[str, str, str]] = {
    "a pledge to be paid": ("Energy assistance pledge", "12.34", "$12.34"),
    "a rebate": ("Rebate", "-12.34", "-$12.34"),
    "a rebate, CR": ("Rebate", "-12.34", "$12.34 CR"),
    "a plan's adjustment in brackets": ("Level pay plan adjustment", "-1000.00", "($1,000.00)"),
}
"""Rows that we do not know between new charges and total: label, amount, as printed."""

SUMMARIES: dict[str, Summary] = {
    "capitals": Summary(
        "YOUR ACCOUNT SUMMARY",
        "PREVIOUS BALANCE",
        "BALANCE FORWARD",
        "YOUR NEW CHARGES",
        "TOTAL AMOUNT YOU OWE",
    ),
    "of older bills": Summary(previous="Amount of your last bill"),
    "New charges": Summary(new="New charges"),
    "Total amount due": Summary(heading="Account Summary", owed="Total amount due"),
    "Amount due": Summary(owed="Amount due"),
}


# --- page breaks ---------------------------------------------------------------------------------

CONTINUED: dict[str, tuple[Row, ...]] = {
    "nothing repeated": (),
    "the heading, continued": (Row("Details of your new charges (continued)", large=True),),
    "the heading again": (Row("Details of your new charges", large=True),),
}
BREAKS: dict[str, tuple[str, int]] = {
    "before the subtotal": ("^Sub-?[Tt]otal", 0),
    "before the total": ("^Your [Nn]ew [Cc]harges$", 0),
    "between a group's heading and its lines": ("^(?:Energy-|CPP part|CCA cost)", 1),
    "between a section's heading and its lines": ("^(?:Other charges|Generation [Cc]harges)", 1),
    "before a group's heading": ("^(?:Energy-Winter|CPP part)", 0),
    "before a section's heading": ("^(?:Other charges|Generation charges)", 0),
    "in the middle of the lines": ("peak|Peak|OfPk", 1),
}


def broken(at: str, above: tuple[Row, ...]) -> Split:
    """Return the split at a named place, with the rows that the second page repeats."""
    pattern, offset = BREAKS[at]

    def split(rows: list[Row]) -> list[list[Row]]:
        for index in range(5, len(rows)):
            if re.search(pattern, rows[index - offset].label):
                return [rows[:index], [*above, *rows[index:]]]
        return [rows]

    return split
