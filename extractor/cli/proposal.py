"""What a person looks at before saying what the columns of a file are, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from extractor.cli.wording import clean, quantity

if TYPE_CHECKING:
    from extractor.intervals.mapped.asking import Shown
    from extractor.intervals.mapped.mapping import Mapping

CELLS = 12
"""Cells of a row that are shown."""


def lines_on(looked: Shown) -> Iterator[str]:
    """Give what a person looks at, line by line."""
    proposal = looked.proposal
    sheets = ", ".join(one for one in proposal.sheets if one)
    yield clean(f"heading in line {proposal.line}" + (f" of sheet {sheets}" if sheets else ""))
    for at, heading in enumerate(proposal.heading, 1):
        role = _role(proposal.mapping, at - 1)
        if role:
            yield clean(f"  #{at} {heading}: {role}")
    unread = [heading for at, heading in enumerate(proposal.heading) if not _role(proposal.mapping, at)]
    if unread:
        yield clean(f"  not read: {', '.join(one or '(no heading)' for one in unread)}")
    yield "because"
    for evidence in proposal.evidence:
        yield clean(f"  {evidence.what} {evidence.choice}: {evidence.why}")
    yield from _rest(looked)


def _rest(looked: Shown) -> Iterator[str]:
    proposal = looked.proposal
    if not looked.is_complete:
        yield "first rows"
        for line, row in looked.rows:
            yield clean(f"  line {line}: {' | '.join(row[:CELLS])}{' | ...' if len(row) > CELLS else ''}")
    if looked.readings:
        yield "would be read as"
    for one in looked.readings:
        account = f"{one.service_account} " if one.service_account else ""
        amount = f"{quantity(one.amount.normalize())} {one.unit}"
        yield clean(f"  {account}{one.channel} {one.start} {one.minutes} min {amount}")
    for total in looked.sums:
        amount = quantity(total.amount.normalize())
        yield clean(
            f"  in all {total.readings} {total.channel}, {amount} {total.unit}, {total.first} .. {total.last}"
        )
    for problem in looked.problems:
        where = f"line {problem.line}: " if problem.line else ""
        yield clean(f"  {problem.severity} {problem.code}: {where}{problem.message}")
    if proposal.questions or proposal.refusals or looked.refused:
        yield "to be said"
    for question in proposal.questions:
        yield clean(f"  {question.what}: {question.asked}" + (f" ({question.hint})" if question.hint else ""))
    for why in [*proposal.refusals, *([looked.refused] if looked.refused else [])]:
        yield clean(f"  cannot be read so: {why}")


def _role(mapping: Mapping, at: int) -> str:
    """Return what a column is in a mapping; an empty text if it is not read."""
    roles = [role for role, place in mapping.columns.items() if place == at]
    slot = next((one for one in mapping.slots if one.at == at), None)
    if slot:
        clock = f"{slot.seconds // 3600:02}:{slot.seconds % 3600 // 60:02}"
        roles.append(f"value at {clock}{', past the day' if slot.is_extra else ''}")
    else:
        roles += [
            f"value, {value.channel or 'channel ?'}, {value.unit or 'unit ?'}"
            for value in mapping.values
            if value.at == at and not mapping.slots
        ]
    return ", ".join(roles)
