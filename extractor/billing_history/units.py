"""Units that a text names, and by what a number of theirs becomes kWh or kW: exactly, or not at all.

>>> named("Usage (MWh)"), named("UsageGWh"), named("kW-h"), named("Amount, USD"), named("Bill Date")
(['MWh'], ['GWh'], ['kWh'], ['USD'], [])
>>> named("kWh (000)"), named("$/kWh"), named("Avg kWh per Day")
(['kWh', 'thousands'], ['USD', 'kWh', 'per'], ['kWh', 'per'])
>>> FACTORS["kwh"]["MWh"], FACTORS["kw"]["W"]
(Decimal('1000'), Decimal('0.001'))
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache

FACTORS: dict[str, dict[str, Decimal]] = {
    "kwh": {"kWh": Decimal(1), "Wh": Decimal("0.001"), "MWh": Decimal(1000), "GWh": Decimal(10**6)},
    "kw": {"kW": Decimal(1), "W": Decimal("0.001"), "MW": Decimal(1000)},
    "amount": {"USD": Decimal(1)},
}
"""By what a column's role is kept in, how much of it one of a unit is; other units are no such quantity."""

BASE = {"kwh": "kWh", "kw": "kW", "amount": "USD"}
"""What each is kept in, and is taken for where nothing names a unit."""

RATE = "per"
"""Named where a number is of one unit for each of another: `kWh per day`, `$/kWh`."""

SCALES = frozenset({"hundreds", "thousands", "millions"})
"""Named where a number is so many times another."""

MONEY = SCALES | {"USD", "cents", "EUR", "GBP", "CAD", "MXN"}
"""What may be named of dollars."""

_ELECTRIC = ("W", "kW", "MW", "GW", "TW", "Wh", "kWh", "MWh", "GWh", "TWh")
_REACTIVE = ("VA", "kVA", "MVA", "VAh", "kVAh", "MVAh", "VAR", "kVAR", "MVAR", "VARh", "kVARh", "MVARh")
_GAS = ("Btu", "kBtu", "MBtu", "MMBtu", "CCF", "MCF", "HCF", "GJ", "MJ")
_WORDS: dict[str, str] = {
    **{unit.lower(): unit for unit in (*_ELECTRIC[1:], *_REACTIVE, *_GAS)},
    **dict.fromkeys(("therm", "therms", "thm", "thms"), "therms"),
    **dict.fromkeys(("dth", "dekatherm", "dekatherms", "decatherm", "decatherms"), "dekatherms"),
    **dict.fromkeys(("gallon", "gallons", "gal", "gals", "kgal", "hgal"), "gallons"),
    **dict.fromkeys(("usd", "us$", "dollar", "dollars", "$"), "USD"),
    **dict.fromkeys(("cent", "cents", "¢"), "cents"),
    **{"eur": "EUR", "€": "EUR", "gbp": "GBP", "£": "GBP", "cad": "CAD", "mxn": "MXN"},
    **dict.fromkeys(("000", "000s", "1000", "1000s", "x1000", "thousand", "thousands"), "thousands"),
    **dict.fromkeys(("x100", "hundred", "hundreds"), "hundreds"),
    **dict.fromkeys(("million", "millions"), "millions"),
    "per": RATE,
}
"""By how they are written, in small letters."""

_CODES = {"kh": "kWh", "k1": "kW", "k2": "kVAR", "k3": "kVARh", "k4": "kVA"}
"""As EDI writes them, where a cell has nothing else."""

_LONG = (
    (re.compile(r"\b(kilo|mega|giga|tera)[ -]?watts?\b"), lambda match: f"{match[1][0]}w"),
    (re.compile(r"\bwatts?\b"), lambda _: "w"),
    (
        re.compile(r"\b([kmgt]?w|[km]?var|[km]?va)[ .·⋅*-]*(?:hours?|hrs?|hs?)\b"),
        lambda match: f"{match[1]}h",
    ),
    (re.compile(r"\b1,000s?\b"), lambda _: "1000"),
)
"""Longer ways to write them, in small letters, and what they become."""

_JOINTS = re.compile(r"(?<=[a-z])(?=[kKMGT](?:W|VA))|(?<=[a-z]{2})(?<!k)(?=Wh)")
"""Where a unit begins in a name without joints: `UsageMWh`."""

_PARTS = re.compile(r"us\$|[^\W_]+|[$¢€£]")
_RATE = re.compile(r"(?:\$|\busd|¢|\bk?wh?)\s*/\s*k?wh?\b|\b(?:kwh|kw)[ /]+(?:day|hour|hr|month|sq ?ft)\b")


@lru_cache(4096)
def named(text: str) -> list[str]:
    """Return the units that a text names, each once; `per` where it is a rate.

    A W is a unit at the end of a text that names no other one: `Demand W`, and not `W Main St`.
    """
    plain = _JOINTS.sub(" ", unicodedata.normalize("NFKC", text)).replace("_", " ").casefold()
    for long, short in _LONG:
        plain = long.sub(short, plain)
    parts = _PARTS.findall(plain)
    found = [_WORDS[part] for part in parts if part in _WORDS]
    if not found and parts[-1:] == ["w"]:
        found.append("W")
    if _RATE.search(plain):
        found.append(RATE)
    return list(dict.fromkeys(found))


def said(cell: str) -> list[str]:
    """Return the units that a cell names which says nothing else, an EDI code among them.

    >>> said("MWH"), said("K1"), said("Apartment 5B")
    (['MWh'], ['kW'], [])
    """
    code = _CODES.get(cell.strip().casefold())
    return [code] if code else named(cell)
