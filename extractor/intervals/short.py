"""A join in short, for lists of bills; imports nothing heavy, as lists without any readings pass by here.

>>> worst([Metered("ties_out", "", None, None), Metered("no_data", "", None, None)])
'no_data'
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from extractor.model import Finding

WORST = ("differs", "incomplete", "no_data", "within_tolerance", "ties_out")
"""Verdicts of services: a bill's is the first of these that one of them has."""


UNCONFIRMED = ", unconfirmed"
"""What stands behind a verdict on readings of a format that nobody confirmed."""


class Metered(NamedTuple):
    """A service beside its meters, in short."""

    verdict: str
    reason: str
    kwh: Decimal | None
    """Of the channel that the bill's kWh are."""
    kw: Decimal | None
    """The highest, to the nearest kW as bills have it; None where readings bound it from below only."""
    findings: tuple[Finding, ...] = ()
    is_confirmed: bool = True
    """Whether the readings are of formats that are known or were confirmed."""


Meters = Mapping[tuple[int, int], Metered]
"""By a bill's id and the number of its service, from 1."""

NONE: Meters = {}


def worst(found: Iterable[Metered]) -> str | None:
    """Return the verdict of a bill by those of its services; None if it has none."""
    verdicts = {one.verdict for one in found}
    return next((verdict for verdict in WORST if verdict in verdicts), None)


def in_words(found: Iterable[Metered]) -> str | None:
    """Say the verdict of a bill, never without saying that its readings are of a format nobody confirmed.

    >>> in_words([Metered("ties_out", "", None, None, is_confirmed=False)])
    'ties_out, unconfirmed'
    """
    known = list(found)
    verdict = worst(known)
    return verdict if verdict is None or are_confirmed(known) else f"{verdict}{UNCONFIRMED}"


def are_confirmed(found: Iterable[Metered]) -> bool:
    """Tell whether all readings are of formats that are known or were confirmed."""
    return all(one.is_confirmed for one in found)


def of_bill(meters: Meters, bill_id: int, services: int) -> dict[int, Metered]:
    """Return what is known of a bill's services, by their places from 0."""
    known = ((at, meters.get((bill_id, at + 1))) for at in range(services))
    return {at: found for at, found in known if found is not None}
