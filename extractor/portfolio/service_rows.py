"""A delivery and the generation beside it as one row; columns: `extractor.portfolio.service_columns`.

Dollars are those of both parts, kWh and kW of delivery alone, since generation repeats them. What nothing
printed tells is left empty, never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from extractor.export.kept import metered
from extractor.export.rows import Column, Row
from extractor.intervals.short import NONE, Meters
from extractor.portfolio import dollars
from extractor.portfolio.billed import OfService
from extractor.portfolio.charge_sums import NOTHING, TOU, Amounts, Quantities
from extractor.portfolio.owners import Owner, told
from extractor.portfolio.pairing import Pair, days_shared
from extractor.portfolio.repeated import Repeated
from extractor.portfolio.service_columns import KW, KWH, WHOSE
from extractor.trust import TRUST, State

ZERO = Decimal("0.00")
BUNDLED, PAIRED = "bundled", "paired"

APART = 2
"""Days by which generation may differ from its delivery, at most, and still be that of its kWh: CCAs' periods
may overlap the next one by a day at either end."""
HOURS = 24
"""Of a day, in a load factor."""

PER_KWH, FACTOR = Decimal("0.00001"), Decimal("0.0001")
"""Places of what is divided."""

LEAST_FIRST: Sequence[State] = ("unreadable", "review", "accepted", "corrected", "verified")

NO_LINES: Amounts = (None,) * len(dollars.COLUMNS)


class Box(NamedTuple):
    """What a bill has lists of, of one service."""

    meters: Sequence[str] = ()
    demands: Sequence[Sequence[str | None]] = ()
    """Season, TOU period and kW of each row of the demand box."""


NO_BOX = Box()


@dataclass(frozen=True)
class Known:
    """What is known of services, by their numbers."""

    dollars: Mapping[int, Amounts] = field(default_factory=dict)
    """USD of their lines, in the order of `dollars.COLUMNS`."""
    quantities: Mapping[int, Quantities] = field(default_factory=dict)
    boxes: Mapping[int, Box] = field(default_factory=dict)
    owners: Mapping[int, Owner] = field(default_factory=dict)
    findings: Mapping[tuple[int, int | None], Sequence[str]] = field(default_factory=dict)
    """Kinds of findings, by the bill's number and which service of it they are on; None: on none."""
    left_out: frozenset[int] = frozenset()
    """Deliveries whose generation is there and does not count, or is not the customer's who is asked for."""
    repeated: Repeated = field(default_factory=Repeated)
    meters: Meters = field(default_factory=lambda: NONE)
    further: Mapping[str, Column] = field(default_factory=dict)
    """Columns of the roster's own."""

    def lines_of(self, one: OfService) -> Decimal:
        """Return what the lines of a service add up to, USD."""
        return sum((amount for amount in self.dollars.get(one.id, NO_LINES) if amount is not None), ZERO)

    def total_of(self, one: OfService) -> Decimal:
        """Return the total of a service as printed; of one that prints none that of its lines; USD."""
        return self.lines_of(one) if one.total is None else one.total

    def kwh_of(self, one: OfService) -> Decimal | None:
        """Return the kWh of a delivery or bundled service; of a part that repeats another's None."""
        if one.is_generation or one.id in self.repeated.kwh:
            return None
        kwh = self.quantities.get(one.id, NOTHING).kwh
        return _plain(one.kwh if kwh is None else kwh)


def service_row(pair: Pair, known: Known) -> Row:
    """Return a delivery and its generation as a row."""
    row: Row = _whose(pair.delivery, known)
    row.update(_accounts(pair, known))
    row.update(_statement(pair, known))
    row.update(_usage(pair, known))
    row.update(_dollars(pair, known))
    row.update(_quotients(row, is_priced(pair, known)))
    row.update(metered(known.meters.get((pair.delivery.bill.id, pair.delivery.number))))
    row.update(_trust(pair, known))
    return row


def _whose(delivery: OfService, known: Known) -> Row:
    owner = known.owners.get(delivery.id)
    if owner is None:
        return {}
    row: Row = {**told(owner, *(column.name for column in WHOSE))}
    for name, said in (owner.further or {}).items():
        row[known.further[name].name] = said
    return row


def _accounts(pair: Pair, known: Known) -> Row:
    one = pair.delivery
    box = known.boxes.get(one.id, NO_BOX)
    others = (
        other.service_account for other in pair.generation if other.service_account != one.service_account
    )
    return {
        "customer_account": one.bill.customer_account,
        "service_account": one.service_account,
        "cca_service_account": _listed(others),
        "pod_id": one.pod_id or _listed(other.pod_id for other in pair.generation),
        "meters": _listed(box.meters) or one.meter,
    }


def _statement(pair: Pair, known: Known) -> Row:
    one, bill = pair.delivery, pair.delivery.bill
    sellers = (one,) if one.role == BUNDLED else pair.generation
    return {
        "statement_date": bill.statement_date,
        "due_date": bill.due_date,
        "kind": bill.kind,
        "role": one.role,
        "period_start": one.start,
        "period_end": one.end,
        "days": _days(one),
        "rate_schedule": one.rate_schedule,
        "generation": _generation(pair, known),
        "provider": _listed(other.provider for other in sellers),
        "product": _listed(other.product for other in sellers),
        "vintage": _listed(
            vintage
            for other in (one, *pair.generation)
            for vintage in known.quantities.get(other.id, NOTHING).vintages
        ),
    }


def _generation(pair: Pair, known: Known) -> str:
    if pair.delivery.role == BUNDLED:
        return BUNDLED
    if pair.generation:
        return PAIRED
    return "left out" if pair.delivery.id in known.left_out else "none"


def _days(one: OfService) -> int | None:
    """Return the days of a period, as printed or counted."""
    if one.days is not None or one.start is None or one.end is None:
        return one.days
    return (one.end - one.start).days + 1


def _usage(pair: Pair, known: Known) -> Row:
    one = pair.delivery
    said = known.quantities.get(one.id, NOTHING)
    demands = known.boxes.get(one.id, NO_BOX).demands
    row: Row = {"kw": _plain(said.facilities_kw if one.kw is None else one.kw)}
    if one.id not in known.repeated.kwh:
        row["kwh"] = known.kwh_of(one)
        row["exported_kwh"] = _plain(_exported(pair, known))
        row.update(zip(KWH, map(_plain, said.by_tou), strict=True))
    boxed = _boxed(demands) if demands else {}
    for name, tou, kw in zip(KW, TOU, said.kw_by_tou, strict=True):
        row[name] = _plain(boxed.get(tou) if kw is None else kw)
    return row


def _exported(pair: Pair, known: Known) -> Decimal | None:
    """Return the kWh sent back: of the usage block, else of delivery's credits, else of generation's."""
    if pair.delivery.exported_kwh is not None:
        return abs(pair.delivery.exported_kwh)
    found = (known.quantities.get(one.id, NOTHING).exported for one in (pair.delivery, *pair.generation))
    return next((kwh for kwh in found if kwh is not None), None)


def _boxed(demands: Iterable[Sequence[str | None]]) -> Mapping[str | None, Decimal]:
    """Return the greatest kW of each price period in the demand box."""
    found: dict[str | None, Decimal] = {}
    for _, period, kw in demands:
        if kw is not None:
            found[period] = max(found.get(period, Decimal(kw)), Decimal(kw))
    return found


def _dollars(pair: Pair, known: Known) -> Row:
    own, beside = known.total_of(pair.delivery), sum((known.total_of(one) for one in pair.generation), ZERO)
    sums: list[Decimal | None] = list(known.dollars.get(pair.delivery.id, NO_LINES))
    for one in pair.generation:
        for at, amount in enumerate(known.dollars.get(one.id, NO_LINES)):
            if amount is not None:
                sums[at] = (sums[at] or ZERO) + amount
    row: Row = dict(zip(dollars.COLUMNS, sums, strict=True))
    row["not_itemised"] = own + beside - sum((one for one in sums if one is not None), ZERO)
    row["sce_total"] = own
    row["cca_total"] = beside if pair.generation else None
    row["total"] = own + beside
    return row


def is_priced(pair: Pair, known: Known) -> bool:
    """Tell whether the dollars of a row are all that its kWh cost: with supply for its days, and no others.

    Delivery alone, or with the generation of other days, is no price of them; so is one of two statements of
    the same days.
    """
    one = pair.delivery
    if one.id in known.repeated.days:
        return False
    if one.role == BUNDLED:
        return True
    billed = sum(_length(other) for other in pair.generation)
    beside = sum(days_shared(one, other) for other in pair.generation)
    return bool(pair.generation) and abs(_length(one) - beside) <= APART and billed - beside <= APART


def _length(one: OfService) -> int:
    return days_shared(one, one)


def _quotients(row: Row, is_priced: bool) -> Row:
    total, kwh, kw, days = row["total"], row.get("kwh"), row["kw"], row["days"]
    assert isinstance(total, Decimal)
    found: Row = {"usd_per_kwh": None, "load_factor": None}
    if isinstance(kwh, Decimal) and kwh > 0:
        if is_priced:
            found["usd_per_kwh"] = (total / kwh).quantize(PER_KWH, ROUND_HALF_UP)
        if isinstance(kw, Decimal) and isinstance(days, int) and kw > 0 and days > 0:
            found["load_factor"] = (kwh / (kw * HOURS * days)).quantize(FACTOR, ROUND_HALF_UP)
    return found


def _trust(pair: Pair, known: Known) -> Row:
    one, parts = pair.delivery, (pair.delivery, *pair.generation)
    elsewhere = [other.bill for other in pair.generation if other.bill.id != one.bill.id]
    codes = _findings(parts, known)
    row: Row = {
        "estimated": _any(part.estimated for part in parts),
        "trust": TRUST[min((part.bill.state for part in parts), key=LEAST_FIRST.index)],
        "findings": len(codes),
        "finding_codes": _listed(codes),
        "file": one.bill.file,
        "sha256": one.bill.sha256,
        "bill": one.bill.position,
        "service": one.number,
    }
    if elsewhere:
        row["generation_statement_date"] = _listed(
            bill.statement_date.isoformat() for bill in elsewhere if bill.statement_date
        )
        row["generation_file"] = _listed(bill.file for bill in elsewhere)
        row["generation_sha256"] = _listed(bill.sha256 for bill in elsewhere)
    return row


def _findings(parts: Sequence[OfService], known: Known) -> list[str]:
    if not known.findings:
        return []
    places: dict[tuple[int, int | None], None] = {}
    for part in parts:
        places |= {(part.bill.id, None): None, (part.bill.id, part.number): None}
    return [code for place in places for code in known.findings.get(place, ())]


def _any(flags: Iterable[bool | None]) -> bool | None:
    known = [flag for flag in flags if flag is not None]
    return any(known) if known else None


def _listed(values: Iterable[str | None]) -> str | None:
    """Return different texts with a comma between them, in their order; None if there is none."""
    return ", ".join(dict.fromkeys(value for value in values if value)) or None


def _plain(value: Decimal | None) -> Decimal | None:
    """Return a quantity without the zeros that its column has behind it."""
    return None if value is None else value.normalize()
