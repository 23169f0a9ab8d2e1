"""What a table of billing history is proposed to mean: what is proven, by what, and what has to be asked.

proposal = propose(file, name, Said(charged="delivery", bounds="inclusive"))
proposal.questions  # nothing is read while there are any
proposal.mapping    # what a person confirms
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, BinaryIO

from extractor.billing_history.columns import ROLES, found
from extractor.billing_history.mapping import (
    Bounds,
    Charged,
    Decimals,
    HistoryMapping,
    contradictions,
    open_points,
)
from extractor.billing_history.measured import Measures, UnitError
from extractor.billing_history.proofs import mistaken, proofs
from extractor.billing_history.units import BASE, FACTORS
from extractor.billing_history.whose import place_of, why_open
from extractor.intervals.mapped import proposal
from extractor.intervals.mapped.moments import Order
from extractor.intervals.mapped.monthly import BILLING, ROWS
from extractor.intervals.mapped.proposal import (
    Evidence,
    Proposal,
    Question,
    first_rows,
    of_one_layout,
    settled,
    which_column,
)
from extractor.intervals.mapped.sample import Sample, sampled
from extractor.intervals.mapped.tables import Table, tables

QUESTIONS = {
    **proposal.QUESTIONS,
    "account": "which service account is it of? --set account=COLUMN; where no column has it, one number"
    " above the table or in the file's name tells it: rename the file, say to history_8000000001.csv",
    "period": "which columns tell the days? --set start=COLUMN --set end=COLUMN,"
    " or --set read=COLUMN (the read date) with or without --set days=COLUMN",
    "values": "which columns have what was billed? --set kwh=COLUMN --set kw=COLUMN --set amount=COLUMN",
    "bounds": "which days are of the period? --bounds inclusive (both), end (its end is the next one's first)"
    " or start (its start is the last of the one before)",
    "charges": "whose charges are it? --charges delivery (SCE's alone), generation (a supplier's), bundled"
    " (both, or SCE's bundled service) or unknown",
}
"""What is asked, by the name of what is open."""


@dataclass(frozen=True)
class Said:
    """What a person says; None: nothing."""

    sheet: str | None = None
    columns: dict[str, list[str]] = field(default_factory=dict)
    """By role the heading of its column; an empty list: no column is."""
    bounds: Bounds | None = None
    order: Order | None = None
    decimal: Decimals | None = None
    charged: Charged | None = None


def propose(file: BinaryIO, name: str, said: Said) -> Proposal[HistoryMapping]:
    """Return what the table of a file is proposed to mean.

    Raises:
        UnknownFormatError: if it has no table.
        UnreadableIntervalsError: if it is damaged or too large.
        AnswerError: if an answer names what is not there, or one of several layouts has to be chosen.
    """
    chosen = of_one_layout(tables(file, BILLING), said.sheet, "days and what was billed")
    sample, first = _wide(sampled(chosen)), chosen[0]
    known = found(sample, said.columns)
    draft = HistoryMapping(
        signature=first.signature,
        account=known.account,
        owner=_owner(known.account, known.open, first, name),
        groups=tuple(known.groups) if any(known.groups) else (),
        order=said.order,
        bounds=said.bounds,
        charged=said.charged,
    )
    # What is so by default is told beside an answer, too.
    proven = {what: proof._replace(is_default=False) for what, proof in proofs(sample, draft).items()}
    told = settled(proven, vars(said))
    units, measured, wrong = _units(chosen, draft)
    mapping = draft.model_copy(update={**told.fields, "overruled": told.overruled, "units": units})
    evidence = [*(Evidence(*one) for one in known.evidence), *measured, *told.evidence]
    if said.charged:
        evidence.append(Evidence("charges", said.charged, "as you say"))
    hints = {"account": why_open(first, name)} | known.open | told.hints
    points = open_points(mapping) + [role for role in ROLES if role in known.open and role != "account"]
    questions = [
        Question(point, QUESTIONS.get(point) or which_column(point), hints.get(point, "")) for point in points
    ]
    return Proposal(
        sample.heading,
        tuple(table.sheet.name for table in chosen),
        first.line,
        first_rows(first),
        mapping,
        tuple(evidence),
        tuple(questions),
        (
            *(contradictions(mapping) if not questions else ()),
            *wrong,
            *filter(None, [mistaken(sample, mapping)]),
        ),
    )


def _wide(sample: Sample) -> Sample:
    """Return a sample with a heading for each of its columns: of merged cells the last ones may have none."""
    width = max((len(row) for _, row in sample.rows), default=0)
    return replace(sample, heading=(*sample.heading, *[""] * (width - len(sample.heading))))


def _units(
    chosen: Sequence[Table], draft: HistoryMapping
) -> tuple[dict[str, tuple[str, ...]], list[Evidence], list[str]]:
    """Return the units of columns where any is not what is kept, by what, and what cannot be taken."""
    found: dict[str, set[str]] = defaultdict(set)
    evidence: list[Evidence] = []
    for table in chosen:
        try:
            for role, told in Measures(table, draft.groups).confirmed(islice(table.rows(), ROWS)):
                found[role].add(str(told.unit))
                if told.unit != BASE[role]:
                    more = f"{told.where}; one is taken as {FACTORS[role][str(told.unit)]:,f} {BASE[role]}"
                    evidence.append(Evidence(f"unit of {role}", str(told.unit), f"by {more}"))
        except UnitError as error:
            return {}, evidence, [str(error)]
    units = {role: tuple(sorted(one)) for role, one in found.items() if one != {BASE[role]}}
    return units, list(dict.fromkeys(evidence)), []


def _owner(account: int | None, is_open: dict[str, str], table: Table, name: str) -> Any:
    """Return where the service account stands; None where nothing names one for sure."""
    if account is not None:
        return "column"
    return None if "account" in is_open else place_of(table, name)
