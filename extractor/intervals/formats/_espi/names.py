"""ESPI's names and codes: namespaces, units, flows, qualities, kinds of cost line.

Elements are matched by namespace and local name; prefixes differ from custodian to custodian.
Source: NAESB REQ.21 (ESPI) 4.0, espi.xsd: UomType, FlowDirectionKind, AccumulationKind,
DataQualifierKind, QualityOfReading, ItemKind.

>>> UNITS[72], CHANNELS[19], QUALITIES[9].name, ITEM_KINDS[1]
('Wh', 'received', 'ESTIMATED', 'generation fee')
"""

from __future__ import annotations

from collections.abc import Mapping

from extractor.intervals.given import Channel, Quality, Unit

ATOM = "{http://www.w3.org/2005/Atom}"
ESPI = "{http://naesb.org/espi}"
CUSTOMER = "{http://naesb.org/espi/customer}"

UNITS: Mapping[int, Unit] = {71: "VAh", 72: "Wh", 73: "VArh"}
"""What can be counted over an interval."""

OTHER_UNITS = {38: "W", 61: "VA", 63: "VAr", 119: "cubic feet", 169: "therms"}

ELECTRIC = frozenset({0, 1, 2})
"""CommodityKind: not applicable, electricity at the meter, behind its transformer. Gas may be in Wh."""

CHANNELS: Mapping[int, Channel] = {0: "unknown", 1: "delivered", 4: "net", 19: "received", 20: "total"}

DELTA_DATA = 4
"""AccumulationKind: the difference between the end and the beginning of an interval."""

WHOLE = frozenset({0, 12, 26})
"""DataQualifierKind none, normal, sum: the value is all that was counted, not a highest or an average."""

US_DOLLAR = 840
MONEY_DIGITS = 5
"""Money is in hundred-thousandths of the currency."""

QUALITIES: Mapping[int, Quality] = {
    0: Quality.VALIDATED,  # valid
    7: Quality.EDITED,  # manually edited
    8: Quality.ESTIMATED,  # by a reference day
    9: Quality.ESTIMATED,  # by linear interpolation
    10: Quality.QUESTIONABLE,
    11: Quality.DERIVED,
    12: Quality.QUESTIONABLE,  # projected: a forecast
    13: Quality.ESTIMATED,  # mixed: as sure as the least sure that may be in it
    14: Quality.RAW,
    15: Quality.DERIVED,  # normalised for weather
    16: Quality.UNKNOWN,  # other
    17: Quality.VALIDATED,
    18: Quality.VALIDATED,  # verified
    19: Quality.REVENUE,
}

ITEM_KINDS: Mapping[int, str] = {
    1: "generation fee",
    2: "delivery fee",
    3: "usage fee",
    4: "administrative fee",
    5: "tax",
    6: "generation credit",
    7: "delivery credit",
    8: "administrative credit",
    9: "payment",
    10: "information",
}


def quality(code: int | None) -> Quality:
    """Return what a code of QualityOfReading means; one that is not listed says nothing."""
    return Quality.UNKNOWN if code is None else QUALITIES.get(code, Quality.UNKNOWN)
