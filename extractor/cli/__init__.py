"""The command `billclerk`: one module per command; each parses, calls one function and prints.

Help must feel instant: nothing but Typer and the command's own module is imported before it runs.
"""

import errno
import gc
import sys
import traceback
from collections.abc import Iterator, Mapping, MutableMapping
from importlib import import_module
from typing import Annotated, Any, cast

import typer
from typer.core import TyperGroup

from extractor.base.errors import BillclerkError

COMMANDS = {
    "read": "read:read",
    "init": "home:init",
    "ingest": "ingest:ingest",
    "watch": "watch:watch",
    "bills": "desk:bills",
    "show": "desk:show",
    "correct": "desk:correct",
    "accept": "desk:accept",
    "questions": "desk:questions",
    "answer": "desk:answer",
    "reprocess": "reprocess:reprocess",
    "runs": "runs:runs",
    "join": "join:join",
    "coverage": "bill_coverage:bill_coverage",
    "today": "today:today",
    "due": "due:due",
    "history": "history:history",
    "rates": "rates:rates",
    "export": "export:export",
    "plot": "plot:plot",
    "backup": "backup:backup",
    "restore": "backup:restore",
    "verify": "backup:verify",
    "status": "status:status",
    "tick": "status:tick",
    "report": "report:report",
    "accounts": "accounts:accounts",
    "authorizations": "authorizations:authorizations",
    "billing-history": "billing_history:billing_history",
    "counterparties": "counterparties:counterparties",
    "customer": "people:customer",
    "db": "db:db",
    "intervals": "intervals:intervals",
    "mail": "mailing:mail",
    "request": "request:request",
    "sample": "sample:sample",
}
"""Where each command is, in the order of the help."""


class _Commands(Mapping[str, Any]):
    """Commands by name, each imported when it is asked for."""

    def __getitem__(self, name: str) -> Any:
        module, _, attribute = COMMANDS[name].partition(":")
        found = getattr(import_module(f"{__name__}.{module}"), attribute)
        around = typer.Typer(callback=lambda: None, rich_markup_mode=None)
        if isinstance(found, typer.Typer):
            around.add_typer(found, name=name)
        else:
            around.command(name)(found)
        return typer.main.get_group(around).commands[name]

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)


class _Group(TyperGroup):
    """All of them."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.commands = cast(MutableMapping[str, Any], _Commands())  # none is added


app = typer.Typer(
    name="billclerk",
    cls=_Group,
    help="Read electricity bills of Southern California Edison and Clean Power Alliance.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,  # its frames show locals, which carry account numbers
    no_args_is_help=True,
)


MADE = 1_000_000
"""Rows, and other things that hold things, that are made before Python looks through them for rubbish.

Thousands of rows are made at once, and none of them goes in circles: looked for as often as Python does by
itself, of ten thousand bills that takes as long as all else.
"""

OUTAGE = 75
"""Exit status where it may go well another time (EX_TEMPFAIL in sysexits.h)."""


def _print_version(wanted: bool) -> None:
    if wanted:
        from extractor import __version__

        typer.echo(f"billclerk {__version__}")
        raise typer.Exit


@app.callback()
def _billclerk(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit."),
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line; the exit code of an error is its class's, 70 where we are at fault."""
    gc.set_threshold(MADE)
    try:
        app()
    except BillclerkError as error:
        print(f"billclerk: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except Exception as error:
        said = _outage(error)
        if said is None:
            traceback.print_exc()  # frames without their locals
            sys.exit(70)
        print(f"billclerk: {said}; nothing is lost, run it again when that is mended", file=sys.stderr)
        sys.exit(OUTAGE)
    finally:
        gc.freeze()  # at the end nothing has to be found: it takes as long as a question


def _outage(error: Exception) -> str | None:
    """Return what of the machine fails, where neither a document nor the program is at fault."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO):
        return error.strerror
    database = sys.modules.get("sqlalchemy.exc")
    if database is not None and isinstance(error, database.OperationalError):
        return f"the database cannot be used: {error.orig}"  # without what the statement carried
    return None
