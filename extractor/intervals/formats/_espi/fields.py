"""Fields of a resource: a child's text as a number or as text, and how a problem is worded.

>>> from xml.etree import ElementTree
>>> period = ElementTree.fromstring('<p xmlns="http://naesb.org/espi"><start>1721154384.66136</start></p>')
>>> integer(period, "start", fraction=True), integer(period, "duration")
(1721154384, None)
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Literal
from xml.etree.ElementTree import Element

from extractor.intervals.formats import UnreadableIntervalsError
from extractor.intervals.formats._espi.names import ESPI
from extractor.intervals.given import Problem

BOUND = 2**63
MULTIPLIERS = range(-12, 13)
"""Of powerOfTenMultiplier: pico to tera."""


def text(parent: Element, path: str, namespace: str = ESPI) -> str | None:
    """Return the text of a descendant, its steps separated by slashes; None where it is absent or empty."""
    found = parent.find("/".join(namespace + step for step in path.split("/")))
    return ((found.text or "").strip() or None) if found is not None else None


def integer(parent: Element, path: str, fraction: bool = False) -> int | None:
    """Return a whole number, None where it is absent; a fraction is cut off where one is allowed.

    Raises:
        UnreadableIntervalsError: if it is no such number.
    """
    said = text(parent, path)
    if said is None:
        return None
    try:
        number = Decimal(said.replace("_", "?"))
        whole = int(number)
    except (InvalidOperation, ValueError, OverflowError):
        raise UnreadableIntervalsError(f"{path} is no number") from None
    if abs(number) >= BOUND or (whole != number and not fraction):
        raise UnreadableIntervalsError(f"{path} is an impossible number")
    return whole


def multiplier(parent: Element, path: str = "powerOfTenMultiplier") -> int | None:
    """Return a power of ten, None where it is absent.

    Raises:
        UnreadableIntervalsError: if there is no such prefix.
    """
    power = integer(parent, path)
    if power is not None and power not in MULTIPLIERS:
        raise UnreadableIntervalsError(f"{path} is an impossible power of ten")
    return power


def say(code: str, severity: Literal["info", "warning", "error"], message: str) -> Problem:
    """Word a problem; messages name places in the feed and never an account or an address."""
    return Problem(code, severity, message)
