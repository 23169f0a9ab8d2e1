"""What `intervals map` and `billing-history map` share: options, what is remembered, and the list of it."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import typer

from extractor.cli.filed import now
from extractor.cli.opened import opened

if TYPE_CHECKING:
    from extractor.intervals.mapped.proposal import Proposal

OPEN = 1
"""Exit status where something has to be said yet."""
REFUSED = 3
"""Exit status where the file cannot be read by what is said."""

File = Annotated[Path, typer.Argument(metavar="FILE", help="A CSV file or an .xlsx workbook.")]
Columns = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="ROLE=COLUMN", help="Which column is what; COLUMN empty: none is."),
]
Sheet = Annotated[str | None, typer.Option("--sheet", help="Of a workbook with several layouts.")]
Dates = Annotated[
    Literal["mdy", "dmy", "ymd"] | None, typer.Option("--dates", help="The order of a date's parts.")
]
Decimals = Annotated[
    Literal["point", "comma"] | None, typer.Option("--decimal", help="Before the decimals of a number.")
]
Confirm = Annotated[bool, typer.Option("--confirm", help="Remember it; --who and --why with it.")]
Who = Annotated[str | None, typer.Option("--who", help="Who says so.")]
Why = Annotated[str | None, typer.Option("--why", help="By what you know it: it is kept.")]
Name = Annotated[str | None, typer.Option("--name", help="What to call the layout.")]

Undo = Annotated[int | None, typer.Option("--undo", help="Take the mapping of this number back.")]
UndoneBy = Annotated[str | None, typer.Option("--who", help="Who takes it back.")]
Every = Annotated[bool, typer.Option("--all", help="Those that were taken back, too.")]

READ = {"intervals": "files", "history": "tables"}
"""What is read by a mapping, by the kind of table that the store knows it as."""


class Confirmation(NamedTuple):
    """What is kept beside a mapping that a person confirms."""

    name: str
    who: str
    why: str


def confirmation(
    file: Path, is_confirmed: bool, who: str | None, why: str | None, name: str | None
) -> Confirmation | None:
    """Return what is to be kept beside the mapping of a file; None: nothing is to be remembered."""
    if not file.is_file():
        raise typer.BadParameter(f"there is no {file}", param_hint="FILE")
    if not is_confirmed:
        return None
    if not (who and why):
        raise typer.BadParameter("say --who and --why", param_hint="--confirm")
    return Confirmation(name or file.suffix.lstrip("."), who, why)


def columns_said(said: list[str] | None) -> dict[str, list[str]]:
    """Return the columns that a person names, by role."""
    found: dict[str, list[str]] = {}
    for one in said or ():
        role, equals, column = one.partition("=")
        if not equals:
            raise typer.BadParameter(f"{one!r}: write ROLE=COLUMN", param_hint="--set")
        found.setdefault(role, []).extend([column] if column else [])
    return found


def remember(proposal: "Proposal[Any]", confirmed: Confirmation | None, kind: str, home: Path | None) -> None:
    """Remember what columns mean if nothing is open and a person confirms it; else say what is to be done."""
    from extractor.base.database import writing
    from extractor.store.mappings import add_mapping
    from extractor.store.said import Saying

    if not proposal.is_complete:
        print("nothing is remembered, and nothing can be imported by it yet", file=sys.stderr)
        raise typer.Exit(REFUSED if proposal.refusals else OPEN)
    if confirmed is None:
        print("if that is right, say it again with --confirm --who NAME --why REASON", file=sys.stderr)
        return
    signature, mapping = proposal.mapping.signature, proposal.mapping.model_dump_json()
    saying = Saying(confirmed.who, confirmed.why, now())
    with opened(home) as at, writing(at.engine) as session:
        row = add_mapping(session, signature, mapping, confirmed.name, saying, kind)
        print(f"mapping {row.id}: {READ[kind]} of this layout are read by it from now on")


def list_mappings(kind: str, every: bool, home: Path | None) -> None:
    """Print the mappings of a kind of table that hold; with `every` those that were taken back, too."""
    from extractor.base.database import reading
    from extractor.cli.wording import clean
    from extractor.store.mappings import mappings

    with opened(home) as at, reading(at.engine) as session:
        for row in mappings(session, undone=every, kind=kind):
            taken = f", taken back {row.undone_at:%Y-%m-%d} by {row.undone_by}" if row.undone_at else ""
            print(clean(f"{row.id}: {row.name}, {row.at:%Y-%m-%d} by {row.who}: {row.why}{taken}"))
