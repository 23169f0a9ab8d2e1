"""What a reprocessing did, as it is told: at its end, and again later from what is kept of it.

All that a report says of a run stands in the store, but a document that was erased since: of that nothing is
left, here either.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlmodel import Session

from extractor.base.errors import BillclerkError
from extractor.reprocessing.changes import ACCEPTED_BY, KINDS, Difference, Kind
from extractor.store.runs import MISSING, changes_of, run_numbered
from extractor.store.tables import Change


class NoRunError(BillclerkError):
    """There is no such run; `billclerk runs` lists them."""

    exit_code = 2


@dataclass(frozen=True)
class Changed:
    """What reading a document again makes of it."""

    sha256: str
    kind: Kind
    differences: tuple[Difference, ...]
    held: bool
    """Whether it stays as it was."""


@dataclass
class Report:
    """What a run did."""

    run: int | None = None
    """Its number, None of a dry run."""
    counts: Counter[Kind] = field(default_factory=Counter)
    changed: list[Changed] = field(default_factory=list)
    """All that is not unchanged."""
    left: list[str] = field(default_factory=list)
    """Documents that were changed by others meanwhile, or erased."""
    missing: list[str] = field(default_factory=list)
    """Documents that were not read: their originals are missing."""
    is_broken_off: bool = False
    """Whether the run was, so that nothing it read counts."""
    is_undone: bool = False
    """Whether the run was since."""

    def add(self, changed: Changed) -> None:
        """Count a document."""
        self.counts[changed.kind] += 1
        if changed.kind != "unchanged":
            self.changed.append(changed)


@dataclass(frozen=True)
class Accepted:
    """What a person accepts beforehand."""

    regressions: bool = False
    changes: bool = False

    def holds(self, kind: Kind) -> bool:
        """Tell whether a change is held back."""
        return (kind == "worse" and not self.regressions) or (kind == "altered" and not self.changes)

    @property
    def options(self) -> tuple[str, ...]:
        """The same as a person says it."""
        said = {"altered": self.changes, "worse": self.regressions}
        return tuple(option for kind, option in ACCEPTED_BY.items() if said[kind])


def accepted_in(asked: str) -> Accepted:
    """Return what was accepted of a run, by the options it was asked for with."""
    said = asked.split()
    return Accepted(
        regressions=ACCEPTED_BY["worse"] in said,
        changes=ACCEPTED_BY["altered"] in said,
    )


def told_of(
    session: Session, run_id: int, accepted: Accepted, report: Report
) -> Iterator[tuple[Change, Changed]]:
    """Put into a report what a run has made of each document that it read; give it."""
    for change, sha256 in changes_of(session, run_id):
        if change.kind == MISSING:
            report.missing.append(sha256)
            continue
        kind: Kind = next(kind for kind in KINDS if kind == change.kind)
        found = tuple(Difference(str(name), was, now) for name, was, now in change.differences)
        changed = Changed(sha256, kind, found, accepted.holds(kind))
        report.add(changed)
        yield change, changed


def report_of(session: Session, number: int | None) -> Report:
    """Return what a run reported, of the last one that came to its end if none is named.

    Raises:
        NoRunError: if there is none.
    """
    run = run_numbered(session, number)
    if run is None:
        which = "no reprocessing came to its end" if number is None else f"there is no run {number}"
        raise NoRunError(f"{which}; `billclerk runs` lists them")
    report = Report(run.id, is_broken_off=run.moved_at is None, is_undone=run.undone_at is not None)
    for change, changed in told_of(session, run.id or 0, accepted_in(run.asked), report):
        is_other = change.after_id != change.before_id
        if run.moved_at and is_other and not change.moved and not changed.held:
            report.left.append(changed.sha256)
    return report
