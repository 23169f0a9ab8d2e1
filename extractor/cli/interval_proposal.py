"""What a person looks at before saying what the columns of a table of readings are, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from extractor.cli import proposal
from extractor.cli.wording import clean, quantity

if TYPE_CHECKING:
    from extractor.intervals.mapped.asking import Shown
    from extractor.intervals.mapped.mapping import Mapping


def lines_on(looked: Shown) -> Iterator[str]:
    """Give what a person looks at, line by line."""
    mapping, heading = looked.proposal.mapping, looked.proposal.heading
    roles = [_role(mapping, at) for at in range(len(heading))]
    return proposal.lines_on(looked.proposal, roles, _read(looked))


def _read(looked: Shown) -> Iterator[str]:
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
