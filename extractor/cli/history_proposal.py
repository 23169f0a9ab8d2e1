"""What a person looks at before saying what the columns of a table of billing history are, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING

from extractor.cli.proposal import CELLS
from extractor.cli.wording import clean, count, quantity

if TYPE_CHECKING:
    from extractor.billing_history.asking import Shown
    from extractor.billing_history.mapping import HistoryMapping
    from extractor.billing_history.rows import Row, Rows

FIRST = 5
"""Rows that are shown as they would be taken."""


def lines_on(looked: Shown) -> Iterator[str]:
    """Give what a person looks at, line by line."""
    proposal = looked.proposal
    sheets = ", ".join(one for one in proposal.sheets if one)
    yield clean(f"heading in line {proposal.line}" + (f" of sheet {sheets}" if sheets else ""))
    roles = [_role(proposal.mapping, at) for at in range(len(proposal.heading))]
    for at, (heading, role) in enumerate(zip(proposal.heading, roles, strict=True), 1):
        if role:
            yield clean(f"  #{at} {heading}: {role}")
    unread = [heading for heading, role in zip(proposal.heading, roles, strict=True) if not role]
    if unread:
        yield clean(f"  not read: {', '.join(one or '(no heading)' for one in unread)}")
    yield "because"
    for evidence in proposal.evidence:
        yield clean(f"  {evidence.what} {evidence.choice}: {evidence.why}")
    if not looked.is_complete:
        yield "first rows"
        for line, row in looked.lines:
            yield clean(f"  line {line}: {' | '.join(row[:CELLS])}{' | ...' if len(row) > CELLS else ''}")
    if looked.rows is not None:
        yield from _taken(looked.rows)
    yield from _open(looked)


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


def _open(looked: Shown) -> Iterator[str]:
    proposal = looked.proposal
    if proposal.questions or proposal.refusals or looked.refused:
        yield "to be said"
    for question in proposal.questions:
        yield clean(f"  {question.what}: {question.asked}" + (f" ({question.hint})" if question.hint else ""))
    for why in [*proposal.refusals, *([looked.refused] if looked.refused else [])]:
        yield clean(f"  cannot be read so: {why}")


def _role(mapping: HistoryMapping, at: int) -> str:
    """Return what a column is in a mapping; an empty text if it is not read."""
    if mapping.account == at:
        return "account"
    for number, group in enumerate(mapping.groups, 1):
        for role, place in group.items():
            if place == at:
                return f"{role} of period {number}" if len(mapping.groups) > 1 else role
    return ""
