"""Days of a meter that are billed where they are not shown: to another customer, or to nobody in particular.

They are missing at nobody, though no bill of them stands at who is asked about.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from extractor.portfolio.billed import OfService
from extractor.portfolio.coverage.known import Key, Known
from extractor.portfolio.coverage.sources import Sources, period_of
from extractor.portfolio.owners import Owner, numbers_of
from extractor.portfolio.pairing import days_shared
from extractor.store.people import Account


def others_on_its_days(one: OfService, among: set[str], known: Known) -> set[str]:
    """Return which of some customers had a meter on the days of generation that is not known as theirs.

    It came late, on the statement of who has it now, or on its supplier's own, which no row names.
    """
    if not among or one.known_as is None:
        return set()
    _, first, last = period_of(one)
    beside = (each for each in known.billed.by_meter()[one.known_as] if not each.is_generation)
    billed = {
        known.owned[each.id].customer
        for each in beside
        if each.id in known.owned and 2 * days_shared(each, one) >= (last - first).days + 1
    }
    return among & (billed | known.owners.holders(numbers_of(one), first, last))


def add_outside(one: OfService, rows: Sequence[Account], of: Sources) -> None:
    """Note days that are billed on what is not wholly a customer's, and not to be shown to him."""
    _, first, last = period_of(one)
    holds = any((row.valid_from or first) <= last and first <= (row.valid_to or last) for row in rows)
    if holds or not rows:
        (of.outside_supply if one.is_generation else of.outside).append((first, last))


def is_late(one: OfService, whose: Mapping[int, Owner], of: Sources) -> bool:
    """Tell whether it is generation on a customer's statement of days on which the service was not his."""
    if not one.is_generation or one.id not in whose:
        return False
    _, first, last = period_of(one)
    return any(begin <= first and last <= end for begin, end in of.away)


def add_others_days(services: Mapping[Key, Sources]) -> None:
    """Note on services that are nobody's what is billed of their days at customers: it is not missing."""
    at_customers: dict[str, list[OfService]] = defaultdict(list)
    for (meter, customer), of in services.items():
        if customer is not None:
            at_customers[meter] += of.services
    for (meter, customer), of in services.items():
        own = [period_of(one) for one in of.services]
        for one in at_customers[meter] if customer is None and own else ():
            days = period_of(one)[1:]
            if any(each.first <= days[1] for each in own) and any(days[0] <= each.last for each in own):
                (of.outside_supply if one.is_generation else of.outside).append(days)
