"""`billclerk billing-history`: tables that others keep of bills, beside the bills that are kept."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from extractor.cli.filed import now
from extractor.cli.history_mapping import map_table, mappings
from extractor.cli.home import HomeOption
from extractor.cli.opened import opened
from extractor.cli.wanted import CustomerOption

if TYPE_CHECKING:
    from collections.abc import Sequence

    from extractor.billing_history.asking import Asker
    from extractor.cli.noted import Noted
    from extractor.cli.opened import Opened
    from extractor.intake.history_files import Taken
    from extractor.portfolio.tabled import Compared
    from extractor.store.billing_history import Imported

billing_history = typer.Typer(
    help="Tables of billing history: import them, compare them with bills.",
    rich_markup_mode=None,
    no_args_is_help=True,
)

billing_history.command("map")(map_table)
billing_history.command()(mappings)

FINE, OPEN, REFUSED, FAULT = 0, 1, 3, 70
"""Exit statuses: 1 where something has to be said or looked at, 3 where nothing is taken."""

Form = Literal["table", "csv"]


@billing_history.command("import")
def import_tables(
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="CSV files and .xlsx workbooks.")],
    is_dry: Annotated[bool, typer.Option("--dry-run", help="Only say what would be taken.")] = False,
    who: Annotated[str, typer.Option("--who", help="Who takes them in: it is kept.")] = "import",
    home: HomeOption = None,
) -> None:
    """Import tables of billing history by the mapping of their layout; they stay where they are.

    Of each file all rows are taken, or none. The same file again changes nothing.

    The exit status is 0 when all is well, 1 when somebody should look at what is said of a file,
    3 when one was refused (the highest wins).
    """
    from extractor.billing_history.asking import Asker
    from extractor.cli.settings import from_environment
    from extractor.cli.wording import clean
    from extractor.pages.limits import limits_of
    from extractor.settings import ReaderSettings

    earned = {FINE}
    with opened(home) as at:
        settings = from_environment(ReaderSettings, at.home)
        asker = Asker(limits_of(settings))
        for path in files:
            status, line, more = _imported(at, asker, settings.max_file_mb * 1_000_000, path, who, is_dry)
            earned.add(status)
            print(clean(f"{path}: {line}"), file=sys.stderr if status >= REFUSED else sys.stdout)
            for sentence in more:
                print(clean(f"  {sentence}"), file=sys.stderr)
    raise typer.Exit(max(earned))


def _imported(
    at: "Opened", asker: "Asker", most: int, path: Path, who: str, is_dry: bool
) -> tuple[int, str, list[str]]:
    """Import a file; return what it earns, and what is to be said of it."""
    from extractor.base.errors import BillclerkError
    from extractor.intake.history_files import concerns, remarks, take_in_place
    from extractor.pages.limits import ChildFaultError

    try:
        taken = take_in_place(at.home, at.engine, asker, path, most, who, now(), is_dry)
    except ChildFaultError as error:
        return FAULT, f"refused: {error}", []
    except BillclerkError as error:
        if error.exit_code != REFUSED:
            raise
        return REFUSED, f"refused: {error}", []
    said = list(concerns(taken))
    return OPEN if said else FINE, _line(taken), [*said, *remarks(taken)]


def _line(taken: "Taken") -> str:
    from extractor.cli.wording import count

    rows = count(len(taken.rows), "row")
    first, last = min(row.first for row in taken.rows), max(row.last for row in taken.rows)
    told = f"{rows} of {count(len(taken.accounts), 'service account')}, {first} to {last}"
    if taken.is_repeat:
        return f"{told}: imported before as import {taken.number}, nothing is changed"
    if taken.number is None:
        return f"{told}: would be taken by mapping {taken.mapping}; nothing is changed: a dry run"
    return f"{told}: taken by mapping {taken.mapping} (import {taken.number})"


@billing_history.command("list")
def list_imports(
    every: Annotated[bool, typer.Option("--all", help="Those that were taken back, too.")] = False,
    home: HomeOption = None,
) -> None:
    """List the tables of billing history that were imported, the oldest first."""
    from extractor.base.database import reading
    from extractor.cli.noted import print_noted
    from extractor.cli.wording import count
    from extractor.store.billing_history import imports

    with opened(home) as at, reading(at.engine) as session:
        found = list(imports(session, every))
        rows = list(map(_noted, found))
    titles = ("no.", "imported", "rows", "accounts", "first day", "last day", "charges")
    print_noted(titles, rows, right=(0, 2, 3))
    print(count(len(found), "import"), file=sys.stderr)


def _noted(one: "Imported") -> "Noted":
    from extractor.cli.wording import clean, day

    row = one.row
    role = "-" if row.undone_at else one.role or "unknown"
    cells = [
        f"{row.id}",
        f"{row.at:%Y-%m-%d}",
        f"{one.rows:,}",
        f"{one.accounts:,}",
        day(one.first),
        day(one.last),
        role,
    ]
    said = f"{one.file}, by mapping {row.mapping_id}, by {row.who}"
    if row.undone_at:
        said += f", taken back {row.undone_at:%Y-%m-%d} by {row.undone_by}"
    return cells, clean(said)


@billing_history.command()
def undo(
    number: Annotated[
        int, typer.Argument(metavar="IMPORT", help="The number of an import, as `list` prints it.")
    ],
    who: Annotated[str, typer.Option("--who", help="Who takes it back.")] = "",
    home: HomeOption = None,
) -> None:
    """Take an import of billing history back: its rows go, and those that it replaced count again."""
    from extractor.base.database import writing
    from extractor.cli.wording import count
    from extractor.store.billing_history import undo_history

    if not who.strip():
        raise typer.BadParameter("say who takes it back", param_hint="--who")
    with opened(home) as at, writing(at.engine) as session:
        gone = undo_history(session, number, who, now())
    print(f"import {number} is taken back; gone with it: {count(gone, 'row')}")


@billing_history.command()
def compare(
    customer: CustomerOption = None,
    every: Annotated[bool, typer.Option("--all", help="What is the same on both sides, too.")] = False,
    output_format: Annotated[
        Form, typer.Option("--format", help="A table, or CSV with a row for each.")
    ] = "table",
    home: HomeOption = None,
) -> None:
    """Compare rows of billing history with the bills that count, by meter and period.

    None of it changes what a bill is; billing history is never called verified, and in no total.
    """
    from extractor.base.database import reading
    from extractor.portfolio.tabled import TOLERANCE, compared
    from extractor.store.erasing import customer_named

    with opened(home) as at, reading(at.engine) as session:
        if customer is not None:
            customer_named(session, customer)
        found = compared(session, customer)
    shown = [one for one in found if every or output_format == "csv" or one.state != "same"]
    if output_format == "csv":
        from extractor.export.files import write_csv
        from extractor.portfolio.tabled_rows import COMPARED_COLUMNS, compared_row

        write_csv(COMPARED_COLUMNS, map(compared_row, shown), sys.stdout)
    else:
        _listed(shown)
    print(f"{_counted(found)}; {TOLERANCE}", file=sys.stderr)


def _listed(found: "Sequence[Compared]") -> None:
    from extractor.cli.noted import print_noted
    from extractor.cli.wording import clean

    rows = [(list(_cells(one)), clean(one.message)) for one in found]
    print_noted(("account", "first day", "last day", "charges", "kWh", "dollars", "is"), rows, right=(4, 5))


def _cells(one: "Compared") -> "Iterator[str]":
    from extractor.cli.wording import clean, day

    yield clean(one.account)
    yield day(one.first)
    yield day(one.last)
    yield one.role or "unknown"
    yield "-" if one.kwh is None else f"{one.kwh.normalize():,f}"
    yield "-" if one.amount is None else f"{one.amount:,.2f}"
    yield one.state


def _counted(found: "Sequence[Compared]") -> str:
    from collections import Counter

    counts = Counter(one.state for one in found)
    return ", ".join(f"{count:,} {state}" for state, count in counts.most_common()) or "nothing to compare"
