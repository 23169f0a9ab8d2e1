"""`billclerk ingest`: one pass over files or folders, into the home."""

import sys
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from extractor.cli.filed import kinds, line_on, now, unpackers
from extractor.cli.home import HomeOption, address_of, home_of

Files = Annotated[
    list[Path] | None,
    typer.Argument(metavar="FILE", help="Files, and folders to search for them; else the home's inbox."),
]


def ingest(files: Files = None, home: HomeOption = None) -> None:
    """Read bills and interval files into the home, and file each away: they leave the place where they are.

    What is verified is kept and gone from there; what a person has to look at moves to the
    home's review folder, and what is neither to its rejected folder, each with a note beside it.
    The same file again changes nothing. Of the tables and texts below a folder only interval
    files are taken; others stay where they are.
    """
    from extractor.cli.mailing.received import dropped as mail_taken
    from extractor.cli.progress import shown
    from extractor.cli.settings import from_environment
    from extractor.cli.walk import INTERVALS, taken_at
    from extractor.intake.inbox import ingest as taken_in
    from extractor.intake.watch import files_in
    from extractor.settings import ReaderSettings
    from extractor.store.opening import store

    for path in files or ():
        if not path.exists():
            raise typer.BadParameter(f"there is no {path}", param_hint="FILE")
    place = home_of(home)
    settings = from_environment(ReaderSettings, place)
    paths = list(taken_at(files)) if files else sorted(path for path, _ in files_in(place.inbox))
    paths.sort(key=lambda path: path.name.lower().endswith(INTERVALS))  # bills tell whose readings are
    counts: Counter[str] = Counter()
    with store(address_of(place), place.path) as engine:
        others = kinds(place, engine, settings)
        taking = taken_in(place, engine, paths, settings, now, unpackers(settings), others)
        for filed in shown(taking, len(paths)):
            counts[filed.outcome] += 1
            print(line_on(filed))
        for line in mail_taken(place, engine):
            print(line)
    said = ", ".join(f"{count} {outcome}" for outcome, count in counts.items())
    print(
        f"{counts.total()} {'file' if counts.total() == 1 else 'files'}{': ' if said else ''}{said}",
        file=sys.stderr,
    )
