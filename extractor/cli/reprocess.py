"""`billclerk reprocess`: documents read again, and what that changes."""

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

import typer

from extractor.cli.filed import now
from extractor.cli.home import HomeOption
from extractor.cli.opened import opened
from extractor.cli.wanted import States, told_along

if TYPE_CHECKING:
    from extractor.reprocessing.batch import Reads
    from extractor.settings import ReaderSettings
    from extractor.store.runs import Choice

EngineName = Literal["local", "ray"]


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
    documents: Annotated[
        list[str] | None,
        typer.Option(
            "--document",
            metavar="DOCUMENT",
            help="This one, by the first digits of its hash; may be repeated.",
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
        bool, typer.Option("--undo", help="Let count again what counted before the last one that moved any.")
    ] = False,
    again: Annotated[
        str | None,
        typer.Option("--report", metavar="RUN", help="Print what a run changed again: its number, or last."),
    ] = None,
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
    that was proven and would get worse, or say something else, is held back and listed. The exit status is
    1 where an original is missing.
    """
    from extractor.base.database import reading as reading_store
    from extractor.cli.progress import shown
    from extractor.cli.runs import numbered, printed, printed_again
    from extractor.cli.settings import from_environment
    from extractor.reprocessing.batch import Batch
    from extractor.reprocessing.report import Accepted, Report
    from extractor.settings import ReaderSettings

    number = numbered(again) if again is not None else None

    with opened(home) as at:
        if again is not None:
            printed_again(at.engine, number)
            return
        settings = from_environment(ReaderSettings, at.home)
        if jobs:
            settings = settings.model_copy(update={"jobs": jobs})
        reads = _engine(engine, ray_address, settings)
        batch = Batch(at.home, at.engine, settings, reads, now)
        if undo:
            run, moved, left = batch.undo()
            print(f"run {run} undone: {len(moved)} documents count as before, {len(left)} were changed since")
            return
        with reading_store(at.engine) as session:
            told_along(session, account)
        accepted = Accepted(accept_regressions, accept_changes)
        asked = _Asked(everything, outdated, status, account, tuple(documents or ()), since)
        wanted = batch.chosen(asked.choice())
        report = Report()
        if dry_run:
            reading = batch.dry(wanted, accepted, report)
        else:
            reading = batch.run(wanted, asked.options(), accepted, report)
        for _ in shown(reading, len(wanted)):
            pass
    printed(report)
    if report.missing:
        raise typer.Exit(1)


class _Asked(NamedTuple):
    """What is read again, as it was asked for."""

    everything: bool
    outdated: bool
    status: States | None
    account: str | None
    documents: tuple[str, ...]
    since: dt.datetime | None

    def choice(self) -> "Choice":
        """Return which documents that are."""
        from extractor.fingerprint import fingerprint
        from extractor.store.current import Wanted
        from extractor.store.runs import Choice

        narrowed = self.everything or self.status or self.account or self.documents or self.since
        return Choice(
            outdated_by=fingerprint() if self.outdated or not narrowed else None,
            wanted=Wanted(account=self.account, state=self.status) if self.status or self.account else None,
            taken_since=self.since.date() if self.since else None,
            named=self.documents,
        )

    def options(self) -> str:
        """Return the same as options; a run that was broken off goes on when just these are given again."""
        since = f"{self.since:%Y-%m-%d}" if self.since else None
        said = (("--status", self.status), ("--account", self.account), ("--since", since))
        flags = (("--all", self.everything), ("--outdated", self.outdated))
        options = [option for option, is_said in flags if is_said]
        options += [f"{option} {value}" for option, value in said if value]
        options += [f"--document {name}" for name in sorted(set(self.documents))]
        return " ".join(options) or "--outdated"


def _engine(name: EngineName, address: str | None, settings: "ReaderSettings") -> "Reads":
    if name == "ray":
        from extractor.reprocessing.cluster import ray_reads

        return ray_reads(settings, address)
    from extractor.reprocessing.batch import local

    return local(settings, settings.jobs)
