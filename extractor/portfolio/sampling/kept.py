"""Samples and answers in the store.

Drawn again with the same seed out of the same store, a sample is the same one: nothing is kept twice. Out of
a store that says something else by then it is another one, with a number behind its name.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from sqlmodel import Session, col, select

from extractor.base.errors import BillclerkError
from extractor.model import ReadResult
from extractor.portfolio.sampling.answers import Given
from extractor.portfolio.sampling.draw import Drawn, Value
from extractor.portfolio.sampling.frame import Asked
from extractor.portfolio.sampling.values import now
from extractor.store.neighbours import parts
from extractor.store.sampled import Sample, SampleAnswer, SampleValue
from extractor.store.tables import Bill, CurrentReading, Document


class NoSampleError(BillclerkError):
    """There is no such sample, or no such value in it; the message says what there is."""

    exit_code = 2


@dataclass(frozen=True)
class Shown:
    """A value of a sample, its document, and what was said of it."""

    row: SampleValue
    sha256: str
    answer: SampleAnswer | None
    """The latest."""
    now: str | None
    """What the bill says there by now; None if it says nothing there."""

    @property
    def is_outdated(self) -> bool:
        """Whether a later reading, or a correction, says something else."""
        return self.now != self.row.value


def keep(session: Session, asked: Asked, size: int, seed: str, drawn: Drawn, at: dt.datetime) -> Sample:
    """Keep a sample; return it, or the same one if it was drawn before."""
    alike = _alike(session, asked, size, seed)
    wanted = [_key(value) for value in drawn.values]
    for sample in alike:
        if _keys(session, sample) == wanted:
            return sample
    sample = Sample(
        name=_free_name(session, f"{size}-{seed}"),
        size=size,
        seed=seed,
        of=asked.of,
        customer_key=asked.customer,
        account=asked.account,
        strata=[list(stratum) for stratum in drawn.strata],
        no_pages=drawn.no_pages,
        at=at,
    )
    session.add(sample)
    session.flush()
    session.add_all(_row(sample.id or 0, number, value) for number, value in enumerate(drawn.values, 1))
    session.flush()
    return sample


def _alike(session: Session, asked: Asked, size: int, seed: str) -> list[Sample]:
    design = (Sample.size == size, Sample.seed == seed, Sample.of == asked.of)
    of = (col(Sample.customer_key).is_not_distinct_from(asked.customer),)
    account = col(Sample.account).is_not_distinct_from(asked.account)
    return list(session.exec(select(Sample).where(*design, *of, account).order_by(col(Sample.id))))


Key = tuple[int, int, str, str, str]
"""Document, bill, pointer, value, and what the bill said."""


def _key(value: Value) -> Key:
    bill = value.bill
    return bill.document_id, bill.position, value.slot.target, value.found.value, bill.values_sha256


def _keys(session: Session, sample: Sample) -> list[Key]:
    rows = session.exec(
        select(SampleValue).where(SampleValue.sample_id == sample.id).order_by(col(SampleValue.number))
    )
    return [(row.document_id, row.position, row.target, row.value, row.values_sha256) for row in rows]


def _free_name(session: Session, name: str) -> str:
    taken = set(session.exec(select(Sample.name).where(col(Sample.name).startswith(name, autoescape=True))))
    names = (name if number == 1 else f"{name}.{number}" for number in count(1))
    return next(free for free in names if free not in taken)


def _row(sample_id: int, number: int, value: Value) -> SampleValue:
    return SampleValue(
        sample_id=sample_id,
        number=number,
        stratum=value.stratum,
        document_id=value.bill.document_id,
        position=value.bill.position,
        target=value.slot.target,
        field=value.found.field,
        what=value.found.what,
        kind=value.slot.kind,
        value=value.found.value,
        values_sha256=value.bill.values_sha256,
        state=value.bill.state,
        source=value.bill.source or "",
        page=value.found.page,
        box=list(value.found.box),
    )


def samples(session: Session) -> list[Sample]:
    """Return all samples, the oldest first."""
    return list(session.exec(select(Sample).order_by(col(Sample.id))))


def sample_named(session: Session, name: str) -> Sample:
    """Return a sample.

    Raises:
        NoSampleError: if there is none of that name.
    """
    sample = session.exec(select(Sample).where(Sample.name == name)).one_or_none()
    if sample is None:
        known = ", ".join(one.name for one in samples(session)) or "none; draw one with `billclerk sample 20`"
        raise NoSampleError(f"no sample is called {name!r}; there are: {known}")
    return sample


def shown(session: Session, sample: Sample) -> list[Shown]:
    """Return the values of a sample, as they are numbered; those of erased documents are gone."""
    rows = list(
        session.execute(
            select(SampleValue, Document.sha256)
            .join(Document, col(Document.id) == col(SampleValue.document_id))
            .where(SampleValue.sample_id == sample.id)
            .order_by(col(SampleValue.number))
        )
    )
    answers = _answers(session, sample)
    says = _now(session, [row for row, _ in rows])
    return [Shown(row, sha256, answers.get(row.id), says[row.number]) for row, sha256 in rows]


def _answers(session: Session, sample: Sample) -> dict[int | None, SampleAnswer]:
    """Return the latest answer to each value."""
    asked = (
        select(SampleAnswer)
        .join(SampleValue, col(SampleValue.id) == col(SampleAnswer.value_id))
        .where(SampleValue.sample_id == sample.id)
        .order_by(col(SampleAnswer.id))
    )
    return {answer.value_id: answer for answer in session.exec(asked)}


def _now(session: Session, rows: Sequence[SampleValue]) -> dict[int, str | None]:
    """Return what bills say by now where values were; only records that differ are parsed."""
    current: dict[tuple[int, int], tuple[int, str]] = {}
    for part in parts({row.document_id for row in rows}):
        asked = (
            select(CurrentReading.document_id, Bill.position, Bill.id, Bill.values_sha256)
            .join(Bill, col(Bill.reading_id) == col(CurrentReading.effective_id))
            .where(col(CurrentReading.document_id).in_(part))
        )
        for document_id, position, bill_id, values in session.execute(asked):
            current[document_id, position] = (bill_id, values)
    records: dict[int, ReadResult] = {}
    said: dict[int, str | None] = {}
    for row in rows:
        bill_id, values = current.get((row.document_id, row.position), (None, None))
        if values == row.values_sha256:
            said[row.number] = row.value
        elif bill_id is None:
            said[row.number] = None
        else:
            if bill_id not in records:
                text = session.exec(select(Bill.record).where(col(Bill.id) == bill_id)).one()
                records[bill_id] = ReadResult.model_validate_json(text)
            x0, top, x1, bottom = row.box
            said[row.number] = now(records[bill_id], row.target, row.page, (x0, top, x1, bottom))
    return said


def add_answers(
    session: Session, sample: Sample, given: Sequence[Given], who: str, at: dt.datetime
) -> list[Shown]:
    """Add answers; return the values that were answered. What was answered alike before is not added again.

    Raises:
        NoSampleError: if the sample has no such value, or it is not the one that was shown, or an answer
            contradicts itself.
    """
    values = {one.row.number: one for one in shown(session, sample)}
    for one in given:
        if one.number not in values:
            raise NoSampleError(
                f"sample {sample.name} has no value {one.number}; none of the answers is kept"
            )
        if not one.is_of(values[one.number].row.value):
            raise NoSampleError(
                f"value {one.number} of sample {sample.name} is {values[one.number].row.value}, and the table"
                f" says {one.value}: it is of another sample, or a spreadsheet changed it; none of the"
                " answers is kept (the column `value` may be left empty)"
            )
        if one.contradicts(values[one.number].row.value):
            instead = "wrong" if one.answer == "right" else "right"
            raise NoSampleError(
                f"value {one.number} of sample {sample.name} is {values[one.number].row.value}, and is"
                f" answered {one.answer} with {one.printed} printed: answer {instead} if that is printed,"
                " else leave it out; none of the answers is kept"
            )
    for one in given:
        before = values[one.number].answer
        if before is None or (before.answer, before.printed, before.who) != (one.answer, one.printed, who):
            row_id = values[one.number].row.id or 0
            answer = SampleAnswer(value_id=row_id, answer=one.answer, printed=one.printed, who=who, at=at)
            session.add(answer)
    session.flush()
    answered = {one.number for one in given}
    return [one for one in shown(session, sample) if one.row.number in answered]
