"""What a table of billing history is proposed to mean: what is proven, by what, and what has to be asked.

proposal = propose(file, name, Said(charged="delivery", bounds="inclusive"))
proposal.questions  # nothing is read while there are any
proposal.mapping    # what a person confirms
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO

from extractor.billing_history.columns import ROLES, found
from extractor.billing_history.mapping import (
    Bounds,
    Charged,
    Decimals,
    HistoryMapping,
    contradictions,
    history_signature,
    open_points,
)
from extractor.billing_history.proofs import mistaken, proofs
from extractor.intervals.formats import UnknownFormatError
from extractor.intervals.formats._sce_text import account_in
from extractor.intervals.mapped.answers import AnswerError
from extractor.intervals.mapped.moments import Order
from extractor.intervals.mapped.monthly import BILLING
from extractor.intervals.mapped.propose import Evidence, Question
from extractor.intervals.mapped.sample import Sample, sampled
from extractor.intervals.mapped.tables import Table, tables

QUESTIONS = {
    "account": "which service account is it of? --set account=COLUMN, or a file name that has its number",
    "period": "which columns tell the days? --set start=COLUMN --set end=COLUMN,"
    " or --set read=COLUMN (the read date) with or without --set days=COLUMN",
    "values": "which columns have what was billed? --set kwh=COLUMN --set kw=COLUMN --set amount=COLUMN",
    "bounds": "which days are of the period? --bounds inclusive (both), end (its end is the next one's first)"
    " or start (its start is the last of the one before)",
    "dates": "in which order are day and month? --dates mdy|dmy|ymd",
    "decimal": "is a comma for thousands or for decimals? --decimal point|comma",
    "charges": "whose charges are it? --charges delivery (SCE's alone), generation (a supplier's), bundled"
    " (both, or SCE's bundled service) or unknown",
}
"""What is asked, by the name of what is open."""

NAMES = {"order": "dates", "charged": "charges"}


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


@dataclass(frozen=True)
class Proposal:
    """What a table is proposed to mean."""

    heading: tuple[str, ...]
    sheets: tuple[str, ...]
    line: int
    mapping: HistoryMapping
    evidence: tuple[Evidence, ...]
    questions: tuple[Question, ...]
    refusals: tuple[str, ...]
    """Why nothing can be read by it although all is answered."""

    @property
    def is_complete(self) -> bool:
        """Tell whether it can be confirmed."""
        return not self.questions and not self.refusals


def propose(file: BinaryIO, name: str, said: Said) -> Proposal:
    """Return what the table of a file is proposed to mean.

    Raises:
        UnknownFormatError: if it has no table.
        UnreadableIntervalsError: if it is damaged or too large.
        AnswerError: if an answer names what is not there, or one of several layouts has to be chosen.
    """
    chosen = _chosen(tables(file, BILLING), said.sheet)
    sample, first = _wide(sampled(chosen)), chosen[0]
    known = found(sample, said.columns)
    draft = HistoryMapping(
        signature=history_signature(first),
        account=known.account,
        owner=_owner(known.account, known.open, first, name),
        groups=tuple(known.groups) if any(known.groups) else (),
        order=said.order,
        bounds=said.bounds,
        charged=said.charged,
    )
    evidence = [Evidence(*one) for one in known.evidence]
    hints = dict(known.open)
    update: dict[str, Any] = {}
    for field_name, proof in proofs(sample, draft).items():
        answer = getattr(said, field_name)
        if answer is None and proof.value is None:
            hints[NAMES.get(field_name, field_name)] = proof.why
            continue
        update[field_name] = proof.value if answer is None else answer
        against = answer is not None and (proof.value not in (None, answer) or answer in proof.excluded)
        why = proof.why if answer is None else f"as you say, though {proof.why}" if against else "as you say"
        evidence.append(Evidence(NAMES.get(field_name, field_name), str(update[field_name]), why))
    mapping = draft.model_copy(update=update)
    if said.charged:
        evidence.append(Evidence("charges", said.charged, "as you say"))
    points = open_points(mapping) + [role for role in ROLES if role in known.open and role != "account"]
    questions = [Question(point, _asked(point), hints.get(point, "")) for point in points]
    refusals = (
        *(contradictions(mapping) if not questions else ()),
        *filter(None, [mistaken(sample, mapping)]),
    )
    return Proposal(
        sample.heading,
        tuple(table.sheet.name for table in chosen),
        first.line,
        mapping,
        tuple(evidence),
        tuple(questions),
        tuple(refusals),
    )


def _wide(sample: Sample) -> Sample:
    """Return a sample with a heading for each of its columns: of merged cells the last ones may have none."""
    width = max((len(row) for _, row in sample.rows), default=0)
    return replace(sample, heading=(*sample.heading, *[""] * (width - len(sample.heading))))


def _chosen(every: Sequence[Table], sheet: str | None) -> list[Table]:
    """Return the tables of one layout."""
    if sheet is not None:
        first = next((table for table in every if table.sheet.name == sheet), None)
        if first is None:
            raise AnswerError(
                f"no sheet {sheet!r} has a table; there are {[one.sheet.name for one in every]}"
            )
        return [table for table in every if history_signature(table) == history_signature(first)]
    if not every:
        raise UnknownFormatError("there is no table with days and what was billed in this file")
    if len({history_signature(table) for table in every}) > 1:
        names = ", ".join(repr(table.sheet.name) for table in every)
        raise AnswerError(f"sheets have tables of different layouts: {names}; say which with --sheet NAME")
    return list(every)


def _owner(account: int | None, is_open: dict[str, str], table: Table, name: str) -> Any:
    """Return where the service account stands; None where nothing names one for sure."""
    if account is not None:
        return "column"
    if "account" in is_open:
        return None
    above, named = table.accounts_above, account_in(name)
    if len(above) == 1:
        return "preamble" if named in (None, above[0]) else None
    return None if above or named is None else "name"


def _asked(point: str) -> str:
    return QUESTIONS.get(point) or f"which column is it? --set {point}=COLUMN, or none: --set {point}="
