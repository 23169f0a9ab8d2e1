"""What a person looks at before saying what the columns of a table are, of whichever kind, line by line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from extractor.cli.wording import clean

if TYPE_CHECKING:
    from extractor.intervals.mapped.proposal import Proposal

CELLS = 12
"""Cells of a row that are shown."""


def lines_on(proposal: Proposal[Any], roles: Sequence[str], taken: Iterable[str]) -> Iterator[str]:
    """Give what a person looks at: `roles` are those of the columns, `taken` says what would be read."""
    sheets = ", ".join(one for one in proposal.sheets if one)
    yield clean(f"heading in line {proposal.line}" + (f" of sheet {sheets}" if sheets else ""))
    for at, (heading, role) in enumerate(zip(proposal.heading, roles, strict=True), 1):
        if role:
            yield clean(f"  #{at} {heading}: {role}")
    unread = [heading for heading, role in zip(proposal.heading, roles, strict=True) if not role]
    if unread:
        yield clean(f"  not read: {', '.join(one or '(no heading)' for one in unread)}")
    yield "because"
    for evidence in proposal.evidence:
        yield clean(f"  {evidence.what} {evidence.choice}: {evidence.why}")
    if not proposal.is_complete:
        yield "first rows"
        for line, row in proposal.rows:
            yield clean(f"  line {line}: {' | '.join(row[:CELLS])}{' | ...' if len(row) > CELLS else ''}")
    yield from taken
    if not proposal.is_complete:
        yield "to be said"
    for question in proposal.questions:
        yield clean(f"  {question.what}: {question.asked}" + (f" ({question.hint})" if question.hint else ""))
    for why in proposal.refusals:
        yield clean(f"  cannot be read so: {why}")
