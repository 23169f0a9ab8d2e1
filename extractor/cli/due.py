"""`billclerk due`: what has to be paid, and when; also as a calendar."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from extractor.cli.filed import now
from extractor.cli.home import HomeOption
from extractor.cli.opened import opened
from extractor.cli.portfolio import ManagerOption, days_of, local_day, refuse_unknown, told_partly
from extractor.cli.wanted import CustomerOption

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.text import Text

    from extractor.portfolio.due import Due, DueList

NAMED = 3
"""Statements with a day that is not believed that are named; of more only the number is told."""

Form = Literal["table", "csv", "json", "xlsx"]

COLOURS = {
    "due": "bold",
    "past": "red",
    "autopay": "green",
    "credit": "dim",
    "old": "dim",
    "no date": "yellow",
}


def due(
    within: Annotated[
        str | None,
        typer.Option("--within", help="What is due within so many days or was before, as `10d`."),
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="With statements that no certain one followed for two months.")
    ] = False,
    customer: CustomerOption = None,
    manager: ManagerOption = None,
    output_format: Annotated[
        Form, typer.Option("--format", help="A table, or a row for each customer account.")
    ] = "table",
    output: Annotated[
        Path | None, typer.Option("--output", metavar="PATH", help="The file to write, else standard output.")
    ] = None,
    calendar: Annotated[
        Path | None, typer.Option("--ics", metavar="PATH", help="Write the due dates as a calendar, too.")
    ] = None,
    home: HomeOption = None,
) -> None:
    """List the open amount of each customer account: that of its latest statement, and when it is due.

    Whether an amount is paid is known only when a later statement shows it.
    """
    from extractor.base.database import reading
    from extractor.portfolio import due as due_list

    days = None if within is None else days_of(within, "--within")
    if output_format == "xlsx" and output is None:
        raise typer.BadParameter("say where to write it", param_hint="--output")
    moment = now()
    with opened(home) as at, reading(at.engine) as session:
        refuse_unknown(session, customer, manager)
        told_partly(session, customer)
        found = due_list.due(session, local_day(moment), customer, manager)
    rows = found.rows if days is None else due_list.within(found.rows, days)
    shown = [row for row in rows if every or row.state != "old"]
    wanted = due_list.DueList(shown, found.unplaced, found.ahead)
    if calendar is not None:
        from extractor.cli.export import whole_file
        from extractor.portfolio.due_calendar import calendar as made

        with whole_file(calendar) as part:
            part.write_bytes(made(wanted.rows, moment))
    if output_format == "table":
        listed(wanted.rows)
    else:
        from extractor.cli.export import write_rows
        from extractor.portfolio.due_rows import DUE_COLUMNS, due_row

        write_rows(output_format, "due", DUE_COLUMNS, map(due_row, wanted.rows), output)
    _told(wanted, len(rows) - len(wanted.rows))


def listed(rows: "Sequence[Due]") -> None:
    """Print what is due as a table."""
    from extractor.cli.noted import print_noted
    from extractor.cli.wording import clean

    titles = ("due", "in days", "account", "amount", "statement", "customer", "state")
    print_noted(titles, [(list(_cells(row)), clean("; ".join(row.doubts))) for row in rows], right=(1, 3))


def _cells(row: "Due") -> "Iterator[str | Text]":
    from rich.text import Text

    from extractor.cli.wording import clean, day, money

    yield day(row.bill.due_date)
    yield "-" if row.days is None else str(row.days)
    yield clean(row.account)
    yield money(row.amount) if row.is_certain else f"{money(row.amount)}?"
    yield row.bill.name
    yield clean(row.owner.customer) if row.owner else "-"
    yield Text(row.state, COLOURS.get(row.state, "yellow"))


def _told(found: "DueList", old: int) -> None:
    """Say what it comes to, and what is not in it."""
    from extractor.cli.wording import clean, count, money

    accounts = len({(row.bill.issuer, row.account) for row in found.rows if row.supply is None})
    said = f"{count(accounts, 'customer account')}, {money(found.total)} to pay"
    if doubtful := sum(not row.is_certain for row in found.rows):
        said += f"; {count(doubtful, 'amount')} not added (marked ?)"
    print(said, file=sys.stderr)
    if past := sum(row.state == "past" for row in found.rows):
        print(f"{past} past their day: whether they are paid the next statement shows", file=sys.stderr)
    if old:
        print(
            f"{count(old, 'statement')} that no certain one followed for two months: `due --all`",
            file=sys.stderr,
        )
    if found.ahead:
        named = ", ".join(f"{bill.statement_date} ({clean(bill.name)})" for bill in found.ahead[:NAMED])
        more = ", ..." * (len(found.ahead) > NAMED)
        print(
            f"{count(len(found.ahead), 'statement')} in doubt, of a day to come that is not believed:"
            f" {named}{more}; any may be an account's latest: `billclerk bills --status review`",
            file=sys.stderr,
        )
    if found.unplaced:
        print(
            f"{count(len(found.unplaced), 'statement')} of which account, date or amount was not read;"
            " any may be an account's latest: `billclerk bills --status review`",
            file=sys.stderr,
        )
