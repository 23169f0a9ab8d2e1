"""`billclerk request receive`: files that arrived, kept and checked off item by item."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from extractor.cli.filed import now
from extractor.cli.home import HomeOption
from extractor.cli.opened import opened
from extractor.cli.request.told import At, DryRun, Number, On, Who, Why, kept_file, recording, told_of

if TYPE_CHECKING:
    from datarequests.incoming.arrived import Found


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
    """Record that files arrived: they are kept among the originals, read, and items checked off.

    They are read as the inbox reads them: an item is checked off where the right data of its account covers
    all of its days. --item or --all says instead what they are. What is still missing is said.
    """
    from datarequests.history import items_of
    from datarequests.incoming.arrived import brought
    from datarequests.received import receive as check_off
    from extractor.cli.wording import clean

    is_told = every or bool(item)
    found = [] if is_told or dry_run else _read(home, number, files, on, at)
    looked_at: tuple[str, ...] = ()
    with recording(number, who, on, at, why, None, dry_run, home) as (opening, session, told):
        hashes = [kept_file(opening, path, dry_run) for path in files]
        if found:
            receipt = brought(session, number, found, told)
            received, missing, looked_at = receipt.received, receipt.missing, receipt.unused
            came_before = bool(receipt.had)
        else:
            items = items_of(session, number)
            numbers = set(range(1, len(items) + 1)) if every else set(item or ())
            by_hand = check_off(session, number, numbers, hashes, told)
            received, missing = by_hand.received, by_hand.missing
            came_before = bool(numbers)
    for word in received:
        typer.echo(clean(f"  received: {word}"))
    for word in missing:
        typer.echo(clean(f"  missing: {word}"))
    for word in looked_at:
        typer.echo(clean(f"  look at {word}"), err=True)
    if dry_run and not is_told:
        typer.echo("in a dry run the files are not read: what they check off is not known", err=True)
    elif not received:
        before = "that had arrived before; the files are noted"
        said = before if came_before else "say by --item or --all what arrived"
        typer.echo(f"nothing was checked off: {said}", err=True)


def _read(
    home: Path | None, number: int, files: Sequence[Path], on: dt.datetime | None, at: dt.datetime | None
) -> "list[Found]":
    """Have files read, if anything can arrive for the request, and could on that day.

    Raises:
        IllegalMoveError: if nothing can.
        RecordError: if it had not gone out by then.
        UnknownRequestError: if there is no such request.
    """
    from datarequests.history import events_of, state_of
    from datarequests.outside import refuse_too_early
    from datarequests.workflow import Event, State, after
    from extractor.base.database import reading
    from extractor.cli.mailing.files import files_by_hand
    from extractor.cli.settings import from_environment
    from extractor.settings import ReaderSettings

    with opened(home) as desk:
        with reading(desk.engine) as session:
            told = told_of(session, number, "", on, at, now())
            state = state_of(events_of(session, number))
            if state is not State.COMPLETED:
                after(state, Event.DATA_RECEIVED)
            refuse_too_early(session, number, Event.DATA_RECEIVED, told)
        settings = from_environment(ReaderSettings, desk.home)
        return files_by_hand(desk.home, desk.engine, settings, files, number)
