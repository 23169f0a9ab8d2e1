"""What CMEP's words mean: units, quality flags, purposes, record types, and whose number is whose.

Sources: CMEP 1.20 of 7 March 2000 (units, flags, purposes, record types); Sensus' description of its
extension (prefixes S and N, the bit mask behind a flag, the six digits in field 4). SCE's number at Dun
& Bradstreet is known second-hand.

>>> unit_of("GKWH"), unit_of("SKWHREG")
(Unit(kind='energy', channel='received', unit='Wh'), Unit(kind='register', channel='total', unit='Wh'))
>>> quality_of("R0"), quality_of("R32"), quality_of("N32")
(<Quality.RAW: 1>, <Quality.QUESTIONABLE: 2>, None)
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from extractor.intervals import given
from extractor.intervals.given import Channel, Quality, Series

SCE = "006908818"
"""SCE's DUNS number, with which the ids of its senders begin."""

VERSIONS = {"19970819", "19990504", "20080501"}
"""Record versions whose meaning is known: the specification's, SCE's history files', Sensus'."""

READ = {"OK", "RESEND", "HISTORY", ""}
"""Purposes that carry readings; the others carry totals, profiles, templates and what was rejected."""

RECORDS = {
    "MEPMD02": "time-of-use totals",
    "MEPEC01": "equipment",
    "MEPLF01": "loss factors",
    "MEPBD01": "billed dollars",
    "MEPBD02": "interval pricing plan",
    "MEPBD03": "time-of-use pricing plan",
    "MEPAD01": "administration",
    "MEPAD02": "credit data",
    "MEPRR01": "rejected record",
    "MLA01": "meter alarms",
}
"""Record types that carry no interval readings."""

COMMODITIES = {"G": "gas", "W": "water", "S": "steam"}

_CHANNELS: dict[str, Channel] = {"": "delivered", "G": "received", "N": "net", "S": "total"}
_ENERGY: dict[str, given.Unit] = {"KWH": "Wh", "KVARH": "VArh", "KVAH": "VAh"}
_POWER = {"KW", "KVAR", "KVA"}
_UNIT = re.compile(r"([GNS]?)(K(?:W|VAR|VA)H?)(REG)?")

_LETTERS = {
    "": Quality.VALIDATED,
    "E": Quality.ESTIMATED,
    "A": Quality.EDITED,
    "R": Quality.RAW,
}
_FLAG = re.compile(r"([REA]?)(\d{1,10})?", re.ASCII)
_NO_VALUE = re.compile(r"N\d{0,10}", re.ASCII)
_DOUBTS = sum(1 << bit for bit in (5, 7, 8, 9, 10, 11, 12, 13, 14, 15))
"""Missing data, out of service, time adjusted, overflow, long or short interval, test mode, register rolled
over or reset, clock out of step. Failed communication and a power outage leave what was counted as it is."""

_ACCOUNT = re.compile(r"8\d{9}|3-\d{3}-\d{4}-\d{2}", re.ASCII)
_ROLES = re.compile(r"[^:]*:(\d{6})", re.ASCII)


class Unit(NamedTuple):
    """What a unit says of the values."""

    kind: Literal["energy", "register", "power", "other"]
    channel: Channel = "unknown"
    unit: given.Unit = "Wh"


class UnknownFlagError(ValueError):
    """A quality flag is none of the specification's."""


def unit_of(text: str) -> Unit:
    """Return what a unit means; what is neither energy nor power of electricity is `other`."""
    match = _UNIT.fullmatch(text)
    if match is None:
        return Unit("other")
    prefix, base, register = match.groups()
    if base in _POWER:
        return Unit("power") if register is None else Unit("other")
    return Unit("register" if register else "energy", _CHANNELS[prefix], _ENERGY[base])


@lru_cache(1024)
def quality_of(flag: str) -> Quality | None:
    """Return how sure a value is; None where there is no value.

    Raises:
        UnknownFlagError: if the flag is none that is known.
    """
    if _NO_VALUE.fullmatch(flag.upper()):
        return None
    match = _FLAG.fullmatch(flag.upper())
    if match is None:
        raise UnknownFlagError
    letter, mask = match.groups()
    return Quality.QUESTIONABLE if int(mask or 0) & _DOUBTS else _LETTERS[letter]


class Names(NamedTuple):
    """Fields 3 to 6 and 8 of a record: who speaks to whom, and of what."""

    sender: str
    sender_customer: str
    receiver: str
    receiver_customer: str
    meter: str


@lru_cache(4096)
def series_of(names: Names, unit: Unit) -> Series:
    """Return what a record's values are of."""
    if names.sender == "SENSUS" and (roles := _ROLES.fullmatch(names.sender_customer)):
        return _sensus(names, roles[1], unit)
    account = _service_account(names)
    others = [one for one in (names.sender_customer, names.receiver_customer) if one and one != account]
    code = others[0] if account is None and others else None
    return Series(unit.channel, unit.unit, account, code, names.meter or None)


def _service_account(names: Names) -> str | None:
    """Return SCE's number for the customer: SCE's own field, or a number in the form of SCE's."""
    if names.sender.startswith(SCE):
        return names.sender_customer or None
    if names.receiver.startswith(SCE):
        return names.receiver_customer or None
    formed = {one for one in (names.sender_customer, names.receiver_customer) if _ACCOUNT.fullmatch(one)}
    return formed.pop() if len(formed) == 1 else None


def _sensus(names: Names, roles: str, unit: Unit) -> Series:
    """Return what Sensus' digits say of the fields 5, 6 and 8: 2, 3 a meter's number, 5 a point of delivery.

    Of a meter's two numbers the submitted one is taken; the radio's own id (1) stands for a point of
    delivery where there is no better.
    """
    fields = (names.receiver, names.receiver_customer, names.meter)
    told = {role: text for role, text in zip(roles, fields, strict=False) if text}
    return Series(
        unit.channel,
        unit.unit,
        usage_point=told.get("5") or told.get("1"),
        meter=told.get("3") or told.get("2"),
    )
