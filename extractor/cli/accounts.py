"""`billclerk accounts`: what each meter's service goes by, whose it is, and which numbers belong together."""

import datetime as dt
import sys
from typing import Annotated, Literal

import typer

from extractor.cli.filed import now
from extractor.cli.home import HomeOption
from extractor.cli.opened import opened
from extractor.cli.roster import (
    end_account,
    import_roster,
    list_managers,
    print_roster,
    set_account,
    set_manager,
)
from extractor.cli.said import Undo, Who, Why, named, saying_of

AliasKinds = Literal["provider", "renumbered", "account", "succession"]
Form = Literal["table", "csv", "json"]

accounts = typer.Typer(
    help="What each meter's service goes by, whose it is, and which numbers belong together.",
    rich_markup_mode=None,
)

accounts.command("import")(import_roster)
accounts.command("roster")(print_roster)
accounts.command("set")(set_account)
accounts.command("end")(end_account)
accounts.command("managers")(list_managers)
accounts.command("manager")(set_manager)


@accounts.callback(invoke_without_command=True)
def list_accounts(
    context: typer.Context,
    customer: Annotated[
        str | None, typer.Option("--customer", help="Of this customer of the roster.")
    ] = None,
    manager: Annotated[
        str | None, typer.Option("--manager", help="Looked after by this manager of the roster.")
    ] = None,
    account: Annotated[
        str | None, typer.Option("--account", help="The service of this number, by any of its numbers.")
    ] = None,
    output: Annotated[Form, typer.Option("--format", help="A table, or a row for each number.")] = "table",
    home: HomeOption = None,
) -> None:
    """Print each meter's service: whose it is and who looks after it, by the roster; whether it is billed.

    With --account all that the service goes by: numbers, meters, usage points, readings, and how it is known.
    """
    if context.invoked_subcommand is not None:
        return
    from extractor.accounts.asked import services
    from extractor.base.database import reading
    from extractor.cli.services import in_rows, listed
    from extractor.export.accounts import ACCOUNT_COLUMNS, account_rows
    from extractor.export.files import write_csv, write_json
    from extractor.store.erasing import customer_named
    from extractor.store.roster import manager_named

    with opened(home) as at:
        with reading(at.engine) as session:
            if customer is not None:
                customer_named(session, customer)
            if manager is not None:
                manager_named(session, manager)
        found = services(at.home, at.engine, customer, account)
    if manager is not None:
        found = [one for one in found if manager in one.managers]
    if output == "table":
        (in_rows if account is None else listed)(found)
    else:
        write = write_csv if output == "csv" else write_json
        write(ACCOUNT_COLUMNS, account_rows(found), sys.stdout)
    print(f"{len(found):,} {'service' if len(found) == 1 else 'services'}", file=sys.stderr)


@accounts.command("link")
def link(
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
    from extractor.store.aliases import add_alias
    from extractor.store.said import Saying

    first, last = (None if day is None else day.date() for day in (valid_from, valid_to))
    with opened(home) as at, writing(at.engine) as session:
        row = add_alias(session, kind, number, other, evidence, first, last, Saying(who, evidence, now()))
        print(f"alias {row.id}")


@accounts.command("unlink")
def unlink(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="Of the alias, as `accounts` prints it.")],
    who: Annotated[str, typer.Option("--who", help="Who says so.")],
    home: HomeOption = None,
) -> None:
    """Take an alias back."""
    from extractor.base.database import writing
    from extractor.store.aliases import undo_alias

    with opened(home) as at, writing(at.engine) as session:
        undo_alias(session, number, who, now())


@accounts.command("suggest")
def suggest(home: HomeOption = None) -> None:
    """Print the aliases that the bills' POD-IDs and meters speak for; `questions` asks about them, too."""
    from extractor.base.database import reading
    from extractor.cli.wording import clean
    from extractor.store.suggestions import suggestions

    with opened(home) as at, reading(at.engine) as session:
        for one in suggestions(session):
            days = f" from {one.valid_from} to {one.valid_to}" if one.valid_from else ""
            print(clean(f"{one.kind} {one.number} {one.other}{days}: {one.evidence}"))


@accounts.command("point")
def point(
    code: Annotated[
        str, typer.Argument(metavar="CODE", help="The usage point: its name, or what is before the @.")
    ],
    account: Annotated[
        str | None, typer.Argument(metavar="ACCOUNT", help="Its service account; none with --undo.")
    ] = None,
    who: Who = "",
    why: Why = "",
    undo: Undo = False,
    home: HomeOption = None,
) -> None:
    """Say which service account a usage point is; it goes before all that feeds say."""
    from extractor.base.database import writing
    from extractor.store.account_questions import answer_point, undo_point
    from extractor.store.said import NotKeptError

    with opened(home) as at, writing(at.engine) as session:
        if not undo:
            if account is None:
                raise typer.BadParameter("which service account is it?", param_hint="ACCOUNT")
            answer_point(session, code, account, saying_of(who, why))
        elif account is not None:
            raise typer.BadParameter("an answer is taken back as a whole; give none", param_hint="ACCOUNT")
        elif not undo_point(session, code, named(who, "--who"), now()):
            raise NotKeptError(f"nobody has said what usage point {code} is")
