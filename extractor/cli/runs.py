"""`billclerk runs`, and what a reprocessing changed: printed when it is done, and again by its number."""

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

import typer

from extractor.cli.home import HomeOption

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from extractor.reprocessing.report import Changed, Report
    from extractor.store.tables import Run

SHORT = 12
"""Digits by which a document is shown."""

DIGITS = 9
"""So many has the number of a run at most."""

LAST = "last"
"""What stands for the number of the last run that came to its end."""


def runs(home: HomeOption = None) -> None:
    """List the reprocessings, the last first: what each found and moved, and what it was asked for.

    `billclerk reprocess --report RUN` prints what one of them changed, field by field.
    """
    from extractor.base.database import reading
    from extractor.cli.opened import opened
    from extractor.cli.wording import clean
    from extractor.store.runs import runs as all_runs

    with opened(home) as at, reading(at.engine) as session:
        for run, kinds, moved in all_runs(session):
            found = _counted(kinds) or "nothing to read again"
            began = f"run {run.id}: {run.began_at:%Y-%m-%d %H:%M}"
            print(clean(f"{began}, {_stands(run, moved)}; {found}; {run.asked}"))


def _stands(run: "Run", moved: int) -> str:
    """Return what a run came to."""
    if run.moved_at is None:
        return "broken off"
    undone = f", undone {run.undone_at:%Y-%m-%d %H:%M}" if run.undone_at else ""
    return f"{moved:,} moved{undone}"


def numbered(text: str) -> int | None:
    """Return the number of a run that a person names, None of the last.

    Raises:
        BadParameter: if it is no number.
    """
    if text == LAST:
        return None
    if not text.isdecimal() or len(text) > DIGITS:
        raise typer.BadParameter("give the number of a run, as `billclerk runs` lists them, or last")
    return int(text)


def printed_again(engine: "Engine", number: int | None) -> None:
    """Print what a run changed again.

    Raises:
        NoRunError: if there is none.
    """
    from extractor.base.database import reading
    from extractor.reprocessing.report import report_of

    with reading(engine) as session:
        report = report_of(session, number)
    printed(report)


def printed(report: "Report") -> None:
    """Print each document that changed, field by field, and how many of each kind there are."""
    from extractor.reprocessing.changes import KINDS

    for changed in sorted(report.changed, key=lambda one: (KINDS.index(one.kind), one.sha256)):
        _print_one(changed)
    for sha256 in sorted(report.left):
        print(f"{sha256[:SHORT]}: left as it is, somebody changed or erased it meanwhile")
    for sha256 in sorted(report.missing):
        print(f"{sha256[:SHORT]}: not read, its original is missing")
    _summarise(report)


def _summarise(report: "Report") -> None:
    """Say on standard error how many documents there are of each kind, and whose original is missing."""
    held = sum(changed.held for changed in report.changed)
    counts = {str(kind): count for kind, count in report.counts.items()}
    said = [_counted(counts | {"missing": len(report.missing)}) or "nothing to read again"]
    if held:
        said.append(f"{held} held back (--accept-regressions, --accept-changes)")
    if report.is_broken_off:
        said.append("broken off, nothing of it counts")
    if report.is_undone:
        said.append("undone since")
    which = f"run {report.run}: " if report.run else "dry run, nothing is kept: "
    print(f"{which}{'; '.join(said)}", file=sys.stderr)
    if report.missing:
        names = ", ".join(sha256[:SHORT] for sha256 in sorted(report.missing))
        print(f"originals are missing, restore them from a backup: {names}", file=sys.stderr)


def _counted(counts: Mapping[str, int]) -> str:
    from extractor.reprocessing.changes import KINDS

    return ", ".join(f"{counts[kind]:,} {kind}" for kind in (*KINDS, "missing") if counts.get(kind))


def _print_one(changed: "Changed") -> None:
    from extractor.cli.wording import NOTHING, clean

    print(f"{changed.sha256[:SHORT]}: {changed.kind}{', held back' if changed.held else ''}")
    for difference in changed.differences:
        before, after = (
            NOTHING if value is None else clean(value) for value in (difference.before, difference.after)
        )
        print(f"  {clean(difference.field)}: {before} -> {after}")
