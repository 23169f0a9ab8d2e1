"""Control totals of services: every dollar of the statements is in one row, or left out for a named reason.

    services + left out = new charges of the statements

The left side is added up from the rows as they are written, from the services that are in none, and from
what services do not explain of a statement; the right side is asked of the bills in SQL. A statement that
prints no new charges (CPA's own) counts by the totals of its services. Where only some rows are asked for,
the statements are those that carry a part of what is asked for, and what else they carry is left out as not
asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select, true
from sqlmodel import Session, col

from extractor.export.rows import Row
from extractor.export.totals import LEFT_OUT, REASONS, REVIEW, UNREADABLE, Equation, Total, Totals, reason_of
from extractor.portfolio.asked import Asked
from extractor.portfolio.billed import Billed, OfBill, OfService
from extractor.portfolio.service_rows import Known
from extractor.store.tables import Bill, Charge, CurrentReading, Service
from extractor.store.whose import is_of_customer

ZERO, CENTS = Decimal(0), Decimal("0.00")

UNPAIRED = "unpaired"
UNEXPLAINED = "new charges that the services do not explain"
NOT_ASKED = "not asked for"

ORDER = (REVIEW, *dict.fromkeys(REASONS.values()), UNPAIRED, UNREADABLE, UNEXPLAINED, NOT_ASKED)
UNITS = {UNREADABLE: "files", UNEXPLAINED: "statements"}


class Statement(NamedTuple):
    """What a statement says by itself, as SQL has it; USD."""

    dollars: Decimal
    is_printed: bool
    """Whether it prints its new charges; else the dollars are those of its services."""


@dataclass
class Sum:
    """Services of one kind, added up."""

    count: int = 0
    kwh: Decimal = ZERO
    dollars: Decimal = CENTS

    def add(self, kwh: Decimal | None, dollars: Decimal) -> None:
        """Add one."""
        self.count += 1
        self.kwh += kwh or ZERO
        self.dollars += dollars


@dataclass
class Control:
    """What was written and what was left out, as far as it is known by now."""

    statements: Mapping[int, Statement]
    """By the bill's number."""
    left_out: Mapping[str, Sum]
    bills: Sequence[int]
    """Those that the equation is about."""
    rows: Sum = field(default_factory=Sum)

    def over(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Give the rows on, and add them up."""
        for row in rows:
            kwh, total = row.get("kwh"), row["total"]
            assert isinstance(total, Decimal)
            self.rows.add(kwh if isinstance(kwh, Decimal) else None, total)
            yield row

    def totals(self) -> Totals:
        """Return the control totals of the rows that were given on."""
        lines = [Total("services", self.rows.count, "rows", self.rows.kwh, self.rows.dollars)]
        for reason in ORDER:
            found = self.left_out.get(reason)
            if found is not None:
                kwh = None if reason in UNITS else found.kwh
                lines.append(
                    Total(
                        f"{LEFT_OUT}{reason}", found.count, UNITS.get(reason, "services"), kwh, found.dollars
                    )
                )
        equation = self._equation()
        lines.append(Total("new charges", equation.count, "statements", None, equation.statements))
        return Totals(tuple(lines), equation)

    def _equation(self) -> Equation:
        known = [self.statements[number] for number in self.bills if number in self.statements]
        return Equation(
            self.rows.dollars,
            sum((one.dollars for one in self.left_out.values()), CENTS),
            sum((one.dollars for one in known), CENTS),
            len(known),
            sum(not one.is_printed for one in known),
        )


def control(
    statements: Mapping[int, Statement],
    found: Billed,
    in_rows: Mapping[int, bool],
    asked: Asked,
    known: Known,
) -> Control:
    """Return the control totals of what is left out; rows are to be counted as they are written.

    `in_rows` has the services that are in rows, and whether that row is asked for.
    """
    is_asked = {one.id: in_rows.get(one.id, False) or _is_left(one, in_rows, asked) for one in found.services}
    of_bills = found.by_bill()
    bills = [bill for bill in found.bills if _is_about(bill, of_bills.get(bill.id, ()), is_asked, asked)]
    left_out: dict[str, Sum] = {}
    for bill in bills:
        services = of_bills.get(bill.id, ())
        for reason, kwh, dollars in _of_bill(bill, services, in_rows, is_asked, known):
            left_out.setdefault(reason, Sum()).add(kwh, dollars)
    numbers = list(statements) if asked.is_all else [bill.id for bill in bills]
    return Control(statements, left_out, numbers)


def _is_left(one: OfService, in_rows: Mapping[int, bool], asked: Asked) -> bool:
    return one.id not in in_rows and asked.holds((one,))


def _is_about(
    bill: OfBill, services: Sequence[OfService], is_asked: Mapping[int, bool], asked: Asked
) -> bool:
    """Tell whether the equation is about a statement: whether it carries anything that is asked for."""
    if asked.is_all:
        return True
    return any(is_asked[one.id] for one in services) if services else asked.holds_bill(bill)


def _of_bill(
    bill: OfBill,
    services: Sequence[OfService],
    in_rows: Mapping[int, bool],
    is_asked: Mapping[int, bool],
    known: Known,
) -> Iterator[tuple[str, Decimal | None, Decimal]]:
    """Give what of a statement is in no row: why, its kWh and its dollars."""
    explained = ZERO
    for one in services:
        total = known.total_of(one)
        explained += total
        if not is_asked[one.id]:
            yield NOT_ASKED, known.kwh_of(one), total
        elif one.id not in in_rows:
            standing = bill.standing if one.standing == "counts" else one.standing
            yield reason_of(standing, bill.is_trusted) or UNPAIRED, known.kwh_of(one), total
    if bill.state == UNREADABLE and not services:
        yield UNREADABLE, None, CENTS
    elif bill.new_charges is not None and bill.new_charges != explained:
        yield UNEXPLAINED, None, bill.new_charges - explained


def statements_of(session: Session, customer: str | None) -> dict[int, Statement]:
    """Return what each current statement says by itself, by its number, of a customer or of all.

    What could not be read is no statement.
    """
    whose = true() if customer is None else is_of_customer(customer)
    asked = (
        select(col(Bill.id), col(Bill.new_charges))
        .join(CurrentReading, col(CurrentReading.effective_id) == col(Bill.reading_id))
        .where(whose, col(Bill.status) != UNREADABLE)
    )
    found = {
        number: Statement(CENTS if dollars is None else dollars, dollars is not None)
        for number, dollars in session.execute(asked)
    }
    for number, total, lines in session.execute(_services_without()):
        if number in found:
            dollars = found[number].dollars + (total if total is not None else lines or CENTS)
            found[number] = Statement(dollars, False)
    return found


def _services_without() -> Select[Any, Any, Any]:
    """Ask for the services of statements that print no new charges: totals, and what lines add up to."""
    return (
        select(col(Service.bill_id), col(Service.total), func.sum(col(Charge.amount)))
        .join(Bill, col(Bill.id) == col(Service.bill_id))
        .join(CurrentReading, col(CurrentReading.effective_id) == col(Bill.reading_id))
        .outerjoin(Charge, col(Charge.service_id) == col(Service.id))
        .where(col(Bill.new_charges).is_(None))
        .group_by(col(Service.id), col(Service.bill_id), col(Service.total))
    )
