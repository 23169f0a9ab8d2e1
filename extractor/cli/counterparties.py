"""`billclerk counterparties`: who is asked for data, what is known of them, and how surely."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from extractor.cli.filed import now
from extractor.cli.home import HomeOption
from extractor.cli.keeping import writing_at
from extractor.cli.opened import opened
from extractor.cli.said import Who

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datarequests.counterparties import Counterparty, Source

counterparties = typer.Typer(
    help="Who is asked for data, what is known of them, and how surely.",
    rich_markup_mode=None,
    no_args_is_help=True,
)

Key = Annotated[str, typer.Argument(metavar="COUNTERPARTY", help="Its key, as `list` has it.")]


@counterparties.command("list")
def listed(home: HomeOption = None) -> None:
    """List the counterparties that requests can go to, each with the version that counts now."""
    from datarequests.desks import desks
    from extractor.base.database import reading
    from extractor.cli.wording import clean

    with opened(home) as at, reading(at.engine) as session:
        for key, one in desks(session).items():
            reach = f"closed days known until {one.calendar.last}"
            mail = ", ".join(one.mail_addresses) or "no e-mail address"
            print(clean(f"{key}  {one.name}, {mail}; version {one.version}, {reach}"))


@counterparties.command()
def show(
    key: Key,
    text: Annotated[bool, typer.Option("--toml", help="The file itself, to be changed.")] = False,
    home: HomeOption = None,
) -> None:
    """Show what is known of a counterparty, each value with its source; what is assumed has a mark."""
    from datarequests.desks import desk
    from extractor.base.database import reading
    from extractor.cli.wording import clean

    with opened(home) as at, reading(at.engine) as session:
        one = desk(session, key)
    if text:
        print(one.text, end="")
        return
    for line in _known(one):
        print(clean(line))


@counterparties.command()
def take(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="A file as `show --toml`."),
    ],
    who: Who,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read it, and keep nothing.")] = False,
    home: HomeOption = None,
) -> None:
    """Take in what is known of a counterparty; it counts for what is sent from now on.

    What was sent before keeps the version it was sent by, until `request rebase`.
    """
    from datarequests.counterparties import CounterpartyError, read
    from datarequests.desks import take as keep

    try:
        one = read(file.read_text(encoding="utf-8"), file.name)
    except UnicodeDecodeError:
        raise CounterpartyError(f"{file.name} is not UTF-8; save it as that") from None
    with opened(home) as at, writing_at(at, dry_run) as session:
        is_new = keep(session, one, who, now())
        said = "counts from now on" if is_new else "is what counts already"
        print(f"{one.key}, version {one.version}, {said}")


def _known(one: "Counterparty") -> "Iterator[str]":
    known = one.known
    yield f"{one.name} ({one.key}), version {one.version}"
    values = ("zone", "cutoff", "sender_domains", "look_back_months", "attachment_mb", "electronic_signature")
    for name in values:
        value = getattr(known, name)
        shown = ", ".join(value.value) if isinstance(value.value, tuple) else value.value
        yield f"{name.replace('_', ' ')}: {shown}{_source(value.source)}"
    for channel in known.channels:
        if channel.address:
            yield f"{channel.kind}: {channel.address.value}{_source(channel.address.source)}"
        else:
            yield f"{channel.kind}: no address is known"
    for window in known.windows:
        options = f" for options {', '.join(sorted(window.options))}" if window.options else ""
        kind = window.kind.replace("_", " ")
        days = f"{window.earliest} to {window.latest} business days"
        yield f"{kind} from {window.begins}{options}: {days}{_source(window.source)}"
    for fees in known.fees:
        other = ", only where it is named" if fees.alternative else ""
        yield f"fees {fees.schedule} from {fees.begins}, {fees.who}{other}{_source(fees.source)}"
    closed = known.calendar.closed
    yield f"calendar: {known.calendar.first} to {known.calendar.last}, {len(closed)} closed days"


def _source(source: "Source") -> str:
    mark = "*" if source.assumed else ""
    verified = f", looked up {source.verified_on}" if source.verified_on else ""
    return f"{mark} ({source.text}{verified})"
