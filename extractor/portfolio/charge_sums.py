"""What the charge lines of each service add up to, asked in SQL: dollars by column, kWh and kW by period.

A kWh stands on a bill several times: under delivery, under generation, under each surcharge. Those of the
energy lines of delivery are taken, the pieces of seasons and of rate changes added up; where there are none,
those of generation in the same service (as `extractor.intervals.compared.billed` does, by which bills are
compared with meters). Tiers are energy lines without a price period; a baseline credit and a surcharge repeat
kWh, and are never counted. Where a line names no price period, or its kWh were not read, none is told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple, get_args

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlmodel import Session, col

from extractor.base.columns import Exact
from extractor.model import Component, Section, Tou
from extractor.portfolio import dollars
from extractor.store.neighbours import parts
from extractor.store.tables import QUANTITY, Bill, Charge, CurrentReading, Service

TOU: tuple[Tou, ...] = get_args(Tou)

Amounts = tuple[Decimal | None, ...]


class Quantities(NamedTuple):
    """What the lines of a service say was used; None where they do not."""

    kwh: Decimal | None = None
    """Of its energy lines."""
    by_tou: Amounts = (None,) * len(TOU)
    """kWh, in the order of `TOU`."""
    exported: Decimal | None = None
    """kWh on which its export credits agree."""
    facilities_kw: Decimal | None = None
    """kW on which its lines of facilities demand agree: the maximum of the whole period."""
    kw_by_tou: Amounts = (None,) * len(TOU)
    """The greatest kW charged for, in the order of `TOU`."""
    vintages: tuple[str, ...] = ()
    """Of its PCIA lines."""


NOTHING = Quantities()


def dollars_of(session: Session) -> dict[int, Amounts]:
    """Return by the number of each current service its USD, in the order of `dollars.COLUMNS`.

    Where no line is in a column it is None.
    """
    return {
        number: tuple(sums) for number, *sums in session.connection().execute(_of_services(_DOLLARS)).all()
    }


def quantities_of(session: Session) -> dict[int, Quantities]:
    """Return by the number of each current service what its lines say was used.

    Of a CCA's or an ESP's part only what was sent back: the rest repeats that of delivery.
    """
    is_asked = or_(col(Service.role).is_(None), col(Service.role) != "generation", _EXPORT)
    asked = _of_services(_QUANTITIES).where(_SAYS_QUANTITIES, is_asked)
    return {row[0]: _quantities(row[1:]) for row in session.connection().execute(asked).all()}


def amounts_of(session: Session, numbers: Iterable[int]) -> dict[int, set[Decimal]]:
    """Return the amounts of the lines of some services, USD, by their numbers."""
    found: dict[int, set[Decimal]] = defaultdict(set)
    for part in parts(numbers):
        asked = select(col(Charge.service_id), col(Charge.amount)).where(
            col(Charge.service_id).in_(part), col(Charge.amount).is_not(None)
        )
        for number, amount in session.execute(asked):
            found[number].add(amount)
    return found


def _of_services(columns: Iterable[Any]) -> Select[Any]:
    return (
        select(col(Charge.service_id), *columns)
        .join(Service, col(Service.id) == col(Charge.service_id))
        .join(Bill, col(Bill.id) == col(Service.bill_id))
        .join(CurrentReading, col(CurrentReading.effective_id) == col(Bill.reading_id))
        .group_by(col(Charge.service_id))
    )


# --- dollars ---------------------------------------------------------------------------------------------


def _is_of(column: str) -> ColumnElement[bool]:
    """Tell whether a line's amount belongs in a column: `dollars.column_of`, asked in SQL."""
    alone = [name for name, known in dollars.BY_COMPONENT.items() if known == column]
    if alone:
        return _is_for(alone)
    side, _, kind = column.partition("_")
    return and_(
        col(Charge.section) == side,
        _is_for([name for name, known in dollars.BY_SIDE.items() if known == kind]),
    )


def _is_for(components: Sequence[Component]) -> ColumnElement[bool]:
    """Tell whether a line is for one of some things."""
    return or_(*(col(Charge.component) == str(one) for one in components))


def _sum(condition: ColumnElement[bool], value: Any) -> Any:
    return func.sum(value).filter(condition)


_NAMED = {column: _is_of(column) for column in dollars.COLUMNS if column != dollars.OTHER}
_DOLLARS = [
    _sum(~or_(*_NAMED.values()) if column == dollars.OTHER else _NAMED[column], col(Charge.amount))
    for column in dollars.COLUMNS
]


# --- quantities ------------------------------------------------------------------------------------------


def _by(unit: str) -> ColumnElement[bool]:
    """Tell whether a line's unit is this one, in whatever case of letters (`extractor.units`)."""
    return func.lower(col(Charge.unit)) == unit.lower()


def _energy(side: Section, further: ColumnElement[bool]) -> ColumnElement[bool]:
    """Tell whether a line is energy of a side by the kWh; asked last what takes longest."""
    return and_(_is_for([Component.ENERGY]), col(Charge.section) == side, further, _by("kWh"))


_QUANTITY = col(Charge.quantity)
_EXPORT = and_(_is_for([Component.EXPORT_CREDIT]), _by("kWh"))
_FACILITIES = and_(_is_for([Component.FACILITIES_DEMAND]), _by("kW"))
_SAYS = (
    Component.ENERGY,
    Component.EXPORT_CREDIT,
    Component.FACILITIES_DEMAND,
    Component.TIME_DEMAND,
    Component.PCIA,
)
_SAYS_QUANTITIES = func.coalesce(col(Charge.component), "").in_([str(one) for one in _SAYS])
"""Asked so that SQLite walks through the lines by service, not by component: it groups them by that."""
_QUANTITIES = [
    *(
        column
        for side in dollars.SIDES
        for column in (
            func.count().filter(_energy(side, _QUANTITY.is_(None))),
            _sum(_energy(side, col(Charge.tou).is_(None)), _QUANTITY),
            *(_sum(_energy(side, col(Charge.tou) == tou), _QUANTITY) for tou in TOU),
        )
    ),
    *(
        extreme(func.abs(_QUANTITY, type_=Exact(QUANTITY))).filter(_EXPORT)
        for extreme in (func.min, func.max)
    ),
    *(extreme(_QUANTITY).filter(_FACILITIES) for extreme in (func.min, func.max)),
    *(
        func.max(_QUANTITY).filter(and_(_is_for([Component.TIME_DEMAND]), col(Charge.tou) == tou, _by("kW")))
        for tou in TOU
    ),
    func.aggregate_strings(col(Charge.vintage), ",").filter(_is_for([Component.PCIA])),
]


def _quantities(row: Sequence[Any]) -> Quantities:
    width = 2 + len(TOU)
    delivery, generation, rest = row[:width], row[width : 2 * width], row[2 * width :]
    kwh, by_tou = _kwh(delivery) or _kwh(generation) or (None, NOTHING.by_tou)
    least_export, exported, least_facilities, facilities, *kw, vintages = rest
    return Quantities(
        kwh,
        by_tou,
        exported if least_export == exported else None,
        facilities if least_facilities == facilities else None,
        tuple(kw),
        tuple(sorted(set(vintages.split(",")))) if vintages else (),
    )


def _kwh(side: Sequence[Any]) -> tuple[Decimal | None, Amounts] | None:
    """Return the kWh of a side in all and by price period; None where none of it is read."""
    unread, unnamed, *by_tou = side
    known = [kwh for kwh in (unnamed, *by_tou) if kwh is not None]
    if not known:
        return None
    if unread:
        return None, NOTHING.by_tou
    return sum(known, Decimal(0)), tuple(by_tou) if unnamed is None else NOTHING.by_tou
