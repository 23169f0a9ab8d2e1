"""`billclerk intervals`: readings of meters, beside the bills."""

import datetime as dt
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from extractor.cli.coverage import coverage
from extractor.cli.filed import now
from extractor.cli.home import HomeOption
from extractor.cli.imports import imports, undo
from extractor.cli.interval_mapping import confirm, map_columns, mappings
from extractor.cli.opened import opened

if TYPE_CHECKING:
    from extractor.cli.opened import Opened
    from extractor.intervals.taken.reading import Reader
    from extractor.intervals.taken.take import Taken
    from extractor.settings import ReaderSettings

intervals = typer.Typer(
    help="Readings of meters: import them, see what is held.", rich_markup_mode=None, no_args_is_help=True
)

intervals.command()(coverage)
intervals.command("map")(map_columns)
intervals.command("mappings")(mappings)
intervals.command("confirm")(confirm)
intervals.command("imports")(imports)
intervals.command("undo")(undo)

FINE, LOOK, REFUSED, FAULT = 0, 1, 3, 70
"""Exit statuses that a file earns."""


@intervals.callback()
def _intervals() -> None:
    """Keep `import` a command of its own, however many there are."""


@intervals.command("import")
def import_files(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE", help="Interval files, and folders to search for them.")
    ],
    service_account: Annotated[
        str | None,
        typer.Option(
            "--service-account",
            metavar="NUMBER",
            help="Whose readings a file has that does not say it itself; kept with the import.",
        ),
    ] = None,
    home: HomeOption = None,
) -> None:
    """Import interval files; they stay where they are, and a copy of each is kept.

    Green Button CSV and XML, CMEP and EDI 867. Of each file all readings are taken, or none. The same
    file again changes nothing.

    The exit status is 0 when all is well, 1 when somebody should look at what is said of a file,
    3 when one was refused (the highest wins).
    """
    from functools import partial

    from extractor.cli.progress import shown
    from extractor.cli.settings import from_environment
    from extractor.cli.walk import INTERVALS, bills_at
    from extractor.cli.wording import clean
    from extractor.intervals.taken.reading import Reader
    from extractor.intervals.taken.take import columns_held
    from extractor.pages.limits import limits_of
    from extractor.settings import ReaderSettings

    paths = list(bills_at(files, INTERVALS))
    if not paths:
        raise typer.BadParameter("no interval file is below the folders named", param_hint="FILE")
    if service_account is not None and not any(map(str.isdigit, service_account)):
        raise typer.BadParameter("this is no service account", param_hint="--service-account")
    earned = {FINE}
    with opened(home) as at:
        settings = from_environment(ReaderSettings, at.home)
        reader = Reader(limits_of(settings), partial(columns_held, at.engine))
        for path, said in shown(_imported(at, reader, settings, paths, service_account), len(paths)):
            status, line, more = said
            earned.add(status)
            print(clean(f"{path}: {line}"), file=sys.stderr if status >= REFUSED else sys.stdout)
            for sentence in more:
                print(clean(f"  {sentence}"), file=sys.stderr)
    raise typer.Exit(max(earned))


def _imported(
    at: "Opened", reader: "Reader", settings: "ReaderSettings", paths: list[Path], account: str | None
) -> Iterator[tuple[Path, tuple[int, str, list[str]]]]:
    """Import one file after the other; give what each earns, and what is to be said of it."""
    from extractor.base.errors import BillclerkError
    from extractor.intake.interval_files import take_in_place
    from extractor.intervals.taken.told import concerns, remarks
    from extractor.pages.limits import ChildFaultError

    for path in paths:
        try:
            limit = settings.max_file_mb * 1_000_000
            taken = take_in_place(at.home, at.engine, reader, path, limit, now(), account)
        except ChildFaultError as error:
            yield path, (FAULT, f"refused: {error}", [])
            continue
        except BillclerkError as error:
            if error.exit_code != REFUSED:
                raise
            yield path, (REFUSED, f"refused: {error}", [])
            continue
        look = concerns(taken)
        if taken.is_refused:
            yield path, (REFUSED, "refused: nothing of it is taken", look)
        else:
            yield path, (LOOK if look else FINE, _line(taken), [*look, *remarks(taken)])


def _line(taken: "Taken") -> str:
    """Return what a file brought."""
    from extractor.cli.wording import count
    from extractor.store.mappings import called

    done = taken.imported
    parts = [called(taken.format), count(len(taken.accounts), "service account")]
    if taken.links:
        parts.append(f"the account of {count(taken.links, 'usage point')}")
    if taken.astray:
        parts.append(f"{count(len(taken.astray), 'usage point')} of nobody")
    if taken.span:
        parts.append(_span(*taken.span))
    if done.is_repeat:
        again = "; downloaded again since, and the same" if taken.is_again else ""
        return f"{', '.join(parts)}: imported before as import {done.number}, nothing is changed{again}"
    news = f"{done.added:,} intervals new, {done.changed:,} changed, {done.same:,} the same"
    return f"{', '.join(parts)}: {news} (import {done.number})"


def _span(begin: int, end: int) -> str:
    """Return the local days from the first reading to the last."""
    first, last = (_day(one) for one in (begin, end - 1))
    return f"{first} to {last}"


def _day(instant: int) -> dt.date:
    from extractor.intervals import clock

    return clock.local(instant).date()
