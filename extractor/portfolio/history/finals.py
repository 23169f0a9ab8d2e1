"""What speaks for days after final bills, for the rule of breaks between the periods of a meter."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from sqlmodel import Session

from extractor.portfolio.coverage.finals import Finals, Held, followed, is_final, of_others
from extractor.portfolio.history_owners import meter_of
from extractor.portfolio.seen import Seen


def finals(session: Session, seen: Seen) -> Mapping[str, Finals]:
    """Return it by meter, of those with a final bill: by the rows of those whom the meter is billed to."""
    found = seen.billed
    meters = {one.known_as for one in found.services if is_final(one) and one.known_as is not None}
    if not meters:
        return {}
    held: dict[str, list[Held]] = defaultdict(list)
    billed: dict[str, list[Held]] = defaultdict(list)
    customers = {
        (one.known_as, seen.owned[one.id].customer) for one in found.services if one.id in seen.owned
    }
    for row in seen.owners.rows:
        if row.kind == "service":
            meter = meter_of(found, row.number)
            held[meter].append((row.first, row.last))
            if (meter, row.owner.customer) in customers:
                billed[meter].append((row.first, row.last))
    later, others = followed(session), of_others(found.services, held)
    return {meter: Finals(billed.get(meter, ()), later, others) for meter in meters}
