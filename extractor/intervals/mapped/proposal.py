"""What a table is proposed to mean, of whichever kind: what is proven, what a person says, what is asked.

Readings of meters (`propose`) and billing history (`extractor.billing_history.propose`) are proposed so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Generic, NamedTuple, TypeVar

from extractor.intervals.formats import UnknownFormatError
from extractor.intervals.mapped.answers import AnswerError
from extractor.intervals.mapped.mapping import Model
from extractor.intervals.mapped.proof import Proof
from extractor.intervals.mapped.tables import Table

Columns = TypeVar("Columns", bound=Model)
"""The mapping of a kind of table."""

FIRST = 5
"""Rows that are shown, and what would be read of them."""

QUESTIONS = {
    "account": "which service account is it of? --set account=COLUMN, or a file name that has its number",
    "dates": "in which order are day and month? --dates mdy|dmy|ymd",
    "decimal": "is a comma for thousands or for decimals? --decimal point|comma",
}
"""What is asked of every kind of table, by the name of what is open."""

NAMES = {"seconds": "minutes", "order": "dates"}
"""What a person answers by, where a mapping's field is called otherwise."""


class Evidence(NamedTuple):
    """What was chosen, and why."""

    what: str
    choice: str
    why: str


class Question(NamedTuple):
    """What a person has to say."""

    what: str
    asked: str
    hint: str


@dataclass(frozen=True)
class Proposal(Generic[Columns]):
    """What a table is proposed to mean."""

    heading: tuple[str, ...]
    sheets: tuple[str, ...]
    line: int
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    """The first ones as they stand, each with its line."""
    mapping: Columns
    evidence: tuple[Evidence, ...]
    questions: tuple[Question, ...]
    refusals: tuple[str, ...]
    """Why nothing can be read by it although all is answered."""

    @property
    def is_complete(self) -> bool:
        """Tell whether it can be confirmed."""
        return not self.questions and not self.refusals


def of_one_layout(found: Sequence[Table], sheet: str | None, wanted: str) -> list[Table]:
    """Return the tables of one layout: that of the sheet that a person names, or the only one there is.

    Raises:
        UnknownFormatError: if there is no table; `wanted` says what one has.
        AnswerError: if there is none on that sheet, or one of several layouts has to be chosen.
    """
    if sheet is not None:
        first = next((table for table in found if table.sheet.name == sheet), None)
        if first is None:
            raise AnswerError(
                f"no sheet {sheet!r} has a table; there are {[one.sheet.name for one in found]}"
            )
        return [table for table in found if table.signature == first.signature]
    if not found:
        raise UnknownFormatError(f"there is no table with {wanted} in this file")
    if len({table.signature for table in found}) > 1:
        names = ", ".join(repr(table.sheet.name) for table in found)
        raise AnswerError(f"sheets have tables of different layouts: {names}; say which with --sheet NAME")
    return list(found)


def first_rows(table: Table) -> tuple[tuple[int, tuple[str, ...]], ...]:
    """Return the first rows of a table as they stand, each with its line."""
    return tuple((line, tuple(row)) for line, row in islice(table.rows(), FIRST))


class Settled(NamedTuple):
    """What proofs and answers settle of a mapping, and what they leave open."""

    fields: dict[str, Any]
    evidence: list[Evidence]
    hints: dict[str, str]
    """Beside questions."""
    overruled: tuple[str, ...]
    """As a mapping keeps it."""


def settled(proven: Mapping[str, Proof], said: Mapping[str, Any]) -> Settled:
    """Return what is proven, by the names of a mapping's fields, and what a person says, which goes first."""
    fields: dict[str, Any] = {}
    evidence, hints, overruled = [], {}, []
    for name, proof in proven.items():
        answer, what = said.get(name), NAMES.get(name, name)
        if answer is None and proof.value is None:
            hints[what] = proof.why
            continue
        fields[name] = proof.value if answer is None else answer
        if answer is not None and proof.speaks_against(answer):
            overruled.append(f"{name}={proof.value or answer}")
        evidence.append(Evidence(what, _shown(name, fields[name]), _why(answer, proof)))
    return Settled(fields, evidence, hints, tuple(overruled))


def _why(answer: object, proof: Proof) -> str:
    if answer is None:
        return proof.why
    return f"as you say, though {proof.why}" if proof.speaks_against(answer) else "as you say"


def _shown(name: str, value: Any) -> str:
    return f"{value / 60:g}" if name == "seconds" else str(value)


def which_column(role: str) -> str:
    """Return what is asked where several columns may be the one of a role."""
    return f"which column is it? --set {role}=COLUMN, or none: --set {role}="
