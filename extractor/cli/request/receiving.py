"""`billclerk request receive`: files that arrived, kept and checked off item by item."""

from pathlib import Path
from typing import Annotated

import typer

from extractor.cli.home import HomeOption
from extractor.cli.request.told import At, DryRun, Number, On, Who, Why, kept_file, recording


def receive(
    number: Number,
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", exists=True, dir_okay=False, help="What arrived.")
    ],
    item: Annotated[
        list[int] | None, typer.Option("--item", help="They are of this item, as `show` numbers them.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="They are all that was asked for.")] = False,
    on: On = None,
    at: At = None,
    who: Who = "",
    why: Why = "",
    dry_run: DryRun = False,
    home: HomeOption = None,
) -> None:
    """Record that files arrived: they are kept among the originals, and items checked off.

    What is still missing is said. A file by which nothing can be checked off is noted; say by --item or
    --all what it is.
    """
    from datarequests.history import items_of
    from datarequests.received import receive as check_off

    with recording(number, who, on, at, why, None, dry_run, home) as (opening, session, told):
        items = items_of(session, number)
        numbers = set(range(1, len(items) + 1)) if every else set(item or ())
        hashes = [kept_file(opening, path, dry_run) for path in files]
        receipt = check_off(session, number, numbers, hashes, told)
    for word in receipt.received:
        typer.echo(f"  received: {word}")
    for word in receipt.missing:
        typer.echo(f"  missing: {word}")
    if not receipt.received:
        before = "that had arrived before; the files are noted"
        typer.echo(
            f"nothing was checked off: {before if numbers else 'say by --item or --all what arrived'}",
            err=True,
        )
