"""`billclerk roster`, `alias` and `customer`: whose bills they are."""

import csv
import datetime as dt
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from extractor.cli.desk import opened
from extractor.cli.filed import now
from extractor.cli.home import HomeOption

SHORT = 12

Day = Annotated[dt.datetime | None, typer.Option(formats=["%Y-%m-%d"])]
AliasKinds = Literal["provider", "renumbered", "account", "succession"]

roster = typer.Typer(
    help="Customers, their sites and accounts, and who looks after them.",
    rich_markup_mode=None,
    no_args_is_help=True,
)
alias = typer.Typer(help="Other numbers of one meter's service.", rich_markup_mode=None, no_args_is_help=True)
customer = typer.Typer(
    help="Hand over, and erase, what a customer has here.", rich_markup_mode=None, no_args_is_help=True
)

FIELDS = (
    "customer",
    "customer_name",
    "account",
    "kind",
    "site",
    "site_name",
    "address",
    "manager",
    "manager_name",
    "manager_email",
    "valid_from",
    "valid_to",
)
"""Columns of a roster; the first four have to be there."""


@roster.command("import")
def import_roster(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV file with the columns of the manual.")],
    home: HomeOption = None,
) -> None:
    """Take a roster in, all of it or nothing; rows that are there already are brought up to date."""
    from extractor.base.database import writing
    from extractor.store.roster import Entry, RosterError, take_roster

    if not file.is_file():
        raise typer.BadParameter(f"there is no {file}", param_hint="FILE")
    with file.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines)
        missing = [name for name in FIELDS[:4] if name not in (reader.fieldnames or ())]
        unknown = [name for name in reader.fieldnames or () if name not in FIELDS]
        if missing or unknown:
            raise RosterError(
                f"{file}: columns missing: {missing}; unknown: {unknown}; known: {list(FIELDS)}"
            )
        entries = []
        for row in reader:
            where = f"{file}, line {reader.line_num}"
            values = {name: (text or "").strip() or None for name, text in row.items() if name in FIELDS}
            if any(values.get(name) is None for name in FIELDS[:4]) or values["kind"] not in (
                "customer",
                "service",
            ):
                raise RosterError(f"{where}: customer, customer_name, account and kind (customer or service)")
            days = {name: _day(values.pop(name, None), where) for name in ("valid_from", "valid_to")}
            entries.append(Entry(**values, **days))  # type: ignore[arg-type]  # checked above
    with opened(home) as at, writing(at.engine) as session:
        count = take_roster(session, entries)
    print(f"{count} rows of {file} are in the roster")


def _day(text: str | None, where: str) -> dt.date | None:
    from extractor.store.roster import RosterError

    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise RosterError(f"{where}: {text!r} is no date; write 2026-11-25") from None


@roster.command("list")
def list_roster(home: HomeOption = None) -> None:
    """Print the roster as CSV, as `import` takes it."""
    from extractor.base.database import reading
    from extractor.store.roster import entries_of

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(FIELDS)
    with opened(home) as at, reading(at.engine) as session:
        for entry in entries_of(session):
            writer.writerow(["" if (value := getattr(entry, name)) is None else value for name in FIELDS])


@alias.command("add")
def add_alias(
    kind: Annotated[AliasKinds, typer.Argument(help="What the second number is to the first.")],
    number: Annotated[str, typer.Argument(metavar="NUMBER")],
    other: Annotated[str, typer.Argument(metavar="OTHER")],
    evidence: Annotated[str, typer.Option("--evidence", help="By what you know it.")],
    who: Annotated[str, typer.Option("--who", help="Who says so.")],
    valid_from: Annotated[
        dt.datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day, inclusive.")
    ] = None,
    valid_to: Annotated[
        dt.datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day, inclusive.")
    ] = None,
    home: HomeOption = None,
) -> None:
    """Say that two numbers are of one meter's service: CPA's beside SCE's, the new after the old one."""
    from extractor.base.database import writing
    from extractor.store.aliases import add_alias as added
    from extractor.store.said import Saying

    first, last = (None if day is None else day.date() for day in (valid_from, valid_to))
    with opened(home) as at, writing(at.engine) as session:
        row = added(session, kind, number, other, evidence, first, last, Saying(who, evidence, now()))
        print(f"alias {row.id}")


@alias.command("list")
def list_aliases(
    suggest: Annotated[bool, typer.Option("--suggest", help="What bills suggest and nobody said.")] = False,
    home: HomeOption = None,
) -> None:
    """Print the aliases that hold; with --suggest those that the bills' POD-IDs and meters speak for."""
    from extractor.base.database import reading
    from extractor.cli.wording import clean
    from extractor.store.aliases import aliases, suggestions

    with opened(home) as at, reading(at.engine) as session:
        if suggest:
            for one in suggestions(session):
                print(clean(f"{one.kind} {one.number} {one.other} from {one.valid_from}: {one.evidence}"))
            return
        for row in aliases(session):
            days = f"{row.valid_from or ''}..{row.valid_to or ''}"
            print(clean(f"{row.id}: {row.kind} {row.number} {row.other} {days} {row.evidence} ({row.who})"))


@alias.command("undo")
def undo_alias(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="As `list` prints it.")],
    who: Annotated[str, typer.Option("--who", help="Who says so.")],
    home: HomeOption = None,
) -> None:
    """Take an alias back."""
    from extractor.base.database import writing
    from extractor.store.aliases import undo_alias as undone

    with opened(home) as at, writing(at.engine) as session:
        undone(session, number, who, now())


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
    from extractor.cli.settings import from_environment
    from extractor.handover import hand_over
    from extractor.settings import ReaderSettings

    with opened(home) as at:
        settings = from_environment(ReaderSettings, at.home)
        handed = hand_over(at.home, at.engine, key, out, settings, unpackers(settings))
    for left in handed.left:
        print(f"{left.what}: left out: {left.why}", file=sys.stderr)
    print(
        f"{handed.bills} bills in {out}: {handed.originals} files, {handed.pages} cut out of others,"
        f" {handed.messages} messages and archives"
    )
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
    aside go as well; backups made before have everything still.
    """
    from extractor.cli.filed import unpackers
    from extractor.cli.settings import from_environment
    from extractor.customers import forget
    from extractor.health import last_backup
    from extractor.settings import ReaderSettings
    from extractor.store.said import Saying

    with opened(home) as at:
        holders = unpackers(from_environment(ReaderSettings, at.home))
        erased = forget(at.home, at.engine, key, Saying(who, why, now()), dry_run, holders)
    verb = "erased" if erased.is_done else "would be erased"
    print(f"{len(erased.documents)} documents, {len(erased.holders)} messages and archives {verb}")
    print(f"{erased.copies} copies in review/ and rejected/ {verb}")
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
