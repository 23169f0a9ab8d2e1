"""Which columns of a bill's rows are values that are printed on it, and where its record has them.

A value is a printed field of a bill, of one of its services, or of one of their charge lines: amounts,
energy, demand, other quantities, rates, dates, numbers (of accounts, meters, POD-IDs) and rate schedules.
Words (names, addresses, labels) and the usage history of past months are none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, cast

from sqlalchemy import ColumnElement, case, func, literal
from sqlmodel import col

from extractor.store.tables import Bill, Charge, Service

Kind = Literal["amount", "energy", "demand", "quantity", "rate", "date", "number", "schedule"]

UNITS: dict[str, Kind] = {"kWh": "energy", "kW": "demand"}
"""What a charge line's quantity is by its unit."""


class Slot(NamedTuple):
    """Where a record has a value: its JSON pointer, and its kind."""

    target: str
    kind: Kind


@dataclass(frozen=True)
class Columns:
    """Columns of a table, of each the value's pointer below the row's, and its kind."""

    single: tuple[tuple[Any, str, Kind], ...]
    listed: tuple[Any, str, Kind] | None = None
    """A column that holds a list, and the value in each of its rows."""

    @property
    def selected(self) -> list[Any]:
        """The columns."""
        return [column for column, *_ in self.single] + ([self.listed[0]] if self.listed else [])

    @property
    def count(self) -> ColumnElement[int]:
        """How many values a row has."""
        count: Any = literal(0)
        for column, *_ in self.single:
            count += case((col(column).is_not(None), 1), else_=0)
        if self.listed:
            count += func.coalesce(func.json_array_length(self.listed[0]), 0)
        return cast(ColumnElement[int], count)

    def slots(self, above: str, cells: Sequence[Any]) -> Iterator[Slot]:
        """Give the values of a row whose pointer is `above`, by its cells."""
        for (_, name, kind), cell in zip(self.single, cells, strict=False):
            if cell is not None:
                yield Slot(f"{above}/{name}", kind)
        if self.listed:
            _, name, kind = self.listed
            for at in range(len(cells[-1] or ())):
                yield Slot(f"{above}/{name.format(at)}", kind)


OF_BILL = Columns(
    (
        (Bill.customer_account, "customer_account", "number"),
        (Bill.statement_date, "statement_date", "date"),
        (Bill.due_date, "due_date", "date"),
        (Bill.next_cycle_end, "next_cycle_end", "date"),
        (Bill.previous_balance, "previous_balance", "amount"),
        (Bill.balance_forward, "balance_forward", "amount"),
        (Bill.new_charges, "new_charges", "amount"),
        (Bill.amount_due, "amount_due", "amount"),
    ),
    (Bill.account_lines, "account_lines/{}/amount", "amount"),
)
OF_SERVICE = Columns(
    (
        (Service.service_account, "service_account", "number"),
        (Service.pod_id, "pod_id", "number"),
        (Service.meter, "meter", "number"),
        (Service.rate_schedule, "rate_schedule", "schedule"),
        (Service.period_start, "period/start", "date"),
        (Service.period_end, "period/end", "date"),
        (Service.usage_kwh, "usage_kwh", "energy"),
        (Service.exported_kwh, "exported_kwh", "energy"),
        (Service.max_demand_kw, "max_demand_kw", "demand"),
        (Service.total, "total", "amount"),
    ),
    (Service.demands, "demands/{}/kw", "demand"),
)
OF_CHARGE = Columns(
    (
        (Charge.quantity, "quantity", "quantity"),
        (Charge.rate, "rate", "rate"),
        (Charge.amount, "amount", "amount"),
    )
)


def of_charge(above: str, unit: str | None, cells: Sequence[Any]) -> Iterator[Slot]:
    """Give the values of a charge line, whose quantity is of a unit."""
    for slot in OF_CHARGE.slots(above, cells):
        yield slot if slot.kind != "quantity" else slot._replace(kind=UNITS.get(unit or "", "quantity"))
