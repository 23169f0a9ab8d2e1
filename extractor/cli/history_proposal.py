"""What a person looks at before saying what the columns of a table of billing history are, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING

from extractor.cli import proposal
from extractor.cli.wording import clean, count, quantity
from extractor.intervals.mapped.proposal import FIRST

if TYPE_CHECKING:
    from extractor.billing_history.asking import Shown
    from extractor.billing_history.mapping import HistoryMapping
    from extractor.billing_history.rows import Row, Rows


def lines_on(looked: Shown) -> Iterator[str]:
    """Give what a person looks at, line by line."""
    mapping, heading = looked.proposal.mapping, looked.proposal.heading
    roles = [_role(mapping, at) for at in range(len(heading))]
    return proposal.lines_on(looked.proposal, roles, () if looked.rows is None else _taken(looked.rows))


def _taken(found: Rows) -> Iterator[str]:
    yield "would be taken as"
    for row in islice(found.rows, FIRST):
        yield clean(f"  {row.account} {row.first} to {row.last} ({count(row.days, 'day')}) {_values(row)}")
    kwh = sum((row.kwh for row in found.rows if row.kwh is not None), Decimal(0))
    dollars = sum((row.amount for row in found.rows if row.amount is not None), Decimal(0))
    accounts = count(len({row.account for row in found.rows}), "service account")
    yield f"  in all {count(len(found.rows), 'row')} of {accounts}, {quantity(kwh)} kWh, {_dollars(dollars)}"
    for problem in found.problems:
        yield clean(f"  {problem.severity} {problem.code}: {problem.message}")


def _values(row: Row) -> str:
    told = [
        None if row.kwh is None else f"{quantity(row.kwh)} kWh",
        None if row.kw is None else f"{quantity(row.kw)} kW",
        None if row.amount is None else _dollars(row.amount),
    ]
    return ", ".join(one for one in told if one)


def _dollars(amount: Decimal) -> str:
    return f"{'-' if amount < 0 else ''}${abs(amount):,.2f}"


def _role(mapping: HistoryMapping, at: int) -> str:
    """Return what a column is in a mapping; an empty text if it is not read."""
    if mapping.account == at:
        return "account"
    for number, group in enumerate(mapping.groups, 1):
        for role, place in group.items():
            if place == at:
                return f"{role} of period {number}" if len(mapping.groups) > 1 else role
    return ""
