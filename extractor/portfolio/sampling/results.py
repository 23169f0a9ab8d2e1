"""What the answers to samples come to, and no more than they prove.

Samples that were drawn of the same whole (the same states, customer and account) are counted together, and a
value that was in several once, by its latest answer. An answer is of the value as it was shown: what a later
reading or a correction says instead does not change what was measured, and is told beside it. What a person
could not tell is not right: accuracy is given without these, and with them as wrong. The weights of the
groups are those of the latest sample.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from extractor.portfolio.sampling.kept import Shown, shown
from extractor.portfolio.sampling.measure import Part, combined, interval, most_wrong, needed, share_wrong
from extractor.store.sampled import Sample


@dataclass(frozen=True)
class Counted:
    """Answers to some values."""

    right: int
    wrong: int
    unclear: int
    open: int
    """Not answered yet."""

    @property
    def looked_at(self) -> int:
        """Values of which it is known whether they are right."""
        return self.right + self.wrong

    @property
    def accuracy(self) -> tuple[float, float]:
        """The interval of the share of right ones, those that are unclear left out."""
        low, high = interval(self.wrong, self.looked_at)
        return 1 - high, 1 - low


@dataclass(frozen=True)
class Reading:
    """Accuracy of all values, as one of two ways to take what is unclear has it; shares, 0 to 1."""

    looked_at: int
    wrong: int
    accuracy: float | None
    """Estimated; None where nothing of a group was looked at."""
    low: float
    high: float
    most_wrong: float
    """One-sided."""
    needed: int | None
    """Values in all that show 99 %, if no other wrong one is met; None: millions."""


@dataclass(frozen=True)
class Result:
    """What the samples of one whole come to."""

    samples: tuple[Sample, ...]
    values: tuple[Shown, ...]
    """Each once, in the order of samples and numbers."""
    counted: Counted
    groups: Mapping[str, tuple[Counted, int, float]]
    """Of each group its answers, its values in all, and its weight."""
    kinds: Mapping[tuple[str, str], Counted]
    """The answers by group and kind."""
    passed: int
    """Drawn, and printed nowhere."""
    without_unclear: Reading
    with_unclear_as_wrong: Reading

    @property
    def wrong(self) -> list[Shown]:
        """Values that are wrong."""
        return [value for value in self.values if _said(value) == "wrong"]

    @property
    def wrong_though_verified(self) -> tuple[int, int]:
        """How many are wrong of those whose bills were called verified, and how many these are."""
        verified = [value for value in self.values if value.row.state == "verified"]
        looked_at = [value for value in verified if _said(value) in ("right", "wrong")]
        return sum(_said(value) == "wrong" for value in looked_at), len(looked_at)

    @property
    def outdated(self) -> list[Shown]:
        """Values that were answered, and of which a bill says something else by now."""
        return [value for value in self.values if value.answer is not None and value.is_outdated]


def results(session: Session, samples: Sequence[Sample]) -> Iterator[Result]:
    """Give what samples come to, those of one whole together."""
    wholes: dict[tuple[str, str | None, str | None], list[Sample]] = defaultdict(list)
    for sample in samples:
        wholes[sample.of, sample.customer_key, sample.account].append(sample)
    for of_one in wholes.values():
        yield result(of_one, [value for sample in of_one for value in shown(session, sample)])


def result(samples: Sequence[Sample], values: Iterable[Shown]) -> Result:
    """Return what samples of one whole come to; the latest is the last."""
    once = _once(values)
    lengths = {str(name): int(length) for name, length, _ in samples[-1].strata}
    for sample in samples:  # a group that is empty by now was looked at all the same
        lengths = {str(name): 0 for name, *_ in sample.strata} | lengths
    total = sum(lengths.values())
    groups = {
        name: (_counted(value for value in once if value.row.stratum == name), length, length / total)
        for name, length in sorted(lengths.items())
    }
    cells = sorted({(value.row.stratum, value.row.kind) for value in once})
    return Result(
        samples=tuple(samples),
        values=tuple(once),
        counted=_counted(once),
        groups=groups,
        kinds={
            cell: _counted(one for one in once if (one.row.stratum, one.row.kind) == cell) for cell in cells
        },
        passed=sum(int(passed) for sample in samples for *_, passed in sample.strata),
        without_unclear=_reading([Part(weight, of.looked_at, of.wrong) for of, _, weight in groups.values()]),
        with_unclear_as_wrong=_reading(
            [
                Part(weight, of.looked_at + of.unclear, of.wrong + of.unclear)
                for of, _, weight in groups.values()
            ]
        ),
    )


def _once(values: Iterable[Shown]) -> list[Shown]:
    """Return each value once, that with the latest answer."""
    found: dict[tuple[int, int, str, str], Shown] = {}
    for value in values:
        row = value.row
        key = (row.document_id, row.position, row.target, row.value)
        before = found.get(key)
        if before is None or _when(before) <= _when(value):
            found[key] = value
    return list(found.values())


def _when(value: Shown) -> int:
    return value.answer.id or 0 if value.answer else 0


def _said(value: Shown) -> str | None:
    return value.answer.answer if value.answer else None


def _counted(values: Iterable[Shown]) -> Counted:
    said = [_said(value) for value in values]
    return Counted(said.count("right"), said.count("wrong"), said.count("unclear"), said.count(None))


def _reading(parts: Sequence[Part]) -> Reading:
    parts = [part for part in parts if part.weight > 0]
    low, high = combined(parts)
    wrong = share_wrong(parts)
    return Reading(
        looked_at=sum(part.looked_at for part in parts),
        wrong=sum(part.wrong for part in parts),
        accuracy=None if wrong is None else 1 - wrong,
        low=1 - high,
        high=1 - low,
        most_wrong=most_wrong(parts),
        needed=needed(parts),
    )
