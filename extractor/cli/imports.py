"""`billclerk intervals imports` and `undo`: which interval files were imported, one of them taken back."""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from extractor.cli.filed import now
from extractor.cli.home import HomeOption
from extractor.cli.opened import opened

if TYPE_CHECKING:
    from extractor.cli.noted import Noted
    from extractor.export.rows import Row
    from extractor.intervals.held.imports import Import
    from extractor.intervals.held.undo import OfSeries, Undone

Form = Literal["table", "csv", "json"]

FEW = 3
"""Accounts that a table names; CSV and JSON name all."""


def imports(
    account: Annotated[
        str | None,
        typer.Option("--account", help="With readings of this service account, by any of its numbers."),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Those that were taken back, too.")] = False,
    output_format: Annotated[
        Form, typer.Option("--format", help="A table, CSV, or one JSON object per line.")
    ] = "table",
    home: HomeOption = None,
) -> None:
    """List the interval files that were imported, the oldest first: by their numbers they are taken back."""
    from extractor.base.database import reading
    from extractor.cli.noted import print_noted
    from extractor.cli.wording import count
    from extractor.export.files import write_csv, write_json
    from extractor.export.imported import IMPORT_COLUMNS, import_row
    from extractor.intervals.held.imports import imports as imported

    with opened(home) as at, reading(at.engine) as session:
        found = list(imported(session, account, every))
        rows = list(map(import_row, found))
    if output_format == "table":
        titles = ("no.", "imported", "account", "first day", "last day", "new", "changed", "same")
        print_noted(titles, map(_noted, found, rows), right=(0, 5, 6, 7))
    else:
        write = write_csv if output_format == "csv" else write_json
        write(IMPORT_COLUMNS, rows, sys.stdout)
    print(count(len(found), "import"), file=sys.stderr)


def _noted(one: "Import", row: "Row") -> "Noted":
    from extractor.cli.wording import NOTHING, clean

    more = len(one.owners) - FEW
    account = ", ".join(one.owners[:FEW]) + (f" and {more:,} more" if more > 0 else "")
    cells = [
        *(str(row["import"]), str(row["imported_at"])[:10], clean(account or None)),
        *(str(row[name] or NOTHING) for name in ("first", "last")),
        *(f"{getattr(one.row, name):,}" for name in ("added", "changed", "same")),
    ]
    return cells, clean(", ".join(_said(row)))


def _said(row: "Row") -> Iterator[str]:
    yield from (str(row[name]) for name in ("file", "format") if row[name])
    if not row["is_confirmed"]:
        yield "unconfirmed"
    if row["undone_at"]:
        yield f"taken back {str(row['undone_at'])[:10]} by {row['undone_by']}: {row['undone_why']}"


def undo(
    number: Annotated[
        int, typer.Argument(metavar="IMPORT", help="The number of an import, as `imports` prints it.")
    ],
    who: Annotated[str, typer.Option("--who", help="Who takes it back.")] = "",
    why: Annotated[str, typer.Option("--why", help="Why: it is kept.")] = "",
    is_dry: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would become of its readings.")
    ] = False,
    home: HomeOption = None,
) -> None:
    """Take an import back: its readings go, and those that it replaced count again.

    Readings that a later import told again unchanged stay. The file itself is kept among the originals, and
    may be imported again.
    """
    from extractor.intervals.held.undo import to_be_undone
    from extractor.intervals.held.undo import undo as taken_back
    from extractor.store.said import Saying

    with opened(home) as at:
        if is_dry:
            done = to_be_undone(at.home, at.engine, number)
        else:
            done = taken_back(at.home, at.engine, number, Saying(who, why, now()))
    for line in _lines(done, is_dry):
        print(line)
    print("nothing is changed: a dry run" if is_dry else f"import {number} is taken back", file=sys.stderr)


def _lines(done: "Undone", is_dry: bool) -> Iterator[str]:
    """Say what becomes of the readings of each series, and of what it said of usage points."""
    from extractor.cli.wording import clean, count

    for one in done.series:
        yield clean(f"{one.series.owner} {one.series.channel}, {_days(one)}: {_became(one)}")
    if not done.series:
        yield "it brought nothing that was not held just so before"
    if done.links:
        yield f"what it says of {count(done.links, 'usage point')} {'would be' if is_dry else 'is'} forgotten"


def _became(one: "OfSeries") -> str:
    from extractor.cli.wording import count

    parts = (
        (one.count.gone, "of {} nothing is held without it"),
        (one.count.back, "of {} the reading before counts again"),
        (one.count.stay, "{} stay, for a later import told them again"),
    )
    said = "; ".join(what.format(count(number, "interval")) for number, what in parts if number)
    return said or "none of them counts any more, later imports replaced them"


def _days(one: "OfSeries") -> str:
    from extractor.intervals import clock

    first, last = (clock.local(at).date() for at in (one.count.begin, one.count.end - 1))
    return f"{first} to {last}"
