"""A delivery and the generation beside it as one row; columns: `extractor.portfolio.service_columns`.

Dollars are those of both parts, kWh and kW of delivery alone, since generation repeats them. What nothing
printed tells is left empty, never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from extractor.export.rows import Column, Row
from extractor.intervals.short import NONE, Meters
from extractor.portfolio import dollars
from extractor.portfolio.billed import OfService
from extractor.portfolio.charge_sums import NOTHING, TOU, Amounts, Quantities
from extractor.portfolio.owners import Owner
from extractor.portfolio.pairing import Pair
from extractor.portfolio.service_columns import KW, KWH
from extractor.trust import TRUST, State

ZERO = Decimal("0.00")
BUNDLED = "bundled"
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
        """Return the kWh of a delivery or bundled service; of a part that repeats them None."""
        if one.is_generation:
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
    row.update(_quotients(row))
    row.update(_metered(pair.delivery, known))
    row.update(_trust(pair, known))
    return row


def _whose(delivery: OfService, known: Known) -> Row:
    owner = known.owners.get(delivery.id)
    if owner is None:
        return {}
    row: Row = {
        "customer": owner.customer,
        "customer_name": owner.customer_name,
        "site": owner.site,
        "site_name": owner.site_name,
        "manager": owner.manager,
        "manager_name": owner.manager_name,
        "cost_center": owner.cost_center,
    }
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
        return "paired"
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
    row: Row = {
        "kwh": known.kwh_of(one),
        "exported_kwh": _plain(_exported(pair, known)),
        "kw": _plain(said.facilities_kw if one.kw is None else one.kw),
    }
    for name, kwh in zip(KWH, said.by_tou, strict=True):
        row[name] = _plain(kwh)
    for name, tou, kw in zip(KW, TOU, said.kw_by_tou, strict=True):
        row[name] = _plain(_boxed(demands, tou) if kw is None else kw)
    return row


def _exported(pair: Pair, known: Known) -> Decimal | None:
    """Return the kWh sent back: of the usage block, else of delivery's credits, else of generation's."""
    if pair.delivery.exported_kwh is not None:
        return abs(pair.delivery.exported_kwh)
    found = (known.quantities.get(one.id, NOTHING).exported for one in (pair.delivery, *pair.generation))
    return next((kwh for kwh in found if kwh is not None), None)


def _boxed(demands: Sequence[Sequence[str | None]], tou: str) -> Decimal | None:
    """Return the greatest kW of a price period in the demand box."""
    return max((Decimal(kw) for _, period, kw in demands if period == tou and kw is not None), default=None)


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


def _quotients(row: Row) -> Row:
    total, kwh, kw, days = row["total"], row["kwh"], row["kw"], row["days"]
    assert isinstance(total, Decimal)
    found: Row = {"usd_per_kwh": None, "load_factor": None}
    if isinstance(kwh, Decimal) and kwh > 0:
        found["usd_per_kwh"] = (total / kwh).quantize(PER_KWH, ROUND_HALF_UP)
        if isinstance(kw, Decimal) and isinstance(days, int) and kw > 0 and days > 0:
            found["load_factor"] = (kwh / (kw * HOURS * days)).quantize(FACTOR, ROUND_HALF_UP)
    return found


def _metered(delivery: OfService, known: Known) -> Row:
    beside = known.meters.get((delivery.bill.id, delivery.number))
    if beside is None:
        return {}
    return {
        "meter_verdict": beside.verdict,
        "meter_reason": beside.reason,
        "meter_kwh": beside.kwh,
        "meter_kw": beside.kw,
        "meter_is_confirmed": beside.is_confirmed,
    }


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
