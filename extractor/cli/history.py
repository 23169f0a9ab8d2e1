"""`billclerk history`: what is odd about bills beside those before them, and beside their peers."""

import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from extractor.cli.home import HomeOption
from extractor.cli.opened import opened
from extractor.cli.portfolio import ManagerOption, refuse_unknown, told_partly
from extractor.cli.wanted import CustomerOption

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.text import Text

    from extractor.portfolio.history.odd import Odd

Form = Literal["table", "csv", "json", "xlsx"]


def history(
    since: Annotated[
        dt.datetime | None,
        typer.Option("--since", formats=["%Y-%m-%d"], help="Of statements of this day and later."),
    ] = None,
    customer: CustomerOption = None,
    manager: ManagerOption = None,
    code: Annotated[
        list[str] | None, typer.Option("--code", help="Findings of this kind only; may be given again.")
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="With what happens in the course of things, not warnings only.")
    ] = False,
    output_format: Annotated[
        Form, typer.Option("--format", help="A table, or a row for each finding.")
    ] = "table",
    output: Annotated[
        Path | None, typer.Option("--output", metavar="PATH", help="The file to write, else standard output.")
    ] = None,
    home: HomeOption = None,
) -> None:
    """List what is odd about bills beside those before them: balances, periods, changes, use, rates.

    None of it changes what a bill is, or whether it counts.
    """
    from extractor.base.database import reading
    from extractor.portfolio.history.asked import history as asked
    from extractor.portfolio.history.odd import SEVERITY

    if unknown := [one for one in code or () if one not in SEVERITY]:
        raise typer.BadParameter(f"{unknown[0]} is none of: {', '.join(SEVERITY)}", param_hint="--code")
    if output_format == "xlsx" and output is None:
        raise typer.BadParameter("say where to write it", param_hint="--output")
    with opened(home) as at, reading(at.engine) as session:
        refuse_unknown(session, customer, manager)
        told_partly(session, customer)
        found = asked(session, customer, manager, since.date() if since else None)
    wanted = [one for one in found if (one.code in code if code else every or one.severity == "warning")]
    if output_format == "table":
        listed(wanted)
        _told(wanted, found)
        return
    from extractor.cli.export import write_rows
    from extractor.portfolio.history.rows import ODD_COLUMNS, odd_row

    write_rows(output_format, "history", ODD_COLUMNS, map(odd_row, wanted), output)


def listed(found: "Sequence[Odd]") -> None:
    """Print findings as a table, what they say below."""
    from extractor.cli.noted import print_noted
    from extractor.cli.wording import clean

    rows = [(list(_cells(one)), clean(one.message)) for one in found]
    print_noted(("statement", "document", "account", "customer", "finding"), rows)


def _cells(one: "Odd") -> "Iterator[str | Text]":
    from rich.text import Text

    from extractor.cli.tables import COLOURS
    from extractor.cli.wording import clean, day

    yield day(one.bill.statement_date)
    yield one.bill.name
    yield clean(one.service.service_account if one.service else one.bill.customer_account)
    yield clean(one.owner.customer) if one.owner else "-"
    yield Text(one.code, COLOURS[one.severity])


def _told(wanted: "Sequence[Odd]", found: "Sequence[Odd]") -> None:
    from extractor.cli.wording import count

    said = count(len(wanted), "finding")
    if len(found) > len(wanted):
        said += f"; {len(found) - len(wanted)} more with --all or --code"
    print(said, file=sys.stderr)
