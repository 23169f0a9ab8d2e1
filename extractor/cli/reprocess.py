"""`billclerk reprocess`: documents read again, and what that changes."""

import datetime as dt
import sys
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from extractor.cli.desk import States, opened, told_along
from extractor.cli.filed import now
from extractor.cli.home import HomeOption

if TYPE_CHECKING:
    from extractor.batch import Changed, Reads, Report
    from extractor.settings import ReaderSettings
    from extractor.store.runs import Choice

EngineName = Literal["local", "ray"]

SHORT = 12
"""Digits by which a document is shown."""


def reprocess(
    everything: Annotated[bool, typer.Option("--all", help="All documents.")] = False,
    outdated: Annotated[
        bool, typer.Option("--outdated", help="Those that another version of the program read: the default.")
    ] = False,
    status: Annotated[States | None, typer.Option("--status", help="With a bill in this state.")] = None,
    account: Annotated[
        str | None,
        typer.Option(
            "--account", help="With a bill of this customer or service account, or its other numbers."
        ),
    ] = None,
    since: Annotated[
        dt.datetime | None,
        typer.Option("--since", formats=["%Y-%m-%d"], help="Taken in on this day or later."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change, and keep nothing.")
    ] = False,
    accept_regressions: Annotated[
        bool, typer.Option("--accept-regressions", help="Let bills that were proven be in doubt.")
    ] = False,
    accept_changes: Annotated[
        bool, typer.Option("--accept-changes", help="Let proven values become others.")
    ] = False,
    undo: Annotated[
        bool, typer.Option("--undo", help="Let count again what counted before the last one.")
    ] = False,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Documents read at the same time: by default the cores.")
    ] = None,
    engine: Annotated[
        EngineName, typer.Option("--engine", help="This machine, or a Ray cluster (extra `ray`).")
    ] = "local",
    ray_address: Annotated[
        str | None, typer.Option("--ray-address", help="The cluster: by default one on this machine.")
    ] = None,
    home: HomeOption = None,
) -> None:
    """Read documents again with this version of the program, and say exactly what that changes.

    What counts changes in one step at the end; a run that was broken off goes on where it was. A bill
    that was proven and would get worse, or say something else, is held back and listed.
    """
    from extractor.base.database import reading
    from extractor.batch import Accepted, Batch, Report
    from extractor.cli.progress import shown
    from extractor.cli.settings import from_environment
    from extractor.settings import ReaderSettings

    with opened(home) as at:
        settings = from_environment(ReaderSettings, at.home)
        if jobs:
            settings = settings.model_copy(update={"jobs": jobs})
        reads = _engine(engine, ray_address, settings)
        batch = Batch(at.home, at.engine, settings, reads, now)
        if undo:
            run, moved, left = batch.undo()
            print(f"run {run} undone: {len(moved)} documents count as before, {len(left)} were changed since")
            return
        with reading(at.engine) as session:
            told_along(session, account)
        accepted = Accepted(accept_regressions, accept_changes)
        documents = batch.chosen(_choice(everything, outdated, status, account, since))
        report = Report()
        if dry_run:
            for changed in shown(batch.dry(documents, accepted), len(documents)):
                report.add(changed)
        else:
            asked = f"{everything=} {outdated=} {status=} {account=} {since=}"
            for _ in shown(batch.run(documents, asked, accepted, report), len(documents)):
                pass
    _print(report)


def _choice(
    everything: bool, outdated: bool, status: States | None, account: str | None, since: dt.datetime | None
) -> "Choice":
    from extractor.fingerprint import fingerprint
    from extractor.store.current import Wanted
    from extractor.store.runs import Choice

    narrowed = status is not None or account is not None or since is not None
    return Choice(
        outdated_by=fingerprint() if outdated or not (everything or narrowed) else None,
        wanted=Wanted(account=account, state=status) if status or account else None,
        taken_since=since.date() if since else None,
    )


def _engine(name: EngineName, address: str | None, settings: "ReaderSettings") -> "Reads":
    if name == "ray":
        from extractor.cluster import ray_reads

        return ray_reads(settings, address)
    from extractor.batch import local

    return local(settings, settings.jobs)


def _print(report: "Report") -> None:
    """Print each document that changed, field by field, and how many of each kind there are."""
    from extractor.changes import KINDS

    for changed in sorted(report.changed, key=lambda one: (KINDS.index(one.kind), one.sha256)):
        _print_one(changed)
    for sha256 in report.left:
        print(f"{sha256[:SHORT]}: left as it is, somebody changed it meanwhile")
    counts = ", ".join(f"{report.counts[kind]:,} {kind}" for kind in KINDS if report.counts[kind])
    held = sum(changed.held for changed in report.changed)
    said = f"; {held} held back (--accept-regressions, --accept-changes)" if held else ""
    which = f"run {report.run}: " if report.run else "dry run, nothing is kept: "
    print(f"{which}{counts or 'nothing to read again'}{said}", file=sys.stderr)


def _print_one(changed: "Changed") -> None:
    from extractor.cli.wording import NOTHING, clean

    print(f"{changed.sha256[:SHORT]}: {changed.kind}{', held back' if changed.held else ''}")
    for difference in changed.differences:
        before, after = (
            NOTHING if value is None else clean(value) for value in (difference.before, difference.after)
        )
        print(f"  {clean(difference.field)}: {before} -> {after}")
