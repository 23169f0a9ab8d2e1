"""`billclerk customer`: all that a customer has here, handed over and erased."""

import datetime as dt
import sys
from pathlib import Path
from typing import Annotated

import typer

from extractor.cli.filed import now
from extractor.cli.home import HomeOption
from extractor.cli.metered import tolerance_of
from extractor.cli.opened import opened

SHORT = 12

customer = typer.Typer(
    help="Hand over, and erase, what a customer has here.", rich_markup_mode=None, no_args_is_help=True
)


@customer.command("export")
def export_customer(
    key: Annotated[str, typer.Argument(metavar="CUSTOMER", help="The customer's key in the roster.")],
    out: Annotated[Path, typer.Argument(metavar="FILE", help="The .tar.gz to write.")],
    home: HomeOption = None,
) -> None:
    """Write all that a customer has here into one archive, and nothing of anybody else's.

    Of a file with others' bills his pages are in it. A README.txt says what was left out and why; the exit
    status is 1 where something of his could not be had.
    """
    from extractor.cli.filed import unpackers
    from extractor.cli.requests_of import RequestsOf
    from extractor.cli.settings import from_environment
    from extractor.customers.handover import hand_over
    from extractor.settings import ReaderSettings

    with opened(home) as at:
        settings = from_environment(ReaderSettings, at.home)
        holders, near = unpackers(settings), tolerance_of(at.home)
        further = RequestsOf(at.home, key)
        handed = hand_over(at.home, at.engine, key, out, settings, holders, near, further)
    for left in handed.left:
        print(f"{left.what}: left out: {left.why}", file=sys.stderr)
    print(
        f"{handed.bills} bills in {out}: {handed.originals} files, {handed.pages} cut out of others,"
        f" {handed.messages} messages and archives"
    )
    if handed.further:
        print(f"{handed.further} files of data requests and authorizations")
    if handed.intervals or handed.readings:
        count = sum(handed.readings.values())
        of = f"{count:,} readings of {len(handed.readings)} service accounts"
        print(f"{handed.intervals} interval files, {of}")
    raise typer.Exit(1 if any(left.is_fault for left in handed.left) else 0)


@customer.command("forget")
def forget_customer(
    key: Annotated[str, typer.Argument(metavar="CUSTOMER", help="The customer's key in the roster.")],
    who: Annotated[str, typer.Option("--who", help="Who says so.")],
    why: Annotated[str, typer.Option("--why", help="At whose request, when.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be erased, no more.")] = False,
    home: HomeOption = None,
) -> None:
    """Erase a customer's documents, readings and mail; of each a tombstone stays: its hash, when, who.

    The readings of meters go, too, of service accounts that are his alone. A file that holds bills or
    readings of others, too, stays and is named. Copies of the database that upgrades put
    aside go as well; backups made before have everything still. If it was ended, run it again: it is done
    when the roster has no such customer.
    """
    from extractor.base.database import reading
    from extractor.cli.filed import unpackers
    from extractor.cli.requests_of import RequestsOf
    from extractor.cli.settings import from_environment
    from extractor.customers.forgetting import forget
    from extractor.settings import ReaderSettings
    from extractor.store.said import Saying
    from extractor.upkeep.health import last_backup

    with opened(home) as at:
        holders = unpackers(from_environment(ReaderSettings, at.home))
        requests = RequestsOf(at.home, key)
        with reading(at.engine) as session:
            told = requests.told(session)
        erased = forget(at.home, at.engine, key, Saying(who, why, now()), dry_run, holders, requests)
    verb = "erased" if erased.is_done else "would be erased"
    print(f"{len(erased.documents)} documents, {len(erased.holders)} messages and archives {verb}")
    print(f"{erased.copies} copies in review/ and rejected/ {verb}")
    if told:
        print(f"{told} {verb}")
    if erased.meters:
        print(f"the readings of {erased.meters} service accounts {verb}")
    for name in erased.databases:
        print(f"{name}, a copy of the database that an upgrade put aside, {verb}")
    if erased.runs:
        print(f"{erased.runs} reprocessings were asked for by this customer's accounts: these {verb}")
    for sha256 in erased.shared:
        print(f"{sha256[:SHORT]}: stays, it holds bills of others; take the pages apart", file=sys.stderr)
    for name in erased.partly:
        sha256, _, position = name.partition(":")
        said = "stays, its days are not this customer's alone, or were not read"
        print(f"{sha256[:SHORT]}:{position}: {said}", file=sys.stderr)
    for sha256 in erased.feeds:
        print(f"{sha256[:SHORT]}: stays, the interval file tells of others, too", file=sys.stderr)
    if erased.others_meters:
        said = "readings stay, for the account is, or was, another customer's, too"
        print(f"of {erased.others_meters} service accounts the {said}", file=sys.stderr)
    _told_of_backups(last_backup(at.home), erased.is_done)
    stays = erased.shared or erased.partly or erased.feeds or erased.others_meters
    raise typer.Exit(1 if stays else 0)


def _told_of_backups(last: dt.datetime | None, is_done: bool) -> None:
    """Say what no command can erase: copies that lie elsewhere."""
    when = f"; the last one was made on {last:%Y-%m-%d %H:%M} UTC" if last else ""
    print(
        f"backups made before {'still hold' if is_done else 'hold'} all of this customer's data{when}:"
        " make a new one and delete those, and erase again after a restore of one",
        file=sys.stderr,
    )
