"""A file of unknown layout looked at in a guarded process: what it may mean, and what would be read.

request:  JSON: where the file lies, its name, what a person answers
answer:   JSON: the proposal with its first rows and readings, or why there is none
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from pydantic import TypeAdapter

from extractor.base.errors import BillclerkError
from extractor.intervals import clock
from extractor.intervals.formats import HEAD, UnknownFormatError, UnreadableIntervalsError, format_of
from extractor.intervals.given import Given, Problem, Readings, Series
from extractor.intervals.mapped.answers import AnswerError, Answers
from extractor.intervals.mapped.mapping import Mapping
from extractor.intervals.mapped.monthly import SAID, is_monthly
from extractor.intervals.mapped.proposal import FIRST, Proposal
from extractor.intervals.mapped.propose import propose
from extractor.intervals.mapped.read import read
from extractor.intervals.taken.plausible import plausible
from extractor.pages.child import Child
from extractor.pages.limits import Limits

TARGET = "extractor.intervals.mapped.asking:answer_request"


class First(NamedTuple):
    """A reading as it would be read."""

    service_account: str | None
    channel: str
    start: str
    """Local, with its offset."""
    minutes: int
    amount: Decimal
    """In thousands of its unit: kWh, kVARh."""
    unit: str


class Sum(NamedTuple):
    """What a channel has in all."""

    channel: str
    unit: str
    readings: int
    amount: Decimal
    first: str
    """When the first reading begins, local."""
    last: str


@dataclass(frozen=True)
class Shown:
    """What a person looks at before confirming."""

    proposal: Proposal[Mapping]
    readings: tuple[First, ...] = ()
    """First readings, where nothing is open."""
    sums: tuple[Sum, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass
class _Tally:
    readings: list[First] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    sums: Counter[tuple[str, str]] = field(default_factory=Counter)
    spans: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)

    def add(self, one: Given) -> None:
        """Take what is read."""
        if isinstance(one, Problem):
            self.problems.append(one)
        if not isinstance(one, Readings) or not one:
            return
        key = one.series.channel, f"k{one.series.unit}"
        self.counts[key] += len(one)
        self.sums[key] += sum(one.thousandths)
        before = self.spans.get(key, (one.starts[0], one.starts[0]))
        self.spans[key] = min(before[0], *one.starts), max(before[1], *one.starts)
        self.readings += islice(_firsts(one), FIRST - len(self.readings))

    def told(self) -> list[Sum]:
        """Return what each channel has."""
        return [
            Sum(*key, count, _thousands(self.sums[key]), *(f"{clock.local(at)}" for at in self.spans[key]))
            for key, count in self.counts.items()
        ]


def _firsts(block: Readings) -> Iterator[First]:
    series: Series = block.series
    for one in block:
        start = str(clock.local(int(one.start.timestamp())))
        amount = one.value.scaleb(-3)
        yield First(
            series.service_account, series.channel, start, one.seconds // 60, amount, f"k{series.unit}"
        )


def _thousands(thousandths: int) -> Decimal:
    return Decimal(thousandths).scaleb(-6)


def shown(file: BinaryIO, name: str, answers: Answers) -> Shown:
    """Return what a person looks at.

    Raises:
        UnknownFormatError: if the file has no table, or is of a format that needs no mapping.
        UnreadableIntervalsError: if it is damaged or too large.
        AnswerError: if an answer names what is not there.
    """
    _refuse_known(file, name)
    if is_monthly(file):
        raise UnknownFormatError(SAID)
    proposal = propose(file, name, answers)
    if not proposal.is_complete:
        return Shown(proposal)
    tally = _Tally()
    try:
        for one in plausible(read(file, name, proposal.mapping)):
            tally.add(one)
    except UnreadableIntervalsError as error:
        return Shown(replace(proposal, refusals=(str(error),)))
    return Shown(proposal, tuple(tally.readings), tuple(tally.told()), tuple(tally.problems))


def _refuse_known(file: BinaryIO, name: str) -> None:
    file.seek(0)
    try:
        one = format_of(name, file.read(HEAD))
    except UnknownFormatError:
        return
    raise UnknownFormatError(f"{one.NAME} needs no mapping: import it")


class Asker:
    """Looks at files in a guarded process."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits

    def shown(self, path: Path, answers: Answers) -> Shown:
        """Return what a person looks at.

        Raises:
            UnreadableIntervalsError: if the file has no table, or is damaged or too large.
            AnswerError: if an answer names what is not there.
            ChildError: if it breaks a limit, or we are at fault.
            OSError: if it cannot be opened.
        """
        question = {"path": os.fspath(path), "answers": _ANSWERS.dump_python(answers, mode="json")}
        with Child(TARGET, self._limits) as child:
            answer: dict[str, Any] = json.loads(child.request(json.dumps(question).encode()))
        if "refused" in answer:
            raise _ERRORS[answer["code"]](answer["refused"])
        if "errno" in answer:
            raise OSError(answer["errno"], answer["strerror"])
        return _SHOWN.validate_json(answer["shown"])


_ANSWERS, _SHOWN = TypeAdapter(Answers), TypeAdapter(Shown)
_ERRORS: dict[str, type[BillclerkError]] = {"file": UnreadableIntervalsError, "answer": AnswerError}


def answer_request(request: bytes) -> bytes:
    """Answer a request inside a guarded process."""
    asked = json.loads(request)
    path = Path(asked["path"])
    try:
        with path.open("rb") as file:
            found = shown(file, path.name, _ANSWERS.validate_python(asked["answers"]))
        answer: dict[str, Any] = {"shown": _SHOWN.dump_json(found).decode()}
    except AnswerError as error:
        answer = {"code": "answer", "refused": str(error)}
    except UnreadableIntervalsError as error:
        answer = {"code": "file", "refused": str(error)}
    except OSError as error:
        answer = {"errno": error.errno, "strerror": error.strerror}
    return json.dumps(answer).encode()
