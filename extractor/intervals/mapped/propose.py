"""What a table of unknown layout is proposed to mean: what is proven, by what, and what has to be asked.

proposal = propose(file, name, Answers(label="end", zone="local"))
proposal.questions  # nothing is read while there are any
proposal.mapping    # what a person confirms
"""

from __future__ import annotations

from typing import BinaryIO

from extractor.intervals.formats._sce_text import account_in
from extractor.intervals.mapped import columns, proposal
from extractor.intervals.mapped.answers import Answers, place
from extractor.intervals.mapped.columns import UNITS, Found
from extractor.intervals.mapped.mapping import (
    MEANINGS,
    Mapping,
    Owner,
    Value,
    contradictions,
    open_points,
)
from extractor.intervals.mapped.proof import Proof
from extractor.intervals.mapped.proofs import mistaken, proofs
from extractor.intervals.mapped.proposal import (
    Evidence,
    Proposal,
    Question,
    first_rows,
    of_one_layout,
    settled,
    which_column,
)
from extractor.intervals.mapped.roles import folded, is_unclear_unit
from extractor.intervals.mapped.sample import Sample, sampled
from extractor.intervals.mapped.tables import Table, tables
from extractor.intervals.mapped.words import words_of

QUESTIONS = {
    **proposal.QUESTIONS,
    "time": "which columns have date and time? --set date=COLUMN --set time=COLUMN",
    "value": "which columns have what was counted? --set value=COLUMN",
    "label": "is a time the beginning or the end of its interval? --label start|end",
    "zone": "which clock are the times of? --zone local|utc|pst",
    "minutes": "how many minutes is an interval? --minutes 15",
    "extra-hour": "what are the columns past 24 hours? --extra-hour second (the second hour from 1:00)"
    " or elapsed (hours counted on from midnight)",
    "channel": "is it energy delivered to the customer, received from him, or net?"
    " --channel delivered|received|net|total, of one column --channel COLUMN=received",
    "unit": "which unit? --unit kWh|Wh|MWh|kW",
}
"""What is asked, by the name of what is open."""


def propose(file: BinaryIO, name: str, answers: Answers | None = None) -> Proposal[Mapping]:
    """Return what the table of a file is proposed to mean.

    Raises:
        UnknownFormatError: if it has no table.
        UnreadableIntervalsError: if it is damaged or too large.
        AnswerError: if an answer names what is not there, or one of several layouts has to be chosen.
    """
    answers = answers or Answers()
    chosen = of_one_layout(tables(file), answers.sheet, "dates and values of electric energy")
    sample, first = sampled(chosen), chosen[0]
    found = columns.found(sample, answers)
    draft = _drafted(first, found, name, answers, sample)
    proven = proofs(sample, draft)
    if found.slots:
        proven["label"] = Proof(found.slots.label, found.slots.why)
    told = settled(proven, vars(answers) | {"seconds": None if draft.slots else draft.seconds})
    mapping = draft.model_copy(update={**told.fields, "overruled": told.overruled})
    evidence = [*(Evidence(*one) for one in found.evidence), *told.evidence, *_of_owner(mapping)]
    hints = told.hints | dict(found.open)
    questions = [Question(point, _asked(point), hints.get(point, "")) for point in open_points(mapping)]
    questions += [
        Question(what, _asked(what), hint) for what, hint in found.open if what in columns.SINGLE[1:]
    ]
    return Proposal(
        first.heading,
        tuple(table.sheet.name for table in chosen),
        first.line,
        first_rows(first),
        mapping,
        tuple(evidence),
        tuple(questions),
        (*contradictions(mapping), *filter(None, [mistaken(sample, mapping)])),
    )


def _drafted(table: Table, found: Found, name: str, answers: Answers, sample: Sample) -> Mapping:
    """Return a mapping with what headings and answers tell, and nothing that rows have to prove."""
    return Mapping(
        signature=table.signature,
        columns=found.columns,
        values=tuple(_valued(found, table, answers, sample)),
        slots=found.slots.every if found.slots else (),
        owner=_owner(found, table, name),
        order=answers.order,
        label=answers.label or (found.slots.label if found.slots else None),
        seconds=found.slots.step if found.slots else answers.minutes and answers.minutes * 60,
        extra=answers.extra or (found.slots.extra if found.slots else None),
        words=words_of(sample, found, answers),
    )


def _owner(found: Found, table: Table, name: str) -> Owner | None:
    """Return where the service account stands; None where nothing names one for sure."""
    if {"account", "point", "meter"} & set(found.columns):
        return "column"
    if any(what == "account" for what, _ in found.open):
        return None
    if found.by_heading:
        return "heading"
    above, named = table.accounts_above, account_in(name)
    if len(above) == 1:
        return "preamble" if named in (None, above[0]) else None
    return None if above else "name"


def _of_owner(mapping: Mapping) -> list[Evidence]:
    said = {
        "heading": "each column of values is headed by its own",
        "name": "no column has it: a file's name, or who imports it, has to say it",
        "preamble": "it stands above the table",
    }
    return [Evidence("account", mapping.owner, said[mapping.owner])] if mapping.owner in said else []


def _valued(found: Found, table: Table, answers: Answers, sample: Sample) -> list[Value]:
    """Return the columns of values with their channels and units, as far as they are told."""
    beside = table.units_beside
    unit = UNITS.get(next(iter(beside))) if len(beside) == 1 else None
    named = {place(sample.heading, head): channel for head, channel in answers.channels.items() if head}
    every = answers.channels.get("")
    said = answers.unit if len(found.values) == 1 else None  # of several, headings know which is which
    values = []
    for value in found.values:
        channel = named.get(value.at) or value.channel or every
        if every and len(found.values) == 1:
            channel = every
        told = said or value.unit
        unit_beside = None if is_unclear_unit(folded(sample.heading[value.at])) else unit
        is_below = (
            not named and every is None and value.channel == "delivered" and _is_below(sample, value.at)
        )
        values.append(
            value.model_copy(
                update={
                    "channel": None if "channel" in found.columns or is_below else channel,
                    "unit": None if "unit" in found.columns else told or answers.unit or unit_beside,
                }
            )
        )
    return values


def _is_below(sample: Sample, at: int) -> bool:
    return any(text.startswith("-") and text.strip("-.,0") for text in sample.column(at))


def _asked(point: str) -> str:
    if point.startswith("word "):
        said = point.removeprefix("word ")
        role = said.partition(":")[0]
        return f"what does it mean? --word {said}={'|'.join(MEANINGS[role])}"
    return QUESTIONS.get(point) or which_column(point)
