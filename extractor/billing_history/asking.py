"""A table of billing history looked at and read in a guarded process: it comes from strangers.

request:  JSON: where the file lies, its name, and what is asked: what a person says, or which mappings hold
answer:   JSON: the proposal and its rows, or by which mapping which rows were read; or why there is none
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from pydantic import TypeAdapter

from extractor.base.errors import BillclerkError
from extractor.billing_history.mapping import HistoryMapping
from extractor.billing_history.proofs import mistaken, proofs
from extractor.billing_history.propose import Said, propose
from extractor.billing_history.read import read
from extractor.billing_history.rows import Rows
from extractor.intervals.formats import HEAD, UnknownFormatError, UnreadableIntervalsError, format_of
from extractor.intervals.mapped.answers import AnswerError
from extractor.intervals.mapped.monthly import BILLING, MAP, is_of_periods
from extractor.intervals.mapped.proposal import Proposal
from extractor.intervals.mapped.sample import sampled
from extractor.intervals.mapped.tables import tables
from extractor.pages.child import Child
from extractor.pages.limits import Limits

TARGET = "extractor.billing_history.asking:answer_request"


class UnmappedError(UnreadableIntervalsError):
    """Nobody has said yet what the columns of this table of billing history mean; map it."""

    code = "unmapped_history"


@dataclass(frozen=True)
class Shown:
    """What a person looks at before confirming."""

    proposal: Proposal[HistoryMapping]
    rows: Rows | None = None
    """All of them as they would be taken, where nothing is open."""


@dataclass(frozen=True)
class ReadTable:
    """A table that was read to its end."""

    mapping: int
    """The number of the mapping that it was read by."""
    charged: str
    rows: Rows


def shown(file: BinaryIO, name: str, said: Said) -> Shown:
    """Return what a person looks at.

    Raises:
        UnknownFormatError: if the file has no table, or is of a format of intervals.
        UnreadableIntervalsError: if it is damaged or too large.
        AnswerError: if an answer names what is not there.
    """
    if (one := _interval_format(file, name)) is not None:
        raise UnknownFormatError(f"this is {one}, which is interval data: `billclerk intervals import`")
    proposal = propose(file, name, said)
    if not proposal.is_complete:
        return Shown(proposal)
    try:
        return Shown(proposal, read(file, name, proposal.mapping))
    except UnreadableIntervalsError as error:
        return Shown(replace(proposal, refusals=(str(error),)))


def read_by(file: BinaryIO, name: str, mappings: Sequence[Mapping[str, Any]]) -> ReadTable:
    """Return the rows of a file by the confirmed mapping of its layout.

    Raises:
        UnmappedError: if none is of its layout, or what the file proves speaks against it.
        UnreadableIntervalsError: if it is damaged, or a row is not what the mapping says.
    """
    if (one := _interval_format(file, name)) is not None:
        raise UnreadableIntervalsError(f"this is {one}, which is interval data: `billclerk intervals import`")
    every = tables(file, BILLING)
    for row in mappings:
        mapping = HistoryMapping.kept(json.dumps(row["mapping"]))
        of = [table for table in every if table.signature == mapping.signature]
        if not of:
            continue
        sample = sampled(of)
        if why := mistaken(sample, mapping):
            raise UnreadableIntervalsError(why)
        for what, proof in proofs(sample, mapping).items():
            said = getattr(mapping, what)
            if proof.speaks_against(said) and f"{what}={proof.value or said}" not in mapping.overruled:
                raise UnmappedError(
                    f"its heading is that of mapping {row['id']}, but {proof.why}; look at it with `{MAP}`"
                )
        return ReadTable(int(row["id"]), str(mapping.charged), read(file, name, mapping))
    raise UnmappedError(f"nobody has said what its columns mean; look at it with `{MAP}`")


def claims(file: BinaryIO, name: str, mappings: Sequence[Mapping[str, Any]]) -> bool:
    """Tell whether a file is a table of billing history: of a layout that was confirmed, or by its rows."""
    if _interval_format(file, name) is not None:
        return False
    known = {HistoryMapping.kept(json.dumps(row["mapping"])).signature for row in mappings}
    try:
        return any(table.signature in known or is_of_periods(table) for table in tables(file, BILLING))
    except UnreadableIntervalsError:
        return False  # whoever reads tables says why it cannot be read


def _interval_format(file: BinaryIO, name: str) -> str | None:
    file.seek(0)
    head = file.read(HEAD)
    file.seek(0)
    try:
        return format_of(name, head).NAME
    except UnknownFormatError:
        return None
    except UnreadableIntervalsError as error:
        return str(error)


class Asker:
    """Looks at tables of billing history in a guarded process."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits

    def shown(self, path: Path, said: Said) -> Shown:
        """Return what a person looks at; raises what `shown` does, ChildError and OSError."""
        answer = self._asked(path, path.name, {"said": _SAID.dump_python(said, mode="json")})
        return _SHOWN.validate_json(answer["shown"])

    def read(self, path: Path, name: str, mappings: Sequence[Mapping[str, Any]]) -> ReadTable:
        """Return the rows of a file by its mapping; raises what `read_by` does, ChildError and OSError."""
        return _READ.validate_json(self._asked(path, name, {"read": list(mappings)})["read"])

    def claims(self, path: Path, name: str, mappings: Sequence[Mapping[str, Any]]) -> bool:
        """Tell whether a file is a table of billing history; raises ChildError and OSError."""
        return bool(self._asked(path, name, {"claim": list(mappings)})["claim"])

    def _asked(self, path: Path, name: str, what: dict[str, Any]) -> dict[str, Any]:
        question = {"path": os.fspath(path), "name": name, **what}
        with Child(TARGET, self._limits) as child:
            answer: dict[str, Any] = json.loads(child.request(json.dumps(question).encode()))
        if "refused" in answer:
            raise _ERRORS[answer["code"]](answer["refused"])
        if "errno" in answer:
            raise OSError(answer["errno"], answer["strerror"])
        return answer


_SAID, _SHOWN, _READ = TypeAdapter(Said), TypeAdapter(Shown), TypeAdapter(ReadTable)
_ERRORS: dict[str, type[BillclerkError]] = {
    "file": UnreadableIntervalsError,
    "unmapped": UnmappedError,
    "answer": AnswerError,
}


def answer_request(request: bytes) -> bytes:
    """Answer a request inside a guarded process."""
    asked = json.loads(request)
    name = asked["name"]
    answer: dict[str, Any]
    try:
        with Path(asked["path"]).open("rb") as file:
            if "claim" in asked:
                answer = {"claim": claims(file, name, asked["claim"])}
            elif "read" in asked:
                answer = {"read": _READ.dump_json(read_by(file, name, asked["read"])).decode()}
            else:
                found = shown(file, name, _SAID.validate_python(asked["said"]))
                answer = {"shown": _SHOWN.dump_json(found).decode()}
    except AnswerError as error:
        answer = {"code": "answer", "refused": str(error)}
    except UnmappedError as error:
        answer = {"code": "unmapped", "refused": str(error)}
    except UnreadableIntervalsError as error:
        answer = {"code": "file", "refused": str(error)}
    except OSError as error:
        answer = {"errno": error.errno, "strerror": error.strerror}
    return json.dumps(answer).encode()
